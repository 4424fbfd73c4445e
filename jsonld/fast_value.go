package jsonld

import (
	"bytes"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/rdf"
)

// member writes the value of a property.
func (f *fast) member(c *fastContext, e *entry, n rdf.Node, name string, v ijson.Value, g rdf.Node) error {
	switch e.kind {
	case entryDrop:
		if c.peer != nil {
			return errPart
		}
		reason := ReasonUndefinedTerm
		if keywordForm(name) {
			reason = ReasonReservedTerm
		}
		f.p.drop(name, reason, name)
		return nil
	case entrySlow:
		return f.slowMember(c, e, n, name, v, g)
	}
	if e.isSimple() && v.Kind() < ijson.Array && !e.isContainer() {
		f.scalar(e, n, f.predicate(e.symbol), v, g)
		return nil
	}
	f.p.enter(name)
	var err error
	switch {
	case !e.isContainer():
		err = f.value(c, e, n, f.predicate(e.symbol), name, v, g)
	case e.term.container&containerList != 0:
		err = f.list(c, e, n, name, v, g)
	default:
		err = f.graph(c, e, n, name, v, g)
	}
	f.p.leave()
	return err
}

// value writes a value, or each of an array.
func (f *fast) value(c *fastContext, e *entry, n rdf.Node, p rdf.Predicate, name string, v ijson.Value, g rdf.Node) error {
	switch v.Kind() {
	case ijson.Null:
		return nil
	case ijson.Array:
		i := 0
		for item := range v.Elements() {
			if item.Kind() < ijson.Array && e.isSimple() {
				f.scalar(e, n, p, item, g)
				i++
				continue
			}
			f.p.enterIndex(i)
			err := f.value(c, e, n, p, name, item, g)
			f.p.leave()
			i++
			if err != nil {
				return err
			}
		}
		return nil
	case ijson.Object:
		return f.objectValue(c, e, n, p, name, v, g)
	}
	if !e.isSimple() {
		var err error
		if e, err = f.scalarEntry(e, name); err != nil {
			return err
		}
	}
	if e.kind == entrySlow || e.kind == entryIRI && v.IsString() && !f.iri(e, n, p, v, g) || e.kind == entryVocab && !f.word(e, n, p, v, g) {
		return f.slowValue(c, n, p, name, v, g)
	} else if e.kind == entryVocab {
		return nil
	} else if e.kind == entryLiteral || !v.IsString() {
		f.scalar(e, n, p, v, g)
	}
	return nil
}

// isContainer reports whether values are put in a list or a graph.
func (e *entry) isContainer() bool {
	return e.term != nil && e.term.container&(containerList|containerGraph) != 0
}

// isSimple reports whether scalars need no more than f.scalar.
func (e *entry) isSimple() bool {
	return e.kind == entryLiteral && (e.term == nil || e.term.scoped == nil)
}

// scalarEntry returns what holds for scalar values of a property: where it
// has a scoped context, that counts.
func (f *fast) scalarEntry(e *entry, name string) (*entry, error) {
	if e.term == nil || e.term.scoped == nil {
		return e, nil
	}
	inside, err := f.scopedContext(e.ctx, e)
	if err != nil {
		return nil, err
	}
	if e.scalar == nil || e.scalar.ctx != inside {
		inner := *e // what the property is does not change, only its values
		inner.term, inner.ctx, inner.words = inside.active.term(name), inside, nil
		f.setKind(&inner, inside)
		if inside.peer != nil && !f.sameEntry(&inner, name) {
			return nil, errPart
		}
		if inner.term == nil || inner.term.scoped != nil && inner.term.scoped != e.term.scoped {
			inner.kind = entrySlow
		}
		e.scalar = &inner
	}
	return e.scalar, nil
}

// scalar writes a literal.
func (f *fast) scalar(e *entry, n rdf.Node, p rdf.Predicate, v ijson.Value, g rdf.Node) {
	switch v.Kind() {
	case ijson.String:
		f.ds.AddLiteral(n, p, f.literal(v), f.suffixOf(e.suffix), g)
	case ijson.Bool, ijson.Number:
		datatype := ""
		if e.number {
			datatype = f.names[e.suffix][1:]
		}
		var text string
		if v.Kind() == ijson.Number {
			text, datatype = number(v.Float(), datatype)
		} else {
			text, datatype = string(v.Raw()), orElse(datatype, rdf.XSDBoolean)
		}
		f.ds.AddLiteral(n, p, f.ds.Text(text), f.ds.Datatype(datatype), g)
	}
}

// literal returns the text of a string, in place if it can stay there.
func (f *fast) literal(v ijson.Value) rdf.Text {
	raw := v.Raw()
	raw = raw[1 : len(raw)-1]
	if !f.hasDEL && bytes.IndexByte(raw, '\\') < 0 || rdf.Escaped(raw) {
		return f.ds.Source(v.Offset()+1-f.base, len(raw))
	}
	return f.ds.Text(v.Text())
}

// iri writes a reference, if its text is an absolute IRI.
func (f *fast) iri(e *entry, n rdf.Node, p rdf.Predicate, v ijson.Value, g rdf.Node) bool {
	t, ok := f.plainIRI(e.ctx, v)
	if ok {
		f.ds.AddIRI(n, p, t, g)
	}
	return ok
}

// word writes a reference, if its text is a term or an IRI.
func (f *fast) word(e *entry, n rdf.Node, p rdf.Predicate, v ijson.Value, g rdf.Node) bool {
	if !v.IsString() || e.ctx.peer != nil {
		return false
	}
	s, ok := e.words[string(v.Raw())]
	if !ok {
		iri, isMapped := f.p.expandIRI(e.ctx.active, v.Text(), true, true)
		if !isMapped || !isIRI(iri) || !wellFormed(iri) {
			return false
		}
		s = f.symbol(iri)
		if e.words == nil {
			e.words = map[string]symbol{}
		}
		if len(e.words) < maxKept {
			e.words[string(v.Raw())] = s
		}
	}
	f.ds.AddIRI(n, p, f.text(s), g)
	return true
}

// objectValue writes an object that is a value of a property.
func (f *fast) objectValue(c *fastContext, e *entry, n rdf.Node, p rdf.Predicate, name string, v ijson.Value, g rdf.Node) error {
	o, err := f.object(e.ctx, e, v, g)
	if err == errBail {
		return f.slowValue(c, n, p, name, v, g)
	}
	if err == nil {
		f.ds.AddNode(n, p, o, g)
	}
	return err
}

// slowMember has the generic path expand a member, and writes the result.
func (f *fast) slowMember(c *fastContext, e *entry, n rdf.Node, name string, v ijson.Value, g rdf.Node) error {
	if c.peer != nil {
		return errPart
	}
	f.p.enter(name)
	defer f.p.leave()
	x := &objectExpansion{p: f.p, active: c.active, result: object{}}
	if err := x.propertyValue(e.iri, member{name, v}); err != nil {
		return err
	}
	for _, name := range sortedNames(x.result) {
		if err := f.w.member(n, true, name, x.result[name], g); err != nil {
			return err
		}
	}
	return nil
}

// slowValue has the generic path expand one value of a property.
func (f *fast) slowValue(c *fastContext, n rdf.Node, p rdf.Predicate, name string, v ijson.Value, g rdf.Node) error {
	if c.peer != nil {
		return errPart
	}
	item, err := f.p.expand(c.active, name, v, expandFlags{})
	if err != nil {
		return err
	}
	for _, o := range asArray(item) {
		if err := f.w.value(n, p, true, o, g); err != nil {
			return err
		}
	}
	return nil
}

// list writes the value of a property with the container @list.
func (f *fast) list(c *fastContext, e *entry, n rdf.Node, name string, v ijson.Value, g rdf.Node) error {
	if v.Kind() != ijson.Array || !e.isSimple() {
		return f.slowList(c, e, n, name, v, g)
	}
	for item := range v.Elements() {
		if k := item.Kind(); k == ijson.Null || k >= ijson.Array {
			return f.slowList(c, e, n, name, v, g)
		}
	}
	p := f.predicate(e.symbol)
	end := f.w.nilNode()
	if v.Len() == 0 {
		f.ds.AddNode(n, p, end, g)
		return nil
	}
	for item := range v.Elements() {
		cell := f.ds.Blank("")
		f.ds.AddNode(n, p, cell, g)
		f.scalar(e, cell, f.w.first, item, g)
		n, p = cell, f.w.rest
	}
	f.ds.AddNode(n, p, end, g)
	return nil
}

func (f *fast) slowList(c *fastContext, e *entry, n rdf.Node, name string, v ijson.Value, g rdf.Node) error {
	f.p.leave()
	defer f.p.enter(name)
	return f.slowMember(c, e, n, name, v, g)
}

// graph writes the value of a property with the container @graph: each
// object is a graph of its own.
func (f *fast) graph(c *fastContext, e *entry, n rdf.Node, name string, v ijson.Value, g rdf.Node) error {
	p := f.predicate(e.symbol)
	switch v.Kind() {
	case ijson.Null:
		return nil
	case ijson.Array:
		i := 0
		for item := range v.Elements() {
			f.p.enterIndex(i)
			err := f.graphItem(c, e, n, p, name, item, g)
			f.p.leave()
			i++
			if err != nil {
				return err
			}
		}
		return nil
	}
	return f.graphItem(c, e, n, p, name, v, g)
}

func (f *fast) graphItem(c *fastContext, e *entry, n rdf.Node, p rdf.Predicate, name string, v ijson.Value, g rdf.Node) error {
	if v.Kind() == ijson.Object {
		graph := f.ds.Blank("")
		before, dropped := f.ds.Len(), len(f.p.dropped)
		_, err := f.object(e.ctx, e, v, graph)
		if err == nil && f.ds.Len() > before {
			f.ds.AddNode(n, p, graph, g)
			return nil
		}
		if err != nil && err != errBail {
			return err
		}
		f.p.dropped = f.p.dropped[:dropped]
	}
	if c.peer != nil {
		return errPart
	}
	item, err := f.p.expand(c.active, name, v, expandFlags{})
	if err != nil {
		return err
	}
	for _, i := range asArray(item) {
		o, _ := i.(object)
		if o != nil && f.p.saysNothing(o) {
			continue
		}
		if err := f.w.value(n, p, true, object{"@graph": []any{i}}, g); err != nil {
			return err
		}
	}
	return nil
}
