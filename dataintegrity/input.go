package dataintegrity

import (
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
)

// input is what a suite hashes: the document to secure and the options of its proof.
type input struct {
	doc  ijson.Value
	omit []string // members of doc that are not secured: its proof, unless previous proofs are part of it
	// context is the document's @context.
	context ijson.Value
	// config is the proof without proofValue and, for suites over RDF, without @context: omitted on the way, see omitConfig.
	config    ijson.Value
	proof     string   // pointer of the proof in the document
	previous  []string // pointers of the proofs that stand in doc's proof member
	documents map[string][]byte
	record    *Record // or nil
	keep      bool    // the canonical form
	signing   bool    // the parts of the document are of no interest
}

var (
	proofMember = []string{"proof"}
	// omitConfig is what a proof configuration leaves out (Data Integrity EdDSA, 3.2.5).
	omitConfig = []string{"proofValue"}
)

func newInput(doc ijson.Value, p Proof) (*input, error) {
	if doc.Kind() != ijson.Object {
		return nil, &MalformedError{Pointer: "", Msg: "a document with a proof must be a JSON object"}
	}
	if n := doc.Get("proof").Len(); doc.Get("proof").Kind() == ijson.Array && n > MaxProofs {
		return nil, &MalformedError{Pointer: "/proof", Msg: "has " + itoa(n) + " proofs; the limit is " + itoa(MaxProofs)}
	}
	in := &input{doc: doc, omit: proofMember, context: doc.Get("@context"), config: p.value, proof: p.Pointer}
	if len(p.PreviousProof) > 0 {
		if err := in.include(p); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// include makes the proofs that p builds upon part of the secured document (Data Integrity, 4.5, steps 4 and 5).
func (in *input) include(p Proof) error {
	proofs := Proofs(in.doc)
	byID := make(map[string]int, len(proofs))
	for i, q := range proofs {
		if q.ID == "" {
			continue
		}
		if _, twice := byID[q.ID]; twice {
			return &ChainError{Pointer: p.Pointer + "/previousProof", ID: q.ID, Msg: "and the document has two proofs of that id"}
		}
		byID[q.ID] = i
	}
	if err := checkChain(proofs, byID, p); err != nil {
		return err
	}
	text := []byte{'['}
	for i, id := range p.PreviousProof {
		q := proofs[byID[id]]
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, q.value.Raw()...)
		in.previous = append(in.previous, q.Pointer)
	}
	doc, err := replace(in.doc, in.doc.Get("proof"), append(text, ']'))
	if err != nil {
		return err
	}
	in.doc, in.omit = doc, nil
	in.context = doc.Get("@context")
	return nil
}

// checkChain refuses a previousProof that leads nowhere or in a circle. It visits every proof at most once.
func checkChain(proofs []Proof, byID map[string]int, p Proof) error {
	seen := map[string]bool{}
	var visit func(q Proof) error
	visit = func(q Proof) error {
		for _, id := range q.PreviousProof {
			i, ok := byID[id]
			switch {
			case !ok:
				return &ChainError{Pointer: q.Pointer + "/previousProof", ID: id, Msg: "and the document has no proof of that id"}
			case proofs[i].Pointer == p.Pointer || p.ID != "" && id == p.ID:
				return &ChainError{Pointer: q.Pointer + "/previousProof", ID: id, Msg: "and so leads back to a proof that builds upon it"}
			case seen[id]:
				continue
			}
			seen[id] = true
			if err := visit(proofs[i]); err != nil {
				return err
			}
		}
		return nil
	}
	for i, id := range p.PreviousProof {
		if slices.Contains(p.PreviousProof[:i], id) {
			return &ChainError{Pointer: p.Pointer + "/previousProof", ID: id, Msg: "and does so twice"}
		}
	}
	return visit(p)
}

// replace returns the document with other bytes in the place of one of its values.
func replace(doc, old ijson.Value, with []byte) (ijson.Value, error) {
	raw := doc.Raw()
	from := old.Offset() - doc.Offset()
	text := slices.Concat(raw[:from], with, raw[from+len(old.Raw()):])
	d, err := ijson.Parse(text, nil)
	if err != nil {
		return ijson.Value{}, err
	}
	return d.Root(), nil
}

// inDocument turns the pointers of what was dropped from the secured document into pointers of the document.
func (in *input) inDocument(dropped []jsonld.Dropped) []jsonld.Dropped {
	for i, d := range dropped {
		rest, ok := strings.CutPrefix(d.Pointer, "/proof/")
		if !ok || in.omit != nil {
			continue
		}
		index, tail, _ := strings.Cut(rest, "/")
		for k, pointer := range in.previous {
			if itoa(k) == index {
				dropped[i].Pointer = strings.TrimSuffix(pointer+"/"+tail, "/")
			}
		}
	}
	return dropped
}

// ofProof turns the pointers of what was dropped from the configuration into pointers of the document.
func (in *input) ofProof(dropped []jsonld.Dropped) []jsonld.Dropped {
	for i := range dropped {
		dropped[i].Pointer = in.proof + dropped[i].Pointer
	}
	return dropped
}
