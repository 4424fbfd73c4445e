package export

import (
	"net/url"
	"strings"
	"time"
)

// maxLinkedInName is how long LinkedIn lets the name of a certificate be.
const maxLinkedInName = 100

// LinkedIn names what the address cannot take from the credential.
type LinkedIn struct {
	OrganizationID string // LinkedIn's number for the issuer; else the issuer's name is sent
	CertURL        string // a share link that does not expire before the award does
	CertID         string // a short verification code
}

// LinkedInURL is the address that opens LinkedIn's form to add a certificate to a profile, filled in. Every value is
// percent-encoded: an unencoded "R&D" would break it.
func LinkedInURL(c *Claim, l *LinkedIn) string {
	name := []rune(c.title())
	if len(name) > maxLinkedInName {
		name = append(name[:maxLinkedInName-1], '…')
	}
	var b strings.Builder
	b.WriteString("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME")
	add := func(key, value string) {
		if value != "" {
			b.WriteString("&" + key + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
		}
	}
	add("name", string(name))
	if l.OrganizationID != "" {
		add("organizationId", l.OrganizationID)
	} else {
		add("organizationName", issuerName(c.issuer()))
	}
	if t, err := time.Parse(time.DateOnly, c.awarded()); err == nil {
		add("issueYear", t.Format("2006"))
		add("issueMonth", t.Format("1"))
	}
	if t, err := time.Parse(time.DateOnly, c.ValidUntil.Day()); err == nil {
		add("expirationYear", t.Format("2006"))
		add("expirationMonth", t.Format("1"))
	}
	add("certUrl", l.CertURL)
	add("certId", l.CertID)
	return b.String()
}
