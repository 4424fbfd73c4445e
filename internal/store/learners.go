package store

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

const learnerColumns = `id, institution_id, source_key, name, email, identifiers, subject_id, record_id, guardian, language, created_at, updated_at, version`

func scanLearner(s scanner) (*record.Learner, error) {
	var l record.Learner
	var name, ids []byte
	var created, updated int64
	if err := s.Scan(&l.ID, &l.Institution, &l.SourceKey, &name, &l.Email, &ids, &l.SubjectID, &l.RecordID, &l.Guardian, &l.Language, &created, &updated, &l.Version); err != nil {
		return nil, err
	}
	l.CreatedAt, l.UpdatedAt = at(created), at(updated)
	if err := json.Unmarshal(name, &l.Name); err != nil {
		return nil, err
	}
	return &l, json.Unmarshal(ids, &l.Identifiers)
}

// AddLearner writes a new learner.
func (tx *Tx) AddLearner(ctx context.Context, l *record.Learner) error {
	_, err := tx.exec(ctx, "store.AddLearner",
		`INSERT INTO learners (id, institution_id, source_key, name, name_key, email, identifiers, subject_id, record_id, guardian, language, created_at, updated_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)`,
		l.ID, l.Institution, l.SourceKey, text(l.Name), nameKey(l.Name.Display), l.Email, text(l.Identifiers), l.SubjectID, l.RecordID,
		l.Guardian, l.Language, micros(l.CreatedAt), micros(l.UpdatedAt))
	l.Version = 1
	return err
}

// nameKey is a name in the form that searches compare: any case.
func nameKey(name string) string { return strings.ToLower(name) }

// ChangeLearner writes a learner's name, address, identifiers, language and guardian flag, of the version that was read.
func (tx *Tx) ChangeLearner(ctx context.Context, l *record.Learner) error {
	err := tx.one(ctx, "store.ChangeLearner",
		`UPDATE learners SET name = $1, name_key = $2, email = $3, identifiers = $4, guardian = $5, language = $6, updated_at = $7, version = version + 1
		 WHERE id = $8 AND version = $9`,
		text(l.Name), nameKey(l.Name.Display), l.Email, text(l.Identifiers), l.Guardian, l.Language, micros(l.UpdatedAt), l.ID, l.Version)
	if err == nil {
		l.Version++
	}
	return err
}

// Learner reads one learner.
func (tx *Tx) Learner(ctx context.Context, id record.LearnerID) (*record.Learner, error) {
	return get(ctx, tx, "store.Learner", scanLearner, `SELECT `+learnerColumns+` FROM learners WHERE id = $1`, id)
}

// LearnerByKey reads the learner with the student system's key.
func (tx *Tx) LearnerByKey(ctx context.Context, institution record.InstitutionID, key string) (*record.Learner, error) {
	return get(ctx, tx, "store.LearnerByKey", scanLearner,
		`SELECT `+learnerColumns+` FROM learners WHERE institution_id = $1 AND source_key = $2`, institution, key)
}

// Learners reads one page of an institution's learners by name; search is a part of a name, in any case.
func (tx *Tx) Learners(ctx context.Context, institution record.InstitutionID, search, afterName string, after record.LearnerID, limit int) ([]*record.Learner, error) {
	return list(ctx, tx, "store.Learners", scanLearner,
		`SELECT `+learnerColumns+` FROM learners
		 WHERE institution_id = $1 AND name_key LIKE $2 ESCAPE '\' AND (name_key > $3 OR (name_key = $3 AND id > $4))
		 ORDER BY name_key, id LIMIT $5`,
		institution, containing(search), nameKey(afterName), after, limit)
}

// containing is a LIKE pattern for "has this text inside"; the text's own wildcards stand for themselves.
func containing(search string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(nameKey(search)) + "%"
}

// CountLearners counts an institution's learners.
func (tx *Tx) CountLearners(ctx context.Context, institution record.InstitutionID) (int64, error) {
	return get(ctx, tx, "store.CountLearners", number, `SELECT count(*) FROM learners WHERE institution_id = $1`, institution)
}
