package store

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"testing"
)

// history walks a database through every schema that there ever was, and writes a row into every table at each.
type history struct {
	db     *DB
	rounds map[string]int // table → in how many schemas it was there
	newest int64
}

// WalkHistory migrates an empty database one version at a time, with data in it at each, and returns how many rows each
// table must have. It is for the tests of both databases.
func WalkHistory(ctx context.Context, address string) (*DB, map[string]int, error) {
	db, err := open(address)
	if err != nil {
		return nil, nil, err
	}
	p, err := db.provider()
	if err != nil {
		return db, nil, err
	}
	h := &history{db: db, rounds: map[string]int{}}
	for _, source := range p.ListSources() {
		if _, err := p.UpByOne(ctx); err != nil {
			return db, nil, fmt.Errorf("to version %d, with rows of all versions before it: %w", source.Version, err)
		}
		h.newest = source.Version
		if err := h.write(ctx); err != nil {
			return db, nil, fmt.Errorf("version %d: %w", source.Version, err)
		}
	}
	return db, h.rounds, nil
}

// write adds one row to every table. All its texts are the version's name and all its numbers the version, so that every
// reference finds what it names.
func (h *history) write(ctx context.Context) error {
	return h.db.Update(ctx, func(tx *Tx) error {
		tables, err := tx.tables(ctx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if t.name == "goose_db_version" {
				continue
			}
			values := make([]any, len(t.columns))
			for i, c := range t.columns {
				switch c.kind {
				case "boolean":
					values[i] = false
				case "blob", "bytea":
					values[i] = []byte{byte(h.newest)}
				case "bigint", "integer", "smallint":
					values[i] = h.newest
				default:
					values[i] = fmt.Sprintf("v%d", h.newest)
				}
			}
			if _, err := tx.exec(ctx, "store.history", t.insert(1), values...); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			h.rounds[t.name]++
		}
		return nil
	})
}

// TestEveryEarlierSchemaIsMigrated: a database of any earlier version, with rows in every table, becomes one of today with
// all of them.
func TestEveryEarlierSchemaIsMigrated(t *testing.T) {
	check := func(t *testing.T, address string) {
		db, want, err := WalkHistory(t.Context(), address)
		if db != nil {
			defer db.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := db.migrate(t.Context()); err != nil { // as a start does
			t.Fatal(err)
		}
		if len(want) < 20 || want["institutions"] < 20 {
			t.Errorf("%d tables, %d versions with institutions: too few to have been walked through", len(want), want["institutions"])
		}
		err = db.View(t.Context(), func(tx *Tx) error {
			tables, err := tx.tables(t.Context())
			if err != nil {
				return err
			}
			for name, n := range want {
				if !slices.ContainsFunc(tables, func(x table) bool { return x.name == name }) {
					t.Errorf("the table %s is gone, with its %d rows", name, n)
					continue
				}
				got, err := get(t.Context(), tx, "store.history", number, `SELECT count(*) FROM `+quote(name))
				if err != nil {
					return err
				}
				if int(got) != n {
					t.Errorf("%s has %d rows, want %d", name, got, n)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { check(t, ":memory:") })
	t.Run("postgres", func(t *testing.T) {
		if PostgresForTests == nil {
			t.Fatal("the tests' PostgreSQL is not wired")
		}
		address := PostgresForTests(t)
		db, err := open(address)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.write.ExecContext(t.Context(), `CREATE SCHEMA history`); err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("search_path", "history") // an empty place in a database that is migrated already
		u.RawQuery = q.Encode()
		check(t, u.String())
	})
}

// PostgresForTests is storetest's, which this package cannot import.
var PostgresForTests func(testing.TB) string
