package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Phase is what was asked and answered in one part of a trial.
type Phase struct {
	Name   string
	Beside float64 // requests a second that the program could do at its best; 0: not compared

	acts    []act
	began   time.Time
	took    time.Duration
	skipped atomic.Int64 // not sent, because too many waited for an answer
	mu      sync.Mutex
	by      []tally
}

// tally is what became of one kind of act.
type tally struct {
	took    []time.Duration // of what was answered well
	refused []time.Duration // 429 and 503
	wrong   map[int]int     // everything else, by status
}

func newPhase(name string, acts []act) *Phase {
	return &Phase{Name: name, acts: acts, began: time.Now(), by: make([]tally, len(acts))}
}

func (p *Phase) note(i, status int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := &p.by[i]
	switch status {
	case http.StatusOK:
		t.took = append(t.took, took)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		t.refused = append(t.refused, took)
	default:
		if t.wrong == nil {
			t.wrong = map[int]int{}
		}
		t.wrong[status]++
	}
}

// Wrong counts the answers that are neither what was asked for nor a refusal for now.
func (p *Phase) Wrong() (n int) {
	for _, t := range p.by {
		for _, k := range t.wrong {
			n += k
		}
	}
	return n
}

func (p *Phase) all(of func(tally) []time.Duration) (out []time.Duration) {
	for _, t := range p.by {
		out = append(out, of(t)...)
	}
	return out
}

// Rate is how many requests a second were answered well.
func (p *Phase) Rate() float64 {
	return float64(len(p.all(func(t tally) []time.Duration { return t.took }))) / p.took.Seconds()
}

func (p *Phase) String() string {
	var b strings.Builder
	done, refused := p.all(func(t tally) []time.Duration { return t.took }), p.all(func(t tally) []time.Duration { return t.refused })
	fmt.Fprintf(&b, "%s: %d answered in %v (%.0f/s), %s; %d wrong", p.Name, len(done), p.took.Round(time.Second), p.Rate(), spread(done), p.Wrong())
	if n := p.skipped.Load(); len(refused) > 0 || n > 0 {
		fmt.Fprintf(&b, "; %d turned away (%s), %d not sent", len(refused), spread(refused), n)
	}
	if p.Beside > 0 {
		fmt.Fprintf(&b, "; %.0f %% of the best", 100*p.Rate()/p.Beside)
	}
	for i, t := range p.by {
		fmt.Fprintf(&b, "\n  %-27s %6d, %s", p.acts[i].name, len(t.took), spread(t.took))
		if len(t.refused) > 0 {
			fmt.Fprintf(&b, ", %d turned away", len(t.refused))
		}
		if len(t.wrong) > 0 {
			fmt.Fprintf(&b, ", wrong: %v", t.wrong)
		}
	}
	return b.String()
}

// spread is the median and the 99th percentile.
func spread(d []time.Duration) string {
	if len(d) == 0 {
		return "none"
	}
	s := slices.Clone(d)
	slices.Sort(s)
	at := func(q float64) time.Duration {
		return s[min(len(s)-1, int(q*float64(len(s))))].Round(100 * time.Microsecond)
	}
	return fmt.Sprintf("p50 %v p99 %v", at(0.50), at(0.99))
}
