// Command upgrade is a trial: an older version of the program and the tree's own work on one PostgreSQL database at the same
// time, as they do while the nodes of an installation are upgraded one after another; people use both, and what is then
// there is judged by package check. The older version is built from the repository's history.
//
//	go run ./internal/trial/upgrade --from 3258053 --for 60s
package main

import (
	"archive/tar"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/openlaurel/laurel/internal/trial/office"
	"github.com/openlaurel/laurel/internal/trial/process"
)

func main() {
	from := flag.String("from", "3258053", "the older version: a commit, or the path of a built program")
	to := flag.String("to", "", "the newer version; empty: the tree's own")
	both := flag.Duration("for", time.Minute, "how long both versions work beside each other")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	faults, err := run(ctx, *from, *to, *both)
	if err != nil {
		fmt.Fprintln(os.Stderr, "upgrade:", err)
		os.Exit(2)
	}
	for _, f := range faults {
		fmt.Println(f)
	}
	fmt.Printf("%d lost, doubled or orphaned, or refused\n", len(faults))
	if len(faults) > 0 {
		os.Exit(1)
	}
}

func run(ctx context.Context, from, to string, both time.Duration) (faults []string, err error) {
	dir, err := os.MkdirTemp("", "laurel-upgrade-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if from, err = program(ctx, dir, from); err != nil {
		return nil, err
	}
	if to == "" {
		to = filepath.Join(dir, "new")
		if err := process.Build(ctx, "", to); err != nil {
			return nil, err
		}
	}
	database, err := process.NewPostgres(ctx)
	if err != nil {
		return nil, err
	}
	defer database.Remove()
	start := process.Options{Program: from, Data: filepath.Join(dir, "data"), Database: database.URL("postgres"), Args: []string{"--rate-api", "0", "--rate-door", "0", "--log-level", "error"}}
	older, err := process.StartReady(ctx, &start)
	if err != nil {
		return nil, fmt.Errorf("the older version: %w", err)
	}
	defer older.Kill()
	start.Public = older.Base
	places, err := office.ReadPlaces(filepath.Join(start.Data, "demo.json"))
	if err != nil {
		return nil, err
	}
	people := [2]*office.Office{{Public: start.Public, Places: places, Name: "older"}, {Public: start.Public, Places: places, Name: "newer"}}
	people[0].Move(older.Base)
	if status := day(ctx, people[0]); status != http.StatusOK {
		return nil, fmt.Errorf("the older version alone answers %d", status)
	}
	start.Program = to
	newer, err := process.StartReady(ctx, &start) // migrates under the older one
	if err != nil {
		return nil, fmt.Errorf("the newer version: %w", err)
	}
	defer newer.Kill()
	people[1].Move(newer.Base)
	var days [2]atomic.Int64
	var refused sync.Map
	work, stop := context.WithTimeout(ctx, both)
	defer stop()
	var all sync.WaitGroup
	for i, o := range people {
		all.Go(func() {
			for work.Err() == nil {
				status := day(work, o)
				if work.Err() != nil {
					return // the time is over in the middle of a round
				}
				if status != http.StatusOK {
					refused.Store(fmt.Sprintf("refused: %s version answers %d", o.Name, status), true)
					return
				}
				days[i].Add(1)
			}
		})
	}
	all.Wait()
	refused.Range(func(what, _ any) bool { faults = append(faults, what.(string)); return true })
	fmt.Printf("beside each other: the older version did %d rounds, the newer %d\n", days[0].Load(), days[1].Load())
	if code := older.Stop(); code != 0 {
		faults = append(faults, fmt.Sprintf("the older version ends with exit code %d", code))
	}
	people[1].Take(people[0]) // the newer one knows all of what the older one did
	found, err := people[1].Judge(ctx, start.Database)
	return append(faults, found...), err
}

// day is one round of everything.
func day(ctx context.Context, o *office.Office) int {
	for _, act := range []func(context.Context) int{o.ImportAndIssue, o.Revoke, o.Share} {
		if status := act(ctx); status < 200 || status > 299 {
			return status
		}
	}
	return http.StatusOK
}

// program finds a built program, or builds the one of a commit.
func program(ctx context.Context, dir, from string) (string, error) {
	if info, err := os.Stat(from); err == nil && !info.IsDir() {
		return from, nil
	}
	tree := filepath.Join(dir, "tree")
	archive := exec.CommandContext(ctx, "git", "archive", from)
	out, err := archive.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := archive.Start(); err != nil {
		return "", err
	}
	unpacked := unpack(out, tree)
	if err := errors.Join(unpacked, archive.Wait()); err != nil {
		return "", fmt.Errorf("the older version %s cannot be had: %w", from, err)
	}
	built := filepath.Join(dir, "old")
	return built, process.Build(ctx, tree, built)
}

func unpack(r io.Reader, to string) error {
	root := filepath.Clean(to)
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) {
			continue
		}
		name := filepath.Join(root, h.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		b, err := io.ReadAll(t)
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, b, 0o644); err != nil {
			return err
		}
	}
}
