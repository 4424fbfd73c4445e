// Package key implements the key encodings of Controlled Identifiers 1.0 (Multikey) and RFC 7517 (JSON Web Key), and
// the checks that a public key must pass before a signature made with it means anything.
//
// The rules are:
//
//   - A public key is an ed25519.PublicKey, an *ecdsa.PublicKey on P-256, P-384 or P-521, or an *rsa.PublicKey.
//   - A key that was parsed here has passed Check; a weak key is refused at the door, not at the signature.
//   - A private key is only ever a crypto.Signer, so that it may live in hardware.
//   - ECDSA signatures are raw r‖s of fixed width, as in RFC 7518 section 3.4 and in Data Integrity.
package key

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
)

// Reason says in which way a key was refused.
type Reason uint8

// The reasons for which a key is refused.
const (
	// Malformed: the encoding is broken, or its numbers are no key (a point off the curve).
	Malformed Reason = iota + 1
	// Length: the encoded key has another number of bytes than its type demands.
	Length
	// Unsupported: a key type, curve or algorithm that Laurel does not verify with.
	Unsupported
	// Weak: a well-formed key that gives no security (small order, short or predictable modulus).
	Weak
	// Private: private members where a public key belongs. The key must be considered leaked.
	Private
	// Use: the key's own use, key_ops or alg forbids verifying with it.
	Use
)

// Error is why a key was refused.
type Error struct {
	Reason Reason
	Msg    string
}

func (e *Error) Error() string { return "key: " + e.Msg }

func refuse(r Reason, format string, args ...any) *Error {
	return &Error{Reason: r, Msg: fmt.Sprintf(format, args...)}
}

// Check reports why pub must not be used to verify signatures: an Ed25519 point of small order, off the curve or in a
// non-canonical encoding; an RSA modulus under MinRSABits, even, or of the predictable ROCA form; an RSA exponent under
// MinRSAExponent; an elliptic curve point off its curve. The error is an *Error.
func Check(pub crypto.PublicKey) error {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return checkEd25519(k)
	case *ecdsa.PublicKey:
		return checkECDSA(k)
	case *rsa.PublicKey:
		return checkRSA(k)
	case nil:
		return refuse(Malformed, "there is no key")
	}
	return refuse(Unsupported, "keys of type %T cannot verify a credential; use Ed25519, P-256, P-384 or RSA", pub)
}

// checked returns pub or the reason against it, never both: a refused key must not reach a comparison or a signature.
func checked(pub crypto.PublicKey) (crypto.PublicKey, error) {
	if err := Check(pub); err != nil {
		return nil, err
	}
	return pub, nil
}

func checkECDSA(k *ecdsa.PublicKey) error {
	if k == nil || k.Curve == nil {
		return refuse(Malformed, "elliptic curve key without a curve")
	}
	if curveOf(k.Curve) == nil {
		return refuse(Unsupported, "curve %s is not supported; use P-256 or P-384", k.Curve.Params().Name)
	}
	if _, err := k.ECDH(); err != nil {
		return refuse(Malformed, "the point is not on curve %s", k.Curve.Params().Name)
	}
	return nil
}

// Name returns the algorithm name that Generate takes, with the modulus size for RSA; "" for an unknown type.
func Name(pub crypto.PublicKey) string {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return "ed25519"
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return "p256"
		case elliptic.P384():
			return "p384"
		case elliptic.P521():
			return "p521"
		}
	case *rsa.PublicKey:
		return fmt.Sprintf("rsa%d", k.N.BitLen())
	}
	return ""
}

// Equal reports whether a and b are the same public key.
func Equal(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && b != nil && k.Equal(b)
}
