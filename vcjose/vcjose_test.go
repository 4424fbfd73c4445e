package vcjose

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
)

const issuer = "https://issuer.example/1"

const credential = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],` +
	`"id":"urn:uuid:1","issuer":{"id":"` + issuer + `"},"validFrom":"2026-01-01T00:00:00Z","validUntil":"2027-01-01T02:00:00+02:00",` +
	`"credentialSubject":{"id":"urn:uuid:2","name":"A \"B\""}}`

func signer(t testing.TB, alg string) crypto.Signer {
	t.Helper()
	s, err := key.Generate(alg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// token signs a payload as it is.
func token(t testing.TB, header map[string]any, payload string) []byte {
	t.Helper()
	tok, err := jose.Sign(signer(t, "ed25519"), "EdDSA", header, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// codes lists the problems of a token, those that make it invalid with a bang.
func codes(t *testing.T, tok []byte) string {
	t.Helper()
	c, err := Parse(tok)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range c.Problems {
		bang := ""
		if p.Severity == Invalid {
			bang = "!"
		}
		out = append(out, p.Code+bang)
	}
	return strings.Join(out, " ")
}

func TestSignParse(t *testing.T) {
	s := signer(t, "p256")
	for _, form := range []Form{VCJWT, JOSE} {
		tok, err := Sign([]byte(credential), s, &SignOptions{KeyID: issuer + "#k", Form: form})
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(append(tok, '\n'))
		if err != nil {
			t.Fatal(err)
		}
		if err := jose.Verify(c.JWS, s.Public(), nil); err != nil {
			t.Error(err)
		}
		if c.Form != form || len(c.Problems) != 0 || c.Presentation || c.JWS.Algorithm != "ES256" || c.JWS.KeyID != issuer+"#k" {
			t.Errorf("%s: %+v", form, c)
		}
		if form == JOSE {
			if string(c.Bytes()) != credential {
				t.Errorf("the payload is not the credential: %s", c.Bytes())
			}
			continue
		}
		if !strings.HasPrefix(string(c.Bytes()), credential[:len(credential)-1]) {
			t.Errorf("the credential's own bytes are changed: %s", c.Bytes())
		}
		want := Credential{Issuer: issuer, Subject: "urn:uuid:2", ID: "urn:uuid:1",
			NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
		if c.Issuer != want.Issuer || c.Subject != want.Subject || c.ID != want.ID || !c.NotBefore.Equal(want.NotBefore) || !c.Expires.Equal(want.Expires) {
			t.Errorf("claims %+v", c)
		}
	}
}

// replaced is the payload of a good OB token with one text replaced.
func replaced(t *testing.T, old, now string) string {
	t.Helper()
	good := credential[:len(credential)-1] + `,"iss":"` + issuer + `","sub":"urn:uuid:2","jti":"urn:uuid:1","nbf":1767225600,"exp":1798761600}`
	out := strings.Replace(good, old, now, 1)
	if out == good && old != now {
		t.Fatalf("%q is not in the payload", old)
	}
	return out
}

// TestJ23_Claims changes one claim at a time.
func TestJ23_Claims(t *testing.T) {
	for _, tc := range []struct{ name, old, now, want string }{
		{"good", "", "", ""},
		{"fraction", `1767225600`, `1767225600.9`, ""},
		{"iss", `"iss":"`, `"iss":"x`, "iss-mismatch!"},
		{"iss, a slash more", `"iss":"` + issuer, `"iss":"` + issuer + `/`, "iss-mismatch!"},
		{"no iss", `"iss":"` + issuer + `",`, ``, "iss-missing!"},
		{"iss number", `"iss":"` + issuer + `"`, `"iss":1`, "claim-type! iss-missing!"},
		{"no issuer", `"issuer":{"id":"` + issuer + `"},`, ``, "iss-mismatch!"},
		{"sub", `"sub":"`, `"sub":"x`, "sub-mismatch!"},
		{"no sub", `"sub":"urn:uuid:2",`, ``, "sub-missing"},
		{"jti", `"jti":"`, `"jti":"x`, "jti-mismatch!"},
		{"no jti", `"jti":"urn:uuid:1",`, ``, "jti-missing!"},
		{"nbf", `1767225600`, `1767225601`, "nbf-mismatch!"},
		{"no nbf", `"nbf":1767225600,`, ``, "nbf-missing!"},
		{"nbf text", `"nbf":1767225600`, `"nbf":"1767225600"`, "claim-type! nbf-missing!"},
		{"nbf far", `1767225600`, `1e300`, "claim-type! nbf-missing!"},
		{"exp", `1798761600`, `1798761601`, "exp-mismatch!"},
		{"no exp", `,"exp":1798761600`, ``, "exp-missing!"},
		{"exp alone", `"validUntil":"2027-01-01T02:00:00+02:00",`, ``, ""},
		{"iat text", `"iss"`, `"iat":"2010-01-01T19:23:24Z","iss"`, "claim-type"},
		{"two credentials", `"iss"`, `"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":"VerifiableCredential"},"iss"`, "two-credentials! nbf-missing exp-missing"},
		{"v1 without vc", `https://www.w3.org/ns/credentials/v2`, `https://www.w3.org/2018/credentials/v1`, "model-mismatch!"},
		{"two subjects", `"credentialSubject":{"id":"urn:uuid:2"`, `"credentialSubject":[{"id":"urn:uuid:3"},{}],"x":{"id":"urn:uuid:2"`, ""},
	} {
		got := codes(t, token(t, map[string]any{"typ": "JWT"}, replaced(t, tc.old, tc.now)))
		if tc.name == "two credentials" {
			if !strings.Contains(got, "two-credentials!") {
				t.Errorf("%s: %q", tc.name, got)
			}
			continue
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestJ22_Types(t *testing.T) {
	for typ, want := range map[string]string{
		"JWT": "", "jwt": "", "vc+jwt": "", "application/vc+jwt": "", "vc+ld+json+jwt": "", "vc-ld+jwt": "",
		"at+jwt": "typ!", "dpop+jwt": "typ!", "bad+typ": "typ!", "statuslist+jwt": "typ!", "vc+sd-jwt": "typ!", "entity-statement+jwt": "typ!",
	} {
		if got := codes(t, token(t, map[string]any{"typ": typ}, replaced(t, "", ""))); got != want {
			t.Errorf("typ %s: %q, want %q", typ, got, want)
		}
	}
	if got := codes(t, token(t, nil, replaced(t, "", ""))); got != "" {
		t.Errorf("no typ: %q", got)
	}
	for _, payload := range []string{`{"iss":"a","sub":"b","scope":"c"}`, `{}`, `{"vc":"x"}`, `{"vc":{}}`, `{"vct":"urn:x","_sd":[]}`, `[]`, `1`} {
		if _, err := Parse(token(t, nil, payload)); !errors.Is(err, ErrNotCredential) {
			t.Errorf("payload %s: %v, want ErrNotCredential", payload, err)
		}
	}
	for _, payload := range []string{``, `{"a":1,"a":2}`, `x`, "{\"a\":\"\xff\"}"} {
		if c, err := Parse(token(t, nil, payload)); err == nil {
			t.Errorf("payload %q: %+v", payload, c)
		}
	}
}

func TestHeaderMembers(t *testing.T) {
	jwk, err := key.JWK(signer(t, "ed25519").Public())
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		header map[string]any
		want   string
	}{
		{map[string]any{"kid": "x", "jwk": jwk}, ""},
		{map[string]any{"jku": "https://evil.example/jwks"}, "header-member"},
		{map[string]any{"x5c": []string{"AA"}}, "header-member"},
		{map[string]any{"cty": "bad+cty"}, "typ!"},
		{map[string]any{"cty": 1}, "typ!"},
		{map[string]any{"jwk": "x"}, "jwk!"},
		{map[string]any{"jwk": map[string]any{"kty": "oct", "k": "AA"}}, "jwk!"},
		{map[string]any{"jwk": map[string]any{"kty": "OKP", "crv": "Ed25519", "x": jwk["x"], "d": "AA"}}, "jwk!"},
	} {
		tok := token(t, tc.header, replaced(t, "", ""))
		if got := codes(t, tok); got != tc.want {
			t.Errorf("%v: %q, want %q", tc.header, got, tc.want)
		}
		if c, _ := Parse(tok); (c.HeaderKey() != nil) != (tc.want == "") {
			t.Errorf("%v: header key %v", tc.header, c.HeaderKey())
		}
	}
}

// TestVC11Supply: what a VC 1.1 credential leaves to the claims comes back as members.
func TestVC11Supply(t *testing.T) {
	bare := `{"iss":"did:example:a","sub":"did:example:b","jti":"urn:x","nbf":1767225600,"exp":1798761600,"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],"issuer":{},"credentialSubject":[{"name":"N"}]}}`
	c, err := Parse(token(t, nil, bare))
	if err != nil || len(c.Problems) != 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	want := `{"id":"urn:x","issuanceDate":"2026-01-01T00:00:00Z","expirationDate":"2027-01-01T00:00:00Z","@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],"issuer":{"id":"did:example:a"},"credentialSubject":[{"id":"did:example:b","name":"N"}]}`
	if string(c.Bytes()) != want || len(c.Supplied) != 5 {
		t.Errorf("%s\n%v", c.Bytes(), c.Supplied)
	}
	whole := `{"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],"issuer":"did:example:a","credentialSubject":{"id":"did:example:b"}}}`
	c, err = Parse(token(t, nil, whole))
	if err != nil || len(c.Supplied) != 0 || string(c.Bytes()) != whole[6:len(whole)-1] {
		t.Errorf("%s, %v, %v", c.Bytes(), c.Supplied, err)
	}
	for _, bad := range []string{
		strings.Replace(bare, `"issuer":{}`, `"issuer":"did:example:c"`, 1),
		strings.Replace(bare, `"type":["Ver`, `"expirationDate":"2026-06-01T00:00:00Z","type":["Ver`, 1),
		strings.Replace(bare, `2018/credentials/v1`, `ns/credentials/v2`, 1),
	} {
		if got := codes(t, token(t, nil, bad)); !strings.Contains(got, "!") {
			t.Errorf("%s: %q", bad, got)
		}
	}
}

func TestPresentations(t *testing.T) {
	for _, payload := range []string{
		`{"iss":"did:example:h","vp":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":"VerifiablePresentation"}}`,
		`{"@context":"https://www.w3.org/ns/credentials/v2","type":["VerifiablePresentation"],"holder":{"id":"did:example:h"},"iss":"did:example:h"}`,
	} {
		c, err := Parse(token(t, nil, payload))
		if err != nil || !c.Presentation || len(c.Problems) != 0 {
			t.Errorf("%s: %+v, %v", payload, c, err)
		}
	}
	if got := codes(t, token(t, nil, `{"@context":"https://www.w3.org/ns/credentials/v2","type":["VerifiablePresentation"],"holder":"did:example:x","iss":"did:example:h"}`)); got != "iss-mismatch!" {
		t.Errorf("another holder: %q", got)
	}
}

func TestSignRefuses(t *testing.T) {
	s := signer(t, "ed25519")
	for name, text := range map[string]string{
		"not JSON":     `{`,
		"VC 1.1":       strings.Replace(credential, "ns/credentials/v2", "2018/credentials/v1", 1),
		"no subject":   strings.Replace(credential, `"id":"urn:uuid:2",`, ``, 1),
		"no id":        strings.Replace(credential, `"id":"urn:uuid:1",`, ``, 1),
		"no issuer":    strings.Replace(credential, `"issuer":{"id":"`+issuer+`"},`, ``, 1),
		"fraction":     strings.Replace(credential, `00:00:00Z`, `00:00:00.5Z`, 1),
		"no validFrom": strings.Replace(credential, `validFrom`, `x`, 1),
		"a claim":      strings.Replace(credential, `"id":"urn:uuid:1"`, `"id":"urn:uuid:1","iss":"x"`, 1),
	} {
		if tok, err := Sign([]byte(text), s, &SignOptions{KeyID: "k"}); err == nil {
			t.Errorf("%s: signed %s", name, tok)
		}
	}
	if _, err := Sign([]byte(credential), s, nil); err == nil {
		t.Error("signed without a kid")
	}
	if _, err := Sign([]byte(credential), s, &SignOptions{KeyID: "k", Form: VC11}); err == nil {
		t.Error("signed in the form of VC 1.1")
	}
	if _, err := Sign([]byte(credential), s, &SignOptions{KeyID: "k", Algorithm: "RS256"}); err == nil {
		t.Error("signed RS256 with an Ed25519 key")
	}
}

// disclosed returns a disclosure and its digest.
func disclosed(text string) (part, digest string) {
	part = base64url.EncodeToString([]byte(text))
	sum := sha256.Sum256([]byte(part))
	return part, base64url.EncodeToString(sum[:])
}

func TestSDJWT(t *testing.T) {
	name, nameDigest := disclosed(`["s1","name","Ada"]`)
	inner, innerDigest := disclosed(`["s2","grade","A"]`)
	outer, outerDigest := disclosed(`["s3","result",{"_sd":["` + innerDigest + `"]}]`)
	item, itemDigest := disclosed(`["s4",{"a":1}]`)
	stranger, _ := disclosed(`["s5","name","Eve"]`)
	twice, twiceDigest := disclosed(`["s6","id","urn:evil"]`)
	reserved, reservedDigest := disclosed(`["s7","_sd",["x"]]`)
	payload := func(subject string) string {
		return `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"did:example:a","_sd_alg":"sha-256","credentialSubject":` + subject + `}`
	}
	all := `{"id":"x","_sd":["` + nameDigest + `","` + outerDigest + `","decoy"],"list":[{"...":"` + itemDigest + `"},{"...":"decoy2"}]}`
	for _, tc := range []struct{ name, subject, tail, want string }{
		{"all", all, name + "~" + outer + "~" + inner + "~" + item + "~", `{"id":"x","list":[{"a":1}],"name":"Ada","result":{"grade":"A"}}`},
		{"some", all, name + "~", `{"id":"x","list":[],"name":"Ada"}`},
		{"none", all, "", `{"id":"x","list":[]}`},
		{"no tilde at the end", all, name, `{"id":"x","list":[],"name":"Ada"}`},
		{"with key binding", all, name + "~e30.e30.AAAA", `{"id":"x","list":[],"name":"Ada"}`},
		{"of a stranger", all, stranger + "~", ""},
		{"twice", all, name + "~" + name + "~", ""},
		{"inner without outer", all, inner + "~", ""},
		{"member as element", `{"list":[{"...":"` + nameDigest + `"}]}`, name + "~", ""},
		{"element as member", `{"_sd":["` + itemDigest + `"]}`, item + "~", ""},
		{"digest twice", `{"_sd":["` + nameDigest + `","` + nameDigest + `"]}`, name + "~", ""},
		{"decoy twice", `{"_sd":["decoy","decoy"]}`, "", ""},
		{"overwrites", `{"id":"x","_sd":["` + twiceDigest + `"]}`, twice + "~", ""},
		{"reserved name", `{"_sd":["` + reservedDigest + `"]}`, reserved + "~", ""},
		{"not base64", all, "a+b~", ""},
		{"not JSON", all, base64url.EncodeToString([]byte("x")) + "~", ""},
		{"_sd no array", `{"_sd":"x"}`, "", ""},
		{"digest no text", `{"_sd":[1]}`, "", ""},
		{"element with more", `{"list":[{"...":"` + itemDigest + `","a":1}]}`, item + "~", ""},
	} {
		tok := append(token(t, map[string]any{"typ": "vc+sd-jwt"}, payload(tc.subject)), "~"+tc.tail...)
		c, err := Parse(tok)
		switch {
		case tc.want == "" && err == nil:
			t.Errorf("%s: accepted as %s", tc.name, c.Bytes())
		case tc.want != "" && err != nil:
			t.Errorf("%s: %v", tc.name, err)
		case err == nil && string(c.Value.Get("credentialSubject").Raw()) != tc.want:
			t.Errorf("%s: %s, want %s", tc.name, c.Value.Get("credentialSubject").Raw(), tc.want)
		case err == nil && (c.Form != SDJWT || c.Value.Has("_sd_alg")):
			t.Errorf("%s: form %s, %s", tc.name, c.Form, c.Bytes())
		}
	}
	odd := append(token(t, nil, strings.Replace(payload(all), "sha-256", "md5", 1)), '~')
	if _, err := Parse(odd); err == nil {
		t.Error("an unknown _sd_alg is accepted")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(credential), []byte(""))
	f.Add([]byte(`{"iss":"a","nbf":1,"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],"issuer":{},"credentialSubject":[{}]}}`), []byte(""))
	name, digest := disclosed(`["s1","name","Ada"]`)
	f.Add([]byte(`{"@context":[],"type":[],"_sd":["`+digest+`"]}`), []byte("~"+name+"~"))
	head := base64url.EncodeToString([]byte(`{"alg":"EdDSA"}`))
	f.Fuzz(func(t *testing.T, payload, tail []byte) {
		tok := fmt.Sprintf("%s.%s.AAAA%s", head, base64url.EncodeToString(payload), tail)
		c, err := Parse([]byte(tok))
		if err != nil {
			if c != nil {
				t.Fatal("a credential beside an error")
			}
			return
		}
		if !c.Value.Has("@context") || !c.Value.Has("type") {
			t.Fatalf("no credential in %s", c.Bytes())
		}
		for _, p := range c.Supplied {
			if !c.Value.At(p).IsString() {
				t.Fatalf("%s was supplied and is not there: %s", p, c.Bytes())
			}
		}
	})
}
