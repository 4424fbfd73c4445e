package dataintegrity

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/multibase"
)

// parse is for documents that a test wrote or a vector holds.
func parse(t testing.TB, b []byte) ijson.Value {
	t.Helper()
	d, err := ijson.Parse(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d.Root()
}

// methodKey reads the key out of a did:key verification method. Tests only: it proves nothing about the issuer.
func methodKey(t testing.TB, method string) crypto.PublicKey {
	t.Helper()
	text := method[strings.LastIndexAny(method, "#:")+1:]
	pub, err := key.ParseMultikey(text)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return pub
}

// secretKey reads the secret keys of the W3C vectors, in multibase and multicodec.
func secretKey(t testing.TB, text string) crypto.Signer {
	t.Helper()
	_, b, err := multibase.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if raw, ok := multibase.CutPrefix(multibase.Ed25519Priv, b); ok {
		return ed25519.NewKeyFromSeed(raw[:32])
	}
	curve, codec := elliptic.P256(), multibase.P256Priv
	if bytes.HasPrefix(b, multibase.AddPrefix(multibase.P384Priv, nil)) {
		curve, codec = elliptic.P384(), multibase.P384Priv
	}
	raw, ok := multibase.CutPrefix(codec, b)
	if !ok {
		t.Fatalf("no secret key: %x", b[:2])
	}
	k, err := ecdsa.ParseRawPrivateKey(curve, raw)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// part reads a file of a signing vector by the start of its name.
func part(t testing.TB, c *vectors.Case, prefix string) []byte {
	t.Helper()
	for name, file := range c.Raw.Get("parts").Members() {
		if strings.HasPrefix(name, prefix) {
			return c.File(t, file.Text())
		}
	}
	t.Fatalf("%s has no part %s", c.ID, prefix)
	return nil
}

func hexPart(t testing.TB, c *vectors.Case, prefix string) string {
	return strings.TrimSpace(string(part(t, c, prefix)))
}

// TestSigningVectors recomputes every intermediate value of the W3C vectors, and signs again where that is deterministic.
func TestSigningVectors(t *testing.T) {
	ran := 0
	run := func(t *testing.T, c *vectors.Case) {
		if c.Kind != "signing-vector" || strings.HasSuffix(c.ID, "sd-2023") {
			return
		}
		ran++
		doc := parse(t, c.Input(t))
		p := Proofs(doc)[0]
		pub := methodKey(t, p.VerificationMethod)
		r, err := Verify(doc, p, pub, &Options{Documents: c.Needs(t), Canonical: true})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(r.Canonical), string(part(t, c, "canonDoc")); got != want {
			t.Errorf("canonical document:\n%s\nwant\n%s", got, want)
		}
		if got, want := hex.EncodeToString(r.CanonicalHash), hexPart(t, c, "docHash"); got != want {
			t.Errorf("document hash %s, want %s", got, want)
		}
		if got, want := hex.EncodeToString(r.ProofHash), hexPart(t, c, "proofHash"); got != want {
			t.Errorf("proof hash %s, want %s", got, want)
		}
		checkConfig(t, c, doc, p)
		s, _ := p.Suite()
		h, _ := s.hash(pub)
		sig, err := p.signature(s.signatureSize(h))
		if err != nil || hex.EncodeToString(sig) != hexPart(t, c, "sigHex") {
			t.Errorf("signature %x (%v), want %s", sig, err, hexPart(t, c, "sigHex"))
		}
		if _, deterministic := pub.(ed25519.PublicKey); deterministic && !s.VerifyOnly {
			signAgain(t, c, doc, p)
		}
	}
	vectors.Open(t, "di-eddsa").Run(t, run)
	vectors.Open(t, "di-ecdsa").Run(t, run)
	if ran != 6 {
		t.Errorf("ran %d signing vectors, want 6", ran)
	}
}

// checkConfig compares the canonical proof configuration.
func checkConfig(t *testing.T, c *vectors.Case, doc ijson.Value, p Proof) {
	t.Helper()
	in, err := newInput(doc, p)
	if err != nil {
		t.Fatal(err)
	}
	in.documents = c.Needs(t)
	want := string(part(t, c, "proofCanon"))
	if strings.Contains(p.Cryptosuite, "jcs") {
		if got := string(ijson.AppendCanonical(nil, p.value, omitConfig...)); got != want {
			t.Errorf("canonical configuration %s, want %s", got, want)
		}
		return
	}
	s, _ := p.Suite()
	h, _ := s.hash(methodKey(t, p.VerificationMethod))
	canon, _, err := in.canonicalConfig(h)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(canon.NQuads()); got != want {
		t.Errorf("canonical configuration\n%s\nwant\n%s", got, want)
	}
}

func signAgain(t *testing.T, c *vectors.Case, want ijson.Value, p Proof) {
	t.Helper()
	keys := parse(t, part(t, c, "keyPair"))
	signed, err := Sign(part(t, c, "unsigned"), &SignOptions{
		Suite: p.Cryptosuite, Signer: secretKey(t, keys.Get("privateKeyMultibase").Text()),
		VerificationMethod: p.VerificationMethod, Created: p.Created, Documents: c.Needs(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := Proofs(parse(t, signed))[0].ProofValue; got != p.ProofValue {
		t.Errorf("signed anew: %s, want %s", got, p.ProofValue)
	}
}

// TestProofSetsAndChains verifies every proof of the W3C sets and chains, and makes the chain's last proof again.
func TestProofSetsAndChains(t *testing.T) {
	vectors.Open(t, "di-eddsa").Run(t, func(t *testing.T, c *vectors.Case) {
		if !strings.HasPrefix(c.Kind, "proof-") {
			return
		}
		doc := parse(t, c.Input(t))
		for _, p := range Proofs(doc) {
			if _, err := Verify(doc, p, methodKey(t, p.VerificationMethod), &Options{Documents: c.Needs(t)}); err != nil {
				t.Errorf("%s: %v", p.Pointer, err)
			}
		}
	})
	c := vectors.Open(t, "di-eddsa").Cases[0]
	file := func(name string) []byte { return c.File(t, "proof-set-chain/"+name) }
	keys := parse(t, file("multiKeyPairs.json"))
	want := parse(t, file("proofChainConfigSigned1.json"))
	signed, err := Sign(file("signedProofSet2.json"), &SignOptions{
		Suite: "eddsa-rdfc-2022", Signer: secretKey(t, keys.At("/keyPair3/privateKeyMultibase").Text()), ID: want.Get("id").Text(),
		Created: time.Date(2023, 2, 26, 22, 6, 38, 0, time.UTC), VerificationMethod: want.Get("verificationMethod").Text(),
		PreviousProof: texts(want.Get("previousProof")), Documents: vectors.Documents(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	proofs := Proofs(parse(t, signed))
	if len(proofs) != 3 || proofs[2].ProofValue != want.Get("proofValue").Text() {
		t.Errorf("the chain's proof is %v, want %s", proofs, want.Get("proofValue").Text())
	}
}

// TestPreviousProof runs the W3C suite's right and wrong chains: a document is valid when all of its proofs are.
func TestPreviousProof(t *testing.T) {
	vectors.Open(t, "di-proof-chain").Run(t, func(t *testing.T, c *vectors.Case) {
		doc := parse(t, c.Input(t))
		verdict := "valid"
		for _, p := range Proofs(doc) {
			r, err := Verify(doc, p, methodKey(t, p.VerificationMethod), &Options{Documents: c.Needs(t)})
			t.Logf("%s: %v", p.Pointer, err)
			if err != nil || len(r.Dropped) > 0 {
				verdict = "invalid"
			}
		}
		if verdict != c.Expect {
			t.Errorf("%s, want %s: %s", verdict, c.Expect, c.Reason)
		}
	})
}
