package server

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// collector is an OpenTelemetry collector that keeps what it is sent.
type collector struct {
	*httptest.Server
	mu   sync.Mutex
	got  bytes.Buffer
	path string
}

func newCollector(t *testing.T) *collector {
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.path = r.URL.Path
		_, _ = io.Copy(&c.got, r.Body) // the test looks at what came
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(c.Close)
	return c
}

// TestTraces: a collector learns of each request its route, its status and nothing that is secret.
func TestTraces(t *testing.T) {
	c := newCollector(t)
	s, err := New(t.Context(), Config{Addr: "127.0.0.1:1", Data: t.TempDir(), Traces: c.URL}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"/shares/CANARY-share-token", "/sign-in/CANARY-link", "/records/CANARY-record?x=CANARY-query", "/api/me", "/CANARY-nowhere"} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", address, nil)
		r.Header.Set("Authorization", "Bearer CANARY-key")
		r.Header.Set("Cookie", "laurel_session=CANARY-session")
		r.Header.Set("User-Agent", "CANARY-browser")
		r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
		r.Header.Set("Baggage", "a=CANARY-baggage")
		s.Handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	if err := s.Close(); err != nil { // sends what waits
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.path != "/v1/traces" {
		t.Fatalf("the collector was asked at %q", c.path)
	}
	for _, want := range []string{"laurel", "GET /shares/{token}", "GET /sign-in/{token}", "GET /records/{id}", "GET /api/me", "http.response.status_code"} {
		if !bytes.Contains(c.got.Bytes(), []byte(want)) {
			t.Errorf("the collector does not learn %q", want)
		}
	}
	if bytes.Contains(c.got.Bytes(), []byte("CANARY")) {
		t.Error("a span carries what must not leave")
	}
}

// TestNoTraces: without the setting nothing is recorded.
func TestNoTraces(t *testing.T) {
	off, err := newTracing(t.Context(), &Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, span := off.request(httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)); span.IsRecording() {
		t.Error("a span is recorded")
	}
	for in, want := range map[string]string{"http://c:4318": "http://c:4318/v1/traces", "http://c:4318/": "http://c:4318/v1/traces", "https://c/otlp/v1/traces": "https://c/otlp/v1/traces"} {
		if got := tracesURL(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// TestMetricsAreNotForEverybody: a server in public shows its metrics to whoever has the token alone.
func TestMetricsAreNotForEverybody(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("a-long-token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		public, file, sent string
		want               int
	}{
		{"", "", "", http.StatusOK},
		{"https://records.example.edu", "", "", http.StatusForbidden},
		{"https://records.example.edu", "", "Bearer ", http.StatusForbidden},
		{"https://records.example.edu", token, "", http.StatusUnauthorized},
		{"https://records.example.edu", token, "Bearer another", http.StatusUnauthorized},
		{"https://records.example.edu", token, "Bearer a-long-token", http.StatusOK},
		{"", token, "", http.StatusUnauthorized},
		{"https://records.example.edu", empty, "Bearer ", http.StatusUnauthorized},
		{"https://records.example.edu", token + ".gone", "Bearer a-long-token", http.StatusServiceUnavailable},
	} {
		s := &Server{Config: Config{Addr: "127.0.0.1:1", PublicURL: c.public, MetricsTokenFile: c.file}, log: slog.New(slog.DiscardHandler), metrics: newMetrics()}
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil)
		if c.sent != "" {
			r.Header.Set("Authorization", c.sent)
		}
		w := httptest.NewRecorder()
		s.showMetrics(w, r)
		if w.Code != c.want {
			t.Errorf("%+v: %d", c, w.Code)
		}
		if shown := strings.Contains(w.Body.String(), "go_goroutines"); shown != (c.want == http.StatusOK) {
			t.Errorf("%+v: metrics shown: %t", c, shown)
		}
	}
}
