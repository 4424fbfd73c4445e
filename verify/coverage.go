package verify

import (
	"regexp"

	"github.com/openlaurel/laurel/jsonld"
)

// maxUndefined is how many undefined terms are told one by one.
const maxUndefined = 20

// addCoverage says what the issuer's seals leave unprotected. With several of them, a member is unprotected only when
// all leave it out. The seal of somebody else counts for nothing here: else an attacker could change what the issuer's
// seal leaves out and cover it with a seal of his own.
func (c *credential) addCoverage(keys []keyUse) {
	for i, k := range keys {
		if i == 0 {
			c.report.Uncovered = append([]string{}, k.uncovered...)
			c.dropped = k.dropped
			continue
		}
		c.report.Uncovered = both(c.report.Uncovered, k.uncovered)
		c.dropped = both(c.dropped, k.dropped)
	}
	c.addDropped()
}

func both[T comparable](a, b []T) []T {
	in := map[T]bool{}
	for _, x := range b {
		in[x] = true
	}
	out := []T{}
	for _, x := range a {
		if in[x] {
			out = append(out, x)
		}
	}
	return out
}

// addDropped: what JSON-LD drops is not sealed. For words outside the standard that is a reason to refuse the record,
// because anybody could have added them (safe mode). The direction of a text has no form in RDF. For the few members of the standard's own model that its published
// contexts leave out, the issuer is not to blame: they are shown as unprotected.
func (c *credential) addDropped() {
	told := 0
	for _, d := range c.dropped {
		if d.Reason == jsonld.ReasonDirection || d.Reason == jsonld.ReasonUndefinedTerm && leftOut(d.Pointer) {
			c.add("context.uncovered", d.Pointer, d.Term)
			continue
		}
		if told++; told <= maxUndefined {
			c.add("context.undefined-term", d.Pointer, d.Term)
		}
	}
}

// modelGaps are members of the model that some published context does not define (data model, oddity 6; CLR errata):
// endorsementJwt in all, ClrSubject.identifier and ClrCredential.partial in older ones of the CLR, awardedDate and
// inLanguage in some of Open Badges.
var modelGaps = regexp.MustCompile(`(^|/)(endorsementJwt|inLanguage)(/\d+)?$|^/(partial|awardedDate)$|^/credentialSubject/identifier(/|$)|^/credentialSubject/verifiableCredential/\d+/awardedDate$`)

func leftOut(pointer string) bool { return modelGaps.MatchString(pointer) }
