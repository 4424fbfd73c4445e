package verify

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// FuzzVerify: whatever comes in, the verifier answers with a report that keeps the contract, and does not panic.
func FuzzVerify(f *testing.F) {
	root := vectors.Root(f)
	for _, suite := range []string{"clr20", "ob30", "ob20", "dcc/v2/dataIntegrityProof/didKey", "jwt-vc", "json/vc", "di-ecdsa/ecdsa-sd-2023/employ"} {
		files, err := filepath.Glob(filepath.Join(root, "vectors", suite, "*"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			if b, err := os.ReadFile(name); err == nil && len(b) < 32<<10 && !strings.HasSuffix(name, "manifest.json") {
				f.Add(b)
			}
		}
	}
	north := newInstitution(f, "north.example")
	f.Add([]byte(north.record(f, alice, []string{north.badge(f, "a", alice)})))
	panicDetail = func(v any, stack []byte) { panic(string(stack)) }
	f.Cleanup(func() { panicDetail = nil })
	f.Fuzz(func(t *testing.T, input []byte) {
		r := Verify(context.Background(), input, &Options{Fetcher: north.docs, Now: day})
		checkReport(t, r, "")
		if line, err := r.JSON(); err != nil || bytes.ContainsRune(line, '\n') {
			t.Fatalf("the report is not one line of JSON: %v", err)
		}
		Lint(context.Background(), input)
	})
}

// checkReport holds a report to what every reader relies on.
func checkReport(t *testing.T, r *Report, at string) {
	t.Helper()
	if r.Findings == nil || r.Uncovered == nil || r.Credentials == nil || r.CheckedAt == "" {
		t.Fatalf("%s: the report lacks a list", at)
	}
	if len(r.Findings) == 0 {
		t.Fatalf("%s: the report says nothing", at)
	}
	failed, sealed := false, false
	for _, f := range r.Findings {
		if byCode[f.Code] == nil {
			t.Fatalf("%s: the code %q is not in the catalogue", at, f.Code)
		}
		if f.Message == "" || strings.Contains(f.Message, "%!") {
			t.Fatalf("%s: %s says %q", at, f.Code, f.Message)
		}
		failed = failed || f.Outcome == Fails
		sealed = sealed || f.Check == "proof" && f.Outcome == Passed
	}
	if r.Own == Verified && (failed || !sealed) {
		t.Fatalf("%s: verified with a failure or without a seal:\n%s", at, told(r, ""))
	}
	total := 1
	for _, child := range r.Credentials {
		checkReport(t, child, at+child.Path)
		total += child.Summary.Total
		if child.Verdict == Failed && r.Verdict != Failed || child.Verdict == Indeterminate && r.Verdict == Verified {
			t.Fatalf("%s: %s around a part that is %s", at, r.Verdict, child.Verdict)
		}
	}
	if s := r.Summary; s.Total != total || s.Verified+s.Failed+s.Indeterminate != s.Total {
		t.Fatalf("%s: the counts %+v do not add up to %d", at, s, total)
	}
}

// FuzzSealedBytes: a record in which a byte was changed is never verified, unless the change is one that JSON does not
// see (white space between values), that the signed graph does not see, or that the report tells as unprotected.
func FuzzSealedBytes(f *testing.F) {
	north := newInstitution(f, "north.example")
	badge := north.badge(f, "a0000000-0000-4000-8000-000000000001", alice)
	jcs := north.signWith(f, unsigned(f, badge), "eddsa-jcs-2022", north.id+"#key-1")
	docs := []string{badge, jcs, north.record(f, alice, []string{badge})}
	for i := range docs {
		for _, at := range []uint16{20, 300, 700, 1200} {
			f.Add(byte(i), at, byte('x'))
		}
	}
	f.Fuzz(func(t *testing.T, which byte, at uint16, to byte) {
		doc := []byte(docs[int(which)%len(docs)])
		i := int(at) % len(doc)
		before, err := ijson.Canonicalize(doc)
		if err != nil {
			t.Fatal(err)
		}
		doc[i] = to
		if after, err := ijson.Canonicalize(doc); err == nil && bytes.Equal(before, after) {
			return
		}
		r := Verify(context.Background(), doc, &Options{Fetcher: fetch.Static(north.docs), Now: day})
		if r.Verdict == Verified && len(r.Uncovered) == 0 {
			t.Fatalf("verified with byte %d changed to %q:\n%s\n%s", i, to, doc, told(r, ""))
		}
	})
}
