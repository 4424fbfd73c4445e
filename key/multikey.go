package key

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"

	"github.com/openlaurel/laurel/multibase"
)

// MaxMultikey bounds the text of a Multikey: an RSA key of MaxRSABits in base58 has under 1,500 characters, and
// base58 is quadratic.
const MaxMultikey = 2048

// foreignCodecs are key types that Laurel knows by name and does not verify with.
var foreignCodecs = [...]struct {
	codec multibase.Codec
	name  string
}{
	{0xe7, "secp256k1"}, {0xec, "X25519"}, {0xea, "BLS12-381 G1"}, {0xeb, "BLS12-381 G2"}, {0xee, "BLS12-381 G1 and G2"},
	{0x1203, "Ed448"}, {0x1204, "X448"}, {0x1206, "SM2"},
}

// ParseMultikey decodes a publicKeyMultibase value (Controlled Identifiers 1.0, 2.2.2 Multikey): multibase base58btc of
// a multicodec prefix and the raw public key. The key has passed Check. The error is an *Error.
func ParseMultikey(s string) (crypto.PublicKey, error) {
	if len(s) > MaxMultikey {
		return nil, refuse(Malformed, "the multikey has %d characters; at most %d are accepted", len(s), MaxMultikey)
	}
	enc, data, err := multibase.Decode(s)
	if err != nil {
		return nil, refuse(Malformed, "the multikey is not multibase: %v", err)
	}
	if enc != 'z' {
		return nil, refuse(Malformed, "the multikey starts with %q; it must be base58btc, z…", enc)
	}
	pub, err := parseRaw(data)
	if err != nil {
		return nil, err
	}
	return checked(pub)
}

func parseRaw(data []byte) (crypto.PublicKey, error) {
	if raw, ok := multibase.CutPrefix(multibase.Ed25519Pub, data); ok {
		return ed25519.PublicKey(raw), nil // its length is a matter for Check
	}
	for i := range curves {
		if raw, ok := multibase.CutPrefix(curves[i].codec, data); ok {
			return parseCompressed(&curves[i], raw)
		}
	}
	if raw, ok := multibase.CutPrefix(multibase.RSAPub, data); ok {
		pub, err := x509.ParsePKCS1PublicKey(raw)
		if err != nil {
			return nil, refuse(Malformed, "the RSA multikey is not a PKCS #1 RSAPublicKey in DER")
		}
		return pub, nil
	}
	for _, f := range foreignCodecs {
		if _, ok := multibase.CutPrefix(f.codec, data); ok {
			return nil, refuse(Unsupported, "keys of type %s are not supported; use Ed25519, P-256 or P-384", f.name)
		}
	}
	if len(data) < 2+minRawKey {
		return nil, refuse(Length, "the multikey has %d bytes, fewer than any key", len(data))
	}
	return nil, refuse(Unsupported, "the multikey's multicodec prefix %x is not of a supported key type", data[:2])
}

// minRawKey is the size of the smallest key of the field, Ed25519.
const minRawKey = 32

func parseCompressed(c *curve, raw []byte) (crypto.PublicKey, error) {
	if len(raw) != 1+c.size {
		return nil, refuse(Length, "a compressed %s public key has %d bytes, not %d", c.name, 1+c.size, len(raw))
	}
	x, y := elliptic.UnmarshalCompressed(c.curve, raw)
	if x == nil {
		return nil, refuse(Malformed, "the public key is not a point of curve %s", c.name)
	}
	point := make([]byte, 1+2*c.size)
	point[0] = 4 // uncompressed, SEC 1 section 2.3.3
	x.FillBytes(point[1 : 1+c.size])
	y.FillBytes(point[1+c.size:])
	pub, err := ecdsa.ParseUncompressedPublicKey(c.curve, point)
	if err != nil {
		return nil, refuse(Malformed, "the public key is not a point of curve %s", c.name)
	}
	return pub, nil
}

// Multikey encodes pub as a publicKeyMultibase value (Controlled Identifiers 1.0, 2.2.2).
func Multikey(pub crypto.PublicKey) (string, error) {
	if err := Check(pub); err != nil {
		return "", err
	}
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return multibase.Encode('z', multibase.AddPrefix(multibase.Ed25519Pub, k)), nil
	case *ecdsa.PublicKey:
		c := curveOf(k.Curve)
		point, err := k.Bytes()
		if err != nil {
			return "", refuse(Malformed, "the point is not on curve %s", c.name)
		}
		raw := append([]byte{2 + point[2*c.size]&1}, point[1:1+c.size]...) // compressed, SEC 1 section 2.3.3
		return multibase.Encode('z', multibase.AddPrefix(c.codec, raw)), nil
	case *rsa.PublicKey:
		return multibase.Encode('z', multibase.AddPrefix(multibase.RSAPub, x509.MarshalPKCS1PublicKey(k))), nil
	}
	return "", refuse(Unsupported, "keys of type %T have no multikey form", pub)
}

// ParseBase58 decodes the publicKeyBase58 of the verification method types that came before Multikey: base58btc of the
// raw key, whose type the method's type names.
func ParseBase58(methodType, s string) (crypto.PublicKey, error) {
	if methodType != "Ed25519VerificationKey2018" {
		return nil, refuse(Unsupported, "a publicKeyBase58 of type %q is not supported; use Multikey", methodType)
	}
	if len(s) > MaxMultikey {
		return nil, refuse(Malformed, "the publicKeyBase58 has %d characters; at most %d are accepted", len(s), MaxMultikey)
	}
	_, raw, err := multibase.Decode("z" + s)
	if err != nil {
		return nil, refuse(Malformed, "the publicKeyBase58 is not base58btc: %v", err)
	}
	pub := ed25519.PublicKey(raw)
	return checked(pub)
}
