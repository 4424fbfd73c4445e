package key

import (
	"crypto/ed25519"

	"filippo.io/edwards25519"
)

func checkEd25519(k ed25519.PublicKey) error {
	if len(k) != ed25519.PublicKeySize {
		return refuse(Length, "an Ed25519 public key has %d bytes, not %d", ed25519.PublicKeySize, len(k))
	}
	if !reduced(k) {
		return refuse(Weak, "the Ed25519 public key is not in canonical encoding (y is not reduced)")
	}
	// RFC 8032 section 5.1.3: x² = (y²-1)/(dy²+1) must be a square.
	a, err := new(edwards25519.Point).SetBytes(k)
	if err != nil {
		return refuse(Malformed, "the Ed25519 public key is not a point of the curve")
	}
	// With a key of order 1, 2, 4 or 8 one signature verifies for every message, and the standard library accepts it.
	if a.MultByCofactor(a).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return refuse(Weak, "the Ed25519 public key has small order: signatures by it prove nothing")
	}
	return nil
}

// reduced reports whether y, which fills all but the highest bit in little-endian order, is below 2^255-19 (RFC 8032,
// section 5.1).
func reduced(k ed25519.PublicKey) bool {
	if k[31]&0x7f != 0x7f || k[0] < 0xed {
		return true
	}
	for _, b := range k[1:31] {
		if b != 0xff {
			return true
		}
	}
	return false
}
