package framework

import (
	"errors"
	"fmt"

	"github.com/openlaurel/laurel/ijson"
)

// Read reads a framework document of any form that we know. The error says what the document is not.
func Read(data []byte) (*Framework, error) {
	doc, err := ijson.Parse(data, nil)
	if err != nil {
		return nil, fmt.Errorf("framework: %w", err)
	}
	root := doc.Root()
	if root.Has("CFDocument") || root.Has("CFPackage") {
		return readCASE(root)
	}
	return nil, errors.New("framework: the document is no CASE package (it has no CFDocument)")
}

// ReadTarget reads what a goal asks: a target in our own form (a requirement with "skill" or "of"), or the target that
// follows from a framework document.
func ReadTarget(data []byte) (*Requirement, error) {
	doc, err := ijson.Parse(data, nil)
	if err != nil {
		return nil, fmt.Errorf("framework: %w", err)
	}
	root := doc.Root()
	if root.Has("of") || root.Has("skill") {
		var r Requirement
		if err := ijson.Unmarshal(data, &r); err != nil {
			return nil, fmt.Errorf("framework: %w", err)
		}
		return &r, r.check("")
	}
	f, err := Read(data)
	if err != nil {
		return nil, fmt.Errorf("framework: the document is no target (it has neither \"of\" nor \"skill\") and no framework: %w", err)
	}
	return f.Target(), nil
}

// check refuses a tree that cannot be counted.
func (r *Requirement) check(at string) error {
	switch r.Op {
	case "", All, Any, AtLeast, Credits, Count:
	default:
		return fmt.Errorf("framework: %s/op: %q is not one of all, any, atLeast, credits, count", at, r.Op)
	}
	if r.Op == "" && len(r.Of) > 0 {
		r.Op = All
	}
	if r.Op == "" && r.Skill == "" {
		return fmt.Errorf("framework: %s: a requirement needs \"skill\", or \"op\" and \"of\"", at)
	}
	if r.Op != "" && len(r.Of) == 0 {
		return fmt.Errorf("framework: %s/of is empty", at)
	}
	for i := range r.Of {
		if err := r.Of[i].check(fmt.Sprintf("%s/of/%d", at, i)); err != nil {
			return err
		}
	}
	return nil
}

// Target asks for every node of a framework that no other node is a part of, or rather for the leaves below: what a
// record can be compared with. Domains and documents are headings.
func (f *Framework) Target() *Requirement {
	parent := map[string]bool{}
	for _, a := range f.Associations {
		if a.Type == "isChildOf" || a.Type == "isPartOf" {
			parent[Key(a.Destination)] = true
		}
	}
	out := &Requirement{ID: f.ID, Name: f.Title, Source: f.Publisher, Op: All}
	for _, n := range f.Nodes {
		if !parent[Key(n.ID)] {
			out.Of = append(out.Of, Requirement{ID: n.ID, Name: n.Name, Skill: n.ID, Essential: true, Description: n.Description})
		}
	}
	return out
}
