// Command load is a trial: it starts the built program and lets many people use it at once, first as fast as they think,
// then as fast as it answers, then ten times faster than that; and it says what was answered, in what time, and whether
// anything that was acknowledged is lost.
//
//	go run ./internal/trial/load --people 200 --for 60s
//	go run ./internal/trial/load --people 200 --for 60s --database postgres://…    (an empty database)
//	go run ./internal/trial/load --bulk 3000 --people 0                            (a file of 3,000 awards, issued)
//	go run ./internal/trial/load --single --people 0                               (one address at a time, beside a bare server)
//	go run ./internal/trial/load --grown 1000000 --overload 0 --drill              (a million credentials on SQLite, and restored from a backup)
//	go run ./internal/trial/load --people 20 --overload 0 --for 30m                (a soak: what grows meanwhile is said)
//
// Times are those of a client on the same machine. With --pin the server has the first processor alone and the people the
// rest, so that what they cost is not taken from the server.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/openlaurel/laurel/internal/trial/office"
	"github.com/openlaurel/laurel/internal/trial/process"
)

// options are the trial's settings.
type options struct {
	People   int
	Think    time.Duration // between a person's acts, on average
	For      time.Duration // each phase
	Overload int           // how many times the capacity is asked for; 0: no such phase
	Bulk     int           // awards of a bulk run; 0: none
	Single   bool          // measure single addresses beside a bare server
	Grown    int           // awards that the database is grown with before the measured start
	Drill    bool          // restore from a backup at the end
	Database string
	Program  string // the program to try; empty: it is built
	Pin      bool
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == bareServer {
		if err := serveBare(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, "load:", err)
			os.Exit(2)
		}
		return
	}
	var o options
	flag.IntVar(&o.People, "people", 200, "how many people use the program at once; 0: nobody")
	flag.DurationVar(&o.Think, "think", time.Second, "how long a person thinks between two acts, on average")
	flag.DurationVar(&o.For, "for", time.Minute, "how long each phase takes")
	flag.IntVar(&o.Overload, "overload", 10, "how many times what it can do is asked of it; 0: not")
	flag.IntVar(&o.Bulk, "bulk", 0, "issue a file of so many awards")
	flag.BoolVar(&o.Single, "single", false, "measure single addresses, beside a server that does nothing but the input and output")
	flag.IntVar(&o.Grown, "grown", 0, "grow the database (SQLite) to so many awards first, and time revocations")
	flag.BoolVar(&o.Drill, "drill", false, "at the end restore a backup (SQLite) into an empty folder, and judge that")
	flag.StringVar(&o.Database, "database", "", "postgres://… of an empty database; empty: SQLite in a folder of its own")
	flag.StringVar(&o.Program, "program", "", "the program to try; empty: build it")
	flag.BoolVar(&o.Pin, "pin", false, "give the server the first processor and the people the others")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report, err := run(ctx, &o, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	}
	fmt.Print(report)
	if report.Errors() > 0 || len(report.Faults) > 0 {
		os.Exit(1)
	}
}

// Report is what a trial found.
type Report struct {
	First          time.Duration // from the start of the process to its first answer, with an empty database
	Idle           int64         // resident memory before the first request, in bytes
	Loaded, Peak   int64         // after all phases, and at most
	Phases         []*Phase
	Bulk           *Bulk
	Single         []*Single
	Published      []time.Duration // from a revocation to the list that says so
	BackedUp       time.Duration
	Restored       time.Duration // from the start of the restore to the server that is ready
	Soak           *Soak
	Shares, Awards int      // acknowledged
	Faults         []string // what is lost, doubled or orphaned
}

// Errors counts what was answered wrong or not at all. That the program refuses what is too much is no error.
func (r *Report) Errors() (n int) {
	for _, p := range r.Phases {
		n += p.Wrong()
	}
	return n
}

func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "first answer after %v; %d MB when idle, %d MB after all this, %d MB at most\n", r.First.Round(time.Millisecond), r.Idle>>20, r.Loaded>>20, r.Peak>>20)
	for _, p := range r.Phases {
		fmt.Fprintln(&b, p)
	}
	if r.Bulk != nil {
		fmt.Fprintln(&b, r.Bulk)
	}
	for _, s := range r.Single {
		fmt.Fprintln(&b, s)
	}
	if len(r.Published) > 0 {
		fmt.Fprintf(&b, "revocations: published after %s, %v at most\n", spread(r.Published), slices.Max(r.Published).Round(time.Millisecond))
	}
	if r.Restored > 0 {
		fmt.Fprintf(&b, "drill: backed up in %v; restored and ready in %v\n", r.BackedUp.Round(time.Millisecond), r.Restored.Round(time.Millisecond))
	}
	if r.Soak != nil {
		fmt.Fprintln(&b, r.Soak)
	}
	fmt.Fprintf(&b, "acknowledged: %d shares, %d awards; %d lost, doubled or orphaned\n", r.Shares, r.Awards, len(r.Faults))
	for _, f := range r.Faults {
		fmt.Fprintln(&b, "  "+f)
	}
	return b.String()
}

// trial is one run.
type trial struct {
	*options
	start  *process.Options
	server *process.Process
	office office.Office
	log    io.Writer
	report *Report
}

func run(ctx context.Context, o *options, log io.Writer) (*Report, error) {
	dir, err := os.MkdirTemp("", "laurel-load-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if (o.Grown > 0 || o.Drill) && o.Database != "" {
		return nil, errors.New("--grown and --drill are for SQLite; leave --database out")
	}
	if o.Program == "" {
		o.Program = filepath.Join(dir, "laurel")
		if err := process.Build(ctx, "", o.Program); err != nil {
			return nil, err
		}
	}
	t := &trial{options: o, log: log, report: &Report{}, start: &process.Options{Program: o.Program, Data: filepath.Join(dir, "data"), Database: o.Database, Args: []string{"--rate-api", "0", "--rate-door", "0", "--log-level", "warn"}}}
	if o.Pin {
		t.start.Wrap = []string{"taskset", "-c", "0"}
		if out, err := exec.CommandContext(ctx, "taskset", "-acp", "1-", fmt.Sprint(os.Getpid())).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("--pin needs taskset and two processors: %w: %s", err, out)
		}
	}
	if err := t.open(ctx); err != nil {
		return nil, err
	}
	defer func() { t.server.Kill() }()
	soaked := t.soak(ctx)
	err = t.phases(ctx)
	t.report.Soak = soaked()
	if err == nil && o.Drill {
		err = t.restored(ctx)
	}
	if err != nil {
		return nil, err
	}
	if t.report.Faults, err = t.office.Judge(ctx, t.database()); err != nil {
		return nil, err
	}
	l := t.office.Ledger()
	t.report.Shares, t.report.Awards = len(l.Shared), len(l.Imported)
	return t.report, nil
}

// open starts the program twice: the first start makes the demonstration, the second is as a server starts every day.
func (t *trial) open(ctx context.Context) (err error) {
	if t.server, err = process.StartReady(ctx, t.start); err != nil {
		return err
	}
	t.start.Public = t.server.Base
	t.server.Stop()
	if t.Grown > 0 {
		began := time.Now()
		if err := grow(ctx, t.database(), t.Grown); err != nil {
			return err
		}
		fmt.Fprintf(t.log, "%d awards more in %v\n", t.Grown, time.Since(began).Round(time.Millisecond))
	}
	began := time.Now()
	if t.server, err = process.StartReady(ctx, t.start); err != nil {
		return err
	}
	t.report.First = time.Since(began)
	t.office.Public, t.office.Name = t.start.Public, "load"
	if t.office.Places, err = office.ReadPlaces(filepath.Join(t.start.Data, "demo.json")); err != nil {
		return err
	}
	t.office.Move(t.server.Base)
	t.report.Idle, _, err = t.server.Memory()
	return err
}

func (t *trial) phases(ctx context.Context) error {
	if t.People > 0 {
		if err := t.crowd(ctx); err != nil {
			return err
		}
	}
	if t.Bulk > 0 {
		if err := t.bulk(ctx); err != nil {
			return err
		}
	}
	if t.Single {
		if err := t.single(ctx); err != nil {
			return err
		}
	}
	if t.Grown > 0 {
		if err := t.flip(ctx); err != nil {
			return err
		}
	}
	var err error
	t.report.Loaded, t.report.Peak, err = t.server.Memory()
	return err
}

func (t *trial) database() string {
	if t.Database != "" {
		return t.Database
	}
	return filepath.Join(t.start.Data, "laurel.db")
}
