package jose

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
)

func reasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return 0
}

// verify is what a caller does with a token and a JWK.
func verify(token []byte, jwk ijson.Value, algorithms []string) error {
	pub, err := key.ParseJWK(jwk)
	if err != nil {
		return err
	}
	jws, err := Parse(token)
	if err != nil {
		return err
	}
	return Verify(jws, pub, &Policy{Algorithms: algorithms, KeyAlgorithm: key.JWKAlgorithm(jwk)})
}

// everything is each algorithm of the table, for vectors that go beyond the default policy.
var everything = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

func TestWycheproofJWS(t *testing.T) {
	doc, err := ijson.Parse(vectors.File(t, "wycheproof/json_web_signature_test.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	run, refusedValid := 0, 0
	for g := range doc.Root().Get("testGroups").Elements() {
		jwk := g.Get("public")
		if !jwk.IsValid() {
			jwk = g.Get("private") // symmetric: refused before anything else
		}
		// The suite's own misspelling of ES512 is an algorithm that nobody has.
		unknown := jwk.Get("alg").Text() == "ES521" || jwk.Get("kty").Text() == "oct"
		for tc := range g.Get("tests").Elements() {
			run++
			err := verify([]byte(tc.Get("jws").Text()), jwk, everything)
			id, result := tc.Get("tcId").Number(), tc.Get("result").Text()
			switch {
			case result != "valid" && err == nil:
				t.Errorf("tc%s (%s): accepted", id, tc.Get("comment").Text())
			case result == "valid" && unknown && err != nil:
				refusedValid++
			case result == "valid" && tc.Get("comment").Text() == "Figure20" && reasonOf(err) == KeyMismatch:
				// A PS384 token under a JWK that says PS256; tc332 to tc340 demand that such tokens are refused.
				refusedValid++
			case result == "valid" && err != nil:
				t.Errorf("tc%s (%s): refused: %v", id, tc.Get("comment").Text(), err)
			}
		}
	}
	if want := int(doc.Root().Get("numberOfTests").Float()); run != want || refusedValid != 14 {
		t.Errorf("ran %d of %d, refused %d valid ones of unknown algorithms", run, want, refusedValid)
	}
}

func TestWycheproofJWK(t *testing.T) {
	doc, err := ijson.Parse(vectors.File(t, "wycheproof/json_web_key_test.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	run := 0
	for g := range doc.Root().Get("testGroups").Elements() {
		for tc := range g.Get("tests").Elements() {
			run++
			token := []byte(tc.Get("jws").Text())
			jws, err := Parse(token)
			if err == nil {
				err = verifyInSet(jws, token, g)
			}
			symmetric := strings.HasPrefix(string(headerAlg(token)), "HS")
			switch result := tc.Get("result").Text(); {
			case result != "valid" && err == nil:
				t.Errorf("tc%s (%s): accepted", tc.Get("tcId").Number(), tc.Get("comment").Text())
			case result == "valid" && err != nil && !symmetric:
				t.Errorf("tc%s (%s): refused: %v", tc.Get("tcId").Number(), tc.Get("comment").Text(), err)
			}
		}
	}
	if want := int(doc.Root().Get("numberOfTests").Float()); run != want {
		t.Errorf("ran %d of %d", run, want)
	}
}

func headerAlg(token []byte) string {
	jws, err := Parse(token)
	if err != nil {
		return ""
	}
	return jws.Algorithm
}

// verifyInSet takes the key with the token's kid from the group's set.
func verifyInSet(jws *JWS, token []byte, g ijson.Value) error {
	set := g.Get("public")
	if !set.IsValid() {
		set = g.Get("private")
	}
	for jwk := range set.Get("keys").Elements() {
		if jwk.Get("kid").Text() == jws.KeyID {
			return verify(token, jwk, everything)
		}
	}
	return errors.New("no such key")
}

func TestRoundTrip(t *testing.T) {
	payload := []byte(`{"id":"urn:x"}`)
	for _, tc := range []struct{ key, alg string }{
		{"ed25519", "EdDSA"}, {"p256", "ES256"}, {"p384", "ES384"}, {"rsa2048", "RS256"}, {"rsa2048", "PS256"},
	} {
		s, err := key.Generate(tc.key)
		if err != nil {
			t.Fatal(err)
		}
		token, err := Sign(s, tc.alg, map[string]any{"kid": "k", "typ": "JWT"}, payload)
		if err != nil {
			t.Fatal(err)
		}
		jws, err := Parse(token)
		if err != nil {
			t.Fatal(err)
		}
		if jws.Algorithm != tc.alg || jws.KeyID != "k" || jws.Type != "JWT" || !bytes.Equal(jws.Payload, payload) {
			t.Errorf("%s: parsed %+v", tc.alg, jws)
		}
		if err := Verify(jws, s.Public(), nil); err != nil {
			t.Errorf("%s: %v", tc.alg, err)
		}
		if err := Verify(jws, s.Public(), &Policy{Algorithms: []string{"ES512"}}); reasonOf(err) != Algorithm {
			t.Errorf("%s, not allowed: %v", tc.alg, err)
		}
		if err := Verify(jws, s.Public(), &Policy{KeyAlgorithm: "RS512"}); reasonOf(err) != KeyMismatch {
			t.Errorf("%s, key for another algorithm: %v", tc.alg, err)
		}
		if err := Verify(jws, nil, nil); reasonOf(err) != KeyMismatch {
			t.Errorf("%s, no key: %v", tc.alg, err)
		}
		jws.Signature[len(jws.Signature)/2] ^= 1
		if err := Verify(jws, s.Public(), nil); reasonOf(err) != Signature || !errors.Is(err, key.ErrSignature) {
			t.Errorf("%s, bent: %v", tc.alg, err)
		}
	}
	if AlgorithmFor("x") != "" {
		t.Error("a text has an algorithm")
	}
}

// TestHeaders is the list of hostile headers: each on a good payload, signed with a key that would make it work.
func TestHeaders(t *testing.T) {
	s, err := key.Generate("ed25519")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := ijson.Parse(vectors.File(t, "json/lists/jose-headers.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	accepted, n := 0, 0
	for c := range doc.Root().Get("cases").Elements() {
		n++
		input := base64url.EncodeToString(c.Get("header").Raw()) + "." + base64url.EncodeToString([]byte(`{}`))
		sig, err := key.Sign(s, 0, []byte(input))
		if err != nil {
			t.Fatal(err)
		}
		jws, err := Parse([]byte(input + "." + base64url.EncodeToString(sig)))
		if err == nil {
			err = Verify(jws, s.Public(), nil)
		}
		// What is refused for whose key it is (kid, jwk, jku, x5u, x5c) or for its typ is refused by others: here the
		// header's key is never used, and the signature is good under the key that was found.
		elsewhere := c.Get("header").Get("alg").Text() == "EdDSA" && !c.Get("header").Has("crit") && !c.Get("header").Has("b64") && !c.Get("header").Has("zip")
		switch {
		case c.Get("expect").Text() == "accept" && err != nil:
			t.Errorf("%s: refused: %v", c.Get("header").Raw(), err)
		case c.Get("expect").Text() == "reject" && err == nil && !elsewhere:
			t.Errorf("%s: accepted (%s)", clip(string(c.Get("header").Raw())), c.Get("why").Text())
		case err == nil:
			accepted++
		}
	}
	if n < 30 || accepted == 0 {
		t.Errorf("%d cases, %d accepted", n, accepted)
	}
}

// TestJ02_HMACConfusion: a token that is an HMAC keyed with the public key, in each form the key is published in.
func TestJ02_HMACConfusion(t *testing.T) {
	s, err := key.Generate("rsa2048")
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := key.JWK(s.Public())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	for _, alg := range []string{"HS256", "hs256", "none", "None", ""} {
		input := base64url.EncodeToString([]byte(`{"alg":"`+alg+`"}`)) + "." + base64url.EncodeToString([]byte(`{}`))
		mac := hmac.New(sha256.New, text)
		mac.Write([]byte(input))
		jws, err := Parse([]byte(input + "." + base64url.EncodeToString(mac.Sum(nil))))
		if err == nil {
			err = Verify(jws, s.Public(), &Policy{Algorithms: append(everything, alg)})
		}
		if reasonOf(err) != Algorithm {
			t.Errorf("%q: %v, want Algorithm", alg, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	enc := base64url.EncodeToString
	good := enc([]byte(`{"alg":"EdDSA"}`))
	for name, tc := range map[string]struct {
		token string
		want  Reason
	}{
		"empty":              {"", Syntax},
		"one part":           {good, Syntax},
		"two parts":          {good + "." + good, Syntax},
		"no signature":       {good + ".e30.", Syntax},
		"no header":          {".e30.AAAA", Syntax},
		"four parts":         {good + ".e30.AAAA.AAAA", Syntax},
		"JWE":                {good + ".e30.AAAA.AAAA.AAAA", Encrypted},
		"JWE header":         {enc([]byte(`{"alg":"dir","enc":"A256GCM"}`)) + ".e30.AAAA", Encrypted},
		"zip":                {enc([]byte(`{"alg":"EdDSA","zip":"DEF"}`)) + ".e30.AAAA", Encrypted},
		"J09 crit":           {enc([]byte(`{"alg":"EdDSA","crit":["x"],"x":1}`)) + ".e30.AAAA", Critical},
		"J09 empty crit":     {enc([]byte(`{"alg":"EdDSA","crit":[]}`)) + ".e30.AAAA", Critical},
		"J10 b64":            {enc([]byte(`{"alg":"EdDSA","b64":false}`)) + ".e30.AAAA", Critical},
		"J10 b64 text":       {enc([]byte(`{"alg":"EdDSA","b64":"true"}`)) + ".e30.AAAA", Critical},
		"no alg":             {enc([]byte(`{}`)) + ".e30.AAAA", Algorithm},
		"alg array":          {enc([]byte(`{"alg":["EdDSA"]}`)) + ".e30.AAAA", Header},
		"kid number":         {enc([]byte(`{"alg":"EdDSA","kid":1}`)) + ".e30.AAAA", Header},
		"duplicate alg":      {enc([]byte(`{"alg":"none","alg":"EdDSA"}`)) + ".e30.AAAA", Header},
		"header array":       {enc([]byte(`[]`)) + ".e30.AAAA", Header},
		"header not JSON":    {enc([]byte(`alg`)) + ".e30.AAAA", Header},
		"J21 long header":    {enc([]byte(`{"alg":"EdDSA","x":"`+strings.Repeat("x", MaxHeader)+`"}`)) + ".e30.AAAA", Header},
		"J25 JSON":           {`{"payload":"e30","signatures":[]}`, Syntax},
		"J11 padding":        {good + ".e30=.AAAA", Syntax},
		"J11 header padding": {good + "=.e30.AAAA", Syntax},
		"J11 standard":       {good + ".e30.AA+/", Syntax},
		"J11 space":          {good + ".e3 0.AAAA", Syntax},
		"J11 line end":       {good + ".e3\n0.AAAA", Syntax},
		"J11 final line end": {good + ".e30.AAAA\n", Syntax},
		"J11 return":         {good + ".e30.AA\rAA", Syntax},
		"J11 loose bits":     {good + ".e30.AAB", Syntax},
		"J21 dots":           {strings.Repeat(".", 1_000_000), Syntax},
		"J21 more dots":      {good + strings.Repeat(".", 1_000_000), Syntax},
	} {
		if jws, err := Parse([]byte(tc.token)); reasonOf(err) != tc.want || jws != nil {
			t.Errorf("%s: %v, want reason %d", name, err, tc.want)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	s, err := key.Generate("ed25519")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		alg    string
		header map[string]any
		want   Reason
	}{
		"none":          {"none", nil, Algorithm},
		"wrong key":     {"RS256", nil, KeyMismatch},
		"alg twice":     {"EdDSA", map[string]any{"alg": "none"}, Header},
		"crit":          {"EdDSA", map[string]any{"crit": []string{"b64"}}, Critical},
		"not writeable": {"EdDSA", map[string]any{"kid": func() {}}, Header},
	} {
		if _, err := Sign(s, tc.alg, tc.header, nil); reasonOf(err) != tc.want {
			t.Errorf("%s: %v, want reason %d", name, err, tc.want)
		}
	}
}

func TestMarshalKeySet(t *testing.T) {
	var keys []PublicKey
	for _, alg := range key.Algorithms {
		s, err := key.Generate(alg)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, PublicKey{ID: "https://a.example/keys/" + alg, Issuer: "https://a.example", Key: s.Public()})
	}
	text, err := MarshalKeySet(keys...)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := ijson.Parse(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, jwk := range doc.Root().Get("keys").Each() {
		pub, err := key.ParseJWK(jwk)
		if err != nil || !key.Equal(pub, keys[i].Key) || jwk.Get("kid").Text() != keys[i].ID || jwk.Get("alg").Text() != AlgorithmFor(pub) {
			t.Errorf("key %d: %s, %v", i, jwk.Raw(), err)
		}
	}
	if _, err := MarshalKeySet(PublicKey{Key: "x"}); err == nil {
		t.Error("a key set of a text")
	}
}

func FuzzParse(f *testing.F) {
	s, err := key.Generate("ed25519")
	if err != nil {
		f.Fatal(err)
	}
	token, err := Sign(s, "EdDSA", map[string]any{"typ": "JWT"}, []byte(`{}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add([]byte("e30.e30.AAAA"))
	f.Add([]byte("a.b.c.d.e"))
	f.Fuzz(func(t *testing.T, src []byte) {
		jws, err := Parse(src)
		if err != nil {
			if jws != nil {
				t.Fatal("a token beside an error")
			}
			return
		}
		// One spelling: what was read, written again, is what was there.
		tail := "." + base64url.EncodeToString(jws.Payload) + "." + base64url.EncodeToString(jws.Signature)
		if !bytes.HasSuffix(src, []byte(tail)) {
			t.Fatalf("%q does not end in %q", src, tail)
		}
		if Verify(jws, s.Public(), nil) == nil && !bytes.Equal(src, token) {
			t.Fatalf("a second token verifies: %q", src)
		}
	})
}

func ExampleVerify() {
	signer, _ := key.Generate("ed25519")
	token, _ := Sign(signer, "EdDSA", map[string]any{"kid": "https://issuer.example/keys/1"}, []byte(`{"id":"urn:example:1"}`))
	jws, _ := Parse(token)
	if err := Verify(jws, signer.Public(), nil); err != nil {
		panic(err)
	}
	// Output:
}
