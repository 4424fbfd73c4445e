package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

// NotaryKeys reads the server's own keys, newest first.
func (tx *Tx) NotaryKeys(ctx context.Context) ([]*record.NotaryKey, error) {
	return list(ctx, tx, "store.NotaryKeys", func(s scanner) (*record.NotaryKey, error) {
		var k record.NotaryKey
		var created int64
		err := s.Scan(&k.Fragment, &k.Multikey, &k.Sealed, &created)
		k.CreatedAt = at(created)
		return &k, err
	}, `SELECT fragment, multikey, sealed, created_at FROM notary_keys ORDER BY created_at DESC, fragment DESC`)
}

// AddNotaryKey keeps a key unless one of that name is there: two nodes that begin at once keep one.
func (tx *Tx) AddNotaryKey(ctx context.Context, k *record.NotaryKey) error {
	_, err := tx.exec(ctx, "store.AddNotaryKey",
		`INSERT INTO notary_keys (fragment, multikey, sealed, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (fragment) DO NOTHING`,
		k.Fragment, k.Multikey, k.Sealed, micros(k.CreatedAt))
	return err
}
