package vectors_test

import (
	"bytes"
	"testing"

	"github.com/openlaurel/laurel/internal/vectors"
)

var suites = []string{
	"bitstring-status", "case", "clr1", "clr20", "credential-schema", "dcc", "dcc-wallets", "di-ecdsa",
	"di-eddsa", "di-proof-chain", "did-key", "documents", "jose", "jsonld-expand", "jsonld-tordf", "jwt-vc",
	"ler-rs", "ob20", "ob30", "oneroster", "pesc", "rdfc10", "samples", "vcdm20",
}

func TestEverySuiteIsReadable(t *testing.T) {
	for _, name := range suites {
		seen := map[string]bool{}
		for _, c := range vectors.Open(t, name).Cases {
			if c.ID == "" || c.Filename == "" || seen[c.ID] {
				t.Errorf("%s: case %q with file %q is nameless or there twice", name, c.ID, c.Filename)
			}
			seen[c.ID] = true
			if name != "oneroster" { // its inputs are folders
				c.Input(t)
			}
			c.Needs(t)
		}
	}
}

func TestDocuments(t *testing.T) {
	docs := vectors.Documents(t)
	v2 := docs["https://www.w3.org/ns/credentials/v2"]
	if !bytes.Contains(v2, []byte("VerifiableCredential")) {
		t.Errorf("the context of VCDM 2.0 is not among the %d documents", len(docs))
	}
}

func TestNeedsAndMembers(t *testing.T) {
	missing := 0
	vectors.Open(t, "clr20").Run(t, func(t *testing.T, c *vectors.Case) {
		for _, b := range c.Needs(t) {
			if b == nil {
				missing++
			}
		}
		if c.Raw.Has("documentCanonical") {
			if b := c.Member(t, "documentCanonical"); !bytes.HasSuffix(b, []byte(" .\n")) {
				t.Errorf("canonical document is no N-Quads: %q", b)
			}
		}
	})
	if missing == 0 {
		t.Error("no URL is marked as missing, but the manifest has some")
	}
	if b := vectors.File(t, "perf/clr-std-100.json"); len(b) < 500_000 {
		t.Errorf("clr-std-100.json unpacked to %d bytes", len(b))
	}
}
