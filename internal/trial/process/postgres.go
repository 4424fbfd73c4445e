package process

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	_ "github.com/openlaurel/laurel/internal/store" // its driver "pgx" alone
)

// Postgres is a PostgreSQL server of a trial's own. Unlike the one of the tests it writes as durably as one in service.
type Postgres struct {
	Dir string // of its socket

	bin, data string
	attr      *syscall.SysProcAttr
	cmd       *exec.Cmd
	end       chan struct{} // closed to let go of the thread that keeps the server alive
	gone      chan struct{}
}

// NewPostgres makes a server in a new folder, which Remove takes away. Further settings are "name=value".
func NewPostgres(ctx context.Context, settings ...string) (*Postgres, error) {
	p, err := emptyPostgres()
	if err != nil {
		return nil, err
	}
	if err := p.tool(ctx, "initdb", "-D", p.data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8"); err != nil {
		p.Remove()
		return nil, err
	}
	if err := p.Start(ctx, settings...); err != nil {
		p.Remove()
		return nil, err
	}
	return p, nil
}

// Standby makes a second server that follows this one, under its own name for synchronous replication.
func (p *Postgres) Standby(ctx context.Context, settings ...string) (*Postgres, error) {
	s, err := emptyPostgres()
	if err != nil {
		return nil, err
	}
	if err := s.tool(ctx, "pg_basebackup", "-D", s.data, "-h", p.Dir, "-U", "postgres", "-R", "-X", "stream", "-c", "fast", "--no-sync"); err != nil {
		s.Remove()
		return nil, err
	}
	if err := s.Start(ctx, settings...); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

func emptyPostgres() (*Postgres, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "lpg") // short: a socket's path has at most 107 bytes
	if err != nil {
		return nil, err
	}
	p := &Postgres{Dir: dir, bin: bin, data: filepath.Join(dir, "d"), attr: &syscall.SysProcAttr{}}
	if os.Geteuid() == 0 { // the server refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(errUID, errGID, os.Chown(dir, int(uid), int(gid))); err != nil {
			return nil, err
		}
		p.attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return p, nil
}

// binaries finds PostgreSQL's programs in Debian's versioned directory, newest first, or beside the initdb of the PATH.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if slices.Sort(found); len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("initdb is neither in /usr/lib/postgresql/*/bin nor in the PATH; install the package postgresql")
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}

func (p *Postgres) tool(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, name), args...)
	cmd.SysProcAttr, cmd.Dir = p.attr, p.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// Start starts the server, which does not run, and waits until it answers.
func (p *Postgres) Start(ctx context.Context, settings ...string) error {
	args := []string{"-D", p.data, "-k", p.Dir, "-c", "listen_addresses=", "-c", "max_connections=100"}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	p.end, p.gone = make(chan struct{}), make(chan struct{})
	started := make(chan error)
	go p.keep(args, started)
	if err := <-started; err != nil {
		return err
	}
	db, err := sql.Open("pgx", p.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for end := time.Now().Add(readyWithin); ; {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.gone:
			return errors.New("PostgreSQL ended at once")
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(end) {
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		}
	}
}

// keep starts the server and stays on its thread: the kernel ends the server when that thread ends, so that a killed trial
// leaves nothing behind.
func (p *Postgres) keep(args []string, started chan<- error) {
	runtime.LockOSThread()
	defer close(p.gone)
	own := *p.attr
	own.Pdeathsig = syscall.SIGQUIT
	p.cmd = exec.Command(filepath.Join(p.bin, "postgres"), args...)
	p.cmd.SysProcAttr, p.cmd.Dir = &own, p.Dir
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	exited := make(chan struct{})
	go func() { _ = p.cmd.Wait(); close(exited) }() // however it ended
	started <- nil
	select {
	case <-exited:
	case <-p.end:
		<-exited
	}
}

// Stop ends the server: SIGINT is a fast shutdown, SIGQUIT an immediate one that recovers at the next start (PostgreSQL
// manual, "Shutting Down the Server").
func (p *Postgres) Stop(how syscall.Signal) {
	if p.gone == nil {
		return
	}
	select {
	case <-p.gone:
		return
	default:
	}
	_ = p.cmd.Process.Signal(how) // it may have ended by itself
	close(p.end)
	<-p.gone
}

// Remove ends the server and takes its folder away.
func (p *Postgres) Remove() {
	p.Stop(syscall.SIGQUIT)
	_ = os.RemoveAll(p.Dir) // a temporary folder; what stays is the system's to sweep
}

// Promote makes a standby the primary.
func (p *Postgres) Promote(ctx context.Context) error {
	return p.Exec(ctx, `SELECT pg_promote(true, 60)`)
}

// Exec runs a statement as the administrator.
func (p *Postgres) Exec(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", p.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// URL is the address of a database of this server.
func (p *Postgres) URL(database string) string { return URLOf(database, p) }

// URLOf is the address of a database of whichever of these servers takes writes.
func URLOf(database string, servers ...*Postgres) string {
	url := "postgres:///" + database + "?user=postgres&host=" + servers[0].Dir
	for _, s := range servers[1:] {
		url += "," + s.Dir
	}
	if len(servers) > 1 {
		url += "&target_session_attrs=read-write"
	}
	return url
}
