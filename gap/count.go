package gap

import (
	"cmp"
	"slices"

	"github.com/openlaurel/laurel/framework"
)

// tally is a sum over the target's tree, in leaves or in their weights.
type tally struct{ of, firm, possible float64 }

func (t tally) plus(n tally) tally {
	return tally{t.of + n.of, t.firm + n.firm, t.possible + n.possible}
}

// counter sums the target's tree, essential or optional leaves, each as one or by its weight.
type counter struct {
	e         *engine
	claims    []Claim
	rows      map[*framework.Requirement]*Row
	essential bool
	weigh     bool
}

func (e *engine) counter(claims []Claim, rows []Row) counter {
	c := counter{e: e, claims: claims, rows: map[*framework.Requirement]*Row{}}
	for i, leaf := range e.leaves {
		c.rows[leaf] = &rows[i]
	}
	return c
}

// count sums the target's tree, essential and optional leaves apart.
func (e *engine) count(claims []Claim, rows []Row) (essential, optional Counts) {
	c := e.counter(claims, rows)
	optional = c.sum(e.target, nil).counts()
	c.essential = true
	return c.sum(e.target, nil).counts(), optional
}

func (t tally) counts() Counts {
	return Counts{Of: int(t.of), Firm: int(t.firm), Possible: int(t.possible)}
}

// weighted tells whether the target's author set any weight.
func (e *engine) weighted() bool {
	return slices.ContainsFunc(e.leaves, func(l *framework.Requirement) bool { return l.Weight > 0 && l.Weight != 1 })
}

// weigh is count by the author's weights.
func (e *engine) weigh(claims []Claim, rows []Row) (essential, optional *Weights) {
	c := e.counter(claims, rows)
	c.weigh = true
	o := c.sum(e.target, nil)
	c.essential = true
	s := c.sum(e.target, nil)
	return &Weights{s.of, s.firm, s.possible}, &Weights{o.of, o.firm, o.possible}
}

// sum counts one node of the tree: all adds up, any takes its best part, atLeast k its k best. used are the claims that
// serve another part of an exclusive node; nil outside of one.
func (c *counter) sum(r *framework.Requirement, used map[string]bool) tally {
	if row := c.rows[r]; row != nil {
		return c.leaf(r, row)
	}
	if r.Exclusive && used == nil {
		used = map[string]bool{}
		for _, leaf := range assignable(r) {
			if row := c.rows[leaf]; row.Assigned {
				used[row.Because[0]] = true
			}
		}
	}
	if r.Op == framework.Credits || r.Op == framework.Count {
		return c.amount(r, used)
	}
	parts := make([]tally, 0, len(r.Of))
	for i := range r.Of {
		if n := c.sum(&r.Of[i], used); n.of > 0 {
			parts = append(parts, n)
		}
	}
	take := len(parts)
	switch r.Op {
	case framework.Any:
		take = min(1, take)
	case framework.AtLeast:
		take = min(max(int(r.Number), 0), take)
	}
	if take < len(parts) {
		slices.SortStableFunc(parts, func(a, b tally) int {
			// Shares, compared without dividing.
			return cmp.Or(cmp.Compare(b.firm*a.of, a.firm*b.of), cmp.Compare(b.possible*a.of, a.possible*b.of))
		})
	}
	var total tally
	for _, n := range parts[:take] {
		total = total.plus(n)
	}
	return total
}

func (c *counter) leaf(r *framework.Requirement, row *Row) tally {
	if row.Essential != c.essential {
		return tally{}
	}
	n := tally{of: 1}
	if c.weigh && r.Weight > 0 {
		n.of = r.Weight
	}
	if row.State == Met {
		n.firm = n.of
	}
	if row.State != NotYet {
		n.possible = n.of
	}
	return n
}

// amount counts the credits, or the number, of the claims that stand towards the leaves below: firm are those that meet
// one, possible those with anything to show. A claim counts once; credits of another unit are another thing and are not
// added. Inside an exclusive node the claims that serve leaves are left out, and of the others each counts for the first
// node, in the target's order, that it can.
func (c *counter) amount(r *framework.Requirement, used map[string]bool) tally {
	best := make([]State, len(c.claims))
	asked := false
	for _, leaf := range r.Leaves() {
		if leaf.Essential != c.essential {
			continue
		}
		asked = true
		for i := range c.claims {
			if found, ok := c.e.claim(leaf, &c.claims[i]); ok && (best[i] == "" || found.state.rank() < best[i].rank()) {
				best[i] = found.state
			}
		}
	}
	if !asked {
		return tally{}
	}
	var firm, possible float64
	for i, claim := range c.claims {
		if best[i] == "" || used[claim.ID] || r.Op == framework.Credits && r.Unit != "" && claim.CreditUnit != r.Unit {
			continue
		}
		worth := 1.0
		if r.Op == framework.Credits {
			worth = claim.Credits
		}
		possible += worth
		if best[i] == Met {
			firm += worth
		}
		if used != nil {
			used[claim.ID] = true
		}
	}
	return tally{of: float64(int(r.Number)), firm: float64(int(min(firm, r.Number))), possible: float64(int(min(possible, r.Number)))}
}
