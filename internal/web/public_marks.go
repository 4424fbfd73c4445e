package web

import (
	"html/template"
	"net/http"
)

// Marks offers the button and the mark that an institution's own pages can carry: text to copy, in which everything is
// contained, so that a page that shows them asks nothing of this server and tells it nothing of its readers.
type Marks struct {
	Shell
	Claim, Check string // HTML to copy
}

func marksPage(c *call) error {
	p := &Marks{Claim: snippet(c.deps.PublicURL+"/my", c.t("marks.claim-label")), Check: snippet(c.deps.PublicURL+"/verify", c.t("marks.check-label"))}
	p.Title = c.t("marks.title")
	return c.show(http.StatusOK, p)
}

// snippet is a link with its picture inside.
func snippet(address, label string) string {
	return `<a href="` + template.HTMLEscapeString(address) + `" rel="noreferrer" style="display:inline-flex;align-items:center;gap:.5em;padding:.6em 1em;border:1px solid #0F5E63;border-radius:5px;color:#0F5E63;background:#fff;font:600 16px/1.2 system-ui,sans-serif;text-decoration:none">` +
		`<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" stroke-width="1.75"/><circle cx="10" cy="10" r="4.25" fill="currentColor"/></svg>` +
		template.HTMLEscapeString(label) + `</a>`
}
