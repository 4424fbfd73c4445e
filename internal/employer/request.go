package employer

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/present"
	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/verify"
)

// This file asks a wallet for a record (OpenID4VP 1.0). Whoever asks has no account: the page that waits has a secret
// address, and the addresses that the wallet uses have another, so that the one who shows something does not learn where
// it is looked at.

const (
	askLife      = 10 * time.Minute
	maxAskName   = 200
	maxAskReason = 500
	maxAskIRI    = 2000
	maxOpenAsks  = 10_000   // of everybody: requests that wait take a row each
	maxAnswer    = 200      // credentials of one answer
	maxAnswerAll = 32 << 20 // bytes of one answer: the verifier's own bound
)

// WalletAskRequest says who asks for what.
type WalletAskRequest struct {
	Name, Purpose string
	Kind          string // record: the whole record; award: one achievement
	Achievement   string // IRI of the achievement, for award; empty: any
	Bind          bool   // only what is bound to the wallet's own key
}

// NewWalletAsk is a request with the secret of its page, which is told once.
type NewWalletAsk struct {
	record.WalletAsk
	Secret string
}

// AskWallet makes a request that one wallet can answer, once, within ten minutes.
func (d *Desk) AskWallet(ctx context.Context, _ record.Actor, req WalletAskRequest) (*NewWalletAsk, error) {
	const op = "employer.AskWallet"
	req.Name, req.Purpose, req.Achievement = strings.TrimSpace(req.Name), strings.TrimSpace(req.Purpose), strings.TrimSpace(req.Achievement)
	switch {
	case req.Name == "" || len(req.Name) > maxAskName:
		return nil, record.Errorf(record.Invalid, op, "say who asks, in at most %d bytes: it is the first thing that the person reads", maxAskName)
	case req.Purpose == "" || len(req.Purpose) > maxAskReason:
		return nil, record.Errorf(record.Invalid, op, "say what it is for, in at most %d bytes", maxAskReason)
	case req.Kind != "record" && req.Kind != "award":
		return nil, record.Errorf(record.Invalid, op, "choose what is asked for: the whole record, or one award")
	case req.Achievement != "" && (req.Kind != "award" || len(req.Achievement) > maxAskIRI || !vc.IsURL(req.Achievement)):
		return nil, record.Errorf(record.Invalid, op, "the achievement must be the address it is published at, such as https://records.example.edu/achievements/…")
	}
	now := d.now()
	out := &NewWalletAsk{Secret: rand.Text(), WalletAsk: record.WalletAsk{ID: record.WalletAskID(record.NewID()), Name: req.Name, Purpose: req.Purpose, Kind: req.Kind,
		Achievement: req.Achievement, Bind: req.Bind, Nonce: rand.Text(), CreatedAt: now, ExpiresAt: now.Add(askLife)}}
	out.SecretHash = record.Sum([]byte(out.Secret))
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		open, err := tx.OpenWalletAsks(ctx, now)
		if err != nil {
			return err
		}
		if open >= maxOpenAsks {
			return record.Errorf(record.Unavailable, op, "very many requests are waiting just now; try again in a few minutes")
		}
		return tx.AddWalletAsk(ctx, &out.WalletAsk)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return out, nil
}

var errNoAsk = &record.Error{Kind: record.NotFound, Op: "employer.WalletAsk", Code: "ask.unknown", Message: "there is no request at this address, or it is over; ask again"}

// OpenAsk reads a request by the id that the wallet uses, while it can be answered.
func (d *Desk) OpenAsk(ctx context.Context, _ record.Actor, id record.WalletAskID) (*record.WalletAsk, error) {
	var a *record.WalletAsk
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		a, err = tx.WalletAsk(ctx, id)
		return err
	})
	if record.KindOf(err) == record.NotFound || err == nil && (!a.AnsweredAt.IsZero() || !d.now().Before(a.ExpiresAt)) {
		return nil, errNoAsk
	}
	return a, record.Wrap("employer.OpenAsk", err)
}

// DeclineAsk keeps that the wallet, or its owner, said no.
func (d *Desk) DeclineAsk(ctx context.Context, actor record.Actor, id record.WalletAskID) error {
	a, err := d.OpenAsk(ctx, actor, id)
	if err != nil {
		return err
	}
	a.Refusal = "declined"
	return d.settle(ctx, a)
}

// AnswerAsk judges what a wallet sent and keeps it. The client is our own identifier as the wallet knows it. What was made
// for another occasion, or is not what was asked for, leaves the request open and is told to the wallet: somebody who
// overhears an address cannot spoil the answer.
func (d *Desk) AnswerAsk(ctx context.Context, actor record.Actor, id record.WalletAskID, client string, presentations [][]byte) error {
	const op = "employer.AnswerAsk"
	a, err := d.OpenAsk(ctx, actor, id)
	if err != nil {
		return err
	}
	refuse := func(code, message string) error {
		return &record.Error{Kind: record.Invalid, Op: op, Code: code, Message: message}
	}
	if len(presentations) != 1 {
		return refuse("ask.count", "one presentation was asked for")
	}
	got := present.Check(ctx, presentations[0], &present.Asked{Challenge: a.Nonce, Domain: client, Verify: *d.options()})
	size := 0
	for _, p := range got.Parts {
		a.Answer = append(a.Answer, p.Bytes)
		size += len(p.Bytes)
	}
	switch {
	case got.Problem != nil:
		return refuse("ask.presentation", sentenceOf(got.Problem))
	case len(got.Parts) == 0 || len(got.Parts) > maxAnswer || size > maxAnswerAll:
		return refuse("ask.empty", "the presentation holds no credential, or more than this verifier takes")
	case a.Bind && got.Binding != present.Bound:
		return refuse("ask.unbound", "the request asks for credentials whose subject is the key that presents them")
	}
	for _, p := range got.Parts {
		if !wanted(a, p.Report) {
			return refuse("ask.other", "the presentation holds another kind of credential than the one that was asked for")
		}
	}
	a.Binding, a.Holder = string(got.Binding), got.Holder
	return d.settle(ctx, a)
}

func sentenceOf(f *verify.Finding) string { return strings.TrimSuffix(f.Message, ".") }

// wanted tells whether a credential is of the kind, and about the achievement, that was asked for.
func wanted(a *record.WalletAsk, r *verify.Report) bool {
	if a.Kind == "record" {
		return r.Kind == verify.KindClr
	}
	return r.Kind == verify.KindAchievement && (a.Achievement == "" || achievementIn(r.Credential) == a.Achievement)
}

func (d *Desk) settle(ctx context.Context, a *record.WalletAsk) error {
	a.AnsweredAt = d.now()
	err := d.DB.Update(ctx, func(tx *store.Tx) error { return tx.AnswerWalletAsk(ctx, a) })
	if record.KindOf(err) == record.Conflict {
		return errNoAsk
	}
	return record.Wrap("employer.settle", err)
}

// WalletAnswer is a request as the one who asked sees it.
type WalletAnswer struct {
	Ask       record.WalletAsk // without its secrets
	State     string           // waiting, expired, declined, answered
	Documents []Document       // what was shown, verified now
	Report    *verify.Report   // of everything together
	Learner   string           // name as issued
	CheckedAt time.Time
}

// WalletAnswer reads a request by the secret of its page, and verifies now what was shown.
func (d *Desk) WalletAnswer(ctx context.Context, _ record.Actor, secret string) (*WalletAnswer, error) {
	a, err := d.ask(ctx, secret)
	if err != nil {
		return nil, err
	}
	out := &WalletAnswer{State: "answered", CheckedAt: d.now()}
	switch {
	case a.AnsweredAt.IsZero() && out.CheckedAt.Before(a.ExpiresAt):
		out.State = "waiting"
	case a.AnsweredAt.IsZero():
		out.State = "expired"
	case a.Refusal != "":
		out.State = a.Refusal
	}
	out.Report = &verify.Report{CheckedAt: out.CheckedAt.Format(time.RFC3339), Verdict: verify.Verified, Own: verify.Verified}
	for n, b := range a.Answer {
		doc := Document{Position: n, Bytes: b, Report: verify.Verify(ctx, b, d.options())}
		doc.Name, doc.URI = doc.Report.Name, doc.Report.ID
		out.Documents = append(out.Documents, doc)
		join(out.Report, doc.Report)
		if out.Learner == "" {
			out.Learner = nameIn(doc.Report.Credential)
		}
	}
	if len(out.Documents) == 1 {
		out.Report = out.Documents[0].Report
	}
	a.SecretHash, a.Nonce, a.Answer = "", "", nil
	out.Ask = *a
	return out, nil
}

func (d *Desk) ask(ctx context.Context, secret string) (*record.WalletAsk, error) {
	if secret == "" || len(secret) > maxToken {
		return nil, errNoAsk
	}
	var a *record.WalletAsk
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		a, err = tx.WalletAskBySecret(ctx, record.Sum([]byte(secret)))
		return err
	})
	if record.KindOf(err) == record.NotFound || err == nil && d.now().After(a.ExpiresAt.Add(record.WalletAnswerKept)) {
		return nil, errNoAsk
	}
	if err != nil {
		return nil, record.Wrap("employer.ask", err)
	}
	return a, nil
}

// EndAsk deletes a request and what was shown.
func (d *Desk) EndAsk(ctx context.Context, _ record.Actor, secret string) error {
	a, err := d.ask(ctx, secret)
	if err != nil {
		return err
	}
	return record.Wrap("employer.EndAsk", d.DB.Update(ctx, func(tx *store.Tx) error { return tx.EndWalletAsk(ctx, a.ID) }))
}

// achievementIn reads the IRI of the achievement that a credential awards.
func achievementIn(b []byte) string {
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return ""
	}
	return doc.Root().At("/credentialSubject/achievement/id").Text()
}
