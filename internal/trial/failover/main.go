// Command failover is a trial: while people import, issue, revoke and share, the PostgreSQL server under the program is
// restarted, killed, and at last replaced by its standby; what is then there is judged by package check. It starts the
// servers itself: a primary that acknowledges what its standby has, and the standby.
//
//	go run ./internal/trial/failover --restarts 10 --failovers 5
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/openlaurel/laurel/internal/trial/office"
	"github.com/openlaurel/laurel/internal/trial/process"
)

// options are the trial's settings.
type options struct {
	Restarts  int // every other one is an immediate one, after which PostgreSQL recovers
	Failovers int
	Program   string
}

func main() {
	var o options
	flag.IntVar(&o.Restarts, "restarts", 10, "how often the database is restarted while people work")
	flag.IntVar(&o.Failovers, "failovers", 3, "how often the database is lost and its standby takes over")
	flag.StringVar(&o.Program, "program", "", "the program to try; empty: build it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report, err := run(ctx, &o, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "failover:", err)
		os.Exit(2)
	}
	fmt.Println(report)
	if len(report.Faults) > 0 {
		os.Exit(1)
	}
}

// Report is what a trial found.
type Report struct {
	Restarts, Failovers int
	Acknowledged        int64
	Refused             map[int]int     // requests that were not answered well, by status; 0 is none
	Again               []time.Duration // from the moment the database was taken away to the next acknowledged change
	Faults              []string
}

func (r *Report) String() string {
	slices.Sort(r.Again)
	s := fmt.Sprintf("%d restarts and %d failovers of the database; %d changes acknowledged, refused by status: %v", r.Restarts, r.Failovers, r.Acknowledged, r.Refused)
	if n := len(r.Again); n > 0 {
		s += fmt.Sprintf("\nnext change acknowledged after %v (median), %v (longest)", r.Again[n/2].Round(time.Millisecond), r.Again[n-1].Round(time.Millisecond))
	}
	return s + fmt.Sprintf("\n%d lost, doubled or orphaned\n", len(r.Faults)) + strings.Join(r.Faults, "\n")
}

func run(ctx context.Context, o *options, log io.Writer) (*Report, error) {
	dir, err := os.MkdirTemp("", "laurel-failover-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if o.Program == "" {
		o.Program = filepath.Join(dir, "laurel")
		if err := process.Build(ctx, "", o.Program); err != nil {
			return nil, err
		}
	}
	report := &Report{Refused: map[int]int{}}
	for first := true; first || report.Failovers < o.Failovers; first = false {
		t := &trial{options: o, report: report, log: log, data: filepath.Join(dir, fmt.Sprint("data", report.Failovers))}
		if err := t.life(ctx, first); err != nil {
			return nil, err
		}
		if len(report.Faults) > 0 {
			break
		}
	}
	return report, nil
}

// trial is the life of one pair of servers.
type trial struct {
	*options
	primary, standby *process.Postgres
	data             string
	server           *process.Process
	office           office.Office
	acknowledged     atomic.Int64
	report           *Report
	log              io.Writer
	mu               sync.Mutex
}

// durable is how a primary is set that acknowledges what its standby has on disk too.
var durable = []string{"synchronous_standby_names=*", "synchronous_commit=on"}

// life starts a primary, a standby and the program, takes the database away again and again, and has what is there judged.
func (t *trial) life(ctx context.Context, restarts bool) (err error) {
	if t.primary, err = process.NewPostgres(ctx, "synchronous_commit=local"); err != nil {
		return err
	}
	defer t.primary.Remove()
	if t.standby, err = t.primary.Standby(ctx); err != nil {
		return err
	}
	defer t.standby.Remove()
	if err := t.restart(ctx, syscall.SIGINT); err != nil { // from here on with the standby's word
		return err
	}
	start := &process.Options{Program: t.Program, Data: t.data, Database: process.URLOf("postgres", t.primary, t.standby), Args: []string{"--rate-api", "0", "--rate-door", "0", "--log-level", "error"}}
	if t.server, err = process.StartReady(ctx, start); err != nil {
		return err
	}
	defer func() { t.server.Kill() }()
	t.office.Public, t.office.Name, t.office.Did = t.server.Base, "failover", func() { t.acknowledged.Add(1) }
	if t.office.Places, err = office.ReadPlaces(filepath.Join(t.data, "demo.json")); err != nil {
		return err
	}
	t.office.Move(t.server.Base)
	stop := t.work(ctx)
	err = t.trouble(ctx, restarts)
	stop()
	t.report.Acknowledged += t.acknowledged.Load()
	if err != nil {
		return err
	}
	found, err := t.office.Judge(ctx, start.Database)
	t.report.Faults = append(t.report.Faults, found...)
	return err
}

// work lets people work until the returned function is called.
func (t *trial) work(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	for _, act := range []func(context.Context) int{t.office.ImportAndIssue, t.office.Revoke, t.office.Share} {
		all.Go(func() {
			for ctx.Err() == nil {
				status := act(ctx)
				if status >= 300 || status == 0 && ctx.Err() == nil {
					t.mu.Lock()
					t.report.Refused[status]++
					t.mu.Unlock()
				}
				wait := 200 * time.Millisecond
				if status == http.StatusOK {
					wait = 20 * time.Millisecond
				}
				select {
				case <-ctx.Done():
				case <-time.After(wait):
				}
			}
		})
	}
	return func() { cancel(); all.Wait() }
}

// trouble takes the database away, again and again, and at last for good.
func (t *trial) trouble(ctx context.Context, restarts bool) error {
	if err := t.more(ctx, 3); err != nil {
		return err
	}
	for n := 0; restarts && n < t.Restarts; n++ {
		began := time.Now()
		how := []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT}[n%2]
		if err := t.restart(ctx, how); err != nil {
			return err
		}
		if err := t.more(ctx, 1); err != nil {
			return fmt.Errorf("after restart %d (%v): %w", n+1, how, err)
		}
		t.report.Restarts++
		t.report.Again = append(t.report.Again, time.Since(began))
		fmt.Fprintf(t.log, "restart %d (%v): next change acknowledged after %v\n", n+1, how, time.Since(began).Round(time.Millisecond))
		if err := t.more(ctx, 3); err != nil {
			return err
		}
	}
	if t.Failovers == 0 {
		return nil
	}
	began := time.Now()
	t.primary.Stop(syscall.SIGKILL)
	if err := t.standby.Promote(ctx); err != nil {
		return fmt.Errorf("the standby cannot be promoted: %w", err)
	}
	if err := t.more(ctx, 1); err != nil {
		return fmt.Errorf("after the failover: %w", err)
	}
	t.report.Failovers++
	t.report.Again = append(t.report.Again, time.Since(began))
	fmt.Fprintf(t.log, "failover: next change acknowledged after %v\n", time.Since(began).Round(time.Millisecond))
	return t.more(ctx, 5)
}

func (t *trial) restart(ctx context.Context, how syscall.Signal) error {
	t.primary.Stop(how)
	return t.primary.Start(ctx, durable...)
}

// moreWithin bounds the wait for people to get on. It is no measure: what it took is in the report.
const moreWithin = 5 * time.Minute

// more waits until so many more changes were acknowledged.
func (t *trial) more(ctx context.Context, n int64) error {
	want := t.acknowledged.Load() + n
	for end := time.Now().Add(moreWithin); t.acknowledged.Load() < want; {
		if time.Now().After(end) {
			return errors.New("nothing is acknowledged any more: " + t.server.Said())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.server.Gone():
			return errors.New("the program ended: " + t.server.Said())
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}
