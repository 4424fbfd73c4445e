package gap

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/ijson"
)

// engine holds what is the same for every claim: scales, relations, the target's leaves.
type engine struct {
	asOf   string
	scales map[string][]string
	walks  []Crosswalk
	graph  *graph
	target *framework.Requirement
	leaves []*framework.Requirement
}

// The reasons that stand for a rule of the comparison. A reason that names a date, a number or a strength is made where it
// arises.
const (
	limitNothing     = "nothing in this record points to it"
	limitServed      = "what shows it already serves another requirement"
	limitAchievement = "aligned to the whole achievement, no result for this skill"
	limitPath        = "path"
	limitLevel       = "level"
	limitNoLevel     = "no level recorded"
	limitScales      = "scales differ"
)

func newEngine(c *Case) *engine {
	return &engine{asOf: c.AsOf, scales: c.Scales, walks: c.Crosswalks, graph: newGraph(c.Framework), target: &c.Target, leaves: c.Target.Leaves()}
}

// candidate is one way in which one claim stands towards one leaf.
type candidate struct {
	state  State
	class  Class
	limit  string
	detail Detail
	tier   string
	claims []string
	date   string
}

// better orders candidates: the better state, then the stronger evidence, the shorter path, the newer claim, the id. It
// is total, so that the order of claims does not matter.
func better(a, b candidate) int {
	return cmp.Or(
		cmp.Compare(a.state.rank(), b.state.rank()),
		-cmp.Compare(a.class, b.class),
		cmp.Compare(a.tier, b.tier),
		cmp.Compare(len(a.detail.Path), len(b.detail.Path)),
		-cmp.Compare(a.date, b.date),
		slices.Compare(a.claims, b.claims),
		cmp.Compare(a.limit, b.limit),
		slices.Compare(a.detail.Path, b.detail.Path),
		cmp.Compare(a.detail.Achieved+a.detail.Value, b.detail.Achieved+b.detail.Value),
	)
}

// rows answers every leaf.
func (e *engine) rows(claims []Claim) []Row {
	rows := make([]Row, len(e.leaves))
	for i, leaf := range e.leaves {
		rows[i] = e.row(leaf, claims)
	}
	e.assign(rows, claims)
	return rows
}

func (e *engine) row(leaf *framework.Requirement, claims []Claim) Row {
	r := Row{ID: leaf.ID, Name: leaf.Name, Essential: leaf.Essential, State: NotYet, Limit: ptr(limitNothing), Also: []Also{}}
	found := e.candidates(leaf, claims, map[string]bool{})
	if len(found) == 0 {
		return r
	}
	r.take(found[0])
	r.also(found[1:])
	return r
}

// take makes a candidate the row's answer.
func (r *Row) take(best candidate) {
	r.State, r.Class, r.Detail, r.Tier, r.Because = best.state, best.class, best.detail, best.tier, best.claims
	if r.Limit = &best.limit; best.limit == "" {
		r.Limit = nil
	}
}

// also keeps the other claims that point at the leaf.
func (r *Row) also(others []candidate) {
	for _, c := range others {
		if len(c.claims) == 1 && !slices.Contains(r.Because, c.claims[0]) {
			r.Also = append(r.Also, Also{c.claims[0], c.state})
		}
	}
}

// candidates returns the best candidate of every claim, and of the parts together, best first. seen guards against
// frameworks that go in circles.
func (e *engine) candidates(leaf *framework.Requirement, claims []Claim, seen map[string]bool) []candidate {
	var out []candidate
	for i := range claims {
		if c, ok := e.claim(leaf, &claims[i]); ok {
			out = append(out, c)
		}
	}
	if c, ok := e.rollUp(leaf, claims, seen); ok {
		out = append(out, c)
	}
	slices.SortFunc(out, better)
	return out
}

// claim returns the best way in which one claim stands towards a leaf.
func (e *engine) claim(leaf *framework.Requirement, c *Claim) (candidate, bool) {
	if c.Revoked || c.Status == "Failed" || c.Status == "Withdrew" {
		return candidate{}, false
	}
	var all []candidate
	add := func(skill string, r *Result, entry Class, limit string) {
		path, ok := e.graph.path(skill, leaf.Skill)
		if !ok {
			return
		}
		all = append(all, e.judge(leaf, c, r, path, entry, limit))
	}
	competency := c.AchievementType == "Competency"
	for i := range c.Results {
		r := &c.Results[i]
		for _, skill := range r.Alignment {
			add(skill, r, Full, "")
		}
		// The results of a competency are results for that competency, aligned again or not.
		if competency && len(r.Alignment) == 0 {
			for _, skill := range c.AchievementAlignment {
				add(skill, r, Full, "")
			}
		}
	}
	for _, skill := range c.AchievementAlignment {
		if competency {
			add(skill, nil, Full, "")
		} else {
			add(skill, nil, Loose, limitAchievement)
		}
	}
	if c.Achievement != "" {
		add(c.Achievement, nil, Full, "")
	}
	if len(all) == 0 {
		return candidate{}, false
	}
	return slices.MinFunc(all, better), true
}

// judge is min(path, level, tier cap) with its one reason, and then what time and trust make of it.
func (e *engine) judge(leaf *framework.Requirement, c *Claim, r *Result, path path, entry Class, limit string) candidate {
	out := candidate{class: entry, limit: limit, claims: []string{c.ID}, date: c.Date, detail: Detail{Path: path.words}}
	lower := func(class Class, why string) {
		if class < out.class {
			out.class, out.limit = class, why
		}
	}
	lower(path.class, limitPath)
	incomparable := false
	if entry == Full {
		level, detail := e.level(leaf, r)
		out.detail.Achieved, out.detail.Value, out.detail.Required = detail.Achieved, detail.Value, detail.Required
		switch level {
		case levelBelow:
			lower(Partial, limitLevel)
		case levelNone:
			lower(Loose, limitNoLevel)
		case levelOther:
			incomparable = true
		}
	}
	out.tier = tier(c, r)
	if leaf.MinTier != "" && out.tier > leaf.MinTier {
		lower(Partial, "evidence of strength "+out.tier+", "+leaf.MinTier+" is asked")
	}
	e.overlay(leaf, c, &out, incomparable)
	return out
}

// overlay turns the class into a state, as trust and time have it.
func (e *engine) overlay(leaf *framework.Requirement, c *Claim, out *candidate, incomparable bool) {
	set := func(s State, limit string) { out.state, out.limit = s, limit }
	switch {
	case c.SelfAsserted:
		out.class = Self
		set(SelfAsserted, "self-asserted")
	case unfinished(c.Status):
		set(InProgress, "not finished")
	case c.ValidUntil != "" && c.ValidUntil < e.asOf:
		set(Expired, "expired "+c.ValidUntil)
	case incomparable && out.class > Loose:
		set(CannotCompare, limitScales)
	case out.class == Loose:
		out.state = Indirect
	case out.class == Partial:
		out.state = Partly
	case c.Unchecked:
		set(Unconfirmed, "status could not be checked")
	case leaf.MaxAgeMonths > 0 && older(c.Date, leaf.MaxAgeMonths, e.asOf):
		set(OutOfDate, fmt.Sprintf("older than %d months", leaf.MaxAgeMonths))
	default:
		set(Met, "")
	}
}

func unfinished(status string) bool {
	return status == "Enrolled" || status == "InProgress" || status == "Provisional" || status == "OnHold"
}

// older tells whether a date lies more than so many months before another. A claim without a date is not known to be
// recent, and recency was asked.
func older(date string, months int, asOf string) bool {
	then, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return true
	}
	now, err := time.Parse(time.DateOnly, asOf)
	return err == nil && then.AddDate(0, months, 0).Before(now)
}

// tier is the strength of a claim's evidence: A assessed with work to see, B assessed, C passed something about it, D took
// part, E confirmed by others, F stated by the learner.
func tier(c *Claim, r *Result) string {
	switch {
	case c.SelfAsserted && c.Endorsed:
		return "E"
	case c.SelfAsserted:
		return "F"
	case r != nil && (r.AchievedLevel != "" || r.Value != "") && r.Type != "Status":
		if c.Evidence > 0 {
			return "A"
		}
		return "B"
	case c.AchievementType == "CertificateOfCompletion" || c.AchievementType == "Membership" || c.AchievementType == "CommunityService":
		return "D"
	}
	return "C"
}

// compared is the outcome of comparing a result with the level that is asked.
type compared uint8

const (
	levelMet compared = iota
	levelBelow
	levelNone  // no level recorded
	levelOther // on another scale
)

// level compares a result with a leaf. Without a level in the leaf, the result must have met its own requirement.
func (e *engine) level(leaf *framework.Requirement, r *Result) (compared, Detail) {
	if leaf.Level == nil {
		return e.ownRequirement(r)
	}
	if r == nil || r.AchievedLevel == "" && (r.Value == "" || r.Type == "Status") {
		return levelNone, Detail{}
	}
	got := cmp.Or(r.AchievedLevel, r.Value)
	d := Detail{Achieved: got, Required: leaf.Level.AtLeast}
	scale := r.Scale
	if scale != leaf.Level.Scale {
		for _, w := range e.walks {
			if to, ok := w.Levels[got]; ok && w.From == r.Scale && w.To == leaf.Level.Scale {
				got, scale = to, w.To
			}
		}
	}
	if scale == "" || scale != leaf.Level.Scale {
		return levelOther, d
	}
	return place(e.scales[scale], got, leaf.Level.AtLeast), d
}

// ownRequirement asks whether a result met what its own description required.
func (e *engine) ownRequirement(r *Result) (compared, Detail) {
	switch {
	case r == nil:
		return levelMet, Detail{}
	case r.RequiredLevel != "" && r.AchievedLevel != "":
		return place(e.scales[r.Scale], r.AchievedLevel, r.RequiredLevel), Detail{Achieved: r.AchievedLevel, Required: r.RequiredLevel}
	case r.RequiredValue != "" && r.Value != "":
		return place(r.AllowedValue, r.Value, r.RequiredValue), Detail{Value: r.Value, Required: r.RequiredValue}
	}
	return levelMet, Detail{}
}

// place compares two values of one scale: by their places in the list, else as numbers. What is in neither cannot be
// compared.
func place(scale []string, got, need string) compared {
	i, j := slices.Index(scale, got), slices.Index(scale, need)
	if i < 0 || j < 0 {
		a, errA := strconv.ParseFloat(got, 64)
		b, errB := strconv.ParseFloat(need, 64)
		switch {
		case got == need:
			return levelMet
		case errA != nil || errB != nil:
			return levelOther
		case a >= b:
			return levelMet
		}
		return levelBelow
	}
	if i >= j {
		return levelMet
	}
	return levelBelow
}

// rollUp meets a parent whose parts are all met, at the level asked: two parts at the least, and none of them the parent
// again by a detour.
func (e *engine) rollUp(leaf *framework.Requirement, claims []Claim, seen map[string]bool) (candidate, bool) {
	key := e.graph.node(leaf.Skill)
	parts := e.graph.parts(key)
	if len(parts) < 2 || seen[key] || len(seen) >= maxPath || e.graph.circular(key) {
		return candidate{}, false
	}
	seen[key] = true
	defer delete(seen, key)
	out := candidate{state: Met, class: Full, tier: "A"}
	for _, part := range parts {
		asked := *leaf
		asked.Skill = part
		found := e.candidates(&asked, claims, seen)
		if len(found) == 0 || found[0].state != Met {
			return candidate{}, false
		}
		out.tier = max(out.tier, found[0].tier)
		out.date = max(out.date, found[0].date)
		for _, id := range found[0].claims {
			if !slices.Contains(out.claims, id) {
				out.claims = append(out.claims, id)
			}
		}
	}
	slices.Sort(out.claims)
	out.detail.Path = []string{"all parts"}
	return out, true
}

// marshalOneOrMany writes null, a string or an array.
func marshalOneOrMany(list []string) ([]byte, error) {
	switch len(list) {
	case 0:
		return []byte("null"), nil
	case 1:
		return ijson.Marshal(list[0])
	}
	return ijson.Marshal(list)
}
