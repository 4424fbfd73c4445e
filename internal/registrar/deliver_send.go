package registrar

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// SendDelivery writes and sends the mail of a delivery; the queue calls it until it says nil. What the mail server refuses
// for good, and what it still does not take after the last try, is written into the delivery, where the office sees it.
// mailing tells a job that is late from the one that is meant.
func (d *Desk) SendDelivery(ctx context.Context, id record.DeliveryID, mailing int) error {
	const op = "registrar.SendDelivery"
	if d.Mail == nil || d.Letters == nil {
		return record.Errorf(record.Unavailable, op, "no mail can be sent from here; ask the operator to set a mail server")
	}
	var v *record.Delivery
	var letter *mail.Letter
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		v, letter, err = d.letter(ctx, tx, id, mailing)
		return err
	})
	if err != nil || letter == nil {
		return record.Wrap(op, err)
	}
	m, err := d.Letters.Write(letter)
	if err != nil {
		return record.Wrap(op, err)
	}
	sent := d.Mail.Send(ctx, m)
	if err := d.settle(ctx, v, sent); err != nil {
		return record.Wrap(op, err)
	}
	if sent != nil && v.State == record.DeliveryQueued {
		return fmt.Errorf("registrar: delivery %s, try %d: %w", v.ID, v.Attempts, sent)
	}
	return nil
}

// settle writes what became of a try. A delivery that somebody changed meanwhile is theirs.
func (d *Desk) settle(ctx context.Context, v *record.Delivery, sent error) error {
	switch v.Attempts++; {
	case sent == nil:
		v.State, v.Reason, v.SentAt = record.DeliverySent, "", d.now()
	case mail.Permanent(sent):
		v.State, v.Reason = record.DeliveryFailed, clipReason(sent.Error())
	case v.Attempts >= mailTries:
		v.State, v.Reason = record.DeliveryFailed, clipReason("given up after the last try: "+sent.Error())
	default:
		v.Reason = clipReason(sent.Error())
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.ChangeLetter(ctx, v); err != nil || v.State != record.DeliveryFailed {
			return err
		}
		return d.event(ctx, tx, record.System(v.Institution), &record.Institution{ID: v.Institution}, "delivery.failed", "delivery/"+string(v.ID), v.Learner, nil)
	})
	if record.KindOf(err) == record.Conflict {
		v.State = ""
		return nil
	}
	return err
}

// clipReason bounds what a mail server says that we keep: it is a stranger's text.
func clipReason(s string) string {
	clean := []rune{}
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			r = ' '
		}
		clean = append(clean, r)
	}
	if len(clean) > 300 {
		clean = append(clean[:300], '…')
	}
	return string(clean)
}

// letter reads what a delivery says, and makes the code that stands in it. Nil: there is nothing to send any more.
func (d *Desk) letter(ctx context.Context, tx *store.Tx, id record.DeliveryID, mailing int) (*record.Delivery, *mail.Letter, error) {
	v, err := optional(tx.Letter(ctx, id))
	if err != nil || v == nil || v.State != record.DeliveryQueued || v.Mailing != mailing {
		return nil, nil, err // erased, sent by another node, or sent again since
	}
	l, err := tx.Learner(ctx, v.Learner)
	if err != nil {
		return nil, nil, err
	}
	i, err := tx.Institution(ctx, v.Institution)
	if err != nil {
		return nil, nil, err
	}
	letter := &mail.Letter{ID: fmt.Sprintf("%s.%d", v.ID, v.Mailing), To: v.Address, Language: l.Language, House: i.Name, Args: map[string]string{"Name": l.Name.Display}}
	switch v.Kind {
	case record.DeliverAttest:
		err = d.attestLetter(ctx, tx, i, v, letter)
	default:
		err = d.learnerLetter(ctx, tx, i, l, v, letter)
	}
	if err != nil || letter.Name == "" {
		return v, nil, err
	}
	letter.Own, err = ownWords(ctx, tx, i, letter.Name, letter.Language)
	return v, letter, err
}

// learnerLetter is a mail to the learner: with a code while there is no account, with an ordinary link when there is.
func (d *Desk) learnerLetter(ctx context.Context, tx *store.Tx, i *record.Institution, l *record.Learner, v *record.Delivery, letter *mail.Letter) error {
	account, err := optional(tx.LearnersAccount(ctx, l.ID))
	if err != nil {
		return err
	}
	kind := record.NoticeKind("issued")
	letter.Name, letter.Link, letter.Off = "mail.issued", i.Root()+"/my", i.Root()+"/my/notices"
	if v.Kind == record.DeliverRenewal {
		kind, letter.Name = "expiring", "mail.expiring"
		letter.Args["Days"] = formatInt(noticeDays)
		if c, err := optional(tx.LifetimeOfCredential(ctx, record.CredentialID(v.About))); err != nil {
			return err
		} else if c != nil && c.NoticeDays > 0 {
			letter.Args["Days"] = formatInt(int64(c.NoticeDays))
		}
	}
	off, err := tx.NoticesOff(ctx, l.ID)
	if err != nil {
		return err
	}
	if account != nil && slices.Contains(off, kind) {
		letter.Name, v.State = "", record.DeliveryOff
		return tx.ChangeLetter(ctx, v)
	}
	if account != nil || v.Kind == record.DeliverRenewal {
		return nil
	}
	code := newCode()
	letter.Name, letter.Link, letter.Off = "mail.claim", i.Root()+"/claim/"+code, ""
	return tx.AddCode(ctx, record.Sum([]byte(code)), v.ID, d.now().Add(codeLife))
}

func ownWords(ctx context.Context, tx *store.Tx, i *record.Institution, name, language string) (*mail.Wording, error) {
	all, err := tx.Wordings(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	if language == "" {
		language = "en"
	}
	for _, w := range all {
		if w.Name == name && baseLanguage(w.Lang) == baseLanguage(language) {
			return &mail.Wording{Subject: w.Subject, Text: w.Text}, nil
		}
	}
	return nil, nil
}

// baseLanguage is the language of a tag without region or script (BCP 47).
func baseLanguage(tag string) string {
	for n, r := range tag {
		if r == '-' || r == '_' {
			return tag[:n]
		}
	}
	return tag
}

// WordingView is a kind of mail in a language: the institution's words, or the program's.
type WordingView struct {
	Name, Lang    string
	Own           bool
	Words         mail.Wording
	Placeholders  []string
	Subject, Text string // as the example reads, link and foot included
}

// Wording reads how a kind of mail is worded, with an example. try shows other words without keeping them.
func (d *Desk) Wording(ctx context.Context, actor record.Actor, name, lang string, try *mail.Wording) (*WordingView, error) {
	const op = "registrar.Wording"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	if err := d.mayWord(op, name, lang); err != nil {
		return nil, err
	}
	v := &WordingView{Name: name, Lang: lang, Placeholders: mail.Placeholders(name)}
	var i *record.Institution
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if i, err = tx.Institution(ctx, actor.Institution); err != nil {
			return err
		}
		own, err := ownWords(ctx, tx, i, name, lang)
		if own != nil {
			v.Own, v.Words = true, *own
		}
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if !v.Own {
		if v.Words, err = d.Letters.Usual(name, lang); err != nil {
			return nil, record.Wrap(op, err)
		}
	}
	if try != nil {
		v.Words = *try
		if err := try.Check(name); err != nil {
			return v, record.Errorf(record.Invalid, op, "%s", err)
		}
	}
	m, err := d.Letters.Write(exampleLetter(i, name, lang, &v.Words))
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	v.Subject, v.Text = m.Subject, m.Text
	return v, nil
}

// exampleLetter has a link that opens nothing.
func exampleLetter(i *record.Institution, name, lang string, words *mail.Wording) *mail.Letter {
	l := mail.Example(name)
	l.Language, l.House, l.Link, l.Own = lang, i.Name, i.Root()+"/claim/EXAMPLE", words
	return &l
}

func (d *Desk) mayWord(op, name, lang string) error {
	if d.Letters == nil {
		return record.Errorf(record.Unavailable, op, "no mail can be sent from here; ask the operator to set a mail server")
	}
	if !slices.Contains(mail.Worded(), name) || !slices.Contains(d.Letters.Languages(), lang) {
		return record.Errorf(record.NotFound, op, "there is no mail of this kind in this language")
	}
	return nil
}

// SetWording keeps the institution's own words for a kind of mail; empty words go back to the program's.
func (d *Desk) SetWording(ctx context.Context, actor record.Actor, name, lang string, w mail.Wording) error {
	const op = "registrar.SetWording"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return err
	}
	if err := d.mayWord(op, name, lang); err != nil {
		return err
	}
	back := w == mail.Wording{}
	if err := w.Check(name); err != nil && !back {
		return record.Errorf(record.Invalid, op, "%s", err)
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		err := error(nil)
		if back {
			err = tx.DropWording(ctx, actor.Institution, name, lang)
		} else {
			err = tx.PutWording(ctx, &record.Wording{Institution: actor.Institution, Name: name, Lang: lang, Subject: w.Subject, Text: w.Text, ChangedBy: actor.Account, ChangedAt: d.now()})
		}
		if err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: actor.Institution}, "wording.changed", "wording/"+name+"/"+lang, "", nil)
	})
	return record.Wrap(op, err)
}

// TestWording sends an example to the person who asks, and to nobody else: the desk is no open relay.
func (d *Desk) TestWording(ctx context.Context, actor record.Actor, name, lang string, w mail.Wording) (string, error) {
	const op = "registrar.TestWording"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return "", err
	}
	if err := d.mayWord(op, name, lang); err != nil {
		return "", err
	}
	if err := w.Check(name); err != nil {
		return "", record.Errorf(record.Invalid, op, "%s", err)
	}
	var a *record.Account
	var i *record.Institution
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if a, err = tx.Account(ctx, actor.Account); err != nil {
			return err
		}
		if i, err = tx.Institution(ctx, actor.Institution); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, i, "wording.tested", "wording/"+name+"/"+lang, "", nil)
	})
	if err != nil {
		return "", record.Wrap(op, err)
	}
	letter := exampleLetter(i, name, lang, &w)
	letter.ID, letter.To = record.NewID(), a.Email
	m, err := d.Letters.Write(letter)
	if err != nil {
		return "", record.Wrap(op, err)
	}
	if err := d.Mail.Send(ctx, m); err != nil {
		said := errors.Unwrap(err)
		if said == nil {
			said = err
		}
		return "", &record.Error{Kind: record.Unavailable, Op: op, Message: "the mail server did not take it: " + clipReason(said.Error()), Err: err}
	}
	return a.Email, nil
}
