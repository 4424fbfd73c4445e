package jsonld

import (
	"fmt"
	"strings"
)

// The embedded contexts are restated in a notation of our own, one file per
// context in contexts/, written by the program in notation_test.go. A line is
// a term and what it stands for; a block of a deeper indentation (one tab) is
// the scoped context of the term above it. The rules are:
//
//	ns a IRI          from here on a|x stands for IRI followed by x
//	+                 an element of the context: an object, whose lines follow
//	+ URL             an element: a reference to another context
//	+ null            an element: null
//	@vocab IRI        also @base, @language, @direction, @import; - is null
//	@protected        also @propagate no
//	term = IRI        a definition that is a string; - is null
//	term IRI …        a definition that is an object, with its @id; . is none
//	  … type=IRI container=@set,@list language=en direction=rtl index=term
//	  nest=term reverse=IRI prefix=yes protected=no

// readNotation reads an embedded context.
func readNotation(text, url string) (*contextList, error) {
	r := &notationReader{url: url, ns: map[string]string{}}
	for _, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "ns "); ok {
			name, iri, _ := strings.Cut(rest, " ")
			r.ns[name] = iri
			continue
		}
		r.lines = append(r.lines, line)
	}
	list, err := r.block(0)
	if err == nil && len(r.lines) > 0 {
		err = fmt.Errorf("jsonld: context %s: stray line %q", url, r.lines[0])
	}
	return list, err
}

type notationReader struct {
	url   string
	ns    map[string]string
	lines []string
}

// next returns the next line if it stands at the indentation.
func (r *notationReader) next(depth int) (string, bool) {
	if len(r.lines) == 0 {
		return "", false
	}
	line := r.lines[0]
	tabs := len(line) - len(strings.TrimLeft(line, "\t"))
	if tabs != depth {
		return "", false
	}
	return line[tabs:], true
}

func (r *notationReader) block(depth int) (*contextList, error) {
	list := &contextList{shared: true, source: r.url}
	for {
		line, ok := r.next(depth)
		if !ok || line[0] != '+' {
			return list, nil
		}
		r.lines = r.lines[1:]
		e := contextElement{url: r.iri(strings.TrimPrefix(line[1:], " "))}
		switch e.url {
		case "null":
			e = contextElement{null: true}
		case "":
			l, err := r.local(depth)
			if err != nil {
				return nil, err
			}
			e.local = l
		}
		list.elements = append(list.elements, e)
	}
}

func (r *notationReader) local(depth int) (*localContext, error) {
	l := &localContext{}
	for {
		line, ok := r.next(depth)
		if !ok || line[0] == '+' {
			l.sort()
			return l, nil
		}
		r.lines = r.lines[1:]
		if line[0] == '@' && !strings.HasPrefix(line, "@type ") {
			if err := r.attribute(l, line); err != nil {
				return nil, err
			}
			continue
		}
		d, err := r.definition(line)
		if err != nil {
			return nil, err
		}
		if next, ok := r.next(depth + 1); ok && next[0] == '+' {
			if d.scoped, err = r.block(depth + 1); err != nil {
				return nil, err
			}
		}
		l.definitions = append(l.definitions, d)
	}
}

func (r *notationReader) attribute(l *localContext, line string) error {
	name, value, _ := strings.Cut(line, " ")
	o := optional{set: true, value: r.iri(value)}
	if value == "-" {
		o = optional{set: true, null: true}
	}
	switch name {
	case "@vocab":
		l.vocab = o
	case "@base":
		l.base = o
	case "@language":
		l.language = o
	case "@direction":
		l.direction = o
	case "@import":
		l.imports = o.value
	case "@protected":
		l.protected = true
	case "@propagate":
		l.propagate = toBool(value != "no")
	default:
		return fmt.Errorf("jsonld: context %s: %q is not part of the notation", r.url, line)
	}
	return nil
}

// iri undoes the abbreviation of a namespace.
func (r *notationReader) iri(s string) string {
	if ns, rest, ok := strings.Cut(s, "|"); ok {
		return r.ns[ns] + rest
	}
	return s
}

func (r *notationReader) definition(line string) (definition, error) {
	fields := strings.Fields(line)
	d := definition{term: fields[0]}
	bad := fmt.Errorf("jsonld: context %s: %q is not a definition", r.url, line)
	if len(fields) < 2 {
		return d, bad
	}
	id, rest := fields[1], fields[2:]
	if id == "=" {
		if len(fields) != 3 {
			return d, bad
		}
		d.simple = true
		id, rest = fields[2], nil
	}
	switch id {
	case "-":
		d.id = optional{set: true, null: true}
	case ".":
	default:
		d.id = optional{set: true, value: r.iri(id)}
	}
	for _, f := range rest {
		if name, value, ok := strings.Cut(f, "="); !ok || !r.property(&d, name, value) {
			return d, bad
		}
	}
	return d, nil
}

func (r *notationReader) property(d *definition, name, value string) bool {
	switch name {
	case "type":
		d.typ = r.iri(value)
	case "container":
		for _, c := range strings.Split(value, ",") {
			d.container |= containerNames[c]
		}
	case "language":
		d.language = optional{set: true, null: value == "-", value: strings.TrimPrefix(value, "-")}
	case "direction":
		d.direction = optional{set: true, null: value == "-", value: strings.TrimPrefix(value, "-")}
	case "index":
		d.index = r.iri(value)
	case "nest":
		d.nest = value
	case "reverse":
		d.reverse = optional{set: true, value: r.iri(value)}
	case "prefix":
		d.prefix = toBool(value == "yes")
	case "protected":
		d.protected = toBool(value == "yes")
	default:
		return false
	}
	return true
}
