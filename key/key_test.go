package key

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"math/big"
	"testing"

	"github.com/openlaurel/laurel/ijson"
)

// reasonOf returns the reason of a refusal, 0 for none.
func reasonOf(err error) Reason {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return 0
}

func value(t testing.TB, text string) ijson.Value {
	t.Helper()
	doc, err := ijson.Parse([]byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func TestRoundTrips(t *testing.T) {
	for _, alg := range Algorithms {
		s, err := Generate(alg)
		if err != nil {
			t.Fatal(err)
		}
		if Name(s.Public()) != alg {
			t.Errorf("Name = %q, want %q", Name(s.Public()), alg)
		}
		mk, err := Multikey(s.Public())
		if err != nil {
			t.Fatal(err)
		}
		if pub, err := ParseMultikey(mk); err != nil || !Equal(pub, s.Public()) {
			t.Errorf("%s: ParseMultikey(Multikey) = %v, %v", alg, pub, err)
		}
		jwk, err := JWK(s.Public())
		if err != nil {
			t.Fatal(err)
		}
		text, err := ijson.Marshal(jwk)
		if err != nil {
			t.Fatal(err)
		}
		if pub, err := ParseJWK(value(t, string(text))); err != nil || !Equal(pub, s.Public()) {
			t.Errorf("%s: ParseJWK(JWK) = %v, %v", alg, pub, err)
		}
		private, err := MarshalPrivateJWK(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParsePrivateJWK(private)
		if err != nil || !Equal(again.Public(), s.Public()) {
			t.Errorf("%s: ParsePrivateJWK(MarshalPrivateJWK): %v", alg, err)
		}
		if _, err := ParseJWK(value(t, string(private))); reasonOf(err) != Private {
			t.Errorf("%s: ParseJWK of a private JWK: %v, want Private", alg, err)
		}
		signs(t, alg, again)
	}
}

func signs(t *testing.T, alg string, s crypto.Signer) {
	t.Helper()
	msg := []byte("a learner record")
	if pub, ok := s.Public().(*rsa.PublicKey); ok {
		sig, err := SignPKCS1v15(s, crypto.SHA256, msg)
		if err != nil || VerifyPKCS1v15(pub, crypto.SHA256, msg, sig) != nil {
			t.Errorf("PKCS #1: %v", err)
		}
		sig, err = SignPSS(s, crypto.SHA256, msg)
		if err != nil || VerifyPSS(pub, crypto.SHA256, msg, sig) != nil {
			t.Errorf("PSS: %v", err)
		}
		return
	}
	sig, err := Sign(s, 0, msg)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(s.Public(), 0, msg, sig); err != nil {
		t.Errorf("%s: Verify(Sign) = %v", alg, err)
	}
	if err := Verify(s.Public(), 0, append(msg, '.'), sig); !errors.Is(err, ErrSignature) {
		t.Errorf("%s: another message verifies: %v", alg, err)
	}
	sig[10] ^= 1
	if err := Verify(s.Public(), 0, msg, sig); !errors.Is(err, ErrSignature) {
		t.Errorf("%s: a bent signature verifies: %v", alg, err)
	}
}

// TestRFC8037Thumbprint holds Thumbprint to RFC 8037 appendix A.3.
func TestRFC8037Thumbprint(t *testing.T) {
	pub, err := ParseJWK(value(t, `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Thumbprint(pub)
	if want := "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"; got != want || err != nil {
		t.Errorf("Thumbprint = %q, %v, want %q", got, err, want)
	}
}

func TestJ16_WeakRSA(t *testing.T) {
	s, err := Generate("rsa2048")
	if err != nil {
		t.Fatal(err)
	}
	good := s.Public().(*rsa.PublicKey)
	small := new(big.Int).Rsh(good.N, 1024)
	small.SetBit(small, 0, 1)
	for name, k := range map[string]*rsa.PublicKey{
		"short":      {N: small, E: 65537},
		"even":       {N: new(big.Int).Sub(good.N, big.NewInt(1)), E: 65537},
		"e=1":        {N: good.N, E: 1},
		"e=3":        {N: good.N, E: 3},
		"e even":     {N: good.N, E: 65538},
		"roca shape": {N: new(big.Int).Exp(big.NewInt(65537), big.NewInt(128), nil), E: 65537},
	} {
		if err := Check(k); reasonOf(err) != Weak {
			t.Errorf("%s: Check = %v, want Weak", name, err)
		}
	}
	if err := Check(good); err != nil {
		t.Errorf("a good key: %v", err)
	}
	if err := Check(&rsa.PublicKey{N: new(big.Int).Add(new(big.Int).Lsh(good.N, 8192), big.NewInt(2)), E: 65537}); reasonOf(err) != Unsupported {
		t.Errorf("a giant key: %v, want Unsupported", err)
	}
}

func TestCheckRefuses(t *testing.T) {
	off := ed25519.PublicKey(append([]byte{2}, make([]byte, 31)...)) // y = 2 has no x
	p224, err := ecdsa.GenerateKey(elliptic.P224(), nil)
	if err == nil {
		if err := Check(p224.Public()); reasonOf(err) != Unsupported {
			t.Errorf("P-224: %v", err)
		}
	}
	for _, tc := range []struct {
		name string
		pub  crypto.PublicKey
		want Reason
	}{
		{"nil", nil, Malformed},
		{"off the curve", off, Malformed},
		{"short Ed25519", ed25519.PublicKey(make([]byte, 31)), Length},
		{"no curve", &ecdsa.PublicKey{}, Malformed},
		{"nil EC", (*ecdsa.PublicKey)(nil), Malformed},
		{"nil RSA", (*rsa.PublicKey)(nil), Malformed},
		{"text", "key", Unsupported},
	} {
		if got := reasonOf(Check(tc.pub)); got != tc.want {
			t.Errorf("%s: reason %d, want %d", tc.name, got, tc.want)
		}
	}
}

func TestParseJWKRefuses(t *testing.T) {
	const x = `"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"`
	for _, tc := range []struct {
		text string
		want Reason
	}{
		{`[]`, Malformed},
		{`{}`, Malformed},
		{`{"kty":"oct","k":"AA"}`, Private},
		{`{"kty":"oct"}`, Unsupported},
		{`{"kty":"XYZ"}`, Unsupported},
		{`{"kty":"OKP",` + x + `}`, Malformed},
		{`{"kty":"OKP","crv":"X25519",` + x + `}`, Unsupported},
		{`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="}`, Malformed},
		{`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp"}`, Malformed},
		{`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`, Malformed},
		{`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQ\nHOg7hcvPapiMlrwIaaPcHURo"}`, Malformed},
		{`{"kty":"OKP","crv":"Ed25519","x":"AQ"}`, Length},
		{`{"kty":"OKP","crv":"Ed25519","use":"enc",` + x + `}`, Use},
		{`{"kty":"OKP","crv":"Ed25519","use":null,` + x + `}`, Use},
		{`{"kty":"OKP","crv":"Ed25519","key_ops":["encrypt"],` + x + `}`, Use},
		{`{"kty":"OKP","crv":"Ed25519","key_ops":"verify",` + x + `}`, Malformed},
		{`{"kty":"OKP","crv":"Ed25519","d":"AA",` + x + `}`, Private},
		{`{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}`, Length},
		{`{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}`, Malformed},
		{`{"kty":"EC","crv":"secp256k1","x":"AQ","y":"AQ"}`, Unsupported},
		{`{"kty":"EC"}`, Malformed},
		{`{"kty":"RSA","n":"AQAB","e":"AQAB"}`, Weak},
		{`{"kty":"RSA","n":"AQAB"}`, Malformed},
		{`{"kty":"RSA","n":"AQAB","e":"AQAAAAAB"}`, Weak},
	} {
		if pub, err := ParseJWK(value(t, tc.text)); reasonOf(err) != tc.want || pub != nil {
			t.Errorf("ParseJWK(%s): %v, want reason %d", tc.text, err, tc.want)
		}
	}
	if _, err := ParseJWK(ijson.Value{}); reasonOf(err) != Malformed {
		t.Errorf("no value: %v", err)
	}
}

func TestParseMultikeyRefuses(t *testing.T) {
	for text, want := range map[string]Reason{
		"":                               Malformed,
		"z":                              Length,
		"6MktKwz7Ge1Yxzr4JHavN33wiwa8":   Malformed,
		"z0OIl":                          Malformed,
		"zTjsVPtY":                       Length,
		"u7QEB":                          Malformed,
		string(make([]byte, 3000)) + "z": Malformed,
	} {
		if pub, err := ParseMultikey(text); reasonOf(err) != want || pub != nil {
			t.Errorf("ParseMultikey(%.40q): %v, want reason %d", text, err, want)
		}
	}
}

func TestParsePrivateJWKRefuses(t *testing.T) {
	a, _ := Generate("ed25519")
	b, _ := Generate("ed25519")
	for name, text := range map[string]string{
		"not JSON":  `{`,
		"no d":      `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`,
		"two keys":  mixed(t, a, b),
		"symmetric": `{"kty":"oct","d":"AA","k":"AA"}`,
	} {
		if _, err := ParsePrivateJWK([]byte(text)); reasonOf(err) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Generate("rsa1024"); reasonOf(err) != Unsupported {
		t.Errorf("Generate(rsa1024): %v", err)
	}
}

// mixed is a's public members with b's private one.
func mixed(t *testing.T, a, b crypto.Signer) string {
	t.Helper()
	text, err := MarshalPrivateJWK(b)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := JWK(a.Public())
	if err != nil {
		t.Fatal(err)
	}
	jwk["d"] = value(t, string(text)).Get("d").Text()
	out, err := ijson.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func FuzzParseMultikey(f *testing.F) {
	for _, alg := range []string{"ed25519", "p256", "p384"} {
		s, err := Generate(alg)
		if err != nil {
			f.Fatal(err)
		}
		mk, err := Multikey(s.Public())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(mk)
	}
	f.Add("zTjsVPtY")
	f.Fuzz(func(t *testing.T, s string) {
		pub, err := ParseMultikey(s)
		if err != nil {
			if pub != nil {
				t.Fatal("a key beside an error")
			}
			return
		}
		again, err := Multikey(pub)
		if err != nil || again != s {
			t.Fatalf("Multikey(ParseMultikey(%q)) = %q, %v", s, again, err)
		}
	})
}

func FuzzParseJWK(f *testing.F) {
	f.Add([]byte(`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`))
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM"}`))
	f.Add([]byte(`{"kty":"RSA","n":"AQAB","e":"AQAB","use":"sig","key_ops":["verify"]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		doc, err := ijson.Parse(src, nil)
		if err != nil {
			return
		}
		pub, err := ParseJWK(doc.Root())
		if err != nil {
			if pub != nil {
				t.Fatal("a key beside an error")
			}
			return
		}
		jwk, err := JWK(pub)
		if err != nil {
			t.Fatal(err)
		}
		text, err := ijson.Marshal(jwk)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParseJWK(value(t, string(text))); err != nil || !Equal(again, pub) {
			t.Fatalf("round trip of %s: %v", src, err)
		}
	})
}

func BenchmarkCheckEd25519(b *testing.B) {
	s, err := Generate("ed25519")
	if err != nil {
		b.Fatal(err)
	}
	pub := s.Public()
	b.ReportAllocs()
	for b.Loop() {
		if err := Check(pub); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseMultikeyEd25519(b *testing.B) {
	s, err := Generate("ed25519")
	if err != nil {
		b.Fatal(err)
	}
	mk, err := Multikey(s.Public())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := ParseMultikey(mk); err != nil {
			b.Fatal(err)
		}
	}
}

// TestK07_NoncesDiffer: two signatures of one message by one key must not share r.
func TestK07_NoncesDiffer(t *testing.T) {
	s, err := Generate("p256")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 1000 {
		sig, err := Sign(s, 0, []byte("m"))
		if err != nil {
			t.Fatal(err)
		}
		if seen[string(sig[:32])] {
			t.Fatal("an ECDSA nonce repeats")
		}
		seen[string(sig[:32])] = true
	}
}
