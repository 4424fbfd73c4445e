// Package dataintegrity implements Verifiable Credential Data Integrity 1.0 with the cryptosuites of Data Integrity EdDSA
// and Data Integrity ECDSA: it adds proofs to JSON documents and verifies them.
//
// A proof says that the holder of a key secured this document. It does not say whose key that is: resolving the
// verificationMethod, and holding it against the issuer, is for the caller, who hands in the key. Nor does it judge time;
// [Proof] has Created and Expires for the caller's clock.
//
// The suites with rdfc in their name, and ecdsa-sd-2023, sign what JSON-LD makes of the document. What JSON-LD drops is
// not signed: [Verify] lists it in [Result.Uncovered], and [Sign] refuses to sign it.
package dataintegrity

import (
	"crypto"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/multibase"
)

// Options are the options of [Verify]. Nil and zero mean strict: a proof whose purpose is assertionMethod, and embedded
// contexts only.
type Options struct {
	// Purpose is what proofPurpose must be; empty means assertionMethod.
	Purpose string
	// Domain must be among the proof's domains, unless it is empty.
	Domain string
	// Challenge must be the proof's challenge, unless it is empty.
	Challenge string
	// Documents are JSON-LD contexts by URL, besides the embedded ones.
	Documents map[string][]byte
	// Record, if set, is what NewRecord made of the document, or of the one that the document is a part of.
	Record *Record
	// Canonical asks for [Result.Canonical].
	Canonical bool
}

// Result is what a proof that verified covers.
type Result struct {
	// CanonicalHash is the hash of the canonical document; for ecdsa-sd-2023, of its mandatory statements.
	CanonicalHash []byte
	// ProofHash is the hash of the canonical proof configuration.
	ProofHash []byte
	// Canonical is the canonical document that was hashed, if Options asked for it.
	Canonical []byte
	// Dropped is everything in the document and in the proof that JSON-LD dropped.
	Dropped []jsonld.Dropped
	// Uncovered are the JSON pointers of what may be changed without breaking the signature, sorted.
	Uncovered []string
}

// Verify checks one proof of a document with a key (Data Integrity, 4.4 and 4.5): p is one of Proofs(doc). For a proof
// with a previousProof, the proofs it names are part of what is signed; whether they verify is asked by verifying them too.
//
// A nil error means that the signature belongs to the document and the key. The error is otherwise one of the types of
// this package, or a *jsonld.ContextError, *jsonld.Error or *rdf.WorkLimitError.
func Verify(doc ijson.Value, p Proof, pub crypto.PublicKey, opts *Options) (*Result, error) {
	if opts == nil {
		opts = &Options{}
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	s, ok := p.Suite()
	if !ok {
		return nil, &UnsupportedError{Pointer: p.Pointer, Type: p.Type, Cryptosuite: p.Cryptosuite}
	}
	if err := p.expect(opts); err != nil {
		return nil, err
	}
	in, err := newInput(doc, p)
	if err != nil {
		return nil, err
	}
	in.documents, in.record, in.keep = opts.Documents, opts.Record, opts.Canonical
	if s.verify != nil {
		return s.verify(s, in, p, pub)
	}
	return s.verifyOne(in, p, pub)
}

// expect compares the proof with what the caller expects of it (Data Integrity, 4.4, steps 4 to 7).
func (p Proof) expect(opts *Options) error {
	want := opts.Purpose
	if want == "" {
		want = purposeAssertion
	}
	if p.Purpose != want {
		return &ExpectationError{Pointer: p.Pointer + "/proofPurpose", Member: "proofPurpose", Want: want, Got: p.Purpose}
	}
	if opts.Domain != "" && !slices.Contains(p.Domain, opts.Domain) {
		got := strings.Join(p.Domain, ", ")
		return &ExpectationError{Pointer: p.Pointer + "/domain", Member: "domain", Want: opts.Domain, Got: got}
	}
	if opts.Challenge != "" && p.Challenge != opts.Challenge {
		return &ExpectationError{Pointer: p.Pointer + "/challenge", Member: "challenge", Want: opts.Challenge, Got: p.Challenge}
	}
	return nil
}

const purposeAssertion = "assertionMethod"

// verifyOne is the path of all suites with a single signature: over the hash of the configuration, then that of the
// document.
func (s *Suite) verifyOne(in *input, p Proof, pub crypto.PublicKey) (*Result, error) {
	h, err := s.hash(pub)
	if err != nil {
		return nil, err
	}
	sig, err := p.signature(s.signatureSize(h))
	if err != nil {
		return nil, err
	}
	d, err := s.digest(in, h)
	if err != nil {
		return nil, err
	}
	if err := key.Verify(pub, s.signatureHash(h), d.signingInput(), sig); err != nil {
		if errors.Is(err, key.ErrSignature) {
			err = nil
		}
		return nil, &SignatureError{Pointer: p.Pointer, Suite: s.Name, Err: err}
	}
	return d.result(), nil
}

// signature decodes a proofValue that is one signature: base58btc, and exactly as long as the key's signatures are.
func (p Proof) signature(size int) ([]byte, error) {
	// In base58, 11 characters hold 8 bytes; refuse what cannot fit before a decoder whose time is quadratic sees it.
	if len(p.ProofValue) > 2*size {
		return nil, p.malformed("proofValue", "is "+strconv.Itoa(len(p.ProofValue))+" characters long, too long for a signature")
	}
	enc, sig, err := multibase.Decode(p.ProofValue)
	if err != nil {
		return nil, &MalformedError{Pointer: p.Pointer + "/proofValue", Msg: "is not a multibase value", Err: err}
	}
	if enc != multibase.Base58BTC {
		return nil, p.malformed("proofValue", "must be in base58btc, starting with z")
	}
	if len(sig) != size {
		return nil, p.malformed("proofValue", "holds "+strconv.Itoa(len(sig))+" bytes where the signature has "+strconv.Itoa(size))
	}
	return sig, nil
}

// digests is what the signature of a suite is made over.
type digests struct {
	doc, config []byte
	canonical   []byte
	dropped     []jsonld.Dropped
	uncovered   []string // besides what was dropped
}

// signingInput is the configuration's hash and then the document's (Data Integrity EdDSA, 3.2.4).
func (d *digests) signingInput() []byte {
	return append(append(make([]byte, 0, 2*len(d.doc)), d.config...), d.doc...)
}

func (d *digests) result() *Result {
	return &Result{
		CanonicalHash: d.doc, ProofHash: d.config, Canonical: d.canonical,
		Dropped: d.dropped, Uncovered: uncovered(d.dropped, d.uncovered),
	}
}

// uncovered lists the pointers of what was dropped, each once and without those inside another.
func uncovered(dropped []jsonld.Dropped, more []string) []string {
	if len(dropped) == 0 && len(more) == 0 {
		return nil
	}
	all := slices.Clone(more)
	for _, d := range dropped {
		all = append(all, d.Pointer)
	}
	slices.Sort(all)
	kept := all[:0]
	for _, p := range all {
		inside := func(outer string) bool { return p == outer || strings.HasPrefix(p, outer+"/") }
		if !slices.ContainsFunc(kept, inside) {
			kept = append(kept, p)
		}
	}
	return kept
}

func itoa(i int) string { return strconv.Itoa(i) }
