package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/trial/check"
	"github.com/openlaurel/laurel/internal/trial/process"
)

const (
	// awardsOfGrown is how many awards each person has that a database is grown with; each has a record besides.
	awardsOfGrown = 10
	// placesOfList is a status list's size (Bitstring Status List: at least 131,072 entries).
	placesOfList = 131_072
)

// grow fills a database that no server holds with so many awards and their credentials, ten to a person, and a record for
// each person. They are copies of the demonstration's shortest, with ids, addresses and places in status lists of their own;
// what is signed in them is the first one's. The audit is not grown.
func grow(ctx context.Context, file string, awards int) error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_pragma=busy_timeout(10000)&_pragma=synchronous(OFF)&_pragma=cache_size(-200000)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var learner, award string
	if err := db.QueryRowContext(ctx, `SELECT c.learner_id, a.id FROM credentials c JOIN awards a ON a.learner_id = c.learner_id AND a.state = 'issued'
		WHERE c.kind = 'ClrCredential' AND c.state = 'current' ORDER BY length(c.bytes), a.id LIMIT 1`).Scan(&learner, &award); err != nil {
		return fmt.Errorf("the demonstration has no award to grow from: %w", err)
	}
	people := (awards + awardsOfGrown - 1) / awardsOfGrown
	lists := (awards + people + placesOfList - 1) / placesOfList
	owner := fmt.Sprintf(`'grown-l' || (1 + (n - 1) / %d)`, awardsOfGrown)
	place := func(first int) map[string]string {
		return map[string]string{"status_list": fmt.Sprintf(`'grown-s' || ((n + %d) / %d)`, first, placesOfList), "status_index": fmt.Sprintf(`(n + %d) %% %d`, first, placesOfList)}
	}
	credential := func(letter, learner string, first int) map[string]string {
		c := place(first)
		c["id"], c["path_id"], c["uri"] = "'grown-"+letter+"' || n", "'grown-"+letter+"' || n", "'urn:grown:"+letter+"' || n"
		c["learner_id"], c["subject"], c["revision"] = learner, "'urn:grown:' || "+learner, "1"
		return c
	}
	ofAward, ofRecord := credential("c", owner, -1), credential("r", `'grown-l' || n`, awards-1)
	ofAward["award_id"] = `'grown-a' || n`
	for _, step := range []struct {
		table, where, id string
		count            int
		other            map[string]string
	}{
		{"learners", "id = $1", learner, people, map[string]string{"id": `'grown-l' || n`, "source_key": `'grown-' || n`, "email": `'grown-' || n || '@grown.example'`, "name": `'Grown ' || n`, "name_key": `'grown ' || n`, "subject_id": `'urn:grown:grown-l' || n`, "record_id": `'grown-r' || n`}},
		{"awards", "id = $1", award, awards, map[string]string{"id": `'grown-a' || n`, "learner_id": owner, "source_key": `'grown-' || n`, "credential_id": `'grown-c' || n`}},
		{"status_lists", "id = (SELECT id FROM status_lists WHERE $1 <> '' ORDER BY number LIMIT 1)", award, lists, map[string]string{"id": `'grown-s' || (n - 1)`, "number": "-n", "used": fmt.Sprint(placesOfList)}},
		{"credentials", "award_id = $1 AND state = 'current'", award, awards, ofAward},
		{"credentials", "learner_id = $1 AND kind = 'ClrCredential' AND state = 'current'", learner, people, ofRecord},
	} {
		if err := copies(ctx, db, step.table, step.where, step.id, step.count, step.other); err != nil {
			return fmt.Errorf("growing %s: %w", step.table, err)
		}
	}
	_, err = db.ExecContext(ctx, `INSERT INTO status_entries (list_id, idx, uri, revision, revoked, suspended, reason, changed_at)
		SELECT status_list, status_index, uri, 1, 0, 0, '', 0 FROM credentials WHERE id LIKE 'grown-%'`)
	if err == nil {
		_, err = db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
	return err
}

// copies adds rows that are like one row but for some columns, whose expressions may name the copy's number n, from 1.
func copies(ctx context.Context, db *sql.DB, table, where, id string, count int, other map[string]string) error {
	rows, err := db.QueryContext(ctx, `SELECT name FROM pragma_table_info($1)`, table)
	if err != nil {
		return err
	}
	defer rows.Close()
	var names, values []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
		if e, ok := other[name]; ok {
			values = append(values, e)
		} else {
			values = append(values, "t."+name)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	result, err := db.ExecContext(ctx, `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < `+fmt.Sprint(count)+`)
		INSERT INTO `+table+` (`+strings.Join(names, ", ")+`) SELECT `+strings.Join(values, ", ")+` FROM numbers, `+table+` t WHERE t.`+where, id)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != int64(count) {
		return fmt.Errorf("%d rows were added, not %d: %w", n, count, err)
	}
	return nil
}

// flips is how many revocations are timed.
const flips = 20

// flip revokes awards one after another, and measures from the request to the list that says so.
func (t *trial) flip(ctx context.Context) error {
	j, err := check.Open(t.database(), t.server.Base, t.office.Public)
	if err != nil {
		return err
	}
	defer j.Close()
	for len(t.report.Published) < flips {
		if status := t.office.ImportAndIssue(ctx); status != http.StatusOK {
			return fmt.Errorf("issuing what is to be revoked is answered with %d", status)
		}
		revoked := len(t.office.Ledger().Revoked)
		began := time.Now()
		if status := t.office.Revoke(ctx); status != http.StatusOK {
			return fmt.Errorf("a revocation is answered with %d", status)
		}
		if len(t.office.Ledger().Revoked) == revoked {
			return errors.New("there was nothing to revoke")
		}
		if err := seen(ctx, j, t.office.Ledger().Revoked[revoked]); err != nil {
			return err
		}
		t.report.Published = append(t.report.Published, time.Since(began))
	}
	return nil
}

// seen waits until the public list says that an award is revoked.
func seen(ctx context.Context, j *check.Judge, award string) error {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		yes, err := j.SaysRevoked(ctx, award)
		if yes || err != nil {
			return err
		}
		if !pause(ctx, 2*time.Millisecond) {
			return ctx.Err()
		}
	}
	return fmt.Errorf("no list says that %s is revoked a minute after it was", award)
}

// restored is the drill: a backup of the running server, the server killed, and another one started in an empty folder from
// the backup alone. It has to have everything that was acknowledged before the backup.
func (t *trial) restored(ctx context.Context) error {
	dir := filepath.Dir(t.start.Data)
	file, place := filepath.Join(dir, "drill.laurel.gz"), filepath.Join(dir, "drill")
	began := time.Now()
	if err := command(ctx, t.Program, "backup", "--out", file, "--data", t.start.Data); err != nil {
		return err
	}
	t.report.BackedUp = time.Since(began)
	t.server.Kill()
	began = time.Now()
	if err := command(ctx, t.Program, "restore", file, "--data", place); err != nil {
		return err
	}
	t.start.Data, t.start.NoDemo = place, true
	server, err := process.StartReady(ctx, t.start)
	if err != nil {
		return err
	}
	t.server, t.report.Restored = server, time.Since(began)
	t.office.Move(t.server.Base)
	return nil
}

// command runs the program for one command.
func command(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args[1:], " "), err, out)
	}
	return nil
}
