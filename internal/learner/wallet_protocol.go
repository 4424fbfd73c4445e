package learner

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// This file is the wallet's side of an offer. Who comes has no account: a secret stands for the learner who made the
// offer, first the one in the offer's address, then the code, then the token. Errors carry a code that the protocol's
// door translates.

// maxSecret bounds what is hashed as a secret; ours have 26 characters.
const maxSecret = 200

func walletRefusal(kind record.Kind, code, message string) error {
	return &record.Error{Kind: kind, Op: "learner.Wallet", Code: code, Message: message}
}

var (
	errNoOffer = walletRefusal(record.NotFound, "wallet.offer", "there is no offer at this address, or it has ended; ask for a new one")
	errCode    = walletRefusal(record.Invalid, "wallet.code", "the code is unknown, used or has run out; ask for a new offer")
	errToken   = walletRefusal(record.Forbidden, "wallet.token", "the access token is unknown, ended or has run out")
)

// OfferedToWallet is what an offer's address says.
type OfferedToWallet struct {
	Formats []string // credential configuration ids
	Code    string   // fresh at every call; the one before is worthless
}

// OpenWalletOffer reads an offer by the token in its address and hands out a code.
func (d *Desk) OpenWalletOffer(ctx context.Context, _ record.Actor, token string) (*OfferedToWallet, error) {
	if token == "" || len(token) > maxSecret {
		return nil, errNoOffer
	}
	out := &OfferedToWallet{Code: rand.Text()}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		o, err := tx.WalletOfferByAddress(ctx, record.Sum([]byte(token)))
		if record.KindOf(err) == record.NotFound {
			return errNoOffer
		}
		if err != nil {
			return err
		}
		if o.State(d.now()) != "open" {
			return errNoOffer
		}
		given, err := d.given(ctx, tx, o)
		if err != nil {
			return err
		}
		out.Formats = nil
		seen := map[string]bool{}
		for _, g := range given {
			if !seen[g.format.Name] {
				seen[g.format.Name] = true
				out.Formats = append(out.Formats, g.format.Name)
			}
		}
		return tx.RotateWalletCode(ctx, o.ID, record.Sum([]byte(out.Code)), d.now().Add(codeLife))
	})
	if err != nil {
		return nil, record.Wrap("learner.OpenWalletOffer", err)
	}
	return out, nil
}

// onOffer is one credential of an offer in one form.
type onOffer struct {
	format WalletFormat
	now    *record.Credential
}

// given lists what an offer still holds: what is in force at this moment.
func (d *Desk) given(ctx context.Context, tx *store.Tx, o *record.WalletOffer) ([]onOffer, error) {
	if err := released(ctx, tx, "learner.given", o.Learner); record.KindOf(err) == record.Forbidden {
		return nil, walletRefusal(record.Gone, "wallet.held", "what was offered is held back at present")
	} else if err != nil {
		return nil, err
	}
	var out []onOffer
	for _, ref := range o.Items {
		c, err := tx.CurrentCredential(ctx, ref)
		if record.KindOf(err) == record.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, f := range formatsOf(c, o.Bind) {
			out = append(out, onOffer{f, c})
		}
	}
	if len(out) == 0 {
		return nil, walletRefusal(record.Gone, "wallet.withdrawn", "what was offered is not in force any more")
	}
	return out, nil
}

// WalletToken is what a code is redeemed for.
type WalletToken struct {
	Token       string
	Life        time.Duration
	Identifiers map[string][]string // credential identifiers by credential configuration id
}

// WalletOfferWaits reports whether an offer can be opened, without opening it.
func (d *Desk) WalletOfferWaits(ctx context.Context, _ record.Actor, token string) error {
	if token == "" || len(token) > maxSecret {
		return errNoOffer
	}
	return record.Wrap("learner.WalletOfferWaits", d.DB.View(ctx, func(tx *store.Tx) error {
		o, err := tx.WalletOfferByAddress(ctx, record.Sum([]byte(token)))
		if record.KindOf(err) == record.NotFound || err == nil && o.State(d.now()) != "open" {
			return errNoOffer
		}
		return err
	}))
}

// RedeemWalletCode gives the access token for a code: once. A code that comes again ends the token, too, because one of
// the two who had it stole it (RFC 6749, 4.1.2).
func (d *Desk) RedeemWalletCode(ctx context.Context, actor record.Actor, code, txCode string) (*WalletToken, error) {
	const op = "learner.RedeemWalletCode"
	if code == "" || len(code) > maxSecret {
		return nil, errCode
	}
	out := &WalletToken{Token: rand.Text(), Life: tokenLife, Identifiers: map[string][]string{}}
	var refused error
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		refused = nil
		clear(out.Identifiers)
		o, err := tx.WalletOfferByCode(ctx, record.Sum([]byte(code)))
		if record.KindOf(err) == record.NotFound {
			refused = errCode
			return nil
		}
		if err != nil {
			return err
		}
		refused, err = d.judgeCode(ctx, tx, actor, o, txCode)
		if err != nil || refused != nil {
			return err
		}
		given, err := d.given(ctx, tx, o)
		if err != nil {
			return err
		}
		for _, g := range given {
			out.Identifiers[g.format.Name] = append(out.Identifiers[g.format.Name], credentialID(g.format, g.now.PathID))
		}
		if err := tx.CollectWalletOffer(ctx, o.ID, record.Sum([]byte(out.Token)), d.now()); err != nil {
			if record.KindOf(err) == record.Conflict {
				refused = errCode
				return tx.EndWalletOffer(ctx, o.ID, d.now())
			}
			return err
		}
		return d.walletEvent(ctx, tx, actor, "wallet.code-redeemed", o)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return out, nil
}

// judgeCode says why a code that is known is not accepted; what that changes is written all the same.
func (d *Desk) judgeCode(ctx context.Context, tx *store.Tx, actor record.Actor, o *record.WalletOffer, txCode string) (refused, err error) {
	now := d.now()
	switch {
	case !o.CollectedAt.IsZero():
		if o.EndedAt.IsZero() {
			if err := d.walletEvent(ctx, tx, actor, "wallet.code-replayed", o); err != nil {
				return nil, err
			}
		}
		return errCode, tx.EndWalletOffer(ctx, o.ID, now)
	case !o.EndedAt.IsZero() || !now.Before(o.CodeExpires):
		return errCode, nil
	case txCode == "":
		return walletRefusal(record.Invalid, "wallet.tx-missing", "this offer needs the transaction code that is shown beside it"), nil
	}
	free, err := tx.TryWalletCode(ctx, o.ID, maxTxTries)
	if err != nil {
		return nil, err
	}
	switch {
	case !free:
		return errCode, tx.EndWalletOffer(ctx, o.ID, now)
	case len(txCode) > maxSecret || txHash(o.ID, txCode) != o.TxHash:
		if o.Tries+1 >= maxTxTries {
			if err := d.walletEvent(ctx, tx, actor, "wallet.code-guessed", o); err != nil {
				return nil, err
			}
			return walletRefusal(record.Invalid, "wallet.tx", "the transaction code was wrong too often; ask for a new offer"), tx.EndWalletOffer(ctx, o.ID, now)
		}
		return walletRefusal(record.Invalid, "wallet.tx", "the transaction code is wrong"), nil
	}
	return nil, nil
}

// holderOf reads the offer whose token a wallet shows.
func (d *Desk) holderOf(ctx context.Context, tx *store.Tx, token string) (*record.WalletOffer, error) {
	if token == "" || len(token) > maxSecret {
		return nil, errToken
	}
	o, err := tx.WalletOfferByToken(ctx, record.Sum([]byte(token)))
	if record.KindOf(err) == record.NotFound {
		return nil, errToken
	}
	if err != nil {
		return nil, err
	}
	if !o.EndedAt.IsZero() || !d.now().Before(o.CollectedAt.Add(tokenLife)) {
		return nil, errToken
	}
	return o, nil
}

// CheckWalletToken tells whether a token still opens something, before anything else about the request is said.
func (d *Desk) CheckWalletToken(ctx context.Context, _ record.Actor, token string) error {
	return record.Wrap("learner.CheckWalletToken", d.DB.View(ctx, func(tx *store.Tx) error {
		_, err := d.holderOf(ctx, tx, token)
		return err
	}))
}

// UseWalletNonce marks a nonce as used and reports whether this was the first time, on whatever node.
func (d *Desk) UseWalletNonce(ctx context.Context, nonce string, expires time.Time) (first bool, err error) {
	err = d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		first, err = tx.UseWalletNonce(ctx, record.Sum([]byte(nonce)), expires)
		return err
	})
	return first, record.Wrap("learner.UseWalletNonce", err)
}

// WalletPick says which credential of an offer a wallet wants: by identifier, or by configuration when that leaves one.
type WalletPick struct {
	Identifier, Format string
	Holders            []string // DIDs of keys that have been proved, for a bound form
}

// WalletDelivered is the answer to a wallet: credentials, or a promise of them.
type WalletDelivered struct {
	Credentials  [][]byte
	Token        bool // each is a token, not JSON
	Notification string
	Transaction  string // set when it must ask again
}

// WalletCredential hands a credential of the offer over. While the learner's record is being signed anew it promises the
// new one instead.
func (d *Desk) WalletCredential(ctx context.Context, actor record.Actor, token string, pick WalletPick) (*WalletDelivered, error) {
	const op = "learner.WalletCredential"
	var o *record.WalletOffer
	var want onOffer
	waits := false
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if o, err = d.holderOf(ctx, tx, token); err != nil {
			return err
		}
		if n, err := tx.CountWalletDeliveries(ctx, o.ID); err != nil || n >= maxWalletAnswer {
			return orTooOften(err)
		}
		if want, err = d.pick(ctx, tx, o, &pick); err != nil {
			return err
		}
		waits, err = tx.WaitsInRun(ctx, o.Learner)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	note := &record.WalletDelivery{Offer: o.ID, Config: want.format.Name, Item: want.now.PathID, CreatedAt: d.now()}
	if waits {
		out := &WalletDelivered{Transaction: rand.Text()}
		note.Notification, note.Transaction, note.Holders = record.Sum([]byte(rand.Text())), record.Sum([]byte(out.Transaction)), pick.Holders
		return out, record.Wrap(op, d.DB.Update(ctx, func(tx *store.Tx) error { return tx.AddWalletDelivery(ctx, note) }))
	}
	out, err := d.handOver(ctx, o, want, pick.Holders)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	note.Notification, note.DeliveredAt = record.Sum([]byte(out.Notification)), d.now()
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := d.holderOf(ctx, tx, token); err != nil {
			return err
		}
		if err := tx.AddWalletDelivery(ctx, note); err != nil {
			return err
		}
		return d.walletEvent(ctx, tx, actor, "wallet.collected", o)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return out, nil
}

func orTooOften(err error) error {
	if err != nil {
		return err
	}
	return walletRefusal(record.Forbidden, "wallet.too-often", "this token was used too often; ask for a new offer")
}

// pick finds what the wallet means.
func (d *Desk) pick(ctx context.Context, tx *store.Tx, o *record.WalletOffer, p *WalletPick) (onOffer, error) {
	given, err := d.given(ctx, tx, o)
	if err != nil {
		return onOffer{}, err
	}
	var found []onOffer
	for _, g := range given {
		if p.Identifier != "" && p.Identifier == credentialID(g.format, g.now.PathID) || p.Identifier == "" && p.Format == g.format.Name {
			found = append(found, g)
		}
	}
	switch {
	case len(found) == 0 && p.Identifier != "":
		return onOffer{}, walletRefusal(record.Invalid, "wallet.identifier", "the token gives no credential with this identifier")
	case len(found) == 0:
		return onOffer{}, walletRefusal(record.Invalid, "wallet.format", "the token gives no credential of this configuration")
	case len(found) > 1:
		return onOffer{}, walletRefusal(record.Invalid, "wallet.ambiguous", "the offer holds several credentials of this configuration; name one by a credential_identifier of the token response")
	case found[0].format.Bound && len(p.Holders) == 0:
		return onOffer{}, walletRefusal(record.Invalid, "wallet.proof", "a copy that is bound to the wallet's key needs a proof of that key")
	case len(p.Holders) > MaxWalletKeys:
		return onOffer{}, walletRefusal(record.Invalid, "wallet.proof", "one request takes at most five proofs")
	}
	return found[0], nil
}

func (d *Desk) handOver(ctx context.Context, o *record.WalletOffer, want onOffer, holders []string) (*WalletDelivered, error) {
	out := &WalletDelivered{Token: want.format.Token, Notification: rand.Text()}
	if !want.format.Bound {
		out.Credentials = [][]byte{want.now.Bytes}
		return out, nil
	}
	for _, holder := range holders {
		b, err := d.Copies.SignWalletCopy(ctx, record.System(o.Institution), want.now.PathID, holder, want.format.Token)
		if err != nil {
			return nil, err
		}
		out.Credentials = append(out.Credentials, b)
	}
	return out, nil
}

// WalletDeferred keeps a promise, when what was promised is ready; until then the answer is the promise again.
func (d *Desk) WalletDeferred(ctx context.Context, actor record.Actor, token, transaction string) (*WalletDelivered, error) {
	const op = "learner.WalletDeferred"
	unknown := walletRefusal(record.Invalid, "wallet.transaction", "the transaction is unknown or was answered already")
	if transaction == "" || len(transaction) > maxSecret {
		return nil, unknown
	}
	var o *record.WalletOffer
	var promise *record.WalletDelivery
	var want onOffer
	waits := false
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if o, err = d.holderOf(ctx, tx, token); err != nil {
			return err
		}
		if promise, err = tx.WalletPromise(ctx, o.ID, record.Sum([]byte(transaction))); record.KindOf(err) == record.NotFound {
			return unknown
		}
		if err != nil {
			return err
		}
		if waits, err = tx.WaitsInRun(ctx, o.Learner); err != nil || waits {
			return err
		}
		want, err = d.promised(ctx, tx, o, promise)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if waits {
		return &WalletDelivered{Transaction: transaction}, nil
	}
	out, err := d.handOver(ctx, o, want, promise.Holders)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.KeepWalletPromise(ctx, promise, record.Sum([]byte(out.Notification)), d.now()); err != nil {
			if record.KindOf(err) == record.Conflict {
				return unknown
			}
			return err
		}
		return d.walletEvent(ctx, tx, actor, "wallet.collected", o)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return out, nil
}

func (d *Desk) promised(ctx context.Context, tx *store.Tx, o *record.WalletOffer, promise *record.WalletDelivery) (onOffer, error) {
	given, err := d.given(ctx, tx, o)
	if err != nil {
		return onOffer{}, err
	}
	for _, g := range given {
		if g.format.Name == promise.Config && g.now.PathID == promise.Item {
			return g, nil
		}
	}
	return onOffer{}, walletRefusal(record.Gone, "wallet.withdrawn", "what was promised is not in force any more")
}

// walletOutcomes are the events of OpenID4VCI, 11.
var walletOutcomes = []string{"credential_accepted", "credential_failure", "credential_deleted"}

// WalletNotify keeps what a wallet says became of what it was given. Nothing is kept about the wallet.
func (d *Desk) WalletNotify(ctx context.Context, actor record.Actor, token, notification, event string) error {
	const op = "learner.WalletNotify"
	known := false
	for _, e := range walletOutcomes {
		known = known || e == event
	}
	if !known {
		return walletRefusal(record.Invalid, "wallet.event", "the event is one of "+strings.Join(walletOutcomes, ", "))
	}
	if len(notification) > maxSecret {
		notification = ""
	}
	return record.Wrap(op, d.DB.Update(ctx, func(tx *store.Tx) error {
		o, err := d.holderOf(ctx, tx, token)
		if err != nil {
			return err
		}
		_, err = tx.WalletDelivery(ctx, o.ID, record.Sum([]byte(notification)))
		if record.KindOf(err) == record.NotFound {
			return walletRefusal(record.Invalid, "wallet.notification", "the notification_id is not one that came with this token's credentials")
		}
		if err != nil {
			return err
		}
		if err := tx.SetWalletOutcome(ctx, o.ID, event); err != nil {
			return err
		}
		return d.walletEvent(ctx, tx, actor, "wallet."+strings.ReplaceAll(event, "_", "-"), o)
	}))
}
