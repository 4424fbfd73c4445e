package key

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// suite calls test for every case of a Wycheproof file with the file's own count as a check that all were run.
func suite(t *testing.T, name string, test func(group, tc ijson.Value) (ran bool, err error)) {
	t.Helper()
	doc, err := ijson.Parse(vectors.File(t, "wycheproof/"+name), nil)
	if err != nil {
		t.Fatal(err)
	}
	run, want := 0, int(doc.Root().Get("numberOfTests").Float())
	for group := range doc.Root().Get("testGroups").Elements() {
		for tc := range group.Get("tests").Elements() {
			run++
			ran, err := test(group, tc)
			if !ran {
				continue
			}
			switch result := tc.Get("result").Text(); {
			case result == "valid" && err != nil:
				t.Errorf("%s tc%s (%s): refused a valid signature: %v", name, tc.Get("tcId").Number(), tc.Get("comment").Text(), err)
			case result == "invalid" && err == nil:
				t.Errorf("%s tc%s (%s): accepted an invalid signature", name, tc.Get("tcId").Number(), tc.Get("comment").Text())
			}
		}
	}
	if run != want || run == 0 {
		t.Errorf("%s: ran %d cases, want %d", name, run, want)
	}
}

func unhex(t *testing.T, v ijson.Value) []byte {
	t.Helper()
	b, err := hex.DecodeString(v.Text())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// groupKey is the group's key, from its JWK where it has one.
func groupKey(t *testing.T, g ijson.Value) (crypto.PublicKey, error) {
	t.Helper()
	if jwk := g.Get("publicKeyJwk"); jwk.IsValid() {
		return ParseJWK(jwk)
	}
	pub, err := x509.ParsePKIXPublicKey(unhex(t, g.Get("publicKeyDer")))
	if err != nil {
		return nil, err
	}
	return pub, Check(pub)
}

func TestWycheproofEd25519(t *testing.T) {
	suite(t, "ed25519_test.json", func(g, tc ijson.Value) (bool, error) {
		pub, err := ParseJWK(g.Get("publicKeyJwk"))
		if err != nil {
			return true, err
		}
		return true, Verify(pub, 0, unhex(t, tc.Get("msg")), unhex(t, tc.Get("sig")))
	})
}

func TestWycheproofECDSA(t *testing.T) {
	for name, hash := range map[string]crypto.Hash{
		"ecdsa_secp256r1_sha256_p1363_test.json": crypto.SHA256,
		"ecdsa_secp384r1_sha384_p1363_test.json": crypto.SHA384,
		"ecdsa_secp521r1_sha512_p1363_test.json": crypto.SHA512,
	} {
		suite(t, name, func(g, tc ijson.Value) (bool, error) {
			pub, err := groupKey(t, g)
			if err != nil {
				return true, err
			}
			return true, Verify(pub, hash, unhex(t, tc.Get("msg")), unhex(t, tc.Get("sig")))
		})
	}
}

func TestWycheproofECDSASecp256k1IsUnsupported(t *testing.T) {
	suite(t, "ecdsa_secp256k1_sha256_p1363_test.json", func(g, _ ijson.Value) (bool, error) {
		if jwk := g.Get("publicKeyJwk"); jwk.IsValid() {
			if _, err := ParseJWK(jwk); reasonOf(err) != Unsupported {
				t.Fatalf("ParseJWK of a secp256k1 key: %v, want Unsupported", err)
			}
		}
		return false, nil
	})
}

func TestWycheproofRSA(t *testing.T) {
	hashes := map[string]crypto.Hash{"SHA-256": crypto.SHA256, "SHA-384": crypto.SHA384, "SHA-512": crypto.SHA512}
	for _, name := range []string{
		"rsa_signature_2048_sha256_test.json", "rsa_signature_2048_sha384_test.json", "rsa_signature_2048_sha512_test.json",
		"rsa_signature_3072_sha256_test.json", "rsa_signature_4096_sha256_test.json",
		"rsa_pss_2048_sha256_mgf1_32_test.json", "rsa_pss_3072_sha256_mgf1_32_test.json", "rsa_pss_4096_sha512_mgf1_64_test.json",
	} {
		suite(t, name, func(g, tc ijson.Value) (bool, error) {
			pub := &rsa.PublicKey{
				N: new(big.Int).SetBytes(unhex(t, g.Get("publicKey").Get("modulus"))),
				E: int(new(big.Int).SetBytes(unhex(t, g.Get("publicKey").Get("publicExponent"))).Int64()),
			}
			// Wycheproof counts an exponent of 3 as valid; we do not take such a key, but the signature must still be right.
			if err := Check(pub); err != nil && (pub.E != 3 || reasonOf(err) != Weak) {
				return true, err
			}
			verify := VerifyPKCS1v15
			if g.Get("mgf").IsValid() {
				verify = VerifyPSS
			}
			err := verify(pub, hashes[g.Get("sha").Text()], unhex(t, tc.Get("msg")), unhex(t, tc.Get("sig")))
			return true, err
		})
	}
}

// TestJ15_WeakEd25519Keys: the standard library verifies signatures under these keys; no key of the kind may get in.
func TestJ15_WeakEd25519Keys(t *testing.T) {
	doc, err := ijson.Parse(vectors.File(t, "wycheproof/cctv_ed25519vectors.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	weak, sound := 0, 0
	for v := range doc.Root().Elements() {
		pub := ed25519.PublicKey(unhex(t, v.Get("key")))
		var flags []string
		for f := range v.Get("flags").Elements() {
			flags = append(flags, f.Text())
		}
		err := Check(pub)
		if slices.Contains(flags, "low_order_A") || slices.Contains(flags, "non_canonical_A") {
			weak++
			var refused *Error
			if !errors.As(err, &refused) || refused.Reason != Weak {
				t.Errorf("vector %s %v: Check = %v, want Weak", v.Get("number").Number(), flags, err)
			}
			continue
		}
		sound++
		if err != nil {
			t.Errorf("vector %s %v: Check = %v, want nil", v.Get("number").Number(), flags, err)
		}
	}
	if weak < 122 || sound == 0 {
		t.Errorf("saw %d weak and %d sound keys", weak, sound)
	}
}

func TestJ12_ECDSAEdges(t *testing.T) {
	s, err := Generate("p256")
	if err != nil {
		t.Fatal(err)
	}
	pub := s.Public().(*ecdsa.PublicKey)
	for name, sig := range map[string][]byte{
		"zero": make([]byte, 64), "empty": nil, "short": make([]byte, 63), "long": make([]byte, 65),
		"order": append(pub.Params().N.Bytes(), pub.Params().N.Bytes()...),
	} {
		if err := Verify(pub, 0, []byte("m"), sig); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v, want ErrSignature", name, err)
		}
	}
}
