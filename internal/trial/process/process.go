// Package process runs the built program for the trials: it starts it, waits until it is ready, and ends it, gently or as a
// power cut would; and it runs PostgreSQL servers that a trial may stop, kill and promote.
package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options say what to start.
type Options struct {
	Program  string   // the built program
	Data     string   // its data folder
	Database string   // postgres://…; empty: SQLite in the data folder
	Public   string   // the public address; empty: where it listens
	NoDemo   bool     // serve what is there, as an institution does
	Args     []string // more flags of serve
	Wrap     []string // a command put before the program, such as strace with its flags
}

// Process is one running program.
type Process struct {
	Base string // where it listens

	cmd  *exec.Cmd
	said *tail
	gone chan struct{} // closed when the process has ended
	once sync.Once
}

// Build builds the program of the tree in dir; an empty dir is the tree of the working directory.
func Build(ctx context.Context, dir, to string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", to, "github.com/openlaurel/laurel/cmd/laurel")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the program cannot be built: %w\n%s", err, out)
	}
	return nil
}

// FreeAddr is an address that nobody listened at just now.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Start starts the program at an address without waiting for it.
func Start(ctx context.Context, o *Options, addr string) (*Process, error) {
	public := o.Public
	if public == "" {
		public = "http://" + addr
	}
	args := append([]string{o.Program, "serve", "--data", o.Data, "--addr", addr, "--public-url", public}, o.Args...)
	if !o.NoDemo {
		args = append(args, "--demo")
	}
	if o.Database != "" {
		args = append(args, "--database", o.Database)
	}
	return Run(ctx, addr, append(append([]string{}, o.Wrap...), args...)...)
}

// Run starts a command that will listen at an address.
func Run(ctx context.Context, addr string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.CommandContext(ctx, args[0], args[1:]...), Base: "http://" + addr, said: &tail{}, gone: make(chan struct{})}
	p.cmd.Stderr, p.cmd.Stdout = p.said, p.said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what wraps the program ends with it
	p.cmd.Cancel = func() error { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = p.cmd.Wait(); close(p.gone) }() // how it ended is asked for by those who care (Code)
	return p, nil
}

var errPort = errors.New("the port was taken meanwhile")

// StartReady starts the program at a free address and waits until it says that it is ready.
func StartReady(ctx context.Context, o *Options) (*Process, error) {
	for range 20 {
		addr, err := FreeAddr()
		if err != nil {
			return nil, err
		}
		p, err := Start(ctx, o, addr)
		if err != nil {
			return nil, err
		}
		if err = p.Ready(ctx); err == nil {
			return p, nil
		}
		p.Kill()
		if !errors.Is(err, errPort) {
			return nil, err
		}
	}
	return nil, errPort
}

// readyWithin bounds the wait for a start. It is no measure: what a start took is in the reports.
const readyWithin = 10 * time.Minute

// Ready waits until the program says that it can serve.
func (p *Process) Ready(ctx context.Context) error {
	client := &http.Client{Timeout: 10 * time.Second}
	for end := time.Now().Add(readyWithin); time.Now().Before(end); {
		res, err := client.Get(p.Base + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.gone:
			if strings.Contains(p.said.String(), "cannot listen on") {
				return errPort
			}
			return fmt.Errorf("the program does not start: %s", p.said)
		case <-time.After(2 * time.Millisecond):
		}
	}
	return fmt.Errorf("the program is not ready after %v: %s", readyWithin, p.said)
}

// Kill ends the process, and what wraps it, as a power cut would end it for the program: nothing of it runs any more.
func (p *Process) Kill() {
	p.once.Do(func() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }) // it may have ended by itself
	<-p.gone
}

// Stop asks the program to end, waits until it has, and returns its exit code.
func (p *Process) Stop() int {
	p.once.Do(func() { _ = p.cmd.Process.Signal(syscall.SIGTERM) }) // it may have ended by itself
	<-p.gone
	return p.cmd.ProcessState.ExitCode()
}

// Gone is closed when the process has ended.
func (p *Process) Gone() <-chan struct{} { return p.gone }

// Said is the end of what the program wrote.
func (p *Process) Said() string { return p.said.String() }

// Memory is the resident memory of the process now and at its peak, in bytes (proc(5), status).
func (p *Process) Memory() (now, peak int64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(b)) {
		name, rest, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		switch name {
		case "VmRSS":
			now = kib << 10
		case "VmHWM":
			peak = kib << 10
		}
	}
	return now, peak, nil
}

// CPU is the processor time that the process has used (proc(5), stat; the kernel counts it in hundredths of a second).
func (p *Process) CPU() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat cannot be read", p.cmd.Process.Pid)
	}
	user, errUser := strconv.ParseInt(fields[11], 10, 64)
	system, errSystem := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(errUser, errSystem)
}

// tail keeps the end of what a process says.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if n := len(t.b) - 8<<10; n > 0 {
		t.b = t.b[n:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

// Pid is the process's number.
func (p *Process) Pid() int { return p.cmd.Process.Pid }
