package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/render"
)

// DefinitionForm is what the form of an achievement holds, as it was typed: nothing of it is lost when it comes back.
type DefinitionForm struct {
	Name, Type, Extension, Description, Criteria, CriteriaURL string
	Code, Field, Specialization, Credits, Language, Edition   string
	Tags                                                      string
}

// DefinitionPage is the writing desk of one achievement.
type DefinitionPage struct {
	Shell
	ID       string // empty: a new one
	Version  int64
	State    string
	Form     DefinitionForm
	Types    []TypeGroup
	Error    string
	Theirs   []registrar.Change // what somebody else saved meanwhile, against the form
	Changes  []registrar.Change // against the catalogue
	View     *registrar.DefinitionView
	Image    string
	Caption  string
	Results  []ResultRow
	Texts    []record.Text
	Aligned  []AlignedRow
	Links    []LinkRow
	Incoming []render.Relation
	Public   string // the achievement's public page
	MayWrite bool
	Acts     []ActButton
}

// ResultRow is one result description in the list.
type ResultRow struct {
	At               int
	Name, Type, Says string
}

// AlignedRow is one alignment in the list.
type AlignedRow struct {
	At                         int
	Name, Code, Framework, URL string
}

// LinkRow is one relation in the list.
type LinkRow struct {
	At         int
	Kind, Name string
}

// ActButton is something that can be done with a definition now.
type ActButton struct {
	Act  string
	Note bool // it asks for words
}

func formOf(a *ob.Achievement) DefinitionForm {
	f := DefinitionForm{Name: a.Name, Type: string(a.AchievementType), Description: a.Description, Criteria: a.Criteria.Narrative, CriteriaURL: a.Criteria.ID, Code: a.HumanCode,
		Field: a.FieldOfStudy, Specialization: a.Specialization, Language: a.InLanguage, Edition: a.Version, Tags: strings.Join(a.Tag, "\n")}
	if ob.IsExtensionTerm(f.Type) {
		f.Extension, f.Type = f.Type, ""
	}
	if a.CreditsAvailable != nil {
		f.Credits = strconv.FormatFloat(*a.CreditsAvailable, 'f', -1, 64)
	}
	return f
}

func readDefinitionForm(v url.Values) DefinitionForm {
	return DefinitionForm{Name: v.Get("name"), Type: v.Get("type"), Extension: v.Get("extension"), Description: v.Get("description"), Criteria: v.Get("criteria"),
		CriteriaURL: v.Get("criteria-url"), Code: v.Get("code"), Field: v.Get("field"), Specialization: v.Get("specialization"), Credits: v.Get("credits"),
		Language: v.Get("language"), Edition: v.Get("edition"), Tags: v.Get("tags")}
}

// into writes the form into an achievement; what the form does not show stays.
func (f *DefinitionForm) into(a *ob.Achievement) error {
	a.Name, a.Description, a.Criteria.Narrative, a.Criteria.ID, a.HumanCode = f.Name, f.Description, f.Criteria, f.CriteriaURL, f.Code
	a.FieldOfStudy, a.Specialization, a.InLanguage, a.Version = f.Field, f.Specialization, f.Language, f.Edition
	a.AchievementType = ob.AchievementType(cmp.Or(strings.TrimSpace(f.Extension), f.Type))
	a.Tag = lines(f.Tags)
	a.CreditsAvailable = nil
	if s := strings.TrimSpace(f.Credits); s != "" {
		n, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
		if err != nil {
			return record.Errorf(record.Invalid, "web.definition", "%q is not a number of credits; write it like 3 or 1.5", s)
		}
		a.CreditsAvailable = &n
	}
	return nil
}

// lines are the lines of a text that say something.
func lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func newDefinition(c *call) error {
	f := DefinitionForm{Type: "Course"}
	if i := c.institution(); i != nil {
		f.Language = i.Profile.Language
	}
	return c.blankDefinition(f, "", http.StatusOK)
}

func (c *call) blankDefinition(f DefinitionForm, problem string, status int) error {
	p := &DefinitionPage{Form: f, Types: c.achievementTypeGroups(f.Type), Error: problem, MayWrite: true, State: "draft"}
	p.Title, p.NoIndex, p.Wide = c.t("catalogue.new"), true, true
	return c.show(status, p)
}

func makeDefinition(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := readDefinitionForm(c.r.PostForm)
	var work registrar.DefinitionWork
	err := f.into(&work.Body)
	var def *record.Definition
	if err == nil {
		def, err = c.deps.Registrar.Define(c.ctx, c.actor, work)
	}
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.blankDefinition(f, sentence(record.MessageOf(err)), status)
		}
		return err
	}
	return c.go303("/desk/definitions/" + url.PathEscape(string(def.ID)) + "?done=definition-saved")
}

// mendable tells errors that a person mends in the form they came from.
func mendable(err error) (status int, ok bool) {
	switch record.KindOf(err) {
	case record.Invalid, record.TooLarge:
		return http.StatusUnprocessableEntity, true
	case record.Conflict:
		return http.StatusConflict, true
	}
	return 0, false
}

func codeOf(err error) string {
	var e *record.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func definition(c *call) error { return c.definitionPage(nil, nil, http.StatusOK) }

// definitionPage shows a definition: as it is kept, or with a form that came back and why.
func (c *call) definitionPage(came *DefinitionForm, why error, status int) error {
	v, err := c.deps.Registrar.Definition(c.ctx, c.actor, record.DefinitionID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	body := &v.Work.Body
	p := &DefinitionPage{ID: string(v.ID), Version: v.Definition.Version, State: string(v.State), Form: formOf(body), View: v, Changes: v.Changes,
		MayWrite: v.MayWrite && v.State != record.DefinitionRetired, Texts: v.Work.Texts}
	if why != nil {
		p.Error = sentence(record.MessageOf(why))
	}
	if came != nil {
		mine := *body
		if err := came.into(&mine); err == nil && codeOf(why) == registrar.CodeChanged {
			p.Theirs = registrar.CompareDefinitions(body, &mine)
		}
		p.Form = *came
	}
	p.Types = c.achievementTypeGroups(p.Form.Type)
	if body.Image != nil {
		p.Image, p.Caption = body.Image.ID, body.Image.Caption
	}
	c.definitionLists(p, v)
	if v.Current != nil {
		p.Public = "/achievements/" + url.PathEscape(pathID(v.IRI))
	}
	p.Acts = actsOf(v)
	p.Title, p.NoIndex, p.Wide = body.Name, true, true
	return c.show(status, p)
}

func (c *call) definitionLists(p *DefinitionPage, v *registrar.DefinitionView) {
	body := &v.Work.Body
	for n, r := range body.ResultDescription {
		p.Results = append(p.Results, ResultRow{n, r.Name, c.words.Or("result-type."+string(r.ResultType), string(r.ResultType)), scaleWords(&r)})
	}
	for n, a := range body.Alignment {
		p.Aligned = append(p.Aligned, AlignedRow{n, a.TargetName, a.TargetCode, a.TargetFramework, render.SafeLink(a.TargetURL)})
	}
	for n, l := range v.Work.Links {
		p.Links = append(p.Links, LinkRow{n, c.words.Or("relation."+l.Type, l.Type), cmp.Or(v.Names[l.Target], l.Target)})
	}
	for _, a := range v.Incoming {
		p.Incoming = append(p.Incoming, render.Relation{Kind: render.InverseRelation(a.Type), Target: render.Ref{Name: cmp.Or(v.Names[a.Source], a.Source)}})
	}
}

// scaleWords says the scale of a result in a line.
func scaleWords(r *ob.ResultDescription) string {
	var names []string
	for _, l := range r.RubricCriterionLevel {
		names = append(names, l.Name)
	}
	switch {
	case len(names) > 0:
		return strings.Join(names, " · ")
	case len(r.AllowedValue) > 0:
		return strings.Join(r.AllowedValue, " · ")
	case r.ValueMin != "" || r.ValueMax != "":
		return r.ValueMin + " – " + r.ValueMax
	}
	return ""
}

func actsOf(v *registrar.DefinitionView) []ActButton {
	var out []ActButton
	add := func(ok bool, act registrar.DefinitionAct, note bool) {
		if ok {
			out = append(out, ActButton{string(act), note})
		}
	}
	add(v.MayWrite && v.State == record.DefinitionDraft, registrar.ActSubmit, false)
	add(v.MayApprove && v.State == record.DefinitionReview, registrar.ActApprove, false)
	add(v.MayApprove && v.State == record.DefinitionReview, registrar.ActReturn, true)
	add(v.MayWrite && (v.State == record.DefinitionDraft || v.State == record.DefinitionReview), registrar.ActDiscard, false)
	add(v.MayWrite && v.State == record.DefinitionApproved, registrar.ActRetire, true)
	add(v.MayWrite && v.State == record.DefinitionRetired, registrar.ActRestore, false)
	return out
}

// change reads the definition, lets edit change the work, and saves it as a change of the version that the form names.
func (c *call) change(edit func(*registrar.DefinitionWork) error) error {
	id := record.DefinitionID(c.r.PathValue("id"))
	v, err := c.deps.Registrar.Definition(c.ctx, c.actor, id)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return record.Errorf(record.Invalid, "web.definition", "the form came without its version; open the page again")
	}
	if version == v.Definition.Version { // what was meant by place in a list is meant in the list that was seen
		if err := edit(&v.Work); err != nil {
			return err
		}
	}
	_, err = c.deps.Registrar.SaveDefinition(c.ctx, c.actor, id, version, v.Work)
	return err
}

func (c *call) definitionPath(rest string) string {
	return "/desk/definitions/" + url.PathEscape(c.r.PathValue("id")) + rest
}

func saveDefinition(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := readDefinitionForm(c.r.PostForm)
	err := c.change(func(w *registrar.DefinitionWork) error { return f.into(&w.Body) })
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.definitionPage(&f, err, status)
		}
		return err
	}
	return c.go303(c.definitionPath("?done=definition-saved"))
}

func definitionAct(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return record.Errorf(record.Invalid, "web.definitionAct", "the form came without its version; open the page again")
	}
	act := registrar.DefinitionAct(c.r.PathValue("act"))
	def, err := c.deps.Registrar.MoveDefinition(c.ctx, c.actor, record.DefinitionID(c.r.PathValue("id")), version, act, c.r.PostForm.Get("note"))
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.definitionPage(nil, err, status)
		}
		return err
	}
	if act == registrar.ActDiscard && def.Base == "" {
		return c.go303("/desk/catalogue?done=definition-discard")
	}
	return c.go303(c.definitionPath("?done=definition-" + string(act)))
}
