package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/present"
)

// These tests make the statements of the W3C suites against the door, one by one, as their runners call it. The runners
// themselves are not in any package registry; docs/conformance.md says how they were run.

func suiteDoor(t *testing.T) (http.Handler, map[string]string) {
	t.Helper()
	h, err := NewVCAPI(Deps{}, "https://demo.example")
	if err != nil {
		t.Fatal(err)
	}
	dids := map[string]string{}
	_, list := ask(t, h, http.MethodGet, "/vc-api/issuers", "")
	for name, id := range list.Members() {
		dids[name] = id.Text()
	}
	return h, dids
}

// complete does what the suite's runner does to an input: it names the issuer and fills in dates.
func complete(t *testing.T, c *vectors.Case, issuer string) string {
	t.Helper()
	s := strings.ReplaceAll(strings.ReplaceAll(string(c.Input(t)), "PAST DATE", "2020-01-01T00:00:00Z"), "FUTURE DATE", "2999-01-01T00:00:00Z")
	if strings.HasSuffix(c.ID, "no-issuer-fail") {
		return s
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		t.Fatal(err)
	}
	switch v := m["issuer"].(type) {
	case nil:
		m["issuer"] = issuer
	case map[string]any:
		if id, ok := v["id"]; !ok || strings.HasSuffix(c.ID, "-ok") && id != nil {
			v["id"] = issuer
		}
	case string:
		if strings.HasPrefix(v, "did:") || strings.HasPrefix(v, "https:") {
			m["issuer"] = issuer
		}
	}
	b, err := ijson.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// untold: see the test of the same vectors in package vc.
var untold = map[string]bool{
	"vcdm20/presentation-self-asserted-vc-issuer-mismatch": true,
	"vcdm20/presentation-self-asserted-vc-no-holder":       true,
}

// TestSuiteDataModel: what the suite for VC Data Model 2.0 sends to be issued is issued or refused as it says; what is
// issued verifies.
func TestSuiteDataModel(t *testing.T) {
	h, dids := suiteDoor(t)
	vectors.Open(t, "vcdm20").Run(t, func(t *testing.T, c *vectors.Case) {
		if untold[c.ID] {
			t.Skip("the suite accepts inputs of the same form")
		}
		if !strings.Contains(c.Kind, "credential") {
			presentationCase(t, h, c)
			return
		}
		status, res := ask(t, h, http.MethodPost, "/vc-api/credentials/issue", `{"credential":`+complete(t, c, dids[defaultIssuer])+`}`)
		want := map[string]int{"accept": http.StatusCreated}[c.Expect]
		if want == 0 {
			want = http.StatusBadRequest
		}
		if status != want {
			t.Fatalf("want %s (%s), got %d: %s", c.Expect, c.Reason, status, res.Raw())
		}
		if status == http.StatusCreated && !strings.Contains(c.ID, "validfrom-far-future") {
			status, res = ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+string(res.Get("verifiableCredential").Raw())+`,"options":{"checks":["proof"]}}`)
			if status != http.StatusOK {
				t.Errorf("what was issued is not verified: %d %s", status, res.Get("errors").Raw())
			}
		}
	})
}

// presentationCase signs a presentation as the suite's runner does and has it verified.
func presentationCase(t *testing.T, h http.Handler, c *vectors.Case) {
	t.Helper()
	status, res := ask(t, h, http.MethodPost, "/vc-api/presentations/verify", `{"verifiablePresentation":`+string(signedInput(t, c.Input(t)))+`,"options":{"challenge":"c","domain":"d","checks":["proof"]}}`)
	if got := status == http.StatusOK; got != (c.Expect == "accept") {
		t.Errorf("want %s (%s), got %d: %s", c.Expect, c.Reason, status, res.Get("errors").Raw())
	}
}

// TestSuiteProofs: the published vectors of Data Integrity EdDSA and ECDSA pass the proof check, and each with a changed
// proofValue, type, cryptosuite or purpose, or a proof for another domain, does not.
func TestSuiteProofs(t *testing.T) {
	h, dids := suiteDoor(t)
	for _, suite := range []string{"eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019-p384", "ecdsa-jcs-2019-p256", "ecdsa-jcs-2019-p384"} {
		t.Run(suite, func(t *testing.T) {
			status, res := ask(t, h, http.MethodPost, "/vc-api/issuers/"+suite+"/credentials/issue", `{"credential":`+strings.Replace(plainCredential, "ISSUER", dids[suite], 1)+`}`)
			if status != http.StatusCreated {
				t.Fatalf("issue: %d %s", status, res.Raw())
			}
			good := string(res.Get("verifiableCredential").Raw())
			proof := res.At("/verifiableCredential/proof")
			if name, _, _ := strings.Cut(suite, "-p"); proof.Get("cryptosuite").Text() != name || proof.Get("type").Text() != "DataIntegrityProof" || !strings.HasPrefix(proof.Get("proofValue").Text(), "z") {
				t.Errorf("the proof: %s", proof.Raw())
			}
			for what, change := range map[string][2]string{
				"type":               {`"DataIntegrityProof"`, `"UnknownProofType"`},
				"cryptosuite":        {`"cryptosuite":"`, `"cryptosuite":"un`},
				"purpose":            {`"assertionMethod"`, `"invalidPurpose"`},
				"proofValue header":  {`"proofValue":"z`, `"proofValue":"u`},
				"created":            {`Z","verificationMethod`, `","verificationMethod`},
				"verificationMethod": {`"verificationMethod":"did:key:z`, `"verificationMethod":"did:key:y`},
				"a claim":            {`did:example:subject`, `did:example:another`},
				"an undefined term":  {`"credentialSubject":{`, `"credentialSubject":{"undefinedTerm":1,`},
			} {
				bad := strings.Replace(good, change[0], change[1], 1)
				if bad == good {
					if what == "created" {
						continue // the members stand in another order
					}
					t.Errorf("%s: the change changes nothing in %s", what, good)
				}
				if status, _ := ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+bad+`}`); status != http.StatusBadRequest {
					t.Errorf("%s changed: %d", what, status)
				}
			}
		})
	}
}

// TestSuitePublished: the specifications' own signed examples.
func TestSuitePublished(t *testing.T) {
	h, _ := suiteDoor(t)
	for _, suite := range []string{"di-proof-chain"} {
		vectors.Open(t, suite).Run(t, func(t *testing.T, c *vectors.Case) {
			status, res := ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+string(c.Input(t))+`,"options":{"checks":["proof"]}}`)
			if got := status == http.StatusOK; got != (c.Expect == "valid") {
				t.Errorf("want %s (%s), got %d: %s", c.Expect, c.Reason, status, res.Get("errors").Raw())
			}
		})
	}
	for _, path := range []string{"di-eddsa/eddsa-rdfc-2022/signedDataInt.json", "di-eddsa/eddsa-jcs-2022/signedJCS.json", "di-ecdsa/ecdsa-rdfc-2019-p256/signedECDSAP256.json", "di-ecdsa/ecdsa-rdfc-2019-p384/signedECDSAP384.json"} {
		status, res := ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+string(vectors.File(t, path))+`,"options":{"checks":["proof"]}}`)
		if status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, res.Get("errors").Raw())
		}
	}
}

// TestSuiteSelective: mandatory and selective pointers of ecdsa-sd-2023.
func TestSuiteSelective(t *testing.T) {
	h, dids := suiteDoor(t)
	const at = "/vc-api/issuers/ecdsa-sd-2023-p256/credentials/issue"
	credential := strings.Replace(strings.Replace(plainCredential, "ISSUER", dids["ecdsa-sd-2023-p256"], 1), `{"id":"did:example:subject"}`, `{"id":"did:example:subject","name":"A","description":"B"}`, 1)
	issue := func(pointers string) (int, ijson.Value) {
		return ask(t, h, http.MethodPost, at, `{"credential":`+credential+`,"options":{"mandatoryPointers":[`+pointers+`]}}`)
	}
	status, res := issue(`"/issuer"`)
	if status != http.StatusCreated {
		t.Fatalf("issue: %d %s", status, res.Raw())
	}
	base := string(res.Get("verifiableCredential").Raw())
	for _, pointers := range []string{`"/noSuchMember"`, `"issuer"`, `1`} {
		if status, res := issue(pointers); status != http.StatusBadRequest {
			t.Errorf("mandatory pointer %s: %d %s", pointers, status, res.Raw())
		}
	}
	if status, _ := ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+base+`}`); status != http.StatusBadRequest {
		t.Errorf("a base proof is verified: %d", status)
	}
	status, res = ask(t, h, http.MethodPost, "/vc-api/credentials/derive", `{"verifiableCredential":`+base+`,"options":{"selectivePointers":["/credentialSubject/name"]}}`)
	derived := string(res.Get("verifiableCredential").Raw())
	if status != http.StatusCreated || strings.Contains(derived, `"B"`) || !strings.Contains(derived, `"A"`) || !strings.Contains(derived, `"proofValue":"u`) {
		t.Fatalf("derive: %d %s", status, res.Raw())
	}
	if status, res = ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+derived+`,"options":{"checks":["proof"]}}`); status != http.StatusOK {
		t.Errorf("derived: %d %s", status, res.Get("errors").Raw())
	}
	for what, bad := range map[string]string{"without u": strings.Replace(derived, `"proofValue":"u`, `"proofValue":"`, 1), "another header": strings.Replace(derived, `"proofValue":"u2V0B`, `"proofValue":"u2V0A`, 1),
		"a changed claim": strings.Replace(derived, `"A"`, `"C"`, 1)} {
		if bad == derived {
			t.Errorf("%s: nothing was changed in %s", what, derived)
		}
		if status, _ := ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+bad+`}`); status != http.StatusBadRequest {
			t.Errorf("%s: %d", what, status)
		}
	}
}

// TestSuiteStatus: the issuer with a status, its lists, and what a set bit does.
func TestSuiteStatus(t *testing.T) {
	h, dids := suiteDoor(t)
	const at = "/vc-api/issuers/bitstring/credentials/issue"
	credential := strings.Replace(strings.Replace(plainCredential, "ISSUER", dids["bitstring"], 1), `"issuer"`, `"id":"urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a001","issuer"`, 1)
	status, res := ask(t, h, http.MethodPost, at, `{"credential":`+credential+`}`)
	entry := res.At("/verifiableCredential/credentialStatus")
	if status != http.StatusCreated || entry.Get("type").Text() != "BitstringStatusListEntry" || entry.Get("statusListIndex").Text() == "" {
		t.Fatalf("issue: %d %s", status, res.Raw())
	}
	secured := string(res.Get("verifiableCredential").Raw())
	path, ours := strings.CutPrefix(entry.Get("statusListCredential").Text(), "https://demo.example")
	if !ours {
		t.Fatalf("the list is elsewhere: %s", entry.Raw())
	}
	status, list := ask(t, h, http.MethodGet, path, "")
	if status != http.StatusOK || !strings.HasPrefix(list.At("/credentialSubject/encodedList").Text(), "u") || list.Get("proof").Len() == 0 || list.Get("issuer").Text() != dids["bitstring"] {
		t.Fatalf("the list: %d %s", status, list.Raw())
	}
	verified := func() int {
		status, _ := ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+secured+`}`)
		return status
	}
	if got := verified(); got != http.StatusOK {
		t.Errorf("in force: %d", got)
	}
	set := func(body string) int {
		status, _ := ask(t, h, http.MethodPost, "/vc-api/credentials/status", body)
		return status
	}
	const id = `"credentialId":"urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a001"`
	for body, want := range map[string]int{`{}`: 400, `{"credentialId":"urn:x:y","credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"revocation"}}`: 404,
		`{` + id + `,"credentialStatus":{"type":"Other"}}`: 400, `{` + id + `,"credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"mood"}}`: 400,
		`{` + id + `,"credentialStatus":{"type":"BitstringStatusListEntry"},"status":"yes"}`: 400} {
		if got := set(body); got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
	if got := set(`{` + id + `,"credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"revocation"}}`); got != http.StatusOK {
		t.Fatalf("revoke: %d", got)
	}
	if got := verified(); got != http.StatusBadRequest {
		t.Errorf("revoked: %d", got)
	}
	for _, index := range []string{`1`, `"-1"`, `"x"`, `"1.5"`} {
		bad := strings.Replace(credential, `"issuer"`, `"credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":`+index+`,"statusListCredential":"https://demo.example/vc-api/status-lists/revocation"},"issuer"`, 1)
		if status, res := ask(t, h, http.MethodPost, at, `{"credential":`+bad+`}`); status != http.StatusBadRequest || !strings.Contains(string(res.Raw()), "MALFORMED_VALUE_ERROR") {
			t.Errorf("statusListIndex %s: %d %s", index, status, res.Raw())
		}
	}
	if status, _ := ask(t, h, http.MethodGet, "/vc-api/status-lists/mood", ""); status != http.StatusNotFound {
		t.Errorf("a list that is not there: %d", status)
	}
}

// TestSuiteSuspension: what the runner for Bitstring Status List does with an issuer of suspensions: issue, verify, suspend,
// ask that the list be published, verify again with the checks that it names.
func TestSuiteSuspension(t *testing.T) {
	h, dids := suiteDoor(t)
	credential := strings.Replace(strings.Replace(plainCredential, "ISSUER", dids[suspendIssuer], 1), `"type"`, `"id":"urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a002","type"`, 1)
	status, res := ask(t, h, http.MethodPost, "/vc-api/issuers/"+suspendIssuer+"/credentials/issue", `{"credential":`+credential+`}`)
	secured := res.Get("verifiableCredential")
	if status != http.StatusCreated || secured.At("/credentialStatus/statusPurpose").Text() != "suspension" || secured.Get("proof").Kind() != ijson.Object {
		t.Fatalf("issue: %d %s", status, res.Raw())
	}
	check := func(checks string) int {
		status, res := ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+string(secured.Raw())+`,"options":{"checks":`+checks+`}}`)
		if res.Get("verified").Bool() != (status == http.StatusOK) {
			t.Errorf("%d and verified %s", status, res.Get("verified").Raw())
		}
		return status
	}
	const both = `["proof","credentialStatus"]`
	if got := check(both); got != http.StatusOK {
		t.Errorf("in force: %d", got)
	}
	if status, _ := ask(t, h, http.MethodPost, "/vc-api/credentials/status", `{"credentialId":"`+secured.Get("id").Text()+`","credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"suspension"}}`); status != http.StatusOK {
		t.Fatalf("suspend: %d", status)
	}
	for path, want := range map[string]int{"suspension": http.StatusNoContent, "mood": http.StatusNotFound} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/vc-api/status-lists/"+path+"/publish", strings.NewReader("{}"))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("publish %s: %d, want %d", path, w.Code, want)
		}
	}
	if got := check(both); got != http.StatusBadRequest {
		t.Errorf("suspended, with its status: %d", got)
	}
	if got := check(`["proof"]`); got != http.StatusOK {
		t.Errorf("suspended, its proof alone: %d", got)
	}
}

// TestSuitePurpose: a verifier that expects another proofPurpose refuses.
func TestSuitePurpose(t *testing.T) {
	h, dids := suiteDoor(t)
	_, res := ask(t, h, http.MethodPost, "/vc-api/credentials/issue", `{"credential":`+strings.Replace(plainCredential, "ISSUER", dids[defaultIssuer], 1)+`}`)
	for purpose, want := range map[string]int{"assertionMethod": http.StatusOK, "authentication": http.StatusBadRequest} {
		status, _ := ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+string(res.Get("verifiableCredential").Raw())+`,"options":{"checks":["proof"],"expectedProofPurpose":"`+purpose+`"}}`)
		if status != want {
			t.Errorf("%s expected: %d, want %d", purpose, status, want)
		}
	}
}

// TestSuiteOccasion: a presentation is held to challenge and domain.
func TestSuiteOccasion(t *testing.T) {
	h, dids := suiteDoor(t)
	_, res := ask(t, h, http.MethodPost, "/vc-api/credentials/issue", `{"credential":`+strings.Replace(plainCredential, "ISSUER", dids[defaultIssuer], 1)+`}`)
	wrapped, err := present.Wrap([][]byte{res.Get("verifiableCredential").Raw()}, "")
	if err != nil {
		t.Fatal(err)
	}
	signed := string(signedInput(t, wrapped))
	for options, want := range map[string]int{`{"challenge":"c","domain":"d","checks":["proof"]}`: 200, `{"challenge":"x","domain":"d","checks":["proof"]}`: 400, `{"challenge":"c","domain":"x","checks":["proof"]}`: 400} {
		if status, res := ask(t, h, http.MethodPost, "/vc-api/presentations/verify", `{"verifiablePresentation":`+signed+`,"options":`+options+`}`); status != want {
			t.Errorf("%s: %d %s", options, status, res.Get("errors").Raw())
		}
	}
}

// holderKey is a holder of tests.
func holderKey(t *testing.T) present.Key {
	t.Helper()
	signer, err := key.Generate("ed25519")
	if err != nil {
		t.Fatal(err)
	}
	id := did.Key(signer.Public())
	return present.Key{Signer: signer, Holder: id, VerificationMethod: id + "#" + strings.TrimPrefix(id, "did:key:")}
}

// signedInput signs an unsigned presentation for challenge c and domain d, whatever is wrong with it; what cannot be
// signed goes out as it is.
func signedInput(t *testing.T, unsigned []byte) []byte {
	t.Helper()
	k := holderKey(t)
	b, err := dataintegrity.Sign(unsigned, &dataintegrity.SignOptions{Suite: "eddsa-rdfc-2022", Signer: k.Signer, VerificationMethod: k.VerificationMethod,
		Purpose: "authentication", Challenge: "c", Domain: "d"})
	if err != nil {
		return unsigned
	}
	return b
}
