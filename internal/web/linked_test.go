package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestPublicIdsAnswer: every public id answers a program with data that it need not fetch twice and may read in a
// browser, and a person with a page that says where the data are.
func TestPublicIdsAnswer(t *testing.T) {
	d := newDoor(t)
	all, err := d.office.Desk.Catalogue(t.Context(), d.office.Registrar, "")
	if err != nil || len(all) == 0 {
		t.Fatal(err, len(all))
	}
	achievement := "/achievements/" + string(all[0].ID)
	for _, path := range []string{achievement, "/issuers/" + d.office.Institution.Slug} {
		w := d.ask("stranger", http.MethodGet, path, "Accept", "application/ld+json")
		h := w.Header()
		if w.Code != http.StatusOK || h.Get("Content-Type") != "application/ld+json" || h.Get("Access-Control-Allow-Origin") != "*" ||
			h.Get("Vary") != "Accept" || h.Get("ETag") == "" || h.Get("Last-Modified") == "" || !strings.Contains(h.Get("Cache-Control"), "public") {
			t.Errorf("%s: %d %v", path, w.Code, h)
		}
		if w = d.ask("stranger", http.MethodGet, path, "Accept", "application/ld+json", "If-None-Match", `"other", W/`+h.Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
			t.Errorf("%s again: %d with %d bytes", path, w.Code, w.Body.Len())
		}
		if w = d.ask("stranger", http.MethodGet, path, "Accept", "application/ld+json", "If-None-Match", `"other"`); w.Code != http.StatusOK {
			t.Errorf("%s with another tag: %d", path, w.Code)
		}
		w = d.ask("stranger", http.MethodGet, path, "Accept", "text/html")
		if want := "<" + path + `?as=json>; rel="alternate"; type="application/ld+json"`; w.Header().Get("Link") != want || w.Header().Get("Vary") != "Accept" {
			t.Errorf("%s: Link %q, want %q", path, w.Header().Get("Link"), want)
		}
	}
}
