package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Rules lists the rules that make drafts, and takes a new one.
type Rules struct {
	Shell
	Error   string
	Rows    []RuleRow
	MayEdit bool
	Typed   map[string]string
	Names   []string // of the catalogue, to choose from
}

// RuleRow is one rule.
type RuleRow struct {
	ID, Name, Target string
	Parts            []string
	Needed, Drafted  int
	From             render.Date
	Off              bool
}

// RulePage is one rule: what it asks for, and whom it drafted for and why.
type RulePage struct {
	Shell
	Row     RuleRow
	Hits    []HitRow
	MayEdit bool
}

// HitRow is one draft of a rule.
type HitRow struct {
	AwardID, LearnerID, Learner, Why, State string
	At                                      render.Date
}

var rulePages = []page{&Rules{}, &RulePage{}}

var ruleRoutes = []route{
	{"GET /desk/rules", staff, rules, 0},
	{"POST /desk/rules", preparer, addRule, 0},
	{"POST /desk/rules/check", preparer, checkRules, 0},
	{"GET /desk/rules/{id}", staff, rulePage, 0},
	{"POST /desk/rules/{id}/switch", preparer, switchRule, 0},
}

// namesShown bounds the catalogue's names that the form suggests.
const namesShown = 500

func rules(c *call) error { return c.showRules("", http.StatusOK) }

func (c *call) showRules(problem string, status int) error {
	all, err := c.deps.Registrar.Rules(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Rules{Error: problem, MayEdit: c.actor.Has(record.RoleRegistrar), Typed: map[string]string{}}
	for i := range all {
		p.Rows = append(p.Rows, ruleRow(&all[i]))
	}
	catalogue, err := c.deps.Registrar.Catalogue(c.ctx, c.actor, "")
	if err != nil {
		return err
	}
	for i := range catalogue[:min(len(catalogue), namesShown)] {
		p.Names = append(p.Names, catalogue[i].Name)
	}
	for _, name := range []string{"name", "target", "parts", "least", "from"} {
		p.Typed[name] = c.r.PostForm.Get(name)
	}
	p.Title, p.NoIndex, p.Wide = c.t("rules.title"), true, true
	return c.show(status, p)
}

func ruleRow(v *registrar.RuleView) RuleRow {
	return RuleRow{ID: string(v.ID), Name: v.Name, Target: v.TargetName, Parts: v.PartNames, Needed: v.Needed(),
		Drafted: v.Drafted, From: render.Date{Time: v.From}, Off: v.Off}
}

func addRule(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	least, badLeast := number(f.Get("least"))
	if badLeast {
		return c.showRules(c.t("rules.not-a-number"), http.StatusUnprocessableEntity)
	}
	r, err := c.deps.Registrar.AddRule(c.ctx, c.actor, registrar.NewRule{Name: f.Get("name"), Target: f.Get("target"),
		Parts: strings.Split(f.Get("parts"), "\n"), Least: least, From: strings.TrimSpace(f.Get("from"))})
	switch record.KindOf(err) {
	case record.Invalid, record.TooLarge:
		return c.showRules(sentence(record.MessageOf(err)), http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/rules/" + url.PathEscape(string(r.ID)) + "?done=rule-added")
}

// number reads a field that may be left empty.
func number(s string) (n int, bad bool) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err != nil
}

func checkRules(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	n, err := c.deps.Registrar.ApplyOwnRules(c.ctx, c.actor)
	if err != nil {
		return err
	}
	if n == 0 {
		return c.go303("/desk/rules?done=rules-none")
	}
	return c.go303("/desk/drafts?done=rules-drafted")
}

func rulePage(c *call) error {
	v, err := c.deps.Registrar.Rule(c.ctx, c.actor, record.RuleID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &RulePage{Row: ruleRow(v), MayEdit: c.actor.Has(record.RoleRegistrar)}
	for _, h := range v.Hits {
		p.Hits = append(p.Hits, HitRow{AwardID: string(h.Award), LearnerID: string(h.Learner), Learner: h.LearnerName, Why: h.Why, State: string(h.State), At: render.Date{Time: h.At}})
	}
	p.Title, p.NoIndex, p.Wide = v.Name, true, true
	return c.show(http.StatusOK, p)
}

func switchRule(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	id := c.r.PathValue("id")
	off := c.r.PostForm.Get("to") == "off"
	if err := c.deps.Registrar.SwitchRule(c.ctx, c.actor, record.RuleID(id), off); err != nil {
		return err
	}
	done := "rule-on"
	if off {
		done = "rule-off"
	}
	return c.go303("/desk/rules/" + url.PathEscape(id) + "?done=" + done)
}
