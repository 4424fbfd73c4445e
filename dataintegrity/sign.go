package dataintegrity

import (
	"crypto"
	"slices"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/multibase"
)

// SignOptions say which proof [Sign] adds.
type SignOptions struct {
	// Suite names the cryptosuite; see Names.
	Suite string
	// Signer holds the private key. Its public key decides the hash function of the ECDSA suites.
	Signer crypto.Signer
	// VerificationMethod is where verifiers find the public key.
	VerificationMethod string
	// Created is when the proof was made; zero means now. It is written in seconds, in UTC.
	Created time.Time
	// Expires is when the proof ends; zero means never.
	Expires time.Time
	// Purpose is the proofPurpose; empty means assertionMethod.
	Purpose string
	// ID identifies the proof, so that a later one can name it in its PreviousProof. Empty means none.
	ID string
	// PreviousProof names proofs of the document that this one builds upon and signs too.
	PreviousProof []string
	// Challenge and Domain tie a presentation to the request it answers; empty means neither.
	Challenge, Domain string
	// Mandatory are JSON pointers of what every disclosure shows (ecdsa-sd-2023 only).
	Mandatory []string
	// Documents are JSON-LD contexts by URL, besides the embedded ones.
	Documents map[string][]byte
	// Record, if set, is what NewRecord made of the document, parsed from the very bytes that are signed: a document that
	// is signed again, with another key or at another time, is then canonicalized once.
	Record *Record
}

// Sign adds a proof to a document (Data Integrity, 4.2 and 4.3). The proof member is an array; every other byte of the
// document stays as it was given, and a proof that is there already stays beside the new one.
//
// A document from which JSON-LD would drop anything is refused with a [*DroppedError] by the suites that sign RDF.
func Sign(doc []byte, opts *SignOptions) ([]byte, error) {
	d, err := ijson.Parse(doc, nil)
	if err != nil {
		return nil, err
	}
	proof, err := makeProof(d.Root(), opts.Record, opts)
	if err != nil {
		return nil, err
	}
	return attach(doc, d.Root(), proof)
}

// makeProof makes the proof of a document; record may be nil.
func makeProof(root ijson.Value, record *Record, opts *SignOptions) ([]byte, error) {
	s, err := opts.suite()
	if err != nil {
		return nil, err
	}
	text, err := opts.config(s, root)
	if err != nil {
		return nil, err
	}
	c, err := ijson.Parse(text, nil)
	if err != nil {
		return nil, err
	}
	p := readProof(c.Root(), "/proof/-")
	for _, q := range Proofs(root) {
		if q.ID != "" && q.ID == p.ID {
			return nil, &ChainError{Pointer: p.Pointer + "/id", ID: p.ID, Msg: "which is the id of another proof of the document"}
		}
	}
	in, err := newInput(root, p)
	if err != nil {
		return nil, err
	}
	in.documents, in.record, in.signing = opts.Documents, record, true
	sign := s.sign
	if sign == nil {
		sign = signOne
	}
	value, err := sign(s, in, opts)
	if err != nil {
		return nil, err
	}
	return withProofValue(text, value), nil
}

func (o *SignOptions) suite() (*Suite, error) {
	s, ok := Lookup(o.Suite)
	if !ok {
		return nil, &UnsupportedError{Cryptosuite: o.Suite}
	}
	if s.VerifyOnly {
		return nil, &UnsupportedError{Cryptosuite: o.Suite, Msg: "is verified and no longer created; sign with " + eddsaRDFC2022.Name}
	}
	if o.Signer == nil {
		return nil, &KeyTypeError{Suite: s.Name, Want: keyClassNames[s.keys], Got: keyName(nil)}
	}
	if _, err := s.hash(o.Signer.Public()); err != nil {
		return nil, err
	}
	if len(o.Mandatory) > 0 && s != &ecdsaSD2023 {
		return nil, &UnsupportedError{Cryptosuite: o.Suite, Msg: "has no mandatory pointers; only " + ecdsaSD2023.Name + " has"}
	}
	return s, nil
}

// config writes the proof without its value.
func (o *SignOptions) config(s *Suite, doc ijson.Value) ([]byte, error) {
	return o.appendConfig(make([]byte, 0, 512), s, doc)
}

func (o *SignOptions) appendConfig(b []byte, s *Suite, doc ijson.Value) ([]byte, error) {
	if o.VerificationMethod == "" {
		return nil, &MalformedError{Pointer: "/proof/-/verificationMethod", Msg: "is empty; say where verifiers find the public key"}
	}
	created, expires, purpose := o.Created, "", o.Purpose
	if created.IsZero() {
		created = time.Now()
	}
	if !o.Expires.IsZero() {
		expires = o.Expires.UTC().Format(proofTime)
	}
	if purpose == "" {
		purpose = purposeAssertion
	}
	b = append(b, '{')
	for _, m := range [...]struct{ name, value string }{
		{"id", o.ID}, {"type", s.Type}, {"cryptosuite", s.Name}, {"created", created.UTC().Format(proofTime)}, {"expires", expires},
		{"verificationMethod", o.VerificationMethod}, {"proofPurpose", purpose}, {"challenge", o.Challenge}, {"domain", o.Domain},
	} {
		if m.value != "" {
			b = append(ijson.AppendQuoted(b, m.name), ':')
			b = append(ijson.AppendQuoted(b, m.value), ',')
		}
	}
	if len(o.PreviousProof) > 0 {
		b = append(b, `"previousProof":[`...)
		for _, id := range o.PreviousProof {
			b = append(ijson.AppendQuoted(b, id), ',')
		}
		b = append(b[:len(b)-1], `],`...)
	}
	if context := doc.Get("@context"); s.isJCS && context.IsValid() {
		text, err := ijson.Marshal(rawJSON(context.Raw())) // without white space
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, `"@context":`...), text...), ',')
	}
	b[len(b)-1] = '}'
	return b, nil
}

// proofTime is how the times of a proof are written: in seconds, in UTC.
const proofTime = "2006-01-02T15:04:05Z"

// rawJSON is bytes of the document in something that is marshalled.
type rawJSON []byte

func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// signOne is the path of all suites with a single signature.
func signOne(s *Suite, in *input, opts *SignOptions) (string, error) {
	h, err := s.hash(opts.Signer.Public())
	if err != nil {
		return "", err
	}
	d, err := s.digest(in, h)
	if err != nil {
		return "", err
	}
	if len(d.dropped) > 0 {
		return "", &DroppedError{Dropped: d.dropped}
	}
	sig, err := key.Sign(opts.Signer, s.signatureHash(h), d.signingInput())
	if err != nil {
		return "", err
	}
	return multibase.Encode(multibase.Base58BTC, sig), nil
}

// withProofValue appends the value to the bytes of a configuration.
func withProofValue(config []byte, value string) []byte {
	proof := append(slices.Clone(config[:len(config)-1]), `,"proofValue":`...)
	return append(ijson.AppendQuoted(proof, value), '}')
}

// attach puts a proof into the bytes of a document: behind the proofs that are there, or as its last member.
func attach(doc []byte, root ijson.Value, proof []byte) ([]byte, error) {
	old := root.Get("proof")
	from, to := old.Offset(), old.Offset()+len(old.Raw())
	switch old.Kind() {
	case ijson.Invalid:
		at, comma := root.Offset()+1, ""
		for _, last := range root.Members() {
			at, comma = last.Offset()+len(last.Raw()), ","
		}
		return slices.Concat(doc[:at], []byte(comma+`"proof":[`), proof, []byte("]"), doc[at:]), nil
	case ijson.Null:
		return slices.Concat(doc[:from], []byte("["), proof, []byte("]"), doc[to:]), nil
	case ijson.Object:
		return slices.Concat(doc[:from], []byte("["), doc[from:to], []byte(","), proof, []byte("]"), doc[to:]), nil
	case ijson.Array:
		at, comma := from+1, ""
		for last := range old.Elements() {
			at, comma = last.Offset()+len(last.Raw()), ","
		}
		return slices.Concat(doc[:at], []byte(comma), proof, doc[at:]), nil
	}
	return nil, &MalformedError{Pointer: "/proof", Msg: "must be an object or an array of objects"}
}
