// Package rdf implements RDF 1.1 datasets, N-Quads, and RDF Dataset
// Canonicalization (RDFC-1.0) under a work limit.
//
// A [Dataset] is built for documents of some hundred thousand quads: a quad
// is 24 bytes without pointers, and the text of a term may be a piece of the
// document it came from. Subjects and graph names are interned as [Node]s,
// predicates as [Predicate]s, datatypes and languages as [Suffix]es; the
// text of an object is a [Text]. [Dataset.Add] and [Dataset.Quads] offer the
// same thing as ordinary values.
package rdf

import (
	"hash/maphash"
	"iter"
	"slices"
	"strconv"
	"sync"
)

// Well-known IRIs of the RDF and XML Schema vocabularies.
const (
	Type       = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
	First      = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first"
	Rest       = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest"
	Nil        = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"
	LangString = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
	JSON       = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"
	XSDString  = "http://www.w3.org/2001/XMLSchema#string"
	XSDBoolean = "http://www.w3.org/2001/XMLSchema#boolean"
	XSDInteger = "http://www.w3.org/2001/XMLSchema#integer"
	XSDDouble  = "http://www.w3.org/2001/XMLSchema#double"
)

// Node is an IRI or a blank node that a dataset knows as a subject or a
// graph name. The zero Node is the default graph.
type Node uint32

// Predicate is a predicate IRI of one dataset.
type Predicate uint32

// Suffix is what follows the quoted lexical form of a literal: nothing, a
// datatype or a language. The zero Suffix is a plain string.
type Suffix uint32

// Text is text a dataset can find again: a piece of its source or of its
// own memory, in the escaped form of canonical N-Quads.
type Text struct{ off, n uint32 }

const (
	inArena    = 1 << 31 // Text.off: the text is in the dataset's own memory
	blankNode  = ^uint32(0)
	objectIRI  = ^uint32(0)     // quad.kind: the object is an IRI, its text in off and n
	objectNode = ^uint32(0) - 1 // quad.kind: the object is the blank node off
)

// quad is one statement. kind is objectIRI, objectNode or a Suffix.
type quad struct {
	s, p, g uint32
	kind    uint32
	off, n  uint32
}

// node is an IRI with its text, or a blank node (n == blankNode) whose
// number is off.
type node struct{ off, n uint32 }

// Dataset is a set of quads. [NewDataset] makes an empty one.
//
// Reading and canonicalizing may happen concurrently; adding may not.
type Dataset struct {
	src    []byte
	arena  []byte
	quads  []quad
	nodes  []node   // by Node; index 0 is the default graph
	labels []string // by blank node number; "" where the dataset chose none
	byName map[string]Node
	table  []uint32 // interned IRI nodes, open addressing
	iris   int
	seed   maphash.Seed

	origin []uint32 // of a slice: the number a blank node has in the whole dataset
	moved  bool     // of a slice: its default graph has another name in the whole dataset
	*vocabulary
}

// vocabulary is what a dataset and its slices have in common: predicates,
// suffixes, and what was found out about its slices.
type vocabulary struct {
	preds    []string
	predIRIs []string             // the same, not escaped
	predID   map[string]Predicate // of them, once they are many
	suffixes []string             // canonical text after the closing quote, e.g. ^^<…>
	suffixID map[string]Suffix

	mu    sync.Mutex
	ranks []uint32 // by Predicate: its place among the sorted predicates

	firsts firstHashes
	sorted sortedRuns
}

func newVocabulary() *vocabulary {
	return &vocabulary{preds: make([]string, 0, fewPredicates/2), predIRIs: make([]string, 0, fewPredicates/2), suffixes: []string{""}}
}

// rank returns the order of the predicates, which has to be found only once
// for a dataset and all its slices.
func (v *vocabulary) rank() []uint32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.ranks) == len(v.preds) {
		return v.ranks
	}
	byText := make([]uint32, len(v.preds))
	for i := range byText {
		byText[i] = uint32(i)
	}
	slices.SortFunc(byText, func(a, b uint32) int { return comparePredicates(v.preds[a], v.preds[b]) })
	v.ranks = make([]uint32, len(byText))
	for i, p := range byText {
		v.ranks[p] = uint32(i)
	}
	return v.ranks
}

// NewDataset returns an empty dataset whose texts may be pieces of src (see
// [Dataset.Source]). src must not change as long as the dataset is in use.
func NewDataset(src []byte) *Dataset { return &Dataset{src: src, vocabulary: newVocabulary()} }

// Len returns the number of quads added. A quad added twice counts twice;
// canonicalization knows it once.
func (ds *Dataset) Len() int { return len(ds.quads) }

// BlankNodes returns the number of blank nodes.
func (ds *Dataset) BlankNodes() int { return len(ds.labels) }

// Grow prepares for n more quads.
func (ds *Dataset) Grow(n int) {
	if cap(ds.quads)-len(ds.quads) < n {
		q := make([]quad, len(ds.quads), len(ds.quads)+n)
		copy(q, ds.quads)
		ds.quads = q
	}
}

// Source returns the text at src[off:off+n], which must be in the escaped
// form of canonical N-Quads: see [Escaped].
func (ds *Dataset) Source(off, n int) Text { return Text{uint32(off), uint32(n)} }

// Text keeps a copy of an IRI, or of the lexical form of a literal, which
// is escaped where canonical N-Quads ask for it.
func (ds *Dataset) Text(s string) Text {
	off := len(ds.arena)
	ds.arena = AppendEscaped(ds.arena, s)
	return Text{uint32(off) | inArena, uint32(len(ds.arena) - off)}
}

func (ds *Dataset) bytes(off, n uint32) []byte {
	if off&inArena != 0 {
		off &^= inArena
		return ds.arena[off : off+n]
	}
	return ds.src[off : off+n]
}

// IRI returns the node of an IRI.
func (ds *Dataset) IRI(t Text) Node {
	b := ds.bytes(t.off, t.n)
	if ds.iris*2 >= len(ds.table) {
		ds.growTable()
	}
	mask := uint64(len(ds.table) - 1)
	for i := maphash.Bytes(ds.seed, b) & mask; ; i = (i + 1) & mask {
		id := ds.table[i]
		if id == 0 {
			id = uint32(ds.newNode(node(t)))
			ds.table[i] = id
			ds.iris++
			return Node(id)
		}
		if nd := ds.nodes[id]; string(ds.bytes(nd.off, nd.n)) == string(b) {
			return Node(id)
		}
	}
}

func (ds *Dataset) growTable() {
	if ds.table == nil {
		ds.seed = maphash.MakeSeed()
	}
	table := make([]uint32, max(64, 2*len(ds.table)))
	mask := uint64(len(table) - 1)
	for _, id := range ds.table {
		if id == 0 {
			continue
		}
		nd := ds.nodes[id]
		i := maphash.Bytes(ds.seed, ds.bytes(nd.off, nd.n)) & mask
		for table[i] != 0 {
			i = (i + 1) & mask
		}
		table[i] = id
	}
	ds.table = table
}

func (ds *Dataset) newNode(n node) Node {
	if ds.nodes == nil {
		ds.nodes = make([]node, 1, 64)
	}
	ds.nodes = append(ds.nodes, n)
	return Node(len(ds.nodes) - 1)
}

// Blank returns the blank node with the given label (without "_:"), or a
// fresh one if label is "".
func (ds *Dataset) Blank(label string) Node {
	if label != "" {
		if id, ok := ds.byName[label]; ok {
			return id
		}
	}
	id := ds.newNode(node{uint32(len(ds.labels)), blankNode})
	ds.labels = append(ds.labels, label)
	if label != "" {
		if ds.byName == nil {
			ds.byName = map[string]Node{}
		}
		ds.byName[label] = id
	}
	return id
}

// Labelled reports whether a blank node was given the label, rather than being called so for want of one.
func (ds *Dataset) Labelled(label string) bool { return ds.byName[label] != 0 }

// IsBlank reports whether n is a blank node.
func (ds *Dataset) IsBlank(n Node) bool { return n != 0 && ds.nodes[n].n == blankNode }

// fewPredicates and fewSuffixes are found faster by looking at all of them than by hashing. A record has some 70 predicates,
// each of which is looked up once.
const (
	fewPredicates = 128
	fewSuffixes   = 16
)

// Predicate returns the predicate with the given IRI.
func (ds *Dataset) Predicate(iri string) Predicate {
	if ds.predID != nil {
		if id, ok := ds.predID[iri]; ok {
			return id
		}
	} else if i := slices.Index(ds.predIRIs, iri); i >= 0 {
		return Predicate(i)
	}
	id := Predicate(len(ds.preds))
	ds.preds = append(ds.preds, escaped(iri))
	ds.predIRIs = append(ds.predIRIs, iri)
	if len(ds.preds) == fewPredicates {
		ds.predID = make(map[string]Predicate, 2*fewPredicates)
		for i, known := range ds.predIRIs {
			ds.predID[known] = Predicate(i)
		}
	} else if ds.predID != nil {
		ds.predID[iri] = id
	}
	return id
}

// Datatype returns the suffix of literals of a datatype. xsd:string has
// none.
func (ds *Dataset) Datatype(iri string) Suffix {
	if iri == "" || iri == XSDString {
		return ds.suffix("")
	}
	return ds.suffix("^^<" + escaped(iri) + ">")
}

// Language returns the suffix of literals in a language.
func (ds *Dataset) Language(tag string) Suffix { return ds.suffix("@" + tag) }

func (ds *Dataset) suffix(s string) Suffix {
	if ds.suffixID != nil {
		if id, ok := ds.suffixID[s]; ok {
			return id
		}
	} else if i := slices.Index(ds.suffixes, s); i >= 0 {
		return Suffix(i)
	}
	id := Suffix(len(ds.suffixes))
	ds.suffixes = append(ds.suffixes, s)
	if len(ds.suffixes) == fewSuffixes {
		ds.suffixID = make(map[string]Suffix, 2*fewSuffixes)
		for i, known := range ds.suffixes {
			ds.suffixID[known] = Suffix(i)
		}
	} else if ds.suffixID != nil {
		ds.suffixID[s] = id
	}
	return id
}

// AddNode adds a quad whose object is a node.
func (ds *Dataset) AddNode(s Node, p Predicate, o, g Node) {
	nd := ds.nodes[o]
	if nd.n == blankNode {
		ds.quads = append(ds.quads, quad{uint32(s), uint32(p), uint32(g), objectNode, uint32(o), 0})
		return
	}
	ds.quads = append(ds.quads, quad{uint32(s), uint32(p), uint32(g), objectIRI, nd.off, nd.n})
}

// AddIRI adds a quad whose object is an IRI.
func (ds *Dataset) AddIRI(s Node, p Predicate, iri Text, g Node) {
	ds.quads = append(ds.quads, quad{uint32(s), uint32(p), uint32(g), objectIRI, iri.off, iri.n})
}

// AddLiteral adds a quad whose object is a literal.
func (ds *Dataset) AddLiteral(s Node, p Predicate, lexical Text, suffix Suffix, g Node) {
	ds.quads = append(ds.quads, quad{uint32(s), uint32(p), uint32(g), uint32(suffix), lexical.off, lexical.n})
}

// Kind tells what a [Term] is.
type Kind uint8

// The kinds of terms. The zero Kind marks the default graph.
const (
	DefaultGraph Kind = iota
	IRI
	BlankNode
	Literal
)

// Term is an IRI, a blank node, a literal, or (its zero value) the default
// graph as the graph name of a quad.
type Term struct {
	Kind     Kind
	Value    string // the IRI, the label without "_:", or the lexical form
	Datatype string // of a literal; "" means xsd:string or, with a Language, rdf:langString
	Language string // of a literal
}

// Quad is a statement in a graph.
type Quad struct{ Subject, Predicate, Object, Graph Term }

// Add adds a quad. The predicate must be an IRI, the subject and the graph
// name an IRI or a blank node.
func (ds *Dataset) Add(q Quad) {
	s, g := ds.node(q.Subject), ds.node(q.Graph)
	p := ds.Predicate(q.Predicate.Value)
	switch q.Object.Kind {
	case Literal:
		suffix := ds.Datatype(q.Object.Datatype)
		if q.Object.Language != "" {
			suffix = ds.Language(q.Object.Language)
		}
		ds.AddLiteral(s, p, ds.Text(q.Object.Value), suffix, g)
	case BlankNode:
		ds.AddNode(s, p, ds.Blank(q.Object.Value), g)
	default:
		ds.AddIRI(s, p, ds.Text(q.Object.Value), g)
	}
}

func (ds *Dataset) node(t Term) Node {
	switch t.Kind {
	case DefaultGraph:
		return 0
	case BlankNode:
		return ds.Blank(t.Value)
	}
	return ds.IRI(ds.Text(t.Value))
}

// Quads returns the quads in the order they were added.
func (ds *Dataset) Quads() iter.Seq[Quad] {
	return func(yield func(Quad) bool) {
		for i := range ds.quads {
			q := &ds.quads[i]
			if !yield(Quad{
				Subject:   ds.term(q.s),
				Predicate: Term{Kind: IRI, Value: unescape([]byte(ds.preds[q.p]))},
				Object:    ds.object(q),
				Graph:     ds.term(q.g),
			}) {
				return
			}
		}
	}
}

func (ds *Dataset) term(n uint32) Term {
	if n == 0 {
		return Term{}
	}
	nd := ds.nodes[n]
	if nd.n == blankNode {
		return Term{Kind: BlankNode, Value: ds.label(nd.off)}
	}
	return Term{Kind: IRI, Value: unescape(ds.bytes(nd.off, nd.n))}
}

func (ds *Dataset) object(q *quad) Term {
	switch q.kind {
	case objectNode:
		return ds.term(q.off)
	case objectIRI:
		return Term{Kind: IRI, Value: unescape(ds.bytes(q.off, q.n))}
	}
	t := Term{Kind: Literal, Value: unescape(ds.bytes(q.off, q.n))}
	if q.kind != 0 {
		if s := ds.suffixes[q.kind]; s[0] == '@' {
			t.Language = s[1:]
		} else {
			t.Datatype = unescape([]byte(s[3 : len(s)-1]))
		}
	}
	return t
}

// label returns the label of a blank node by its number. A node without a
// label of its own is called b and its number, unless that name is taken.
func (ds *Dataset) label(number uint32) string {
	if l := ds.labels[number]; l != "" {
		return l
	}
	if ds.origin != nil {
		number = ds.origin[number]
	}
	l := "b" + strconv.Itoa(int(number))
	for ds.byName[l] != 0 {
		l += "x"
	}
	return l
}

// NQuads writes the dataset as N-Quads in the order of the quads, blank
// nodes under their own labels.
func (ds *Dataset) NQuads() []byte {
	var names nameList
	for i := range ds.labels {
		names.text = append(append(names.text, "_:"...), ds.label(uint32(i))...)
		names.end = append(names.end, uint32(len(names.text)))
	}
	var out []byte
	for i := range ds.quads {
		out = ds.appendQuad(out, &ds.quads[i], &names)
	}
	return out
}

// appendQuad appends one line, blank nodes written as names says.
func (ds *Dataset) appendQuad(dst []byte, q *quad, names *nameList) []byte {
	dst = ds.appendNode(dst, q.s, names)
	dst = append(dst, " <"...)
	dst = append(dst, ds.preds[q.p]...)
	dst = append(dst, "> "...)
	switch q.kind {
	case objectNode:
		dst = append(dst, names.of(ds.nodes[q.off].off)...)
	case objectIRI:
		dst = append(dst, '<')
		dst = append(dst, ds.bytes(q.off, q.n)...)
		dst = append(dst, '>')
	default:
		dst = append(dst, '"')
		dst = append(dst, ds.bytes(q.off, q.n)...)
		dst = append(dst, '"')
		if q.kind != 0 {
			dst = append(dst, ds.suffixes[q.kind]...)
		}
	}
	if q.g != 0 {
		dst = append(dst, ' ')
		dst = ds.appendNode(dst, q.g, names)
	}
	return append(dst, " .\n"...)
}

func (ds *Dataset) appendNode(dst []byte, n uint32, names *nameList) []byte {
	nd := ds.nodes[n]
	if nd.n == blankNode {
		return append(dst, names.of(nd.off)...)
	}
	dst = append(dst, '<')
	dst = append(dst, ds.bytes(nd.off, nd.n)...)
	return append(dst, '>')
}

// Truncate takes back all quads but the first n.
func (ds *Dataset) Truncate(n int) {
	ds.quads = ds.quads[:n]
	ds.firsts.forget()
	ds.sorted.forget()
}
