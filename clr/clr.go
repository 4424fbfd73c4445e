// Package clr holds the classes of the Comprehensive Learner Record Standard 2.0 (1EdTech): a credential whose subject
// carries a learner's credentials, and the associations between what they assert. The classes it shares with Open Badges
// 3.0 live in package ob, whose rules for reading and writing hold here too.
package clr

import (
	"encoding/json"
	"slices"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

// Contexts of the standard; issue with ContextV201.
const (
	ContextV201      = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
	ContextV200      = "https://purl.imsglobal.org/spec/clr/v2p0/context.json"
	ContextV2Pattern = `^https://purl\.imsglobal\.org/spec/clr/v2p0/context(-2\.\d\.\d)*\.json$`
	ContextPrefix    = "https://purl.imsglobal.org/spec/clr/v2p0/"
)

// SchemaCLR is the schema URL for credentialSchema (CLR 2.0, JSON Schema).
const SchemaCLR = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"

// AssociationType is how two achievements relate; read "source type target". A closed list (CLR 2.0, AssociationType).
type AssociationType string

// Association types.
const (
	ExactMatchOf AssociationType = "exactMatchOf"
	IsChildOf    AssociationType = "isChildOf"
	IsParentOf   AssociationType = "isParentOf"
	IsPartOf     AssociationType = "isPartOf"
	IsPeerOf     AssociationType = "isPeerOf"
	IsRelatedTo  AssociationType = "isRelatedTo"
	Precedes     AssociationType = "precedes"
	ReplacedBy   AssociationType = "replacedBy"
)

// AssociationTypes is the list of the standard.
var AssociationTypes = []AssociationType{ExactMatchOf, IsChildOf, IsParentOf, IsPartOf, IsPeerOf, IsRelatedTo, Precedes, ReplacedBy}

// Inverse gives the type that says the same from target to source, if the standard has one.
func (t AssociationType) Inverse() (AssociationType, bool) {
	switch t {
	case IsChildOf:
		return IsParentOf, true
	case IsParentOf:
		return IsChildOf, true
	case ExactMatchOf, IsPeerOf, IsRelatedTo:
		return t, true
	}
	return "", false
}

// Association relates two achievements by their ids (CLR 2.0, Association).
type Association struct {
	Type            string          `json:"type"`
	AssociationType AssociationType `json:"associationType"`
	SourceID        string          `json:"sourceId"`
	TargetID        string          `json:"targetId"`
}

// Relate is a new association: source type target.
func Relate(sourceID string, typ AssociationType, targetID string) Association {
	return Association{Type: "Association", AssociationType: typ, SourceID: sourceID, TargetID: targetID}
}

// ClrSubject is the learner, and the record (CLR 2.0, ClrSubject).
type ClrSubject struct {
	ID         string              `json:"id,omitempty"`
	Type       []string            `json:"type"`
	Identifier []ob.IdentityObject `json:"identifier,omitempty"`
	// VerifiableCredential holds signed credentials as their own bytes. issue.CLR writes them unchanged; encoding/json
	// alone would take their white space away.
	VerifiableCredential []json.RawMessage `json:"verifiableCredential"`
	Achievement          []ob.Achievement  `json:"achievement,omitempty"`
	Association          []Association     `json:"association,omitempty"`
}

// ClrCredential is a learner's record as a credential (CLR 2.0, ClrCredential).
type ClrCredential struct {
	Context           []string          `json:"@context"`
	ID                string            `json:"id"`
	Type              []string          `json:"type"`
	Name              string            `json:"name"`
	Description       string            `json:"description,omitempty"`
	Image             *ob.Image         `json:"image,omitempty"`
	Partial           *bool             `json:"partial,omitempty"`
	Issuer            ob.Profile        `json:"issuer"`
	ValidFrom         ob.DateTime       `json:"validFrom"`
	ValidUntil        ob.DateTime       `json:"validUntil,omitempty"`
	AwardedDate       ob.DateTime       `json:"awardedDate,omitempty"`
	CredentialSubject ClrSubject        `json:"credentialSubject"`
	Evidence          []ob.Evidence     `json:"evidence,omitempty"`
	Endorsement       []json.RawMessage `json:"endorsement,omitempty"`
	EndorsementJWT    []string          `json:"endorsementJwt,omitempty"`
	CredentialSchema  []ob.Reference    `json:"credentialSchema,omitempty"`
	CredentialStatus  *vc.Status        `json:"credentialStatus,omitempty"`
	RefreshService    *ob.Reference     `json:"refreshService,omitempty"`
	TermsOfUse        []ob.Reference    `json:"termsOfUse,omitempty"`

	Translations ob.Translations `json:"-"`
}

// Read reads a CLR of either model leniently; of several subjects it takes the first. Nested credentials are given as
// their own bytes; those that are strings (compact JWS, as drafts of 2022 had it) are left out.
func Read(v ijson.Value) ClrCredential {
	d := vc.FromValue(v)
	// The members that a CLR shares with an achievement credential are read by the same reader.
	a := ob.ReadAchievementCredential(v)
	c := ClrCredential{
		Context: a.Context, ID: a.ID, Type: a.Type, Name: a.Name, Description: a.Description, Image: a.Image, Issuer: a.Issuer,
		ValidFrom: a.ValidFrom, ValidUntil: a.ValidUntil, AwardedDate: a.AwardedDate, Evidence: a.Evidence,
		Endorsement: a.Endorsement, EndorsementJWT: a.EndorsementJWT, CredentialSchema: a.CredentialSchema,
		CredentialStatus: a.CredentialStatus, RefreshService: a.RefreshService, TermsOfUse: a.TermsOfUse,
		Translations: a.Translations, Partial: readPartial(v.Get("partial")),
	}
	if len(d.Subjects) > 0 {
		c.CredentialSubject = readSubject(d.Subjects[0])
	}
	return c
}

func readPartial(v ijson.Value) *bool {
	var b bool
	switch v.Kind() {
	case ijson.Bool:
		b = v.Bool()
	case ijson.String: // "True" as text in the field
		if !slices.Contains([]string{"true", "True", "TRUE", "false", "False", "FALSE"}, v.Text()) {
			return nil
		}
		b = v.Text()[0] == 't' || v.Text()[0] == 'T'
	default:
		return nil
	}
	return &b
}

func readSubject(v ijson.Value) ClrSubject {
	s := ClrSubject{ID: v.Get("id").Text(), Type: vc.Strings(v.Get("type"))}
	for _, e := range v.Get("identifier").Each() {
		s.Identifier = append(s.Identifier, ob.ReadIdentityObject(e))
	}
	for _, e := range v.Get("verifiableCredential").Each() {
		if e.Kind() == ijson.Object {
			s.VerifiableCredential = append(s.VerifiableCredential, e.Raw())
		}
	}
	for _, e := range v.Get("achievement").Each() {
		s.Achievement = append(s.Achievement, ob.ReadAchievement(e))
	}
	for _, e := range v.Get("association").Each() {
		s.Association = append(s.Association, Association{
			Type: e.Get("type").Text(), AssociationType: AssociationType(e.Get("associationType").Text()),
			SourceID: textOrID(e.Get("sourceId")), TargetID: textOrID(e.Get("targetId")),
		})
	}
	return s
}

func textOrID(v ijson.Value) string {
	if v.IsString() {
		return v.Text()
	}
	return v.Get("id").Text()
}

// MarshalJSON writes the association.
func (a Association) MarshalJSON() ([]byte, error) {
	type plain Association
	if a.Type == "" {
		a.Type = "Association"
	}
	return ijson.Marshal(plain(a))
}

// MarshalJSON writes the subject. The nested credentials lose their white space; AppendJSON keeps it.
func (s ClrSubject) MarshalJSON() ([]byte, error) {
	type plain ClrSubject
	s.Type = withType(s.Type, "ClrSubject")
	return ijson.Marshal(plain(s))
}

// MarshalJSON writes the record, unsigned. The nested credentials lose their white space; AppendJSON keeps it.
func (c ClrCredential) MarshalJSON() ([]byte, error) {
	type plain ClrCredential
	c.Type = withType(withType(c.Type, "ClrCredential"), "VerifiableCredential")
	return ijson.Marshal(plain(c))
}

func withType(types []string, own string) []string {
	if slices.Contains(types, own) {
		return types
	}
	return append([]string{own}, types...)
}

// AppendJSON writes the record, unsigned, with every nested credential byte for byte as it was given.
func (c ClrCredential) AppendJSON(dst []byte) ([]byte, error) {
	nested := c.CredentialSubject.VerifiableCredential
	c.CredentialSubject.VerifiableCredential = nil
	b, err := ijson.Marshal(c)
	if err != nil {
		return nil, err
	}
	// Written without credentials, the member is null: its place is found in what was just written, not guessed at.
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return nil, err
	}
	hole := doc.Root().At("/credentialSubject/verifiableCredential")
	dst = append(dst, b[:hole.Offset()]...)
	dst = append(dst, '[')
	for i, n := range nested {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, n...)
	}
	dst = append(dst, ']')
	return append(dst, b[hole.Offset()+len(hole.Raw()):]...), nil
}
