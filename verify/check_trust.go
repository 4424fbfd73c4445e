package verify

// checkTrust asks the lists of known issuers. An issuer in none leaves the verdict as it is; one whose key was not
// proven is not asked about, because anybody can write a known name into a record.
func checkTrust(c *credential) {
	if id := c.issuerID(); id != "" && id == c.report.Subject && c.doc.Kind.IsCredential() {
		c.add("trust.self-issued", "/issuer")
	}
	if c.opts.Issuers == nil || !c.has("issuer", Passed) {
		c.add("trust.not-asked", "")
		return
	}
	c.report.Listings = c.opts.Issuers.Listed(c.issuerID())
	if len(c.report.Listings) == 0 {
		c.add("trust.unlisted", "/issuer")
		return
	}
	for _, l := range c.report.Listings {
		c.add("trust.listed", "/issuer", l.Registry)
	}
}
