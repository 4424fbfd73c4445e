package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

const endorsementColumns = `id, institution_id, kind, about, learner_id, name, body, state, reason, bytes, sha256, key_id, created_by, created_at, ended_at`

func scanEndorsement(s scanner) (*record.Endorsement, error) {
	var e record.Endorsement
	var created, ended int64
	err := s.Scan(&e.ID, &e.Institution, &e.Kind, &e.About, &e.Learner, &e.Name, &e.Comment, &e.State, &e.Reason, &e.Bytes, &e.SHA256, &e.Key, &e.CreatedBy, &created, &ended)
	e.CreatedAt, e.EndedAt = at(created), at(ended)
	return &e, err
}

// AddEndorsement writes a signed endorsement.
func (tx *Tx) AddEndorsement(ctx context.Context, e *record.Endorsement) error {
	_, err := tx.exec(ctx, "store.AddEndorsement",
		`INSERT INTO endorsements (id, institution_id, kind, about, learner_id, name, body, state, reason, bytes, sha256, key_id, created_by, created_at, ended_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)`,
		e.ID, e.Institution, e.Kind, e.About, e.Learner, e.Name, e.Comment, e.State, e.Reason, e.Bytes, e.SHA256, e.Key, e.CreatedBy, micros(e.CreatedAt))
	return err
}

// EndEndorsement marks an endorsement in force as revoked.
func (tx *Tx) EndEndorsement(ctx context.Context, e *record.Endorsement) error {
	return tx.one(ctx, "store.EndEndorsement", `UPDATE endorsements SET state = 'revoked', reason = $1, ended_at = $2 WHERE id = $3 AND state = 'current'`,
		e.Reason, micros(e.EndedAt), e.ID)
}

// Endorsement reads one endorsement.
func (tx *Tx) Endorsement(ctx context.Context, id record.EndorsementID) (*record.Endorsement, error) {
	return get(ctx, tx, "store.Endorsement", scanEndorsement, `SELECT `+endorsementColumns+` FROM endorsements WHERE id = $1`, id)
}

// Endorsements reads an institution's endorsements, newest first.
func (tx *Tx) Endorsements(ctx context.Context, institution record.InstitutionID, limit int) ([]*record.Endorsement, error) {
	return list(ctx, tx, "store.Endorsements", scanEndorsement,
		`SELECT `+endorsementColumns+` FROM endorsements WHERE institution_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, institution, limit)
}

// EndorsementsOf reads the endorsements in force of one thing, by whichever institution of this house, oldest first. Those
// of a compromised key are none any more.
func (tx *Tx) EndorsementsOf(ctx context.Context, about string, limit int) ([]*record.Endorsement, error) {
	return list(ctx, tx, "store.EndorsementsOf", scanEndorsement,
		`SELECT `+endorsementColumns+` FROM endorsements WHERE about = $1 AND state = 'current'
		 AND NOT EXISTS (SELECT 1 FROM issuing_keys k WHERE k.id = endorsements.key_id AND k.state = 'compromised') ORDER BY created_at, id LIMIT $2`, about, limit)
}
