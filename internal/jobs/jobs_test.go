package jobs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

type item struct {
	N int `json:"n"`
}

const thing jobs.Kind[item] = "thing"

func open(t *testing.T, db *store.DB) *jobs.Queue {
	t.Helper()
	q, err := jobs.Open(t.Context(), db, &jobs.Options{Poll: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// run works until the test ends or the returned function is called, which waits for the end.
func run(t *testing.T, q *jobs.Queue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		err := q.Run(ctx)
		if err != nil {
			t.Errorf("the queue does not run: %v", err)
		}
		done <- err
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(stop)
	return stop
}

func enqueue(t *testing.T, q *jobs.Queue, db *store.DB, n int, how *jobs.Enqueued) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx *store.Tx) error { return thing.Enqueue(t.Context(), q, tx, item{n}, how) }); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, q *jobs.Queue, state jobs.State) []jobs.Job {
	t.Helper()
	all, err := q.List(t.Context(), string(thing), state, 100)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func noPause(int) time.Duration { return 0 }

func TestWorkIsQueuedWithItsReasonOrNotAtAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q := open(t, db)
		got := make(chan int, 10)
		jobs.Handle(q, thing, jobs.Policy{Workers: 1}, func(_ context.Context, i item) error { got <- i.N; return nil })
		refused := errors.New("the change is refused")
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			return errors.Join(thing.Enqueue(t.Context(), q, tx, item{1}, nil), refused)
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		if w := list(t, q, jobs.Waiting); len(w) != 0 {
			t.Errorf("a change that did not happen queued %v", w)
		}
		enqueue(t, q, db, 2, nil)
		if w := list(t, q, jobs.Waiting); len(w) != 1 || w[0].Kind != "thing" || w[0].NextAt.IsZero() {
			t.Errorf("waiting: %+v", w)
		}
		stop := run(t, q)
		if n := <-got; n != 2 {
			t.Errorf("worked %d, want 2", n)
		}
		stop()
		if d := list(t, q, jobs.Done); len(d) != 1 || d[0].Attempt != 1 {
			t.Errorf("done: %+v", d)
		}
		if len(got) != 0 {
			t.Error("worked twice")
		}
	})
}

func TestRetryUntilDoneOrGivenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q := open(t, db)
		var mu sync.Mutex
		attempts := map[int]int{}
		met := make(chan int, 20)
		jobs.Handle(q, thing, jobs.Policy{Workers: 1, Attempts: 3, Pause: noPause}, func(_ context.Context, i item) error {
			mu.Lock()
			attempts[i.N]++
			n := attempts[i.N]
			mu.Unlock()
			met <- i.N
			switch {
			case i.N == 1 && n < 3:
				return errors.New("not yet")
			case i.N == 2:
				return jobs.GiveUp(errors.New("never"))
			case i.N == 3 && n <= 3:
				return errors.New("still not")
			}
			return nil
		})
		for n := 1; n <= 3; n++ {
			enqueue(t, q, db, n, nil)
		}
		stop := run(t, q)
		for range 3 + 1 + 3 {
			<-met
		}
		stop()
		if d := list(t, q, jobs.Done); len(d) != 1 || d[0].Attempt != 3 {
			t.Errorf("done: %+v", d)
		}
		failed := list(t, q, jobs.Failed)
		if len(failed) != 2 || failed[0].Error != "still not" || failed[0].Attempt != 3 || failed[1].Attempt != 1 {
			t.Fatalf("failed: %+v", failed)
		}
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return q.Retry(t.Context(), tx, failed[0].ID) }); err != nil {
			t.Fatal(err)
		}
		stop = run(t, q)
		<-met
		stop()
		if d := list(t, q, jobs.Done); len(d) != 2 {
			t.Errorf("after the retry: %+v", d)
		}
	})
}

func TestKeyIsWorkedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q := open(t, db)
		got := make(chan int, 10)
		jobs.Handle(q, thing, jobs.Policy{Workers: 1}, func(_ context.Context, i item) error { got <- i.N; return nil })
		for n := range 3 {
			enqueue(t, q, db, n, &jobs.Enqueued{Key: "list/1"})
		}
		enqueue(t, q, db, 9, &jobs.Enqueued{Key: "list/2", At: time.Now().Add(time.Hour)})
		if w := list(t, q, jobs.Waiting); len(w) != 2 || w[0].Key != "list/2" || w[1].Key != "list/1" {
			t.Errorf("waiting: %+v", w)
		}
		stop := run(t, q)
		if n := <-got; n != 0 {
			t.Errorf("worked %d, want the first", n)
		}
		stop()
		if w := list(t, q, jobs.Waiting); len(w) != 1 || len(got) != 0 {
			t.Errorf("waiting: %+v, worked %d more", w, len(got))
		}
		enqueue(t, q, db, 4, &jobs.Enqueued{Key: "list/1"}) // the first is done: there is something new to do
		stop = run(t, q)
		if n := <-got; n != 4 {
			t.Errorf("worked %d, want 4", n)
		}
		stop()
	})
}

// TestNodes: several nodes work a queue; each job is worked once, and no node does more at once than its policy says.
func TestNodes(t *testing.T) {
	const nodes, total, workers = 3, 60, 2
	for name, open2 := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "laurel.db") },
		"postgres": func(t *testing.T) string { return storetest.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			url := open2(t)
			var mu sync.Mutex
			worked := map[int]int{}
			var most atomic.Int64
			all := make(chan struct{}, 10*total)
			var first *jobs.Queue
			var firstDB *store.DB
			for range nodes {
				db, err := store.Open(t.Context(), url)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				})
				q := open(t, db)
				var now atomic.Int64
				jobs.Handle(q, thing, jobs.Policy{Workers: workers}, func(_ context.Context, i item) error {
					n := now.Add(1)
					defer now.Add(-1)
					for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
					}
					mu.Lock()
					worked[i.N]++
					mu.Unlock()
					all <- struct{}{}
					return nil
				})
				if first == nil {
					first, firstDB = q, db
				}
				run(t, q)
			}
			for n := range total {
				enqueue(t, first, firstDB, n, nil)
			}
			for range total {
				<-all
			}
			mu.Lock()
			defer mu.Unlock()
			for n := range total {
				if worked[n] != 1 {
					t.Errorf("job %d was worked %d times", n, worked[n])
				}
			}
			if most.Load() > workers {
				t.Errorf("%d at once on one node, want at most %d", most.Load(), workers)
			}
		})
	}
}

// TestStopLetsWorkFinish: Run returns after the job under way, and not before.
func TestStopLetsWorkFinish(t *testing.T) {
	db := storetest.SQLite(t)
	q := open(t, db)
	begun, release := make(chan struct{}), make(chan struct{})
	var finished atomic.Bool
	jobs.Handle(q, thing, jobs.Policy{Workers: 1}, func(context.Context, item) error {
		close(begun)
		<-release
		finished.Store(true)
		return nil
	})
	enqueue(t, q, db, 1, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- q.Run(ctx) }()
	<-begun
	cancel()
	close(release)
	if err := <-done; err != nil || !finished.Load() {
		t.Errorf("stopped with %v, work finished: %t", err, finished.Load())
	}
	if d := list(t, q, jobs.Done); len(d) != 1 {
		t.Errorf("done: %+v", d)
	}
}

func TestTooMuchToCarry(t *testing.T) {
	db := storetest.SQLite(t)
	q := open(t, db)
	const big jobs.Kind[[]byte] = "big"
	err := db.Update(t.Context(), func(tx *store.Tx) error { return big.Enqueue(t.Context(), q, tx, make([]byte, 1<<20), nil) })
	if err == nil {
		t.Error("a megabyte was queued")
	}
}

// TestKilledNode: a job whose node was killed in the middle is worked by the next one.
func TestKilledNode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q := open(t, db)
		got := make(chan int, 10)
		jobs.Handle(q, thing, jobs.Policy{Workers: 1, Timeout: time.Second}, func(_ context.Context, i item) error { got <- i.N; return nil })
		enqueue(t, q, db, 1, nil)
		// What a killed node leaves behind, long ago.
		query := `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = '2026-01-01 00:00:00.000'`
		if _, err := db.Writer().ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		if r := list(t, q, jobs.Running); len(r) != 1 {
			t.Fatalf("running: %+v", r)
		}
		stop := run(t, q)
		if n := <-got; n != 1 {
			t.Errorf("worked %d, want 1", n)
		}
		stop()
		if d := list(t, q, jobs.Done); len(d) != 1 || d[0].Attempt != 2 {
			t.Errorf("done: %+v", d)
		}
	})
}
