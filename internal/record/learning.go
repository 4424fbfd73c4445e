package record

import (
	"encoding/json"
	"time"
)

// Learner is a person about whom an institution speaks.
type Learner struct {
	ID          LearnerID
	Institution InstitutionID
	SourceKey   string // the student system's key; with the institution it is unique
	Name        Name
	Email       string
	Identifiers []Identifier
	SubjectID   string // urn:uuid:… that this issuer uses for this person, and no other issuer does
	RecordID    string // path id of this learner's CLR under /records/
	Guardian    bool   // a minor with a guardian: sharing is off until the guardian allows it
	Language    string // BCP 47, preferred

	CreatedAt, UpdatedAt time.Time
	Version              int64
}

// Name is a person's name as issued. Display is authoritative and never split, joined or re-cased.
type Name struct {
	Display string `json:"display"`
	Given   string `json:"given,omitempty"`
	Family  string `json:"family,omitempty"`
}

// Identifier is one of a learner's identifiers (Open Badges 3.0, IdentifierTypeEnum).
type Identifier struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Achievement is one version of an entry in the institution's catalogue.
type Achievement struct {
	ID          AchievementID
	Institution InstitutionID
	IRI         string // the id that credentials use
	SourceKey   string // the catalogue's key in the source system; with institution and version it is unique
	Version     string
	Type        string
	Name        string
	Code        string
	Body        json.RawMessage // ob.Achievement as JSON
	Hash        string          // SHA-256 of Body
	Generated   []string        // members that were filled from a template and want a person's eye
	Current     bool
	CreatedAt   time.Time
}

// Association relates two achievements of the catalogue (CLR 2.0, Association).
type Association struct {
	Institution InstitutionID
	Type        string // isPartOf, precedes, …
	Source      string // achievement IRI
	Target      string // achievement IRI
}

// AwardState is where an award stands.
type AwardState string

const (
	AwardDraft      AwardState = "draft"      // imported or entered; nobody has agreed yet
	AwardApproved   AwardState = "approved"   // a person agreed; waits to be signed
	AwardIssued     AwardState = "issued"     // signed and in force
	AwardSuperseded AwardState = "superseded" // a correction took its place
	AwardRevoked    AwardState = "revoked"    // withdrawn for good, with a reason
	AwardWithdrawn  AwardState = "withdrawn"  // a draft that was dropped before signing
)

// next is the table of the award's life: what each state may become.
var next = map[AwardState][]AwardState{
	AwardDraft:    {AwardApproved, AwardWithdrawn},
	AwardApproved: {AwardIssued, AwardDraft, AwardWithdrawn},
	AwardIssued:   {AwardSuperseded, AwardRevoked},
}

// MayBecome reports whether an award in state s may become t.
func (s AwardState) MayBecome(t AwardState) bool {
	for _, n := range next[s] {
		if n == t {
			return true
		}
	}
	return false
}

// Award says that a learner earned an achievement. A correction is a new revision with the same source key and the same
// credential id.
type Award struct {
	ID           AwardID
	Institution  InstitutionID
	Learner      LearnerID
	Achievement  AchievementID
	SourceKey    string // source system and key; with institution and revision it is unique
	Source       string // the source system, so that what vanished from it can be told
	Revision     int64  // 1, 2, … : corrections count up
	Hash         string // of what the source said; equal hash, nothing to do
	Batch        BatchID
	Row          int // 1-based data row in the batch's file
	State        AwardState
	Detail       AwardDetail
	CredentialID string // path id under /records/, chosen before anything is signed
	Replaces     AwardID
	Reason       string // why it was corrected or revoked
	PreparedBy   AccountID
	ApprovedBy   AccountID
	ApprovedAt   time.Time
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Version      int64
}

// AwardDetail is what the award says besides who and what. Dates are kept as written: "2025-05-20" or RFC 3339.
type AwardDetail struct {
	AwardedOn     string     `json:"awardedOn,omitempty"`
	ActivityStart string     `json:"activityStart,omitempty"`
	ActivityEnd   string     `json:"activityEnd,omitempty"`
	Expires       string     `json:"expires,omitempty"`
	Term          string     `json:"term,omitempty"`
	Role          string     `json:"role,omitempty"`
	LicenseNumber string     `json:"licenseNumber,omitempty"`
	Narrative     string     `json:"narrative,omitempty"`
	Credits       string     `json:"credits,omitempty"` // decimal, as written
	Status        string     `json:"status,omitempty"`  // Completed, InProgress, …
	Results       []Result   `json:"results,omitempty"`
	Evidence      []Evidence `json:"evidence,omitempty"`
	Source        *Source    `json:"source,omitempty"` // assessor or transfer institution
	Skills        []string   `json:"skills,omitempty"` // suggested only: never signed until matched to a framework
}

// Result is one outcome, joined to its description by IRI (Open Badges 3.0, Result).
type Result struct {
	Description   string      `json:"description,omitempty"` // ResultDescription IRI
	Name          string      `json:"name,omitempty"`        // for people; not signed here
	Value         string      `json:"value,omitempty"`
	AchievedLevel string      `json:"achievedLevel,omitempty"` // RubricCriterionLevel IRI
	Status        string      `json:"status,omitempty"`
	Alignments    []Alignment `json:"alignments,omitempty"`
}

// Alignment points at a node of a framework (Open Badges 3.0, Alignment).
type Alignment struct {
	Name      string `json:"name"`
	URL       string `json:"url"`
	Code      string `json:"code,omitempty"`
	Framework string `json:"framework,omitempty"`
	Type      string `json:"type,omitempty"`
}

// Evidence is a piece of work behind an award.
type Evidence struct {
	URL         string `json:"url,omitempty"`
	Name        string `json:"name,omitempty"`
	Narrative   string `json:"narrative,omitempty"`
	Description string `json:"description,omitempty"`
	Genre       string `json:"genre,omitempty"`
	Audience    string `json:"audience,omitempty"`
}

// Source is who assessed, or where it was earned.
type Source struct {
	Name string `json:"name,omitempty"`
	URL  string `json:"url,omitempty"`
}
