package verify

import (
	"github.com/openlaurel/laurel/jsonld"
)

// lint judges an unsigned credential by everything that needs no seal, and is stricter than a verifier may be: what a
// seal would not cover is refused, even where the published contexts are to blame.
func (r *run) lint(unsigned []byte) []Finding {
	c := r.open(unsigned)
	if c.doc == nil || c.legacy != nil || c.token != nil {
		if c.legacy != nil || c.token != nil {
			c.add("format.not-a-credential", "")
		}
		return remarks(c.report.Findings)
	}
	for _, check := range []func(*credential){checkContext, checkSchema, checkSubject, checkResult, checkAssociation, checkLintValidity, checkLintIssuer, checkVocabulary} {
		check(c)
	}
	return remarks(c.report.Findings)
}

// remarks leaves out what is in order.
func remarks(all []Finding) []Finding {
	var out []Finding
	for _, f := range all {
		if f.Outcome == Fails || f.Warning || f.Outcome == Unknown {
			out = append(out, f)
		}
	}
	return out
}

// checkLintValidity: dates are well formed and in order; a record may be prepared before it begins to be valid.
func checkLintValidity(c *credential) {
	d := c.doc
	if !d.ValidUntil.IsZero() && d.ValidUntil.Before(d.ValidFrom) {
		c.add("validity.backwards", d.ValidUntilPointer, d.ValidUntilText, d.ValidFromText)
	}
	for _, member := range [...]string{"validFrom", "validUntil", "issuanceDate", "expirationDate", "awardedDate"} {
		if v := c.root().Get(member); v.IsValid() && !isDate(v.Text()) {
			c.add("validity.malformed", "/"+member, v.Text())
		}
	}
}

func checkLintIssuer(c *credential) {
	if !c.doc.Kind.IsPresentation() {
		c.checkIssuerID()
	}
}

// checkVocabulary refuses everything that JSON-LD would drop, but the direction of a text, which has no form in RDF and
// which the data model allows (VC Data Model 2.0, 11.1).
func checkVocabulary(c *credential) {
	n := 0
	for _, d := range c.droppedTerms("proof") {
		if d.Reason == jsonld.ReasonDirection {
			continue
		}
		if n++; n <= maxUndefined {
			c.add("context.undefined-term", d.Pointer, d.Term)
		}
	}
}
