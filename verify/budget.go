package verify

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/openlaurel/laurel/fetch"
)

// errBudget says that this verification has asked for too many documents already.
var errBudget = errors.New("verify: the documents that one verification may ask for are used up")

// A budget is the fetcher of one verification: each document is asked for once, and number, time and bytes are bounded
// over the whole tree, so that one credential cannot make the verifier call a thousand hosts.
type budget struct {
	under   fetch.Fetcher
	max     int
	planned int

	mu      sync.Mutex
	answers map[string]*answer
	left    int
	bytes   int
	spent   time.Duration
}

type answer struct {
	done chan struct{}
	resp *fetch.Response
	err  error
}

func newBudget(o *Options) *budget {
	return &budget{under: o.Fetcher, max: o.MaxFetches, left: o.MaxFetches, bytes: MaxFetchBytes, answers: map[string]*answer{}}
}

// Fetch gets the document, from the memory of this verification when it was asked for before.
func (b *budget) Fetch(ctx context.Context, url, accept string) (*fetch.Response, error) {
	if b.under == nil {
		return fetch.Never.Fetch(ctx, url, accept)
	}
	key := accept + " " + url
	b.mu.Lock()
	if a, ok := b.answers[key]; ok {
		b.mu.Unlock()
		select {
		case <-a.done:
			return a.resp, a.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if b.left <= 0 || b.bytes <= 0 || b.spent >= MaxFetchTime {
		b.mu.Unlock()
		return nil, errBudget
	}
	b.left--
	a := &answer{done: make(chan struct{})}
	b.answers[key] = a
	timeout := MaxFetchTime - b.spent
	b.mu.Unlock()

	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	a.resp, a.err = b.under.Fetch(ctx, url, accept)
	b.mu.Lock()
	b.spent += time.Since(start)
	if a.resp != nil {
		b.bytes -= len(a.resp.Body)
	}
	b.mu.Unlock()
	close(a.done)
	return a.resp, a.err
}

// tight is true when the tree names more documents than half the budget: then the order of asking decides who gets
// one, and it has to be the order of the document. Where nothing is fetched, nothing is tight.
func (b *budget) tight() bool { return b.under != nil && b.planned > b.max/2 }

// plan counts the documents that the tree may ask for.
func (b *budget) plan(root *credential) {
	urls := map[string]bool{}
	var walk func(c *credential)
	walk = func(c *credential) {
		for _, inner := range c.inner {
			walk(inner)
		}
		if c.doc == nil {
			return
		}
		for _, s := range c.doc.Statuses {
			urls[cmp.Or(s.StatusListCredential, s.ID)] = true // the id names the entry, the list is the document
		}
		for _, s := range c.doc.Schemas {
			urls[s.ID] = true
		}
		for _, s := range c.doc.Refresh {
			urls[s.ID] = true
		}
		for _, p := range c.doc.Proofs {
			vm, _, _ := strings.Cut(p.Value.Get("verificationMethod").Text(), "#")
			if !strings.HasPrefix(vm, "did:key:") && !strings.HasPrefix(vm, "did:jwk:") {
				urls[vm] = true
			}
		}
	}
	walk(root)
	b.planned = len(urls)
}

var _ fetch.Fetcher = (*budget)(nil)
