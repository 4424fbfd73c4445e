package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/openlaurel/laurel/internal/record"
)

const (
	// postgresConnections bounds one node's pool: PostgreSQL's default of 100 then serves a handful of nodes.
	postgresConnections = 16
	// postgresIdle closes connections that a load balancer may have forgotten.
	postgresIdle = 5 * time.Minute
)

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

func openPostgres(url string) (*DB, error) {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return nil, errors.New("store: the PostgreSQL address cannot be read; write postgres://user:password@host/database")
	}
	pool.SetMaxOpenConns(max(postgresConnections, 2*runtime.GOMAXPROCS(0)))
	pool.SetConnMaxIdleTime(postgresIdle)
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: %w", err), pool.Close())
	}
	d := dialect{
		name: "postgres", goose: goose.DialectPostgres, translate: postgresKind, trouble: noTrouble, retry: postgresRetry,
		// Nodes that start together: one migrates, the others wait.
		lock: []goose.ProviderOption{goose.WithSessionLocker(locker)},
	}
	return &DB{write: pool, read: pool, dialect: d}, nil
}

// postgresKind sorts by SQLSTATE (PostgreSQL manual, appendix A).
func postgresKind(err error) record.Kind {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		if pgconn.Timeout(err) || errors.Is(err, driver.ErrBadConn) || errors.As(err, new(*pgconn.ConnectError)) || pgconn.SafeToRetry(err) {
			return record.Unavailable
		}
		return record.Unavailable // no answer of the server at all: the connection broke
	}
	switch {
	case e.Code == "23505" || e.Code == "23503": // unique, foreign key
		return record.Conflict
	case e.Code == "40001" || e.Code == "40P01": // serialization failure, deadlock
		return record.Unavailable
	case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code, "58"), e.Code == "25006", e.Code == "25P02":
		return record.Unavailable // connection, resources, shutdown, system, read-only standby, what follows a broken statement
	}
	return record.Internal
}

func postgresRetry(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}
