package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

func verifyForm(c *call) error {
	p := &Verify{}
	p.Title = c.t("verify.title")
	return c.show(http.StatusOK, p)
}

// verifyInput judges what a stranger brought. Nothing of it is kept.
func verifyInput(c *call) error {
	files, err := c.uploads("file")
	if err != nil {
		return err
	}
	text := strings.TrimSpace(c.r.PostForm.Get("text"))
	refuse := func(message string) error {
		p := &Verify{Text: text, On: c.r.PostForm.Get("on"), Error: message}
		p.Title = c.t("verify.title")
		return c.show(http.StatusUnprocessableEntity, p)
	}
	on, ok := dayIn(c.r.PostForm.Get("on"))
	if !ok {
		return refuse(c.t("verify.on-bad"))
	}
	input, source := []byte(text), ""
	if len(files) > 0 {
		input, source = files[0].data, files[0].name
	}
	if len(input) == 0 {
		return refuse(c.t("verify.nothing"))
	}
	path, ours := c.ourPath(text)
	switch isAddress := (ours || strings.HasPrefix(text, "https://")) && !strings.ContainsAny(text, " \n\t{"); {
	case len(files) > 0 || !isAddress:
	case strings.HasPrefix(path, "/shares/"):
		return c.go303(path) // what is shared is verified where it is shown, with its passcode and its end
	default:
		source = text
		if input, err = c.byAddress(text, path); err != nil {
			if record.KindOf(err) == record.Internal {
				return err
			}
			return refuse(c.says(err))
		}
	}
	checked, err := c.deps.Employer.VerifyOn(c.ctx, c.actor, input, on)
	if err != nil {
		return err
	}
	p := c.verifyResult(checked.Report, source)
	if p.Signed, err = c.signedReport(input, checked); err != nil {
		return err
	}
	return c.show(http.StatusOK, p)
}

// signedReport is a report as a credential of this server's, inside its own address: nothing is kept that it could be
// fetched from later. "" where the server signs none.
func (c *call) signedReport(input []byte, checked *employer.Checked) (template.URL, error) {
	doc := employer.Document{Bytes: input, Report: checked.Report}
	b, err := c.deps.Employer.Attest(c.ctx, []employer.Document{doc}, checked.CheckedAt)
	if record.KindOf(err) == record.Unavailable {
		return "", nil
	}
	return dataAddress("application/vc", b), err
}

// dayIn reads the noon of a day, which is the same day nearly everywhere; none is the zero time.
func dayIn(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	t, err := time.Parse(time.DateOnly, s)
	return t.Add(12 * time.Hour), err == nil
}

// thenOf are the findings about a day gone by, each sentence once, the record's own first.
func (c *call) thenOf(rep *verify.Report) (out []string) {
	for _, f := range rep.Findings {
		if said := c.words.Finding(f.Code, f.Message); f.Check == "history" && !slices.Contains(out, said) {
			out = append(out, said)
		}
	}
	for _, part := range rep.Credentials {
		for _, s := range c.thenOf(part) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// ourPath is the path of an address of this server's, under its public name or the one it was asked by.
func (c *call) ourPath(address string) (path string, ours bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return "", false
	}
	if u.Host != c.r.Host && u.Scheme+"://"+u.Host != c.deps.PublicURL {
		return "", false
	}
	return u.Path, true
}

// byAddress gets the document at an address: ours from our own desk, for whoever asks, and without the network; every
// other through the employer's fetcher, which knows what may be fetched.
func (c *call) byAddress(address, ourPath string) ([]byte, error) {
	if id, ok := strings.CutPrefix(ourPath, "/records/"); ok {
		cred, err := c.deps.Learner.Fetch(c.ctx, c.actor, id)
		if err != nil {
			return nil, err
		}
		return cred.Bytes, nil
	}
	if ourPath != "" {
		doc, err := c.deps.Published.Document(c.ctx, c.deps.PublicURL+ourPath)
		if record.KindOf(err) == record.NotFound {
			return nil, &record.Error{Kind: record.Invalid, Op: "web.byAddress", Message: c.t("verify.unreachable"), Err: err}
		}
		if err != nil {
			return nil, err
		}
		return doc.Bytes, nil
	}
	if c.deps.Employer.Fetcher == nil {
		return nil, record.Errorf(record.Unavailable, "web.byAddress", "%s", c.t("verify.offline"))
	}
	resp, err := c.deps.Employer.Fetcher.Fetch(c.ctx, address, "application/vc, application/ld+json, application/json, image/png, image/svg+xml, application/pdf")
	if err != nil {
		return nil, &record.Error{Kind: record.Invalid, Op: "web.byAddress", Message: c.t("verify.unreachable"), Err: err}
	}
	return resp.Body, nil
}

// maxRaw bounds the data that is shown beside the report: a record of thirty courses. A larger one is at home in a file.
const maxRaw = 256 << 10

// laidOut lays JSON out for reading; what is none stays as it is.
func laidOut(b []byte) string {
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return string(b)
	}
	return out.String()
}

// verifyResult lays a report out.
func (c *call) verifyResult(rep *verify.Report, source string) *VerifyResult {
	p := &VerifyResult{Source: source, Tree: c.treeNode(rep, true), Then: c.thenOf(rep), ReportText: render.ReportText(rep, c.words)}
	if rep.Standard != verify.StandardUnknown {
		p.Standard = c.words.Or("standard."+rep.Standard, rep.Standard)
	}
	if js, err := rep.JSON(); err == nil {
		p.ReportJSON = string(js)
	}
	if len(rep.Credential) <= maxRaw {
		p.Raw = laidOut(rep.Credential)
	}
	docs := []render.Document{{JSON: rep.Credential, Report: rep}}
	if len(rep.Credential) == 0 && len(rep.Credentials) > 0 { // several that came together, in nothing that says anything itself
		docs = docs[:0]
		for _, part := range rep.Credentials {
			docs = append(docs, render.Document{JSON: part.Credential, Report: part})
		}
	}
	p.Record = render.NewRecord(docs, &render.Options{Lang: c.words.Lang})
	p.Title = c.t("verify.result")
	p.NoIndex = true
	return p
}

func (c *call) treeNode(rep *verify.Report, open bool) TreeNode {
	n := TreeNode{
		Name: cmp.Or(rep.Name, rep.ID), Kind: rep.Kind, Issuer: render.Party{ID: rep.Issuer.ID, Name: rep.Issuer.Name},
		Mark: render.MarkOf(rep), Open: open, Checks: render.Checks(rep), Uncovered: rep.Uncovered,
	}
	for _, f := range rep.Findings { // the first thing that is not right is the reason
		if f.Outcome == verify.Fails || f.Outcome == verify.Unknown && n.Mark == render.Unchecked {
			n.Why = sentence(c.words.Finding(f.Code, f.Message))
			break
		}
	}
	for _, child := range rep.Credentials {
		n.add(c.treeNode(child, false))
	}
	return n
}

// add keeps what is genuine and current apart, so that the rest is seen first.
func (n *TreeNode) add(child TreeNode) {
	if child.Mark == render.Verified && len(child.Children) == 0 {
		n.Good = append(n.Good, child)
		return
	}
	n.Children = append(n.Children, child)
}
