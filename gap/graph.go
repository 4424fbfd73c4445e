package gap

import (
	"slices"

	"github.com/openlaurel/laurel/framework"
)

// maxPath is how many relations a path may have: beyond three, "shows" becomes a figure of speech.
const maxPath = 3

// direction is which way a path goes. A path may not turn: up to a parent and down again would show a sibling.
type direction uint8

const (
	level direction = iota // equivalences: no direction yet
	up                     // from a part to the whole
	down                   // from a whole to a part
	back                   // from what comes later to what comes before
)

// edge leads from what is shown to what it shows.
type edge struct {
	to    string
	word  string
	class Class
	dir   direction
}

// graph is a framework as the engine walks it.
type graph struct {
	edges    map[string][]edge
	children map[string][]string // parent → its parts
	alias    map[string]string   // every node → the least name of its equivalence class
}

// path is a way from what is shown to what is asked: the class of its weakest edge, and its words.
type path struct {
	class Class
	words []string
}

func newGraph(list []framework.Association) *graph {
	g := &graph{edges: map[string][]edge{}, children: map[string][]string{}, alias: map[string]string{}}
	for _, a := range list {
		o, d := framework.Key(a.Origin), framework.Key(a.Destination)
		if o == d {
			continue
		}
		switch a.Type {
		case "exactMatchOf", "isTranslationOf":
			g.add(o, edge{d, a.Type, Full, level})
			g.add(d, edge{o, a.Type, Full, level})
			g.join(o, d)
		case "isChildOf", "isPartOf", "broader":
			g.part(o, d, a.Type)
		case "isParentOf", "hasPart", "narrower":
			g.part(d, o, a.Type)
		case "broadAlignment":
			g.within(o, d, a.Type)
		case "narrowAlignment":
			g.within(d, o, a.Type)
		case "precedes":
			g.add(d, edge{o, a.Type, Loose, back})
		case "replacedBy":
			g.add(o, edge{d, a.Type, Loose, back})
		}
		// isPeerOf, isRelatedTo, exemplar and unknown words show nothing.
	}
	for parent := range g.children {
		slices.Sort(g.children[parent])
		g.children[parent] = slices.Compact(g.children[parent])
	}
	return g
}

func (g *graph) add(from string, e edge) { g.edges[from] = append(g.edges[from], e) }

func (g *graph) part(child, parent, word string) {
	g.within(child, parent, word)
	g.children[parent] = append(g.children[parent], child)
}

// within relates a narrower node to a wider one of which it is not said to be a part (CTDL-ASN, broadAlignment): all such
// nodes together are not known to make up the wider one.
func (g *graph) within(narrow, wide, word string) {
	g.add(narrow, edge{wide, word, Partial, up})
	g.add(wide, edge{narrow, word, Loose, down})
}

// join makes two nodes one by name: the least of the class.
func (g *graph) join(a, b string) {
	a, b = g.node(a), g.node(b)
	g.alias[max(a, b)] = min(a, b)
}

// node is the name of a node's equivalence class.
func (g *graph) node(uri string) string {
	n := framework.Key(uri)
	for g.alias[n] != "" && g.alias[n] != n {
		n = g.alias[n]
	}
	return n
}

// parts are the direct parts of a node or of any node equal to it, one of each equivalence class.
func (g *graph) parts(node string) []string {
	var out []string
	for parent, children := range g.children {
		if g.node(parent) != node {
			continue
		}
		for _, c := range children {
			if c = g.node(c); c != node {
				out = append(out, c)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// circular tells whether a node is a part of itself by some way up.
func (g *graph) circular(node string) bool {
	seen := map[string]bool{}
	queue := g.parts(node)
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if n == node {
			return true
		}
		if !seen[n] {
			seen[n] = true
			queue = append(queue, g.parts(n)...)
		}
	}
	return false
}

// path returns the best way from one node to another; among equals the shortest, then the first by its words.
func (g *graph) path(from, to string) (path, bool) {
	from, to = framework.Key(from), framework.Key(to)
	if from == to {
		return path{class: Full}, true
	}
	best, found := path{}, false
	type step struct {
		node string
		dir  direction
		path path
	}
	queue := []step{{from, level, path{class: Full}}}
	for length := 0; length < maxPath && len(queue) > 0; length++ {
		var next []step
		for _, s := range queue {
			for _, e := range g.edges[s.node] {
				if s.dir != level && e.dir != level && e.dir != s.dir {
					continue
				}
				p := path{min(s.path.class, e.class), append(slices.Clone(s.path.words), e.word)}
				if e.to == to {
					if !found || p.class > best.class || p.class == best.class && len(p.words) == len(best.words) && slices.Compare(p.words, best.words) < 0 {
						best, found = p, true
					}
					continue
				}
				next = append(next, step{e.to, max(s.dir, e.dir), p})
			}
		}
		queue = compact(next, func(s step) key { return key{s.node, s.dir} }, func(s step) path { return s.path })
	}
	return best, found
}

// key is a place of a walk: a node reached in a direction.
type key struct {
	node string
	dir  direction
}

// compact keeps the best step to each place, so that a dense framework costs no more than its edges.
func compact[S any](steps []S, at func(S) key, of func(S) path) []S {
	best := map[key]int{}
	var out []S
	for _, s := range steps {
		i, seen := best[at(s)]
		if !seen {
			best[at(s)] = len(out)
			out = append(out, s)
			continue
		}
		if p, q := of(s), of(out[i]); p.class > q.class || p.class == q.class && slices.Compare(p.words, q.words) < 0 {
			out[i] = s
		}
	}
	return out
}
