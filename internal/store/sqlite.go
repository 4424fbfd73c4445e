package store

import (
	"errors"
	"fmt"
	"net/url"
	"runtime"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/openlaurel/laurel/internal/record"
)

// sqliteBusyMillis is how long a statement waits for another process that holds the file.
const sqliteBusyMillis = 5000

func openSQLite(path string) (*DB, error) {
	d := dialect{name: "sqlite", goose: goose.DialectSQLite3, translate: sqliteKind, trouble: sqliteTrouble, retry: func(error) bool { return false }}
	if path == ":memory:" {
		// An SQLite database in memory belongs to its connection: one connection reads and writes.
		one, err := openKept("file::memory:?_pragma=foreign_keys(1)")
		if err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		one.SetMaxOpenConns(1)
		one.SetConnMaxLifetime(0)
		return &DB{write: one, read: one, dialect: d}, nil
	}
	// FULL: an acknowledged commit survives a power cut, not only a crash of the program.
	base := "file:" + (&url.URL{Path: path}).EscapedPath() +
		fmt.Sprintf("?_pragma=busy_timeout(%d)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)", sqliteBusyMillis)
	// secure_delete: what was deleted is overwritten, so that an erased person is in no page of the file.
	write, err := openKept(base + "&_txlock=immediate&_pragma=secure_delete(1)")
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	write.SetMaxOpenConns(1)
	write.SetMaxIdleConns(1)
	read, err := openKept(base + "&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: %w", err), write.Close())
	}
	read.SetMaxOpenConns(max(4, runtime.GOMAXPROCS(0)*2))
	read.SetMaxIdleConns(max(4, runtime.GOMAXPROCS(0)*2))
	return &DB{write: write, read: read, dialect: d}, nil
}

func sqliteKind(err error) record.Kind {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return record.Conflict
	}
	switch e.Code() & 0xff { // the low byte is the primary code (SQLite, "Result and Error Codes")
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return record.Unavailable
	}
	return record.Internal
}
