package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
)

// worker works the jobs of one kind.
type worker struct {
	river.WorkerDefaults[envelope]
	handler
	opts *Options
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[envelope]) error {
	err := w.opts.Around(ctx, w.kind, func(ctx context.Context) error { return w.work(ctx, job.Args.Args) })
	switch {
	case err == nil:
		w.opts.Log.DebugContext(ctx, "job done", "kind", w.kind, "job", job.ID, "attempt", job.Attempt)
	case errors.As(err, new(*river.JobSnoozeError)):
	default:
		w.opts.Log.WarnContext(ctx, "job failed", "kind", w.kind, "job", job.ID, "attempt", job.Attempt, "of", job.MaxAttempts, "error", err)
	}
	return err
}

// Timeout implements river.Worker.
func (w *worker) Timeout(*river.Job[envelope]) time.Duration { return w.policy.Timeout }

// NextRetry implements river.Worker.
func (w *worker) NextRetry(job *river.Job[envelope]) time.Time {
	if w.policy.Pause == nil {
		return time.Time{} // River's own: attempt⁴ seconds, spread a little
	}
	return time.Now().UTC().Add(w.policy.Pause(job.Attempt))
}

// Run works until ctx ends, and then lets the jobs under way finish for a moment. Without a kind there is nothing to do.
func (q *Queue) Run(ctx context.Context) error {
	if len(q.handlers) == 0 {
		<-ctx.Done()
		return nil
	}
	c := q.config()
	c.Workers, c.Queues = river.NewWorkers(), map[string]river.QueueConfig{}
	var longest time.Duration
	for _, h := range q.handlers {
		river.AddWorkerArgs(c.Workers, envelope{kind: h.kind}, river.Worker[envelope](&worker{handler: h, opts: &q.opts}))
		c.Queues[h.kind] = river.QueueConfig{MaxWorkers: h.policy.Workers}
		longest = max(longest, h.policy.Timeout)
	}
	c.JobTimeout, c.RescueStuckJobsAfter = longest, longest+rescueAfter
	client, err := river.NewClient(q.driver, c)
	if err != nil {
		return err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	<-ctx.Done()
	// Stop waits for the jobs under way; after SoftStopTimeout it interrupts them.
	return client.Stop(context.WithoutCancel(ctx))
}

// warnings passes on what an operator should read: River tells much at the level of information.
type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}
