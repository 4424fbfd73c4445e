package web

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// Add is where a learner brings what others issued and writes what they state themselves.
type Add struct {
	Shell
	Error   string
	Text    string
	Brought []BroughtLine
	Kept    []KeptLine
	Stated  []StatedLine
}

// BroughtLine says what came of one thing that was brought.
type BroughtLine struct {
	Name    string
	Outcome string // new, same, replaced, older, refused
	Refused string
	Mark    render.Mark
	Person  string
}

// KeptLine is a credential of somebody else that is kept here.
type KeptLine struct {
	ID, Name string
	Issuer   render.Party
	Mark     render.Mark
	Person   string
	Came     render.Date
	Source   string
}

// StatedLine is something that the learner states.
type StatedLine struct {
	ID, Name, Type string
	Confirmed      int
	Asked          int
}

// State is the form of one statement.
type State struct {
	Shell
	Error         string
	ID            string
	Version       int64
	Body          record.StatementBody
	Types         []Choice
	Confirmations []Confirmation
	Email         string
}

// Confirmation is what somebody said, as the learner sees it.
type Confirmation struct {
	ID, Email, Answer, Name, Role, Text string
	At                                  render.Date
	Holds, Signed                       bool
}

// Confirm is what somebody who was asked to confirm sees.
type Confirm struct {
	Shell
	Error            string
	Token            string
	Learner, House   string
	Body             record.StatementBody
	Changed          bool
	Name, Role, Text string
}

// ConfirmDone thanks.
type ConfirmDone struct {
	Shell
	Confirmed bool
}

var collectRoutes = []route{
	{"GET /my/add", learners, addForm, 0},
	{"POST /my/add", learners, bring, maxUpload},
	{"GET /my/kept/{id}", learners, keptFile, 0},
	{"POST /my/kept/{id}/delete", learners, dropKept, 0},
	{"GET /my/stated/new", learners, newStatement, 0},
	{"POST /my/stated", learners, keepStatement, 0},
	{"GET /my/stated/{id}", learners, statement, 0},
	{"POST /my/stated/{id}", learners, keepStatement, 0},
	{"POST /my/stated/{id}/delete", learners, dropStatement, 0},
	{"POST /my/stated/{id}/ask", learners, askConfirmation, 0},
	{"POST /my/confirmations/{id}/delete", learners, dropConfirmation, 0},
	{"GET /confirm/{token}", anyone, confirmForm, 0},
	{"POST /confirm/{token}", anyone, confirm, 0},
}

var collectPages = []page{&Add{}, &State{}, &Confirm{}, &ConfirmDone{}}

func addForm(c *call) error { return c.showAdd(&Add{}, http.StatusOK) }

// showAdd fills in what is there already.
func (c *call) showAdd(p *Add, status int) error {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	for i := range mine.Kept {
		k := &mine.Kept[i]
		p.Kept = append(p.Kept, KeptLine{ID: string(k.ID), Name: k.Name, Issuer: render.Party{ID: k.Issuer, Name: cmp.Or(k.IssuerName, k.Issuer)}, Mark: render.MarkOf(k.Report), Person: k.Person,
			Came: render.Date{Time: k.Received}, Source: k.Source})
	}
	for i := range mine.Stated {
		s := &mine.Stated[i]
		line := StatedLine{ID: string(s.ID), Name: s.Body.Name, Type: s.Body.Type}
		for n := range s.Confirmations {
			if s.Confirmations[n].Holds(&s.Body) {
				line.Confirmed++
			} else if s.Confirmations[n].Answer == record.ConfirmationOpen {
				line.Asked++
			}
		}
		p.Stated = append(p.Stated, line)
	}
	p.Title, p.NoIndex = c.t("add.title"), true
	return c.show(status, p)
}

func bring(c *call) error {
	files, err := c.uploads("file")
	if err != nil {
		return err
	}
	text := strings.TrimSpace(c.r.PostForm.Get("text"))
	var brought []learner.Brought
	if strings.HasPrefix(text, "https://") && !strings.ContainsAny(text, " \n\t{") {
		brought, err = c.deps.Learner.BringFrom(c.ctx, c.actor, text)
	} else {
		var all []learner.File
		for _, f := range files {
			all = append(all, learner.File{Name: f.name, Data: f.data})
		}
		if text != "" {
			all = append(all, learner.File{Name: c.t("add.pasted"), Data: []byte(text)})
		}
		brought, err = c.deps.Learner.Bring(c.ctx, c.actor, all, "upload")
	}
	if k := record.KindOf(err); k == record.Invalid || k == record.TooLarge || k == record.Unavailable {
		return c.showAdd(&Add{Error: c.says(err), Text: text}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	p := &Add{}
	for _, b := range brought {
		line := BroughtLine{Name: b.Name, Outcome: string(b.Outcome), Refused: sentence(c.words.Said(b.Refused))}
		if b.Kept != nil {
			line.Name, line.Mark, line.Person = b.Kept.Name, render.MarkOf(b.Kept.Report), b.Kept.Person
		} else if b.Outcome != record.HeldOwn {
			line.Outcome = "refused"
		}
		p.Brought = append(p.Brought, line)
	}
	return c.showAdd(p, http.StatusOK)
}

func keptFile(c *call) error {
	h, err := c.deps.Learner.KeptFile(c.ctx, c.actor, record.HeldID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.attachment(fileName(h.Name)+keptEnding(h.MediaType), h.MediaType, h.Bytes)
}

// keptEnding is the usual ending of what came.
func keptEnding(mediaType string) string {
	for _, e := range []struct{ part, ending string }{{"png", ".png"}, {"svg", ".svg"}, {"pdf", ".pdf"}, {"jwt", ".jwt"}} {
		if strings.Contains(mediaType, e.part) {
			return e.ending
		}
	}
	return ".json"
}

func dropKept(c *call) error {
	if err := c.deps.Learner.DropKept(c.ctx, c.actor, record.HeldID(c.r.PathValue("id"))); err != nil {
		return err
	}
	return c.go303("/my/add?done=dropped")
}

func newStatement(c *call) error {
	q := c.r.URL.Query()
	p := &State{Body: record.StatementBody{Type: "Achievement"}}
	if q.Get("skill") != "" && q.Get("name") != "" {
		p.Body.Skills = []record.Alignment{{URL: q.Get("skill"), Name: q.Get("name")}}
	}
	return c.stateForm(p, http.StatusOK)
}

func statement(c *call) error {
	s, err := c.deps.Learner.Statement(c.ctx, c.actor, record.StatementID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.stateForm(c.statedPage(s), http.StatusOK)
}

func (c *call) statedPage(s *learner.Stated) *State {
	p := &State{ID: string(s.ID), Version: s.Version, Body: s.Body}
	for i := range s.Confirmations {
		x := &s.Confirmations[i]
		answer := string(x.Answer)
		if x.Answer == record.ConfirmationOpen && !x.ExpiresAt.After(c.now()) {
			answer = "over"
		}
		p.Confirmations = append(p.Confirmations, Confirmation{ID: string(x.ID), Email: x.Email, Answer: answer, Name: x.Name, Role: x.Role, Text: x.Text, At: render.Date{Time: x.Answered}, Holds: x.Holds(&s.Body), Signed: len(x.Endorsement) > 0})
	}
	return p
}

func (c *call) stateForm(p *State, status int) error {
	for _, t := range learner.StatedTypes {
		p.Types = append(p.Types, Choice{Value: t, Label: c.words.Or("type."+t, t), Chosen: t == p.Body.Type})
	}
	for len(p.Body.Evidence) < 3 {
		p.Body.Evidence = append(p.Body.Evidence, record.Evidence{})
	}
	p.Title, p.NoIndex = c.t("stated.title"), true
	return c.show(status, p)
}

// keepStatement writes a new statement or changes one.
func keepStatement(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	b := record.StatementBody{Name: f.Get("name"), Type: f.Get("type"), Description: f.Get("description"), Start: strings.TrimSpace(f.Get("start")), End: strings.TrimSpace(f.Get("end"))}
	for i, u := range f["evidence"] {
		if u = strings.TrimSpace(u); u != "" {
			e := record.Evidence{URL: u, Name: u}
			if i < len(f["evidence-name"]) {
				e.Name = cmp.Or(strings.TrimSpace(f["evidence-name"][i]), u)
			}
			b.Evidence = append(b.Evidence, e)
		}
	}
	for i, u := range f["skill"] {
		if i < len(f["skill-name"]) && u != "" {
			b.Skills = append(b.Skills, record.Alignment{URL: u, Name: f["skill-name"][i]})
		}
	}
	id := record.StatementID(c.r.PathValue("id"))
	kept, err := c.deps.Learner.State(c.ctx, c.actor, id, formInt(f, "version"), b)
	if k := record.KindOf(err); k == record.Invalid || k == record.TooLarge || k == record.Conflict {
		p := &State{ID: string(id), Version: formInt(f, "version"), Body: b, Error: c.says(err)}
		if k == record.Conflict { // what was typed stays; saved again, it takes the place of what the other window wrote
			now, err := c.deps.Learner.Statement(c.ctx, c.actor, id)
			if err != nil {
				return err
			}
			p.Version = now.Version
			return c.stateForm(p, http.StatusConflict)
		}
		return c.stateForm(p, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.go303("/my/stated/" + string(kept) + "?done=saved")
}

func dropStatement(c *call) error {
	if err := c.deps.Learner.Unstate(c.ctx, c.actor, record.StatementID(c.r.PathValue("id"))); err != nil {
		return err
	}
	return c.go303("/my/add?done=dropped")
}

func askConfirmation(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	id, email := record.StatementID(c.r.PathValue("id")), strings.TrimSpace(c.r.PostForm.Get("email"))
	err := c.deps.Learner.AskConfirmation(c.ctx, c.actor, id, email)
	if k := record.KindOf(err); err != nil && k != record.NotFound && k != record.Internal {
		s, again := c.deps.Learner.Statement(c.ctx, c.actor, id)
		if again != nil {
			return again
		}
		p := c.statedPage(s)
		p.Error, p.Email = c.says(err), email
		return c.stateForm(p, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.go303("/my/stated/" + string(id) + "?done=asked")
}

func dropConfirmation(c *call) error {
	if err := c.deps.Learner.DropConfirmation(c.ctx, c.actor, record.ConfirmationID(c.r.PathValue("id"))); err != nil {
		return err
	}
	return c.go303("/my/add?done=dropped")
}

func confirmForm(c *call) error { return c.confirmForm(&Confirm{}, http.StatusOK) }

func (c *call) confirmForm(p *Confirm, status int) error {
	asked, err := c.deps.Learner.Asked(c.ctx, c.r.PathValue("token"))
	if err != nil {
		return err
	}
	p.Token, p.Learner, p.House, p.Body, p.Changed = c.r.PathValue("token"), asked.Learner, asked.House, asked.Body, asked.Changed
	p.Title, p.NoIndex = c.t("confirm.title"), true
	return c.show(status, p)
}

func confirm(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	yes := f.Get("answer") == "confirm"
	if !yes && f.Get("answer") != "decline" { // no answer is not a no
		return c.confirmForm(&Confirm{Error: c.t("trouble.bad-form"), Name: f.Get("name"), Role: f.Get("role"), Text: f.Get("text")}, http.StatusUnprocessableEntity)
	}
	err := c.deps.Learner.Answer(c.ctx, c.r.PathValue("token"), yes, f.Get("name"), f.Get("role"), f.Get("text"))
	if k := record.KindOf(err); k == record.Invalid || k == record.Conflict {
		return c.confirmForm(&Confirm{Error: c.says(err), Name: f.Get("name"), Role: f.Get("role"), Text: f.Get("text")}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	p := &ConfirmDone{Confirmed: yes}
	p.Title, p.NoIndex = c.t("confirm.done"), true
	return c.show(http.StatusOK, p)
}
