// Package issue is the issuer's act of the VC Data Model 2.0: it builds achievement credentials (Open Badges 3.0) and
// Comprehensive Learner Records (CLR 2.0), lints them, secures them, and verifies them as a stranger would before anybody
// else sees them.
//
// The rules of the act:
//
//   - Nothing is signed that a verifier would refuse, or that the signature would not cover. Lint says why, in sentences
//     for the person who prepared the record.
//   - A throwaway key goes first, so that a document that cannot be signed and verified never meets the real one.
//   - What leaves is exactly what was verified.
//   - Credentials inside a record are nested byte for byte; nobody's seal is broken by wrapping it.
//
// All of it is safe for concurrent use and holds no lock, so that a thousand records are signed on all processors.
package issue

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/verify"
)

// Key is what an issuer signs with.
type Key struct {
	Signer             crypto.Signer
	VerificationMethod string // DID URL or https URL that names the public key; for JWT, the kid
	// Suite is a cryptosuite of package dataintegrity, or "jwt:" and an algorithm, as in a report's proof: "jwt:RS256".
	// Empty chooses by the key: eddsa-rdfc-2022, ecdsa-rdfc-2019, or jwt:RS256.
	Suite string
}

// suite is the key's suite, chosen by its kind when none is named.
func (k Key) suite() string {
	if k.Suite != "" || k.Signer == nil {
		return k.Suite
	}
	switch k.Signer.Public().(type) {
	case ed25519.PublicKey:
		return "eddsa-rdfc-2022"
	case *ecdsa.PublicKey:
		return "ecdsa-rdfc-2019"
	case *rsa.PublicKey:
		return jwtPrefix + "RS256"
	}
	return ""
}

const jwtPrefix = "jwt:"

// Options of Lint and Secure. Nil and zero mean: now, offline, the embedded contexts alone.
type Options struct {
	// Created is the moment of the proof, and of the verification after it; zero: now. A retry with the same moment signs
	// the same bytes with Ed25519.
	Created time.Time
	// Mandatory are JSON pointers that every disclosure of an ecdsa-sd-2023 credential shows. Nil: all that a viewer must
	// show (issuer, dates, type, name and achievement).
	Mandatory []string
	// Fetcher gets what the stranger's verification asks for, such as the issuer's own DID document and status list.
	Fetcher fetch.Fetcher
	// Documents are JSON-LD contexts by URL that the operator vouches for, besides the embedded ones.
	Documents map[string][]byte
	// Suite tells Lint how the document will be secured; Secure takes the key's.
	Suite string

	record *dataintegrity.Record // of the unsigned document, which two keys sign
}

func (o *Options) withDefaults() Options {
	var out Options
	if o != nil {
		out = *o
	}
	if out.Created.IsZero() {
		out.Created = time.Now()
	}
	// Proofs carry seconds; a later clock in the verification would find nothing else than an earlier one.
	out.Created = out.Created.UTC().Truncate(time.Second)
	return out
}

// jwt is true when the whole document is signed as bytes, and nothing depends on JSON-LD.
func (o *Options) jwt() bool { return strings.HasPrefix(o.Suite, jwtPrefix) }

// Refusal says why a document was not signed, or not let out. Findings holds at least one that failed.
type Refusal struct {
	Findings []verify.Finding
}

// Error gives the first reason, its place, and how many there are.
func (r *Refusal) Error() string {
	var failed []verify.Finding
	for _, f := range r.Findings {
		if f.Outcome == verify.Fails {
			failed = append(failed, f)
		}
	}
	if len(failed) == 0 {
		return "issue: refused"
	}
	msg := strings.TrimSuffix(failed[0].Message, ".")
	if failed[0].Pointer != "" {
		msg += " (" + failed[0].Pointer + ")"
	}
	if more := len(failed) - 1; more > 0 {
		return fmt.Sprintf("issue: %s; and %d more", msg, more)
	}
	return "issue: " + msg
}

// Secure lints a credential, signs it and verifies the result as a stranger would. The secured credential is JSON with a
// proof, or a compact token. The error is a *Refusal when the document is at fault, or the key does not belong to its
// issuer; the report is of the finished bytes. It may be indeterminate when Options.Fetcher cannot reach what proves the
// issuer; whether that is enough is for the caller.
func Secure(ctx context.Context, unsigned []byte, k Key, opts *Options) ([]byte, *verify.Report, error) {
	o := opts.withDefaults()
	o.Suite = k.suite()
	if k.Signer == nil || o.Suite == "" {
		return nil, nil, errors.New("issue: no key, or one of a kind that no suite signs with; give an Ed25519, P-256, P-384 or RSA key")
	}
	if findings := Lint(ctx, unsigned, &o); refuses(findings) {
		return nil, nil, &Refusal{Findings: findings}
	}
	if doc, err := ijson.Parse(unsigned, nil); err == nil { // Lint has read it
		o.record = dataintegrity.NewRecord(doc.Root(), o.Documents)
	}
	if err := rehearse(unsigned, k, &o); err != nil {
		return nil, nil, err
	}
	secured, err := seal(unsigned, k, &o)
	if err != nil {
		return nil, nil, fmt.Errorf("issue: %w", err)
	}
	shown, err := presentable(secured, &o)
	if err != nil {
		return nil, nil, fmt.Errorf("issue: %w", err)
	}
	report := verify.Verify(ctx, shown, &verify.Options{Fetcher: o.Fetcher, Now: moment(unsigned, o.Created), Contexts: o.Documents})
	if findings := objections(report); len(findings) > 0 {
		return nil, report, &Refusal{Findings: findings}
	}
	return secured, report, nil
}

func refuses(findings []verify.Finding) bool {
	for _, f := range findings {
		if f.Outcome == verify.Fails {
			return true
		}
	}
	return false
}

// moment is when the stranger verifies: now, or when the credential begins, for credentials are issued ahead of their
// time.
func moment(unsigned []byte, now time.Time) time.Time {
	if d, err := vc.Parse(unsigned); err == nil && now.Before(d.ValidFrom) {
		return d.ValidFrom
	}
	return now
}

// objections are the findings of a report for which the finished bytes are not let out: whatever failed, in the document
// or in one inside it, other than by the passing of time. A licence that has run out is still part of a record.
func objections(r *verify.Report) []verify.Finding {
	var out []verify.Finding
	for _, f := range r.Findings {
		if f.Outcome == verify.Fails && f.Code != "validity.expired" {
			out = append(out, f)
		}
	}
	for _, part := range r.Credentials {
		for _, f := range objections(part) {
			f.Pointer = part.Path + f.Pointer
			out = append(out, f)
		}
	}
	return out
}
