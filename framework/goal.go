package framework

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// maxListed is how many goals an error names before it says "and so on".
const maxListed = 8

// Goal finds what a person may aim at: a goal by its URI or code, or a branch of the framework by the URI or code of its
// node. The empty name is the only goal there is, or the framework as a whole where it has none.
func (f *Framework) Goal(name string) (*Goal, error) {
	if name == "" {
		switch len(f.Goals) {
		case 0:
			r := f.Target()
			return &Goal{ID: f.ID, Name: f.Title, Requirement: r}, empty(r, f.Title)
		case 1:
			g := f.Goals[0]
			return &g, empty(g.Requirement, g.Name, g.Notes...)
		}
		return nil, fmt.Errorf("framework: there are %d goals; name one by its code or URI: %s", len(f.Goals), f.listed())
	}
	for _, g := range f.Goals {
		if g.Code == name || Key(g.ID) == Key(name) {
			return &g, empty(g.Requirement, g.Name, g.Notes...)
		}
	}
	for _, n := range f.Nodes {
		if n.Code == name || Key(n.ID) == Key(name) {
			r := f.branch(n)
			return &Goal{ID: n.ID, Code: n.Code, Name: n.Name, Description: n.Description, Requirement: r}, empty(r, n.Name)
		}
	}
	return nil, fmt.Errorf("framework: %q is no goal of %s; it has %s", name, cmp.Or(f.Title, "the framework"), f.listed())
}

// empty refuses a goal that asks nothing that a record could show, with what the source has to say about it.
func empty(r *Requirement, name string, notes ...string) error {
	if len(r.Leaves()) > 0 && (r.Op != "" || r.Skill != "") {
		return nil
	}
	if len(notes) > 0 {
		return errors.New("framework: " + strings.Join(notes, " "))
	}
	return fmt.Errorf("framework: %s asks nothing that a record could show", cmp.Or(name, "the framework"))
}

func (f *Framework) listed() string {
	var out []string
	for _, g := range f.Goals {
		if len(out) == maxListed {
			return strings.Join(append(out, "and so on"), ", ")
		}
		out = append(out, strings.TrimSpace(cmp.Or(g.Code, g.ID)+" "+g.Name))
	}
	if len(out) == 0 {
		return fmt.Sprintf("no goals of its own, and %d items by code or URI", len(f.Nodes))
	}
	return strings.Join(out, ", ")
}

// Target asks for every node of a framework that no other node is a part of, or rather for the leaves below: what a
// record can be compared with. Domains and documents are headings.
func (f *Framework) Target() *Requirement {
	parent := map[string]bool{}
	for _, a := range f.Associations {
		if _, whole, ok := a.part(); ok {
			parent[Key(whole)] = true
		}
	}
	out := &Requirement{ID: f.ID, Name: f.Title, Source: f.Publisher, Op: All}
	for _, n := range f.Nodes {
		if k := Key(n.ID); !parent[k] && !f.isLevel[k] {
			out.Of = append(out.Of, f.leaf(n))
		}
	}
	return out
}

// part reads a relation as part and whole.
func (a Association) part() (part, whole string, ok bool) {
	switch a.Type {
	case "isChildOf", "isPartOf", "broader":
		return a.Origin, a.Destination, true
	case "isParentOf", "hasPart", "narrower":
		return a.Destination, a.Origin, true
	}
	return "", "", false
}

func (f *Framework) leaf(n Node) Requirement {
	r := Requirement{ID: n.ID, Name: n.Name, Skill: n.ID, Essential: true, Description: n.Description}
	if level, ok := f.levels[Key(n.ID)]; ok {
		r.Level = &level
	}
	return r
}

// branch asks for the leaves below a node, or for the node itself where nothing is below it.
func (f *Framework) branch(n Node) *Requirement {
	below := map[string][]string{}
	for _, a := range f.Associations {
		if part, whole, ok := a.part(); ok {
			below[Key(whole)] = append(below[Key(whole)], Key(part))
		}
	}
	within, queue := map[string]bool{}, []string{Key(n.ID)}
	for len(queue) > 0 {
		k := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if !within[k] {
			within[k] = true
			queue = append(queue, below[k]...)
		}
	}
	out := &Requirement{ID: n.ID, Name: n.Name, Source: cmp.Or(f.Publisher, f.Title), Op: All}
	for _, m := range f.Nodes {
		if k := Key(m.ID); within[k] && len(below[k]) == 0 && !f.isLevel[k] {
			out.Of = append(out.Of, f.leaf(m))
		}
	}
	if len(out.Of) == 0 {
		leaf := f.leaf(n)
		return &leaf
	}
	return out
}

// Levels are the scales as a comparison wants them: the URI of each, and the names of its levels, low to high.
func (f *Framework) Levels() map[string][]string {
	out := map[string][]string{}
	for _, s := range f.Scales {
		for _, l := range s.Levels {
			out[s.ID] = append(out[s.ID], l.Name)
		}
	}
	return out
}

// LevelDescriptions says what the levels of the scales look like: scale, level, words.
func (f *Framework) LevelDescriptions() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, s := range f.Scales {
		for _, l := range s.Levels {
			if l.Description == "" {
				continue
			}
			if out[s.ID] == nil {
				out[s.ID] = map[string]string{}
			}
			out[s.ID][l.Name] = l.Description
		}
	}
	return out
}
