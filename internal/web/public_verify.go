package web

import (
	"cmp"
	"net/http"
	"strings"

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
	input, source := []byte(text), ""
	if len(files) > 0 {
		input, source = files[0].data, files[0].name
	}
	if len(input) == 0 {
		p := &Verify{Error: c.t("verify.nothing")}
		p.Title = c.t("verify.title")
		return c.show(http.StatusUnprocessableEntity, p)
	}
	if len(files) == 0 && strings.HasPrefix(text, "https://") && !strings.ContainsAny(text, " \n\t{") {
		source = text
		if input, err = c.byAddress(text); err != nil {
			if record.KindOf(err) == record.Internal {
				return err
			}
			p := &Verify{Text: text, Error: sentence(record.MessageOf(err))}
			p.Title = c.t("verify.title")
			return c.show(http.StatusUnprocessableEntity, p)
		}
	}
	checked, err := c.deps.Employer.Verify(c.ctx, c.actor, input)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, c.verifyResult(checked.Report, source))
}

// byAddress gets the document at an address through the employer's fetcher, which knows what may be fetched.
func (c *call) byAddress(address string) ([]byte, error) {
	if c.deps.Employer.Fetcher == nil {
		return nil, record.Errorf(record.Unavailable, "web.byAddress", "%s", c.t("verify.offline"))
	}
	resp, err := c.deps.Employer.Fetcher.Fetch(c.ctx, address, "application/vc, application/ld+json, application/json, image/png, image/svg+xml, application/pdf")
	if err != nil {
		return nil, &record.Error{Kind: record.Invalid, Op: "web.byAddress", Message: c.t("verify.unreachable"), Err: err}
	}
	return resp.Body, nil
}

// verifyResult lays a report out.
func (c *call) verifyResult(rep *verify.Report, source string) *VerifyResult {
	p := &VerifyResult{Source: source, Tree: c.treeNode(rep, true), ReportText: render.ReportText(rep, c.words)}
	if rep.Standard != verify.StandardUnknown {
		p.Standard = c.words.Or("standard."+rep.Standard, rep.Standard)
	}
	if js, err := rep.JSON(); err == nil {
		p.ReportJSON = string(js)
	}
	p.Record = render.NewRecord([]render.Document{{JSON: rep.Credential, Report: rep}}, &render.Options{Lang: c.words.Lang})
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
			n.Why = sentence(f.Message)
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
