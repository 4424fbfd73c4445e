package jobs_test

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// TestWaitingWorkSurvivesABackup: what is queued when a backup is made is queued, once, where it is restored.
func TestWaitingWorkSurvivesABackup(t *testing.T) {
	places := map[string]func() (from *store.DB, into string){
		"sqlite":   func() (*store.DB, string) { return storetest.SQLite(t), filepath.Join(t.TempDir(), "restored.db") },
		"postgres": func() (*store.DB, string) { return storetest.Postgres(t), storetest.PostgresURL(t) },
	}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			db, into := place()
			q := open(t, db)
			enqueue(t, q, db, 7, nil)
			var tables []string
			var chunks [][]byte
			s, err := db.Dump(t.Context(), func(table string, lines []byte) error {
				tables, chunks = append(tables, table), append(chunks, append([]byte(nil), lines...))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			n := -1
			again, err := store.Restore(t.Context(), into, s, func(db *store.DB) error {
				_, err := jobs.Open(t.Context(), db, nil)
				return err
			}, func() (string, []byte, error) {
				if n++; n == len(tables) {
					return "", nil, io.EOF
				}
				return tables[n], chunks[n], nil
			})
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			restored := open(t, again)
			if got := list(t, restored, jobs.Waiting); len(got) != 1 {
				t.Errorf("%d jobs wait, want 1", len(got))
			}
			enqueue(t, restored, again, 8, nil) // its number does not meet a restored one
			if got := list(t, restored, jobs.Waiting); len(got) != 2 {
				t.Errorf("%d jobs wait, want 2", len(got))
			}
		})
	}
}
