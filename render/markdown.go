package render

import (
	"bytes"
	"html/template"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// maxMarkdown is the longest narrative set as Markdown; a longer one is cut and says so. A page of a record is a few
// kilobytes; the standard sets no limit and a hostile issuer would use that.
const maxMarkdown = 32 << 10

// markdown drops raw HTML (goldmark's default) and replaces what could load, run or break the page's outline: links keep
// only https, http and mailto; pictures become their description; headings become bold lines.
var markdown = goldmark.New(goldmark.WithRendererOptions(
	renderer.WithNodeRenderers(util.Prioritized(safeNodes{}, 100)),
))

// Markdown sets an issuer's narrative (OB 3.0: description, criteria and evidence narratives may be Markdown).
func Markdown(src string) template.HTML {
	src = clip(src, maxMarkdown)
	var out bytes.Buffer
	if err := markdown.Convert([]byte(src), &out); err != nil {
		return template.HTML("<p>" + template.HTMLEscapeString(src) + "</p>")
	}
	return template.HTML(out.String())
}

// clip cuts s to n bytes at a rune's edge and marks the cut.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// SafeLink is the address when it may be a link (https, http, mailto; no user information, no control characters), else "".
func SafeLink(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f || r == '\\' }) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil {
		return ""
	}
	switch u.Scheme {
	case "https", "http":
		if u.Host == "" {
			return ""
		}
	case "mailto":
	default:
		return ""
	}
	return u.String()
}

type safeNodes struct{}

func (safeNodes) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindLink, renderLink)
	r.Register(ast.KindAutoLink, renderAutoLink)
	r.Register(ast.KindImage, renderImage)
	r.Register(ast.KindHeading, renderHeading)
}

func openLink(w util.BufWriter, href string) {
	_, _ = w.WriteString(`<a rel="noopener nofollow ugc" href="` + template.HTMLEscapeString(href) + `">`) // a buffer; Flush reports
}

func renderLink(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	href := SafeLink(string(n.(*ast.Link).Destination))
	switch {
	case href == "":
	case entering:
		openLink(w, href)
	default:
		_, _ = w.WriteString("</a>")
	}
	return ast.WalkContinue, nil
}

func renderAutoLink(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	link := n.(*ast.AutoLink)
	label, dest := string(link.Label(src)), string(link.URL(src))
	if link.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(dest), "mailto:") {
		dest = "mailto:" + dest
	}
	if href := SafeLink(dest); href != "" {
		openLink(w, href)
		_, _ = w.WriteString(template.HTMLEscapeString(label) + "</a>")
	} else {
		_, _ = w.WriteString(template.HTMLEscapeString(label))
	}
	return ast.WalkContinue, nil
}

// renderImage shows a picture's words only: a record never loads from another host.
func renderImage(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<em>")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("</em>")
	return ast.WalkContinue, nil
}

func renderHeading(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<p><strong>")
	} else {
		_, _ = w.WriteString("</strong></p>\n")
	}
	return ast.WalkContinue, nil
}
