// Package store keeps the house's nouns in SQL: one package, two dialects (SQLite and PostgreSQL), one SQL text.
//
// The rules are:
//
//   - A query is one constant text in one method of Tx; columns are enumerated, parameters are $1, $2, … in order.
//   - Constraints of the database carry the rules that must hold under races: one credential per status index, one
//     award in force per source row, one current version of a credential, one active key.
//   - A change and its audit event are written in one transaction.
//   - Times are stored as microseconds since 1970 UTC; zero is no time.
//   - An error of a driver becomes a record.Error here and nowhere else.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/openlaurel/laurel/internal/record"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// DB is the database. It is safe for concurrent use, by any number of processes.
type DB struct {
	write   *sql.DB // SQLite: one connection, so that writers queue instead of colliding
	read    *sql.DB
	dialect dialect
}

// dialect is what differs between the databases.
type dialect struct {
	name  string // folder of migrations
	goose goose.Dialect
	// translate turns a driver's error into a kind; the empty kind means that the driver does not know it.
	translate func(error) record.Kind
	// trouble says in a sentence what is wrong with the database as a whole, and what to do; empty: nothing of that kind.
	trouble func(error) string
	// retry reports whether a transaction that met this error may run again from its start.
	retry func(error) bool
	lock  []goose.ProviderOption
}

// maxAttempts bounds how often one transaction is run again after a deadlock or a serialization failure.
const maxAttempts = 5

// Open opens the database at url, migrates it to the newest schema and returns it. "postgres://…" is PostgreSQL; a
// path is an SQLite file; ":memory:" is an SQLite database that is gone when it is closed.
func Open(ctx context.Context, url string) (*DB, error) {
	db, err := open(url)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func open(url string) (*DB, error) {
	if isPostgres(url) {
		return openPostgres(url)
	}
	return openSQLite(url)
}

func (db *DB) migrate(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	current, newest, err := p.GetVersions(ctx)
	if t := db.dialect.trouble(err); t != "" {
		return fmt.Errorf("store: %s: %w", t, err)
	}
	if err != nil {
		return fmt.Errorf("store: the database does not answer; check its address and that it runs: %w", oneLine{err})
	}
	if current > newest {
		return fmt.Errorf("store: the database has schema version %d and this program knows %d; use the newer program", current, newest)
	}
	if _, err := p.Up(ctx); err != nil {
		if t := db.dialect.trouble(err); t != "" {
			return fmt.Errorf("store: %s: %w", t, err)
		}
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

// Close closes every connection.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.write.Close()
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.read.PingContext(ctx); err != nil {
		return db.wrap("store.Ping", err)
	}
	return nil
}

// Dialect names the database: "sqlite" or "postgres".
func (db *DB) Dialect() string { return db.dialect.name }

// Tx is a transaction. Its methods are the queries.
type Tx struct {
	tx *sql.Tx
	db *DB
}

// View runs fn in a transaction that only reads and sees one state of the database.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, db.read, &sql.TxOptions{ReadOnly: true, Isolation: db.viewIsolation()}, fn)
}

// Update runs fn in a transaction that writes; when fn returns an error nothing of it stays. After a deadlock fn is run
// again from its start, so it must not leave traces outside the transaction.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	var err error
	for range maxAttempts {
		err = db.run(ctx, db.write, nil, fn)
		if err == nil || !db.dialect.retry(err) {
			return err
		}
	}
	return err
}

func (db *DB) viewIsolation() sql.IsolationLevel {
	if db.dialect.name == "postgres" {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

func (db *DB) run(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, fn func(*Tx) error) error {
	tx, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return db.wrap("store.begin", err)
	}
	done := false
	defer func() {
		if !done {
			_ = tx.Rollback() // after a panic or an error; what went wrong first is what counts
		}
	}()
	if err := fn(&Tx{tx: tx, db: db}); err != nil {
		return err
	}
	done = true
	if err := tx.Commit(); err != nil {
		return db.wrap("store.commit", err)
	}
	return nil
}

// wrap turns a driver's error into a record.Error.
func (db *DB) wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return &record.Error{Kind: record.NotFound, Op: op, Message: "there is nothing here for you; sign in with the account that may see it", Err: err}
	}
	kind, message := db.dialect.translate(err), ""
	switch {
	case kind == record.Conflict:
		message = "somebody else changed this first; look again and repeat"
	case kind == record.Unavailable || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		kind, message = record.Unavailable, "the database does not answer just now; try again in a moment"
	default:
		kind, message = record.Internal, "something went wrong on our side; try again, and tell the operator if it stays"
	}
	if t := db.dialect.trouble(err); t != "" && kind != record.Conflict {
		message = "nothing was changed: " + t // people pass this on to the operator
	}
	return &record.Error{Kind: kind, Op: op, Message: message, Err: err}
}

func (tx *Tx) exec(ctx context.Context, op, query string, args ...any) (int64, error) {
	res, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, tx.db.wrap(op, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, tx.db.wrap(op, err)
	}
	return n, nil
}

// one executes a change of exactly one row; when the row is not there, or not in the state that the query demands, the
// answer is a Conflict.
func (tx *Tx) one(ctx context.Context, op, query string, args ...any) error {
	n, err := tx.exec(ctx, op, query, args...)
	if err != nil {
		return err
	}
	if n != 1 {
		return record.Errorf(record.Conflict, op, "somebody else changed this first; look again and repeat")
	}
	return nil
}

type scanner interface{ Scan(...any) error }

// get reads one row.
func get[T any](ctx context.Context, tx *Tx, op string, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(tx.tx.QueryRowContext(ctx, query, args...))
	if err != nil {
		var zero T
		return zero, tx.db.wrap(op, err)
	}
	return v, nil
}

// list reads all rows.
func list[T any](ctx context.Context, tx *Tx, op string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, tx.db.wrap(op, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, tx.db.wrap(op, err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, tx.db.wrap(op, err)
	}
	return all, nil
}

// number reads one number.
func number(s scanner) (int64, error) {
	var n int64
	err := s.Scan(&n)
	return n, err
}

// micros is a time as the database keeps it.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// at is a time as the house uses it.
func at(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
