package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const runColumns = `id, institution_id, state, total, done, failed, requested_by, created_at, finished_at`

func scanRun(s scanner) (*record.Run, error) {
	var r record.Run
	var created, finished int64
	err := s.Scan(&r.ID, &r.Institution, &r.State, &r.Total, &r.Done, &r.Failed, &r.RequestedBy, &created, &finished)
	r.CreatedAt, r.FinishedAt = at(created), at(finished)
	return &r, err
}

// AddRun writes a new issuing run.
func (tx *Tx) AddRun(ctx context.Context, r *record.Run) error {
	_, err := tx.exec(ctx, "store.AddRun",
		`INSERT INTO runs (id, institution_id, state, total, done, failed, requested_by, created_at, finished_at) VALUES ($1, $2, $3, $4, 0, 0, $5, $6, 0)`,
		r.ID, r.Institution, r.State, r.Total, r.RequestedBy, micros(r.CreatedAt))
	return err
}

// AddRunItem puts a learner into a run.
func (tx *Tx) AddRunItem(ctx context.Context, run record.RunID, learner record.LearnerID, issuedAt time.Time) error {
	_, err := tx.exec(ctx, "store.AddRunItem",
		`INSERT INTO run_items (run_id, learner_id, state, error, attempts, issued_at) VALUES ($1, $2, 'pending', '', 0, $3)`, run, learner, micros(issuedAt))
	return err
}

// Run reads one run.
func (tx *Tx) Run(ctx context.Context, id record.RunID) (*record.Run, error) {
	return get(ctx, tx, "store.Run", scanRun, `SELECT `+runColumns+` FROM runs WHERE id = $1`, id)
}

// Runs reads an institution's newest runs.
func (tx *Tx) Runs(ctx context.Context, institution record.InstitutionID, limit int) ([]*record.Run, error) {
	return list(ctx, tx, "store.Runs", scanRun,
		`SELECT `+runColumns+` FROM runs WHERE institution_id = $1 ORDER BY created_at DESC, id LIMIT $2`, institution, limit)
}

// OpenRuns reads the runs that are not finished, of all institutions in good standing: what a start resumes.
func (tx *Tx) OpenRuns(ctx context.Context) ([]*record.Run, error) {
	return list(ctx, tx, "store.OpenRuns", scanRun, `SELECT `+runColumns+` FROM runs WHERE state IN ('queued', 'running')
		 AND institution_id IN (SELECT id FROM institutions WHERE suspended_at = 0) ORDER BY created_at, id`)
}

// MoveRun changes a run's state when it is in one of two states.
func (tx *Tx) MoveRun(ctx context.Context, id record.RunID, to, from, orFrom record.RunState, finished time.Time) error {
	return tx.one(ctx, "store.MoveRun", `UPDATE runs SET state = $1, finished_at = $2 WHERE id = $3 AND state IN ($4, $5)`,
		to, micros(finished), id, from, orFrom)
}

const runItemColumns = `run_id, learner_id, state, error, attempts, issued_at`

func scanRunItem(s scanner) (*record.RunItem, error) {
	var i record.RunItem
	var issued int64
	err := s.Scan(&i.Run, &i.Learner, &i.State, &i.Error, &i.Attempts, &issued)
	i.IssuedAt = at(issued)
	return &i, err
}

// NextItem reads the next pending item of a run after a learner.
func (tx *Tx) NextItem(ctx context.Context, run record.RunID, after record.LearnerID) (*record.RunItem, error) {
	return get(ctx, tx, "store.NextItem", scanRunItem,
		`SELECT `+runItemColumns+` FROM run_items WHERE run_id = $1 AND state = 'pending' AND learner_id > $2 ORDER BY learner_id LIMIT 1`, run, after)
}

// RunItem reads one item of a run.
func (tx *Tx) RunItem(ctx context.Context, run record.RunID, learner record.LearnerID) (*record.RunItem, error) {
	return get(ctx, tx, "store.RunItem", scanRunItem,
		`SELECT `+runItemColumns+` FROM run_items WHERE run_id = $1 AND learner_id = $2`, run, learner)
}

// RunItems reads one page of a run's items.
func (tx *Tx) RunItems(ctx context.Context, run record.RunID, after record.LearnerID, limit int) ([]*record.RunItem, error) {
	return list(ctx, tx, "store.RunItems", scanRunItem,
		`SELECT `+runItemColumns+` FROM run_items WHERE run_id = $1 AND learner_id > $2 ORDER BY learner_id LIMIT $3`, run, after, limit)
}

// SettleItem ends a pending item and counts it in its run. An item that another worker ended first is a Conflict, and
// with it everything else that this transaction wrote.
func (tx *Tx) SettleItem(ctx context.Context, i *record.RunItem) error {
	if err := tx.one(ctx, "store.SettleItem",
		`UPDATE run_items SET state = $1, error = $2, attempts = attempts + 1 WHERE run_id = $3 AND learner_id = $4 AND state = 'pending'`,
		i.State, i.Error, i.Run, i.Learner); err != nil {
		return err
	}
	done, failed := 0, 0
	if i.State == "done" {
		done = 1
	} else {
		failed = 1
	}
	return tx.one(ctx, "store.SettleItem", `UPDATE runs SET done = done + $1, failed = failed + $2 WHERE id = $3`, done, failed, i.Run)
}

// DropPending takes the pending items out of a run that was stopped, so that their learners can wait in another.
func (tx *Tx) DropPending(ctx context.Context, run record.RunID) error {
	_, err := tx.exec(ctx, "store.DropPending", `UPDATE run_items SET state = 'stopped' WHERE run_id = $1 AND state = 'pending'`, run)
	return err
}

// LockLearner makes this transaction the only one that writes credentials for a learner until it ends.
func (tx *Tx) LockLearner(ctx context.Context, id record.LearnerID) error {
	return tx.one(ctx, "store.LockLearner", `UPDATE learners SET version = version WHERE id = $1`, id)
}

// WaitsInRun reports whether a learner is a pending item of a run.
func (tx *Tx) WaitsInRun(ctx context.Context, learner record.LearnerID) (bool, error) {
	n, err := get(ctx, tx, "store.WaitsInRun", number, `SELECT count(*) FROM run_items WHERE learner_id = $1 AND state = 'pending'`, learner)
	return n > 0, err
}
