package dataintegrity

import (
	"crypto"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// TestSignKeepsBytes: apart from the proof, every byte stays as it was.
func TestSignKeepsBytes(t *testing.T) {
	const context = `"@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiableCredential"`
	for _, tc := range []struct{ doc, before, after string }{
		{" {\n " + context + " ,\n \"issuer\" : \"did:example:\\u0061\"\n }\n", " {\n " + context + " ,\n \"issuer\" : \"did:example:\\u0061\"", "\n }\n"},
		{`{` + context + `}`, `{` + context, `}`},
		{`{` + context + `,"proof":[]}`, `{` + context + `,"proof":[`, `]}`},
		{`{` + context + `,"proof":null,"issuer":"did:x:y"}`, `{` + context + `,"proof":[`, `],"issuer":"did:x:y"}`},
		{`{"proof" : [ {"type":"Other"} ] ,` + context + `}`, `{"proof" : [ {"type":"Other"}`, ` ] ,` + context + `}`},
		{`{"proof" : {"type":"Other"} ,` + context + `}`, `{"proof" : [{"type":"Other"}`, `] ,` + context + `}`},
	} {
		signed := mustSign(t, tc.doc, SignOptions{})
		if !strings.HasPrefix(signed, tc.before) || !strings.HasSuffix(signed, tc.after) {
			t.Errorf("signed:\n%s\nwant\n%s…%s", signed, tc.before, tc.after)
		}
		doc := parse(t, []byte(signed))
		proofs := Proofs(doc)
		if _, err := Verify(doc, proofs[len(proofs)-1], testSigner(1).Public(), nil); err != nil {
			t.Errorf("%s: %v", signed, err)
		}
	}
	for _, doc := range []string{`{` + context + `,"proof":"x"}`, `{` + context + `,"proof":7}`, `[]`, `"x"`} {
		_, err := Sign([]byte(doc), &SignOptions{Suite: "eddsa-rdfc-2022", Signer: testSigner(1), VerificationMethod: "did:example:x"})
		wantError(t, doc, err, (*MalformedError)(nil))
	}
	empty := mustSign(t, ` { } `, SignOptions{Suite: "eddsa-jcs-2022"})
	if _, err := verifyFirst(t, []byte(empty), testSigner(1).Public(), nil); err != nil {
		t.Errorf("%s: %v", empty, err)
	}
}

// TestProofSets: any number of proofs stand side by side, each on its own.
func TestProofSets(t *testing.T) {
	signed := plainCredential
	for i := range 3 {
		signed = mustSign(t, signed, SignOptions{Signer: testSigner(byte(i)), Suite: []string{"eddsa-rdfc-2022", "eddsa-jcs-2022"}[i%2]})
	}
	doc := parse(t, []byte(signed))
	for i, p := range Proofs(doc) {
		for k := range 3 {
			_, err := Verify(doc, p, testSigner(byte(k)).Public(), nil)
			if i == k && err != nil {
				t.Errorf("proof %d: %v", i, err)
			}
			if i != k {
				wantError(t, "proof of another key", err, (*SignatureError)(nil))
			}
		}
	}
}

// TestSignRefusesDropped: what would not be covered is not signed, unless by a suite that covers it.
func TestSignRefusesDropped(t *testing.T) {
	doc := change(t, plainCredential, `"name"`, `"undefinedTerm": 1, "name"`)
	opts := SignOptions{Suite: "eddsa-rdfc-2022", Signer: testSigner(1), VerificationMethod: "did:example:x#k"}
	_, err := Sign([]byte(doc), &opts)
	wantError(t, "an undefined term", err, (*DroppedError)(nil))
	if err != nil && !strings.Contains(err.Error(), "/undefinedTerm") {
		t.Errorf("%v does not name the member", err)
	}
	opts.VerificationMethod = "relative"
	_, err = Sign([]byte(plainCredential), &opts)
	wantError(t, "a relative verification method", err, (*DroppedError)(nil))
	opts.VerificationMethod = ""
	_, err = Sign([]byte(plainCredential), &opts)
	wantError(t, "no verification method", err, (*MalformedError)(nil))
	opts.VerificationMethod, opts.Suite = "did:example:x#k", "eddsa-jcs-2022"
	signed, err := Sign([]byte(doc), &opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verifyFirst(t, []byte(change(t, string(signed), `"undefinedTerm": 1`, `"undefinedTerm": 2`)), testSigner(1).Public(), nil); err == nil {
		t.Error("a JCS suite does not cover an undefined term")
	}
}

// TestUncovered holds Uncovered to its meaning: what is listed there may be changed and the signature still holds, and
// what is not may not. The fields are those of the published table of what an RDF signature covers; where an edition of a
// context defines a field that the table calls not covered, it is covered.
func TestUncovered(t *testing.T) {
	record := string(vectors.File(t, "perf/clr-lean-1.json"))
	record = change(t, record, `"awardedDate":"`, `"xawardedDate":"`)
	record = change(t, record, `"partial":`, `"xpartial":`)
	wrapper := func(member string) string { return change(t, record, `"validFrom":`, member+`,"validFrom":`) }
	subject := func(member string) string {
		i := strings.LastIndex(record, `"verifiableCredential":`)
		return record[:i] + member + "," + record[i:]
	}
	base := parse(t, []byte(record))
	p := Proofs(base)[0]
	before, _ := hashOf(t, base, p)
	for _, tc := range []struct {
		pointer, doc string
		covered      bool
	}{
		{"/awardedDate", wrapper(`"awardedDate":"2026-01-01T00:00:00Z"`), true},
		{"/evidence", wrapper(`"evidence":[{"id":"urn:e","type":["Evidence"],"name":"e"}]`), true},
		{"/description", wrapper(`"description":"d"`), true},
		{"/partial", wrapper(`"partial":true`), true},
		{"/notInAnyContext", wrapper(`"notInAnyContext":["a.b.c"]`), false},
		{"/credentialSubject/name", subject(`"name":"n"`), true},
		{"/credentialSubject/grade", subject(`"grade":"A+"`), false},
		{"/credentialSubject/identifier", subject(`"identifier":[{"type":"IdentityObject","hashed":false,"identityHash":"a","identityType":"name"}]`), true},
	} {
		after, uncovered := hashOf(t, parse(t, []byte(tc.doc)), p)
		if listed := slices.Contains(uncovered, tc.pointer); listed == tc.covered || (before != after) != tc.covered {
			t.Errorf("%s: listed as uncovered %v, changes the hash %v; want covered %v", tc.pointer, listed, before != after, tc.covered)
		}
	}
}

// hashOf is the hash of a document and what it does not cover.
func hashOf(t *testing.T, doc ijson.Value, p Proof) (hash string, pointers []string) {
	t.Helper()
	in, err := newInput(doc, p)
	if err != nil {
		t.Fatal(err)
	}
	d, err := digestRDF(in, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	r := d.result()
	return hex.EncodeToString(r.CanonicalHash), r.Uncovered
}

func TestUncoveredPointers(t *testing.T) {
	got := uncovered(nil, []string{"/b/c", "/a", "/b", "/a", "/bc", "/a/x"})
	if diff := cmp.Diff([]string{"/a", "/b", "/bc"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	doc := parse(t, []byte(change(t, mustSign(t, plainCredential, SignOptions{}), `"created"`, `"undefined":1,"created"`)))
	r, err := Verify(doc, Proofs(doc)[0], testSigner(1).Public(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/proof/0/undefined"}, r.Uncovered); diff != "" {
		t.Errorf("uncovered in a proof (-want +got):\n%s", diff)
	}
}
