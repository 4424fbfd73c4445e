package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// PublicFrameworks lists the frameworks that the institution shows.
type PublicFrameworks struct {
	Shell
	Rows []FrameworkRow
}

// PublicFramework is a framework at its own address.
type PublicFramework struct {
	Shell
	Row                             FrameworkRow
	Publisher, Edition, Attribution string
	Items                           int
	At                              *TreeItem
	Tree                            []*TreeItem
	Downloads                       []Download
}

// FrameworkItem is one item of a framework at its own address.
type FrameworkItem struct {
	Shell
	Name, Code, Text, Type, IRI string
	Framework                   FrameworkRow
	Above                       []render.Ref
	Below                       []*TreeItem
	Downloads                   []Download
}

func publicFrameworks(c *call) error {
	p := &PublicFrameworks{}
	if i := c.institution(); i != nil {
		all, err := c.deps.Registrar.PublicFrameworks(c.ctx, i.ID)
		if err != nil {
			return err
		}
		for n := range all {
			p.Rows = append(p.Rows, c.frameworkRow(&all[n]))
		}
	}
	p.Title = c.t("frameworks.title")
	return c.show(http.StatusOK, p)
}

func published(v *registrar.FrameworkView) framework.Published {
	return framework.Published{URL: v.URL(), Time: v.CreatedAt}
}

// publicFramework answers with the tree for a person, CASE for whoever asks for JSON, and CTDL-ASN for JSON-LD. What came
// as a CASE document goes out as it came.
func publicFramework(c *call) error {
	v, err := c.deps.Registrar.Framework(c.ctx, c.actor, record.FrameworkID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	if !v.Public { // the office reads it at its desk; here is what everybody sees
		return record.Errorf(record.NotFound, "web.publicFramework", "")
	}
	if as := c.r.URL.Query().Get("as"); as == "case" || as == "ctdl" || !wantsHTML(c.r) {
		return c.frameworkDocument(v, as == "ctdl" || as == "" && asksLinkedData(c.r))
	}
	p := &PublicFramework{Row: c.frameworkRow(&v.Framework), Publisher: v.Read.Publisher, Edition: v.Read.Version, Attribution: v.Read.Attribution, Items: len(v.Read.Nodes)}
	at := c.r.URL.Query().Get("at")
	p.Tree = frameworkTree(v.Read, at, c.r.URL.Path+"?at=")
	if at != "" {
		if len(p.Tree) != 1 {
			return record.Errorf(record.NotFound, "web.publicFramework", "")
		}
		p.At, p.Tree = p.Tree[0], p.Tree[0].Below
	}
	p.Title = v.Title
	p.Downloads = []Download{{Label: c.t("frameworks.case"), Href: c.r.URL.Path + "?as=case"}, {Label: c.t("frameworks.ctdl"), Href: c.r.URL.Path + "?as=ctdl"}}
	c.dataBeside()
	return c.show(http.StatusOK, p)
}

// asksLinkedData tells whether JSON-LD is asked for by name.
func asksLinkedData(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/ld+json")
}

func (c *call) frameworkDocument(v *registrar.FrameworkView, linked bool) error {
	c.changed(v.CreatedAt)
	raw := len(v.Body) > 0 && v.Body[0] == '{'
	var b []byte
	var err error
	switch {
	case linked && v.Kind == "ctdl" && raw, !linked && v.Kind == "case" && raw:
		b = v.Body
	case linked:
		b, err = v.Read.JSONLD()
	default:
		b, err = v.Read.CASE(published(v))
	}
	if err != nil {
		return record.Wrap("web.frameworkDocument", err)
	}
	return c.document(map[bool]string{true: "application/ld+json", false: "application/json"}[linked], b, true)
}

func frameworkItem(c *call) error {
	v, err := c.deps.Registrar.Framework(c.ctx, c.actor, record.FrameworkID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	n, ok := v.Read.Item(c.r.PathValue("piece"))
	if !ok || !v.Public {
		return record.Errorf(record.NotFound, "web.frameworkItem", "")
	}
	if !wantsHTML(c.r) {
		b, err := v.Read.CASEItem(n, published(v))
		if err != nil {
			return record.Wrap("web.frameworkItem", err)
		}
		c.changed(v.CreatedAt)
		return c.document("application/json", b, true)
	}
	base := "/frameworks/" + url.PathEscape(string(v.ID))
	p := &FrameworkItem{Name: n.Name, Code: n.Code, Type: n.Type, IRI: n.ID, Framework: c.frameworkRow(&v.Framework)}
	if n.Description != n.Name {
		p.Text = n.Description
	}
	for _, a := range slices.Backward(v.Read.Above(n.ID)) {
		p.Above = append(p.Above, render.Ref{Name: a.Name, Anchor: base + "/items/" + framework.ItemID(a.ID)})
	}
	if tree := frameworkTree(v.Read, n.ID, base+"?at="); len(tree) == 1 {
		p.Below = tree[0].Below
	}
	p.Title = n.Name
	p.Downloads = []Download{{Label: c.t("frameworks.case"), Href: c.r.URL.Path + "?as=json"}}
	c.dataBeside()
	return c.show(http.StatusOK, p)
}

// The provider's side of CASE 1.1: documents, packages and items by their identifiers, for whoever aligns with them.

// publicViews reads every framework that the institution shows.
func (c *call) publicViews() ([]*registrar.FrameworkView, error) {
	i := c.institution()
	if i == nil {
		return nil, nil
	}
	all, err := c.deps.Registrar.PublicFrameworks(c.ctx, i.ID)
	if err != nil {
		return nil, err
	}
	var out []*registrar.FrameworkView
	seen := map[string]bool{}
	for _, f := range all {
		if seen[f.IRI] { // an older text of the same framework
			continue
		}
		seen[f.IRI] = true
		v, err := c.deps.Registrar.Framework(c.ctx, c.actor, f.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func caseDocuments(c *call) error {
	all, err := c.publicViews()
	if err != nil {
		return err
	}
	docs := []json.RawMessage{}
	for _, v := range all {
		b, err := v.Read.CASEDocument(published(v))
		if err != nil {
			return record.Wrap("web.caseDocuments", err)
		}
		docs = append(docs, b)
	}
	b, err := ijson.Marshal(map[string]any{"CFDocuments": docs})
	if err != nil {
		return record.Wrap("web.caseDocuments", err)
	}
	return c.document("application/json", b, true)
}

func casePackage(c *call) error {
	all, err := c.publicViews()
	if err != nil {
		return err
	}
	for _, v := range all {
		if strings.EqualFold(framework.ItemID(v.Read.ID), c.r.PathValue("id")) {
			return c.frameworkDocument(v, false)
		}
	}
	return record.Errorf(record.NotFound, "web.casePackage", "")
}

func caseItem(c *call) error {
	all, err := c.publicViews()
	if err != nil {
		return err
	}
	for _, v := range all {
		if n, ok := v.Read.Item(c.r.PathValue("id")); ok {
			b, err := v.Read.CASEItem(n, published(v))
			if err != nil {
				return record.Wrap("web.caseItem", err)
			}
			c.changed(v.CreatedAt)
			return c.document("application/json", b, true)
		}
	}
	return record.Errorf(record.NotFound, "web.caseItem", "")
}
