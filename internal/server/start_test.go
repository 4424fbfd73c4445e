package server

import (
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
)

// TestWhatStopsTheStart: each of these ends the start with one sentence that says what to do.
func TestWhatStopsTheStart(t *testing.T) {
	exec := func(query string) func(*testing.T, *Config) {
		return func(t *testing.T, c *Config) {
			db, err := sql.Open("sqlite", "file:"+filepath.Join(c.Data, "laurel.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(t.Context(), query); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(*testing.T, *Config)
		wants []string
	}{
		{"a newer database", exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`), []string{"newer program"}},
		{"a lost key", func(t *testing.T, c *Config) {
			if err := os.Remove(filepath.Join(c.Data, "keyring.age-identity")); err != nil {
				t.Fatal(err)
			}
		}, []string{"restore the identity file"}},
		{"no database", func(t *testing.T, c *Config) {
			if err := os.WriteFile(filepath.Join(c.Data, "laurel.db"), []byte(strings.Repeat("no database ", 500)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"damaged", "laurel restore"}},
		{"a damaged database", func(t *testing.T, c *Config) {
			f, err := os.OpenFile(filepath.Join(c.Data, "laurel.db"), os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteAt(make([]byte, 64<<10), 200); err != nil {
				t.Fatal(err)
			}
		}, []string{"damaged", "laurel restore"}},
		{"a file for a folder", func(t *testing.T, c *Config) {
			c.Data = filepath.Join(c.Data, "laurel.db")
		}, []string{"data folder", "--data"}},
		{"a PostgreSQL that does not answer", func(t *testing.T, c *Config) { c.Database = "postgres://nobody@127.0.0.1:1/laurel" }, []string{"does not answer", "check its address"}},
		{"a list that is not there", func(t *testing.T, c *Config) { c.Trust = []string{"nowhere.json"} }, []string{"nowhere.json", "cannot be read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			conf := Config{Addr: "127.0.0.1:1", Data: t.TempDir()}
			s, err := New(t.Context(), conf, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Registrar.AddInstitution(t.Context(), record.System(""), record.Institution{Slug: "x", Name: "X", BaseURL: "https://x.example"}); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			c.spoil(t, &conf)
			s, err = New(t.Context(), conf, slog.New(slog.DiscardHandler))
			if err == nil {
				t.Fatal("it starts", s.Close())
			}
			for _, want := range c.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not speak of %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a sentence: %q", err)
			}
		})
	}
}

// TestSQLiteIsYoungEnough: 3.51.3 mended a race in the write-ahead log that could lose committed rows.
func TestSQLiteIsYoungEnough(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var version string
	if err := db.QueryRowContext(t.Context(), `SELECT sqlite_version()`).Scan(&version); err != nil {
		t.Fatal(err)
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil || (major*1000+minor)*1000+patch < 3_051_003 {
		t.Errorf("SQLite %s, want at least 3.51.3: %v", version, err)
	}
}
