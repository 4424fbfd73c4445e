package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// TestKeptStatements: a statement that is kept gives what one that is compiled anew would: while its own rows are still being
// read, after an error, after the schema changed, and when more are asked for than are kept.
func TestKeptStatements(t *testing.T) {
	db, err := openKept("file:" + filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := t.Context()
	c, err := db.Conn(ctx) // one connection, so that what is kept is used
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	do := func(query string, args ...any) error {
		_, err := c.ExecContext(ctx, query, args...)
		return err
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const insert, all = `INSERT INTO x (n, s) VALUES ($1, $2)`, `SELECT n, s FROM x ORDER BY n`
	must(do(`CREATE TABLE x (n integer PRIMARY KEY, s text NOT NULL)`))
	for n := range 3 {
		must(do(insert, n, fmt.Sprint("s", n)))
	}
	if err := do(insert, 1, "again"); err == nil {
		t.Error("a second row with the same key")
	}
	must(do(insert, 3, "s3"))

	outer, err := c.QueryContext(ctx, all)
	must(err)
	n := 0
	for ; outer.Next(); n++ {
		if got := count(ctx, t, c, all); got != 4 {
			t.Errorf("inside its own rows: %d", got)
		}
	}
	must(outer.Err())
	must(outer.Close())
	if n != 4 {
		t.Errorf("the outer rows: %d", n)
	}

	must(do(`ALTER TABLE x ADD COLUMN more text NOT NULL DEFAULT 'm'`))
	if got := count(ctx, t, c, all); got != 4 {
		t.Errorf("after the schema changed: %d", got)
	}
	for i := range 2 * maxKept {
		var got int
		must(c.QueryRowContext(ctx, fmt.Sprintf(`SELECT n + %d FROM x WHERE n = $1`, i), 1).Scan(&got))
		if got != i+1 {
			t.Fatalf("query %d: %d", i, got)
		}
	}
	must(c.Raw(func(driver any) error {
		if n := len(driver.(*keptConn).idle); n != maxKept {
			t.Errorf("%d statements are kept; want %d", n, maxKept)
		}
		return nil
	}))
	gone, stop := context.WithCancel(ctx)
	stop()
	if _, err := c.QueryContext(gone, all); err == nil {
		t.Error("a query of somebody who has gone")
	}
	if got := count(ctx, t, c, all); got != 4 {
		t.Errorf("after somebody had gone: %d", got)
	}
}

func count(ctx context.Context, t *testing.T, c *sql.Conn, query string) (n int) {
	t.Helper()
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}
