package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

type chunk struct {
	table string
	lines []byte
}

func dump(t *testing.T, db *store.DB) (*store.Snapshot, []chunk) {
	t.Helper()
	var chunks []chunk
	s, err := db.Dump(t.Context(), func(table string, lines []byte) error {
		chunks = append(chunks, chunk{table, append([]byte(nil), lines...)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, chunks
}

func restore(ctx context.Context, url string, s *store.Snapshot, chunks []chunk) (*store.DB, error) {
	return store.Restore(ctx, url, s, nil, func() (string, []byte, error) {
		if len(chunks) == 0 {
			return "", nil, io.EOF
		}
		c := chunks[0]
		chunks = chunks[1:]
		return c.table, c.lines, nil
	})
}

// filled writes something of most kinds: text of all scripts, bytes, booleans, empty values, an audit chain.
func filled(t *testing.T, db *store.DB) *record.Institution {
	t.Helper()
	ctx := t.Context()
	i, l, a := house(t, db)
	update(t, db, func(tx *store.Tx) error {
		for n := range int64(3) {
			if err := tx.AddCredential(ctx, credential(i, l, "p", n+1, n)); err != nil {
				return err
			}
			if err := tx.MoveCredential(ctx, newest(t, tx), record.CredentialSuperseded); err != nil {
				return err
			}
			if err := tx.Append(ctx, &record.Event{Institution: i.ID, At: now, Actor: "a", Action: "test", Object: "o", Detail: map[string]string{"n": "ü"}}); err != nil {
				return err
			}
		}
		return tx.AddAward(ctx, award(i, l, a, "k", 1, record.AwardDraft))
	})
	return i
}

func newest(t *testing.T, tx *store.Tx) record.CredentialID {
	t.Helper()
	c, err := tx.NewestCredential(t.Context(), "p")
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// TestBackupRestoresIntoEitherDatabase: a dump of each database, restored into each, dumps to the same rows again, and
// the audit chain holds.
func TestBackupRestoresIntoEitherDatabase(t *testing.T) {
	from := map[string]func() *store.DB{"sqlite": func() *store.DB { return storetest.SQLite(t) }, "postgres": func() *store.DB { return storetest.Postgres(t) }}
	into := map[string]func() string{
		"sqlite":   func() string { return filepath.Join(t.TempDir(), "restored.db") },
		"postgres": func() string { return storetest.PostgresURL(t) },
	}
	for source, open := range from {
		for target, url := range into {
			t.Run(source+" to "+target, func(t *testing.T) {
				db := open()
				i := filled(t, db)
				s, chunks := dump(t, db)
				got, err := restore(t.Context(), url(), s, chunks)
				if err != nil {
					t.Fatal(err)
				}
				defer got.Close()
				again, rows := dump(t, got)
				if diff := cmp.Diff(content(t, s, chunks), content(t, again, rows)); diff != "" {
					t.Errorf("the restored database differs (-backup +restored):\n%s", diff)
				}
				if err := got.View(t.Context(), func(tx *store.Tx) error {
					n, err := tx.CheckAudit(t.Context(), i.ID)
					if err == nil && n != 3 {
						t.Errorf("%d events, want 3", n)
					}
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// content is a dump by table and column name, with booleans as one kind of value.
func content(t *testing.T, s *store.Snapshot, chunks []chunk) map[string][]map[string]any {
	t.Helper()
	columns := map[string][]string{}
	for _, table := range s.Tables {
		columns[table.Name] = table.Columns
	}
	out := map[string][]map[string]any{}
	for _, c := range chunks {
		dec := json.NewDecoder(bytes.NewReader(c.lines))
		for dec.More() {
			var values []any
			if err := dec.Decode(&values); err != nil {
				t.Fatal(err)
			}
			row := map[string]any{}
			for i, v := range values {
				if b, ok := v.(bool); ok {
					v = map[bool]float64{true: 1}[b]
				}
				row[columns[c.table][i]] = v
			}
			out[c.table] = append(out[c.table], row)
		}
	}
	return out
}

func TestRestoreRefuses(t *testing.T) {
	db := storetest.SQLite(t)
	filled(t, db)
	s, chunks := dump(t, db)
	at := func() string { return filepath.Join(t.TempDir(), "r.db") }

	full := filepath.Join(t.TempDir(), "full.db")
	first, err := restore(t.Context(), full, s, chunks)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = restore(t.Context(), full, s, chunks)
	wantKind(t, err, record.Conflict)

	newer := *s
	newer.Schema = 1 << 30
	_, err = restore(t.Context(), at(), &newer, chunks)
	wantKind(t, err, record.Invalid)

	_, err = restore(t.Context(), at(), s, chunks[:len(chunks)-1])
	wantKind(t, err, record.Invalid)

	broken := append([]chunk{{chunks[0].table, []byte("[1,2\n")}}, chunks[1:]...)
	_, err = restore(t.Context(), at(), s, broken)
	wantKind(t, err, record.Invalid)

	strange := append([]chunk{{"users; DROP TABLE awards", []byte("[1]\n")}}, chunks...)
	_, err = restore(t.Context(), at(), s, strange)
	wantKind(t, err, record.Invalid)

	// What failed left nothing behind.
	place, stop := at(), errors.New("the disk went away")
	_, err = store.Restore(t.Context(), place, s, nil, func() (string, []byte, error) { return "", nil, stop })
	if !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	again, err := restore(t.Context(), place, s, chunks)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
