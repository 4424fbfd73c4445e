package jsonld

import (
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// contextList is a local context that has been read but not yet applied: the
// elements of an array, or one. It never changes, so its address can stand
// for it in a cache.
type contextList struct {
	elements []contextElement
	shared   bool // belongs to an embedded context
	source   string
}

// contextElement is null, a URL, or a context definition.
type contextElement struct {
	null  bool
	url   string
	local *localContext // nil for a URL
}

// optional is a string that may be missing or null.
type optional struct {
	set, null bool
	value     string
}

// localContext is a context definition (JSON-LD 1.1, section 9.15).
type localContext struct {
	base, vocab, language, direction optional
	propagate                        optionalBool
	protected                        bool
	imports                          string
	definitions                      []definition // sorted by term
}

type optionalBool uint8

const (
	unset optionalBool = iota
	yes
	no
)

func toBool(b bool) optionalBool {
	if b {
		return yes
	}
	return no
}

// definition is a term definition before its IRIs are expanded (JSON-LD
// 1.1, section 9.15.1).
type definition struct {
	term       string
	simple     bool // a string or null instead of an object
	id         optional
	reverse    optional
	typ        string
	container  container
	language   optional
	direction  optional
	index      string
	nest       string
	prefix     optionalBool
	protected  optionalBool
	scoped     *contextList
	scopedFail *ContextError // the scoped context could not be read
}

// container is a set of container keywords.
type container uint8

const (
	containerGraph container = 1 << iota
	containerID
	containerIndex
	containerLanguage
	containerList
	containerSet
	containerType
)

var containerNames = map[string]container{"@graph": containerGraph, "@id": containerID, "@index": containerIndex,
	"@language": containerLanguage, "@list": containerList, "@set": containerSet, "@type": containerType}

func (l *localContext) find(term string) *definition {
	i, ok := slices.BinarySearchFunc(l.definitions, term, func(d definition, t string) int { return strings.Compare(d.term, t) })
	if !ok {
		return nil
	}
	return &l.definitions[i]
}

func (l *localContext) sort() {
	slices.SortFunc(l.definitions, func(a, b definition) int { return strings.Compare(a.term, b.term) })
}

// readContext reads the value of @context that stands in the document at
// source ("" for the document being converted).
func readContext(v ijson.Value, source string) (*contextList, *ContextError) {
	list := &contextList{source: source}
	if v.Kind() != ijson.Array {
		e, err := readElement(v, source)
		list.elements = append(list.elements, e)
		return list, err
	}
	for e := range v.Elements() {
		if inner := e.Get("@context"); inner.Kind() == ijson.Object && e.Len() == 1 {
			// Deviation: a context document that was put in the array is taken
			// for the context in it. Signed credentials that do so exist (W3C's
			// proof chains), because jsonld.js allows it.
			e = inner
		}
		el, err := readElement(e, source)
		if err != nil {
			return nil, err
		}
		list.elements = append(list.elements, el)
	}
	return list, nil
}

func readElement(v ijson.Value, source string) (contextElement, *ContextError) {
	switch v.Kind() {
	case ijson.Null:
		return contextElement{null: true}, nil
	case ijson.String:
		return contextElement{url: v.Text()}, nil
	case ijson.Object:
		l, err := readLocal(v, source)
		return contextElement{local: l}, err
	}
	return contextElement{}, contextError(codeLocalContext, "", "a context is a URL, an object or null, not %s", kindName(v))
}

func kindName(v ijson.Value) string { return "a JSON " + v.Kind().String() }

func readLocal(v ijson.Value, source string) (*localContext, *ContextError) {
	l := &localContext{}
	for name, m := range v.Members() {
		var err *ContextError
		switch name {
		case "@version":
			if m.Kind() != ijson.Number || m.Float() != 1.1 {
				err = contextError(codeVersion, "", "@version must be the number 1.1")
			}
		case "@base":
			l.base, err = stringOrNull(m, codeBaseIRI, name)
		case "@vocab":
			l.vocab, err = stringOrNull(m, codeVocab, name)
		case "@language":
			l.language, err = stringOrNull(m, codeDefaultLanguage, name)
			l.language.value = strings.ToLower(l.language.value)
		case "@direction":
			l.direction, err = readDirection(m)
		case "@propagate":
			if m.Kind() != ijson.Bool {
				err = contextError(codePropagate, "", "@propagate must be true or false")
			}
			l.propagate = toBool(m.Bool())
		case "@protected":
			if m.Kind() != ijson.Bool {
				err = contextError(codeProtected, "", "@protected must be true or false")
			}
			l.protected = m.Bool()
		case "@import":
			if !m.IsString() {
				err = contextError(codeImport, "", "@import must be a string")
			}
			l.imports = m.Text()
		default:
			var d definition
			if d, err = readDefinition(name, m, source); err == nil {
				l.definitions = append(l.definitions, d)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	l.sort()
	return l, nil
}

func stringOrNull(v ijson.Value, code, name string) (optional, *ContextError) {
	if v.Kind() != ijson.String && v.Kind() != ijson.Null {
		return optional{}, contextError(code, "", "%s must be a string or null", name)
	}
	return optional{true, v.Kind() == ijson.Null, v.Text()}, nil
}

func readDirection(v ijson.Value) (optional, *ContextError) {
	o, err := stringOrNull(v, codeBaseDirection, "@direction")
	if err == nil && !o.null && o.value != "ltr" && o.value != "rtl" {
		err = contextError(codeBaseDirection, "", "@direction must be \"ltr\", \"rtl\" or null")
	}
	return o, err
}

// readDefinition reads the part of Create Term Definition that needs no
// active context.
func readDefinition(term string, v ijson.Value, source string) (definition, *ContextError) {
	d := definition{term: term}
	fail := func(code, format string, args ...any) (definition, *ContextError) {
		return d, contextError(code, term, format, args...)
	}
	switch {
	case term == "":
		return fail(codeTermDefinition, "a term cannot be the empty string")
	case term == "@type":
		return readTypeDefinition(v)
	case isKeyword(term):
		return fail(codeKeywordRedefinition, "a keyword cannot be redefined")
	case keywordForm(term):
		d.simple, d.id = true, optional{set: true, null: true}
		return d, nil
	}
	switch v.Kind() {
	case ijson.Null:
		d.simple, d.id = true, optional{set: true, null: true}
		return d, nil
	case ijson.String:
		d.simple, d.id = true, optional{set: true, value: v.Text()}
		return d, nil
	case ijson.Object:
	default:
		return fail(codeTermDefinition, "a definition is a string, an object or null, not %s", kindName(v))
	}
	for name, m := range v.Members() {
		if err := d.read(name, m, source); err != nil {
			err.Term = term
			return d, err
		}
	}
	return d, d.check()
}

// readTypeDefinition reads a definition of @type: only @container: @set and
// @protected may be said of it.
func readTypeDefinition(v ijson.Value) (definition, *ContextError) {
	d := definition{term: "@type"}
	bad := contextError(codeKeywordRedefinition, "@type", "only @container: @set and @protected can be said of @type")
	if v.Kind() != ijson.Object || v.Len() == 0 {
		return d, bad
	}
	for name, m := range v.Members() {
		switch name {
		case "@container":
			if m.Text() != "@set" {
				return d, bad
			}
			d.container = containerSet
		case "@protected":
			if m.Kind() != ijson.Bool {
				return d, contextError(codeProtected, "@type", "@protected must be true or false")
			}
			d.protected = toBool(m.Bool())
		default:
			return d, bad
		}
	}
	return d, nil
}

func (d *definition) read(name string, m ijson.Value, source string) (err *ContextError) {
	text := func(code string) string {
		if !m.IsString() && err == nil {
			err = contextError(code, "", "%s must be a string", name)
		}
		return m.Text()
	}
	switch name {
	case "@id":
		d.id, err = stringOrNull(m, codeIRIMapping, name)
	case "@reverse":
		d.reverse = optional{set: true, value: text(codeIRIMapping)}
	case "@type":
		d.typ = text(codeTypeMapping)
	case "@container":
		d.container, err = readContainer(m)
	case "@language":
		d.language, err = stringOrNull(m, codeLanguageMapping, name)
		d.language.value = strings.ToLower(d.language.value)
	case "@direction":
		d.direction, err = readDirection(m)
	case "@index":
		if d.index = text(codeTermDefinition); err == nil && (d.index == "" || d.index[0] == '@') {
			err = contextError(codeTermDefinition, "", "@index must name a property")
		}
	case "@nest":
		if d.nest = text(codeNest); err == nil && d.nest != "@nest" && (d.nest == "" || d.nest[0] == '@') {
			err = contextError(codeNest, "", "@nest must be \"@nest\" or a term")
		}
	case "@prefix":
		if m.Kind() != ijson.Bool {
			err = contextError(codePrefix, "", "@prefix must be true or false")
		}
		d.prefix = toBool(m.Bool())
	case "@protected":
		if m.Kind() != ijson.Bool {
			err = contextError(codeProtected, "", "@protected must be true or false")
		}
		d.protected = toBool(m.Bool())
	case "@context":
		d.scoped, d.scopedFail = readContext(m, source)
	default:
		err = contextError(codeTermDefinition, "", "%q is not part of a term definition", name)
	}
	return err
}

func readContainer(v ijson.Value) (container, *ContextError) {
	bad := contextError(codeContainer, "", "%s is not a container", v.Raw())
	var c container
	n := 0
	for _, e := range v.Each() {
		bit := containerNames[e.Text()]
		if bit == 0 || c&bit != 0 {
			return 0, bad
		}
		c |= bit
		n++
	}
	base := c &^ containerSet
	switch {
	case n == 0:
		return 0, bad
	case c&containerList != 0 && n > 1:
		return 0, bad
	case base&(base-1) != 0 && base != containerGraph|containerID && base != containerGraph|containerIndex:
		return 0, bad
	}
	return c, nil
}

// check holds the members of a definition against each other.
func (d *definition) check() *ContextError {
	switch {
	case d.reverse.set && (d.id.set || d.nest != ""):
		return contextError(codeReverseProperty, d.term, "@reverse does not go with @id or @nest")
	case d.reverse.set && d.container&^(containerSet|containerIndex) != 0:
		return contextError(codeReverseProperty, d.term, "the container of a reverse property is @set or @index")
	case d.index != "" && d.container&containerIndex == 0:
		return contextError(codeTermDefinition, d.term, "@index needs the container @index")
	case d.prefix != unset && strings.ContainsAny(d.term, ":/"):
		return contextError(codeTermDefinition, d.term, "@prefix is not for a term with \":\" or \"/\"")
	case d.container&containerType != 0 && d.typ != "" && d.typ != "@id" && d.typ != "@vocab":
		return contextError(codeTypeMapping, d.term, "the container @type needs @type: @id or @vocab")
	}
	return nil
}
