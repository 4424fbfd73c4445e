package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

const awardColumns = `a.id, a.institution_id, a.learner_id, a.achievement_id, a.source_key, a.source, a.revision, a.hash, a.batch_id, a.row_number, a.state,
 a.detail, a.credential_id, a.replaces, a.reason, a.prepared_by, a.approved_by, a.approved_at, a.created_at, a.updated_at, a.version`

func awardFields(a *record.Award, detail *[]byte, approved, created, updated *int64) []any {
	return []any{&a.ID, &a.Institution, &a.Learner, &a.Achievement, &a.SourceKey, &a.Source, &a.Revision, &a.Hash, &a.Batch, &a.Row, &a.State,
		detail, &a.CredentialID, &a.Replaces, &a.Reason, &a.PreparedBy, &a.ApprovedBy, approved, created, updated, &a.Version}
}

func scanAward(s scanner) (*record.Award, error) {
	row, err := scanAwardRow(s)
	if err != nil {
		return nil, err
	}
	return &row.Award, nil
}

// AwardRow is an award with the names that lists show.
type AwardRow struct {
	record.Award
	LearnerName     record.Name
	AchievementName string
	AchievementType string
	AchievementCode string
	AchievementIRI  string
}

func scanAwardRow(s scanner, more ...any) (*AwardRow, error) {
	var r AwardRow
	var detail []byte
	var approved, created, updated int64
	if err := s.Scan(append(awardFields(&r.Award, &detail, &approved, &created, &updated), more...)...); err != nil {
		return nil, err
	}
	r.ApprovedAt, r.CreatedAt, r.UpdatedAt = at(approved), at(created), at(updated)
	return &r, json.Unmarshal(detail, &r.Detail)
}

func scanNamedAward(s scanner) (*AwardRow, error) {
	var learner []byte
	var name, kind, code, iri string
	r, err := scanAwardRow(s, &learner, &name, &kind, &code, &iri)
	if err != nil {
		return nil, err
	}
	r.AchievementName, r.AchievementType, r.AchievementCode, r.AchievementIRI = name, kind, code, iri
	return r, json.Unmarshal(learner, &r.LearnerName)
}

// AddAward writes a new award or a new revision of one.
func (tx *Tx) AddAward(ctx context.Context, a *record.Award) error {
	_, err := tx.exec(ctx, "store.AddAward",
		`INSERT INTO awards (id, institution_id, learner_id, achievement_id, source_key, source, revision, hash, batch_id, row_number, state,
		 detail, credential_id, replaces, reason, prepared_by, approved_by, approved_at, created_at, updated_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1)`,
		a.ID, a.Institution, a.Learner, a.Achievement, a.SourceKey, a.Source, a.Revision, a.Hash, a.Batch, a.Row, a.State,
		text(a.Detail), a.CredentialID, a.Replaces, a.Reason, a.PreparedBy, a.ApprovedBy, micros(a.ApprovedAt), micros(a.CreatedAt), micros(a.UpdatedAt))
	a.Version = 1
	return err
}

// ChangeDraft writes what a draft says, of the version that was read and only while it is a draft.
func (tx *Tx) ChangeDraft(ctx context.Context, a *record.Award) error {
	err := tx.one(ctx, "store.ChangeDraft",
		`UPDATE awards SET achievement_id = $1, hash = $2, batch_id = $3, row_number = $4, detail = $5, prepared_by = $6, updated_at = $7, reason = $8, version = version + 1
		 WHERE id = $9 AND version = $10 AND state = 'draft'`,
		a.Achievement, a.Hash, a.Batch, a.Row, text(a.Detail), a.PreparedBy, micros(a.UpdatedAt), a.Reason, a.ID, a.Version)
	if err == nil {
		a.Version++
	}
	return err
}

// MoveAward moves an award from the state it was read in to a.State; anybody who was faster makes it a Conflict.
func (tx *Tx) MoveAward(ctx context.Context, a *record.Award, from record.AwardState) error {
	err := tx.one(ctx, "store.MoveAward",
		`UPDATE awards SET state = $1, reason = $2, approved_by = $3, approved_at = $4, updated_at = $5, version = version + 1
		 WHERE id = $6 AND state = $7 AND version = $8`,
		a.State, a.Reason, a.ApprovedBy, micros(a.ApprovedAt), micros(a.UpdatedAt), a.ID, from, a.Version)
	if err == nil {
		a.Version++
	}
	return err
}

// Award reads one award.
func (tx *Tx) Award(ctx context.Context, id record.AwardID) (*record.Award, error) {
	return get(ctx, tx, "store.Award", scanAward, `SELECT `+awardColumns+` FROM awards a WHERE a.id = $1`, id)
}

const namedAwards = `SELECT ` + awardColumns + `, l.name, c.name, c.type, c.code, c.iri
 FROM awards a JOIN learners l ON l.id = a.learner_id JOIN achievements c ON c.id = a.achievement_id`

// NamedAward reads one award with its names.
func (tx *Tx) NamedAward(ctx context.Context, id record.AwardID) (*AwardRow, error) {
	return get(ctx, tx, "store.NamedAward", scanNamedAward, namedAwards+` WHERE a.id = $1`, id)
}

// NamedAwards reads one page of awards in one state; the empty batch and learner mean all.
func (tx *Tx) NamedAwards(ctx context.Context, institution record.InstitutionID, state record.AwardState, batch record.BatchID, learner record.LearnerID,
	search string, after record.AwardID, limit int) ([]*AwardRow, error) {
	return list(ctx, tx, "store.NamedAwards", scanNamedAward, namedAwards+
		` WHERE a.institution_id = $1 AND a.state = $2 AND ($3 = '' OR a.batch_id = $3) AND ($4 = '' OR a.learner_id = $4)
		 AND (l.name_key LIKE $5 ESCAPE '\' OR lower(c.name) LIKE $5 ESCAPE '\') AND a.id > $6 ORDER BY a.id LIMIT $7`,
		institution, state, batch, learner, containing(search), after, limit)
}

// AwardsOfLearner reads a learner's awards in one state, in the order of their ids.
func (tx *Tx) AwardsOfLearner(ctx context.Context, learner record.LearnerID, state record.AwardState) ([]*record.Award, error) {
	return list(ctx, tx, "store.AwardsOfLearner", scanAward,
		`SELECT `+awardColumns+` FROM awards a WHERE a.learner_id = $1 AND a.state = $2 ORDER BY a.id`, learner, state)
}

// LatestAward reads the newest revision of the award with a source key.
func (tx *Tx) LatestAward(ctx context.Context, institution record.InstitutionID, sourceKey string) (*record.Award, error) {
	return get(ctx, tx, "store.LatestAward", scanAward,
		`SELECT `+awardColumns+` FROM awards a WHERE a.institution_id = $1 AND a.source_key = $2 ORDER BY a.revision DESC LIMIT 1`, institution, sourceKey)
}

// AwardInForce reads the issued award with a source key.
func (tx *Tx) AwardInForce(ctx context.Context, institution record.InstitutionID, sourceKey string) (*record.Award, error) {
	return get(ctx, tx, "store.AwardInForce", scanAward,
		`SELECT `+awardColumns+` FROM awards a WHERE a.institution_id = $1 AND a.source_key = $2 AND a.state = 'issued'`, institution, sourceKey)
}

// AwardsOfBatch reads what an import made.
func (tx *Tx) AwardsOfBatch(ctx context.Context, batch record.BatchID) ([]*record.Award, error) {
	return list(ctx, tx, "store.AwardsOfBatch", scanAward, `SELECT `+awardColumns+` FROM awards a WHERE a.batch_id = $1 ORDER BY a.row_number, a.id`, batch)
}

// AwardsOfSource reads the live awards of a source system: drafts, approved and issued ones; with a file name, only
// those that were last imported from a file of that name.
func (tx *Tx) AwardsOfSource(ctx context.Context, institution record.InstitutionID, source, fileName string) ([]*AwardRow, error) {
	return list(ctx, tx, "store.AwardsOfSource", scanNamedAward, namedAwards+
		` WHERE a.institution_id = $1 AND a.source = $2 AND a.state IN ('draft', 'approved', 'issued')
		 AND ($3 = '' OR EXISTS (SELECT 1 FROM batches b WHERE b.id = a.batch_id AND b.file_name = $3)) ORDER BY a.id`, institution, source, fileName)
}

// WaitingAward reads the draft or approved award with a source key.
func (tx *Tx) WaitingAward(ctx context.Context, institution record.InstitutionID, sourceKey string) (*record.Award, error) {
	return get(ctx, tx, "store.WaitingAward", scanAward,
		`SELECT `+awardColumns+` FROM awards a WHERE a.institution_id = $1 AND a.source_key = $2 AND a.state IN ('draft', 'approved')`, institution, sourceKey)
}

// CountAwards counts an institution's awards in a state.
func (tx *Tx) CountAwards(ctx context.Context, institution record.InstitutionID, state record.AwardState) (int64, error) {
	return get(ctx, tx, "store.CountAwards", number, `SELECT count(*) FROM awards WHERE institution_id = $1 AND state = $2`, institution, state)
}

// ApprovedLearners reads the learners who have approved awards and wait in no run.
func (tx *Tx) ApprovedLearners(ctx context.Context, institution record.InstitutionID) ([]record.LearnerID, error) {
	return list(ctx, tx, "store.ApprovedLearners", func(s scanner) (id record.LearnerID, err error) { err = s.Scan(&id); return },
		`SELECT DISTINCT a.learner_id FROM awards a WHERE a.institution_id = $1 AND a.state = 'approved'
		 AND NOT EXISTS (SELECT 1 FROM run_items r WHERE r.learner_id = a.learner_id AND r.state = 'pending') ORDER BY a.learner_id`, institution)
}
