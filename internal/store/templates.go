package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

func scanTemplate(s scanner) (*record.Template, error) {
	var t record.Template
	var types []byte
	var created int64
	if err := s.Scan(&t.ID, &t.Institution, &t.Name, &t.Kind, &types, &created, &t.Version); err != nil {
		return nil, err
	}
	t.CreatedAt = at(created)
	return &t, json.Unmarshal(types, &t.Types)
}

// AddTemplate writes a new template of records.
func (tx *Tx) AddTemplate(ctx context.Context, t *record.Template) error {
	_, err := tx.exec(ctx, "store.AddTemplate",
		`INSERT INTO record_templates (id, institution_id, name, kind, types, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
		t.ID, t.Institution, t.Name, t.Kind, text(t.Types), micros(t.CreatedAt))
	t.Version = 1
	return err
}

// ChangeTemplate writes a template of the version that was read.
func (tx *Tx) ChangeTemplate(ctx context.Context, t *record.Template) error {
	err := tx.one(ctx, "store.ChangeTemplate",
		`UPDATE record_templates SET name = $1, kind = $2, types = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		t.Name, t.Kind, text(t.Types), t.ID, t.Version)
	if err == nil {
		t.Version++
	}
	return err
}

// DeleteTemplate deletes a template; what was issued by it stays.
func (tx *Tx) DeleteTemplate(ctx context.Context, id record.TemplateID, version int64) error {
	return tx.one(ctx, "store.DeleteTemplate", `DELETE FROM record_templates WHERE id = $1 AND version = $2`, id, version)
}

const templateColumns = `id, institution_id, name, kind, types, created_at, version`

// Template reads one template.
func (tx *Tx) Template(ctx context.Context, id record.TemplateID) (*record.Template, error) {
	return get(ctx, tx, "store.Template", scanTemplate, `SELECT `+templateColumns+` FROM record_templates WHERE id = $1`, id)
}

// Templates reads an institution's templates by name.
func (tx *Tx) Templates(ctx context.Context, institution record.InstitutionID) ([]*record.Template, error) {
	return list(ctx, tx, "store.Templates", scanTemplate, `SELECT `+templateColumns+` FROM record_templates WHERE institution_id = $1 ORDER BY name, id`, institution)
}

// NextLearner reads the learner after a name and id in the order of names that has something for a record; with back, the
// one before.
func (tx *Tx) NextLearner(ctx context.Context, institution record.InstitutionID, name string, id record.LearnerID, back bool) (*record.Learner, error) {
	if back {
		return get(ctx, tx, "store.NextLearner", scanLearner,
			`SELECT `+learnerColumns+` FROM learners l WHERE institution_id = $1 AND (name_key < $2 OR (name_key = $2 AND id < $3))
			 AND EXISTS (SELECT 1 FROM awards a WHERE a.learner_id = l.id AND a.state IN ('draft', 'approved', 'issued')) ORDER BY name_key DESC, id DESC LIMIT 1`,
			institution, nameKey(name), id)
	}
	return get(ctx, tx, "store.NextLearner", scanLearner,
		`SELECT `+learnerColumns+` FROM learners l WHERE institution_id = $1 AND (name_key > $2 OR (name_key = $2 AND id > $3))
		 AND EXISTS (SELECT 1 FROM awards a WHERE a.learner_id = l.id AND a.state IN ('draft', 'approved', 'issued')) ORDER BY name_key, id LIMIT 1`,
		institution, nameKey(name), id)
}
