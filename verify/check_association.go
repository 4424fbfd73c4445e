package verify

import (
	"bytes"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/vc"
)

// Limits of what is told about associations.
const (
	maxAssociations = 20_000 // a record of 2,000 credentials, each related to ten
	maxDangling     = 20     // told one by one
)

// checkAssociation: relations lead from achievement to achievement of the record, not in circles, and one achievement id
// means one thing (CLR 2.0, Association; data model, cross-references 3, 4, 5 and 11). The standard demands none of it
// of a verifier, so all of it is shown and leaves the verdict.
func checkAssociation(c *credential) {
	if c.doc.Kind != vc.KindCLR {
		return
	}
	g := &graph{c: c, achievements: map[string]ijson.Value{}, credentials: map[string]string{}, edges: map[string]map[string][]string{}}
	g.collect()
	list := c.root().Get("credentialSubject").Get("association")
	if s := c.root().Get("credentialSubject"); s.Kind() == ijson.Array {
		list = s.Index(0).Get("association")
	}
	many := list.Kind() == ijson.Array
	for i, v := range list.Each() {
		at := "/credentialSubject/association"
		if many {
			at += "/" + itoa(i)
		}
		if g.n++; g.n > maxAssociations {
			break
		}
		g.relate(v, at)
	}
	g.finish()
}

// A graph is the achievements of a record and the relations between them.
type graph struct {
	c            *credential
	achievements map[string]ijson.Value         // id → canonical form
	credentials  map[string]string              // credential id → achievement id
	edges        map[string]map[string][]string // association type → source → targets
	told         map[string]bool
	n, dangling  int
	byCredential int
}

func (g *graph) collect() {
	g.told = map[string]bool{}
	g.c.eachAchievement(func(v ijson.Value, at string) { g.define(v, at) })
	for _, inner := range g.c.inner {
		if inner.doc == nil || inner.role != asNested {
			continue
		}
		if id := inner.doc.ID; id != "" {
			if _, twice := g.credentials[id]; twice {
				g.c.add("association.repeated-id", inner.report.Path+"/id", id)
			}
			g.credentials[id] = ""
		}
		inner.eachAchievement(func(v ijson.Value, at string) {
			g.define(v, inner.report.Path+at)
			g.credentials[inner.doc.ID] = v.Get("id").Text()
		})
	}
}

func (g *graph) define(v ijson.Value, at string) {
	id := v.Get("id").Text()
	if id == "" {
		return
	}
	if before, ok := g.achievements[id]; ok && !sameDescription(before, v) && !g.told["copy "+id] {
		g.told["copy "+id] = true
		g.c.add("association.conflicting-copies", at, id)
	}
	g.achievements[id] = v
	for _, r := range v.Get("related").Each() {
		if id := r.Get("id").Text(); id != "" {
			if _, ok := g.achievements[id]; !ok {
				g.achievements[id] = r
				g.told["copy "+id] = true // a reference, not a copy
			}
		}
	}
}

// sameDescription reports whether two values describe the same: equal but for white space, the order of members and the
// like, and for endorsements, which others add to an achievement without changing what it is.
func sameDescription(a, b ijson.Value) bool {
	return bytes.Equal(a.Raw(), b.Raw()) ||
		bytes.Equal(ijson.AppendCanonical(nil, a, "endorsement", "endorsementJwt"), ijson.AppendCanonical(nil, b, "endorsement", "endorsementJwt"))
}

// resolve reads a credential's id as the achievement it asserts, as LearnCard's records mean it.
func (g *graph) resolve(id string) (string, bool) {
	if _, ok := g.achievements[id]; ok {
		return id, true
	}
	if a, ok := g.credentials[id]; ok {
		g.byCredential++
		if a == "" {
			a = id
		}
		return a, true
	}
	return id, false
}

func (g *graph) relate(v ijson.Value, at string) {
	kind := v.Get("associationType").Text()
	before := g.byCredential
	source, ok1 := g.resolve(v.Get("sourceId").Text())
	target, ok2 := g.resolve(v.Get("targetId").Text())
	if g.byCredential > before {
		g.byCredential = before + 1 // relations, not ends
	}
	for _, end := range [...]struct {
		ok       bool
		id, name string
	}{{ok1, source, "/sourceId"}, {ok2, target, "/targetId"}} {
		if end.ok {
			continue
		}
		if g.dangling++; g.dangling <= maxDangling {
			g.c.add("association.dangling", at+end.name, end.id)
		}
	}
	if source == target {
		g.c.add("association.to-itself", at, source)
		return
	}
	if inverse := kind == string(clr.IsParentOf); inverse {
		kind, source, target = string(clr.IsChildOf), target, source
	}
	if g.edges[kind] == nil {
		g.edges[kind] = map[string][]string{}
	}
	g.edges[kind][source] = append(g.edges[kind][source], target)
}

func (g *graph) finish() {
	if g.byCredential > 0 {
		g.c.add("association.by-credential", "/credentialSubject/association", g.byCredential)
	}
	for _, kind := range []clr.AssociationType{clr.IsChildOf, clr.IsPartOf, clr.Precedes, clr.ReplacedBy} {
		if id := cycleIn(g.edges[string(kind)]); id != "" {
			g.c.add("association.cycle", "/credentialSubject/association", string(kind), id)
		}
	}
	if g.n > 0 && g.dangling == 0 {
		g.c.add("association.resolved", "", g.n)
	}
}

// cycleIn finds a node on a cycle, the smallest id of those found first, "" when there is none. It takes leaves away until
// nothing changes (Kahn), so that no depth of a chain can exhaust the stack.
func cycleIn(edges map[string][]string) string {
	in := map[string]int{}
	for _, targets := range edges {
		for _, t := range targets {
			in[t]++
		}
	}
	var free []string
	for s := range edges {
		if in[s] == 0 {
			free = append(free, s)
		}
	}
	done := map[string]bool{}
	for len(free) > 0 {
		s := free[len(free)-1]
		free = free[:len(free)-1]
		done[s] = true
		for _, t := range edges[s] {
			if in[t]--; in[t] == 0 {
				free = append(free, t)
			}
		}
	}
	first := ""
	for s := range edges {
		if !done[s] && (first == "" || s < first) {
			first = s
		}
	}
	return first
}
