package verify

import (
	"encoding/json"
	"time"
)

// A Verdict sums a report up. There are three, because "could not find out" is neither good nor forged.
type Verdict string

const (
	Verified      Verdict = "verified"
	Failed        Verdict = "failed"
	Indeterminate Verdict = "indeterminate"
)

// An Outcome is the answer of one check.
type Outcome string

const (
	Passed  Outcome = "passed"
	Fails   Outcome = "failed"
	Unknown Outcome = "unknown" // could not be found out
	Skipped Outcome = "skipped" // does not apply here, or another finding makes it pointless
)

// Kinds of input, as Report.Kind names them.
const (
	KindClr          = "ClrCredential"
	KindAchievement  = "AchievementCredential"
	KindEndorsement  = "EndorsementCredential"
	KindCredential   = "VerifiableCredential"
	KindPresentation = "VerifiablePresentation"
	KindAssertion    = "Assertion" // Open Badges 2.0 and before
	KindClr1         = "Clr"       // CLR 1.0
	KindUnknown      = "unknown"
)

// Standards, as Report.Standard names them.
const (
	StandardClr2    = "clr-2.0"
	StandardOb3     = "ob-3.0"
	StandardVc2     = "vc-2.0"
	StandardVc1     = "vc-1.1"
	StandardClr1    = "clr-1.0"
	StandardOb2     = "ob-2.0"
	StandardUnknown = "unknown"
)

// A Report is what became known about one credential and, in Credentials, about every credential inside it.
// A part never inherits the wrapper's seal: each report stands for itself.
type Report struct {
	// Verdict counts this credential and everything inside it; Own counts this credential alone.
	Verdict Verdict `json:"verdict"`
	Own     Verdict `json:"own"`

	Kind     string `json:"kind"`
	Standard string `json:"standard"`
	Carrier  string `json:"carrier"` // json, jwt, sd-jwt, png, svg or pdf: what the credential came in
	Proof    string `json:"proof"`

	ID         string `json:"id"`
	Issuer     Issuer `json:"issuer"`
	Subject    string `json:"subject"`
	Name       string `json:"name"`
	ValidFrom  string `json:"validFrom"`
	ValidUntil string `json:"validUntil"`
	CheckedAt  string `json:"checkedAt"`
	Test       bool   `json:"test,omitempty"` // the issuer marked it as a test, so that it is never verified

	// Path is the JSON pointer of this credential inside the one above it; "" for the input itself.
	Path string `json:"path"`

	Findings []Finding `json:"findings"`

	// Uncovered holds the JSON pointers of the members that the proof does not protect.
	Uncovered []string `json:"uncovered"`

	// Listings says which lists of known issuers name the issuer.
	Listings []Listing `json:"listings,omitempty"`

	Credentials []*Report `json:"credentials"`
	Summary     Summary   `json:"summary"`

	// Credential is the JSON that was judged: the input itself, or what an image, a PDF or a token carried.
	// When a newer version was fetched, Refreshed holds that one and the findings are about it.
	Credential []byte `json:"-"`
	Refreshed  []byte `json:"-"`

	// delivery: the report is about what several credentials came in, which says nothing itself.
	delivery bool

	// Canonical is the canonical form whose hash the first proof signs; only with Options.Canonical.
	Canonical []byte `json:"canonical,omitempty"`
}

// An Issuer is who the credential says issued it. The name is the credential's own claim.
type Issuer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A Summary counts the credentials of the tree, this one included, by what each is worth on its own.
type Summary struct {
	Total         int `json:"total"`
	Verified      int `json:"verified"`
	Failed        int `json:"failed"`
	Indeterminate int `json:"indeterminate"`
}

// A Finding is one answer of one check about one place.
type Finding struct {
	Check   string  `json:"check"`
	Outcome Outcome `json:"outcome"`
	Code    string  `json:"code"`
	Pointer string  `json:"pointer"` // inside the credential that the report is about
	Message string  `json:"message"`
	Owner   string  `json:"owner"` // who can mend it: issuer, holder, verifier or network
	Repair  string  `json:"repair"`
	Spec    string  `json:"spec"`

	// Warning marks what a reader should see although the verdict stays as it is.
	Warning bool `json:"warning,omitempty"`

	demanded bool // an unknown that the standard demands an answer to
}

// A Listing is one mention of an issuer in a list of known issuers.
type Listing struct {
	Registry string `json:"registry"`       // the list's name
	URL      string `json:"url,omitempty"`  // where the list is published
	Name     string `json:"name,omitempty"` // what the list calls the issuer

	// Accreditor says that the list knows it as one that accredits others, Marks are what the list vouches for about it.
	Accreditor bool   `json:"accreditor,omitempty"`
	Marks      []Mark `json:"marks,omitempty"`

	// AsOf is when the list said so, Until when that ends; zero when it does not say.
	AsOf  time.Time `json:"asOf,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// A Mark is something that a keeper of a list vouches for about an issuer, such as an accreditation (trust marks of OpenID
// Federation 1.0, 7).
type Mark struct {
	Type  string    `json:"type"`
	Until time.Time `json:"until,omitzero"`
}

// JSON returns the report as one line, without escaping what HTML would need escaped.
func (r *Report) JSON() ([]byte, error) { return marshal(r) }

// Find returns the first finding with the code, here or in any credential inside.
func (r *Report) Find(code string) (Finding, bool) {
	for _, f := range r.Findings {
		if f.Code == code {
			return f, true
		}
	}
	for _, child := range r.Credentials {
		if f, ok := child.Find(code); ok {
			return f, true
		}
	}
	return Finding{}, false
}

// settle computes the verdicts and counts from the findings, from the leaves up.
func (r *Report) settle() {
	if r.delivery {
		r.Own, r.Verdict, r.Summary = Verified, Verified, Summary{}
	} else {
		r.Own = verdictOf(r.Findings)
		r.Verdict = r.Own
		r.Summary = Summary{Total: 1}
		r.Summary.count(r.Own)
	}
	for _, child := range r.Credentials {
		child.settle()
		r.Verdict = worse(r.Verdict, child.Verdict)
		r.Summary.Total += child.Summary.Total
		r.Summary.Verified += child.Summary.Verified
		r.Summary.Failed += child.Summary.Failed
		r.Summary.Indeterminate += child.Summary.Indeterminate
	}
	if r.delivery { // without a seal of its own it is worth what is in it
		r.Own = r.Verdict
	}
}

func (s *Summary) count(v Verdict) {
	switch v {
	case Verified:
		s.Verified++
	case Failed:
		s.Failed++
	default:
		s.Indeterminate++
	}
}

// verdictOf: failed when anything failed, else indeterminate when anything that the standard demands is unknown,
// else verified. No proof that passed means not verified, whatever else is missing: an empty list of findings
// proves nothing.
func verdictOf(findings []Finding) Verdict {
	verdict, sealed := Verified, false
	for _, f := range findings {
		switch {
		case f.Outcome == Fails:
			return Failed
		case f.Outcome == Unknown && f.demanded:
			verdict = Indeterminate
		case f.Outcome == Passed && f.Check == "proof":
			sealed = true
		}
	}
	if !sealed {
		return Indeterminate
	}
	return verdict
}

func worse(a, b Verdict) Verdict {
	switch {
	case a == Failed || b == Failed:
		return Failed
	case a == Indeterminate || b == Indeterminate:
		return Indeterminate
	}
	return Verified
}

var _ json.Marshaler = Verdict("")

// MarshalJSON writes the zero verdict as indeterminate: a report that nobody settled says nothing good.
func (v Verdict) MarshalJSON() ([]byte, error) {
	if v == "" {
		v = Indeterminate
	}
	return json.Marshal(string(v))
}
