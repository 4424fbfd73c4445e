package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

const (
	// DefaultTimeout is the whole of one fetch: name, connection, redirects and body.
	DefaultTimeout = 10 * time.Second
	// MaxRedirects is how many hops are followed; each is held to the same rules as the first URL.
	MaxRedirects = 3
	// UserAgent says who asks. It carries no version: a server need not know which faults we have.
	UserAgent = "Laurel (learner record verifier)"

	maxHeaderBytes = 64 << 10
	// hostRate and hostBurst bound what one server sees of us: a burst is a record with 20 different documents.
	hostRate  = 10 // per second
	hostBurst = 20
	// maxHosts bounds the number of servers whose rate is kept.
	maxHosts = 4096
)

// HTTPOptions sets how the network may be used. The zero value, like nil, is the strict one.
type HTTPOptions struct {
	// Ports that may be connected to; none means 443 alone.
	Ports []uint16
	// AllowLoopbackUnsafe lets http and https reach this machine, on any port. For development: whoever can have a
	// credential verified can then make requests to every service that listens on the loopback interface.
	AllowLoopbackUnsafe bool
	// RootCAs are the certificate authorities to trust; nil means those of the system.
	RootCAs *x509.CertPool
	// Resolver resolves names; nil means the one of the system. Its answers are not trusted: addresses are checked.
	Resolver *net.Resolver
	// CacheBytes bounds the bodies that are remembered; 0 means 64 MiB, a negative number that nothing is.
	CacheBytes int
	// Timeout of one fetch; 0 means DefaultTimeout.
	Timeout time.Duration
	// Now is the clock of the cache; nil means time.Now.
	Now func() time.Time
}

// HTTP fetches over https from public addresses, within limits. It sends no cookie, no credential, no referrer and
// follows no proxy variable. Failures are remembered for 30 seconds, and a document that is being fetched is not
// fetched twice. It is safe for concurrent use.
type HTTP struct {
	guard   *guard
	client  *http.Client
	cache   *cache
	flights singleflight.Group
	timeout time.Duration
	now     func() time.Time

	mu    sync.Mutex
	hosts *simplelru.LRU[string, *rate.Limiter]
}

var _ Fetcher = (*HTTP)(nil)

// NewHTTP returns a fetcher that uses the network.
func NewHTTP(opts *HTTPOptions) *HTTP {
	if opts == nil {
		opts = &HTTPOptions{}
	}
	h := &HTTP{
		guard:   newGuard(opts.Ports, opts.AllowLoopbackUnsafe),
		timeout: opts.Timeout,
		now:     opts.Now,
	}
	if h.timeout == 0 {
		h.timeout = DefaultTimeout
	}
	if h.now == nil {
		h.now = time.Now
	}
	switch {
	case opts.CacheBytes == 0:
		h.cache = newCache(defaultCacheBytes)
	case opts.CacheBytes > 0:
		h.cache = newCache(opts.CacheBytes)
	}
	h.hosts, _ = simplelru.NewLRU[string, *rate.Limiter](maxHosts, nil) // the only error is a size below one
	dialer := &net.Dialer{Timeout: h.timeout, Resolver: opts.Resolver, Control: h.guard.control}
	h.client = &http.Client{
		CheckRedirect: h.checkRedirect,
		Transport: &http.Transport{
			Proxy:                  nil,
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: opts.RootCAs},
			TLSHandshakeTimeout:    h.timeout,
			ResponseHeaderTimeout:  h.timeout,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxConnsPerHost:        4,
			MaxIdleConns:           64,
			IdleConnTimeout:        30 * time.Second,
			DisableCompression:     true, // sizes are counted on what is sent; a bomb cannot unfold here
			ForceAttemptHTTP2:      true,
		},
	}
	return h
}

// Fetch gets the document at url, from memory while it is fresh.
func (h *HTTP) Fetch(ctx context.Context, url string, accept string) (*Response, error) {
	u, err := h.guard.parse(url)
	if err != nil {
		return nil, &Error{URL: url, Reason: Forbidden, Err: err}
	}
	key := accept + "\n" + u.String()
	if h.cache != nil {
		if e, ok := h.cache.get(key, h.now()); ok {
			return e.result()
		}
	}
	// The flight outlives the caller who started it, so that its going away does not spoil the others' answer.
	flight := h.flights.DoChan(key, func() (any, error) {
		// Memory is asked again: between the look above and this flight, another one may have landed.
		if h.cache != nil {
			if e, ok := h.cache.get(key, h.now()); ok {
				return e, nil
			}
		}
		shared, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.timeout)
		defer cancel()
		return h.fetch(shared, key, u, accept), nil
	})
	select {
	case r := <-flight:
		return r.Val.(entry).result()
	case <-ctx.Done():
		return nil, &Error{URL: url, Reason: Timeout, Err: ctx.Err()}
	}
}

func (e entry) result() (*Response, error) {
	if e.err != nil {
		return nil, e.err
	}
	return e.resp, nil
}

// fetch asks the network and remembers the answer.
func (h *HTTP) fetch(ctx context.Context, key string, u *url.URL, accept string) entry {
	r := ruleOf(accept)
	resp, err := h.get(ctx, u, accept, r)
	now := h.now()
	e := entry{resp: resp, until: now.Add(negativeTTL)}
	if err != nil {
		e.err = h.explain(u, err)
	} else {
		e.until = now.Add(r.freshFor(resp.Header, resp.Body, now))
	}
	if h.cache != nil && e.until.After(now) {
		h.cache.put(key, e)
	}
	return e
}

func (h *HTTP) get(ctx context.Context, u *url.URL, accept string, r *rule) (*Response, error) {
	if err := h.limiter(u.Host).Wait(ctx); err != nil {
		return nil, &Error{Reason: Timeout, Err: errors.New("too many requests to this host are waiting")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, &Error{Reason: Forbidden, Err: errors.New("the URL is malformed")}
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", UserAgent)
	resp, err := h.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if err := checkResponse(resp, r); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, r.limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > r.limit {
		return nil, &Error{Reason: TooLarge}
	}
	return &Response{
		URL:         resp.Request.URL.String(),
		Body:        body,
		ContentType: resp.Header.Get("Content-Type"),
		Header:      resp.Header,
		FetchedAt:   h.now(),
	}, nil
}

func checkResponse(resp *http.Response, r *rule) error {
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		return &Error{Reason: NotFound}
	case resp.StatusCode != http.StatusOK:
		return &Error{Reason: Status, Err: errors.New(http.StatusText(resp.StatusCode))}
	case resp.Header.Get("Content-Encoding") != "" && resp.Header.Get("Content-Encoding") != "identity":
		return &Error{Reason: ContentType, Err: errors.New("the answer is compressed, which was not asked for")}
	case !r.permits(resp.Header.Get("Content-Type")):
		return &Error{Reason: ContentType, Err: errors.New("the answer has a content type that such a document cannot have")}
	case resp.ContentLength > r.limit:
		return &Error{Reason: TooLarge}
	}
	return nil
}

// checkRedirect holds every hop to the rules of the first URL.
func (h *HTTP) checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > MaxRedirects {
		return &Error{Reason: Forbidden, Err: errors.New("too many redirects")}
	}
	u, err := h.guard.parse(req.URL.String())
	if err != nil {
		return &Error{Reason: Forbidden, Err: errors.New("the redirect leads where nothing is fetched from: " + err.Error())}
	}
	if via[0].URL.Scheme == "https" && u.Scheme != "https" {
		return &Error{Reason: Forbidden, Err: errors.New("the redirect leaves https")}
	}
	req.Header.Del("Referer")
	if err := h.limiter(u.Host).Wait(req.Context()); err != nil {
		return &Error{Reason: Timeout}
	}
	return nil
}

func (h *HTTP) limiter(host string) *rate.Limiter {
	h.mu.Lock()
	defer h.mu.Unlock()
	l, ok := h.hosts.Get(host)
	if !ok {
		l = rate.NewLimiter(hostRate, hostBurst)
		h.hosts.Add(host, l)
	}
	return l
}

// explain turns a failure into an *Error whose text is ours: what the network says may tell a stranger about the inside.
func (h *HTTP) explain(u *url.URL, err error) *Error {
	var ours *Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var dns *net.DNSError
	var timeout net.Error
	e := &Error{URL: u.String(), Reason: Unreachable, Err: errors.New("the connection failed")}
	switch {
	case errors.As(err, &ours):
		e.Reason, e.Err = ours.Reason, ours.Err
	case errors.Is(err, errForbidden):
		e.Reason, e.Err = Forbidden, errForbidden
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		e.Reason, e.Err = Timeout, errors.New("no complete answer in time")
	case errors.As(err, &certificate):
		e.Reason, e.Err = TLS, errors.New("the server's certificate is not valid for it")
	case errors.As(err, &record), errors.As(err, &alert):
		e.Reason, e.Err = TLS, errors.New("the server does not speak TLS as it must")
	case errors.As(err, &dns):
		e.Err = errors.New("the name could not be resolved")
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Err = errors.New("the connection was refused")
	}
	return e
}
