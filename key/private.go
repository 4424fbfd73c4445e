package key

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"

	"github.com/openlaurel/laurel/ijson"
)

// Algorithms are the names that Generate takes.
var Algorithms = []string{"ed25519", "p256", "p384", "rsa2048"}

// Generate makes a new private key; alg is one of Algorithms.
func Generate(alg string) (crypto.Signer, error) {
	switch alg {
	case "ed25519":
		_, priv, err := ed25519.GenerateKey(rand.Reader)
		return priv, err
	case "p256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "p384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "rsa2048":
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return nil, refuse(Unsupported, "there is no key algorithm %q; take one of %v", alg, Algorithms)
}

// ParsePrivateJWK reads a private JSON Web Key of an Ed25519, P-256, P-384 or RSA key, checks that its private and
// public parts belong together, and returns the signer. The error is an *Error and never quotes a member's value.
func ParsePrivateJWK(src []byte) (crypto.Signer, error) {
	doc, err := ijson.Parse(src, nil)
	if err != nil {
		return nil, refuse(Malformed, "the private JWK is not JSON: %v", err)
	}
	v := doc.Root()
	if !v.Has("d") {
		return nil, refuse(Malformed, "the JWK has no private member d; this is a public key")
	}
	pub, err := parsePublicJWK(v)
	if err != nil {
		return nil, err
	}
	if err := Check(pub); err != nil {
		return nil, err
	}
	d, err := memberBytes(v, "d")
	if err != nil {
		return nil, err
	}
	switch k := pub.(type) {
	case ed25519.PublicKey:
		if len(d) != ed25519.SeedSize {
			return nil, refuse(Length, "the JWK's d has %d bytes; Ed25519 has %d", len(d), ed25519.SeedSize)
		}
		priv := ed25519.NewKeyFromSeed(d)
		if !bytes.Equal(priv.Public().(ed25519.PublicKey), k) {
			return nil, refuse(Malformed, "the JWK's d and x are not of one key")
		}
		return priv, nil
	case *ecdsa.PublicKey:
		priv, err := ecdsa.ParseRawPrivateKey(k.Curve, d)
		if err != nil || !priv.PublicKey.Equal(k) {
			return nil, refuse(Malformed, "the JWK's d, x and y are not of one key")
		}
		return priv, nil
	case *rsa.PublicKey:
		return parsePrivateRSA(v, k, d)
	}
	return nil, refuse(Unsupported, "keys of type %T cannot sign", pub)
}

func parsePrivateRSA(v ijson.Value, pub *rsa.PublicKey, d []byte) (crypto.Signer, error) {
	if v.Has("oth") {
		return nil, refuse(Unsupported, "RSA keys of more than two primes (oth) are not supported")
	}
	p, err := memberBytes(v, "p")
	if err != nil {
		return nil, err
	}
	q, err := memberBytes(v, "q")
	if err != nil {
		return nil, err
	}
	priv := &rsa.PrivateKey{
		PublicKey: *pub,
		D:         new(big.Int).SetBytes(d),
		Primes:    []*big.Int{new(big.Int).SetBytes(p), new(big.Int).SetBytes(q)},
	}
	if err := priv.Validate(); err != nil {
		return nil, refuse(Malformed, "the JWK's n, e, d, p and q are not of one key")
	}
	priv.Precompute()
	return priv, nil
}

// MarshalPrivateJWK encodes a signer whose private part is in memory as a private JSON Web Key.
func MarshalPrivateJWK(s crypto.Signer) ([]byte, error) {
	jwk, err := JWK(s.Public())
	if err != nil {
		return nil, err
	}
	switch k := s.(type) {
	case ed25519.PrivateKey:
		jwk["d"] = encodeBase64URL(k.Seed())
	case *ecdsa.PrivateKey:
		d, err := k.Bytes()
		if err != nil {
			return nil, refuse(Malformed, "the private scalar does not fit its curve")
		}
		jwk["d"] = encodeBase64URL(d)
	case *rsa.PrivateKey:
		if len(k.Primes) != 2 {
			return nil, refuse(Unsupported, "only RSA keys of two primes have a JWK here")
		}
		k.Precompute()
		jwk["d"] = encodeBase64URL(k.D.Bytes())
		jwk["p"] = encodeBase64URL(k.Primes[0].Bytes())
		jwk["q"] = encodeBase64URL(k.Primes[1].Bytes())
		jwk["dp"] = encodeBase64URL(k.Precomputed.Dp.Bytes())
		jwk["dq"] = encodeBase64URL(k.Precomputed.Dq.Bytes())
		jwk["qi"] = encodeBase64URL(k.Precomputed.Qinv.Bytes())
	default:
		return nil, refuse(Unsupported, "the private part of a %T cannot be taken out", s)
	}
	return ijson.Marshal(jwk)
}
