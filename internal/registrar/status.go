package registrar

import (
	"context"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/statuslist"
)

// statusTTL is how long a verifier may keep a list: short enough that a revocation is seen soon.
const statusTTL = 5 * time.Minute

// publishStatus signs a list as it stands in this transaction and publishes it with it: who sees the change sees the
// list.
func (d *Desk) publishStatus(ctx context.Context, tx *store.Tx, i *record.Institution, id record.StatusListID) error {
	if err := tx.LockStatusList(ctx, id); err != nil {
		return err
	}
	l, err := tx.StatusList(ctx, id)
	if err != nil {
		return err
	}
	entries, err := tx.SetEntries(ctx, id)
	if err != nil {
		return err
	}
	bits := statuslist.NewBits(int(l.Size), 1)
	for _, e := range entries {
		if err := statuslist.SetBit(bits, uint64(e.Index), 1, 1); err != nil {
			return err
		}
	}
	pen, _, err := d.penInForce(ctx, tx, i)
	if err != nil {
		return err
	}
	now := d.now().Truncate(time.Second)
	url := i.StatusURL(id)
	unsigned, err := statuslist.Build(&statuslist.Draft{
		ID: url, Issuer: i.DID, Purposes: []string{statuslist.PurposeRevocation}, Bits: bits, TTL: statusTTL, ValidFrom: now})
	if err != nil {
		return err
	}
	b, err := pen.whole().secure(ctx, unsigned, now)
	if err != nil {
		return err
	}
	return d.publish(ctx, tx, i, url, "application/vc", b)
}

// Effect says what revoking, suspending or correcting an award would do.
func (d *Desk) Effect(ctx context.Context, actor record.Actor, id record.AwardID) (*Effect, error) {
	const op = "registrar.Effect"
	a, err := d.Award(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	out := &Effect{Award: *a}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, a.Institution)
		if err != nil {
			return err
		}
		c, err := optional(tx.CurrentCredential(ctx, a.CredentialID))
		if err != nil {
			return err
		}
		if c == nil || c.Award != a.ID {
			return nil
		}
		out.Credentials = 1
		return d.reach(ctx, tx, i, c, out)
	})
	return out, record.Wrap(op, err)
}

// Revoke withdraws an issued award for good. The list that says so is published in the same moment; the learner's
// record without the award follows as a run.
func (d *Desk) Revoke(ctx context.Context, actor record.Actor, id record.AwardID, reason string) error {
	return d.revoke(ctx, actor, []record.AwardID{id}, reason)
}

func (d *Desk) revoke(ctx context.Context, actor record.Actor, ids []record.AwardID, reason string) error {
	const op = "registrar.Revoke"
	return d.setStatus(ctx, actor, op, ids, reason, func(ctx context.Context, tx *store.Tx, i *record.Institution, a *record.Award, c *record.Credential, e *record.StatusEntry) (string, error) {
		e.Revoked = true
		a.State, a.Reason, a.UpdatedAt = record.AwardRevoked, reason, d.now()
		if err := tx.MoveAward(ctx, a, record.AwardIssued); err != nil {
			return "", err
		}
		if err := tx.MoveCredential(ctx, c.ID, record.CredentialRevoked); err != nil {
			return "", err
		}
		if waiting, err := optional(tx.WaitingAward(ctx, a.Institution, a.SourceKey)); err != nil {
			return "", err
		} else if waiting != nil { // a correction of what is no more
			from := waiting.State
			waiting.State, waiting.Reason, waiting.UpdatedAt = record.AwardWithdrawn, "the award was revoked", d.now()
			if err := tx.MoveAward(ctx, waiting, from); err != nil {
				return "", err
			}
		}
		return "award.revoked", d.refresh(ctx, tx, actor, i, a.Learner)
	})
}

// refresh queues a learner's record to be signed anew, unless it waits in a run already.
func (d *Desk) refresh(ctx context.Context, tx *store.Tx, actor record.Actor, i *record.Institution, learner record.LearnerID) error {
	waits, err := tx.WaitsInRun(ctx, learner)
	if err != nil || waits {
		return err
	}
	_, err = d.addRun(ctx, tx, actor, i, []record.LearnerID{learner})
	return err
}

// Suspend marks an issued award as not to be relied on for now. Reinstate lifts it.
func (d *Desk) Suspend(ctx context.Context, actor record.Actor, id record.AwardID, reason string) error {
	return d.suspend(ctx, actor, []record.AwardID{id}, reason)
}

func (d *Desk) suspend(ctx context.Context, actor record.Actor, ids []record.AwardID, reason string) error {
	const op = "registrar.Suspend"
	return d.setStatus(ctx, actor, op, ids, reason, func(ctx context.Context, tx *store.Tx, _ *record.Institution, _ *record.Award, c *record.Credential, e *record.StatusEntry) (string, error) {
		if e.Suspended {
			return "", record.Errorf(record.Conflict, op, "this award is already suspended")
		}
		e.Suspended = true
		return "award.suspended", tx.MoveCredential(ctx, c.ID, record.CredentialSuspended)
	})
}

// Reinstate lifts a suspension.
func (d *Desk) Reinstate(ctx context.Context, actor record.Actor, id record.AwardID, reason string) error {
	return d.reinstate(ctx, actor, []record.AwardID{id}, reason)
}

func (d *Desk) reinstate(ctx context.Context, actor record.Actor, ids []record.AwardID, reason string) error {
	const op = "registrar.Reinstate"
	return d.setStatus(ctx, actor, op, ids, reason, func(ctx context.Context, tx *store.Tx, _ *record.Institution, _ *record.Award, c *record.Credential, e *record.StatusEntry) (string, error) {
		if !e.Suspended {
			return "", record.Errorf(record.Conflict, op, "this award is not suspended")
		}
		e.Suspended = false
		return "award.reinstated", tx.MoveCredential(ctx, c.ID, record.CredentialCurrent)
	})
}

// maxReason bounds a reason: a sentence or two.
const maxReason = 2000

// Correct drafts a correction of an issued award: once approved and issued it takes the place of the old one, under the
// same id with a later validFrom.
func (d *Desk) Correct(ctx context.Context, actor record.Actor, id record.AwardID, detail record.AwardDetail, reason string) (*AwardView, error) {
	const op = "registrar.Correct"
	if strings.TrimSpace(reason) == "" || len(reason) > maxReason {
		return nil, record.Errorf(record.Invalid, op, "a reason is needed, of at most %d characters; the learner will read it", maxReason)
	}
	if err := checkDetail(op, &detail); err != nil {
		return nil, err
	}
	var fresh record.Award
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := tx.Award(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, a.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if a.State != record.AwardIssued {
			return record.Errorf(record.Conflict, op, "this award is %s; only what is issued and in force can be corrected", a.State)
		}
		newest, err := tx.LatestAward(ctx, a.Institution, a.SourceKey)
		if err != nil {
			return err
		}
		if newest.State == record.AwardDraft || newest.State == record.AwardApproved {
			return record.Errorf(record.Conflict, op, "a correction of this award already waits; change or drop that one")
		}
		now := d.now()
		fresh = *a
		fresh.ID, fresh.Revision, fresh.State, fresh.Detail = record.AwardID(record.NewOrderedID()), newest.Revision+1, record.AwardDraft, detail
		// Hash stays what the source said last: the correction holds until the source itself says something new.
		fresh.Replaces, fresh.Reason, fresh.PreparedBy = a.ID, reason, actor.Account
		fresh.ApprovedBy, fresh.ApprovedAt, fresh.CreatedAt, fresh.UpdatedAt = "", time.Time{}, now, now
		if err := tx.AddAward(ctx, &fresh); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: a.Institution}, "award.correction_drafted", "award/"+string(fresh.ID), a.Learner, map[string]string{"reason": reason, "replaces": string(a.ID)})
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return d.Award(ctx, actor, fresh.ID)
}
