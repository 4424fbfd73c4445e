package dataintegrity

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/rdf"
)

// Part is an object inside a document that gets a proof of its own before the document does: a credential in a record.
type Part struct {
	Document ijson.Value
	// Options say which proof it gets. The contexts in Documents are those of the whole document's options.
	Options *SignOptions
}

// SignRecord adds a proof to each of the parts of a document, which are given in their order and not one inside another,
// and then to the document. It writes what [Sign] makes of the document with the parts that Sign has made, byte for byte,
// and takes half the time: the document is converted to RDF once, and what is found out about the blank nodes of a part
// holds for the whole. With a part or a suite for which that cannot be, it signs one after the other.
func SignRecord(doc ijson.Value, parts []Part, opts *SignOptions) ([]byte, error) {
	r := &Record{root: doc}
	end := doc.Offset() + 1
	for _, p := range parts {
		if !r.has(p.Document) || p.Document.Kind() != ijson.Object || p.Document.Offset() < end {
			return nil, &MalformedError{Pointer: p.Document.Pointer(), Msg: "is no part to sign: parts are objects in the document, in their order, and not one inside another"}
		}
		end = p.Document.Offset() + len(p.Document.Raw())
	}
	s := &recordSigner{doc: doc, opts: opts}
	for _, p := range parts {
		own := *p.Options
		own.Documents, own.Record = opts.Documents, nil
		s.parts = append(s.parts, partToSign{document: p.Document, opts: &own})
	}
	if signed, err := s.atOnce(); err != errInTurn {
		return signed, err
	}
	return s.inTurn()
}

// recordSigner signs a record at once: it first writes the record with the proofs of its parts, but for the proof values.
// In their places stand hyphens, which are exchanged in the record's RDF when the values are known.
type recordSigner struct {
	doc   ijson.Value
	opts  *SignOptions
	parts []partToSign
}

type partToSign struct {
	document ijson.Value
	opts     *SignOptions
	suite    *Suite
	at, slot int // of the part and of its proof value in the text
	value    string
}

// emptyValue stands where a proof value will be. It is as long as the longest: the 96 bytes of P-384, in base58.
var emptyValue = strings.Repeat("-", 134)

// errInTurn says that the parts have to be signed one after the other. Nothing was signed by then.
var errInTurn = errors.New("dataintegrity: to be signed in turn")

// inTurn signs the parts, puts them into the document and signs that.
func (s *recordSigner) inTurn() ([]byte, error) {
	raw, base, done := s.doc.Raw(), s.doc.Offset(), 0
	var text []byte
	for _, p := range s.parts {
		signed, err := Sign(p.document.Raw(), p.opts)
		if err != nil {
			return nil, p.failed(err)
		}
		from := p.document.Offset() - base
		text = append(append(text, raw[done:from]...), signed...)
		done = from + len(p.document.Raw())
	}
	return Sign(append(text, raw[done:]...), s.opts)
}

func (p *partToSign) failed(err error) error {
	return fmt.Errorf("the part at %s: %w", p.document.Pointer(), err)
}

func (s *recordSigner) atOnce() ([]byte, error) {
	d, err := s.write()
	if err != nil {
		return nil, err
	}
	r := NewRecord(d.Root(), s.opts.Documents)
	ds, _, err := r.convert(d.Root())
	if err != nil {
		return nil, errInTurn
	}
	if err := s.signParts(r); err != nil {
		return nil, err
	}
	values := make(map[rdf.Text]rdf.Text, len(s.parts))
	for _, p := range s.parts {
		values[ds.Source(p.slot, len(emptyValue))] = ds.Text(p.value)
	}
	if ds.Exchange(values) != len(s.parts) {
		return nil, errInTurn
	}
	proof, err := makeProof(d.Root(), r, s.opts)
	if err != nil {
		return nil, err
	}
	return s.fill(d.Bytes(), endOfLast(d.Root()), proof), nil
}

// write writes the document with the proofs of its parts.
func (s *recordSigner) write() (*ijson.Document, error) {
	if !isSliced(s.doc, s.opts) {
		return nil, errInTurn
	}
	if _, err := s.opts.suite(); err != nil { // before any part is signed
		return nil, err
	}
	proofs := make([]ijson.Insertion, len(s.parts))
	slots := make([]int, len(s.parts)) // of the proof values in the members
	for i := range s.parts {
		p := &s.parts[i]
		if !isSliced(p.document, p.opts) {
			return nil, errInTurn
		}
		var err error
		if p.suite, err = p.opts.suite(); err != nil {
			return nil, p.failed(err)
		}
		member := make([]byte, 0, 512)
		if member, err = p.opts.appendConfig(append(member, `"proof":[`...), p.suite, p.document); err != nil {
			return nil, p.failed(err)
		}
		slots[i] = len(member) - 1 + len(`,"proofValue":"`)
		member = append(append(member[:len(member)-1], `,"proofValue":"`...), emptyValue...)
		proofs[i] = ijson.Insertion{Into: p.document, Member: append(member, `"}]`...)}
	}
	d, at, err := ijson.Splice(s.doc, proofs, nil)
	if err != nil {
		return nil, errInTurn // which tells what is wrong with it
	}
	before := 0
	for i := range s.parts {
		p := &s.parts[i]
		p.slot = at[i] + slots[i]
		p.at = p.document.Offset() - s.doc.Offset() + before
		before += len(proofs[i].Member) + 1
	}
	return d, nil
}

// isSliced reports whether what the options hash of a document may be a slice of the RDF of another: not for the suites
// that hash something else, nor with proofs that are there.
func isSliced(doc ijson.Value, opts *SignOptions) bool {
	return strings.Contains(opts.Suite, "-rdfc-") && doc.Len() > 0 && !doc.Has("proof") && len(opts.PreviousProof) == 0
}

// signParts makes the proof values of the parts, as they stand in a record.
func (s *recordSigner) signParts(r *Record) error {
	inside := map[int]ijson.Value{}
	for _, v := range r.parts {
		inside[v.Offset()] = v
	}
	for i := range s.parts {
		p := &s.parts[i]
		h, err := p.suite.hash(p.opts.Signer.Public())
		if err != nil {
			return p.failed(err)
		}
		r.prepared.Do(func() { r.prepare(h) })
		v := inside[p.at]
		if _, ok := r.recall(v, h); !ok {
			return errInTurn
		}
	}
	for i := range s.parts {
		p := &s.parts[i]
		v := inside[p.at]
		in, err := newInput(v, Proofs(v)[0])
		if err != nil {
			return p.failed(err)
		}
		in.documents, in.record, in.signing = s.opts.Documents, r, true
		if p.value, err = signOne(p.suite, in, p.opts); err != nil {
			return p.failed(err)
		}
	}
	return nil
}

// endOfLast is where the last member of an object ends.
func endOfLast(v ijson.Value) (end int) {
	for _, last := range v.Members() {
		end = last.Offset() + len(last.Raw())
	}
	return end
}

// fill puts the values in their places, and the proof of the whole at end, which is behind them. It does so in the text
// itself, which nothing needs any more, unless a value is longer than the hyphens that it replaces.
func (s *recordSigner) fill(text []byte, end int, proof []byte) []byte {
	out, done := text[:0], 0
	if slices.ContainsFunc(s.parts, func(p partToSign) bool { return len(p.value) > len(emptyValue) }) {
		out = nil
	}
	for _, p := range s.parts {
		out = append(append(out, text[done:p.slot]...), p.value...)
		done = p.slot + len(emptyValue)
	}
	tail := bytes.Clone(text[end:])
	out = append(append(out, text[done:end]...), `,"proof":[`...)
	out = append(append(out, proof...), ']')
	return append(out, tail...)
}
