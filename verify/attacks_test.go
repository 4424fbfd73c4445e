package verify

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
)

// token is a badge as a JWT under a header of the test's choosing, with claims that agree.
func (i *institution) token(t testing.TB, signer crypto.Signer, header map[string]any, edit ...string) string {
	t.Helper()
	body := strings.NewReplacer(edit...).Replace(fmt.Sprintf(`{"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
	"id": "urn:uuid:t", "type": ["VerifiableCredential", "AchievementCredential"], "name": "Algebra", "issuer": {"id": %[1]q, "type": ["Profile"]}, "validFrom": "2026-05-31T00:00:00Z",
	"credentialSubject": {"id": %[2]q, "type": ["AchievementSubject"], "achievement": {"id": "urn:uuid:a", "type": ["Achievement"], "name": "A", "description": "A", "criteria": {"narrative": "x"}}},
	"iss": %[1]q, "sub": %[2]q, "jti": "urn:uuid:t", "nbf": 1780185600}`, i.id, alice))
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	input := b64(h) + "." + b64([]byte(body))
	sig, err := signer.Sign(nil, []byte(input), crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + b64(sig)
}

func TestTokenAttacks(t *testing.T) {
	north, mallory := newInstitution(t, "north.example"), newInstitution(t, "mallory.example")
	maps.Copy(north.docs, mallory.docs)
	jwk := func(i *institution) map[string]any {
		m, err := key.JWK(i.signer.Public())
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	good := map[string]any{"alg": "EdDSA", "typ": "JWT", "kid": north.id + "#key-1"}
	with := func(extra map[string]any) map[string]any {
		h := maps.Clone(good)
		for k, v := range extra {
			if h[k] = v; v == nil {
				delete(h, k)
			}
		}
		return h
	}
	for name, tc := range map[string]struct {
		token string
		want  Verdict
		code  string
	}{
		"control":                   {north.token(t, north.signer, good), Verified, "issuer.key-bound"},
		"J01 none":                  {north.token(t, north.signer, with(map[string]any{"alg": "none"})), Failed, "proof.algorithm"},
		"J02 HMAC":                  {north.token(t, north.signer, with(map[string]any{"alg": "HS256"})), Failed, "proof.algorithm"},
		"J03 own key in the token":  {north.token(t, mallory.signer, with(map[string]any{"kid": nil, "jwk": jwk(mallory)})), Failed, "issuer.key-not-listed"},
		"J03 issuer's key in token": {north.token(t, north.signer, with(map[string]any{"kid": nil, "jwk": jwk(north)})), Verified, "issuer.key-bound"},
		"J03 kid and another jwk":   {north.token(t, mallory.signer, with(map[string]any{"jwk": jwk(mallory)})), Failed, "proof.header"},
		"J04 kid of the attacker":   {north.token(t, mallory.signer, with(map[string]any{"kid": mallory.id + "#key-1"})), Failed, "issuer.key-not-the-issuers"},
		"J04 kid at an address":     {north.token(t, mallory.signer, with(map[string]any{"kid": "https://mallory.example/jwk.json"})), Failed, "issuer.key-not-the-issuers"},
		"J04 kid is a key":          {north.token(t, mallory.signer, with(map[string]any{"kid": did.Key(mallory.signer.Public())})), Failed, "issuer.key-not-the-issuers"},
		"J05 jku, x5u":              {north.token(t, mallory.signer, with(map[string]any{"kid": nil, "jku": "https://mallory.example/.well-known/jwks.json", "x5u": "https://mallory.example/cert"})), Failed, "proof.key-missing"},
		"J06 kid as a path":         {north.token(t, north.signer, with(map[string]any{"kid": "../../etc/passwd"})), Failed, "proof.key-not-found"},
		"J09 crit":                  {north.token(t, north.signer, with(map[string]any{"crit": []string{"exp"}})), Failed, "proof.header"},
		"J10 b64":                   {north.token(t, north.signer, with(map[string]any{"b64": false})), Failed, "proof.header"},
		"J22 another kind of token": {north.token(t, north.signer, with(map[string]any{"typ": "at+jwt"})), Failed, "proof.header"},
		"J23 iss":                   {north.token(t, north.signer, good, `"iss": "did:web:north.example"`, `"iss": "did:web:mallory.example"`), Failed, "proof.claims"},
		"J23 sub":                   {north.token(t, north.signer, good, `"sub": "did:example:alice"`, `"sub": "did:example:bob"`), Failed, "proof.claims"},
		"J23 jti":                   {north.token(t, north.signer, good, `"jti": "urn:uuid:t"`, `"jti": "urn:uuid:u"`), Failed, "proof.claims"},
		"J23 nbf":                   {north.token(t, north.signer, good, `1780185600`, `1780185601`), Failed, "proof.claims"},
		"J23 exp passed":            {north.token(t, north.signer, good, `"nbf"`, `"exp": 1780200000, "nbf"`), Failed, ""},
		"changed payload":           {changePayload(t, north.token(t, north.signer, good)), Failed, "proof.signature-mismatch"},
		"J21 dots":                  {strings.Repeat(".", 1_000_000), Failed, ""},
		"no key named":              {north.token(t, north.signer, with(map[string]any{"kid": nil})), Failed, "proof.key-missing"},
		"private key in the token":  {north.token(t, north.signer, with(map[string]any{"kid": nil, "jwk": privateJWK(t, north.signer, jwk(north))})), Failed, "proof.header"},
		"token in quotes":           {`"` + north.token(t, north.signer, good) + `"`, Verified, ""},
		"five parts":                {north.token(t, north.signer, good) + ".x.y", Failed, "format.encrypted"},
		"padding":                   {north.token(t, north.signer, good) + "=", Failed, "format.token-malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, north.verify(t, tc.token), tc.want, tc.code)
		})
	}
}

func changePayload(t testing.TB, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(body), "Algebra", "Topology", 1)))
	return strings.Join(parts, ".")
}

func privateJWK(t testing.TB, k ed25519.PrivateKey, public map[string]any) map[string]any {
	t.Helper()
	m := maps.Clone(public)
	m["d"] = base64.RawURLEncoding.EncodeToString(k.Seed())
	return m
}

// TestKeyAttacks: a key counts only when the issuer's own document names it (P01 to P05, J15).
func TestKeyAttacks(t *testing.T) {
	const victim = "https://victim.example/issuer"
	north, mallory := newInstitution(t, "north.example"), newInstitution(t, "mallory.example")
	multikey, err := key.Multikey(mallory.signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	forge := func(method string) string {
		doc := strings.ReplaceAll(unsigned(t, north.badge(t, "x", alice)), north.id, victim)
		suite := "eddsa-rdfc-2022"
		if !strings.Contains(method, ":") { // a relative reference cannot be signed over RDF
			suite = "eddsa-jcs-2022"
		}
		return mallory.signWith(t, doc, suite, method)
	}
	profile := []byte(`{"id": "` + victim + `", "type": "Profile", "name": "Victim"}`)
	empty := []byte(`{"keys": []}`)
	honest := fetch.Static{victim: profile, "https://victim.example/.well-known/jwks.json": empty}
	for name, tc := range map[string]struct {
		doc  string
		docs fetch.Static
		want Verdict
		code string
	}{
		"P01 own did:key":              {forge(did.Key(mallory.signer.Public())), honest, Failed, "issuer.key-not-the-issuers"},
		"P02 key in the fragment":      {forge(victim + "#" + multikey), honest, Failed, "issuer.key-not-listed"},
		"P02 the same, nothing known":  {forge(victim + "#" + multikey), nil, Indeterminate, "issuer.key-unproven"},
		"P03 bare multikey":            {forge(multikey), honest, Failed, "proof.key-malformed"},
		"P05 foreign key document":     {forge("https://mallory.example/key"), fetch.Static{"https://mallory.example/key": fmt.Appendf(nil, `{"id":"https://mallory.example/key","type":"Multikey","controller":%q,"publicKeyMultibase":%q}`, victim, multikey)}, Failed, "issuer.key-not-the-issuers"},
		"P05 another controller":       {forge(victim + "#k"), fetch.Static{victim: fmt.Appendf(nil, `{"id":%[1]q,"verificationMethod":[{"id":"%[1]s#k","type":"Multikey","controller":"https://mallory.example","publicKeyMultibase":%[2]q}],"assertionMethod":["%[1]s#k"]}`, victim, multikey)}, Failed, "issuer.key-not-the-issuers"},
		"P04 not for signing":          {forge(victim + "#k"), fetch.Static{victim: fmt.Appendf(nil, `{"id":%[1]q,"verificationMethod":[{"id":"%[1]s#k","type":"Multikey","controller":%[1]q,"publicKeyMultibase":%[2]q}],"authentication":["%[1]s#k"]}`, victim, multikey)}, Failed, "issuer.key-purpose"},
		"the victim signed after all":  {forge(victim + "#k"), fetch.Static{victim: fmt.Appendf(nil, `{"id":%[1]q,"verificationMethod":[{"id":"%[1]s#k","type":"Multikey","controller":%[1]q,"publicKeyMultibase":%[2]q}],"assertionMethod":["%[1]s#k"]}`, victim, multikey)}, Verified, "issuer.key-bound"},
		"document of another identity": {strings.ReplaceAll(forge(victim+"#k"), victim, "did:web:victim.example"), fetch.Static{"https://victim.example/.well-known/did.json": []byte(`{"id":"did:web:mallory.example"}`)}, Failed, "proof.key-malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Verify(t.Context(), []byte(tc.doc), &Options{Fetcher: tc.docs, Now: day})
			wantCode(t, r, tc.want, tc.code)
		})
	}
}

// TestCoSignature: the seal of a stranger beside the issuer's takes nothing away and adds nothing: it does not cover what
// the issuer's seal leaves open.
func TestCoSignature(t *testing.T) {
	north, mallory := newInstitution(t, "north.example"), newInstitution(t, "mallory.example")
	maps.Copy(north.docs, mallory.docs)
	algebra := north.badge(t, "a", alice)
	record := north.record(t, alice, []string{algebra}, "clr/v2p0/context-2.0.1.json", "clr/v2p0/context.json")
	changed := strings.Replace(record, `"name": "Transcript",`, `"name": "Transcript", "partial": false,`, 1)
	both := mallory.signWith(t, changed, "eddsa-jcs-2022", did.Key(mallory.signer.Public()))
	r := north.verify(t, both)
	wantCode(t, r, Verified, "issuer.other-seal")
	if len(r.Uncovered) == 0 {
		t.Errorf("a stranger's seal covers what the issuer's leaves open\n%s", told(r, ""))
	}
}

// TestStatusIndex runs the list of bent places: none of them may read as "not withdrawn".
func TestStatusIndex(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(vectors.Root(t), "vectors", "json", "lists", "status-index.json"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := ijson.Parse(raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	north := newInstitution(t, "north.example")
	north.publishList(t, "revocation", 5)
	for i, c := range list.Root().Get("cases").Each() {
		index := string(c.Get("statusListIndex").Raw())
		if !c.Has("statusListIndex") {
			continue
		}
		entry := strings.Replace(north.statusEntry(8, "revocation"), `"statusListIndex": "8"`, `"statusListIndex": `+index, 1)
		doc := north.badge(t, fmt.Sprintf("i%d", i), alice, `"name": "Algebra",`+"\n\t"+`"issuer"`, entry+`: "Algebra", "issuer"`)
		r := north.verify(t, doc)
		want := c.Get("expect").Text()
		if _, clear := r.Find("status.clear"); clear && (strings.Contains(want, "invalid") || strings.Contains(want, "RANGE")) {
			t.Errorf("index %s (%s) reads as not withdrawn", index, c.Get("why").Text())
		}
		if strings.HasPrefix(want, "read") && r.Verdict != Verified {
			t.Errorf("index %s: %s\n%s", index, r.Verdict, told(r, ""))
		}
	}
}

// TestTimestamps runs the list of bent dates as validUntil.
func TestTimestamps(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(vectors.Root(t), "vectors", "json", "lists", "timestamps.json"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := ijson.Parse(raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	north := newInstitution(t, "north.example")
	for _, c := range list.Root().Get("cases").Each() {
		value := c.Get("value")
		if !value.IsString() {
			continue
		}
		doc := `{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "issuer": "` + north.id + `", "validFrom": ` + string(value.Raw()) + `, "credentialSubject": {"id": "did:example:a"}}`
		r := Verify(t.Context(), []byte(north.sign(t, doc)), &Options{Fetcher: north.docs, Now: day})
		_, malformed := r.Find("validity.malformed")
		if want := c.Get("expect").Text(); strings.HasPrefix(want, "invalid") && !strings.Contains(want, "ok") && !malformed {
			t.Errorf("%s (%s) is taken as a date", value.Text(), c.Get("why").Text())
		} else if strings.HasPrefix(want, "ok") && !strings.Contains(want, "invalid") && malformed {
			t.Errorf("%s (%s) is refused", value.Text(), c.Get("why").Text())
		}
	}
}

// TestExampleContext: the contexts for examples are told, and change no verdict.
func TestExampleContext(t *testing.T) {
	north := newInstitution(t, "north.example")
	for _, url := range []string{"https://www.w3.org/ns/credentials/examples/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2"} {
		r := north.verify(t, north.badge(t, "x", alice, `context-3.0.3.json"]`, `context-3.0.3.json", "`+url+`"]`))
		wantCode(t, r, Verified, "context.example")
	}
	if _, found := north.verify(t, north.badge(t, "x", alice)).Find("context.example"); found {
		t.Error("the warning is given without such a context")
	}
}
