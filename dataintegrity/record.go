package dataintegrity

import (
	"crypto"
	"sync"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/rdf"
)

// Record remembers, for the verification of a document with several proofs or with signed parts, what the proofs have in
// common: the document is converted to RDF once, its parts with it wherever their own contexts mean what the document's
// do, and canonicalized once for each hash function. Put it into [Options.Record]. The results are the same without it.
//
// It is safe for concurrent use.
type Record struct {
	root      ijson.Value
	documents map[string][]byte

	once      sync.Once
	converted *jsonld.Result
	err       error

	mu     sync.Mutex
	hashed map[recordKey]hashed
}

type recordKey struct {
	offset int
	hash   crypto.Hash
}

type hashed struct {
	sum     []byte
	dropped []jsonld.Dropped
}

// NewRecord returns a memory for a document and the documents inside it; contexts are those of [Options.Documents].
func NewRecord(root ijson.Value, documents map[string][]byte) *Record {
	return &Record{root: root, documents: documents, hashed: map[recordKey]hashed{}}
}

// has reports whether v stands in the record's document, and not at the same place of another.
func (r *Record) has(v ijson.Value) bool {
	raw, whole, at := v.Raw(), r.root.Raw(), v.Offset()-r.root.Offset()
	return len(raw) > 0 && at >= 0 && at < len(whole) && &raw[0] == &whole[at]
}

func isPart(v ijson.Value) bool { return v.Has("proof") }

// convert returns a document, the whole or a part, as RDF. Every result is shared: nothing may be changed in it.
func (r *Record) convert(v ijson.Value) (*rdf.Dataset, []jsonld.Dropped, error) {
	r.once.Do(func() {
		r.converted, r.err = jsonld.ToRDF(r.root, &jsonld.Options{Documents: r.documents, OmitTopLevel: proofMember, Part: isPart})
	})
	if v.Offset() == r.root.Offset() {
		if r.err != nil {
			return nil, nil, r.err
		}
		return r.converted.Dataset, r.converted.Dropped, nil
	}
	if r.err == nil {
		if ds := r.converted.Part(v); ds != nil {
			return ds, nil, nil
		}
	}
	own, err := jsonld.ToRDF(v, &jsonld.Options{Documents: r.documents, OmitTopLevel: proofMember})
	if err != nil {
		return nil, nil, err
	}
	return own.Dataset, own.Dropped, nil
}

func (r *Record) recall(v ijson.Value, h crypto.Hash) (hashed, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := r.hashed[recordKey{v.Offset(), h}]
	return known, ok
}

func (r *Record) remember(v ijson.Value, h crypto.Hash, known hashed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hashed[recordKey{v.Offset(), h}] = known
}
