package did

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/key"
)

// JWK returns the did:jwk of pub (did:jwk method specification), "" for a key that has none.
func JWK(pub crypto.PublicKey) string {
	jwk, err := key.JWK(pub)
	if err != nil {
		return ""
	}
	text, err := json.Marshal(jwk)
	if err != nil {
		return ""
	}
	return "did:jwk:" + base64.RawURLEncoding.EncodeToString(text)
}

func resolveJWK(did, specific string) (*Document, error) {
	if strings.ContainsAny(specific, ":.%") {
		return nil, fail(InvalidDID, did, "a did:jwk is base64url without padding")
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(specific)
	if err != nil {
		return nil, fail(InvalidDID, did, "a did:jwk is base64url without padding")
	}
	doc, err := ijson.Parse(text, nil)
	if err != nil {
		return nil, &Error{Code: InvalidDID, ID: did, Msg: "the JWK of the did:jwk is not JSON", Err: err}
	}
	pub, err := key.ParseJWK(doc.Root())
	if err != nil {
		return nil, keyError(did, err)
	}
	d := single(did, did+"#0", "JsonWebKey", pub)
	d.Methods[0].Algorithm = key.JWKAlgorithm(doc.Root())
	return d, nil
}
