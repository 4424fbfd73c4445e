package learner

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Given is what others got or may not get of the actor's record by the office's doing.
type Given struct {
	Holds       []record.Hold
	Disclosures []record.Disclosure
}

// maxGiven bounds one page of disclosures: what a person reads.
const maxGiven = 500

// Given reads to whom the office gave something of the actor's record, and what it holds back (34 CFR 99.32: the learner
// may read the list). Who wrote an entry is the office's own matter.
func (d *Desk) Given(ctx context.Context, actor record.Actor) (*Given, error) {
	const op = "learner.Given"
	out := &Given{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if out.Holds, err = tx.Holds(ctx, l.ID); err != nil {
			return err
		}
		out.Disclosures, err = tx.Disclosures(ctx, l.ID, maxGiven)
		return err
	})
	return out, record.Wrap(op, err)
}

// released says that nothing keeps a record from third parties. Every way out of the house asks it: links, connected
// programs, other hosts, wallets.
func released(ctx context.Context, tx *store.Tx, op string, learner record.LearnerID) error {
	held, err := tx.OnHold(ctx, learner, record.HoldRelease)
	if err != nil {
		return err
	}
	if held {
		return record.Errorf(record.Forbidden, op, "your institution holds this record back from others at present; your data page says why, and your office can lift it")
	}
	return nil
}
