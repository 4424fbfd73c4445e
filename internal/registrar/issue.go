package registrar

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// Issuing one learner is three steps, and a crash between any two of them loses and doubles nothing:
//
//  1. prepare, one transaction: read what is approved and reserve, for every document that will be signed, its place in
//     a status list. The ids, the places and the moment of issue are rows before anything is signed.
//  2. sign, no transaction: the same input gives the same bytes, so a second try signs what the first one signed.
//  3. keep, one transaction: the item is still pending → the credentials, the awards' new state, the statuses of what
//     they supersede and the audit events. If the item is not pending any more, somebody else kept it.

// place is what is reserved for one document before it is signed.
type place struct {
	revision  int64
	validFrom time.Time
	entry     *record.StatusEntry
	previous  *record.Credential // the version it supersedes, if any
	refresh   string             // where its holder gets a newer version; empty: nowhere
}

type awardTicket struct {
	award   *record.Award
	about   *record.Achievement
	body    ob.Achievement
	place   place
	again   bool // already issued, and signed anew because its key was compromised
	vouched vouched
}

// ticket is everything that signing one learner's record needs.
type ticket struct {
	item        *record.RunItem
	institution *record.Institution
	learner     *record.Learner
	key         *record.Key
	keys        []*record.Key // with those that are retired
	awards      []awardTicket
	held        []part // credentials in force that stay in the record
	record      place
	related     []ob.Achievement
	links       []clr.Association
	assemblies  []again // assembled records that are signed anew
}

// signed is a document that was signed and is not yet kept.
type signed struct {
	credential *record.Credential
	ticket     *awardTicket       // nil for the CLR
	assembled  *record.Credential // of an assembled record: the version before it
	base       []byte             // for the holder alone, of a key whose credentials can be shown in part
}

// issueTries bounds how often an item is tried in one go when somebody changes the awards under it.
const issueTries = 3

// issueItem issues one learner of a run. An error means that it could not be tried and stays pending; what a person must
// mend is written into the item.
func (d *Desk) issueItem(ctx context.Context, item *record.RunItem) error {
	var err error
	for range issueTries {
		err = d.tryItem(ctx, item)
		if err == nil || record.KindOf(err) == record.Unavailable || ctx.Err() != nil {
			return err
		}
		if record.KindOf(err) != record.Conflict {
			break
		}
		var now *record.RunItem
		viewErr := d.DB.View(ctx, func(tx *store.Tx) (err error) {
			now, err = tx.RunItem(ctx, item.Run, item.Learner)
			return err
		})
		if viewErr != nil {
			return viewErr
		}
		if now.State != "pending" {
			return nil // another worker kept it, or the run was stopped
		}
	}
	return d.failItem(ctx, item, err)
}

// failItem writes why an item could not be issued; its awards stay approved.
func (d *Desk) failItem(ctx context.Context, item *record.RunItem, cause error) error {
	d.log().Error("issuing failed", "run", item.Run, "learner", item.Learner, "error", cause)
	item.State, item.Error = "failed", record.MessageOf(cause)
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SettleItem(ctx, item); err != nil {
			return err
		}
		l, err := tx.Learner(ctx, item.Learner)
		if err != nil {
			return err
		}
		return d.event(ctx, tx, record.System(l.Institution), &record.Institution{ID: l.Institution}, "record.refused", "learner/"+string(l.ID), l.ID,
			map[string]string{"run": string(item.Run)})
	})
	if record.KindOf(err) == record.Conflict {
		return nil // settled by another worker
	}
	return err
}

func (d *Desk) tryItem(ctx context.Context, item *record.RunItem) error {
	var t *ticket
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		t, err = d.prepare(ctx, tx, item)
		return err
	})
	if err != nil {
		return err
	}
	d.at("issue.prepared")
	documents, err := d.sign(ctx, t)
	if err != nil {
		return err
	}
	d.at("issue.signed")
	err = d.DB.Update(ctx, func(tx *store.Tx) error { return d.keep(ctx, tx, t, documents) })
	if err == nil {
		d.at("issue.kept")
	}
	return err
}

// at is where the kill tests stop the program; without one it does nothing.
func (d *Desk) at(point string) {
	if d.CrashPoint != nil {
		d.CrashPoint(point)
	}
}

// sign signs every award of the ticket and the record around them.
func (d *Desk) sign(ctx context.Context, t *ticket) ([]signed, error) {
	pen, err := d.pen(t.institution, t.key, t.keys)
	if err != nil {
		return nil, err
	}
	parts := append([]part(nil), t.held...)
	var out []signed
	for n := range t.awards {
		at := &t.awards[n]
		c := awardCredential(t.institution, t.learner, at)
		at.vouched.into(&c, strings.HasPrefix(pen.key.Suite, "jwt:"))
		unsigned, err := issue.Award(c)
		if err != nil {
			return nil, err
		}
		b, base, err := pen.award(ctx, unsigned, at.place.validFrom)
		if err != nil {
			return nil, explain(err, "“"+at.body.Name+"”")
		}
		until, _ := c.ValidUntil.Time() // empty: no end
		out = append(out, signed{ticket: at, base: base, credential: d.credential(t, at.place, "AchievementCredential", c.ID, at.award.CredentialID, c.Name, until, b)})
		parts = append(parts, part{bytes: b, uri: c.ID, name: c.Name, achievement: at.body.ID, awardedOn: at.award.Detail.AwardedOn})
	}
	if len(parts) == 0 {
		return nil, nil // everything was revoked: there is no record any more
	}
	c := recordCredential(t.institution, t.learner, t.record, parts, t.related, t.links)
	unsigned, err := issue.CLR(c)
	if err != nil {
		return nil, err
	}
	around := pen.whole()
	b, err := around.secure(ctx, unsigned, t.record.validFrom)
	if err != nil {
		return nil, explain(err, "the record as a whole")
	}
	whole := signed{credential: d.credential(t, t.record, "ClrCredential", c.ID, t.learner.RecordID, c.Name, time.Time{}, b)}
	whole.credential.Suite = around.key.Suite
	assembled, err := d.signAssemblies(ctx, t, around, parts)
	return append(append(out, whole), assembled...), err
}

// penhold is a key in the hand: opened, with the DID document that names it. Only this document is offered to the
// verification after signing: a status that is set on a part of the record is no reason to refuse the record.
type penhold struct {
	key      issue.Key
	identity fetch.Static
}

// secure lints, signs and self-verifies a document of ours. The issuer must have been found in its own DID document:
// what cannot be tied to the institution is not let out.
func (p *penhold) secure(ctx context.Context, unsigned []byte, created time.Time) ([]byte, error) {
	b, report, err := issue.Secure(ctx, unsigned, p.key, &issue.Options{Created: created, Fetcher: p.identity})
	if err != nil {
		return nil, err
	}
	for _, f := range report.Findings {
		if (f.Check == "proof" || f.Check == "issuer") && f.Outcome != verify.Passed && !f.Warning {
			return nil, record.Errorf(record.Unavailable, "registrar.secure", "the signature could not be checked after signing (%s); nothing was stored", f.Message)
		}
	}
	return b, nil
}

// explain turns a refusal into the sentence that the registrar reads.
func explain(err error, what string) error {
	var refusal *issue.Refusal
	if !errors.As(err, &refusal) || len(refusal.Findings) == 0 {
		return err
	}
	f := refusal.Findings[0]
	text := what + " cannot be signed: " + strings.TrimSuffix(f.Message, ".")
	if f.Pointer != "" {
		text += " (at " + f.Pointer + ")"
	}
	text += "."
	if f.Repair != "" {
		text += " " + f.Repair
	}
	if more := len(refusal.Findings) - 1; more > 0 {
		text += " And " + formatInt(int64(more)) + " more."
	}
	return &record.Error{Kind: record.Invalid, Op: "registrar.sign", Code: f.Code, Message: text, Err: err}
}

func (d *Desk) credential(t *ticket, p place, kind, uri, pathID, name string, until time.Time, b []byte) *record.Credential {
	c := &record.Credential{
		ID:     record.CredentialID(record.DerivedID(t.institution.ID, "credential", uri, formatInt(p.revision))),
		PathID: pathID, URI: uri, Revision: p.revision, Institution: t.institution.ID, Learner: t.learner.ID, Kind: kind, Name: name,
		Issuer: t.institution.DID, Subject: t.learner.SubjectID, Suite: t.key.Suite, ValidFrom: p.validFrom, ValidUntil: until,
		SHA256: record.Sum(b), Bytes: b, State: record.CredentialCurrent, Run: t.item.Run, Key: t.key.ID, CreatedAt: d.now(),
		StatusList: p.entry.List, StatusIndex: p.entry.Index,
	}
	return c
}

// signingKey reads the key that signs now, and says what to do when there is none.
func (d *Desk) signingKey(ctx context.Context, tx *store.Tx, i *record.Institution) (*record.Key, error) {
	k, err := optional(tx.ActiveKey(ctx, i.ID))
	if err != nil {
		return nil, err
	}
	if k == nil {
		return nil, record.Errorf(record.Unavailable, "registrar.signingKey", "there is no active signing key; make a new one under Settings, Keys")
	}
	return k, nil
}

// penInForce opens the key that signs now.
func (d *Desk) penInForce(ctx context.Context, tx *store.Tx, i *record.Institution) (*penhold, *record.Key, error) {
	k, err := d.signingKey(ctx, tx, i)
	if err != nil {
		return nil, nil, err
	}
	keys, err := tx.Keys(ctx, i.ID)
	if err != nil {
		return nil, nil, err
	}
	pen, err := d.pen(i, k, keys)
	return pen, k, err
}

// keyTrouble says what to do about a key that does not open.
func keyTrouble(k *record.Key) string {
	if t := keyring.Token(k.Sealed); t != "" {
		return "the signing key is in the token " + t + ", which does not answer, or which the server's settings do not name; its operator must see to it"
	}
	return "the signing key does not open with this server's identity or passphrase file; restore the file that was in use when the key was made"
}

// pen opens a key for signing.
func (d *Desk) pen(i *record.Institution, k *record.Key, all []*record.Key) (*penhold, error) {
	const op = "registrar.pen"
	signer, err := d.Keys.Unseal(k.Sealed)
	if err != nil {
		return nil, &record.Error{Kind: record.Unavailable, Op: op, Err: err,
			Message: keyTrouble(k)}
	}
	url, err := did.WebURL(i.DID)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	doc, err := ijson.Marshal(didDocument(i, all))
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return &penhold{
		key:      issue.Key{Signer: signer, VerificationMethod: k.VerificationMethod(i.DID), Suite: k.Suite},
		identity: fetch.Static{url: doc},
	}, nil
}
