package verify

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/statuslist"
)

// An institution of the tests: a did:web with one key, and the documents that it publishes.
type institution struct {
	id     string
	signer ed25519.PrivateKey
	docs   fetch.Static
}

var day = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func newInstitution(t testing.TB, host string) *institution {
	t.Helper()
	seed := sha256.Sum256([]byte(host))
	i := &institution{id: "did:web:" + host, signer: ed25519.NewKeyFromSeed(seed[:]), docs: fetch.Static{}}
	multikey, err := key.Multikey(i.signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	i.docs["https://"+host+"/.well-known/did.json"] = fmt.Appendf(nil, `{"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],"id":%[1]q,
	"verificationMethod":[{"id":"%[1]s#key-1","type":"Multikey","controller":%[1]q,"publicKeyMultibase":%[2]q}],"assertionMethod":["%[1]s#key-1"]}`, i.id, multikey)
	return i
}

func (i *institution) sign(t testing.TB, doc string) string {
	t.Helper()
	return i.signWith(t, doc, "eddsa-rdfc-2022", i.id+"#key-1")
}

func (i *institution) signWith(t testing.TB, doc, suite, method string) string {
	t.Helper()
	out, err := dataintegrity.Sign([]byte(doc), &dataintegrity.SignOptions{Suite: suite, Signer: i.signer, VerificationMethod: method, Created: day.Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// badge is a signed achievement credential; edit changes it before signing.
func (i *institution) badge(t testing.TB, id, learner string, edit ...string) string {
	t.Helper()
	return i.sign(t, strings.NewReplacer(edit...).Replace(fmt.Sprintf(`{
	"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
	"id": "urn:uuid:%[1]s", "type": ["VerifiableCredential", "AchievementCredential"], "name": "Algebra",
	"issuer": {"id": %[2]q, "type": ["Profile"], "name": "North College"},
	"validFrom": "2026-05-31T00:00:00Z",
	"credentialSubject": {"id": %[3]q, "type": ["AchievementSubject"],
		"achievement": {"id": "https://north.example/achievements/%[1]s", "type": ["Achievement"], "name": "Algebra", "description": "Algebra I", "criteria": {"narrative": "Pass the exam"},
			"resultDescription": [{"id": "urn:uuid:rd-%[1]s", "type": ["ResultDescription"], "name": "Grade", "resultType": "LetterGrade", "allowedValue": ["F", "C", "B", "A"]}]},
		"result": [{"type": ["Result"], "resultDescription": "urn:uuid:rd-%[1]s", "value": "C"}]}
	}`, id, i.id, learner)))
}

// record is a signed CLR of the badges.
func (i *institution) record(t testing.TB, learner string, badges []string, edit ...string) string {
	t.Helper()
	return i.sign(t, strings.NewReplacer(edit...).Replace(fmt.Sprintf(`{
	"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
	"id": "urn:uuid:00000000-0000-4000-8000-000000000001", "type": ["VerifiableCredential", "ClrCredential"], "name": "Transcript",
	"issuer": {"id": %q, "type": ["Profile"], "name": "North College"},
	"validFrom": "2026-06-01T00:00:00Z",
	"credentialSubject": {"id": %q, "type": ["ClrSubject"], "verifiableCredential": [%s]}
	}`, i.id, learner, strings.Join(badges, ",\n"))))
}

// statusEntry is what to put before a credential's name so that it has a status.
func (i *institution) statusEntry(index int, purpose string) string {
	host := strings.TrimPrefix(i.id, "did:web:")
	return fmt.Sprintf(`"credentialStatus": {"id": "https://%[1]s/status/%[2]s#%[3]d", "type": "BitstringStatusListEntry", "statusPurpose": %[2]q, "statusListIndex": "%[3]d", "statusListCredential": "https://%[1]s/status/%[2]s"}, "name"`, host, purpose, index)
}

// publishList signs and publishes a status list in which the entries are set.
func (i *institution) publishList(t testing.TB, purpose string, set ...int) string {
	t.Helper()
	bits := make([]byte, statuslist.MinEntries/8)
	for _, n := range set {
		bits[n/8] |= 1 << (7 - n%8)
	}
	encoded := statuslist.Encode(bits)
	url := "https://" + strings.TrimPrefix(i.id, "did:web:") + "/status/" + purpose
	list := i.sign(t, fmt.Sprintf(`{"@context": ["https://www.w3.org/ns/credentials/v2"], "id": %[1]q, "type": ["VerifiableCredential", "BitstringStatusListCredential"],
	"issuer": %[2]q, "validFrom": "2026-05-01T00:00:00Z", "credentialSubject": {"id": "%[1]s#list", "type": "BitstringStatusList", "statusPurpose": %[3]q, "encodedList": %[4]q}}`, url, i.id, purpose, encoded))
	i.docs[url] = []byte(list)
	return url
}

func (i *institution) verify(t testing.TB, doc string) *Report {
	t.Helper()
	return Verify(t.Context(), []byte(doc), &Options{Fetcher: i.docs, Now: day})
}

// wantCode fails the test unless the verdict is the wanted one and the finding is there.
func wantCode(t *testing.T, r *Report, want Verdict, code string) {
	t.Helper()
	_, found := r.Find(code)
	if r.Verdict != want || code != "" && !found {
		t.Errorf("got %s, want %s with %s\n%s", r.Verdict, want, code, told(r, ""))
	}
}
