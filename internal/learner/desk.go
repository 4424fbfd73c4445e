package learner

import (
	"context"
	"strings"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// Desk is the learner's desk over one store.
type Desk struct {
	DB *store.DB
	// Fetcher answers for documents that are not ours; nil means that nothing else is fetched.
	Fetcher fetch.Fetcher
	// Copies signs copies of credentials for wallets; nil: none are signed.
	Copies WalletCopies
	// Mail delivers and Letters writes what the desk mails; nil: it mails nothing.
	Mail    mail.Sender
	Letters *mail.Writer
	// Notify queues a notice about a record; nil: none are sent.
	Notify func(context.Context, Notice) error
	// Now tells the time; nil means the clock.
	Now func() time.Time

	// Holder signs for learners who want it; nil: nobody does.
	Holder Holder

	// Witness signs what others confirm of what learners state; nil: it is kept without a signature.
	Witness Witness

	// Outside is what the desk needs to work with other hosts of records; nil: it works with none.
	Outside *Outside

	frames  frames
	reports reports
}

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return record.Time(d.Now())
	}
	return record.Time(time.Now())
}

func (d *Desk) verify(ctx context.Context, b []byte) *verify.Report {
	return verify.Verify(ctx, b, &verify.Options{Fetcher: &store.Published{DB: d.DB, Next: d.Fetcher}, Now: d.now()})
}

// self reads the actor's own learner.
func self(ctx context.Context, tx *store.Tx, op string, actor record.Actor) (*record.Learner, error) {
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return nil, err
	}
	l, err := tx.Learner(ctx, actor.Learner)
	if err != nil {
		return nil, err
	}
	if l.Institution != actor.Institution {
		return nil, record.Errorf(record.NotFound, op, "there is nothing here for you; sign in with the account that may see it")
	}
	return l, nil
}

// MyRecord reads the actor's record and verifies it now. A learner about whom nothing was issued yet gets a record
// without a credential.
func (d *Desk) MyRecord(ctx context.Context, actor record.Actor) (*MyRecord, error) {
	const op = "learner.MyRecord"
	out := &MyRecord{}
	var held []*record.Credential
	var kept []*record.Held
	reasons := map[string]string{}
	state := ""
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		out.Learner, out.Institution = *l, *i
		if held, err = tx.CurrentOfLearner(ctx, l.ID, "AchievementCredential"); err != nil {
			return err
		}
		for _, c := range held {
			if c.State != record.CredentialSuspended {
				continue
			}
			e, err := tx.StatusOf(ctx, c.URI, c.Revision)
			if err != nil {
				return err
			}
			reasons[c.URI] = e.Reason
		}
		if out.Shares, err = openShares(ctx, tx, l.ID, d.now()); err != nil {
			return err
		}
		if kept, err = tx.HeldOfLearner(ctx, l.ID); err != nil {
			return err
		}
		if out.Stated, err = statements(ctx, tx, l); err != nil {
			return err
		}
		if out.Notes, err = tx.Reflections(ctx, l.ID); err != nil {
			return err
		}
		if out.Answers, err = tx.ItemAnswers(ctx, l.ID); err != nil {
			return err
		}
		if out.MayShare = true; l.Guardian {
			if out.MayShare, err = allowed(ctx, tx, l); err != nil {
				return err
			}
		}
		clr, err := tx.CurrentCredential(ctx, l.RecordID)
		if record.KindOf(err) == record.NotFound {
			return nil
		}
		if out.Credential = clr; err == nil {
			state, err = published(ctx, tx, l.Institution)
		}
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	checked := map[string]*verify.Report{}
	if out.Credential != nil {
		out.Report = d.verifyOurs(ctx, out.Credential, state)
		for _, r := range out.Report.Credentials {
			checked[r.ID] = r
		}
	}
	for _, c := range held {
		item := itemOf(c)
		if item.Report = checked[c.URI]; item.Report == nil {
			item.Report = d.verify(ctx, c.Bytes)
		}
		item.Reason = reasons[c.URI]
		out.Items = append(out.Items, item)
	}
	for _, h := range kept {
		rep, person := d.verifyFor(ctx, &out.Learner, h.Bytes)
		k := Kept{Held: *h, Report: rep, Person: person}
		if _, base := outward(h.Bytes); base {
			k.Parts = partsOf(h.Bytes)
		}
		out.Kept = append(out.Kept, k)
	}
	for i := range out.Stated {
		out.Stated[i].Said = d.said(ctx, out.Stated[i].Document)
	}
	return out, nil
}

func openShares(ctx context.Context, tx *store.Tx, id record.LearnerID, now time.Time) (int, error) {
	shares, err := tx.SharesOfLearner(ctx, id)
	if err != nil {
		return 0, err
	}
	open := 0
	for _, s := range shares {
		if s.Refusal(now) == "" {
			open++
		}
	}
	return open, nil
}

// itemOf reads what a list shows of a credential.
func itemOf(c *record.Credential) Item {
	item := Item{Ref: c.PathID, URI: c.URI, Name: c.Name, Kind: c.Kind, ValidUntil: c.ValidUntil, State: c.State, bytes: c.Bytes}
	if c.Suite == selective {
		item.Parts = partsOf(c.Bytes)
	}
	doc, err := ijson.Parse(c.Bytes, nil)
	if err != nil {
		return item // our own bytes; the report says what is wrong with them
	}
	ac := ob.ReadAchievementCredential(doc.Root())
	item.AwardedOn = ac.AwardedDate.Day()
	if a := ac.CredentialSubject.Achievement; a != nil {
		item.Type, item.Code = string(a.AchievementType), a.HumanCode
		item.Result = resultWords(ac.CredentialSubject.Result, a)
	}
	return item
}

func resultWords(results []ob.Result, a *ob.Achievement) string {
	var words []string
	for _, r := range results {
		w := r.Value
		for n := range a.ResultDescription {
			rd := &a.ResultDescription[n]
			if rd.ID != r.ResultDescription {
				continue
			}
			if level, ok := rd.Level(r.AchievedLevel); ok {
				w = level.Name
			}
			if len(results) > 1 && w != "" {
				w = rd.Name + ": " + w
			}
		}
		if w == "" {
			w = string(r.Status)
		}
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " · ")
}

// Fetch reads the newest version of the credential with a path id, for whoever may have it: the learner, staff of the
// institution, or anybody when the institution's records are open. pathID is what follows /records/.
func (d *Desk) Fetch(ctx context.Context, actor record.Actor, pathID string) (*record.Credential, error) {
	const op = "learner.Fetch"
	hidden := record.Errorf(record.NotFound, op, "there is no record at this address, or it is not for you; sign in with the account that may see it")
	var c *record.Credential
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if c, err = tx.NewestCredential(ctx, pathID); err != nil {
			return err
		}
		i, err := tx.Institution(ctx, c.Institution)
		if err != nil {
			return err
		}
		mine := actor.RequireSelf(op, c.Learner) == nil
		staff := actor.Require(op, c.Institution, record.RoleRegistrar, record.RoleApprover) == nil
		if mine || staff {
			return nil
		}
		held, err := tx.OnHold(ctx, c.Learner, record.HoldKinds...)
		if err != nil {
			return err
		}
		if held || !i.Policy.OpenRecords {
			return hidden
		}
		return nil
	})
	if record.KindOf(err) == record.NotFound {
		return nil, hidden
	}
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return c, nil
}
