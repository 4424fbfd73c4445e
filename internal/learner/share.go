package learner

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	maxItems     = 1000 // of one share: a whole record, item by item
	maxLabel     = 200  // characters, as are the other lengths
	maxNote      = 2000 // an introduction is a page, not a book
	minPasscode  = 4
	maxPasscode  = 100
	maxOpen      = 200                       // open shares of one learner: a list that can still be looked after
	maxShareLife = 10 * 365 * 24 * time.Hour // longer is "until revoked"
	openingsKept = 50                        // shown with a share; all of them are counted
)

// Share copies the chosen documents behind an unguessable link. What is shared later changes with nothing: a correction
// of the record is a new share, and the old one says that its document was replaced.
func (d *Desk) Share(ctx context.Context, actor record.Actor, req ShareRequest) (*NewShare, error) {
	const op = "learner.Share"
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return nil, err
	}
	if err := d.checkShare(op, &req); err != nil {
		return nil, err
	}
	out := &NewShare{Token: rand.Text(), Share: record.Share{
		ID: record.ShareID(record.NewID()), Institution: actor.Institution, Learner: actor.Learner, Label: req.Label, Audience: req.Audience, Note: req.Note,
		Whole: req.Whole, AllowDownload: req.AllowDownload, ExpiresAt: record.Time(req.ExpiresAt), CreatedAt: d.now(),
	}}
	if req.ExpiresAt.IsZero() {
		out.ExpiresAt = time.Time{}
	}
	out.TokenHash = record.Sum([]byte(out.Token))
	if req.Passcode != "" {
		var err error
		if out.PasscodeHash, err = account.HashPassword(ctx, req.Passcode); err != nil {
			return nil, err
		}
	}
	judged, err := d.judge(ctx, op, actor, &req)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	pen, err := d.penFor(ctx, op, actor, &req)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if err := d.mayShare(ctx, tx, op, l); err != nil {
			return err
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		out.URL = i.Root() + "/shares/" + out.Token
		chosen, err := d.choose(ctx, tx, op, l, &req, judged)
		if err != nil {
			return err
		}
		signed, err := pen.present(op, &out.Share, i.Root(), chosen, judged)
		if err != nil {
			return err
		}
		return d.keep(ctx, tx, actor, &out.Share, chosen, signed)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return out, nil
}

// mayShare refuses whoever may make no link now.
func (d *Desk) mayShare(ctx context.Context, tx *store.Tx, op string, l *record.Learner) error {
	if err := released(ctx, tx, op, l.ID); err != nil {
		return err
	}
	if l.Guardian {
		may, err := allowed(ctx, tx, l)
		if err != nil {
			return err
		}
		if !may {
			return record.Errorf(record.Forbidden, op, "sharing is off for this record until the guardian allows it; ask your institution")
		}
	}
	open, err := openShares(ctx, tx, l.ID, d.now())
	if err == nil && open >= maxOpen {
		return record.Errorf(record.TooLarge, op, "there are already %d open links; end one that is no longer needed", open)
	}
	return err
}

func (d *Desk) checkShare(op string, req *ShareRequest) error {
	req.Label, req.Audience, req.Note = tidy(req.Label), tidy(req.Audience), tidy(req.Note)
	switch {
	case !req.Whole && len(req.Items) == 0:
		return record.Errorf(record.Invalid, op, "choose at least one item, or the whole record")
	case len(req.Items) > maxItems:
		return record.Errorf(record.TooLarge, op, "at most %d items can be shared at once; share the whole record instead", maxItems)
	case longer(req.Label, maxLabel) || longer(req.Audience, maxLabel):
		return record.Errorf(record.Invalid, op, "the label and the name of the reader have at most %d characters", maxLabel)
	case longer(req.Note, maxNote):
		return record.Errorf(record.Invalid, op, "the introduction has at most %d characters", maxNote)
	case req.Passcode != "" && (!longer(req.Passcode, minPasscode-1) || longer(req.Passcode, maxPasscode)):
		return record.Errorf(record.Invalid, op, "a passcode has from %d to %d characters", minPasscode, maxPasscode)
	case !req.ExpiresAt.IsZero() && !req.ExpiresAt.After(d.now()):
		return record.Errorf(record.Invalid, op, "the end of the share is in the past")
	case !req.ExpiresAt.IsZero() && req.ExpiresAt.After(d.now().Add(maxShareLife)):
		return record.Errorf(record.Invalid, op, "the end of the share is more than ten years away; choose “until I stop it”")
	}
	return nil
}

func (d *Desk) keep(ctx context.Context, tx *store.Tx, actor record.Actor, s *record.Share, chosen []*record.ShareItem, signed *record.Presentation) error {
	if err := tx.AddShare(ctx, s); err != nil {
		return err
	}
	for _, item := range chosen {
		if err := tx.AddShareItem(ctx, s.ID, item); err != nil {
			return err
		}
	}
	if signed != nil {
		if err := tx.AddPresentation(ctx, signed); err != nil {
			return err
		}
	}
	if err := tx.AddReceipt(ctx, receiptOf(s, chosen, signed)); err != nil {
		return err
	}
	return d.event(ctx, tx, actor, "share.made", s.ID)
}

// event writes an audit event. It does not say for whom a share is: staff read the audit, and that is not theirs to
// know.
func (d *Desk) event(ctx context.Context, tx *store.Tx, actor record.Actor, action string, share record.ShareID) error {
	return tx.Append(ctx, &record.Event{Institution: actor.Institution, At: d.now(), Actor: actor.ID(), Action: action, Object: "share/" + string(share), Learner: actor.Learner})
}

// Shares lists the actor's shares, newest first, each with its latest looks.
func (d *Desk) Shares(ctx context.Context, actor record.Actor) ([]ShareView, error) {
	const op = "learner.Shares"
	var out []ShareView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		shares, err := tx.SharesOfLearner(ctx, l.ID)
		if err != nil {
			return err
		}
		for _, s := range shares {
			v, err := d.view(ctx, tx, s, 0)
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// RevokeShare ends a share and deletes its bytes, at once and for good. Ending it twice is no error.
func (d *Desk) RevokeShare(ctx context.Context, actor record.Actor, id record.ShareID) error {
	const op = "learner.RevokeShare"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := d.own(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		if !s.RevokedAt.IsZero() {
			return nil
		}
		if err := tx.RevokeShare(ctx, id, d.now()); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, "share.revoked", id)
	})
	return record.Wrap(op, err)
}

func (d *Desk) own(ctx context.Context, tx *store.Tx, op string, actor record.Actor, id record.ShareID) (*record.Share, error) {
	if _, err := self(ctx, tx, op, actor); err != nil {
		return nil, err
	}
	s, err := tx.Share(ctx, id)
	if err != nil {
		return nil, err
	}
	return s, actor.RequireSelf(op, s.Learner)
}
