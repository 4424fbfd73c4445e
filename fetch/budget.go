package fetch

import (
	"context"
	"errors"
	"strings"
	"sync"
)

const (
	// BudgetRequests is what one verification may ask for: keys, statuses, schemas and profiles of a large record from
	// a handful of issuers, each document once.
	BudgetRequests = 20
	// BudgetBytes is what it may receive.
	BudgetBytes = 32 << 20
)

// WithBudget returns a fetcher for one piece of work: it asks next for each document once, and for no more than
// BudgetRequests documents or BudgetBytes of answers in all.
func WithBudget(next Fetcher) Fetcher { return &budget{next: next, seen: make(map[string]entry)} }

type budget struct {
	next Fetcher

	mu       sync.Mutex
	seen     map[string]entry
	requests int
	bytes    int
}

func (b *budget) Fetch(ctx context.Context, url, accept string) (*Response, error) {
	key := accept + "\n" + url
	if e, ok := b.begin(key); ok {
		return e.result()
	}
	resp, err := b.next.Fetch(ctx, url, accept)
	e := entry{resp: resp}
	if err != nil && !errors.As(err, &e.err) {
		e.err = &Error{URL: url, Reason: Unreachable, Err: err}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bytes += e.size()
	b.seen[key] = e
	return e.result()
}

// begin returns the answer that is there already, or takes one request off the budget.
func (b *budget) begin(key string) (entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e, ok := b.seen[key]; ok {
		return e, true
	}
	if b.requests >= BudgetRequests || b.bytes >= BudgetBytes {
		_, url, _ := strings.Cut(key, "\n")
		return entry{err: &Error{URL: url, Reason: Budget, Err: errors.New("this work has asked for as many documents as one may")}}, true
	}
	b.requests++
	return entry{}, false
}
