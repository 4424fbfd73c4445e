package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

const achievementColumns = `id, institution_id, iri, source_key, version, type, name, code, body, hash, generated, is_current, created_at`

func scanAchievement(s scanner) (*record.Achievement, error) {
	var a record.Achievement
	var body, generated []byte
	var created int64
	if err := s.Scan(&a.ID, &a.Institution, &a.IRI, &a.SourceKey, &a.Version, &a.Type, &a.Name, &a.Code, &body, &a.Hash, &generated, &a.Current, &created); err != nil {
		return nil, err
	}
	a.Body, a.CreatedAt = body, at(created)
	return &a, json.Unmarshal(generated, &a.Generated)
}

// AddAchievement writes a new version of a catalogue entry; the version before it, if any, must have been retired.
func (tx *Tx) AddAchievement(ctx context.Context, a *record.Achievement) error {
	_, err := tx.exec(ctx, "store.AddAchievement",
		`INSERT INTO achievements (id, institution_id, iri, source_key, version, type, name, code, body, hash, generated, is_current, created_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		a.ID, a.Institution, a.IRI, a.SourceKey, a.Version, a.Type, a.Name, a.Code, string(a.Body), a.Hash, text(a.Generated), a.Current, micros(a.CreatedAt))
	return err
}

// RetireAchievement marks a version as no longer the current one.
func (tx *Tx) RetireAchievement(ctx context.Context, id record.AchievementID) error {
	return tx.one(ctx, "store.RetireAchievement", `UPDATE achievements SET is_current = $1 WHERE id = $2 AND is_current`, false, id)
}

// Achievement reads one version of a catalogue entry.
func (tx *Tx) Achievement(ctx context.Context, id record.AchievementID) (*record.Achievement, error) {
	return get(ctx, tx, "store.Achievement", scanAchievement, `SELECT `+achievementColumns+` FROM achievements WHERE id = $1`, id)
}

// AchievementByKey reads the current version of the entry with the catalogue's key.
func (tx *Tx) AchievementByKey(ctx context.Context, institution record.InstitutionID, key string) (*record.Achievement, error) {
	return get(ctx, tx, "store.AchievementByKey", scanAchievement,
		`SELECT `+achievementColumns+` FROM achievements WHERE institution_id = $1 AND source_key = $2 AND is_current`, institution, key)
}

// AchievementsByCode reads the current entries of a type with a code.
func (tx *Tx) AchievementsByCode(ctx context.Context, institution record.InstitutionID, code, kind string) ([]*record.Achievement, error) {
	return list(ctx, tx, "store.AchievementsByCode", scanAchievement,
		`SELECT `+achievementColumns+` FROM achievements WHERE institution_id = $1 AND is_current AND lower(code) = lower($2) AND type = $3 ORDER BY source_key LIMIT 10`, institution, code, kind)
}

// AchievementVersions reads how many versions an entry has.
func (tx *Tx) AchievementVersions(ctx context.Context, institution record.InstitutionID, key string) (int64, error) {
	return get(ctx, tx, "store.AchievementVersions", number,
		`SELECT count(*) FROM achievements WHERE institution_id = $1 AND source_key = $2`, institution, key)
}

// Achievements reads the current catalogue by type and name.
func (tx *Tx) Achievements(ctx context.Context, institution record.InstitutionID, search string, limit int) ([]*record.Achievement, error) {
	return list(ctx, tx, "store.Achievements", scanAchievement,
		`SELECT `+achievementColumns+` FROM achievements
		 WHERE institution_id = $1 AND is_current AND (lower(name) LIKE $2 ESCAPE '\' OR lower(code) LIKE $2 ESCAPE '\')
		 ORDER BY type, name, id LIMIT $3`, institution, containing(search), limit)
}

// PutAssociation writes a relation between two achievements, once.
func (tx *Tx) PutAssociation(ctx context.Context, a record.Association) (added bool, err error) {
	n, err := tx.exec(ctx, "store.PutAssociation",
		`INSERT INTO associations (institution_id, type, source_iri, target_iri) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		a.Institution, a.Type, a.Source, a.Target)
	return n == 1, err
}

// Associations reads an institution's relations.
func (tx *Tx) Associations(ctx context.Context, institution record.InstitutionID) ([]record.Association, error) {
	return list(ctx, tx, "store.Associations", func(s scanner) (a record.Association, err error) {
		err = s.Scan(&a.Institution, &a.Type, &a.Source, &a.Target)
		return
	}, `SELECT institution_id, type, source_iri, target_iri FROM associations WHERE institution_id = $1 ORDER BY source_iri, type, target_iri`, institution)
}

// AchievementByIRI reads the current version of the entry that credentials call by this id.
func (tx *Tx) AchievementByIRI(ctx context.Context, institution record.InstitutionID, iri string) (*record.Achievement, error) {
	return get(ctx, tx, "store.AchievementByIRI", scanAchievement,
		`SELECT `+achievementColumns+` FROM achievements WHERE institution_id = $1 AND iri = $2 AND is_current ORDER BY source_key LIMIT 1`, institution, iri)
}
