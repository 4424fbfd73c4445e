package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// DocumentSums reads the address and the hash of everything that an institution publishes, without the bytes.
func (tx *Tx) DocumentSums(ctx context.Context, institution record.InstitutionID) ([]record.Document, error) {
	return list(ctx, tx, "store.DocumentSums", func(s scanner) (d record.Document, err error) { err = s.Scan(&d.URL, &d.SHA256); return },
		`SELECT url, sha256 FROM documents WHERE institution_id = $1 ORDER BY url`, institution)
}

// AnswerItem keeps what a learner said about something that was issued to them; the last answer counts.
func (tx *Tx) AnswerItem(ctx context.Context, learner record.LearnerID, about string, answer record.ItemAnswer, now time.Time) error {
	_, err := tx.exec(ctx, "store.AnswerItem",
		`INSERT INTO item_answers (learner_id, about, answer, at) VALUES ($1, $2, $3, $4)
		 ON CONFLICT (learner_id, about) DO UPDATE SET answer = excluded.answer, at = excluded.at`, learner, about, answer, micros(now))
	return err
}

// ItemAnswers reads what a learner said, by the address of what it is about.
func (tx *Tx) ItemAnswers(ctx context.Context, learner record.LearnerID) (map[string]record.ItemAnswer, error) {
	type row struct {
		about  string
		answer record.ItemAnswer
	}
	rows, err := list(ctx, tx, "store.ItemAnswers", func(s scanner) (r row, err error) { err = s.Scan(&r.about, &r.answer); return },
		`SELECT about, answer FROM item_answers WHERE learner_id = $1 ORDER BY about`, learner)
	out := make(map[string]record.ItemAnswer, len(rows))
	for _, r := range rows {
		out[r.about] = r.answer
	}
	return out, err
}

const curationColumns = `id, learner_id, name, body, created_at, updated_at, version`

func scanCuration(s scanner) (*record.Curation, error) {
	var c record.Curation
	var body []byte
	var created, updated int64
	if err := s.Scan(&c.ID, &c.Learner, &c.Name, &body, &created, &updated, &c.Version); err != nil {
		return nil, err
	}
	c.CreatedAt, c.UpdatedAt = at(created), at(updated)
	return &c, json.Unmarshal(body, &c.Body)
}

// AddCuration writes a new choice.
func (tx *Tx) AddCuration(ctx context.Context, c *record.Curation) error {
	_, err := tx.exec(ctx, "store.AddCuration",
		`INSERT INTO curations (id, learner_id, name, body, created_at, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
		c.ID, c.Learner, c.Name, text(c.Body), micros(c.CreatedAt), micros(c.UpdatedAt))
	c.Version = 1
	return err
}

// ChangeCuration writes a choice of the version that was read.
func (tx *Tx) ChangeCuration(ctx context.Context, c *record.Curation) error {
	err := tx.one(ctx, "store.ChangeCuration",
		`UPDATE curations SET name = $1, body = $2, updated_at = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		c.Name, text(c.Body), micros(c.UpdatedAt), c.ID, c.Version)
	if err == nil {
		c.Version++
	}
	return err
}

// Curation reads one choice of a learner's.
func (tx *Tx) Curation(ctx context.Context, learner record.LearnerID, id record.CurationID) (*record.Curation, error) {
	return get(ctx, tx, "store.Curation", scanCuration, `SELECT `+curationColumns+` FROM curations WHERE learner_id = $1 AND id = $2`, learner, id)
}

// CurationsOf reads a learner's choices by name.
func (tx *Tx) CurationsOf(ctx context.Context, learner record.LearnerID) ([]*record.Curation, error) {
	return list(ctx, tx, "store.CurationsOf", scanCuration, `SELECT `+curationColumns+` FROM curations WHERE learner_id = $1 ORDER BY name, id`, learner)
}

// DropCuration deletes a choice.
func (tx *Tx) DropCuration(ctx context.Context, learner record.LearnerID, id record.CurationID) error {
	return tx.one(ctx, "store.DropCuration", `DELETE FROM curations WHERE learner_id = $1 AND id = $2`, learner, id)
}
