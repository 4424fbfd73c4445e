package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func TestHeldIsKeptOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		i, l, _ := house(t, db)
		keep := func(bytes, issuer, id string, from time.Time) (*record.Held, record.HeldOutcome) {
			h := &record.Held{ID: record.HeldID(record.NewOrderedID()), Institution: i.ID, Learner: l.ID, Bytes: []byte(bytes), MediaType: "application/vc+ld+json",
				Kind: "ClrCredential", Name: "N", Issuer: issuer, Credential: id, ValidFrom: from, Source: "upload", Verdict: "verified", Received: now, Changed: now}
			var outcome record.HeldOutcome
			update(t, db, func(tx *store.Tx) (err error) { outcome, err = tx.KeepHeld(ctx, h); return })
			return h, outcome
		}
		first, _ := keep("v1", "https://i.example/a b", "urn:x", now)
		cases := []struct {
			bytes, issuer, id string
			from              time.Time
			want              record.HeldOutcome
			sum               string
		}{
			{"v1", "", "", time.Time{}, record.HeldSame, "v1"},
			{"v0", "https://i.example/a%20b ", "urn:x", now.Add(-time.Second), record.HeldOlder, "v1"},
			{"v1b", "https://i.example/a b", "urn:x", now, record.HeldReplaced, "v1b"},
			{"v2", "https://i.example/a%20b", " urn:x", now.Add(time.Second), record.HeldReplaced, "v2"},
		}
		for _, c := range cases {
			h, got := keep(c.bytes, c.issuer, c.id, c.from)
			if got != c.want || h.ID != first.ID || string(h.Bytes) != c.sum {
				t.Errorf("%s: got %s with %q under %s, want %s with %q under %s", c.bytes, got, h.Bytes, h.ID, c.want, c.sum, first.ID)
			}
		}
		if _, got := keep("other", "https://i.example/other", "urn:x", now); got != record.HeldNew {
			t.Errorf("another issuer's credential of the same id: got %s", got)
		}
		for _, b := range []string{"noid1", "noid2"} {
			if _, got := keep(b, "https://i.example/other", "", now); got != record.HeldNew {
				t.Errorf("%s: got %s", b, got)
			}
		}
		err := db.View(ctx, func(tx *store.Tx) error {
			all, err := tx.HeldOfLearner(ctx, l.ID)
			if err != nil {
				return err
			}
			if len(all) != 4 {
				t.Errorf("got %d, want 4", len(all))
			}
			one, err := tx.Held(ctx, l.ID, first.ID)
			if diff := cmp.Diff(all[0], one); diff != "" {
				t.Errorf("list and single differ:\n%s", diff)
			}
			_, stranger := tx.Held(ctx, record.LearnerID(record.NewID()), first.ID)
			wantKind(t, stranger, record.NotFound)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		update(t, db, func(tx *store.Tx) error {
			wantKind(t, tx.DeleteHeld(ctx, record.LearnerID(record.NewID()), first.ID), record.NotFound)
			return tx.DeleteHeld(ctx, l.ID, first.ID)
		})
	})
}
