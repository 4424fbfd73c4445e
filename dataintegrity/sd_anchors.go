package dataintegrity

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/rdf"
)

// anchors names the blank nodes that no JSON object stands for, by their labels in the dataset, in a way that is the same
// in a document and in a part of it:
//
//   - a cell of a list, by the statement that leads to the list, what the whole list holds, and the cell's place;
//   - the name of a graph, by the statement that leads to it and the node inside on which the others hang.
func anchors(ds *rdf.Dataset) map[string]string {
	a := &anchoring{
		first: map[string]rdf.Term{}, rest: map[string]rdf.Term{}, link: map[string]rdf.Quad{}, top: map[string]string{},
		content: map[string]string{}, names: map[string]string{}, taken: map[string]int{},
	}
	inner := map[string]bool{} // "graph node": the node is the object of something in the graph
	var fresh []string
	seen := map[string]bool{}
	note := func(t rdf.Term) {
		if isFresh(t) && !seen[t.Value] {
			seen[t.Value] = true
			fresh = append(fresh, t.Value)
		}
	}
	for q := range ds.Quads() {
		note(q.Subject)
		note(q.Object)
		note(q.Graph)
		a.read(q)
		if q.Graph.Kind != rdf.DefaultGraph && q.Object.Kind != rdf.Literal {
			inner[q.Graph.Value+" "+q.Object.Value] = true
		}
	}
	for q := range ds.Quads() {
		if isFresh(q.Graph) && !isFresh(q.Subject) && a.top[q.Graph.Value] == "" && !inner[q.Graph.Value+" "+q.Subject.Value] {
			a.top[q.Graph.Value] = a.key(q.Subject)
		}
	}
	for _, label := range fresh {
		a.name(label)
	}
	return a.names
}

type anchoring struct {
	first, rest map[string]rdf.Term // of the cells of lists
	link        map[string]rdf.Quad // the statement with the node as its object
	top         map[string]string   // of graphs
	content     map[string]string   // of lists, by their heads
	names       map[string]string
	taken       map[string]int
}

func isFresh(t rdf.Term) bool {
	return t.Kind == rdf.BlankNode && !strings.HasPrefix(t.Value, labelPrefix)
}

func (a *anchoring) read(q rdf.Quad) {
	if isFresh(q.Object) {
		a.link[q.Object.Value] = q
	}
	if isFresh(q.Subject) {
		switch q.Predicate.Value {
		case rdf.First:
			a.first[q.Subject.Value] = q.Object
		case rdf.Rest:
			a.rest[q.Subject.Value] = q.Object
		}
	}
}

// key is a term as text, for comparison. A list counts by its content.
func (a *anchoring) key(t rdf.Term) string {
	if _, isList := a.first[t.Value]; isFresh(t) && isList {
		return "list " + a.listContent(t.Value)
	}
	return strings.Join([]string{strconv.Itoa(int(t.Kind)), t.Value, t.Datatype, t.Language}, "\x00")
}

func (a *anchoring) listContent(head string) string {
	if known, ok := a.content[head]; ok {
		return known
	}
	h := sha256.New()
	for cell := (rdf.Term{Kind: rdf.BlankNode, Value: head}); cell.Kind == rdf.BlankNode; cell = a.rest[cell.Value] {
		item := sha256.Sum256([]byte(a.key(a.first[cell.Value])))
		h.Write(item[:])
	}
	sum := hex.EncodeToString(h.Sum(nil))
	a.content[head] = sum
	return sum
}

// name anchors a fresh node, and with the head of a list all of its cells.
func (a *anchoring) name(label string) string {
	if name, ok := a.names[label]; ok {
		return name
	}
	link := a.link[label]
	_, isCell := a.first[label]
	if isCell && link.Predicate.Value == rdf.Rest {
		head := label
		for l := a.link[head]; l.Predicate.Value == rdf.Rest && isFresh(l.Subject); l = a.link[head] {
			head = l.Subject.Value
		}
		a.name(head)
		return a.names[label]
	}
	subject := a.key(link.Subject)
	if isFresh(link.Subject) {
		subject = a.name(link.Subject.Value)
	}
	what := "graph " + a.top[label]
	if isCell {
		what = "list " + a.listContent(label)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{subject, link.Predicate.Value, what}, "\x01")))
	anchor := hex.EncodeToString(sum[:])
	a.taken[anchor]++ // the same list twice in one place
	anchor += "#" + strconv.Itoa(a.taken[anchor])
	a.names[label] = anchor
	if isCell {
		place := 1
		for cell := a.rest[label]; cell.Kind == rdf.BlankNode; cell = a.rest[cell.Value] {
			a.names[cell.Value] = anchor + "/" + strconv.Itoa(place)
			place++
		}
	}
	return anchor
}
