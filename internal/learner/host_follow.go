package learner

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// followAtOnce bounds what one round queues: each is one request to another host.
const followAtOnce = 200

// Follow says that each new record of the actor goes to a host by itself from now on.
func (d *Desk) Follow(ctx context.Context, actor record.Actor, id record.HostID) error {
	return d.setFollow(ctx, "learner.Follow", actor, id, true, "host.followed")
}

// Unfollow takes that back.
func (d *Desk) Unfollow(ctx context.Context, actor record.Actor, id record.HostID) error {
	return d.setFollow(ctx, "learner.Unfollow", actor, id, false, "host.unfollowed")
}

func (d *Desk) setFollow(ctx context.Context, op string, actor record.Actor, id record.HostID, follow bool, action string) error {
	h, err := d.mine(ctx, op, actor, id)
	if err != nil {
		return err
	}
	if follow && !h.State.Connected() {
		return record.Errorf(record.Conflict, op, "this host is at work already, or must be connected again")
	}
	if h.Follow == follow {
		return nil
	}
	h.Follow = follow
	return record.Wrap(op, d.DB.Update(ctx, func(tx *store.Tx) error {
		again := *h
		if err := tx.ChangeHost(ctx, &again); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, action, "host/"+string(h.ID))
	}))
}

// FollowHosts begins to send records that are newer than what hosts have taken, where learners want that. The queue sends
// and retries; each learner's page, and in numbers the desk's, says how it stands.
func (d *Desk) FollowHosts(ctx context.Context) error {
	const op = "learner.FollowHosts"
	if d.Outside == nil {
		return nil
	}
	var behind []*record.Host
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		behind, err = tx.HostsBehind(ctx, followAtOnce)
		return err
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	for _, h := range behind {
		system := record.Actor{Institution: h.Institution, Name: "system", Learner: h.Learner}
		// Who changed the connection first, the learner or another node, has done what was to do.
		if err := d.begin(ctx, op, system, h, record.HostPushing, "host.sent"); err != nil && record.KindOf(err) != record.Conflict {
			return err
		}
	}
	return nil
}
