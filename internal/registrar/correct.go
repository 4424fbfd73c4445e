package registrar

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// MaxStatus bounds the awards whose status changes at once: what a person can look over, and one transaction writes in a
// moment.
const MaxStatus = 500

// StatusAct is a change of status that may be done to several awards for one reason.
type StatusAct string

// The acts.
const (
	ActRevoke    StatusAct = "revoke"
	ActSuspend   StatusAct = "suspend"
	ActReinstate StatusAct = "reinstate"
)

// ChangeStatus does one act to several awards for one reason: to all of them or to none.
func (d *Desk) ChangeStatus(ctx context.Context, actor record.Actor, act StatusAct, ids []record.AwardID, reason string) error {
	const op = "registrar.ChangeStatus"
	switch act {
	case ActRevoke:
		return d.revoke(ctx, actor, ids, reason)
	case ActSuspend:
		return d.suspend(ctx, actor, ids, reason)
	case ActReinstate:
		return d.reinstate(ctx, actor, ids, reason)
	}
	return record.Errorf(record.Invalid, op, "choose to revoke, to suspend or to lift a suspension")
}

// statusChange does one act to one award and says how the audit calls it.
type statusChange func(context.Context, *store.Tx, *record.Institution, *record.Award, *record.Credential, *record.StatusEntry) (string, error)

// setStatus changes the status of issued awards' credentials and publishes their lists, in one transaction.
func (d *Desk) setStatus(ctx context.Context, actor record.Actor, op string, ids []record.AwardID, reason string, change statusChange) error {
	if strings.TrimSpace(reason) == "" || len(reason) > maxReason {
		return record.Errorf(record.Invalid, op, "a reason is needed, of at most %d characters; the learner will read it", maxReason)
	}
	if len(ids) == 0 || len(ids) > MaxStatus {
		return record.Errorf(record.Invalid, op, "choose at least one award and at most %d", MaxStatus)
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		lists, i := map[record.StatusListID]bool{}, (*record.Institution)(nil)
		for _, id := range ids {
			var err error
			if i, err = d.setOneStatus(ctx, tx, actor, op, id, reason, change, lists); err != nil {
				if len(ids) > 1 {
					return d.nameAward(ctx, tx, op, id, err)
				}
				return err
			}
		}
		for _, id := range slices.Sorted(keysIn(lists)) {
			if err := d.publishStatus(ctx, tx, i, id); err != nil {
				return err
			}
		}
		d.at("status.published")
		return nil
	})
	if err == nil {
		d.log().Info("status changed", "awards", len(ids), "act", op)
	}
	return record.Wrap(op, err)
}

// nameAward says of which of several awards a refusal speaks, and that the others stay as they were.
func (d *Desk) nameAward(ctx context.Context, tx *store.Tx, op string, id record.AwardID, why error) error {
	if k := record.KindOf(why); k != record.Conflict && k != record.Invalid {
		return why // of what somebody may not see, not even the name
	}
	a, err := tx.Award(ctx, id)
	if err != nil {
		return err
	}
	l, err := tx.Learner(ctx, a.Learner)
	if err != nil {
		return err
	}
	about, err := tx.Achievement(ctx, a.Achievement)
	if err != nil {
		return err
	}
	return &record.Error{Kind: record.KindOf(why), Op: op, Err: why,
		Message: "“" + about.Name + "” of " + l.Name.Display + ": " + record.MessageOf(why) + ". Nothing was changed; take it out of the choice and try again"}
}

func keysIn(m map[record.StatusListID]bool) func(func(record.StatusListID) bool) {
	return func(yield func(record.StatusListID) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (d *Desk) setOneStatus(ctx context.Context, tx *store.Tx, actor record.Actor, op string, id record.AwardID, reason string, change statusChange, lists map[record.StatusListID]bool) (*record.Institution, error) {
	a, err := tx.Award(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := actor.Require(op, a.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	if a.State != record.AwardIssued {
		return nil, record.Errorf(record.Conflict, op, "this award is %s; only what is issued and in force can change its status", a.State)
	}
	if err := tx.LockLearner(ctx, a.Learner); err != nil {
		return nil, err
	}
	i, err := tx.Institution(ctx, a.Institution)
	if err != nil {
		return nil, err
	}
	c, err := tx.CurrentCredential(ctx, a.CredentialID)
	if err != nil {
		return nil, err
	}
	e, err := tx.StatusOf(ctx, c.URI, c.Revision)
	if err != nil {
		return nil, err
	}
	action, err := change(ctx, tx, i, a, c, e)
	if err != nil {
		return nil, err
	}
	e.Reason, e.ChangedAt = reason, d.now()
	if err := tx.SetStatus(ctx, e); err != nil {
		return nil, err
	}
	lists[e.List] = true
	return i, d.event(ctx, tx, actor, i, action, "award/"+string(a.ID), a.Learner, map[string]string{"reason": reason, "uri": c.URI})
}

// reach says how far a credential went: whoever has it hears of a change when they look at the list again.
func (d *Desk) reach(ctx context.Context, tx *store.Tx, i *record.Institution, c *record.Credential, out *Effect) error {
	shares, err := tx.OpenSharesWith(ctx, c.Learner, i.RecordURL(c.PathID), d.now())
	if err != nil {
		return err
	}
	hosts, copies, err := tx.Reach(ctx, c)
	out.Shares, out.Hosts, out.Copies = int(shares), int(hosts), int(copies)
	return err
}

// EffectOfAll says what changing the status of several awards would do, summed up.
func (d *Desk) EffectOfAll(ctx context.Context, actor record.Actor, ids []record.AwardID) (*Effect, []AwardView, error) {
	const op = "registrar.EffectOfAll"
	if len(ids) == 0 || len(ids) > MaxStatus {
		return nil, nil, record.Errorf(record.Invalid, op, "choose at least one award and at most %d", MaxStatus)
	}
	sum, views := &Effect{}, []AwardView{}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		e, err := d.Effect(ctx, actor, id)
		if err != nil {
			return nil, nil, record.Wrap(op, err)
		}
		views = append(views, e.Award)
		sum.Credentials, sum.Shares = sum.Credentials+e.Credentials, sum.Shares+e.Shares
		sum.Hosts, sum.Copies = sum.Hosts+e.Hosts, sum.Copies+e.Copies
	}
	return sum, views, nil
}

// Version is one signed version of an award's credential, and in what it differs from the one before.
type Version struct {
	Revision  int64
	State     record.CredentialState
	ValidFrom time.Time
	Reason    string // why it is in force no more, or is suspended
	Changes   []Change
}

// Happening is one line of an award's history.
type Happening struct {
	At     time.Time
	Action string
	By     string
	Reason string
}

// History is everything that happened to an award since it was entered, corrections and their drafts included.
type History struct {
	Versions   []Version   // newest first
	Happenings []Happening // oldest first
}

// History reads the history of an award.
func (d *Desk) History(ctx context.Context, actor record.Actor, id record.AwardID) (*History, error) {
	const op = "registrar.History"
	out := &History{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		a, err := tx.Award(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, a.Institution, staff...); err != nil {
			return err
		}
		if out.Versions, err = versions(ctx, tx, a.CredentialID); err != nil {
			return err
		}
		events, err := tx.EventsOfCredential(ctx, a.Institution, a.CredentialID)
		if err != nil {
			return err
		}
		v, err := d.viewer(ctx, tx, actor)
		if err != nil {
			return err
		}
		for _, e := range events {
			by := ""
			if e.Actor != "system" {
				if by, err = v.account(ctx, record.AccountID(e.Actor)); err != nil {
					return err
				}
			}
			out.Happenings = append(out.Happenings, Happening{At: e.At, Action: e.Action, By: by, Reason: e.Detail["reason"]})
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

func versions(ctx context.Context, tx *store.Tx, pathID string) ([]Version, error) {
	all, err := tx.CredentialVersions(ctx, pathID)
	if err != nil {
		return nil, err
	}
	out := make([]Version, len(all))
	var before *record.Award
	for n := len(all) - 1; n >= 0; n-- { // oldest first, to compare
		c := all[n]
		out[n] = Version{Revision: c.Revision, State: c.State, ValidFrom: c.ValidFrom}
		e, err := optional(tx.StatusOf(ctx, c.URI, c.Revision))
		if err != nil {
			return nil, err
		}
		if e != nil && (e.Revoked || e.Suspended) {
			out[n].Reason = e.Reason
		}
		a, err := tx.Award(ctx, c.Award)
		if err != nil {
			return nil, err
		}
		if before != nil {
			out[n].Changes = compare(&before.Detail, &a.Detail)
		}
		before = a
	}
	return out, nil
}
