package web

import (
	"html/template"
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
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
	Row           PersonRow
	Record        *render.Record // nil: the template takes nothing of it
	Checks        []render.Check // what would be refused
	LeftOut       int            // awards that the template does not take
	Templates     []Choice
	Template      string
	View          string // "": as the learner sees it; "machine"
	JSON          string
	Chosen        template.URL // what else the views of it are asked with: the awards that were ticked
	Before, After string
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
