package verify

import (
	"net/url"
	"strings"

	"github.com/openlaurel/laurel/fetch"
)

// checkRefresh asks the issuer once for a newer version, after the original's seal was found intact (Open Badges 3.0,
// Verification: "Only perform Refresh once"). What fails leaves the original as it is. The newer version has to be of
// the same issuer and id, not older, and sealed by the issuer itself.
func checkRefresh(c *credential) {
	switch {
	case len(c.doc.Refresh) == 0:
		c.add("refresh.none", "")
		return
	case c.role == asRefreshed || c.role == asStatusList:
		return
	case c.seal != sealIntact || !c.has("issuer", Passed):
		c.add("refresh.not-asked", c.doc.Refresh[0].Pointer)
		return
	}
	for _, s := range c.doc.Refresh {
		if !s.Is("1EdTechCredentialRefresh") {
			kind := "none"
			if len(s.Types) > 0 {
				kind = s.Types[0]
			}
			c.add("refresh.unknown-kind", s.Pointer, kind)
			continue
		}
		c.refreshFrom(s.ID, s.Pointer)
		return
	}
}

func (c *credential) refreshFrom(address, at string) {
	resp, err := c.net.Fetch(c.ctx, address, fetch.AcceptCredential)
	if err != nil {
		_, words := why(err)
		c.add("refresh.unavailable", at, address, words)
		return
	}
	fresh := &credential{run: c.run, report: c.newReport(c.report.Path), role: asRefreshed, depth: c.depth, parent: c.parent, endorsed: c.endorsed}
	fresh.openPayload(sniff(resp.Body), resp.Body)
	switch {
	case fresh.doc == nil:
		c.add("refresh.ignored", at, "it is no credential")
		return
	case !equalID(fresh.issuerID(), c.issuerID()) || !equalID(fresh.report.ID, c.report.ID):
		c.add("refresh.ignored", at, "it is another record")
		return
	case fresh.doc.ValidFrom.Before(c.doc.ValidFrom):
		c.add("refresh.ignored", at, "it is older")
		return
	case fresh.doc.ValidFrom.Equal(c.doc.ValidFrom):
		c.add("refresh.current", at)
		return
	}
	for _, check := range beforeRefresh {
		check.run(fresh)
	}
	if verdictOf(fresh.report.Findings) != Verified {
		c.add("refresh.ignored", at, "its seal or form does not hold")
		return
	}
	c.become(fresh)
	c.add("refresh.newer-used", at)
}

// become puts the newer version in the place of the credential under judgement.
func (c *credential) become(fresh *credential) {
	report := *fresh.report
	report.Refreshed, report.Credential = fresh.report.Credential, c.report.Credential
	report.Carrier = c.report.Carrier
	*c.report = report
	c.doc, c.token, c.seal, c.keys, c.inner = fresh.doc, fresh.token, fresh.seal, fresh.keys, fresh.inner
	c.dropped, c.foreign = fresh.dropped, fresh.foreign
	for _, inner := range c.inner {
		inner.parent = c
	}
}

// equalID compares ids as Open Badges 3.0, "Equality and comparison", does: percent-decoded once and trimmed.
func equalID(a, b string) bool { return a != "" && decodeID(a) == decodeID(b) }

func decodeID(id string) string {
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return strings.TrimSpace(id)
}
