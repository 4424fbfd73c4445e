// Package office is the people of the trials at their work: they bring in files, approve, issue, revoke and share over the
// addresses of a running server, and note in a ledger what the server acknowledged.
package office

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/trial/check"
)

// Places are the ways into the demonstration, from its demo.json.
type Places struct{ Approver, Learner, Token, LearnerToken, Record, Share string }

// ReadPlaces reads demo.json.
func ReadPlaces(file string) (Places, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return Places{}, err
	}
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return Places{}, err
	}
	at := func(pointer string) string { return doc.Root().At(pointer).Text() }
	p := Places{Approver: at("/approver/url"), Learner: at("/learner/url"), Token: at("/api/token"), LearnerToken: at("/api/learnerToken"), Record: at("/learner/clr"), Share: at("/share/url")}
	if p.Approver == "" || p.Token == "" || p.LearnerToken == "" {
		return Places{}, fmt.Errorf("%s does not say how to sign in", file)
	}
	return p, nil
}

// Office is an office and a learner of one demonstration. Its methods may be called at once.
type Office struct {
	Public string // what the server's addresses begin with
	Places Places
	Name   string // distinguishes this office's files and people from others'
	Did    func() // called for each acknowledged answer; may be nil

	mu      sync.Mutex
	base    string // where the server listens now
	ledger  check.Ledger
	next    int      // number of the next import
	fresh   []string // awards that were issued, and not chosen for revocation yet
	browser *http.Client
}

// Move says where the server listens now, and signs the approver's browser out.
func (o *Office) Move(base string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	o.base, o.browser, o.fresh = base, &http.Client{Jar: jar, Timeout: time.Minute}, nil
}

// Ledger is what was acknowledged so far. It may be read when nobody works.
func (o *Office) Ledger() *check.Ledger { return &o.ledger }

// Take enters another office's ledger into this one's, when nobody works.
func (o *Office) Take(other *Office) {
	l, m := &o.ledger, &other.ledger
	l.Sent, l.Imported, l.Issued = append(l.Sent, m.Sent...), append(l.Imported, m.Imported...), append(l.Issued, m.Issued...)
	l.Revoked, l.Shared, l.Ended = append(l.Revoked, m.Revoked...), append(l.Shared, m.Shared...), append(l.Ended, m.Ended...)
}

// Note enters something into the ledger.
func (o *Office) Note(what func(*check.Ledger)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	what(&o.ledger)
}

func (o *Office) did(what func(*check.Ledger)) {
	o.Note(what)
	if o.Did != nil {
		o.Did()
	}
}

// ask sends a request and reads the whole answer: only then is something acknowledged. Status 0 is no answer.
func (o *Office) ask(ctx context.Context, method, path, token, kind, body string) (int, ijson.Value) {
	o.mu.Lock()
	base, client := o.base, o.browser
	o.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
	if err != nil {
		return 0, ijson.Value{}
	}
	if body != "" {
		req.Header.Set("Content-Type", kind)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
		client = &http.Client{Timeout: time.Minute}
	} else {
		req.Header.Set("Origin", base)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, ijson.Value{}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, ijson.Value{}
	}
	if !bytes.HasPrefix(b, []byte("{")) {
		return res.StatusCode, ijson.Value{}
	}
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return 0, ijson.Value{}
	}
	return res.StatusCode, doc.Root()
}

// ImportAndIssue sends a file of two new people, makes drafts of it, approves and issues them, and watches until they are.
// It returns the status of the request that ended it: 200, what was refused, or 0 when there was no answer.
func (o *Office) ImportAndIssue(ctx context.Context) int {
	o.mu.Lock()
	o.next++
	file := fmt.Sprintf("trial-%s-%d.csv", o.Name, o.next)
	var rows []check.Row
	sheet := "learner_name,learner_email,learner_id,achievement_name,achievement_type,awarded_on\n"
	for i := range 2 {
		id := fmt.Sprintf("t%s-%d-%d", o.Name, o.next, i)
		rows = append(rows, check.Row{File: file, Email: id + "@trial.example"})
		sheet += fmt.Sprintf("Trial Person %s,%s@trial.example,%s,Trial of Strength,CoCurricular,2026-05-20\n", id, id, id)
	}
	o.mu.Unlock()
	batch, ids, status := o.bring(ctx, file, sheet, rows)
	if status == http.StatusOK {
		status = o.ApproveAndIssue(ctx, batch)
	}
	if status != http.StatusOK {
		return status
	}
	return o.watch(ctx, ids)
}

// Import sends a file and makes drafts of it. It returns the import's id and 200, or what was refused.
func (o *Office) Import(ctx context.Context, file, sheet string, rows []check.Row) (batch string, status int) {
	batch, _, status = o.bring(ctx, file, sheet, rows)
	return batch, status
}

func (o *Office) bring(ctx context.Context, file, sheet string, rows []check.Row) (batch string, awards []string, status int) {
	o.Note(func(l *check.Ledger) { l.Sent = append(l.Sent, rows...) })
	status, v := o.ask(ctx, http.MethodPost, "/api/imports?name="+file, o.Places.Token, "text/csv", sheet)
	if status != http.StatusCreated && status != http.StatusOK {
		return "", nil, status
	}
	status, v = o.ask(ctx, http.MethodPost, "/api/imports/"+v.Get("batch").Text()+"/commit", o.Places.Token, "application/json", "{}")
	if status != http.StatusOK && status != http.StatusCreated {
		return "", nil, status
	}
	o.did(func(l *check.Ledger) { l.Imported = append(l.Imported, rows...) })
	for id := range v.Get("awards").Elements() {
		awards = append(awards, id.Text())
	}
	return v.Get("batch").Text(), awards, http.StatusOK
}

// ApproveAndIssue signs the approver in, who approves an import's drafts and has everything approved issued.
func (o *Office) ApproveAndIssue(ctx context.Context, batch string) int {
	if status, _ := o.ask(ctx, http.MethodGet, strings.TrimPrefix(o.Places.Approver, o.Public), "", "", ""); status != http.StatusOK {
		return status
	}
	for _, form := range []struct{ path, body string }{{"/desk/approve", "batch=" + url.QueryEscape(batch)}, {"/desk/issue", "x=1"}} {
		if status, _ := o.ask(ctx, http.MethodPost, form.path, "", "application/x-www-form-urlencoded", form.body); status != http.StatusOK {
			return status
		}
	}
	return http.StatusOK
}

// watch asks until the awards are issued.
func (o *Office) watch(ctx context.Context, ids []string) int {
	for len(ids) > 0 {
		status, v := o.ask(ctx, http.MethodGet, "/api/awards/"+ids[0], o.Places.Token, "", "")
		if status == 0 || ctx.Err() != nil {
			return 0
		}
		if state := v.Get("state").Text(); state == "issued" || state == "revoked" {
			id := ids[0]
			o.did(func(l *check.Ledger) { l.Issued = append(l.Issued, id) })
			o.mu.Lock()
			o.fresh = append(o.fresh, id)
			o.mu.Unlock()
			ids = ids[1:]
			continue
		}
		select {
		case <-ctx.Done():
			return 0
		case <-time.After(5 * time.Millisecond):
		}
	}
	return http.StatusOK
}

// Revoke takes back every other award that was issued; 204 says that there was none to take back.
func (o *Office) Revoke(ctx context.Context) int {
	o.mu.Lock()
	id := ""
	if len(o.fresh) > 1 {
		id, o.fresh = o.fresh[0], o.fresh[2:]
	}
	o.mu.Unlock()
	if id == "" {
		return http.StatusNoContent
	}
	status, _ := o.ask(ctx, http.MethodPost, "/api/awards/"+id+"/revoke", o.Places.Token, "application/json", `{"reason":"A trial."}`)
	if status == http.StatusOK {
		o.did(func(l *check.Ledger) { l.Revoked = append(l.Revoked, id) })
	}
	return status
}

// Share makes two shares and ends one of them.
func (o *Office) Share(ctx context.Context) int {
	for _, end := range []bool{false, true} {
		status, v := o.ask(ctx, http.MethodPost, "/api/shares", o.Places.LearnerToken, "application/json", `{"whole":true,"label":"Trial","audience":"Trial"}`)
		if status != http.StatusCreated {
			return status
		}
		address, id := v.Get("url").Text(), v.Get("id").Text()
		if !end {
			o.did(func(l *check.Ledger) { l.Shared = append(l.Shared, address) })
			continue
		}
		if status, _ = o.ask(ctx, http.MethodDelete, "/api/shares/"+id, o.Places.LearnerToken, "", ""); status != http.StatusNoContent {
			return status // nobody said whether it ended: it is in neither list
		}
		o.did(func(l *check.Ledger) { l.Ended = append(l.Ended, address) })
	}
	return http.StatusOK
}

// settleWithin is how long a server may take to finish the runs that it found. It is generous: on a busy machine slowness
// is no fault.
const settleWithin = 5 * time.Minute

// Settle waits until no run is open.
func Settle(ctx context.Context, j *check.Judge) error {
	for end := time.Now().Add(settleWithin); ; {
		open, err := j.OpenRuns(ctx)
		if err != nil || open == 0 {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("runs are not finished %v after the last request", settleWithin)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Judge opens the judge on a server and its database, waits until the server has finished what it found, and returns one
// sentence for each thing that is lost, doubled or orphaned.
func (o *Office) Judge(ctx context.Context, database string) ([]string, error) {
	j, err := check.Open(database, o.base, o.Public)
	if err != nil {
		return nil, err
	}
	defer j.Close()
	if err := Settle(ctx, j); err != nil {
		return nil, err
	}
	return j.Judge(ctx, &o.ledger)
}
