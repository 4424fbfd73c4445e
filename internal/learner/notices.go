package learner

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// post writes a letter and hands it to whoever delivers. A link stands in it that is kept nowhere, so it cannot wait in the
// queue: when it cannot be delivered now, the person is told and asks again.
func (d *Desk) post(ctx context.Context, op string, l *mail.Letter) error {
	if d.Mail == nil || d.Letters == nil {
		return record.Errorf(record.Unavailable, op, "no mail can be sent from here; ask the operator to set a mail server")
	}
	m, err := d.Letters.Write(l)
	if err != nil {
		return record.Wrap(op, err)
	}
	if err := d.Mail.Send(ctx, m); err != nil {
		return &record.Error{Kind: record.Unavailable, Op: op, Message: "the mail could not be sent just now; try again in a moment", Err: err}
	}
	return nil
}

// Notice is a mail to be sent about a learner's record: which kind, to whom. It carries nothing else.
type Notice struct {
	Kind    record.NoticeKind `json:"kind"`
	Learner record.LearnerID  `json:"learner"`
	ID      string            `json:"id"` // of the mail: the same at every attempt
	Path    string            `json:"path,omitempty"`
}

// SendNotice writes and sends a notice, unless the learner turned its kind off, has no address, or is gone.
func (d *Desk) SendNotice(ctx context.Context, n Notice) error {
	const op = "learner.SendNotice"
	var letter *mail.Letter
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, n.Learner)
		if record.KindOf(err) == record.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		off, err := tx.NoticesOff(ctx, l.ID)
		if err != nil {
			return err
		}
		to, err := reached(ctx, tx, l)
		if err != nil {
			return err
		}
		if to == "" || slices.Contains(off, switchOf(n.Kind)) {
			return nil
		}
		if n.Kind == "issued" { // who cannot sign in yet hears of it when the office delivers the record, with a way in
			_, err := tx.LearnersAccount(ctx, l.ID)
			if record.KindOf(err) == record.NotFound {
				return nil
			}
			if err != nil {
				return err
			}
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		path := "/my"
		if n.Path != "" {
			path = n.Path
		}
		letter = &mail.Letter{ID: n.ID, Name: "mail." + string(n.Kind), To: to, Language: l.Language, House: i.Name, Link: i.Root() + path, Off: i.Root() + "/my/notices",
			Args: map[string]string{"Name": l.Name.Display, "Days": "30"}}
		return nil
	})
	if err != nil || letter == nil {
		return record.Wrap(op, err)
	}
	return d.post(ctx, op, letter)
}

// reached is where a learner reads mail: the address by which they sign in, or else the one that the institution has.
func reached(ctx context.Context, tx *store.Tx, l *record.Learner) (string, error) {
	a, err := tx.LearnersAccount(ctx, l.ID)
	if record.KindOf(err) == record.NotFound || err == nil && a.Disabled {
		return l.Email, nil
	}
	if err != nil {
		return "", err
	}
	return a.Email, nil
}

// Notices reads which mails the actor gets.
func (d *Desk) Notices(ctx context.Context, actor record.Actor) (off []record.NoticeKind, email string, err error) {
	const op = "learner.Notices"
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if email, err = reached(ctx, tx, l); err != nil {
			return err
		}
		off, err = tx.NoticesOff(ctx, l.ID)
		return err
	})
	return off, email, record.Wrap(op, err)
}

// SetNotices says which mails the actor does not want.
func (d *Desk) SetNotices(ctx context.Context, actor record.Actor, off []record.NoticeKind) error {
	const op = "learner.SetNotices"
	for _, k := range off {
		if !slices.Contains(record.NoticeKinds, k) {
			return record.Errorf(record.Invalid, op, "there is no mail of the kind %q", string(k))
		}
	}
	slices.Sort(off)
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		if err := tx.SetNotices(ctx, actor.Learner, slices.Compact(off)); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "notices.changed", "learner/"+string(actor.Learner))
	})
	return record.Wrap(op, err)
}

const consentLife = 90 * 24 * time.Hour // how long the guardian's link can be answered, and the answer be changed by it

// allowed reports whether a minor's guardian allows sharing: the newest answer counts.
func allowed(ctx context.Context, tx *store.Tx, l *record.Learner) (bool, error) {
	all, err := tx.ConsentsOf(ctx, l.ID)
	return len(all) > 0 && all[0].Answer == record.ConsentAllowed, err
}

// AskGuardian mails the guardian, whose address the office gave, a link at which sharing is allowed or refused.
func (d *Desk) AskGuardian(ctx context.Context, actor record.Actor) error {
	const op = "learner.AskGuardian"
	token := rand.Text()
	var letter *mail.Letter
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		to, err := tx.Guardian(ctx, l.ID)
		if err != nil && record.KindOf(err) != record.NotFound {
			return err
		}
		if !l.Guardian || to == "" {
			return record.Errorf(record.Invalid, op, "the office has no address of a guardian for this record; ask it to add one")
		}
		if _, err := mail.Address(to); err != nil {
			return record.Errorf(record.Invalid, op, "the guardian's address in your record is not a mail address; ask the office to correct it")
		}
		all, err := tx.ConsentsOf(ctx, l.ID)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.Answer == record.ConsentAsked && d.now().Sub(c.AskedAt) < 24*time.Hour {
				return record.Errorf(record.Conflict, op, "your guardian was asked within the last day; wait for the answer")
			}
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		c := &record.Consent{ID: record.NewID(), Learner: l.ID, Email: to, TokenHash: record.Sum([]byte(token)), Answer: record.ConsentAsked, AskedAt: d.now(), ExpiresAt: d.now().Add(consentLife)}
		if err := tx.AddConsent(ctx, c); err != nil {
			return err
		}
		letter = &mail.Letter{ID: c.ID, Name: "mail.guardian", To: to, Language: l.Language, House: i.Name, Link: i.Root() + "/guardian/" + token, Args: map[string]string{"Name": l.Name.Display}}
		return d.private(ctx, tx, actor, "guardian.asked", "learner/"+string(l.ID))
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	return d.post(ctx, op, letter)
}

// GuardianAsked is what a guardian sees.
type GuardianAsked struct {
	record.Consent
	Learner, House string
	Open           int // share links that are open
}

// GuardianAsked reads the question behind a guardian's link.
func (d *Desk) GuardianAsked(ctx context.Context, token string) (*GuardianAsked, error) {
	const op = "learner.GuardianAsked"
	var out *GuardianAsked
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		c, err := tx.ConsentByToken(ctx, record.Sum([]byte(token)))
		if record.KindOf(err) == record.NotFound || err == nil && !c.ExpiresAt.After(d.now()) {
			return record.Errorf(record.Gone, op, "this link is not open: it has ended, or it never was")
		}
		if err != nil {
			return err
		}
		l, err := tx.Learner(ctx, c.Learner)
		if err != nil {
			return err
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		out = &GuardianAsked{Consent: *c, Learner: l.Name.Display, House: i.Name}
		out.Open, err = openShares(ctx, tx, l.ID, d.now())
		return err
	})
	return out, record.Wrap(op, err)
}

// GuardianAnswers keeps a guardian's answer. A refusal ends every share link of the minor at once.
func (d *Desk) GuardianAnswers(ctx context.Context, token string, allow bool) error {
	const op = "learner.GuardianAnswers"
	asked, err := d.GuardianAsked(ctx, token)
	if err != nil {
		return err
	}
	c := asked.Consent
	c.Answer, c.Answered = record.ConsentRefused, d.now()
	if allow {
		c.Answer = record.ConsentAllowed
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, c.Learner)
		if err != nil {
			return err
		}
		if err := tx.AnswerConsent(ctx, &c); err != nil {
			return err
		}
		if !allow {
			shares, err := tx.SharesOfLearner(ctx, l.ID)
			if err != nil {
				return err
			}
			for _, s := range shares {
				if err := tx.RevokeShare(ctx, s.ID, d.now()); err != nil {
					return err
				}
			}
		}
		return tx.Append(ctx, &record.Event{Institution: l.Institution, At: d.now(), Actor: "guardian", Action: "guardian." + string(c.Answer), Object: "learner/" + string(l.ID), Learner: l.ID})
	})
	return record.Wrap(op, err)
}
