package dataintegrity

import (
	"crypto"
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/jsonld"
)

// configInput is a document with the given contexts around a proof.
func configInput(t testing.TB, contexts []string, proof string) *input {
	t.Helper()
	doc := fmt.Sprintf(`{"@context": ["%s"], "proof": %s}`, strings.Join(contexts, `", "`), proof)
	v := parse(t, []byte(doc))
	in, err := newInput(v, Proofs(v)[0])
	if err != nil {
		t.Fatal(err)
	}
	return in
}

const ordinaryProof = `{"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2026-01-01T00:00:00Z",
	"verificationMethod": "did:key:z6Mk#z6Mk", "proofPurpose": "assertionMethod", "proofValue": "z"}`

// TestKnownConfig compares the ready-made configuration with the general way under each embedded context, and under all
// pairs of them.
func TestKnownConfig(t *testing.T) {
	compared := 0
	check := func(contexts []string, proof string) {
		in := configInput(t, contexts, proof)
		got, ok := in.knownConfig(nil)
		if !ok {
			t.Errorf("%v: %s is not taken for an ordinary proof", contexts, proof)
			return
		}
		want, dropped, err := in.canonicalConfig(crypto.SHA256)
		if err != nil {
			return // the document has the same contexts, so it fails as well
		}
		compared++
		if string(got) != string(want.NQuads()) || len(dropped) > 0 {
			t.Errorf("%v:\n%s\nwant (dropped %v)\n%s", contexts, got, dropped, want.NQuads())
		}
	}
	known := jsonld.KnownContexts()
	for _, a := range known {
		check([]string{credentialsV2, a}, ordinaryProof)
		for _, b := range known {
			check([]string{credentialsV2, a, b}, ordinaryProof)
		}
	}
	if compared < len(known) {
		t.Errorf("only %d combinations of contexts could be compared", compared)
	}
	for _, change := range [][2]string{
		{"did:key:z6Mk#z6Mk", "https://example.edu/keys/1?a=b&c=d"},
		{"did:key:z6Mk#z6Mk", "did:web:example.edu:users:1#key-1"},
		{`"assertionMethod"`, `"authentication"`},
		{`"created": "2026-01-01T00:00:00Z",`, ``},
		{"00:00:00Z", "00:00:00.25+01:00"},
		{"eddsa-rdfc-2022", "ecdsa-rdfc-2019"},
	} {
		check([]string{credentialsV2}, strings.Replace(ordinaryProof, change[0], change[1], 1))
	}
}

// TestUnusualConfig: what could mean something else in JSON-LD goes the general way.
func TestUnusualConfig(t *testing.T) {
	for _, change := range [][2]string{
		{`"created"`, `"id": "urn:x", "created"`},
		{`"created"`, `"@context": "https://www.w3.org/ns/credentials/v2", "created"`},
		{`"created"`, `"nonce": "1", "created"`},
		{`"created"`, `"undefined": "1", "created"`},
		{`"DataIntegrityProof"`, `["DataIntegrityProof"]`},
		{`"DataIntegrityProof"`, `"Ed25519Signature2020"`},
		{`"assertionMethod"`, `"other"`},
		{`"assertionMethod"`, `["assertionMethod"]`},
		{"did:key:z6Mk#z6Mk", "did:key:z6Mk#z6Mk> <x:y"},
		{"did:key:z6Mk#z6Mk", "did:key:%zz"},
		{"did:key:z6Mk#z6Mk", "#key"},
		{"did:key:z6Mk#z6Mk", "https:example"},
		{"2026-01-01T00:00:00Z", "yesterday\\\""},
		{"eddsa-rdfc-2022", "eddsa\\\" .\\n"},
	} {
		proof := strings.Replace(ordinaryProof, change[0], change[1], 1)
		if lines, ok := configInput(t, []string{credentialsV2}, proof).knownConfig(nil); ok {
			t.Errorf("%s is taken for an ordinary proof:\n%s", proof, lines)
		}
	}
	for _, contexts := range [][]string{
		{"https://www.w3.org/2018/credentials/v1"},
		{"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", credentialsV2},
		{credentialsV2, "https://example.org/unknown"},
	} {
		if _, ok := configInput(t, contexts, ordinaryProof).knownConfig(nil); ok {
			t.Errorf("%v are taken for known contexts", contexts)
		}
	}
	in := configInput(t, []string{credentialsV2}, ordinaryProof)
	in.documents = map[string][]byte{credentialsV2: []byte(`{"@context": {}}`)}
	if _, ok := in.knownConfig(nil); ok {
		t.Error("a context that the operator replaced is taken for the embedded one")
	}
}
