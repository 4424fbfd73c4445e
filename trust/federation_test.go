package trust

import (
	"crypto"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/verify"
)

const anchorID = "https://anchor.example"

// federation is a list of the statements, under the key of the anchor.
func federation(t testing.TB, pub crypto.PublicKey, statements ...string) []byte {
	t.Helper()
	jwk, err := key.JWK(pub)
	if err != nil {
		t.Fatal(err)
	}
	jwk["kid"] = "a1"
	set, err := ijson.Marshal(map[string]any{"keys": []any{jwk}})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Appendf(nil, `{"name": "A federation", "federation": {"anchor": %q, "jwks": %s, "statements": ["%s"]}}`, anchorID, set, strings.Join(statements, `","`))
}

func statement(t testing.TB, signer crypto.Signer, kid, typ, claims string) string {
	t.Helper()
	token, err := jose.Sign(signer, jose.AlgorithmFor(signer.Public()), map[string]any{"kid": kid, "typ": typ}, []byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	return string(token)
}

const north = `{"iss":"https://anchor.example","sub":"did:web:north.example","iat":1777593600,"exp":1809129600,"jwks":{"keys":[]},"metadata":{"federation_entity":{"organization_name":"North College","homepage_uri":"https://north.example"}}}`

func TestFederation(t *testing.T) {
	for _, alg := range []string{"p256", "ed25519"} {
		signer, err := key.Generate(alg)
		if err != nil {
			t.Fatal(err)
		}
		list, err := Parse(federation(t, signer.Public(), statement(t, signer, "a1", statementType, north)))
		if err != nil {
			t.Fatal(err)
		}
		want := []verify.Listing{{Registry: "A federation", Name: "North College", AsOf: time.Unix(1777593600, 0).UTC(), Until: time.Unix(1809129600, 0).UTC()}}
		if diff := cmp.Diff(want, Lists{list}.Listed("did:web:north.example")); diff != "" {
			t.Errorf("listings (-want +got):\n%s", diff)
		}
	}
}

// TestTrustMarks: marks of the anchor about its own issuers are kept, all others are refused.
func TestTrustMarks(t *testing.T) {
	signer, err := key.Generate("p256")
	if err != nil {
		t.Fatal(err)
	}
	const mark = `{"iss":"https://anchor.example","sub":"did:web:north.example","iat":1777593600,"exp":1809129600,"trust_mark_type":"https://anchor.example/accredited"}`
	with := func(typ, claims string) []byte {
		list := string(federation(t, signer.Public(), statement(t, signer, "a1", statementType, north)))
		return []byte(strings.Replace(list, `"statements"`, `"marks": ["`+statement(t, signer, "a1", typ, claims)+`"], "statements"`, 1))
	}
	list, err := Parse(with(markType, mark))
	if err != nil {
		t.Fatal(err)
	}
	want := []verify.Mark{{Type: "https://anchor.example/accredited", Until: time.Unix(1809129600, 0).UTC()}}
	if diff := cmp.Diff(want, Lists{list}.Listed("did:web:north.example")[0].Marks); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	for name, tc := range map[string]struct{ typ, old, new, want string }{
		"another kind of token": {statementType, "", "", "typ"},
		"another's":             {markType, anchorID + `","sub`, `https://other.example","sub`, "not by the trust anchor"},
		"about a stranger":      {markType, "north", "south", "no statement"},
		"of no type":            {markType, "trust_mark_type", "type", "which mark"},
		"of a strange end":      {markType, "1809129600", `"never"`, "exp"},
	} {
		if _, err := Parse(with(tc.typ, strings.Replace(mark, tc.old, tc.new, 1))); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, tc.want)
		}
	}
}

func TestFederationRefuses(t *testing.T) {
	signer, err := key.Generate("p256")
	if err != nil {
		t.Fatal(err)
	}
	mallory, err := key.Generate("p256")
	if err != nil {
		t.Fatal(err)
	}
	with := func(old, new string) string {
		return statement(t, signer, "a1", statementType, strings.Replace(north, old, new, 1))
	}
	good := with("", "")
	for name, tc := range map[string]struct {
		statements []string
		want       string
	}{
		"another key":             {[]string{statement(t, mallory, "a1", statementType, north)}, "signature"},
		"a key that is not there": {[]string{statement(t, signer, "a2", statementType, north)}, `no key "a2"`},
		"no key named":            {[]string{statement(t, signer, "", statementType, north)}, `no key ""`},
		"another kind of token":   {[]string{statement(t, signer, "a1", "JWT", north)}, "typ"},
		"another issuer":          {[]string{with(anchorID, "https://other.example")}, "not by the trust anchor"},
		"about itself":            {[]string{with("did:web:north.example", anchorID)}, "about nobody else"},
		"about nobody":            {[]string{with("did:web:north.example", "")}, "about nobody else"},
		"no end":                  {[]string{with(`"exp":1809129600,`, "")}, "from when to when"},
		"backwards":               {[]string{with("1809129600", "1709129600")}, "from when to when"},
		"critical members":        {[]string{with(`"iat"`, `"crit":["x"],"x":1,"iat"`)}, "critical"},
		"twice":                   {[]string{good, good}, "again"},
		"no token":                {[]string{"x"}, "/federation/statements/0"},
	} {
		if _, err := Parse(federation(t, signer.Public(), tc.statements...)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, tc.want)
		}
	}
	for text, want := range map[string]string{
		`{"federation": {}}`:                                                              `no "name"`,
		`{"name": "x", "federation": {}}`:                                                 `no "anchor"`,
		`{"name": "x", "federation": {"anchor": "a"}}`:                                    `no "statements"`,
		`{"name": "x", "federation": {"anchor": "a", "statements": []}}`:                  "no key set",
		`{"name": "x", "federation": {"anchor": "a", "statements": [], "jwks": {"a":1}}}`: "no key set",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%s) = %v, want an error with %q", text, err, want)
		}
	}
}

func TestAge(t *testing.T) {
	list, err := Parse([]byte(`{"name": "x", "updated": "2026-05-01T00:00:00Z", "until": "2026-06-01T02:00:00+02:00", "issuers": [{"id": "a"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if i, ok := list.Lookup("a"); !ok || i.Stated.Format(time.DateOnly) != "2026-05-01" || i.Until.Format(time.RFC3339) != "2026-06-01T00:00:00Z" {
		t.Errorf("%+v, %v", i, ok)
	}
	if _, err := Parse([]byte(`{"name": "x", "updated": "yesterday", "issuers": []}`)); err == nil {
		t.Error("a list of no readable date was read")
	}
	dcc, err := Parse([]byte(`{"meta": {"created": "2020-12-02T02:32:16+0000", "updated": "?"}, "registry": {"a": {}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if i, _ := dcc.Lookup("a"); i.Stated.Format(time.DateOnly) != "2020-12-02" {
		t.Errorf("%+v", i)
	}
}
