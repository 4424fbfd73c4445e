package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// Classroom lists the systems of the classroom that the institution is connected with.
type Classroom struct {
	Shell
	Error   string
	Rows    []ClassroomRow
	Form    PlatformForm
	Roster  RosterForm
	Ours    ClassroomAddresses
	MayEdit bool
}

// ClassroomRow is one system.
type ClassroomRow struct {
	Href, Name, Kind, Address string
	Off                       bool
}

// ClassroomAddresses are what a platform must be told of this server.
type ClassroomAddresses struct{ Login, Launch, Keys string }

// PlatformForm is what a learning platform's form holds.
type PlatformForm struct {
	ID, Name, Issuer, Client, Auth, Token, Keys, Audience string
	Deployments                                           string // one a line
	On                                                    bool
	Version                                               int64
}

// PlatformPage is one learning platform with its activities.
type PlatformPage struct {
	Shell
	Error   string
	Form    PlatformForm
	Ours    ClassroomAddresses
	Links   []ActivityRow
	MayEdit bool
}

// ActivityRow is one activity of a platform.
type ActivityRow struct {
	ID, RuleID, Target, Course, ChosenBy, Trouble string
	Least, Drafted                                int
	Off, Connected                                bool
	Read                                          render.Date
}

// ActivityPage is one activity with the results that were read.
type ActivityPage struct {
	Shell
	Error    string
	Row      ActivityRow
	Platform string // its page's id
	Results  []ActivityResult
	MayEdit  bool
}

// ActivityResult is one person's result.
type ActivityResult struct {
	Who, LearnerID, AwardID, Said, State string
	Seen                                 render.Date
}

var classroomPages = []page{&Classroom{}, &PlatformPage{}, &ActivityPage{}, &RosterPage{}}

var classroomRoutes = []route{
	{"GET /desk/classroom", staff, classroomPage, 0},
	{"POST /desk/classroom", preparer, addPlatform, 0},
	{"GET /desk/classroom/{id}", staff, platformPage, 0},
	{"POST /desk/classroom/{id}", preparer, changePlatform, 0},
	{"GET /desk/activities/{id}", staff, activityPage, 0},
	{"POST /desk/activities/{id}/read", preparer, readActivity, 0},
}

func (c *call) ours() ClassroomAddresses {
	base := c.deps.PublicURL
	return ClassroomAddresses{Login: base + classroom.LoginPath, Launch: base + classroom.LaunchPath, Keys: base + classroom.KeysPath}
}

func classroomPage(c *call) error {
	return c.showClassroom(http.StatusOK, PlatformForm{On: true}, RosterForm{On: true}, "")
}

func (c *call) showClassroom(status int, f PlatformForm, r RosterForm, problem string) error {
	all, err := c.deps.Classroom.Systems(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Classroom{Form: f, Roster: r, Error: problem, Ours: c.ours(), MayEdit: c.actor.Has(record.RoleRegistrar)}
	for _, s := range all {
		at := "/desk/classroom/"
		if s.Kind == record.ClassroomOneRoster {
			at = "/desk/rosters/"
		}
		p.Rows = append(p.Rows, ClassroomRow{Href: at + url.PathEscape(string(s.ID)), Name: s.Name, Kind: string(s.Kind), Address: s.Issuer, Off: s.Off})
	}
	p.Title, p.NoIndex, p.Wide = c.t("classroom.title"), true, true
	return c.show(status, p)
}

// platformForm reads the form.
func (c *call) platformForm() (classroom.PlatformChange, PlatformForm, error) {
	if err := c.form(); err != nil {
		return classroom.PlatformChange{}, PlatformForm{}, err
	}
	get := func(name string) string { return strings.TrimSpace(c.r.PostForm.Get(name)) }
	f := PlatformForm{ID: c.r.PathValue("id"), Name: get("name"), Issuer: get("issuer"), Client: get("client"), Auth: get("auth"), Token: get("token"), Keys: get("keys"),
		Audience: get("audience"), Deployments: get("deployments"), On: get("on") == "yes"}
	f.Version, _ = strconv.ParseInt(get("version"), 10, 64) // what is no number is no version, and conflicts
	return classroom.PlatformChange{ID: record.ClassroomSystemID(f.ID), Version: f.Version, Name: f.Name, Issuer: f.Issuer, ClientID: f.Client, Off: !f.On,
		Settings: record.ClassroomSettings{AuthURL: f.Auth, TokenURL: f.Token, KeysURL: f.Keys, Audience: f.Audience, Deployments: strings.Split(f.Deployments, "\n")}}, f, nil
}

func (c *call) putPlatform(again func(PlatformForm, string) error) error {
	change, f, err := c.platformForm()
	if err != nil {
		return err
	}
	id, err := c.deps.Classroom.PutPlatform(c.ctx, c.actor, change)
	if text, ok := mended(err); ok {
		return again(f, text)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/classroom/" + url.PathEscape(string(id)) + "?done=classroom-kept")
}

func addPlatform(c *call) error {
	return c.putPlatform(func(f PlatformForm, problem string) error {
		return c.showClassroom(http.StatusUnprocessableEntity, f, RosterForm{On: true}, problem)
	})
}

func changePlatform(c *call) error {
	return c.putPlatform(func(f PlatformForm, problem string) error {
		return c.showPlatform(http.StatusUnprocessableEntity, &f, problem)
	})
}

func platformPage(c *call) error { return c.showPlatform(http.StatusOK, nil, "") }

// showPlatform shows a platform as it is kept, or as somebody filled it in.
func (c *call) showPlatform(status int, filled *PlatformForm, problem string) error {
	s, links, err := c.deps.Classroom.Platform(c.ctx, c.actor, record.ClassroomSystemID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &PlatformPage{Error: problem, Ours: c.ours(), MayEdit: c.actor.Has(record.RoleRegistrar), Form: PlatformForm{ID: string(s.ID), Name: s.Name, Issuer: s.Issuer, Client: s.ClientID,
		Auth: s.Settings.AuthURL, Token: s.Settings.TokenURL, Keys: s.Settings.KeysURL, Audience: s.Settings.Audience, Deployments: strings.Join(s.Settings.Deployments, "\n"), On: !s.Off, Version: s.Version}}
	for i := range links {
		p.Links = append(p.Links, activityRow(&links[i]))
	}
	if filled != nil {
		p.Form = *filled
	}
	p.Title, p.NoIndex, p.Wide = s.Name, true, true
	return c.show(status, p)
}

func activityRow(v *classroom.LinkView) ActivityRow {
	return ActivityRow{ID: string(v.ID), RuleID: string(v.Rule.ID), Target: v.Rule.TargetName, Course: v.Course, ChosenBy: v.ChosenBy, Trouble: v.Trouble, Least: v.Least, Drafted: v.Rule.Drafted,
		Off: v.Rule.Off, Connected: v.LineItem != "", Read: render.Date{Time: v.ReadAt}}
}

func activityPage(c *call) error { return c.showActivity(http.StatusOK, "") }

func (c *call) showActivity(status int, problem string) error {
	v, err := c.deps.Classroom.Link(c.ctx, c.actor, record.ClassroomLinkID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &ActivityPage{Row: activityRow(v), Platform: string(v.System), MayEdit: c.actor.Has(record.RoleRegistrar), Error: problem}
	names := map[record.LearnerID]string{}
	for _, h := range v.Rule.Hits {
		names[h.Learner] = h.LearnerName
	}
	for _, r := range v.Results {
		row := ActivityResult{Who: r.Who, LearnerID: string(r.Learner), AwardID: string(r.Award), Said: r.Said, State: string(r.State), Seen: render.Date{Time: r.SeenAt}}
		if row.Who == "" {
			row.Who = names[r.Learner]
		}
		if row.Who == "" {
			row.Who = r.Subject
		}
		p.Results = append(p.Results, row)
	}
	p.Title, p.NoIndex, p.Wide = v.Rule.TargetName, true, true
	return c.show(status, p)
}

func readActivity(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	id := c.r.PathValue("id")
	n, err := c.deps.Classroom.Read(c.ctx, c.actor, record.ClassroomLinkID(id))
	switch record.KindOf(err) {
	case record.Conflict, record.Unavailable:
		return c.showActivity(http.StatusConflict, sentence(record.MessageOf(err)))
	}
	if err != nil {
		return err
	}
	done := "results-none"
	if n > 0 {
		done = "results-drafted"
	}
	return c.go303("/desk/activities/" + url.PathEscape(id) + "?done=" + done)
}
