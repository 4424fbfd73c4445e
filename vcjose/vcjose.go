// Package vcjose implements credentials as JSON Web Tokens: the VC-JWT proof format of Open Badges 3.0, Securing
// Verifiable Credentials using JOSE and COSE (VC-JOSE-COSE 1.0), and the vc claim of the VC Data Model 1.1.
package vcjose

import (
	"crypto"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
)

// Form is the way in which a token carries its credential.
type Form string

// The forms.
const (
	VCJWT Form = "ob-vc-jwt"    // OB 3.0: the payload is the credential, with registered claims that repeat it
	JOSE  Form = "vc-jose-cose" // the payload is the credential, claims are optional (typ vc+jwt)
	VC11  Form = "vc-1.1"       // the credential is the claim vc
	SDJWT Form = "sd-jwt"       // VC-JOSE-COSE 3.2: selectively disclosable
)

// Severity says what a problem means for the verdict.
type Severity uint8

// The severities.
const (
	Warning Severity = iota + 1 // accept and say why
	Invalid                     // the credential is invalid
)

// Problem is a disagreement between a token and the credential in it, or a rule of the format that the token breaks.
type Problem struct {
	Severity Severity
	Code     string // e.g. "iss-mismatch"; see the constants
	Pointer  string // into the payload, or "header" members as "#/alg"
	Message  string
}

// Credential is what a token carries. Nothing in it is to be believed before jose.Verify.
type Credential struct {
	JWS  *jose.JWS
	Form Form
	// Value is the credential: the payload, or its claim vc.
	Value ijson.Value
	// Presentation is set when the token carries a presentation instead (claim vp, or type VerifiablePresentation).
	Presentation bool
	// Issuer, Subject and ID are the claims iss, sub and jti; "" when absent.
	Issuer, Subject, ID string
	// NotBefore and Expires are the claims nbf and exp; zero when absent. Where the credential has no date of its own,
	// they count as validFrom and validUntil.
	NotBefore, Expires time.Time
	// Problems are the rules that the token breaks, besides the signature.
	Problems []Problem
}

// Bytes returns the credential exactly as it stands in the token.
func (c *Credential) Bytes() []byte { return c.Value.Raw() }

// Parse takes a token apart and compares its claims with its credential.
func Parse(token []byte) (*Credential, error) {
	jws, err := jose.Parse(token)
	if err != nil {
		return nil, err
	}
	doc, err := ijson.Parse(jws.Payload, nil)
	if err != nil {
		return nil, err
	}
	return &Credential{JWS: jws, Form: VCJWT, Value: doc.Root()}, nil
}

// SignOptions says how to sign.
type SignOptions struct {
	Algorithm string // "": jose.AlgorithmFor
	KeyID     string // kid
	Form      Form   // "": VCJWT
}

// Sign makes a token of an unsigned credential.
func Sign(credential []byte, signer crypto.Signer, opts *SignOptions) ([]byte, error) {
	return jose.Sign(signer, opts.Algorithm, map[string]any{"kid": opts.KeyID, "typ": "JWT"}, credential)
}
