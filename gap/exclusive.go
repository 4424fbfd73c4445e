package gap

import (
	"cmp"
	"slices"

	"github.com/openlaurel/laurel/framework"
)

// assign gives each claim to one leaf at most, below each node whose parts may not share a claim. It is a maximum bipartite
// matching, so that no order of assigning would have met more: first of what meets a leaf, essential leaves before
// optional ones, older claims before newer, then by id; then of what shows something, state by state. Parts that only together meet a
// leaf (roll-up) do not count here: which leaf each would serve is not defined.
func (e *engine) assign(rows []Row, claims []Claim) {
	at := map[*framework.Requirement]*Row{}
	for i, leaf := range e.leaves {
		at[leaf] = &rows[i]
	}
	for _, group := range exclusive(e.target) {
		leaves := assignable(group)
		slices.SortStableFunc(leaves, func(a, b *framework.Requirement) int { return compareBool(b.Essential, a.Essential) })
		m := newMatching(e, leaves, claims)
		m.run()
		for i, leaf := range leaves {
			m.answer(i, at[leaf])
		}
	}
}

// exclusive lists the outermost nodes whose parts may not share a claim.
func exclusive(r *framework.Requirement) []*framework.Requirement {
	if r.Exclusive && len(r.Of) > 0 {
		return []*framework.Requirement{r}
	}
	var out []*framework.Requirement
	for i := range r.Of {
		out = append(out, exclusive(&r.Of[i])...)
	}
	return out
}

// assignable lists the leaves that take one claim each. Below credits and count many claims serve one node.
func assignable(r *framework.Requirement) []*framework.Requirement {
	switch {
	case r.Op == framework.Credits || r.Op == framework.Count:
		return nil
	case len(r.Of) == 0:
		return []*framework.Requirement{r}
	}
	var out []*framework.Requirement
	for i := range r.Of {
		out = append(out, assignable(&r.Of[i])...)
	}
	return out
}

// matching is a bipartite graph of leaves and claims, and the matching so far.
type matching struct {
	claims []Claim
	found  [][]candidate // for each leaf, best first
	edges  [][]int       // for each leaf, the claims it may take now
	taken  map[int]int   // claim → leaf
	of     map[int]int   // leaf → claim
	ids    map[string]int
}

func newMatching(e *engine, leaves []*framework.Requirement, claims []Claim) *matching {
	m := &matching{claims: claims, found: make([][]candidate, len(leaves)), edges: make([][]int, len(leaves)), taken: map[int]int{}, of: map[int]int{}, ids: map[string]int{}}
	for i := range claims {
		m.ids[claims[i].ID] = i
	}
	for l, leaf := range leaves {
		for i := range claims {
			if c, ok := e.claim(leaf, &claims[i]); ok {
				m.found[l] = append(m.found[l], c)
			}
		}
		slices.SortFunc(m.found[l], better)
	}
	return m
}

// run matches state by state, best first, leaf by leaf. A leaf that was matched moves only among claims that leave it in
// that state or a better one, so that what comes later takes nothing from it.
func (m *matching) run() {
	for _, state := range order {
		for l := range m.found {
			if _, done := m.of[l]; !done && m.open(l, state) {
				m.augment(l, map[int]bool{})
			}
		}
	}
}

// open lets a leaf take the claims that bring it to a state or a better one, older claims first; false when none brings it
// just there.
func (m *matching) open(l int, state State) bool {
	m.edges[l] = m.edges[l][:0]
	some := false
	for _, c := range m.found[l] {
		if c.state.rank() <= state.rank() {
			m.edges[l] = append(m.edges[l], m.ids[c.claims[0]])
			some = some || c.state == state
		}
	}
	slices.SortStableFunc(m.edges[l], func(a, b int) int {
		return cmp.Or(cmp.Compare(m.claims[a].Date, m.claims[b].Date), cmp.Compare(m.claims[a].ID, m.claims[b].ID))
	})
	return some
}

// augment finds a claim for a leaf, moving other leaves to other claims where that helps.
func (m *matching) augment(l int, seen map[int]bool) bool {
	for _, c := range m.edges[l] {
		if seen[c] {
			continue
		}
		seen[c] = true
		if other, busy := m.taken[c]; !busy || m.augment(other, seen) {
			m.taken[c], m.of[l] = l, c
			return true
		}
	}
	return false
}

// answer writes what a leaf was given into its row.
func (m *matching) answer(l int, r *Row) {
	*r = Row{ID: r.ID, Name: r.Name, Essential: r.Essential, State: NotYet, Limit: ptr(limitNothing), Also: []Also{}}
	c, matched := m.of[l]
	if !matched {
		if len(m.found[l]) > 0 {
			r.Limit = ptr(limitServed)
		}
		r.also(m.found[l])
		return
	}
	for _, found := range m.found[l] {
		if m.ids[found.claims[0]] == c {
			r.take(found)
			r.Assigned = true
		}
	}
	r.also(m.found[l])
}
