// Package jose implements JSON Web Signature (RFC 7515) in compact serialization, and writes JWK sets (RFC 7517), with
// one policy for everything that credentials need.
//
// The rules are:
//
//   - The algorithm is one of a table of public-key signatures; "none" and HMAC are not in it and cannot be.
//   - The key fixes what the algorithm may be, never the other way round.
//   - No key in a header (jwk, jku, x5c, x5u) is ever used; Verify takes the key from its caller.
//   - Base64url has one spelling: no padding, no line ends, no loose bits. A token that verifies has no twin.
package jose

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"fmt"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/key"
)

const (
	// MaxToken bounds a token: a CLR of 2,000 courses in base64.
	MaxToken = 32 << 20
	// MaxHeader bounds the decoded header. One with an 8192-bit RSA jwk and a did:jwk as kid has under 5,000 bytes.
	MaxHeader = 16 << 10
	// maxHeaderDepth is that of a jwk with key_ops, and some air.
	maxHeaderDepth = 8
)

// Reason says in which way a token was refused.
type Reason uint8

// The reasons for which a token is refused.
const (
	Syntax      Reason = iota + 1 // not three parts, or not base64url in its one spelling
	Encrypted                     // a JWE; credentials are signed, not encrypted
	Header                        // the header is no JSON object, or a member of it is malformed
	Critical                      // crit or b64: extensions that no credential may use
	Algorithm                     // none, HMAC, unknown, or not allowed by the policy
	KeyMismatch                   // the key is of another type, or says that it is for another algorithm
	Signature                     // the signature is wrong
)

// Error is why a token was refused.
type Error struct {
	Reason Reason
	Msg    string
	Err    error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return "jose: " + e.Msg + ": " + e.Err.Error()
	}
	return "jose: " + e.Msg
}

func (e *Error) Unwrap() error { return e.Err }

func refuse(r Reason, format string, args ...any) *Error {
	return &Error{Reason: r, Msg: fmt.Sprintf(format, args...)}
}

// JWS is a parsed token. Nothing in it is to be believed before Verify.
type JWS struct {
	Header                 ijson.Value
	Algorithm, KeyID, Type string // header members alg, kid and typ
	Payload, Signature     []byte
	SigningInput           []byte // the part of the token that is signed, in the token's memory
}

var base64url = base64.RawURLEncoding.Strict()

// Parse takes a compact token apart. It keeps a reference to token.
func Parse(token []byte) (*JWS, error) {
	if len(token) > MaxToken {
		return nil, refuse(Syntax, "the token has %d bytes; at most %d are accepted", len(token), MaxToken)
	}
	first := bytes.IndexByte(token, '.')
	if first <= 0 {
		return nil, refuse(Syntax, "the token is not in JWS compact serialization (header.payload.signature)")
	}
	last := first + 1 + bytes.IndexByte(token[first+1:], '.')
	if last == first {
		return nil, refuse(Syntax, "the token has two parts; it must have three (header.payload.signature)")
	}
	if last == len(token)-1 {
		return nil, refuse(Syntax, "the token has no signature")
	}
	if rest := token[last+1:]; bytes.IndexByte(rest, '.') >= 0 {
		if bytes.Count(rest[:min(len(rest), MaxHeader)], []byte{'.'}) == 2 {
			return nil, refuse(Encrypted, "the token has five parts, as an encrypted one (JWE) has; send the signed credential itself")
		}
		return nil, refuse(Syntax, "the token has more than three parts")
	}
	jws := &JWS{SigningInput: token[:last]}
	if err := jws.readHeader(token[:first]); err != nil {
		return nil, err
	}
	var err error
	if jws.Payload, err = decode(token[first+1 : last]); err != nil {
		return nil, refuse(Syntax, "the payload is not base64url without padding")
	}
	if jws.Signature, err = decode(token[last+1:]); err != nil {
		return nil, refuse(Syntax, "the signature is not base64url without padding")
	}
	return jws, nil
}

// decode reads base64url in its one spelling. The standard library steps over line ends even in strict mode.
func decode(src []byte) ([]byte, error) {
	if i := bytes.IndexByte(src, '\n'); i >= 0 {
		return nil, base64.CorruptInputError(i)
	}
	if i := bytes.IndexByte(src, '\r'); i >= 0 {
		return nil, base64.CorruptInputError(i)
	}
	dst := make([]byte, base64url.DecodedLen(len(src)))
	_, err := base64url.Decode(dst, src)
	return dst, err
}

func (j *JWS) readHeader(part []byte) error {
	if base64url.DecodedLen(len(part)) > MaxHeader {
		return refuse(Header, "the header has more than %d bytes", MaxHeader)
	}
	text, err := decode(part)
	if err != nil {
		return refuse(Syntax, "the header is not base64url without padding")
	}
	doc, err := ijson.Parse(text, &ijson.Options{MaxBytes: MaxHeader, MaxDepth: maxHeaderDepth})
	if err != nil {
		return &Error{Reason: Header, Msg: "the header is not a JSON object", Err: err}
	}
	j.Header = doc.Root()
	if j.Header.Kind() != ijson.Object {
		return refuse(Header, "the header is not a JSON object")
	}
	for _, m := range [...]struct {
		name string
		to   *string
	}{{"alg", &j.Algorithm}, {"kid", &j.KeyID}, {"typ", &j.Type}} {
		v := j.Header.Get(m.name)
		if v.IsValid() && !v.IsString() {
			return refuse(Header, "the header's %s is not a string", m.name)
		}
		*m.to = v.Text()
	}
	return j.checkHeader()
}

func (j *JWS) checkHeader() error {
	switch {
	case j.Header.Has("enc") || j.Header.Has("zip"):
		return refuse(Encrypted, "the header is that of an encrypted token (JWE); send the signed credential itself")
	case j.Header.Has("crit"):
		return refuse(Critical, "the header's crit names extensions; a credential's token has none (RFC 7515, 4.1.11)")
	case j.Header.Has("b64") && (j.Header.Get("b64").Kind() != ijson.Bool || !j.Header.Get("b64").Bool()):
		return refuse(Critical, "the header's b64 asks for an unencoded payload, which RFC 7519 forbids in a JWT")
	case j.Algorithm == "":
		return refuse(Algorithm, "the header has no alg")
	}
	return nil
}

// Policy says which signatures are good enough.
type Policy struct {
	// Algorithms are the ones to accept; nil means DefaultAlgorithms.
	Algorithms []string
	// KeyAlgorithm is the alg that the key's own JWK names (did.Method.Algorithm); "" when it names none. A key is only
	// good for its own algorithm (RFC 8725, 3.1).
	KeyAlgorithm string
}

// Verify checks the signature with a key that the caller has found and trusts to have been checked (key.Check). A nil
// policy is the default one. The error is an *Error.
func Verify(jws *JWS, pub crypto.PublicKey, policy *Policy) error {
	if policy == nil {
		policy = &Policy{}
	}
	alg := algorithmNamed(jws.Algorithm)
	if alg == nil || !policy.allows(alg.name) {
		return refuse(Algorithm, "the algorithm %q is not accepted; use one of %v", clip(jws.Algorithm), policy.algorithms())
	}
	if !alg.fits(pub) {
		return refuse(KeyMismatch, "%s does not go with a key of type %s", alg.name, key.Name(pub))
	}
	if a := policy.KeyAlgorithm; a != "" && algorithmNamed(a) != alg {
		return refuse(KeyMismatch, "the key says that it is for %s, and the token uses %s", clip(a), alg.name)
	}
	if err := alg.verify(pub, jws.SigningInput, jws.Signature); err != nil {
		return &Error{Reason: Signature, Msg: "the " + alg.name + " signature is wrong", Err: err}
	}
	return nil
}

// clip keeps a stranger's text short enough for a message.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
