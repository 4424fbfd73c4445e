package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

const institutionColumns = `id, slug, name, base_url, did, profile, policy, created_at, updated_at, version`

func scanInstitution(s scanner) (*record.Institution, error) {
	var i record.Institution
	var profile, policy []byte
	var created, updated int64
	if err := s.Scan(&i.ID, &i.Slug, &i.Name, &i.BaseURL, &i.DID, &profile, &policy, &created, &updated, &i.Version); err != nil {
		return nil, err
	}
	i.CreatedAt, i.UpdatedAt = at(created), at(updated)
	if err := json.Unmarshal(profile, &i.Profile); err != nil {
		return nil, err
	}
	return &i, json.Unmarshal(policy, &i.Policy)
}

// AddInstitution writes a new institution.
func (tx *Tx) AddInstitution(ctx context.Context, i *record.Institution) error {
	_, err := tx.exec(ctx, "store.AddInstitution",
		`INSERT INTO institutions (id, slug, name, base_url, did, profile, policy, created_at, updated_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)`,
		i.ID, i.Slug, i.Name, i.BaseURL, i.DID, text(i.Profile), text(i.Policy), micros(i.CreatedAt), micros(i.UpdatedAt))
	i.Version = 1
	return err
}

// ChangeInstitution writes name, profile and policy of the version that was read.
func (tx *Tx) ChangeInstitution(ctx context.Context, i *record.Institution) error {
	err := tx.one(ctx, "store.ChangeInstitution",
		`UPDATE institutions SET name = $1, profile = $2, policy = $3, updated_at = $4, version = version + 1 WHERE id = $5 AND version = $6`,
		i.Name, text(i.Profile), text(i.Policy), micros(i.UpdatedAt), i.ID, i.Version)
	if err == nil {
		i.Version++
	}
	return err
}

// Institution reads one institution.
func (tx *Tx) Institution(ctx context.Context, id record.InstitutionID) (*record.Institution, error) {
	return get(ctx, tx, "store.Institution", scanInstitution, `SELECT `+institutionColumns+` FROM institutions WHERE id = $1`, id)
}

// InstitutionBySlug reads the institution with this short name.
func (tx *Tx) InstitutionBySlug(ctx context.Context, slug string) (*record.Institution, error) {
	return get(ctx, tx, "store.InstitutionBySlug", scanInstitution, `SELECT `+institutionColumns+` FROM institutions WHERE slug = $1`, slug)
}

// Institutions reads all institutions.
func (tx *Tx) Institutions(ctx context.Context) ([]*record.Institution, error) {
	return list(ctx, tx, "store.Institutions", scanInstitution, `SELECT `+institutionColumns+` FROM institutions ORDER BY name, id`)
}

const keyColumns = `id, institution_id, fragment, algorithm, suite, multikey, sealed, state, created_at, ended_at`

func scanKey(s scanner) (*record.Key, error) {
	var k record.Key
	var created, ended int64
	err := s.Scan(&k.ID, &k.Institution, &k.Fragment, &k.Algorithm, &k.Suite, &k.Multikey, &k.Sealed, &k.State, &created, &ended)
	k.CreatedAt, k.EndedAt = at(created), at(ended)
	return &k, err
}

// AddKey writes a new issuing key.
func (tx *Tx) AddKey(ctx context.Context, k *record.Key) error {
	_, err := tx.exec(ctx, "store.AddKey",
		`INSERT INTO issuing_keys (id, institution_id, fragment, algorithm, suite, multikey, sealed, state, created_at, ended_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		k.ID, k.Institution, k.Fragment, k.Algorithm, k.Suite, k.Multikey, k.Sealed, k.State, micros(k.CreatedAt), micros(k.EndedAt))
	return err
}

// Keys reads an institution's keys, oldest first.
func (tx *Tx) Keys(ctx context.Context, institution record.InstitutionID) ([]*record.Key, error) {
	return list(ctx, tx, "store.Keys", scanKey,
		`SELECT `+keyColumns+` FROM issuing_keys WHERE institution_id = $1 ORDER BY created_at, id`, institution)
}

// ActiveKey reads the key that signs for an institution.
func (tx *Tx) ActiveKey(ctx context.Context, institution record.InstitutionID) (*record.Key, error) {
	return get(ctx, tx, "store.ActiveKey", scanKey,
		`SELECT `+keyColumns+` FROM issuing_keys WHERE institution_id = $1 AND state = 'active'`, institution)
}

// EndKey takes a key out of service.
func (tx *Tx) EndKey(ctx context.Context, k *record.Key) error {
	return tx.one(ctx, "store.EndKey", `UPDATE issuing_keys SET state = $1, ended_at = $2 WHERE id = $3 AND state <> 'compromised'`,
		k.State, micros(k.EndedAt), k.ID)
}

// text is a value of ours as JSON text. Strings, numbers, maps and structs of these always marshal.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("store: " + err.Error()) // a field that cannot be JSON was added to a noun: a fault of the program
	}
	return string(b)
}
