package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/verify"
)

// wildCases are the signed records of package verify's own tests, by name, and what answers for their issuer.
type wildCases struct {
	At        time.Time
	Cases     []struct{ Name, Input string }
	Documents map[string]string
}

func (w *wildCases) input(t *testing.T, name string) string {
	t.Helper()
	for _, c := range w.Cases {
		if c.Name == name {
			return c.Input
		}
	}
	t.Fatalf("no case %q", name)
	return ""
}

func readWild(t *testing.T, name string) *wildCases {
	t.Helper()
	b, err := os.ReadFile("../../verify/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out wildCases
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// oneList names one issuer.
type oneList struct{ id string }

func (l oneList) Listed(id string) []verify.Listing {
	if id != l.id {
		return nil
	}
	return []verify.Listing{{Registry: "Partner universities", AsOf: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}}
}

// TestDisplayer holds the pages to what 1EdTech asks of whoever shows a record (CLR 2.0 and Open Badges 3.0 conformance,
// displayer): one row for each requirement, over pages that are asked for as a reader does.
func TestDisplayer(t *testing.T) {
	d := newDoor(t)
	shapes, tokens := readWild(t, "wild-shapes.json"), readWild(t, "wild-tokens.json")
	docs := fetch.Static{}
	for _, w := range []*wildCases{shapes, tokens} {
		for url, text := range w.Documents {
			docs[url] = []byte(text)
		}
	}
	for name, shape := range map[string]string{"valid": "usual", "expired": "expired", "revoked": "bitstring revoked", "old/valid": "VC 1.1, data integrity", "old/expired": "VC 1.1, expired"} {
		docs["https://displayed.example/"+name] = []byte(shapes.input(t, shape))
	}
	docs["https://displayed.example/token"] = []byte(tokens.input(t, "did:web"))
	d.site.deps.Employer = &employer.Desk{DB: d.office.DB, Now: func() time.Time { return shapes.At }, Fetcher: docs}
	page := func(text string) string {
		t.Helper()
		w := d.post("stranger", "/verify", url.Values{"text": {text}})
		return d.want(w, http.StatusOK)
	}
	shape := func(name string) string { return page(shapes.input(t, name)) }
	for _, row := range []struct {
		id, asks string
		page     func() string
		says     []string
		not      string
	}{
		{"DSP-1", "verified before it is shown, and told so first", func() string { return shape("usual") }, []string{`class="verdict is-verified"`, `id="contents"`}, ""},
		{"DSP-2", "image, name, description, issuer, dates, status", func() string { return shape("all that is shown") }, []string{"Welding", "For those who weld", "North College", "20 May 2026", "31 May 2026", "A spark", "is-verified"}, ""},
		{"DSP-3", "expired", func() string { return shape("expired") }, []string{`class="verdict is-expired"`}, "verdict is-verified"},
		{"DSP-4", "revoked by a revocation list", func() string { return shape("revocation list revoked") }, []string{`class="verdict is-revoked"`, "withdrawn"}, "verdict is-verified"},
		{"DSP-4", "revoked by a bitstring list", func() string { return shape("bitstring revoked") }, []string{`class="verdict is-revoked"`}, "verdict is-verified"},
		{"DSP-5", "Data Integrity and version 2.0", func() string { return shape("jcs suite") }, []string{`class="verdict is-verified"`, "eddsa-jcs-2022"}, ""},
		{"DSP-6", "by address: valid", func() string { return page("https://displayed.example/valid") }, []string{`class="verdict is-verified"`}, ""},
		{"DSP-6", "by address: expired", func() string { return page("https://displayed.example/expired") }, []string{`class="verdict is-expired"`}, ""},
		{"DSP-6", "by address: revoked", func() string { return page("https://displayed.example/revoked") }, []string{`class="verdict is-revoked"`}, ""},
		{"DSP-6", "by address: a token", func() string { return page("https://displayed.example/token") }, []string{`class="verdict is-verified"`, "jwt:EdDSA"}, ""},
		{"DSP-7", "version 1.1: valid", func() string { return page("https://displayed.example/old/valid") }, []string{`class="verdict is-verified"`, "1.1"}, ""},
		{"DSP-7", "version 1.1: expired", func() string { return page("https://displayed.example/old/expired") }, []string{`class="verdict is-expired"`}, ""},
		{"DSP-7", "version 1.1: Ed25519Signature2020", func() string { return shape("VC 1.1, 2020 suite") }, []string{`class="verdict is-verified"`, "Ed25519Signature2020"}, ""},
		{"DSP-8", "a control that checks now", func() string { return d.want(d.ask("stranger", http.MethodGet, "/verify"), http.StatusOK) }, []string{`action="/verify"`, `type="submit"`}, ""},
		{"DSP-9", "a good signature is not a known issuer", func() string { return shape("usual") }, []string{`class="verdict is-verified"`}, "is known to"},
		{"DSP-10", "a vc claim that contradicts its context", func() string { return page(tokens.input(t, "vc claim around VC 2.0")) }, []string{`class="verdict is-failed"`}, "verdict is-verified"},
		{"DSP-11", "the data as it is", func() string { return shape("inline extension") }, []string{`id="record-json"`, "shelf"}, ""},
	} {
		body := row.page()
		for _, s := range row.says {
			if !strings.Contains(body, s) {
				t.Errorf("%s (%s): the page does not say %q", row.id, row.asks, s)
			}
		}
		if row.not != "" && strings.Contains(body, row.not) {
			t.Errorf("%s (%s): the page says %q", row.id, row.asks, row.not)
		}
		if verdict, contents := strings.Index(body, `class="verdict`), strings.Index(body, `id="contents"`); contents >= 0 && contents < verdict {
			t.Errorf("%s: the contents stand before the verdict", row.id)
		}
	}
	d.site.deps.Employer.Issuers = oneList{"did:web:north.example"}
	if body := shape("usual"); !strings.Contains(body, "Partner universities") {
		t.Error("DSP-9: the list that knows the issuer is not told")
	}
	d.site.deps.Employer.Issuers = oneList{"did:web:another.example"}
	if body := shape("usual"); !strings.Contains(body, "in none of the lists") {
		t.Error("DSP-9: that no list knows the issuer is not told")
	}
}

// TestOnADay: the verifier's page says what can be known about a day, beside the verdict about now.
func TestOnADay(t *testing.T) {
	d := newDoor(t)
	shapes := readWild(t, "wild-shapes.json")
	docs := fetch.Static{}
	for url, text := range shapes.Documents {
		docs[url] = []byte(text)
	}
	d.site.deps.Employer = &employer.Desk{DB: d.office.DB, Now: func() time.Time { return shapes.At }, Fetcher: docs}
	ask := func(shape, on string) url.Values { return url.Values{"text": {shapes.input(t, shape)}, "on": {on}} }
	d.want(d.post("stranger", "/verify", ask("usual", "2026-05-31")), http.StatusOK, "On that day:", "the record was in force")
	d.want(d.post("stranger", "/verify", ask("usual", "2026-05-30")), http.StatusOK, "was not in force yet")
	d.want(d.post("stranger", "/verify", ask("bitstring revoked", "2026-05-31")), http.StatusOK, "cannot be known", `class="verdict is-revoked"`)
	d.want(d.post("stranger", "/verify", ask("usual", "yesterday")), http.StatusUnprocessableEntity, "The day is none")
	if body := d.want(d.post("stranger", "/verify", ask("usual", "")), http.StatusOK); strings.Contains(body, "On that day") {
		t.Error("a day is told of that nobody asked about")
	}
}
