package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

var templateRoutes = []route{
	{"GET /desk/templates", staff, templates, 0},
	{"GET /desk/templates/edit", staff, editTemplate, 0},
	{"POST /desk/templates/edit", preparer, saveTemplate, 0},
	{"GET /desk/people/{id}/assemble", staff, assemble, 0},
	{"POST /desk/people/{id}/assemble", staff, assembleAct, 0},
}

var templatePages = []page{&Templates{}, &TemplateEdit{}, &Assemble{}}

// Templates lists the kinds of record that the office gives out.
type Templates struct {
	Shell
	Rows     []TemplateRow
	MayWrite bool
}

// TemplateRow is one template in a list.
type TemplateRow struct {
	ID, Name, Kind string
	Types          []string
	Own            bool // made here; otherwise the plain one of its kind
}

// TemplateEdit is the form of a template.
type TemplateEdit struct {
	Shell
	ID        string
	Version   int64
	Name      string
	Kinds     []Choice
	Types     []TypeGroup
	Extension string
	Error     string
	MayWrite  bool
}

func (c *call) templateRow(t *record.Template) TemplateRow {
	row := TemplateRow{ID: string(t.ID), Kind: c.t("template.kind." + t.Kind), Own: t.Version > 0}
	row.Name = cmp.Or(t.Name, row.Kind)
	for _, typ := range t.Types {
		row.Types = append(row.Types, c.words.Or("type."+typ, typ))
	}
	return row
}

func templates(c *call) error {
	all, err := c.deps.Registrar.Templates(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Templates{MayWrite: c.actor.Has(record.RoleRegistrar)}
	for i := range all {
		p.Rows = append(p.Rows, c.templateRow(&all[i]))
	}
	p.Title, p.NoIndex, p.Wide = c.t("template.title"), true, true
	return c.show(http.StatusOK, p)
}

func editTemplate(c *call) error {
	t := &record.Template{Kind: "transcript", Types: registrar.TypesOf("transcript")}
	if id := c.r.URL.Query().Get("id"); id != "" {
		var err error
		if t, err = c.deps.Registrar.Template(c.ctx, c.actor, record.TemplateID(id)); err != nil {
			return err
		}
	}
	return c.templatePage(t, "", http.StatusOK)
}

func (c *call) templatePage(t *record.Template, problem string, status int) error {
	p := &TemplateEdit{ID: string(t.ID), Version: t.Version, Name: t.Name, Types: c.achievementTypeGroups(t.Types...), Error: problem, MayWrite: c.actor.Has(record.RoleRegistrar)}
	for _, k := range registrar.TemplateKinds {
		p.Kinds = append(p.Kinds, Choice{k.Kind, c.t("template.kind." + k.Kind), k.Kind == t.Kind})
	}
	var own []string
	for _, typ := range t.Types {
		if strings.HasPrefix(typ, "ext:") {
			own = append(own, typ)
		}
	}
	p.Extension = strings.Join(own, "\n")
	if c.r.PostForm.Has("extension") { // as it was typed, wrong or not
		p.Extension = c.r.PostForm.Get("extension")
	}
	p.Title, p.NoIndex, p.Wide = c.t("template.edit"), true, true
	return c.show(status, p)
}

func saveTemplate(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	id := record.TemplateID(f.Get("id"))
	if f.Get("remove") != "" {
		if err := c.deps.Registrar.DropTemplate(c.ctx, c.actor, id); err != nil {
			return err
		}
		return c.go303("/desk/templates?done=template-removed")
	}
	version, err := strconv.ParseInt(cmp.Or(f.Get("version"), "0"), 10, 64)
	if err != nil {
		return record.Errorf(record.Invalid, "web.saveTemplate", "the form came without its version; open the page again")
	}
	t := record.Template{ID: id, Version: version, Name: f.Get("name"), Kind: f.Get("kind"), Types: slices.Concat(f["type"], lines(f.Get("extension")))}
	if _, err := c.deps.Registrar.SaveTemplate(c.ctx, c.actor, t); err != nil {
		status, ok := mendable(err)
		if !ok {
			return err
		}
		if codeOf(err) == registrar.CodeChanged { // saving again insists
			if now, err := c.deps.Registrar.Template(c.ctx, c.actor, id); err == nil {
				t.Version = now.Version
			}
		}
		return c.templatePage(&t, sentence(record.MessageOf(err)), status)
	}
	return c.go303("/desk/templates?done=template-saved")
}

// Assemble puts a further record of a person together on screen.
type Assemble struct {
	Shell
	Row       PersonRow
	Templates []Choice
	Template  string
	TypeWords []string
	Items     []AssembleItem
	Out       int // signed awards that the template does not take
	Waiting   int
	Made      []registrar.Assembled
	Title2    string
	Error     string
	Catalogue []Choice // what can be awarded here and now
	Award     AwardForm
	MayWrite  bool
}

// AssembleItem is one signed award that may go in.
type AssembleItem struct {
	ID, Name, Type string
	Date           render.Date
	Suspended      bool
	Chosen         bool
}

// AwardForm is an award entered on screen, as it was typed.
type AwardForm struct{ Achievement, Date, Term, Credits, Grade, Narrative string }

func assemble(c *call) error { return c.assemblePage(AwardForm{}, nil, http.StatusOK) }

func (c *call) assemblePage(form AwardForm, why error, status int) error {
	get := func(name string) string { return cmp.Or(c.r.URL.Query().Get(name), c.r.PostForm.Get(name)) }
	v, err := c.deps.Registrar.Assembly(c.ctx, c.actor, record.LearnerID(c.r.PathValue("id")), record.TemplateID(get("template")))
	if err != nil {
		return err
	}
	p := &Assemble{Row: personRow(&v.Learner), Template: string(v.Template.ID), TypeWords: c.templateRow(v.Template).Types, Waiting: v.Waiting, Made: v.Made, Title2: c.r.PostForm.Get("title"), Award: form, MayWrite: c.actor.Has(record.RoleRegistrar)}
	if why != nil {
		p.Error = sentence(record.MessageOf(why))
	}
	chosen, asked := c.r.PostForm["item"], c.r.PostForm.Get("act") == "assemble"
	for _, i := range v.Items {
		if !i.Takes {
			p.Out++
			continue
		}
		p.Items = append(p.Items, AssembleItem{i.PathID, i.Name, c.words.Or("type."+i.Type, i.Type), render.ParseDate(i.AwardedOn), i.Suspended, !asked || slices.Contains(chosen, i.PathID)})
	}
	all, err := c.deps.Registrar.Templates(c.ctx, c.actor)
	if err != nil {
		return err
	}
	for i := range all {
		row := c.templateRow(&all[i])
		p.Templates = append(p.Templates, Choice{row.ID, row.Name, row.ID == p.Template})
	}
	if p.MayWrite {
		if p.Catalogue, err = c.awardable(form.Achievement); err != nil {
			return err
		}
	}
	p.Title, p.NoIndex, p.Wide = c.t("assemble.title"), true, true
	return c.show(status, p)
}

// awardable is what can be awarded on screen: the catalogue without what is retired.
func (c *call) awardable(chosen string) ([]Choice, error) {
	all, err := c.deps.Registrar.CatalogueItems(c.ctx, c.actor, "", "")
	var out []Choice
	for _, i := range all {
		if i.Achievement != nil && i.State() != record.DefinitionRetired {
			out = append(out, Choice{string(i.Achievement.ID), strings.TrimSpace(i.Achievement.Code + " " + i.Achievement.Name), string(i.Achievement.ID) == chosen})
		}
	}
	return out, err
}

// assembleAct signs a record, withdraws one, or enters an award.
func assembleAct(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f, id := c.r.PostForm, record.LearnerID(c.r.PathValue("id"))
	path := "/desk/people/" + url.PathEscape(string(id)) + "/assemble?template=" + url.QueryEscape(f.Get("template"))
	form := AwardForm{f.Get("achievement"), f.Get("awarded"), f.Get("term"), f.Get("credits"), f.Get("grade"), f.Get("narrative")}
	var err error
	switch f.Get("act") {
	case "withdraw":
		path += "&done=assembly-withdrawn"
		err = c.deps.Registrar.WithdrawAssembly(c.ctx, c.actor, id, record.CredentialID(f.Get("record")), f.Get("reason"))
	case "award":
		path += "&done=award-entered"
		err = c.enterAward(id, form)
	default:
		path += "&done=assembled"
		if len(f["item"]) == 0 {
			err = record.Errorf(record.Invalid, "web.assembleAct", "choose at least one award")
			break
		}
		_, err = c.deps.Registrar.Assemble(c.ctx, c.actor, id, registrar.AssemblyRequest{Template: record.TemplateID(f.Get("template")), Chosen: f["item"], Title: f.Get("title")})
	}
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.assemblePage(form, err, status)
		}
		return err
	}
	return c.go303(path)
}

// enterAward makes a draft award of the person, as the API does.
func (c *call) enterAward(id record.LearnerID, f AwardForm) error {
	detail := record.AwardDetail{AwardedOn: strings.TrimSpace(f.Date), Term: strings.TrimSpace(f.Term), Credits: strings.TrimSpace(f.Credits), Narrative: strings.TrimSpace(f.Narrative)}
	out, err := c.deps.Registrar.Enter(c.ctx, c.actor, []registrar.Entry{{Person: string(id), Achievement: f.Achievement, Grade: strings.TrimSpace(f.Grade), Detail: detail}}, false)
	if err != nil {
		return err
	}
	switch out[0].State {
	case registrar.RowRejected:
		return record.Errorf(record.Invalid, "web.enterAward", "%s", out[0].Message)
	case registrar.RowUnchanged, registrar.RowRepeated:
		return record.Errorf(record.Invalid, "web.enterAward", "%s", c.t("assemble.there"))
	}
	return nil
}

// personPreview shows a record as the learner, the printer or a program will see it, and leads from person to person.
func personPreview(c *call) error {
	q := c.r.URL.Query()
	var by *record.Template
	if id := q.Get("template"); id != "" {
		var err error
		if by, err = c.deps.Registrar.Template(c.ctx, c.actor, record.TemplateID(id)); err != nil {
			return err
		}
	}
	chosen := q["item"]
	if q.Get("act") == "assemble" && len(chosen) == 0 { // nothing is ticked, so nothing is shown
		chosen = []string{""}
	}
	view, err := c.deps.Registrar.PreviewWith(c.ctx, c.actor, record.LearnerID(c.r.PathValue("id")), by, chosen...)
	if err != nil {
		return err
	}
	p := &PersonPreview{Row: personRow(&view.Learner), Checks: render.Checks(&verify.Report{Findings: view.Findings}), LeftOut: view.LeftOut, View: q.Get("view"), Template: q.Get("template")}
	if len(view.Unsigned) > 0 {
		p.Record = render.NewRecord([]render.Document{{JSON: view.Unsigned}}, &render.Options{Lang: c.words.Lang, Binding: "name", Unsigned: true})
	}
	if len(chosen) > 0 {
		p.Chosen = template.URL("&" + url.Values{"item": chosen}.Encode())
	}
	if p.View == "print" && p.Record != nil {
		return c.printed(p.Record)
	}
	if p.View == "machine" {
		p.JSON = indented(view.Unsigned)
	}
	link := func(l record.LearnerID) string {
		if l == "" {
			return ""
		}
		return "/desk/people/" + url.PathEscape(string(l)) + "/preview?" + url.Values{"template": {p.Template}, "view": {p.View}}.Encode()
	}
	p.Before, p.After = link(view.Before), link(view.After)
	all, err := c.deps.Registrar.Templates(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p.Templates = []Choice{{"", c.t("preview.everything"), by == nil}}
	for i := range all {
		row := c.templateRow(&all[i])
		p.Templates = append(p.Templates, Choice{row.ID, row.Name, row.ID == p.Template})
	}
	p.Title, p.NoIndex = view.Learner.Name.Display, true
	return c.show(http.StatusOK, p)
}

// printed is an unsigned record as it comes out of the printer.
func (c *call) printed(r *render.Record) error {
	if !render.CanPrint() {
		return record.Errorf(record.Unavailable, "web.printed", "%s", c.t("preview.no-printer"))
	}
	select {
	case c.printing <- struct{}{}:
		defer func() { <-c.printing }()
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
	b, err := render.PDF(c.ctx, r, c.words, &render.PageOptions{Made: c.now()})
	if err != nil {
		return record.Wrap("web.printed", err)
	}
	return c.document("application/pdf", b, false)
}

// indented sets JSON for reading; numbers and names stay as they are.
func indented(b []byte) string {
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return string(b)
	}
	return out.String()
}
