package dataintegrity

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/multibase"
	"github.com/openlaurel/laurel/rdf"
)

// The tests of this file are the attack catalogue's, as far as one proof and one key can answer it; who the key belongs to
// and what time it is, a verifier asks elsewhere.

var testTime = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

// testSigner is a fixed key.
func testSigner(n byte) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return ed25519.NewKeyFromSeed(seed)
}

func mustSign(t testing.TB, doc string, opts SignOptions) string {
	t.Helper()
	if opts.Signer == nil {
		opts.Signer = testSigner(1)
	}
	if opts.Suite == "" {
		opts.Suite = "eddsa-rdfc-2022"
	}
	if opts.VerificationMethod == "" {
		opts.VerificationMethod = "did:example:issuer#key"
	}
	if opts.Created.IsZero() {
		opts.Created = testTime
	}
	signed, err := Sign([]byte(doc), &opts)
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

const plainCredential = `{"@context": ["https://www.w3.org/ns/credentials/v2"], "id": "urn:uuid:0f7c6a0c-3d54-4d5c-9a51-000000000001",
 "type": ["VerifiableCredential"], "issuer": "did:example:issuer", "validFrom": "2026-01-01T00:00:00Z", "name": "A name",
 "credentialSubject": {"id": "did:example:learner"}}`

// wantError fails unless the error is of the type that want is a nil pointer of.
func wantError(t *testing.T, what string, err error, want any) {
	t.Helper()
	target := reflect.New(reflect.TypeOf(want))
	if err == nil || !errors.As(err, target.Interface()) {
		t.Errorf("%s: error %T %v, want a %T", what, err, err, want)
	}
	if err != nil && !strings.Contains(err.Error(), ": ") {
		t.Errorf("%s: %q does not say where it comes from", what, err)
	}
}

// change replaces text that must be there.
func change(t testing.TB, doc, old, with string) string {
	t.Helper()
	if !strings.Contains(doc, old) {
		t.Fatalf("%s is not in %s", old, doc)
	}
	return strings.Replace(doc, old, with, 1)
}

// TestEditedOptions: every option of a proof is signed (P10).
func TestEditedOptions(t *testing.T) {
	for _, suite := range []string{"eddsa-rdfc-2022", "eddsa-jcs-2022"} {
		signed := mustSign(t, plainCredential, SignOptions{
			Suite: suite, Expires: testTime.Add(time.Hour), Challenge: "c1", Domain: "d1.example", ID: "urn:uuid:0f7c6a0c-3d54-4d5c-9a51-000000000009",
		})
		pub := testSigner(1).Public()
		if _, err := verifyFirst(t, []byte(signed), pub, &Options{Challenge: "c1", Domain: "d1.example"}); err != nil {
			t.Fatalf("%s: %v", suite, err)
		}
		for _, edit := range [][2]string{
			{`"created":"2026-01-02T03:04:05Z"`, `"created":"2025-01-02T03:04:05Z"`},
			{`"created":"2026-01-02T03:04:05Z",`, ``},
			{`"expires":"2026-01-02T04:04:05Z"`, `"expires":"2036-01-02T04:04:05Z"`},
			{`"expires":"2026-01-02T04:04:05Z",`, ``},
			{`"challenge":"c1"`, `"challenge":"c2"`},
			{`"challenge":"c1"`, `"nonce":"c1"`},
			{`"domain":"d1.example"`, `"domain":"d2.example"`},
			{`"domain":"d1.example"`, `"domain":["d1.example","d2.example"]`},
			{`did:example:issuer#key`, `did:example:issuer#key2`},
			{`-000000000009`, `-000000000008`},
			{`"cryptosuite":"eddsa-rdfc-2022"`, `"cryptosuite":"eddsa-2022"`},
			{`"A name"`, `"Another name"`},
		} {
			if !strings.Contains(signed, edit[0]) {
				continue // the other suite's name
			}
			_, err := verifyFirst(t, []byte(change(t, signed, edit[0], edit[1])), pub, nil)
			wantError(t, suite+" "+edit[1], err, (*SignatureError)(nil))
		}
		_, err := verifyFirst(t, []byte(signed), testSigner(2).Public(), nil)
		wantError(t, "another key", err, (*SignatureError)(nil))
	}
}

// TestExpectations: a proof made for something else is not this proof (P04, C18).
func TestExpectations(t *testing.T) {
	pub := testSigner(1).Public()
	signed := mustSign(t, plainCredential, SignOptions{Purpose: "authentication", Challenge: "c1", Domain: "d1.example"})
	_, err := verifyFirst(t, []byte(signed), pub, nil)
	wantError(t, "an authentication", err, (*ExpectationError)(nil))
	_, err = verifyFirst(t, []byte(signed), pub, &Options{Purpose: "authentication", Challenge: "c2"})
	wantError(t, "another challenge", err, (*ExpectationError)(nil))
	_, err = verifyFirst(t, []byte(signed), pub, &Options{Purpose: "authentication", Domain: "example"})
	wantError(t, "another domain", err, (*ExpectationError)(nil))
	if _, err = verifyFirst(t, []byte(signed), pub, &Options{Purpose: "authentication", Challenge: "c1", Domain: "d1.example"}); err != nil {
		t.Error(err)
	}
	for _, purpose := range []string{`["assertionMethod"]`, `""`, `null`, `1`} {
		bent := change(t, mustSign(t, plainCredential, SignOptions{}), `"assertionMethod"`, purpose)
		_, err := verifyFirst(t, []byte(bent), pub, nil)
		wantError(t, "proofPurpose "+purpose, err, (*MalformedError)(nil))
	}
}

// TestMalformedProofs: what has not the demanded form is told apart from a wrong signature (P12, P09).
func TestMalformedProofs(t *testing.T) {
	signed := mustSign(t, plainCredential, SignOptions{})
	value := Proofs(parse(t, []byte(signed)))[0].ProofValue
	pub := testSigner(1).Public()
	for _, edit := range [][2]string{
		{value, ``}, {value, `z`}, {value, `zz`}, {value, value[1:]}, {value, "u" + value[1:]}, {value, "m" + value[1:]},
		{value, multibase.Encode('z', make([]byte, 63))}, {value, multibase.Encode('z', make([]byte, 65))}, {value, value + "1"}, {value, "z0" + value[2:]}, {value, "z" + strings.Repeat("2", 10<<20)},
		{`"` + value + `"`, `{"@value":"x"}`}, {`"` + value + `"`, `["` + value + `"]`}, {`"` + value + `"`, `null`},
		{`"created":"2026-01-02T03:04:05Z"`, `"created":"2026-01-02"`}, {`"created":"2026-01-02T03:04:05Z"`, `"created":"02.01.2026 03:04"`},
		{`"created":"2026-01-02T03:04:05Z"`, `"created":"2026-01-02T3:04:05Z"`}, {`"created":"2026-01-02T03:04:05Z"`, `"created":"2026-01-02t03:04:05z"`},
		{`"created":"2026-01-02T03:04:05Z"`, `"created":"2026-01-02T03:04:05,5Z"`}, {`"created":"2026-01-02T03:04:05Z"`, `"created":1767322845`},
		{`"created":"2026-01-02T03:04:05Z"`, `"created":""`}, {`"created":"2026-01-02T03:04:05Z"`, `"created":null`},
		{`"created":"2026-01-02T03:04:05Z"`, `"created":["2026-01-02T03:04:05Z","2026-01-02T03:04:05Z"]`},
		{`"created":"2026-01-02T03:04:05Z"`, `"expires":"soon"`}, {`"created":"2026-01-02T03:04:05Z"`, `"expires":"2026-02-30T00:00:00Z"`},
		{`"cryptosuite":"eddsa-rdfc-2022"`, `"cryptosuite":["eddsa-rdfc-2022"]`},
		{`"type":"DataIntegrityProof"`, `"type":["DataIntegrityProof"]`}, {`"type":"DataIntegrityProof",`, ``},
		{`"did:example:issuer#key"`, `{"id":"did:example:issuer#key"}`}, {`"did:example:issuer#key"`, `null`},
		{`"created"`, `"previousProof":1,"created"`}, {`"created"`, `"previousProof":[1],"created"`}, {`"created"`, `"previousProof":[],"created"`},
		{`"created"`, `"domain":{},"created"`}, {`"created"`, `"challenge":1,"created"`}, {`"created"`, `"id":{},"created"`},
	} {
		_, err := verifyFirst(t, []byte(change(t, signed, edit[0], edit[1])), pub, nil)
		wantError(t, edit[1][:min(len(edit[1]), 60)], err, (*MalformedError)(nil))
	}
	for _, proof := range []string{`[null]`, `"x"`, `[[]]`, `7`, `{}`, `[{}]`} {
		doc := parse(t, []byte(`{"@context": [], "proof": `+proof+`}`))
		proofs := Proofs(doc)
		if len(proofs) != 1 {
			t.Errorf("proof %s: %d proofs, want one that is malformed", proof, len(proofs))
			continue
		}
		_, err := Verify(doc, proofs[0], pub, nil)
		wantError(t, "proof "+proof, err, (*MalformedError)(nil))
	}
	for _, doc := range []string{`{"proof": []}`, `{"proof": null}`, `{}`, `[]`, `"x"`} {
		if proofs := Proofs(parse(t, []byte(doc))); len(proofs) != 0 {
			t.Errorf("%s has %d proofs", doc, len(proofs))
		}
	}
	_, err := Verify(ijson.Value{}, Proof{}, pub, nil)
	wantError(t, "nothing at all", err, (*MalformedError)(nil))
}

// TestUnsupportedSuites: an unknown kind of proof is neither right nor wrong (P06).
func TestUnsupportedSuites(t *testing.T) {
	signed := mustSign(t, plainCredential, SignOptions{})
	for _, edit := range [][2]string{
		{`"type":"DataIntegrityProof"`, `"type":"Ed25519Signature2018"`},
		{`"type":"DataIntegrityProof"`, `"type":"eddsa-rdfc-2022"`},
		{`"cryptosuite":"eddsa-rdfc-2022"`, `"cryptosuite":"bbs-2023"`},
		{`"cryptosuite":"eddsa-rdfc-2022"`, `"cryptosuite":"Ed25519Signature2020"`},
		{`"cryptosuite":"eddsa-rdfc-2022",`, ``},
	} {
		_, err := verifyFirst(t, []byte(change(t, signed, edit[0], edit[1])), testSigner(1).Public(), nil)
		wantError(t, edit[1], err, (*UnsupportedError)(nil))
	}
	for _, suite := range []string{"eddsa-2022", "Ed25519Signature2020", "bbs-2023", ""} {
		_, err := Sign([]byte(plainCredential), &SignOptions{Suite: suite, Signer: testSigner(1), VerificationMethod: "did:example:x"})
		wantError(t, "sign with "+suite, err, (*UnsupportedError)(nil))
	}
}

// TestKeyTypes: suite and key have to go together (P06).
func TestKeyTypes(t *testing.T) {
	signers := map[string]crypto.Signer{}
	for _, alg := range key.Algorithms {
		s, err := key.Generate(alg)
		if err != nil {
			t.Fatal(err)
		}
		signers[alg] = s
	}
	works := map[string][]string{
		"ed25519": {"eddsa-rdfc-2022", "eddsa-jcs-2022"},
		"p256":    {"ecdsa-rdfc-2019", "ecdsa-jcs-2019", "ecdsa-sd-2023"},
		"p384":    {"ecdsa-rdfc-2019", "ecdsa-jcs-2019"},
	}
	for alg, signer := range signers {
		for _, s := range suites {
			if s.VerifyOnly {
				continue
			}
			_, err := Sign([]byte(plainCredential), &SignOptions{Suite: s.Name, Signer: signer, VerificationMethod: "did:example:x"})
			if strings.Contains(strings.Join(works[alg], " "), s.Name) {
				if err != nil || !s.CanSign(signer.Public()) {
					t.Errorf("%s with %s: %v", s.Name, alg, err)
				}
				continue
			}
			wantError(t, s.Name+" with "+alg, err, (*KeyTypeError)(nil))
		}
	}
	signed := mustSign(t, plainCredential, SignOptions{})
	for alg, signer := range signers {
		if alg != "ed25519" {
			_, err := verifyFirst(t, []byte(signed), signer.Public(), nil)
			wantError(t, "verify with "+alg, err, (*KeyTypeError)(nil))
		}
	}
	_, err := verifyFirst(t, []byte(signed), nil, nil)
	wantError(t, "verify without a key", err, (*KeyTypeError)(nil))
	_, err = verifyFirst(t, []byte(signed), ed25519.PublicKey("short"), nil)
	wantError(t, "verify with a short key", err, (*SignatureError)(nil))
}

// TestChains: proofs cannot be taken out of a chain, and chains cannot go in circles (P08).
func TestChains(t *testing.T) {
	const first, second = "urn:uuid:0f7c6a0c-3d54-4d5c-9a51-00000000000a", "urn:uuid:0f7c6a0c-3d54-4d5c-9a51-00000000000b"
	for _, suite := range []string{"eddsa-rdfc-2022", "eddsa-jcs-2022"} {
		one := mustSign(t, plainCredential, SignOptions{Suite: suite, ID: first})
		two := mustSign(t, one, SignOptions{Suite: suite, ID: second, PreviousProof: []string{first}, Signer: testSigner(2)})
		doc := parse(t, []byte(two))
		proofs := Proofs(doc)
		for i, signer := range []ed25519.PrivateKey{testSigner(1), testSigner(2)} {
			if _, err := Verify(doc, proofs[i], signer.Public(), nil); err != nil {
				t.Errorf("%s: proof %d: %v", suite, i, err)
			}
		}
		stripped := change(t, two, string(proofs[0].value.Raw())+",", "")
		_, err := verifyFirst(t, []byte(stripped), testSigner(2).Public(), nil)
		wantError(t, "first proof stripped", err, (*ChainError)(nil))
		swapped := parse(t, []byte(change(t, two, `"created":"2026-01-02T03:04:05Z"`, `"created":"2026-01-02T03:04:06Z"`)))
		_, err = Verify(swapped, Proofs(swapped)[1], testSigner(2).Public(), nil)
		wantError(t, "first proof changed", err, (*SignatureError)(nil))
		twice := parse(t, []byte(change(t, two, string(proofs[0].value.Raw()), string(proofs[0].value.Raw())+","+string(proofs[0].value.Raw()))))
		_, err = Verify(twice, Proofs(twice)[2], testSigner(2).Public(), nil)
		wantError(t, "first proof twice", err, (*ChainError)(nil))
	}
	proof := func(id string, previous ...string) string {
		return fmt.Sprintf(`{"id":%q,"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","verificationMethod":"did:example:x","proofPurpose":"assertionMethod","proofValue":"z2","previousProof":["%s"]}`,
			id, strings.Join(previous, `","`))
	}
	long := make([]string, MaxProofs)
	for i := range long {
		long[i] = proof(fmt.Sprintf("urn:%d", i), fmt.Sprintf("urn:%d", (i+1)%len(long)))
	}
	for name, list := range map[string][]string{
		"to itself":        {proof("urn:a", "urn:a")},
		"in a circle":      {proof("urn:a", "urn:b"), proof("urn:b", "urn:c"), proof("urn:c", "urn:a")},
		"twice to one":     {proof("urn:a", "urn:b", "urn:b"), proof("urn:b", "urn:b")},
		"in a long circle": long,
		"to nothing":       {proof("urn:a", "urn:z")},
		"to nothing later": {proof("urn:a", "urn:b"), proof("urn:b", "urn:z")},
	} {
		_, err := verifyFirst(t, []byte(`{"proof":[`+strings.Join(list, ",")+`]}`), testSigner(1).Public(), nil)
		wantError(t, name, err, (*ChainError)(nil))
	}
	many := strings.Repeat(proof("urn:a", "urn:b")+",", MaxProofs) + proof("urn:a", "urn:b")
	_, err := verifyFirst(t, []byte(`{"proof":[`+many+`]}`), testSigner(1).Public(), nil)
	wantError(t, "too many proofs", err, (*MalformedError)(nil))
	_, err = Sign([]byte(plainCredential), &SignOptions{
		Suite: "eddsa-rdfc-2022", Signer: testSigner(1), VerificationMethod: "did:example:x", PreviousProof: []string{"urn:z"},
	})
	wantError(t, "sign upon nothing", err, (*ChainError)(nil))
	_, err = Sign([]byte(mustSign(t, plainCredential, SignOptions{ID: "urn:a"})), &SignOptions{
		Suite: "eddsa-rdfc-2022", Signer: testSigner(1), VerificationMethod: "did:example:x", ID: "urn:a",
	})
	wantError(t, "sign under an id that is taken", err, (*ChainError)(nil))
}

// TestContextOfProof: a proof's own contexts have to be the document's first ones (P14), and what was appended to the
// document's afterwards is not covered.
func TestContextOfProof(t *testing.T) {
	const more = `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`
	pub := testSigner(1).Public()
	jcs := mustSign(t, plainCredential, SignOptions{Suite: "eddsa-jcs-2022"})
	r, err := verifyFirst(t, []byte(change(t, jcs, `/v2"]`, `/v2", `+more+`]`)), pub, nil)
	if err != nil || !reflect.DeepEqual(r.Uncovered, []string{"/@context/1"}) {
		t.Errorf("a context appended: %+v, %v; want it uncovered", r, err)
	}
	_, err = verifyFirst(t, []byte(change(t, jcs, `"@context": [`, `"@context": [`+more+`,`)), pub, nil)
	wantError(t, "a context in front", err, (*MalformedError)(nil))
	_, err = verifyFirst(t, []byte(change(t, jcs, `"@context": ["https://www.w3.org/ns/credentials/v2"],`, ``)), pub, nil)
	wantError(t, "no context", err, (*MalformedError)(nil))
	_, err = verifyFirst(t, []byte(change(t, jcs, `"@context":["https://www.w3.org/ns/credentials/v2"]`, `"@context":[]`)), pub, nil)
	wantError(t, "the proof's own emptied", err, (*SignatureError)(nil))

	rdfc := mustSign(t, plainCredential, SignOptions{})
	own := change(t, rdfc, `"created"`, `"@context":"https://www.w3.org/ns/credentials/v2","created"`)
	if _, err := verifyFirst(t, []byte(own), pub, nil); err != nil {
		t.Errorf("a proof that repeats the context: %v", err)
	}
	_, err = verifyFirst(t, []byte(change(t, rdfc, `"created"`, `"@context":[`+more+`],"created"`)), pub, nil)
	wantError(t, "a context of the proof's own", err, (*MalformedError)(nil))
	_, err = verifyFirst(t, []byte(change(t, rdfc, `["https://www.w3.org/ns/credentials/v2"]`, `["https://www.w3.org/ns/credentials/v2","https://evil.example/"]`)), pub, nil)
	wantError(t, "an unknown context", err, (*jsonld.ContextError)(nil))
}

// TestPoison: a graph that canonicalization cannot get through is refused in time, by signing and by verifying (L16).
func TestPoison(t *testing.T) {
	poison := vectors.File(t, "json/vc/076-clique-20.json")
	start := time.Now()
	_, err := Sign(poison, &SignOptions{Suite: "eddsa-rdfc-2022", Signer: testSigner(1), VerificationMethod: "did:example:x#k"})
	wantError(t, "sign poison", err, (*rdf.WorkLimitError)(nil))
	doc := parse(t, poison)
	p := Proofs(parse(t, []byte(mustSign(t, plainCredential, SignOptions{}))))[0]
	_, err = Verify(doc, p, testSigner(1).Public(), nil)
	wantError(t, "verify poison", err, (*rdf.WorkLimitError)(nil))
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %v", d)
	}
}

// TestPartsAndWrapper: the wrapper's proof covers its parts, and a part's proof the part alone (C03, C04).
func TestPartsAndWrapper(t *testing.T) {
	record := string(vectors.File(t, "perf/clr-std-10.json"))
	doc := parse(t, []byte(record))
	for i, v := range nested(doc) {
		method := Proofs(v)[0].VerificationMethod
		raw := string(v.Raw())
		bent := parse(t, []byte(strings.Replace(record, raw, change(t, raw, `"validFrom":"20`, `"validFrom":"19`), 1)))
		part := bent.At("/credentialSubject/verifiableCredential/" + itoa(i))
		_, err := Verify(part, Proofs(part)[0], methodKey(t, method), nil)
		wantError(t, "part "+itoa(i), err, (*SignatureError)(nil))
		whole := Proofs(bent)[0]
		_, err = Verify(bent, whole, methodKey(t, whole.VerificationMethod), nil)
		wantError(t, "wrapper of part "+itoa(i), err, (*SignatureError)(nil))
		for j, other := range nested(bent) {
			if p := Proofs(other)[0]; j != i {
				if _, err := Verify(other, p, methodKey(t, p.VerificationMethod), nil); err != nil {
					t.Errorf("part %d with part %d bent: %v", j, i, err)
				}
			}
		}
	}
}
