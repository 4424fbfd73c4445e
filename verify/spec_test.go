package verify

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/vectors"
)

// TestSpecVectors: 1EdTech's own signed examples verify with the key that they publish, and fail without it.
func TestSpecVectors(t *testing.T) {
	documents := fetch.Static{}
	for url, body := range vectors.Documents(t) {
		documents[url] = body
	}
	for _, name := range []string{"1edtech-clr-eddsa-rdfc-2022", "1edtech-ob-eddsa-rdfc-2022"} {
		signed := vectors.Spec(t, "vectors/"+name+"/signed.json")
		r := Verify(t.Context(), signed, &Options{Fetcher: documents, Now: day, Canonical: true})
		if r.Verdict != Verified {
			t.Errorf("%s: %s\n%s", name, r.Verdict, told(r, ""))
		}
		if want := vectors.Spec(t, "vectors/"+name+"/document-canon.txt"); string(r.Canonical) != string(want) {
			t.Errorf("%s: the canonical form differs: %s", name, cmp.Diff(string(want), string(r.Canonical)))
		}
		if len(r.Uncovered) > 0 {
			t.Errorf("%s: uncovered %v", name, r.Uncovered)
		}
		if r := Verify(t.Context(), signed, nil); r.Verdict != Indeterminate {
			t.Errorf("%s offline: %s\n%s", name, r.Verdict, told(r, ""))
		}
		unsigned := vectors.Spec(t, "vectors/"+name+"/credential.json")
		if r := Verify(t.Context(), unsigned, &Options{Fetcher: documents, Now: day}); r.Verdict != Failed {
			t.Errorf("%s unsigned: %s", name, r.Verdict)
		}
	}
}

// TestSampleVectors: the signed samples of the importer's suite.
func TestSampleVectors(t *testing.T) {
	n := 0
	for _, c := range vectors.Open(t, "samples").Cases {
		if c.Kind != "signed credential" {
			continue
		}
		n++
		t.Run(c.ID, func(t *testing.T) { expect(t, c, judgeCase(t, c)) })
	}
	if n < 8 {
		t.Errorf("%d signed samples, want 8", n)
	}
}

// TestReportJSON holds the report to the members that are fixed outside this repository.
func TestReportJSON(t *testing.T) {
	north := newInstitution(t, "north.example")
	line, err := north.verify(t, north.record(t, alice, []string{north.badge(t, "a", alice)})).JSON()
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsRune(string(line), '\n') {
		t.Error("the report is more than one line")
	}
	var r map[string]any
	if err := json.Unmarshal(line, &r); err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields("verdict kind standard proof id issuer subject name validFrom validUntil checkedAt path findings uncovered credentials summary") {
		if r[name] == nil {
			t.Errorf("the report lacks %q", name)
		}
	}
	for name, want := range map[string]any{"verdict": "verified", "kind": "ClrCredential", "standard": "clr-2.0", "proof": "eddsa-rdfc-2022", "path": "", "checkedAt": "2026-06-01T12:00:00Z", "subject": alice} {
		if r[name] != want {
			t.Errorf("%s is %v, want %v", name, r[name], want)
		}
	}
	child := r["credentials"].([]any)[0].(map[string]any)
	if child["path"] != "/credentialSubject/verifiableCredential/0" || child["kind"] != "AchievementCredential" {
		t.Errorf("the part is %v at %v", child["kind"], child["path"])
	}
	for _, f := range r["findings"].([]any) {
		for _, name := range strings.Fields("check outcome code pointer message owner repair spec") {
			if _, ok := f.(map[string]any)[name].(string); !ok {
				t.Errorf("a finding lacks %q: %v", name, f)
			}
		}
	}
	empty, _ := Verify(t.Context(), nil, nil).JSON()
	if !strings.Contains(string(empty), `"findings":[{`) || !strings.Contains(string(empty), `"credentials":[]`) || !strings.Contains(string(empty), `"uncovered":[]`) {
		t.Errorf("the report about nothing: %s", empty)
	}
}
