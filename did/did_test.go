package did

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/multibase"
)

// counting fails the test's expectations when something is fetched that must not be.
type counting struct {
	fetch.Fetcher
	urls []string
}

func (c *counting) Fetch(ctx context.Context, url, accept string) (*fetch.Response, error) {
	c.urls = append(c.urls, url)
	return c.Fetcher.Fetch(ctx, url, accept)
}

func TestDIDKeyVectors(t *testing.T) {
	s := vectors.Open(t, "did-key")
	for _, c := range s.Cases {
		if c.Expect == "per-row" {
			didKeyErrors(t, c)
			continue
		}
		did, want := c.Raw.Get("did").Text(), c.Raw.Get("publicKeyHex").Text()
		d, err := new(Resolver).Resolve(t.Context(), did)
		switch {
		case c.Expect == "resolves-or-unsupported" && CodeOf(err) == UnsupportedPublicKey:
			continue
		case err != nil:
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		m := d.Methods[0]
		mk, err := key.Multikey(m.Key)
		if err != nil {
			t.Fatal(err)
		}
		_, raw, err := multibase.Decode(mk)
		if err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(raw); !strings.HasSuffix(got, want) || "did:key:"+mk != did || Key(m.Key) != did {
			t.Errorf("%s: key %s, want %s", c.ID, got, want)
		}
		if m.ID != did+"#"+mk || m.Controller != did || !d.Authorizes(AssertionMethod, m.ID) || !d.Authorizes(Authentication, m.ID) {
			t.Errorf("%s: method %+v", c.ID, m)
		}
	}
}

func didKeyErrors(t *testing.T, c *vectors.Case) {
	t.Helper()
	doc, err := ijson.Parse(vectors.File(t, "did-key/"+c.Filename), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := new(Resolver)
	for _, name := range []string{"valid", "validWithVersion"} {
		did := doc.Root().Get(name).Text()
		if d, err := r.Resolve(t.Context(), did); err != nil || d.ID != did {
			t.Errorf("%s: Resolve(%s): %v", name, did, err)
		}
	}
	rows := 0
	for row := range doc.Root().Get("rows").Elements() {
		rows++
		did, want := row.Get("did").Text(), Code(row.Get("error").Text())
		if _, err := r.Resolve(t.Context(), did); CodeOf(err) != want {
			t.Errorf("%s: Resolve: %v, want %s", row.Get("id").Text(), err, want)
		}
	}
	if rows == 0 {
		t.Error("no error rows")
	}
}

// TestN08_DIDWebForms: a malformed did:web is refused before anything is fetched.
func TestN08_DIDWebForms(t *testing.T) {
	doc, err := ijson.Parse(vectors.File(t, "json/lists/did-web.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := &counting{Fetcher: fetch.Never}
	r := &Resolver{Fetcher: seen}
	for c := range doc.Root().Get("cases").Elements() {
		did, expect := c.Get("did").Text(), c.Get("expect").Text()
		got, err := WebURL(did)
		if strings.HasPrefix(expect, "https://") {
			if err != nil || got != expect {
				t.Errorf("WebURL(%s) = %q, %v, want %s", did, got, err, expect)
			}
			continue
		}
		if err == nil {
			t.Errorf("WebURL(%s) = %q, want a refusal: %s", did, got, c.Get("why").Text())
		}
		if _, err := r.Resolve(t.Context(), did); CodeOf(err) != InvalidDID && CodeOf(err) != InvalidDIDURL && CodeOf(err) != MethodNotSupported {
			t.Errorf("Resolve(%s): %v", did, err)
		}
	}
	if len(seen.urls) != 0 {
		t.Errorf("malformed DIDs were fetched: %q", seen.urls)
	}
}

// controllers serves every controller document of the shared vectors at its URL.
func controllers(t *testing.T) fetch.Static {
	t.Helper()
	static := fetch.Static{}
	for c := range mustParse(t, vectors.File(t, "documents/manifest.json")).Elements() {
		if kind := c.Get("kind").Text(); kind == "controller-document" || kind == "did-document" {
			static[c.Get("url").Text()] = vectors.File(t, "documents/"+c.Get("file").Text())
		}
	}
	return static
}

func mustParse(t testing.TB, src []byte) ijson.Value {
	t.Helper()
	doc, err := ijson.Parse(src, nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func TestControllerDocuments(t *testing.T) {
	static := controllers(t)
	if len(static) < 7 {
		t.Fatalf("%d controller documents", len(static))
	}
	r := &Resolver{Fetcher: static}
	for at, body := range static {
		id := mustParse(t, body).Get("id").Text()
		d, err := r.Resolve(t.Context(), id)
		if err != nil {
			t.Errorf("%s: %v", at, err)
			continue
		}
		if len(d.AssertionMethod) == 0 {
			t.Errorf("%s: no assertion method", at)
		}
		for _, vm := range d.AssertionMethod {
			m, owner, err := r.Dereference(t.Context(), vm)
			if err != nil {
				t.Errorf("%s: %v", vm, err)
				continue
			}
			if err := r.Bind(t.Context(), Claim{Issuer: id, Method: m, Document: owner, Key: m.Key}); err != nil {
				t.Errorf("%s: %v", vm, err)
			}
			err = r.Bind(t.Context(), Claim{Issuer: id, Purpose: Authentication, Method: m, Document: owner, Key: m.Key})
			if CodeOf(err) != NotAuthorized {
				t.Errorf("%s for authentication: %v, want NotAuthorized", vm, err)
			}
		}
	}
}

func TestJWKRoundTrip(t *testing.T) {
	for _, alg := range key.Algorithms {
		s, err := key.Generate(alg)
		if err != nil {
			t.Fatal(err)
		}
		did := JWK(s.Public())
		d, err := new(Resolver).Resolve(t.Context(), did)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{did, did + "#0"} {
			m, _, err := new(Resolver).Dereference(t.Context(), id)
			if err != nil || !key.Equal(m.Key, s.Public()) || m.ID != did+"#0" || d.ID != did {
				t.Errorf("%s: Dereference(%s): %v", alg, id, err)
			}
		}
		if _, _, err := new(Resolver).Dereference(t.Context(), did+"#1"); CodeOf(err) != MethodNotFound {
			t.Errorf("%s#1: %v, want MethodNotFound", did, err)
		}
	}
}

func TestResolveFailures(t *testing.T) {
	r := &Resolver{Fetcher: fetch.Static{
		"https://bad.example/.well-known/did.json":   []byte(`{"id":`),
		"https://other.example/.well-known/did.json": []byte(`{"id":"did:web:victim.example"}`),
		"https://down.example/.well-known/did.json":  nil,
		"https://other.example/issuer":               []byte(`{"id":"https://victim.example/issuer"}`),
	}}
	for id, want := range map[string]Code{
		"did:web:bad.example":          InvalidDocument,
		"did:web:other.example":        Mismatch,
		"did:web:down.example":         Unreachable,
		"did:web:nowhere.example":      Unreachable,
		"https://other.example/issuer": Mismatch,
		"did:ion:abc":                  MethodNotSupported,
		"did:":                         InvalidDID,
		"did:key":                      InvalidDID,
		"":                             InvalidDID,
		"did:jwk:e30":                  InvalidPublicKey,
		"did:jwk:e30=":                 InvalidDID,
		"did:web:a.example#k":          InvalidDIDURL,
		"https://a.example/x#k":        InvalidDIDURL,
		"did:key:" + strings.Repeat("z", MaxID+1): InvalidDID,
	} {
		if _, err := r.Resolve(t.Context(), id); CodeOf(err) != want {
			t.Errorf("Resolve(%.50s): %v, want %s", id, err, want)
		}
	}
	for id, want := range map[string]Code{
		"z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi":                   InvalidDIDURL,
		"urn:uuid:bb35bbd0-5bd2-4a5c-8b3b-7e0ff0b8d9fe#z6MkjZRZv3aez3r18pB1": MethodNotSupported,
		"did:web:a.example?x#k":  InvalidDIDURL,
		"did:web:a.example#k k":  InvalidDIDURL,
		"https://down.example/k": Unreachable,
	} {
		if _, _, err := r.Dereference(t.Context(), id); CodeOf(err) != want {
			t.Errorf("Dereference(%.50s): %v, want %s", id, err, want)
		}
	}
	var failed *fetch.Error
	if _, err := r.Resolve(t.Context(), "did:web:down.example"); !errors.As(err, &failed) || failed.Reason != fetch.Unreachable {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestParseDocumentForms(t *testing.T) {
	const mk = "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
	const jwk = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"k1","alg":"EdDSA"}`
	for _, tc := range []struct {
		name, text string
		form       Form
		methods    int
	}{
		{"key document", `{"id":"https://a.example/k","type":"Multikey","controller":"https://a.example","publicKeyMultibase":"` + mk + `"}`, KeyDocument, 1},
		{"JWK", jwk, KeySet, 1},
		{"JWK set", `{"keys":[` + jwk + `,{"kty":"oct","k":"AA"}]}`, KeySet, 2},
		{"relative id", `{"id":"did:web:a.example","verificationMethod":[{"id":"#k","type":"JsonWebKey","controller":"did:web:a.example","publicKeyJwk":` + jwk + `}],"assertionMethod":["#k"]}`, Controller, 1},
		{"one object", `{"id":"did:web:a.example","verificationMethod":{"id":"#k","type":"Multikey","controller":"did:web:a.example","publicKeyMultibase":"` + mk + `"},"assertionMethod":"#k"}`, Controller, 1},
		{"profile", `{"id":"https://a.example","type":"Profile","publicKey":{"id":"https://a.example#k","type":"CryptographicKey","owner":"https://a.example","publicKeyBase58":"x"}}`, Controller, 1},
		{"no keys", `{"id":"https://a.example","type":["Profile"],"name":"A"}`, Controller, 0},
	} {
		d, err := ParseDocument([]byte(tc.text))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if d.Form != tc.form || len(d.Methods) != tc.methods {
			t.Errorf("%s: form %d with %d methods, want %d with %d", tc.name, d.Form, len(d.Methods), tc.form, tc.methods)
		}
		if tc.name == "relative id" && !d.Authorizes(AssertionMethod, "did:web:a.example#k") {
			t.Errorf("%s: %v", tc.name, d.AssertionMethod)
		}
	}
	for _, text := range []string{
		`[]`, `"x"`, `{}`, `{"id":1}`, `{"id":"a","id":"b"}`,
		`{"id":"did:web:a.example","assertionMethod":[1]}`,
		`{"id":"did:web:a.example","verificationMethod":[{"type":"Multikey","publicKeyMultibase":"` + mk + `"}]}`,
		`{"id":"did:web:a.example","verificationMethod":[{"id":"#k","publicKeyMultibase":"` + mk + `"},{"id":"#k","publicKeyJwk":` + jwk + `}]}`,
	} {
		if d, err := ParseDocument([]byte(text)); err == nil {
			t.Errorf("ParseDocument(%s) = %+v, want an error", text, d)
		}
	}
}

func TestMethodKeyIsRefused(t *testing.T) {
	const mk = "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
	for _, members := range []string{
		`"publicKeyMultibase":"` + mk + `","publicKeyBase58":"x"`,
		`"publicKeyMultibase":"` + mk + `","secretKeyMultibase":"z3u2"`,
		`"publicKeyMultibase":"` + mk + `","revoked":"yesterday"`,
		`"publicKeyPem":"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"`,
		`"publicKeyPem":"x"`,
		`"type":"EcdsaSecp256k1VerificationKey2019","publicKeyBase58":"23o6Sau8NxxzXcgSc3PLcNxrzrZpbLeBn1izfv3jbKhuv"`,
		`"type":"Multikey"`,
	} {
		d, err := ParseDocument([]byte(`{"id":"did:web:a.example","verificationMethod":[{"id":"#k",` + members + `}]}`))
		if err != nil {
			t.Errorf("%s: %v", members, err)
			continue
		}
		if m := d.Methods[0]; m.Err == nil || m.Key != nil {
			t.Errorf("%s: key %v, err %v, want a refused key", members, m.Key, m.Err)
		}
	}
}

func FuzzParseDocument(f *testing.F) {
	f.Add([]byte(`{"id":"did:web:a.example","verificationMethod":[{"id":"#k","type":"Multikey","controller":"did:web:a.example","publicKeyMultibase":"z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"}],"assertionMethod":["#k"]}`))
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
	f.Add([]byte(`{"id":"https://a.example","publicKey":{"id":"#k","owner":"https://a.example","publicKeyPem":"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"}}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := ParseDocument(src)
		if err != nil {
			if d != nil {
				t.Fatal("a document beside an error")
			}
			return
		}
		for i := range d.Methods {
			m := &d.Methods[i]
			if (m.Key == nil) == (m.Err == nil) {
				t.Fatalf("method %q has key %v and error %v", m.ID, m.Key, m.Err)
			}
			if m.Key != nil && key.Check(m.Key) != nil {
				t.Fatalf("method %q has a weak key", m.ID)
			}
		}
	})
}

func FuzzDereference(f *testing.F) {
	f.Add("did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi")
	f.Add("did:web:a.example%3A8443:b#k")
	f.Add("did:jwk:e30#0")
	f.Add("https://a.example/k#1")
	f.Fuzz(func(t *testing.T, id string) {
		m, _, err := new(Resolver).Dereference(t.Context(), id)
		if err == nil && (m == nil || m.Key == nil) {
			t.Fatalf("Dereference(%q): neither key nor error", id)
		}
		if err != nil && CodeOf(err) == "" {
			t.Fatalf("Dereference(%q): an error without a code: %v", id, err)
		}
	})
}
