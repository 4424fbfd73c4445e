package store

import (
	"context"
	"time"

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

// EndorsementsOfKey reads the endorsements in force that a key signed, oldest first.
func (tx *Tx) EndorsementsOfKey(ctx context.Context, key record.KeyID) ([]*record.Endorsement, error) {
	return list(ctx, tx, "store.EndorsementsOfKey", scanEndorsement,
		`SELECT `+endorsementColumns+` FROM endorsements WHERE key_id = $1 AND state = 'current' ORDER BY created_at, id`, key)
}

// RenewEndorsement puts newly signed bytes in the place of an endorsement's, and keeps those that were there.
func (tx *Tx) RenewEndorsement(ctx context.Context, e *record.Endorsement, now time.Time) error {
	const op = "store.RenewEndorsement"
	if err := tx.one(ctx, op, `INSERT INTO endorsement_versions (endorsement_id, sha256, key_id, bytes, ended_at)
		 SELECT id, sha256, key_id, bytes, $2 FROM endorsements WHERE id = $1 AND state = 'current'`, e.ID, micros(now)); err != nil {
		return err
	}
	return tx.one(ctx, op, `UPDATE endorsements SET bytes = $1, sha256 = $2, key_id = $3 WHERE id = $4`, e.Bytes, e.SHA256, e.Key, e.ID)
}

// KeyEndorsement is one version of an endorsement that a key signed.
type KeyEndorsement struct {
	ID     record.EndorsementID
	Name   string
	State  record.CredentialState // "superseded" when it was signed anew
	SHA256 string
	At     time.Time
}

// KeyEndorsements reads everything of this kind that a key ever signed.
func (tx *Tx) KeyEndorsements(ctx context.Context, key record.KeyID) ([]KeyEndorsement, error) {
	return list(ctx, tx, "store.KeyEndorsements", func(s scanner) (KeyEndorsement, error) {
		var e KeyEndorsement
		var created int64
		err := s.Scan(&e.ID, &e.Name, &e.State, &e.SHA256, &created)
		e.At = at(created)
		return e, err
	}, `SELECT id, name, state, sha256, created_at FROM endorsements WHERE key_id = $1
	    UNION ALL SELECT e.id, e.name, 'superseded', v.sha256, e.created_at FROM endorsement_versions v JOIN endorsements e ON e.id = v.endorsement_id WHERE v.key_id = $1
	    ORDER BY 5, 1, 4`, key)
}
