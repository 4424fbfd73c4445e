package jsonld

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/rdf"
)

// The fast path goes from the JSON text straight to quads. It knows objects
// whose members are @context, @id, @type (under any name) and properties, with
// the values that records have. For a member that has something else, or an
// object that has another keyword, it calls the generic path and writes what
// that returns. Both give the same dataset; a test holds them equal.
//
// What it finds out about a context (what a name means, which context a type
// leads to) is kept with the context, and with it from one document to the
// next if the context is made of embedded ones.

// fastContext is what is known about an active context.
type fastContext struct {
	active    *activeContext
	peer      *activeContext // of a pair: what else every name must mean (see fast_part.go)
	entries   map[string]*entry
	byType    map[string]*typeStep // by the bytes of the value of @type
	byText    map[string]*textStep // by the bytes of @context
	typeKeys  []string             // names of @type
	odd       []string             // names of keywords that the fast path does not know
	manyNames bool                 // there are more of these: objects are for the generic path
	before    *fastContext         // see fast.previous
	untyped   typeStep             // where an object without types is
}

// shared reports whether the context is the same for every document.
func (c *fastContext) shared() bool { return c.active.shared && (c.peer == nil || c.peer.shared) }

// keeps reports whether a way to next can be kept with c: not if c outlives
// the document and next does not.
func (c *fastContext) keeps(next *fastContext) bool { return !c.shared() || next.shared() }

// maxKept bounds what is kept about a context under bytes that a document
// chose.
const maxKept = 256

// entry is what a name means in a context.
type entry struct {
	kind   entryKind
	term   *term
	ctx    *fastContext
	iri    string
	symbol symbol // of iri
	suffix symbol // of the datatype or language of strings
	number bool   // strings have suffix as a datatype, so numbers and booleans too
	scalar *entry // what holds for scalars where the term has a scoped context

	words map[string]symbol // of entryVocab: what strings mean, by their bytes

	scopedFrom, scoped *fastContext // where the scoped context led last, and from where
	scopedRun          uint32
}

type entryKind uint8

const (
	entryNull    entryKind = iota // mapped to null: means nothing, on purpose
	entryDrop                     // undefined
	entryID                       // @id
	entryType                     // @type
	entryOdd                      // another keyword: the object is for the generic path
	entrySlow                     // a property for the generic path
	entryLiteral                  // a property with literals
	entryIRI                      // a property whose strings are IRIs
	entryVocab                    // a property whose strings are terms or IRIs
	entryDiffers                  // of a pair: the name has two meanings
)

// typeStep is where the value of @type leads.
type typeStep struct {
	next  *fastContext
	types []symbol
	cost  int    // how many of the types have contexts
	run   uint32 // the conversion that used it last
}

// symbol is an IRI or suffix that a fastState has a number for.
type symbol uint32

// fastState is the memory of the fast path. One conversion uses it at a time.
type fastState struct {
	contexts map[contextPair]*fastContext
	passing  []contextPair // contexts of this document alone
	symbols  map[string]symbol
	names    []string
	used     []symbolUse // by symbol: what it is in the dataset being written
	run      uint32      // number of the conversion
	entries  []*entry    // stack: the members of the objects being converted
}

// contextPair is a context, or two that have to agree.
type contextPair struct{ active, peer *activeContext }

// symbolUse is what a symbol is in a dataset: it holds for one conversion.
type symbolUse struct {
	predicateRun, suffixRun, textRun uint32
	predicate                        rdf.Predicate
	suffix                           rdf.Suffix
	text                             rdf.Text
}

var fastStates = sync.Pool{New: func() any {
	return &fastState{contexts: map[contextPair]*fastContext{}, symbols: map[string]symbol{"": 0}, names: []string{""}, used: make([]symbolUse, 1)}
}}

// maxSymbols bounds the memory of a state that documents fill.
const maxSymbols = 1 << 16

func (s *fastState) release() {
	for _, c := range s.passing {
		delete(s.contexts, c)
	}
	s.passing = s.passing[:0]
	clear(s.entries[:cap(s.entries)])
	s.entries = s.entries[:0]
	if len(s.names) < maxSymbols {
		fastStates.Put(s)
	}
}

func (s *fastState) symbol(name string) symbol {
	id, ok := s.symbols[name]
	if !ok {
		id = symbol(len(s.names))
		name = strings.Clone(name) // it may be a piece of the document
		s.symbols[name] = id
		s.names = append(s.names, name)
		s.used = append(s.used, symbolUse{})
	}
	return id
}

// fast converts one document on the fast path.
type fast struct {
	*fastState
	p       *processor
	w       *rdfWriter
	ds      *rdf.Dataset
	base    int  // offset of the root in its document
	hasDEL  bool // somewhere in the document is a DEL, which N-Quads escapes
	relabel bool
	inPart  bool
	parts   []part
	texts   map[textKey]*fastContext
	scopes  map[scopedKey]*fastContext
	cache   map[transition]*activeContext // for fast.step
}

// fastToRDF converts a document, or returns false without having done
// anything if its root is not for the fast path.
func (p *processor) fastToRDF(w *rdfWriter, v ijson.Value) (bool, error) {
	if v.Kind() != ijson.Object {
		return false, nil
	}
	root, err := p.rootContext()
	if err != nil {
		return true, err
	}
	raw := v.Raw()
	f := &fast{fastState: p.fastState(), p: p, w: w, ds: w.ds, base: v.Offset(), hasDEL: bytes.IndexByte(raw, 0x7f) >= 0,
		relabel: p.opts.Label != nil, texts: map[textKey]*fastContext{}, scopes: map[scopedKey]*fastContext{}, cache: map[transition]*activeContext{}}
	f.run++
	if p.opts.Base == "" {
		defer f.release()
	}
	f.ds.Grow(len(raw) / 45)
	n, err := f.object(f.context(root), nil, v, 0)
	if err != nil {
		return true, err
	}
	w.parts = f.parts
	// A root that says nothing is dropped, which the generic path reports.
	return n != 0 && f.ds.Len() > 0, nil
}

// fastState returns the memory for a conversion. What types and contexts
// mean can depend on the base; with one, nothing is kept.
func (p *processor) fastState() *fastState {
	if p.opts.Base != "" {
		return fastStates.New().(*fastState)
	}
	return fastStates.Get().(*fastState)
}

// context returns what is known about an active context.
func (f *fast) context(c *activeContext) *fastContext { return f.pair(c, nil) }

// pair returns what is known about an active context, or about two.
func (f *fast) pair(c, peer *activeContext) *fastContext {
	key := contextPair{c, peer}
	fc := f.contexts[key]
	if fc != nil {
		return fc
	}
	fc = &fastContext{active: c, peer: peer, entries: map[string]*entry{}, byType: map[string]*typeStep{}, byText: map[string]*textStep{},
		typeKeys: []string{"@type"}}
	fc.untyped.next = fc
	fc.addNames(c)
	if peer != nil {
		fc.addNames(peer)
	}
	slices.Sort(fc.typeKeys)
	fc.typeKeys = slices.Compact(fc.typeKeys)
	f.contexts[key] = fc
	if !fc.shared() {
		f.passing = append(f.passing, key)
	}
	return fc
}

func (fc *fastContext) addNames(c *activeContext) {
	fc.manyNames = fc.manyNames || c.manyNames
	for _, name := range c.aliases {
		switch c.term(name).iri {
		case "@id":
		case "@type":
			fc.typeKeys = append(fc.typeKeys, name)
		default:
			fc.odd = append(fc.odd, name)
		}
	}
}

// entry returns what a name means in a context.
func (f *fast) entry(c *fastContext, name string) *entry {
	if e := c.entries[name]; e != nil {
		return e
	}
	e := f.newEntry(c, name)
	if c.peer != nil && !f.sameEntry(e, name) {
		e.kind = entryDiffers
	}
	if e.term != nil { // other names are the document's own
		c.entries[strings.Clone(name)] = e
	}
	return e
}

func (f *fast) newEntry(c *fastContext, name string) *entry {
	e := &entry{ctx: c, term: c.active.term(name)}
	iri, ok := f.p.expandIRI(c.active, name, true, false)
	switch {
	case !ok && keywordForm(name):
		e.kind = entryDrop
		return e
	case !ok:
		e.kind = entryNull
		return e
	case iri == "@id":
		e.kind = entryID
		return e
	case iri == "@type":
		e.kind = entryType
		return e
	case isKeyword(iri):
		e.kind = entryOdd
		return e
	case !isAbsolute(iri):
		e.kind = entryDrop
		return e
	}
	e.iri, e.symbol = iri, f.symbol(iri)
	f.setKind(e, c)
	return e
}

// setKind finds out how the values of a property are written.
func (f *fast) setKind(e *entry, c *fastContext) {
	t := e.term
	if t == nil {
		t = &term{}
	}
	language, direction := c.active.language, c.active.direction
	if t.language.set {
		language = t.language.value
	}
	if t.direction.set {
		direction = t.direction.value
	}
	simple := containerSet | containerList | containerGraph
	switch {
	case isBlank(e.iri) || !wellFormed(e.iri) || t.reverse || t.typ == "@json",
		t.container&^simple != 0, t.container&containerList != 0 && t.container != containerList:
		e.kind = entrySlow
	case t.typ == "@id":
		e.kind = entryIRI
	case t.typ == "@vocab":
		e.kind = entryVocab
	case t.typ != "" && t.typ != "@none":
		e.kind, e.suffix, e.number = entryLiteral, f.symbol("^"+t.typ), true
		if !wellFormed(t.typ) {
			e.kind = entrySlow
		}
	case direction != "":
		e.kind = entrySlow
	case language != "":
		e.kind, e.suffix = entryLiteral, f.symbol("@"+language)
		if !languageTag(language) {
			e.kind = entrySlow
		}
	default:
		e.kind = entryLiteral
	}
}

func (f *fast) predicate(s symbol) rdf.Predicate {
	u := &f.used[s]
	if u.predicateRun != f.run {
		u.predicateRun, u.predicate = f.run, f.ds.Predicate(f.names[s])
	}
	return u.predicate
}

func (f *fast) text(s symbol) rdf.Text {
	u := &f.used[s]
	if u.textRun != f.run {
		u.textRun, u.text = f.run, f.ds.Text(f.names[s])
	}
	return u.text
}

// suffixOf returns the suffix for "" (none), "^" and a datatype, or "@" and a
// language.
func (f *fast) suffixOf(s symbol) rdf.Suffix {
	if s == 0 {
		return 0
	}
	u := &f.used[s]
	if u.suffixRun != f.run {
		name := f.names[s]
		u.suffixRun = f.run
		if name[0] == '@' {
			u.suffix = f.ds.Language(name[1:])
		} else {
			u.suffix = f.ds.Datatype(name[1:])
		}
	}
	return u.suffix
}
