package web

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/openlaurel/laurel/render"
)

// evidencePieces are a stranger's files as they travel inside a record, each said to be what it is or something milder.
func evidencePieces(canary string) map[string]string {
	script := `<script>document.title="ran";fetch("` + canary + `")</script><img src="` + canary + `">`
	address := func(media, body string) string {
		return "data:" + media + ";base64," + base64.StdEncoding.EncodeToString([]byte(body))
	}
	return map[string]string{
		"html": address("text/html", "<!doctype html>"+script), "html-as-png": address("image/png", "<!doctype html>"+script),
		"svg":  address("image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg">`+script+`</svg>`),
		"text": address("text/plain", script), "xml": address("application/xhtml+xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">`+script+`</html>`),
		"png": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
	}
}

// TestEvidenceIsSandboxed opens evidence that would like to run: what a browser could run is given as a file to keep, the rest
// opens without an origin, a script, a form or another host, whatever it is said to be.
func TestEvidenceIsSandboxed(t *testing.T) {
	var asked atomic.Int64
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer canary.Close()
	pieces := evidencePieces(canary.URL)
	srv := httptest.NewServer(secured(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		media, data, ok := render.DataURI(pieces[strings.TrimPrefix(r.URL.Path, "/")])
		if !ok {
			http.NotFound(w, r)
			return
		}
		(&call{w: w, r: r}).sandboxed(media, data)
	})))
	defer srv.Close()
	for name := range pieces {
		got, err := http.Get(srv.URL + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		_ = got.Body.Close() // only the head is looked at
		h := got.Header
		if p := h.Get("Content-Security-Policy"); !strings.HasPrefix(p, "sandbox;") || strings.Contains(p, "allow-") || strings.Contains(p, "script-src") || !strings.Contains(p, "default-src 'none'") {
			t.Errorf("%s: the policy is %q", name, p)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "private, no-store" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", name, h)
		}
		shown := name == "text" || name == "png" || name == "svg" && h.Get("Content-Type") == "text/plain; charset=utf-8" // its source, as letters
		if kept := strings.HasPrefix(h.Get("Content-Disposition"), "attachment"); kept == shown {
			t.Errorf("%s: given as a file: %v (%s)", name, kept, h.Get("Content-Type"))
		}
	}
	if testing.Short() {
		t.Skip("SKIP: -short")
	}
	ctx := browser(t)
	for _, name := range []string{"text", "svg", "png"} {
		if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/"+name)); err != nil {
			t.Fatal(err)
		}
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`self.origin + " " + document.title + " " + document.scripts.length`))
		if err != nil || !strings.HasPrefix(got, "null ") || strings.Contains(got, "ran") || !strings.HasSuffix(got, " 0") {
			t.Errorf("%s opens as %q: %v", name, got, err)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}
