package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// State is where a job stands.
type State string

const (
	Waiting State = "waiting" // its time will come
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed" // given up
)

// Job is a job as the operator sees it.
type Job struct {
	ID        int64
	Kind      string
	Key       string
	State     State
	Attempt   int    // made so far
	Attempts  int    // at most
	Error     string // of the last failed attempt
	CreatedAt time.Time
	NextAt    time.Time // when it waits
}

// states is one table from our words to River's.
var states = map[State][]rivertype.JobState{
	Waiting: {rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateScheduled},
	Running: {rivertype.JobStateRunning},
	Done:    {rivertype.JobStateCompleted},
	Failed:  {rivertype.JobStateDiscarded, rivertype.JobStateCancelled},
}

// List reads the newest jobs in a state, of one kind or of all.
func (q *Queue) List(ctx context.Context, kind string, state State, limit int) ([]Job, error) {
	p := river.NewJobListParams().States(states[state]...).First(limit).OrderBy(river.JobListOrderByID, river.SortOrderDesc)
	if kind != "" {
		p = p.Kinds(kind)
	}
	res, err := q.insert.JobList(ctx, p)
	if err != nil {
		return nil, record.Wrap("jobs.List", err)
	}
	out := make([]Job, 0, len(res.Jobs))
	for _, r := range res.Jobs {
		out = append(out, job(r))
	}
	return out, nil
}

func job(r *rivertype.JobRow) Job {
	j := Job{ID: r.ID, Kind: r.Kind, Attempt: r.Attempt, Attempts: r.MaxAttempts, CreatedAt: r.CreatedAt}
	var e envelope
	if json.Unmarshal(r.EncodedArgs, &e) == nil { // written by us; a row that is not stays in the list without its key
		j.Key = e.Key
	}
	for s, of := range states {
		for _, state := range of {
			if r.State == state {
				j.State = s
			}
		}
	}
	if j.State == Waiting {
		j.NextAt = r.ScheduledAt
	}
	if n := len(r.Errors); n > 0 {
		j.Error = r.Errors[n-1].Error
	}
	return j
}

// Retry lets a failed or waiting job run now, with one attempt more if it has none left.
func (q *Queue) Retry(ctx context.Context, tx *store.Tx, id int64) error {
	_, err := q.insert.JobRetryTx(ctx, tx.Raw(), id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return record.Errorf(record.NotFound, "jobs.Retry", "there is no such job any more")
	}
	return record.Wrap("jobs.Retry", err)
}
