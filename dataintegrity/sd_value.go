package dataintegrity

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/fxamacker/cbor/v2"

	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/multibase"
	"github.com/openlaurel/laurel/rdf"
)

// The headers tell base and derived proof values apart (Data Integrity ECDSA, 3.4.18 and 3.4.21).
var (
	headerBase    = []byte{0xd9, 0x5d, 0x00}
	headerDerived = []byte{0xd9, 0x5d, 0x01}
)

const (
	sdSignatureSize = 64 // P-256, r and s
	hmacKeySize     = 32
	hmacSize        = 32
	// maxStatements bounds the lists in a proof value. A document of ijson's limits has fewer; without a bound, a header of
	// nine bytes could promise 2^63 elements.
	maxStatements = 1 << 20
)

// baseValue is the proof value between issuer and holder.
type baseValue struct {
	baseSignature, publicKey, hmacKey []byte
	signatures                        [][]byte
	pointers                          []string
}

// derivedValue is the proof value for verifiers.
type derivedValue struct {
	baseSignature, publicKey []byte
	ephemeral                crypto.PublicKey // publicKey, decoded
	signatures               [][]byte
	labels                   map[int][]byte // HMAC by the number of the canonical label
	mandatory                []int
}

// The forms in CBOR.
type baseCBOR struct {
	_             struct{} `cbor:",toarray"`
	BaseSignature []byte
	PublicKey     []byte
	HMACKey       []byte
	Signatures    [][]byte
	Pointers      []string
}

type derivedCBOR struct {
	_             struct{} `cbor:",toarray"`
	BaseSignature []byte
	PublicKey     []byte
	Signatures    [][]byte
	Labels        map[int][]byte
	Mandatory     []int
}

// strictCBOR admits exactly the shape of the two values: no tags, no indefinite lengths, no key twice.
var strictCBOR = mustMode(cbor.DecOptions{
	DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
	MaxNestedLevels: 4, MaxArrayElements: maxStatements, MaxMapPairs: maxStatements, UTF8: cbor.UTF8RejectInvalid,
}.DecMode())

var canonicalCBOR = mustMode(cbor.CanonicalEncOptions().EncMode())

func mustMode[M any](m M, err error) M {
	if err != nil {
		panic(err) // constant options
	}
	return m
}

func encodeValue(header []byte, v any) (string, error) {
	b, err := canonicalCBOR.Marshal(v)
	if err != nil {
		return "", err
	}
	return multibase.Encode(multibase.Base64URL, append(slices.Clone(header), b...)), nil
}

func (v *baseValue) encode() (string, error) {
	c := baseCBOR{
		BaseSignature: v.baseSignature, PublicKey: v.publicKey, HMACKey: v.hmacKey,
		Signatures: v.signatures, Pointers: v.pointers,
	}
	if c.Signatures == nil {
		c.Signatures = [][]byte{} // an empty array, not null
	}
	if c.Pointers == nil {
		c.Pointers = []string{}
	}
	return encodeValue(headerBase, c)
}

func (v *derivedValue) encode() (string, error) {
	c := derivedCBOR{
		BaseSignature: v.baseSignature, PublicKey: v.publicKey, Signatures: v.signatures, Labels: v.labels, Mandatory: v.mandatory,
	}
	if c.Signatures == nil {
		c.Signatures = [][]byte{}
	}
	if c.Mandatory == nil {
		c.Mandatory = []int{}
	}
	return encodeValue(headerDerived, c)
}

// openValue decodes the multibase and tells which of the two values it is.
func openValue(p Proof) (body []byte, base bool, err error) {
	enc, b, err := multibase.Decode(p.ProofValue)
	if err != nil {
		return nil, false, &MalformedError{Pointer: p.Pointer + "/proofValue", Msg: "is not a multibase value", Err: err}
	}
	if enc != multibase.Base64URL {
		return nil, false, p.malformed("proofValue", "must be in base64url, starting with u")
	}
	if body, ok := bytes.CutPrefix(b, headerBase); ok {
		return body, true, nil
	}
	if body, ok := bytes.CutPrefix(b, headerDerived); ok {
		return body, false, nil
	}
	return nil, false, p.malformed("proofValue", "starts neither as a base proof nor as a derived one")
}

func readDerived(p Proof) (*derivedValue, error) {
	body, base, err := openValue(p)
	if err != nil {
		return nil, err
	}
	if base {
		return nil, &BaseProofError{Pointer: p.Pointer}
	}
	var c derivedCBOR
	if err := strictCBOR.Unmarshal(body, &c); err != nil {
		return nil, &MalformedError{Pointer: p.Pointer + "/proofValue", Msg: "is not the CBOR of a derived proof", Err: err}
	}
	v := &derivedValue{
		baseSignature: c.BaseSignature, publicKey: c.PublicKey, signatures: c.Signatures, labels: c.Labels, mandatory: c.Mandatory,
	}
	if msg := v.fault(); msg != "" {
		return nil, p.malformed("proofValue", msg)
	}
	if v.ephemeral, err = parseEphemeral(v.publicKey); err != nil {
		return nil, &MalformedError{Pointer: p.Pointer + "/proofValue", Msg: "has no P-256 key for the disclosed statements", Err: err}
	}
	return v, nil
}

// fault says what in the value has not the demanded size, or occurs twice.
func (v *derivedValue) fault() string {
	if msg := sizes(v.baseSignature, v.signatures); msg != "" {
		return msg
	}
	seen := make(map[string]bool, len(v.labels))
	for n, label := range v.labels {
		switch {
		case n < 0 || len(label) != hmacSize:
			return "has a label map entry that is not a number and " + strconv.Itoa(hmacSize) + " bytes"
		case seen[string(label)]:
			return "gives two blank nodes the same label"
		}
		seen[string(label)] = true
	}
	indexes := slices.Clone(v.mandatory)
	slices.Sort(indexes)
	if len(slices.Compact(indexes)) != len(v.mandatory) {
		return "lists a mandatory statement twice"
	}
	return ""
}

func sizes(base []byte, signatures [][]byte) string {
	for _, sig := range append([][]byte{base}, signatures...) {
		if len(sig) != sdSignatureSize {
			return "has a signature of " + strconv.Itoa(len(sig)) + " bytes, not " + strconv.Itoa(sdSignatureSize)
		}
	}
	return ""
}

func readBase(p Proof) (*baseValue, error) {
	body, base, err := openValue(p)
	if err != nil {
		return nil, err
	}
	if !base {
		return nil, p.malformed("proofValue", "is already derived; only a base proof, as the issuer made it, can be derived from")
	}
	var c baseCBOR
	if err := strictCBOR.Unmarshal(body, &c); err != nil {
		return nil, &MalformedError{Pointer: p.Pointer + "/proofValue", Msg: "is not the CBOR of a base proof", Err: err}
	}
	if msg := sizes(c.BaseSignature, c.Signatures); msg != "" {
		return nil, p.malformed("proofValue", msg)
	}
	if len(c.HMACKey) != hmacKeySize {
		return nil, p.malformed("proofValue", "has a label key of "+strconv.Itoa(len(c.HMACKey))+" bytes, not "+strconv.Itoa(hmacKeySize))
	}
	if _, err := parseEphemeral(c.PublicKey); err != nil {
		return nil, &MalformedError{Pointer: p.Pointer + "/proofValue", Msg: "has no P-256 key for the statements", Err: err}
	}
	return &baseValue{
		baseSignature: c.BaseSignature, publicKey: c.PublicKey, hmacKey: c.HMACKey, signatures: c.Signatures, pointers: c.Pointers,
	}, nil
}

// parseEphemeral reads the key of the proof itself: multicodec p256-pub and the compressed point.
func parseEphemeral(raw []byte) (crypto.PublicKey, error) {
	const size = 35
	if _, ok := multibase.CutPrefix(multibase.P256Pub, raw); !ok || len(raw) != size {
		return nil, &key.Error{Reason: key.Malformed, Msg: "the key is not a multicodec p256-pub of " + strconv.Itoa(size) + " bytes"}
	}
	return key.ParseMultikey(multibase.Encode(multibase.Base58BTC, raw))
}

func rawMultikey(pub crypto.PublicKey) ([]byte, error) {
	text, err := key.Multikey(pub)
	if err != nil {
		return nil, err
	}
	_, raw, err := multibase.Decode(text)
	return raw, err
}

// statements are the canonical lines of the disclosed document under the labels the issuer signed, sorted.
func (v *derivedValue) statements(p Proof, c *rdf.Canonical) ([]string, error) {
	names := make(map[string]string, len(v.labels))
	for n, label := range v.labels {
		names["c14n"+strconv.Itoa(n)] = hmacLabel(label)
	}
	issued := c.Labels()
	for _, label := range issued {
		if names[label] == "" {
			return nil, p.malformed("proofValue", "names "+strconv.Itoa(len(names))+" of the document's "+strconv.Itoa(len(issued))+" blank nodes")
		}
	}
	if len(issued) != len(names) {
		return nil, p.malformed("proofValue", "names "+strconv.Itoa(len(names))+" blank nodes where the document has "+strconv.Itoa(len(issued)))
	}
	lines := relabel(c.Lines(), names)
	for _, i := range v.mandatory {
		if i < 0 || i >= len(lines) {
			return nil, p.malformed("proofValue", "calls statement "+strconv.Itoa(i)+" mandatory, of "+strconv.Itoa(len(lines)))
		}
	}
	return lines, nil
}

// split separates the mandatory lines from the others.
func (v *derivedValue) split(lines []string) (mandatory, rest []string) {
	is := make([]bool, len(lines))
	for _, i := range v.mandatory {
		is[i] = true
	}
	for i, l := range lines {
		if is[i] {
			mandatory = append(mandatory, l)
		} else {
			rest = append(rest, l)
		}
	}
	return mandatory, rest
}

// hmacLabel is the label of a blank node with this HMAC.
func hmacLabel(mac []byte) string {
	return multibasePrefix + base64.RawURLEncoding.EncodeToString(mac)
}

const multibasePrefix = "u" // base64url
