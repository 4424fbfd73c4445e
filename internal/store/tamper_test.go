package store_test

import (
	"errors"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// tamperings are what an insider with the database's shell can do to one event of the audit; $1 is its number.
var tamperings = []string{
	`UPDATE audit_events SET at = at + 1 WHERE seq = $1`,
	`UPDATE audit_events SET at = at - 86400000000 WHERE seq = $1`,
	`UPDATE audit_events SET at = 0 WHERE seq = $1`,
	`UPDATE audit_events SET actor = 'somebody else' WHERE seq = $1`,
	`UPDATE audit_events SET actor = '' WHERE seq = $1`,
	`UPDATE audit_events SET action = 'y' WHERE seq = $1`,
	`UPDATE audit_events SET action = action || ' ' WHERE seq = $1`,
	`UPDATE audit_events SET object = 'another' WHERE seq = $1`,
	`UPDATE audit_events SET object = '' WHERE seq = $1`,
	`UPDATE audit_events SET learner_id = 'another' WHERE seq = $1`,
	`UPDATE audit_events SET detail = '{}' WHERE seq = $1`,
	`UPDATE audit_events SET detail = '{"grade":"A"}' WHERE seq = $1`,
	`UPDATE audit_events SET detail = '{"grade":"B","more":""}' WHERE seq = $1`,
	`UPDATE audit_events SET detail = '{}', salt = '' WHERE seq = $1`,
	`UPDATE audit_events SET detail = '{}', salt = '', detail_hash = '' WHERE seq = $1`,
	`UPDATE audit_events SET salt = 'x' WHERE seq = $1`,
	`UPDATE audit_events SET detail_hash = '' WHERE seq = $1`,
	`UPDATE audit_events SET detail_hash = hash WHERE seq = $1`,
	`UPDATE audit_events SET previous = '' WHERE seq = $1 AND seq > 1`,
	`UPDATE audit_events SET previous = hash WHERE seq = $1`,
	`UPDATE audit_events SET hash = previous WHERE seq = $1`,
	`UPDATE audit_events SET hash = '' WHERE seq = $1`,
	`UPDATE audit_events SET seq = seq + 1000 WHERE seq = $1`,
	`UPDATE audit_events SET seq = -seq WHERE seq = $1`,
	`DELETE FROM audit_events WHERE seq = $1`,
	`DELETE FROM audit_events WHERE seq >= $1`,
}

// TestTamperedEvents: a thousand edits of the audit, each is found, and at the event that it was made to (G28).
func TestTamperedEvents(t *testing.T) {
	db, ctx := storetest.SQLite(t), t.Context()
	i, _, _ := house(t, db)
	const events = 40
	update(t, db, func(tx *store.Tx) error {
		for range events {
			if err := tx.Append(ctx, &record.Event{Institution: i.ID, At: now, Actor: "a", Action: "x", Object: "o", Detail: map[string]string{"grade": "B"}}); err != nil {
				return err
			}
		}
		return nil
	})
	undo, made := errors.New("undo"), 0
	for seq := int64(1); seq <= events; seq++ {
		for _, edit := range tamperings {
			err := db.Update(ctx, func(tx *store.Tx) error {
				done, err := tx.Raw().ExecContext(ctx, edit, seq)
				if err != nil {
					return err
				}
				if n, err := done.RowsAffected(); err != nil || n == 0 {
					return errors.Join(undo, err) // an event without one before it
				}
				made++
				if whole, err := tx.CheckAudit(ctx, i.ID); err == nil || whole != seq-1 {
					t.Errorf("event %d, %s: %d events hold together, %v", seq, edit, whole, err)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Fatalf("event %d, %s: %v", seq, edit, err)
			}
		}
	}
	if made < 1000 {
		t.Errorf("%d edits were tried; want 1,000", made)
	}
	if err := db.View(ctx, func(tx *store.Tx) error { _, err := tx.CheckAudit(ctx, i.ID); return err }); err != nil {
		t.Errorf("the chain as it was written: %v", err)
	}
}
