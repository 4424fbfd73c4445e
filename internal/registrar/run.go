package registrar

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// StartIssuing queues a run over every learner who has approved awards. Work signs it. The run and its items are rows:
// a crash loses none of it.
func (d *Desk) StartIssuing(ctx context.Context, actor record.Actor) (*record.Run, error) {
	const op = "registrar.StartIssuing"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var run *record.Run
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		if _, err := d.signingKey(ctx, tx, i); err != nil {
			return err
		}
		learners, err := tx.ApprovedLearners(ctx, i.ID)
		if err != nil {
			return err
		}
		if len(learners) == 0 {
			return record.Errorf(record.Conflict, op, "nothing is approved that is not already being issued; approve drafts first")
		}
		run, err = d.addRun(ctx, tx, actor, i, learners)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	d.log().Info("issuing queued", "run", run.ID, "learners", run.Total)
	return run, nil
}

// addRun writes a run over learners.
func (d *Desk) addRun(ctx context.Context, tx *store.Tx, actor record.Actor, i *record.Institution, learners []record.LearnerID) (*record.Run, error) {
	now := d.now()
	run := &record.Run{ID: record.RunID(record.NewOrderedID()), Institution: i.ID, State: record.RunQueued, Total: len(learners), RequestedBy: actor.Account, CreatedAt: now}
	if err := tx.AddRun(ctx, run); err != nil {
		return nil, err
	}
	for _, l := range learners {
		if err := tx.AddRunItem(ctx, run.ID, l, now.Truncate(time.Second)); err != nil {
			return nil, err
		}
	}
	return run, d.event(ctx, tx, actor, i, "run.queued", "run/"+string(run.ID), "", map[string]string{"learners": formatInt(int64(len(learners)))})
}

// Issue does StartIssuing and waits until the run is done.
func (d *Desk) Issue(ctx context.Context, actor record.Actor) (*RunView, error) {
	run, err := d.StartIssuing(ctx, actor)
	if err != nil {
		return nil, err
	}
	if err := d.work(ctx, run); err != nil {
		return nil, err
	}
	return d.Run(ctx, actor, run.ID)
}

// Work signs every run that is not finished, of every institution: at the start of the program, and whenever a run was
// queued. Any number of nodes may do so at once; an item is signed into the record by one of them.
func (d *Desk) Work(ctx context.Context) error {
	var runs []*record.Run
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		runs, err = tx.OpenRuns(ctx)
		return err
	})
	if err != nil {
		return record.Wrap("registrar.Work", err)
	}
	for _, run := range runs {
		if err := d.work(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// work signs a run's pending items, as many at once as there are processors.
func (d *Desk) work(ctx context.Context, run *record.Run) error {
	const op = "registrar.work"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.MoveRun(ctx, run.ID, record.RunRunning, record.RunQueued, record.RunRunning, time.Time{})
	})
	if record.KindOf(err) == record.Conflict {
		return nil // stopped or done meanwhile
	}
	if err != nil {
		return record.Wrap(op, err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var trouble []error
	items := make(chan *record.RunItem)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for item := range items {
				if err := d.issueItem(ctx, item); err != nil {
					mu.Lock()
					trouble = append(trouble, err)
					mu.Unlock()
				}
			}
		})
	}
	feedErr := d.feed(ctx, run.ID, items)
	close(items)
	wg.Wait()
	if err := errors.Join(append(trouble, feedErr)...); err != nil {
		return record.Wrap(op, err) // the items stay pending; the next Work resumes
	}
	return d.finishRun(ctx, run)
}

// feed hands out a run's pending items, read anew each time so that a stopped run stops.
func (d *Desk) feed(ctx context.Context, run record.RunID, items chan<- *record.RunItem) error {
	var after record.LearnerID
	for {
		var item *record.RunItem
		err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
			item, err = optional(tx.NextItem(ctx, run, after))
			return err
		})
		if err != nil || item == nil {
			return err
		}
		after = item.Learner
		select {
		case items <- item:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (d *Desk) finishRun(ctx context.Context, run *record.Run) error {
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		left, err := optional(tx.NextItem(ctx, run.ID, ""))
		if err != nil {
			return err
		}
		if left != nil {
			return nil
		}
		if err := tx.MoveRun(ctx, run.ID, record.RunDone, record.RunRunning, record.RunRunning, d.now()); err != nil {
			return err
		}
		return d.event(ctx, tx, record.System(run.Institution), &record.Institution{ID: run.Institution}, "run.done", "run/"+string(run.ID), "", nil)
	})
	if record.KindOf(err) == record.Conflict {
		return nil // another node finished it, or it was stopped
	}
	if err == nil {
		d.log().Info("issuing done", "run", run.ID)
	}
	return record.Wrap("registrar.finishRun", err)
}

// Run reads an issuing run with its first MaxPage items.
func (d *Desk) Run(ctx context.Context, actor record.Actor, id record.RunID) (*RunView, error) {
	const op = "registrar.Run"
	var out *RunView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		run, err := tx.Run(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, run.Institution, staff...); err != nil {
			return err
		}
		i, err := tx.Institution(ctx, run.Institution)
		if err != nil {
			return err
		}
		out = &RunView{Run: *run}
		items, err := tx.RunItems(ctx, id, "", MaxPage)
		if err != nil {
			return err
		}
		for _, item := range items {
			l, err := tx.Learner(ctx, item.Learner)
			if err != nil {
				return err
			}
			v := RunItemView{RunItem: *item, LearnerName: l.Name.Display}
			if item.State == "done" {
				v.RecordURL = i.RecordURL(l.RecordID)
				n, err := tx.CountRunCredentials(ctx, id, l.ID)
				if err != nil {
					return err
				}
				v.Credentials = int(n)
			}
			out.Items = append(out.Items, v)
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// StopRun stops a run: what is signed stays, what is not waits, approved, for another run.
func (d *Desk) StopRun(ctx context.Context, actor record.Actor, id record.RunID) error {
	const op = "registrar.StopRun"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		run, err := tx.Run(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, run.Institution, staff...); err != nil {
			return err
		}
		if err := tx.MoveRun(ctx, id, record.RunStopped, record.RunQueued, record.RunRunning, d.now()); err != nil {
			return record.Errorf(record.Conflict, op, "this run is already %s", run.State)
		}
		if err := tx.DropPending(ctx, id); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: run.Institution}, "run.stopped", "run/"+string(id), "", nil)
	})
	return record.Wrap(op, err)
}
