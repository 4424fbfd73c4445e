package jsonld

import (
	"errors"
	"reflect"
	"strings"
)

// definer creates the term definitions of one local context (JSON-LD 1.1
// API, section 4.2.2).
type definer struct {
	p        *contextProcessor
	active   *activeContext // the context being made
	local    *localContext
	list     *contextList // that local is of
	override bool
	state    map[string]bool // false while a term is being defined, true after
}

func (d *definer) define(name string) error {
	if done, begun := d.state[name]; begun {
		if done {
			return nil
		}
		return contextError(codeCyclicIRI, name, "the definition depends on itself")
	}
	def := d.local.find(name)
	if def == nil {
		return nil
	}
	d.state[name] = false
	if name != "@type" && keywordForm(name) {
		d.state[name] = true // reserved; it is as if it were not there
		return nil
	}
	previous := d.active.term(name)
	t := &term{prefix: def.prefix == yes, language: def.language, direction: def.direction, index: def.index, nest: def.nest,
		container: def.container, scoped: def.scoped}
	t.protected = def.protected == yes || def.protected == unset && d.local.protected
	if keep, err := d.mapIRI(t, def); err != nil || keep {
		d.state[name] = true
		return err
	}
	if err := d.mapType(t, def); err != nil {
		return err
	}
	if def.prefix == yes && isKeyword(t.iri) {
		return contextError(codeTermDefinition, name, "a keyword cannot be a prefix")
	}
	if previous != nil && previous.protected && !d.override {
		if !sameDefinition(previous, t) {
			return contextError(codeProtectedTerm, name, "an earlier context protects the term")
		}
		t = previous
	}
	d.active.set(name, t)
	d.state[name] = true
	return nil
}

// sameDefinition compares two definitions without regard to protection.
func sameDefinition(a, b *term) bool {
	x, y := *a, *b
	x.protected, y.protected = false, false
	if x.scoped != nil && y.scoped != nil && (x.scoped == y.scoped || sameContext(x.scoped, y.scoped)) {
		x.scoped, y.scoped = nil, nil
	}
	return x == y
}

func sameContext(a, b *contextList) bool { return reflect.DeepEqual(a.elements, b.elements) }

// mapIRI finds the IRI mapping. keep means that the definition is to be
// ignored: it uses a reserved name.
func (d *definer) mapIRI(t *term, def *definition) (keep bool, err error) {
	name := def.term
	switch {
	case def.reverse.set:
		if keywordForm(def.reverse.value) {
			return true, nil
		}
		iri, ok, err := d.expandIRI(def.reverse.value)
		if err != nil {
			return false, err
		}
		if !ok || !isAbsolute(iri) {
			return false, contextError(codeIRIMapping, name, "@reverse %q is not an absolute IRI", def.reverse.value)
		}
		t.iri, t.reverse = iri, true
		return false, nil
	case def.id.set && def.id.null:
		return false, nil
	case def.id.set && def.id.value != name:
		return d.mapID(t, def)
	}
	if i := strings.IndexByte(name, ':'); i > 0 {
		if err := d.define(name[:i]); err != nil {
			return false, err
		}
		if prefix := d.active.term(name[:i]); prefix != nil && prefix.iri != "" {
			t.iri = prefix.iri + name[i+1:]
			return false, nil
		}
		t.iri = name
		return false, nil
	}
	switch {
	case strings.Contains(name, "/"):
		iri, ok, err := d.expandIRI(name)
		if err != nil {
			return false, err
		}
		if !ok || !isIRI(iri) {
			return false, contextError(codeIRIMapping, name, "the term is not an IRI and has no @id")
		}
		t.iri = iri
	case name == "@type":
		t.iri = name
	case d.active.hasVocab:
		t.iri = d.active.vocab + name
	default:
		return false, contextError(codeIRIMapping, name, "the term has no @id and there is no @vocab")
	}
	return false, nil
}

func (d *definer) mapID(t *term, def *definition) (keep bool, err error) {
	id, name := def.id.value, def.term
	if !isKeyword(id) && keywordForm(id) {
		return true, nil
	}
	iri, ok, err := d.expandIRI(id)
	switch {
	case err != nil:
		return false, err
	case !ok || !isKeyword(iri) && !isAbsolute(iri):
		return false, contextError(codeIRIMapping, name, "@id %q is not an absolute IRI", id)
	case iri == "@context" || iri == "@preserve":
		return false, contextError(codeKeywordAlias, name, "%s cannot have another name", iri)
	}
	t.iri = iri
	if strings.Contains(name, "/") || colonInside(name) {
		d.state[name] = true
		same, ok, err := d.expandIRI(name)
		d.state[name] = false
		if err != nil {
			return false, err
		}
		if !ok || same != iri {
			return false, contextError(codeIRIMapping, name, "a term in the form of an IRI must map to that IRI")
		}
	}
	if def.simple && !strings.ContainsAny(name, ":/") {
		t.prefix = isBlank(iri) || strings.ContainsRune(":/?#[]@", rune(iri[len(iri)-1]))
	}
	return false, nil
}

// colonInside reports whether there is a colon that is neither the first nor
// the last character.
func colonInside(s string) bool {
	return len(s) > 2 && strings.IndexByte(s[1:len(s)-1], ':') >= 0
}

func (d *definer) mapType(t *term, def *definition) error {
	t.typ = def.typ
	switch def.typ {
	case "", "@id", "@vocab", "@json", "@none":
	default:
		iri, ok, err := d.expandIRI(def.typ)
		if err != nil {
			return err
		}
		if !ok || !isIRI(iri) {
			return contextError(codeTypeMapping, def.term, "@type %q is not an absolute IRI", def.typ)
		}
		t.typ = iri
	}
	if t.container&containerType != 0 && t.typ == "" {
		t.typ = "@id"
	}
	if t.typ != "" {
		t.language = optional{}
		t.direction = optional{}
	}
	return nil
}

// expandIRI is IRI Expansion relative to @vocab while terms are being
// defined: it defines first what the value depends on.
func (d *definer) expandIRI(value string) (string, bool, error) {
	if isKeyword(value) {
		return value, true, nil
	}
	if keywordForm(value) {
		return "", false, nil
	}
	if done, begun := d.state[value]; !begun || !done {
		if err := d.define(value); err != nil {
			return "", false, err
		}
	}
	if t := d.active.term(value); t != nil {
		return t.iri, t.iri != "", nil
	}
	if prefix, suffix, ok := cutColon(value); ok && prefix != "_" && !strings.HasPrefix(suffix, "//") {
		if done, begun := d.state[prefix]; !begun || !done {
			if err := d.define(prefix); err != nil {
				return "", false, err
			}
		}
	}
	if iri, ok := expandCompact(d.active, value); ok {
		return iri, true, nil
	}
	return d.p.relativeIRI(d.active, value, true, false), true, nil
}

// validateScoped processes a scoped context once, so that an error in it is
// an error even where it is not used. The embedded contexts are known to be
// right.
func (d *definer) validateScoped(def *definition, depth int) error {
	if def.scopedFail != nil {
		return contextError(codeScopedContext, def.term, "%s", def.scopedFail.Msg)
	}
	if def.scoped == nil || d.list.shared {
		return nil
	}
	for _, e := range def.scoped.elements {
		if e.null || e.local != nil {
			continue
		}
		url := resolve(d.list.source, e.url)
		if d.p.validating[url] {
			return nil
		}
		d.p.validating[url] = true
	}
	_, err := d.p.process(transition{from: d.active, list: def.scoped, override: true, propagate: true}, min(depth, 1))
	var ce *ContextError
	if errors.As(err, &ce) && ce.Code != codeContextOverflow && ce.Code != codeLoadingRemoteContext {
		return &ContextError{Code: codeScopedContext, Term: def.term, URL: ce.URL, Msg: ce.Code + ": " + ce.Msg}
	}
	return err
}
