package present

import (
	"bytes"
	"context"
	"strings"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/vcjose"
	"github.com/openlaurel/laurel/verify"
)

// Binding says what a presentation shows about the one who presents.
type Binding string

const (
	None   Binding = "none"   // credentials alone, or in a wrapper that nobody signed: whoever has a copy can send it
	Signed Binding = "signed" // somebody's key signed for this occasion, and a credential is about another identifier
	Bound  Binding = "bound"  // the key that signed belongs to the subject of every credential
)

// Asked is what the verifier asked for.
type Asked struct {
	Challenge, Domain string // both must be given
	Verify            verify.Options
}

// Checked is a presentation as its verifier sees it.
type Checked struct {
	Binding Binding
	Holder  string // who signed; empty with None
	// Problem is why the wrapper is not accepted: it was made for another occasion, or its seal does not hold. The
	// credentials inside may be genuine all the same, and prove nothing about who sent them.
	Problem *verify.Finding
	// Report is about the input: the presentation with its credentials, or the credential alone.
	Report *verify.Report
	// Parts are the credentials, in order, exactly as they came, and what was found in each.
	Parts []Part
}

// Part is one credential of a presentation.
type Part struct {
	Item
	Report *verify.Report
}

// Check reads what a holder sent in answer to a request: a presentation as JSON or JWT, or a credential alone.
func Check(ctx context.Context, input []byte, asked *Asked) *Checked {
	opts := asked.Verify
	opts.Challenge, opts.Domain = asked.Challenge, asked.Domain
	out := &Checked{Binding: None, Report: verify.Verify(ctx, input, &opts)}
	input = bytes.TrimSpace(input)
	if out.Report.Kind != verify.KindPresentation {
		out.Parts = []Part{{Item{out.Report.ID, out.Report.Name, vc.Kind(out.Report.Kind), input}, out.Report}}
		return out
	}
	var w wrapper
	if isObject(input) {
		w = sealedJSON(ctx, input, &opts)
	} else {
		w = sealedToken(input, asked)
	}
	for n, item := range w.items {
		for _, r := range out.Report.Credentials {
			if r.Path == w.places[n] {
				out.Parts = append(out.Parts, Part{item, r})
			}
		}
	}
	out.judge(&w)
	return out
}

// wrapper is what a presentation says besides its credentials.
type wrapper struct {
	items  []Item
	places []string // their pointers
	sealed bool
	holder string // the owner of the key, when the document itself names none
	replay string // which of nonce and audience is not the one asked for
}

// ofWrapper are the checks that are about a presentation itself and not about what is in it.
var ofWrapper = map[string]bool{"format": true, "context": true, "proof": true, "issuer": true, "validity": true}

func (w *wrapper) take(d *vc.Document) {
	for _, n := range d.Credentials() {
		w.items, w.places = append(w.items, itemOf(n.Value)), append(w.places, n.Pointer)
	}
}

// judge decides what the wrapper is worth. Only findings about the wrapper itself count here.
func (out *Checked) judge(w *wrapper) {
	if !w.sealed {
		return
	}
	intact := false
	for n := range out.Report.Findings {
		f := &out.Report.Findings[n]
		if f.Outcome == verify.Fails && out.Problem == nil && ofWrapper[f.Check] {
			out.Problem = f
		}
		intact = intact || f.Code == "proof.valid"
	}
	if w.replay != "" && out.Problem == nil {
		out.Problem = &verify.Finding{Check: "proof", Outcome: verify.Fails, Code: "proof.replayed", Owner: "holder",
			Message: "The presentation was made for another occasion: its " + w.replay + " is not the one that was asked for.", Repair: "Present again when asked."}
	}
	if out.Problem != nil {
		return
	}
	holder := out.Report.Issuer.ID
	if holder == "" {
		holder = w.holder
	} else if !keyBound(out.Report) {
		holder = ""
	}
	if !intact || holder == "" {
		out.Problem = &verify.Finding{Check: "issuer", Outcome: verify.Unknown, Code: "issuer.not-decided", Owner: "holder",
			Message: "It could not be found out whose key signed the presentation.", Repair: "Present with a key of a did:key or did:jwk."}
		return
	}
	out.Holder, out.Binding = holder, Bound
	for _, p := range out.Parts {
		if p.Report.Subject != holder {
			out.Binding = Signed
		}
	}
	if len(out.Parts) == 0 {
		out.Binding = Signed
	}
}

func keyBound(r *verify.Report) bool {
	for n := range r.Findings {
		if r.Findings[n].Code == "issuer.key-bound" {
			return true
		}
	}
	return false
}

// sealedJSON reads a presentation with Data Integrity proofs. That challenge and domain are the ones asked for is part
// of verification.
func sealedJSON(ctx context.Context, input []byte, opts *verify.Options) wrapper {
	d, err := vc.Parse(input)
	if err != nil {
		return wrapper{}
	}
	if d.Kind == vc.KindEnvelopedPresentation {
		if _, token, ok := d.EnvelopedToken(); ok {
			return sealedToken([]byte(token), &Asked{Challenge: opts.Challenge, Domain: opts.Domain})
		}
	}
	w := wrapper{}
	w.take(d)
	proofs := dataintegrity.Proofs(d.Root())
	w.sealed = len(proofs) > 0
	dids := &did.Resolver{Fetcher: opts.Fetcher}
	for _, p := range proofs {
		w.holder = ownerOf(ctx, dids, p.VerificationMethod)
	}
	return w
}

// ownerOf is the DID whose key may authenticate, "" when it does not say so itself.
func ownerOf(ctx context.Context, dids *did.Resolver, method string) string {
	m, doc, err := dids.Dereference(ctx, method)
	if err != nil {
		return ""
	}
	owner, _, _ := strings.Cut(method, "#")
	if dids.Bind(ctx, did.Claim{Issuer: owner, Purpose: did.Authentication, Method: m, Document: doc, Key: m.Key}) != nil {
		return ""
	}
	return owner
}

// sealedToken reads a presentation that is a JWT. Its nonce and audience are claims, which the verifier of credentials
// does not know of.
func sealedToken(input []byte, asked *Asked) wrapper {
	c, err := vcjose.Parse(input)
	if err != nil {
		return wrapper{sealed: true}
	}
	w := wrapper{sealed: true}
	w.take(vc.FromValue(c.Value))
	payload, err := ijson.Parse(c.JWS.Payload, nil)
	switch {
	case err != nil || payload.Root().Get("nonce").Text() != asked.Challenge:
		w.replay = "nonce"
	case !names(payload.Root().Get("aud"), asked.Domain):
		w.replay = "audience"
	}
	return w
}

// names tells whether one of the audiences is the one (RFC 7519, 4.1.3).
func names(aud ijson.Value, want string) bool {
	for _, a := range aud.Each() {
		if a.IsString() && a.Text() == want {
			return true
		}
	}
	return false
}
