package jsonld

import (
	"bytes"
	"slices"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/rdf"
)

// object writes a node object and returns its node. in is the property it is a
// value of, nil at the root. It returns errBail if the object is for the
// generic path.
func (f *fast) object(c *fastContext, in *entry, v ijson.Value, g rdf.Node) (rdf.Node, error) {
	if f.p.opts.Part != nil && in != nil && !f.inPart && f.p.opts.Part(v) {
		if n, err := f.part(c, in, v, g); err != errPart {
			return n, err
		}
	}
	next, err := f.enter(c, in, v)
	if err != nil {
		return 0, err
	}
	step, err := f.enterTypes(next, v)
	if err != nil {
		return 0, err
	}
	var omit []string
	if in == nil {
		omit = f.p.opts.OmitTopLevel
	}
	mark := len(f.entries)
	n, err := f.members(step, v, g, omit)
	f.entries = f.entries[:mark]
	return n, err
}

// members looks up what the members of an object mean and then writes them,
// except those in omit.
func (f *fast) members(step *typeStep, v ijson.Value, g rdf.Node, omit []string) (rdf.Node, error) {
	mark := len(f.entries)
	c := step.next
	var id ijson.Value
	for name, m := range v.Members() {
		if name == "@context" || omit != nil && slices.Contains(omit, name) {
			f.entries = append(f.entries, nil)
			continue
		}
		e := f.entry(c, name)
		switch e.kind {
		case entryOdd:
			return 0, errBail
		case entryDiffers:
			return 0, errPart
		case entryID:
			if id.IsValid() || !m.IsString() {
				return 0, errBail
			}
			id = m
		}
		f.entries = append(f.entries, e)
	}
	n, err := f.subject(c, id, v)
	if err != nil {
		return 0, err
	}
	for _, t := range step.types {
		f.ds.AddIRI(n, f.w.typ, f.text(t), g)
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

// enter finds the context for an object, without the contexts of its types.
func (f *fast) enter(c *fastContext, in *entry, v ijson.Value) (*fastContext, error) {
	if c.active.previous != nil {
		keep, ok := f.keepsTypeScope(c, v)
		if !ok {
			return nil, errBail
		}
		if !keep {
			c = f.previous(c)
		}
	}
	var err error
	if in != nil && in.term != nil && in.term.scoped != nil {
		if c, err = f.scopedContext(c, in); err != nil {
			return nil, err
		}
	}
	if local := v.Get("@context"); local.IsValid() {
		return f.applyText(c, local)
	}
	return c, nil
}

// enterTypes finds the context for the members of an object by its types.
func (f *fast) enterTypes(c *fastContext, v ijson.Value) (*typeStep, error) {
	if c.manyNames {
		return nil, errBail
	}
	var types ijson.Value
	for _, key := range c.typeKeys {
		if t := v.Get(key); t.IsValid() {
			if types.IsValid() {
				return nil, errBail // two of them: rare
			}
			types = t
		}
	}
	if !types.IsValid() {
		return &c.untyped, nil
	}
	return f.typeStep(c, types)
}

// keepsTypeScope is for an object in a type-scoped context. ok is false if
// the object may be a value object.
func (f *fast) keepsTypeScope(c *fastContext, v ijson.Value) (keep, ok bool) {
	if v.Has("@value") || c.manyNames {
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

// scopedKey is a property with a scoped context, and the context it is
// applied to.
type scopedKey struct {
	in   *entry
	from *fastContext
}

// scopedContext applies the scoped context of a property.
func (f *fast) scopedContext(c *fastContext, in *entry) (*fastContext, error) {
	if in.scopedFrom == c && in.scopedRun == f.run {
		return in.scoped, nil
	}
	key := scopedKey{in, c}
	next := f.scopes[key]
	var err error
	if next == nil {
		if err = f.p.charge("", 1); err != nil {
			return nil, err
		}
		if next = in.scoped; in.scopedFrom != c {
			next, err = f.step(c, func(a *activeContext) (*activeContext, error) { return f.p.scoped(a, in.term, true, true) })
		}
		if err != nil {
			return nil, err
		}
		f.scopes[key] = next
	}
	if in.ctx.keeps(c) && in.ctx.keeps(next) {
		in.scopedFrom, in.scoped, in.scopedRun = c, next, f.run
	}
	return next, nil
}

// textStep is where the value of @context leads.
type textStep struct {
	next *fastContext
	run  uint32 // the conversion that used it last
}

// textKey names a textStep that does not outlive the document.
type textKey struct {
	from *fastContext
	text string
}

func (f *fast) applyText(c *fastContext, v ijson.Value) (*fastContext, error) {
	step := c.byText[string(v.Raw())]
	if step != nil && step.run == f.run {
		return step.next, nil
	}
	if next := f.texts[textKey{c, string(v.Raw())}]; next != nil {
		return next, nil
	}
	urls := 0 // objects are counted where they are processed
	for _, e := range v.Each() {
		if e.IsString() {
			urls++
		}
	}
	if err := f.p.charge("", urls); err != nil {
		return nil, f.p.at(err, "@context")
	}
	if step != nil {
		step.run = f.run
		return step.next, nil
	}
	next, err := f.step(c, func(a *activeContext) (*activeContext, error) { return f.p.applyValue(a, v) })
	switch {
	case err != nil:
	case c.shared() && next.shared() && len(c.byText) < maxKept:
		c.byText[string(v.Raw())] = &textStep{next, f.run}
	default:
		f.texts[textKey{c, string(v.Raw())}] = next
	}
	return next, err
}

// step does to a context, and if it stands for two, to both, what do does.
// Its work with embedded contexts is counted by its callers: whether it was
// done for another document already must not matter.
func (f *fast) step(c *fastContext, do func(*activeContext) (*activeContext, error)) (*fastContext, error) {
	f.p.cache, f.cache, f.p.free = f.cache, f.p.cache, true
	defer func() { f.p.cache, f.cache, f.p.free = f.cache, f.p.cache, false }()
	active, err := do(c.active)
	if err != nil {
		return nil, err
	}
	if c.peer == nil {
		return f.context(active), nil
	}
	peer, err := do(c.peer)
	if err != nil {
		return nil, err
	}
	return f.both(active, peer)
}

// previous is what a type-scoped context goes back to.
func (f *fast) previous(c *fastContext) *fastContext {
	if c.before == nil {
		if c.peer == nil {
			c.before = f.context(c.active.previous)
		} else {
			c.before = f.pair(c.active.previous, c.peer.previous)
		}
	}
	return c.before
}

// typeStep returns where the value of @type leads.
func (f *fast) typeStep(c *fastContext, v ijson.Value) (*typeStep, error) {
	if step := c.byType[string(v.Raw())]; step != nil {
		if step.run == f.run {
			return step, nil
		}
		step.run = f.run
		return step, f.p.charge("", step.cost)
	}
	return f.newTypeStep(c, v)
}

func (f *fast) newTypeStep(c *fastContext, v ijson.Value) (*typeStep, error) {
	step := &typeStep{run: f.run}
	for _, e := range v.Each() {
		iri, ok := f.p.expandIRI(c.active, e.Text(), true, true)
		if !e.IsString() || !ok || !isIRI(iri) || !wellFormed(iri) {
			return nil, errBail
		}
		if c.peer != nil {
			if other, _ := f.p.expandIRI(c.peer, e.Text(), true, true); other != iri {
				return nil, errPart
			}
		}
		step.types = append(step.types, f.symbol(iri))
		if t := c.active.term(e.Text()); t != nil && t.scoped != nil {
			step.cost++
		}
	}
	if len(step.types) == 0 {
		return nil, errBail
	}
	err := f.p.charge("", step.cost)
	if err != nil {
		return nil, err
	}
	step.next, err = f.step(c, func(a *activeContext) (*activeContext, error) { return f.p.applyTypes(a, a, v) })
	if err != nil {
		return nil, err
	}
	if c.keeps(step.next) && len(c.byType) < maxKept {
		c.byType[string(v.Raw())] = step
	}
	return step, nil
}

// subject returns the node of an object.
func (f *fast) subject(c *fastContext, id, v ijson.Value) (rdf.Node, error) {
	if !id.IsValid() {
		label := ""
		if f.relabel {
			label = f.p.opts.Label(v)
		}
		return f.ds.Blank(label), nil
	}
	if t, ok := f.plainIRI(c, id); ok {
		return f.ds.IRI(t), nil
	}
	if c.peer != nil {
		return 0, errPart
	}
	iri, ok := f.p.expandIRI(c.active, id.Text(), false, true)
	if !ok || !isAbsolute(iri) {
		return 0, errBail
	}
	n, ok := f.w.resource(iri)
	if !ok {
		return 0, errBail
	}
	return n, nil
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
	if c.isPrefix(string(scheme)) && !bytes.HasPrefix(raw[colon+1:], []byte("//")) || !isScheme(string(scheme)) {
		return rdf.Text{}, false
	}
	return f.ds.Source(v.Offset()+1-f.base, len(raw)), true
}

// isPrefix reports whether name begins compact IRIs.
func (c *fastContext) isPrefix(name string) bool {
	t := c.active.term(name)
	if (t == nil || !t.prefix) && c.peer != nil {
		t = c.peer.term(name)
	}
	return t != nil && t.prefix
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
