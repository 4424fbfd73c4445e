package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// BeginReply takes an idempotency key for a request; started is false when another request took it before, and then the
// answer is that request's, without a status while it is under way.
func (tx *Tx) BeginReply(ctx context.Context, r *record.Reply) (held *record.Reply, started bool, err error) {
	n, err := tx.exec(ctx, "store.BeginReply",
		`INSERT INTO api_replies (key, request_hash, status, content_type, body, created_at) VALUES ($1, $2, 0, '', $3, $4) ON CONFLICT (key) DO NOTHING`,
		r.Key, r.RequestHash, []byte{}, micros(r.CreatedAt))
	if err != nil || n == 1 {
		return nil, n == 1, err
	}
	held, err = get(ctx, tx, "store.BeginReply", func(s scanner) (*record.Reply, error) {
		var h record.Reply
		var created int64
		err := s.Scan(&h.Key, &h.RequestHash, &h.Status, &h.ContentType, &h.Body, &created)
		h.CreatedAt = at(created)
		return &h, err
	}, `SELECT key, request_hash, status, content_type, body, created_at FROM api_replies WHERE key = $1`, r.Key)
	return held, false, err
}

// TakeReply takes a key over from a request that was begun at a moment and never answered: its node died.
func (tx *Tx) TakeReply(ctx context.Context, key string, begun, now time.Time) error {
	return tx.one(ctx, "store.TakeReply", `UPDATE api_replies SET created_at = $1 WHERE key = $2 AND status = 0 AND created_at = $3`,
		micros(now), key, micros(begun))
}

// EndReply keeps the answer to the request that took the key.
func (tx *Tx) EndReply(ctx context.Context, r *record.Reply) error {
	return tx.one(ctx, "store.EndReply", `UPDATE api_replies SET status = $1, content_type = $2, body = $3 WHERE key = $4 AND status = 0`,
		r.Status, r.ContentType, r.Body, r.Key)
}

// DropReply gives a key back: nothing was done under it.
func (tx *Tx) DropReply(ctx context.Context, key string) error {
	_, err := tx.exec(ctx, "store.DropReply", `DELETE FROM api_replies WHERE key = $1 AND status = 0`, key)
	return err
}

// DropReplies deletes answers from before a moment.
func (tx *Tx) DropReplies(ctx context.Context, before time.Time) error {
	_, err := tx.exec(ctx, "store.DropReplies", `DELETE FROM api_replies WHERE created_at < $1`, micros(before))
	return err
}
