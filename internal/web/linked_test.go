package web

import (
	"bytes"
	"encoding/json"
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
		_, schema, _ := strings.Cut(w.Body.String(), `<script type="application/ld+json">`)
		schema, _, _ = strings.Cut(schema, "</script>")
		var about struct {
			Context string `json:"@context"`
			Name    string `json:"name"`
		}
		if err := json.Unmarshal([]byte(schema), &about); err != nil || about.Context != "https://schema.org" || about.Name == "" {
			t.Errorf("%s as Schema.org: %v, %s", path, err, schema)
		}
	}
}

// TestSchemaStaysInItsElement: a name that would end the element is written so that it does not.
func TestSchemaStaysInItsElement(t *testing.T) {
	d := newDoor(t)
	p := &PublicIssuer{}
	p.Schema = json.RawMessage(`{"name":"</script><script>alert(1)</script><!-- & \u2028"}`)
	var page bytes.Buffer
	if err := d.site.sets.execute(&page, d.site.sets.catalogue.Match("en"), p); err != nil {
		t.Fatal(err)
	}
	_, schema, _ := strings.Cut(page.String(), `<script type="application/ld+json">`)
	schema, _, _ = strings.Cut(schema, "</script>")
	if !json.Valid([]byte(schema)) || strings.ContainsAny(schema, "<>&") || !strings.Contains(schema, "alert(1)") {
		t.Errorf("the element holds %s", schema)
	}
}
