package web

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// MyGoals lists the learner's goals with the two counts of each.
type MyGoals struct {
	Shell
	Goals []GoalCard
}

// GoalCard is one goal in the list.
type GoalCard struct {
	ID, Name, Source string
	Counts           GoalCounts
}

// GoalCounts are the only headline numbers.
type GoalCounts struct {
	Of, Firm, Partial, None               int
	OptionalOf, OptionalFirm, OptionalAny int
}

// NewGoal offers what may be chosen.
type NewGoal struct {
	Shell
	Error  string
	Search string
	Aims   []learner.Aim
	More   bool
	Name   string
	Text   string
	Source string
}

// GoalSkills asks the learner which suggested skills a text means.
type GoalSkills struct {
	Shell
	Error     string
	Name      string
	Text      string
	Source    string
	Suggested []framework.Suggestion
}

// GoalPage is one goal, line by line.
type GoalPage struct {
	Shell
	Error    string
	ID       string
	Name     string
	Source   string
	Version  int64
	NoteAt   int64
	Note     string
	Says     []string
	Counts   GoalCounts
	After    *GoalCounts // what would be so
	Rows     []GoalRow
	Offers   []GoalOffer
	Plan     []string
	Credits  float64
	Left     []string
	Ignored  []template.HTML
	Optional bool // some rows are not essential
}

// GoalRow is one thing that the goal asks.
type GoalRow struct {
	ID, Name  string
	Essential bool
	State     string // gap.State
	Glyph     string
	Needed    string
	Shown     string
	Says      []template.HTML
	Routes    []GoalRoute
	Chain     []ChainLink
	Tier      string
	After     string // the state it would have, "" for the same
	Levels    []string
	Estimate  string
}

// GoalRoute is a way that needs no new learning.
type GoalRoute struct {
	Say  template.HTML
	Href string
	Act  string // label of the link
}

// ChainLink is one step from a credential to the skill that is asked.
type ChainLink struct {
	Word   string
	Name   string
	Issuer string
	Date   render.Date
}

// GoalOffer is something of the catalogue that would change a row.
type GoalOffer struct {
	ID, Name string
	Credits  string
	Now      bool
	After    []string // what must come first
	Meets    []string
	Tried    bool
}

// HowGaps says how a goal is worked out.
type HowGaps struct{ Shell }

var goalRoutes = []route{
	{"GET /my/goals", learners, myGoals, 0},
	{"GET /my/goals/how", learners, howGaps, 0},
	{"GET /my/goals/new", learners, newGoal, 0},
	{"POST /my/goals", learners, addGoal, learner.MaxGoalFile + maxForm},
	{"POST /my/goals/text", learners, goalText, 0},
	{"GET /my/goals/{id}", learners, goalPage, 0},
	{"POST /my/goals/{id}", learners, changeGoal, 0},
	{"POST /my/goals/{id}/delete", learners, deleteGoal, 0},
}

var goalPages = []page{&MyGoals{}, &NewGoal{}, &GoalSkills{}, &GoalPage{}, &HowGaps{}}

func countsOf(a *gap.Analysis) GoalCounts {
	return GoalCounts{Of: a.Essential.Of, Firm: a.Essential.Firm, Partial: a.Essential.Possible - a.Essential.Firm, None: a.Essential.Of - a.Essential.Possible,
		OptionalOf: a.Optional.Of, OptionalFirm: a.Optional.Firm, OptionalAny: a.Optional.Possible}
}

func myGoals(c *call) error {
	goals, err := c.deps.Learner.Goals(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &MyGoals{}
	for i := range goals {
		g := &goals[i]
		p.Goals = append(p.Goals, GoalCard{ID: string(g.ID), Name: g.Name, Source: g.Source, Counts: countsOf(g.Analysis)})
	}
	p.Title, p.NoIndex = c.t("goals.title"), true
	return c.show(http.StatusOK, p)
}

func howGaps(c *call) error {
	p := &HowGaps{}
	p.Title = c.t("how-gaps.title")
	return c.show(http.StatusOK, p)
}

func newGoal(c *call) error {
	return c.newGoalForm(&NewGoal{Search: c.r.URL.Query().Get("q")}, http.StatusOK)
}

func (c *call) newGoalForm(p *NewGoal, status int) (err error) {
	if p.Aims, p.More, err = c.deps.Learner.Aims(c.ctx, c.actor, p.Search); err != nil {
		return err
	}
	p.Title, p.NoIndex = c.t("new-goal.title"), true
	return c.show(status, p)
}

// addGoal keeps a goal of whichever of the forms was sent.
func addGoal(c *call) error {
	files, err := c.uploads("file")
	if err != nil {
		return err
	}
	f := c.r.PostForm
	req := learner.GoalRequest{Name: f.Get("name"), Ref: f.Get("ref"), Skills: f["skill"], Source: f.Get("source"), Pick: strings.TrimSpace(f.Get("pick"))}
	if len(files) > 0 {
		req.File = &framework.File{Name: files[0].name, Data: files[0].data}
	}
	g, err := c.deps.Learner.AddGoal(c.ctx, c.actor, req)
	if k := record.KindOf(err); k == record.Invalid || k == record.TooLarge || k == record.NotFound {
		say := c.says(err)
		if f.Get("from") == "text" {
			return c.skillsForm(&GoalSkills{Error: say, Name: req.Name, Text: f.Get("text"), Source: req.Source}, http.StatusUnprocessableEntity)
		}
		return c.newGoalForm(&NewGoal{Error: say, Name: req.Name}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.go303("/my/goals/" + string(g.ID) + "?done=goal-added")
}

func goalText(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	p := &GoalSkills{Name: strings.TrimSpace(f.Get("name")), Text: f.Get("text"), Source: strings.TrimSpace(f.Get("source"))}
	if strings.TrimSpace(p.Text) == "" || p.Name == "" {
		return c.newGoalForm(&NewGoal{Error: c.t("new-goal.text-missing"), Name: p.Name, Text: p.Text, Source: p.Source}, http.StatusUnprocessableEntity)
	}
	// A document that programs read is taken as one: nothing has to be guessed.
	if first := strings.TrimSpace(p.Text); strings.HasPrefix(first, "{") || strings.HasPrefix(first, "[") {
		g, err := c.deps.Learner.AddGoal(c.ctx, c.actor, learner.GoalRequest{Name: p.Name, File: &framework.File{Data: []byte(first)}})
		if err == nil {
			return c.go303("/my/goals/" + string(g.ID) + "?done=goal-added")
		}
	}
	return c.skillsForm(p, http.StatusOK)
}

func (c *call) skillsForm(p *GoalSkills, status int) (err error) {
	if p.Suggested, err = c.deps.Learner.Suggest(c.ctx, c.actor, p.Text); err != nil {
		return err
	}
	p.Title, p.NoIndex = c.t("goal-skills.title"), true
	return c.show(status, p)
}

func goalPage(c *call) error {
	v, err := c.deps.Learner.Goal(c.ctx, c.actor, record.GoalID(c.r.PathValue("id")), c.r.URL.Query()["if"])
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, c.goal(v))
}

// goal lays one goal out.
func (c *call) goal(v *learner.GoalView) *GoalPage {
	p := &GoalPage{ID: string(v.ID), Name: v.Name, Source: v.Source, Version: v.Version, NoteAt: v.Note.Version, Note: v.Note.Text, Says: v.Says, Counts: countsOf(v.Analysis),
		Credits: v.Analysis.PlanCredits, Left: v.Analysis.Remaining}
	if v.After != nil {
		after := countsOf(v.After)
		p.After = &after
	}
	claims := map[string]*gap.Claim{}
	for i := range v.Case.Claims {
		claims[v.Case.Claims[i].ID] = &v.Case.Claims[i]
	}
	leaves := v.Case.Target.Leaves()
	for i := range v.Analysis.Rows {
		row := c.goalRow(v, i, leaves[i], claims)
		p.Optional = p.Optional || !row.Essential
		p.Rows = append(p.Rows, row)
	}
	slices.SortStableFunc(p.Rows, func(a, b GoalRow) int { return cmp.Compare(rankBool(!a.Essential), rankBool(!b.Essential)) })
	for _, s := range v.Analysis.Recommendations {
		p.Offers = append(p.Offers, c.goalOffer(v, s))
	}
	for _, step := range v.Analysis.Plan {
		for _, id := range step.Add {
			p.Plan = append(p.Plan, v.Offers[id].Name)
		}
	}
	for _, m := range v.Why.NotCounted {
		p.Ignored = append(p.Ignored, c.gapSays(m))
	}
	p.Title, p.NoIndex, p.Wide = v.Name, true, true
	return p
}

func rankBool(b bool) int {
	if b {
		return 1
	}
	return 0
}

// glyphs are the drawn marks of the states.
var stateGlyphs = map[gap.State]string{gap.Met: "verified", gap.Unconfirmed: "unchecked", gap.OutOfDate: "expired", gap.Expired: "expired", gap.SelfAsserted: "stated"}

func (c *call) goalRow(v *learner.GoalView, i int, leaf *framework.Requirement, claims map[string]*gap.Claim) GoalRow {
	r, why := &v.Analysis.Rows[i], &v.Why.Rows[i]
	row := GoalRow{ID: r.ID, Name: r.Name, Essential: r.Essential, State: string(r.State), Glyph: stateGlyphs[r.State], Shown: cmp.Or(r.Detail.Achieved, r.Detail.Value), Tier: r.Tier, Estimate: v.Estimates[leaf.ID]}
	if leaf.Level != nil {
		row.Needed, row.Levels = leaf.Level.AtLeast, v.Case.Scales[leaf.Level.Scale]
	}
	if v.After != nil && v.After.Rows[i].State != r.State {
		row.After = string(v.After.Rows[i].State)
	}
	for _, m := range why.Says {
		row.Says = append(row.Says, c.gapSays(m))
	}
	for _, way := range why.Routes {
		row.Routes = append(row.Routes, c.goalRoute(way, leaf))
	}
	for _, id := range r.Because {
		if claim := claims[id]; claim != nil {
			row.Chain = append(row.Chain, ChainLink{Name: claim.Name, Issuer: claim.Issuer, Date: render.ParseDate(claim.Date)})
		}
	}
	for _, word := range r.Detail.Path {
		row.Chain = append(row.Chain, ChainLink{Word: c.words.Or("relation."+word, word)})
	}
	if len(row.Chain) > 0 {
		row.Chain = append(row.Chain, ChainLink{Name: r.Name})
	}
	return row
}

func (c *call) goalRoute(way gap.Route, leaf *framework.Requirement) GoalRoute {
	out := GoalRoute{Say: c.gapSays(way.Says)}
	switch way.Kind {
	case gap.AskConfirm:
		out.Href, out.Act = "/my/add#mine", c.t("goal.route.ask-confirm")
	case gap.AskLevel, gap.GetAssessed:
		if way.Claim != "" {
			out.Href, out.Act = "/my/requests/new?about="+url.QueryEscape(way.Claim), c.t("goal.route.ask-office")
		}
	case gap.AddEvidence:
		out.Href, out.Act = "/my/stated/new?skill="+url.QueryEscape(leaf.Skill)+"&name="+url.QueryEscape(leaf.Name), c.t("goal.route.state")
	}
	return out
}

func (c *call) goalOffer(v *learner.GoalView, s gap.Suggestion) GoalOffer {
	o := GoalOffer{ID: s.ID, Name: s.Name, Now: s.EligibleNow, Meets: s.WouldMeet, Tried: slices.Contains(v.If, s.ID), Credits: creditWords(s.Credits)}
	for _, id := range s.UnmetPrerequisites {
		o.After = append(o.After, cmp.Or(v.Offers[id].Name, id))
	}
	return o
}

// creditWords writes credits as a person does: no decimals where there are none.
func creditWords(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func formInt(f url.Values, name string) int64 {
	n, _ := strconv.ParseInt(f.Get(name), 10, 64) // what is no number is no version, and conflicts
	return n
}

// gapSays puts a message of the engine into the visitor's language. Foreign text in it is escaped; **this** is strong.
func (c *call) gapSays(m gap.Message) template.HTML {
	text := c.words.Or(m.ID, gap.Messages[m.ID])
	if text == "" {
		text = m.ID
	}
	plain := template.HTMLEscapeString(m.In(text, func(t time.Time) string { return c.words.Date(render.Date{Time: t, DayOnly: true}) }))
	for _, pair := range [][2]string{{"**", "b"}, {"*", "i"}} {
		parts := strings.Split(plain, pair[0])
		if len(parts)%2 == 0 { // an odd mark stands for itself
			continue
		}
		var b strings.Builder
		for i, s := range parts {
			if i%2 == 1 {
				s = "<" + pair[1] + "><bdi>" + s + "</bdi></" + pair[1] + ">"
			}
			b.WriteString(s)
		}
		plain = b.String()
	}
	return template.HTML(plain) // escaped above; the marks are ours
}

func changeGoal(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	id := record.GoalID(c.r.PathValue("id"))
	ch := learner.GoalChange{Version: formInt(f, "version"), NoteAt: formInt(f, "note-at"), Name: f.Get("name"), Note: f.Get("note"), Estimates: map[string]string{}}
	for i, leaf := range f["leaf"] {
		if i < len(f["estimate"]) {
			ch.Estimates[leaf] = f["estimate"][i]
		}
	}
	err := c.deps.Learner.ChangeGoal(c.ctx, c.actor, id, ch)
	if k := record.KindOf(err); k != record.Invalid && k != record.Conflict {
		if err != nil {
			return err
		}
		return c.go303("/my/goals/" + string(id) + "?done=saved")
	}
	v, again := c.deps.Learner.Goal(c.ctx, c.actor, id, nil)
	if again != nil {
		return again
	}
	p := c.goal(v) // with the versions as they are now, and with what was typed
	p.Error, p.Name, p.Note = c.says(err), ch.Name, ch.Note
	for i := range p.Rows {
		p.Rows[i].Estimate = ch.Estimates[p.Rows[i].ID]
	}
	return c.show(http.StatusConflict, p)
}

func deleteGoal(c *call) error {
	if err := c.deps.Learner.DeleteGoal(c.ctx, c.actor, record.GoalID(c.r.PathValue("id"))); err != nil {
		return err
	}
	return c.go303("/my/goals?done=goal-deleted")
}
