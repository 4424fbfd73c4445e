package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

func scanReceipt(s scanner) (*record.Receipt, error) {
	var r record.Receipt
	var body []byte
	var when int64
	if err := s.Scan(&r.Share, &r.Learner, &body, &when); err != nil {
		return nil, err
	}
	r.At = at(when)
	return &r, json.Unmarshal(body, &r.Body)
}

// AddReceipt keeps what a learner agreed to.
func (tx *Tx) AddReceipt(ctx context.Context, r *record.Receipt) error {
	_, err := tx.exec(ctx, "store.AddReceipt", `INSERT INTO receipts (share_id, learner_id, body, at) VALUES ($1, $2, $3, $4)`, r.Share, r.Learner, text(r.Body), micros(r.At))
	return err
}

// ReceiptsOf reads what a learner agreed to, oldest first.
func (tx *Tx) ReceiptsOf(ctx context.Context, learner record.LearnerID) ([]*record.Receipt, error) {
	return list(ctx, tx, "store.ReceiptsOf", scanReceipt, `SELECT share_id, learner_id, body, at FROM receipts WHERE learner_id = $1 ORDER BY at, share_id`, learner)
}

// Receipt reads what a learner agreed to with one share.
func (tx *Tx) Receipt(ctx context.Context, share record.ShareID) (*record.Receipt, error) {
	return get(ctx, tx, "store.Receipt", scanReceipt, `SELECT share_id, learner_id, body, at FROM receipts WHERE share_id = $1`, share)
}
