package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const apiKeyColumns = `id, institution_id, account_id, learner_id, name, prefix, hash, scopes, created_at, expires_at, last_used_at, revoked_at`

func scanAPIKey(s scanner) (*record.APIKey, error) {
	var k record.APIKey
	var scopes []byte
	var created, expires, used, revoked int64
	if err := s.Scan(&k.ID, &k.Institution, &k.Account, &k.Learner, &k.Name, &k.Prefix, &k.Hash, &scopes, &created, &expires, &used, &revoked); err != nil {
		return nil, err
	}
	k.CreatedAt, k.ExpiresAt, k.LastUsedAt, k.RevokedAt = at(created), at(expires), at(used), at(revoked)
	return &k, json.Unmarshal(scopes, &k.Scopes)
}

// AddAPIKey writes a new key.
func (tx *Tx) AddAPIKey(ctx context.Context, k *record.APIKey) error {
	_, err := tx.exec(ctx, "store.AddAPIKey",
		`INSERT INTO api_keys (id, institution_id, account_id, learner_id, name, prefix, hash, scopes, created_at, expires_at, last_used_at, revoked_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0)`,
		k.ID, k.Institution, k.Account, k.Learner, k.Name, k.Prefix, k.Hash, text(k.Scopes), micros(k.CreatedAt), micros(k.ExpiresAt))
	return err
}

// APIKey reads a key by its id.
func (tx *Tx) APIKey(ctx context.Context, id string) (*record.APIKey, error) {
	return get(ctx, tx, "store.APIKey", scanAPIKey, `SELECT `+apiKeyColumns+` FROM api_keys WHERE id = $1`, id)
}

// APIKeyByHash reads a key by the hash of what a program sent.
func (tx *Tx) APIKeyByHash(ctx context.Context, hash string) (*record.APIKey, error) {
	return get(ctx, tx, "store.APIKeyByHash", scanAPIKey, `SELECT `+apiKeyColumns+` FROM api_keys WHERE hash = $1`, hash)
}

// APIKeys reads an institution's keys, newest first.
func (tx *Tx) APIKeys(ctx context.Context, institution record.InstitutionID, limit int) ([]*record.APIKey, error) {
	return list(ctx, tx, "store.APIKeys", scanAPIKey,
		`SELECT `+apiKeyColumns+` FROM api_keys WHERE institution_id = $1 ORDER BY created_at DESC, id LIMIT $2`, institution, limit)
}

// UseAPIKey notes that a key was used.
func (tx *Tx) UseAPIKey(ctx context.Context, id string, now time.Time) error {
	_, err := tx.exec(ctx, "store.UseAPIKey", `UPDATE api_keys SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1`, micros(now), id)
	return err
}

// RevokeAPIKey ends a key for good.
func (tx *Tx) RevokeAPIKey(ctx context.Context, id string, now time.Time) error {
	return tx.one(ctx, "store.RevokeAPIKey", `UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0`, micros(now), id)
}

// LearnersByEmail reads the people of an institution who have an e-mail, at most two: more than one is as good as none.
func (tx *Tx) LearnersByEmail(ctx context.Context, institution record.InstitutionID, email string) ([]*record.Learner, error) {
	return list(ctx, tx, "store.LearnersByEmail", scanLearner,
		`SELECT `+learnerColumns+` FROM learners WHERE institution_id = $1 AND lower(email) = lower($2) ORDER BY id LIMIT 2`, institution, email)
}
