package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/ob"
)

// DefinitionResult is the form of one result description.
type DefinitionResult struct {
	Shell
	ID, Name string // of the definition
	Version  int64
	At       int // place in the list; -1: a new one
	Error    string
	Form     ResultForm
	Types    []Choice
	Aligned  []AlignedRow
	MayWrite bool
}

// ResultForm is a result description as it was typed.
type ResultForm struct {
	Name, Type, Values, Min, Max, Needed string
	NeededLevel                          string // place of the level
	Levels                               []LevelField
}

// LevelField is one level of a rubric in the form.
type LevelField struct{ ID, Name, Description, Points string }

// spareLevels are the empty lines for more levels.
const spareLevels = 4

func resultFormOf(r *ob.ResultDescription) ResultForm {
	f := ResultForm{Name: r.Name, Type: string(r.ResultType), Values: strings.Join(r.AllowedValue, "\n"), Min: r.ValueMin, Max: r.ValueMax, Needed: r.RequiredValue}
	for n, l := range r.RubricCriterionLevel {
		f.Levels = append(f.Levels, LevelField{l.ID, l.Name, l.Description, l.Points})
		if l.ID == r.RequiredLevel && l.ID != "" {
			f.NeededLevel = strconv.Itoa(n)
		}
	}
	f.Levels = append(f.Levels, make([]LevelField, spareLevels)...)
	return f
}

// maxLevelFields bounds the levels that a form is read for; the desk says when there are too many.
const maxLevelFields = 200

func readResultForm(v url.Values) ResultForm {
	f := ResultForm{Name: v.Get("name"), Type: v.Get("type"), Values: v.Get("values"), Min: v.Get("min"), Max: v.Get("max"), Needed: v.Get("needed"), NeededLevel: v.Get("needed-level")}
	for n := 0; n < maxLevelFields && v.Has(fmt.Sprintf("level-%d", n)); n++ {
		at := func(what string) string { return v.Get(fmt.Sprintf("%s-%d", what, n)) }
		f.Levels = append(f.Levels, LevelField{at("level-id"), at("level"), at("level-text"), at("level-points")})
	}
	return f
}

// into writes the form into a result description. A level that was there keeps its id: results that were issued point at it.
func (f *ResultForm) into(r *ob.ResultDescription, a *ob.Achievement) {
	r.Name, r.ResultType, r.AllowedValue = strings.TrimSpace(f.Name), ob.ResultType(f.Type), lines(f.Values)
	r.ValueMin, r.ValueMax, r.RequiredValue = strings.TrimSpace(f.Min), strings.TrimSpace(f.Max), strings.TrimSpace(f.Needed)
	before := r.RubricCriterionLevel
	r.RubricCriterionLevel, r.RequiredLevel = nil, ""
	for n, l := range f.Levels {
		name := strings.TrimSpace(l.Name)
		if name == "" {
			continue
		}
		level := ob.RubricCriterionLevel{Type: []string{"RubricCriterionLevel"}}
		if at := slices.IndexFunc(before, func(b ob.RubricCriterionLevel) bool { return b.ID == l.ID && l.ID != "" }); at >= 0 {
			level = before[at]
		} else {
			level.ID = a.ID + "#level-" + record.NewID()[:8]
		}
		level.Name, level.Description, level.Points = name, strings.TrimSpace(l.Description), strings.TrimSpace(l.Points)
		if f.NeededLevel == strconv.Itoa(n) {
			r.RequiredLevel = level.ID
		}
		r.RubricCriterionLevel = append(r.RubricCriterionLevel, level)
	}
}

func definitionResult(c *call) error { return c.resultPage(nil, nil, http.StatusOK) }

// place is a place in a list that the address or form names; -1: none.
func place(s string) int {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return n
	}
	return -1
}

func (c *call) resultPage(came *ResultForm, why error, status int) error {
	v, err := c.deps.Registrar.Definition(c.ctx, c.actor, record.DefinitionID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &DefinitionResult{ID: string(v.ID), Name: v.Work.Body.Name, Version: v.Definition.Version, At: place(cmp.Or(c.r.URL.Query().Get("at"), c.r.PostForm.Get("at"))),
		MayWrite: v.MayWrite && v.State != record.DefinitionRetired}
	r := ob.ResultDescription{ResultType: ob.ResultLetterGrade}
	if p.At >= 0 {
		if p.At >= len(v.Work.Body.ResultDescription) {
			return record.Errorf(record.NotFound, "web.resultPage", "")
		}
		r = v.Work.Body.ResultDescription[p.At]
		for n, a := range r.Alignment {
			p.Aligned = append(p.Aligned, AlignedRow{At: n, Name: a.TargetName, Code: a.TargetCode, Framework: a.TargetFramework})
		}
	}
	p.Form = resultFormOf(&r)
	if came != nil {
		p.Form = *came
	}
	if why != nil {
		p.Error = sentence(record.MessageOf(why))
	}
	for _, t := range ob.ResultTypes {
		p.Types = append(p.Types, Choice{string(t), c.words.Or("result-type."+string(t), string(t)), string(t) == p.Form.Type})
	}
	p.Title, p.NoIndex, p.Wide = cmp.Or(r.Name, c.t("definition.new-result")), true, true
	return c.show(status, p)
}

func saveDefinitionResult(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f, at := readResultForm(c.r.PostForm), place(c.r.PostForm.Get("at"))
	err := c.change(func(w *registrar.DefinitionWork) error {
		list := &w.Body.ResultDescription
		switch {
		case at >= len(*list):
			return record.Errorf(record.NotFound, "web.saveDefinitionResult", "")
		case c.r.PostForm.Get("remove") != "" && at >= 0:
			*list = slices.Delete(*list, at, at+1)
		case at < 0:
			r := ob.ResultDescription{}
			f.into(&r, &w.Body)
			*list = append(*list, r)
		default:
			f.into(&(*list)[at], &w.Body)
		}
		return nil
	})
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.resultPage(&f, err, status)
		}
		return err
	}
	return c.go303(c.definitionPath("?done=definition-saved#results"))
}

// DefinitionText is the form of an achievement in one more language.
type DefinitionText struct {
	Shell
	ID, Name string
	Version  int64
	Was      string // the language that is changed; empty: a new one
	Error    string
	Form     record.Text
	Original DefinitionForm
	MayWrite bool
}

func definitionText(c *call) error { return c.textPage(nil, nil, http.StatusOK) }

func (c *call) textPage(came *record.Text, why error, status int) error {
	v, err := c.deps.Registrar.Definition(c.ctx, c.actor, record.DefinitionID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &DefinitionText{ID: string(v.ID), Name: v.Work.Body.Name, Version: v.Definition.Version, Was: cmp.Or(c.r.URL.Query().Get("of"), c.r.PostForm.Get("was")), Original: formOf(&v.Work.Body),
		MayWrite: v.MayWrite && v.State != record.DefinitionRetired}
	if n := slices.IndexFunc(v.Work.Texts, func(t record.Text) bool { return t.Lang == p.Was }); n >= 0 {
		p.Form = v.Work.Texts[n]
	}
	if came != nil {
		p.Form = *came
	}
	if why != nil {
		p.Error = sentence(record.MessageOf(why))
	}
	p.Title, p.NoIndex, p.Wide = c.t("definition.texts"), true, true
	return c.show(status, p)
}

func saveDefinitionText(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	text := record.Text{Lang: strings.TrimSpace(f.Get("language")), Name: f.Get("name"), Description: f.Get("description"), Criteria: f.Get("criteria")}
	was := f.Get("was")
	err := c.change(func(w *registrar.DefinitionWork) error {
		n := slices.IndexFunc(w.Texts, func(t record.Text) bool { return t.Lang == was && was != "" })
		switch {
		case f.Get("remove") != "" && n >= 0:
			w.Texts = slices.Delete(w.Texts, n, n+1)
		case n >= 0:
			w.Texts[n] = text
		default:
			w.Texts = append(w.Texts, text)
		}
		return nil
	})
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.textPage(&text, err, status)
		}
		return err
	}
	return c.go303(c.definitionPath("?done=definition-saved#texts"))
}

// saveDefinitionPicture puts a picture on an achievement, changes its caption, or takes it away.
func saveDefinitionPicture(c *call) error {
	files, err := c.uploads("picture")
	if err != nil {
		return err
	}
	caption := strings.TrimSpace(c.r.PostForm.Get("caption"))
	address := ""
	if len(files) > 0 && c.r.PostForm.Get("remove") == "" {
		address, err = c.deps.Registrar.AddPicture(c.ctx, c.actor, files[0].data)
	}
	if err == nil {
		err = c.change(func(w *registrar.DefinitionWork) error {
			img := w.Body.Image
			switch {
			case c.r.PostForm.Get("remove") != "":
				w.Body.Image = nil
				return nil
			case address != "":
				img = &ob.Image{ID: address, Type: "Image"}
			case img == nil:
				return record.Errorf(record.Invalid, "web.saveDefinitionPicture", "choose a PNG or SVG file")
			}
			img.Caption = caption
			w.Body.Image = img
			return nil
		})
	}
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.definitionPage(nil, err, status)
		}
		return err
	}
	return c.go303(c.definitionPath("?done=definition-saved#picture"))
}

// Pick chooses what an achievement, or one of its results, is aligned with, or which other achievement it is related to.
type Pick struct {
	Shell
	ID, Name   string
	Version    int64
	Relate     bool
	Result     int // the result that is aligned; -1: the achievement itself
	ResultName string
	Search     string
	Error      string
	Hits       []PickHit
	None       bool
	Frameworks []Choice
	Relations  []Choice
}

// PickHit is one thing that can be chosen.
type PickHit struct{ Name, Code, Text, From, URL, Type, IRI string }

func pick(c *call) error { return c.pickPage(nil, http.StatusOK) }

func (c *call) pickPage(why error, status int) error {
	v, err := c.deps.Registrar.Definition(c.ctx, c.actor, record.DefinitionID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	get := func(name string) string { return cmp.Or(c.r.URL.Query().Get(name), c.r.PostForm.Get(name)) }
	p := &Pick{ID: string(v.ID), Name: v.Work.Body.Name, Version: v.Definition.Version, Relate: get("what") == "relation", Result: place(get("result")), Search: strings.TrimSpace(get("q"))}
	if p.Result >= len(v.Work.Body.ResultDescription) {
		return record.Errorf(record.NotFound, "web.pick", "")
	}
	if p.Result >= 0 {
		p.ResultName = v.Work.Body.ResultDescription[p.Result].Name
	}
	if why != nil {
		p.Error = sentence(record.MessageOf(why))
	}
	if p.Relate {
		err = c.pickAchievements(p, v)
	} else {
		err = c.pickItems(p, record.FrameworkID(get("framework")))
	}
	if err != nil {
		return err
	}
	p.None = p.Search != "" && len(p.Hits) == 0
	p.Title, p.NoIndex, p.Wide = c.t(map[bool]string{true: "definition.relate", false: "definition.align"}[p.Relate]), true, true
	return c.show(status, p)
}

// maxHits is what a picker shows.
const maxHits = 50

func (c *call) pickAchievements(p *Pick, v *registrar.DefinitionView) error {
	for _, t := range clr.AssociationTypes {
		p.Relations = append(p.Relations, Choice{Value: string(t), Label: c.words.Or("relation."+string(t), string(t))})
	}
	all, err := c.deps.Registrar.Catalogue(c.ctx, c.actor, p.Search)
	if err != nil {
		return err
	}
	for i := range all {
		if a := &all[i]; a.IRI != v.IRI && len(p.Hits) < maxHits {
			p.Hits = append(p.Hits, PickHit{Name: a.Name, Code: a.Code, From: c.words.Or("type."+a.Type, a.Type), IRI: a.IRI})
		}
	}
	return nil
}

func (c *call) pickItems(p *Pick, in record.FrameworkID) error {
	list, err := c.deps.Registrar.FrameworkList(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p.Frameworks = []Choice{{"", c.t("pick.every-framework"), in == ""}}
	for _, f := range list {
		p.Frameworks = append(p.Frameworks, Choice{string(f.ID), f.Title, f.ID == in})
	}
	if p.Search == "" {
		return nil
	}
	hits, err := c.deps.Registrar.SearchFrameworks(c.ctx, c.actor, p.Search, in)
	for _, h := range hits {
		p.Hits = append(p.Hits, PickHit{Name: h.Node.Name, Code: h.Node.Code, Text: h.Node.Description, From: h.Title, URL: h.Node.ID, Type: h.Type})
	}
	return err
}

func savePick(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	at, result := place(f.Get("remove")), place(f.Get("result"))
	err := c.change(func(w *registrar.DefinitionWork) error {
		if f.Get("what") == "relation" {
			if at >= 0 && at < len(w.Links) {
				w.Links = slices.Delete(w.Links, at, at+1)
			} else {
				w.Links = append(w.Links, record.Link{Type: f.Get("type"), Target: f.Get("target")})
			}
			return nil
		}
		list := &w.Body.Alignment
		if result >= len(w.Body.ResultDescription) {
			return record.Errorf(record.NotFound, "web.savePick", "")
		}
		if result >= 0 {
			list = &w.Body.ResultDescription[result].Alignment
		}
		if at >= 0 && at < len(*list) {
			*list = slices.Delete(*list, at, at+1)
			return nil
		}
		a := ob.Alignment{Type: []string{"Alignment"}, TargetName: strings.TrimSpace(f.Get("name")), TargetURL: strings.TrimSpace(f.Get("url")), TargetCode: f.Get("code"), TargetFramework: f.Get("from"), TargetType: ob.AlignmentTargetType(f.Get("type"))}
		if slices.ContainsFunc(*list, func(b ob.Alignment) bool { return b.TargetURL == a.TargetURL }) {
			return record.Errorf(record.Invalid, "web.savePick", "%q is aligned already", a.TargetName)
		}
		*list = append(*list, a)
		return nil
	})
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.pickPage(err, status)
		}
		return err
	}
	if result >= 0 {
		return c.go303(c.definitionPath("/result?done=definition-saved&at=" + strconv.Itoa(result)))
	}
	return c.go303(c.definitionPath("?done=definition-saved#" + map[bool]string{true: "relations", false: "alignments"}[f.Get("what") == "relation"]))
}
