package framework

import (
	"cmp"
	"errors"
	"slices"

	"github.com/openlaurel/laurel/ijson"
)

// readCASE reads a CFPackage of CASE 1.0 or 1.1: the package itself, or wrapped in a member CFPackage. Version 1.1 of some
// publishers writes sourcedId where 1.0 writes identifier, and document, items, associations, rubrics where 1.0 writes
// CFDocument and so on.
func readCASE(root ijson.Value) (*Framework, error) {
	if p := root.Get("CFPackage"); p.IsValid() {
		root = p
	}
	d := first(root, "CFDocument", "document")
	if d.Kind() != ijson.Object {
		return nil, errors.New("/CFDocument is missing; a CASE package has one")
	}
	f := &Framework{ID: caseURI(d), Title: d.Get("title").Text(), Publisher: cmp.Or(d.Get("publisher").Text(), d.Get("creator").Text()), Version: d.Get("version").Text(), Kind: "case"}
	for item := range first(root, "CFItems", "items").Elements() {
		n := Node{ID: caseURI(item), Code: item.Get("humanCodingScheme").Text(), Description: item.Get("fullStatement").Text(),
			Type: item.Get("CFItemType").Text(), Language: cmp.Or(item.Get("language").Text(), d.Get("language").Text())}
		n.Name = cmp.Or(item.Get("abbreviatedStatement").Text(), n.Description, n.Code)
		if n.ID != "" {
			f.Nodes = append(f.Nodes, n)
		}
	}
	var order []sequenced
	for a := range first(root, "CFAssociations", "associations").Elements() {
		rel := Association{Type: a.Get("associationType").Text(), Origin: link(a.Get("originNodeURI")), Destination: link(a.Get("destinationNodeURI"))}
		// Ends that lie in other frameworks are normal; an end that is nowhere is not a relation.
		if rel.Type != "" && rel.Origin != "" && rel.Destination != "" {
			f.Associations = append(f.Associations, rel)
			order = append(order, sequenced{rel, a.Get("sequenceNumber").Float()})
		}
	}
	slices.SortStableFunc(order, func(a, b sequenced) int { return cmp.Compare(a.number, b.number) })
	f.inOrder(order)
	f.rubrics(first(root, "CFRubrics", "rubrics"))
	f.skillLevels(order)
	return f, nil
}

// sequenced is a relation with the place that CASE gives its origin among its siblings.
type sequenced struct {
	Association
	number float64
}

func first(v ijson.Value, names ...string) ijson.Value {
	for _, name := range names {
		if m := v.Get(name); m.IsValid() {
			return m
		}
	}
	return ijson.Value{}
}

// inOrder puts the nodes in the order of the tree: each before its children, these by sequence number. What no way from the
// document leads to keeps its place at the end.
func (f *Framework) inOrder(order []sequenced) {
	at := map[string]int{}
	for i, n := range f.Nodes {
		at[Key(n.ID)] = i
	}
	below, child := map[string][]string{}, map[string]bool{}
	for _, a := range order {
		if part, whole, ok := a.part(); ok {
			below[Key(whole)] = append(below[Key(whole)], Key(part))
			_, inside := at[Key(whole)]
			child[Key(part)] = child[Key(part)] || inside
		}
	}
	var out []Node
	seen := map[string]bool{}
	visit := func(start string) {
		for queue := []string{start}; len(queue) > 0; {
			k := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			if seen[k] {
				continue
			}
			seen[k] = true
			if i, ok := at[k]; ok {
				out = append(out, f.Nodes[i])
			}
			for _, c := range slices.Backward(below[k]) {
				queue = append(queue, c)
			}
		}
	}
	visit(Key(f.ID))
	for _, n := range f.Nodes {
		if !child[Key(n.ID)] {
			visit(Key(n.ID))
		}
	}
	for _, n := range f.Nodes {
		visit(Key(n.ID))
	}
	f.Nodes = out
}

// rubrics reads each criterion of each rubric as a scale (CASE 1.0, CFRubricCriterion): that is what an alignment of type
// CFRubricCriterion points at.
func (f *Framework) rubrics(list ijson.Value) {
	for rubric := range list.Elements() {
		for c := range rubric.Get("CFRubricCriteria").Elements() {
			s := Scale{ID: caseURI(c), Name: cmp.Or(c.Get("category").Text(), c.Get("description").Text(), rubric.Get("title").Text()), Skill: link(c.Get("CFItemURI"))}
			var levels []ijson.Value
			for l := range c.Get("CFRubricCriterionLevels").Elements() {
				levels = append(levels, l)
			}
			slices.SortStableFunc(levels, func(a, b ijson.Value) int { return cmp.Compare(a.Get("position").Float(), b.Get("position").Float()) })
			for _, l := range levels {
				if name := cmp.Or(l.Get("quality").Text(), l.Get("description").Text()); name != "" {
					s.Levels = append(s.Levels, ScaleLevel{Name: name, Description: l.Get("description").Text()})
				}
			}
			if s.ID != "" && len(s.Levels) > 0 {
				f.Scales = append(f.Scales, s)
			}
		}
	}
}

// skillLevels reads hasSkillLevel. An item with one asks for that level, on the scale of the level's siblings; an item with
// several has them as its scale, and which of them is asked the framework does not say.
func (f *Framework) skillLevels(order []sequenced) {
	nodes, has, parent := map[string]Node{}, map[string][]string{}, map[string]string{}
	children := map[string][]string{}
	f.isLevel = map[string]bool{}
	for _, n := range f.Nodes {
		nodes[Key(n.ID)] = n
	}
	var items []string
	for _, a := range order {
		if part, whole, ok := a.part(); ok {
			parent[Key(part)] = Key(whole)
			children[Key(whole)] = append(children[Key(whole)], Key(part))
		}
		if a.Type == "hasSkillLevel" {
			if has[Key(a.Origin)] == nil {
				items = append(items, a.Origin)
			}
			has[Key(a.Origin)] = append(has[Key(a.Origin)], Key(a.Destination))
			f.isLevel[Key(a.Destination)] = true
		}
	}
	made := map[string]bool{}
	scale := func(id string, levels []string) {
		if made[id] {
			return
		}
		made[id] = true
		s := Scale{ID: id, Name: nodes[Key(id)].Name}
		for _, l := range levels {
			f.isLevel[l] = true
			if n, ok := nodes[l]; ok {
				s.Levels = append(s.Levels, ScaleLevel{Name: n.Name, Description: n.Description})
			}
		}
		f.Scales = append(f.Scales, s)
	}
	for _, item := range items {
		levels := has[Key(item)]
		if len(levels) > 1 {
			scale(item, levels)
			continue
		}
		level, known := nodes[levels[0]]
		if !known {
			continue
		}
		id := cmp.Or(nodes[parent[levels[0]]].ID, level.ID)
		siblings := children[Key(id)]
		if len(siblings) == 0 {
			siblings = levels
		}
		scale(id, siblings)
		f.ask(item, Level{Scale: id, AtLeast: level.Name})
	}
}

// caseURI is a CASE object's URI, or its identifier as a URN where it has no URI.
func caseURI(v ijson.Value) string {
	if u := v.Get("uri").Text(); u != "" {
		return u
	}
	if id := cmp.Or(v.Get("identifier").Text(), v.Get("sourcedId").Text()); id != "" {
		return "urn:uuid:" + id
	}
	return ""
}

// link reads an end of an association: a link object, or a bare URI.
func link(v ijson.Value) string {
	if v.IsString() {
		return v.Text()
	}
	return caseURI(v)
}
