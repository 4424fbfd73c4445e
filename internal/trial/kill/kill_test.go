package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/internal/trial/process"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// TestNothingIsLost runs the trial itself, briefly. Its verdict does not depend on how fast the machine is; docs/operate.md
// says how to run it for long.
func TestNothingIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short; builds the program and kills it many times")
	}
	program := filepath.Join(t.TempDir(), "laurel")
	if err := process.Build(t.Context(), "", program); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		cycles   int
		database func(testing.TB) string
	}{
		{"sqlite", 10, func(testing.TB) string { return "" }},
		{"postgres", 4, storetest.PostgresURL},
	} {
		t.Run(c.name, func(t *testing.T) {
			report, err := run(t.Context(), &options{Cycles: c.cycles, Database: c.database(t), Seed: 1, Program: program}, t.Output())
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Faults) > 0 || report.Cycles != c.cycles {
				t.Error(report)
			}
		})
	}
}
