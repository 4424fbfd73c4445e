package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

// NoticesOff reads the kinds of mail that a learner does not want.
func (tx *Tx) NoticesOff(ctx context.Context, learner record.LearnerID) ([]record.NoticeKind, error) {
	return list(ctx, tx, "store.NoticesOff", func(s scanner) (k record.NoticeKind, err error) { err = s.Scan(&k); return },
		`SELECT kind FROM notices_off WHERE learner_id = $1 ORDER BY kind`, learner)
}

// SetNotices writes the kinds of mail that a learner does not want, all of them.
func (tx *Tx) SetNotices(ctx context.Context, learner record.LearnerID, off []record.NoticeKind) error {
	const op = "store.SetNotices"
	if _, err := tx.exec(ctx, op, `DELETE FROM notices_off WHERE learner_id = $1`, learner); err != nil {
		return err
	}
	for _, k := range off {
		if _, err := tx.exec(ctx, op, `INSERT INTO notices_off (learner_id, kind) VALUES ($1, $2)`, learner, k); err != nil {
			return err
		}
	}
	return nil
}

const consentColumns = `id, learner_id, email, token_hash, answer, asked_at, answered_at, expires_at`

func scanConsent(s scanner) (*record.Consent, error) {
	var c record.Consent
	var asked, answered, expires int64
	err := s.Scan(&c.ID, &c.Learner, &c.Email, &c.TokenHash, &c.Answer, &asked, &answered, &expires)
	c.AskedAt, c.Answered, c.ExpiresAt = at(asked), at(answered), at(expires)
	return &c, err
}

// AddConsent writes a question to a guardian.
func (tx *Tx) AddConsent(ctx context.Context, c *record.Consent) error {
	_, err := tx.exec(ctx, "store.AddConsent",
		`INSERT INTO consents (id, learner_id, email, token_hash, answer, asked_at, answered_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)`,
		c.ID, c.Learner, c.Email, c.TokenHash, c.Answer, micros(c.AskedAt), micros(c.ExpiresAt))
	return err
}

// AnswerConsent writes a guardian's answer. It may be changed later.
func (tx *Tx) AnswerConsent(ctx context.Context, c *record.Consent) error {
	return tx.one(ctx, "store.AnswerConsent", `UPDATE consents SET answer = $1, answered_at = $2 WHERE id = $3`, c.Answer, micros(c.Answered), c.ID)
}

// ConsentByToken reads the question with the hash of a token.
func (tx *Tx) ConsentByToken(ctx context.Context, tokenHash string) (*record.Consent, error) {
	return get(ctx, tx, "store.ConsentByToken", scanConsent, `SELECT `+consentColumns+` FROM consents WHERE token_hash = $1`, tokenHash)
}

// ConsentsOf reads what guardians were asked about a learner, the newest answer first, and then the newest question.
func (tx *Tx) ConsentsOf(ctx context.Context, learner record.LearnerID) ([]*record.Consent, error) {
	return list(ctx, tx, "store.ConsentsOf", scanConsent,
		`SELECT `+consentColumns+` FROM consents WHERE learner_id = $1 ORDER BY answered_at DESC, asked_at DESC, id`, learner)
}

// PutGuardian keeps where a minor's guardian is reached.
func (tx *Tx) PutGuardian(ctx context.Context, learner record.LearnerID, email string) error {
	_, err := tx.exec(ctx, "store.PutGuardian",
		`INSERT INTO guardians (learner_id, email) VALUES ($1, $2) ON CONFLICT (learner_id) DO UPDATE SET email = excluded.email`, learner, email)
	return err
}

// Guardian reads where a minor's guardian is reached.
func (tx *Tx) Guardian(ctx context.Context, learner record.LearnerID) (string, error) {
	return get(ctx, tx, "store.Guardian", func(s scanner) (email string, err error) { err = s.Scan(&email); return },
		`SELECT email FROM guardians WHERE learner_id = $1`, learner)
}
