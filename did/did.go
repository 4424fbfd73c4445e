// Package did implements Decentralized Identifiers (DID Core 1.0) and controlled identifier documents (Controlled
// Identifiers 1.0) as far as issuers of learner records use them: did:key, did:web, did:jwk, https controller documents,
// issuer profiles, key documents and JWK sets.
//
// The rules are:
//
//   - A key counts for an issuer only when the issuer publishes it: see Resolver.Bind.
//   - Identifiers are compared as strings, never as URLs.
//   - A document whose id is not the identifier that was asked for is refused.
package did

import (
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// Purposes of a key that credentials meet; each is a member of a controlled identifier document (CID 1.0, 2.3).
const (
	AssertionMethod = "assertionMethod"
	Authentication  = "authentication"
)

// Document is a DID document, controlled identifier document, issuer profile, key document, JWK or JWK set.
type Document struct {
	// ID is the document's id; of a JWK or JWK set, which has none, the URL it was found at.
	ID      string
	Methods []Method
	// AssertionMethod and Authentication hold absolute ids of Methods.
	AssertionMethod, Authentication []string
	// Form says what was read.
	Form Form
	// Raw is the document as published; invalid when it was derived from the identifier alone.
	Raw ijson.Value
	// URL is where the document came from, after redirects; "" when it was derived from the identifier alone.
	URL string
	// FetchedAt is when the document came over the wire; zero when it was derived from the identifier alone.
	FetchedAt time.Time
}

// Form is the shape of a published document.
type Form uint8

// The forms that ParseDocument tells apart.
const (
	Controller  Form = iota + 1 // id and verification relationships: DID document, CID document, issuer profile
	KeyDocument                 // one verification method alone at its URL
	KeySet                      // RFC 7517 JWK or JWK set
)

// Method is a verification method: a public key with a name and an owner.
type Method struct {
	ID         string // absolute; of a JWK its kid, "" without one
	Type       string
	Controller string // "" in a JWK set
	Key        crypto.PublicKey
	// KeyID is the kid of the method's JWK; "" without one.
	KeyID string
	// Algorithm is the only JOSE algorithm the key may be used with; "" when it names none (RFC 7517, 4.4).
	Algorithm string
	// Issuer is the iss member of a JWK: the one issuer it speaks for on a platform that hosts several.
	Issuer           string
	Expires, Revoked time.Time
	// Err is why Key is nil: a key of another type beside a usable one does not spoil the document.
	Err error
}

// Code names a failure; the text form of the first ones is that of DID Resolution.
type Code string

// The failures of this package.
const (
	InvalidDID             Code = "invalidDid"
	InvalidDIDURL          Code = "invalidDidUrl"
	MethodNotSupported     Code = "methodNotSupported"
	InvalidPublicKey       Code = "invalidPublicKey"
	InvalidPublicKeyLength Code = "invalidPublicKeyLength"
	UnsupportedPublicKey   Code = "unsupportedPublicKeyType"
	WeakPublicKey          Code = "weakPublicKey"
	NotFound               Code = "notFound"            // there is no such document
	InvalidDocument        Code = "invalidDidDocument"  // the document is malformed
	Mismatch               Code = "documentMismatch"    // the document's id is not the one asked for
	CrossOrigin            Code = "crossOriginRedirect" // a document that speaks for a host came from another
	Unreachable            Code = "unreachable"         // could not find out; Err is a *fetch.Error
	MethodNotFound         Code = "verificationMethodNotFound"
	NotAuthorized          Code = "invalidRelationshipForVerificationMethod" // listed, but not for this purpose
	ControllerMismatch     Code = "controllerMismatch"                       // the key belongs to somebody else
	NotBound               Code = "keyNotBoundToIssuer"                      // the issuer does not publish the key
)

// Error is any failure of this package.
type Error struct {
	Code Code
	ID   string // the DID, DID URL or URL in question
	Msg  string
	Err  error
}

func (e *Error) Error() string {
	s := fmt.Sprintf("did: %s: %s", e.ID, e.Msg)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of a failure of this package, "" for any other error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func fail(code Code, id, format string, args ...any) *Error {
	return &Error{Code: code, ID: id, Msg: fmt.Sprintf(format, args...)}
}

// Method returns the verification method with that absolute id.
func (d *Document) Method(id string) (*Method, bool) {
	for i := range d.Methods {
		if d.Methods[i].ID == id {
			return &d.Methods[i], true
		}
	}
	return nil, false
}

// Authorizes reports whether the document lists the method id for the purpose, AssertionMethod or Authentication.
func (d *Document) Authorizes(purpose, id string) bool {
	list := d.AssertionMethod
	switch purpose {
	case AssertionMethod:
	case Authentication:
		list = d.Authentication
	default:
		return false
	}
	for _, listed := range list {
		if listed == id {
			return true
		}
	}
	return false
}
