package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

const heldColumns = `id, institution_id, learner_id, sha256, bytes, media_type, kind, name, credential, issuer, issuer_name, subject,
 valid_from, source, verdict, received_at, changed_at`

func scanHeld(s scanner) (*record.Held, error) {
	var h record.Held
	var from, received, changed int64
	err := s.Scan(&h.ID, &h.Institution, &h.Learner, &h.SHA256, &h.Bytes, &h.MediaType, &h.Kind, &h.Name, &h.Credential, &h.Issuer, &h.IssuerName, &h.Subject,
		&from, &h.Source, &h.Verdict, &received, &changed)
	h.ValidFrom, h.Received, h.Changed = at(from), at(received), at(changed)
	return &h, err
}

// KeepHeld keeps a credential for its learner. The same bytes twice are one; a newer version of the same credential takes
// the older one's place under the older one's ID; an older one changes nothing. Afterwards h is what is kept.
func (tx *Tx) KeepHeld(ctx context.Context, h *record.Held) (record.HeldOutcome, error) {
	const op = "store.KeepHeld"
	h.SHA256 = record.Sum(h.Bytes)
	there, err := get(ctx, tx, op, scanHeld,
		`SELECT `+heldColumns+` FROM held WHERE learner_id = $1 AND (sha256 = $2 OR (same_key <> '' AND same_key = $3))
		 ORDER BY CASE WHEN sha256 = $2 THEN 0 ELSE 1 END LIMIT 1`, h.Learner, h.SHA256, h.Key())
	if record.KindOf(err) == record.NotFound {
		_, err := tx.exec(ctx, op,
			`INSERT INTO held (id, institution_id, learner_id, sha256, bytes, media_type, kind, name, credential, issuer, issuer_name, subject,
			 valid_from, source, verdict, received_at, changed_at, same_key)
			 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
			h.ID, h.Institution, h.Learner, h.SHA256, h.Bytes, h.MediaType, h.Kind, h.Name, h.Credential, h.Issuer, h.IssuerName, h.Subject,
			micros(h.ValidFrom), h.Source, h.Verdict, micros(h.Received), micros(h.Changed), h.Key())
		return record.HeldNew, err
	}
	if err != nil {
		return "", err
	}
	outcome := h.Against(there)
	if outcome != record.HeldReplaced {
		*h = *there
		return outcome, nil
	}
	h.ID, h.Institution, h.Received = there.ID, there.Institution, there.Received
	return outcome, tx.one(ctx, op,
		`UPDATE held SET sha256 = $1, bytes = $2, media_type = $3, kind = $4, name = $5, credential = $6, issuer = $7, issuer_name = $8, subject = $9,
		 valid_from = $10, source = $11, verdict = $12, changed_at = $13, same_key = $14 WHERE id = $15`,
		h.SHA256, h.Bytes, h.MediaType, h.Kind, h.Name, h.Credential, h.Issuer, h.IssuerName, h.Subject,
		micros(h.ValidFrom), h.Source, h.Verdict, micros(h.Changed), h.Key(), h.ID)
}

// Held reads one credential that a learner keeps.
func (tx *Tx) Held(ctx context.Context, learner record.LearnerID, id record.HeldID) (*record.Held, error) {
	return get(ctx, tx, "store.Held", scanHeld, `SELECT `+heldColumns+` FROM held WHERE learner_id = $1 AND id = $2`, learner, id)
}

// HeldOfLearner reads what a learner keeps, oldest first.
func (tx *Tx) HeldOfLearner(ctx context.Context, learner record.LearnerID) ([]*record.Held, error) {
	return list(ctx, tx, "store.HeldOfLearner", scanHeld,
		`SELECT `+heldColumns+` FROM held WHERE learner_id = $1 ORDER BY received_at, id`, learner)
}

// DeleteHeld deletes one credential that a learner keeps.
func (tx *Tx) DeleteHeld(ctx context.Context, learner record.LearnerID, id record.HeldID) error {
	n, err := tx.exec(ctx, "store.DeleteHeld", `DELETE FROM held WHERE learner_id = $1 AND id = $2`, learner, id)
	if err == nil && n == 0 {
		return record.Errorf(record.NotFound, "store.DeleteHeld", "there is nothing here for you; sign in with the account that may see it")
	}
	return err
}

// CountHeld counts what a learner keeps.
func (tx *Tx) CountHeld(ctx context.Context, learner record.LearnerID) (int64, error) {
	return get(ctx, tx, "store.CountHeld", number, `SELECT count(*) FROM held WHERE learner_id = $1`, learner)
}
