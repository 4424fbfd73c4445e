// Package storetest opens real databases for tests: SQLite in memory and in a file, and a PostgreSQL server that the
// test program starts itself, with one fresh database per test.
package storetest

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
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/store"
)

// Main runs a package's tests and stops the PostgreSQL server afterwards. A package that calls Each or Postgres has
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	server.stop()
	return code
}

// Each runs a test on every database.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { test(t, open(t, ":memory:")) })
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite opens a fresh SQLite file.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "laurel.db"))
}

// Postgres opens a fresh PostgreSQL database.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return open(t, PostgresURL(t))
}

func open(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// PostgresURL returns the address of a fresh, migrated PostgreSQL database. Without PostgreSQL's programs the test is
// skipped, and fails when CI=true.
func PostgresURL(t testing.TB) string {
	t.Helper()
	if err := server.start(t.Context()); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("PostgreSQL does not start, and CI=true: %v", err)
		}
		t.Skipf("SKIP: PostgreSQL does not start here: %v", err)
	}
	return server.fresh(t)
}

// postgres is one server for the whole test program.
type postgres struct {
	once sync.Once
	err  error
	dir  string
	done chan struct{} // closed to end the thread that keeps the server alive
	gone chan struct{} // closed when the server has ended
	next atomic.Int64
}

var server postgres

// startWithin is how long the server may take; measured: under a second.
const startWithin = 60 * time.Second

func (p *postgres) start(ctx context.Context) error {
	p.once.Do(func() { p.err = p.boot(context.WithoutCancel(ctx)) })
	return p.err
}

func (p *postgres) boot(ctx context.Context) error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	if p.dir, err = os.MkdirTemp("", "lpg"); err != nil { // short: a socket's path has at most 107 bytes
		return err
	}
	attr, err := account(p.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(p.dir, "d")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8")
	initdb.SysProcAttr, initdb.Dir = attr, p.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	p.done, p.gone = make(chan struct{}), make(chan struct{})
	started := make(chan error)
	go p.keep(filepath.Join(bin, "postgres"), data, attr, started)
	if err := <-started; err != nil {
		return err
	}
	if err := p.wait(ctx); err != nil {
		return err
	}
	if err := p.exec(ctx, "CREATE DATABASE laurel_template"); err != nil {
		return err
	}
	db, err := store.Open(ctx, p.url("laurel_template"))
	if err != nil {
		return err
	}
	return db.Close()
}

// keep starts the server and stays on its thread: the kernel ends the server when that thread ends, so that a killed
// test leaves nothing behind.
func (p *postgres) keep(program, data string, attr *syscall.SysProcAttr, started chan<- error) {
	runtime.LockOSThread()
	defer close(p.gone)
	own := *attr
	own.Pdeathsig = syscall.SIGQUIT
	cmd := exec.Command(program, "-D", data, "-k", p.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off",
		"-c", "full_page_writes=off", "-c", "max_connections=200")
	cmd.SysProcAttr, cmd.Dir = &own, p.dir
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	<-p.done
	_ = cmd.Process.Signal(syscall.SIGINT) // fast shutdown; when it is gone already, that is what we want
	_ = cmd.Wait()                         // its exit code says nothing that matters here
}

// wait connects until the server answers.
func (p *postgres) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	db, err := sql.Open("pgx", p.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer within %s: %w", startWithin, err)
		case <-p.gone:
			return errors.New("the server ended at once")
		case <-tick.C:
		}
	}
}

func (p *postgres) exec(ctx context.Context, query string) error {
	db, err := sql.Open("pgx", p.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, query)
	return err
}

func (p *postgres) url(database string) string {
	return "postgres:///" + database + "?host=" + p.dir + "&user=postgres"
}

// fresh clones the migrated template.
func (p *postgres) fresh(t testing.TB) string {
	t.Helper()
	name := "t" + strconv.FormatInt(p.next.Add(1), 10)
	if err := p.exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE laurel_template"); err != nil {
		t.Fatal(err)
	}
	return p.url(name)
}

func (p *postgres) stop() {
	if p.done != nil {
		close(p.done)
		<-p.gone
	}
	if p.dir != "" {
		_ = os.RemoveAll(p.dir) // a temporary directory; what stays is the system's to sweep
	}
}

// binaries finds PostgreSQL's programs in Debian's versioned directory, newest first, or beside the initdb of the PATH.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	slices.Sort(found)
	if len(found) > 0 {
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

// account gives the directory to the user postgres when we are root, because the server refuses to run as root.
func account(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}
