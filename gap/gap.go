// Package gap compares what a record proves with what a target asks, and says why.
//
// It is a calculation with rules, not a model: the same input gives the same output, offline, and every state that is
// not "met" carries exactly one reason and the claim behind it. There is no score of a person.
//
// The rules are:
//
//   - States and counts, never fractions. Two headline numbers: what is firmly met, and what has something to show.
//   - A course grade is not a skill level: an alignment of a whole achievement says "about this", an alignment of a
//     result says "and at this level".
//   - No conversion between scales without a published crosswalk; no matching by name.
//   - The weakest link of a path is its class, the best path counts, and paths do not turn: a sibling is not shown.
//   - Strength of evidence is told beside the state and never multiplied into it.
//   - Failed, withdrawn, revoked and unverifiable claims contribute nothing, and never count against anyone.
package gap

import (
	"slices"

	"github.com/openlaurel/laurel/framework"
)

// Case is everything that an analysis needs.
type Case struct {
	AsOf       string                  `json:"asOf"` // YYYY-MM-DD
	Scales     map[string][]string     `json:"scales,omitempty"`
	Crosswalks []Crosswalk             `json:"crosswalks,omitempty"`
	Target     framework.Requirement   `json:"target"`
	Framework  []framework.Association `json:"framework,omitempty"`
	Claims     []Claim                 `json:"claims"`
	Catalogue  []Offer                 `json:"catalogue,omitempty"`
	// Shared are the claims that an employer was shown; when absent there is no employer's view.
	Shared []string `json:"shared,omitempty"`
	// Levels describes the levels of scales in words: scale, level, description. For what people read alone.
	Levels map[string]map[string]string `json:"levels,omitempty"`
}

// Crosswalk is a published, dated table from the levels of one scale to those of another.
type Crosswalk struct {
	From   string            `json:"from"`
	To     string            `json:"to"`
	Levels map[string]string `json:"levels"`
}

// Claim is one achievement credential of a record.
type Claim struct {
	ID                   string   `json:"id"`
	Name                 string   `json:"name"`
	Issuer               string   `json:"issuer,omitempty"`
	Source               string   `json:"source,omitempty"`
	Achievement          string   `json:"achievement,omitempty"` // its id
	AchievementType      string   `json:"achievementType,omitempty"`
	AchievementAlignment []string `json:"achievementAlignment,omitempty"`
	Status               string   `json:"status,omitempty"` // a ResultStatusType; empty is Completed
	Date                 string   `json:"date,omitempty"`   // awarded, YYYY-MM-DD
	ValidUntil           string   `json:"validUntil,omitempty"`
	Results              []Result `json:"results,omitempty"`
	Credits              float64  `json:"credits,omitempty"`
	CreditUnit           string   `json:"creditUnit,omitempty"`
	Evidence             int      `json:"evidence,omitempty"` // number of pieces
	SelfAsserted         bool     `json:"selfAsserted,omitempty"`
	Endorsed             bool     `json:"endorsed,omitempty"`  // a third party's endorsement verified
	Revoked              bool     `json:"revoked,omitempty"`   // or its signature failed
	Unchecked            bool     `json:"unchecked,omitempty"` // signature or status could not be checked
}

// Result is one result of a claim, joined to its description.
type Result struct {
	Type          string   `json:"type,omitempty"` // a ResultType
	Alignment     []string `json:"alignment,omitempty"`
	Scale         string   `json:"scale,omitempty"`
	AchievedLevel string   `json:"achievedLevel,omitempty"`
	RequiredLevel string   `json:"requiredLevel,omitempty"`
	Value         string   `json:"value,omitempty"`
	RequiredValue string   `json:"requiredValue,omitempty"`
	AllowedValue  []string `json:"allowedValue,omitempty"` // low to high
}

// Offer is an entry of a catalogue that could close a gap.
type Offer struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Type     string   `json:"type,omitempty"`
	Credits  float64  `json:"credits"`
	Requires []string `json:"requires,omitempty"`
	Grants   []Grant  `json:"grants"`
}

// Grant is what an offer gives whoever passes.
type Grant struct {
	Skill     string `json:"skill"`
	Scale     string `json:"scale,omitempty"`
	PassLevel string `json:"passLevel,omitempty"`
}

// State is where a leaf of the target stands.
type State string

// The states, best first.
const (
	Met           State = "met"
	Unconfirmed   State = "unconfirmed"
	OutOfDate     State = "out_of_date"
	Partly        State = "partly"
	CannotCompare State = "cannot_compare"
	Indirect      State = "indirect"
	InProgress    State = "in_progress"
	Expired       State = "expired"
	SelfAsserted  State = "self_asserted"
	NotYet        State = "not_yet"
	NotShown      State = "not_shown" // not_yet in an employer's view: it may simply not have been shared
)

var order = []State{Met, Unconfirmed, OutOfDate, Partly, CannotCompare, Indirect, InProgress, Expired, SelfAsserted, NotYet, NotShown}

// rank is the place in the order: 0 is best.
func (s State) rank() int { return slices.Index(order, s) }

// Class is how directly a claim shows a skill.
type Class uint8

// The classes, weakest first.
const (
	None Class = iota
	Self
	Loose
	Partial
	Full
)

var classNames = [...]string{"none", "self-asserted", "indirect", "partial", "full"}

func (c Class) String() string { return classNames[c] }

// MarshalText writes the class as a word.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Analysis is the answer.
type Analysis struct {
	AsOf            string        `json:"asOf"`
	Essential       Counts        `json:"essential"`
	Optional        Counts        `json:"optional"`
	Rows            []Row         `json:"rows"`
	Recommendations []Suggestion  `json:"recommendations"`
	Plan            []Step        `json:"plan"`
	PlanCredits     float64       `json:"planCredits"`
	Remaining       []string      `json:"remainingAfterPlan"`
	EmployerView    *EmployerView `json:"employerView,omitempty"`

	// The counts with the weights of the target's author in place of one each; only where the author set any.
	EssentialWeight *Weights `json:"essentialWeight,omitempty"`
	OptionalWeight  *Weights `json:"optionalWeight,omitempty"`
	// Assignments say which claim serves which leaf where a claim may serve one only.
	Assignments []Assignment `json:"assignments,omitempty"`

	// NotCounted are claims that contribute nothing, and why; told once, and never shown to employers.
	NotCounted []NotCounted `json:"-"`
}

// Counts are the only headline numbers: of so many, firmly met, and with anything at all to show.
type Counts struct {
	Of       int `json:"of"`
	Firm     int `json:"firm"`
	Possible int `json:"possible"`
}

// Weights are Counts in the author's weights.
type Weights struct {
	Of       float64 `json:"of"`
	Firm     float64 `json:"firm"`
	Possible float64 `json:"possible"`
}

// Assignment is a claim that serves a leaf, and by the rule of the target no other.
type Assignment struct {
	Requirement string `json:"requirement"` // the leaf's id
	Claim       string `json:"claim"`
}

// Row is one leaf of the target and where it stands.
type Row struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Essential bool    `json:"essential"`
	State     State   `json:"state"`
	Because   Because `json:"because"`
	Limit     *string `json:"limit"` // the one reason; nil when met
	Detail    Detail  `json:"detail"`
	Also      []Also  `json:"also"`
	Class     Class   `json:"class"`

	// Assigned tells that the claim behind the state was assigned to this leaf and serves no other of its group.
	Assigned bool   `json:"-"`
	Tier     string `json:"-"` // strength of the evidence behind Because, "A" to "F"; empty when there is none
}

// Detail is what was compared.
type Detail struct {
	Path     []string `json:"path,omitempty"` // words of the relations from what is shown to what is asked
	Achieved string   `json:"achieved,omitempty"`
	Value    string   `json:"value,omitempty"`
	Required string   `json:"required,omitempty"`
}

// Also is another claim that points at the leaf.
type Also struct {
	Claim string `json:"claim"`
	State State  `json:"state"`
}

// NotCounted is a claim that contributes nothing.
type NotCounted struct {
	Claim string `json:"claim"`
	Why   string `json:"why"`
}

// EmployerView is the same target against the shared claims alone.
type EmployerView struct {
	Shared    []string      `json:"shared"`
	Essential Counts        `json:"essential"`
	Optional  Counts        `json:"optional"`
	Rows      []EmployerRow `json:"rows"`
}

// EmployerRow is a Row without what a learner alone should see.
type EmployerRow struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	State   State   `json:"state"`
	Because Because `json:"because"`
	Limit   *string `json:"limit"`
}

// Because names the claims behind a state: none, one, or the parts that together meet it. In JSON it is null, a string or
// an array.
type Because []string

// MarshalJSON implements json.Marshaler.
func (b Because) MarshalJSON() ([]byte, error) { return marshalOneOrMany(b) }

// Analyse answers a case. It never fails: what cannot be compared is a state.
func Analyse(c *Case) *Analysis {
	e := newEngine(c)
	a := &Analysis{AsOf: c.AsOf, Plan: []Step{}, Recommendations: []Suggestion{}, Remaining: []string{}}
	a.Rows = e.rows(c.Claims)
	a.Essential, a.Optional = e.count(c.Claims, a.Rows)
	if e.weighted() {
		a.EssentialWeight, a.OptionalWeight = e.weigh(c.Claims, a.Rows)
	}
	for _, r := range a.Rows {
		if r.Assigned {
			a.Assignments = append(a.Assignments, Assignment{r.ID, r.Because[0]})
		}
	}
	a.NotCounted = notCounted(c.Claims)
	e.recommend(c, a)
	e.plan(c, a)
	if c.Shared != nil {
		a.EmployerView = e.employer(c)
	}
	return a
}

// employer answers the case again with the shared claims alone. What is missing may simply not have been shared.
func (e *engine) employer(c *Case) *EmployerView {
	var shown []Claim
	for _, claim := range c.Claims {
		if slices.Contains(c.Shared, claim.ID) {
			shown = append(shown, claim)
		}
	}
	rows := e.rows(shown)
	v := &EmployerView{Shared: c.Shared}
	v.Essential, v.Optional = e.count(shown, rows)
	for _, r := range rows {
		out := EmployerRow{ID: r.ID, Name: r.Name, State: r.State, Because: r.Because, Limit: r.Limit}
		if r.State == NotYet {
			out.State, out.Limit = NotShown, ptr("not part of what was shared")
		}
		v.Rows = append(v.Rows, out)
	}
	return v
}

// Why a claim contributes nothing.
const (
	whyVoid       = "revoked, or its signature does not hold"
	whyUnfinished = "not completed"
)

func notCounted(claims []Claim) []NotCounted {
	var out []NotCounted
	for _, c := range claims {
		switch {
		case c.Revoked:
			out = append(out, NotCounted{c.ID, whyVoid})
		case c.Status == "Failed" || c.Status == "Withdrew":
			out = append(out, NotCounted{c.ID, whyUnfinished})
		}
	}
	return out
}

func ptr(s string) *string { return &s }
