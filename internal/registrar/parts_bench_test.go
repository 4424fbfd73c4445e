package registrar_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
)

// BenchmarkImportInParts imports LAUREL_ROWS rows (20,000 when not set) from a file into an SQLite file and reports rows
// per second and the most memory that the heap held between two parts.
func BenchmarkImportInParts(b *testing.B) {
	rows, err := strconv.Atoi(os.Getenv("LAUREL_ROWS"))
	if err != nil {
		rows = 20_000
	}
	for b.Loop() {
		dir := b.TempDir()
		name := filepath.Join(dir, "roster.csv")
		writeRoster(b, name, rows)
		db, err := store.Open(b.Context(), filepath.Join(dir, "laurel.db"))
		if err != nil {
			b.Fatal(err)
		}
		o := registrartest.New(b, db)
		peak := uint64(0)
		_, err = o.Desk.ImportInParts(b.Context(), o.Registrar, registrar.PartsRequest{Name: "roster.csv", SHA256: "bench", Source: "bench",
			Open: func() (io.ReadCloser, error) { return os.Open(name) },
			Progress: func(int, int) {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(peak)/(1<<20), "heap-MiB")
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func writeRoster(b *testing.B, name string, rows int) {
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprint(w, registrartest.Header)
	for i := range rows {
		fmt.Fprintf(w, "Person %d,p%d@example.edu,%d,Course %d,Course,C %d,About it,Pass it,2025-05-20,Spring 2025,3,A\n", i/10, i/10, 100000+i/10, i%10, i%10)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
