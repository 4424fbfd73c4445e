package employer

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/verify"
)

// Notary signs in the name of this server, with a key that issues nothing: the desk itself has no way to any key.
type Notary interface {
	DID() (string, error)
	Host() string
	Sign(ctx context.Context, unsigned []byte) ([]byte, error)
	Present(ctx context.Context, credentials [][]byte) ([]byte, error)
}

// reportTerms is what the terms of a report mean. They stand in the report itself, so that every verifier of the standard
// reads it without a context of ours.
const reportTerms = "urn:openlaurel:verification-report:"

// checkedDocument is one document that was checked (VC Data Model 2.0, credentialSubject).
type checkedDocument struct {
	ID        string       `json:"id,omitempty"`
	Type      string       `json:"type"`
	SHA256    string       `json:"sha256"`
	Verdict   string       `json:"verdict"`
	CheckedAt string       `json:"checkedAt"`
	Standard  string       `json:"standard"`
	Seal      string       `json:"seal"`
	Issuer    string       `json:"issuedBy,omitempty"`
	Named     string       `json:"issuerNamed,omitempty"`
	Lists     []string     `json:"listedBy,omitempty"`
	Uncovered []string     `json:"uncovered,omitempty"`
	Findings  []checkFound `json:"finding"`
	Parts     []checkedIn  `json:"part,omitempty"`
}

type checkFound struct {
	Check   string `json:"check"`
	Outcome string `json:"outcome"`
	Code    string `json:"code"`
	Pointer string `json:"pointer,omitempty"`
	Message string `json:"message"`
}

type checkedIn struct {
	Pointer string       `json:"pointer"`
	Item    string       `json:"item,omitempty"` // its id, as text: a part may be nameless
	Verdict string       `json:"verdict"`
	Issuer  string       `json:"issuedBy,omitempty"`
	Reasons []checkFound `json:"finding,omitempty"` // of what is not right alone
}

// Attest states as a signed credential what was checked, when, by which hash, and what was found. It names neither who
// asked nor the person that the documents are about, and holds nothing of the documents but their identifiers.
func (d *Desk) Attest(ctx context.Context, docs []Document, at time.Time) ([]byte, error) {
	const op = "employer.Attest"
	if d.Notary == nil {
		return nil, record.Errorf(record.Unavailable, op, "this server signs no reports; save the report as text or as data")
	}
	issuer, err := d.Notary.DID()
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	subjects := make([]checkedDocument, len(docs))
	for i, doc := range docs {
		subjects[i] = checked(doc, at)
	}
	terms := map[string]any{"VerificationReport": reportTerms + "VerificationReport", "CheckedDocument": reportTerms + "CheckedDocument"}
	for _, t := range []string{"sha256", "verdict", "standard", "seal", "issuedBy", "issuerNamed", "listedBy", "uncovered", "finding", "part",
		"check", "outcome", "code", "pointer", "message", "item"} {
		terms[t] = reportTerms + t
	}
	terms["checkedAt"] = map[string]any{"@id": reportTerms + "checkedAt", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
	unsigned, err := json.Marshal(struct {
		Context []any             `json:"@context"`
		ID      string            `json:"id"`
		Type    []string          `json:"type"`
		Name    string            `json:"name"`
		Text    string            `json:"description"`
		Issuer  map[string]any    `json:"issuer"`
		From    string            `json:"validFrom"`
		Subject []checkedDocument `json:"credentialSubject"`
	}{
		[]any{"https://www.w3.org/ns/credentials/v2", terms}, "urn:uuid:" + record.NewID(), []string{"VerifiableCredential", "VerificationReport"},
		"Verification report", "What a check of the documents named here found at this moment. It says nothing about a later one.",
		map[string]any{"id": issuer, "name": "Verifier at " + d.Notary.Host()}, at.UTC().Format(time.RFC3339), subjects,
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	b, err := d.Notary.Sign(ctx, unsigned)
	return b, record.Wrap(op, err)
}

func checked(doc Document, at time.Time) checkedDocument {
	rep := doc.Report
	out := checkedDocument{Type: "CheckedDocument", ID: absolute(rep.ID), SHA256: record.Sum(doc.Bytes), Verdict: string(rep.Verdict), CheckedAt: at.UTC().Format(time.RFC3339),
		Standard: rep.Standard, Seal: rep.Proof, Issuer: rep.Issuer.ID, Named: rep.Issuer.Name, Uncovered: rep.Uncovered, Findings: found(rep.Findings, false)}
	for _, l := range rep.Listings {
		out.Lists = append(out.Lists, l.Registry)
	}
	out.Parts = parts(rep.Credentials, nil)
	return out
}

// maxParts bounds a report: of a record of thousands, the first say what they are and the verdict counts them all.
const maxParts = 1000

func parts(reports []*verify.Report, out []checkedIn) []checkedIn {
	for _, r := range reports {
		if len(out) == maxParts {
			return out
		}
		out = append(out, checkedIn{Pointer: r.Path, Item: r.ID, Verdict: string(r.Own), Issuer: r.Issuer.ID, Reasons: found(r.Findings, true)})
		out = parts(r.Credentials, out)
	}
	return out
}

// found lists findings: all that were answered, or those alone that are not right.
func found(findings []verify.Finding, wrong bool) []checkFound {
	var out []checkFound
	for _, f := range findings {
		if f.Outcome == verify.Skipped || wrong && f.Outcome == verify.Passed {
			continue
		}
		out = append(out, checkFound{Check: f.Check, Outcome: string(f.Outcome), Code: f.Code, Pointer: f.Pointer, Message: f.Message})
	}
	return out
}

// absolute keeps an identifier that can stand as one: a scheme, a colon, and nothing that an IRI cannot have.
func absolute(id string) string {
	scheme, rest, ok := strings.Cut(id, ":")
	if !ok || scheme == "" || rest == "" || strings.ContainsAny(id, " <>\"{}|\\^`") {
		return ""
	}
	for _, r := range scheme {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '+' && r != '-' && r != '.' {
			return ""
		}
	}
	return id
}
