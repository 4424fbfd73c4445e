package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const walletOfferColumns = `id, institution_id, learner_id, offer_hash, code_hash, code_expires, tx_hash, tries, token_hash, items, bind,
 created_at, expires_at, collected_at, ended_at, outcome`

func scanWalletOffer(s scanner) (*record.WalletOffer, error) {
	var o record.WalletOffer
	var items string
	var code, created, expires, collected, ended int64
	err := s.Scan(&o.ID, &o.Institution, &o.Learner, &o.OfferHash, &o.CodeHash, &code, &o.TxHash, &o.Tries, &o.TokenHash, &items, &o.Bind,
		&created, &expires, &collected, &ended, &o.Outcome)
	if err != nil {
		return nil, err
	}
	o.CodeExpires, o.CreatedAt, o.ExpiresAt, o.CollectedAt, o.EndedAt = at(code), at(created), at(expires), at(collected), at(ended)
	return &o, json.Unmarshal([]byte(items), &o.Items)
}

// AddWalletOffer writes a new offer.
func (tx *Tx) AddWalletOffer(ctx context.Context, o *record.WalletOffer) error {
	items, err := json.Marshal(o.Items)
	if err != nil {
		return record.Wrap("store.AddWalletOffer", err)
	}
	_, err = tx.exec(ctx, "store.AddWalletOffer",
		`INSERT INTO wallet_offers (id, institution_id, learner_id, offer_hash, code_hash, code_expires, tx_hash, tries, token_hash, items, bind,
		 created_at, expires_at, collected_at, ended_at, outcome)
		 VALUES ($1, $2, $3, $4, '', 0, $5, 0, '', $6, $7, $8, $9, 0, 0, '')`,
		o.ID, o.Institution, o.Learner, o.OfferHash, o.TxHash, string(items), o.Bind, micros(o.CreatedAt), micros(o.ExpiresAt))
	return err
}

// WalletOffer reads one offer.
func (tx *Tx) WalletOffer(ctx context.Context, id record.WalletOfferID) (*record.WalletOffer, error) {
	return get(ctx, tx, "store.WalletOffer", scanWalletOffer, `SELECT `+walletOfferColumns+` FROM wallet_offers WHERE id = $1`, id)
}

// WalletOfferByAddress reads the offer with the hash of the token in its address.
func (tx *Tx) WalletOfferByAddress(ctx context.Context, hash string) (*record.WalletOffer, error) {
	return get(ctx, tx, "store.WalletOfferByAddress", scanWalletOffer, `SELECT `+walletOfferColumns+` FROM wallet_offers WHERE offer_hash = $1`, hash)
}

// WalletOfferByCode reads the offer whose latest pre-authorized code has this hash.
func (tx *Tx) WalletOfferByCode(ctx context.Context, hash string) (*record.WalletOffer, error) {
	return get(ctx, tx, "store.WalletOfferByCode", scanWalletOffer, `SELECT `+walletOfferColumns+` FROM wallet_offers WHERE code_hash = $1 AND code_hash <> ''`, hash)
}

// WalletOfferByToken reads the offer whose access token has this hash.
func (tx *Tx) WalletOfferByToken(ctx context.Context, hash string) (*record.WalletOffer, error) {
	return get(ctx, tx, "store.WalletOfferByToken", scanWalletOffer, `SELECT `+walletOfferColumns+` FROM wallet_offers WHERE token_hash = $1 AND token_hash <> ''`, hash)
}

// WalletOffersOfLearner reads a learner's newest offers.
func (tx *Tx) WalletOffersOfLearner(ctx context.Context, learner record.LearnerID, limit int) ([]*record.WalletOffer, error) {
	return list(ctx, tx, "store.WalletOffersOfLearner", scanWalletOffer,
		`SELECT `+walletOfferColumns+` FROM wallet_offers WHERE learner_id = $1 ORDER BY created_at DESC, id LIMIT $2`, learner, limit)
}

// OpenWalletOffers counts a learner's offers that can still be collected.
func (tx *Tx) OpenWalletOffers(ctx context.Context, learner record.LearnerID, now time.Time) (int64, error) {
	return get(ctx, tx, "store.OpenWalletOffers", number,
		`SELECT count(*) FROM wallet_offers WHERE learner_id = $1 AND collected_at = 0 AND ended_at = 0 AND expires_at > $2`, learner, micros(now))
}

// RotateWalletCode puts a new code in the place of the one before, while the offer can be collected.
func (tx *Tx) RotateWalletCode(ctx context.Context, id record.WalletOfferID, hash string, expires time.Time) error {
	return tx.one(ctx, "store.RotateWalletCode",
		`UPDATE wallet_offers SET code_hash = $1, code_expires = $2 WHERE id = $3 AND collected_at = 0 AND ended_at = 0`, hash, micros(expires), id)
}

// TryWalletCode counts a try at a transaction code before it is judged, so that no number of simultaneous tries exceeds
// the limit. It reports false when the tries are used up.
func (tx *Tx) TryWalletCode(ctx context.Context, id record.WalletOfferID, limit int) (bool, error) {
	n, err := tx.exec(ctx, "store.TryWalletCode",
		`UPDATE wallet_offers SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND collected_at = 0 AND ended_at = 0`, id, limit)
	return n == 1, err
}

// CollectWalletOffer redeems the code of an offer: once.
func (tx *Tx) CollectWalletOffer(ctx context.Context, id record.WalletOfferID, token string, now time.Time) error {
	return tx.one(ctx, "store.CollectWalletOffer",
		`UPDATE wallet_offers SET token_hash = $1, collected_at = $2 WHERE id = $3 AND collected_at = 0 AND ended_at = 0`, token, micros(now), id)
}

// EndWalletOffer makes code and token of an offer worthless. Ending it again is no error.
func (tx *Tx) EndWalletOffer(ctx context.Context, id record.WalletOfferID, now time.Time) error {
	_, err := tx.exec(ctx, "store.EndWalletOffer",
		`UPDATE wallet_offers SET ended_at = $1, token_hash = '' WHERE id = $2 AND ended_at = 0`, micros(now), id)
	return err
}

// SetWalletOutcome keeps what a wallet said last.
func (tx *Tx) SetWalletOutcome(ctx context.Context, id record.WalletOfferID, outcome string) error {
	return tx.one(ctx, "store.SetWalletOutcome", `UPDATE wallet_offers SET outcome = $1 WHERE id = $2`, outcome, id)
}

// AddWalletDelivery writes what was handed over or promised.
func (tx *Tx) AddWalletDelivery(ctx context.Context, d *record.WalletDelivery) error {
	holders, err := json.Marshal(d.Holders)
	if err != nil {
		return record.Wrap("store.AddWalletDelivery", err)
	}
	_, err = tx.exec(ctx, "store.AddWalletDelivery",
		`INSERT INTO wallet_deliveries (notification, offer_id, transaction_id, config, item, holders, created_at, delivered_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		d.Notification, d.Offer, d.Transaction, d.Config, d.Item, string(holders), micros(d.CreatedAt), micros(d.DeliveredAt))
	return err
}

const walletDeliveryColumns = `offer_id, notification, transaction_id, config, item, holders, created_at, delivered_at`

func scanWalletDelivery(s scanner) (*record.WalletDelivery, error) {
	var d record.WalletDelivery
	var holders string
	var created, delivered int64
	if err := s.Scan(&d.Offer, &d.Notification, &d.Transaction, &d.Config, &d.Item, &holders, &created, &delivered); err != nil {
		return nil, err
	}
	d.CreatedAt, d.DeliveredAt = at(created), at(delivered)
	return &d, json.Unmarshal([]byte(holders), &d.Holders)
}

// WalletDelivery reads a delivery of an offer by the hash of its notification id.
func (tx *Tx) WalletDelivery(ctx context.Context, offer record.WalletOfferID, notification string) (*record.WalletDelivery, error) {
	return get(ctx, tx, "store.WalletDelivery", scanWalletDelivery,
		`SELECT `+walletDeliveryColumns+` FROM wallet_deliveries WHERE offer_id = $1 AND notification = $2`, offer, notification)
}

// WalletPromise reads a promise of an offer by the hash of its transaction id.
func (tx *Tx) WalletPromise(ctx context.Context, offer record.WalletOfferID, transaction string) (*record.WalletDelivery, error) {
	return get(ctx, tx, "store.WalletPromise", scanWalletDelivery,
		`SELECT `+walletDeliveryColumns+` FROM wallet_deliveries WHERE offer_id = $1 AND transaction_id = $2 AND transaction_id <> ''`, offer, transaction)
}

// KeepWalletPromise marks a promise as kept: once. Its transaction id is worthless afterwards.
func (tx *Tx) KeepWalletPromise(ctx context.Context, d *record.WalletDelivery, notification string, now time.Time) error {
	return tx.one(ctx, "store.KeepWalletPromise",
		`UPDATE wallet_deliveries SET notification = $1, transaction_id = '', holders = 'null', delivered_at = $2
		 WHERE notification = $3 AND transaction_id = $4`, notification, micros(now), d.Notification, d.Transaction)
}

// CountWalletDeliveries counts the answers to the wallet that holds an offer's token.
func (tx *Tx) CountWalletDeliveries(ctx context.Context, offer record.WalletOfferID) (int64, error) {
	return get(ctx, tx, "store.CountWalletDeliveries", number, `SELECT count(*) FROM wallet_deliveries WHERE offer_id = $1`, offer)
}

// AddWalletCopy writes that a copy was signed.
func (tx *Tx) AddWalletCopy(ctx context.Context, c *record.WalletCopy) error {
	_, err := tx.exec(ctx, "store.AddWalletCopy",
		`INSERT INTO wallet_copies (id, institution_id, learner_id, credential_id, suite, sha256, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, c.Institution, c.Learner, c.Credential, c.Suite, c.SHA256, micros(c.CreatedAt))
	return err
}

// WalletCopies lists the copies that were signed of one version of a credential.
func (tx *Tx) WalletCopies(ctx context.Context, id record.CredentialID) ([]*record.WalletCopy, error) {
	return list(ctx, tx, "store.WalletCopies", func(s scanner) (*record.WalletCopy, error) {
		var c record.WalletCopy
		var created int64
		err := s.Scan(&c.ID, &c.Institution, &c.Learner, &c.Credential, &c.Suite, &c.SHA256, &created)
		c.CreatedAt = at(created)
		return &c, err
	}, `SELECT id, institution_id, learner_id, credential_id, suite, sha256, created_at FROM wallet_copies WHERE credential_id = $1 ORDER BY created_at, id`, id)
}

// UseWalletNonce marks a nonce as used. It reports false when it was used before.
func (tx *Tx) UseWalletNonce(ctx context.Context, hash string, expires time.Time) (bool, error) {
	n, err := tx.exec(ctx, "store.UseWalletNonce",
		`INSERT INTO wallet_nonces (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, hash, micros(expires))
	return n == 1, err
}

// SweepWallets deletes what nobody can use any more: nonces that ran out, answers and requests from before a moment.
func (tx *Tx) SweepWallets(ctx context.Context, now, asksBefore time.Time) error {
	if _, err := tx.exec(ctx, "store.SweepWallets", `DELETE FROM wallet_nonces WHERE expires_at < $1`, micros(now)); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "store.SweepWallets",
		`DELETE FROM wallet_answers WHERE ask_id IN (SELECT id FROM wallet_asks WHERE expires_at < $1)`, micros(asksBefore)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "store.SweepWallets", `DELETE FROM wallet_asks WHERE expires_at < $1`, micros(asksBefore))
	return err
}

// WalletKey reads a sealed key by its name.
func (tx *Tx) WalletKey(ctx context.Context, name string) ([]byte, error) {
	return get(ctx, tx, "store.WalletKey", func(s scanner) (b []byte, err error) {
		err = s.Scan(&b)
		return
	}, `SELECT sealed FROM wallet_keys WHERE name = $1`, name)
}

// AddWalletKey writes a sealed key unless another node has written one of that name.
func (tx *Tx) AddWalletKey(ctx context.Context, name string, sealed []byte, now time.Time) error {
	_, err := tx.exec(ctx, "store.AddWalletKey",
		`INSERT INTO wallet_keys (name, sealed, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`, name, sealed, micros(now))
	return err
}
