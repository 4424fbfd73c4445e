package fetch

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience is the timeout of fetches that are meant to succeed, however busy the machine.
const patience = 2 * time.Minute

// server is a test server on loopback, and a fetcher that is allowed to reach it.
func server(t *testing.T, handler http.HandlerFunc, change func(*HTTPOptions)) (*httptest.Server, *HTTP) {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused handshake is what some tests want
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	opts := &HTTPOptions{AllowLoopbackUnsafe: true, RootCAs: roots, Timeout: patience}
	if change != nil {
		change(opts)
	}
	h := NewHTTP(opts)
	t.Cleanup(h.client.CloseIdleConnections)
	return s, h
}

func kindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return 0
}

func jsonBody(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprint(w, body)
	}
}

// TestN13_NothingIsGivenAway: no cookie, credential, referrer or version, and no proxy variable is followed.
func TestN13_NothingIsGivenAway(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	var seen []http.Header
	s, h := server(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Clone())
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusFound)
			return
		}
		jsonBody(`{}`)(w, r)
	}, nil)
	for range 2 {
		resp, err := h.Fetch(t.Context(), s.URL+"/a", AcceptCredential)
		if err != nil || resp.URL != s.URL+"/b" || string(resp.Body) != `{}` {
			t.Fatalf("%+v, %v", resp, err)
		}
	}
	if len(seen) != 4 {
		t.Fatalf("%d requests, want 4", len(seen))
	}
	for _, header := range seen {
		for name := range header {
			switch name {
			case "Accept", "User-Agent":
			default:
				t.Errorf("the header %s was sent: %q", name, header[name])
			}
		}
		if header.Get("User-Agent") != UserAgent || header.Get("Accept") != AcceptCredential {
			t.Errorf("headers %v", header)
		}
	}
}

func TestN04_Redirects(t *testing.T) {
	targets := map[string]string{
		"private":   "https://10.0.0.1/x",
		"metadata":  "https://169.254.169.254/latest/meta-data/",
		"internal":  "https://metadata.google.internal/",
		"http":      "http://public.example/x",
		"downgrade": "http://127.0.0.1:1/x",
		"file":      "file:///etc/passwd",
		"userinfo":  "https://user:pw@127.0.0.1/x",
		"zone":      "https://[fe80::1%25lo]/x",
		"port":      "https://public.example:22/x",
		"loop":      "/loop",
		"empty":     "https://",
	}
	s, h := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", targets[strings.TrimPrefix(r.URL.Path, "/")])
		w.WriteHeader(http.StatusPermanentRedirect)
	}, nil)
	for name := range targets {
		if _, err := h.Fetch(t.Context(), s.URL+"/"+name, AcceptDID); kindOf(err) != Forbidden && kindOf(err) != Unreachable {
			t.Errorf("%s: %v, want Forbidden", name, err)
		} else if name != "empty" && kindOf(err) != Forbidden {
			t.Errorf("%s: %v, want Forbidden", name, err)
		}
	}
}

func TestRedirectCount(t *testing.T) {
	s, h := server(t, func(w http.ResponseWriter, r *http.Request) {
		var left int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &left); err != nil || left == 0 {
			jsonBody(`{}`)(w, r)
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", left-1), http.StatusFound)
	}, nil)
	if _, err := h.Fetch(t.Context(), s.URL+"/3", AcceptDID); err != nil {
		t.Errorf("three redirects: %v", err)
	}
	if _, err := h.Fetch(t.Context(), s.URL+"/4", AcceptDID); kindOf(err) != Forbidden {
		t.Errorf("four redirects: %v, want Forbidden", err)
	}
}

func TestN06_Limits(t *testing.T) {
	s, h := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/endless":
			chunk := bytes.Repeat([]byte(" "), 1<<16)
			for range 2*MaxJSON/len(chunk) + 1 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "/lying":
			w.Header().Set("Content-Length", "1000000000")
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
		case "/header":
			w.Header().Set("X-Long", strings.Repeat("x", 2*maxHeaderBytes))
		case "/exact":
			_, _ = w.Write(make([]byte, MaxJSON)) // the test's own server; a failure shows in the length
		}
	}, nil)
	for path, want := range map[string]Kind{
		"/endless": TooLarge, "/lying": TooLarge, "/gzip": ContentType, "/header": Unreachable,
	} {
		if _, err := h.Fetch(t.Context(), s.URL+path, AcceptDID); kindOf(err) != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if resp, err := h.Fetch(t.Context(), s.URL+"/exact", AcceptDID); err != nil || len(resp.Body) != MaxJSON {
		t.Errorf("exactly the limit: %v", err)
	}
}

// TestN06_Drip: an answer that never ends is given up. Wherever the short time runs out, it is a timeout.
func TestN06_Drip(t *testing.T) {
	release := make(chan struct{})
	s, h := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.(http.Flusher).Flush()
		<-release
	}, func(o *HTTPOptions) { o.Timeout = 200 * time.Millisecond })
	defer close(release)
	if _, err := h.Fetch(t.Context(), s.URL, AcceptDID); kindOf(err) != Timeout {
		t.Errorf("%v, want %s", err, Timeout)
	}
}

func TestStatusAndTypes(t *testing.T) {
	s, h := server(t, func(w http.ResponseWriter, r *http.Request) {
		var status int
		if _, err := fmt.Sscanf(r.URL.Path, "/status/%d", &status); err == nil {
			w.WriteHeader(status)
			fmt.Fprint(w, "secret of the inside")
			return
		}
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
	}, nil)
	for path, want := range map[string]Kind{
		"/status/404": NotFound, "/status/410": NotFound, "/status/500": Status, "/status/401": Status,
		"/status/204": Status, "/status/206": Status, "/x?type=text/html": ContentType, "/x?type=%3B%3B": ContentType, "/x?type=image/png": ContentType,
	} {
		_, err := h.Fetch(t.Context(), s.URL+path, AcceptDID)
		if kindOf(err) != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error quotes the answer: %v", path, err)
		}
	}
	for _, typ := range []string{"application/did%2bjson", "application/octet-stream", "text/plain;charset=utf-8", "application/jwk-set%2bjson"} {
		if _, err := h.Fetch(t.Context(), s.URL+"/x?type="+typ, AcceptDID); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
	}
	if _, err := h.Fetch(t.Context(), s.URL+"/x?type=image/png", AcceptImage); err != nil {
		t.Errorf("an image: %v", err)
	}
}

func TestN09_TLS(t *testing.T) {
	s, h := server(t, jsonBody(`{}`), func(o *HTTPOptions) { o.RootCAs = x509.NewCertPool() })
	if _, err := h.Fetch(t.Context(), s.URL, AcceptDID); kindOf(err) != TLS {
		t.Errorf("unknown authority: %v, want TLS", err)
	}
	plain := httptest.NewServer(jsonBody(`{}`))
	defer plain.Close()
	if _, err := h.Fetch(t.Context(), strings.Replace(plain.URL, "http:", "https:", 1), AcceptDID); kindOf(err) != TLS && kindOf(err) != Unreachable {
		t.Errorf("no TLS at all: %v", err)
	}
	if _, err := h.Fetch(t.Context(), plain.URL, AcceptDID); err != nil {
		t.Errorf("http on loopback, allowed: %v", err)
	}
}

// TestLoopbackIsRefused: without the loud option, this machine is out of reach, and nothing is sent to it.
func TestLoopbackIsRefused(t *testing.T) {
	var hits atomic.Int32
	s, _ := server(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) }, nil)
	h := NewHTTP(&HTTPOptions{Timeout: patience})
	for _, u := range []string{s.URL, strings.Replace(s.URL, "127.0.0.1", "localhost", 1), strings.Replace(s.URL, "https", "http", 1)} {
		if _, err := h.Fetch(t.Context(), u, AcceptDID); kindOf(err) != Forbidden {
			t.Errorf("%s: %v, want Forbidden", u, err)
		}
	}
	if hits.Load() != 0 {
		t.Error("the server was reached")
	}
}

func TestCache(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var hits atomic.Int32
	control, body := "", ""
	s, h := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", control)
		jsonBody(fmt.Sprintf(`{"n":%d%s}`, hits.Add(1), body))(w, r)
	}, func(o *HTTPOptions) { o.Now = func() time.Time { return now } })
	// fetchAfter fetches path again after d and reports whether the answer is a new one.
	fetchAfter := func(path, accept string, d time.Duration) bool {
		t.Helper()
		now = now.Add(d)
		before := hits.Load()
		resp, err := h.Fetch(t.Context(), s.URL+path, accept)
		if err != nil {
			t.Fatal(err)
		}
		if string(resp.Body) != fmt.Sprintf(`{"n":%d%s}`, hits.Load(), body) {
			t.Errorf("%s: not the newest answer", path)
		}
		return hits.Load() != before
	}
	for _, tc := range []struct {
		control, accept string
		fresh           time.Duration // answered from memory until then
	}{
		{"", AcceptDID, 5 * time.Minute},
		{"max-age=60", AcceptDID, time.Minute},
		{"max-age=60, s-maxage=30", AcceptDID, 30 * time.Second},
		{"max-age=999999", AcceptDID, time.Hour},
		{"max-age=999999", AcceptStatusList, 5 * time.Minute},
		{"max-age=x", AcceptDID, 0},
		{"no-store", AcceptDID, 0},
		{"private, max-age=60", AcceptDID, 0},
	} {
		control = tc.control
		path := "/" + strings.NewReplacer(" ", "", "=", "", ",", "").Replace(tc.control+fmt.Sprint(len(tc.accept)))
		if !fetchAfter(path, tc.accept, 0) {
			t.Fatalf("%q: the first answer came from memory", tc.control)
		}
		if tc.fresh > 0 && fetchAfter(path, tc.accept, tc.fresh-time.Second) {
			t.Errorf("%q %v: fetched again after %v", tc.control, tc.accept, tc.fresh-time.Second)
		}
		if !fetchAfter(path, tc.accept, time.Second) {
			t.Errorf("%q %v: still from memory after %v", tc.control, tc.accept, tc.fresh)
		}
	}
	control, body = "max-age=300", `,"credentialSubject":{"ttl":10000}`
	fetchAfter("/ttl", AcceptStatusList, 0)
	if fetchAfter("/ttl", AcceptStatusList, 9*time.Second) || !fetchAfter("/ttl", AcceptStatusList, time.Second) {
		t.Error("a list's own ttl does not hold")
	}
}

func TestFailuresAreRememberedBriefly(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var hits atomic.Int32
	s, h := server(t, func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		w.WriteHeader(http.StatusNotFound)
	}, func(o *HTTPOptions) { o.Now = func() time.Time { return now } })
	for range 3 {
		if _, err := h.Fetch(t.Context(), s.URL, AcceptDID); kindOf(err) != NotFound {
			t.Fatal(err)
		}
	}
	now = now.Add(negativeTTL)
	_, err := h.Fetch(t.Context(), s.URL, AcceptDID)
	if kindOf(err) != NotFound || hits.Load() != 2 {
		t.Errorf("%d requests, want 2; %v", hits.Load(), err)
	}
}

func TestCacheBytes(t *testing.T) {
	c := newCache(100)
	far := time.Now().Add(time.Hour)
	for i := range 10 {
		c.put(fmt.Sprint(i), entry{resp: &Response{Body: make([]byte, 30)}, until: far})
	}
	c.put("9", entry{resp: &Response{Body: make([]byte, 10)}, until: far})
	c.put("giant", entry{resp: &Response{Body: make([]byte, 101)}, until: far})
	if c.bytes != 70 || c.lru.Len() != 3 {
		t.Errorf("%d bytes in %d entries, want 70 in 3", c.bytes, c.lru.Len())
	}
}

// TestN11_SingleFlight: a thousand verifications of one URL are one request.
func TestN11_SingleFlight(t *testing.T) {
	var hits atomic.Int32
	started, release := make(chan struct{}), make(chan struct{})
	s, h := server(t, func(w http.ResponseWriter, r *http.Request) {
		if hits.Add(1) == 1 {
			close(started)
		}
		<-release
		w.Header().Set("Cache-Control", "max-age=60")
		jsonBody(`{}`)(w, r)
	}, nil)
	// The first caller goes away; the others still get their answer.
	leaving, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		_, err := h.Fetch(leaving, s.URL, AcceptDID)
		gone <- err
	}()
	<-started
	leave()
	if err := <-gone; kindOf(err) != Timeout || !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled fetch: %v", err)
	}
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, err := h.Fetch(t.Context(), s.URL, AcceptDID); err != nil {
				t.Error(err)
			}
		})
	}
	close(release)
	wg.Wait()
	if hits.Load() != 1 {
		t.Errorf("%d requests, want 1", hits.Load())
	}
}

// canary counts connections to a loopback listener.
func canary(t *testing.T) (port uint16, hits *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // the test is over
	hits = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			hits.Add(1)
			_ = c.Close() // only the connection counts
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port), hits
}
