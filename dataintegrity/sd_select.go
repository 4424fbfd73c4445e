package dataintegrity

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// maxPointers bounds the pointers of one selection: each is a walk through the document.
const maxPointers = 10_000

// selection is a part of a document as a document of its own, with the way back.
type selection struct {
	root  ijson.Value
	text  []byte
	spans []span

	whole, partial map[int]bool // by the offset of a value in the original
}

// span is a run of bytes copied from the original.
type span struct{ at, from int }

// origin is the offset in the original of the value at an offset of the selection.
func (s *selection) origin(offset int) int {
	i := sort.Search(len(s.spans), func(i int) bool { return s.spans[i].at > offset }) - 1
	return s.spans[i].from + offset - s.spans[i].at
}

// selectPointers takes from a document what the pointers name and what that needs to be understood: of every object on
// the way its id, type and @context (Data Integrity ECDSA, 3.4.12 and 3.4.13).
func selectPointers(doc ijson.Value, pointers []string) (*selection, error) {
	if len(pointers) > maxPointers {
		return nil, &DisclosureError{Msg: strconv.Itoa(len(pointers)) + " pointers are more than the limit of " + strconv.Itoa(maxPointers)}
	}
	s := &selection{whole: map[int]bool{}, partial: map[int]bool{doc.Offset(): true}}
	for _, p := range pointers {
		if err := s.mark(doc, p); err != nil {
			return nil, err
		}
	}
	s.write(doc, true)
	d, err := ijson.Parse(s.text, nil)
	if err != nil {
		return nil, err
	}
	s.root = d.Root()
	return s, nil
}

// mark follows one pointer.
func (s *selection) mark(doc ijson.Value, pointer string) error {
	if pointer == "" {
		for name, v := range doc.Members() {
			if name != "proof" {
				s.whole[v.Offset()] = true
			}
		}
		return nil
	}
	if pointer[0] != '/' {
		return &DisclosureError{Pointer: strconv.Quote(pointer), Msg: "is not a JSON pointer; it must start with /"}
	}
	if pointer == "/proof" || strings.HasPrefix(pointer, "/proof/") {
		return &DisclosureError{Pointer: pointer, Msg: "is the proof itself, which is not disclosed but derived"}
	}
	v := doc
	for _, token := range strings.Split(pointer[1:], "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		s.partial[v.Offset()] = true
		next := s.step(v, token)
		if !next.IsValid() {
			return &DisclosureError{Pointer: pointer, Msg: "is not in the document"}
		}
		v = next
	}
	s.whole[v.Offset()] = true
	return nil
}

// step goes one token further. JSON-LD does not tell a value from an array of it alone, and issuers' pointers may have
// been made for the other form.
func (s *selection) step(v ijson.Value, token string) ijson.Value {
	if v.Kind() != ijson.Array {
		if next := v.Get(token); next.IsValid() || token != "0" {
			return next
		}
		return v
	}
	if i, err := strconv.Atoi(token); err == nil && strconv.Itoa(i) == token && i >= 0 {
		return v.Index(i)
	}
	if v.Len() != 1 {
		return ijson.Value{}
	}
	s.partial[v.Index(0).Offset()] = true
	return s.step(v.Index(0), token)
}

// identity are the members without which an object would mean something else.
var identity = []string{"@context", "id", "@id", "type", "@type"}

func (s *selection) write(v ijson.Value, root bool) {
	if s.whole[v.Offset()] && !root {
		s.copy(v.Raw(), v.Offset())
		return
	}
	s.copy(v.Raw()[:1], v.Offset()) // the opening bracket
	empty := true
	next := func() {
		if !empty {
			s.text = append(s.text, ',')
		}
		empty = false
	}
	if v.Kind() == ijson.Array {
		for e := range v.Elements() {
			if s.whole[e.Offset()] || s.partial[e.Offset()] {
				next()
				s.write(e, false)
			}
		}
		s.text = append(s.text, ']')
		return
	}
	for name, m := range v.Members() {
		isIdentity := slices.Contains(identity, name)
		if !isIdentity && !s.whole[m.Offset()] && !s.partial[m.Offset()] {
			continue
		}
		next()
		s.text = append(ijson.AppendQuoted(s.text, name), ':')
		if isIdentity {
			s.copy(m.Raw(), m.Offset())
			continue
		}
		s.write(m, false)
	}
	s.text = append(s.text, '}')
}

func (s *selection) copy(raw []byte, from int) {
	s.spans = append(s.spans, span{len(s.text), from})
	s.text = append(s.text, raw...)
}
