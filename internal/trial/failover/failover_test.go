package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTheDatabaseGoesAway runs the trial itself, briefly: two restarts and one failover lose nothing.
func TestTheDatabaseGoesAway(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short; builds the program and starts two PostgreSQL servers")
	}
	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_basebackup")
	if _, here := exec.LookPath("pg_basebackup"); err != nil || len(installed) == 0 && here != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("PostgreSQL is not installed, and CI=true")
		}
		t.Skip("SKIP: PostgreSQL is not installed")
	}
	report, err := run(t.Context(), &options{Restarts: 2, Failovers: 1}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Faults) > 0 || report.Restarts != 2 || report.Failovers != 1 || report.Acknowledged < 10 {
		t.Error(report)
	}
}
