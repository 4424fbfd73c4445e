package ob

import (
	"crypto/md5" //nolint:gosec // OB 3.0 IdentityHash allows md5; it is read, never written
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// IdentityObject says who the subject is, in the open or as a salted hash (OB 3.0, IdentityObject).
type IdentityObject struct {
	Type         string         `json:"type"`
	Hashed       bool           `json:"hashed"`
	IdentityHash string         `json:"identityHash"` // plain when not Hashed
	IdentityType IdentifierType `json:"identityType"`
	Salt         string         `json:"salt,omitempty"`
}

// Identity is an identity in the open.
func Identity(typ IdentifierType, value string) IdentityObject {
	return IdentityObject{Type: "IdentityObject", IdentityType: typ, IdentityHash: value}
}

// HashedIdentity is an identity as a SHA-256 hash of the exact value and a salt. With an empty salt a random one of 128
// bits is drawn: without one, e-mail addresses are guessed from their hashes in minutes.
func HashedIdentity(typ IdentifierType, value, salt string) IdentityObject {
	if salt == "" {
		salt = rand.Text()
	}
	return IdentityObject{Type: "IdentityObject", Hashed: true, IdentityHash: IdentityHash(value, salt), IdentityType: typ, Salt: salt}
}

// IdentityHash is the hash to write: sha256$ and the lower-case hex of SHA-256(value + salt), without a separator
// (OB 3.0, IdentityHash).
func IdentityHash(value, salt string) string {
	sum := sha256.Sum256([]byte(value + salt))
	return "sha256$" + hex.EncodeToString(sum[:])
}

// Match is how a known value fits an identity.
type Match uint8

// Matches, from none to exact.
const (
	NoMatch Match = iota
	// FoldedMatch: equal once trimmed and lower-cased. The standard knows no such rule; say so when reporting it.
	FoldedMatch
	ExactMatch
)

// Matches compares a value known from elsewhere with the identity; the types must be equal. Hash algorithms other than
// sha256 and md5 match nothing.
func (o IdentityObject) Matches(typ IdentifierType, value string) Match {
	if o.IdentityType != typ || value == "" {
		return NoMatch
	}
	if o.fits(value) {
		return ExactMatch
	}
	folded := strings.ToLower(strings.TrimSpace(value))
	if folded != value && o.fits(folded) {
		return FoldedMatch
	}
	if !o.Hashed && strings.ToLower(strings.TrimSpace(o.IdentityHash)) == folded {
		return FoldedMatch
	}
	return NoMatch
}

func (o IdentityObject) fits(value string) bool {
	if !o.Hashed {
		return o.IdentityHash == value
	}
	alg, want, ok := strings.Cut(o.IdentityHash, "$")
	if !ok {
		return false
	}
	var got string
	switch strings.ToLower(alg) {
	case "sha256":
		sum := sha256.Sum256([]byte(value + o.Salt))
		got = hex.EncodeToString(sum[:])
	case "md5":
		sum := md5.Sum([]byte(value + o.Salt)) //nolint:gosec // see the import
		got = hex.EncodeToString(sum[:])
	default:
		return false
	}
	return subtle.ConstantTimeCompare([]byte(got), []byte(strings.ToLower(want))) == 1
}

// Weak tells whether the identity is hashed by MD5 or without a salt, and so easily guessed.
func (o IdentityObject) Weak() bool {
	return o.Hashed && (o.Salt == "" || !strings.HasPrefix(strings.ToLower(o.IdentityHash), "sha256$"))
}
