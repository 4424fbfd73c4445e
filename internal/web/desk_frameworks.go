package web

import (
	"net/http"
	"net/url"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

var frameworkRoutes = []route{
	{"GET /desk/frameworks", staff, frameworks, 0},
	{"POST /desk/frameworks", preparer, uploadFramework, registrar.MaxFramework + maxForm},
	{"GET /desk/frameworks/{id}", staff, deskFramework, 0},
	{"POST /desk/frameworks/{id}/{act}", preparer, frameworkAct, 0},
	{"GET /frameworks", anyone, publicFrameworks, 0},
	{"GET /frameworks/{id}", anyone, publicFramework, 0},
	{"GET /frameworks/{id}/items/{piece}", anyone, frameworkItem, 0},
	{"GET /ims/case/v1p1/CFDocuments", anyone, caseDocuments, 0},
	{"GET /ims/case/v1p1/CFPackages/{id}", anyone, casePackage, 0},
	{"GET /ims/case/v1p1/CFItems/{id}", anyone, caseItem, 0},
}

var frameworkPages = []page{&Frameworks{}, &DeskFramework{}, &PublicFrameworks{}, &PublicFramework{}, &FrameworkItem{}}

// Frameworks lists what the office aligns with, and takes more.
type Frameworks struct {
	Shell
	Error    string
	Rows     []FrameworkRow
	MayWrite bool
}

// FrameworkRow is one framework in a list.
type FrameworkRow struct {
	ID, Title, Kind, IRI string
	Public               bool
	Older                bool // a newer text of it is here
	Since                render.Date
}

// DeskFramework is one framework as the office sees it.
type DeskFramework struct {
	Shell
	Row         FrameworkRow
	Publisher   string
	Edition     string
	Attribution string
	Items       int
	At          *TreeItem // the branch that is shown, nil: the whole
	Tree        []*TreeItem
	MayWrite    bool
	PublicURL   string
}

func frameworks(c *call) error { return c.frameworksPage("", http.StatusOK) }

func (c *call) frameworksPage(problem string, status int) error {
	all, err := c.deps.Registrar.FrameworkList(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Frameworks{Error: problem, MayWrite: c.actor.Has(record.RoleRegistrar)}
	seen := map[string]bool{}
	for i := range all {
		row := c.frameworkRow(&all[i])
		row.Older = seen[row.IRI]
		seen[row.IRI] = true
		p.Rows = append(p.Rows, row)
	}
	p.Title, p.NoIndex, p.Wide = c.t("frameworks.title"), true, true
	return c.show(status, p)
}

func (c *call) frameworkRow(f *record.Framework) FrameworkRow {
	return FrameworkRow{ID: string(f.ID), Title: f.Title, Kind: c.words.Or("frameworks.kind."+f.Kind, f.Kind), IRI: f.IRI, Public: f.Public, Since: render.Date{Time: f.CreatedAt}}
}

func uploadFramework(c *call) error {
	files, err := c.uploads("file")
	if err != nil {
		return err
	}
	var given []registrar.File
	for _, f := range files {
		given = append(given, registrar.File{Name: f.name, Data: f.data})
	}
	f, err := c.deps.Registrar.UploadFramework(c.ctx, c.actor, given, c.r.PostForm.Get("public") != "")
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.frameworksPage(sentence(record.MessageOf(err)), status)
		}
		return err
	}
	all, err := c.deps.Registrar.FrameworkList(c.ctx, c.actor)
	if err != nil {
		return err
	}
	for i := range all { // the same document is kept once, under the id that it has
		if all[i].IRI == f.IRI && all[i].SHA256 == record.Sum(f.Body) {
			f.ID = all[i].ID
		}
	}
	return c.go303("/desk/frameworks/" + url.PathEscape(string(f.ID)) + "?done=framework-added")
}

// maxTree is what one page shows of a framework; what is left out has a page of its own.
const maxTree = 1500

func deskFramework(c *call) error {
	v, err := c.deps.Registrar.Framework(c.ctx, c.actor, record.FrameworkID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	if err := c.actor.Require("web.deskFramework", v.Institution.ID, staff...); err != nil {
		return err
	}
	p := &DeskFramework{Row: c.frameworkRow(&v.Framework), Publisher: v.Read.Publisher, Edition: v.Read.Version, Attribution: v.Read.Attribution, Items: len(v.Read.Nodes),
		MayWrite: c.actor.Has(record.RoleRegistrar)}
	if v.Public {
		p.PublicURL = "/frameworks/" + url.PathEscape(string(v.ID))
	}
	at := c.r.URL.Query().Get("at")
	p.Tree = frameworkTree(v.Read, at, "/desk/frameworks/"+url.PathEscape(string(v.ID))+"?at=")
	if at != "" {
		if len(p.Tree) != 1 {
			return record.Errorf(record.NotFound, "web.deskFramework", "")
		}
		p.At, p.Tree = p.Tree[0], p.Tree[0].Below
	}
	p.Title, p.NoIndex, p.Wide = v.Title, true, true
	return c.show(http.StatusOK, p)
}

// frameworkTree turns a framework, or a branch of it, into lines; more leads to the page of a branch.
func frameworkTree(f *framework.Framework, at, more string) []*TreeItem {
	var turn func(b *framework.Branch, depth int) *TreeItem
	turn = func(b *framework.Branch, depth int) *TreeItem {
		n := b.Node
		item := &TreeItem{Name: n.Name, Code: n.Code, Type: n.Type, Hidden: b.Hidden, Open: depth == 0}
		if n.Description != n.Name {
			item.Text = n.Description
		}
		if b.Hidden > 0 {
			item.Href = more + url.QueryEscape(n.ID)
		}
		for _, below := range b.Below {
			item.Below = append(item.Below, turn(below, depth+1))
		}
		return item
	}
	var out []*TreeItem
	roots := f.Tree(at, maxTree)
	for _, b := range roots {
		item := turn(b, 0)
		item.Open = at != "" || len(roots) == 1
		out = append(out, item)
	}
	return out
}

func frameworkAct(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	id := record.FrameworkID(c.r.PathValue("id"))
	var err error
	next := "/desk/frameworks/" + url.PathEscape(string(id)) + "?done=framework-changed"
	switch c.r.PathValue("act") {
	case "show":
		err = c.deps.Registrar.ShowFramework(c.ctx, c.actor, id, true)
	case "hide":
		err = c.deps.Registrar.ShowFramework(c.ctx, c.actor, id, false)
	case "remove":
		next = "/desk/frameworks?done=framework-removed"
		err = c.deps.Registrar.RemoveFramework(c.ctx, c.actor, id)
	default:
		return record.Errorf(record.NotFound, "web.frameworkAct", "")
	}
	if err != nil {
		return err
	}
	return c.go303(next)
}
