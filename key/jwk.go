package key

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/big"

	"github.com/openlaurel/laurel/ijson"
)

// privateMembers are the JWK members that hold secrets: RFC 7518 sections 6.2.2, 6.3.2, 6.4.1 and RFC 8037 section 2.
var privateMembers = [...]string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"}

// ParseJWK reads a public JSON Web Key (RFC 7517). It refuses private members, symmetric keys, keys whose use or
// key_ops forbid verifying (RFC 7517 sections 4.2 and 4.3), and whatever Check refuses. The JWK's own alg is not lost:
// see JWKAlgorithm. The error is an *Error.
func ParseJWK(v ijson.Value) (crypto.PublicKey, error) {
	if v.Kind() != ijson.Object {
		return nil, refuse(Malformed, "a JWK is a JSON object")
	}
	for _, name := range privateMembers {
		if v.Has(name) {
			return nil, refuse(Private, "the JWK holds the private member %q; publish the public members alone and replace the key", name)
		}
	}
	if err := checkUse(v); err != nil {
		return nil, err
	}
	pub, err := parsePublicJWK(v)
	if err != nil {
		return nil, err
	}
	return checked(pub)
}

// JWKAlgorithm returns the alg member of a JWK (RFC 7517 section 4.4), the only algorithm the key may be used with; ""
// when the JWK names none.
func JWKAlgorithm(v ijson.Value) string { return v.Get("alg").Text() }

func parsePublicJWK(v ijson.Value) (crypto.PublicKey, error) {
	switch kty := v.Get("kty").Text(); kty {
	case "OKP":
		return parseOKP(v)
	case "EC":
		return parseEC(v)
	case "RSA":
		return parseRSA(v)
	case "oct":
		return nil, refuse(Unsupported, "a symmetric key (kty oct) cannot prove who issued a credential")
	case "":
		return nil, refuse(Malformed, "the JWK has no kty")
	default:
		return nil, refuse(Unsupported, "keys of kty %q are not supported; use OKP, EC or RSA", kty)
	}
}

func checkUse(v ijson.Value) error {
	if use := v.Get("use"); use.IsValid() && use.Text() != "sig" {
		return refuse(Use, "the JWK's use is %s, not \"sig\"", use.Raw())
	}
	ops := v.Get("key_ops")
	if !ops.IsValid() {
		return nil
	}
	if ops.Kind() != ijson.Array {
		return refuse(Malformed, "the JWK's key_ops is not an array")
	}
	for op := range ops.Elements() {
		if op.Text() == "verify" {
			return nil
		}
	}
	return refuse(Use, "the JWK's key_ops does not contain \"verify\"")
}

func parseOKP(v ijson.Value) (crypto.PublicKey, error) {
	switch crv := v.Get("crv").Text(); crv {
	case "Ed25519":
	case "":
		return nil, refuse(Malformed, "the JWK has no crv")
	default:
		return nil, refuse(Unsupported, "keys on curve %q are not supported; use Ed25519", crv)
	}
	x, err := memberBytes(v, "x")
	if err != nil {
		return nil, err
	}
	return ed25519.PublicKey(x), nil
}

func parseEC(v ijson.Value) (crypto.PublicKey, error) {
	name := v.Get("crv").Text()
	if name == "" {
		return nil, refuse(Malformed, "the JWK has no crv")
	}
	c := curveNamed(name)
	if c == nil {
		return nil, refuse(Unsupported, "keys on curve %q are not supported; use P-256 or P-384", name)
	}
	point := []byte{4} // uncompressed, SEC 1 section 2.3.3
	for _, member := range [...]string{"x", "y"} {
		b, err := memberBytes(v, member)
		if err != nil {
			return nil, err
		}
		if len(b) != c.size { // RFC 7518 section 6.2.1.2: "MUST be the full size of a coordinate"
			return nil, refuse(Length, "the JWK's %s has %d bytes; a %s coordinate has %d", member, len(b), c.name, c.size)
		}
		point = append(point, b...)
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(c.curve, point)
	if err != nil {
		return nil, refuse(Malformed, "the JWK's x and y are not a point of curve %s", c.name)
	}
	return pub, nil
}

func parseRSA(v ijson.Value) (crypto.PublicKey, error) {
	n, err := memberBytes(v, "n")
	if err != nil {
		return nil, err
	}
	e, err := memberBytes(v, "e")
	if err != nil {
		return nil, err
	}
	e = bytes.TrimLeft(e, "\x00")
	if len(e) == 0 || len(e) > 4 {
		return nil, refuse(Weak, "the RSA exponent has %d bytes; it must be an odd number from %d to 2^31-1", len(e), MinRSAExponent)
	}
	var four [4]byte
	copy(four[4-len(e):], e)
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(binary.BigEndian.Uint32(four[:]))}, nil
}

// memberBytes decodes a base64url member without padding, in its one canonical spelling (RFC 7515 section 2).
func memberBytes(v ijson.Value, name string) ([]byte, error) {
	m := v.Get(name)
	if !m.IsString() {
		return nil, refuse(Malformed, "the JWK's member %q is missing or not a string", name)
	}
	b, err := decodeBase64URL(m.Text())
	if err != nil || len(b) == 0 {
		return nil, refuse(Malformed, "the JWK's member %q is not base64url without padding", name)
	}
	return b, nil
}

func decodeBase64URL(s string) ([]byte, error) {
	if i := bytes.IndexAny([]byte(s), "\r\n"); i >= 0 { // the standard library skips line ends even in strict mode
		return nil, base64.CorruptInputError(i)
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}

func encodeBase64URL(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// JWK returns the required members of pub's JSON Web Key (RFC 7517, RFC 8037).
func JWK(pub crypto.PublicKey) (map[string]any, error) {
	if err := Check(pub); err != nil {
		return nil, err
	}
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return map[string]any{"kty": "OKP", "crv": "Ed25519", "x": encodeBase64URL(k)}, nil
	case *ecdsa.PublicKey:
		c := curveOf(k.Curve)
		point, err := k.Bytes()
		if err != nil {
			return nil, refuse(Malformed, "the point is not on curve %s", c.name)
		}
		return map[string]any{
			"kty": "EC", "crv": c.name,
			"x": encodeBase64URL(point[1 : 1+c.size]), "y": encodeBase64URL(point[1+c.size:]),
		}, nil
	case *rsa.PublicKey:
		e := big.NewInt(int64(k.E)).Bytes()
		return map[string]any{"kty": "RSA", "n": encodeBase64URL(k.N.Bytes()), "e": encodeBase64URL(e)}, nil
	}
	return nil, refuse(Unsupported, "keys of type %T have no JWK form", pub)
}

// Thumbprint returns the JWK thumbprint of pub (RFC 7638): base64url of the SHA-256 of the required members in order.
func Thumbprint(pub crypto.PublicKey) (string, error) {
	jwk, err := JWK(pub)
	if err != nil {
		return "", err
	}
	// A map marshals in the order of its names, and the values are base64url or registered words: nothing is escaped.
	canonical, err := json.Marshal(jwk)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return encodeBase64URL(sum[:]), nil
}
