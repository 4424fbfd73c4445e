package vcjose

import (
	"math"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/vc"
)

// readClaims reads the registered claims (RFC 7519 section 4.1).
func (c *Credential) readClaims(root ijson.Value) {
	for _, claim := range [...]struct {
		name string
		to   *string
	}{{"iss", &c.Issuer}, {"sub", &c.Subject}, {"jti", &c.ID}} {
		v := root.Get(claim.name)
		if v.IsValid() && !v.IsString() {
			c.problem(Invalid, ClaimType, "/"+claim.name, "the claim %s is not a string", claim.name)
		}
		*claim.to = v.Text()
	}
	for _, claim := range [...]struct {
		name string
		to   *time.Time
	}{{"nbf", &c.NotBefore}, {"exp", &c.Expires}} {
		v := root.Get(claim.name)
		if !v.IsValid() {
			continue
		}
		at, ok := numericDate(v)
		if !ok {
			c.problem(Invalid, ClaimType, "/"+claim.name, "the claim %s is not a number of seconds", claim.name)
		}
		*claim.to = at
	}
	// iat means nothing here, and W3C's own test vectors carry it as text.
	if iat := root.Get("iat"); iat.IsValid() && iat.Kind() != ijson.Number {
		c.problem(Warning, ClaimType, "/iat", "the claim iat is not a number of seconds")
	}
}

// numericDate reads seconds since 1970 (RFC 7519 section 2) at second precision: a fraction is cut off.
func numericDate(v ijson.Value) (time.Time, bool) {
	if v.Kind() != ijson.Number {
		return time.Time{}, false
	}
	return secondsSince1970(v.Float())
}

func secondsSince1970(f float64) (time.Time, bool) {
	const maxSeconds = 253402300799             // 9999-12-31T23:59:59Z, the last that RFC 3339 can write
	if !(f >= -maxSeconds && f <= maxSeconds) { // not a number is neither
		return time.Time{}, false
	}
	return time.Unix(int64(math.Floor(f)), 0).UTC(), true
}

// compare holds the claims to the credential: OB 3.0, "Verify a Credential", VC-JWT; VC-JOSE-COSE 3.3.1; VC 1.1, 6.3.1.
// What is missing from a VC 1.1 credential is supplied from the claims, as its JWT decoding demands.
func (c *Credential) compare(root ijson.Value) {
	c.compareModel()
	if c.Presentation {
		c.compareText(IssuerMismatch, IssuerMissing, 0, "iss", c.Issuer, "holder", textOrID(c.Value.Get("holder")))
		c.compareText(IDMismatch, IDMissing, 0, "jti", c.ID, "id", c.Value.Get("id").Text())
		return
	}
	// Which claims must be there: all in OB 3.0's form, save that a missing sub is common in the field and harmless;
	// in the other forms a claim is a repetition that may be left out.
	missing := Severity(0)
	switch {
	case c.hasVC:
		missing = Warning
	case c.Form == VCJWT:
		missing = Invalid
	}
	c.compareText(IssuerMismatch, IssuerMissing, missing, "iss", c.Issuer, "issuer", textOrID(c.Value.Get("issuer")))
	if subject, single := onlySubject(c.Value.Get("credentialSubject")); single {
		c.compareText(SubjectMismatch, SubjectMissing, min(missing, Warning), "sub", c.Subject, "credentialSubject", subject)
	}
	c.compareText(IDMismatch, IDMissing, missing, "jti", c.ID, "id", c.Value.Get("id").Text())
	if c.hasVC {
		c.compareDate(NotBeforeMismatch, NotBeforeMissing, missing, "nbf", c.NotBefore, "issuanceDate")
		c.compareDate(ExpiresMismatch, ExpiresMissing, missing, "exp", c.Expires, "expirationDate")
		c.supply()
		return
	}
	if c.Form == VCJWT {
		c.compareDate(NotBeforeMismatch, NotBeforeMissing, missing, "nbf", c.NotBefore, "validFrom")
		c.compareDate(ExpiresMismatch, ExpiresMissing, missing, "exp", c.Expires, "validUntil")
	}
	// In VC-JOSE-COSE nbf and exp are of the signature, not of the credential: both hold, each for itself.
}

// compareModel: the presence of the claim vc must agree with the first context (OB 3.0 implementation guide; VC-JOSE-COSE
// 1.1.2.1 forbids the claims vc and vp).
func (c *Credential) compareModel() {
	first := ""
	for _, v := range c.Value.Get("@context").Each() {
		first = v.Text()
		break
	}
	switch {
	case first == vc.ContextV2 && c.hasVC:
		c.problem(Invalid, ModelMismatch, "/vc", "a credential of the VC Data Model 2.0 is the payload itself; it must not stand in a claim vc")
	case first == vc.ContextV1 && !c.hasVC:
		c.problem(Invalid, ModelMismatch, "/@context", "a credential of the VC Data Model 1.1 must stand in a claim vc")
	}
}

// compareText compares a claim with the member that it repeats. missing is the severity of an absent claim, 0 for none.
func (c *Credential) compareText(mismatch, absent string, missing Severity, claim, got, member, want string) {
	switch {
	case got == "" && want != "" && missing != 0:
		c.problem(missing, absent, "/"+claim, "the claim %s is missing; it must repeat the credential's %s", claim, member)
	case got != "" && want != "" && got != want:
		c.problem(Invalid, mismatch, "/"+claim, "the claim %s is %q, but the credential's %s is %q", claim, clip(got), member, clip(want))
	case got != "" && want == "" && c.Form == VCJWT:
		c.problem(Invalid, mismatch, "/"+claim, "the claim %s is %q, but the credential has no %s", claim, clip(got), member)
	case got == "" && want == "" && missing == Invalid:
		c.problem(missing, absent, "/"+claim, "the claim %s is missing, and so is the credential's %s", claim, member)
	}
}

// compareDate compares at second precision: a claim has no sub-second part by convention.
func (c *Credential) compareDate(mismatch, absent string, missing Severity, claim string, got time.Time, member string) {
	text := c.Value.Get(member).Text()
	want, err := vc.ParseTime(text)
	switch {
	case text == "" && got.IsZero() && claim == "nbf" && missing == Invalid:
		c.problem(missing, absent, "/"+claim, "the claim %s is missing, and so is the credential's %s", claim, member)
	case text == "" || err != nil: // an unreadable date is the credential's own problem
	case got.IsZero() && missing != 0:
		c.problem(missing, absent, "/"+claim, "the claim %s is missing; it must repeat the credential's %s", claim, member)
	case !got.IsZero() && got.Unix() != want.Unix():
		c.problem(Invalid, mismatch, "/"+claim, "the claim %s is %s, but the credential's %s is %s", claim, got.Format(time.RFC3339), member, clip(text))
	}
}

func textOrID(v ijson.Value) string {
	if v.IsString() {
		return v.Text()
	}
	return v.Get("id").Text()
}

// onlySubject returns the id of the one subject; with several, sub cannot name them all.
func onlySubject(v ijson.Value) (id string, single bool) {
	if v.Kind() == ijson.Array {
		if v.Len() != 1 {
			return "", false
		}
		v = v.Index(0)
	}
	return textOrID(v), v.IsValid()
}
