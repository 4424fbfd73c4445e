package gap

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/framework"
)

// Explanation is what people read beside an analysis: for each row why, and what would change it. It is derived from the
// case and the analysis alone, and says nothing that they do not hold.
type Explanation struct {
	Rows       []RowExplanation `json:"rows"`
	NotCounted []Message        `json:"notCounted"` // "Not counted, and why"
}

// RowExplanation belongs to the row of the same place.
type RowExplanation struct {
	ID     string    `json:"id"`
	Says   []Message `json:"says"`
	Routes []Route   `json:"routes"` // besides the offers of the catalogue, and usually cheaper than a course
}

// RouteKind is a way to change a row without learning anything new: the gap is often in the evidence, not in the ability.
type RouteKind string

// The kinds.
const (
	Renew       RouteKind = "renew"       // what has run out, or is older than asked
	GetAssessed RouteKind = "getAssessed" // a skill check or an assessment of prior learning
	AskConfirm  RouteKind = "askConfirm"  // by somebody who has seen it
	AddEvidence RouteKind = "addEvidence" // work to see
	AskLevel    RouteKind = "askLevel"    // the issuer records the level
)

// Route is one such way.
type Route struct {
	Kind    RouteKind `json:"kind"`
	Claim   string    `json:"claim,omitempty"`
	Offer   string    `json:"offer,omitempty"` // of the catalogue, where one gives just this
	Credits float64   `json:"credits,omitempty"`
	Says    Message   `json:"says"`
}

// explainer joins rows to their leaves and claims.
type explainer struct {
	c      *Case
	claims map[string]*Claim
	graph  *graph
}

// Explain puts an analysis of a case into messages.
func Explain(c *Case, a *Analysis) *Explanation {
	x := &explainer{c: c, claims: map[string]*Claim{}, graph: newGraph(c.Framework)}
	for i := range c.Claims {
		x.claims[c.Claims[i].ID] = &c.Claims[i]
	}
	out := &Explanation{NotCounted: []Message{}}
	for i, leaf := range c.Target.Leaves() {
		out.Rows = append(out.Rows, x.row(leaf, &a.Rows[i]))
	}
	for _, n := range a.NotCounted {
		id := "gap.notCounted.void"
		if n.Why == whyUnfinished {
			id = "gap.notCounted.unpassed"
		}
		out.NotCounted = append(out.NotCounted, say(id, "claim", x.name(n.Claim)))
	}
	return out
}

func (x *explainer) name(id string) string {
	if c := x.claims[id]; c != nil && c.Name != "" {
		return c.Name
	}
	return id
}

func (x *explainer) names(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = x.name(id)
	}
	return strings.Join(out, ", ")
}

func (x *explainer) row(leaf *framework.Requirement, r *Row) RowExplanation {
	out := RowExplanation{ID: r.ID, Says: x.why(leaf, r), Routes: x.routes(leaf, r)}
	if r.Assigned {
		out.Says = append(out.Says, say("gap.assigned"))
	}
	if t := leaf.Typical; t != nil && t.Of > 0 {
		out.Says = append(out.Says, say("gap.typical", "skill", leaf.Name, "level", strconv.FormatFloat(t.Level, 'f', 1, 64), "of", number(t.Of)))
		if t.Anchor != "" {
			out.Says = append(out.Says, say("gap.typical.anchor", "level", number(t.AnchorLevel), "anchor", t.Anchor))
		}
	}
	return out
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// why is the state in words, with the claim behind it.
func (x *explainer) why(leaf *framework.Requirement, r *Row) []Message {
	limit := ""
	if r.Limit != nil {
		limit = *r.Limit
	}
	if len(r.Because) == 0 {
		if limit == limitServed {
			return []Message{say("gap.notYet.served", "skill", leaf.Name)}
		}
		return []Message{say("gap.notYet", "skill", leaf.Name)}
	}
	claim := x.claims[r.Because[0]]
	if claim == nil {
		claim = &Claim{ID: r.Because[0]}
	}
	args := []string{"skill", leaf.Name, "claim", x.names(r.Because)}
	switch r.State {
	case Met:
		return x.met(leaf, r, args)
	case Unconfirmed:
		return []Message{say("gap.unconfirmed", args...)}
	case OutOfDate:
		return []Message{say("gap.outOfDate", append(args, "date", claim.Date, "months", strconv.Itoa(leaf.MaxAgeMonths))...)}
	case Partly:
		return x.partly(leaf, r, limit, args)
	case CannotCompare:
		return []Message{x.cannotCompare(leaf, r, claim)}
	case Indirect:
		if limit == limitNoLevel && leaf.Level != nil {
			return []Message{say("gap.indirect.noLevel", append(args, "required", leaf.Level.AtLeast)...)}
		}
		return []Message{indirect(claim, limit, args)}
	case InProgress:
		return []Message{say("gap.inProgress", args...)}
	case Expired:
		return []Message{say("gap.expired", append(args, "until", claim.ValidUntil)...)}
	case SelfAsserted:
		return []Message{say("gap.selfAsserted", args...)}
	}
	return nil
}

func (x *explainer) met(leaf *framework.Requirement, r *Row, args []string) []Message {
	id := "gap.met"
	switch {
	case len(r.Because) > 1:
		id = "gap.met.parts"
	case leaf.Level != nil && r.Detail.Achieved != "":
		id = "gap.met.level"
		args = append(args, "achieved", r.Detail.Achieved, "required", r.Detail.Required)
	}
	out := []Message{say(id, args...)}
	if slices.Contains(r.Detail.Path, "exactMatchOf") {
		out = append(out, say("gap.met.otherName"))
	}
	return out
}

func (x *explainer) partly(leaf *framework.Requirement, r *Row, limit string, args []string) []Message {
	switch limit {
	case limitPath:
		return []Message{say("gap.partly.path", args...)}
	case limitLevel:
	default:
		return []Message{say("gap.partly.tier", append(args, "tier", r.Tier, "minTier", leaf.MinTier)...)}
	}
	args = append(args, "achieved", cmp.Or(r.Detail.Achieved, r.Detail.Value), "required", r.Detail.Required)
	if leaf.Level == nil {
		return []Message{say("gap.partly.value", args...)}
	}
	scale := x.c.Scales[leaf.Level.Scale]
	steps := slices.Index(scale, r.Detail.Required) - slices.Index(scale, r.Detail.Achieved)
	out := []Message{say("gap.partly.value", args...)}
	switch {
	case slices.Index(scale, r.Detail.Achieved) < 0 || steps < 1:
	case steps == 1:
		out[0].ID = "gap.partly.level"
	default:
		out[0] = say("gap.partly.levels", append(args, "steps", strconv.Itoa(steps))...)
	}
	if text := x.c.Levels[leaf.Level.Scale][r.Detail.Required]; text != "" {
		out = append(out, say("gap.level.looksLike", "level", r.Detail.Required, "description", strings.TrimSuffix(text, ".")))
	}
	return out
}

func (x *explainer) cannotCompare(leaf *framework.Requirement, r *Row, claim *Claim) Message {
	own, goal := "", ""
	if leaf.Level != nil {
		goal = span(x.c.Scales[leaf.Level.Scale])
	}
	for _, res := range claim.Results {
		if cmp.Or(res.AchievedLevel, res.Value) == r.Detail.Achieved {
			own = cmp.Or(span(x.c.Scales[res.Scale]), span(res.AllowedValue), own)
		}
	}
	args := []string{"skill", leaf.Name, "achieved", cmp.Or(r.Detail.Achieved, r.Detail.Value), "issuer", cmp.Or(claim.Issuer, x.name(claim.ID))}
	switch {
	case goal == "":
		return say("gap.cannotCompare", args...)
	case own == "":
		return say("gap.cannotCompare.goal", append(args, "goal", goal)...)
	}
	return say("gap.cannotCompare.both", append(args, "own", own, "goal", goal)...)
}

// span names a scale by its ends.
func span(levels []string) string {
	if len(levels) == 0 {
		return ""
	}
	return levels[0] + "–" + levels[len(levels)-1]
}

func indirect(claim *Claim, limit string, args []string) Message {
	if limit != limitAchievement {
		return say("gap.indirect.path", args...)
	}
	for _, res := range claim.Results {
		if res.Value != "" && res.Type != "Status" && len(res.Alignment) == 0 {
			return say("gap.indirect.grade", append(args, "grade", res.Value)...)
		}
	}
	return say("gap.indirect", args...)
}

// routes are the ways to change a row other than by learning more.
func (x *explainer) routes(leaf *framework.Requirement, r *Row) []Route {
	out := []Route{}
	var claim *Claim
	id := ""
	if len(r.Because) == 1 {
		id = r.Because[0]
		claim = x.claims[id]
	}
	add := func(kind RouteKind, message string, args ...string) {
		out = append(out, Route{Kind: kind, Claim: id, Says: say(message, args...)})
	}
	switch {
	case r.State == Expired || r.State == OutOfDate:
		out = append(out, x.renewal(leaf, id))
	case r.State == NotYet && (r.Limit == nil || *r.Limit != limitServed):
		add(AddEvidence, "gap.route.addEvidence")
		add(AskConfirm, "gap.route.askConfirm")
	case r.State == SelfAsserted:
		add(AskConfirm, "gap.route.askConfirm")
		add(AddEvidence, "gap.route.addEvidence")
	case r.State == Indirect && claim != nil && *r.Limit == limitNoLevel:
		if claim.Issuer == "" {
			add(AskLevel, "gap.route.askLevel")
		} else {
			add(AskLevel, "gap.route.askLevel.of", "issuer", claim.Issuer)
		}
		add(GetAssessed, "gap.route.getAssessed")
	case r.State == Indirect || r.State == CannotCompare:
		add(GetAssessed, "gap.route.getAssessed")
	}
	if r.Tier == "B" && (r.State == Met || r.State == Unconfirmed || r.State == Partly) {
		add(AddEvidence, "gap.route.addEvidence")
	}
	return out
}

// renewal is the offer that would renew a claim: one that grants the skill and is no course before one that is, then the one
// of fewest credits.
func (x *explainer) renewal(leaf *framework.Requirement, claim string) Route {
	out := Route{Kind: Renew, Claim: claim, Says: say("gap.route.renew", "claim", x.name(claim))}
	var best *Offer
	for i := range x.c.Catalogue {
		o := &x.c.Catalogue[i]
		grants := slices.ContainsFunc(o.Grants, func(g Grant) bool {
			p, ok := x.graph.path(g.Skill, leaf.Skill)
			return ok && p.class == Full
		})
		if grants && (best == nil || cmp.Or(compareBool(o.Type == "Course", best.Type == "Course"), cmp.Compare(o.Credits, best.Credits), cmp.Compare(o.ID, best.ID)) < 0) {
			best = o
		}
	}
	if best != nil {
		out.Offer, out.Credits = best.ID, best.Credits
		out.Says = say("gap.route.renew.offer", "claim", x.name(claim), "offer", best.Name)
	}
	return out
}
