package notary

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Holders signs presentations for learners, each with a key of their own that this server keeps (docs/adr, 0017). It signs
// when a learner's desk asks, and nothing else; no key of an institution is in reach.
type Holders struct {
	DB   *store.DB
	Keys *keyring.Keyring
	Now  func() time.Time // nil means the clock
}

func (h *Holders) now() time.Time {
	if h.Now != nil {
		return record.Time(h.Now())
	}
	return record.Time(time.Now())
}

// Pen opens a learner's key, and makes it on first use; id is the DID of who signs with it. Whatever waits for the database
// happens here; the pen itself only signs, so that it can be used in a transaction. It names the occasion: the verifier that
// a presentation is for, and a challenge that is used once (Data Integrity, proof.domain and proof.challenge).
func (h *Holders) Pen(ctx context.Context, learner record.LearnerID) (id string, sign func(credentials [][]byte, domain, challenge string) ([]byte, error), err error) {
	const op = "notary.Pen"
	k, err := h.key(ctx, learner)
	if record.KindOf(err) == record.NotFound {
		k, err = h.begin(ctx, learner)
	}
	if err != nil {
		return "", nil, record.Wrap(op, err)
	}
	signer, err := h.Keys.Unseal(k.Sealed)
	if err != nil {
		return "", nil, record.Wrap(op, err)
	}
	return k.DID(), func(credentials [][]byte, domain, challenge string) ([]byte, error) {
		doc, err := presentation(k.DID(), credentials)
		if err != nil {
			return nil, record.Wrap(op, err)
		}
		b, err := dataintegrity.Sign(doc, &dataintegrity.SignOptions{Suite: suite, Signer: signer, VerificationMethod: k.DID() + "#" + k.Multikey, Created: h.now(),
			Purpose: "authentication", Domain: domain, Challenge: challenge})
		return b, record.Wrap(op, err)
	}, nil
}

func (h *Holders) key(ctx context.Context, learner record.LearnerID) (k *record.LearnerKey, err error) {
	err = h.DB.View(ctx, func(tx *store.Tx) error {
		k, err = tx.LearnerKey(ctx, learner)
		return err
	})
	return k, err
}

func (h *Holders) begin(ctx context.Context, learner record.LearnerID) (*record.LearnerKey, error) {
	multikey, sealed, err := fresh(h.Keys)
	if err != nil {
		return nil, err
	}
	err = h.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.AddLearnerKey(ctx, &record.LearnerKey{Learner: learner, Multikey: multikey, Sealed: sealed, CreatedAt: h.now()})
	})
	if err != nil {
		return nil, err
	}
	return h.key(ctx, learner) // which may be another window's
}
