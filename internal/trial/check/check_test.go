package check

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/store"
)

// TestJudgeFinds holds the judge to what it is for: each kind of damage, made on purpose, is found.
func TestJudgeFinds(t *testing.T) {
	file := filepath.Join(t.TempDir(), "laurel.db")
	house, err := store.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if err := house.Close(); err != nil {
		t.Fatal(err)
	}
	j, err := Open(file, "http://127.0.0.1:1", "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if faults, err := j.Judge(t.Context(), &Ledger{}); err != nil || len(faults) > 0 {
		t.Fatalf("an empty database: %v %v", faults, err)
	}
	damage, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer damage.Close()
	for _, q := range []string{
		`INSERT INTO shares VALUES ('share-1', 'i', 'l', 'h', '', '', '', true, '', 0, false, 0, 0, 0, 0, 0, 1)`,
		`INSERT INTO status_lists VALUES ('list-1', 'i', 1, 131072, 0)`,
		`INSERT INTO status_entries VALUES ('list-1', 7, 'urn:x', 1, false, false, '', 0)`,
		`INSERT INTO audit_events (institution_id, seq, at, actor, action, object, learner_id, detail, previous, hash) VALUES ('i', 2, 0, 'system', 'a', 'o', '', '{}', 'nothing', 'hash')`,
	} {
		if _, err := damage.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	faults, err := j.Judge(t.Context(), &Ledger{Imported: []Row{{"f.csv", "a@trial.example"}}, Issued: []string{"award-1"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"nothing to show: share-1", "list-1#7", "fewer places than are taken: list-1", "does not follow the one before it: i 2", "acknowledged row: a@trial.example", "seen issued: award-1"} {
		if !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, want) }) {
			t.Errorf("the judge does not find %q among %q", want, faults)
		}
	}
}
