package ijson

import (
	"iter"
	"strconv"
	"unsafe"
)

// A Value is one value of a Document. The zero Value is invalid: it stands for
// a value that is not there. Every accessor on an invalid Value, or on one of
// another kind than the accessor is about, returns zero, so chains are safe.
type Value struct {
	doc *Document
	at  uint32
}

func (v Value) node() *node { return &v.doc.tape[v.at] }

// is returns v's node if v is of the kind, or nil.
func (v Value) is(kind Kind) *node {
	if v.doc == nil {
		return nil
	}
	if n := v.node(); n.kind() == kind {
		return n
	}
	return nil
}

// Kind returns the type of the value, Invalid if it is not there.
func (v Value) Kind() Kind {
	if v.doc == nil {
		return Invalid
	}
	return v.node().kind()
}

// IsValid reports whether the value is there. A JSON null is there.
func (v Value) IsValid() bool { return v.doc != nil }

// IsString reports whether the value is a string.
func (v Value) IsString() bool { return v.is(String) != nil }

// Raw returns the value's exact bytes in the source. They must not be changed.
func (v Value) Raw() []byte {
	if v.doc == nil {
		return nil
	}
	n := v.node()
	return v.doc.src[n.start:n.end:n.end]
}

// Offset returns how many bytes of the source stand before the value.
func (v Value) Offset() int {
	if v.doc == nil {
		return 0
	}
	return int(v.node().start)
}

// Len returns the number of elements of an array or members of an object.
func (v Value) Len() int {
	if v.doc == nil {
		return 0
	}
	return v.node().count()
}

// Get returns the member of an object by its exact name.
func (v Value) Get(name string) Value {
	n := v.is(Object)
	if n == nil {
		return Value{}
	}
	d, end := v.doc, n.next
	for i := v.at + 1; i < end; {
		if d.nameIs(i, name) {
			return Value{d, i + 1}
		}
		i = d.tape[i+1].next
	}
	return Value{}
}

// nameIs compares the member name at a tape index.
func (d *Document) nameIs(at uint32, name string) bool {
	k := &d.tape[at]
	if k.escaped() {
		return d.text(at) == name
	}
	return int(k.end-k.start) == len(name)+2 && string(d.src[k.start+1:k.end-1]) == name
}

func (d *Document) text(at uint32) string {
	n := &d.tape[at]
	return decoded(d.src[n.start+1:n.end-1], n.escaped())
}

// Has reports whether an object has a member of that name, null or not.
func (v Value) Has(name string) bool { return v.Get(name).IsValid() }

// Index returns the i-th element of an array. It steps over the elements
// before it; loops should use Elements.
func (v Value) Index(i int) Value {
	n := v.is(Array)
	if n == nil || i < 0 || i >= n.count() {
		return Value{}
	}
	at := v.at + 1
	for ; i > 0; i-- {
		at = v.doc.tape[at].next
	}
	return Value{v.doc, at}
}

// Members yields the members of an object in document order.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		n := v.is(Object)
		if n == nil {
			return
		}
		for i := v.at + 1; i < n.next; {
			if !yield(v.doc.text(i), Value{v.doc, i + 1}) {
				return
			}
			i = v.doc.tape[i+1].next
		}
	}
}

// Elements yields the elements of an array.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for _, e := range v.indexed() {
			if !yield(e) {
				return
			}
		}
	}
}

// indexed yields the elements of an array with their indexes.
func (v Value) indexed() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		n := v.is(Array)
		if n == nil {
			return
		}
		index := 0
		for i := v.at + 1; i < n.next; i = v.doc.tape[i].next {
			if !yield(index, Value{v.doc, i}) {
				return
			}
			index++
		}
	}
}

// Each yields the elements of an array, or the value itself once: JSON-LD lets
// a single value stand for an array of one. A null or missing value yields
// nothing.
func (v Value) Each() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) { v.each(yield) }
}

// each is apart so that Each is inlined, and its loops allocate nothing.
func (v Value) each(yield func(int, Value) bool) {
	switch v.Kind() {
	case Array:
		v.indexed()(yield)
	case Invalid, Null:
	default:
		yield(0, v)
	}
}

// Text returns the decoded text of a string, "" for any other kind. It points
// into the source when the string has no escapes.
func (v Value) Text() string {
	if v.is(String) == nil {
		return ""
	}
	return v.doc.text(v.at)
}

// Bool returns whether the value is true.
func (v Value) Bool() bool {
	n := v.is(Bool)
	return n != nil && v.doc.src[n.start] == 't'
}

// Number returns a number as it is written in the source, "" for any other kind.
func (v Value) Number() string {
	n := v.is(Number)
	if n == nil {
		return ""
	}
	return unsafe.String(&v.doc.src[n.start], int(n.end-n.start))
}

// Float returns a number as a double, which Parse has made sure is finite.
func (v Value) Float() float64 {
	f, _ := strconv.ParseFloat(v.Number(), 64) // "" gives 0
	return f
}

// Int returns a number that is a whole one and fits an int64; 1.0 and 1e2 do.
func (v Value) Int() (int64, bool) {
	text := v.Number()
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, true
	}
	const exact = 1 << 53
	f := v.Float()
	if i := int64(f); text != "" && -exact <= f && f <= exact && float64(i) == f {
		return i, true
	}
	return 0, false
}

// Any returns the value as encoding/json would decode it into an interface:
// nil, bool, float64, string, []any, map[string]any. Strings are copies.
func (v Value) Any() any {
	switch v.Kind() {
	case Bool:
		return v.Bool()
	case Number:
		return v.Float()
	case String:
		return string(append([]byte(nil), v.Text()...))
	case Array:
		list := make([]any, 0, v.Len())
		for e := range v.Elements() {
			list = append(list, e.Any())
		}
		return list
	case Object:
		object := make(map[string]any, v.Len())
		for name, m := range v.Members() {
			object[name] = m.Any()
		}
		return object
	}
	return nil
}
