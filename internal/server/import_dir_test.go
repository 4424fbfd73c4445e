package server

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func TestImportFolder(t *testing.T) {
	o := registrartest.New(t, storetest.SQLite(t))
	dir := t.TempDir()
	in := &intake{dir: dir, desk: o.Desk, log: slog.New(slog.DiscardHandler)}
	nightly := filepath.Join(dir, "example", "Banner nightly")
	if err := os.MkdirAll(nightly, 0o700); err != nil {
		t.Fatal(err)
	}
	drop := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	drop(filepath.Join(nightly, "grades.csv"), registrartest.Sheet)
	drop(filepath.Join(nightly, "half.csv.part"), registrartest.Sheet)
	drop(filepath.Join(dir, "example", "photo.png"), "\x89PNG\r\n\x1a\n")
	batches := func() (out []*record.Batch) {
		t.Helper()
		err := o.DB.View(t.Context(), func(tx *store.Tx) (err error) {
			out, err = tx.Batches(t.Context(), o.Institution.ID, 10)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if err := in.look(t.Context()); err != nil || len(batches()) != 0 {
		t.Fatalf("a file that may still grow was taken: %v", err)
	}
	for range 2 { // the third look finds nothing new
		if err := in.look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := batches()
	if len(got) != 1 || got[0].State != record.BatchStaged || got[0].Source != "Banner nightly" || got[0].Counts.New != 3 {
		t.Fatalf("batches: %+v", got)
	}
	for pattern, want := range map[string]int{"example/Banner nightly/taken/*-grades.csv": 1, "example/Banner nightly/half.csv.part": 1,
		"example/refused/*-photo.png": 1, "example/refused/*-photo.png.reason.txt": 1, "example/*.png": 0} {
		if found, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(found) != want {
			t.Errorf("%s: %v, %v", pattern, found, err)
		}
	}
}
