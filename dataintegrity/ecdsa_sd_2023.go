package dataintegrity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/openlaurel/laurel/key"
)

// ecdsaSD2023 signs every statement of the document on its own, with a key made for this one proof, so that the holder can
// disclose some of them; the issuer's key signs that key and the mandatory statements (Data Integrity ECDSA, 3.4).
//
// The rules are:
//
//   - What the issuer makes is a base proof. It contains the secret that hides the labels of blank nodes, and is between
//     issuer and holder. Derive turns it into a derived proof; only that is verified.
//   - Blank nodes are named by an HMAC of their canonical label, so that what is not disclosed does not show in the names.
//   - A list is disclosed whole or not at all: RDF has no list with gaps.
//
// Deviation: JSON pointers are followed in the document as it stands, not in a version of it compacted anew; where the two
// differ (an array of one element), either spelling is understood.
var ecdsaSD2023 = Suite{
	Name: "ecdsa-sd-2023", Type: typeDataIntegrityProof,
	keys: keysP256, verify: verifySD, sign: signSD,
}

// verifySD is 3.4.7, Verify Derived Proof.
func verifySD(s *Suite, in *input, p Proof, pub crypto.PublicKey) (*Result, error) {
	v, err := readDerived(p)
	if err != nil {
		return nil, err
	}
	if _, err := s.hash(pub); err != nil {
		return nil, err
	}
	config, dropped, err := in.configHash(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	c, droppedDoc, err := in.canonicalDocument(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	lines, err := v.statements(p, c)
	if err != nil {
		return nil, err
	}
	mandatory, rest := v.split(lines)
	if len(rest) != len(v.signatures) {
		return nil, &SignatureError{Pointer: p.Pointer, Suite: s.Name,
			Err: fmt.Errorf("it has %d signatures for %d disclosed statements", len(v.signatures), len(rest))}
	}
	d := &digests{config: config, doc: sumLines(mandatory), dropped: append(droppedDoc, dropped...)}
	if in.keep {
		for _, l := range lines {
			d.canonical = append(d.canonical, l...)
		}
	}
	if err := key.Verify(pub, crypto.SHA256, baseInput(d.config, v.publicKey, d.doc), v.baseSignature); err != nil {
		return nil, &SignatureError{Pointer: p.Pointer, Suite: s.Name, Err: errors.New("the issuer's signature over the mandatory statements")}
	}
	for i, l := range rest {
		if key.Verify(v.ephemeral, crypto.SHA256, []byte(l), v.signatures[i]) != nil {
			return nil, &SignatureError{Pointer: p.Pointer, Suite: s.Name, Err: fmt.Errorf("signature %d of %d over a disclosed statement", i+1, len(rest))}
		}
	}
	return d.result(), nil
}

// baseInput is what the issuer's key signs (3.4.17).
func baseInput(config, publicKey, mandatory []byte) []byte {
	return slices.Concat(config, publicKey, mandatory)
}

func sumLines(lines []string) []byte {
	d := crypto.SHA256.New()
	for _, l := range lines {
		d.Write([]byte(l))
	}
	return d.Sum(nil)
}

// signSD is 3.4.2, Create Base Proof, with fresh secrets.
func signSD(_ *Suite, in *input, opts *SignOptions) (string, error) {
	ephemeral, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	hmacKey := make([]byte, hmacKeySize)
	rand.Read(hmacKey) // never fails
	return makeBase(in, opts, ephemeral, hmacKey)
}

func makeBase(in *input, opts *SignOptions, ephemeral crypto.Signer, hmacKey []byte) (string, error) {
	config, dropped, err := in.configHash(crypto.SHA256)
	if err != nil {
		return "", err
	}
	whole, err := newDisclosable(in, hmacKey)
	if err != nil {
		return "", err
	}
	if dropped = append(whole.dropped, dropped...); len(dropped) > 0 {
		return "", &DroppedError{Dropped: dropped}
	}
	mandatory, err := whole.match(opts.Mandatory)
	if err != nil {
		return "", err
	}
	v := &baseValue{hmacKey: hmacKey, pointers: opts.Mandatory}
	if v.publicKey, err = rawMultikey(ephemeral.Public()); err != nil {
		return "", err
	}
	var shown []string
	for i, l := range whole.lines {
		if mandatory.has(i) {
			shown = append(shown, l)
			continue
		}
		sig, err := key.Sign(ephemeral, crypto.SHA256, []byte(l))
		if err != nil {
			return "", err
		}
		v.signatures = append(v.signatures, sig)
	}
	if v.baseSignature, err = key.Sign(opts.Signer, crypto.SHA256, baseInput(config, v.publicKey, sumLines(shown))); err != nil {
		return "", err
	}
	return v.encode()
}
