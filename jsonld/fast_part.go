package jsonld

import (
	"cmp"
	"slices"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/rdf"
)

// A credential inside a record is converted twice if it is verified by
// itself and the record is: once in the context it has in the record, once in
// its own. Mostly both come to the same. So it is converted here under a pair
// of contexts that have to agree on every name it uses, and its quads, which
// stand in a row, are the dataset of both. Where they do not agree, or where
// the generic path is needed, it is converted for the record alone.

// part is a part of a document with its quads.
type part struct {
	offset   int // of the object in the document
	from, to int // its quads
	graph    rdf.Node
}

// Part returns the dataset that ToRDF makes of an object of the document with
// the same options, if the object is a part (see Options.Part) that was
// converted on the way; nothing of it was dropped then. Otherwise it returns
// nil: convert the object by itself.
func (r *Result) Part(v ijson.Value) *rdf.Dataset {
	p, ok := r.part(v)
	if !ok {
		return nil
	}
	return r.Dataset.Slice(p.from, p.to, p.graph)
}

// PartSum returns the hash of the canonical form of what Part returns, or nil where that returns nil.
func (r *Result) PartSum(v ijson.Value, opts *rdf.CanonicalOptions) ([]byte, error) {
	p, ok := r.part(v)
	if !ok {
		return nil, nil
	}
	return r.Dataset.SliceSum(p.from, p.to, p.graph, opts)
}

func (r *Result) part(v ijson.Value) (part, bool) {
	i, ok := slices.BinarySearchFunc(r.parts, v.Offset(), func(p part, offset int) int { return cmp.Compare(p.offset, offset) })
	if !ok {
		return part{}, false
	}
	return r.parts[i], true
}

// errPart says that an object cannot be converted under a pair of contexts.
var errPart = &Error{Code: "not for a pair of contexts"}

// part writes an object that is a part, or takes back what it has written and
// returns errPart.
func (f *fast) part(c *fastContext, in *entry, v ijson.Value, g rdf.Node) (rdf.Node, error) {
	quads, dropped, path, entries := f.ds.Len(), len(f.p.dropped), len(f.p.path), len(f.entries)
	f.inPart = true
	n, step, err := f.partAlone(c, in, v, g)
	f.inPart = false
	f.entries = f.entries[:entries]
	if err != nil || f.ds.Len() == quads || len(f.p.dropped) > dropped {
		// Whatever the error, converting it for the record alone tells.
		f.ds.Truncate(quads)
		f.p.dropped, f.p.path = f.p.dropped[:dropped], f.p.path[:path]
		return 0, errPart
	}
	f.parts = append(f.parts, part{v.Offset(), quads, f.ds.Len(), g})
	return n, f.omitted(step, n, v, g)
}

// partAlone writes what belongs to the part as a document of its own. It
// returns the context of the record's that its members are in.
func (f *fast) partAlone(c *fastContext, in *entry, v ijson.Value, g rdf.Node) (rdf.Node, *typeStep, error) {
	local := v.Get("@context")
	if !onlyURLs(local) {
		return 0, nil, errPart // contexts of its own are not worth keeping pairs of
	}
	inside, err := f.enter(c, in, v)
	if err != nil {
		return 0, nil, err
	}
	root, err := f.p.rootContext()
	if err != nil {
		return 0, nil, err
	}
	alone, err := f.applyText(f.context(root), local)
	if err != nil {
		return 0, nil, err
	}
	if !inside.shared() || !alone.shared() {
		return 0, nil, errPart
	}
	pair, err := f.both(inside.active, alone.active)
	if err != nil {
		return 0, nil, err
	}
	step, err := f.enterTypes(pair, v)
	if err != nil {
		return 0, nil, err
	}
	n, err := f.members(step, v, g, f.p.opts.OmitTopLevel)
	if err != nil {
		return 0, nil, err
	}
	stepInside, err := f.enterTypes(inside, v)
	return n, stepInside, err
}

func onlyURLs(context ijson.Value) bool {
	for _, e := range context.Each() {
		if !e.IsString() {
			return false
		}
	}
	return context.IsValid()
}

// omitted writes the members that belong to the part in the record only: its
// proofs.
func (f *fast) omitted(step *typeStep, n rdf.Node, v ijson.Value, g rdf.Node) error {
	for name, m := range v.Members() {
		if !slices.Contains(f.p.opts.OmitTopLevel, name) {
			continue
		}
		e := f.entry(step.next, name)
		switch e.kind {
		case entryNull, entryID, entryType, entryOdd:
			continue
		}
		if err := f.member(step.next, e, n, name, m, g); err != nil {
			return err
		}
	}
	return nil
}

// both returns the pair of two contexts; one of them if they are the same.
func (f *fast) both(a, b *activeContext) (*fastContext, error) {
	switch {
	case a == b:
		return f.context(a), nil
	case (a.previous == nil) != (b.previous == nil), a.base != b.base:
		return nil, errPart
	}
	return f.pair(a, b), nil
}

// sameEntry reports whether a name means the same in the other context of
// the pair that e is in.
func (f *fast) sameEntry(e *entry, name string) bool {
	o := f.entry(f.context(e.ctx.peer), name)
	if e.kind != o.kind || e.iri != o.iri || e.suffix != o.suffix || e.number != o.number {
		return false
	}
	switch {
	case e.kind == entrySlow:
		return false
	case e.term == nil || o.term == nil:
		return e.term == o.term
	}
	return sameDefinition(e.term, o.term)
}
