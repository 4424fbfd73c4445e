package jose

import (
	"crypto"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/key"
)

// Sign makes a compact token of payload. The header gets alg beside the members given; it must not name one itself, nor
// crit or b64.
func Sign(signer crypto.Signer, alg string, header map[string]any, payload []byte) ([]byte, error) {
	a := algorithmNamed(alg)
	if a == nil {
		return nil, refuse(Algorithm, "there is no algorithm %q; use one of %v", clip(alg), DefaultAlgorithms)
	}
	if !a.fits(signer.Public()) {
		return nil, refuse(KeyMismatch, "%s does not go with a key of type %s", alg, key.Name(signer.Public()))
	}
	if err := key.Check(signer.Public()); err != nil {
		return nil, &Error{Reason: KeyMismatch, Msg: "the key cannot be used", Err: err}
	}
	full := make(map[string]any, len(header)+1)
	for name, value := range header {
		switch name {
		case "alg":
			return nil, refuse(Header, "the header's alg is set by Sign")
		case "crit", "b64":
			return nil, refuse(Critical, "the header must not have %s", name)
		}
		full[name] = value
	}
	full["alg"] = alg
	text, err := ijson.Marshal(full)
	if err != nil {
		return nil, &Error{Reason: Header, Msg: "the header cannot be written as JSON", Err: err}
	}
	token := make([]byte, 0, (len(text)+len(payload))*4/3+1024)
	token = base64url.AppendEncode(token, text)
	token = append(token, '.')
	token = base64url.AppendEncode(token, payload)
	sig, err := a.sign(signer, token)
	if err != nil {
		return nil, err
	}
	token = append(token, '.')
	return base64url.AppendEncode(token, sig), nil
}

// AlgorithmFor returns the algorithm that a key signs with unless told otherwise, "" for a key that cannot.
func AlgorithmFor(pub crypto.PublicKey) string {
	for _, name := range [...]string{"EdDSA", "ES256", "ES384", "ES512", "RS256"} {
		if algorithmNamed(name).fits(pub) {
			return name
		}
	}
	return ""
}

// PublicKey is an entry of a JWK set that an issuer publishes.
type PublicKey struct {
	ID        string // kid; OB 3.0: the URL at which the JWK can be had
	Algorithm string // alg; "" means AlgorithmFor
	Issuer    string // iss, for a platform that publishes the keys of several issuers; may be empty
	Key       crypto.PublicKey
}

// JWK returns the key as the members of a JSON Web Key for signing.
func (k PublicKey) JWK() (map[string]any, error) {
	jwk, err := key.JWK(k.Key)
	if err != nil {
		return nil, err
	}
	alg := k.Algorithm
	if alg == "" {
		alg = AlgorithmFor(k.Key)
	}
	jwk["alg"], jwk["use"] = alg, "sig"
	if k.ID != "" {
		jwk["kid"] = k.ID
	}
	if k.Issuer != "" {
		jwk["iss"] = k.Issuer
	}
	return jwk, nil
}

// MarshalKeySet writes a JWK set (RFC 7517 section 5).
func MarshalKeySet(keys ...PublicKey) ([]byte, error) {
	list := make([]map[string]any, 0, len(keys))
	for _, k := range keys {
		jwk, err := k.JWK()
		if err != nil {
			return nil, err
		}
		list = append(list, jwk)
	}
	return ijson.Marshal(map[string]any{"keys": list})
}
