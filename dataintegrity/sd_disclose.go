package dataintegrity

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/rdf"
)

// disclosable is a whole document as numbered statements, out of which parts can be found again.
//
// The specification finds them by giving every object an identifier first. Here a blank node is labelled by where its
// object stands in the document, so that the same object in a part of the document has the same label. Blank nodes that
// no object stands for, the cells of lists and the names of graphs, are told by what they hang on: see anchors.
type disclosable struct {
	in      *input
	lines   []string          // under HMAC labels, sorted
	number  map[string]int    // of a line
	names   map[string]string // HMAC label by the label in the dataset
	anchors map[string]string // label in the dataset by anchor
	dropped []jsonld.Dropped
}

// labelPrefix starts the labels of objects. No JSON-LD processor calls a fresh blank node so.
const labelPrefix = "at."

func newDisclosable(in *input, hmacKey []byte) (*disclosable, error) {
	if bytes.Contains(in.doc.Raw(), []byte(`"_:`+labelPrefix)) {
		return nil, namesBlankNodes()
	}
	label := func(v ijson.Value) string { return labelPrefix + strconv.Itoa(v.Offset()) }
	ds, c, dropped, err := in.canonicalPart(in.doc, in.omit, label)
	if err != nil {
		return nil, err
	}
	d := &disclosable{in: in, names: map[string]string{}, anchors: map[string]string{}, number: map[string]int{}, dropped: in.inDocument(dropped)}
	byCanonical := map[string]string{}
	mac := hmac.New(sha256.New, hmacKey)
	for inDataset, canonical := range c.Labels() {
		if !strings.HasPrefix(inDataset, labelPrefix) && ds.Labelled(inDataset) {
			return nil, namesBlankNodes()
		}
		mac.Reset()
		mac.Write([]byte(canonical))
		name := hmacLabel(mac.Sum(nil))
		byCanonical[canonical], d.names[inDataset] = name, name
	}
	d.lines = relabel(c.Lines(), byCanonical)
	for i, l := range d.lines {
		d.number[l] = i
	}
	for l, anchor := range anchors(ds) {
		d.anchors[anchor] = l
	}
	return d, nil
}

// namesBlankNodes: a label of the document's own says nothing about where its object stands. A mere text that begins
// with _: is none.
func namesBlankNodes() error {
	return &DisclosureError{Msg: "the document names blank nodes (_:…); leave these ids out, or use absolute IRIs, to disclose parts of it"}
}

func (in *input) canonicalPart(v ijson.Value, omit []string, label func(ijson.Value) string) (*rdf.Dataset, *rdf.Canonical, []jsonld.Dropped, error) {
	r, err := jsonld.ToRDF(v, &jsonld.Options{Documents: in.documents, OmitTopLevel: omit, Label: label})
	if err != nil {
		return nil, nil, nil, err
	}
	c, err := r.Dataset.Canonicalize(&rdf.CanonicalOptions{Hash: crypto.SHA256})
	return r.Dataset, c, r.Dropped, err
}

// matched is a part of a document: which statements of the whole it makes.
type matched struct {
	selection *selection
	indexes   []int          // sorted
	canonical *rdf.Canonical // of the part alone
	names     map[string]string
}

func (m *matched) has(i int) bool {
	_, ok := slices.BinarySearch(m.indexes, i)
	return ok
}

// match selects what the pointers name and finds its statements (Data Integrity ECDSA, 3.4.14 with the functions of 3.3
// for selection). No pointers select nothing.
func (d *disclosable) match(pointers []string) (*matched, error) {
	if len(pointers) == 0 {
		return &matched{}, nil
	}
	sel, err := selectPointers(d.in.doc, pointers)
	if err != nil {
		return nil, err
	}
	ds, c, _, err := d.in.canonicalPart(sel.root, nil, func(v ijson.Value) string {
		return labelPrefix + strconv.Itoa(sel.origin(v.Offset()))
	})
	if err != nil {
		return nil, err
	}
	m := &matched{selection: sel, canonical: c, names: map[string]string{}}
	found := anchors(ds)
	for label, canonical := range c.Labels() {
		if anchor, ok := found[label]; ok {
			label = d.anchors[anchor]
		}
		m.names[canonical] = d.names[label]
		if m.names[canonical] == "" {
			return nil, notAPart("")
		}
	}
	for _, l := range relabel(c.Lines(), m.names) {
		i, ok := d.number[l]
		if !ok {
			return nil, notAPart(l)
		}
		m.indexes = append(m.indexes, i)
	}
	return m, nil
}

func notAPart(line string) error {
	msg := "the selected part does not say the same on its own as in the whole document; a list is disclosed whole, so point at the array and not at its elements"
	if line != "" {
		msg += ", at " + string(bytes.TrimSpace([]byte(line)))
	}
	return &DisclosureError{Msg: msg}
}
