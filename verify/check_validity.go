package verify

import (
	"time"

	"github.com/openlaurel/laurel/vc"
)

// checkValidity: the moment of verification lies in the window of the credential, ends included (VC Data Model 2.0,
// 4.9). A start that lies ahead is forgiven up to ClockSkew; an end is not.
func checkValidity(c *credential) {
	if c.legacy != nil {
		c.checkLegacyValidity()
		return
	}
	for _, member := range [...]string{"validFrom", "validUntil", "issuanceDate", "expirationDate", "awardedDate"} {
		v := c.root().Get(member)
		if !v.IsValid() {
			continue
		}
		if !isDate(v.Text()) {
			c.add("validity.malformed", "/"+member, v.Text())
		}
	}
	d := c.doc
	from, until := d.ValidFrom, d.ValidUntil
	if from.IsZero() && d.ValidFromText == "" && c.needsValidFrom() {
		c.add("validity.missing", "")
	}
	if !from.IsZero() && !until.IsZero() && until.Before(from) {
		c.add("validity.backwards", d.ValidUntilPointer, d.ValidUntilText, d.ValidFromText)
	}
	if from.After(c.now.Add(ClockSkew)) {
		c.add("validity.not-yet", d.ValidFromPointer, d.ValidFromText)
	}
	if !until.IsZero() && c.now.After(until) {
		c.add("validity.expired", d.ValidUntilPointer, d.ValidUntilText)
	}
	c.checkTokenTimes()
	if c.role == asNested && c.parent.doc.ValidFrom.Before(from) && !c.parent.doc.ValidFrom.IsZero() {
		c.add("validity.part-later", d.ValidFromPointer, d.ValidFromText)
	}
	for _, terms := range d.TermsOfUse {
		if terms.Is(vc.TermsTest) {
			c.report.Test = true
			c.add("validity.test", terms.Pointer)
		}
	}
	c.passIfQuiet("validity", "validity.current")
}

// isDate: a date-time stamp as XML Schema 1.1 has it, with a year of ours and an offset of at most fourteen hours.
func isDate(s string) bool {
	t, err := vc.ParseTime(s)
	if err != nil || t.Year() < 1 {
		return false
	}
	_, offset := t.Zone()
	return max(offset, -offset) <= 14*60*60
}

// needsValidFrom: VC 1.1 demands issuanceDate of every credential; VC 2.0 demands nothing, the 1EdTech classes validFrom,
// which their schema says already.
func (c *credential) needsValidFrom() bool {
	return c.doc.Model == vc.Model11 && c.doc.Kind.IsCredential()
}

// checkTokenTimes holds nbf and exp of a token to the clock; a difference from the credential's own dates is a matter of
// the proof check.
func (c *credential) checkTokenTimes() {
	if c.token == nil {
		return
	}
	nbf, exp := c.token.notBefore, c.token.expires
	if nbf.After(c.now.Add(ClockSkew)) && !nbf.Equal(c.doc.ValidFrom.Truncate(time.Second)) {
		c.add("validity.not-yet", "", nbf.Format(time.RFC3339))
	}
	if !exp.IsZero() && !c.now.Before(exp) && !exp.Equal(c.doc.ValidUntil.Truncate(time.Second)) {
		c.add("validity.expired", "", exp.Format(time.RFC3339))
	}
}
