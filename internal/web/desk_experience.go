package web

import (
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Experiences lists what supervisors are asked about, with a form for the next.
type Experiences struct {
	Shell
	Error     string
	Rows      []ExperienceRow
	MayChange bool
	Typed     map[string]string
}

// ExperienceRow is one experience.
type ExperienceRow struct {
	ID, Learner, LearnerName, Achievement, Organization, Role, Supervisor, Email, State, Award string
	By, Said                                                                                   string
	MailState, MailReason                                                                      string
	Start, End, Asked, Answered                                                                render.Date
	Over, Open                                                                                 bool
}

// PriorLearning lists assessments of prior learning, with a form for the next.
type PriorLearning struct {
	Shell
	Error     string
	Rows      []AwardRow
	Assessors []string // of the rows, in their order
	Bases     []string
	MayChange bool
	Typed     map[string]string
}

var experiencePages = []page{&Experiences{}, &PriorLearning{}}

var experienceRoutes = []route{
	{"GET /desk/experiences", staff, experiences, 0},
	{"POST /desk/experiences", preparer, addExperience, 0},
	{"POST /desk/experiences/{id}/withdraw", preparer, withdrawExperience, 0},
	{"GET /desk/prior", staff, priorLearning, 0},
	{"POST /desk/prior", preparer, addPrior, 0},
}

// typed keeps what was sent and refused.
func (c *call) typedFields(names ...string) map[string]string {
	out := map[string]string{}
	for _, n := range names {
		out[n] = c.r.PostForm.Get(n)
	}
	return out
}

// refused shows a form again with what is wrong with it, and hands on every other error.
func refused(err error, show func(problem string, status int) error) error {
	switch record.KindOf(err) {
	case record.Invalid, record.TooLarge:
		return show(sentence(record.MessageOf(err)), http.StatusUnprocessableEntity)
	case record.Conflict:
		return show(sentence(record.MessageOf(err)), http.StatusConflict)
	}
	return err
}

func experiences(c *call) error { return c.showExperiences("", http.StatusOK) }

func (c *call) showExperiences(problem string, status int) error {
	all, err := c.deps.Registrar.Experiences(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Experiences{Error: problem, MayChange: c.actor.Has(preparer...),
		Typed: c.typedFields("person", "achievement", "organization", "role", "start", "end", "hours", "narrative", "supervisor", "email")}
	if p.Typed["person"] == "" {
		p.Typed["person"] = c.r.URL.Query().Get("person")
	}
	for _, e := range all {
		row := ExperienceRow{ID: string(e.ID), Learner: string(e.Learner), LearnerName: e.LearnerName, Achievement: e.AchievementName, Organization: e.Body.Organization, Role: e.Body.Role,
			Supervisor: e.Body.Supervisor, Email: e.Body.Email, State: string(e.State), Award: string(e.Award), By: e.Answer.Name, Said: e.Answer.Text,
			Start: render.ParseDate(e.Body.Start), End: render.ParseDate(e.Body.End), Asked: render.Date{Time: e.CreatedAt}, Answered: render.Date{Time: e.AnsweredAt}, Over: e.Over, Open: e.State == record.ExperienceAsked}
		if e.Mail != nil && row.Open {
			row.MailState, row.MailReason = string(e.Mail.State), e.Mail.Reason
		}
		p.Rows = append(p.Rows, row)
	}
	p.Title, p.NoIndex, p.Wide = c.t("experience.title"), true, true
	return c.show(status, p)
}

func addExperience(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	_, err := c.deps.Registrar.AddExperience(c.ctx, c.actor, registrar.ExperienceEntry{Person: f.Get("person"), Achievement: f.Get("achievement"), Body: record.ExperienceBody{
		Organization: f.Get("organization"), Role: f.Get("role"), Start: f.Get("start"), End: f.Get("end"), Hours: f.Get("hours"), Narrative: f.Get("narrative"), Supervisor: f.Get("supervisor"), Email: f.Get("email")}})
	if err != nil {
		return refused(err, c.showExperiences)
	}
	return c.go303("/desk/experiences?done=experience-asked")
}

func withdrawExperience(c *call) error {
	if err := c.deps.Registrar.WithdrawExperience(c.ctx, c.actor, record.ExperienceID(c.r.PathValue("id"))); err != nil {
		return refused(err, c.showExperiences)
	}
	return c.go303("/desk/experiences?done=experience-withdrawn")
}

func priorLearning(c *call) error { return c.showPrior("", http.StatusOK) }

func (c *call) showPrior(problem string, status int) error {
	all, err := c.deps.Registrar.Prior(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &PriorLearning{Error: problem, Bases: registrar.PriorBases, MayChange: c.actor.Has(preparer...),
		Typed: c.typedFields("person", "achievement", "basis", "assessor", "role", "on", "credits", "told", "link")}
	for i := range all {
		p.Rows = append(p.Rows, c.awardRow(&all[i]))
		said := ""
		if all[i].Detail.Source != nil {
			said = all[i].Detail.Source.Name
		}
		if len(all[i].Detail.Evidence) > 0 {
			said += " · " + all[i].Detail.Evidence[0].Genre
		}
		p.Assessors = append(p.Assessors, said)
	}
	p.Title, p.NoIndex, p.Wide = c.t("prior.title"), true, true
	return c.show(status, p)
}

func addPrior(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	_, err := c.deps.Registrar.EnterPrior(c.ctx, c.actor, registrar.PriorEntry{Person: f.Get("person"), Achievement: f.Get("achievement"), Basis: f.Get("basis"), Assessor: f.Get("assessor"),
		AssessorRole: f.Get("role"), AssessedOn: f.Get("on"), Credits: f.Get("credits"), Told: f.Get("told"), Link: f.Get("link")})
	if err != nil {
		return refused(err, c.showPrior)
	}
	return c.go303("/desk/prior?done=prior-entered")
}
