package jsonld

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/rdf"
)

// toRDF converts a document (JSON-LD 1.1 API, sections 7 and 8.1). There is
// no node map between: a dataset is a set, and merging nodes by their
// identifiers is what it does anyway.
func (p *processor) toRDF(v ijson.Value) (*Result, error) {
	if tooManyObjects(v) {
		return nil, &Error{Code: CodeTooManyObjects, Msg: fmt.Sprintf("it has more than %d, the limit for its size", max(minObjects, len(v.Raw())/bytesPerObject))}
	}
	w := newWriter(p, v)
	if !p.opts.generic {
		done, err := p.fastToRDF(w, v)
		if err != nil && err != errBail {
			return nil, err
		}
		if done && err == nil {
			return &Result{Dataset: w.ds, Dropped: p.dropped, parts: w.parts}, nil
		}
		w = newWriter(p, v)
		p.dropped = nil
	}
	list, err := p.expandDocument(v)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		if o, ok := e.(object); ok {
			if _, _, err := w.node(o, 0); err != nil {
				return nil, err
			}
		}
	}
	return &Result{Dataset: w.ds, Dropped: p.dropped}, nil
}

// tooManyObjects holds a document to the limit on its objects, each of which
// may become a node. Braces are counted first, because that is quick and
// nearly always enough.
func tooManyObjects(v ijson.Value) bool {
	limit := max(minObjects, len(v.Raw())/bytesPerObject)
	return bytes.Count(v.Raw(), []byte{'{'}) > limit && countObjects(v, limit) > limit
}

func countObjects(v ijson.Value, limit int) (n int) {
	switch v.Kind() {
	case ijson.Object:
		n++
		for _, m := range v.Members() {
			if n += countObjects(m, limit-n); n > limit {
				break
			}
		}
	case ijson.Array:
		for _, e := range v.Each() {
			if n += countObjects(e, limit-n); n > limit {
				break
			}
		}
	}
	return n
}

func newWriter(p *processor, v ijson.Value) *rdfWriter {
	w := &rdfWriter{p: p, ds: rdf.NewDataset(v.Raw()), odd: map[string]rdf.Node{}, indexes: map[indexKey]string{}}
	w.typ = w.ds.Predicate(rdf.Type)
	w.first, w.rest = w.ds.Predicate(rdf.First), w.ds.Predicate(rdf.Rest)
	return w
}

// rdfWriter writes expanded objects as quads.
type rdfWriter struct {
	p                *processor
	ds               *rdf.Dataset
	typ, first, rest rdf.Predicate
	parts            []part
	end              rdf.Node            // rdf:nil
	odd              map[string]rdf.Node // blank nodes whose labels N-Quads could not have
	indexes          map[indexKey]string
}

// noGraph is a graph whose name RDF cannot have: what is in it is left out.
const noGraph = ^rdf.Node(0)

func (w *rdfWriter) addNode(s rdf.Node, p rdf.Predicate, o, g rdf.Node) {
	if g != noGraph {
		w.ds.AddNode(s, p, o, g)
	}
}

func (w *rdfWriter) addLiteral(s rdf.Node, p rdf.Predicate, text string, suffix rdf.Suffix, g rdf.Node) {
	if g != noGraph {
		w.ds.AddLiteral(s, p, w.ds.Text(text), suffix, g)
	}
}

type indexKey struct{ node, graph rdf.Node }

// resource returns the node of an identifier; false if RDF cannot have it.
func (w *rdfWriter) resource(id string) (rdf.Node, bool) {
	if label, ok := strings.CutPrefix(id, "_:"); ok {
		if rdf.ValidLabel(label) {
			return w.ds.Blank(label), true
		}
		n, ok := w.odd[label]
		if !ok {
			n = w.ds.Blank("")
			w.odd[label] = n
		}
		return n, true
	}
	if !isAbsolute(id) || !wellFormed(id) {
		return 0, false
	}
	return w.ds.IRI(w.ds.Text(id)), true
}

// subject returns the node of a node object. null means that its @id is
// null: such an object is nothing at all.
func (w *rdfWriter) subject(o object) (n rdf.Node, ok, null bool) {
	id, given := o["@id"]
	if !given {
		label := ""
		if v, ok := o[source].(ijson.Value); ok {
			label = w.p.opts.Label(v)
		}
		return w.ds.Blank(label), true, false
	}
	s, isText := id.(string)
	if !isText {
		return 0, false, true
	}
	n, ok = w.resource(s)
	return n, ok, false
}

// node writes a node object and returns its node. ok is false if the node
// cannot be in RDF; what it contains is still written.
func (w *rdfWriter) node(o object, g rdf.Node) (n rdf.Node, ok bool, err error) {
	n, ok, null := w.subject(o)
	if null {
		return 0, false, nil
	}
	if index, has := o["@index"].(string); has && ok {
		key := indexKey{n, g}
		if old, had := w.indexes[key]; had && old != index {
			return 0, false, &Error{Code: "conflicting indexes", Msg: "a node has two different values of @index"}
		}
		w.indexes[key] = index
	}
	for _, name := range sortedNames(o) {
		if err := w.member(n, ok, name, o[name], g); err != nil {
			return 0, false, err
		}
	}
	return n, ok, nil
}

func (w *rdfWriter) member(n rdf.Node, ok bool, name string, v any, g rdf.Node) error {
	switch name {
	case "@type":
		for _, t := range v.([]any) {
			if o, valid := w.resource(t.(string)); valid && ok {
				w.addNode(n, w.typ, o, g)
			}
		}
		return nil
	case "@graph":
		// Graphs do not nest in RDF: a graph inside a graph stands beside it.
		if !ok {
			n = noGraph
		}
		return w.nodes(v.([]any), n)
	case "@included":
		return w.nodes(v.([]any), g)
	case "@reverse":
		return w.reverse(n, ok, v.(object), g)
	}
	if name[0] == '@' && isKeyword(name) {
		return nil
	}
	valid := ok && !isBlank(name) && wellFormed(name) && isAbsolute(name)
	var predicate rdf.Predicate
	if valid {
		predicate = w.ds.Predicate(name)
	}
	for _, item := range v.([]any) {
		if err := w.value(n, predicate, valid, item, g); err != nil {
			return err
		}
	}
	return nil
}

func (w *rdfWriter) nodes(list []any, g rdf.Node) error {
	for _, e := range list {
		if o, ok := e.(object); ok && isNode(o) {
			if _, _, err := w.node(o, g); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *rdfWriter) reverse(n rdf.Node, ok bool, m object, g rdf.Node) error {
	for _, name := range sortedNames(m) {
		for _, item := range m[name].([]any) {
			s, valid, err := w.node(item.(object), g)
			if err != nil {
				return err
			}
			if valid && ok && !isBlank(name) && wellFormed(name) {
				w.addNode(s, w.ds.Predicate(name), n, g)
			}
		}
	}
	return nil
}

// value writes one quad, if it is valid, and what hangs on its object.
func (w *rdfWriter) value(s rdf.Node, p rdf.Predicate, valid bool, item any, g rdf.Node) error {
	o := item.(object)
	switch {
	case has(o, "@value"):
		if valid {
			w.literal(s, p, o, g)
		}
		return nil
	case has(o, "@list"):
		head, err := w.list(o["@list"].([]any), g)
		if err == nil && valid {
			w.addNode(s, p, head, g)
		}
		return err
	}
	n, ok, err := w.node(o, g)
	if err == nil && ok && valid {
		w.addNode(s, p, n, g)
	}
	return err
}

// list writes an RDF collection and returns its head (section 8.1.3).
func (w *rdfWriter) list(items []any, g rdf.Node) (rdf.Node, error) {
	end := w.nilNode()
	if len(items) == 0 {
		return end, nil
	}
	head := w.ds.Blank("")
	cell := head
	for i, item := range items {
		if err := w.value(cell, w.first, true, item, g); err != nil {
			return 0, err
		}
		next := end
		if i < len(items)-1 {
			next = w.ds.Blank("")
		}
		w.addNode(cell, w.rest, next, g)
		cell = next
	}
	return head, nil
}

func (w *rdfWriter) nilNode() rdf.Node {
	if w.end == 0 {
		w.end = w.ds.IRI(w.ds.Text(rdf.Nil))
	}
	return w.end
}

// literal is Object to RDF Conversion (section 8.1.2) for a value object.
func (w *rdfWriter) literal(s rdf.Node, p rdf.Predicate, o object, g rdf.Node) {
	datatype, _ := o["@type"].(string)
	language, _ := o["@language"].(string)
	text := ""
	switch v := o["@value"].(type) {
	case string:
		text = v
	case bool:
		text = strconv.FormatBool(v)
		datatype = orElse(datatype, rdf.XSDBoolean)
	case ijson.Value:
		if datatype == "@json" {
			text = string(ijson.AppendCanonical(nil, v))
			break
		}
		text, datatype = number(v.Float(), datatype)
	}
	switch {
	case datatype == "@json":
		w.addLiteral(s, p, text, w.ds.Datatype(rdf.JSON), g)
		return
	case datatype != "" && !wellFormed(datatype):
		return
	}
	if direction, _ := o["@direction"].(string); direction != "" && w.p.opts.RDFDirection != "" {
		w.directed(s, p, text, language, direction, g)
		return
	}
	suffix := w.ds.Datatype(datatype)
	if language != "" && datatype == "" {
		if !languageTag(language) {
			return
		}
		suffix = w.ds.Language(language)
	}
	w.addLiteral(s, p, text, suffix, g)
}

// directed writes a string with a direction.
func (w *rdfWriter) directed(s rdf.Node, p rdf.Predicate, text, language, direction string, g rdf.Node) {
	const ns = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	if w.p.opts.RDFDirection != "compound-literal" {
		w.addLiteral(s, p, text, w.ds.Datatype("https://www.w3.org/ns/i18n#"+language+"_"+direction), g)
		return
	}
	n := w.ds.Blank("")
	w.addNode(s, p, n, g)
	w.addLiteral(n, w.ds.Predicate(ns+"value"), text, 0, g)
	if language != "" {
		w.addLiteral(n, w.ds.Predicate(ns+"language"), language, 0, g)
	}
	w.addLiteral(n, w.ds.Predicate(ns+"direction"), direction, 0, g)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// number returns the lexical form and the datatype of a JSON number.
func number(f float64, datatype string) (string, string) {
	if f != math.Trunc(f) || math.Abs(f) >= 1e21 || datatype == rdf.XSDDouble {
		return canonicalDouble(f), orElse(datatype, rdf.XSDDouble)
	}
	if f == 0 {
		f = 0 // not -0
	}
	return strconv.FormatFloat(f, 'f', 0, 64), orElse(datatype, rdf.XSDInteger)
}

// canonicalDouble is "%1.15E" without zeros at the end of the fraction, as
// ECMAScript rounds it: of two equally near numbers the one with the greater
// magnitude, where Go takes the even one.
func canonicalDouble(f float64) string {
	s := strconv.FormatFloat(f, 'E', 15, 64)
	mantissa, exponent, _ := strings.Cut(s, "E")
	if more := strconv.FormatFloat(f, 'E', 16, 64); more[strings.IndexByte(more, 'E')-1] == '5' {
		// Maybe a tie; 770 digits are enough for every double.
		all, _, _ := strings.Cut(strconv.FormatFloat(f, 'E', 770, 64), "E")
		dot := strings.IndexByte(all, '.')
		if strings.Trim(all[dot+17:], "0") == "" {
			mantissa, exponent, _ = strings.Cut(roundUp(all[:dot+16], exponent), "E")
		}
	}
	mantissa = strings.TrimRight(mantissa, "0")
	if strings.HasSuffix(mantissa, ".") {
		mantissa += "0"
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return mantissa + "E" + sign + orElse(strings.TrimLeft(exponent[1:], "0"), "0")
}

// roundUp adds one to the last digit of a mantissa.
func roundUp(mantissa, exponent string) string {
	digits := []byte(mantissa)
	for i := len(digits) - 1; i >= 0; i-- {
		switch digits[i] {
		case '.', '-':
		case '9':
			digits[i] = '0'
		default:
			digits[i]++
			return string(digits) + "E" + exponent
		}
	}
	// 9.99… became 10.00…: a tie at that place needs more digits than a
	// double of that size has, but be right anyway.
	e, _ := strconv.Atoi(exponent)
	s := strings.Replace(string(digits), "0.", "1.0", 1)
	return s[:len(s)-1] + fmt.Sprintf("E%+03d", e+1)
}
