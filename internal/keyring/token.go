package keyring

import (
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/key"
)

// TokenOptions name a PKCS #11 token (a hardware security module, a smart card, SoftHSM), in which issuing keys are made
// and which they never leave. The zero value: there is none.
type TokenOptions struct {
	Module  string // the maker's library, such as /usr/lib/softhsm/libsofthsm2.so
	Label   string // the token's label
	PINFile string // one line: the user's PIN
}

// reference is the form of what is kept in place of a sealed key when the key is in a token: a URI of RFC 7512 with the
// token's label and the key's CKA_ID. It is no secret.
const reference = "pkcs11:token="

// ErrNoToken means that a key is in a PKCS #11 token that this server was not told of.
var ErrNoToken = errors.New("keyring: the key is in a PKCS #11 token; name its module, label and PIN file in the settings")

// token is an opened PKCS #11 token.
type token interface {
	kinds() []string
	make(algorithm, name string) (id []byte, s crypto.Signer, err error)
	signer(id []byte) (crypto.Signer, error)
}

// fileKinds are the kinds of key that are sealed in the database.
var fileKinds = []string{"ed25519", "p256", "p384"}

// Kinds are the algorithms of which Make makes keys, the one to prefer first.
func (k *Keyring) Kinds() []string {
	if k.token == nil {
		return fileKinds
	}
	return k.token.kinds()
}

// TokenLabel is the label of the token in which keys are made; empty: keys are sealed in the database.
func (k *Keyring) TokenLabel() string { return k.label }

// Make makes a private key for signing, and what is to be kept for Unseal. Where a token is named the key is made in it and
// nowhere else, under a name for whoever looks into the token. What is not kept afterwards stays in the token, unused.
func (k *Keyring) Make(algorithm, name string) (crypto.Signer, []byte, error) {
	if !slices.Contains(k.Kinds(), algorithm) {
		return nil, nil, fmt.Errorf("keyring: there are no keys of kind %q here; there are %s", algorithm, strings.Join(k.Kinds(), ", "))
	}
	if k.token == nil {
		s, err := key.Generate(algorithm)
		if err != nil {
			return nil, nil, fmt.Errorf("keyring: %w", err)
		}
		sealed, err := k.Seal(s)
		return s, sealed, err
	}
	id, s, err := k.token.make(algorithm, name)
	if err != nil {
		return nil, nil, err
	}
	return s, []byte(reference + escape(k.label) + ";id=%" + hex.EncodeToString(id)), nil
}

// Token is the label of the token that holds a key, from what Make gave to keep; empty for a sealed key.
func Token(sealed []byte) string {
	label, _, ok := parseReference(sealed)
	if !ok {
		return ""
	}
	return label
}

// escape writes a label so that nothing in it ends it. Hexadecimal for all but the plainest characters is within RFC 7512,
// section 2.3.
func escape(label string) string {
	var b strings.Builder
	for _, c := range []byte(label) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}

// parseReference reads what Make wrote. The id has one % before all its digits: it is ours to read, nobody else's.
func parseReference(sealed []byte) (label string, id []byte, ok bool) {
	rest, ok := strings.CutPrefix(string(sealed), reference)
	if !ok {
		return "", nil, false
	}
	written, digits, ok := strings.Cut(rest, ";id=%")
	if !ok {
		return "", nil, false
	}
	id, err := hex.DecodeString(digits)
	if err != nil {
		return "", nil, false
	}
	var b []byte
	for i := 0; i < len(written); i++ {
		if written[i] != '%' {
			b = append(b, written[i])
			continue
		}
		if i+3 > len(written) {
			return "", nil, false
		}
		c, err := hex.DecodeString(written[i+1 : i+3])
		if err != nil {
			return "", nil, false
		}
		b = append(b, c...)
		i += 2
	}
	return string(b), id, true
}

// fromToken opens a key that is in a token.
func (k *Keyring) fromToken(sealed []byte) (crypto.Signer, error) {
	label, id, ok := parseReference(sealed)
	switch {
	case !ok:
		return nil, errors.New("keyring: this reference to a key in a PKCS #11 token is damaged")
	case k.token == nil:
		return nil, fmt.Errorf("%w (its label is %q)", ErrNoToken, label)
	case label != k.label:
		return nil, fmt.Errorf("%w: the key is in the token %q, and the settings name %q", ErrNoToken, label, k.label)
	}
	return k.token.signer(id)
}
