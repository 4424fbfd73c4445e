// Package jobs is work that outlives its request: rows in the database of the house, written in the transaction that
// makes the work necessary, done by any node, tried again until it succeeds or is given up in sight of the operator.
//
// The rules are:
//
//   - A kind is a typed constant, named once. Its handler must bear being run twice: a node that is killed between the
//     work and its acknowledgement leaves the job to another.
//   - Each kind has workers of its own and no more than its policy says: a receiver that hangs slows down its own kind.
//   - What a job carries is ids, never secrets and never a learner's data: the handler reads the rest when it runs.
//
// The queue is River's (ADR 0009).
package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	// defaultAttempts with the default pauses try for about a day.
	defaultAttempts = 12
	defaultWorkers  = 2
	defaultTimeout  = time.Minute
	// rescueAfter is how long after its time ran out a job is taken from a node that does not answer for it.
	rescueAfter = 30 * time.Second
	// poll is how soon queued work begins. Asking costs one indexed look at an empty table.
	poll = 500 * time.Millisecond
	// fetchCooldown is the least pause between two takings of one node; River's 100 ms holds a kind of two workers to 20
	// jobs a second.
	fetchCooldown = 10 * time.Millisecond
	// keepFailed is how long the operator may look at what was given up.
	keepFailed = 30 * 24 * time.Hour
	// maxArgs bounds what a job carries: ids.
	maxArgs = 16 << 10
	// stopWithin is how long jobs under way may take when the program stops; then they are interrupted, and tried again
	// by whoever is next.
	stopWithin = 5 * time.Second
)

// Queue is the queue of one database. It is safe for concurrent use, by any number of processes.
type Queue struct {
	insert   *river.Client[*sql.Tx]
	driver   riverdriver.Driver[*sql.Tx]
	dialect  string
	handlers []handler
	opts     Options
}

// Options of a queue. The zero Options serve a running program.
type Options struct {
	Log  *slog.Logger  // nil: silence
	Poll time.Duration // how often to look for work; zero: half a second
	// Around is called with every job and does it by calling do; nil: the job is just done.
	Around func(ctx context.Context, kind string, do func(context.Context) error) error
}

type handler struct {
	kind   string
	policy Policy
	work   func(context.Context, []byte) error
}

// Open makes the queue's tables or finds them there.
func Open(ctx context.Context, db *store.DB, opts *Options) (*Queue, error) {
	q := &Queue{dialect: db.Dialect()}
	if opts != nil {
		q.opts = *opts
	}
	if q.opts.Log == nil {
		q.opts.Log = slog.New(slog.DiscardHandler)
	}
	if q.opts.Poll == 0 {
		q.opts.Poll = poll
	}
	if q.opts.Around == nil {
		q.opts.Around = func(ctx context.Context, _ string, do func(context.Context) error) error { return do(ctx) }
	}
	q.driver = riversqlite.New(db.Writer())
	if q.dialect == "postgres" {
		q.driver = riverdatabasesql.New(db.Writer())
	}
	if err := q.migrate(ctx, db.Writer()); err != nil {
		return nil, fmt.Errorf("jobs: the queue's tables cannot be made: %w", err)
	}
	var err error
	if q.insert, err = river.NewClient(q.driver, q.config()); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return q, nil
}

// migrationLock is the advisory lock under which one of the nodes that start together makes the tables.
const migrationLock = 0x6c61_7572_656c // "laurel"

func (q *Queue) migrate(ctx context.Context, db *sql.DB) (err error) {
	if q.dialect == "postgres" {
		c, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := c.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
			return err
		}
		defer func() {
			_, unlock := c.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrationLock))
			err = errors.Join(err, unlock)
		}()
	}
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

func (q *Queue) config() *river.Config {
	return &river.Config{
		Logger: slog.New(warnings{q.opts.Log.Handler()}), PollOnly: true, FetchPollInterval: q.opts.Poll, FetchCooldown: min(fetchCooldown, q.opts.Poll),
		MaxAttempts: defaultAttempts, DiscardedJobRetentionPeriod: keepFailed, CancelledJobRetentionPeriod: keepFailed, SoftStopTimeout: stopWithin,
	}
}

// Kind names one kind of work by a constant; A is what a job of it carries, as JSON. The name is in the database: lower
// case, with underscores, for good.
type Kind[A any] string

// Policy is how a kind is worked. The zero Policy is two workers on each node, a minute for one job, and twelve attempts
// over about a day.
type Policy struct {
	Workers  int                             // of one node
	Timeout  time.Duration                   // of one attempt
	Attempts int                             // then the job is failed and stays in sight
	Pause    func(attempt int) time.Duration // after a failed attempt, the first is 1; nil: attempt⁴ seconds
}

// Handle says how a kind is worked; call it before Run, once for each kind.
func Handle[A any](q *Queue, k Kind[A], p Policy, work func(context.Context, A) error) {
	if p.Workers == 0 {
		p.Workers = defaultWorkers
	}
	if p.Timeout == 0 {
		p.Timeout = defaultTimeout
	}
	q.handlers = append(q.handlers, handler{string(k), p, func(ctx context.Context, raw []byte) error {
		var args A
		if err := json.Unmarshal(raw, &args); err != nil {
			return GiveUp(fmt.Errorf("what the job carries cannot be read: %w", err))
		}
		return work(ctx, args)
	}})
}

// Enqueued says how a job is to be queued. Nil: now, and however many there are.
type Enqueued struct {
	// Key makes the job the only one of its kind: while one with this key waits or runs, another is not queued.
	Key string
	// At is when the work may begin; zero: now.
	At time.Time
	// Attempts replaces the default; the kind's policy is known to the nodes that work and perhaps not to this one.
	Attempts int
}

// Enqueue queues work in the caller's transaction.
func (k Kind[A]) Enqueue(ctx context.Context, q *Queue, tx *store.Tx, args A, how *Enqueued) error {
	const op = "jobs.Enqueue"
	raw, err := json.Marshal(args)
	if err != nil {
		return record.Wrap(op, err)
	}
	if len(raw) > maxArgs {
		return record.Errorf(record.TooLarge, op, "a job carries at most %d bytes; queue ids and read the rest when the work is done", maxArgs)
	}
	opts := &river.InsertOpts{Queue: string(k), MaxAttempts: q.attempts(string(k))}
	e := envelope{kind: string(k), Args: raw}
	if how != nil {
		opts.ScheduledAt = how.At
		if how.Attempts > 0 {
			opts.MaxAttempts = how.Attempts
		}
		if e.Key = how.Key; e.Key != "" {
			opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: unfinished}
		}
	}
	if _, err := q.insert.InsertTx(ctx, tx.Raw(), e, opts); err != nil {
		return record.Wrap(op, err)
	}
	return nil
}

// unfinished are the states in which a job with a key excludes another.
var unfinished = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}

func (q *Queue) attempts(kind string) int {
	for _, h := range q.handlers {
		if h.kind == kind && h.policy.Attempts > 0 {
			return h.policy.Attempts
		}
	}
	return defaultAttempts
}

// GiveUp is what a handler returns when another attempt would be in vain: the job is failed at once.
func GiveUp(err error) error { return river.JobCancel(err) }

// Later is what a handler returns when the work cannot be done yet through nobody's fault: the job waits and the attempt
// does not count.
func Later(d time.Duration) error { return river.JobSnooze(d) }

// envelope is a job as River keeps it.
type envelope struct {
	kind string
	Key  string          `json:"key,omitempty" river:"unique"`
	Args json.RawMessage `json:"args"`
}

// Kind implements river.JobArgs.
func (e envelope) Kind() string { return e.kind }
