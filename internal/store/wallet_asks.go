package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const walletAskColumns = `id, secret_hash, name, purpose, kind, achievement, bind, nonce, created_at, expires_at, answered_at, refusal, binding, holder`

func scanWalletAsk(s scanner) (*record.WalletAsk, error) {
	var a record.WalletAsk
	var created, expires, answered int64
	err := s.Scan(&a.ID, &a.SecretHash, &a.Name, &a.Purpose, &a.Kind, &a.Achievement, &a.Bind, &a.Nonce, &created, &expires, &answered,
		&a.Refusal, &a.Binding, &a.Holder)
	a.CreatedAt, a.ExpiresAt, a.AnsweredAt = at(created), at(expires), at(answered)
	return &a, err
}

// AddWalletAsk writes a new request.
func (tx *Tx) AddWalletAsk(ctx context.Context, a *record.WalletAsk) error {
	_, err := tx.exec(ctx, "store.AddWalletAsk",
		`INSERT INTO wallet_asks (id, secret_hash, name, purpose, kind, achievement, bind, nonce, created_at, expires_at, answered_at, refusal, binding, holder)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', '', '')`,
		a.ID, a.SecretHash, a.Name, a.Purpose, a.Kind, a.Achievement, a.Bind, a.Nonce, micros(a.CreatedAt), micros(a.ExpiresAt))
	return err
}

// WalletAsk reads a request without its answer.
func (tx *Tx) WalletAsk(ctx context.Context, id record.WalletAskID) (*record.WalletAsk, error) {
	return get(ctx, tx, "store.WalletAsk", scanWalletAsk, `SELECT `+walletAskColumns+` FROM wallet_asks WHERE id = $1`, id)
}

// WalletAskBySecret reads the request whose page has the token with this hash, with its answer.
func (tx *Tx) WalletAskBySecret(ctx context.Context, hash string) (*record.WalletAsk, error) {
	a, err := get(ctx, tx, "store.WalletAskBySecret", scanWalletAsk, `SELECT `+walletAskColumns+` FROM wallet_asks WHERE secret_hash = $1`, hash)
	if err != nil {
		return nil, err
	}
	a.Answer, err = list(ctx, tx, "store.WalletAskBySecret", func(s scanner) (b []byte, err error) {
		err = s.Scan(&b)
		return
	}, `SELECT bytes FROM wallet_answers WHERE ask_id = $1 ORDER BY position`, a.ID)
	return a, err
}

// OpenWalletAsks counts the requests that wait for an answer.
func (tx *Tx) OpenWalletAsks(ctx context.Context, now time.Time) (int64, error) {
	return get(ctx, tx, "store.OpenWalletAsks", number, `SELECT count(*) FROM wallet_asks WHERE answered_at = 0 AND expires_at > $1`, micros(now))
}

// AnswerWalletAsk keeps the answer to a request: the first one.
func (tx *Tx) AnswerWalletAsk(ctx context.Context, a *record.WalletAsk) error {
	err := tx.one(ctx, "store.AnswerWalletAsk",
		`UPDATE wallet_asks SET answered_at = $1, refusal = $2, binding = $3, holder = $4 WHERE id = $5 AND answered_at = 0`,
		micros(a.AnsweredAt), a.Refusal, a.Binding, a.Holder, a.ID)
	if err != nil {
		return err
	}
	for n, b := range a.Answer {
		if _, err := tx.exec(ctx, "store.AnswerWalletAsk",
			`INSERT INTO wallet_answers (ask_id, position, bytes) VALUES ($1, $2, $3)`, a.ID, n, b); err != nil {
			return err
		}
	}
	return nil
}

// EndWalletAsk ends a request and deletes its answer. Ending it again is no error.
func (tx *Tx) EndWalletAsk(ctx context.Context, id record.WalletAskID) error {
	if _, err := tx.exec(ctx, "store.EndWalletAsk", `DELETE FROM wallet_answers WHERE ask_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "store.EndWalletAsk", `DELETE FROM wallet_asks WHERE id = $1`, id)
	return err
}
