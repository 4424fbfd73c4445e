package server

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestBusy: with one turn, one request is worked on, eight wait, and the tenth is turned away at once; those who read what
// is public are not held up by it, and whether the node is alive is always answered.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages := 0
		b := newBusy(&Config{AtOnce: 1}, newMetrics(), func(w http.ResponseWriter, _ *http.Request, status int) { pages++; w.WriteHeader(status) })
		end := make(chan struct{})
		answered := make(chan int, 20)
		h := b.bound(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				<-end
			}
			w.WriteHeader(http.StatusNoContent)
		}))
		ask := func(method, path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader("x")))
			return w
		}
		for range 1 + waitingPerTurn {
			go func() { answered <- ask("POST", "/verify").Code }()
		}
		synctest.Wait()
		w := ask("POST", "/verify")
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || pages != 1 {
			t.Errorf("one too many: %d, Retry-After %q, %d pages", w.Code, w.Header().Get("Retry-After"), pages)
		}
		if w := ask("POST", "/api/verify"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("a program too many: %d %s", w.Code, w.Header())
		}
		for _, path := range []string{"/healthz", "/readyz", "/records/x", "/status/1", "/static/a.css"} {
			if w := ask("GET", path); w.Code != http.StatusNoContent {
				t.Errorf("%s waits for others: %d", path, w.Code)
			}
		}
		close(end)
		for range 1 + waitingPerTurn {
			if got := <-answered; got != http.StatusNoContent {
				t.Errorf("one that waited for its turn: %d", got)
			}
		}
		if b.heavy.free != 1 || b.light.free != lightPerHeavy || len(b.heavy.waiting) != 0 {
			t.Errorf("turns are lost: %d and %d free, %d wait", b.heavy.free, b.light.free, len(b.heavy.waiting))
		}
	})
}

// TestBusyPatience: who has waited too long is turned away, who has gone is not worked for, and neither takes a turn along.
func TestBusyPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := g.enter(t.Context()); err != errBusy || time.Since(began) != patience {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		ctx, gone := context.WithCancel(t.Context())
		gone()
		if err := g.enter(ctx); err != errBusy {
			t.Errorf("somebody who has gone: %v", err)
		}
		g.leave()
		if g.free != 1 || len(g.waiting) != 0 {
			t.Errorf("%d free, %d wait", g.free, len(g.waiting))
		}
	})
}

// TestSlowLine: who sends or takes slowly gives the turn to others, and has it again when there is work.
func TestSlowLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBusy(&Config{AtOnce: 1}, newMetrics(), func(w http.ResponseWriter, _ *http.Request, status int) { w.WriteHeader(status) })
		working := 0
		h := b.bound(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			if working++; working > 1 {
				t.Error("two work at once, and there is one turn")
			}
			time.Sleep(time.Millisecond)
			working--
			if err != nil {
				t.Errorf("after %d bytes: %v", n, err)
			}
			_, _ = w.Write([]byte("done"))
		}))
		in, out := io.Pipe()
		slow := make(chan int)
		go func() {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", "/api/imports", in))
			slow <- w.Code
		}()
		if _, err := out.Write(make([]byte, bodyAhead+1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // and then nothing comes
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", "/verify", bytes.NewReader([]byte("x"))))
		if w.Code != http.StatusOK || w.Body.String() != "done" {
			t.Errorf("another waits for a slow line: %d", w.Code)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		if got := <-slow; got != http.StatusOK {
			t.Errorf("the slow one: %d", got)
		}
		if b.heavy.free != 1 {
			t.Errorf("%d turns are free, want 1", b.heavy.free)
		}
	})
}

// TestAhead: a body is the same after its beginning was read, and so is the error at its end.
func TestAhead(t *testing.T) {
	for _, n := range []int{0, 1, bodyAhead - 1, bodyAhead, bodyAhead + 1, 3 * bodyAhead} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", bytes.NewReader(bytes.Repeat([]byte("a"), n)))
		ahead(r)
		if b, err := io.ReadAll(r.Body); err != nil || len(b) != n {
			t.Errorf("%d bytes: %d, %v", n, len(b), err)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", io.MultiReader(strings.NewReader("half"), failing{io.ErrUnexpectedEOF}))
	ahead(r)
	if b, err := io.ReadAll(r.Body); string(b) != "half" || err != io.ErrUnexpectedEOF {
		t.Errorf("a body that breaks off: %q, %v", b, err)
	}
}
