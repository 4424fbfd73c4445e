// Package vc reads credentials and presentations of the W3C Verifiable Credentials Data Model 2.0, and of 1.1 on the
// way in: the bytes are kept exactly as they came, and a typed view is laid over them.
//
// The rules of the document:
//
//   - Bytes that were read are never written again from the view. What is signed, stored and served is Document.Bytes.
//   - The view is lenient: what is missing or of the wrong form is the zero value. Whether a document keeps the rules of
//     its model is a question of its own, answered by Document.Check as a list of problems.
//   - The model is told by the first @context and by nothing else (VC 2.0, 4.3).
package vc

import (
	"fmt"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// Base contexts: the first item of @context, which tells the model (VC 2.0, 4.3; VC 1.1, 4.1).
const (
	ContextV2 = "https://www.w3.org/ns/credentials/v2"
	ContextV1 = "https://www.w3.org/2018/credentials/v1"
)

// Model is the version of the data model that a document declares by its first @context.
type Model uint8

// Models.
const (
	ModelUnknown Model = iota
	Model11
	Model20
)

// String gives the number of the version, as "2.0".
func (m Model) String() string {
	switch m {
	case Model11:
		return "1.1"
	case Model20:
		return "2.0"
	}
	return "unknown"
}

// Kind is the most special type of a document that this library knows.
type Kind string

// Kinds; the strings are the ones reports use.
const (
	KindUnknown               Kind = "unknown"
	KindCredential            Kind = "VerifiableCredential"
	KindPresentation          Kind = "VerifiablePresentation"
	KindEnvelopedCredential   Kind = "EnvelopedVerifiableCredential"
	KindEnvelopedPresentation Kind = "EnvelopedVerifiablePresentation"
	KindCLR                   Kind = "ClrCredential"
	KindAchievement           Kind = "AchievementCredential"
	KindEndorsement           Kind = "EndorsementCredential"
	KindBitstringStatusList   Kind = "BitstringStatusListCredential"
	KindStatusList2021        Kind = "StatusList2021Credential"
	KindRevocationList2020    Kind = "RevocationList2020Credential"
	KindRevocationList        Kind = "1EdTechRevocationList"
)

// IsPresentation tells presentations from credentials.
func (k Kind) IsPresentation() bool {
	return k == KindPresentation || k == KindEnvelopedPresentation
}

// IsCredential is true of every kind of credential, enveloped ones too.
func (k Kind) IsCredential() bool { return k != KindUnknown && !k.IsPresentation() }

// Issuer is a credential's issuer: a URL, or an object with an id (VC 2.0, 4.7).
type Issuer struct {
	ID   string
	Name string
	// Value is the issuer as written.
	Value ijson.Value
}

// Object is an entry of a member that holds typed objects: proof, credentialSchema, refreshService, termsOfUse,
// evidence.
type Object struct {
	ID      string
	Types   []string
	Pointer string // where it stands in the document
	Value   ijson.Value
}

// Is tells whether the object has the type.
func (o Object) Is(typ string) bool { return contains(o.Types, typ) }

// Document is a credential or presentation: the bytes it was read from, and a view of them. The zero Document is an
// empty one of unknown kind.
type Document struct {
	ID       string
	Types    []string
	Kind     Kind
	Model    Model
	Contexts []ijson.Value // the items of @context, strings or objects

	Name        string
	Description string
	Issuer      Issuer
	Holder      Issuer        // of a presentation
	Subjects    []ijson.Value // credentialSubject, one or many

	// Validity as the model of the document names it: validFrom/validUntil, or issuanceDate/expirationDate. When a 1.1
	// document carries both, the stricter window holds. Zero when absent or unreadable.
	ValidFrom, ValidUntil time.Time
	// The same as written, with the member each was read from.
	ValidFromText, ValidUntilText       string
	ValidFromPointer, ValidUntilPointer string
	AwardedDate                         time.Time // OB 3.0, awardedDate

	Proofs     []Object
	Statuses   []Status
	Schemas    []Object
	Refresh    []Object
	TermsOfUse []Object
	Evidence   []Object

	root ijson.Value
}

// Parse reads a document under the default limits of ijson. The bytes are kept, not copied: do not change them after.
// An error means that the bytes are not one JSON object; everything else is a matter of Check.
func Parse(b []byte) (*Document, error) {
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return nil, err
	}
	if doc.Root().Kind() != ijson.Object {
		return nil, fmt.Errorf("vc: the document is a JSON %s, not an object; give one credential or presentation", kindWord(doc.Root()))
	}
	return FromValue(doc.Root()), nil
}

// FromValue lays the view over a JSON object that has been read already, such as a credential inside another one. The
// value's own bytes become the document's bytes.
func FromValue(v ijson.Value) *Document {
	d := &Document{root: v, ID: idOf(v), Types: Strings(v.Get("type"))}
	if d.Types == nil {
		d.Types = Strings(v.Get("@type"))
	}
	for _, c := range v.Get("@context").Each() {
		d.Contexts = append(d.Contexts, c)
	}
	d.Model = modelOf(d.Contexts)
	d.Kind = kindOf(v, d.Types)
	d.Name, d.Description = PickText(v.Get("name")), PickText(v.Get("description"))
	d.Issuer = issuerOf(v.Get("issuer"))
	d.Holder = issuerOf(v.Get("holder"))
	for _, s := range v.Get("credentialSubject").Each() {
		d.Subjects = append(d.Subjects, s)
	}
	d.readValidity()
	d.Proofs = objects(v, "proof")
	d.Schemas = objects(v, "credentialSchema")
	d.Refresh = objects(v, "refreshService")
	d.TermsOfUse = objects(v, "termsOfUse")
	d.Evidence = objects(v, "evidence")
	d.Statuses = statuses(v)
	return d
}

// Bytes are the document's own bytes, exactly as read.
func (d *Document) Bytes() []byte { return d.root.Raw() }

// Root is the JSON object under the view.
func (d *Document) Root() ijson.Value { return d.root }

// Is tells whether the document has the type.
func (d *Document) Is(typ string) bool { return contains(d.Types, typ) }

// HasContext tells whether the URL stands in @context.
func (d *Document) HasContext(url string) bool {
	for _, c := range d.Contexts {
		if c.IsString() && c.Text() == url {
			return true
		}
	}
	return false
}

// Nested is a credential inside a document.
type Nested struct {
	// Pointer is where it stands in the enclosing document.
	Pointer string
	// Value is an object, or a string (a compact JWS, as VC 1.1 presentations and 2022 drafts of the CLR have it).
	Value ijson.Value
}

// Credentials lists the credentials that the document carries: a presentation's verifiableCredential (VC 2.0, 4.13),
// or the one of a ClrSubject (CLR 2.0, ClrSubject). Endorsements are not among them.
func (d *Document) Credentials() []Nested {
	var out []Nested
	d.eachCredentialList(func(v ijson.Value, at string) {
		for i, c := range v.Each() {
			out = append(out, Nested{Pointer: place(at, v, i), Value: c})
		}
	})
	return out
}

// CountCredentials is how many Credentials lists.
func (d *Document) CountCredentials() (n int) {
	d.eachCredentialList(func(v ijson.Value, _ string) {
		if v.Kind() == ijson.Array {
			n += v.Len()
		} else if v.IsValid() {
			n++
		}
	})
	return n
}

func (d *Document) eachCredentialList(visit func(v ijson.Value, at string)) {
	if d.Kind.IsPresentation() {
		visit(d.root.Get("verifiableCredential"), "/verifiableCredential")
		return
	}
	subjects := d.root.Get("credentialSubject")
	for i, s := range subjects.Each() {
		visit(s.Get("verifiableCredential"), place("/credentialSubject", subjects, i)+"/verifiableCredential")
	}
}

// EnvelopedToken gives the token and media type of an enveloped credential or presentation: the content of the data:
// URL in its id (VC 2.0, 4.13.1).
func (d *Document) EnvelopedToken() (mediaType, token string, ok bool) {
	rest, found := strings.CutPrefix(d.ID, "data:")
	if !found {
		return "", "", false
	}
	mediaType, token, ok = strings.Cut(rest, ",")
	return mediaType, token, ok && token != ""
}

func modelOf(contexts []ijson.Value) Model {
	if len(contexts) == 0 {
		return ModelUnknown
	}
	switch contexts[0].Text() {
	case ContextV2:
		return Model20
	case ContextV1:
		return Model11
	}
	return ModelUnknown
}

// kinds in the order of specialty: the first that is among the types wins.
var kinds = []struct {
	typ  string
	kind Kind
}{
	{"ClrCredential", KindCLR},
	{"AchievementCredential", KindAchievement},
	{"OpenBadgeCredential", KindAchievement}, // alias, OB 3.0, AchievementCredential
	{"EndorsementCredential", KindEndorsement},
	{"BitstringStatusListCredential", KindBitstringStatusList},
	{"StatusList2021Credential", KindStatusList2021},
	{"RevocationList2020Credential", KindRevocationList2020},
	{"EnvelopedVerifiableCredential", KindEnvelopedCredential},
	{"EnvelopedVerifiablePresentation", KindEnvelopedPresentation},
	{"VerifiablePresentation", KindPresentation},
	{"VerifiableCredential", KindCredential},
}

func kindOf(v ijson.Value, types []string) Kind {
	for _, k := range kinds {
		if contains(types, k.typ) {
			return k.kind
		}
	}
	if v.Has("revokedCredential") && v.Has("issuer") && !v.Has("credentialSubject") {
		return KindRevocationList
	}
	return KindUnknown
}
