package did

import (
	"context"
	"crypto"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/key"
)

func newKey(t *testing.T) (crypto.PublicKey, string) {
	t.Helper()
	s, err := key.Generate("ed25519")
	if err != nil {
		t.Fatal(err)
	}
	mk, err := key.Multikey(s.Public())
	if err != nil {
		t.Fatal(err)
	}
	return s.Public(), mk
}

func controller(id, mk, relationship string) []byte {
	return fmt.Appendf(nil, `{"id":%q,"verificationMethod":[{"id":"%s#k","type":"Multikey","controller":%q,"publicKeyMultibase":%q}],%q:["%s#k"]}`,
		id, id, id, mk, relationship, id)
}

func keyDocument(id, owner, mk string) []byte {
	return fmt.Appendf(nil, `{"id":%q,"type":"Multikey","controller":%q,"publicKeyMultibase":%q}`, id, owner, mk)
}

func keySet(t *testing.T, members map[string]any, pub crypto.PublicKey) []byte {
	t.Helper()
	jwk, err := key.JWK(pub)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range members {
		jwk[name] = v
	}
	text, err := json.Marshal(map[string]any{"keys": []any{jwk}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// bind dereferences vm (or takes the key bare when vm is empty) and asks whether it speaks for issuer.
func bind(t *testing.T, f fetch.Fetcher, issuer, vm string, pub crypto.PublicKey) Code {
	t.Helper()
	r := &Resolver{Fetcher: f}
	c := Claim{Issuer: issuer, Key: pub}
	if vm != "" {
		var err error
		if c.Method, c.Document, err = r.Dereference(t.Context(), vm); err != nil {
			return CodeOf(err)
		}
	}
	return CodeOf(r.Bind(t.Context(), c))
}

const (
	victim = "https://victim.example/issuers/1"
	jwks   = "https://victim.example/.well-known/jwks.json"
)

func TestBindAccepts(t *testing.T) {
	pub, mk := newKey(t)
	profile := []byte(`{"id":"` + victim + `","type":"Profile","name":"Victim"}`)
	for name, tc := range map[string]struct {
		static     fetch.Static
		issuer, vm string
	}{
		"did:key":             {nil, Key(pub), Key(pub) + "#" + mk},
		"did:web":             {fetch.Static{"https://victim.example/.well-known/did.json": controller("did:web:victim.example", mk, AssertionMethod)}, "did:web:victim.example", "did:web:victim.example#k"},
		"controller document": {fetch.Static{victim: controller(victim, mk, AssertionMethod)}, victim, victim + "#k"},
		"header jwk, listed by the controller document": {fetch.Static{victim: controller(victim, mk, AssertionMethod)}, victim, ""},
		"header jwk, listed by the key set":             {fetch.Static{victim: profile, jwks: keySet(t, nil, pub)}, victim, ""},
		"key set with the issuer's iss":                 {fetch.Static{jwks: keySet(t, map[string]any{"iss": victim}, pub)}, victim, ""},
		"key document at the issuer's origin":           {fetch.Static{"https://victim.example/keys/1": keyDocument("https://victim.example/keys/1", victim, mk)}, victim, "https://victim.example/keys/1"},
		"key document and a plain profile":              {fetch.Static{victim: profile, "https://victim.example/keys/1": keyDocument("https://victim.example/keys/1", victim, mk)}, victim, "https://victim.example/keys/1"},
		"kid that is a JWK set":                         {fetch.Static{"https://victim.example/keys": keySet(t, map[string]any{"kid": "https://victim.example/keys#k"}, pub)}, victim, "https://victim.example/keys#k"},
	} {
		if got := bind(t, tc.static, tc.issuer, tc.vm, pub); got != "" {
			t.Errorf("%s: %s, want bound", name, got)
		}
	}
}

// TestForgedIssuers is every way of the attack catalogue in which a key of the attacker is passed off as the victim's.
func TestForgedIssuers(t *testing.T) {
	theirs, theirMk := newKey(t)
	mine, mk := newKey(t)
	evil := "https://evil.example/issuers/1"
	doc := controller(victim, theirMk, AssertionMethod)
	didDoc := controller("did:web:victim.example", theirMk, AssertionMethod)
	for name, tc := range map[string]struct {
		static     fetch.Static
		issuer, vm string
		want       Code
	}{
		"J03 header jwk":                         {fetch.Static{victim: doc, jwks: keySet(t, nil, theirs)}, victim, "", NotBound},
		"J03 header jwk, DID issuer":             {fetch.Static{"https://victim.example/.well-known/did.json": didDoc}, "did:web:victim.example", "", NotBound},
		"J03 header jwk, nothing published":      {fetch.Static{}, victim, "", Unreachable},
		"J04 kid of another controller":          {fetch.Static{victim: doc, evil: controller(evil, mk, AssertionMethod)}, victim, evil + "#k", ControllerMismatch},
		"J04 kid at another origin":              {fetch.Static{"https://evil.example/jwk": keySet(t, nil, mine), victim: doc}, victim, "https://evil.example/jwk", NotBound},
		"J04 kid at another origin, no list":     {fetch.Static{"https://evil.example/jwk": keySet(t, nil, mine)}, victim, "https://evil.example/jwk", Unreachable},
		"J07 same kid, other issuer's key":       {fetch.Static{jwks: keySet(t, map[string]any{"kid": "key-1"}, theirs)}, victim, "", NotBound},
		"JWK set entry of another tenant":        {fetch.Static{victim: []byte(`{"id":"` + victim + `"}`), jwks: keySet(t, map[string]any{"iss": victim + "0"}, mine)}, victim, "", NotBound},
		"P01 did:key of the attacker":            {fetch.Static{victim: doc}, victim, Key(mine) + "#" + mk, ControllerMismatch},
		"P02 key in the fragment":                {fetch.Static{victim: doc}, victim, victim + "#" + mk, MethodNotFound},
		"P02 key in the fragment of a did:web":   {fetch.Static{"https://victim.example/.well-known/did.json": didDoc}, "did:web:victim.example", "did:web:victim.example#" + mk, MethodNotFound},
		"P03 no controller":                      {fetch.Static{victim: doc, "https://evil.example/k": []byte(`{"id":"https://evil.example/k","type":"Multikey","publicKeyMultibase":"` + mk + `"}`)}, victim, "https://evil.example/k", ControllerMismatch},
		"P03 controller claimed elsewhere":       {fetch.Static{victim: doc, "https://evil.example/k": keyDocument("https://evil.example/k", victim, mk)}, victim, "https://evil.example/k", NotBound},
		"P03 claimed elsewhere, nothing listed":  {fetch.Static{victim: []byte(`{"id":"` + victim + `"}`), "https://evil.example/k": keyDocument("https://evil.example/k", victim, mk)}, victim, "https://evil.example/k", Unreachable},
		"P03 neighbour on the same origin":       {fetch.Static{victim: doc, "https://victim.example/users/evil/k": keyDocument("https://victim.example/users/evil/k", victim, mk)}, victim, "https://victim.example/users/evil/k", NotBound},
		"P04 for authentication only":            {fetch.Static{victim: controller(victim, mk, Authentication)}, victim, victim + "#k", NotAuthorized},
		"P04 for authentication only, bare key":  {fetch.Static{victim: controller(victim, mk, Authentication)}, victim, "", NotAuthorized},
		"P05 document of another id":             {fetch.Static{victim: controller(evil, mk, AssertionMethod)}, victim, victim + "#k", Mismatch},
		"P05 method of another controller":       {fetch.Static{evil: fmt.Appendf(nil, `{"id":%q,"verificationMethod":[{"id":"%s#k","type":"Multikey","controller":%q,"publicKeyMultibase":%q}],"assertionMethod":["%s#k"]}`, evil, evil, victim, mk, evil), victim: doc}, victim, evil + "#k", NotBound},
		"P05 method of another controller, bare": {fetch.Static{victim: fmt.Appendf(nil, `{"id":%q,"verificationMethod":[{"id":"%s#k","type":"Multikey","controller":%q,"publicKeyMultibase":%q}],"assertionMethod":["%s#k"]}`, victim, victim, evil, mk, victim)}, victim, "", NotBound},
		"JWK of another tenant at its kid":       {fetch.Static{"https://victim.example/keys": keySet(t, map[string]any{"iss": victim + "0"}, mine)}, victim, "https://victim.example/keys", Unreachable},
		"kid document that changes its own name": {fetch.Static{"https://evil.example/k": keyDocument("https://victim.example/keys/1", victim, mk), victim: doc}, victim, "https://evil.example/k", Mismatch},
		"issuer with a port":                     {fetch.Static{"https://victim.example/keys/1": keyDocument("https://victim.example/keys/1", "https://victim.example:8443/issuers/1", mk)}, "https://victim.example:8443/issuers/1", "https://victim.example/keys/1", Unreachable},
	} {
		if got := bind(t, tc.static, tc.issuer, tc.vm, mine); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// TestBindComparesTheKey: the method found is not the key that verified.
func TestBindComparesTheKey(t *testing.T) {
	theirs, mk := newKey(t)
	mine, _ := newKey(t)
	r := &Resolver{Fetcher: fetch.Static{victim: controller(victim, mk, AssertionMethod)}}
	m, d, err := r.Dereference(t.Context(), victim+"#k")
	if err != nil || !key.Equal(m.Key, theirs) {
		t.Fatal(err)
	}
	if err := r.Bind(t.Context(), Claim{Issuer: victim, Method: m, Document: d, Key: mine}); CodeOf(err) != NotBound {
		t.Errorf("Bind with another key: %v, want NotBound", err)
	}
	if err := r.Bind(t.Context(), Claim{Issuer: victim, Method: m, Document: d}); CodeOf(err) != NotBound {
		t.Errorf("Bind without a key: %v, want NotBound", err)
	}
}

func TestFindKey(t *testing.T) {
	pub, mk := newKey(t)
	set := keySet(t, map[string]any{"kid": "k1"}, pub)
	for _, tc := range []struct {
		name        string
		static      fetch.Static
		issuer, kid string
		want        Code
		fetched     int
	}{
		{"did:key", nil, Key(pub), Key(pub) + "#" + mk, "", 0},
		{"bare did:key", nil, Key(pub), Key(pub), "", 0},
		{"did:key of somebody", nil, victim, Key(pub), "", 0}, // found; Bind says no
		{"J04 did:web of somebody", nil, victim, "did:web:evil.example#k", ControllerMismatch, 0},
		{"J04 address of somebody", nil, victim, "https://evil.example/jwk.json", ControllerMismatch, 0},
		{"address at the issuer", fetch.Static{"https://victim.example/keys": set}, victim, "https://victim.example/keys#k1", "", 1},
		{"address at a did:web's host", fetch.Static{"https://victim.example/keys": set}, "did:web:victim.example:a", "https://victim.example/keys#k1", "", 1},
		{"thumbprint in the key set", fetch.Static{victim: []byte(`{"id":"` + victim + `"}`), jwks: set}, victim, "k1", "", 2},
		{"fragment in the document", fetch.Static{victim: controller(victim, mk, AssertionMethod)}, victim, "k", "", 1},
		{"relative", fetch.Static{victim: controller(victim, mk, AssertionMethod)}, victim, "#k", "", 1},
		{"no kid, one key", fetch.Static{victim: controller(victim, mk, AssertionMethod)}, victim, "", "", 1},
		{"J06 path", fetch.Static{victim: controller(victim, mk, AssertionMethod), jwks: set}, victim, "../../etc/passwd", MethodNotFound, 2},
		{"J06 NUL", fetch.Static{victim: controller(victim, mk, AssertionMethod), jwks: set}, victim, "k1\x00", MethodNotFound, 2},
		{"J06 long", nil, victim, strings.Repeat("A", 100_000), MethodNotFound, 0},
		{"nothing published", nil, victim, "k1", Unreachable, 2},
		{"DID issuer without the key", nil, Key(pub), "k1", MethodNotFound, 0},
	} {
		seen := &counting{Fetcher: tc.static}
		m, _, err := (&Resolver{Fetcher: seen}).FindKey(t.Context(), tc.issuer, tc.kid)
		if CodeOf(err) != tc.want || len(seen.urls) != tc.fetched {
			t.Errorf("%s: %v after fetching %q, want %q after %d", tc.name, err, seen.urls, tc.want, tc.fetched)
		}
		if err == nil && !key.Equal(m.Key, pub) {
			t.Errorf("%s: another key", tc.name)
		}
	}
}

// moved answers every URL with the document of a Static, as if after a redirect to another host.
type moved struct{ fetch.Static }

func (m moved) Fetch(ctx context.Context, url, accept string) (*fetch.Response, error) {
	resp, err := m.Static.Fetch(ctx, url, accept)
	if err == nil {
		resp.URL = strings.Replace(resp.URL, "victim.example", "evil.example", 1)
	}
	return resp, err
}

// TestN04_RedirectsDoNotSpeakForAHost: what speaks for a host must come from it.
func TestN04_RedirectsDoNotSpeakForAHost(t *testing.T) {
	pub, mk := newKey(t)
	r := &Resolver{Fetcher: moved{fetch.Static{"https://victim.example/.well-known/did.json": controller("did:web:victim.example", mk, AssertionMethod)}}}
	if _, err := r.Resolve(t.Context(), "did:web:victim.example"); CodeOf(err) != CrossOrigin {
		t.Errorf("did:web: %v, want CrossOrigin", err)
	}
	set := fetch.Static{victim: []byte(`{"id":"` + victim + `"}`), jwks: keySet(t, map[string]any{"kid": "k1"}, pub)}
	r = &Resolver{Fetcher: moved{set}}
	if err := r.Bind(t.Context(), Claim{Issuer: victim, Key: pub}); CodeOf(err) != CrossOrigin {
		t.Errorf("key set: %v, want CrossOrigin", err)
	}
	if _, _, err := r.FindKey(t.Context(), victim, "k1"); CodeOf(err) != CrossOrigin {
		t.Errorf("key set by kid: %v, want CrossOrigin", err)
	}
	at := "https://victim.example/keys/1"
	r = &Resolver{Fetcher: moved{fetch.Static{at: keyDocument(at, victim, mk)}}}
	m, d, err := r.Dereference(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Bind(t.Context(), Claim{Issuer: victim, Method: m, Document: d, Key: pub}); CodeOf(err) != Unreachable {
		t.Errorf("key document: %v, want Unreachable", err)
	}
}

// TestAmbiguousKids: two different keys under one name are no key.
func TestAmbiguousKids(t *testing.T) {
	a, _ := newKey(t)
	b, _ := newKey(t)
	one, two := keySet(t, map[string]any{"kid": "k"}, a), keySet(t, map[string]any{"kid": "k"}, b)
	set := append(append(one[:len(one)-2:len(one)-2], ','), two[len(`{"keys":[`):]...)
	r := &Resolver{Fetcher: fetch.Static{"https://victim.example/keys": set, victim: []byte(`{"id":"` + victim + `"}`), jwks: set}}
	for _, kid := range []string{"https://victim.example/keys#k", "k", ""} {
		if _, _, err := r.FindKey(t.Context(), victim, kid); CodeOf(err) != InvalidDocument {
			t.Errorf("kid %q: %v, want InvalidDocument", kid, err)
		}
	}
}
