// Package jsonld implements JSON-LD 1.1 expansion and conversion to RDF
// (W3C Recommendations JSON-LD 1.1 and JSON-LD 1.1 Processing Algorithms and
// API) over embedded, pinned contexts. It never fetches anything.
//
// What JSON-LD would drop without a word (a term no context defines, a
// relative type) is listed in [Result.Dropped]. A caller that signs or
// verifies should refuse a document that drops anything: what is dropped is
// not covered by a signature over the RDF. This is what others call safe mode.
package jsonld

import (
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/rdf"
)

// Limits of a conversion, so that its work stays in proportion to the
// document.
const (
	// DefaultMaxContexts is how many contexts are processed, not counting
	// the repetition of one in the same place. Real records have ten to forty.
	DefaultMaxContexts = 1000
	// maxRemoteContexts is how deep contexts refer to other contexts. The
	// deepest published chain has two.
	maxRemoteContexts = 16
	// minInline is how many bytes of different contexts any document may
	// carry in itself; beyond, they may be one part in inlineShare of it. The
	// contexts of a record with extensions have some hundreds.
	minInline, inlineShare = 128 << 10, 8
	// minObjects is how many objects any document may have; beyond, each has
	// to come with bytesPerObject of the document. The shortest object that
	// says something, {"id":"urn:x:1"}, has 16.
	minObjects, bytesPerObject = 10_000, 16
	// maxDropped is how many dropped things are listed. One refuses a
	// document; the rest helps to mend it.
	maxDropped = 1000
)

// Options are the options of [ToRDF] and [Expand]. Nil and zero mean strict:
// no base, embedded contexts only.
type Options struct {
	// Base is the base IRI of the document. Without it, relative IRIs stay
	// relative and are dropped.
	Base string
	// Context is processed before the document's own @context. Proof
	// configurations take the credential's.
	Context ijson.Value
	// Documents are context documents by URL, besides the embedded ones.
	Documents map[string][]byte
	// Label, if set, returns the label (without "_:") for a JSON object
	// that becomes a blank node, or "" for a fresh one.
	Label func(node ijson.Value) string
	// OmitTopLevel are the names of members of the root object that are left
	// out.
	OmitTopLevel []string
	// RDFDirection is "", "i18n-datatype" or "compound-literal": how the
	// direction of text is written in RDF.
	RDFDirection string
	// Part, if set, reports whether an object in the document is also a
	// document of its own: a credential inside another. [Result.Part] gives
	// what ToRDF would make of it, where that can be had without converting
	// it again. Parts of parts are not looked for.
	Part func(v ijson.Value) bool
	// MaxContexts limits how many contexts are processed; zero means
	// DefaultMaxContexts.
	MaxContexts int

	// generic keeps to the generic path; tests compare both.
	generic bool
}

// Result is a document as RDF.
type Result struct {
	Dropped []Dropped
	Dataset *rdf.Dataset

	parts []part
}

// Dropped is something that JSON-LD drops without an error.
type Dropped struct {
	Pointer string // JSON pointer (RFC 6901) of the member or element
	Term    string // the name or value that meant nothing
	Reason  string // one of the Reason constants
}

// Why something is dropped.
const (
	ReasonUndefinedTerm  = "undefined term"
	ReasonRelativeType   = "type is not an absolute IRI"
	ReasonRelativeID     = "id is not an absolute IRI"
	ReasonRelativeIRI    = "reference is not an absolute IRI"
	ReasonInvalidIRI     = "not a well-formed IRI"
	ReasonReservedTerm   = "names of the form @word are reserved"
	ReasonFreeFloating   = "value outside of any property"
	ReasonEmpty          = "object that says nothing"
	ReasonNullValue      = "@value is null"
	ReasonLanguage       = "language tag is not well-formed"
	ReasonBlankPredicate = "property is a blank node"
	ReasonDirection      = "text direction has no form in RDF"
	ReasonRelativeVocab  = "@vocab is not an absolute IRI"
)

// ToRDF converts a document to an RDF dataset. The dataset refers to the
// bytes of the document, which must not change.
func ToRDF(v ijson.Value, opts *Options) (*Result, error) {
	p := newProcessor(v, opts)
	return p.toRDF(v)
}

// Expand returns the document in expanded form, as encoding/json would
// decode it.
func Expand(v ijson.Value, opts *Options) (any, error) {
	p := newProcessor(v, opts)
	list, err := p.expandDocument(v)
	if err != nil {
		return nil, err
	}
	return plain(list), nil
}
