package record

import (
	"encoding/json"
	"slices"
	"time"
)

type (
	DefinitionID string
	PictureID    string
	TemplateID   string
)

// DefinitionState is where a definition stands.
type DefinitionState string

const (
	DefinitionDraft    DefinitionState = "draft"    // somebody writes it
	DefinitionReview   DefinitionState = "review"   // waits for a person who agrees
	DefinitionApproved DefinitionState = "approved" // is what the catalogue says
	DefinitionRetired  DefinitionState = "retired"  // stays readable for what was issued; nothing new is awarded
)

// definitionNext is the table of a definition's life: what each state may become. Approved becomes draft when it is changed.
var definitionNext = map[DefinitionState][]DefinitionState{
	DefinitionDraft:    {DefinitionReview},
	DefinitionReview:   {DefinitionApproved, DefinitionDraft},
	DefinitionApproved: {DefinitionDraft, DefinitionRetired},
	DefinitionRetired:  {DefinitionApproved},
}

// MayBecome reports whether a definition in state s may become t.
func (s DefinitionState) MayBecome(t DefinitionState) bool {
	return slices.Contains(definitionNext[s], t)
}

// Definition is the writing desk behind an entry of the catalogue: what the next version of an Achievement will say. What
// was approved is an Achievement and never changes.
type Definition struct {
	ID          DefinitionID
	Institution InstitutionID
	SourceKey   string // of the achievements that it becomes
	IRI         string
	State       DefinitionState
	Body        json.RawMessage // ob.Achievement in the language it was written in
	Texts       []Text          // the same in other languages
	Links       []Link          // how it relates to other achievements
	Base        AchievementID   // the version of the catalogue that this work began from; empty: there was none
	Note        string          // what the reviewer or the person who retired it said
	PreparedBy  AccountID
	ApprovedBy  AccountID
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64 // counts changes; a change names the version it read
}

// Text is what an achievement says in one more language.
type Text struct {
	Lang        string `json:"lang"` // as inLanguage has it: "fr", "zh-Hant"
	Name        string `json:"name"`
	Description string `json:"description"`
	Criteria    string `json:"criteria,omitempty"`
}

// Link relates the achievement it belongs to with another (CLR 2.0, Association): it is the source.
type Link struct {
	Type   string `json:"type"`
	Target string `json:"target"` // achievement IRI
}

// Picture is an image of the catalogue, checked when it came.
type Picture struct {
	ID          PictureID
	Institution InstitutionID
	Media       string // image/png or image/svg+xml
	Bytes       []byte
	CreatedAt   time.Time
}

// Template says what goes into one kind of record: a transcript, a co-curricular record, the whole.
type Template struct {
	ID          TemplateID
	Institution InstitutionID
	Name        string
	Kind        string   // transcript, cocurricular, competency, experiential, whole
	Types       []string // achievement types that go in; empty: all
	CreatedAt   time.Time
	Version     int64
}

// Takes reports whether an achievement of the type goes in. A type of the institution's own ("ext:…") goes in by its name.
func (t *Template) Takes(achievementType string) bool {
	return len(t.Types) == 0 || slices.Contains(t.Types, achievementType)
}
