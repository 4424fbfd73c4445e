package web

import (
	"net/http"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

// People lists learners.
type People struct {
	Shell
	Search  string
	Rows    []PersonRow
	Next    string
	NoMatch bool
}

// PersonRow is one learner in a list.
type PersonRow struct{ ID, Name, Key, Email string }

// Person is a learner as staff see them.
type Person struct {
	Shell
	Row       PersonRow
	Awards    []AwardRow
	RecordURL string
	Issued    render.Date
	Minor     bool
}

// PersonPreview is a learner's record as it will look, unsigned.
type PersonPreview struct {
	Shell
	Row    PersonRow
	Record *render.Record
	Checks []render.Check // what would be refused
}

// Catalogue lists the institution's achievements.
type Catalogue struct {
	Shell
	Search string
	Rows   []CatalogueRow
}

// CatalogueRow is one achievement in a list.
type CatalogueRow struct {
	ID, Name, Code, Type, Version string
	Generated                     bool
}

// CataloguePage is one achievement as staff see it.
type CataloguePage struct {
	Shell
	Row       CatalogueRow
	Href      string
	Line      render.Line
	Relations []render.Relation
	Generated []string
}

func people(c *call) error {
	q := c.r.URL.Query()
	p := &People{Search: q.Get("q")}
	all, err := c.deps.Registrar.Learners(c.ctx, c.actor, p.Search, record.LearnerID(q.Get("after")))
	if err != nil {
		return err
	}
	for i := range all {
		p.Rows = append(p.Rows, personRow(&all[i]))
	}
	if len(all) >= listLimit {
		q.Set("after", string(all[len(all)-1].ID))
		p.Next = "?" + q.Encode()
	}
	p.NoMatch = len(all) == 0
	p.Title, p.NoIndex, p.Wide = c.t("nav.people"), true, true
	return c.show(http.StatusOK, p)
}

func personRow(l *record.Learner) PersonRow {
	return PersonRow{ID: string(l.ID), Name: l.Name.Display, Key: l.SourceKey, Email: l.Email}
}

func person(c *call) error {
	view, err := c.deps.Registrar.Learner(c.ctx, c.actor, record.LearnerID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &Person{Row: personRow(&view.Learner), RecordURL: view.RecordURL, Issued: render.Date{Time: view.IssuedAt}, Minor: view.Guardian}
	for i := range view.Awards {
		p.Awards = append(p.Awards, c.awardRow(&view.Awards[i]))
	}
	p.Title, p.NoIndex, p.Wide = view.Name.Display, true, true
	return c.show(http.StatusOK, p)
}

func personPreview(c *call) error {
	view, err := c.deps.Registrar.PreviewRecord(c.ctx, c.actor, record.LearnerID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &PersonPreview{Row: personRow(&view.Learner), Checks: render.Checks(&verify.Report{Findings: view.Findings})}
	p.Record = render.NewRecord([]render.Document{{JSON: view.Unsigned}}, &render.Options{Lang: c.words.Lang, Binding: "name", Unsigned: true})
	p.Title, p.NoIndex = view.Learner.Name.Display, true
	return c.show(http.StatusOK, p)
}

func catalogue(c *call) error {
	p := &Catalogue{Search: c.r.URL.Query().Get("q")}
	all, err := c.deps.Registrar.Catalogue(c.ctx, c.actor, p.Search)
	if err != nil {
		return err
	}
	for i := range all {
		p.Rows = append(p.Rows, c.catalogueRow(&all[i]))
	}
	p.Title, p.NoIndex, p.Wide = c.t("nav.catalogue"), true, true
	return c.show(http.StatusOK, p)
}

func (c *call) catalogueRow(a *record.Achievement) CatalogueRow {
	return CatalogueRow{ID: string(a.ID), Name: a.Name, Code: a.Code, Type: c.words.Or("type."+a.Type, a.Type), Version: a.Version, Generated: len(a.Generated) > 0}
}

func cataloguePage(c *call) error {
	a, err := c.deps.Published.Achievement(c.ctx, record.AchievementID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	if err := c.actor.Require("web.cataloguePage", a.Institution, staff...); err != nil {
		return err
	}
	p := &CataloguePage{Row: c.catalogueRow(a), Href: "/achievements/" + string(a.ID), Generated: a.Generated}
	if doc, err := ijson.Parse(a.Body, nil); err == nil {
		model := ob.ReadAchievement(doc.Root())
		p.Line = render.AchievementLine(&model, c.words.Lang)
	}
	if p.Relations, err = c.relations(a); err != nil {
		return err
	}
	p.Title, p.NoIndex = a.Name, true
	return c.show(http.StatusOK, p)
}
