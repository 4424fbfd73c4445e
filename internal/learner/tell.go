package learner

import (
	"context"
	"fmt"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Learners are told what happened to their records from the audit chain, which every change writes in its own
// transaction: whoever issues, corrects or withdraws need not know that anybody is told, and nothing is told that did not
// happen. A mail names a kind of event and nothing else; what it was stands behind the sign-in.

const (
	tellPage    = 1000           // events or openings that one look reads
	expiryDays  = 30             // how long before the end a learner is told
	tellOpening = 24 * time.Hour // an opening older than this is no news
	expiryAhead = expiryDays * 24 * time.Hour
)

// toldBy is the mail that an event causes.
var toldBy = map[string]record.NoticeKind{
	"award.issued": "issued", "record.assembled": "issued", "award.corrected": "corrected", "award.revoked": "revoked", "record.withdrawn": "revoked",
	"award.suspended": "suspended", "award.reinstated": "restored",
}

// switchOf is the kind by which a mail is turned off: who wants to know of a withdrawal wants to know that it ended.
func switchOf(k record.NoticeKind) record.NoticeKind {
	if k == "suspended" || k == "restored" {
		return "revoked"
	}
	return k
}

// Tell queues the notices about what has happened since it was called last. What happened before it was called for the
// first time is told to nobody. Any number of nodes may call it: a notice's ID is the same on each.
func (d *Desk) Tell(ctx context.Context) error {
	const op = "learner.Tell"
	if d.Notify == nil {
		return nil
	}
	var all []*record.Institution
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Institutions(ctx)
		return err
	})
	for _, i := range all {
		if err == nil {
			err = d.tellEvents(ctx, i.ID)
		}
	}
	if err == nil {
		err = d.tellOpenings(ctx)
	}
	return record.Wrap(op, err)
}

// tellEvents tells what one institution did, each learner once for each kind.
func (d *Desk) tellEvents(ctx context.Context, id record.InstitutionID) error {
	var mark, head int64
	var events []*record.Event
	first := false
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if mark, err = tx.NoticeMark(ctx, id); record.KindOf(err) == record.NotFound {
			first = true
			head, _, err = tx.AuditHead(ctx, id)
			if record.KindOf(err) == record.NotFound {
				err = nil
			}
			return err
		}
		if err != nil {
			return err
		}
		events, err = tx.Events(ctx, id, mark, tellPage)
		return err
	})
	if err != nil || !first && len(events) == 0 {
		return err
	}
	told := map[string]bool{}
	for _, e := range events {
		head = e.Seq
		kind := toldBy[e.Action]
		key := string(kind) + " " + string(e.Learner)
		if kind == "" || e.Learner == "" || told[key] {
			continue
		}
		told[key] = true
		if err := d.Notify(ctx, Notice{Kind: kind, Learner: e.Learner, ID: fmt.Sprintf("%s-%s-%d", kind, id, e.Seq)}); err != nil {
			return err
		}
		if err := d.passOn(ctx, e.Learner); err != nil {
			return err
		}
	}
	return d.DB.Update(ctx, func(tx *store.Tx) error { return tx.MoveNoticeMark(ctx, id, head) })
}

// tellOpenings tells that a share was opened for the first time.
func (d *Desk) tellOpenings(ctx context.Context) error {
	return d.tellAll(ctx, "share-opened", "/my/shares", func(tx *store.Tx) ([]store.ToTell, error) {
		return tx.OpenedUntold(ctx, d.now().Add(-tellOpening), tellPage)
	})
}

// TellExpiring queues the notices about what runs out within thirty days.
func (d *Desk) TellExpiring(ctx context.Context) error {
	const op = "learner.TellExpiring"
	if d.Notify == nil {
		return nil
	}
	return record.Wrap(op, d.tellAll(ctx, "expiring", "", func(tx *store.Tx) ([]store.ToTell, error) {
		return tx.ExpiringUntold(ctx, d.now(), d.now().Add(expiryAhead), tellPage)
	}))
}

// tellAll tells each learner once of all that is found, and keeps that they know.
func (d *Desk) tellAll(ctx context.Context, kind record.NoticeKind, path string, find func(*store.Tx) ([]store.ToTell, error)) error {
	var found []store.ToTell
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		found, err = find(tx)
		return err
	})
	told := map[record.LearnerID]bool{}
	for _, t := range found {
		if err == nil && !told[t.Learner] {
			told[t.Learner] = true
			err = d.Notify(ctx, Notice{Kind: kind, Learner: t.Learner, ID: string(kind) + "-" + record.Sum([]byte(t.About))[:16], Path: path})
		}
	}
	if err != nil || len(found) == 0 {
		return err
	}
	return d.DB.Update(ctx, func(tx *store.Tx) error {
		for _, t := range found {
			if err := tx.Tell(ctx, t, d.now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// passOn keeps what is new in a record for whoever it was joined to.
func (d *Desk) passOn(ctx context.Context, from record.LearnerID) error {
	var to []record.LearnerID
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		to, err = tx.JoinedTo(ctx, from)
		return err
	})
	for _, l := range to {
		if err == nil {
			err = d.join(ctx, l, from)
		}
	}
	return err
}
