package registrar_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// writer writes definitions and does not approve them.
func writer(o *registrartest.Office) record.Actor {
	return record.Actor{Account: "wri", Institution: o.Institution.ID, Roles: []record.Role{record.RoleRegistrar}}
}

// define writes a definition and brings it into the catalogue.
func define(o *registrartest.Office, work registrar.DefinitionWork) *record.Definition {
	o.T.Helper()
	def, err := o.Desk.Define(o.T.Context(), writer(o), work)
	if err != nil {
		o.T.Fatal(err)
	}
	return agree(o, def)
}

func agree(o *registrartest.Office, def *record.Definition) *record.Definition {
	o.T.Helper()
	ctx := o.T.Context()
	def, err := o.Desk.MoveDefinition(ctx, writer(o), def.ID, def.Version, registrar.ActSubmit, "")
	if err != nil {
		o.T.Fatal(err)
	}
	if def, err = o.Desk.MoveDefinition(ctx, o.Approver, def.ID, def.Version, registrar.ActApprove, ""); err != nil {
		o.T.Fatal(err)
	}
	return def
}

func course(name, code string) registrar.DefinitionWork {
	return registrar.DefinitionWork{Body: ob.Achievement{Name: name, HumanCode: code, AchievementType: "Course", Description: "What it is.", Criteria: ob.Criteria{Narrative: "Pass."}, InLanguage: "en"}}
}

// TestWrittenApprovedAwarded goes the whole way: an achievement with a rubric is written, approved by another person,
// awarded by a sheet that knows only its code, and signed; a change is a new version and leaves alone what was signed.
func TestWrittenApprovedAwarded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		o := registrartest.New(t, db)
		work := course("Data Science", "DS 101")
		work.Body.ResultDescription = []ob.ResultDescription{{ID: "urn:example:grade", Name: "Grade", ResultType: ob.ResultLetterGrade, AllowedValue: []string{"C", "B", "A-", "A"}, RequiredValue: "C"}}
		work.Texts = []record.Text{{Lang: "fr", Name: "Science des données", Description: "Ce que c'est.", Criteria: "Réussir."}}
		def := define(o, work)
		if def.State != record.DefinitionApproved || def.ApprovedBy != "app" {
			t.Fatalf("%+v", def)
		}
		o.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,Data Science,Course,DS 101,Another text,Other criteria,2025-05-20,Spring 2025,4,A-\n")
		o.Issue()
		signed := o.Current(o.Learner("Amara").RecordID)
		o.WantVerdict(signed.Bytes, verify.Verified)
		for _, want := range []string{"What it is.", `"inLanguage":"fr"`, def.IRI + "/fr", `"version":"1"`, `"value":"A-"`} {
			if !strings.Contains(string(signed.Bytes), want) {
				t.Errorf("the record does not say %s", want)
			}
		}
		if strings.Contains(string(signed.Bytes), "Another text") {
			t.Error("a sheet changed what the office had written and approved")
		}
		other, err := o.Desk.AchievementIn(ctx, def.IRI[strings.LastIndexByte(def.IRI, '/')+1:], "fr")
		if err != nil || other.Name != "Science des données" || other.IRI != def.IRI+"/fr" {
			t.Errorf("in French: %+v, %v", other, err)
		}

		view, err := o.Desk.Definition(ctx, o.Registrar, def.ID)
		if err != nil || len(view.Changes) != 0 || view.Awards != 1 {
			t.Fatalf("%+v, %v", view, err)
		}
		changed := view.Work
		changed.Body.Description = "What it is now."
		if def, err = o.Desk.SaveDefinition(ctx, writer(o), def.ID, def.Version, changed); err != nil {
			t.Fatal(err)
		}
		if def.State != record.DefinitionDraft {
			t.Errorf("a changed definition is %s", def.State)
		}
		if view, err = o.Desk.Definition(ctx, o.Registrar, def.ID); err != nil || len(view.Changes) != 1 || view.Changes[0].Member != "description" {
			t.Errorf("changes: %+v, %v", view.Changes, err)
		}
		agree(o, def)
		if string(o.Current(o.Learner("Amara").RecordID).Bytes) != string(signed.Bytes) {
			t.Error("what was signed changed")
		}
		first, err := o.Desk.AchievementVersion(ctx, def.IRI[strings.LastIndexByte(def.IRI, '/')+1:], "1")
		if err != nil || !strings.Contains(string(first.Body), "What it is.") {
			t.Errorf("the first version: %+v, %v", first, err)
		}
		all, err := o.Desk.PublicCatalogue(ctx, o.Institution.ID, "")
		if err != nil || len(all) != 1 || all[0].Version != "2" || !strings.Contains(string(all[0].Body), "What it is now.") {
			t.Errorf("the catalogue: %+v, %v", all, err)
		}
	})
}

// TestTwoPeopleWriteOne: whoever comes second is told, nothing is overwritten unseen, and the second may insist.
func TestTwoPeopleWriteOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		o := registrartest.New(t, db)
		def, err := o.Desk.Define(ctx, writer(o), course("Ethics", "PHIL 1"))
		if err != nil {
			t.Fatal(err)
		}
		first, second := course("Ethics I", "PHIL 1"), course("Ethics II", "PHIL 1")
		saved, err := o.Desk.SaveDefinition(ctx, writer(o), def.ID, def.Version, first)
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.Desk.SaveDefinition(ctx, o.Registrar, def.ID, def.Version, second)
		wantKind(t, err, record.Conflict)
		if e, ok := err.(*record.Error); !ok || e.Code != registrar.CodeChanged {
			t.Errorf("%v", err)
		}
		if v, err := o.Desk.Definition(ctx, o.Registrar, def.ID); err != nil || v.Work.Body.Name != "Ethics I" {
			t.Errorf("kept %q, %v", v.Work.Body.Name, err)
		}
		if _, err = o.Desk.SaveDefinition(ctx, o.Registrar, def.ID, saved.Version, second); err != nil {
			t.Error(err)
		}
	})
}

// TestDefinitionStates walks every act from every state.
func TestDefinitionStates(t *testing.T) {
	ctx := t.Context()
	o := registrartest.New(t, storetest.SQLite(t))
	def := define(o, course("Ethics", "PHIL 1"))
	move := func(actor record.Actor, act registrar.DefinitionAct, note string, kind record.Kind) {
		t.Helper()
		got, err := o.Desk.MoveDefinition(ctx, actor, def.ID, def.Version, act, note)
		wantKind(t, err, kind)
		if err == nil {
			def = got
		}
	}
	move(o.Approver, registrar.ActApprove, "", record.Conflict)
	move(writer(o), registrar.ActSubmit, "", record.Conflict)
	move(writer(o), registrar.ActRetire, " ", record.Invalid)
	move(o.Approver, registrar.ActRetire, "old", record.Forbidden)
	move(writer(o), registrar.ActRetire, "replaced by PHIL 2", "")
	if all, err := o.Desk.PublicCatalogue(ctx, o.Institution.ID, ""); err != nil || len(all) != 0 {
		t.Errorf("what is retired is in the public catalogue: %v, %v", all, err)
	}
	if a, _, err := o.Desk.Achievement(ctx, def.IRI[strings.LastIndexByte(def.IRI, '/')+1:]); err != nil {
		t.Errorf("what is retired does not answer any more: %v, %v", a, err)
	}
	_, err := o.Desk.SaveDefinition(ctx, writer(o), def.ID, def.Version, course("Ethics", "PHIL 1"))
	wantKind(t, err, record.Conflict)
	entered, err := o.Desk.Enter(ctx, o.Registrar, []registrar.Entry{{Name: "A", Email: "a@example.org", Achievement: "PHIL 1", Detail: record.AwardDetail{AwardedOn: "2026-01-01"}}}, true)
	if err != nil || entered[0].State != registrar.RowRejected {
		t.Errorf("what is retired was awarded: %+v, %v", entered, err)
	}
	move(writer(o), registrar.ActApprove, "", record.Conflict)
	move(writer(o), registrar.ActRestore, "", "")
	if def, err = o.Desk.SaveDefinition(ctx, o.Registrar, def.ID, def.Version, course("Ethics now", "PHIL 1")); err != nil {
		t.Fatal(err)
	}
	move(writer(o), registrar.ActSubmit, "", "")
	move(writer(o), registrar.ActApprove, "", record.Forbidden)   // no approver
	move(o.Registrar, registrar.ActApprove, "", record.Forbidden) // who wrote it
	move(o.Approver, registrar.ActReturn, "", record.Invalid)
	move(o.Approver, registrar.ActReturn, "say how it is earned", "")
	if def.State != record.DefinitionDraft || def.Note != "say how it is earned" {
		t.Errorf("%+v", def)
	}
	move(writer(o), registrar.ActDiscard, "", "")
	if v, err := o.Desk.Definition(ctx, o.Registrar, def.ID); err != nil || v.Work.Body.Name != "Ethics" || v.State != record.DefinitionApproved {
		t.Errorf("after the draft was given up: %+v, %v", v.Work.Body, err)
	}
	move(record.Actor{Account: "x", Institution: "elsewhere", Roles: record.Roles}, registrar.ActSubmit, "", record.NotFound)
}

// TestDefinitionRefusals: what could never be signed, or is an attack, is refused with a sentence.
func TestDefinitionRefusals(t *testing.T) {
	ctx := t.Context()
	o := registrartest.New(t, storetest.SQLite(t))
	degree, module := define(o, course("Degree", "D")), define(o, course("Module", "M"))
	link := func(def *record.Definition, typ, target string) error {
		w := course("Degree", "D")
		w.Links = []record.Link{{Type: typ, Target: target}}
		_, err := o.Desk.SaveDefinition(ctx, writer(o), def.ID, def.Version, w)
		return err
	}
	w := course("Module", "M")
	w.Links = []record.Link{{Type: "isPartOf", Target: degree.IRI}}
	saved, err := o.Desk.SaveDefinition(ctx, writer(o), module.ID, module.Version, w)
	if err != nil {
		t.Fatal(err)
	}
	agree(o, saved)
	for name, err := range map[string]error{
		"circle": link(degree, "isChildOf", module.IRI), "self": link(degree, "isRelatedTo", degree.IRI), "word": link(degree, "isBetterThan", module.IRI),
		"nowhere": link(degree, "isPartOf", "https://elsewhere.example/x"),
	} {
		wantKind(t, err, record.Invalid)
		if name == "circle" && !strings.Contains(err.Error(), "“Module”") {
			t.Errorf("the circle is not named: %v", err)
		}
	}
	for name, change := range map[string]func(*ob.Achievement){
		"no name":   func(a *ob.Achievement) { a.Name = " " },
		"long name": func(a *ob.Achievement) { a.Name = strings.Repeat("x", 301) },
		"controls":  func(a *ob.Achievement) { a.Description = "a\x00b" },
		"overrides": func(a *ob.Achievement) { a.Name = "Harmless\u202egpj" },
		"type":      func(a *ob.Achievement) { a.AchievementType = "Hackathon" },
		"extension": func(a *ob.Achievement) { a.AchievementType = "ext:a b" },
		"criteria":  func(a *ob.Achievement) { a.Criteria.ID = "javascript:alert(1)" },
		"language":  func(a *ob.Achievement) { a.InLanguage = "English" },
		"alignment": func(a *ob.Achievement) {
			a.Alignment = []ob.Alignment{{TargetName: "x", TargetURL: "javascript:alert(1)"}}
		},
		"image":   func(a *ob.Achievement) { a.Image = &ob.Image{ID: "data:image/svg+xml,<svg/>"} },
		"bounds":  func(a *ob.Achievement) { a.ResultDescription[0].ValueMin, a.ResultDescription[0].ValueMax = "9", "1" },
		"number":  func(a *ob.Achievement) { a.ResultDescription[0].ValueMin = "few" },
		"needed":  func(a *ob.Achievement) { a.ResultDescription[0].RequiredValue = "Z" },
		"level":   func(a *ob.Achievement) { a.ResultDescription[0].RequiredLevel = "urn:none" },
		"rubric":  func(a *ob.Achievement) { a.ResultDescription[0].ResultType = ob.ResultRubricCriterionLevel },
		"twice":   func(a *ob.Achievement) { a.ResultDescription[0].AllowedValue = []string{"A", "A"} },
		"kind":    func(a *ob.Achievement) { a.ResultDescription[0].ResultType = "Guess" },
		"results": func(a *ob.Achievement) { a.ResultDescription = make([]ob.ResultDescription, 1000) },
	} {
		work := course("New", "N")
		work.Body.ResultDescription = []ob.ResultDescription{{Name: "Grade", ResultType: ob.ResultLetterGrade, AllowedValue: []string{"A", "B"}}}
		change(&work.Body)
		_, err := o.Desk.Define(ctx, writer(o), work)
		if record.KindOf(err) != record.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, err = o.Desk.Define(ctx, writer(o), course("Again", "D"))
	wantKind(t, err, record.Conflict)
	empty, err := o.Desk.Define(ctx, writer(o), registrar.DefinitionWork{Body: ob.Achievement{Name: "Draft", AchievementType: "Course"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Desk.MoveDefinition(ctx, writer(o), empty.ID, empty.Version, registrar.ActSubmit, "")
	wantKind(t, err, record.Invalid)
}

// TestImportOvertakesADraft: a file brings what somebody is writing; approving says so, and saving once more settles it.
func TestImportOvertakesADraft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		o := registrartest.New(t, db)
		def, err := o.Desk.Define(ctx, writer(o), course("Data Science, mine", "DS 101"))
		if err != nil {
			t.Fatal(err)
		}
		o.Import(registrartest.Sheet)
		if def, err = o.Desk.MoveDefinition(ctx, writer(o), def.ID, def.Version, registrar.ActSubmit, ""); err != nil {
			t.Fatal(err)
		}
		_, err = o.Desk.MoveDefinition(ctx, o.Approver, def.ID, def.Version, registrar.ActApprove, "")
		if e, ok := err.(*record.Error); !ok || e.Code != registrar.CodeOvertaken {
			t.Fatalf("got %v", err)
		}
		v, err := o.Desk.Definition(ctx, o.Registrar, def.ID)
		if err != nil || !v.Overtaken || len(v.Changes) == 0 {
			t.Fatalf("%+v, %v", v, err)
		}
		if def, err = o.Desk.SaveDefinition(ctx, writer(o), def.ID, def.Version, v.Work); err != nil {
			t.Fatal(err)
		}
		agree(o, def)
		held, err := o.Desk.CatalogueItems(ctx, o.Registrar, "mine", "")
		if err != nil || len(held) != 1 || held[0].Achievement.Version != "2" {
			t.Errorf("%+v, %v", held, err)
		}
		again := o.Import(registrartest.Sheet)
		if again.Counts.New != 0 || again.Counts.Changed != 0 || again.Counts.Catalogue != 0 {
			t.Errorf("the same file a second time: %+v", again.Counts)
		}
	})
}

// TestEditAnImportedEntry: the definition begins with what the file said, and keeps the ids of its results.
func TestEditAnImportedEntry(t *testing.T) {
	ctx := t.Context()
	o := registrartest.New(t, storetest.SQLite(t))
	o.Import(registrartest.Sheet)
	o.Issue()
	list, err := o.Desk.CatalogueItems(ctx, o.Registrar, "DS 101", "")
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	def, err := o.Desk.EditAchievement(ctx, writer(o), list[0].Achievement.ID)
	if err != nil {
		t.Fatal(err)
	}
	v, err := o.Desk.Definition(ctx, o.Registrar, def.ID)
	if err != nil || v.State != record.DefinitionApproved || len(v.Changes) != 0 || v.Work.Body.ResultDescription[0].ID != def.IRI+"#lettergrade" {
		t.Fatalf("%+v, %v", v.Work.Body, err)
	}
	work := v.Work
	work.Body.Name = "Data Science I"
	if def, err = o.Desk.SaveDefinition(ctx, writer(o), def.ID, def.Version, work); err != nil {
		t.Fatal(err)
	}
	agree(o, def)
	again, err := o.Desk.EditAchievement(ctx, writer(o), list[0].Achievement.ID)
	if err != nil || again.ID != def.ID {
		t.Errorf("a second definition was made: %+v, %v", again, err)
	}
	if _, err = o.Desk.EditAchievement(ctx, o.Approver, list[0].Achievement.ID); record.KindOf(err) != record.Forbidden {
		t.Errorf("an approver opened it for editing: %v", err)
	}
}

func TestProgrammes(t *testing.T) {
	ctx := t.Context()
	o := registrartest.New(t, storetest.SQLite(t))
	degree := define(o, course("Degree", "0"))
	var courses []*record.Definition
	for n := 1; n <= 3; n++ {
		w := course(fmt.Sprintf("Course %d", n), fmt.Sprint(n))
		w.Links = []record.Link{{Type: "isPartOf", Target: degree.IRI}}
		if n > 1 {
			w.Links = append(w.Links, record.Link{Type: "replacedBy", Target: courses[0].IRI})
		}
		courses = append(courses, define(o, w))
	}
	tree, err := o.Desk.Programmes(ctx, o.Registrar)
	if err != nil || len(tree) != 1 || len(tree[0].Parts) != 3 || tree[0].Parts[2].Achievement.Name != "Course 3" {
		t.Fatalf("%+v, %v", tree, err)
	}
	// A file may bring what the screen refuses: a circle is shown once and ends.
	err = o.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.PutAssociation(ctx, record.Association{Institution: o.Institution.ID, Type: "isPartOf", Source: degree.IRI, Target: courses[0].IRI})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if tree, err = o.Desk.Programmes(ctx, o.Registrar); err != nil || len(tree) != 1 {
		t.Errorf("%+v, %v", tree, err)
	}
}

func TestPictures(t *testing.T) {
	ctx := t.Context()
	o := registrartest.New(t, storetest.SQLite(t))
	const good = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><defs><linearGradient id="g"><stop offset="0" stop-color="#0F5E63"/></linearGradient></defs><circle cx="5" cy="5" r="4" fill="url(#g)"/></svg>`
	url, err := o.Desk.AddPicture(ctx, writer(o), []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.Desk.Picture(ctx, record.PictureID(url[strings.LastIndexByte(url, '/')+1:]))
	if err != nil || string(p.Bytes) != good || p.Media != "image/svg+xml" {
		t.Errorf("%+v, %v", p, err)
	}
	if again, err := o.Desk.AddPicture(ctx, writer(o), []byte(good)); err != nil || again != url {
		t.Errorf("the same picture has another address: %s, %v", again, err)
	}
	svg := func(inside string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">` + inside + `</svg>`
	}
	for name, bad := range map[string]string{
		"script": svg(`<script>alert(1)</script>`), "handler": svg(`<g onload="alert(1)"/>`), "foreign": svg(`<foreignObject><body/></foreignObject>`),
		"outer use": svg(`<use xlink:href="https://evil.example/x.svg#a"/>`), "image": svg(`<image href="https://evil.example/x.png"/>`), "style": svg(`<style>@import url(x)</style>`),
		"outer fill": svg(`<g fill="url(https://evil.example/#a)"/>`), "style url": svg(`<g style="background:URL('//evil.example')"/>`), "animate": svg(`<animate attributeName="href"/>`),
		"entities": `<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>`, "sheet": `<?xml-stylesheet href="x.css"?>` + svg(""),
		"html": `<html><svg/></html>`, "cut": `<svg><g>`, "many": svg(strings.Repeat("<g/>", 6000)), "text": "GIF89a", "png": "\x89PNG\r\n\x1a\nxxxx",
		"wide": "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00",
	} {
		_, err := o.Desk.AddPicture(ctx, writer(o), []byte(bad))
		if record.KindOf(err) != record.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, err = o.Desk.AddPicture(ctx, writer(o), make([]byte, registrar.MaxPicture+1))
	wantKind(t, err, record.TooLarge)
	_, err = o.Desk.AddPicture(context.Background(), o.Approver, []byte(good))
	wantKind(t, err, record.Forbidden)
}

// TestCatalogueRoles: who has no business with the catalogue is refused, and a stranger is not told what there is.
func TestCatalogueRoles(t *testing.T) {
	o := registrartest.New(t, storetest.SQLite(t))
	def := define(o, course("Ethics", "PHIL 1"))
	o.Import(registrartest.Sheet)
	amara := o.Learner("Amara").ID
	f, err := o.Desk.UploadFramework(t.Context(), o.Registrar, []registrar.File{{Name: "skills.csv", Data: []byte(skills)}}, false)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	acts := map[string]func(record.Actor) error{
		"Define":          func(x record.Actor) error { return second(o.Desk.Define(ctx, x, course("New", "N"))) },
		"EditAchievement": func(x record.Actor) error { return second(o.Desk.EditAchievement(ctx, x, def.Base)) },
		"SaveDefinition": func(x record.Actor) error {
			return second(o.Desk.SaveDefinition(ctx, x, def.ID, def.Version, course("X", "PHIL 1")))
		},
		"MoveDefinition": func(x record.Actor) error {
			return second(o.Desk.MoveDefinition(ctx, x, def.ID, def.Version, registrar.ActRetire, "r"))
		},
		"Discard": func(x record.Actor) error {
			return second(o.Desk.MoveDefinition(ctx, x, def.ID, def.Version, registrar.ActDiscard, ""))
		},
		"Definition":       func(x record.Actor) error { return second(o.Desk.Definition(ctx, x, def.ID)) },
		"Framework":        func(x record.Actor) error { return second(o.Desk.Framework(ctx, x, f.ID)) },
		"ShowFramework":    func(x record.Actor) error { return o.Desk.ShowFramework(ctx, x, f.ID, true) },
		"RemoveFramework":  func(x record.Actor) error { return o.Desk.RemoveFramework(ctx, x, f.ID) },
		"Assembly":         func(x record.Actor) error { return second(o.Desk.Assembly(ctx, x, amara, "")) },
		"Assemble":         func(x record.Actor) error { return second(o.Desk.Assemble(ctx, x, amara, registrar.AssemblyRequest{})) },
		"WithdrawAssembly": func(x record.Actor) error { return o.Desk.WithdrawAssembly(ctx, x, amara, "x", "r") },
		"PreviewWith":      func(x record.Actor) error { return second(o.Desk.PreviewWith(ctx, x, amara, nil)) },
	}
	for name, act := range acts {
		for who, actor := range map[string]record.Actor{
			"stranger": {}, "elsewhere": {Account: "e", Institution: "elsewhere", Roles: record.Roles},
			"learner":  {Account: "l", Institution: o.Institution.ID, Learner: amara, Roles: []record.Role{record.RoleLearner}},
			"operator": {Account: "p", Institution: o.Institution.ID, Roles: []record.Role{record.RoleOperator}},
		} {
			kind := record.KindOf(act(actor))
			if name == "Define" && who == "elsewhere" || name[:4] == "Asse" && who == "elsewhere" && kind == record.NotFound {
				continue // defining is about the actor's own institution
			}
			if outside := who == "stranger" || who == "elsewhere"; outside && kind != record.NotFound || kind != record.NotFound && kind != record.Forbidden {
				t.Errorf("%s as %s: %v", name, who, kind)
			}
		}
	}
	if now, err := o.Desk.Definition(ctx, o.Registrar, def.ID); err != nil || now.Definition.Version != def.Version {
		t.Errorf("somebody who may not changed the definition: %+v, %v", now, err)
	}
}

func second[T any](_ T, err error) error { return err }
