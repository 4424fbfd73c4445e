package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/render"
)

// maxPictureForm is a picture and the form around it.
const maxPictureForm = registrar.MaxPicture + maxForm

var catalogueRoutes = []route{
	{"GET /desk/catalogue/new", preparer, newDefinition, 0},
	{"POST /desk/catalogue/new", preparer, makeDefinition, 0},
	{"GET /desk/catalogue/tree", staff, catalogueTree, 0},
	{"POST /desk/catalogue/{id}/edit", preparer, editCatalogue, 0},
	{"GET /desk/definitions/{id}", staff, definition, 0},
	{"POST /desk/definitions/{id}", preparer, saveDefinition, 0},
	{"POST /desk/definitions/{id}/{act}", staff, definitionAct, 0},
	{"GET /desk/definitions/{id}/result", staff, definitionResult, 0},
	{"POST /desk/definitions/{id}/result", preparer, saveDefinitionResult, 0},
	{"GET /desk/definitions/{id}/text", staff, definitionText, 0},
	{"POST /desk/definitions/{id}/text", preparer, saveDefinitionText, 0},
	{"POST /desk/definitions/{id}/picture", preparer, saveDefinitionPicture, maxPictureForm},
	{"GET /desk/definitions/{id}/pick", preparer, pick, 0},
	{"POST /desk/definitions/{id}/pick", preparer, savePick, 0},
	{"GET /achievements", anyone, publicCatalogue, 0},
	{"GET /achievements/{id}/{form}", anyone, achievementIn, 0},
	{"GET /pictures/{id}", anyone, picture, 0},
}

var cataloguePages = []page{&DefinitionPage{}, &DefinitionResult{}, &DefinitionText{}, &Pick{}, &CatalogueTree{}, &PublicCatalogue{}}

// Catalogue lists the institution's achievements and the work on them.
type Catalogue struct {
	Shell
	Search   string
	State    string
	States   []Choice
	Rows     []CatalogueRow
	MayWrite bool
}

// CatalogueRow is one achievement in a list.
type CatalogueRow struct {
	ID, Name, Code, Type, Version string
	Generated                     bool
	State                         string // of the work on it
	Href                          string
}

// CataloguePage is one achievement as staff see it.
type CataloguePage struct {
	Shell
	Row       CatalogueRow
	Href      string
	Line      render.Line
	Relations []render.Relation
	Generated []string
	Versions  []string
	Retired   bool
	MayWrite  bool
}

func catalogue(c *call) error {
	q := c.r.URL.Query()
	p := &Catalogue{Search: q.Get("q"), State: q.Get("state"), MayWrite: c.actor.Has(record.RoleRegistrar)}
	all, err := c.deps.Registrar.CatalogueItems(c.ctx, c.actor, p.Search, record.DefinitionState(p.State))
	if err != nil {
		return err
	}
	for _, s := range []string{"", "draft", "review", "approved", "retired"} {
		p.States = append(p.States, Choice{Value: s, Label: c.t("definition.state." + orAll(s)), Chosen: s == p.State})
	}
	for i := range all {
		p.Rows = append(p.Rows, c.catalogueItem(&all[i]))
	}
	p.Title, p.NoIndex, p.Wide = c.t("nav.catalogue"), true, true
	return c.show(http.StatusOK, p)
}

func orAll(s string) string {
	if s == "" {
		return "all"
	}
	return s
}

func (c *call) catalogueItem(i *registrar.CatalogueItem) CatalogueRow {
	row := CatalogueRow{Name: i.Name, Code: i.Code, Type: c.words.Or("type."+i.Type, i.Type), State: string(i.State())}
	if i.Achievement != nil {
		row = c.catalogueRow(i.Achievement)
		row.State = string(i.State())
		row.Href = "/desk/catalogue/" + url.PathEscape(row.ID)
	}
	if i.Definition != nil {
		row.Href = "/desk/definitions/" + url.PathEscape(string(i.Definition.ID))
	}
	return row
}

// pathID is the last part of an achievement's address.
func pathID(iri string) string { return iri[strings.LastIndexByte(iri, '/')+1:] }

func (c *call) catalogueRow(a *record.Achievement) CatalogueRow {
	return CatalogueRow{ID: pathID(a.IRI), Name: a.Name, Code: a.Code, Type: c.words.Or("type."+a.Type, a.Type), Version: a.Version, Generated: len(a.Generated) > 0}
}

func cataloguePage(c *call) error {
	a, err := c.deps.Published.Achievement(c.ctx, record.AchievementID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	if err := c.actor.Require("web.cataloguePage", a.Institution, staff...); err != nil {
		return err
	}
	p := &CataloguePage{Row: c.catalogueRow(a), Href: "/achievements/" + pathID(a.IRI), Generated: a.Generated, MayWrite: c.actor.Has(record.RoleRegistrar)}
	if doc, err := ijson.Parse(a.Body, nil); err == nil {
		model := ob.ReadAchievement(doc.Root())
		p.Line = render.AchievementLine(&model, c.words.Lang)
	}
	if p.Relations, err = c.relations(a); err != nil {
		return err
	}
	if p.Retired, p.Versions, err = c.deps.Registrar.Standing(c.ctx, a); err != nil {
		return err
	}
	p.Title, p.NoIndex = a.Name, true
	return c.show(http.StatusOK, p)
}

// editCatalogue opens an entry of the catalogue for editing.
func editCatalogue(c *call) error {
	a, err := c.deps.Published.Achievement(c.ctx, record.AchievementID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	def, err := c.deps.Registrar.EditAchievement(c.ctx, c.actor, a.ID)
	if err != nil {
		return err
	}
	return c.go303("/desk/definitions/" + url.PathEscape(string(def.ID)))
}

// CatalogueTree shows what is part of what.
type CatalogueTree struct {
	Shell
	Roots []*TreeItem
}

// TreeItem is one line of a tree, with what is below it.
type TreeItem struct {
	Name, Code, Type, Href, Note string
	Text                         string
	Below                        []*TreeItem
	Hidden                       int
	Again                        bool
	Open                         bool
}

func catalogueTree(c *call) error {
	all, err := c.deps.Registrar.Programmes(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &CatalogueTree{}
	for _, n := range all {
		item := c.programmeItem(n)
		item.Open = true
		p.Roots = append(p.Roots, item)
	}
	p.Title, p.NoIndex, p.Wide = c.t("catalogue.tree"), true, true
	return c.show(http.StatusOK, p)
}

func (c *call) programmeItem(n *registrar.ProgrammeNode) *TreeItem {
	a := n.Achievement
	item := &TreeItem{Name: a.Name, Code: a.Code, Type: c.words.Or("type."+a.Type, a.Type), Href: "/desk/catalogue/" + url.PathEscape(pathID(a.IRI)), Again: n.Again}
	if len(n.Before) > 0 {
		item.Note = c.t("catalogue.after", "Names", strings.Join(n.Before, c.t("list.comma")))
	}
	for _, p := range n.Parts {
		item.Below = append(item.Below, c.programmeItem(p))
	}
	return item
}

// TypeGroup is one heading of the list of types.
type TypeGroup struct {
	Label string
	Types []Choice
}

// achievementTypeGroups are the types of the standard under the headings of a record.
func (c *call) achievementTypeGroups(chosen ...string) []TypeGroup {
	var out []TypeGroup
	for _, s := range ob.Sections {
		g := TypeGroup{Label: s.String()}
		for _, t := range ob.AchievementTypes() {
			if t.Section() == s {
				g.Types = append(g.Types, Choice{Value: string(t), Label: c.words.Or("type."+string(t), string(t)), Chosen: slices.Contains(chosen, string(t))})
			}
		}
		if len(g.Types) > 0 {
			out = append(out, g)
		}
	}
	return out
}
