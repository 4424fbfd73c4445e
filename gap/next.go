package gap

import (
	"cmp"
	"slices"
)

// Suggestion is an offer of the catalogue and what it would change.
type Suggestion struct {
	ID                 string   `json:"id"`
	Name               string   `json:"name"`
	Credits            float64  `json:"credits"`
	EligibleNow        bool     `json:"eligibleNow"`
	UnmetPrerequisites []string `json:"unmetPrerequisites"`
	WouldMeet          []string `json:"wouldMeet"`
	GainEssential      int      `json:"gainEssential"`
	GainOptional       int      `json:"gainOptional"`
	kind               string
}

// Step is one move of a set that closes gaps: offers to take together, in order, and how many essential leaves that
// closes.
type Step struct {
	Add    []string `json:"add"`
	Closes int      `json:"closes"`
}

// claimOf is what passing an offer would add to the record.
func claimOf(o *Offer, asOf string) Claim {
	c := Claim{ID: o.ID, Name: o.Name, Achievement: o.ID, Date: asOf, Credits: o.Credits}
	for _, g := range o.Grants {
		c.Results = append(c.Results, Result{Alignment: []string{g.Skill}, Scale: g.Scale, AchievedLevel: g.PassLevel})
	}
	return c
}

// with is a record and one claim more.
func with(claims []Claim, more ...Claim) []Claim {
	return append(slices.Clone(claims), more...)
}

// recommend lists the offers that would meet something: those open now first, then by gain, by what is in the way, other
// routes before courses, by credits, by name.
func (e *engine) recommend(c *Case, a *Analysis) {
	for i := range c.Catalogue {
		o := &c.Catalogue[i]
		after := e.rows(with(c.Claims, claimOf(o, c.AsOf)))
		s := Suggestion{ID: o.ID, Name: o.Name, Credits: o.Credits, UnmetPrerequisites: []string{}, WouldMeet: []string{}, kind: o.Type}
		for j, r := range after {
			if r.State != Met || a.Rows[j].State == Met {
				continue
			}
			s.WouldMeet = append(s.WouldMeet, r.Name)
			if r.Essential {
				s.GainEssential++
			} else {
				s.GainOptional++
			}
		}
		if len(s.WouldMeet) == 0 {
			continue
		}
		for _, need := range o.Requires {
			if !has(c.Claims, need) {
				s.UnmetPrerequisites = append(s.UnmetPrerequisites, need)
			}
		}
		s.EligibleNow = len(s.UnmetPrerequisites) == 0
		a.Recommendations = append(a.Recommendations, s)
	}
	slices.SortFunc(a.Recommendations, func(x, y Suggestion) int {
		return cmp.Or(
			compareBool(y.EligibleNow, x.EligibleNow),
			cmp.Compare(y.GainEssential, x.GainEssential),
			cmp.Compare(y.GainOptional, x.GainOptional),
			cmp.Compare(len(x.UnmetPrerequisites), len(y.UnmetPrerequisites)),
			compareBool(x.kind == "Course", y.kind == "Course"),
			cmp.Compare(x.Credits, y.Credits),
			cmp.Compare(x.Name, y.Name),
			cmp.Compare(x.ID, y.ID),
		)
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// has tells whether a record holds a completed claim of an id, its own or its achievement's.
func has(claims []Claim, id string) bool {
	return slices.ContainsFunc(claims, func(c Claim) bool {
		return (c.ID == id || c.Achievement == id) && !c.Revoked && !c.SelfAsserted && !unfinished(c.Status) && c.Status != "Failed" && c.Status != "Withdrew"
	})
}

// plan picks offers until nothing essential is gained: at each step the set (an offer with what it needs first) that
// meets most per offer added, ties by credits, then name. Greedy cover is within ln n of the smallest set; it is a set,
// not the best.
func (e *engine) plan(c *Case, a *Analysis) {
	claims, rows := slices.Clone(c.Claims), a.Rows
	for {
		best := move{}
		for i := range c.Catalogue {
			if m, ok := e.move(c, claims, rows, &c.Catalogue[i]); ok && (best.offers == nil || m.before(best)) {
				best = m
			}
		}
		if best.offers == nil {
			break
		}
		step := Step{Closes: best.gain}
		for _, o := range best.offers {
			step.Add = append(step.Add, o.ID)
			a.PlanCredits += o.Credits
			claims = append(claims, claimOf(o, c.AsOf))
		}
		a.Plan = append(a.Plan, step)
		rows = e.rows(claims)
	}
	for _, r := range rows {
		if r.Essential && r.State != Met {
			a.Remaining = append(a.Remaining, r.Name)
		}
	}
}

// move is an offer with the prerequisites that must come first.
type move struct {
	offers  []*Offer
	gain    int
	credits float64
}

// before compares gain per offer without dividing.
func (m move) before(n move) bool {
	return cmp.Or(
		cmp.Compare(n.gain*len(m.offers), m.gain*len(n.offers)),
		cmp.Compare(m.credits, n.credits),
		cmp.Compare(m.offers[len(m.offers)-1].Name, n.offers[len(n.offers)-1].Name),
		cmp.Compare(m.offers[len(m.offers)-1].ID, n.offers[len(n.offers)-1].ID),
	) < 0
}

func (e *engine) move(c *Case, claims []Claim, rows []Row, o *Offer) (move, bool) {
	var m move
	if has(claims, o.ID) || !m.need(c, claims, o, nil) {
		return m, false
	}
	after := claims
	for _, o := range m.offers {
		after = with(after, claimOf(o, c.AsOf))
		m.credits += o.Credits
	}
	for j, r := range e.rows(after) {
		if r.Essential && r.State == Met && rows[j].State != Met {
			m.gain++
		}
	}
	return m, m.gain > 0
}

// need adds an offer after everything that it needs; false when something it needs cannot be had, or needs it.
func (m *move) need(c *Case, claims []Claim, o *Offer, above []string) bool {
	if slices.Contains(above, o.ID) {
		return false
	}
	for _, id := range o.Requires {
		if has(claims, id) || slices.ContainsFunc(m.offers, func(x *Offer) bool { return x.ID == id }) {
			continue
		}
		i := slices.IndexFunc(c.Catalogue, func(x Offer) bool { return x.ID == id })
		if i < 0 || !m.need(c, claims, &c.Catalogue[i], append(above, o.ID)) {
			return false
		}
	}
	m.offers = append(m.offers, o)
	return true
}
