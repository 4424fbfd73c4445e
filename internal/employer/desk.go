package employer

import (
	"bytes"
	"context"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// Desk is the employer's desk over one store.
type Desk struct {
	DB *store.DB
	// Fetcher answers for documents that are not ours; nil means that nothing else is fetched.
	Fetcher fetch.Fetcher
	// Issuers are the lists of known issuers to ask; nil: none.
	Issuers verify.IssuerLists
	// Notary signs reports and joins documents in the name of this server; nil: it does not.
	Notary Notary
	// Frameworks are competency frameworks and occupations that this server holds besides those of its institutions.
	Frameworks []*framework.Framework
	// Now tells the time; nil means the clock.
	Now func() time.Time

	seals seals
}

const (
	// maxPasscodeTries bounds guesses at a passcode in a row. Beyond it the link stays shut: who knows the passcode knows
	// the learner, who makes a new one.
	maxPasscodeTries = 10
	// maxToken bounds what is hashed as a token; ours have 26 characters.
	maxToken = 200
)

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return record.Time(d.Now())
	}
	return record.Time(time.Now())
}

func (d *Desk) options() *verify.Options {
	return &verify.Options{Fetcher: &store.Published{DB: d.DB, Next: d.Fetcher}, Now: d.now(), Issuers: d.Issuers}
}

// refuse is why a share does not open, in a code that the page tells apart.
func refuse(kind record.Kind, code, message string) error {
	return &record.Error{Kind: kind, Op: "employer.Open", Code: code, Message: message}
}

// share finds the share behind a token and judges whether it opens. It answers the same for every token that is not one,
// whatever its form.
func (d *Desk) share(ctx context.Context, token, passcode string) (*record.Share, error) {
	unknown := refuse(record.NotFound, "share.unknown", "there is no share at this address; check that the whole link was copied")
	if token == "" || len(token) > maxToken {
		return nil, unknown
	}
	var s *record.Share
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		s, err = tx.ShareByToken(ctx, record.Sum([]byte(token)))
		return err
	})
	if record.KindOf(err) == record.NotFound {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	switch s.Refusal(d.now()) {
	case "share.revoked":
		return nil, refuse(record.Gone, "share.revoked", "the person who shared this has taken it back; ask them for a new link")
	case "share.expired":
		return nil, refuse(record.Gone, "share.expired", "this share has run out; ask the person who shared it for a new link")
	}
	if err := d.released(ctx, s); err != nil {
		return nil, err
	}
	if s.PasscodeHash == "" {
		return s, nil
	}
	return s, d.passcode(ctx, s, passcode)
}

// released refuses a link while the institution holds the record back (34 CFR 99.30); that there is a record is not news
// to who has the link.
func (d *Desk) released(ctx context.Context, s *record.Share) error {
	held := false
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		held, err = tx.OnHold(ctx, s.Learner, record.HoldRelease)
		return err
	})
	if err == nil && held {
		return refuse(record.Gone, "share.held", "this record is held back at present; ask the person who shared it")
	}
	return err
}

func (d *Desk) passcode(ctx context.Context, s *record.Share, passcode string) error {
	if passcode == "" {
		return refuse(record.Forbidden, "share.passcode", "this share has a passcode; the person who shared it has told it to you")
	}
	free := false
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		free, err = tx.TryPasscode(ctx, s.ID, maxPasscodeTries)
		return err
	})
	if err != nil {
		return err
	}
	if !free {
		return refuse(record.Unavailable, "share.locked", "the passcode was wrong too often, so that this link stays shut; ask the person who shared it for a new one")
	}
	ok, err := account.CheckPassword(ctx, s.PasscodeHash, passcode)
	if err != nil {
		return err
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		if ok {
			return tx.RightPasscode(ctx, s.ID)
		}
		return tx.LogOpening(ctx, &record.ShareOpening{Share: s.ID, At: d.now(), Act: "wrong_passcode"})
	})
	if err == nil && !ok {
		return refuse(record.Forbidden, "share.passcode", "the passcode is wrong")
	}
	return err
}

// Open opens a share by its token, verifies it now and counts the look for the learner. Errors carry a code:
// "share.unknown" (NotFound), "share.revoked" and "share.expired" (Gone), "share.passcode" (Forbidden: one is needed or
// it is wrong), "share.locked" (Unavailable: too many wrong ones).
func (d *Desk) Open(ctx context.Context, _ record.Actor, token, passcode string) (*Opened, error) {
	return d.open(ctx, "employer.Open", token, passcode, "opened")
}

// Take is Open for whoever takes the documents along in some form, which the learner must have allowed.
func (d *Desk) Take(ctx context.Context, _ record.Actor, token, passcode string) (*Opened, error) {
	return d.open(ctx, "employer.Take", token, passcode, "downloaded")
}

func (d *Desk) open(ctx context.Context, op, token, passcode, act string) (*Opened, error) {
	s, err := d.share(ctx, token, passcode)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if act == "downloaded" && !s.AllowDownload {
		return nil, record.Errorf(record.Forbidden, op, "the person who shared this does not offer the file; ask them for it")
	}
	out := &Opened{CheckedAt: d.now(), Share: SharedWith{Label: s.Label, Audience: s.Audience, Note: s.Note, Whole: s.Whole,
		AllowDownload: s.AllowDownload, ExpiresAt: s.ExpiresAt, CreatedAt: s.CreatedAt}}
	items, err := d.items(ctx, s, act, &out.Institution)
	if err == nil {
		out.Signed, err = d.signed(ctx, s)
	}
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	out.Report = &verify.Report{CheckedAt: out.CheckedAt.Format(time.RFC3339), Name: s.Label, Verdict: verify.Verified, Own: verify.Verified}
	for _, item := range items {
		doc := Document{Position: item.Position, Name: item.Name, URI: item.URI, Bytes: item.Bytes, LeftOut: item.LeftOut, Stated: item.Origin == record.OriginStated}
		if doc.Stated { // no seal is claimed, so there is nothing to check, and nothing that this could say about the rest
			doc.Report = &verify.Report{CheckedAt: out.Report.CheckedAt, Name: item.Name, Verdict: verify.Indeterminate, Own: verify.Indeterminate}
			doc.Said = d.said(ctx, item.Bytes)
		} else {
			doc.Report = verify.Verify(ctx, item.Bytes, d.options())
			join(out.Report, doc.Report)
		}
		out.Documents = append(out.Documents, doc)
		if out.Learner == "" {
			out.Learner = nameIn(item.Bytes)
		}
	}
	if out.Learner == "" { // what they state is signed by nobody and names nobody; who shares it is known all the same
		if out.Learner, err = d.sharer(ctx, s); err != nil {
			return nil, record.Wrap(op, err)
		}
	}
	if out.Report.Summary.Total == 0 {
		out.Report.Verdict = verify.Indeterminate
	}
	if len(out.Documents) == 1 {
		out.Report = out.Documents[0].Report
	}
	return out, nil
}

// said judges what others confirm in a document that has no seal of its own.
func (d *Desk) said(ctx context.Context, stated []byte) []*verify.Report {
	if !bytes.Contains(stated, []byte(`"EndorsementCredential"`)) {
		return nil
	}
	return verify.Verify(ctx, stated, d.options()).Credentials
}

// sharer is the name of who made a share, as their institution has it.
func (d *Desk) sharer(ctx context.Context, s *record.Share) (name string, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, s.Learner)
		if err == nil {
			name = l.Name.Display
		}
		return err
	})
	return name, err
}

// signed reads what the learner signed of a share, and checks the seal now.
func (d *Desk) signed(ctx context.Context, s *record.Share) (*SignedShare, error) {
	var p *record.Presentation
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		p, err = tx.Presentation(ctx, s.ID)
		return err
	})
	if record.KindOf(err) == record.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &SignedShare{Holder: p.Holder, Bytes: p.Bytes, Report: d.sealOf(ctx, p)}, nil
}

// items reads a share's documents and counts the look, in one transaction: a share that was revoked between the two is
// not opened.
func (d *Desk) items(ctx context.Context, s *record.Share, act string, i *record.Institution) ([]record.ShareItem, error) {
	var items []record.ShareItem
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.LogOpening(ctx, &record.ShareOpening{Share: s.ID, At: d.now(), Act: act}); err != nil {
			return err
		}
		now, err := tx.Share(ctx, s.ID)
		if err != nil {
			return err
		}
		if now.Refusal(d.now()) != "" {
			return refuse(record.Gone, "share.revoked", "the person who shared this has taken it back; ask them for a new link")
		}
		of, err := tx.Institution(ctx, s.Institution)
		if err != nil {
			return err
		}
		*i = *of
		items, err = tx.ShareItems(ctx, s.ID)
		return err
	})
	return items, err
}

// join counts one document's report into that of them all.
func join(all, one *verify.Report) {
	all.Credentials = append(all.Credentials, one)
	all.Summary.Total += one.Summary.Total
	all.Summary.Verified += one.Summary.Verified
	all.Summary.Failed += one.Summary.Failed
	all.Summary.Indeterminate += one.Summary.Indeterminate
	switch {
	case one.Verdict == verify.Failed || all.Verdict == verify.Failed:
		all.Verdict = verify.Failed
	case one.Verdict == verify.Indeterminate:
		all.Verdict = verify.Indeterminate
	}
}

// nameIn reads the learner's name as it was issued: from the credential, or from the first one inside a record.
func nameIn(b []byte) string {
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return ""
	}
	root := doc.Root()
	for v := range root.At("/credentialSubject/verifiableCredential").Elements() {
		if name := nameOf(v); name != "" {
			return name
		}
	}
	return nameOf(root)
}

func nameOf(v ijson.Value) string {
	for _, id := range ob.ReadAchievementCredential(v).CredentialSubject.Identifier {
		if id.IdentityType == ob.IdentifierName && !id.Hashed {
			return id.IdentityHash
		}
	}
	return ""
}

// Download gives one document of a share exactly as signed, when the learner allows it.
func (d *Desk) Download(ctx context.Context, _ record.Actor, token, passcode string, position int) (*Document, error) {
	const op = "employer.Download"
	s, err := d.share(ctx, token, passcode)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if !s.AllowDownload {
		return nil, record.Errorf(record.Forbidden, op, "the person who shared this does not offer the file; ask them for it")
	}
	var i record.Institution
	items, err := d.items(ctx, s, "downloaded", &i)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	for _, item := range items {
		if item.Position == position {
			return &Document{Position: position, Name: item.Name, URI: item.URI, Bytes: item.Bytes}, nil
		}
	}
	return nil, record.Errorf(record.NotFound, op, "this share has no such document")
}

// Verify judges what a stranger brought. It keeps nothing of it.
func (d *Desk) Verify(ctx context.Context, actor record.Actor, input []byte) (*Checked, error) {
	return d.VerifyOn(ctx, actor, input, time.Time{})
}

// VerifyOn is Verify, and says besides whether each record was in force at a moment, as far as that can be known; the zero
// moment is none.
func (d *Desk) VerifyOn(ctx context.Context, _ record.Actor, input []byte, on time.Time) (*Checked, error) {
	const op = "employer.Verify"
	if len(input) == 0 {
		return nil, record.Errorf(record.Invalid, op, "there is nothing to verify; choose a file or paste its text")
	}
	if len(input) > verify.MaxBytes {
		return nil, record.Errorf(record.TooLarge, op, "the file has more than %d MiB, which no record has", verify.MaxBytes>>20)
	}
	o := d.options()
	o.On, o.History = on, history{d.DB}
	return &Checked{Report: verify.Verify(ctx, input, o), CheckedAt: o.Now}, nil
}
