package issue_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/schema"
	"github.com/openlaurel/laurel/verify"
)

func TestARecordFromBuildersToBytes(t *testing.T) {
	k := ed25519Key(t)
	parts, unsigned := newTranscript(k).build(t, k)
	for _, p := range schema.Check(parse(t, unsigned), schema.ClrCredential) {
		t.Errorf("the record breaks even the strict form: %+v", p)
	}
	for _, f := range issue.Lint(t.Context(), unsigned, nil) {
		t.Errorf("a finding about a sound record: %+v", f)
	}
	secured, report, err := issue.Secure(t.Context(), unsigned, k, &issue.Options{Created: created})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range parts {
		if !bytes.Contains(secured, p) {
			t.Errorf("part %d is not in the record byte for byte", i)
		}
	}
	if report.Own != verify.Verified || len(report.Uncovered) > 0 {
		t.Errorf("own verdict %s, uncovered %v", report.Own, report.Uncovered)
	}
	if len(report.Credentials) != 4 {
		t.Errorf("%d parts in the report", len(report.Credentials))
	}
	for _, part := range report.Credentials[1:] { // the first has a status list that nobody serves here
		if part.Verdict != verify.Verified {
			t.Errorf("%s: %s %+v", part.Path, part.Verdict, part.Findings)
		}
	}
	golden(t, "clr.unsigned.json", indent(t, unsigned))
	golden(t, "clr.json", indent(t, secured))
	again, _, err := issue.Secure(t.Context(), unsigned, k, &issue.Options{Created: created})
	if err != nil || !bytes.Equal(again, secured) {
		t.Errorf("a retry signs other bytes (%v)", err)
	}
}

// With each suite, what was built is signed and verifies as a stranger sees it.
func TestEverySuite(t *testing.T) {
	for _, c := range []struct{ alg, suite, proof string }{
		{"ed25519", "", "eddsa-rdfc-2022"},
		{"ed25519", "eddsa-jcs-2022", "eddsa-jcs-2022"},
		{"p256", "", "ecdsa-rdfc-2019"},
		{"p384", "", "ecdsa-rdfc-2019"},
		{"p256", "ecdsa-jcs-2019", "ecdsa-jcs-2019"},
		{"p256", "ecdsa-sd-2023", "ecdsa-sd-2023"},
		{"p256", "jwt:ES256", "jwt:ES256"},
		{"ed25519", "jwt:EdDSA", "jwt:EdDSA"},
		{"rsa2048", "", "jwt:RS256"},
	} {
		t.Run(c.alg+" "+c.proof, func(t *testing.T) {
			signer, err := key.Generate(c.alg)
			if err != nil {
				t.Fatal(err)
			}
			var k issue.Key
			if c.alg == "rsa2048" { // did:key has no form for RSA
				id := did.JWK(signer.Public())
				k = issue.Key{Signer: signer, VerificationMethod: id + "#0"}
			} else {
				k = keyOf(t, signer)
			}
			k.Suite = c.suite
			x := newTranscript(k)
			_, writing, _, _ := x.achievements()
			b, err := issue.Award(x.credential("1", subjectOf(writing)))
			if err != nil {
				t.Fatal(err)
			}
			secured, report, err := issue.Secure(t.Context(), b, k, nil)
			if err != nil {
				t.Fatal(err)
			}
			if report.Verdict != verify.Verified || report.Proof != c.proof || len(secured) == 0 {
				t.Errorf("verdict %s, proof %s: %+v", report.Verdict, report.Proof, report.Findings)
			}
		})
	}
}

func TestAKeyThatIsNotTheIssuersIsRefused(t *testing.T) {
	k := ed25519Key(t)
	x := newTranscript(k)
	x.issuer.ID = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
	_, writing, _, _ := x.achievements()
	b, err := issue.Award(x.credential("1", subjectOf(writing)))
	if err != nil {
		t.Fatal(err)
	}
	secured, _, err := issue.Secure(t.Context(), b, k, nil)
	var refusal *issue.Refusal
	if !errors.As(err, &refusal) || secured != nil {
		t.Fatalf("signed for somebody else: %v", err)
	}
	if !strings.Contains(refusal.Error(), "issue: ") || refusal.Findings[0].Check != "issuer" {
		t.Errorf("refused because %v", refusal)
	}
}

func TestSecureWithoutAKey(t *testing.T) {
	if _, _, err := issue.Secure(t.Context(), []byte(`{}`), issue.Key{}, nil); err == nil {
		t.Error("signed without a key")
	}
}

// Many records are signed at once; run with -race.
func TestConcurrently(t *testing.T) {
	k := ed25519Key(t)
	x := newTranscript(k)
	_, writing, _, _ := x.achievements()
	b, err := issue.Award(x.credential("1", subjectOf(writing)))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, _, err := issue.Secure(t.Context(), b, k, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkSecureAward(b *testing.B) {
	k := ed25519Key(b)
	x := newTranscript(k)
	_, writing, _, _ := x.achievements()
	doc, err := issue.Award(x.credential("1", subjectOf(writing)))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := issue.Secure(b.Context(), doc, k, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// An issuer at a did:web is proven by its DID document: with it the report is verified, without it nothing fails and the
// caller is told.
func TestAnIssuerOnTheWeb(t *testing.T) {
	k := ed25519Key(t)
	_, multikey, _ := strings.Cut(k.VerificationMethod, "#")
	const issuer = "did:web:university.example"
	k.VerificationMethod = issuer + "#" + multikey
	x := newTranscript(k)
	_, writing, _, _ := x.achievements()
	b, err := issue.Award(x.credential("1", subjectOf(writing)))
	if err != nil {
		t.Fatal(err)
	}
	document := `{"@context": ["https://www.w3.org/ns/did/v1"], "id": "did:web:university.example", "assertionMethod": ["METHOD"],
		"verificationMethod": [{"id": "METHOD", "type": "Multikey", "controller": "did:web:university.example", "publicKeyMultibase": "KEY"}]}`
	document = strings.NewReplacer("METHOD", k.VerificationMethod, "KEY", multikey).Replace(document)
	own := fetch.Static{"https://university.example/.well-known/did.json": []byte(document)}
	_, report, err := issue.Secure(t.Context(), b, k, &issue.Options{Fetcher: own})
	if err != nil || report.Verdict != verify.Verified {
		t.Errorf("with the DID document: %v %+v", err, report)
	}
	_, report, err = issue.Secure(t.Context(), b, k, nil)
	if err != nil || report.Verdict != verify.Indeterminate {
		t.Errorf("without it: %v %+v", err, report)
	}
	stripped := fetch.Static{"https://university.example/.well-known/did.json": []byte(strings.Replace(document, "assertionMethod", "authentication", 1))}
	if _, _, err = issue.Secure(t.Context(), b, k, &issue.Options{Fetcher: stripped}); err == nil {
		t.Error("signed with a key that may not sign credentials")
	}
}

// Dates: what is issued ahead of its time, or has run out already, is signed; what ends before it begins is not.
func TestWindows(t *testing.T) {
	k := ed25519Key(t)
	x := newTranscript(k)
	_, writing, _, _ := x.achievements()
	for _, c := range []struct {
		from, until string
		refused     bool
	}{
		{"2999-01-01T00:00:00Z", "", false},
		{"2015-01-01T00:00:00Z", "2020-01-01T00:00:00Z", false},
		{"2020-01-01T00:00:00Z", "2015-01-01T00:00:00Z", true},
	} {
		award := x.credential("1", subjectOf(writing))
		award.ValidFrom, award.ValidUntil = ob.DateTime(c.from), ob.DateTime(c.until)
		b, err := issue.Award(award)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = issue.Secure(t.Context(), b, k, nil)
		if refused := err != nil; refused != c.refused {
			t.Errorf("from %s until %s: %v", c.from, c.until, err)
		}
	}
}

func FuzzLint(f *testing.F) {
	k := ed25519Key(f)
	_, unsigned := newTranscript(k).build(f, k)
	f.Add(unsigned)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, finding := range issue.Lint(t.Context(), b, nil) {
			if finding.Message == "" || finding.Code == "" {
				t.Errorf("%+v in %s", finding, b)
			}
		}
	})
}

// An endorsement is signed by itself and goes into what it endorses; the verifier judges both.
func TestAnEndorsedAward(t *testing.T) {
	k := ed25519Key(t)
	x := newTranscript(k)
	_, writing, _, _ := x.achievements()
	b, err := issue.Endorsement(ob.EndorsementCredential{ID: "urn:uuid:8f8b8d1e-4444-4d3a-9c53-000000000001", Name: "Endorsement", Issuer: x.issuer, ValidFrom: ob.At(created),
		CredentialSubject: ob.EndorsementSubject{ID: writing.ID, EndorsementComment: "A sound course."}})
	if err != nil {
		t.Fatal(err)
	}
	endorsement, _, err := issue.Secure(t.Context(), b, k, nil)
	if err != nil {
		t.Fatal(err)
	}
	writing.Endorsement = []json.RawMessage{endorsement}
	if b, err = issue.Award(x.credential("1", subjectOf(writing))); err != nil {
		t.Fatal(err)
	}
	_, report, err := issue.Secure(t.Context(), b, k, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.Verdict != verify.Verified || report.Summary.Verified != 2 {
		t.Errorf("%s, %+v", report.Verdict, report.Summary)
	}
}

// A status list is a credential of no learner; it is signed by the same act.
func TestAStatusList(t *testing.T) {
	k := ed25519Key(t)
	const list = `{"@context": ["https://www.w3.org/ns/credentials/v2"], "id": "https://university.example/status/1",
		"type": ["VerifiableCredential", "BitstringStatusListCredential"], "issuer": "ISSUER", "validFrom": "2026-06-01T09:00:00Z",
		"credentialSubject": {"id": "https://university.example/status/1#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
		"encodedList": "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"}}`
	_, report, err := issue.Secure(t.Context(), []byte(strings.Replace(list, "ISSUER", issuerOf(k), 1)), k, nil)
	if err != nil || report.Verdict != verify.Verified {
		t.Errorf("%v %+v", err, report)
	}
}
