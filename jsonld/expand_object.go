package jsonld

import (
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// objectExpansion is the expansion of one JSON object: steps 13 to 19 of the
// Expansion Algorithm.
type objectExpansion struct {
	p                *processor
	active           *activeContext
	typeScoped       *activeContext
	property         string // that the object is a value of, or noProperty
	expandedProperty string
	isJSON           bool // the object's @type is @json
	result           object
}

// members expands the members in order, those of @nest after the others.
func (x *objectExpansion) members(ms []member) error {
	var nests []member
	for _, m := range ms {
		if m.name == "@context" {
			continue
		}
		iri, ok := x.p.expandIRI(x.active, m.name, true, false)
		switch {
		case !ok && keywordForm(m.name):
			x.p.drop(m.name, ReasonReservedTerm, m.name)
			continue
		case !ok:
			continue // the context maps the term to null: dropping is its meaning
		case !isKeyword(iri) && !isAbsolute(iri):
			x.p.drop(m.name, ReasonUndefinedTerm, m.name)
			continue
		case iri == "@nest":
			nests = append(nests, m)
			continue
		}
		x.p.enter(m.name)
		var err error
		if isKeyword(iri) {
			err = x.keyword(iri, m)
		} else {
			err = x.propertyValue(iri, m)
		}
		x.p.leave()
		if err != nil {
			return err
		}
	}
	for _, m := range nests {
		if err := x.nest(m); err != nil {
			return err
		}
	}
	return nil
}

// nest is step 14: the members of nested objects are members of this one.
func (x *objectExpansion) nest(m member) error {
	x.p.enter(m.name)
	defer x.p.leave()
	values := m.value.Each()
	if m.value.Kind() == ijson.Null {
		return x.p.fail("invalid @nest value", "a nested value must be an object")
	}
	for i, v := range values {
		if v.Kind() != ijson.Object {
			return x.p.fail("invalid @nest value", "a nested value must be an object")
		}
		if m.value.Kind() == ijson.Array {
			x.p.enterIndex(i)
		}
		ms := x.p.members(v)
		for _, n := range ms {
			if iri, _ := x.p.expandIRI(x.active, n.name, true, false); iri == "@value" {
				return x.p.fail("invalid @nest value", "a nested value must not be a value object")
			}
		}
		saved := x.active
		c, err := x.p.scoped(x.active, x.active.term(m.name), true, true)
		if err == nil {
			x.active = c
			err = x.members(ms)
			x.active = saved
		}
		if m.value.Kind() == ijson.Array {
			x.p.leave()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keyword is step 13.4.
func (x *objectExpansion) keyword(iri string, m member) error {
	if x.expandedProperty == "@reverse" {
		return x.p.fail("invalid reverse property map", iri+" cannot be used inside @reverse")
	}
	if _, twice := x.result[iri]; twice && iri != "@included" && iri != "@type" {
		return x.p.fail("colliding keywords", iri+" is given twice")
	}
	v := m.value
	switch iri {
	case "@id":
		return x.id(v)
	case "@type":
		return x.types(v)
	case "@graph":
		e, err := x.p.expand(x.active, "@graph", v, expandFlags{})
		if err != nil {
			return err
		}
		x.result[iri] = nonNil(asArray(e))
	case "@included":
		return x.included(v)
	case "@value":
		return x.value(v)
	case "@language":
		if !v.IsString() {
			return x.p.fail("invalid language-tagged string", "@language must be a string")
		}
		tag := strings.ToLower(v.Text())
		x.p.checkLanguage(tag)
		x.result[iri] = tag
	case "@direction":
		if s := v.Text(); s != "ltr" && s != "rtl" {
			return x.p.fail("invalid base direction", "@direction must be \"ltr\" or \"rtl\"")
		}
		x.p.checkDirection(v.Text())
		x.result[iri] = v.Text()
	case "@index":
		if !v.IsString() {
			return x.p.fail("invalid @index value", "@index must be a string")
		}
		x.result[iri] = v.Text()
	case "@list":
		return x.list(v)
	case "@set":
		e, err := x.p.expand(x.active, x.property, v, expandFlags{})
		if err != nil {
			return err
		}
		x.result[iri] = nonNil(asArray(e))
	case "@reverse":
		return x.reverse(v)
	default:
		x.p.drop(m.name, ReasonReservedTerm)
	}
	return nil
}

func nonNil(a []any) []any {
	if a == nil {
		return []any{}
	}
	return a
}

func (x *objectExpansion) id(v ijson.Value) error {
	if !v.IsString() {
		return x.p.fail("invalid @id value", "@id must be a string")
	}
	iri, ok := x.p.expandIRI(x.active, v.Text(), false, true)
	if !ok {
		x.p.drop(v.Text(), ReasonReservedTerm)
		x.result["@id"] = nil
		return nil
	}
	x.p.checkIRI(v.Text(), iri, ReasonRelativeID)
	x.result["@id"] = iri
	return nil
}

func (x *objectExpansion) types(v ijson.Value) error {
	if v.Kind() != ijson.String && v.Kind() != ijson.Array {
		return x.p.fail("invalid type value", "@type must be a string or an array of strings")
	}
	list, _ := x.result["@type"].([]any)
	for i, e := range v.Each() {
		if !e.IsString() {
			return x.p.fail("invalid type value", "@type must be a string or an array of strings")
		}
		iri, ok := x.p.expandIRI(x.typeScoped, e.Text(), true, true)
		at := []string(nil)
		if v.Kind() == ijson.Array {
			at = []string{step{index: i}.String()}
		}
		if !ok {
			x.p.drop(e.Text(), ReasonRelativeType, at...)
			continue
		}
		if iri != "@json" {
			x.p.checkIRI(e.Text(), iri, ReasonRelativeType, at...)
		}
		list = append(list, iri)
	}
	if len(list) > 0 {
		x.result["@type"] = list
	}
	return nil
}

func (x *objectExpansion) included(v ijson.Value) error {
	e, err := x.p.expand(x.active, x.property, v, expandFlags{})
	if err != nil {
		return err
	}
	if e == nil {
		return x.p.fail("invalid @included value", "@included takes node objects")
	}
	list, _ := x.result["@included"].([]any)
	for _, n := range asArray(e) {
		if o, ok := n.(object); !ok || !isNode(o) {
			return x.p.fail("invalid @included value", "@included takes node objects")
		}
		list = append(list, n)
	}
	x.result["@included"] = nonNil(list)
	return nil
}

func (x *objectExpansion) value(v ijson.Value) error {
	if x.isJSON {
		x.result["@value"] = v
		return nil
	}
	if v.Kind() == ijson.Object || v.Kind() == ijson.Array {
		return x.p.fail("invalid value object value", "@value must be a string, number, true, false or null")
	}
	x.result["@value"] = scalar(v)
	return nil
}

func (x *objectExpansion) list(v ijson.Value) error {
	if x.property == noProperty || x.expandedProperty == "@graph" {
		x.p.drop("@list", ReasonFreeFloating)
		return nil
	}
	e, err := x.p.expand(x.active, x.property, v, expandFlags{insideList: true})
	if err != nil {
		return err
	}
	x.result["@list"] = nonNil(asArray(e))
	return nil
}

func (x *objectExpansion) reverse(v ijson.Value) error {
	if v.Kind() != ijson.Object {
		return x.p.fail("invalid @reverse value", "@reverse must be an object")
	}
	e, err := x.p.expand(x.active, "@reverse", v, expandFlags{})
	if err != nil {
		return err
	}
	o, _ := e.(object)
	for _, name := range sortedNames(o) {
		if name == "@reverse" {
			twice := o[name].(object)
			for _, inner := range sortedNames(twice) {
				add(x.result, inner, twice[inner].([]any)...)
			}
			continue
		}
		for _, item := range o[name].([]any) {
			if err := x.addReverse(name, item); err != nil {
				return err
			}
		}
	}
	return nil
}

func sortedNames(o object) []string {
	names := make([]string, 0, len(o))
	for name := range o {
		if name != source {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (x *objectExpansion) addReverse(iri string, item any) error {
	if o, ok := item.(object); !ok || has(o, "@value") || has(o, "@list") {
		return x.p.fail("invalid reverse property value", "a reverse property takes node objects")
	}
	m, _ := x.result["@reverse"].(object)
	if m == nil {
		m = object{}
		x.result["@reverse"] = m
	}
	add(m, iri, item)
	return nil
}

func has(o object, name string) bool {
	_, ok := o[name]
	return ok
}

func add(o object, name string, values ...any) {
	list, _ := o[name].([]any)
	o[name] = nonNil(append(list, values...))
}

// isNode reports whether an expanded object is a node object.
func isNode(o object) bool { return !has(o, "@value") && !has(o, "@list") && !has(o, "@set") }

// finish is steps 15 to 19.
func (x *objectExpansion) finish() (any, error) {
	r := x.result
	n := len(r)
	if has(r, source) {
		n--
	}
	switch {
	case has(r, "@value"):
		keep, err := x.checkValue()
		if err != nil || !keep {
			return nil, err
		}
	case has(r, "@set") || has(r, "@list"):
		for name := range r {
			if name != "@set" && name != "@list" && name != "@index" && name != source {
				return nil, x.p.fail("invalid set or list object", "an object with @set or @list can have only @index besides")
			}
		}
		if has(r, "@set") && has(r, "@list") {
			return nil, x.p.fail("invalid set or list object", "@set and @list do not go together")
		}
		delete(r, source)
		if set, ok := r["@set"]; ok {
			return set, nil
		}
	case n == 1 && has(r, "@language"):
		x.p.drop("@language", ReasonEmpty)
		return nil, nil
	}
	if x.property == noProperty || x.expandedProperty == "@graph" {
		if x.p.saysNothing(r) {
			return nil, nil
		}
	}
	return r, nil
}

// saysNothing reports whether an object at the root or in a graph adds
// nothing to it, and notes so.
func (p *processor) saysNothing(r object) bool {
	n := len(r)
	if has(r, source) {
		n--
	}
	switch {
	case n == 0:
		p.drop("", ReasonEmpty)
	case has(r, "@value") || has(r, "@list"):
		p.drop("", ReasonFreeFloating)
	case n == 1 && has(r, "@id"):
		p.drop("@id", ReasonEmpty)
	default:
		return false
	}
	return true
}

// checkValue is step 15: the rules of value objects. It returns false for a
// value object that is dropped.
func (x *objectExpansion) checkValue() (bool, error) {
	r := x.result
	delete(r, source)
	for name := range r {
		switch name {
		case "@value", "@type", "@language", "@direction", "@index":
		default:
			return false, x.p.fail("invalid value object", "an object with @value cannot have "+name)
		}
	}
	types, typed := r["@type"].([]any)
	if typed && (has(r, "@language") || has(r, "@direction")) {
		return false, x.p.fail("invalid value object", "a value cannot have a type and a language or direction")
	}
	if typed {
		if len(types) != 1 {
			return false, x.p.fail("invalid typed value", "a value has one type")
		}
		r["@type"] = types[0]
		if types[0] == "@json" {
			return true, nil
		}
	}
	if r["@value"] == nil {
		x.p.drop("@value", ReasonNullValue)
		return false, nil
	}
	if _, text := r["@value"].(string); !text && has(r, "@language") {
		return false, x.p.fail("invalid language-tagged value", "only a string can have a language")
	}
	if typed && !isIRI(types[0].(string)) {
		return false, x.p.fail("invalid typed value", "the type of a value must be an absolute IRI")
	}
	return true, nil
}
