package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/openlaurel/laurel/internal/record"
)

// A Snapshot says what a backup holds: the schema that its rows fit and how many rows each table has. Rows are plain
// values, so that a backup of either database restores into the other.
type Snapshot struct {
	Schema  int64           `json:"schema"`
	Dialect string          `json:"dialect"`
	Tables  []TableSnapshot `json:"tables"` // in an order in which every row finds what it refers to
}

// TableSnapshot is one table of a Snapshot.
type TableSnapshot struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
}

const (
	// chunkBytes bounds what a backup holds in memory of one table.
	chunkBytes = 8 << 20
	// maxParameters bounds one INSERT: SQLite takes 32,766 parameters and PostgreSQL 65,535.
	maxParameters = 20_000
)

// notBackedUp are tables that a restored server must not have: sessions of browsers, which end with the server; leases
// and heartbeats of its jobs; and the schema's own history, which the migrations write.
func notBackedUp(table string) bool {
	return slices.Contains([]string{"sessions", "goose_db_version", "river_migration", "river_client", "river_client_queue", "river_queue", "river_leader", "river_notification"}, table)
}

// ofJobs tells a table of the job queue, whose columns differ between the databases: it travels only to its own kind.
func ofJobs(table string) bool { return strings.HasPrefix(table, "river_") }

// Dump reads the whole database as it is at one moment, while others go on writing, and hands its rows to put: JSON
// arrays, one a line, of the table's columns in their order.
func (db *DB) Dump(ctx context.Context, put func(table string, lines []byte) error) (*Snapshot, error) {
	p, err := db.provider()
	if err != nil {
		return nil, err
	}
	s := &Snapshot{Dialect: db.dialect.name}
	if s.Schema, err = p.GetDBVersion(ctx); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	err = db.View(ctx, func(tx *Tx) error {
		tables, err := tx.tables(ctx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if notBackedUp(t.name) {
				continue
			}
			rows, err := tx.dumpTable(ctx, t, put)
			if err != nil {
				return err
			}
			s.Tables = append(s.Tables, TableSnapshot{Name: t.name, Columns: t.names(), Rows: rows})
		}
		return nil
	})
	return s, err
}

func (tx *Tx) dumpTable(ctx context.Context, t table, put func(string, []byte) error) (int64, error) {
	rows, err := tx.tx.QueryContext(ctx, `SELECT `+strings.Join(t.selected(), ", ")+` FROM `+quote(t.name))
	if err != nil {
		return 0, tx.db.wrap("store.Dump", err)
	}
	defer rows.Close()
	var n int64
	var chunk []byte
	values, into := make([]any, len(t.columns)), make([]any, len(t.columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return n, tx.db.wrap("store.Dump", err)
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = packed{Bytes: b}
			}
		}
		line, err := json.Marshal(values)
		if err != nil {
			return n, fmt.Errorf("store: table %s: %w", t.name, err)
		}
		chunk = append(append(chunk, line...), '\n')
		n++
		if len(chunk) >= chunkBytes {
			if err := put(t.name, chunk); err != nil {
				return n, err
			}
			chunk = chunk[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return n, tx.db.wrap("store.Dump", err)
	}
	if len(chunk) == 0 {
		return n, nil
	}
	return n, put(t.name, chunk)
}

// packed is a value that JSON has no form for.
type packed struct {
	Bytes []byte `json:"b"`
}

// Restore fills the empty database at url with what Dump read and returns it, migrated to the newest schema. prepare, if
// any, makes the tables that the migrations do not. next gives the chunks in the order of the dump and then io.EOF.
// Everything is written in one transaction: a restore that fails leaves an empty database.
func Restore(ctx context.Context, url string, s *Snapshot, prepare func(*DB) error, next func() (table string, lines []byte, err error)) (*DB, error) {
	db, err := open(url)
	if err != nil {
		return nil, err
	}
	fail := func(err error) (*DB, error) { return nil, errors.Join(err, db.Close()) }
	p, err := db.provider()
	if err != nil {
		return fail(err)
	}
	current, newest, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fail(fmt.Errorf("store: the database does not answer; check its address and that it runs: %w", err))
	case s.Schema > newest:
		return fail(record.Errorf(record.Invalid, "store.Restore", "the backup has schema version %d and this program knows %d; restore it with the newer program", s.Schema, newest))
	case current > s.Schema:
		return fail(record.Errorf(record.Conflict, "store.Restore", "the database is newer than the backup; restore into an empty one"))
	}
	if _, err := p.UpTo(ctx, s.Schema); err != nil {
		return fail(fmt.Errorf("store: migrate: %w", err))
	}
	if prepare != nil {
		if err := prepare(db); err != nil {
			return fail(err)
		}
	}
	if err := db.Update(ctx, func(tx *Tx) error { return tx.load(ctx, s, next) }); err != nil {
		return fail(err)
	}
	if err := db.migrate(ctx); err != nil {
		return fail(err)
	}
	return db, nil
}

func (tx *Tx) load(ctx context.Context, s *Snapshot, next func() (string, []byte, error)) error {
	there, err := tx.tables(ctx)
	if err != nil {
		return err
	}
	byName := map[string]table{}
	for _, t := range there {
		byName[t.name] = t
	}
	if n, err := get(ctx, tx, "store.Restore", number, `SELECT COUNT(*) FROM institutions`); err != nil || n > 0 {
		return errors.Join(err, record.Errorf(record.Conflict, "store.Restore", "the database is not empty; restore into an empty one"))
	}
	got := map[string]int64{}
	for {
		name, lines, err := next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		i := slices.IndexFunc(s.Tables, func(t TableSnapshot) bool { return t.Name == name })
		if ofJobs(name) && s.Dialect != tx.db.dialect.name {
			continue
		}
		t, ok := byName[name]
		if i < 0 || !ok {
			return record.Errorf(record.Invalid, "store.Restore", "the backup has a table %q that this program does not know", name)
		}
		n, err := tx.loadLines(ctx, t, s.Tables[i].Columns, lines)
		if err != nil {
			return err
		}
		got[name] += n
	}
	for _, t := range s.Tables {
		if got[t.Name] != t.Rows && !(ofJobs(t.Name) && s.Dialect != tx.db.dialect.name) {
			return record.Errorf(record.Invalid, "store.Restore", "the backup holds %d rows of %s and says %d; it is damaged, use another", got[t.Name], t.Name, t.Rows)
		}
	}
	return tx.advanceSequences(ctx, there)
}

// loadLines inserts the rows of a chunk, many with one statement.
func (tx *Tx) loadLines(ctx context.Context, t table, columns []string, lines []byte) (int64, error) {
	into, err := t.only(columns)
	if err != nil {
		return 0, err
	}
	perInsert := max(1, min(200, maxParameters/len(columns)))
	var n int64
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		_, err := tx.exec(ctx, "store.Restore", into.insert(len(args)/len(columns)), args...)
		args = args[:0]
		return err
	}
	for line := range strings.Lines(string(lines)) {
		var row []json.RawMessage
		if err := json.Unmarshal([]byte(line), &row); err != nil || len(row) != len(columns) {
			return n, record.Errorf(record.Invalid, "store.Restore", "row %d of a chunk of %s cannot be read; the backup is damaged, use another", n+1, t.name)
		}
		for i, raw := range row {
			v, err := into.columns[i].value(raw)
			if err != nil {
				return n, record.Errorf(record.Invalid, "store.Restore", "row %d of a chunk of %s: column %s: %v", n+1, t.name, columns[i], err)
			}
			args = append(args, v)
		}
		n++
		if len(args)/len(columns) >= perInsert {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	return n, flush()
}

// provider is goose over this database's migrations.
func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+db.dialect.name)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	p, err := goose.NewProvider(db.dialect.goose, db.write, files, db.dialect.lock...)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return p, nil
}
