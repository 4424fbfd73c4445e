package store

import (
	"context"
	"slices"

	"github.com/openlaurel/laurel/internal/record"
)

// PutHold writes a hold, or its new reason.
func (tx *Tx) PutHold(ctx context.Context, h *record.Hold) error {
	_, err := tx.exec(ctx, "store.PutHold",
		`INSERT INTO holds (learner_id, kind, institution_id, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
		 ON CONFLICT (learner_id, kind) DO UPDATE SET reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at`,
		h.Learner, h.Kind, h.Institution, h.Reason, h.SetBy, micros(h.SetAt))
	return err
}

// DropHold lifts a hold and reports whether there was one.
func (tx *Tx) DropHold(ctx context.Context, learner record.LearnerID, kind record.HoldKind) (bool, error) {
	n, err := tx.exec(ctx, "store.DropHold", `DELETE FROM holds WHERE learner_id = $1 AND kind = $2`, learner, kind)
	return n > 0, err
}

// Holds reads what holds a learner's record back.
func (tx *Tx) Holds(ctx context.Context, learner record.LearnerID) ([]record.Hold, error) {
	return list(ctx, tx, "store.Holds", func(s scanner) (h record.Hold, err error) {
		var when int64
		err = s.Scan(&h.Learner, &h.Kind, &h.Institution, &h.Reason, &h.SetBy, &when)
		h.SetAt = at(when)
		return
	}, `SELECT learner_id, kind, institution_id, reason, set_by, set_at FROM holds WHERE learner_id = $1 ORDER BY kind`, learner)
}

// OnHold reports whether a hold of one of the kinds is on a learner's record.
func (tx *Tx) OnHold(ctx context.Context, learner record.LearnerID, kinds ...record.HoldKind) (bool, error) {
	held, err := list(ctx, tx, "store.OnHold", func(s scanner) (k record.HoldKind, err error) { err = s.Scan(&k); return }, `SELECT kind FROM holds WHERE learner_id = $1`, learner)
	return slices.ContainsFunc(held, func(k record.HoldKind) bool { return slices.Contains(kinds, k) }), err
}

// AddDisclosure writes down that something was given away.
func (tx *Tx) AddDisclosure(ctx context.Context, d *record.Disclosure) error {
	_, err := tx.exec(ctx, "store.AddDisclosure",
		`INSERT INTO disclosures (id, institution_id, learner_id, party, what, ground, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		d.ID, d.Institution, d.Learner, d.Party, d.What, d.Ground, d.MadeBy, micros(d.MadeAt))
	return err
}

// Disclosures reads what was given away about a learner, newest first.
func (tx *Tx) Disclosures(ctx context.Context, learner record.LearnerID, limit int) ([]record.Disclosure, error) {
	return list(ctx, tx, "store.Disclosures", func(s scanner) (d record.Disclosure, err error) {
		var when int64
		err = s.Scan(&d.ID, &d.Institution, &d.Learner, &d.Party, &d.What, &d.Ground, &d.MadeBy, &when)
		d.MadeAt = at(when)
		return
	}, `SELECT id, institution_id, learner_id, party, what, ground, made_by, made_at FROM disclosures WHERE learner_id = $1 ORDER BY made_at DESC, id DESC LIMIT $2`, learner, limit)
}

// EventsAbout reads the events about one learner, newest first.
func (tx *Tx) EventsAbout(ctx context.Context, learner record.LearnerID, limit int) ([]*record.Event, error) {
	return list(ctx, tx, "store.EventsAbout", scanEvent,
		`SELECT `+eventColumns+` FROM audit_events WHERE learner_id = $1 ORDER BY at DESC, seq DESC LIMIT $2`, learner, limit)
}

// Erasures lists who was erased, oldest first.
func (tx *Tx) Erasures(ctx context.Context, institution record.InstitutionID, limit int) ([]record.Erasure, error) {
	return list(ctx, tx, "store.Erasures", func(s scanner) (e record.Erasure, err error) {
		var when int64
		err = s.Scan(&e.Learner, &e.Institution, &e.Ground, &e.ErasedBy, &when)
		e.ErasedAt = at(when)
		return
	}, `SELECT learner_id, institution_id, ground, erased_by, erased_at FROM erasures WHERE institution_id = $1 ORDER BY erased_at, learner_id LIMIT $2`, institution, limit)
}

// wordsErased reports whether an event lacks its words because its learner was erased.
func (tx *Tx) wordsErased(ctx context.Context, e *record.Event) (bool, error) {
	if !e.Erased() || e.Learner == "" {
		return false, nil
	}
	n, err := get(ctx, tx, "store.CheckAudit", number, `SELECT count(*) FROM erasures WHERE learner_id = $1`, e.Learner)
	return n == 1, err
}

// WaitsToBeSigned reports whether a run has yet to sign the learner's record.
func (tx *Tx) WaitsToBeSigned(ctx context.Context, learner record.LearnerID) (bool, error) {
	n, err := get(ctx, tx, "store.WaitsToBeSigned", number, `SELECT count(*) FROM run_items WHERE learner_id = $1 AND state = 'pending'`, learner)
	return n > 0, err
}
