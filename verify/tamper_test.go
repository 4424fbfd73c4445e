package verify

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/openlaurel/laurel/fetch"
)

const alice, bob = "did:example:alice", "did:example:bob"

func TestTampering(t *testing.T) {
	north, south := newInstitution(t, "north.example"), newInstitution(t, "south.example")
	maps.Copy(north.docs, south.docs)
	algebra := north.badge(t, "a0000000-0000-4000-8000-000000000001", alice)
	logic := south.badge(t, "a0000000-0000-4000-8000-000000000002", alice)
	ofBob := south.badge(t, "a0000000-0000-4000-8000-000000000003", bob)
	record := north.record(t, alice, []string{algebra, logic})
	control := north.verify(t, record)
	if control.Verdict != Verified || control.Summary != (Summary{Total: 3, Verified: 3}) {
		t.Fatalf("control: %s %+v\n%s", control.Verdict, control.Summary, told(control, ""))
	}
	stranger := newInstitution(t, "stranger.example")

	for name, tc := range map[string]struct {
		doc  string
		want Verdict
		code string
	}{
		"changed grade":                             {strings.Replace(record, `"value": "C"`, `"value": "A"`, 1), Failed, "proof.signature-mismatch"},
		"changed grade of a badge":                  {strings.Replace(algebra, `"value": "C"`, `"value": "A"`, 1), Failed, "proof.signature-mismatch"},
		"swapped child":                             {strings.Replace(record, logic, ofBob, 1), Failed, "subject.other-person"},
		"foreign subject":                           {north.record(t, alice, []string{algebra, ofBob}), Failed, "subject.other-person"},
		"expired wrapper":                           {north.record(t, alice, []string{algebra}, `"validFrom": "2026-06-01T00:00:00Z",`, `"validFrom": "2020-01-01T00:00:00Z", "validUntil": "2021-01-01T00:00:00Z",`), Failed, "validity.expired"},
		"not yet valid":                             {north.badge(t, "x", alice, "2026-05-31", "2027-05-31"), Failed, "validity.not-yet"},
		"backwards":                                 {north.badge(t, "x", alice, `"validFrom"`, `"validUntil": "2026-05-30T00:00:00Z", "validFrom"`), Failed, "validity.backwards"},
		"wrong context order":                       {strings.Replace(algebra, `"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`, `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://www.w3.org/ns/credentials/v2"`, 1), Failed, "context.base"},
		"unknown context":                           {strings.Replace(algebra, `context-3.0.3.json"]`, `context-3.0.3.json", "https://evil.example/context"]`, 1), Indeterminate, "context.unknown"},
		"undefined term":                            {strings.Replace(algebra, `"value": "C"`, `"grade": "A+", "value": "C"`, 1), Failed, "context.undefined-term"},
		"missing key":                               {strings.Replace(algebra, "#key-1", "#key-2", 1), Failed, "proof.key-not-found"},
		"key of another issuer":                     {stranger.signWith(t, unsigned(t, algebra), "eddsa-rdfc-2022", "did:web:stranger.example#key-1"), Failed, "issuer.key-not-the-issuers"},
		"forged with own key":                       {stranger.signWith(t, unsigned(t, algebra), "eddsa-rdfc-2022", "did:web:north.example#key-1"), Failed, "proof.signature-mismatch"},
		"unreachable host":                          {strings.ReplaceAll(algebra, "north.example", "gone.example"), Indeterminate, "proof.key-unresolved"},
		"broken UTF-8":                              {strings.Replace(algebra, "Algebra", "Alg\xffbra", 1), Failed, "format.json-encoding"},
		"duplicate member":                          {strings.Replace(algebra, `"name": "Algebra"`, `"name": "Algebra", "name": "Topology"`, 1), Failed, "format.json-duplicate-name"},
		"seal stripped":                             {unsigned(t, algebra), Failed, "proof.missing"},
		"child's seal stripped":                     {north.record(t, alice, []string{unsigned(t, algebra)}), Indeterminate, "proof.unsigned-part"},
		"other purpose":                             {strings.Replace(algebra, "assertionMethod", "authentication", 1), Failed, "proof.purpose"},
		"unknown suite":                             {strings.Replace(algebra, "eddsa-rdfc-2022", "eddsa-rdfc-2099", 1), Indeterminate, "proof.unknown-suite"},
		"proof value of one seal on another":        {strings.Replace(logic, between(t, logic, `"proofValue":"`, `"`), between(t, algebra, `"proofValue":"`, `"`), 1), Failed, "proof.signature-mismatch"},
		"one good seal and one bad":                 {strings.Replace(north.sign(t, algebra), between(t, algebra, `"proofValue":"`, `"`), between(t, logic, `"proofValue":"`, `"`), 1), Failed, "proof.signature-mismatch"},
		"a seal of no known kind beside a good one": {strings.Replace(algebra, `"proof":[`, `"proof":[{"type":"SealOfApproval2020","proofPurpose":"assertionMethod"},`, 1), Failed, "context.undefined-term"},
		"a seal of the future beside a good one":    {strings.Replace(algebra, `"proof":[`, `"proof":[{"type":"DataIntegrityProof","cryptosuite":"mldsa-rdfc-2030","verificationMethod":"did:web:north.example#pq","proofPurpose":"assertionMethod","proofValue":"z1"},`, 1), Verified, "proof.unknown-suite"},
		"a picture":                                 {"\x89PNG\r\n\x1a\n", Failed, "format.carrier-damaged"},
		"nothing":                                   {"", Failed, "format.empty"},
		"a web page":                                {"<html><body>hello", Failed, "format.unrecognised"},
		"record of nothing":                         {north.sign(t, strings.Replace(unsigned(t, record), algebra+",\n"+logic, "", 1)), Failed, "nested.empty"},
		"dangling result":                           {north.badge(t, "x", alice, `"resultDescription": "urn:uuid:rd-x"`, `"resultDescription": "urn:uuid:elsewhere"`), Verified, "result.dangling"},
		"result off the scale":                      {north.badge(t, "x", alice, `"value": "C"`, `"value": "Z"`), Verified, "result.out-of-range"},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, north.verify(t, tc.doc), tc.want, tc.code)
		})
	}
}

func between(t testing.TB, s, before, after string) string {
	t.Helper()
	_, rest, ok := strings.Cut(s, before)
	value, _, ok2 := strings.Cut(rest, after)
	if !ok || !ok2 {
		t.Fatalf("no %s in %s", before, s)
	}
	return value
}

// unsigned takes the last proof member out.
func unsigned(t testing.TB, doc string) string {
	t.Helper()
	i := strings.LastIndex(doc, `"proof"`)
	if i < 0 {
		t.Fatal("no proof")
	}
	end := strings.LastIndexByte(doc, '}')
	return strings.TrimRight(doc[:i], ", \n\t") + doc[end:]
}

func TestStatus(t *testing.T) {
	north := newInstitution(t, "north.example")
	mallory := newInstitution(t, "mallory.example")
	maps.Copy(north.docs, mallory.docs)
	north.publishList(t, "revocation", 7)
	north.publishList(t, "suspension", 9)
	with := func(index int, purpose string) string {
		return north.badge(t, "x", alice, `"name": "Algebra",`+"\n\t"+`"issuer"`, north.statusEntry(index, purpose)+`: "Algebra", "issuer"`)
	}
	wantCode(t, north.verify(t, with(8, "revocation")), Verified, "status.clear")
	wantCode(t, north.verify(t, with(7, "revocation")), Failed, "status.revoked")
	wantCode(t, north.verify(t, with(9, "suspension")), Failed, "status.suspended")
	wantCode(t, north.verify(t, with(1<<20, "revocation")), Indeterminate, "status.range")
	wantCode(t, north.verify(t, strings.Replace(with(8, "revocation"), `"8"`, `"9"`, 1)), Failed, "proof.signature-mismatch")
	offline := fetch.Static{}
	for url, doc := range north.docs {
		if strings.Contains(url, "did.json") {
			offline[url] = doc
		}
	}
	wantCode(t, Verify(t.Context(), []byte(with(8, "revocation")), &Options{Fetcher: offline, Now: day}), Indeterminate, "status.unavailable")

	// Two entries, the second one set: every entry counts.
	two := north.badge(t, "x", alice, `"name": "Algebra",`+"\n\t"+`"issuer"`,
		strings.NewReplacer(`"credentialStatus": {`, `"credentialStatus": [{`, `}, "name"`, `}, `+strings.TrimSuffix(strings.TrimPrefix(north.statusEntry(9, "suspension"), `"credentialStatus": `), `, "name"`)+`], "name"`).
			Replace(north.statusEntry(8, "revocation"))+`: "Algebra", "issuer"`)
	wantCode(t, north.verify(t, two), Failed, "status.suspended")

	// A list by somebody else says nothing when it is clear.
	url := "https://north.example/status/revocation"
	list := string(north.docs[url])
	own := north.docs[url]
	north.docs[url] = []byte(strings.ReplaceAll(mallory.sign(t, strings.Replace(unsigned(t, list), north.id, mallory.id, 1)), "\r", ""))
	wantCode(t, north.verify(t, with(8, "revocation")), Indeterminate, "status.list-issuer")
	north.docs[url] = []byte(unsigned(t, list))
	wantCode(t, north.verify(t, with(8, "revocation")), Indeterminate, "status.list-proof")
	north.docs[url] = []byte("<html>")
	wantCode(t, north.verify(t, with(8, "revocation")), Indeterminate, "status.list-unusable")
	north.docs[url] = own
	late := Verify(t.Context(), []byte(with(8, "revocation")), &Options{Fetcher: north.docs, Now: day.AddDate(-2, 0, 0)})
	wantCode(t, late, Failed, "validity.not-yet")
}

func TestNothingIsFetchedForAForgery(t *testing.T) {
	north := newInstitution(t, "north.example")
	doc := north.badge(t, "x", alice, `"name": "Algebra",`+"\n\t"+`"issuer"`, north.statusEntry(1, "revocation")+`: "Algebra", "issuer"`)
	forged := strings.Replace(doc, `"value": "C"`, `"value": "A"`, 1)
	seen := &recorder{under: north.docs}
	Verify(t.Context(), []byte(forged), &Options{Fetcher: seen, Now: day})
	for _, url := range seen.urls {
		if strings.Contains(url, "/status/") {
			t.Errorf("asked for %s on the word of a forged document", url)
		}
	}
	// A key outside the issuer's own identifier and origin is not asked for.
	seen = &recorder{under: north.docs}
	Verify(t.Context(), []byte(strings.Replace(doc, "did:web:north.example#key-1", "https://tracker.example/key#1", 1)), &Options{Fetcher: seen, Now: day})
	if len(seen.urls) != 0 {
		t.Errorf("asked for %v", seen.urls)
	}
}

func TestBudget(t *testing.T) {
	north := newInstitution(t, "north.example")
	var badges []string
	for i := range 30 {
		other := newInstitution(t, fmt.Sprintf("n%d.example", i))
		maps.Copy(north.docs, other.docs)
		badges = append(badges, other.badge(t, fmt.Sprintf("b%d", i), alice))
	}
	seen := &recorder{under: north.docs}
	doc := []byte(north.record(t, alice, badges))
	r := Verify(t.Context(), doc, &Options{Fetcher: seen, Now: day})
	if len(seen.urls) > MaxFetches {
		t.Errorf("%d documents were asked for, more than %d", len(seen.urls), MaxFetches)
	}
	wantCode(t, r, Indeterminate, "proof.key-unresolved")
	first, _ := r.JSON()
	for range 5 {
		again, _ := Verify(t.Context(), doc, &Options{Fetcher: north.docs, Now: day}).JSON()
		if string(again) != string(first) {
			t.Fatal("two verifications of one record differ")
		}
	}
}

func TestRefresh(t *testing.T) {
	north := newInstitution(t, "north.example")
	const service = `"refreshService": {"id": "https://north.example/refresh/1", "type": "1EdTechCredentialRefresh"}, "name"`
	extensions := []string{`context-3.0.3.json"]`, `context-3.0.3.json", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`,
		`"name": "Algebra",` + "\n\t" + `"issuer"`, service + `: "Algebra", "issuer"`}
	old := north.badge(t, "x", alice, extensions...)
	newer := north.badge(t, "x", alice, append(extensions, "2026-05-31", "2026-05-31T12:00:00Z"[:10], `"value": "C"`, `"value": "B"`, "T00:00:00Z", "T12:00:00Z")...)
	north.docs["https://north.example/refresh/1"] = []byte(newer)
	r := north.verify(t, old)
	wantCode(t, r, Verified, "refresh.newer-used")
	if string(r.Refreshed) != newer || string(r.Credential) != old {
		t.Error("the report does not hold both versions")
	}
	north.docs["https://north.example/refresh/1"] = []byte(strings.Replace(newer, `"value": "B"`, `"value": "A"`, 1))
	wantCode(t, north.verify(t, old), Verified, "refresh.ignored")
	north.docs["https://north.example/refresh/1"] = []byte(north.badge(t, "y", alice))
	wantCode(t, north.verify(t, old), Verified, "refresh.ignored")
	north.docs["https://north.example/refresh/1"] = []byte(old)
	wantCode(t, north.verify(t, newer), Verified, "refresh.ignored")
	delete(north.docs, "https://north.example/refresh/1")
	wantCode(t, north.verify(t, old), Verified, "refresh.unavailable")
}

func TestRecipient(t *testing.T) {
	north := newInstitution(t, "north.example")
	doc := []byte(north.badge(t, "x", alice, `"type": ["AchievementSubject"],`, `"type": ["AchievementSubject"], "identifier": [{"type": "IdentityObject", "identityType": "emailAddress", "hashed": true, "identityHash": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399", "salt": "Kosher"}],`))
	for value, code := range map[Recipient]string{
		{"emailAddress", "a@example.com"}: "recipient.matches", {"id", alice}: "recipient.matches",
		{"emailAddress", "b@example.com"}: "recipient.other", {"name", "a@example.com"}: "recipient.other",
	} {
		r := Verify(t.Context(), doc, &Options{Fetcher: north.docs, Now: day, Recipients: []Recipient{value}})
		wantCode(t, r, Verified, code)
	}
}

// A recorder remembers what was asked for.
type recorder struct {
	under fetch.Fetcher
	mu    sync.Mutex
	urls  []string
}

func (r *recorder) Fetch(ctx context.Context, url, accept string) (*fetch.Response, error) {
	r.mu.Lock()
	r.urls = append(r.urls, url)
	r.mu.Unlock()
	return r.under.Fetch(ctx, url, accept)
}
