// Package upgrade reads what came before: Comprehensive Learner Record 1.0 and Open Badges 2.0 and older, as unsigned
// CLR 2.0 and Open Badges 3.0.
//
// The mapping is 1EdTech's migration advice where there is some, and ours where there is none (CLR 1.0 to 2.0). What
// has no place in the newer standard is told as a loss, never dropped in silence. The result is a reading of the
// original and not the original: it carries no seal, and its evidence points back to what was read.
package upgrade

import (
	"crypto/sha1" //nolint:gosec // UUID version 5 is defined over SHA-1 (RFC 9562, 5.5); nothing here is secret
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/vc"
)

// A Form is an older standard.
type Form string

// The forms that Detect tells apart.
const (
	None   Form = ""
	OB05   Form = "Open Badges 0.5"
	OB10   Form = "Open Badges 1.0"
	OB11   Form = "Open Badges 1.1"
	OB20   Form = "Open Badges 2.0"
	CLR10  Form = "CLR 1.0"
	CLRSet Form = "CLR 1.0 set"
)

// Contexts of the older standards.
const (
	ContextCLR1  = "https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld"
	ContextOB2   = "https://w3id.org/openbadges/v2"
	ContextOB1   = "https://w3id.org/openbadges/v1"
	contextBlock = "https://w3id.org/blockcerts"
)

// classesOB2 are the classes of Open Badges 2.0 (and 1.1).
var classesOB2 = map[string]bool{
	"Assertion": true, "BadgeClass": true, "Issuer": true, "Profile": true, "Endorsement": true,
	"CryptographicKey": true, "RevocationList": true, "AlignmentObject": true, "Criteria": true, "Evidence": true,
	"IdentityObject": true, "Image": true, "VerificationObject": true, "Extension": true,
}

var contextCLR1 = regexp.MustCompile(`^https?://[^ ]*/clr[/_]v1p0`)

// Detect tells the older standard of a document and the class in it, by its own words for classes: "Assertion",
// "BadgeClass", "Clr" and so on. None means that the document is of no older standard.
func Detect(v ijson.Value) (form Form, class string) {
	if v.Kind() != ijson.Object || v.Has("credentialSubject") || v.Has("verifiableCredential") {
		return None, ""
	}
	types := vc.Strings(v.Get("type"))
	context := contextsOf(v)
	for _, t := range types {
		switch {
		case strings.EqualFold(t, "Clr"):
			return CLR10, "Clr"
		case t == "ClrSet":
			return CLRSet, "ClrSet"
		}
	}
	switch {
	case v.Has("learner") && v.Has("publisher"):
		return CLR10, "Clr"
	case v.Has("clrs") || v.Has("signedClrs"):
		return CLRSet, "ClrSet"
	}
	for _, t := range types {
		if !classesOB2[t] {
			continue
		}
		for _, c := range context {
			if c == ContextOB1 {
				return OB11, t
			}
			if contextCLR1.MatchString(c) && t == "Assertion" {
				return CLR10, t
			}
		}
		return OB20, t
	}
	if hasPrefix(context, ContextOB2) || hasPrefix(context, "https://w3id.org/openbadges") {
		return OB20, ""
	}
	return detectUntyped(v, types)
}

// detectUntyped tells the first Open Badges apart by their members: they had neither context nor type.
func detectUntyped(v ijson.Value, types []string) (Form, string) {
	if len(types) > 0 || v.Has("@context") {
		return None, ""
	}
	switch {
	case v.Has("recipient") && v.Get("badge").Get("issuer").Get("origin").IsString():
		return OB05, "Assertion"
	case v.Has("recipient") && v.Get("badge").IsString():
		return OB10, "Assertion"
	case v.Has("criteria") && v.Has("issuer") && v.Has("image") && v.Has("name"):
		return OB10, "BadgeClass"
	case v.Get("name").IsString() && v.Get("url").IsString() && v.Len() <= len("nudired"): // name, url and five optional
		return OB10, "Issuer"
	}
	return None, ""
}

func hasPrefix(list []string, prefix string) bool {
	for _, s := range list {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// contextsOf are the context URLs; an inline context that maps obi to Open Badges counts as the one of 2.0.
func contextsOf(v ijson.Value) []string {
	var out []string
	for _, c := range v.Get("@context").Each() {
		switch {
		case c.IsString():
			out = append(out, c.Text())
		case c.Get("obi").Text() == "https://w3id.org/openbadges#":
			out = append(out, ContextOB2)
		}
	}
	return out
}

// IsBlockcert is true of an Open Badges 2.0 assertion that is sealed on a blockchain (Blockcerts 2.0).
func IsBlockcert(v ijson.Value) bool {
	return hasPrefix(contextsOf(v), contextBlock) || v.Get("signature").Has("merkleRoot")
}

// A Loss is something that the newer standard has no place for, or that had to be assumed.
type Loss struct {
	Pointer string `json:"pointer"` // in the original
	Message string `json:"message"`
}

// A Result is an older document read as a newer one.
type Result struct {
	From       Form
	Credential []byte // unsigned; JSON of a ClrCredential or an AchievementCredential
	Losses     []Loss
}

// Options says where the parts of an older document are that it only names by URL.
type Options struct {
	// Document gives the document at a URL: an Open Badges 2.0 BadgeClass or Issuer. Nil: none is at hand.
	Document func(url string) ([]byte, bool)
}

// A PartMissingError says that an Open Badge names a part by URL, and that part was not at hand.
type PartMissingError struct {
	Pointer string // where the URL stands in the original
	URL     string
}

func (e *PartMissingError) Error() string {
	return fmt.Sprintf("upgrade: %s names %s, which is not at hand; give that document too", e.Pointer, e.URL)
}

// Upgrade reads an older document as an unsigned credential of the newer standard: a Clr as a ClrCredential, an
// Assertion as an AchievementCredential.
func Upgrade(v ijson.Value, opts *Options) (*Result, error) {
	if opts == nil {
		opts = &Options{}
	}
	form, class := Detect(v)
	u := &upgrader{opts: opts}
	var out any
	var err error
	switch {
	case form == CLR10 && class == "Clr":
		out, err = u.clr(v)
	case form == CLRSet:
		return nil, fmt.Errorf("upgrade: this is a set of %d records; upgrade each of its clrs by itself", v.Get("clrs").Len()+v.Get("signedClrs").Len())
	case form != None && class == "Assertion":
		out, err = u.badge(v)
	case form != None:
		return nil, fmt.Errorf("upgrade: a %s of %s is a part of a badge and no credential; give the assertion", class, form)
	default:
		return nil, fmt.Errorf("upgrade: the document is neither CLR 1.0 nor Open Badges 2.0 or older")
	}
	if err != nil {
		return nil, err
	}
	body, err := ijson.MarshalIndent(out)
	if err != nil {
		return nil, fmt.Errorf("upgrade: %w", err)
	}
	return &Result{From: form, Credential: body, Losses: u.losses}, nil
}

type upgrader struct {
	opts   *Options
	losses []Loss
}

func (u *upgrader) lose(pointer, format string, args ...any) {
	u.losses = append(u.losses, Loss{Pointer: pointer, Message: fmt.Sprintf(format, args...)})
}

// namespaceURL is the namespace of the version 5 UUIDs made from older ids (RFC 9562, 5.5): that of URLs.
var namespaceURL = [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}

// NewID is a stable urn:uuid made from an original identifier.
func NewID(original string) string {
	h := sha1.New()
	h.Write(namespaceURL[:])
	h.Write([]byte(original))
	b := h.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

var absolute = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^` + "`" + `]+$`)

// uri keeps an absolute URI and makes a stable one of anything else, so that references still meet.
func uri(id string) string {
	if id == "" || absolute.MatchString(id) && !malformedURN.MatchString(id) {
		return id
	}
	return NewID(id)
}

// malformedURN are the "urn:uuid967906cd-…" of one publisher, which are absolute and mean nothing.
var malformedURN = regexp.MustCompile(`^urn:uuid[^:]`)

// payload decodes the payload of a compact JWS without judging its signature.
func payload(jws string) (ijson.Value, bool) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return ijson.Value{}, false
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return ijson.Value{}, false
	}
	d, err := ijson.Parse(b, nil)
	if err != nil || d.Root().Kind() != ijson.Object {
		return ijson.Value{}, false
	}
	return d.Root(), true
}
