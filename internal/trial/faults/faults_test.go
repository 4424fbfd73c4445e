package main

import (
	"errors"
	"os"
	"os/exec"
	"testing"
)

// TestFaults runs the trial itself, briefly: a write, a sync and a read fail, and the program is killed at a sync.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short; builds the program and traces it")
	}
	if _, err := exec.LookPath("strace"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace is not installed, and CI=true")
		}
		t.Skip("SKIP: strace is not installed")
	}
	report, err := run(t.Context(), &options{Calls: []string{"pwrite64", "fsync"}, Faults: []string{"EIO", "ENOSPC", "KILL"}, Each: 2}, t.Output())
	if errors.Is(err, errAttach) {
		t.Skip("SKIP: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Faults) > 0 {
		t.Error(report)
	}
	if report.Runs < 4 || report.Kills == 0 || report.Refused == 0 {
		t.Errorf("the faults did not come about: %s", report)
	}
}
