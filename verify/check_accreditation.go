package verify

import "strings"

// checkAccreditation asks who stands for the issuer: the endorsements that its profile carries, embedded or as tokens,
// each of which was judged as a credential of its own before. One counts when it holds, is about the issuer, is by
// somebody else, and that somebody is on a list of known issuers; the list says whether it knows it as an accreditor.
// Everything here informs the reader and leaves the verdict: the standard knows no accreditation.
func checkAccreditation(c *credential) {
	if c.opts.Issuers == nil || c.doc == nil || c.legacy != nil || !c.has("issuer", Passed) {
		return
	}
	for _, e := range c.inner {
		if e.role == asEndorsement && strings.HasPrefix(e.report.Path, "/issuer/") {
			c.addEndorser(e)
		}
	}
}

func (c *credential) addEndorser(e *credential) {
	at, by := e.report.Path, e.issuerID()
	switch {
	case verdictOf(e.report.Findings) != Verified || e.report.Subject != c.issuerID() || by == c.issuerID():
		c.add("trust.endorsement-void", at, by)
	case len(e.report.Listings) == 0:
		c.add("trust.endorser-unknown", at, by)
	default:
		for _, l := range e.report.Listings {
			code := "trust.endorsed"
			if l.Accreditor {
				code = "trust.accredited"
			}
			c.add(code, at, first(l.Name, by), l.Registry)
		}
	}
}
