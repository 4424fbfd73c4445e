package dataintegrity

import (
	"crypto"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

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
	parts     []ijson.Value // signed documents inside, in their order
	prepared  sync.Once
	beside    bool // see SideBySide

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

// SideBySide says, before anything is verified, that the parts are verified in their order, at the same time as the
// whole: who verifies that begins with the last part, until all are hashed, and nobody hashes what somebody else does.
func (r *Record) SideBySide() { r.beside = true }

// has reports whether v stands in the record's document, and not at the same place of another.
func (r *Record) has(v ijson.Value) bool {
	raw, whole, at := v.Raw(), r.root.Raw(), v.Offset()-r.root.Offset()
	return len(raw) > 0 && at >= 0 && at < len(whole) && &raw[0] == &whole[at]
}

func (r *Record) isPart(v ijson.Value) bool {
	if !v.Has("proof") {
		return false
	}
	r.parts = append(r.parts, v)
	return true
}

// sideBySide is the number of statements of a record from which its parts are hashed on all processors. It takes about a
// millisecond to hash so many; less is done before another processor has begun.
const sideBySide = 4000

// prepare hashes the parts of the record before the whole, which then takes over what they found out about their blank
// nodes. A part that cannot be hashed here will say why when it is verified.
func (r *Record) prepare(h crypto.Hash) {
	if r.beside {
		for _, v := range slices.Backward(r.parts) {
			r.preparePart(v, h)
		}
		return
	}
	workers := min(runtime.GOMAXPROCS(0), len(r.parts))
	if r.converted.Dataset.Len() < sideBySide {
		workers = min(workers, 1)
	}
	var next atomic.Int64
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(r.parts) {
				return
			}
			r.preparePart(r.parts[i], h)
		}
	}
	var wg sync.WaitGroup
	for range workers - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
}

func (r *Record) preparePart(v ijson.Value, h crypto.Hash) {
	if _, ok := r.recall(v, h); ok {
		return
	}
	proofs := Proofs(v)
	if len(proofs) != 1 || len(proofs[0].PreviousProof) > 0 {
		return
	}
	if p := proofs[0]; !strings.Contains(p.Cryptosuite, "-rdfc-") && p.Cryptosuite != "" {
		return // it is not hashed so
	}
	if sum, err := r.converted.PartSum(v, &rdf.CanonicalOptions{Hash: h}); err == nil && sum != nil {
		r.remember(v, h, hashed{sum, nil})
	}
}

// sum hashes a part that was converted with the record. It returns nil for every other document.
func (r *Record) sum(v ijson.Value, h crypto.Hash) ([]byte, error) {
	if v.Offset() == r.root.Offset() {
		return nil, nil
	}
	if r.convertOnce(); r.err != nil {
		return nil, nil
	}
	return r.converted.PartSum(v, &rdf.CanonicalOptions{Hash: h})
}

func (r *Record) convertOnce() {
	r.once.Do(func() {
		r.converted, r.err = jsonld.ToRDF(r.root, &jsonld.Options{Documents: r.documents, OmitTopLevel: proofMember, Part: r.isPart})
	})
}

// convert returns a document, the whole or a part, as RDF. Every result is shared: nothing may be changed in it.
func (r *Record) convert(v ijson.Value) (*rdf.Dataset, []jsonld.Dropped, error) {
	r.convertOnce()
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
