package store

import (
	"errors"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteTrouble is what an operator must know when SQLite gives up (SQLite, "Result and Error Codes"): what it is, and what
// to do. Empty when the error is not of that kind.
func sqliteTrouble(err error) string {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code() & 0xff { // the low byte is the primary code
	case sqlite3.SQLITE_FULL:
		return "the disk under the database is full; make room on it"
	case sqlite3.SQLITE_IOERR:
		return "the disk under the database answers with an error; look at the system's log, and restore the last backup elsewhere if it stays"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return "the database's file may not be written; give it and its folder to the user who runs the program"
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return "the database's file is damaged, or is no SQLite database; put it aside and restore the last backup into an empty folder with 'laurel restore'"
	}
	return ""
}

// noTrouble is for databases whose errors are not of files.
func noTrouble(error) string { return "" }

// oneLine is an error in one line: PostgreSQL's driver says what each of its attempts met in a line of its own.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }
func (e oneLine) Unwrap() error { return e.error }
