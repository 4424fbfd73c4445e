package vcjose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
)

// The rules for COSE (VC-JOSE-COSE, 3.3; RFC 9052, 4.2) are:
//
//   - One form is read: COSE_Sign1 under its tag 18, with the payload inside. What has several signers, a MAC or a payload
//     that is elsewhere is refused.
//   - The algorithm is the one of the protected header; an unprotected header may name the key, and says nothing else.
//   - The signature is then a matter for jose.Verify, under the policy of all tokens: the algorithms of COSE that are
//     accepted are those of JOSE by another name, over other bytes.

// coseTag is how a tagged COSE_Sign1 begins: tag 18 and an array of four (RFC 9052, 2 and 4.2).
var coseTag = []byte{0xd2, 0x84}

// IsCOSE is true of bytes that begin as a tagged COSE_Sign1 does, as they are or in base64. There the third byte shows too:
// it opens a string of bytes.
func IsCOSE(b []byte) bool {
	return bytes.HasPrefix(b, coseTag) || bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("0oR"))
}

// coseMessage is a COSE_Sign1 (RFC 9052, 4.2). The headers are kept as they are until their size is known.
type coseMessage struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected cbor.RawMessage
	Payload     cbor.RawMessage
	Signature   []byte
}

// coseHeader is what is read of a protected header (RFC 9052, 3.1; RFC 9596; RFC 9597).
type coseHeader struct {
	Algorithm   cbor.RawMessage `cbor:"1,keyasint"`
	Critical    cbor.RawMessage `cbor:"2,keyasint"`
	ContentType any             `cbor:"3,keyasint"`
	KeyID       []byte          `cbor:"4,keyasint"`
	Claims      coseClaims      `cbor:"15,keyasint"`
	Type        any             `cbor:"16,keyasint"`
}

// coseClaims are the CWT claims of a header that have a counterpart in the credential (RFC 8392, 4).
type coseClaims struct {
	Issuer    any `cbor:"1,keyasint"`
	Subject   any `cbor:"2,keyasint"`
	Expires   any `cbor:"4,keyasint"`
	NotBefore any `cbor:"5,keyasint"`
}

// coseMode admits what COSE needs and nothing that could grow: no indefinite lengths, no name twice, few levels. The
// payload is a string of bytes, so that no count depends on it.
var coseMode = mustMode(cbor.DecOptions{
	DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, UTF8: cbor.UTF8RejectInvalid,
	MaxNestedLevels: 8, MaxArrayElements: maxHeaderItems, MaxMapPairs: maxHeaderItems,
}.DecMode())

// maxHeaderItems bounds each list and map of a header; the registered headers are some forty, a chain of certificates is
// short, and 16 is the least that the library takes.
const maxHeaderItems = 64

func mustMode[M any](m M, err error) M {
	if err != nil {
		panic(err) // constant options
	}
	return m
}

// coseAlgorithms are those of the COSE registry with a counterpart in JOSE (RFC 9053, RFC 8812, RFC 9864). Which of them
// are accepted is for jose's policy.
var coseAlgorithms = map[int64]string{
	-7: "ES256", -9: "ES256", -35: "ES384", -51: "ES384", -36: "ES512", -52: "ES512", -8: "EdDSA", -19: "EdDSA",
	-37: "PS256", -38: "PS384", -39: "PS512", -257: "RS256", -258: "RS384", -259: "RS512", -47: "ES256K", -53: "Ed448",
	-48: "ML-DSA-44", -49: "ML-DSA-65", -50: "ML-DSA-87", 4: "HMAC", 5: "HMAC", 6: "HMAC", 7: "HMAC",
}

// parseCOSE takes a COSE_Sign1 apart.
func parseCOSE(b []byte) (*Credential, error) {
	if len(b) > jose.MaxToken {
		return nil, refuse(jose.Syntax, "the message has "+strconv.Itoa(len(b))+" bytes; at most "+strconv.Itoa(jose.MaxToken)+" are accepted")
	}
	b, err := fromBase64(b)
	if err != nil {
		return nil, err
	}
	var m coseMessage
	if err := coseMode.Unmarshal(b[1:], &m); err != nil { // b[0] is the tag
		return nil, &jose.Error{Reason: jose.Syntax, Msg: "the message is no COSE_Sign1", Err: cborError(err)}
	}
	if len(m.Protected) > jose.MaxHeader || len(m.Unprotected) > jose.MaxHeader {
		return nil, refuse(jose.Header, "a header has more than "+strconv.Itoa(jose.MaxHeader)+" bytes")
	}
	jws := &jose.JWS{Signature: m.Signature}
	if err := coseMode.Unmarshal(m.Payload, &jws.Payload); err != nil || jws.Payload == nil {
		return nil, refuse(jose.Syntax, "the message does not carry its payload as bytes; a credential travels inside its signature")
	}
	c := &Credential{JWS: jws, Form: COSE}
	h, err := readCOSEHeader(&m, jws)
	if err != nil {
		return nil, err
	}
	if jws.SigningInput, err = cbor.Marshal([]any{"Signature1", m.Protected, []byte{}, jws.Payload}); err != nil {
		return nil, err
	}
	payload, err := ijson.Parse(jws.Payload, &ijson.Options{MaxBytes: maxPayload})
	if err != nil {
		return nil, err
	}
	if c.Value = payload.Root(); !c.Value.Has("@context") || !c.Value.Has("type") {
		return nil, ErrNotCredential
	}
	for _, t := range c.Value.Get("type").Each() {
		c.Presentation = c.Presentation || t.Text() == "VerifiablePresentation"
	}
	c.checkCOSETypes(h)
	c.readCOSEClaims(&h.Claims)
	c.compare(ijson.Value{})
	return c, nil
}

func refuse(r jose.Reason, msg string) error { return &jose.Error{Reason: r, Msg: msg} }

// fromBase64 gives the bytes of a message that may be written in base64, with either alphabet, as data: URLs and files
// for people have it.
func fromBase64(b []byte) ([]byte, error) {
	if bytes.HasPrefix(b, coseTag) {
		return b, nil
	}
	text := strings.NewReplacer("-", "+", "_", "/", "\n", "", "\r", "").Replace(string(bytes.TrimSpace(b)))
	out, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || !bytes.HasPrefix(out, coseTag) {
		return nil, refuse(jose.Syntax, "the message is neither bytes nor base64")
	}
	return out, nil
}

// cborError is the library's word without its package name.
func cborError(err error) error {
	return errors.New(strings.TrimPrefix(err.Error(), "cbor: "))
}

// readCOSEHeader reads the protected header, and the key's name from the other where the first has none.
func readCOSEHeader(m *coseMessage, jws *jose.JWS) (*coseHeader, error) {
	h := &coseHeader{}
	if err := coseMode.Unmarshal(m.Protected, h); err != nil {
		return nil, &jose.Error{Reason: jose.Header, Msg: "the protected header cannot be read", Err: cborError(err)}
	}
	open := struct {
		KeyID []byte `cbor:"4,keyasint"`
	}{}
	if err := coseMode.Unmarshal(m.Unprotected, &open); err != nil {
		return nil, &jose.Error{Reason: jose.Header, Msg: "the unprotected header cannot be read", Err: cborError(err)}
	}
	if h.Critical != nil {
		return nil, refuse(jose.Critical, "the header's crit names extensions; a credential has none (RFC 9052, 3.1)")
	}
	var alg int64
	switch err := coseMode.Unmarshal(h.Algorithm, &alg); {
	case h.Algorithm == nil:
		return nil, refuse(jose.Algorithm, "the protected header has no alg")
	case err != nil:
		return nil, refuse(jose.Algorithm, "the header's alg is no number of the COSE registry")
	}
	jws.Algorithm = coseAlgorithms[alg]
	if jws.Algorithm == "" {
		jws.Algorithm = strconv.FormatInt(alg, 10)
	}
	jws.KeyID = string(h.KeyID)
	if h.KeyID == nil {
		jws.KeyID = string(open.KeyID)
	}
	jws.Type, _ = h.Type.(string) // one that is no text is told by checkCOSETypes
	return h, nil
}

// The media types of a message (VC-JOSE-COSE, 3.3 and 6.1) and, from drafts, their older names.
var (
	coseTypes        = []string{"vc+cose", "vp+cose", "vc+ld+cose", "vp+ld+cose", "vc+ld+json+cose", "vp+ld+json+cose"}
	coseContentTypes = []string{"vc", "vp", "vc+ld+json", "vp+ld+json", "vc+json", "json", "ld+json"}
)

func (c *Credential) checkCOSETypes(h *coseHeader) {
	for _, m := range [...]struct {
		name  string
		value any
		known []string
	}{{"typ", h.Type, coseTypes}, {"cty", h.ContentType, coseContentTypes}} {
		text, isText := m.value.(string)
		if m.value != nil && !(isText && slices.Contains(m.known, mediaType(text))) {
			c.problem(Invalid, TypeHeader, "#/"+m.name, "the header's %s %q is not that of a credential", m.name, clip(text))
		}
	}
}

// readCOSEClaims reads the claims of the header (VC-JOSE-COSE, 3.3: registered claims may stand there).
func (c *Credential) readCOSEClaims(claims *coseClaims) {
	for _, claim := range [...]struct {
		name string
		v    any
		to   *string
	}{{"iss", claims.Issuer, &c.Issuer}, {"sub", claims.Subject, &c.Subject}} {
		text, ok := claim.v.(string)
		if claim.v != nil && !ok {
			c.problem(Invalid, ClaimType, "#/"+claim.name, "the claim %s is not a string", claim.name)
		}
		*claim.to = text
	}
	for _, claim := range [...]struct {
		name string
		v    any
		to   *time.Time
	}{{"nbf", claims.NotBefore, &c.NotBefore}, {"exp", claims.Expires, &c.Expires}} {
		at, ok := coseDate(claim.v)
		if claim.v != nil && !ok {
			c.problem(Invalid, ClaimType, "#/"+claim.name, "the claim %s is not a number of seconds", claim.name)
		}
		*claim.to = at
	}
}

// coseDate reads a NumericDate of CBOR (RFC 8392, 2: untagged), at second precision.
func coseDate(v any) (time.Time, bool) {
	switch n := v.(type) {
	case uint64:
		return secondsSince1970(float64(n))
	case int64:
		return secondsSince1970(float64(n))
	case float64:
		return secondsSince1970(n)
	}
	return time.Time{}, false
}
