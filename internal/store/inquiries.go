package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const inquiryColumns = `id, institution_id, learner_id, about, name, kind, state, created_at, updated_at, due_at, version`

func scanInquiry(s scanner) (*record.Inquiry, error) {
	var q record.Inquiry
	var created, updated, due int64
	err := s.Scan(&q.ID, &q.Institution, &q.Learner, &q.About, &q.Name, &q.Kind, &q.State, &created, &updated, &due, &q.Version)
	q.CreatedAt, q.UpdatedAt, q.DueAt = at(created), at(updated), at(due)
	return &q, err
}

// AddInquiry writes a new inquiry.
func (tx *Tx) AddInquiry(ctx context.Context, q *record.Inquiry) error {
	_, err := tx.exec(ctx, "store.AddInquiry",
		`INSERT INTO inquiries (id, institution_id, learner_id, about, name, kind, state, created_at, updated_at, due_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)`,
		q.ID, q.Institution, q.Learner, q.About, q.Name, q.Kind, q.State, micros(q.CreatedAt), micros(q.UpdatedAt), micros(q.DueAt))
	q.Version = 1
	return err
}

// MoveInquiry writes a new state, of the version that was read.
func (tx *Tx) MoveInquiry(ctx context.Context, q *record.Inquiry) error {
	err := tx.one(ctx, "store.MoveInquiry", `UPDATE inquiries SET state = $1, updated_at = $2, version = version + 1 WHERE id = $3 AND version = $4`,
		q.State, micros(q.UpdatedAt), q.ID, q.Version)
	if err == nil {
		q.Version++
	}
	return err
}

// Inquiry reads one inquiry.
func (tx *Tx) Inquiry(ctx context.Context, institution record.InstitutionID, id record.InquiryID) (*record.Inquiry, error) {
	return get(ctx, tx, "store.Inquiry", scanInquiry, `SELECT `+inquiryColumns+` FROM inquiries WHERE institution_id = $1 AND id = $2`, institution, id)
}

// Inquiries reads an institution's inquiries in a state, the longest waiting first.
func (tx *Tx) Inquiries(ctx context.Context, institution record.InstitutionID, state record.InquiryState, limit int) ([]*record.Inquiry, error) {
	return list(ctx, tx, "store.Inquiries", scanInquiry,
		`SELECT `+inquiryColumns+` FROM inquiries WHERE institution_id = $1 AND state = $2 ORDER BY created_at, id LIMIT $3`, institution, state, limit)
}

// InquiriesOf reads a learner's inquiries, newest first.
func (tx *Tx) InquiriesOf(ctx context.Context, learner record.LearnerID) ([]*record.Inquiry, error) {
	return list(ctx, tx, "store.InquiriesOf", scanInquiry, `SELECT `+inquiryColumns+` FROM inquiries WHERE learner_id = $1 ORDER BY created_at DESC, id`, learner)
}

// CountInquiries counts what waits for the office, and how much of it is overdue.
func (tx *Tx) CountInquiries(ctx context.Context, institution record.InstitutionID, now time.Time) (open, overdue int64, err error) {
	if open, err = get(ctx, tx, "store.CountInquiries", number, `SELECT count(*) FROM inquiries WHERE institution_id = $1 AND state = 'open'`, institution); err != nil {
		return 0, 0, err
	}
	overdue, err = get(ctx, tx, "store.CountInquiries", number, `SELECT count(*) FROM inquiries WHERE institution_id = $1 AND state = 'open' AND due_at < $2`, institution, micros(now))
	return open, overdue, err
}

// AddInquiryMessage adds to a thread.
func (tx *Tx) AddInquiryMessage(ctx context.Context, m *record.InquiryMessage) error {
	_, err := tx.exec(ctx, "store.AddInquiryMessage",
		`INSERT INTO inquiry_messages (inquiry_id, seq, office, author, body, at)
		 SELECT CAST($1 AS text), COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5 FROM inquiry_messages WHERE inquiry_id = $1`,
		m.Inquiry, m.Office, m.Author, m.Text, micros(m.At))
	return err
}

// InquiryMessages reads a thread, oldest first.
func (tx *Tx) InquiryMessages(ctx context.Context, id record.InquiryID) ([]record.InquiryMessage, error) {
	return list(ctx, tx, "store.InquiryMessages", func(s scanner) (m record.InquiryMessage, err error) {
		var when int64
		err = s.Scan(&m.Inquiry, &m.Office, &m.Author, &m.Text, &when)
		m.At = at(when)
		return m, err
	}, `SELECT inquiry_id, office, author, body, at FROM inquiry_messages WHERE inquiry_id = $1 ORDER BY seq`, id)
}
