package jsonld

import (
	"bytes"
	"slices"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/rdf"
)

// object writes a node object and returns its node: 0 if RDF cannot have it,
// or if it turned out to be a value or a list, which is what generic returns.
// in is the property it is a value of, nil at the root.
func (f *fast) object(c *fastContext, in *entry, v ijson.Value, g rdf.Node) (rdf.Node, error) {
	next, step, ok, err := f.enterObject(c, in, v)
	if err != nil || !ok {
		return 0, orBail(err)
	}
	mark := len(f.entries)
	n, err := f.members(next, step, v, g)
	f.entries = f.entries[:mark]
	return n, err
}

// members looks up what the members mean and then writes them.
func (f *fast) members(c *fastContext, step *typeStep, v ijson.Value, g rdf.Node) (rdf.Node, error) {
	mark := len(f.entries)
	var id ijson.Value
	omit := f.p.opts.OmitTopLevel
	if len(f.p.path) > 0 {
		omit = nil
	}
	for name, m := range v.Members() {
		if name == "@context" || omit != nil && slices.Contains(omit, name) {
			f.entries = append(f.entries, nil)
			continue
		}
		e := f.entry(c, name)
		switch e.kind {
		case entryOdd:
			return 0, errBail
		case entryID:
			if id.IsValid() || !m.IsString() {
				return 0, errBail
			}
			id = m
		}
		f.entries = append(f.entries, e)
	}
	n, valid := f.subject(c, id, v)
	if !valid {
		return 0, errBail
	}
	if step != nil {
		for _, t := range step.types {
			f.ds.AddIRI(n, f.w.typ, f.text(t), g)
		}
	}
	i := mark
	for name, m := range v.Members() {
		e := f.entries[i]
		i++
		if e == nil || e.kind == entryID || e.kind == entryType || e.kind == entryNull {
			continue
		}
		if err := f.member(c, e, n, name, m, g); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// errBail says that an object is for the generic path. Nothing has been
// written or reported of it by then.
var errBail = &Error{Code: "not for the fast path"}

func orBail(err error) error {
	if err == nil {
		return errBail
	}
	return err
}

// enterObject finds the context for the members of an object. ok is false if
// the object is for the generic path.
func (f *fast) enterObject(c *fastContext, in *entry, v ijson.Value) (next *fastContext, step *typeStep, ok bool, err error) {
	if c.previous != nil {
		keep, ok := f.keepsTypeScope(c, v)
		if !ok {
			return nil, nil, false, nil
		}
		if !keep {
			c = c.previous
		}
	}
	if in != nil && in.term != nil && in.term.scoped != nil {
		if c, err = f.scopedContext(c, in); err != nil {
			return nil, nil, false, err
		}
	}
	if local := v.Get("@context"); local.IsValid() {
		if c, err = f.applyText(c, local); err != nil {
			return nil, nil, false, err
		}
	}
	var types ijson.Value
	for _, key := range c.typeKeys {
		if t := v.Get(key); t.IsValid() {
			if types.IsValid() {
				return nil, nil, false, nil // two of them: rare
			}
			types = t
		}
	}
	if !types.IsValid() {
		return c, nil, true, nil
	}
	step, err = f.typeStep(c, types)
	if err != nil || step == nil {
		return nil, nil, false, err
	}
	return step.next, step, true, nil
}

// keepsTypeScope is for an object in a type-scoped context. ok is false if
// the object may be a value object.
func (f *fast) keepsTypeScope(c *fastContext, v ijson.Value) (keep, ok bool) {
	if v.Has("@value") {
		return false, false
	}
	for _, name := range c.odd {
		if v.Has(name) {
			return false, false
		}
	}
	if v.Len() == 1 {
		for name := range v.Members() {
			return f.entry(c, name).kind == entryID, true
		}
	}
	return false, true
}

// scopedContext applies the scoped context of a property.
func (f *fast) scopedContext(c *fastContext, in *entry) (*fastContext, error) {
	if in.scoped != nil && in.ctx == c {
		return in.scoped, nil
	}
	next, err := f.p.scoped(c.active, in.term, true, true)
	if err != nil {
		return nil, err
	}
	fc := f.context(next)
	if in.ctx == c {
		in.scoped = fc
	}
	return fc, nil
}

func (f *fast) applyText(c *fastContext, v ijson.Value) (*fastContext, error) {
	if next := c.byText[string(v.Raw())]; next != nil {
		return next, nil
	}
	active, err := f.p.applyValue(c.active, v)
	if err != nil {
		return nil, err
	}
	next := f.context(active)
	if !c.active.shared || active.shared && len(c.byText) < maxKept {
		c.byText[string(v.Raw())] = next
	}
	return next, nil
}

// typeStep returns where the value of @type leads, or nil if it is for the
// generic path.
func (f *fast) typeStep(c *fastContext, v ijson.Value) (*typeStep, error) {
	if step := c.byType[string(v.Raw())]; step != nil {
		return step, nil
	}
	step := &typeStep{}
	for _, e := range v.Each() {
		iri, ok := f.p.expandIRI(c.active, e.Text(), true, true)
		if !e.IsString() || !ok || isKeyword(iri) || !isIRI(iri) || !wellFormed(iri) {
			return nil, nil
		}
		step.types = append(step.types, f.symbol(iri))
	}
	if len(step.types) == 0 {
		return nil, nil
	}
	active, err := f.p.applyTypes(c.active, c.active, v)
	if err != nil {
		return nil, err
	}
	step.next = f.context(active)
	if !c.active.shared || active.shared && len(c.byType) < maxKept {
		c.byType[string(v.Raw())] = step
	}
	return step, nil
}

// subject returns the node of an object; false if it is for the generic path.
func (f *fast) subject(c *fastContext, id, v ijson.Value) (rdf.Node, bool) {
	if !id.IsValid() {
		label := ""
		if f.relabel {
			label = f.p.opts.Label(v)
		}
		return f.ds.Blank(label), true
	}
	if t, ok := f.plainIRI(c, id); ok {
		return f.ds.IRI(t), true
	}
	iri, ok := f.p.expandIRI(c.active, id.Text(), false, true)
	if !ok || !isAbsolute(iri) {
		return 0, false
	}
	return f.w.resource(iri)
}

// plainIRI returns the text of a string that is an absolute IRI as it stands.
func (f *fast) plainIRI(c *fastContext, v ijson.Value) (rdf.Text, bool) {
	raw := v.Raw()
	raw = raw[1 : len(raw)-1]
	colon := 0
	fragment := false
	for i, b := range raw {
		switch iriClass[b] {
		case classForbidden:
			return rdf.Text{}, false
		case classColon:
			if colon == 0 {
				colon = i
			}
		case classFragment:
			if fragment {
				return rdf.Text{}, false
			}
			fragment = true
		}
	}
	if colon == 0 {
		return rdf.Text{}, false
	}
	scheme := raw[:colon]
	if c.prefixes[string(scheme)] != nil && !bytes.HasPrefix(raw[colon+1:], []byte("//")) || !isScheme(string(scheme)) {
		return rdf.Text{}, false
	}
	return f.ds.Source(v.Offset()+1-f.base, len(raw)), true
}

const (
	classForbidden = 1 + iota // not in a plain IRI: for the generic path
	classColon
	classFragment
)

// iriClass sorts the bytes of IRIs. What is not ASCII may be white space and
// is left to the generic path.
var iriClass = func() (class [256]uint8) {
	for b := range class {
		if b <= ' ' || b >= 0x7f || forbidden[b] {
			class[b] = classForbidden
		}
	}
	class[':'], class['#'] = classColon, classFragment
	return class
}()
