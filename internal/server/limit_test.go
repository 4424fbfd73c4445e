package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestLimits: a caller who asks too often is told how long to wait, others are not, and time heals.
func TestLimits(t *testing.T) {
	now := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	page := 0
	l := newLimits(&Config{RateAPI: 120, RateDoor: 6}, func(w http.ResponseWriter, _ *http.Request, status int) { page++; w.WriteHeader(status) })
	l.now = func() time.Time { return now }
	h := l.limit(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	ask := func(method, path, address, key string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
		r.RemoteAddr = address
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for i := range 3 {
		if w := ask("POST", "/sign-in", "192.0.2.1:1", ""); w.Code != http.StatusNoContent {
			t.Fatalf("attempt %d: %d", i, w.Code)
		}
	}
	w := ask("POST", "/sign-in", "192.0.2.1:2", "")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "10" || page != 1 {
		t.Errorf("fourth attempt: %d, Retry-After %q, %d pages", w.Code, w.Header().Get("Retry-After"), page)
	}
	for _, other := range []*httptest.ResponseRecorder{ask("GET", "/sign-in", "192.0.2.1:1", ""), ask("POST", "/sign-in", "192.0.2.2:1", ""), ask("POST", "/verify", "192.0.2.1:1", "")} {
		if other.Code != http.StatusNoContent {
			t.Errorf("another request was stopped: %d", other.Code)
		}
	}
	now = now.Add(10 * time.Second)
	if w := ask("POST", "/sign-in", "192.0.2.1:1", ""); w.Code != http.StatusNoContent {
		t.Errorf("after the wait: %d", w.Code)
	}
	// Each door that strangers may knock at has a bound, whatever they send along to look like somebody else.
	for _, door := range []struct {
		path  string
		burst int
	}{{"/confirm/x", 3}, {"/guardian/x", 3}, {"/ask", 3}, {"/oauth/register", 3}, {"/oauth/token", 60}, {"/oid4vci/token", 60}} {
		now = now.Add(time.Hour)
		for i := range door.burst {
			if w := ask("POST", door.path, "192.0.2.3:1", fmt.Sprint(i)); w.Code != http.StatusNoContent {
				t.Errorf("%s, request %d: %d", door.path, i, w.Code)
			}
		}
		if w := ask("POST", door.path, "192.0.2.3:1", "another"); w.Code != http.StatusTooManyRequests {
			t.Errorf("%s has no bound: %d", door.path, w.Code)
		}
	}
	for range 60 {
		ask("GET", "/api/me", "192.0.2.9:1", "one")
	}
	if w := ask("GET", "/api/me", "192.0.2.10:1", "one"); w.Code != http.StatusTooManyRequests || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("a key from another address: %d %s", w.Code, w.Header())
	}
	if w := ask("GET", "/api/me", "192.0.2.9:1", "two"); w.Code != http.StatusNoContent {
		t.Errorf("another key: %d", w.Code)
	}
}

// TestCaller: who counts as one, and that nobody chooses a name for themselves.
func TestCaller(t *testing.T) {
	l := &limits{}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/sign-in", nil)
	r.RemoteAddr = "[2001:db8::1]:9"
	r.Header.Add("X-Forwarded-For", "203.0.113.7")
	r.Header.Add("X-Forwarded-For", "198.51.100.1, 198.51.100.2")
	if got := l.caller(r); got != "2001:db8::" {
		t.Errorf("without a proxy: %s", got)
	}
	if l.proxy = true; l.caller(r) != "198.51.100.2" {
		t.Errorf("behind a proxy: %s", l.caller(r))
	}
}

// TestCallersAreBounded: an attacker with many addresses costs bounded memory.
func TestCallersAreBounded(t *testing.T) {
	c := &callers{perMinute: 60}
	for i := range 3 * maxCallers {
		c.wait(fmt.Sprint(i), time.Time{})
	}
	if n := len(c.young) + len(c.aged); n > 2*maxCallers {
		t.Errorf("%d callers are kept", n)
	}
}
