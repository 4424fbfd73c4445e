package dataintegrity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
)

// The proof types. All newer suites share the first and are told apart by their cryptosuite member.
const (
	typeDataIntegrityProof = "DataIntegrityProof"
	typeEd25519Sig2020     = "Ed25519Signature2020"
)

// Suite is one way to secure a document.
type Suite struct {
	// Name is the value of cryptosuite, or of type for a proof type of its own.
	Name string
	// Type is the value of type.
	Type string
	// VerifyOnly marks a suite whose proofs are read and no longer made.
	VerifyOnly bool

	keys   keyClass
	isJCS  bool // the proof carries the document's @context
	digest func(*input, crypto.Hash) (*digests, error)
	// verify and sign replace the common path (hash, then one signature over the two hashes).
	verify func(*Suite, *input, Proof, crypto.PublicKey) (*Result, error)
	sign   func(*Suite, *input, *SignOptions) (proofValue string, err error)
}

// suites is every proof this package knows. A new one is a file and a line here.
var suites = []*Suite{
	&eddsaRDFC2022,
	&eddsa2022,
	&eddsaJCS2022,
	&ecdsaRDFC2019,
	&ecdsaJCS2019,
	&ecdsaSD2023,
	&ed25519Signature2020,
}

// Names lists the suites, as in the member that names them.
func Names() []string {
	names := make([]string, len(suites))
	for i, s := range suites {
		names[i] = s.Name
	}
	return names
}

// Lookup finds a suite by its name.
func Lookup(name string) (*Suite, bool) {
	for _, s := range suites {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// CanSign says whether the suite makes proofs with a key of this kind.
func (s *Suite) CanSign(pub crypto.PublicKey) bool {
	_, err := s.hash(pub)
	return err == nil && !s.VerifyOnly
}

// keyClass is the set of keys a suite works with.
type keyClass uint8

const (
	keysEd25519 keyClass = iota
	keysNIST             // P-256 and P-384
	keysP256
)

var keyClassNames = [...]string{"Ed25519 keys", "P-256 and P-384 keys", "P-256 keys"}

// hash is the hash function of the suite with this key; it governs the canonicalization, the two hashes and the
// signature alike (Data Integrity ECDSA, 3.2.2).
func (s *Suite) hash(pub crypto.PublicKey) (crypto.Hash, error) {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		if s.keys == keysEd25519 {
			return crypto.SHA256, nil
		}
	case *ecdsa.PublicKey:
		switch {
		case k.Curve == elliptic.P256() && s.keys != keysEd25519:
			return crypto.SHA256, nil
		case k.Curve == elliptic.P384() && s.keys == keysNIST:
			return crypto.SHA384, nil
		}
	}
	return 0, &KeyTypeError{Suite: s.Name, Want: keyClassNames[s.keys], Got: keyName(pub)}
}

// signatureHash is the hash applied to the signing input; Ed25519 hashes on its own.
func (s *Suite) signatureHash(h crypto.Hash) crypto.Hash {
	if s.keys == keysEd25519 {
		return 0
	}
	return h
}

// signatureSize is the length of a signature in bytes: Ed25519, or r and s at the width of the curve.
func (s *Suite) signatureSize(h crypto.Hash) int {
	if s.keys == keysNIST {
		return 2 * h.Size()
	}
	return ed25519.SignatureSize
}

func keyName(pub crypto.PublicKey) string {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return "Ed25519"
	case *ecdsa.PublicKey:
		if k.Curve != nil {
			return k.Curve.Params().Name
		}
		return "ECDSA without a curve"
	case *rsa.PublicKey:
		return "RSA"
	case nil:
		return "none"
	}
	return fmt.Sprintf("%T", pub)
}
