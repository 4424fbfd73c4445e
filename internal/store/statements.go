package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
)

// SQLite compiles a statement each time it is run, unless it is prepared; for the small queries of this house compiling is
// most of the work. PostgreSQL's driver keeps what it prepared by itself; for SQLite's this file does: each connection keeps
// the statements that it has compiled, under their texts, which are constants. SQLite compiles one again by itself when the
// schema has changed (sqlite3_prepare_v2).

// maxKept bounds the statements that one connection keeps: a few kilobytes each.
const maxKept = 128

// kept opens SQLite connections that keep their statements.
type kept struct {
	driver driver.Driver
	name   string
}

// openKept is sql.Open("sqlite", name) with connections that keep their statements.
func openKept(name string) (*sql.DB, error) {
	plain, err := sql.Open("sqlite", name) // opens no connection yet; it is the way to the registered driver
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(kept{plain.Driver(), name}), plain.Close()
}

func (k kept) Driver() driver.Driver { return k.driver }

func (k kept) Connect(context.Context) (driver.Conn, error) {
	c, err := k.driver.Open(k.name)
	if err != nil {
		return nil, err
	}
	whole, ok := c.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("store: SQLite's driver lacks what the statements need"), c.Close())
	}
	return &keptConn{sqliteConn: whole, idle: map[string]sqliteStmt{}}, nil
}

// sqliteConn is what database/sql asks of a connection of SQLite's driver.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keptConn is a connection with its statements. Like every connection it is used by one goroutine at a time.
type keptConn struct {
	sqliteConn
	idle map[string]sqliteStmt // compiled and not in use
}

// take gives a compiled statement, or nil for a text that is no query or change and is run once. A statement that is in
// use is compiled a second time.
func (c *keptConn) take(ctx context.Context, query string) (sqliteStmt, error) {
	word, _, _ := strings.Cut(strings.TrimLeft(query, " \t\n"), " ")
	switch strings.ToUpper(word) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
	default:
		return nil, nil
	}
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	whole, ok := s.(sqliteStmt)
	if !ok {
		return nil, errors.Join(errors.New("store: SQLite's driver lacks statements with a context"), s.Close())
	}
	return whole, nil
}

// give keeps a statement for the next time; one that met an error is not kept.
func (c *keptConn) give(query string, s sqliteStmt, err error) error {
	if _, twice := c.idle[query]; err != nil || twice {
		return s.Close()
	}
	for other, old := range c.idle {
		if len(c.idle) < maxKept {
			break
		}
		delete(c.idle, other)
		if err := old.Close(); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	c.idle[query] = s
	return nil
}

// ExecContext implements driver.ExecerContext.
func (c *keptConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	result, err := s.ExecContext(ctx, args)
	if gave := c.give(query, s, err); err == nil {
		err = gave // after an error the statement's own end says the same again
	}
	return result, err
}

// QueryContext implements driver.QueryerContext.
func (c *keptConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		_ = c.give(query, s, err) // it says the same again
		return nil, err
	}
	return &keptRows{Rows: rows, conn: c, query: query, stmt: s}, nil
}

// Close implements driver.Conn.
func (c *keptConn) Close() error {
	var all []error
	for _, s := range c.idle {
		all = append(all, s.Close())
	}
	clear(c.idle)
	return errors.Join(append(all, c.sqliteConn.Close())...)
}

// keptRows gives its statement back when it has been read. It hides what the driver says of the columns' types (package store
// asks for values alone).
type keptRows struct {
	driver.Rows
	conn  *keptConn
	query string
	stmt  sqliteStmt
	err   error
}

// Next implements driver.Rows.
func (r *keptRows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return err
}

// Close implements driver.Rows; database/sql calls it once.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	return errors.Join(err, r.conn.give(r.query, r.stmt, errors.Join(r.err, err)))
}
