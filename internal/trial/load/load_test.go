package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/internal/trial/process"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == bareServer { // the tests start themselves as the bare server
		if err := serveBare(os.Args[2], os.Args[3]); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(storetest.Main(m))
}

// TestEveryoneIsAnswered runs the whole trial, tiny: nothing is answered wrong, nothing that was acknowledged is lost, in
// calm, in a flood and after it. It says nothing about time.
func TestEveryoneIsAnswered(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short; builds the program and uses it")
	}
	program := filepath.Join(t.TempDir(), "laurel")
	if err := process.Build(t.Context(), "", program); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		database func(testing.TB) string
	}{{"sqlite", func(testing.TB) string { return "" }}, {"postgres", storetest.PostgresURL}} {
		t.Run(c.name, func(t *testing.T) {
			report, err := run(t.Context(), &options{Program: program, People: 12, Think: 20 * time.Millisecond, For: 600 * time.Millisecond, Overload: 10, Bulk: 15, Single: true, Database: c.database(t)}, t.Output())
			if err != nil {
				t.Fatal(err)
			}
			if report.Errors() > 0 || len(report.Faults) > 0 {
				t.Error(report)
			}
			if len(report.Phases) != 4 || report.Phases[0].Rate() == 0 || report.Awards == 0 || report.Bulk.Signed != 15+3 || len(report.Single) != 6 {
				t.Errorf("the trial did not do what it is for: %s", report)
			}
			for _, s := range report.Single {
				if s.Wrong > 0 || s.answers == 0 {
					t.Error(s)
				}
			}
		})
	}
}

// TestGrown: a database that was grown is a whole one to the judge, revocations are published, and a backup of it gives
// back everything that was acknowledged.
func TestGrown(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short; builds the program and uses it")
	}
	program := filepath.Join(t.TempDir(), "laurel")
	if err := process.Build(t.Context(), "", program); err != nil {
		t.Fatal(err)
	}
	report, err := run(t.Context(), &options{Program: program, Grown: 105, Drill: true}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Faults) > 0 || len(report.Published) != flips || report.Restored == 0 || len(report.Soak.Samples) == 0 {
		t.Error(report)
	}
}
