package did

import (
	"crypto"
	"errors"
	"strings"

	"github.com/openlaurel/laurel/key"
)

// Key returns the did:key of pub (did:key method specification), "" for a key that has none.
func Key(pub crypto.PublicKey) string {
	multikey, err := key.Multikey(pub)
	if err != nil {
		return ""
	}
	return "did:key:" + multikey
}

// resolveKey expands a did:key. Deviation: the X25519 key that the method derives from an Ed25519 one for encryption is
// left out; credentials have no use for it.
func resolveKey(did, specific string) (*Document, error) {
	multikey := specific
	if version, rest, ok := strings.Cut(specific, ":"); ok {
		if strings.Trim(version, "0123456789.") != "" || version == "" {
			return nil, fail(InvalidDID, did, "the version %q of a did:key is no number", version)
		}
		multikey = rest
	}
	if !strings.HasPrefix(multikey, "z") {
		return nil, fail(InvalidDID, did, "the key of a did:key is base58btc and starts with \"z\"")
	}
	pub, err := key.ParseMultikey(multikey)
	if err != nil {
		return nil, keyError(did, err)
	}
	return single(did, did+"#"+multikey, "Multikey", pub), nil
}

// single is the document of an identifier that is its own key.
func single(did, id, typ string, pub crypto.PublicKey) *Document {
	return &Document{
		ID:              did,
		Form:            Controller,
		Methods:         []Method{{ID: id, Type: typ, Controller: did, Key: pub}},
		AssertionMethod: []string{id},
		Authentication:  []string{id},
	}
}

// keyError gives a refused key the code under which DID resolution knows it.
func keyError(id string, err error) *Error {
	code := InvalidPublicKey
	var k *key.Error
	if errors.As(err, &k) {
		switch k.Reason {
		case key.Length:
			code = InvalidPublicKeyLength
		case key.Unsupported:
			code = UnsupportedPublicKey
		case key.Weak:
			code = WeakPublicKey
		}
	}
	return &Error{Code: code, ID: id, Msg: "the key cannot be used", Err: err}
}
