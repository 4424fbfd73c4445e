// Package issue is the issuer's act of the VC Data Model: it builds achievement credentials and Comprehensive Learner
// Records, lints them, secures them, and verifies them as a stranger would before anybody sees them.
package issue

import (
	"context"
	"crypto"
	"time"
)

// Key is what an issuer signs with.
type Key struct {
	Signer             crypto.Signer
	VerificationMethod string // DID URL or https URL that names the public key
	Suite              string // a cryptosuite; empty: eddsa-rdfc-2022, or ecdsa-rdfc-2019 for elliptic-curve keys
}

// Options of Secure. The zero value: now, no documents besides the embedded contexts.
type Options struct {
	Created time.Time
}

// Finding is a reason for refusal, in words for a registrar.
type Finding struct {
	Check, Code, Pointer, Message, Repair string
}

// Refusal says why a document was not signed.
type Refusal struct {
	Findings []Finding
}

// Error names the first finding and how many there are.
func (r *Refusal) Error() string { return "issue: refused" }

// Secure lints, signs and self-verifies a credential.
func Secure(ctx context.Context, unsigned []byte, k Key, opts *Options) ([]byte, error) {
	return nil, &Refusal{}
}
