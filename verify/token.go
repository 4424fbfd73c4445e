package verify

import (
	"time"

	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/vcjose"
)

// A token is the JWT that secures a credential.
type token struct {
	*vcjose.Credential
	notBefore, expires time.Time
}

func newToken(p *vcjose.Credential) *token {
	return &token{Credential: p, notBefore: p.NotBefore, expires: p.Expires}
}

// fillFromClaims takes from the registered claims what the credential leaves out: in VC 1.1 the claims stand for the
// members (VC Data Model 1.1, 6.3.1), and exp sets the end where the credential has none.
func (c *credential) fillFromClaims() {
	if c.token == nil {
		return
	}
	r, t := c.report, c.token
	if r.Issuer.ID == "" {
		r.Issuer.ID = t.Issuer
	}
	if r.ID == "" {
		r.ID = t.ID
	}
	if r.Subject == "" {
		r.Subject = t.Subject
	}
	if r.ValidFrom == "" && !t.notBefore.IsZero() {
		r.ValidFrom = t.notBefore.UTC().Format(time.RFC3339)
		if c.doc.Model == vc.Model11 {
			c.doc.ValidFrom, c.doc.ValidFromText = t.notBefore, r.ValidFrom
		}
	}
	if r.ValidUntil == "" && !t.expires.IsZero() {
		r.ValidUntil = t.expires.UTC().Format(time.RFC3339)
		c.doc.ValidUntil, c.doc.ValidUntilText = t.expires, r.ValidUntil
	}
}
