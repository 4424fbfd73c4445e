package learner_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

// selectiveCampus issues with a key whose seals hold for a part.
func selectiveCampus(t *testing.T, db *store.DB) *campus {
	t.Helper()
	o := registrartest.New(t, db)
	k, err := o.Desk.RotateKey(t.Context(), o.Registrar, "p256-sd")
	if err != nil || k.Suite != "ecdsa-sd-2023" || k.Algorithm != "p256" {
		t.Fatalf("key %+v, %v", k, err)
	}
	o.Import(registrartest.Sheet)
	o.Issue()
	return &campus{Office: o, desk: &learner.Desk{DB: db, Now: o.Now}, employer: &employer.Desk{DB: db, Now: o.Now}, amara: o.LearnerActor("Amara"), noor: o.LearnerActor("نور")}
}

// TestAGradeIsLeftOut: the rest still verifies, and the reader is told; what is published shows everything and verifies too.
func TestAGradeIsLeftOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := selectiveCampus(t, db), t.Context()
		m := c.mine(c.amara)
		if m.Report.Verdict != verify.Verified || m.Report.Summary.Total != 3 {
			t.Fatalf("the record: %s, %+v", m.Report.Verdict, m.Report.Summary)
		}
		i := slices.IndexFunc(m.Items, func(i learner.Item) bool { return i.Code == "DS 101" })
		item := m.Items[i]
		if !slices.Contains(item.Parts, "result") || item.Result != "A-" || item.Report.Verdict != verify.Verified {
			t.Fatalf("the item: %+v, %s", item, item.Report.Verdict)
		}
		req := learner.ShareRequest{Items: []string{item.Ref, m.Items[1-i].Ref}, LeaveOut: []learner.LeftOut{{Ref: item.Ref, Part: "result"}}, AllowDownload: true}
		shown, err := c.desk.Shown(ctx, c.amara, req)
		if err != nil || len(shown) != 2 || shown[0].Report.Verdict != verify.Verified {
			t.Fatalf("the preview: %v", err)
		}
		got, err := c.employer.Open(ctx, record.Actor{}, c.share(c.amara, req).Token, "")
		if err != nil || got.Report.Verdict != verify.Verified || got.Learner != "Amara Okafor" {
			t.Fatalf("opened: %+v, %v", got, err)
		}
		first, second := got.Documents[0], got.Documents[1]
		if bytes.Contains(first.Bytes, []byte(`"result":`)) || !slices.Equal(first.LeftOut, []string{"result"}) {
			t.Errorf("left out %q: %.2000s", first.LeftOut, first.Bytes)
		}
		if !bytes.Contains(second.Bytes, []byte(`"result":`)) || len(second.LeftOut) != 0 {
			t.Errorf("the other: left out %q", second.LeftOut)
		}
		req.LeaveOut[0].Part = "evidence" // which it has none of
		_, err = c.desk.Share(ctx, c.amara, req)
		wantKind(t, err, record.Invalid)
	})
}

// TestAWholeSealIsNotCut: with an ordinary key nothing can be left out.
func TestAWholeSealIsNotCut(t *testing.T) {
	c := newCampus(t, storetest.SQLite(t))
	item := c.mine(c.amara).Items[0]
	if len(item.Parts) != 0 {
		t.Errorf("parts %q", item.Parts)
	}
	_, err := c.desk.Share(t.Context(), c.amara, learner.ShareRequest{Items: []string{item.Ref}, LeaveOut: []learner.LeftOut{{Ref: item.Ref, Part: "result"}}})
	wantKind(t, err, record.Invalid)
}

// TestKeptAndStatedAreShared: what is only stated is said to be so, and does not borrow the word "verified".
func TestKeptAndStatedAreShared(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		item := c.mine(c.amara).Items[0]
		file := c.Current(item.Ref).Bytes
		held := &record.Held{ID: "h1", Institution: c.Institution.ID, Learner: c.amara.Learner, Bytes: file, MediaType: "application/json", Kind: "AchievementCredential", Name: item.Name}
		err := db.Update(ctx, func(tx *store.Tx) error { _, err := tx.KeepHeld(ctx, held); return err }) // as from another house
		if err != nil {
			t.Fatal(err)
		}
		stated, err := c.desk.State(ctx, c.amara, "", 0, record.StatementBody{Name: "Talk", Type: "Achievement", Description: "About buses."})
		if err != nil {
			t.Fatal(err)
		}
		kept := "kept/" + string(held.ID)
		open := func(items ...string) *employer.Opened {
			t.Helper()
			got, err := c.employer.Open(ctx, record.Actor{}, c.share(c.amara, learner.ShareRequest{Items: items}).Token, "")
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		both := open("stated/"+string(stated), kept)
		if both.Report.Verdict != verify.Verified || both.Report.Summary.Total != 1 || !both.Documents[0].Stated || both.Documents[1].Stated || !bytes.Equal(both.Documents[1].Bytes, file) {
			t.Errorf("both: %s, %+v", both.Report.Verdict, both.Report.Summary)
		}
		if alone := open("stated/" + string(stated)); alone.Report.Verdict == verify.Verified || alone.Documents[0].Report.Verdict == verify.Verified {
			t.Error("a statement was called verified")
		}
		for _, ref := range []string{"stated/" + string(stated), kept} {
			_, err := c.desk.Share(ctx, c.noor, learner.ShareRequest{Items: []string{ref}})
			wantKind(t, err, record.NotFound)
		}
	})
}

// TestAShareChanges: its words, its end, its passcode and the order of its items; a second tab is told by name.
func TestAShareChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		m := c.mine(c.amara)
		s := c.share(c.amara, learner.ShareRequest{Items: []string{m.Items[0].Ref, m.Items[1].Ref}, Passcode: "tulip"})
		change := learner.ShareChange{Label: "two", Note: "hello", Passcode: "orchid", Order: []int{1, 0}}
		if err := c.desk.ChangeShare(ctx, c.amara, s.ID, s.Version, change); err != nil {
			t.Fatal(err)
		}
		err := c.desk.ChangeShare(ctx, c.amara, s.ID, s.Version, learner.ShareChange{Label: "other tab", Order: []int{1, 0}})
		if wantKind(t, err, record.Conflict); record.CodeOf(err) != "changed-elsewhere" {
			t.Errorf("code %q", record.CodeOf(err))
		}
		_, err = c.employer.Open(ctx, record.Actor{}, s.Token, "tulip")
		wantKind(t, err, record.Forbidden)
		got, err := c.employer.Open(ctx, record.Actor{}, s.Token, "orchid")
		if err != nil || got.Documents[0].URI != m.Items[1].URI || got.Share.Note != "hello" {
			t.Fatalf("%v", err)
		}
		for _, order := range [][]int{{0}, {0, 0}, {0, 2}, {0, 1, 2}, {}} {
			wantKind(t, c.desk.ChangeShare(ctx, c.amara, s.ID, s.Version+1, learner.ShareChange{Order: order}), record.Invalid)
		}
		wantKind(t, c.desk.ChangeShare(ctx, c.noor, s.ID, s.Version+1, learner.ShareChange{}), record.NotFound)
		if err := c.desk.ChangeShare(ctx, c.amara, s.ID, s.Version+1, learner.ShareChange{NoPasscode: true}); err != nil {
			t.Fatal(err)
		}
		looks(t, c, ctx, s)
		if err := c.desk.RevokeShare(ctx, c.amara, s.ID); err != nil {
			t.Fatal(err)
		}
		wantKind(t, c.desk.ChangeShare(ctx, c.amara, s.ID, s.Version+3, learner.ShareChange{}), record.Gone)
		c.Audit()
	})
}

// looks opens a share often enough for a second page of openings.
func looks(t *testing.T, c *campus, ctx context.Context, s *learner.NewShare) {
	t.Helper()
	err := c.DB.Update(ctx, func(tx *store.Tx) error {
		for range 60 {
			if err := tx.LogOpening(ctx, &record.ShareOpening{Share: s.ID, At: c.Clock, Act: "opened"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.desk.ShareOf(ctx, c.amara, s.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := c.desk.ShareOf(ctx, c.amara, s.ID, len(first.Openings))
	if err != nil || len(first.Openings) != 50 || len(first.Openings)+len(rest.Openings) != first.Share.Openings {
		t.Errorf("%d and %d of %d openings, %v", len(first.Openings), len(rest.Openings), first.Share.Openings, err)
	}
	if first.TokenHash != "" || first.PasscodeHash != "" || strings.Contains(first.Label, s.Token) {
		t.Error("the view gives a secret away")
	}
}
