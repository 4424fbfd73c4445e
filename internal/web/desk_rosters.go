package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// RosterForm is what a roster system's form holds.
type RosterForm struct {
	ID, Name, Address, Gradebook, Token, Client, Source string
	On                                                  bool
	Version                                             int64
}

// RosterPage is one roster system, and what was fetched from it.
type RosterPage struct {
	Shell
	Error   string
	Form    RosterForm
	Pulls   []PullRow
	MayEdit bool
}

// PullRow is one fetching.
type PullRow struct {
	State, Trouble, BatchID string
	Rows                    int
	Began                   render.Date
}

// Last is the state of the newest fetching.
func (p *RosterPage) Last() string {
	if len(p.Pulls) == 0 {
		return ""
	}
	return p.Pulls[0].State
}

var rosterRoutes = []route{
	{"POST /desk/rosters", preparer, addRoster, 0},
	{"GET /desk/rosters/{id}", staff, rosterPage, 0},
	{"POST /desk/rosters/{id}", preparer, changeRoster, 0},
	{"POST /desk/rosters/{id}/fetch", preparer, rosterAct((*classroom.Desk).BeginPull), 0},
	{"POST /desk/rosters/{id}/stop", preparer, rosterAct((*classroom.Desk).StopPull), 0},
	{"POST /desk/rosters/{id}/forget", preparer, rosterAct((*classroom.Desk).DropPull), 0},
}

// putRoster reads the form and keeps the system.
func (c *call) putRoster(again func(RosterForm, string) error) error {
	if err := c.form(); err != nil {
		return err
	}
	get := func(name string) string { return strings.TrimSpace(c.r.PostForm.Get(name)) }
	f := RosterForm{ID: c.r.PathValue("id"), Name: get("name"), Address: get("address"), Gradebook: get("gradebook"), Token: get("token"), Client: get("client"), Source: get("source"), On: get("on") == "yes"}
	f.Version, _ = strconv.ParseInt(get("version"), 10, 64) // what is no number is no version, and conflicts
	id, err := c.deps.Classroom.PutRoster(c.ctx, c.actor, classroom.RosterChange{ID: record.ClassroomSystemID(f.ID), Version: f.Version, Name: f.Name, Address: f.Address, Gradebook: f.Gradebook,
		TokenURL: f.Token, ClientID: f.Client, Secret: c.r.PostForm.Get("secret"), Source: f.Source, Off: !f.On})
	if text, ok := mended(err); ok {
		return again(f, text)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/rosters/" + url.PathEscape(string(id)) + "?done=classroom-kept")
}

func addRoster(c *call) error {
	return c.putRoster(func(f RosterForm, problem string) error {
		return c.showClassroom(http.StatusUnprocessableEntity, PlatformForm{On: true}, f, problem)
	})
}

func changeRoster(c *call) error {
	return c.putRoster(func(f RosterForm, problem string) error {
		return c.showRoster(http.StatusUnprocessableEntity, &f, problem)
	})
}

func rosterPage(c *call) error { return c.showRoster(http.StatusOK, nil, "") }

func (c *call) showRoster(status int, filled *RosterForm, problem string) error {
	s, pulls, err := c.deps.Classroom.Roster(c.ctx, c.actor, record.ClassroomSystemID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &RosterPage{Error: problem, MayEdit: c.actor.Has(record.RoleRegistrar), Form: RosterForm{ID: string(s.ID), Name: s.Name, Address: s.Issuer, Gradebook: s.Settings.Gradebook, Token: s.Settings.TokenURL,
		Client: s.ClientID, Source: s.Settings.Source, On: !s.Off, Version: s.Version}}
	for _, x := range pulls {
		p.Pulls = append(p.Pulls, PullRow{State: string(x.State), Trouble: x.Trouble, BatchID: string(x.Batch), Rows: x.Rows, Began: render.Date{Time: x.CreatedAt}})
	}
	if filled != nil {
		p.Form = *filled
	}
	p.Title, p.NoIndex, p.Wide = s.Name, true, true
	return c.show(status, p)
}

// rosterAct does one thing with the newest fetching of a system.
func rosterAct(act func(*classroom.Desk, context.Context, record.Actor, record.ClassroomSystemID) error) func(*call) error {
	return func(c *call) error {
		if err := c.form(); err != nil {
			return err
		}
		id := c.r.PathValue("id")
		err := act(c.deps.Classroom, c.ctx, c.actor, record.ClassroomSystemID(id))
		if text, ok := mended(err); ok {
			return c.showRoster(http.StatusConflict, nil, text)
		}
		if err != nil {
			return err
		}
		return c.go303("/desk/rosters/" + url.PathEscape(id))
	}
}
