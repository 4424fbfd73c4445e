package main

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

// places are the ways into the demonstration, from its demo.json.
type places struct{ approver, token, learnerToken string }

func (p *places) read(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return err
	}
	r := doc.Root()
	p.approver, p.token, p.learnerToken = r.At("/approver/url").Text(), r.At("/api/token").Text(), r.At("/api/learnerToken").Text()
	if p.approver == "" || p.token == "" || p.learnerToken == "" {
		return fmt.Errorf("%s does not say how to sign in", file)
	}
	return nil
}

// shift is the work between a start and a kill. Its goroutines end when the program is gone.
type shift struct {
	*trial
	p       *program
	browser *http.Client // the approver's

	mu      sync.Mutex
	answers int
	enough  chan struct{} // closed when so many answers came that the program is to be killed
	after   int
	fresh   []string // awards issued in this shift and not revoked
}

// noWorkAfter ends a shift in which too little is answered.
const noWorkAfter = time.Minute

// work lets an office and a learner work, and kills the program some time after so many acknowledged answers.
func (t *trial) work(ctx context.Context, p *program, after int, pause time.Duration) {
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	s := &shift{trial: t, p: p, browser: &http.Client{Jar: jar, Timeout: time.Minute}, enough: make(chan struct{}), after: after}
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for _, do := range []func(context.Context) bool{s.importAndIssue, s.revoke, s.share} {
		all.Go(func() {
			for ctx.Err() == nil && do(ctx) {
			}
		})
	}
	select {
	case <-s.enough:
	case <-p.gone:
	case <-ctx.Done():
	case <-time.After(noWorkAfter):
	}
	time.Sleep(pause)
	p.kill()
	stop()
	all.Wait()
}

// did notes an acknowledged answer.
func (s *shift) did(note func(*check.Ledger)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	note(&s.ledger)
	if s.answers++; s.answers == s.after {
		close(s.enough)
	}
}

// ask sends a request and reads the whole answer: only then is something acknowledged.
func (s *shift) ask(ctx context.Context, method, path, token, kind, body string) (int, ijson.Value) {
	req, err := http.NewRequestWithContext(ctx, method, s.p.base+path, strings.NewReader(body))
	if err != nil {
		return 0, ijson.Value{}
	}
	if body != "" {
		req.Header.Set("Content-Type", kind)
	}
	client := s.browser
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
		client = &http.Client{Timeout: time.Minute}
	} else {
		req.Header.Set("Origin", s.p.base)
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

// importAndIssue sends a file of two new people, makes drafts of it, approves and issues them, and watches until they are.
func (s *shift) importAndIssue(ctx context.Context) bool {
	s.mu.Lock()
	s.next++
	file := fmt.Sprintf("trial-%d-%d.csv", s.Seed, s.next)
	var rows []check.Row
	sheet := "learner_name,learner_email,learner_id,achievement_name,achievement_type,awarded_on\n"
	for i := range 2 {
		id := fmt.Sprintf("t%d-%d-%d", s.Seed, s.next, i)
		rows = append(rows, check.Row{File: file, Email: id + "@trial.example"})
		sheet += fmt.Sprintf("Trial Person %s,%s@trial.example,%s,Trial of Strength,CoCurricular,2026-05-20\n", id, id, id)
	}
	s.ledger.Sent = append(s.ledger.Sent, rows...)
	s.mu.Unlock()
	status, v := s.ask(ctx, http.MethodPost, "/api/imports?name="+file, s.places.token, "text/csv", sheet)
	if status != http.StatusCreated && status != http.StatusOK {
		return status != 0
	}
	status, v = s.ask(ctx, http.MethodPost, "/api/imports/"+v.Get("batch").Text()+"/commit", s.places.token, "application/json", "{}")
	if status != http.StatusOK && status != http.StatusCreated {
		return status != 0
	}
	s.did(func(l *check.Ledger) { l.Imported = append(l.Imported, rows...) })
	batch := v.Get("batch").Text()
	var ids []string
	for id := range v.Get("awards").Elements() {
		ids = append(ids, id.Text())
	}
	if status, _ := s.ask(ctx, http.MethodGet, strings.TrimPrefix(s.places.approver, s.public), "", "", ""); status != http.StatusOK {
		return status != 0
	}
	for _, form := range []struct{ path, body string }{{"/desk/approve", "batch=" + url.QueryEscape(batch)}, {"/desk/issue", "x=1"}} {
		if status, _ := s.ask(ctx, http.MethodPost, form.path, "", "application/x-www-form-urlencoded", form.body); status != http.StatusOK {
			return status != 0
		}
	}
	return s.watch(ctx, ids)
}

// watch asks until the awards are issued.
func (s *shift) watch(ctx context.Context, ids []string) bool {
	for len(ids) > 0 {
		status, v := s.ask(ctx, http.MethodGet, "/api/awards/"+ids[0], s.places.token, "", "")
		if status == 0 || ctx.Err() != nil {
			return false
		}
		if state := v.Get("state").Text(); state == "issued" || state == "revoked" {
			id := ids[0]
			s.did(func(l *check.Ledger) { l.Issued = append(l.Issued, id) })
			s.mu.Lock()
			s.fresh = append(s.fresh, id)
			s.mu.Unlock()
			ids = ids[1:]
			continue
		}
		select {
		case <-ctx.Done():
			return false
		case <-s.p.gone:
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
	return true
}

// revoke takes back every other award that was issued.
func (s *shift) revoke(ctx context.Context) bool {
	s.mu.Lock()
	id := ""
	if len(s.fresh) > 1 {
		id, s.fresh = s.fresh[0], s.fresh[2:]
	}
	s.mu.Unlock()
	if id == "" {
		select {
		case <-ctx.Done():
			return false
		case <-s.p.gone:
			return false
		case <-time.After(5 * time.Millisecond):
			return true
		}
	}
	status, _ := s.ask(ctx, http.MethodPost, "/api/awards/"+id+"/revoke", s.places.token, "application/json", `{"reason":"A trial."}`)
	if status == http.StatusOK {
		s.did(func(l *check.Ledger) { l.Revoked = append(l.Revoked, id) })
	}
	return status != 0
}

// share makes two shares and ends one of them.
func (s *shift) share(ctx context.Context) bool {
	for _, end := range []bool{false, true} {
		status, v := s.ask(ctx, http.MethodPost, "/api/shares", s.places.learnerToken, "application/json", `{"whole":true,"label":"Trial","audience":"Trial"}`)
		if status != http.StatusCreated {
			return status != 0
		}
		address, id := v.Get("url").Text(), v.Get("id").Text()
		if !end {
			s.did(func(l *check.Ledger) { l.Shared = append(l.Shared, address) })
			continue
		}
		if status, _ = s.ask(ctx, http.MethodDelete, "/api/shares/"+id, s.places.learnerToken, "", ""); status != http.StatusNoContent {
			return status != 0 // nobody said whether it ended: it is in neither list
		}
		s.did(func(l *check.Ledger) { l.Ended = append(l.Ended, address) })
	}
	select {
	case <-s.p.gone:
		return false
	case <-time.After(400 * time.Millisecond):
		return true
	}
}
