package verify

import (
	"fmt"
	"time"
)

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
	outdated := false
	for _, l := range c.opts.Issuers.Listed(c.issuerID()) {
		if !l.Until.IsZero() && c.now.After(l.Until) || l.AsOf.After(c.now.Add(ClockSkew)) {
			outdated = true
			c.add("trust.outdated", "/issuer", l.Registry, dateOf(l.AsOf), dateOf(l.Until))
			continue
		}
		c.report.Listings = append(c.report.Listings, l)
		c.add("trust.listed", "/issuer", l.Registry, age(l.AsOf, c.now))
		for _, m := range l.Marks {
			if m.Until.IsZero() || c.now.Before(m.Until) {
				c.add("trust.mark", "/issuer", l.Registry, m.Type)
			}
		}
	}
	if len(c.report.Listings) == 0 && !outdated {
		c.add("trust.unlisted", "/issuer")
	}
}

func dateOf(t time.Time) string {
	if t.IsZero() {
		return "no day"
	}
	return t.Format(time.DateOnly)
}

// age says how old a list's word is; nothing where the list does not say.
func age(asOf, now time.Time) string {
	switch days := int(now.Sub(asOf).Hours() / 24); {
	case asOf.IsZero():
		return ""
	case days < 1:
		return " (as of today)"
	case days == 1:
		return " (as of yesterday)"
	default:
		return fmt.Sprintf(" (as of %s, %d days ago)", dateOf(asOf), days)
	}
}
