package vc

import (
	"fmt"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// Problem is a departure from the data model, said so that a registrar understands it.
type Problem struct {
	Pointer string // JSON pointer into the document
	Code    string // stable, kebab-case: "issuer-missing"
	Message string // one plain sentence
	Spec    string // the clause
	Warning bool   // tolerated in the field, never to be issued
}

// Check holds the document to the rules of its model and gives every departure, up to MaxProblems. It looks at this document alone: the
// credentials in it are documents of their own, of which a presentation must only hold some.
//
// What needs JSON-LD is not checked here: that each type and term is defined by a context.
func (d *Document) Check() []Problem {
	k := checker{doc: d}
	k.contexts()
	if d.root.Has("id") {
		k.url(d.root.Get("id"), "/id", "id-form", "The document's “id”", "VC 2.0, 4.4")
	}
	switch {
	case d.Kind == KindEnvelopedCredential || d.Kind == KindEnvelopedPresentation:
		k.types(string(d.Kind))
		k.enveloped()
	case d.Kind.IsPresentation() || d.Kind == KindUnknown && !d.root.Has("credentialSubject"):
		k.types(string(KindPresentation))
		k.presentation()
	default:
		k.types(string(KindCredential))
		k.credential()
	}
	k.typedObjects()
	return k.problems
}

// MaxProblems is how many problems Check gives at most. Whoever mends a document reads a few of them, and a document of a
// megabyte can have hundreds of thousands.
const MaxProblems = 1000

// CodeMore is the code of the last problem when there are more than MaxProblems.
const CodeMore = "more"

type checker struct {
	doc      *Document
	problems []Problem
}

func (k *checker) fail(pointer, code, spec, message string, args ...any) {
	switch n := len(k.problems); {
	case n == MaxProblems:
		k.problems = append(k.problems, Problem{Code: CodeMore, Spec: spec, Message: fmt.Sprintf("There are more than %d problems.", MaxProblems)})
	case n < MaxProblems:
		k.problems = append(k.problems, Problem{Pointer: pointer, Code: code, Spec: spec, Message: fmt.Sprintf(message, args...)})
	}
}

func (k *checker) warn(pointer, code, spec, message string, args ...any) {
	k.fail(pointer, code, spec, message, args...)
	if n := len(k.problems); n <= MaxProblems {
		k.problems[n-1].Warning = true
	}
}

func (k *checker) contexts() {
	const spec = "VC 2.0, 4.3"
	v := k.doc.root.Get("@context")
	if !v.IsValid() {
		k.fail("", "context-missing", spec, "The document has no “@context”; the first must be %s.", ContextV2)
		return
	}
	if v.Kind() != ijson.Array && k.doc.Kind != KindEnvelopedCredential && k.doc.Kind != KindEnvelopedPresentation {
		k.warn("/@context", "context-single", spec, "“@context” must be a list, even with one element.")
	}
	if k.doc.Model == ModelUnknown {
		k.fail("/@context", "context-first", spec, "The first “@context” must be %s.", ContextV2)
	}
	for i, c := range k.doc.Contexts {
		p := place("/@context", v, i)
		switch c.Kind() {
		case ijson.String:
			if !IsURL(c.Text()) {
				k.fail(p, "context-form", spec, "“%s” in “@context” is no URL.", c.Text())
			}
		case ijson.Object:
		default:
			k.fail(p, "context-form", spec, "Each element of “@context” must be a URL or an object; this is a %s.", kindWord(c))
		}
	}
}

func (k *checker) types(needed string) {
	const spec = "VC 2.0, 4.5"
	v, at := k.doc.root.Get("type"), "/type"
	if !v.IsValid() {
		v, at = k.doc.root.Get("@type"), "/@type"
	}
	if !v.IsValid() {
		k.fail("", "type-missing", spec, "The document has no “type”.")
		return
	}
	if v.Len() == 0 && !v.IsString() {
		k.fail(at, "type-missing", spec, "The document has no “type”.")
		return
	}
	for i, t := range v.Each() {
		if !t.IsString() || t.Text() == "" {
			k.fail(place(at, v, i), "type-form", spec, "Each type must be a name or URL; this is a %s.", kindWord(t))
		}
	}
	if !k.doc.Is(needed) {
		k.fail(at, "type-missing", spec, "“type” must hold “%s”.", needed)
	}
}

func (k *checker) credential() {
	d := k.doc
	k.texts(d.root, "")
	k.issuer(d.root.Get("issuer"))
	k.subjects()
	k.validity()
	k.relatedResources()
}

func (k *checker) issuer(v ijson.Value) {
	const spec = "VC 2.0, 4.7"
	switch v.Kind() {
	case ijson.Invalid, ijson.Null:
		k.fail("", "issuer-missing", spec, "The credential has no “issuer”.")
	case ijson.String:
		k.url(v, "/issuer", "issuer-form", "The issuer", spec)
	case ijson.Object:
		if !v.Has("id") {
			k.fail("/issuer", "issuer-form", spec, "The issuer has no “id”, which must be a URL that identifies it.")
		} else {
			k.url(v.Get("id"), "/issuer/id", "issuer-form", "The issuer's “id”", spec)
		}
		k.texts(v, "/issuer")
	default:
		k.fail("/issuer", "issuer-form", spec, "The issuer must be a URL or an object with an “id”; this is a %s.", kindWord(v))
	}
}

func (k *checker) subjects() {
	const spec = "VC 2.0, 4.8"
	v := k.doc.root.Get("credentialSubject")
	if v.Kind() != ijson.Object && v.Len() == 0 {
		k.fail("", "subject-missing", spec, "The credential has no “credentialSubject”, so it says nothing of anybody.")
		return
	}
	for i, s := range v.Each() {
		p := place("/credentialSubject", v, i)
		switch {
		case s.Kind() != ijson.Object:
			k.fail(p, "subject-form", spec, "A subject must be an object; this is a %s.", kindWord(s))
		case s.Len() == 0:
			k.fail(p, "subject-empty", spec, "The subject is empty, so the credential says nothing of anybody.")
		case s.Has("id"):
			k.url(s.Get("id"), p+"/id", "subject-id", "The subject's “id”", spec)
		}
	}
}

func (k *checker) validity() {
	d := k.doc
	spec := "VC 2.0, 4.9"
	from, until := "validFrom", "validUntil"
	if d.Model == Model11 {
		spec, from, until = "VC 1.1, 4.6", "issuanceDate", "expirationDate"
		if !d.root.Has(from) {
			k.fail("", "valid-from-missing", spec, "The credential has no “issuanceDate”.")
		}
	}
	for _, name := range []string{"validFrom", "validUntil", "issuanceDate", "expirationDate"} {
		v := d.root.Get(name)
		if !v.IsValid() {
			continue
		}
		if d.Model == Model20 && (name == "issuanceDate" || name == "expirationDate") {
			k.warn("/"+name, "old-date", spec, "“%s” belongs to version 1.1 of the data model and means nothing here; use “validFrom” and “validUntil”.", name)
			continue
		}
		if _, err := ParseTime(v.Text()); err != nil {
			k.fail("/"+name, "date-form", spec, "“%s” must be a date and time with a time zone, such as 2026-05-31T00:00:00Z.", name)
		}
	}
	start, end := d.timeOf(from), d.timeOf(until)
	if !start.IsZero() && !end.IsZero() && end.Before(start) {
		k.fail("/"+until, "valid-until-before-from", spec, "The credential ends (%s) before it begins (%s).", d.root.Get(until).Text(), d.root.Get(from).Text())
	}
}

func (d *Document) timeOf(member string) time.Time {
	t, _, _ := d.date(member)
	return t
}

// relatedResources: VC 2.0, 5.3. Each has an id of its own and a digest.
func (k *checker) relatedResources() {
	const spec = "VC 2.0, 5.3"
	v := k.doc.root.Get("relatedResource")
	seen := map[string]bool{}
	for i, r := range v.Each() {
		p := place("/relatedResource", v, i)
		id := r.Get("id")
		k.url(id, p+"/id", "related-resource", "The “id” of a related resource", spec)
		if id.IsString() && seen[id.Text()] {
			k.fail(p+"/id", "related-resource", spec, "The related resource %s is listed twice.", id.Text())
		}
		seen[id.Text()] = true
		if !r.Get("digestSRI").IsString() && !r.Get("digestMultibase").IsString() {
			k.fail(p, "related-resource", spec, "A related resource needs “digestSRI” or “digestMultibase”.")
		}
	}
}

func (k *checker) presentation() {
	const spec = "VC 2.0, 4.13"
	holder := k.doc.root.Get("holder")
	switch holder.Kind() {
	case ijson.Invalid:
	case ijson.String:
		k.url(holder, "/holder", "holder-form", "The holder", spec)
	case ijson.Object:
		k.url(holder.Get("id"), "/holder/id", "holder-form", "The holder's “id”", spec)
	default:
		k.fail("/holder", "holder-form", spec, "The holder must be a URL or an object with an “id”.")
	}
	for _, c := range k.doc.Credentials() {
		if c.Value.IsString() && k.doc.Model == Model11 {
			continue // VC 1.1, 4.10 with a JWT inside
		}
		if types := typesOf(c.Value); !contains(types, string(KindCredential)) && !contains(types, string(KindEnvelopedCredential)) {
			k.fail(c.Pointer, "presentation-credential", spec, "A presentation may hold only objects of type VerifiableCredential or EnvelopedVerifiableCredential.")
		}
	}
}

func (k *checker) enveloped() {
	mediaType, _, ok := k.doc.EnvelopedToken()
	if !ok || !strings.Contains(mediaType, "/") {
		k.fail("/id", "enveloped-form", "VC 2.0, 4.13.1", "The “id” of an enveloped credential must be a data: URL with its media type and its token.")
	}
}

// typedMembers are the members whose objects must say their type, and some of them an id.
var typedMembers = []struct {
	name, noun, spec string
	needsID          bool
}{
	{"proof", "proof", "VC 2.0, 4.12", false},
	{"credentialStatus", "status entry", "VC 2.0, 4.10", false},
	{"credentialSchema", "schema entry", "VC 2.0, 4.11", true},
	{"refreshService", "refresh service", "VC 2.0, 5.4", false},
	{"termsOfUse", "entry of the terms of use", "VC 2.0, 5.5", false},
	{"evidence", "piece of evidence", "VC 2.0, 5.6", false},
}

func (k *checker) typedObjects() {
	for _, m := range typedMembers {
		if n := k.doc.root.Get(m.name).Len(); n > MaxObjects {
			k.fail("/"+m.name, "object-many", m.spec, "“%s” has %d elements; more than %d are not read.", m.name, n, MaxObjects)
			continue
		}
		for _, o := range objects(k.doc.root, m.name) {
			if o.Value.Kind() != ijson.Object {
				k.fail(o.Pointer, "object-form", m.spec, "A %s must be an object; this is a %s.", m.noun, kindWord(o.Value))
				continue
			}
			if t := o.Value.Get("type"); len(o.Types) == 0 || len(o.Types) != max(t.Len(), 1) && t.IsValid() {
				k.fail(o.Pointer, "object-type", m.spec, "The %s has no “type” that is a name or URL.", m.noun)
			}
			switch id := o.Value.Get("id"); {
			case id.IsValid():
				k.url(id, o.Pointer+"/id", "object-id", "The “id” of the "+m.noun, m.spec)
			case m.needsID:
				k.fail(o.Pointer, "object-id", m.spec, "The %s has no “id”.", m.noun)
			}
		}
	}
}

// texts checks name and description: strings, or language value objects with nothing else in them (VC 2.0, 11.1).
func (k *checker) texts(v ijson.Value, at string) {
	for _, name := range []string{"name", "description"} {
		for _, t := range v.Get(name).Each() {
			switch t.Kind() {
			case ijson.String:
			case ijson.Object:
				k.languageObject(t, at+"/"+name)
			default:
				k.fail(at+"/"+name, "text-form", "VC 2.0, 4.6", "“%s” must be a text; this is a %s.", name, kindWord(t))
			}
		}
	}
}

func (k *checker) languageObject(v ijson.Value, at string) {
	const spec = "VC 2.0, 11.1"
	if !v.Has("@value") {
		for lang, t := range v.Members() {
			if strings.HasPrefix(lang, "@") && lang != "@none" || !t.IsString() {
				k.fail(at, "text-form", spec, "A text with a language needs “@value” and “@language”.")
				return
			}
		}
		k.warn(at, "text-language-map", spec, "A text in several languages must be a list of objects with “@value” and “@language”.")
		return
	}
	for name, part := range v.Members() {
		switch {
		case name != "@value" && name != "@language" && name != "@direction":
			k.fail(at, "text-form", spec, "A text with a language may hold “@value”, “@language” and “@direction”, and not “%s”.", name)
		case !part.IsString():
			k.fail(at, "text-form", spec, "“%s” must be a text.", name)
		case name == "@direction" && part.Text() != "ltr" && part.Text() != "rtl":
			k.fail(at, "text-form", spec, "“@direction” must be ltr or rtl.")
		}
	}
}

func (k *checker) url(v ijson.Value, at, code, noun, spec string) {
	switch {
	case !v.IsValid():
		k.fail(at[:strings.LastIndexByte(at, '/')], code, spec, "%s is missing.", noun)
	case !v.IsString():
		k.fail(at, code, spec, "%s must be one URL; this is a %s.", noun, kindWord(v))
	case !IsURL(v.Text()):
		k.fail(at, code, spec, "%s must be a URL, and “%s” is none.", noun, v.Text())
	}
}

// IsURL tells whether a string is an absolute URL or IRI: a scheme, a colon, and something of which nothing is a space
// or another character that URLs exclude. Hosts are not looked at: urn: and did: URLs are as good.
func IsURL(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || scheme == "" || rest == "" {
		return false
	}
	for i := range len(scheme) {
		c := scheme[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.')) {
			return false
		}
	}
	for i := range len(rest) {
		if rest[i] <= ' ' || rest[i] == 0x7f || strings.IndexByte("<>\"{}|\\^`", rest[i]) >= 0 {
			return false
		}
	}
	if (scheme == "http" || scheme == "https") && (len(rest) < 3 || rest[:2] != "//") {
		return false
	}
	return true
}
