package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// program is one process of the tried program.
type program struct {
	cmd  *exec.Cmd
	base string
	errs *tail
	gone chan struct{} // closed when the process has ended
	once sync.Once
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

// freeAddr is an address that nobody listened at just now.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (t *trial) start(ctx context.Context, addr string) (*program, error) {
	args := []string{"serve", "--demo", "--data", t.data, "--addr", addr, "--public-url", t.public, "--rate-api", "0", "--rate-door", "0"}
	if t.Database != "" {
		args = append(args, "--database", t.Database)
	}
	p := &program{cmd: exec.CommandContext(ctx, t.Program, args...), base: "http://" + addr, errs: &tail{}, gone: make(chan struct{})}
	p.cmd.Stderr, p.cmd.Stdout = p.errs, p.errs
	p.cmd.Env = append(os.Environ(), "HOME="+t.data)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = p.cmd.Wait(); close(p.gone) }() // how it ended is no news: it is killed
	return p, nil
}

// kill ends the process as a power cut would end it for the program: nothing of it runs any more.
func (p *program) kill() {
	p.once.Do(func() { _ = p.cmd.Process.Kill() }) // it may have ended by itself
	<-p.gone
}

var errPort = errors.New("the port was taken meanwhile")

// startReady starts the program and waits until it says that it is ready.
func (t *trial) startReady(ctx context.Context) (*program, error) {
	for range 20 {
		addr, err := freeAddr()
		if err != nil {
			return nil, err
		}
		p, err := t.start(ctx, addr)
		if err != nil {
			return nil, err
		}
		if err = p.ready(ctx); err == nil {
			return p, nil
		}
		p.kill()
		if !errors.Is(err, errPort) {
			return nil, err
		}
	}
	return nil, errPort
}

// readyWithin bounds the wait for a start. It is no measure: what a start took is in the report.
const readyWithin = 2 * time.Minute

func (p *program) ready(ctx context.Context) error {
	client := &http.Client{Timeout: 10 * time.Second}
	for end := time.Now().Add(readyWithin); time.Now().Before(end); {
		res, err := client.Get(p.base + "/readyz")
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
			if strings.Contains(p.errs.String(), "cannot listen on") {
				return errPort
			}
			return fmt.Errorf("the program does not start: %s", p.errs)
		case <-time.After(2 * time.Millisecond):
		}
	}
	return fmt.Errorf("the program is not ready after %v: %s", readyWithin, p.errs)
}
