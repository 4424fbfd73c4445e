package key

import (
	"crypto/rsa"
	"math/big"
)

const (
	// MinRSABits is the least modulus size: OB 3.0, "Proof: JSON Web Token": RS256 with keys of 2048 bits or more.
	MinRSABits = 2048
	// MaxRSABits bounds the work of one verification; no issuer in the field uses more.
	MaxRSABits = 8192
	// MinRSAExponent keeps away the small exponents for which padding checks have failed in public.
	MinRSAExponent = 65537
)

func checkRSA(k *rsa.PublicKey) error {
	if k == nil || k.N == nil || k.N.Sign() <= 0 {
		return refuse(Malformed, "RSA key without a modulus")
	}
	bits := k.N.BitLen()
	switch {
	case bits < MinRSABits:
		return refuse(Weak, "the RSA key has %d bits; at least %d are needed", bits, MinRSABits)
	case bits > MaxRSABits:
		return refuse(Unsupported, "the RSA key has %d bits; at most %d are accepted", bits, MaxRSABits)
	case k.N.Bit(0) == 0:
		return refuse(Weak, "the RSA modulus is even")
	case k.E < MinRSAExponent || k.E%2 == 0:
		return refuse(Weak, "the RSA exponent %d is not an odd number of at least %d", k.E, MinRSAExponent)
	case k.E > 1<<31-1:
		return refuse(Unsupported, "the RSA exponent is larger than 31 bits")
	case predictable(k.N):
		return refuse(Weak, "the RSA modulus has the form of CVE-2017-15361 (ROCA): its factors can be found")
	}
	return nil
}

// rocaResidues holds, for each small odd prime p, the residues that a ROCA modulus can have: its two factors are
// powers of 65537 modulo a product of small primes, so the modulus is one as well. All primes at once let a random
// modulus through with a probability under 2^-27.
var rocaResidues = func() map[int64]map[int64]bool {
	table := map[int64]map[int64]bool{}
	for p := int64(3); p <= 167; p += 2 {
		if !big.NewInt(p).ProbablyPrime(0) {
			continue
		}
		powers := map[int64]bool{}
		for x := int64(1); !powers[x]; x = x * 65537 % p {
			powers[x] = true
		}
		if int64(len(powers)) < p-1 {
			table[p] = powers
		}
	}
	return table
}()

func predictable(n *big.Int) bool {
	rest := new(big.Int)
	for p, powers := range rocaResidues {
		if !powers[rest.Mod(n, big.NewInt(p)).Int64()] {
			return false
		}
	}
	return true
}
