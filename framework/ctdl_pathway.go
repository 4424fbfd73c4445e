package framework

import (
	"cmp"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// pathway is what a Pathway asks: what its destination asks, or the destination itself where that asks nothing; without
// a destination, all its components. The components in between are leaves: whoever holds one has met what it asks.
func (r *ctdl) pathway(n ijson.Value) *Requirement {
	out := &Requirement{Op: All}
	for _, d := range term(n, "ceterms:hasDestinationComponent").Each() {
		out.Of = append(out.Of, r.destination(d)...)
	}
	if len(out.Of) == 0 {
		for _, member := range []string{"ceterms:hasChild", "ceterms:hasPart"} {
			for _, c := range term(n, member).Each() {
				out.Of = append(out.Of, r.target(c, true)...)
			}
		}
	}
	return out
}

func (r *ctdl) destination(d ijson.Value) []Requirement {
	n, ok := r.nodes[Key(reference(d))]
	if !ok {
		return r.target(d, true)
	}
	var of []Requirement
	for _, p := range term(n, "ceterms:prerequisite").Each() {
		of = append(of, r.target(p, true)...)
	}
	for _, c := range term(n, "ceterms:hasCondition").Each() {
		of = append(of, r.componentCondition(c, words(term(n, "ceterms:name")))...)
	}
	if len(of) == 0 {
		return r.target(d, true)
	}
	return of
}

// componentCondition reads a ComponentCondition: requiredNumber of its components and conditions, or all, or what its
// logical operator says.
func (r *ctdl) componentCondition(c ijson.Value, of string) []Requirement {
	name := cmp.Or(words(term(c, "ceterms:name")), words(term(c, "ceterms:description")), of)
	out := Requirement{ID: cmp.Or(c.Get("@id").Text(), name), Name: name, Op: All}
	for _, t := range term(c, "ceterms:targetComponent").Each() {
		out.Of = append(out.Of, r.target(t, true)...)
	}
	for _, inner := range term(c, "ceterms:hasCondition").Each() {
		out.Of = append(out.Of, r.componentCondition(inner, name)...)
	}
	if term(c, "ceterms:hasConstraint").IsValid() {
		r.notes = append(r.notes, r.goal+" also sets constraints on its components ("+name+") that are not compared.")
	}
	number := term(c, "ceterms:requiredNumber").Float()
	switch operator := reference(term(c, "ceterms:logicalOperator")); {
	case len(out.Of) == 0:
		return nil
	case number == 1 || number == 0 && strings.HasSuffix(operator, ":Or"):
		out.Op = Any
	case number > 0 && int(number) < len(out.Of):
		out.Op, out.Number = AtLeast, number
	}
	return []Requirement{out}
}
