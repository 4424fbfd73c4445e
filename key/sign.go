package key

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
)

// ErrSignature is returned when a signature does not verify.
var ErrSignature = errors.New("key: the signature does not match")

// Verify checks sig over msg with an Ed25519 key (hash 0, pure Ed25519 of RFC 8032) or an ECDSA key (raw r‖s over
// hash(msg); hash 0 stands for the curve's own: SHA-256, SHA-384 or SHA-512). It returns ErrSignature for a wrong
// signature and an *Error for a key that cannot be used so. It does not repeat Check: keys parsed here have passed it.
func Verify(pub crypto.PublicKey, hash crypto.Hash, msg, sig []byte) error {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		if hash != 0 {
			return refuse(Unsupported, "Ed25519 signs the message itself, not a %s hash", hash)
		}
		if len(k) != ed25519.PublicKeySize {
			return checkEd25519(k)
		}
		if len(sig) != ed25519.SignatureSize || !verifyEd25519(k, msg, sig) {
			return ErrSignature
		}
		return nil
	case *ecdsa.PublicKey:
		c := curveOf(k.Curve)
		if c == nil {
			return Check(pub)
		}
		if len(sig) != 2*c.size {
			return ErrSignature
		}
		der, ok := derSignature(sig[:c.size], sig[c.size:])
		if !ok || !ecdsa.VerifyASN1(k, digest(orDefault(hash, c.hash), msg), der) {
			return ErrSignature
		}
		return nil
	case *rsa.PublicKey:
		return refuse(Unsupported, "an RSA key needs VerifyPKCS1v15 or VerifyPSS")
	}
	return Check(pub)
}

// VerifyPKCS1v15 checks an RSASSA-PKCS1-v1_5 signature (RFC 8017 section 8.2.2) over hash(msg).
func VerifyPKCS1v15(pub *rsa.PublicKey, hash crypto.Hash, msg, sig []byte) error {
	if rsa.VerifyPKCS1v15(pub, hash, digest(hash, msg), sig) != nil {
		return ErrSignature
	}
	return nil
}

// VerifyPSS checks an RSASSA-PSS signature (RFC 8017 section 8.1.2) over hash(msg) whose salt is as long as the hash,
// as RFC 7518 section 3.5 demands.
func VerifyPSS(pub *rsa.PublicKey, hash crypto.Hash, msg, sig []byte) error {
	opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	if rsa.VerifyPSS(pub, hash, digest(hash, msg), sig, opts) != nil {
		return ErrSignature
	}
	return nil
}

// Sign makes the signature that Verify checks: pure Ed25519, or raw r‖s over hash(msg), hash 0 being the curve's own.
// The signer may be in hardware: only crypto.Signer is used.
func Sign(s crypto.Signer, hash crypto.Hash, msg []byte) ([]byte, error) {
	switch k := s.Public().(type) {
	case ed25519.PublicKey:
		if hash != 0 {
			return nil, refuse(Unsupported, "Ed25519 signs the message itself, not a %s hash", hash)
		}
		return s.Sign(nil, msg, crypto.Hash(0))
	case *ecdsa.PublicKey:
		c := curveOf(k.Curve)
		if c == nil {
			return nil, Check(k)
		}
		hash = orDefault(hash, c.hash)
		der, err := s.Sign(rand.Reader, digest(hash, msg), hash)
		if err != nil {
			return nil, err
		}
		return rawSignature(der, c.size)
	case *rsa.PublicKey:
		return nil, refuse(Unsupported, "an RSA key needs SignPKCS1v15 or SignPSS")
	}
	return nil, Check(s.Public())
}

// SignPKCS1v15 makes an RSASSA-PKCS1-v1_5 signature over hash(msg).
func SignPKCS1v15(s crypto.Signer, hash crypto.Hash, msg []byte) ([]byte, error) {
	return s.Sign(rand.Reader, digest(hash, msg), hash)
}

// SignPSS makes an RSASSA-PSS signature over hash(msg) with a salt as long as the hash.
func SignPSS(s crypto.Signer, hash crypto.Hash, msg []byte) ([]byte, error) {
	opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	return s.Sign(rand.Reader, digest(hash, msg), opts)
}

func orDefault(hash, def crypto.Hash) crypto.Hash {
	if hash == 0 {
		return def
	}
	return hash
}
