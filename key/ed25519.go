package key

import (
	"crypto/ed25519"
	"math/big"
	"slices"
)

// fieldPrime is 2^255-19, RFC 8032 section 5.1.
var fieldPrime = sub(new(big.Int).Lsh(big.NewInt(1), 255), 19)

// curveD is the constant d of edwards25519, -121665/121666 (RFC 8032 section 5.1).
var curveD = func() *big.Int {
	inverse := new(big.Int).ModInverse(big.NewInt(121666), fieldPrime)
	d := inverse.Mul(inverse, big.NewInt(-121665))
	return d.Mod(d, fieldPrime)
}()

// eighthOrderY is the y coordinate of a point of order 8; the other such y is its negative.
var eighthOrderY, _ = new(big.Int).SetString("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16)

// smallOrderY holds every y coordinate of the points of order 1, 2, 4 and 8. With such a key one signature verifies for
// every message, and the standard library accepts it.
var smallOrderY = [...]*big.Int{
	big.NewInt(0), big.NewInt(1), sub(fieldPrime, 1),
	eighthOrderY, new(big.Int).Sub(fieldPrime, eighthOrderY),
}

func sub(x *big.Int, n int64) *big.Int { return new(big.Int).Sub(x, big.NewInt(n)) }

func checkEd25519(k ed25519.PublicKey) error {
	if len(k) != ed25519.PublicKeySize {
		return refuse(Length, "an Ed25519 public key has %d bytes, not %d", ed25519.PublicKeySize, len(k))
	}
	le := slices.Clone([]byte(k))
	le[31] &= 0x7f // the sign of x
	slices.Reverse(le)
	y := new(big.Int).SetBytes(le)
	if y.Cmp(fieldPrime) >= 0 {
		return refuse(Weak, "the Ed25519 public key is not in canonical encoding (y is not reduced)")
	}
	for _, s := range smallOrderY {
		if y.Cmp(s) == 0 {
			return refuse(Weak, "the Ed25519 public key has small order: signatures by it prove nothing")
		}
	}
	// RFC 8032 section 5.1.3: x² = (y²-1)/(dy²+1) must be a square. u/v is a square exactly when u·v is one.
	yy := y.Mul(y, y)
	yy.Mod(yy, fieldPrime)
	v := new(big.Int).Mul(curveD, yy)
	v.Add(v, big.NewInt(1))
	u := yy.Sub(yy, big.NewInt(1))
	uv := u.Mul(u, v)
	uv.Mod(uv, fieldPrime)
	if big.Jacobi(uv, fieldPrime) != 1 {
		return refuse(Malformed, "the Ed25519 public key is not a point of the curve")
	}
	return nil
}
