package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

// LearnerKey reads the key with which a learner signs what they share.
func (tx *Tx) LearnerKey(ctx context.Context, learner record.LearnerID) (*record.LearnerKey, error) {
	return get(ctx, tx, "store.LearnerKey", func(s scanner) (*record.LearnerKey, error) {
		var k record.LearnerKey
		var created int64
		err := s.Scan(&k.Learner, &k.Multikey, &k.Sealed, &created)
		k.CreatedAt = at(created)
		return &k, err
	}, `SELECT learner_id, multikey, sealed, created_at FROM learner_keys WHERE learner_id = $1`, learner)
}

// AddLearnerKey keeps a learner's key unless there is one: of two windows that begin at once, one makes it.
func (tx *Tx) AddLearnerKey(ctx context.Context, k *record.LearnerKey) error {
	_, err := tx.exec(ctx, "store.AddLearnerKey",
		`INSERT INTO learner_keys (learner_id, multikey, sealed, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (learner_id) DO NOTHING`,
		k.Learner, k.Multikey, k.Sealed, micros(k.CreatedAt))
	return err
}

// AddPresentation keeps what a share shows as its learner signed it.
func (tx *Tx) AddPresentation(ctx context.Context, p *record.Presentation) error {
	_, err := tx.exec(ctx, "store.AddPresentation", `INSERT INTO share_presentations (share_id, holder, bytes) VALUES ($1, $2, $3)`, p.Share, p.Holder, p.Bytes)
	return err
}

// Presentation reads the signed presentation of a share; NotFound: it has none.
func (tx *Tx) Presentation(ctx context.Context, share record.ShareID) (*record.Presentation, error) {
	return get(ctx, tx, "store.Presentation", func(s scanner) (*record.Presentation, error) {
		var p record.Presentation
		err := s.Scan(&p.Share, &p.Holder, &p.Bytes)
		return &p, err
	}, `SELECT share_id, holder, bytes FROM share_presentations WHERE share_id = $1`, share)
}
