// Command kill is a trial: it starts the built program, lets people work with it, kills it without warning at a random
// moment, starts it again, and has what is then there judged by package check.
//
//	go run ./internal/trial/kill --cycles 1000
//	go run ./internal/trial/kill --cycles 300 --postgres
//	go run ./internal/trial/kill --cycles 300 --database postgres://…    (an empty database)
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/openlaurel/laurel/internal/trial/office"
	"github.com/openlaurel/laurel/internal/trial/process"
)

// options are the trial's settings; the zero value of Database is SQLite.
type options struct {
	Cycles   int
	Database string
	Seed     uint64
	Program  string // the program to try; empty: it is built
	Budget   time.Duration
}

func main() {
	var o options
	flag.IntVar(&o.Cycles, "cycles", 100, "how often to kill and start again")
	flag.StringVar(&o.Database, "database", "", "postgres://… of an empty database; empty: SQLite in a folder of its own")
	flag.Uint64Var(&o.Seed, "seed", uint64(time.Now().UnixNano()), "what the moments are drawn from")
	flag.StringVar(&o.Program, "program", "", "the program to try; empty: build it")
	flag.DurationVar(&o.Budget, "for", 0, "end after so long, however many cycles are left")
	postgres := flag.Bool("postgres", false, "start a PostgreSQL server for this")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(try(ctx, &o, *postgres))
}

// try runs the trial, on a PostgreSQL server of its own when that is asked for.
func try(ctx context.Context, o *options, postgres bool) int {
	if postgres {
		server, err := process.NewPostgres(ctx)
		if err != nil {
			fmt.Fprintln(os.Stderr, "kill:", err)
			return 2
		}
		defer server.Remove()
		o.Database = server.URL("postgres")
	}
	report, err := run(ctx, o, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kill:", err)
		return 2
	}
	fmt.Println(report)
	if len(report.Faults) > 0 {
		return 1
	}
	return 0
}

// Report is what a trial found.
type Report struct {
	Seed                                     uint64
	Cycles                                   int
	Imported, Issued, Revoked, Shared, Ended int             // acknowledged
	Ready                                    []time.Duration // from the start of the process after a kill to readiness
	Faults                                   []string
}

func (r *Report) String() string {
	s := fmt.Sprintf("%d kills (seed %d); acknowledged: %d rows imported, %d awards issued, %d revoked, %d shares made, %d ended", r.Cycles, r.Seed, r.Imported, r.Issued, r.Revoked, r.Shared, r.Ended)
	if len(r.Ready) > 0 {
		slices.Sort(r.Ready)
		s += fmt.Sprintf("\nready again after %v (median), %v (longest)", r.Ready[len(r.Ready)/2].Round(time.Millisecond), r.Ready[len(r.Ready)-1].Round(time.Millisecond))
	}
	s += fmt.Sprintf("\n%d lost, doubled or orphaned", len(r.Faults))
	for _, f := range r.Faults {
		s += "\n  " + f
	}
	return s
}

// run makes the trial; log gets a line for each cycle.
func run(ctx context.Context, o *options, log io.Writer) (*Report, error) {
	dir, err := os.MkdirTemp("", "laurel-kill-")
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
	t := &trial{options: o, data: filepath.Join(dir, "data"), rand: rand.New(rand.NewPCG(o.Seed, 9)), report: &Report{Seed: o.Seed}, log: log}
	if err := t.firstFill(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	for range o.Cycles {
		if err := t.cycle(ctx); err != nil {
			return nil, fmt.Errorf("cycle %d (seed %d): %w", t.report.Cycles, o.Seed, err)
		}
		if len(t.report.Faults) > 0 || o.Budget > 0 && time.Since(began) > o.Budget {
			break // what follows a fault follows from it
		}
	}
	l := t.office.Ledger()
	t.report.Imported, t.report.Issued, t.report.Revoked, t.report.Shared, t.report.Ended = len(l.Imported), len(l.Issued), len(l.Revoked), len(l.Shared)+len(l.Ended), len(l.Ended)
	return t.report, nil
}

// trial is one run of many cycles over one database.
type trial struct {
	*options
	data   string
	office office.Office
	rand   *rand.Rand
	report *Report
	log    io.Writer
}

func (t *trial) start() *process.Options {
	return &process.Options{Program: t.Program, Data: t.data, Database: t.Database, Public: t.office.Public, Args: []string{"--rate-api", "0", "--rate-door", "0"}}
}

// firstFill starts the program for the first time; on SQLite it is killed while it fills its demonstration, which the next
// start must make good.
func (t *trial) firstFill(ctx context.Context) error {
	addr, err := process.FreeAddr()
	if err != nil {
		return err
	}
	t.office.Public, t.office.Name = "http://"+addr, fmt.Sprint(t.Seed)
	if t.Database == "" {
		p, err := process.Start(ctx, t.start(), addr)
		if err != nil {
			return err
		}
		time.Sleep(time.Duration(t.rand.Int64N(int64(700 * time.Millisecond)))) // any moment will do
		p.Kill()
	}
	p, err := process.StartReady(ctx, t.start())
	if err != nil {
		return err
	}
	defer p.Kill()
	t.office.Places, err = office.ReadPlaces(filepath.Join(t.data, "demo.json"))
	return err
}

// cycle works, kills, starts, and judges.
func (t *trial) cycle(ctx context.Context) error {
	p, err := process.StartReady(ctx, t.start())
	if err != nil {
		return err
	}
	after, pause := 1+t.rand.IntN(14), time.Duration(t.rand.Int64N(int64(40*time.Millisecond)))
	t.work(ctx, p, after, pause)
	began := time.Now()
	again, err := process.StartReady(ctx, t.start())
	if err != nil {
		return err
	}
	defer again.Kill()
	ready := time.Since(began)
	t.report.Ready = append(t.report.Ready, ready)
	t.office.Move(again.Base)
	faults, err := t.office.Judge(ctx, t.database())
	if err != nil {
		return err
	}
	t.report.Cycles++
	t.report.Faults = append(t.report.Faults, faults...)
	l := t.office.Ledger()
	fmt.Fprintf(t.log, "cycle %d: killed after %d answers and %v; ready after %v; %d rows, %d issued, %d revoked, %d shares\n", t.report.Cycles, after, pause.Round(time.Millisecond),
		ready.Round(time.Millisecond), len(l.Imported), len(l.Issued), len(l.Revoked), len(l.Shared)+len(l.Ended))
	return nil
}

func (t *trial) database() string {
	if t.Database != "" {
		return t.Database
	}
	return filepath.Join(t.data, "laurel.db")
}
