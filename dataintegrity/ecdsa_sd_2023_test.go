package dataintegrity

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
)

// deterministic signs as RFC 6979 says, which is how the W3C vectors were made.
type deterministic struct{ *ecdsa.PrivateKey }

func (d deterministic) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return d.PrivateKey.Sign(nil, digest, opts)
}

// sdVector is the W3C vector of ecdsa-sd-2023: one credential, every step.
type sdVector struct {
	t     testing.TB
	c     *vectors.Case
	docs  map[string][]byte
	keys  ijson.Value
	proof Proof // of the base
}

func openSD(t testing.TB) *sdVector {
	t.Helper()
	for _, c := range vectors.Open(t, "di-ecdsa").Cases {
		if strings.Contains(c.ID, "sd-2023") {
			v := &sdVector{t: t, c: c, docs: vectors.Documents(t)}
			v.keys = parse(t, v.raw("../SDKeyMaterial.json"))
			v.proof = Proofs(v.json("addSignedSDBase.json"))[0]
			return v
		}
	}
	t.Fatal("no ecdsa-sd-2023 vector")
	return nil
}

func (v *sdVector) raw(name string) []byte { return v.c.File(v.t, "ecdsa-sd-2023/employ/"+name) }
func (v *sdVector) json(name string) ijson.Value {
	return parse(v.t, v.raw(name))
}

func (v *sdVector) hmacKey() []byte {
	b, err := hex.DecodeString(v.keys.Get("hmacKeyString").Text())
	if err != nil {
		v.t.Fatal(err)
	}
	return b
}

func (v *sdVector) secret(name string) crypto.Signer {
	return deterministic{secretKey(v.t, v.keys.Get(name).Get("secretKeyMultibase").Text()).(*ecdsa.PrivateKey)}
}

func (v *sdVector) input() *input {
	v.t.Helper()
	in, err := newInput(parse(v.t, v.c.File(v.t, "employmentAuth.json")), v.proof)
	if err != nil {
		v.t.Fatal(err)
	}
	in.documents = v.docs
	return in
}

// pairs reads how the vector writes JavaScript maps: [[key, value], …].
func pairs(v ijson.Value) (indexes []int, lines []string) {
	for e := range v.Get("value").Elements() {
		n, _ := e.Index(0).Int()
		indexes, lines = append(indexes, int(n)), append(lines, e.Index(1).Text())
	}
	return indexes, lines
}

func ints(v ijson.Value) []int {
	var list []int
	for e := range v.Elements() {
		n, _ := e.Int()
		list = append(list, int(n))
	}
	return list
}

func TestSDBaseVector(t *testing.T) {
	v := openSD(t)
	in := v.input()
	whole, err := newDisclosable(in, v.hmacKey())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(texts(v.json("addBaseDocHMACCanon.json")), whole.lines); diff != "" {
		t.Errorf("statements under HMAC labels (-want +got):\n%s", diff)
	}
	pointers := texts(parse(t, v.c.File(t, "employMandatory.json")))
	mandatory, err := whole.match(pointers)
	if err != nil {
		t.Fatal(err)
	}
	want, lines := pairs(v.json("addBaseTransform.json").Get("mandatory"))
	if diff := cmp.Diff(want, mandatory.indexes); diff != "" {
		t.Errorf("mandatory statements (-want +got):\n%s", diff)
	}
	config, _, err := in.configHash(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	hashes := v.json("addHashData.json")
	if got := hex.EncodeToString(config); got != hashes.Get("proofHash").Text() {
		t.Errorf("proof hash %s, want %s", got, hashes.Get("proofHash").Text())
	}
	if got := hex.EncodeToString(sumLines(lines)); got != hashes.Get("mandatoryHash").Text() {
		t.Errorf("mandatory hash %s, want %s", got, hashes.Get("mandatoryHash").Text())
	}
	value, err := makeBase(in, &SignOptions{Signer: v.secret("baseKeyPair"), Mandatory: pointers}, v.secret("proofKeyPair"), v.hmacKey())
	if err != nil {
		t.Fatal(err)
	}
	if value != v.proof.ProofValue {
		t.Errorf("base proof value\n%s\nwant\n%s", value, v.proof.ProofValue)
	}
}

func TestSDDerivedVector(t *testing.T) {
	v := openSD(t)
	base, err := readBase(v.proof)
	if err != nil {
		t.Fatal(err)
	}
	reveal := texts(parse(t, v.c.File(t, "employSelective.json")))
	value, shown, err := derive(v.input(), base, reveal)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v.json("derivedUnsignedReveal.json").Any(), shown.root.Any()); diff != "" {
		t.Errorf("revealed document (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(ints(v.json("derivedAdjMandatoryIndexes.json").Get("adjMandatoryIndexes")), value.mandatory); diff != "" {
		t.Errorf("mandatory indexes (-want +got):\n%s", diff)
	}
	want := v.json("derivedRevealDocument.json")
	text, err := value.encode()
	if err != nil {
		t.Fatal(err)
	}
	if p := Proofs(want)[0]; text != p.ProofValue {
		t.Errorf("derived proof value\n%s\nwant\n%s", text, p.ProofValue)
	}
	derived, err := DeriveWith(v.raw("addSignedSDBase.json"), reveal, v.docs)
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range []ijson.Value{want, parse(t, derived)} {
		p := Proofs(doc)[0]
		r, err := Verify(doc, p, methodKey(t, p.VerificationMethod), &Options{Documents: v.docs, Canonical: true})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(r.Canonical), strings.Join(texts(v.json("verifyNQuads.json")), ""); got != want {
			t.Errorf("statements\n%s\nwant\n%s", got, want)
		}
	}
}

func TestSDBaseIsNotForVerifiers(t *testing.T) {
	v := openSD(t)
	doc := v.json("addSignedSDBase.json")
	_, err := Verify(doc, v.proof, methodKey(t, v.proof.VerificationMethod), &Options{Documents: v.docs})
	var base *BaseProofError
	if !errors.As(err, &base) {
		t.Errorf("a base proof gives %v, want a BaseProofError", err)
	}
}

// clrWithLists holds what the reference library cannot disclose: lists, and a signed credential inside another.
const clrWithLists = `{
  "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
  "id": "urn:uuid:5a1f9cf0-28ad-4a2c-8a2a-6f0a1a5b6d01",
  "type": ["VerifiableCredential", "OpenBadgeCredential"],
  "issuer": {"id": "did:example:issuer", "type": ["Profile"], "name": "An issuer"},
  "validFrom": "2026-01-01T00:00:00Z",
  "name": "A badge",
  "credentialSubject": {
    "type": ["AchievementSubject"],
    "id": "did:example:learner",
    "achievement": {
      "id": "urn:uuid:5a1f9cf0-28ad-4a2c-8a2a-6f0a1a5b6d02",
      "type": ["Achievement"],
      "name": "An achievement",
      "description": "d",
      "criteria": {"narrative": "n"},
      "resultDescription": [
        {"id": "urn:uuid:1", "type": ["ResultDescription"], "name": "Grade", "resultType": "LetterGrade", "allowedValue": ["A", "B", "C"]},
        {"id": "urn:uuid:2", "type": ["ResultDescription"], "name": "Grade again", "resultType": "LetterGrade", "allowedValue": ["A", "B", "C"]}
      ]
    },
    "result": [
      {"type": ["Result"], "resultDescription": "urn:uuid:1", "value": "A"},
      {"type": ["Result"], "resultDescription": "urn:uuid:2", "value": "B"}
    ]
  }
}`

func signSDWith(t testing.TB, doc string, mandatory ...string) (signed []byte, pub crypto.PublicKey) {
	t.Helper()
	signed, pub, err := trySignSD(t, doc, mandatory...)
	if err != nil {
		t.Fatal(err)
	}
	return signed, pub
}

func trySignSD(t testing.TB, doc string, mandatory ...string) (signed []byte, pub crypto.PublicKey, err error) {
	t.Helper()
	signer, err := key.Generate("p256")
	if err != nil {
		t.Fatal(err)
	}
	signed, err = Sign([]byte(doc), &SignOptions{
		Suite: "ecdsa-sd-2023", Signer: signer, VerificationMethod: "did:example:issuer#key", Mandatory: mandatory,
		Created: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
	})
	return signed, signer.Public(), err
}

// verifyFirst verifies the first proof of a document.
func verifyFirst(t testing.TB, doc []byte, pub crypto.PublicKey, opts *Options) (*Result, error) {
	t.Helper()
	v := parse(t, doc)
	return Verify(v, Proofs(v)[0], pub, opts)
}

func TestSDDisclosesLists(t *testing.T) {
	signed, pub := signSDWith(t, clrWithLists, "/issuer", "/validFrom", "/credentialSubject/achievement/name")
	for _, tc := range []struct {
		reveal []string
		has    string
		hasNot string
	}{
		{[]string{"/name"}, `"A badge"`, `LetterGrade`},
		{[]string{"/credentialSubject/result/1"}, `"B"}`, `"A"}`},
		{[]string{"/credentialSubject/achievement/resultDescription/1/allowedValue"}, `["A", "B", "C"]`, `"Grade again"`},
		{[]string{"/credentialSubject/achievement/resultDescription"}, `"Grade again"`, `"A badge"`},
		{[]string{""}, `"A badge"`, `nothing is hidden`},
		{nil, `"An issuer"`, `"A badge"`},
	} {
		derived, err := Derive(signed, tc.reveal)
		if err != nil {
			t.Errorf("%v: %v", tc.reveal, err)
			continue
		}
		if !strings.Contains(string(derived), tc.has) || strings.Contains(string(derived), tc.hasNot) {
			t.Errorf("%v reveals %s", tc.reveal, derived)
		}
		if r, err := verifyFirst(t, derived, pub, nil); err != nil || len(r.Uncovered) > 0 {
			t.Errorf("%v: %v, %v", tc.reveal, r, err)
		}
	}
	_, err := Derive(signed, []string{"/credentialSubject/achievement/resultDescription/1/allowedValue/0"})
	var disclosure *DisclosureError
	if !errors.As(err, &disclosure) || !strings.Contains(err.Error(), "whole") {
		t.Errorf("an element of a list: %v, want the advice to disclose it whole", err)
	}
}

// TestSDBlankNodeNames: a document that names blank nodes cannot be disclosed in parts; a text that merely looks like such
// a name can.
func TestSDBlankNodeNames(t *testing.T) {
	for subject, refused := range map[string]bool{
		`"id": "did:example:a", "type": ["AchievementSubject"], "role": "_:b0 or :-)"`: false,
		`"id": "did:example:a", "type": ["AchievementSubject"], "role": "_:b1"`:        false,
		`"id": "_:b0", "type": ["AchievementSubject"], "role": "x"`:                    true,
		`"id": "\u005f:b0", "type": ["AchievementSubject"], "role": "x"`:               true,
		`"id": "_:at.3", "type": ["AchievementSubject"], "role": "x"`:                  true,
	} {
		signed, pub, err := trySignSD(t, `{"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
	"type": ["VerifiableCredential", "AchievementCredential"], "issuer": {"id": "did:example:issuer", "type": ["Profile"]}, "credentialSubject": {`+subject+`}}`)
		var disclosure *DisclosureError
		if errors.As(err, &disclosure) != refused || !refused && err != nil {
			t.Errorf("%s: %v, want a refusal: %v", subject, err, refused)
		}
		if err != nil || refused {
			continue
		}
		derived, err := Derive(signed, []string{"/credentialSubject/role"})
		if err != nil {
			t.Errorf("%s: %v", subject, err)
			continue
		}
		if _, err := verifyFirst(t, derived, pub, nil); err != nil {
			t.Errorf("%s: %v", subject, err)
		}
	}
}

// TestSDDisclosesFromSignedParts derives from a wrapper whose parts carry proofs of their own, which are graphs in RDF.
func TestSDDisclosesFromSignedParts(t *testing.T) {
	part := signedPart(t)
	wrapper := `{
	  "@context": [
	    "https://www.w3.org/ns/credentials/v2",
	    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
	    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	  ],
	  "id": "urn:uuid:5a1f9cf0-28ad-4a2c-8a2a-6f0a1a5b6d03",
	  "type": ["VerifiableCredential", "ClrCredential"],
	  "issuer": {"id": "did:example:issuer", "type": ["Profile"], "name": "An issuer"},
	  "validFrom": "2026-01-01T00:00:00Z",
	  "name": "A record",
	  "credentialSubject": {"id": "did:example:learner", "type": ["ClrSubject"], "verifiableCredential": [` +
		string(part) + "," + string(signedPart(t)) + `]}
	}`
	signed, pub := signSDWith(t, wrapper, "/issuer")
	derived, err := Derive(signed, []string{"/credentialSubject/verifiableCredential/1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verifyFirst(t, derived, pub, nil); err != nil {
		t.Error(err)
	}
	nested := parse(t, derived).At("/credentialSubject/verifiableCredential/0")
	p := Proofs(nested)[0]
	if _, err := Verify(nested, p, methodKey(t, p.VerificationMethod), nil); err != nil {
		t.Errorf("the disclosed part itself: %v", err)
	}
}

// signedPart is a credential with its own did:key proof.
func signedPart(t testing.TB) []byte {
	t.Helper()
	signer, err := key.Generate("ed25519")
	if err != nil {
		t.Fatal(err)
	}
	text, err := key.Multikey(signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	signed, err := Sign([]byte(clrWithLists), &SignOptions{
		Suite: "eddsa-rdfc-2022", Signer: signer, VerificationMethod: "did:key:" + text + "#" + text,
	})
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestSDPointers(t *testing.T) {
	doc := parse(t, []byte(`{"type":"T","a":[{"id":"x","b":1,"c~/d":{"e":2,"type":"U","f":3}},{"b":4}],"one":[{"g":5,"h":6}],"proof":{}}`))
	for _, tc := range []struct {
		pointers []string
		want     string
	}{
		{[]string{"/a/0/b"}, `{"type":"T","a":[{"id":"x","b":1}]}`},
		{[]string{"/a/0/c~0~1d/e"}, `{"type":"T","a":[{"id":"x","c~/d":{"e":2,"type":"U"}}]}`},
		{[]string{"/a/1", "/a/1/b"}, `{"type":"T","a":[{"b":4}]}`},
		{[]string{"/one/g"}, `{"type":"T","one":[{"g":5}]}`},
		{[]string{"/type/0", "/one/0/h"}, `{"type":"T","one":[{"h":6}]}`},
		{[]string{""}, `{"type":"T","a":[{"id":"x","b":1,"c~/d":{"e":2,"type":"U","f":3}},{"b":4}],"one":[{"g":5,"h":6}]}`},
	} {
		s, err := selectPointers(doc, tc.pointers)
		if err != nil {
			t.Errorf("%v: %v", tc.pointers, err)
			continue
		}
		if string(s.text) != tc.want {
			t.Errorf("%v: %s, want %s", tc.pointers, s.text, tc.want)
		}
	}
	for _, p := range []string{"a", "/a/2", "/a/-", "/a/00", "/a/-1", "/z", "/a/b", "/proof", "/proof/x", "/a/0/b/c"} {
		var disclosure *DisclosureError
		if _, err := selectPointers(doc, []string{p}); !errors.As(err, &disclosure) {
			t.Errorf("%s: %v, want a DisclosureError", p, err)
		}
	}
}

func TestRelabelLine(t *testing.T) {
	names := map[string]string{"c14n0": "uA", "c14n1": "uB"}
	for in, want := range map[string]string{
		"_:c14n0 <p:p> _:c14n1 .\n":                        "_:uA <p:p> _:uB .\n",
		"_:c14n0 <p:p> _:c14n1 _:c14n0 .\n":                "_:uA <p:p> _:uB _:uA .\n",
		"<s:s> <p:p> \"say \\\" _:c14n0 .\"@en .\n":        "<s:s> <p:p> \"say \\\" _:c14n0 .\"@en .\n",
		"<s:s> <p:p> \"\\\\\" _:c14n1 .\n":                 "<s:s> <p:p> \"\\\\\" _:uB .\n",
		"<s:s> <p:p> \" _:c14n0 \"^^<d:d> <g:_:c14n0> .\n": "<s:s> <p:p> \" _:c14n0 \"^^<d:d> <g:_:c14n0> .\n",
	} {
		if got := relabelLine(in, names); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

// TestSDTampering changes a derived proof in every way its parts allow (catalogue P13).
func TestSDTampering(t *testing.T) {
	signed, pub := signSDWith(t, clrWithLists, "/issuer", "/validFrom")
	derived, err := Derive(signed, []string{"/credentialSubject/result", "/name"})
	if err != nil {
		t.Fatal(err)
	}
	doc := parse(t, derived)
	p := Proofs(doc)[0]
	for name, change := range map[string]func(*derivedValue){
		"mandatory index dropped":   func(v *derivedValue) { v.mandatory = v.mandatory[1:] },
		"mandatory index moved":     func(v *derivedValue) { v.mandatory[0] = freeIndex(v.mandatory) },
		"mandatory index repeated":  func(v *derivedValue) { v.mandatory[0] = v.mandatory[1] },
		"mandatory index too large": func(v *derivedValue) { v.mandatory[0] = 1 << 30 },
		"mandatory index negative":  func(v *derivedValue) { v.mandatory[0] = -1 },
		"no mandatory indexes":      func(v *derivedValue) { v.mandatory = nil },
		"signature dropped":         func(v *derivedValue) { v.signatures = v.signatures[1:] },
		"no signatures":             func(v *derivedValue) { v.signatures = nil },
		"signature added":           func(v *derivedValue) { v.signatures = append(v.signatures, v.signatures[0]) },
		"signatures exchanged":      func(v *derivedValue) { s := v.signatures; s[0], s[1] = s[1], s[0] },
		"signature short":           func(v *derivedValue) { v.signatures[0] = v.signatures[0][:63] },
		"base signature changed":    func(v *derivedValue) { v.baseSignature[10] ^= 1 },
		"base signature long":       func(v *derivedValue) { v.baseSignature = append(v.baseSignature, 0) },
		"labels exchanged":          func(v *derivedValue) { v.labels[0], v.labels[1] = v.labels[1], v.labels[0] },
		"labels equal":              func(v *derivedValue) { v.labels[0] = v.labels[1] },
		"label missing":             func(v *derivedValue) { delete(v.labels, 0) },
		"label too many":            func(v *derivedValue) { v.labels[99] = make([]byte, 32) },
		"label short":               func(v *derivedValue) { v.labels[0] = v.labels[0][1:] },
		"own statement key": func(v *derivedValue) {
			k, _ := key.Generate("p256")
			v.publicKey, _ = rawMultikey(k.Public())
		},
		"statement key of another curve": func(v *derivedValue) {
			k, _ := key.Generate("p384")
			v.publicKey, _ = rawMultikey(k.Public())
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			v, err := readDerived(p)
			if err != nil {
				t.Fatal(err)
			}
			change(v)
			q := p
			if q.ProofValue, err = v.encode(); err != nil {
				t.Fatal(err)
			}
			_, err = Verify(doc, q, pub, nil)
			var signature *SignatureError
			var malformed *MalformedError
			if !errors.As(err, &signature) && !errors.As(err, &malformed) {
				t.Errorf("%v, want a SignatureError or MalformedError", err)
			}
		})
	}
}

func freeIndex(taken []int) int {
	for i := 0; ; i++ {
		if !slices.Contains(taken, i) {
			return i
		}
	}
}

// TestSDStatementsAreBound removes, changes and adds what is disclosed.
func TestSDStatementsAreBound(t *testing.T) {
	signed, pub := signSDWith(t, clrWithLists, "/issuer", "/validFrom")
	derived, err := Derive(signed, []string{"/credentialSubject/result", "/name"})
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`"A badge"`, `"Another badge"`},
		{`"name":"A badge",`, ``},
		{`"value": "B"`, `"value": "A"`},
		{`"2026-01-01T00:00:00Z"`, `"2025-01-01T00:00:00Z"`},
		{`"name": "An issuer"`, `"name": "An issuer", "description": "x"`},
		{`"created":"2026-01-02T00:00:00Z"`, `"created":"2026-01-03T00:00:00Z"`},
	} {
		changed := strings.Replace(string(derived), change[0], change[1], 1)
		if changed == string(derived) {
			t.Errorf("%s is not in %s", change[0], derived)
			continue
		}
		var signature *SignatureError
		if _, err := verifyFirst(t, []byte(changed), pub, nil); !errors.As(err, &signature) {
			var malformed *MalformedError // a blank node less
			if !errors.As(err, &malformed) {
				t.Errorf("%s: %v, want a SignatureError", change[1], err)
			}
		}
	}
}
