package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"slices"

	"github.com/openlaurel/laurel/key"
)

// algorithm is one row of the table of signatures (RFC 7518 section 3.1, RFC 8037 section 3.1).
type algorithm struct {
	name   string
	fits   func(crypto.PublicKey) bool
	verify func(pub crypto.PublicKey, msg, sig []byte) error
	sign   func(s crypto.Signer, msg []byte) ([]byte, error)
}

var algorithms = [...]algorithm{
	pkcs1("RS256", crypto.SHA256),
	pkcs1("RS384", crypto.SHA384),
	pkcs1("RS512", crypto.SHA512),
	pss("PS256", crypto.SHA256),
	pss("PS384", crypto.SHA384),
	pss("PS512", crypto.SHA512),
	onCurve("ES256", elliptic.P256(), crypto.SHA256),
	onCurve("ES384", elliptic.P384(), crypto.SHA384),
	onCurve("ES512", elliptic.P521(), crypto.SHA512),
	{
		name:   "EdDSA",
		fits:   func(pub crypto.PublicKey) bool { _, ok := pub.(ed25519.PublicKey); return ok },
		verify: func(pub crypto.PublicKey, msg, sig []byte) error { return key.Verify(pub, 0, msg, sig) },
		sign:   func(s crypto.Signer, msg []byte) ([]byte, error) { return key.Sign(s, 0, msg) },
	},
}

// DefaultAlgorithms are accepted when a policy names none. RS256 is the one that OB 3.0 makes every verifier support.
var DefaultAlgorithms = []string{"RS256", "PS256", "ES256", "ES384", "EdDSA"}

func algorithmNamed(name string) *algorithm {
	if name == "Ed25519" { // RFC 9864 gives EdDSA over Ed25519 this name
		name = "EdDSA"
	}
	for i := range algorithms {
		if algorithms[i].name == name {
			return &algorithms[i]
		}
	}
	return nil
}

func (p *Policy) algorithms() []string {
	if p.Algorithms == nil {
		return DefaultAlgorithms
	}
	return p.Algorithms
}

func (p *Policy) allows(name string) bool { return slices.Contains(p.algorithms(), name) }

func isRSA(pub crypto.PublicKey) bool {
	k, ok := pub.(*rsa.PublicKey)
	return ok && k != nil
}

func pkcs1(name string, hash crypto.Hash) algorithm {
	return algorithm{
		name: name,
		fits: isRSA,
		verify: func(pub crypto.PublicKey, msg, sig []byte) error {
			return key.VerifyPKCS1v15(pub.(*rsa.PublicKey), hash, msg, sig)
		},
		sign: func(s crypto.Signer, msg []byte) ([]byte, error) { return key.SignPKCS1v15(s, hash, msg) },
	}
}

func pss(name string, hash crypto.Hash) algorithm {
	return algorithm{
		name: name,
		fits: isRSA,
		verify: func(pub crypto.PublicKey, msg, sig []byte) error {
			return key.VerifyPSS(pub.(*rsa.PublicKey), hash, msg, sig)
		},
		sign: func(s crypto.Signer, msg []byte) ([]byte, error) { return key.SignPSS(s, hash, msg) },
	}
}

func onCurve(name string, curve elliptic.Curve, hash crypto.Hash) algorithm {
	return algorithm{
		name: name,
		fits: func(pub crypto.PublicKey) bool {
			k, ok := pub.(*ecdsa.PublicKey)
			return ok && k != nil && k.Curve == curve
		},
		verify: func(pub crypto.PublicKey, msg, sig []byte) error { return key.Verify(pub, hash, msg, sig) },
		sign:   func(s crypto.Signer, msg []byte) ([]byte, error) { return key.Sign(s, hash, msg) },
	}
}
