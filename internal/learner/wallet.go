package learner

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	offerLife       = 30 * time.Minute // how long an offer stays good on the screen
	codeLife        = 10 * time.Minute // of one pre-authorized code; the offer's address gives another
	tokenLife       = time.Hour        // long enough for what is being signed just now
	maxTxTries      = 5                // of 1,000,000: a guess succeeds once in 200,000 offers
	maxOpenOffers   = 20
	offersShown     = 10
	maxWalletItems  = 200 // of one offer: what a person can choose; more is the whole record
	maxWalletAnswer = 500 // answers to one access token
	// MaxWalletKeys bounds the keys of one request, each of which costs a signature (OpenID4VCI, batch_size).
	MaxWalletKeys = 5
)

// WalletCopies signs a copy of a credential for the key of a wallet: the registrar's desk.
type WalletCopies interface {
	SignWalletCopy(ctx context.Context, actor record.Actor, pathID, holder string, token bool) ([]byte, error)
}

// WalletFormat is one form in which a credential can be given to a wallet.
type WalletFormat struct {
	Name  string // credential configuration id
	Kind  string // ClrCredential, AchievementCredential
	Token bool   // jwt_vc_json; otherwise ldp_vc
	Bound bool   // a copy signed for the wallet's key; otherwise the credential byte for byte as it was issued
}

// WalletFormats is every form there is.
var WalletFormats = []WalletFormat{
	{"clr2_ldp", "ClrCredential", false, false}, {"clr2_jwt", "ClrCredential", true, false},
	{"ob3_ldp", "AchievementCredential", false, false}, {"ob3_jwt", "AchievementCredential", true, false},
	{"clr2_ldp_bound", "ClrCredential", false, true}, {"clr2_jwt_bound", "ClrCredential", true, true},
	{"ob3_ldp_bound", "AchievementCredential", false, true}, {"ob3_jwt_bound", "AchievementCredential", true, true},
}

// formatsOf lists the forms in which a credential can be given.
func formatsOf(c *record.Credential, bind bool) []WalletFormat {
	var out []WalletFormat
	for _, f := range WalletFormats {
		if f.Kind == c.Kind && f.Bound == bind && (bind || f.Token == strings.HasPrefix(c.Suite, "jwt:")) {
			out = append(out, f)
		}
	}
	return out
}

// WalletRequest says what shall go into a wallet.
type WalletRequest struct {
	Whole bool
	Items []string // path ids
	Bind  bool     // sign copies for the wallet's key
}

// NewWalletOffer is an offer with its secrets, which are told once.
type NewWalletOffer struct {
	record.WalletOffer
	Token  string // of the offer's address
	TxCode string
	Names  []string
}

// OfferToWallet makes an offer that a wallet of the learner's can collect.
func (d *Desk) OfferToWallet(ctx context.Context, actor record.Actor, req WalletRequest) (*NewWalletOffer, error) {
	const op = "learner.OfferToWallet"
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return nil, err
	}
	if !req.Whole && (len(req.Items) == 0 || len(req.Items) > maxWalletItems) {
		return nil, record.Errorf(record.Invalid, op, "choose from one to %d items, or the whole record", maxWalletItems)
	}
	tx6, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	now := d.now()
	out := &NewWalletOffer{Token: rand.Text(), TxCode: fmt.Sprintf("%06d", tx6), WalletOffer: record.WalletOffer{
		ID: record.WalletOfferID(record.NewID()), Institution: actor.Institution, Learner: actor.Learner, Bind: req.Bind, CreatedAt: now, ExpiresAt: now.Add(offerLife)}}
	out.OfferHash, out.TxHash = record.Sum([]byte(out.Token)), txHash(out.ID, out.TxCode)
	err = d.DB.Update(ctx, func(tx *store.Tx) error { return d.addOffer(ctx, tx, actor, out, req) })
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return out, nil
}

func txHash(id record.WalletOfferID, code string) string {
	return record.Sum([]byte(string(id) + "." + code))
}

func (d *Desk) addOffer(ctx context.Context, tx *store.Tx, actor record.Actor, out *NewWalletOffer, req WalletRequest) error {
	const op = "learner.OfferToWallet"
	l, err := self(ctx, tx, op, actor)
	if err != nil {
		return err
	}
	if err := released(ctx, tx, op, l.ID); err != nil {
		return err
	}
	if l.Guardian {
		return record.Errorf(record.Forbidden, op, "sharing is off for this record until the guardian allows it; ask your institution")
	}
	i, err := tx.Institution(ctx, l.Institution)
	if err != nil {
		return err
	}
	if out.Bind && (!i.Policy.WalletCopies || d.Copies == nil) {
		return record.Errorf(record.Forbidden, op, "your institution does not sign copies for a wallet's key; take the credential as it was issued")
	}
	open, err := tx.OpenWalletOffers(ctx, l.ID, d.now())
	if err != nil {
		return err
	}
	if open >= maxOpenOffers {
		return record.Errorf(record.TooLarge, op, "there are already %d open offers; end one, or wait until it runs out", open)
	}
	chosen, err := allOurs(ctx, tx, op, l, req.Whole, req.Items)
	if err != nil {
		return err
	}
	for _, c := range chosen {
		out.Items, out.Names = append(out.Items, c.PathID), append(out.Names, c.Name)
	}
	if err := tx.AddWalletOffer(ctx, &out.WalletOffer); err != nil {
		return err
	}
	return d.walletEvent(ctx, tx, actor, "wallet.offered", &out.WalletOffer)
}

// walletEvent writes an audit event about an offer. It never says which wallet.
func (d *Desk) walletEvent(ctx context.Context, tx *store.Tx, actor record.Actor, action string, o *record.WalletOffer) error {
	return tx.Append(ctx, &record.Event{Institution: o.Institution, At: d.now(), Actor: actor.ID(), Action: action, Object: "wallet-offer/" + string(o.ID), Learner: o.Learner})
}

// WalletOffers lists the actor's newest offers, without their secrets.
func (d *Desk) WalletOffers(ctx context.Context, actor record.Actor) ([]WalletOfferView, error) {
	const op = "learner.WalletOffers"
	var out []WalletOfferView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		offers, err := tx.WalletOffersOfLearner(ctx, l.ID, offersShown)
		if err != nil {
			return err
		}
		for _, o := range offers {
			v := WalletOfferView{ID: o.ID, State: o.State(d.now()), Bound: o.Bind, CreatedAt: o.CreatedAt, ExpiresAt: o.ExpiresAt}
			for _, ref := range o.Items {
				c, err := tx.NewestCredential(ctx, ref)
				if err != nil {
					return err
				}
				v.Names = append(v.Names, c.Name)
			}
			out = append(out, v)
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// WalletOfferView is an offer as its learner sees it.
type WalletOfferView struct {
	ID                   record.WalletOfferID
	State                string // open, collected, added, failed, ended, expired
	Names                []string
	Bound                bool
	CreatedAt, ExpiresAt time.Time
}

// EndWalletOffer makes an offer, and a token that came of it, worthless. What a wallet has already stays there.
func (d *Desk) EndWalletOffer(ctx context.Context, actor record.Actor, id record.WalletOfferID) error {
	const op = "learner.EndWalletOffer"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		o, err := tx.WalletOffer(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.RequireSelf(op, o.Learner); err != nil {
			return err
		}
		if err := tx.EndWalletOffer(ctx, id, d.now()); err != nil {
			return err
		}
		return d.walletEvent(ctx, tx, actor, "wallet.offer-ended", o)
	})
	return record.Wrap(op, err)
}

// MayBindWallet tells whether the institution signs copies for wallets.
func (d *Desk) MayBindWallet(ctx context.Context, actor record.Actor) (bool, error) {
	const op = "learner.MayBindWallet"
	may := false
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err == nil {
			may = i.Policy.WalletCopies && d.Copies != nil && !l.Guardian
		}
		return err
	})
	return may, record.Wrap(op, err)
}

// SweepWallets deletes used nonces that have run out by themselves, and requests that nobody can read any more.
func (d *Desk) SweepWallets(ctx context.Context) error {
	return record.Wrap("learner.SweepWallets", d.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.SweepWallets(ctx, d.now(), d.now().Add(-record.WalletAnswerKept))
	}))
}

func credentialID(format WalletFormat, ref string) string { return format.Name + "." + ref }
