// Package ob holds the classes of Open Badges 3.0 (1EdTech): achievements, results, alignments, profiles, endorsements.
//
// The rules of the document:
//
//   - Readers (Read…) are lenient: one value stands for many, a language map for a string, a URI for an issuer or an
//     image. They never fail; a missing member is the zero value. Whether a document is well formed is the business of
//     package schema.
//   - Writers (encoding/json through the tags) are exact: many-valued members are arrays even with one value, types are
//     always written, nothing is null and no array is empty (OB 3.0, Serialization).
//   - A struct is a view and not a copy: members it does not know are not in it. A signed credential is never written
//     again from a struct; its bytes are kept.
package ob

import (
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/vc"
)

// Contexts of Open Badges 3.0; the last is the one to issue with (1EdTech keeps older ones for old signatures).
const (
	ContextV3Pattern = `^https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json$`
	ContextV303      = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	ContextPrefix    = "https://purl.imsglobal.org/spec/ob/v3p0/"
	// ContextExtensions defines the type names 1EdTechRevocationList, 1EdTechCredentialRefresh and
	// 1EdTechJsonSchemaValidator2019; needed only when one of them is used.
	ContextExtensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
)

// Schema URLs for credentialSchema (OB 3.0, JSON Schema).
const (
	SchemaAchievement = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
	SchemaEndorsement = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json"
	// SchemaType is the type of a credentialSchema entry that names one of them.
	SchemaType = "1EdTechJsonSchemaValidator2019"
)

// DateTime is a date-time as written, so that nothing of it is lost: "2026-05-31T00:00:00Z". Some members hold a date
// without time or a time without zone in the field.
type DateTime string

// At writes a time in UTC, to the second unless it has fractions.
func At(t time.Time) DateTime { return DateTime(t.UTC().Format(time.RFC3339Nano)) }

// Time reads the date-time; ok is false when it is not one. Without a zone UTC is taken, without a time midnight.
func (d DateTime) Time() (t time.Time, ok bool) {
	if t, err := vc.ParseTime(string(d)); err == nil {
		return t, true
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, string(d)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Day is the date as written, never shifted by a time zone: "2026-05-31".
func (d DateTime) Day() string {
	if len(d) < len("2006-01-02") {
		return string(d)
	}
	return string(d[:len("2006-01-02")])
}

// Translations are the texts of a struct's members by member name, when the document gave more than one plain string.
type Translations map[string][]vc.LangText

// In gives the text of the member in the first of the languages there is, else the fallback.
func (t Translations) In(member, fallback string, langs ...string) vc.LangText {
	if texts := t[member]; len(texts) > 0 {
		return vc.Pick(texts, langs...)
	}
	return vc.LangText{Text: fallback}
}

// Achievement is what a person can achieve (OB 3.0, Achievement).
type Achievement struct {
	ID                string              `json:"id"`
	Type              []string            `json:"type"`
	Name              string              `json:"name"`
	Description       string              `json:"description"`
	Criteria          Criteria            `json:"criteria"`
	AchievementType   AchievementType     `json:"achievementType,omitempty"`
	HumanCode         string              `json:"humanCode,omitempty"`
	FieldOfStudy      string              `json:"fieldOfStudy,omitempty"`
	Specialization    string              `json:"specialization,omitempty"`
	Creator           *Profile            `json:"creator,omitempty"`
	CreditsAvailable  *float64            `json:"creditsAvailable,omitempty"`
	Image             *Image              `json:"image,omitempty"`
	InLanguage        string              `json:"inLanguage,omitempty"`
	Version           string              `json:"version,omitempty"`
	Tag               []string            `json:"tag,omitempty"`
	Alignment         []Alignment         `json:"alignment,omitempty"`
	ResultDescription []ResultDescription `json:"resultDescription,omitempty"`
	Related           []Related           `json:"related,omitempty"`
	OtherIdentifier   []IdentifierEntry   `json:"otherIdentifier,omitempty"`
	// Endorsement holds signed endorsements as their own bytes; read one with ReadEndorsementCredential.
	Endorsement    []json.RawMessage `json:"endorsement,omitempty"`
	EndorsementJWT []string          `json:"endorsementJwt,omitempty"` // not in the published contexts: only for VC-JWT

	Translations Translations `json:"-"`
}

// Criteria says how an achievement is earned (OB 3.0, Criteria). One of the two is needed to issue.
type Criteria struct {
	ID        string `json:"id,omitempty"`
	Narrative string `json:"narrative,omitempty"` // Markdown

	Translations Translations `json:"-"`
}

// Alignment ties its owner to a node of a framework (OB 3.0, Alignment).
type Alignment struct {
	Type              []string            `json:"type"`
	TargetName        string              `json:"targetName"`
	TargetURL         string              `json:"targetUrl"`
	TargetCode        string              `json:"targetCode,omitempty"`
	TargetDescription string              `json:"targetDescription,omitempty"`
	TargetFramework   string              `json:"targetFramework,omitempty"`
	TargetType        AlignmentTargetType `json:"targetType,omitempty"`

	Translations Translations `json:"-"`
}

// Related names the same achievement in another language or version (OB 3.0, Related).
type Related struct {
	ID         string   `json:"id"`
	Type       []string `json:"type"`
	InLanguage string   `json:"inLanguage,omitempty"`
	Version    string   `json:"version,omitempty"`
}

// ResultDescription says what results an achievement can have (OB 3.0, ResultDescription).
type ResultDescription struct {
	ID                   string                 `json:"id"`
	Type                 []string               `json:"type"`
	Name                 string                 `json:"name"`
	ResultType           ResultType             `json:"resultType"`
	AllowedValue         []string               `json:"allowedValue,omitempty"` // low to high
	RequiredLevel        string                 `json:"requiredLevel,omitempty"`
	RequiredValue        string                 `json:"requiredValue,omitempty"`
	RubricCriterionLevel []RubricCriterionLevel `json:"rubricCriterionLevel,omitempty"` // low to high; RDF proofs do not keep the order
	ValueMin             string                 `json:"valueMin,omitempty"`
	ValueMax             string                 `json:"valueMax,omitempty"`
	Alignment            []Alignment            `json:"alignment,omitempty"`

	Translations Translations `json:"-"`
}

// Level finds a rubric level by its id.
func (d *ResultDescription) Level(id string) (*RubricCriterionLevel, bool) {
	for i := range d.RubricCriterionLevel {
		if d.RubricCriterionLevel[i].ID == id {
			return &d.RubricCriterionLevel[i], true
		}
	}
	return nil, false
}

// RubricCriterionLevel is a step of a rubric criterion (OB 3.0, RubricCriterionLevel).
type RubricCriterionLevel struct {
	ID          string      `json:"id"`
	Type        []string    `json:"type"`
	Name        string      `json:"name"`
	Description string      `json:"description,omitempty"`
	Level       string      `json:"level,omitempty"`
	Points      string      `json:"points,omitempty"`
	Alignment   []Alignment `json:"alignment,omitempty"`

	Translations Translations `json:"-"`
}

// Result is what a person achieved against a result description (OB 3.0, Result).
type Result struct {
	Type              []string         `json:"type"`
	ResultDescription string           `json:"resultDescription,omitempty"`
	Value             string           `json:"value,omitempty"`
	AchievedLevel     string           `json:"achievedLevel,omitempty"`
	Status            ResultStatusType `json:"status,omitempty"`
	Alignment         []Alignment      `json:"alignment,omitempty"`

	Translations Translations `json:"-"`
}

// Evidence shows how an achievement was earned (OB 3.0, Evidence).
type Evidence struct {
	ID          string   `json:"id,omitempty"`
	Type        []string `json:"type"`
	Name        string   `json:"name,omitempty"`
	Narrative   string   `json:"narrative,omitempty"` // Markdown
	Description string   `json:"description,omitempty"`
	Genre       string   `json:"genre,omitempty"`
	Audience    string   `json:"audience,omitempty"`

	Translations Translations `json:"-"`
}

// Image is a picture by URL or data URI (OB 3.0, Image).
type Image struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Caption string `json:"caption,omitempty"`

	Translations Translations `json:"-"`
}

// AchievementSubject is the person, and what they achieved (OB 3.0, AchievementSubject).
type AchievementSubject struct {
	ID                string           `json:"id,omitempty"`
	Type              []string         `json:"type"`
	Identifier        []IdentityObject `json:"identifier,omitempty"`
	Achievement       *Achievement     `json:"achievement,omitempty"`
	ActivityStartDate DateTime         `json:"activityStartDate,omitempty"`
	ActivityEndDate   DateTime         `json:"activityEndDate,omitempty"`
	CreditsEarned     *float64         `json:"creditsEarned,omitempty"`
	Image             *Image           `json:"image,omitempty"`
	LicenseNumber     string           `json:"licenseNumber,omitempty"`
	Narrative         string           `json:"narrative,omitempty"` // Markdown
	Result            []Result         `json:"result,omitempty"`
	Role              string           `json:"role,omitempty"`
	Source            *Profile         `json:"source,omitempty"`
	Term              string           `json:"term,omitempty"`

	Translations Translations `json:"-"`
}

// AchievementCredential asserts an achievement of one subject (OB 3.0, AchievementCredential, alias
// OpenBadgeCredential).
type AchievementCredential struct {
	Context           []string           `json:"@context"`
	ID                string             `json:"id"`
	Type              []string           `json:"type"`
	Name              string             `json:"name,omitempty"`
	Description       string             `json:"description,omitempty"`
	Image             *Image             `json:"image,omitempty"`
	Issuer            Profile            `json:"issuer"`
	ValidFrom         DateTime           `json:"validFrom"`
	ValidUntil        DateTime           `json:"validUntil,omitempty"`
	AwardedDate       DateTime           `json:"awardedDate,omitempty"`
	CredentialSubject AchievementSubject `json:"credentialSubject"`
	Evidence          []Evidence         `json:"evidence,omitempty"`
	Endorsement       []json.RawMessage  `json:"endorsement,omitempty"`
	EndorsementJWT    []string           `json:"endorsementJwt,omitempty"`
	CredentialSchema  []Reference        `json:"credentialSchema,omitempty"`
	CredentialStatus  *vc.Status         `json:"credentialStatus,omitempty"`
	RefreshService    *Reference         `json:"refreshService,omitempty"`
	TermsOfUse        []Reference        `json:"termsOfUse,omitempty"`

	Translations Translations `json:"-"`
}

// EndorsementCredential vouches for something by its id (OB 3.0, EndorsementCredential).
type EndorsementCredential struct {
	Context           []string           `json:"@context"`
	ID                string             `json:"id"`
	Type              []string           `json:"type"`
	Name              string             `json:"name"`
	Description       string             `json:"description,omitempty"`
	Issuer            Profile            `json:"issuer"`
	ValidFrom         DateTime           `json:"validFrom"`
	ValidUntil        DateTime           `json:"validUntil,omitempty"`
	AwardedDate       DateTime           `json:"awardedDate,omitempty"`
	CredentialSubject EndorsementSubject `json:"credentialSubject"`
	CredentialSchema  []Reference        `json:"credentialSchema,omitempty"`
	CredentialStatus  *vc.Status         `json:"credentialStatus,omitempty"`
	RefreshService    *Reference         `json:"refreshService,omitempty"`
	TermsOfUse        []Reference        `json:"termsOfUse,omitempty"`

	Translations Translations `json:"-"`
}

// EndorsementSubject is the thing endorsed (OB 3.0, EndorsementSubject).
type EndorsementSubject struct {
	ID                 string   `json:"id"`
	Type               []string `json:"type"`
	EndorsementComment string   `json:"endorsementComment,omitempty"` // Markdown

	Translations Translations `json:"-"`
}

// Reference is an object that is little more than an id and a type: CredentialSchema, RefreshService, TermsOfUse.
type Reference struct {
	ID   string `json:"id,omitempty"`
	Type string `json:"type"`
}
