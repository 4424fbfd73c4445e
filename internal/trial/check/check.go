// Package check is the judge of the trials. It knows nothing of the server's code: it reads the database with SQL of its
// own and the public addresses as a stranger does, and holds both against what the server acknowledged.
package check

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	_ "github.com/openlaurel/laurel/internal/store" // its drivers alone: "sqlite" and "pgx"
)

// Ledger is what a trial did, as the one who asked saw it.
type Ledger struct {
	Sent     []Row    // rows of imports that were sent, whether or not anything was answered
	Imported []Row    // rows whose import was acknowledged
	Issued   []string // ids of awards that were seen issued
	Revoked  []string // ids of awards whose revocation was acknowledged
	Shared   []string // addresses of shares that were acknowledged and not ended
	Ended    []string // addresses of shares whose end was acknowledged
}

// Row is one line of an import: one award of one new person. The rows of one file are imported together or not at all.
type Row struct{ File, Email string }

// Judge reads one database and the server upon it.
type Judge struct {
	db     *sql.DB
	client *http.Client
	base   string // where the server listens now
	public string // what its addresses begin with

	lists map[string][]byte // status lists by address, as published now
}

// Open opens a SQLite file or a postgres:// address for reading.
func Open(database, base, public string) (*Judge, error) {
	driver, name := "sqlite", "file:"+(&url.URL{Path: database}).EscapedPath()+"?_pragma=busy_timeout(10000)&_pragma=query_only(1)"
	if strings.HasPrefix(database, "postgres") {
		driver, name = "pgx", database
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		return nil, err
	}
	return &Judge{db: db, client: &http.Client{Timeout: 5 * time.Minute}, base: base, public: public, lists: map[string][]byte{}}, nil
}

// Close gives the database back.
func (j *Judge) Close() error { return j.db.Close() }

// OpenRuns counts the issuing runs that are not at their end: a server that starts again finishes them.
func (j *Judge) OpenRuns(ctx context.Context) (n int, err error) {
	err = j.db.QueryRowContext(ctx, `SELECT count(*) FROM runs WHERE state IN ('queued', 'running')`).Scan(&n)
	return n, err
}

// Credentials counts what was signed: awards and records, every version.
func (j *Judge) Credentials(ctx context.Context) (n int, err error) {
	err = j.db.QueryRowContext(ctx, `SELECT count(*) FROM credentials`).Scan(&n)
	return n, err
}

// RecordOf is the current record of the person with this e-mail, as it was signed.
func (j *Judge) RecordOf(ctx context.Context, email string) (b []byte, err error) {
	err = j.db.QueryRowContext(ctx, `SELECT c.bytes FROM credentials c JOIN learners l ON l.id = c.learner_id WHERE l.email = $1 AND c.kind = 'ClrCredential' AND c.state = 'current'`, email).Scan(&b)
	return b, err
}

// invariants are questions whose answer must be no row, whatever was asked of the server and whenever it was killed, once
// no run is open. Each gives one text for each violation.
var invariants = []struct{ kind, says, ask string }{
	{"doubled", "a place in a status list is used by two credentials", `SELECT status_list || '#' || status_index FROM credentials WHERE status_index >= 0 GROUP BY status_list, status_index HAVING count(*) > 1`},
	{"doubled", "two current credentials have one id", `SELECT uri FROM credentials WHERE state IN ('current', 'suspended') GROUP BY uri HAVING count(*) > 1`},
	{"doubled", "two versions of a credential have one number", `SELECT uri FROM credentials GROUP BY uri, revision HAVING count(*) > 1`},
	{"doubled", "an award has two current credentials", `SELECT award_id FROM credentials WHERE award_id <> '' AND state IN ('current', 'suspended') GROUP BY award_id HAVING count(*) > 1`},
	{"doubled", "a learner has two current records", `SELECT learner_id FROM credentials WHERE kind = 'ClrCredential' AND state = 'current' GROUP BY learner_id HAVING count(*) > 1`},
	{"doubled", "a person was registered twice", `SELECT email FROM learners WHERE email LIKE '%@trial.example' GROUP BY email HAVING count(*) > 1`},
	{"doubled", "a row was entered twice", `SELECT l.email FROM awards a JOIN learners l ON l.id = a.learner_id WHERE l.email LIKE '%@trial.example' GROUP BY l.email, a.achievement_id HAVING count(*) > 1`},
	{"orphaned", "an award is issued and has no current credential", `SELECT a.id FROM awards a WHERE a.state = 'issued' AND NOT EXISTS (SELECT 1 FROM credentials c WHERE c.award_id = a.id AND c.state IN ('current', 'suspended'))`},
	{"orphaned", "a credential's award does not exist or is not issued", `SELECT c.uri FROM credentials c WHERE c.award_id <> '' AND c.state IN ('current', 'suspended') AND NOT EXISTS (SELECT 1 FROM awards a WHERE a.id = c.award_id AND a.state = 'issued')`},
	{"orphaned", "a learner with an issued award has no current record", `SELECT DISTINCT a.learner_id FROM awards a WHERE a.state = 'issued' AND NOT EXISTS (SELECT 1 FROM credentials c WHERE c.learner_id = a.learner_id AND c.kind = 'ClrCredential' AND c.state = 'current')`},
	// A place may be held for the next version of a record that was not made after all: it is that version's, for ever.
	{"orphaned", "a place in a status list belongs to no credential and to no next version of one", `SELECT e.list_id || '#' || e.idx FROM status_entries e WHERE NOT EXISTS (SELECT 1 FROM credentials c WHERE c.uri = e.uri AND c.revision = e.revision) AND (e.revoked OR e.suspended OR e.revision <> 1 + (SELECT count(*) FROM credentials c WHERE c.uri = e.uri) OR NOT EXISTS (SELECT 1 FROM learners l WHERE e.uri LIKE '%/' || l.record_id))`},
	{"orphaned", "a credential's place in a status list was never given out", `SELECT c.uri FROM credentials c WHERE c.status_index >= 0 AND NOT EXISTS (SELECT 1 FROM status_entries e WHERE e.list_id = c.status_list AND e.idx = c.status_index AND e.uri = c.uri)`},
	{"orphaned", "a status list has given out fewer places than are taken", `SELECT s.id FROM status_lists s WHERE s.used < (SELECT count(*) FROM status_entries e WHERE e.list_id = s.id)`},
	{"orphaned", "an item waits in a run that is at its end", `SELECT i.run_id FROM run_items i JOIN runs r ON r.id = i.run_id WHERE i.state = 'pending' AND r.state NOT IN ('queued', 'running')`},
	{"orphaned", "an item of a run failed", `SELECT i.run_id || ': ' || i.error FROM run_items i WHERE i.state = 'failed'`},
	{"orphaned", "an award belongs to an import that is not there or not committed", `SELECT a.id FROM awards a WHERE a.batch_id <> '' AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = a.batch_id AND b.state IN ('committed', 'undone'))`},
	{"orphaned", "a share in force has nothing to show", `SELECT s.id FROM shares s WHERE s.revoked_at = 0 AND NOT EXISTS (SELECT 1 FROM share_items i WHERE i.share_id = s.id)`},
	{"orphaned", "an ended share still has its bytes", `SELECT s.id FROM shares s JOIN share_items i ON i.share_id = s.id WHERE s.revoked_at <> 0`},
	{"orphaned", "an event of the audit does not follow the one before it", `SELECT e.institution_id || ' ' || e.seq FROM audit_events e LEFT JOIN audit_events p ON p.institution_id = e.institution_id AND p.seq = e.seq - 1 WHERE e.seq > 1 AND (p.hash IS NULL OR p.hash <> e.previous)`},
	{"orphaned", "the audit's head is not its last event", `SELECT h.institution_id FROM audit_heads h WHERE NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.institution_id = h.institution_id AND e.seq = h.seq AND e.hash = h.hash) OR EXISTS (SELECT 1 FROM audit_events e WHERE e.institution_id = h.institution_id AND e.seq > h.seq)`},
}

// Judge returns one sentence for each thing that is lost, doubled or orphaned.
func (j *Judge) Judge(ctx context.Context, l *Ledger) (faults []string, err error) {
	clear(j.lists)
	for _, v := range invariants {
		found, err := j.texts(ctx, v.ask)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.says, err)
		}
		for _, id := range found {
			faults = append(faults, v.kind+": "+v.says+": "+id)
		}
	}
	for _, part := range []func(context.Context, *Ledger) ([]string, error){j.imports, j.issued, j.revoked, j.shares} {
		found, err := part(ctx, l)
		if err != nil {
			return nil, err
		}
		faults = append(faults, found...)
	}
	return faults, nil
}

func (j *Judge) texts(ctx context.Context, ask string, args ...any) (out []string, err error) {
	rows, err := j.db.QueryContext(ctx, ask, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// imports: what was acknowledged is there, and a file is there whole or not at all.
func (j *Judge) imports(ctx context.Context, l *Ledger) (faults []string, err error) {
	there, err := j.texts(ctx, `SELECT l.email FROM awards a JOIN learners l ON l.id = a.learner_id WHERE l.email LIKE '%@trial.example'`)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, email := range there {
		have[email] = true
	}
	for _, r := range l.Imported {
		if !have[r.Email] {
			faults = append(faults, "lost: an acknowledged row: "+r.Email)
		}
	}
	present, sent, known := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, r := range l.Sent {
		sent[r.File]++
		known[r.Email] = true
		if have[r.Email] {
			present[r.File]++
		}
	}
	for file, n := range present {
		if n != sent[file] {
			faults = append(faults, fmt.Sprintf("orphaned: %d of the %d rows of %s", n, sent[file], file))
		}
	}
	for email := range have {
		if !known[email] {
			faults = append(faults, "orphaned: a row that nobody sent: "+email)
		}
	}
	return faults, nil
}

// issued: what was seen issued is published, byte for byte as it is kept.
func (j *Judge) issued(ctx context.Context, l *Ledger) (faults []string, err error) {
	gone := map[string]bool{}
	for _, id := range l.Revoked {
		gone[id] = true
	}
	for _, id := range l.Issued {
		if gone[id] {
			continue
		}
		var uri, sum, state string
		err := j.db.QueryRowContext(ctx, `SELECT c.uri, c.sha256, a.state FROM awards a JOIN credentials c ON c.award_id = a.id WHERE a.id = $1 ORDER BY c.revision DESC LIMIT 1`, id).Scan(&uri, &sum, &state)
		if errors.Is(err, sql.ErrNoRows) {
			faults = append(faults, "lost: the credential of an award that was seen issued: "+id)
			continue
		}
		if err != nil {
			return nil, err
		}
		if state != "issued" && state != "revoked" { // a revocation that was sent and not answered may have happened
			faults = append(faults, "lost: an award that was seen issued is "+state+": "+id)
		}
		status, body, err := j.get(ctx, uri, "application/vc")
		if err != nil {
			return nil, err
		}
		if got := sha256.Sum256(body); state == "issued" && (status != http.StatusOK || hex.EncodeToString(got[:]) != sum) {
			faults = append(faults, fmt.Sprintf("lost: %s is answered with %d and other bytes than are kept", uri, status))
		}
	}
	return faults, nil
}

// revoked: what was revoked says so where strangers look.
func (j *Judge) revoked(ctx context.Context, l *Ledger) (faults []string, err error) {
	for _, id := range l.Revoked {
		state, where, says, err := j.revocation(ctx, id)
		if err != nil {
			return nil, err
		}
		if state != "revoked" {
			faults = append(faults, "lost: a revocation: "+id+" is "+state)
		}
		if !says {
			faults = append(faults, "lost: the revocation of "+id+" is not in the published list "+where)
		}
	}
	return faults, nil
}

// SaysRevoked reports whether the list that is published now says that an award is revoked.
func (j *Judge) SaysRevoked(ctx context.Context, award string) (bool, error) {
	clear(j.lists)
	_, _, says, err := j.revocation(ctx, award)
	return says, err
}

// revocation is an award's state, its credential's place, and what the published list says of it.
func (j *Judge) revocation(ctx context.Context, award string) (state, where string, says bool, err error) {
	var list, uri string
	var index int
	var b []byte
	err = j.db.QueryRowContext(ctx, `SELECT a.state, c.uri, c.status_list, c.status_index, c.bytes FROM awards a JOIN credentials c ON c.award_id = a.id WHERE a.id = $1 ORDER BY c.revision DESC LIMIT 1`, award).Scan(&state, &uri, &list, &index, &b)
	if err != nil {
		return "", "", false, fmt.Errorf("the award %s, whose revocation was acknowledged: %w", award, err)
	}
	at, err := listOf(b)
	if err != nil {
		return "", "", false, fmt.Errorf("%s: %w", uri, err)
	}
	bits, err := j.list(ctx, at)
	if err != nil {
		return "", "", false, fmt.Errorf("%s: %w", at, err)
	}
	return state, fmt.Sprintf("%s at %d", at, index), index/8 < len(bits) && bits[index/8]&(0x80>>(index%8)) != 0, nil
}

// listOf is the address of the list in which a credential says that its revocation stands.
func listOf(credential []byte) (string, error) {
	doc, err := ijson.Parse(credential, nil)
	if err != nil {
		return "", err
	}
	status := doc.Root().Get("credentialStatus")
	if status.Kind() == ijson.Object {
		return status.Get("statusListCredential").Text(), nil
	}
	for s := range status.Elements() {
		if s.Get("statusPurpose").Text() == "revocation" {
			return s.Get("statusListCredential").Text(), nil
		}
	}
	return "", errors.New("it has no status for revocation")
}

// list reads a published list: multibase, base64url, GZIP (Bitstring Status List v1.0).
func (j *Judge) list(ctx context.Context, address string) ([]byte, error) {
	if bits, ok := j.lists[address]; ok {
		return bits, nil
	}
	status, body, err := j.get(ctx, address, "application/vc")
	if err != nil || status != http.StatusOK {
		return nil, fmt.Errorf("status %d: %w", status, errors.Join(err, errors.New("the list is not published")))
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return nil, err
	}
	packed, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(doc.Root().At("/credentialSubject/encodedList").Text(), "u"))
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	bits, err := io.ReadAll(io.LimitReader(z, 64<<20))
	j.lists[address] = bits
	return bits, err
}

// shares: what was given away opens, and what was taken back does not.
func (j *Judge) shares(ctx context.Context, l *Ledger) (faults []string, err error) {
	for _, u := range l.Shared {
		if status, _, err := j.get(ctx, u, "text/html"); err != nil {
			return nil, err
		} else if status != http.StatusOK {
			faults = append(faults, fmt.Sprintf("lost: an acknowledged share is answered with %d", status))
		}
	}
	for _, u := range l.Ended {
		if status, _, err := j.get(ctx, u, "text/html"); err != nil {
			return nil, err
		} else if status < 400 {
			faults = append(faults, fmt.Sprintf("lost: the end of a share: it is answered with %d", status))
		}
	}
	return faults, nil
}

// get asks for a public address at the place where the server listens now.
func (j *Judge) get(ctx context.Context, address, accept string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, j.base+strings.TrimPrefix(address, j.public), nil)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Accept", accept)
	res, err := j.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, b, err
}
