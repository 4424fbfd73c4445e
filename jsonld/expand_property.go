package jsonld

import (
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// propertyValue is steps 13.5 to 13.14: the value of a member that is a
// property.
func (x *objectExpansion) propertyValue(iri string, m member) error {
	if isBlank(iri) {
		x.p.drop(m.name, ReasonBlankPredicate)
	} else if !wellFormed(iri) {
		x.p.drop(m.name, ReasonInvalidIRI)
	}
	t := x.active.term(m.name)
	if t == nil {
		t = &term{}
	}
	e, err := x.expandByContainer(t, m)
	if err != nil {
		return err
	}
	if e == nil {
		return nil
	}
	if t.container&containerList != 0 && !isList(e) {
		e = object{"@list": nonNil(asArray(e))}
	}
	if t.container&containerGraph != 0 && t.container&(containerID|containerIndex) == 0 {
		list := asArray(e)
		graphs := make([]any, 0, len(list))
		for _, v := range list {
			// Deviation: what says nothing is dropped from a graph container
			// as it is from @graph. jsonld.js does so.
			if o, ok := v.(object); ok && x.p.saysNothing(o) {
				continue
			}
			graphs = append(graphs, object{"@graph": []any{v}})
		}
		if len(graphs) == 0 {
			return nil
		}
		e = graphs
	}
	if t.reverse {
		for _, item := range asArray(e) {
			if err := x.addReverse(iri, item); err != nil {
				return err
			}
		}
		return nil
	}
	add(x.result, iri, asArray(e)...)
	return nil
}

func isList(v any) bool {
	o, ok := v.(object)
	return ok && has(o, "@list")
}

func (x *objectExpansion) expandByContainer(t *term, m member) (any, error) {
	isObject := m.value.Kind() == ijson.Object
	switch {
	case t.typ == "@json":
		return object{"@value": m.value, "@type": "@json"}, nil
	case t.container&containerLanguage != 0 && isObject:
		return x.languageMap(t, m.value)
	case t.container&(containerIndex|containerType|containerID) != 0 && isObject:
		return x.indexMap(t, m)
	}
	return x.p.expand(x.active, m.name, m.value, expandFlags{})
}

// languageMap is step 13.7.
func (x *objectExpansion) languageMap(t *term, v ijson.Value) (any, error) {
	direction := x.active.direction
	if t.direction.set {
		direction = t.direction.value
	}
	result := []any{}
	for _, m := range x.p.membersOf(v) {
		for i, e := range m.value.Each() {
			if e.Kind() == ijson.Null {
				continue
			}
			if !e.IsString() {
				return nil, x.p.fail("invalid language map value", "the values of a language map are strings", m.name)
			}
			o := object{"@value": e.Text()}
			at := []string{m.name}
			if m.value.Kind() == ijson.Array {
				at = append(at, step{index: i}.String())
			}
			if iri, _ := x.p.expandIRI(x.active, m.name, true, false); iri != "@none" {
				tag := strings.ToLower(m.name)
				o["@language"] = tag
				x.p.checkLanguage(tag, at...)
			}
			if direction != "" {
				o["@direction"] = direction
				x.p.checkDirection(direction, at...)
			}
			result = append(result, o)
		}
	}
	return result, nil
}

// membersOf returns all members in lexicographical order.
func (p *processor) membersOf(v ijson.Value) []member {
	ms := make([]member, 0, v.Len())
	for name, m := range v.Members() {
		ms = append(ms, member{name, m})
	}
	slices.SortFunc(ms, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return ms
}

// indexMap is step 13.8: a map by index, type or id.
func (x *objectExpansion) indexMap(t *term, m member) (any, error) {
	result := []any{}
	for _, e := range x.p.membersOf(m.value) {
		x.p.enter(e.name)
		items, err := x.indexEntry(t, m.name, e)
		x.p.leave()
		if err != nil {
			return nil, err
		}
		result = append(result, items...)
	}
	return result, nil
}

func (x *objectExpansion) indexEntry(t *term, property string, e member) ([]any, error) {
	c := x.active
	if t.container&(containerID|containerType) != 0 && c.previous != nil {
		c = c.previous
	}
	var err error
	if t.container&containerType != 0 {
		if c, err = x.p.scoped(c, c.term(e.name), false, false); err != nil {
			return nil, err
		}
	} else if t.container&containerID == 0 {
		c = x.active
	}
	expandedKey, _ := x.p.expandIRI(x.active, e.name, true, false)
	items := []any{}
	for i, v := range e.value.Each() {
		if e.value.Kind() == ijson.Array {
			x.p.enterIndex(i)
		}
		item, err := x.p.expand(c, property, v, expandFlags{fromMap: true})
		if e.value.Kind() == ijson.Array {
			x.p.leave()
		}
		if err != nil {
			return nil, err
		}
		items = append(items, asArray(item)...)
	}
	for i := range items {
		if items[i], err = x.indexItem(t, e.name, expandedKey, items[i]); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// indexItem is step 13.8.3.7: it says in the item itself what the key of the
// map said.
func (x *objectExpansion) indexItem(t *term, key, expandedKey string, item any) (any, error) {
	o, _ := item.(object)
	if t.container&containerGraph != 0 && !isGraph(o) {
		o = object{"@graph": []any{item}}
	}
	if o == nil || expandedKey == "@none" {
		return o, nil
	}
	switch {
	case t.container&containerIndex != 0 && t.index != "" && t.index != "@index":
		return o, x.indexByProperty(t, key, o)
	case t.container&containerIndex != 0:
		if !has(o, "@index") {
			o["@index"] = key
		}
	case t.container&containerID != 0:
		if !has(o, "@id") {
			iri, ok := x.p.expandIRI(x.active, key, false, true)
			if !ok {
				x.p.drop(key, ReasonReservedTerm)
				return o, nil
			}
			x.p.checkIRI(key, iri, ReasonRelativeID)
			o["@id"] = iri
		}
	case t.container&containerType != 0:
		iri, ok := x.p.expandIRI(x.active, key, true, true)
		if !ok {
			x.p.drop(key, ReasonRelativeType)
			return o, nil
		}
		x.p.checkIRI(key, iri, ReasonRelativeType)
		existing, _ := o["@type"].([]any)
		o["@type"] = append([]any{iri}, existing...)
	}
	return o, nil
}

func (x *objectExpansion) indexByProperty(t *term, key string, o object) error {
	iri, ok := x.p.expandIRI(x.active, t.index, true, false)
	if !ok || !isAbsolute(iri) {
		return x.p.fail(codeTermDefinition, "@index does not name a property")
	}
	if has(o, "@value") {
		return x.p.fail("invalid value object", "a value cannot be indexed by a property")
	}
	v, err := x.p.keyValue(x.active, t.index, key)
	if err != nil {
		return err
	}
	existing, _ := o[iri].([]any)
	o[iri] = append([]any{v}, existing...)
	return nil
}

func isGraph(o object) bool {
	if !has(o, "@graph") {
		return false
	}
	for name := range o {
		if name != "@graph" && name != "@id" && name != "@index" && name != source {
			return false
		}
	}
	return true
}

// keyValue is Value Expansion for the key of a map.
func (p *processor) keyValue(c *activeContext, property, key string) (any, error) {
	t := termOf(c, property)
	if t == nil {
		t = &term{}
	}
	switch t.typ {
	case "@id", "@vocab":
		return p.reference(c, key, t.typ == "@vocab"), nil
	}
	o := object{"@value": key}
	if t.typ != "" && t.typ != "@none" {
		o["@type"] = t.typ
	} else {
		p.tag(o, c, t)
	}
	return o, nil
}
