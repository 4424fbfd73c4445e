package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// TestEveryTableIsPersonalOrNot: a table that nobody sorted would be forgotten when a person is erased.
func TestEveryTableIsPersonalOrNot(t *testing.T) {
	db := openFile(t, filepath.Join(t.TempDir(), "laurel.db"))
	err := db.View(t.Context(), func(tx *Tx) error {
		all, err := tx.tables(t.Context())
		for _, table := range all {
			listed := slices.ContainsFunc(personals, func(p personal) bool { return p.table == table.name })
			_, other := impersonals[table.name]
			bookkeeping := table.name == "goose_db_version" || strings.HasPrefix(table.name, "river_")
			if !bookkeeping && listed == other {
				t.Errorf("table %s: listed as personal %v, as not %v; it must be one of them (personal.go)", table.name, listed, other)
			}
			named := slices.ContainsFunc(table.columns, func(c column) bool { return c.name == "learner_id" })
			if named && !listed && table.name != "erasures" {
				t.Errorf("table %s names a learner and is not among the personal ones", table.name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

const canary = "Zebedee-Canary"

// TestErasedFromEveryFile fills every table with a canary about one learner, erases the learner, and looks for the canary
// in the bytes of the database's files (G06 in the catalogue of attacks).
func TestErasedFromEveryFile(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "laurel.db")
	db := openFile(t, path)
	fillTables(t, path)
	if !inFiles(t, path) {
		t.Fatal("the canary was not written")
	}
	var tables []string
	err := db.View(ctx, func(tx *Tx) error {
		return tx.PersonalData(ctx, "learner-1", func(table string, row json.RawMessage) error {
			if bytes.Contains(row, []byte(`_hash"`)) {
				t.Errorf("%s gives a secret away: %s", table, row)
			}
			tables = append(tables, table)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range personals {
		if !slices.Contains(tables, p.table) {
			t.Errorf("an access request gets nothing of %s", p.table)
		}
	}
	err = db.Update(ctx, func(tx *Tx) error {
		return tx.EraseLearner(ctx, &record.Erasure{Learner: "learner-1", Institution: "house", Ground: "request", ErasedBy: "a", ErasedAt: time.Unix(1, 0)}, []string{canary})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(ctx, func(tx *Tx) error {
		left, err := tx.CountPersonal(ctx, "learner-1")
		delete(left, "audit_events")
		if len(left) > 0 {
			t.Errorf("left: %v", left)
		}
		gone, err2 := tx.Erasures(ctx, "house", 10)
		if len(gone) != 1 || err2 != nil {
			t.Errorf("erasures: %v, %v", gone, err2)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	if inFiles(t, path) {
		t.Error("the canary is still in a file of the database")
	}
}

func openFile(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(t.Context(), path)
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

// links are columns that point at the row of a table that fillTables writes.
var links = map[string]string{"offer_id": "wallet_offers", "grant_id": "oauth_grants", "inquiry_id": "inquiries", "share_id": "shares",
	"credential_id": "credentials", "account_id": "accounts", "statement_id": "statements", "award_id": "awards", "run_id": "runs",
	"batch_id": "batches", "list_id": "status_lists", "client_id": "oauth_clients", "achievement_id": "achievements", "hook_id": "hooks", "ask_id": "wallet_asks", "delivery_id": "deliveries",
	"endorsement_id": "endorsements"}

// fillTables writes one row into every table, about the learner, over a connection that checks no references.
func fillTables(t *testing.T, path string) {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	ctx := t.Context()
	db := openFile(t, path)
	err = db.View(ctx, func(tx *Tx) error {
		all, err := tx.tables(ctx)
		for _, table := range all {
			if table.name == "goose_db_version" {
				continue
			}
			fillTable(ctx, t, raw, table)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func fillTable(ctx context.Context, t *testing.T, raw *sql.DB, table table) {
	t.Helper()
	_, other := impersonals[table.name]
	scrubbed := impersonals[table.name] == "scrubbed by words"
	args := make([]any, len(table.columns))
	for i, c := range table.columns {
		switch {
		case c.name == "learner_id" || c.name == "id" && table.name == "learners":
			args[i] = "learner-1"
		case c.name == "institution_id" || c.name == "id" && table.name == "institutions":
			args[i] = "house"
		case links[c.name] != "":
			args[i] = links[c.name]
		case c.name == "id":
			args[i] = table.name
		case table.name == "import_keys" && c.name == "source_key":
			args[i] = canary + " awards" // of the row of awards
		case c.name == "uri":
			args[i] = canary
		case table.name == "status_entries":
			args[i] = 1
		case other && !scrubbed, table.name == "audit_events" && c.name != "detail": // ids and hashes, which stay
			args[i] = 1
		case c.kind == "blob":
			args[i] = []byte(`{"name": "` + canary + `"}`)
		case c.kind == "text" && c.name == "findings":
			args[i] = `["` + canary + `"]`
		case c.kind == "text" && !scrubbed:
			args[i] = canary + " " + table.name
		default:
			args[i] = 1
		}
	}
	if table.name == "erasures" {
		return
	}
	if _, err := raw.ExecContext(ctx, table.insert(1), args...); err != nil {
		t.Fatalf("%s: %v", table.name, err)
	}
}

// inFiles reports whether the canary stands in the database's file or its log.
func inFiles(t *testing.T, path string) bool {
	t.Helper()
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if at := bytes.Index(b, []byte(canary)); at >= 0 {
			t.Logf("%s at %d: %q", name, at, b[max(0, at-60):min(len(b), at+60)])
			return true
		}
	}
	return false
}
