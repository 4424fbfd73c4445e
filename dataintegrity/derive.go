package dataintegrity

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// Derive makes of a document with an ecdsa-sd-2023 base proof one that discloses what the issuer made mandatory and what
// the JSON pointers name, and nothing else (Data Integrity ECDSA, 3.4.6). Other proofs of the document are left out: they
// cover the whole of it.
func Derive(doc []byte, reveal []string) ([]byte, error) { return DeriveWith(doc, reveal, nil) }

// DeriveWith is [Derive] with JSON-LD contexts by URL besides the embedded ones.
func DeriveWith(doc []byte, reveal []string, documents map[string][]byte) ([]byte, error) {
	d, err := ijson.Parse(doc, nil)
	if err != nil {
		return nil, err
	}
	p, base, err := findBase(d.Root())
	if err != nil {
		return nil, err
	}
	in, err := newInput(d.Root(), p)
	if err != nil {
		return nil, err
	}
	in.documents = documents
	value, shown, err := derive(in, base, reveal)
	if err != nil {
		return nil, err
	}
	text, err := value.encode()
	if err != nil {
		return nil, err
	}
	config, err := without(p.value, "proofValue")
	if err != nil {
		return nil, err
	}
	return attach(shown.text, shown.root, withProofValue(config.Raw(), text))
}

// findBase finds the one base proof of a document.
func findBase(doc ijson.Value) (p Proof, v *baseValue, err error) {
	found := 0
	for _, q := range Proofs(doc) {
		if s, ok := q.Suite(); !ok || s != &ecdsaSD2023 {
			continue
		}
		p = q
		found++
	}
	switch {
	case found == 0:
		return p, nil, &UnsupportedError{Pointer: "/proof", Cryptosuite: ecdsaSD2023.Name, Msg: "is not the suite of any proof of the document; only from such a proof can be derived"}
	case found > 1:
		return p, nil, &ChainError{Pointer: "/proof", ID: ecdsaSD2023.Name, Msg: "and the document has " + strconv.Itoa(found) + " such proofs; derive from a document with one"}
	case len(p.PreviousProof) > 0:
		return p, nil, &ChainError{Pointer: p.Pointer + "/previousProof", ID: p.PreviousProof[0], Msg: "which covers the whole document and would not hold for a part of it"}
	}
	if err := p.check(); err != nil {
		return p, nil, err
	}
	v, err = readBase(p)
	return p, v, err
}

// derive is 3.4.19, createDisclosureData.
func derive(in *input, base *baseValue, reveal []string) (*derivedValue, *selection, error) {
	combined := slices.Concat(base.pointers, reveal)
	if len(combined) == 0 {
		return nil, nil, &DisclosureError{Msg: "nothing is mandatory and nothing is to be revealed; name at least one member"}
	}
	whole, err := newDisclosable(in, base.hmacKey)
	if err != nil {
		return nil, nil, err
	}
	mandatory, err := whole.match(base.pointers)
	if err != nil {
		return nil, nil, err
	}
	if want := len(whole.lines) - len(mandatory.indexes); len(base.signatures) != want {
		return nil, nil, &SignatureError{Pointer: in.proof, Suite: ecdsaSD2023.Name,
			Err: &DisclosureError{Msg: "the base proof has " + strconv.Itoa(len(base.signatures)) + " signatures for " + strconv.Itoa(want) + " statements; the document is not the one it was made for"}}
	}
	shown, err := whole.match(combined)
	if err != nil {
		return nil, nil, err
	}
	v := &derivedValue{baseSignature: base.baseSignature, publicKey: base.publicKey, labels: map[int][]byte{}}
	signature := 0 // of the next statement that is not mandatory
	place := 0     // among what is shown
	for i := range whole.lines {
		isMandatory := mandatory.has(i)
		if shown.has(i) {
			if isMandatory {
				v.mandatory = append(v.mandatory, place)
			} else {
				v.signatures = append(v.signatures, base.signatures[signature])
			}
			place++
		}
		if !isMandatory {
			signature++
		}
	}
	for canonical, name := range shown.names {
		n, err := strconv.Atoi(strings.TrimPrefix(canonical, "c14n"))
		if err != nil {
			return nil, nil, err
		}
		if v.labels[n], err = base64.RawURLEncoding.DecodeString(name[len(multibasePrefix):]); err != nil {
			return nil, nil, err
		}
	}
	return v, shown.selection, nil
}
