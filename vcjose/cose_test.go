package vcjose_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/vcjose"
)

const coseCredential = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"did:example:i","credentialSubject":{"id":"did:example:s"}}`

// coseSign makes a COSE_Sign1 as RFC 9052, 4.2 and 4.4 say.
func coseSign(t testing.TB, protected, unprotected map[any]any, payload any, sign func([]byte) []byte) []byte {
	t.Helper()
	head := coseMarshal(t, protected)
	content, _ := payload.([]byte)
	sig := sign(coseMarshal(t, []any{"Signature1", head, []byte{}, content}))
	return coseMarshal(t, cbor.Tag{Number: 18, Content: []any{head, unprotected, payload, sig}})
}

func coseMarshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := cbor.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCOSEAlgorithms(t *testing.T) {
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	big, _ := rsa.GenerateKey(rand.Reader, 2048)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	must := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		id     int
		signer crypto.Signer
		sign   func([]byte) []byte
	}{
		"ES256": {-7, p256, func(b []byte) []byte { return must(key.Sign(p256, crypto.SHA256, b)) }},
		"ES384": {-35, p384, func(b []byte) []byte { return must(key.Sign(p384, crypto.SHA384, b)) }},
		"PS256": {-37, big, func(b []byte) []byte { return must(key.SignPSS(big, crypto.SHA256, b)) }},
		"EdDSA": {-8, ed, func(b []byte) []byte { return must(key.Sign(ed, 0, b)) }},
	} {
		t.Run(name, func(t *testing.T) {
			header := map[any]any{1: c.id, 3: "application/vc", 4: []byte("k1"), 16: "application/vc+cose", 15: map[any]any{1: "did:example:i", 4: 1900000000}}
			message := coseSign(t, header, map[any]any{}, []byte(coseCredential), c.sign)
			for _, form := range [][]byte{message, []byte(base64.StdEncoding.EncodeToString(message)), []byte(" " + base64.RawURLEncoding.EncodeToString(message) + "\n")} {
				cred, err := vcjose.Parse(form)
				if err != nil {
					t.Fatal(err)
				}
				if cred.Form != vcjose.COSE || cred.JWS.Algorithm != name || cred.JWS.KeyID != "k1" || cred.Issuer != "did:example:i" || cred.Expires.Unix() != 1900000000 || len(cred.Problems) != 0 {
					t.Errorf("got %+v", cred)
				}
				if string(cred.Bytes()) != coseCredential {
					t.Errorf("the credential is %s", cred.Bytes())
				}
				if err := jose.Verify(cred.JWS, c.signer.Public(), nil); err != nil {
					t.Error(err)
				}
			}
			for i := range message {
				bent := bytes.Clone(message)
				bent[i] ^= 4
				if cred, err := vcjose.Parse(bent); err == nil && jose.Verify(cred.JWS, c.signer.Public(), nil) == nil {
					t.Errorf("verifies with byte %d of %d changed", i, len(message))
				}
			}
		})
	}
}

func TestCOSERefused(t *testing.T) {
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	sign := func(b []byte) []byte { return ed25519.Sign(ed, b) }
	payload := []byte(coseCredential)
	with := func(more map[any]any) []byte {
		header := map[any]any{1: -8}
		for k, v := range more {
			header[k] = v
		}
		return coseSign(t, header, map[any]any{}, payload, sign)
	}
	for name, c := range map[string]struct {
		message []byte
		reason  jose.Reason
	}{
		"no algorithm":               {coseSign(t, map[any]any{4: []byte("k")}, map[any]any{1: -8}, payload, sign), jose.Algorithm},
		"algorithm as text":          {coseSign(t, map[any]any{1: "EdDSA"}, map[any]any{}, payload, sign), jose.Algorithm},
		"critical":                   {with(map[any]any{2: []any{3}}), jose.Critical},
		"detached":                   {coseSign(t, map[any]any{1: -8}, map[any]any{}, nil, sign), jose.Syntax},
		"payload as text":            {coseSign(t, map[any]any{1: -8}, map[any]any{}, coseCredential, sign), jose.Syntax},
		"more behind":                {append(with(nil), 0), jose.Syntax},
		"cut short":                  {with(nil)[:100], jose.Syntax},
		"three parts":                {coseMarshal(t, cbor.Tag{Number: 18, Content: []any{[]byte{0xa0}, map[any]any{}, payload}}), jose.Syntax},
		"a name twice":               {coseMarshal(t, cbor.Tag{Number: 18, Content: []any{[]byte{0xa2, 1, 0x27, 1, 0x26}, map[any]any{}, payload, []byte{1}}}), jose.Header},
		"large header":               {with(map[any]any{99: strings.Repeat("x", jose.MaxHeader)}), jose.Header},
		"large unprotected header":   {coseSign(t, map[any]any{1: -8}, map[any]any{99: strings.Repeat("x", jose.MaxHeader)}, payload, sign), jose.Header},
		"a promise of 2^62 bytes":    {append([]byte{0xd2, 0x84, 0x5b, 0x40, 0, 0, 0, 0, 0, 0, 0}, payload...), jose.Syntax},
		"a promise of 2^62 elements": {[]byte{0xd2, 0x84, 0x41, 0xa0, 0x9b, 0x40, 0, 0, 0, 0, 0, 0, 0, 1}, jose.Syntax},
		"nested lists":               {append([]byte{0xd2, 0x84, 0x41, 0xa0}, bytes.Repeat([]byte{0x81}, 1<<20)...), jose.Syntax},
		"indefinite length":          {[]byte{0xd2, 0x84, 0x5f, 0x41, 0xa0, 0xff, 0xa0, 0x40, 0x40}, jose.Syntax},
	} {
		cred, err := vcjose.Parse(c.message)
		var je *jose.Error
		if !errors.As(err, &je) || je.Reason != c.reason {
			t.Errorf("%s: %+v, %v; want the reason %d", name, cred, err, c.reason)
		}
	}
	for name, c := range map[string]struct {
		header map[any]any
		code   string
	}{
		"typ of a token":     {map[any]any{16: "application/vc+jwt"}, vcjose.TypeHeader},
		"typ as a number":    {map[any]any{16: 50}, vcjose.TypeHeader},
		"content type":       {map[any]any{3: "text/html"}, vcjose.TypeHeader},
		"issuer of a sister": {map[any]any{15: map[any]any{1: "did:example:other"}}, vcjose.IssuerMismatch},
		"issuer as a number": {map[any]any{15: map[any]any{1: 7}}, vcjose.ClaimType},
		"end as text":        {map[any]any{15: map[any]any{4: "tomorrow"}}, vcjose.ClaimType},
	} {
		cred, err := vcjose.Parse(with(c.header))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(cred.Problems) != 1 || cred.Problems[0].Code != c.code || cred.Problems[0].Severity != vcjose.Invalid {
			t.Errorf("%s: %+v, want %s", name, cred.Problems, c.code)
		}
	}
}

// FuzzCOSE: whatever the bytes, reading ends, and what it gives is the payload that is signed.
func FuzzCOSE(f *testing.F) {
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	f.Add(coseSign(f, map[any]any{1: -8, 4: []byte("k")}, map[any]any{}, []byte(coseCredential), func(b []byte) []byte { return ed25519.Sign(ed, b) }))
	f.Add([]byte{0xd2, 0x84, 0x41, 0xa0, 0xa0, 0x40, 0x40})
	f.Fuzz(func(t *testing.T, in []byte) {
		cred, err := vcjose.Parse(append([]byte{0xd2, 0x84}, in...))
		if err == nil && (!bytes.Contains(cred.JWS.SigningInput, cred.Bytes()) || cred.Form != vcjose.COSE) {
			t.Fatalf("the credential is not what is signed: %q", cred.Bytes())
		}
	})
}
