package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

const definitionColumns = `id, institution_id, source_key, iri, state, body, texts, links, base, note, prepared_by, approved_by, created_at, updated_at, version`

func scanDefinition(s scanner) (*record.Definition, error) {
	var d record.Definition
	var body, texts, links []byte
	var created, updated int64
	if err := s.Scan(&d.ID, &d.Institution, &d.SourceKey, &d.IRI, &d.State, &body, &texts, &links, &d.Base, &d.Note, &d.PreparedBy, &d.ApprovedBy,
		&created, &updated, &d.Version); err != nil {
		return nil, err
	}
	d.Body, d.CreatedAt, d.UpdatedAt = body, at(created), at(updated)
	if err := json.Unmarshal(texts, &d.Texts); err != nil {
		return nil, err
	}
	return &d, json.Unmarshal(links, &d.Links)
}

// AddDefinition writes a new definition; a second one of the same key is a Conflict.
func (tx *Tx) AddDefinition(ctx context.Context, d *record.Definition) error {
	_, err := tx.exec(ctx, "store.AddDefinition",
		`INSERT INTO definitions (id, institution_id, source_key, iri, state, body, texts, links, base, note, prepared_by, approved_by, created_at, updated_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)`,
		d.ID, d.Institution, d.SourceKey, d.IRI, d.State, string(d.Body), text(d.Texts), text(d.Links), d.Base, d.Note, d.PreparedBy, d.ApprovedBy,
		micros(d.CreatedAt), micros(d.UpdatedAt))
	d.Version = 1
	return err
}

// ChangeDefinition writes a definition of the version that was read; another version is a Conflict.
func (tx *Tx) ChangeDefinition(ctx context.Context, d *record.Definition) error {
	err := tx.one(ctx, "store.ChangeDefinition",
		`UPDATE definitions SET state = $1, body = $2, texts = $3, links = $4, base = $5, note = $6, prepared_by = $7, approved_by = $8, updated_at = $9,
		 version = version + 1 WHERE id = $10 AND version = $11`,
		d.State, string(d.Body), text(d.Texts), text(d.Links), d.Base, d.Note, d.PreparedBy, d.ApprovedBy, micros(d.UpdatedAt), d.ID, d.Version)
	if err == nil {
		d.Version++
	}
	return err
}

// DeleteDefinition deletes a definition that never became an achievement.
func (tx *Tx) DeleteDefinition(ctx context.Context, id record.DefinitionID, version int64) error {
	return tx.one(ctx, "store.DeleteDefinition", `DELETE FROM definitions WHERE id = $1 AND version = $2`, id, version)
}

// Definition reads one definition.
func (tx *Tx) Definition(ctx context.Context, id record.DefinitionID) (*record.Definition, error) {
	return get(ctx, tx, "store.Definition", scanDefinition, `SELECT `+definitionColumns+` FROM definitions WHERE id = $1`, id)
}

// DefinitionByKey reads the definition of the catalogue's key.
func (tx *Tx) DefinitionByKey(ctx context.Context, institution record.InstitutionID, key string) (*record.Definition, error) {
	return get(ctx, tx, "store.DefinitionByKey", scanDefinition,
		`SELECT `+definitionColumns+` FROM definitions WHERE institution_id = $1 AND source_key = $2`, institution, key)
}

// Definitions reads all of an institution's definitions, last changed first.
func (tx *Tx) Definitions(ctx context.Context, institution record.InstitutionID, limit int) ([]*record.Definition, error) {
	return list(ctx, tx, "store.Definitions", scanDefinition,
		`SELECT `+definitionColumns+` FROM definitions WHERE institution_id = $1 ORDER BY updated_at DESC, id LIMIT $2`, institution, limit)
}

// VersionsOf reads every version of a catalogue entry, newest first.
func (tx *Tx) VersionsOf(ctx context.Context, institution record.InstitutionID, key string) ([]*record.Achievement, error) {
	return list(ctx, tx, "store.VersionsOf", scanAchievement,
		`SELECT `+achievementColumns+` FROM achievements WHERE institution_id = $1 AND source_key = $2 ORDER BY created_at DESC, is_current DESC, id`, institution, key)
}

// AwardsOfAchievement counts the awards that name a version, those that were withdrawn left out.
func (tx *Tx) AwardsOfAchievement(ctx context.Context, id record.AchievementID) (int64, error) {
	return get(ctx, tx, "store.AwardsOfAchievement", number, `SELECT count(*) FROM awards WHERE achievement_id = $1 AND state <> 'withdrawn'`, id)
}

// OpenAchievements reads the current catalogue without what is retired, by name: a page after the given name and id.
func (tx *Tx) OpenAchievements(ctx context.Context, institution record.InstitutionID, afterName string, after record.AchievementID, limit int) ([]*record.Achievement, error) {
	return list(ctx, tx, "store.OpenAchievements", scanAchievement,
		`SELECT `+achievementColumns+` FROM achievements a WHERE institution_id = $1 AND is_current
		 AND NOT EXISTS (SELECT 1 FROM definitions d WHERE d.institution_id = a.institution_id AND d.source_key = a.source_key AND d.state = 'retired')
		 AND (name > $2 OR (name = $2 AND id > $3)) ORDER BY name, id LIMIT $4`, institution, afterName, after, limit)
}

// DropLinks deletes the associations of which an achievement is the source.
func (tx *Tx) DropLinks(ctx context.Context, institution record.InstitutionID, source string) error {
	_, err := tx.exec(ctx, "store.DropLinks", `DELETE FROM associations WHERE institution_id = $1 AND source_iri = $2`, institution, source)
	return err
}

// AddText writes what a version of an achievement says in another language: a whole ob.Achievement.
func (tx *Tx) AddText(ctx context.Context, id record.AchievementID, lang string, body []byte) error {
	_, err := tx.exec(ctx, "store.AddText", `INSERT INTO achievement_texts (achievement_id, lang, body) VALUES ($1, $2, $3)`, id, lang, string(body))
	return err
}

// Text reads what a version of an achievement says in another language.
func (tx *Tx) Text(ctx context.Context, id record.AchievementID, lang string) ([]byte, error) {
	return get(ctx, tx, "store.Text", func(s scanner) (b []byte, err error) {
		err = s.Scan(&b)
		return
	}, `SELECT body FROM achievement_texts WHERE achievement_id = $1 AND lang = $2`, id, lang)
}

// PutPicture keeps an image, once.
func (tx *Tx) PutPicture(ctx context.Context, p *record.Picture) error {
	_, err := tx.exec(ctx, "store.PutPicture", `INSERT INTO pictures (id, institution_id, media, bytes, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
		p.ID, p.Institution, p.Media, p.Bytes, micros(p.CreatedAt))
	return err
}

// Picture reads an image.
func (tx *Tx) Picture(ctx context.Context, id record.PictureID) (*record.Picture, error) {
	return get(ctx, tx, "store.Picture", func(s scanner) (*record.Picture, error) {
		var p record.Picture
		var created int64
		err := s.Scan(&p.ID, &p.Institution, &p.Media, &p.Bytes, &created)
		p.CreatedAt = at(created)
		return &p, err
	}, `SELECT id, institution_id, media, bytes, created_at FROM pictures WHERE id = $1`, id)
}
