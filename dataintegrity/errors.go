package dataintegrity

import (
	"fmt"
	"strings"

	"github.com/openlaurel/laurel/jsonld"
)

// SignatureError says that the proof is well formed and the signature does not belong to these bytes and this key.
// Err, where it is not nil, says which of several signatures or which property of the key was at fault.
type SignatureError struct {
	Pointer string // of the proof
	Suite   string
	Err     error
}

func (e *SignatureError) Error() string {
	msg := fmt.Sprintf("dataintegrity: the %s signature at %s does not match the document and the key", e.Suite, e.Pointer)
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

func (e *SignatureError) Unwrap() error { return e.Err }

// UnsupportedError says that the proof is of a kind this package does not know, or cannot create: nothing was checked.
type UnsupportedError struct {
	Pointer     string // of the proof; empty from [Sign]
	Type        string
	Cryptosuite string
	Msg         string // what about it is unsupported, when it is not simply unknown
}

func (e *UnsupportedError) Error() string {
	name := e.Type
	if e.Cryptosuite != "" {
		name = e.Cryptosuite
	}
	msg := e.Msg
	if msg == "" {
		msg = "is not a supported proof; supported are " + strings.Join(Names(), ", ")
	}
	if e.Pointer == "" {
		return fmt.Sprintf("dataintegrity: %q %s", name, msg)
	}
	return fmt.Sprintf("dataintegrity: %q at %s %s", name, e.Pointer, msg)
}

// MalformedError says that a member of a proof, or a proof value inside it, does not have the form its suite demands.
type MalformedError struct {
	Pointer string // of the offending member
	Msg     string
	Err     error
}

func (e *MalformedError) Error() string {
	msg := fmt.Sprintf("dataintegrity: %s %s", e.Pointer, e.Msg)
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

func (e *MalformedError) Unwrap() error { return e.Err }

// KeyTypeError says that the key is not of a type with which the suite works.
type KeyTypeError struct {
	Suite string
	Want  string
	Got   string
}

func (e *KeyTypeError) Error() string {
	return fmt.Sprintf("dataintegrity: %s works with %s, not with a key of type %s", e.Suite, e.Want, e.Got)
}

// ExpectationError says that the proof was made for something else than what the caller expects: another purpose,
// domain or challenge (Data Integrity, Verify Proof).
type ExpectationError struct {
	Pointer string // of the member
	Member  string
	Want    string
	Got     string
}

func (e *ExpectationError) Error() string {
	return fmt.Sprintf("dataintegrity: %s is %q where %q is expected", e.Pointer, e.Got, e.Want)
}

// ChainError says that previousProof does not lead to exactly one proof of the same document, or leads in a circle.
type ChainError struct {
	Pointer string // of previousProof
	ID      string // the proof that is named
	Msg     string
}

func (e *ChainError) Error() string {
	return fmt.Sprintf("dataintegrity: %s names %q, %s", e.Pointer, e.ID, e.Msg)
}

// BaseProofError says that an ecdsa-sd-2023 proof is the base proof, which is between issuer and holder; it carries the
// secret with which the holder derives, and is not for verifiers.
type BaseProofError struct {
	Pointer string
}

func (e *BaseProofError) Error() string {
	return fmt.Sprintf("dataintegrity: the ecdsa-sd-2023 proof at %s is a base proof, which is for the holder alone; derive a proof from it and verify that", e.Pointer)
}

// DisclosureError says that what is asked to be mandatory or revealed cannot be disclosed separately.
type DisclosureError struct {
	Pointer string // into the document
	Msg     string
}

func (e *DisclosureError) Error() string {
	if e.Pointer == "" {
		return "dataintegrity: " + e.Msg
	}
	return fmt.Sprintf("dataintegrity: %s %s", e.Pointer, e.Msg)
}

// DroppedError says that the document to be signed contains members that JSON-LD drops silently, so that the signature
// would not cover them.
type DroppedError struct {
	Dropped []jsonld.Dropped
}

func (e *DroppedError) Error() string {
	d := e.Dropped[0]
	msg := fmt.Sprintf("dataintegrity: %s would not be covered by the signature (%s)", d.Pointer, d.Reason)
	if n := len(e.Dropped) - 1; n > 0 {
		msg += fmt.Sprintf(", and %d more", n)
	}
	return msg + "; define the term in @context or remove the member"
}
