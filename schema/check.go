package schema

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/openlaurel/laurel/ijson"
)

// class is a table made ready: names looked up, references resolved.
type class struct {
	name     Class
	noun     string
	closed   bool
	members  []property
	index    map[string]*property
	required uint64 // bit per member
}

type property struct {
	member
	bit   uint64
	class *class
}

// compiled makes the tables ready once, at first use.
var compiled = sync.OnceValue(func() map[Class]*class {
	all := tables()
	classes := make(map[Class]*class, len(all))
	for _, t := range all {
		classes[t.class] = &class{name: t.class, noun: t.noun, closed: t.closed,
			members: make([]property, len(t.rows)), index: make(map[string]*property, len(t.rows))}
	}
	for _, t := range all {
		c := classes[t.class]
		for i, m := range t.rows {
			name, required := strings.CutSuffix(m.name, "!")
			m.name = name
			c.members[i] = property{member: m, bit: 1 << i, class: classes[m.class]}
			if m.class != "" && classes[m.class] == nil {
				panic("schema: " + string(t.class) + " refers to the unknown class " + string(m.class))
			}
			if required {
				c.required |= 1 << i
			}
			c.index[name] = &c.members[i]
		}
	}
	return classes
})

// MaxProblems is how many problems that are more than warnings Check gives before it stops: whoever mends a document reads
// a few of them, and a document of a megabyte can have hundreds of thousands.
const MaxProblems = 1000

// checker walks a value and remembers where it is.
type checker struct {
	problems []Problem
	path     []step
	failed   int // problems that are more than warnings
}

// full tells that enough was found.
func (k *checker) full() bool { return k.failed > MaxProblems }

type step struct {
	name  string
	index int // isName when the step is a name
}

const isName = -1

func (k *checker) push(name string) { k.path = append(k.path, step{name, isName}) }
func (k *checker) pushIndex(i int)  { k.path = append(k.path, step{index: i}) }
func (k *checker) pop()             { k.path = k.path[:len(k.path)-1] }

func (k *checker) pointer() string {
	var b strings.Builder
	for _, s := range k.path {
		b.WriteByte('/')
		if s.index == isName {
			b.WriteString(ijson.EscapePointer(s.name))
		} else {
			fmt.Fprintf(&b, "%d", s.index)
		}
	}
	return b.String()
}

func (k *checker) fail(code, message string, args ...any) {
	if k.full() {
		return
	}
	if k.failed++; k.full() {
		k.problems = append(k.problems, Problem{Code: CodeMore, Message: fmt.Sprintf("There are more than %d problems; the rest of the document was not looked at.", MaxProblems)})
		return
	}
	k.problems = append(k.problems, Problem{Pointer: k.pointer(), Code: code, Message: fmt.Sprintf(message, args...)})
}

func (k *checker) warn(code, message string, args ...any) {
	if !k.full() {
		k.problems = append(k.problems, Problem{Pointer: k.pointer(), Code: code, Message: fmt.Sprintf(message, args...), Warning: true})
	}
}

// here is the name of the member being looked at, for messages.
func (k *checker) here() string {
	for i := len(k.path) - 1; i >= 0; i-- {
		if k.path[i].index == isName {
			return k.path[i].name
		}
	}
	return "document"
}

// wrongKind says what was found instead of what.
func (k *checker) wrongKind(v ijson.Value, want string) {
	k.fail("kind", "“%s” must be %s, but it is %s.", k.here(), want, kindNoun(v.Kind()))
}

func kindNoun(k ijson.Kind) string {
	switch k {
	case ijson.Null:
		return "null"
	case ijson.Bool:
		return "true or false"
	case ijson.Number:
		return "a number"
	case ijson.String:
		return "a text"
	case ijson.Array:
		return "a list"
	case ijson.Object:
		return "an object"
	}
	return "missing"
}

func (k *checker) object(v ijson.Value, c *class) {
	if v.Kind() != ijson.Object {
		k.wrongKind(v, "an object ("+c.noun+")")
		return
	}
	var seen uint64
	for name, value := range v.Members() {
		if k.full() {
			return
		}
		p := c.index[name]
		if p == nil {
			if c.closed {
				k.push(name)
				k.fail("unknown-member", "%s has no member “%s” in the standard, and may have no others.", capital(c.noun), name)
				k.pop()
			}
			continue
		}
		seen |= p.bit
		k.push(name)
		k.value(value, p)
		k.pop()
	}
	if missing := c.required &^ seen; missing != 0 {
		for i := range c.members {
			if missing&c.members[i].bit != 0 {
				k.fail("required", "%s needs “%s”, which is missing.", capital(c.noun), c.members[i].name)
			}
		}
	}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// value checks the value of a member: the only place that knows what the forms mean.
func (k *checker) value(v ijson.Value, p *property) {
	switch p.form {
	case text, fixed, jws, lang:
		k.text(v, p)
	case texts, jwsList:
		k.list(v, p, k.text)
	case types:
		k.types(v, p)
	case dateTime, date:
		k.date(v, p.form)
	case boolean:
		if v.Kind() != ijson.Bool {
			k.wrongKind(v, "true or false")
		}
	case number:
		if v.Kind() != ijson.Number {
			k.wrongKind(v, "a number")
		}
	case closed, open:
		k.enum(v, p)
	case object:
		k.object(v, p.class)
	case objects:
		k.list(v, p, func(v ijson.Value, p *property) { k.object(v, p.class) })
	case context:
		k.contexts(v, p)
	case issuer:
		k.issuer(v, p)
	}
}

// list checks an array, or a single value that stands for one.
func (k *checker) list(v ijson.Value, p *property, element func(ijson.Value, *property)) {
	if v.Kind() != ijson.Array {
		before := len(k.problems)
		element(v, p)
		if !Refuses(k.problems[before:]) {
			k.warn("single-value", "“%s” must be a list, even with one element.", p.name)
		}
		return
	}
	if v.Len() < p.min {
		k.fail("too-few", "“%s” needs at least one element.", p.name)
	}
	i := 0
	for e := range v.Elements() {
		if k.full() {
			return
		}
		k.pushIndex(i)
		element(e, p)
		k.pop()
		i++
	}
}

// text checks a string of any of the textual forms, or a language map of such strings.
func (k *checker) text(v ijson.Value, p *property) {
	switch v.Kind() {
	case ijson.String:
		if msg := textProblem(v, p); msg != "" {
			k.fail("value", "“%s” %s.", k.here(), msg)
		}
	case ijson.Object:
		if k.isLanguageMap(v, p) {
			k.warn("language-map", "“%s” must be one text, not a text for each language.", k.here())
		} else {
			k.wrongKind(v, "a text")
		}
	default:
		k.wrongKind(v, "a text")
	}
}

func (k *checker) isLanguageMap(v ijson.Value, p *property) bool {
	for name, t := range v.Members() {
		if !isMapLanguage(name) || t.Kind() != ijson.String || textProblem(t, p) != "" {
			return false
		}
	}
	return true
}

// textProblem says what is wrong with a string of the property's form, or nothing.
func textProblem(v ijson.Value, p *property) string {
	switch p.form {
	case fixed:
		if v.Text() != p.values[0] {
			return fmt.Sprintf("must be “%s”, but it is “%s”", p.values[0], clip(v.Text()))
		}
	case jws, jwsList:
		if !isCompactJWS(v.Text()) {
			return "must be a token of three base64url parts"
		}
	case lang:
		if !isLanguageCode(v.Text()) {
			return fmt.Sprintf("must be a language code such as en or es-MX, but it is “%s”", clip(v.Text()))
		}
	}
	return ""
}

// clip keeps messages short when a value is long.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func (k *checker) types(v ijson.Value, p *property) {
	if v.Kind() != ijson.Array {
		before := len(k.problems)
		k.text(v, p)
		if !Refuses(k.problems[before:]) {
			k.warn("single-value", "“type” must be a list, even with one element.")
		}
		return
	}
	found := make([]bool, len(p.sets))
	i := 0
	for e := range v.Elements() {
		if e.Kind() == ijson.String {
			for s, set := range p.sets {
				found[s] = found[s] || slices.Contains(set, e.Text())
			}
		} else {
			k.pushIndex(i)
			k.text(e, p)
			k.pop()
		}
		i++
	}
	for s, set := range p.sets {
		if !found[s] {
			k.fail("type-missing", "“type” must hold “%s”.", set[0])
		}
	}
}

func (k *checker) date(v ijson.Value, f form) {
	if v.Kind() != ijson.String {
		k.wrongKind(v, "a date")
		return
	}
	if f == dateTime && !isDateTime(v.Text()) {
		k.fail("format", "“%s” must be a date and time with a time zone, such as 2026-05-31T00:00:00Z, but it is “%s”.", k.here(), clip(v.Text()))
	}
	if f == date && !isDate(v.Text()) {
		k.fail("format", "“%s” must be a date such as 2026-05-31, but it is “%s”.", k.here(), clip(v.Text()))
	}
}

func (k *checker) enum(v ijson.Value, p *property) {
	if v.Kind() != ijson.String {
		k.wrongKind(v, "a term of the standard's list")
		return
	}
	s := v.Text()
	if slices.Contains(p.values, s) || p.form == open && hasExtension(s) {
		return
	}
	if p.form == open {
		k.fail("value", "“%s” must be a term of the standard's list or an extension beginning with “ext:”, but it is “%s”.", p.name, clip(s))
		return
	}
	k.fail("value", "“%s” must be one of %s, but it is “%s”.", p.name, strings.Join(p.values, ", "), clip(s))
}

func (k *checker) contexts(v ijson.Value, p *property) {
	switch v.Kind() {
	case ijson.String, ijson.Object:
		k.warn("single-value", "“@context” must be a list.")
		return
	case ijson.Array:
	default:
		k.wrongKind(v, "a list")
		return
	}
	if v.Len() < p.min {
		k.fail("too-few", "“@context” needs at least %d elements, but it has %d.", p.min, v.Len())
	}
	i := 0
	for e := range v.Elements() {
		k.pushIndex(i)
		switch {
		case i < len(p.at):
			if e.Kind() != ijson.String || !p.at[i].fits(e.Text()) {
				k.fail("context", "Place %d of “@context” must be %s.", i+1, p.at[i].noun())
			}
		case e.Kind() != ijson.String && e.Kind() != ijson.Object:
			k.wrongKind(e, "a URL or an object")
		}
		k.pop()
		i++
	}
}

// issuer checks a profile or a URI. An object that is no profile but happens to be a language map passes, as it does in
// the published tolerant schema, where the URI is a text like any other.
func (k *checker) issuer(v ijson.Value, p *property) {
	switch v.Kind() {
	case ijson.String:
		return
	case ijson.Object:
		before, failed := len(k.problems), k.failed
		k.object(v, p.class)
		if Refuses(k.problems[before:]) && k.isLanguageMap(v, &property{}) {
			k.problems, k.failed = k.problems[:before], failed
			k.warn("language-map", "“%s” must be a profile or a URI.", k.here())
		}
	default:
		k.wrongKind(v, "a profile or a URI")
	}
}
