package learner

import (
	"context"
	"slices"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Thread is an inquiry with what was written.
type Thread struct {
	record.Inquiry
	Learner  string // name, for the office
	Messages []record.InquiryMessage
}

const (
	maxInquiryText = 4000
	maxInquiries   = 100 // of one learner, open
	answerMonths   = 1   // GDPR, Article 12(3)
	inquiriesShown = 200
)

// Ask asks the office about a line of the actor's record.
func (d *Desk) Ask(ctx context.Context, actor record.Actor, about string, kind record.InquiryKind, text string) (record.InquiryID, error) {
	const op = "learner.Ask"
	text = tidy(text)
	if text == "" || longer(text, maxInquiryText) {
		return "", record.Errorf(record.Invalid, op, "say what is wrong and how it should be, in at most %d characters", maxInquiryText)
	}
	if !slices.Contains(record.InquiryKinds, kind) {
		return "", record.Errorf(record.Invalid, op, "choose what you ask for")
	}
	id := record.InquiryID(record.NewID())
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		c, err := tx.CurrentCredential(ctx, about)
		if record.KindOf(err) == record.NotFound || err == nil && c.Learner != l.ID {
			return record.Errorf(record.NotFound, op, "this is not in your record; look at your record again")
		}
		if err != nil {
			return err
		}
		have, err := tx.InquiriesOf(ctx, l.ID)
		if err != nil {
			return err
		}
		open := 0
		for _, q := range have {
			if q.State != record.InquiryClosed {
				open++
			}
		}
		if open >= maxInquiries {
			return record.Errorf(record.TooLarge, op, "there are already %d open requests; wait for an answer", open)
		}
		now := d.now()
		q := &record.Inquiry{ID: id, Institution: l.Institution, Learner: l.ID, About: c.URI, Name: c.Name, Kind: kind, State: record.InquiryOpen, CreatedAt: now, UpdatedAt: now, DueAt: now.AddDate(0, answerMonths, 0)}
		if err := tx.AddInquiry(ctx, q); err != nil {
			return err
		}
		if err := tx.AddInquiryMessage(ctx, &record.InquiryMessage{Inquiry: id, Author: l.Name.Display, Text: text, At: now}); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "inquiry.asked", "inquiry/"+string(id))
	})
	return id, record.Wrap(op, err)
}

// Inquiries lists what the actor asked, newest first, each with its thread.
func (d *Desk) Inquiries(ctx context.Context, actor record.Actor) ([]Thread, error) {
	const op = "learner.Inquiries"
	var out []Thread
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		list, err := tx.InquiriesOf(ctx, l.ID)
		if err != nil {
			return err
		}
		out, err = threads(ctx, tx, list)
		return err
	})
	return out, record.Wrap(op, err)
}

func threads(ctx context.Context, tx *store.Tx, list []*record.Inquiry) ([]Thread, error) {
	var out []Thread
	for _, q := range list {
		t := Thread{Inquiry: *q}
		l, err := tx.Learner(ctx, q.Learner)
		if err != nil {
			return nil, err
		}
		t.Learner = l.Name.Display
		if t.Messages, err = tx.InquiryMessages(ctx, q.ID); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Queue lists what waits for the office in a state, the longest waiting first. It is the office's side of the same desk.
func (d *Desk) Queue(ctx context.Context, actor record.Actor, state record.InquiryState) ([]Thread, error) {
	const op = "learner.Queue"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar, record.RoleApprover); err != nil {
		return nil, err
	}
	var out []Thread
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		list, err := tx.Inquiries(ctx, actor.Institution, state, inquiriesShown)
		if err != nil {
			return err
		}
		out, err = threads(ctx, tx, list)
		return err
	})
	return out, record.Wrap(op, err)
}

// Reply adds to a thread: the learner's own, or as the office. Closing needs no text. The version is that of the inquiry
// as it was read.
func (d *Desk) Reply(ctx context.Context, actor record.Actor, id record.InquiryID, version int64, text string, closing bool) error {
	const op = "learner.Reply"
	text = tidy(text)
	if text == "" && !closing || longer(text, maxInquiryText) {
		return record.Errorf(record.Invalid, op, "write an answer of at most %d characters", maxInquiryText)
	}
	var notice *Notice
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		q, err := tx.Inquiry(ctx, actor.Institution, id)
		if err != nil {
			return err
		}
		office := actor.Require(op, q.Institution, record.RoleRegistrar, record.RoleApprover) == nil
		if !office {
			if err := actor.RequireSelf(op, q.Learner); err != nil {
				return err
			}
		}
		q.State, q.UpdatedAt, q.Version = record.InquiryOpen, d.now(), version
		if office {
			q.State = record.InquiryAnswered
		}
		if closing {
			q.State = record.InquiryClosed
		}
		if err := tx.MoveInquiry(ctx, q); err != nil {
			return changedElsewhere(op, err)
		}
		if text != "" {
			if err := tx.AddInquiryMessage(ctx, &record.InquiryMessage{Inquiry: id, Office: office, Author: actor.Name, Text: text, At: d.now()}); err != nil {
				return err
			}
		}
		if office {
			notice = &Notice{Kind: "answered", Learner: q.Learner, ID: "inquiry-" + string(id) + "-" + q.UpdatedAt.Format("20060102150405"), Path: "/my/requests"}
		}
		return tx.Append(ctx, &record.Event{Institution: q.Institution, At: d.now(), Actor: actor.ID(), Action: "inquiry." + string(q.State), Object: "inquiry/" + string(id), Learner: q.Learner})
	})
	if err != nil || notice == nil || d.Notify == nil {
		return record.Wrap(op, err)
	}
	return record.Wrap(op, d.Notify(ctx, *notice))
}
