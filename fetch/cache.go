package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/openlaurel/laurel/ijson"
)

const (
	// maxCacheEntries bounds the number of remembered answers.
	maxCacheEntries = 4096
	// defaultCacheBytes bounds their bodies together: a few thousand documents, a few hundred status lists.
	defaultCacheBytes = 64 << 20
	// negativeTTL is how long a failure is remembered, so that a dead host is not asked once per credential.
	negativeTTL = 30 * time.Second
)

// entry is an answer or a failure, and how long it holds.
type entry struct {
	resp  *Response
	err   *Error
	until time.Time
}

// cache remembers answers by Accept text and exact canonical URL. An answer replaces the one before it, never merges
// with it: a key that the issuer withdrew is gone with the document that held it.
type cache struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[string, entry]
	bytes int
	limit int
}

func newCache(limit int) *cache {
	c := &cache{limit: limit}
	// The only error is a size below one.
	c.lru, _ = simplelru.NewLRU(maxCacheEntries, func(_ string, e entry) { c.bytes -= e.size() })
	return c
}

func (e entry) size() int {
	if e.resp == nil {
		return 0
	}
	return len(e.resp.Body)
}

func (c *cache) get(key string, now time.Time) (entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.lru.Get(key)
	if ok && !now.Before(e.until) {
		c.lru.Remove(key)
		return entry{}, false
	}
	return e, ok
}

func (c *cache) put(key string, e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lru.Remove(key)
	if e.size() > c.limit {
		return
	}
	c.bytes += e.size()
	c.lru.Add(key, e)
	for c.bytes > c.limit {
		c.lru.RemoveOldest()
	}
}

// freshFor returns for how long an answer may be used: what its headers say (RFC 9111 sections 4.2 and 5.2.2, as a shared
// cache), what the document itself says, and what the rule of its kind allows, whichever is least.
func (r *rule) freshFor(h http.Header, body []byte, now time.Time) time.Duration {
	fresh, said := time.Duration(0), false
	for _, directive := range strings.Split(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, arg, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache", "private":
			return 0
		case "s-maxage":
			fresh, said = seconds(arg), true
		case "max-age":
			if !said {
				fresh, said = seconds(arg), true
			}
		}
	}
	if !said && h.Get("Expires") != "" {
		said = true
		if at, err := http.ParseTime(h.Get("Expires")); err == nil {
			fresh = at.Sub(now)
		}
	}
	if !said {
		fresh = r.fresh
	}
	fresh = min(fresh-seconds(h.Get("Age")), r.oldest)
	if r.ttl != nil {
		fresh = min(fresh, r.ttl(body))
	}
	return max(0, fresh)
}

// listTTL is what a status list says about itself: credentialSubject.ttl, in milliseconds (Bitstring Status List 1.0,
// 2.2), or its default of five minutes. A list in a token is not opened here and has the default.
func listTTL(body []byte) time.Duration {
	const standard = 300_000 * time.Millisecond
	doc, err := ijson.Parse(body, &ijson.Options{MaxBytes: MaxList})
	if err != nil {
		return standard
	}
	ttl := doc.Root().Get("credentialSubject").Get("ttl")
	if ms := ttl.Float(); ttl.Kind() == ijson.Number && ms >= 0 && ms < 300_000 {
		return time.Duration(ms) * time.Millisecond
	}
	return standard
}

// seconds reads delta-seconds; anything else is zero, the careful reading.
func seconds(s string) time.Duration {
	n, err := strconv.ParseUint(strings.Trim(s, `"`), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}
