package verify

// checkEndorsement says how many endorsements the record carries and, for an endorsement, whether it is about the
// thing that carries it. The endorsements themselves are judged as credentials of their own.
func checkEndorsement(c *credential) {
	n := 0
	for _, inner := range c.inner {
		if inner.role == asEndorsement {
			n++
		}
	}
	if n == 0 {
		c.add("endorsement.none", "")
	} else {
		c.add("endorsement.checked", "", n)
	}
	if c.role != asEndorsement {
		return
	}
	about, carrierID := c.report.Subject, c.endorsed
	if about != "" && carrierID != "" && about != carrierID {
		c.add("endorsement.of-something-else", "/credentialSubject/id", about, carrierID)
	}
	if id := c.issuerID(); id != "" && (id == about || c.parent != nil && id == c.parent.report.Subject) {
		c.add("endorsement.by-the-subject", "/issuer")
	}
}
