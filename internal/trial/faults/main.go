// Command faults is a trial: while people import, issue, revoke and share, one system call after another on the database's
// files fails, or kills the program where it stands, and what is then there is judged by package check. The faults are made
// by strace, outside the program.
//
//	go run ./internal/trial/faults
//	go run ./internal/trial/faults --calls fdatasync,pwrite64 --faults EIO --each 5
package main

import (
	"bufio"
	"bytes"
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
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/openlaurel/laurel/internal/trial/office"
	"github.com/openlaurel/laurel/internal/trial/process"
)

// options are the trial's settings.
type options struct {
	Calls   []string // system calls (SQLite's on its files)
	Faults  []string // error numbers, or KILL
	Each    int      // how many instances of each call at most; a thread's first is 1
	Program string
	Budget  time.Duration
}

// allCalls are what SQLite asks of the system about its files; allFaults what may come of it. Locks (fcntl) are left out: one
// that cannot be given back shuts everybody else out of the file, the judge too, until the program ends.
var (
	allCalls  = []string{"pwrite64", "fdatasync", "fsync", "pread64", "openat", "ftruncate", "unlink", "newfstatat", "mmap"}
	allFaults = []string{"EIO", "ENOSPC", "EINTR", "KILL"}
)

func main() {
	var o options
	calls := flag.String("calls", strings.Join(allCalls, ","), "the system calls that fail")
	faults := flag.String("faults", strings.Join(allFaults, ","), "how they fail: error numbers, or KILL")
	flag.IntVar(&o.Each, "each", 1000, "how many instances of each call fail at most, one in each run")
	flag.StringVar(&o.Program, "program", "", "the program to try; empty: build it")
	flag.DurationVar(&o.Budget, "for", 0, "end after so long, whatever is left")
	flag.Parse()
	o.Calls, o.Faults = strings.Split(*calls, ","), strings.Split(*faults, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report, err := run(ctx, &o, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(2)
	}
	fmt.Println(report)
	if len(report.Faults) > 0 {
		os.Exit(1)
	}
}

// Report is what a trial found.
type Report struct {
	Runs, Injected int            // runs in which the fault came about, and how many faults those were
	By             map[string]int // runs by call and fault
	Refused        int            // requests that were not answered well during these runs
	Kills          int
	Faults         []string // what is lost, doubled or orphaned
}

func (r *Report) String() string {
	var names []string
	for name := range r.By {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	fmt.Fprintf(&b, "%d runs with %d system calls that failed (%d of them killed the program); %d requests were refused or unanswered\n", r.Runs, r.Injected, r.Kills, r.Refused)
	for _, name := range names {
		fmt.Fprintf(&b, "  %s: %d\n", name, r.By[name])
	}
	fmt.Fprintf(&b, "%d lost, doubled or orphaned", len(r.Faults))
	for _, f := range r.Faults {
		b.WriteString("\n  " + f)
	}
	return b.String()
}

type trial struct {
	*options
	start  *process.Options
	server *process.Process
	office office.Office
	report *Report
	log    io.Writer
}

func run(ctx context.Context, o *options, log io.Writer) (*Report, error) {
	dir, err := os.MkdirTemp("", "laurel-faults-")
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
	t := &trial{options: o, log: log, report: &Report{By: map[string]int{}}, start: &process.Options{Program: o.Program, Data: filepath.Join(dir, "data"), Args: []string{"--rate-api", "0", "--rate-door", "0", "--log-level", "error"}}}
	if t.server, err = process.StartReady(ctx, t.start); err != nil {
		return nil, err
	}
	defer func() { t.server.Kill() }()
	t.start.Public = t.server.Base
	t.office.Public, t.office.Name = t.start.Public, "fault"
	if t.office.Places, err = office.ReadPlaces(filepath.Join(t.start.Data, "demo.json")); err != nil {
		return nil, err
	}
	began := time.Now()
	var pairs [][2]string
	for _, call := range o.Calls {
		for _, fault := range o.Faults {
			pairs = append(pairs, [2]string{call, fault})
		}
	}
	for n := 1; n <= o.Each && len(pairs) > 0; n++ { // the first instance of every call before the second of any
		var left [][2]string
		for _, p := range pairs {
			came, err := t.once(ctx, p[0], p[1], n)
			if err != nil {
				return nil, fmt.Errorf("%s fails with %s at its instance %d: %w", p[0], p[1], n, err)
			}
			if len(t.report.Faults) > 0 || o.Budget > 0 && time.Since(began) > o.Budget {
				return t.report, nil // what follows a fault follows from it
			}
			if came {
				left = append(left, p)
			}
		}
		pairs = left
	}
	return t.report, nil
}

// once lets one instance of a call fail while people work. It reports whether there was such an instance.
func (t *trial) once(ctx context.Context, call, fault string, n int) (came bool, err error) {
	trace := filepath.Join(filepath.Dir(t.start.Data), "trace")
	tracer, err := t.attach(ctx, trace, call, fault, n)
	if err != nil {
		return false, err
	}
	t.office.Move(t.server.Base)
	work, stop := context.WithTimeout(ctx, workWithin)
	for _, act := range []func(context.Context) int{t.office.ImportAndIssue, t.office.Revoke, t.office.Share} {
		if status := act(work); status < 200 || status > 299 {
			t.report.Refused++
		}
	}
	stop()
	letGo(tracer)
	said, err := os.ReadFile(trace)
	if err != nil {
		return false, err
	}
	faults := bytes.Count(said, []byte("(INJECTED)"))
	if bytes.Contains(said, []byte("killed by SIGKILL")) {
		<-t.server.Gone() // its end is known a moment after strace's
		faults++
	}
	select {
	case <-t.server.Gone():
		t.report.Kills++
		if t.server, err = process.StartReady(ctx, t.start); err != nil {
			return false, err
		}
		t.office.Move(t.server.Base)
	default:
	}
	found, err := t.office.Judge(ctx, filepath.Join(t.start.Data, "laurel.db"))
	if err != nil {
		return false, err
	}
	if faults > 0 {
		t.report.Runs++
		t.report.Injected += faults
		t.report.By[call+" "+fault]++
	}
	for _, f := range found {
		t.report.Faults = append(t.report.Faults, fmt.Sprintf("%s %s %d: %s", call, fault, n, f))
	}
	fmt.Fprintf(t.log, "%s %s %d: %d faults, %d found\n", call, fault, n, faults, len(found))
	return faults > 0, nil
}

// letGo ends strace, which lets go of the program, if that is still there. Of a program that it killed it may wait for a
// thread that nobody will see again; then it is ended, too.
func letGo(tracer *exec.Cmd) {
	_ = tracer.Process.Signal(os.Interrupt) // it may have ended with the program
	late := time.AfterFunc(5*time.Second, func() { _ = tracer.Process.Kill() })
	defer late.Stop()
	_ = tracer.Wait() // its exit code is the program's
}

// workWithin bounds one run's work: an office that is refused stops by itself, one that waits for a signature that will be
// tried again later need not wait for it here.
const workWithin = 20 * time.Second

// attach has strace follow the program and make a call on the database's files fail.
func (t *trial) attach(ctx context.Context, trace, call, fault string, n int) (*exec.Cmd, error) {
	inject := fmt.Sprintf("inject=%s:error=%s:when=%d", call, fault, n)
	if fault == "KILL" {
		inject = fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n)
	}
	args := []string{"-f", "-o", trace, "-e", "trace=" + call, "-e", inject}
	for _, file := range []string{"laurel.db", "laurel.db-wal", "laurel.db-shm"} {
		args = append(args, "-P", filepath.Join(t.start.Data, file))
	}
	tracer := exec.CommandContext(ctx, "strace", append(args, "-p", strconv.Itoa(t.server.Pid()))...)
	said, err := tracer.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := tracer.Start(); err != nil {
		return nil, fmt.Errorf("%w; install the package strace", err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "attached") {
			go func() { _, _ = io.Copy(io.Discard, said) }() // what it says of threads that come and go
			return tracer, nil
		}
		if strings.Contains(lines.Text(), "ptrace") || strings.Contains(lines.Text(), "invalid") {
			break
		}
	}
	_ = tracer.Process.Kill() // it did not attach
	_ = tracer.Wait()
	return nil, fmt.Errorf("%w: %s", errAttach, lines.Text())
}

// errAttach is that strace may not follow the program here.
var errAttach = errors.New("strace cannot attach to the program")
