package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/trial/check"
)

// crowd is the mixed scenario: what each person does, and how often.
type crowd struct {
	*trial
	client   *http.Client // nobody's: verifiers, employers, programs
	learner  *http.Client
	approver *http.Client
	record   []byte // the learner's signed record
	list     string // its status list
	number   atomic.Int64
	shares   chan [2]string // shares in force: address and id
}

// act is one thing that a person does; weight is how many of a hundred acts are of it.
type act struct {
	name   string
	weight int
	do     func(context.Context) int // the status; 0: no answer; -1: an answer that is not what it should be
}

func (c *crowd) acts() []act {
	return []act{
		{"record read by a verifier", 20, func(ctx context.Context) int {
			return c.get(ctx, c.client, c.office.Places.Record, "application/vc", `"proof"`)
		}},
		{"status list", 20, func(ctx context.Context) int { return c.get(ctx, c.client, c.list, "application/vc", "encodedList") }},
		{"learner's page", 15, func(ctx context.Context) int { return c.get(ctx, c.learner, "/my", "text/html", "</html>") }},
		{"share opened and verified", 10, func(ctx context.Context) int {
			return c.get(ctx, c.client, c.office.Places.Share, "text/html", "</html>")
		}},
		{"public page", 10, func(ctx context.Context) int { return c.get(ctx, c.client, "/about", "text/html", "</html>") }},
		{"record sent to be verified", 10, func(ctx context.Context) int { return c.verify(ctx, c.record) }},
		{"office's page", 5, func(ctx context.Context) int { return c.get(ctx, c.approver, "/desk", "text/html", "</html>") }},
		{"share made", 5, c.share},
		{"award by a program", 5, c.award},
	}
}

// crowd runs the phases of many people.
func (t *trial) crowd(ctx context.Context) error {
	c, err := t.newCrowd(ctx)
	if err != nil {
		return err
	}
	calm, err := c.phase(ctx, fmt.Sprintf("%d people, thinking %v", t.People, t.Think), t.People, t.Think)
	if err != nil {
		return err
	}
	t.report.Phases = append(t.report.Phases, calm)
	if t.Overload == 0 {
		return nil
	}
	// As fast as it answers: enough people that the program is never idle, few enough that none is turned away.
	peak, err := c.phase(ctx, fmt.Sprintf("%d people without a pause", busyPeople), busyPeople, 0)
	if err != nil {
		return err
	}
	t.report.Phases = append(t.report.Phases, peak)
	over, err := c.flood(ctx, float64(t.Overload)*peak.Rate())
	if err != nil {
		return err
	}
	over.Beside = peak.Rate()
	t.report.Phases = append(t.report.Phases, over)
	after, err := c.phase(ctx, "the people of before, right after", t.People, t.Think)
	if err != nil {
		return err
	}
	t.report.Phases = append(t.report.Phases, after)
	return nil
}

// newCrowd signs people in and reads what verifiers will send.
func (t *trial) newCrowd(ctx context.Context) (*crowd, error) {
	c := &crowd{trial: t, client: browser(), learner: browser(), approver: browser(), shares: make(chan [2]string, sharesInForce)}
	return c, c.prepare(ctx)
}

// busyPeople without a pause keep two processors busy.
const busyPeople = 8

// browser is a client with cookies of its own and as many connections as it takes.
func browser() *http.Client {
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	return &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{MaxIdleConns: maxUnderWay, MaxIdleConnsPerHost: maxUnderWay, DisableCompression: true}}
}

func (c *crowd) prepare(ctx context.Context) error {
	for _, sign := range []struct {
		who *http.Client
		at  string
	}{{c.learner, c.office.Places.Learner}, {c.approver, c.office.Places.Approver}} {
		if status := c.get(ctx, sign.who, sign.at, "text/html", "</html>"); status != http.StatusOK {
			return fmt.Errorf("signing in is answered with %d", status)
		}
	}
	status, body := c.ask(ctx, c.client, http.MethodGet, c.office.Places.Record, map[string]string{"Accept": "application/vc"}, nil)
	if status != http.StatusOK {
		return fmt.Errorf("the record is answered with %d", status)
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return err
	}
	c.record = body
	c.list = doc.Root().At("/credentialStatus/statusListCredential").Text()
	for s := range doc.Root().Get("credentialStatus").Elements() {
		if s.Get("statusPurpose").Text() == "revocation" {
			c.list = s.Get("statusListCredential").Text()
		}
	}
	if c.list == "" {
		return errors.New("the demonstration's record names no status list")
	}
	return nil
}

// ask sends a request to where the server listens now and reads the whole answer. Status 0 is none.
func (c *crowd) ask(ctx context.Context, who *http.Client, method, address string, header map[string]string, body []byte) (int, []byte) {
	address = c.server.Base + strings.TrimPrefix(address, c.office.Public)
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, in)
	if err != nil {
		return 0, nil
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := who.Do(req)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil
	}
	return res.StatusCode, b
}

// get reads an address; an answer without the mark is not the page that was asked for.
func (c *crowd) get(ctx context.Context, who *http.Client, address, accept, mark string) int {
	status, body := c.ask(ctx, who, http.MethodGet, address, map[string]string{"Accept": accept}, nil)
	if status == http.StatusOK && !bytes.Contains(body, []byte(mark)) {
		return -1
	}
	return status
}

func (c *crowd) verify(ctx context.Context, record []byte) int {
	status, body := c.ask(ctx, c.client, http.MethodPost, "/api/verify", map[string]string{"Content-Type": "application/vc"}, record)
	if status == http.StatusOK && !bytes.Contains(body, []byte(`"verdict":"verified"`)) {
		return -1
	}
	return status
}

func (c *crowd) share(ctx context.Context) int {
	status, body := c.ask(ctx, c.client, http.MethodPost, "/api/shares", c.key(c.office.Places.LearnerToken), []byte(`{"whole":true,"label":"Trial","audience":"Trial"}`))
	if status != http.StatusCreated {
		return status
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return -1
	}
	made := [2]string{doc.Root().Get("url").Text(), doc.Root().Get("id").Text()}
	select {
	case c.shares <- made:
		c.office.Note(func(l *check.Ledger) { l.Shared = append(l.Shared, made[0]) })
		return http.StatusOK
	default: // a learner has only so many shares in force
		status, _ := c.ask(ctx, c.client, http.MethodDelete, "/api/shares/"+made[1], c.key(c.office.Places.LearnerToken), nil)
		if status != http.StatusNoContent {
			return status
		}
		c.office.Note(func(l *check.Ledger) { l.Ended = append(l.Ended, made[0]) })
		return http.StatusOK
	}
}

// sharesInForce is how many of a trial's shares stay; those made after are ended at once.
const sharesInForce = 40

// award makes a draft for a person who is not there yet.
func (c *crowd) award(ctx context.Context) int {
	n := c.number.Add(1)
	row := check.Row{File: fmt.Sprintf("award-%d", n), Email: fmt.Sprintf("load-%d@trial.example", n)}
	c.office.Note(func(l *check.Ledger) { l.Sent = append(l.Sent, row) })
	header := c.key(c.office.Places.Token)
	header["Idempotency-Key"] = row.File
	status, body := c.ask(ctx, c.client, http.MethodPost, "/api/awards", header,
		fmt.Appendf(nil, `{"awards":[{"person":%q,"name":"Trial Person %d","email":%q,"achievement":"PHIL 140","awardedOn":"2026-05-20"}]}`, fmt.Sprintf("load-%d", n), n, row.Email))
	if status != http.StatusOK && status != http.StatusCreated {
		return status
	}
	if !bytes.Contains(body, []byte(`"drafts":1`)) {
		return -1
	}
	c.office.Note(func(l *check.Ledger) { l.Imported = append(l.Imported, row) })
	return http.StatusOK
}

func (c *crowd) key(token string) map[string]string {
	return map[string]string{"Authorization": "Bearer " + token, "Content-Type": "application/json"}
}

// draw chooses acts in proportion to their weights.
func draw(acts []act, r *rand.Rand) int {
	total := 0
	for _, a := range acts {
		total += a.weight
	}
	n := r.IntN(total)
	for i, a := range acts {
		if n -= a.weight; n < 0 {
			return i
		}
	}
	return 0
}

// phase lets so many people act, each on their own, until the time is over.
func (c *crowd) phase(ctx context.Context, name string, people int, think time.Duration) (*Phase, error) {
	acts := c.acts()
	p := newPhase(name, acts)
	end := time.Now().Add(c.For)
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(n), 8))
			if !pause(ctx, time.Duration(r.Float64()*float64(think))) { // people do not come all at once
				return
			}
			for first := true; (first || time.Now().Before(end)) && ctx.Err() == nil; first = false {
				i := draw(acts, r)
				began := time.Now()
				p.note(i, acts[i].do(ctx), time.Since(began))
				if !pause(ctx, time.Duration(r.ExpFloat64()*float64(think))) {
					return
				}
			}
		})
	}
	all.Wait()
	p.took = time.Since(p.began)
	fmt.Fprintln(c.log, p)
	return p, ctx.Err()
}

func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// maxUnderWay bounds how many requests of a flood wait for an answer at once; what is over it is counted as turned away
// by the client.
const maxUnderWay = 512

// flood asks at a rate, whether or not anything is answered.
func (c *crowd) flood(ctx context.Context, rate float64) (*Phase, error) {
	acts := c.acts()
	p := newPhase(fmt.Sprintf("%.0f requests a second, whatever is answered", rate), acts)
	r := rand.New(rand.NewPCG(0, 8))
	slots := make(chan struct{}, maxUnderWay)
	var all sync.WaitGroup
	for sent := 0; time.Since(p.began) < c.For && ctx.Err() == nil; {
		due := int(time.Since(p.began).Seconds() * rate)
		for ; sent < due; sent++ {
			i := draw(acts, r)
			select {
			case slots <- struct{}{}:
			default:
				p.skipped.Add(1)
				continue
			}
			all.Go(func() {
				began := time.Now()
				p.note(i, acts[i].do(ctx), time.Since(began))
				<-slots
			})
		}
		if !pause(ctx, 2*time.Millisecond) {
			break
		}
	}
	all.Wait()
	p.took = time.Since(p.began) // what is answered late has taken its time
	fmt.Fprintln(c.log, p)
	return p, ctx.Err()
}
