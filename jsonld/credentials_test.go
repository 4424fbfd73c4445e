package jsonld

import (
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/rdf"
)

// canonicalForm converts and canonicalizes without regard to what is dropped.
func canonicalForm(t testing.TB, v ijson.Value, opts *Options) *rdf.Canonical {
	t.Helper()
	r, err := ToRDF(v, opts)
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Dataset.Canonicalize(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestPublishedCanonicalForms holds the output equal, byte for byte, to the
// canonical documents in the specifications.
func TestPublishedCanonicalForms(t *testing.T) {
	for _, c := range []struct{ name, document, canonical string }{
		{"CLR", "spec/vectors/1edtech-clr-eddsa-rdfc-2022/credential.json", "spec/vectors/1edtech-clr-eddsa-rdfc-2022/document-canon.txt"},
		{"OB", "spec/vectors/1edtech-ob-eddsa-rdfc-2022/credential.json", "spec/vectors/1edtech-ob-eddsa-rdfc-2022/document-canon.txt"},
		{"eddsa-rdfc-2022", "vectors/di-eddsa/unsigned.json", "vectors/di-eddsa/eddsa-rdfc-2022/canonDocDataInt.txt"},
		{"eddsa-rdfc-2022 proof", "vectors/di-eddsa/eddsa-rdfc-2022/proofConfigDataInt.json", "vectors/di-eddsa/eddsa-rdfc-2022/proofCanonDataInt.txt"},
		{"Ed25519Signature2020 proof", "vectors/di-eddsa/Ed25519Signature2020/proofConfigEdSig.json", "vectors/di-eddsa/Ed25519Signature2020/proofCanonEdSig.txt"},
		{"ecdsa-rdfc-2019", "vectors/di-ecdsa/unsigned.json", "vectors/di-ecdsa/ecdsa-rdfc-2019-p256/canonDocECDSAP256.txt"},
		{"ecdsa-rdfc-2019 proof", "vectors/di-ecdsa/ecdsa-rdfc-2019-p256/proofConfigECDSAP256.json", "vectors/di-ecdsa/ecdsa-rdfc-2019-p256/proofCanonECDSAP256.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := canonicalForm(t, parse(t, shared(t, c.document)), &Options{OmitTopLevel: []string{"proof"}})
			if diff := cmp.Diff(strings.TrimSpace(string(shared(t, c.canonical))), strings.TrimSpace(string(got.NQuads()))); diff != "" {
				t.Errorf("canonical form (-want +got):\n%s", diff)
			}
		})
	}
}

// perfSizes is what vectors/perf/sizes.json says of an input.
type perfSizes struct {
	WrapperQuads, NestedQuads   int
	WrapperSha256, NestedSha256 string
	Docs                        [][2]int
}

// TestRecords holds the canonical form of whole records and of each of their
// credentials equal to what independent implementations computed.
func TestRecords(t *testing.T) {
	var sizes map[string]perfSizes
	if err := json.Unmarshal(shared(t, "vectors/perf/sizes.json"), &sizes); err != nil {
		t.Fatal(err)
	}
	for name, want := range sizes {
		t.Run(name, func(t *testing.T) {
			for _, generic := range []bool{true, false} {
				checkRecord(t, parse(t, vectors.File(t, "perf/"+name+".json")), want, generic)
			}
		})
	}
}

// TestParts holds that every credential of a record is found as a part of it,
// with the canonical form that it has by itself.
func TestParts(t *testing.T) {
	for _, name := range []string{"clr-std-10", "clr-lean-10", "clr-std-100"} {
		v := parse(t, vectors.File(t, "perf/"+name+".json"))
		r, err := ToRDF(v, &Options{OmitTopLevel: []string{"proof"}, Part: func(v ijson.Value) bool { return v.Has("@context") }})
		if err != nil {
			t.Fatal(err)
		}
		credentials := v.Get("credentialSubject").Get("verifiableCredential")
		if got, want := len(r.parts), credentials.Len(); got != want {
			t.Errorf("%s: %d parts of %d", name, got, want)
		}
		for _, n := range credentials.Each() {
			want := canonicalForm(t, n, &Options{OmitTopLevel: []string{"proof"}})
			got, err := r.Part(n).Canonicalize(nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.Lines(), got.Lines()); diff != "" {
				t.Fatalf("%s (-alone +part):\n%s", name, diff)
			}
		}
	}
}

func checkRecord(t *testing.T, v ijson.Value, want perfSizes, generic bool) {
	opts := &Options{OmitTopLevel: []string{"proof"}, generic: generic}
	c := canonicalForm(t, v, opts)
	if got := hex.EncodeToString(c.Sum(crypto.SHA256)); got != want.WrapperSha256 || c.Len() != want.WrapperQuads {
		t.Errorf("generic=%v: record: %d quads with hash %s, want %d with %s", generic, c.Len(), got, want.WrapperQuads, want.WrapperSha256)
	}
	all := sha256.New()
	quads := 0
	for _, n := range v.Get("credentialSubject").Get("verifiableCredential").Each() {
		c := canonicalForm(t, n, opts)
		fmt.Fprintf(all, "%x\n", c.Sum(crypto.SHA256))
		quads += c.Len()
	}
	if got := fmt.Sprintf("%x", all.Sum(nil)); got != want.NestedSha256 || quads != want.NestedQuads {
		t.Errorf("generic=%v: credentials: %d quads with hash %s, want %d with %s", generic, quads, got, want.NestedQuads, want.NestedSha256)
	}
}

// TestSafeMode holds what is reported as dropped against what an independent
// implementation found in the same credentials.
func TestSafeMode(t *testing.T) {
	for _, name := range []string{"clr20", "ob30", "dcc", "dcc-wallets", "samples", "ler-rs", "vcdm20"} {
		vectors.Open(t, name).Run(t, func(t *testing.T, c *vectors.Case) {
			want := c.Raw.Get("observed").Get("jsonldSafe")
			doc, err := ijson.Parse(c.Input(t), nil)
			if want.Kind() != ijson.Bool || err != nil {
				return
			}
			if c.ID == "ob30/simple-err-proof-method-no-scheme" {
				return // there, nobody looked at what the proof refers to
			}
			r, err := ToRDF(doc.Root(), &Options{Documents: c.Needs(t)})
			if safe := err == nil && len(r.Dropped) == 0; safe != want.Bool() {
				var dropped []Dropped
				if r != nil {
					dropped = r.Dropped
				}
				t.Errorf("%s: safe = %v, want %v (observed %s); error %v, dropped %v", c.ID, safe, want.Bool(),
					c.Raw.Get("observed").Get("jsonldError").Raw(), err, dropped)
			}
		})
	}
}
