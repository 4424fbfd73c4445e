package learner

import (
	"context"
	"slices"
	"time"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// ShareOf reads one of the actor's shares, to be changed or looked at, with a page of its openings.
func (d *Desk) ShareOf(ctx context.Context, actor record.Actor, id record.ShareID, skip int) (*ShareView, error) {
	const op = "learner.ShareOf"
	out := &ShareView{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		s, err := d.own(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		*out, err = d.view(ctx, tx, s, max(skip, 0))
		return err
	})
	return out, record.Wrap(op, err)
}

// view is a share as its learner sees it.
func (d *Desk) view(ctx context.Context, tx *store.Tx, s *record.Share, skip int) (v ShareView, err error) {
	v = ShareView{Share: *s, State: "open", HasPasscode: s.PasscodeHash != ""}
	v.TokenHash, v.PasscodeHash = "", ""
	switch s.Refusal(d.now()) {
	case "share.revoked":
		v.State = "revoked"
	case "share.expired":
		v.State = "expired"
	}
	if v.Items, err = tx.ShareItemNames(ctx, s.ID); err != nil {
		return v, err
	}
	v.Openings, err = tx.ShareOpenings(ctx, s.ID, openingsKept, skip)
	return v, err
}

// ChangeShare changes label, audience, introduction, end, passcode, download and the order of the items of an open share,
// of the version that was read. What is shared does not change: that is a new share.
func (d *Desk) ChangeShare(ctx context.Context, actor record.Actor, id record.ShareID, version int64, ch ShareChange) error {
	const op = "learner.ChangeShare"
	req := ShareRequest{Whole: true, Label: ch.Label, Audience: ch.Audience, Note: ch.Note, ExpiresAt: ch.ExpiresAt, Passcode: ch.Passcode}
	if err := d.checkShare(op, &req); err != nil {
		return err
	}
	hash := ""
	if ch.Passcode != "" && !ch.NoPasscode {
		var err error
		if hash, err = account.HashPassword(ctx, ch.Passcode); err != nil {
			return err
		}
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := d.own(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		if !s.RevokedAt.IsZero() {
			return record.Errorf(record.Gone, op, "this link was ended; make a new one")
		}
		if hash != "" || ch.NoPasscode {
			s.PasscodeHash = hash
		}
		s.Label, s.Audience, s.Note, s.AllowDownload, s.Version = req.Label, req.Audience, req.Note, ch.AllowDownload, version
		if s.ExpiresAt = (time.Time{}); !req.ExpiresAt.IsZero() {
			s.ExpiresAt = record.Time(req.ExpiresAt)
		}
		if err := tx.ChangeShare(ctx, s); err != nil {
			return changedElsewhere(op, err)
		}
		if err := reorder(ctx, tx, op, id, ch.Order); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, "share.changed", id)
	})
	return record.Wrap(op, err)
}

// reorder puts a share's items into another order, which must name each of them once.
func reorder(ctx context.Context, tx *store.Tx, op string, id record.ShareID, order []int) error {
	if order == nil {
		return nil
	}
	items, err := tx.ShareItemNames(ctx, id)
	if err != nil {
		return err
	}
	sorted := slices.Sorted(slices.Values(order))
	positions := make([]int, len(items))
	for n := range items {
		positions[n] = items[n].Position
	}
	if !slices.Equal(sorted, positions) { // both ascend
		return record.Errorf(record.Invalid, op, "the order must name each item of the share once")
	}
	if slices.Equal(sorted, order) {
		return nil
	}
	return tx.OrderShareItems(ctx, id, order)
}
