package jsonld

import (
	"errors"
	"maps"
	"slices"
	"sync"
)

// activeContext is an active context (JSON-LD 1.1 API, section 4.1). It does
// not change after it is made. Terms are kept in layers over the context it
// was made from, each at least twice as large as the one above it: so a
// small context on top of a large one costs no more than a small one, and a
// term is looked up in few maps.
type activeContext struct {
	terms     map[string]*term
	under     *activeContext // the layer below, or nil
	aliases   []string       // terms that stand for keywords, in any layer
	manyNames bool           // aliases is incomplete: there are too many
	base      optional       // @base, if a context set it
	vocab     string
	hasVocab  bool
	language  string
	direction string
	protects  bool           // some term is protected
	previous  *activeContext // what to go back to when a node object is left
	shared    bool           // made of embedded contexts only
}

// maxAliases bounds what an active context keeps of its terms for keywords.
// Contexts in use have two to five.
const maxAliases = 16

// term is a term definition (JSON-LD 1.1 API, section 4.1).
type term struct {
	iri       string // "" if the term maps to null
	typ       string // "", @id, @vocab, @json, @none, or a datatype
	container container
	prefix    bool
	protected bool
	reverse   bool
	language  optional
	direction optional
	index     string
	nest      string
	scoped    *contextList
}

var initialContext = &activeContext{shared: true}

func (c *activeContext) term(name string) *term {
	for ; c != nil; c = c.under {
		if t, ok := c.terms[name]; ok {
			return t
		}
	}
	return nil
}

// child returns a context to add definitions to.
func (c *activeContext) child() *activeContext {
	n := *c
	n.terms = nil
	if len(c.terms) > 0 {
		n.under = c
	}
	return &n
}

// set adds a definition while the context is being made.
func (c *activeContext) set(name string, t *term) {
	if c.terms == nil {
		c.terms = map[string]*term{}
	}
	c.terms[name] = t
	c.protects = c.protects || t.protected
	i := slices.Index(c.aliases, name)
	switch keyword := isKeyword(t.iri); {
	case keyword == (i >= 0):
	case !keyword:
		c.aliases = slices.Delete(slices.Clone(c.aliases), i, i+1)
	case len(c.aliases) < maxAliases:
		c.aliases = append(slices.Clip(c.aliases), name)
	default:
		c.manyNames = true
	}
}

// settle merges layers that are too small to stand alone; all of them, if the
// context is kept for other documents.
func (c *activeContext) settle() {
	for c.under != nil && (c.shared || 2*len(c.terms) > len(c.under.terms)) {
		merged := make(map[string]*term, len(c.terms)+len(c.under.terms))
		maps.Copy(merged, c.under.terms)
		maps.Copy(merged, c.terms)
		c.terms, c.under = merged, c.under.under
	}
}

// transition is a step from an active context to another.
type transition struct {
	from      *activeContext
	list      *contextList
	override  bool // protected terms may be redefined: property-scoped contexts
	propagate bool
}

// sharedTransitions are steps between contexts made of embedded ones. They
// are the same for every document.
var sharedTransitions = struct {
	sync.RWMutex
	m map[transition]*activeContext
}{m: map[transition]*activeContext{}}

// maxSharedTransitions bounds the memory that documents with embedded
// contexts in ever new orders can fill: some 40 kB each. All of the field's
// use of its contexts needs about 300.
const maxSharedTransitions = 1024

func sharedTransition(t transition) *activeContext {
	sharedTransitions.RLock()
	defer sharedTransitions.RUnlock()
	return sharedTransitions.m[t]
}

// keepTransition returns the context to use from now on: the first that was
// kept, so that its address is the same for all.
func keepTransition(t transition, c *activeContext) *activeContext {
	sharedTransitions.Lock()
	defer sharedTransitions.Unlock()
	if first, ok := sharedTransitions.m[t]; ok {
		return first
	}
	if len(sharedTransitions.m) >= maxSharedTransitions {
		alone := *c
		alone.shared = false // nothing else may keep it either
		return &alone
	}
	sharedTransitions.m[t] = c
	return c
}

// contextProcessor applies local contexts. It belongs to one conversion.
type contextProcessor struct {
	documentBase string
	documents    map[string][]byte
	remote       map[string]*contextList // documents read in this conversion
	cache        map[transition]*activeContext
	left         int             // contexts that may still be processed
	free         bool            // steps between embedded contexts are counted elsewhere
	validating   map[string]bool // scoped contexts by URL, to end recursion
}

// apply is Context Processing (JSON-LD 1.1 API, section 4.1.2), with what it
// did before kept.
func (p *contextProcessor) apply(t transition) (*activeContext, error) {
	if c := p.cache[t]; c != nil {
		return c, nil
	}
	share := t.from.shared && t.list.shared
	if !share || !p.free {
		if err := p.charge("", 1); err != nil {
			return nil, err
		}
	}
	if share {
		if c := sharedTransition(t); c != nil {
			p.cache[t] = c
			return c, nil
		}
	}
	c, err := p.process(t, 0)
	if err != nil {
		return nil, err
	}
	if share {
		c = keepTransition(t, c)
	}
	p.cache[t] = c
	return c, nil
}

// charge counts contexts that have to be processed. Whether another document
// had them processed already must not matter: the limit is the same for all.
func (p *contextProcessor) charge(url string, n int) error {
	if p.left -= n; p.left < 0 {
		return &ContextError{Code: codeContextOverflow, URL: url, Msg: "the document has too many contexts"}
	}
	return nil
}

// process applies each context of a list; depth counts how many contexts
// referred to the list.
func (p *contextProcessor) process(t transition, depth int) (*activeContext, error) {
	result := t.from
	if len(t.list.elements) == 1 {
		if l := t.list.elements[0].local; l != nil && l.propagate != unset {
			t.propagate = l.propagate == yes
		}
	}
	if !t.propagate && result.previous == nil {
		n := result.child()
		n.previous = t.from
		result = n
	}
	for _, e := range t.list.elements {
		var err error
		switch {
		case e.null:
			result, err = nullify(result, t)
		case e.local != nil:
			result, err = p.applyLocal(result, e.local, t, depth)
		default:
			result, err = p.applyRemote(result, e.url, t, depth)
		}
		if err != nil {
			return nil, err
		}
	}
	return result, nil
}

func nullify(c *activeContext, t transition) (*activeContext, error) {
	if !t.override && c.protects {
		return nil, contextError(codeNullification, "", "a context with protected terms cannot be cleared")
	}
	n := *initialContext
	n.shared = c.shared
	if !t.propagate {
		n.previous = c
	}
	return &n, nil
}

func (p *contextProcessor) applyRemote(c *activeContext, url string, t transition, depth int) (*activeContext, error) {
	base := t.list.source
	if base == "" {
		base = p.documentBase
	}
	url = resolve(base, url)
	list, err := p.load(url)
	if err != nil {
		return nil, err
	}
	step := transition{from: c, list: list, override: t.override, propagate: true}
	if next := p.cache[step]; next != nil {
		return next, nil
	}
	if depth >= maxRemoteContexts {
		return nil, &ContextError{Code: codeContextOverflow, URL: url, Msg: "contexts refer to each other without end"}
	}
	share := c.shared && list.shared
	if !share || !p.free {
		if err := p.charge(url, 1); err != nil {
			return nil, err
		}
	}
	if share {
		if next := sharedTransition(step); next != nil {
			p.cache[step] = next
			return next, nil
		}
	}
	next, err := p.process(step, depth+1)
	if err != nil {
		var ce *ContextError
		if errors.As(err, &ce) && ce.URL == "" {
			ce.URL = url
		}
		return nil, err
	}
	if share {
		next = keepTransition(step, next)
	}
	p.cache[step] = next
	return next, nil
}

// load returns the context at a URL: an embedded one, or one of the
// documents the caller gave.
func (p *contextProcessor) load(url string) (*contextList, error) {
	if list := embeddedContext(url); list != nil {
		return list, nil
	}
	if list := p.remote[url]; list != nil {
		return list, nil
	}
	doc, ok := p.documents[url]
	if !ok {
		return nil, &ContextError{Code: codeLoadingRemoteContext, URL: url,
			Msg: "the context is not one that is built in; give its document by file to use it"}
	}
	list, err := readDocument(url, doc)
	if err != nil {
		return nil, err
	}
	p.remote[url] = list
	return list, nil
}

func (p *contextProcessor) applyLocal(c *activeContext, l *localContext, t transition, depth int) (*activeContext, error) {
	if !t.list.shared { // others are charged where they are asked for
		if err := p.charge("", 1); err != nil {
			return nil, err
		}
	}
	if l.imports != "" {
		merged, err := p.merge(l, t)
		if err != nil {
			return nil, err
		}
		l = merged
	}
	n := c.child()
	n.shared = c.shared && t.list.shared
	if err := p.applyDefaults(n, c, l, depth); err != nil {
		return nil, err
	}
	d := &definer{p: p, active: n, local: l, list: t.list, override: t.override, state: map[string]bool{}}
	for i := range l.definitions {
		if err := d.define(l.definitions[i].term); err != nil {
			return nil, err
		}
		if err := d.validateScoped(&l.definitions[i], depth); err != nil {
			return nil, err
		}
	}
	n.settle()
	return n, nil
}

// merge adds to l what it imports and does not say itself.
func (p *contextProcessor) merge(l *localContext, t transition) (*localContext, error) {
	base := t.list.source
	if base == "" {
		base = p.documentBase
	}
	url := resolve(base, l.imports)
	list, err := p.load(url)
	if err != nil {
		return nil, err
	}
	if len(list.elements) != 1 || list.elements[0].local == nil {
		return nil, &ContextError{Code: codeRemoteContext, URL: url, Msg: "an imported context must be one object"}
	}
	from := list.elements[0].local
	if from.imports != "" {
		return nil, &ContextError{Code: codeContextEntry, URL: url, Msg: "an imported context must not import another"}
	}
	m := *l
	m.imports = ""
	for _, f := range [][2]*optional{{&m.base, &from.base}, {&m.vocab, &from.vocab}, {&m.language, &from.language}, {&m.direction, &from.direction}} {
		if !f[0].set {
			*f[0] = *f[1]
		}
	}
	if m.propagate == unset {
		m.propagate = from.propagate
	}
	m.protected = m.protected || from.protected
	m.definitions = append([]definition(nil), l.definitions...)
	for _, d := range from.definitions {
		if l.find(d.term) == nil {
			m.definitions = append(m.definitions, d)
		}
	}
	m.sort()
	return &m, nil
}

// applyDefaults applies @base, @vocab, @language and @direction.
func (p *contextProcessor) applyDefaults(n, c *activeContext, l *localContext, depth int) error {
	if l.base.set && depth == 0 {
		b := l.base
		if !b.null && !isAbsolute(b.value) {
			base := p.baseOf(c)
			if base == "" && b.value != "" {
				return contextError(codeBaseIRI, "", "@base %q is relative and there is no base", b.value)
			}
			b.value = resolve(base, b.value)
		}
		n.base = b
		n.shared = false
	}
	if l.vocab.set {
		vocab, ok := p.expandIRI(n, l.vocab.value, true, true)
		if !ok || keywordForm(l.vocab.value) {
			return contextError(codeVocab, "", "@vocab %q is not an IRI", l.vocab.value)
		}
		n.vocab, n.hasVocab = vocab, true
		if l.vocab.null {
			n.vocab, n.hasVocab = "", false
		}
	}
	if l.language.set {
		n.language = l.language.value
	}
	if l.direction.set {
		n.direction = l.direction.value
	}
	return nil
}

// baseOf returns the base IRI of an active context, "" if there is none.
func (p *contextProcessor) baseOf(c *activeContext) string {
	if c.base.set {
		return c.base.value
	}
	return p.documentBase
}

// expandIRI is IRI Expansion (JSON-LD 1.1 API, section 5.2) outside of
// context processing. It returns false for null.
func (p *contextProcessor) expandIRI(c *activeContext, value string, vocab, relative bool) (string, bool) {
	if len(value) > 0 && value[0] == '@' {
		if isKeyword(value) {
			return value, true
		}
		if keywordForm(value) {
			return "", false
		}
	}
	if vocab {
		if t := c.term(value); t != nil {
			return t.iri, t.iri != ""
		}
	}
	if iri, ok := expandCompact(c, value); ok {
		return iri, true
	}
	return p.relativeIRI(c, value, vocab, relative), true
}

func (p *contextProcessor) relativeIRI(c *activeContext, value string, vocab, relative bool) string {
	switch {
	case vocab && c.hasVocab:
		return c.vocab + value
	case relative:
		return resolve(p.baseOf(c), value)
	}
	return value
}

// expandCompact expands a compact IRI, and returns an absolute IRI as it is.
func expandCompact(c *activeContext, value string) (string, bool) {
	prefix, suffix, ok := cutColon(value)
	if !ok {
		return "", false
	}
	if prefix == "_" || len(suffix) >= 2 && suffix[:2] == "//" {
		return value, true
	}
	if t := c.term(prefix); t != nil && t.iri != "" && t.prefix {
		return t.iri + suffix, true
	}
	return value, isAbsolute(value)
}

// cutColon splits at the first colon after the first character.
func cutColon(s string) (prefix, suffix string, ok bool) {
	for i := 1; i < len(s); i++ {
		if s[i] == ':' {
			return s[:i], s[i+1:], true
		}
	}
	return "", "", false
}
