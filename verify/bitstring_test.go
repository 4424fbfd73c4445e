package verify

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// jwt signs the claims as the institution.
func (i *institution) jwt(t testing.TB, claims string) string {
	t.Helper()
	b64 := base64.RawURLEncoding.EncodeToString
	input := b64(fmt.Appendf(nil, `{"alg":"EdDSA","typ":"JWT","kid":%q}`, i.id+"#key-1")) + "." + b64([]byte(claims))
	sig, err := i.signer.Sign(nil, []byte(input), crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + b64(sig)
}

// claimed is a badge as a token, whose bytes the signature covers whatever the vocabulary. The entry is its status.
func (i *institution) claimed(t testing.TB, entry string) string {
	t.Helper()
	return i.jwt(t, fmt.Sprintf(`{"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
	"id": "urn:uuid:t", "type": ["VerifiableCredential", "AchievementCredential"], "name": "Algebra", "issuer": {"id": %[1]q, "type": ["Profile"]}, "validFrom": "2026-05-31T00:00:00Z",
	"credentialSubject": {"id": %[2]q, "type": ["AchievementSubject"], "achievement": {"id": "urn:uuid:a", "type": ["Achievement"], "name": "A", "description": "A", "criteria": {"narrative": "x"}}},
	"credentialStatus": %[3]s, "iss": %[1]q, "sub": %[2]q, "jti": "urn:uuid:t", "nbf": 1780185600}`, i.id, alice, entry))
}

// republish puts the subject of a foreign list, with its bits, under the institution's own name and signature. The
// suite's own signatures cannot hold: its iss is a JSON string in a string.
func (i *institution) republish(t testing.TB, url, listType string, subject any) {
	t.Helper()
	b, err := json.Marshal(subject)
	if err != nil {
		t.Fatal(err)
	}
	i.docs[url] = []byte(i.jwt(t, fmt.Sprintf(`{"@context": ["https://www.w3.org/ns/credentials/v2"], "id": %[1]q, "type": ["VerifiableCredential", %[2]q],
	"issuer": %[3]q, "iss": %[3]q, "jti": %[1]q, "nbf": 1777593600, "validFrom": "2026-05-01T00:00:00Z", "credentialSubject": %[4]s}`, url, listType, i.id, b)))
}

// TestBitstringSuite runs the status list suite through the whole verifier.
func TestBitstringSuite(t *testing.T) {
	vectors.Open(t, "bitstring-status").Run(t, func(t *testing.T, c *vectors.Case) {
		if !c.Raw.Has("entries") {
			return // the table: TestEncodedLists
		}
		north := newInstitution(t, "north.example")
		file, err := ijson.Parse(c.Input(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		lists := file.Root().Get("status-credential")
		if strings.Contains(c.Kind, "Token Status List") { // another standard, with another order of bits: never an answer
			const url = "https://north.example/status/1"
			subject, listType := foreignList(t, lists.Text())
			north.republish(t, url, listType, subject)
			entry := fmt.Sprintf(`{"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "%s", "statusListCredential": %q}`, c.Raw.Get("entries").Index(0).Get("index").Raw(), url)
			wantCode(t, north.verify(t, north.claimed(t, entry)), Indeterminate, "status.list-unusable")
			return
		}
		var entries []string
		for i, entry := range file.Root().At("/holder-credential/credentialStatus").Each() {
			text := lists.Text()
			if lists.Kind() == ijson.Array {
				text = lists.Index(i).Get("content").Text()
			}
			var e map[string]any
			if err := json.Unmarshal(entry.Raw(), &e); err != nil {
				t.Fatal(err)
			}
			url := fmt.Sprintf("https://north.example/status/%d", i)
			e["statusListCredential"], e["id"] = url, url+"#1"
			subject, listType := foreignList(t, text)
			north.republish(t, url, listType, subject)
			b, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, string(b))
		}
		r := north.verify(t, north.claimed(t, "["+strings.Join(entries, ",")+"]"))
		switch {
		case c.Expect == "set":
			wantCode(t, r, Failed, "status.revoked")
		default:
			wantCode(t, r, Verified, "status.clear")
		}
		if n := countCheck(r, "status"); n != len(entries) {
			t.Errorf("%d answers about the status, want one for each of %d entries\n%s", n, len(entries), told(r, ""))
		}
	})
}

func countCheck(r *Report, check string) (n int) {
	for _, f := range r.Findings {
		if f.Check == check {
			n++
		}
	}
	return n
}

// foreignList is the subject of the list credential in a token of the suite, and the credential's own type.
func foreignList(t testing.TB, jwt string) (subject map[string]any, listType string) {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(jwt, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		VC struct {
			Type    []string       `json:"type"`
			Subject map[string]any `json:"credentialSubject"`
		} `json:"vc"`
		StatusList map[string]any `json:"status_list"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if claims.StatusList != nil {
		return claims.StatusList, "StatusListCredential"
	}
	return claims.VC.Subject, claims.VC.Type[len(claims.VC.Type)-1]
}

// TestEncodedLists runs the table of lists that others have encoded through the whole verifier.
func TestEncodedLists(t *testing.T) {
	doc, err := ijson.Parse(vectors.File(t, "bitstring-status/encoded-lists.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for row := range doc.Root().Elements() {
		t.Run(row.Get("id").Text(), func(t *testing.T) {
			north := newInstitution(t, "north.example")
			const url = "https://north.example/status/1"
			encoded := row.Get("encodedList").Text()
			kind := "BitstringStatusList"
			if !strings.HasPrefix(encoded, "u") {
				kind = "StatusList2021"
			}
			north.republish(t, url, kind+"Credential", map[string]any{"id": url + "#list", "type": kind, "statusPurpose": "revocation", "encodedList": encoded})
			r := north.verify(t, north.claimed(t, fmt.Sprintf(`{"type": %q, "statusPurpose": "revocation", "statusListIndex": "%s", "statusListCredential": %q}`, kind+"Entry", row.Get("index").Raw(), url)))
			bits, _ := row.Get("listBits").Int()
			value, _ := row.Get("value").Int()
			switch {
			case row.Get("expect").Text() == "error":
				wantCode(t, r, Indeterminate, "status.list-unusable")
			case row.Get("expect").Text() == "RANGE_ERROR":
				wantCode(t, r, Indeterminate, "status.range")
			case value != 0:
				wantCode(t, r, Failed, "status.revoked")
			case bits < 131072:
				wantCode(t, r, Indeterminate, "status.list-short")
			default:
				wantCode(t, r, Verified, "status.clear")
			}
		})
	}
}
