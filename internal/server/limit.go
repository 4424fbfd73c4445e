package server

import (
	"crypto/sha256"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits bounds how often one caller may ask, on each node for itself: a caller is an API key, or an address where there
// is no key. IPv6 addresses count by their /64, which is what one subscriber has.
type limits struct {
	classes []class
	proxy   bool
	now     func() time.Time
	page    func(http.ResponseWriter, *http.Request, int) // 429 for people
}

// class is a kind of request with a bound of its own.
type class struct {
	name      string
	perMinute int
	fits      func(*http.Request) bool
	callers   *callers
}

// newLimits is the table of what is bounded; the first class that fits counts.
func newLimits(c *Config, page func(http.ResponseWriter, *http.Request, int)) *limits {
	post := func(prefixes ...string) func(*http.Request) bool {
		return func(r *http.Request) bool {
			for _, p := range prefixes {
				if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, p) {
					return true
				}
			}
			return false
		}
	}
	l := &limits{proxy: c.TrustProxy, now: time.Now, page: page}
	for _, k := range []class{
		{name: "sign-in", perMinute: c.RateDoor, fits: either(post("/sign-in", "/account/passkeys", "/claim"), func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/sign-in/campus/") })},
		{name: "passcode", perMinute: c.RateDoor, fits: post("/shares/")},
		{name: "letters", perMinute: c.RateDoor, fits: post("/confirm/", "/attest/", "/guardian/", "/ask", "/api/presentation-requests")},
		{name: "programs", perMinute: c.RateDoor, fits: post("/oauth/register")},
		// A host refreshes the tokens of all its learners from one address, so this is the bound of programs; the client's
		// secret does not choose the bucket: whoever guesses would have a new one for each guess.
		{name: "tokens", perMinute: c.RateAPI, fits: post("/oauth/", "/oid4vci/")},
		{name: "verify", perMinute: c.RateDoor, fits: post("/verify", "/api/verify", "/compare")},
		{name: "api", perMinute: c.RateAPI, fits: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }},
	} {
		if k.perMinute > 0 {
			k.callers = &callers{perMinute: k.perMinute}
			l.classes = append(l.classes, k)
		}
	}
	return l
}

func either(a, b func(*http.Request) bool) func(*http.Request) bool {
	return func(r *http.Request) bool { return a(r) || b(r) }
}

// limit answers 429 with Retry-After to whoever asks too often.
func (l *limits) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, k := range l.classes {
			if !k.fits(r) {
				continue
			}
			if wait := k.callers.wait(l.caller(r), l.now()); wait > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
				refuse(w, r, l.page, http.StatusTooManyRequests, "rate.limited", "too many requests of this caller; wait as long as Retry-After says")
				return
			}
			break
		}
		next.ServeHTTP(w, r)
	})
}

// caller names who asks: a key by its hash, else the address.
func (l *limits) caller(r *http.Request) string {
	if h := r.Header.Get("Authorization"); h != "" && strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/api/verify" {
		sum := sha256.Sum256([]byte(h))
		return string(sum[:])
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if l.proxy { // the last entry is the one that our own proxy wrote; those before it are the caller's words
		if all := r.Header.Values("X-Forwarded-For"); len(all) > 0 {
			last := all[len(all)-1]
			host = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
		}
	}
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return host
}

// maxCallers bounds the memory of one class: two generations of so many callers. Who has not asked for a generation
// begins anew, which costs an attacker with that many addresses more than it gains.
const maxCallers = 20_000

type callers struct {
	perMinute int

	mu          sync.Mutex
	young, aged map[string]*rate.Limiter
}

// wait takes a token, or says how long until there is one.
func (c *callers) wait(who string, now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.young[who]
	if b == nil {
		if b = c.aged[who]; b == nil {
			b = rate.NewLimiter(rate.Limit(float64(c.perMinute)/60), max(1, c.perMinute/2))
		}
		if c.young == nil || len(c.young) >= maxCallers {
			c.young, c.aged = map[string]*rate.Limiter{}, c.young
		}
		c.young[who] = b
	}
	r := b.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
