package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
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

func (c *cache) shorten(key string, ttl time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.lru.Peek(key)
	if !ok || e.resp == nil {
		return
	}
	if until := e.resp.FetchedAt.Add(ttl); until.Before(e.until) {
		e.until = until
		c.lru.Add(key, e) // an existing key is updated without a call of the eviction function
	}
}

// freshFor returns for how long an answer may be used (RFC 9111 sections 4.2 and 5.2.2, as a shared cache), never longer
// than the rule of its kind allows.
func (r *rule) freshFor(h http.Header, now time.Time) time.Duration {
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
	return max(0, min(fresh-seconds(h.Get("Age")), r.oldest))
}

// seconds reads delta-seconds; anything else is zero, the careful reading.
func seconds(s string) time.Duration {
	n, err := strconv.ParseUint(strings.Trim(s, `"`), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}
