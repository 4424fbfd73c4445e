package key

import (
	"crypto"
	"crypto/elliptic"

	"github.com/openlaurel/laurel/multibase"
)

// curve is one row of the table of elliptic curves that signatures are made on.
type curve struct {
	name  string // RFC 7518 section 6.2.1.1 "crv"
	curve elliptic.Curve
	codec multibase.Codec
	size  int         // bytes of a coordinate; a signature has two
	hash  crypto.Hash // of the ECDSA algorithm that JOSE and Data Integrity pair with the curve
}

var curves = [...]curve{
	{"P-256", elliptic.P256(), multibase.P256Pub, 32, crypto.SHA256},
	{"P-384", elliptic.P384(), multibase.P384Pub, 48, crypto.SHA384},
	{"P-521", elliptic.P521(), multibase.P521Pub, 66, crypto.SHA512},
}

func curveOf(c elliptic.Curve) *curve {
	for i := range curves {
		if curves[i].curve == c {
			return &curves[i]
		}
	}
	return nil
}

func curveNamed(name string) *curve {
	for i := range curves {
		if curves[i].name == name {
			return &curves[i]
		}
	}
	return nil
}
