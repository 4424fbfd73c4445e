package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

func scanStatement(s scanner) (*record.Statement, error) {
	var v record.Statement
	var body []byte
	var created, updated int64
	if err := s.Scan(&v.ID, &v.Institution, &v.Learner, &body, &created, &updated, &v.Version); err != nil {
		return nil, err
	}
	v.CreatedAt, v.UpdatedAt = at(created), at(updated)
	return &v, json.Unmarshal(body, &v.Body)
}

const statementColumns = `id, institution_id, learner_id, body, created_at, updated_at, version`

// AddStatement writes what a learner states.
func (tx *Tx) AddStatement(ctx context.Context, s *record.Statement) error {
	_, err := tx.exec(ctx, "store.AddStatement",
		`INSERT INTO statements (id, institution_id, learner_id, body, created_at, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
		s.ID, s.Institution, s.Learner, text(s.Body), micros(s.CreatedAt), micros(s.UpdatedAt))
	s.Version = 1
	return err
}

// ChangeStatement writes the version that was read anew.
func (tx *Tx) ChangeStatement(ctx context.Context, s *record.Statement) error {
	err := tx.one(ctx, "store.ChangeStatement", `UPDATE statements SET body = $1, updated_at = $2, version = version + 1 WHERE id = $3 AND version = $4`,
		text(s.Body), micros(s.UpdatedAt), s.ID, s.Version)
	if err == nil {
		s.Version++
	}
	return err
}

// Statement reads one statement of a learner.
func (tx *Tx) Statement(ctx context.Context, learner record.LearnerID, id record.StatementID) (*record.Statement, error) {
	return get(ctx, tx, "store.Statement", scanStatement, `SELECT `+statementColumns+` FROM statements WHERE learner_id = $1 AND id = $2`, learner, id)
}

// StatementsOf reads a learner's statements, oldest first.
func (tx *Tx) StatementsOf(ctx context.Context, learner record.LearnerID) ([]*record.Statement, error) {
	return list(ctx, tx, "store.StatementsOf", scanStatement, `SELECT `+statementColumns+` FROM statements WHERE learner_id = $1 ORDER BY created_at, id`, learner)
}

// DeleteStatement deletes a statement with what others said about it.
func (tx *Tx) DeleteStatement(ctx context.Context, learner record.LearnerID, id record.StatementID) error {
	const op = "store.DeleteStatement"
	if _, err := tx.exec(ctx, op, `DELETE FROM confirmations WHERE learner_id = $1 AND statement_id = $2`, learner, id); err != nil {
		return err
	}
	n, err := tx.exec(ctx, op, `DELETE FROM statements WHERE learner_id = $1 AND id = $2`, learner, id)
	if err == nil && n == 0 {
		return record.Errorf(record.NotFound, op, "there is no such statement")
	}
	return err
}

const confirmationColumns = `id, statement_id, learner_id, email, token_hash, about, answer, name, role, body, asked_at, expires_at, answered_at, endorsement`

func scanConfirmation(s scanner) (*record.Confirmation, error) {
	var c record.Confirmation
	var asked, expires, answered int64
	var endorsement string
	err := s.Scan(&c.ID, &c.Statement, &c.Learner, &c.Email, &c.TokenHash, &c.About, &c.Answer, &c.Name, &c.Role, &c.Text, &asked, &expires, &answered, &endorsement)
	c.AskedAt, c.ExpiresAt, c.Answered = at(asked), at(expires), at(answered)
	if endorsement != "" {
		c.Endorsement = []byte(endorsement)
	}
	return &c, err
}

// AddConfirmation writes a request to confirm.
func (tx *Tx) AddConfirmation(ctx context.Context, c *record.Confirmation) error {
	_, err := tx.exec(ctx, "store.AddConfirmation",
		`INSERT INTO confirmations (id, statement_id, learner_id, email, token_hash, about, answer, name, role, body, asked_at, expires_at, answered_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', '', $8, $9, 0)`,
		c.ID, c.Statement, c.Learner, c.Email, c.TokenHash, c.About, c.Answer, micros(c.AskedAt), micros(c.ExpiresAt))
	return err
}

// AnswerConfirmation writes the answer to a request that is open; a second answer is a Conflict.
func (tx *Tx) AnswerConfirmation(ctx context.Context, c *record.Confirmation) error {
	return tx.one(ctx, "store.AnswerConfirmation",
		`UPDATE confirmations SET answer = $1, name = $2, role = $3, body = $4, answered_at = $5, endorsement = $6 WHERE id = $7 AND answer = 'open'`,
		c.Answer, c.Name, c.Role, c.Text, micros(c.Answered), string(c.Endorsement), c.ID)
}

// ConfirmationByToken reads the request with the hash of a token.
func (tx *Tx) ConfirmationByToken(ctx context.Context, tokenHash string) (*record.Confirmation, error) {
	return get(ctx, tx, "store.ConfirmationByToken", scanConfirmation, `SELECT `+confirmationColumns+` FROM confirmations WHERE token_hash = $1`, tokenHash)
}

// ConfirmationsOf reads what was asked and answered about a learner's statements, oldest first.
func (tx *Tx) ConfirmationsOf(ctx context.Context, learner record.LearnerID) ([]*record.Confirmation, error) {
	return list(ctx, tx, "store.ConfirmationsOf", scanConfirmation, `SELECT `+confirmationColumns+` FROM confirmations WHERE learner_id = $1 ORDER BY asked_at, id`, learner)
}

// DeleteConfirmation deletes a request or an answer.
func (tx *Tx) DeleteConfirmation(ctx context.Context, learner record.LearnerID, id record.ConfirmationID) error {
	return tx.one(ctx, "store.DeleteConfirmation", `DELETE FROM confirmations WHERE learner_id = $1 AND id = $2`, learner, id)
}
