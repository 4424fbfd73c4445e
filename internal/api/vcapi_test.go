package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
)

func ask(t *testing.T, h http.Handler, method, path, body string) (int, ijson.Value) {
	t.Helper()
	res := httptest.NewRecorder()
	h.ServeHTTP(res, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
	doc, err := ijson.Parse(res.Body.Bytes(), nil)
	if err != nil {
		t.Fatalf("%s: answer is no JSON: %v\n%s", path, err, res.Body)
	}
	return res.Code, doc.Root()
}

const plainCredential = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"ISSUER","credentialSubject":{"id":"did:example:subject"}}`

// TestVCAPI: each issuer signs, the result verifies, and a changed subject does not.
func TestVCAPI(t *testing.T) {
	h, err := NewVCAPI(Deps{}, "https://demo.example")
	if err != nil {
		t.Fatal(err)
	}
	_, issuers := ask(t, h, http.MethodGet, "/vc-api/issuers", "")
	if want := len(testIssuers) + 1; issuers.Len() != want { // one of the table has two names, for two purposes
		t.Fatalf("%d issuers, want %d", issuers.Len(), want)
	}
	for name, id := range issuers.Members() {
		t.Run(name, func(t *testing.T) {
			status, res := ask(t, h, http.MethodPost, "/vc-api/issuers/"+name+"/credentials/issue", `{"credential":`+strings.Replace(plainCredential, "ISSUER", id.Text(), 1)+`}`)
			if status != http.StatusCreated {
				t.Fatalf("issue: status %d, %s", status, res.Raw())
			}
			credential := string(res.Get("verifiableCredential").Raw())
			if strings.HasPrefix(name, "ecdsa-sd") {
				if status, res = ask(t, h, http.MethodPost, "/vc-api/credentials/derive", `{"verifiableCredential":`+credential+`,"options":{"selectivePointers":["/credentialSubject"]}}`); status != http.StatusCreated {
					t.Fatalf("derive: status %d, %s", status, res.Raw())
				}
				credential = string(res.Get("verifiableCredential").Raw())
			}
			status, res = ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+credential+`,"options":{"checks":["proof"]}}`)
			if status != http.StatusOK || !res.Get("verified").Bool() {
				t.Errorf("verify: status %d, %s", status, res.Get("errors").Raw())
			}
			changed := strings.Replace(credential, "did:example:subject", "did:example:another", 1)
			if name == tokenIssuer {
				changed = strings.Replace(credential, ".ey", ".eyJ4IjoxLCJ", 1)
			}
			if status, _ = ask(t, h, http.MethodPost, "/vc-api/credentials/verify", `{"verifiableCredential":`+changed+`}`); status != http.StatusBadRequest {
				t.Errorf("a changed subject: status %d, want 400", status)
			}
		})
	}
}

func TestVCAPIRefuses(t *testing.T) {
	h, err := NewVCAPI(Deps{}, "https://demo.example")
	if err != nil {
		t.Fatal(err)
	}
	for path, bodies := range map[string][]string{
		"/vc-api/credentials/issue":    {`{}`, `{"credential":{}}`, `{"credential":{"@context":"https://www.w3.org/ns/credentials/v2","type":"VerifiableCredential"}}`, `[`},
		"/vc-api/credentials/verify":   {`{"options":{}}`, `{"verifiableCredential":{}}`, ``},
		"/vc-api/credentials/derive":   {`{"verifiableCredential":{}}`},
		"/vc-api/presentations/verify": {`{"verifiablePresentation":{}}`},
	} {
		for _, body := range bodies {
			if status, res := ask(t, h, http.MethodPost, path, body); status != http.StatusBadRequest {
				t.Errorf("%s %s: status %d, %s", path, body, status, res.Raw())
			}
		}
	}
}
