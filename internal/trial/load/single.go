package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/openlaurel/laurel/internal/trial/check"
	"github.com/openlaurel/laurel/internal/trial/process"
)

// Single is what one address can do, and what the same input and output alone can.
type Single struct {
	Name         string
	Rate, CPU    float64 // requests a second; microseconds of the server's processor time for each
	Beside       string  // what the bare server did meanwhile; empty: there is nothing to compare it with
	BareRate     float64
	BareCPU      float64
	Bytes, Wrong int
	P50, P99     time.Duration
	answers      int
	spent, cpu   time.Duration
	latencies    []time.Duration
}

func (s *Single) String() string {
	line := fmt.Sprintf("%-34s %7.0f/s, %6.0f µs of processor, %s, %d bytes", s.Name, s.Rate, s.CPU, spread(s.latencies), s.Bytes)
	if s.Wrong > 0 {
		line += fmt.Sprintf(", %d WRONG", s.Wrong)
	}
	if s.Beside != "" {
		line += fmt.Sprintf("; %s: %.0f/s, %.0f µs: %.2f of its rate, %.2f of its requests for the same processor time", s.Beside, s.BareRate, s.BareCPU, s.Rate/s.BareRate, s.BareCPU/s.CPU)
	}
	return line
}

const (
	// rounds of both servers in turn, so that what else the machine does falls upon both.
	rounds = 3
	// askers keep one processor busy.
	askers = 8
)

// single measures addresses one after another, in turn with a bare server that has the same bytes in the same kind of
// database.
func (t *trial) single(ctx context.Context) error {
	c, err := t.newCrowd(ctx)
	if err != nil {
		return err
	}
	small, err := c.smallRecord(ctx)
	if err != nil {
		return err
	}
	draft, err := c.draft(ctx)
	if err != nil {
		return err
	}
	bare, base, err := t.bare(ctx)
	if err != nil {
		return err
	}
	defer bare.Kill()
	_, list := c.ask(ctx, c.client, http.MethodGet, c.list, map[string]string{"Accept": "application/vc"}, nil)
	blob := func(at string, put []byte) func(context.Context) int {
		return func(ctx context.Context) int {
			return plain(ctx, c.client, base+at, put)
		}
	}
	if status := blob("/blobs?id=record", c.record)(ctx); status != http.StatusOK {
		return fmt.Errorf("the bare server answers %d: %s", status, bare.Said())
	}
	if status := blob("/memory", list)(ctx); status != http.StatusOK {
		return fmt.Errorf("the bare server answers %d: %s", status, bare.Said())
	}
	acts := c.acts()
	for _, m := range []struct {
		name   string
		bytes  int
		do     func(context.Context) int
		beside string
		bare   func(context.Context) int
	}{
		{"GET a record", len(c.record), acts[0].do, "the same bytes by key", blob("/blobs?id=record", nil)},
		{"GET a status list", len(list), acts[1].do, "the same bytes from memory", blob("/memory", nil)},
		{"POST a share, and end it (durable)", 0, c.share, "the same bytes, one commit", blob("/blobs", c.record)},
		{"POST an award (durable)", 0, c.award, "a kilobyte, one commit", blob("/blobs", make([]byte, 1<<10))},
		{"POST /api/verify, N = 1", len(small), func(ctx context.Context) int { return c.verify(ctx, small) }, "", nil},
		{"POST /vc-api/credentials/issue", len(draft), func(ctx context.Context) int { return c.issue(ctx, draft) }, "", nil},
	} {
		s := &Single{Name: m.name, Bytes: m.bytes, Beside: m.beside}
		other := &Single{}
		for range rounds {
			if err := t.round(ctx, t.server, s, m.do); err != nil {
				return err
			}
			if m.bare == nil {
				continue
			}
			if err := t.round(ctx, bare, other, m.bare); err != nil {
				return err
			}
		}
		s.BareRate, s.BareCPU = other.Rate, other.CPU
		s.Wrong += other.Wrong
		fmt.Fprintln(t.log, s)
		t.report.Single = append(t.report.Single, s)
	}
	return nil
}

// round asks as fast as is answered for a part of the phase's time.
func (t *trial) round(ctx context.Context, server *process.Process, s *Single, do func(context.Context) int) error {
	before, err := server.CPU()
	if err != nil {
		return err
	}
	began := time.Now()
	end := began.Add(t.For / rounds)
	var mu sync.Mutex
	var all sync.WaitGroup
	for range askers {
		all.Go(func() {
			for first := true; (first || time.Now().Before(end)) && ctx.Err() == nil; first = false {
				asked := time.Now()
				status := do(ctx)
				took := time.Since(asked)
				mu.Lock()
				if s.answers++; status != http.StatusOK {
					s.Wrong++
				}
				s.latencies = append(s.latencies, took)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	s.spent += time.Since(began)
	after, err := server.CPU()
	if err != nil {
		return err
	}
	s.cpu += after - before
	s.Rate, s.CPU = float64(s.answers)/s.spent.Seconds(), float64(s.cpu.Microseconds())/float64(max(1, s.answers))
	return ctx.Err()
}

// smallRecord issues a record of one credential and reads it.
func (c *crowd) smallRecord(ctx context.Context) ([]byte, error) {
	row := check.Row{File: "small.csv", Email: "small@trial.example"}
	batch, status := c.office.Import(ctx, row.File, "learner_name,learner_email,learner_id,achievement_name,achievement_type,awarded_on\nTrial Person,"+row.Email+",small,Trial Course,Course,2026-05-20\n", []check.Row{row})
	if status == http.StatusOK {
		status = c.office.ApproveAndIssue(ctx, batch)
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("issuing a small record is answered with %d", status)
	}
	j, err := check.Open(c.database(), c.server.Base, c.office.Public)
	if err != nil {
		return nil, err
	}
	defer j.Close()
	for end := time.Now().Add(time.Minute); ; {
		record, err := j.RecordOf(ctx, row.Email)
		if err == nil {
			return record, nil
		}
		if time.Now().After(end) || !pause(ctx, 20*time.Millisecond) {
			return nil, fmt.Errorf("the small record: %w", err)
		}
	}
}

const unsigned = `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
"issuer":"ISSUER","id":"urn:uuid:5f4ab6a6-5d54-4c0f-9bd3-6a3a7a2c0c11","type":["VerifiableCredential","OpenBadgeCredential"],"name":"Trial of Strength",
"validFrom":"2026-05-20T00:00:00Z","credentialSubject":{"id":"did:example:ada","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:0b4e7b2e-18a5-4b1b-8f6f-5a3f9c0d7f10",
"type":["Achievement"],"name":"Trial of Strength","description":"Was there.","criteria":{"narrative":"Come and be there."}}}}`

// draft is the credential that is to be signed, by the issuer that the VC-API signs for.
func (c *crowd) draft(ctx context.Context) ([]byte, error) {
	_, body := c.ask(ctx, c.client, http.MethodGet, "/vc-api/issuers", nil, nil)
	issuer := regexp.MustCompile(`"eddsa-rdfc-2022":\s*"(did:key:[0-9A-Za-z]+)"`).FindSubmatch(body)
	if issuer == nil {
		return nil, errors.New("the VC-API names no issuer of eddsa-rdfc-2022")
	}
	return []byte(`{"credential":` + strings.Replace(unsigned, "ISSUER", string(issuer[1]), 1) + `}`), nil
}

// issue has a credential signed by the demonstration's VC-API.
func (c *crowd) issue(ctx context.Context, draft []byte) int {
	status, _ := c.ask(ctx, c.client, http.MethodPost, "/vc-api/issuers/eddsa-rdfc-2022/credentials/issue", map[string]string{"Content-Type": "application/json"}, draft)
	if status == http.StatusCreated {
		return http.StatusOK
	}
	return status
}

// bare starts the bare server where the server runs, with its data beside the server's.
func (t *trial) bare(ctx context.Context) (*process.Process, string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	addr, err := process.FreeAddr()
	if err != nil {
		return nil, "", err
	}
	database := t.Database
	if database == "" {
		database = filepath.Join(filepath.Dir(t.start.Data), "bare.db")
	}
	p, err := process.Run(ctx, addr, append(append([]string{}, t.start.Wrap...), self, bareServer, database, addr)...)
	if err != nil {
		return nil, "", err
	}
	if err := p.Ready(ctx); err != nil {
		p.Kill()
		return nil, "", err
	}
	return p, p.Base, nil
}
