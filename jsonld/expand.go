package jsonld

import (
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// object is a node object, value object, list or set object in expanded
// form. The values of @value are strings, bools, nil, or ijson.Value for
// numbers and JSON literals.
type object = map[string]any

// source is where Options.Label finds the JSON object a node came from: it
// is kept in the expanded node under this name, which no IRI can have.
const source = " source"

type expandFlags struct {
	insideList bool
	fromMap    bool
}

// noProperty stands for no active property: no JSON string is so.
const noProperty = "\xff"

// expandDocument expands the root (JSON-LD 1.1 API, section 5.1.1, and the
// expand method of section 9.1).
func (p *processor) expandDocument(v ijson.Value) ([]any, error) {
	c, err := p.rootContext()
	if err != nil {
		return nil, err
	}
	e, err := p.expand(c, noProperty, v, expandFlags{})
	if err != nil {
		return nil, err
	}
	if o, ok := e.(object); ok && len(o) == 1 && o["@graph"] != nil {
		e = o["@graph"]
	}
	return asArray(e), nil
}

func asArray(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// expand is the Expansion Algorithm (section 5.1.2).
func (p *processor) expand(c *activeContext, property string, v ijson.Value, f expandFlags) (any, error) {
	switch v.Kind() {
	case ijson.Null, ijson.Invalid:
		return nil, nil
	case ijson.Array:
		return p.expandArray(c, property, v, f)
	case ijson.Object:
		return p.expandObject(c, property, v, f)
	}
	if property == noProperty || p.isGraph(c, property) {
		p.drop(string(v.Raw()), ReasonFreeFloating)
		return nil, nil
	}
	next, err := p.scoped(c, termOf(c, property), true, true)
	if err != nil {
		return nil, err
	}
	return p.expandValue(next, property, v)
}

func termOf(c *activeContext, property string) *term {
	if property == noProperty {
		return nil
	}
	return c.term(property)
}

func (p *processor) isGraph(c *activeContext, property string) bool {
	iri, _ := p.expandIRI(c, property, true, false)
	return iri == "@graph"
}

func (p *processor) expandArray(c *activeContext, property string, v ijson.Value, f expandFlags) (any, error) {
	result := []any{}
	t := termOf(c, property)
	inList := f.insideList || t != nil && t.container&containerList != 0
	i := 0
	for e := range v.Elements() {
		p.enterIndex(i)
		x, err := p.expand(c, property, e, expandFlags{insideList: f.insideList, fromMap: f.fromMap})
		p.leave()
		i++
		if err != nil {
			return nil, err
		}
		if list, ok := x.([]any); ok {
			if inList {
				result = append(result, object{"@list": list})
			} else {
				result = append(result, list...)
			}
		} else if x != nil {
			result = append(result, x)
		}
	}
	return result, nil
}

type member struct {
	name  string
	value ijson.Value
}

func (p *processor) members(v ijson.Value) []member {
	ms := make([]member, 0, v.Len())
	root := len(p.path) == 0
	for name, m := range v.Members() {
		if root && slices.Contains(p.opts.OmitTopLevel, name) {
			continue
		}
		ms = append(ms, member{name, m})
	}
	slices.SortFunc(ms, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return ms
}

// expandObject is steps 6 to 19 of the algorithm.
func (p *processor) expandObject(c *activeContext, property string, v ijson.Value, f expandFlags) (any, error) {
	ms := p.members(v)
	t := termOf(c, property)
	if c.previous != nil && !f.fromMap && !p.keepsTypeScope(c, ms) {
		c = c.previous
	}
	c, err := p.scoped(c, t, true, true)
	if err != nil {
		return nil, err
	}
	if local := v.Get("@context"); local.IsValid() {
		if c, err = p.applyValue(c, local); err != nil {
			return nil, err
		}
	}
	typeScoped := c
	isJSON := false
	first := true
	for _, m := range ms {
		if iri, _ := p.expandIRI(typeScoped, m.name, true, false); iri != "@type" {
			continue
		}
		if c, err = p.applyTypes(c, typeScoped, m.value); err != nil {
			return nil, err
		}
		if first {
			isJSON = p.isJSONType(typeScoped, m.value)
			first = false
		}
	}
	x := &objectExpansion{p: p, active: c, typeScoped: typeScoped, property: property, isJSON: isJSON, result: object{}}
	x.expandedProperty = p.expandProperty(c, property)
	if err := x.members(ms); err != nil {
		return nil, err
	}
	if p.opts.Label != nil {
		x.result[source] = v
	}
	return x.finish()
}

// expandProperty returns the IRI or keyword of a property, "" for none.
func (p *processor) expandProperty(c *activeContext, property string) string {
	if property == noProperty {
		return ""
	}
	iri, _ := p.expandIRI(c, property, true, false)
	return iri
}

// keepsTypeScope reports whether an object stays in the type-scoped context
// around it: a value object or a mere reference.
func (p *processor) keepsTypeScope(c *activeContext, ms []member) bool {
	for _, m := range ms {
		iri, _ := p.expandIRI(c, m.name, true, false)
		if iri == "@value" || iri == "@id" && len(ms) == 1 {
			return true
		}
	}
	return false
}

// applyTypes applies the contexts of types, in lexicographical order.
func (p *processor) applyTypes(c, typeScoped *activeContext, v ijson.Value) (*activeContext, error) {
	var types []string
	for _, e := range v.Each() {
		if e.IsString() {
			types = append(types, e.Text())
		}
	}
	slices.Sort(types)
	for _, name := range types {
		var err error
		if c, err = p.scoped(c, typeScoped.term(name), false, false); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (p *processor) isJSONType(c *activeContext, v ijson.Value) bool {
	if v.Kind() == ijson.Array {
		v = v.Index(v.Len() - 1)
	}
	iri, _ := p.expandIRI(c, v.Text(), true, false)
	return v.IsString() && iri == "@json"
}

// expandValue is Value Expansion (section 5.3.2).
func (p *processor) expandValue(c *activeContext, property string, v ijson.Value) (any, error) {
	t := termOf(c, property)
	if t == nil {
		t = &term{}
	}
	if v.IsString() {
		switch t.typ {
		case "@id":
			return p.reference(c, v.Text(), false), nil
		case "@vocab":
			return p.reference(c, v.Text(), true), nil
		}
	}
	result := object{"@value": scalar(v)}
	switch {
	case t.typ != "" && t.typ != "@id" && t.typ != "@vocab" && t.typ != "@none":
		result["@type"] = t.typ
		p.checkDatatype(t.typ)
	case v.IsString():
		p.tag(result, c, t)
	}
	return result, nil
}

// tag adds the language and direction a string has by its term or by
// default.
func (p *processor) tag(result object, c *activeContext, t *term) {
	language, direction := c.language, c.direction
	if t.language.set {
		language = t.language.value
	}
	if t.direction.set {
		direction = t.direction.value
	}
	if language != "" {
		result["@language"] = language
		p.checkLanguage(language)
	}
	if direction != "" {
		result["@direction"] = direction
		p.checkDirection(direction)
	}
}

func (p *processor) checkLanguage(tag string, more ...string) {
	if !languageTag(tag) {
		p.drop(tag, ReasonLanguage, more...)
	}
}

func (p *processor) checkDirection(direction string, more ...string) {
	if p.opts.RDFDirection == "" {
		p.drop(direction, ReasonDirection, more...)
	}
}

func (p *processor) checkDatatype(iri string) {
	if iri != "@json" && !wellFormed(iri) {
		p.drop(iri, ReasonInvalidIRI)
	}
}

// reference expands a string that stands for a node.
func (p *processor) reference(c *activeContext, s string, vocab bool) any {
	iri, ok := p.expandIRI(c, s, vocab, true)
	if !ok {
		p.drop(s, ReasonReservedTerm)
		return object{"@id": nil}
	}
	p.checkIRI(s, iri, ReasonRelativeIRI)
	return object{"@id": iri}
}

// checkIRI notes an IRI that RDF cannot have.
func (p *processor) checkIRI(written, iri, relative string, more ...string) {
	switch {
	case !isAbsolute(iri):
		p.drop(written, relative, more...)
	case !isBlank(iri) && !wellFormed(iri):
		p.drop(written, ReasonInvalidIRI, more...)
	}
}

func scalar(v ijson.Value) any {
	switch v.Kind() {
	case ijson.String:
		return v.Text()
	case ijson.Bool:
		return v.Bool()
	case ijson.Null:
		return nil
	}
	return v
}

// plain makes what encoding/json would have decoded.
func plain(v any) any {
	switch v := v.(type) {
	case ijson.Value:
		return v.Any()
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plain(e)
		}
		return out
	case object:
		out := make(object, len(v))
		for name, e := range v {
			if name != source {
				out[name] = plain(e)
			}
		}
		return out
	case string:
		return strings.Clone(v)
	}
	return v
}
