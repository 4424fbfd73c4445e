package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/trial/office"
	"github.com/openlaurel/laurel/internal/trial/process"
)

// TestDiskFull fills the disk under a running program: changes are refused with a sentence, reads go on, a start says what
// is wrong, and when there is room again everything goes on without a new start, with nothing lost or half done.
func TestDiskFull(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short; builds the program")
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=48m"); err != nil {
		t.Skipf("SKIP: a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	program := filepath.Join(t.TempDir(), "laurel")
	if err := process.Build(t.Context(), "", program); err != nil {
		t.Fatal(err)
	}
	start := &process.Options{Program: program, Data: filepath.Join(disk, "data"), Args: []string{"--rate-api", "0", "--rate-door", "0", "--log-level", "error"}}
	server, err := process.StartReady(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { server.Kill() }()
	start.Public = server.Base
	people := &office.Office{Public: server.Base, Name: "disk"}
	if people.Places, err = office.ReadPlaces(filepath.Join(start.Data, "demo.json")); err != nil {
		t.Fatal(err)
	}
	people.Move(server.Base)
	if status := people.ImportAndIssue(t.Context()); status != http.StatusOK {
		t.Fatalf("on an empty disk: %d", status)
	}
	free := fill(t, disk)
	status := http.StatusOK
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	for n := 0; n < 400 && (status == http.StatusOK || status == http.StatusNoContent); n++ { // what the log has room for still goes through
		status = people.Share(ctx)
		if status == http.StatusOK {
			status = people.Revoke(ctx)
		}
	}
	if status != http.StatusServiceUnavailable {
		t.Errorf("a change on a full disk is answered with %d", status)
	}
	if status, body := get(t, server.Base+strings.TrimPrefix(people.Places.Record, people.Public)); status != http.StatusOK || !strings.Contains(body, "proof") {
		t.Errorf("a read on a full disk is answered with %d", status)
	}
	free()
	status = 0
	for end := time.Now().Add(2 * time.Minute); status != http.StatusOK && time.Now().Before(end); {
		status = people.ImportAndIssue(ctx)
	}
	if status != http.StatusOK {
		t.Errorf("with room again a change is answered with %d", status)
	}
	faults, err := people.Judge(t.Context(), filepath.Join(start.Data, "laurel.db"))
	if err != nil || len(faults) > 0 {
		t.Errorf("%q, %v", faults, err)
	}
	server.Stop()
	fill(t, disk)
	empty := *start
	empty.Data = filepath.Join(disk, "another")
	addr, err := process.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	p, err := process.Start(t.Context(), &empty, addr)
	if err != nil {
		t.Fatal(err)
	}
	<-p.Gone()
	if code, said := p.Stop(), strings.TrimSpace(p.Said()); code == 0 || !strings.Contains(said, "full") && !strings.Contains(said, "no space") || strings.Contains(said, "\n") {
		t.Errorf("a start on a full disk: exit %d: %q", code, said)
	}
}

// fill leaves no room on a disk until the returned function is called.
func fill(t *testing.T, disk string) (free func()) {
	t.Helper()
	name := filepath.Join(disk, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for b := make([]byte, 1<<20); len(b) > 0; {
		if _, err := f.Write(b); errors.Is(err, syscall.ENOSPC) {
			b = b[:len(b)/2]
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/vc")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}
