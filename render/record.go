package render

import "html/template"

// A Record is a credential as a person reads it: the typed page behind screen, paper, PDF and text. Zero fields are left
// out of the page. Text of others is kept as issued; Lang is set where it is known to differ from the page's.
type Record struct {
	Title     string // the credential's own name
	Kind      string // "ClrCredential", "AchievementCredential", …: a message id suffix
	ID        string
	Learner   Learner
	Publisher Party
	Issued    Date // validFrom of the wrapper
	Awarded   Date
	Until     Date
	Partial   string // "complete", "part" or "" when the record does not say (ClrCredential.partial)
	Verdict   Verdict
	Sections  []Section
	Skills    []Framework
	Checks    []Check // of the wrapper
}

// Learner is who the record is about, and how firmly that was established.
type Learner struct {
	Name    string
	Binding string // message id suffix: "wallet", "email", "name", "unknown"
}

// Party is an issuer, publisher, assessor or endorser.
type Party struct {
	ID, Name, Domain string
	Href             string        // its page, when we have one
	Listed           []Listing     // the lists of known issuers that name it
	Asked            bool          // lists of known issuers were asked about it
	Resembles        string        // a known issuer whose name or domain this one could be mistaken for
	Endorsed         []Endorsement // others' word about the issuer itself, such as an accreditor's
}

// Listing is one list of known issuers that names an issuer, and of when that list is.
type Listing struct {
	Name, URL  string
	AsOf       Date
	Accreditor bool     // the list knows it as one that accredits others
	Marks      []string // trust marks that the list's keeper gives it
}

// Mark is the state of a credential in one word; its values name the glyphs and the words.
type Mark string

// The seven marks, and Suspended, which shares Revoked's glyph.
const (
	Verified  Mark = "verified"
	Unchecked Mark = "unchecked"
	Failed    Mark = "failed"
	Revoked   Mark = "revoked"
	Suspended Mark = "suspended"
	Expired   Mark = "expired"
	Stated    Mark = "stated"
	Test      Mark = "test" // nothing is wrong with it, and it was made to try things out
)

// Seal says whose signature stands behind an item: a part never borrows its wrapper's.
type Seal string

// The seals an item can have.
const (
	OwnSeal  Seal = "own"
	Vouched  Seal = "vouched" // no proof of its own; covered by the publisher's
	NoSeal   Seal = "none"
	BadSeal  Seal = "failed"
	OpenSeal Seal = "unchecked"
)

// Verdict is one sentence's worth of a whole verification.
type Verdict struct {
	Mark      Mark
	Own       Mark   // of the wrapper alone; of the credential when there is no wrapper
	By        string // the issuer's name when there is only one
	Total     int
	Good      int // genuine and current
	Expired   int
	Revoked   int
	Failed    int
	Unchecked int
	Tests     int
	OwnSeal   int
	Vouched   int
	Issuers   int
	Checked   Date
	Uncovered []string // pointers the signature does not cover
}

// Forged reports that the whole failed by itself, not only through one of its items.
func (v Verdict) Forged() bool { return v.Own == Failed }

// Mixed reports that not every item is genuine and current.
func (v Verdict) Mixed() bool { return v.Good != v.Total }

// A Section groups lines of one kind, in the fixed order of [sectionOrder].
type Section struct {
	Kind   string // message id suffix: "degrees", "courses", …
	Groups []Group
}

// Count is the number of lines.
func (s Section) Count() int {
	n := 0
	for _, g := range s.Groups {
		n += len(g.Lines)
	}
	return n
}

// A Group is a term's or a year's lines; Heading may be empty.
type Group struct {
	Heading string
	Lines   []Line
}

// A Line is one achievement as it was awarded.
type Line struct {
	Anchor      string // unique in the page
	ID          string // credential id, or achievement id when no credential wraps it
	Name, Lang  string
	Code        string
	Type        string // achievementType as issued
	Issuer      Party
	IsPublisher bool // the page's head names the issuer already
	Date        Date
	Awarded     bool // Date is awardedDate, else validFrom
	Start, End  Date
	Term        string
	Status      string // ResultStatus as issued, "" for none
	Outcome     string // the result in words, as issued
	Level       string // the achieved level's name when Outcome is a level
	Earned      string // credits as written
	Available   string
	Role        string
	Mark        Mark
	MarkDate    Date // when it expired or was revoked
	MarkReason  string
	Seal        Seal
	Description string
	TextLang    string // of Description, where it differs from the name's
	Narrative   string // what the issuer says about this person's work
	Criteria    string
	CriteriaURL string
	Image       Image
	Results     []Result
	Skills      []Skill
	Relations   []Relation
	Evidence    []Evidence
	Assessor    Party
	Endorsers   []Endorsement
	Identifiers []Identifier
	Checks      []Check
	Until       Date
	Issued      Date
	JSON        string // address of the signed bytes, when there is one
	Href        string // page of its own
}

// Image is shown only when it is held by us or travels inside the credential (a data: address of a raster picture).
type Image struct {
	Src template.URL // checked by [inlineImage]; never an address of another host
	Alt string
}

// Result is one Result joined to its ResultDescription.
type Result struct {
	Name     string
	Type     string // resultType as issued
	Value    string
	Min, Max string
	Needed   string // requiredValue or the required level's name
	Outcome  string // "met", "below" or ""; never guessed
	Status   string
	Levels   []Level // rubric or allowed values, low to high
	Achieved string  // description of the achieved level
	Skills   []Skill
}

// Level is one word of a level strip.
type Level struct {
	Name, Description  string
	Required, Achieved bool
}

// Skill is something an item is about or shows at a level.
type Skill struct {
	Name, Code, Framework string
	URL                   string // its identity, as issued
	Href                  string // the same when it may be a link
	Level                 string
	Tier                  string // "A" … "F"; see tiers in the message file
	Suggested             bool
}

// Framework groups the skills of a record.
type Framework struct {
	Name   string
	Skills []SkillRow
}

// SkillRow is one skill with everything here that speaks for it, strongest first.
type SkillRow struct {
	Skill
	Mark  Mark
	Lines []Ref
}

// skillRefs is how many lines are named beside a skill. What a hundred courses show is no better shown by a page of their names.
const skillRefs = 6

// Shown are the lines that are named beside the skill: those with the strongest evidence.
func (s SkillRow) Shown() []Ref { return s.Lines[:len(s.Lines)-s.More()] }

// More is how many lines are counted only.
func (s SkillRow) More() int { return max(0, len(s.Lines)-skillRefs) }

// Ref points to a line of the page.
type Ref struct {
	Anchor, Name string
	Note         string
}

// Relation is one plain sentence; Kind chooses it ("isPartOf", "isParentOf", …, "unresolved").
type Relation struct {
	Kind   string
	Target Ref
}

// Evidence is a piece of work that was judged.
type Evidence struct {
	Name, Kind, Audience string
	Narrative            string
	Href, Host           string
	Inline               bool   // travels inside the credential
	Open                 string // our own address for it, where it opens without power to do anything
	Media                string // of an inline one: "image/png"
	Size                 int    // of an inline one, in bytes
	data                 []byte
}

// Endorsement is somebody else's word, with its own checked state.
type Endorsement struct {
	By      Party
	Comment string
	Mark    Mark
}

// Identifier is a code, never reformatted.
type Identifier struct {
	Type, Value string
	Hashed      bool
}

// Check is one finding of the verification, in plain English words; Words.Finding and Words.Repair say them in another
// language.
type Check struct {
	Check   string
	Outcome string // "passed", "failed", "unknown", "skipped"
	Code    string
	Message string
	Repair  string
	Pointer string
	Owner   string
	Spec    string
	Warning bool // the verdict stays, the reader should see it
}
