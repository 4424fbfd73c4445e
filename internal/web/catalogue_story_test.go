package web

import (
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/render"
)

func storyTypes(chosen string) []TypeGroup {
	all, err := render.NewCatalogue(own)
	if err != nil {
		panic(err)
	}
	c := &call{words: all.Match("en")}
	return c.achievementTypeGroups(chosen)[:4]
}

func storyDefinition() *registrar.DefinitionView {
	return &registrar.DefinitionView{Definition: record.Definition{ID: "d1", State: record.DefinitionReview, Version: 4, Note: "Say which labs must be passed."}, Current: &record.Achievement{Version: "2"}, Prepared: "Ruth Castellanos", MayApprove: true, Awards: 48,
		Work: registrar.DefinitionWork{Body: ob.Achievement{Name: "Introduction to Data Science"}}}
}

func storyTree() []*TreeItem {
	return []*TreeItem{{Name: "BSc Data Science", Type: "Bachelor's degree", Open: true, Href: "/desk/catalogue/bsc", Below: []*TreeItem{
		{Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Href: "/desk/catalogue/ds-101", Below: []*TreeItem{{Name: "Cleaning data", Code: "A.1", Type: "Competency", Text: "Cleans an unfamiliar data set and documents every decision."}}},
		{Name: "Statistics II", Code: "STAT 210", Type: "Course", Note: "after Introduction to Data Science", Href: "/desk/catalogue/stat-210", Again: true}, {Name: "علم الأخلاق", Code: "PHIL 140", Type: "Course", Hidden: 3}}}}
}

func catalogueStories() []story {
	form := DefinitionForm{Name: "Introduction to Data Science", Type: "Course", Description: "The life cycle of data.", Criteria: "Pass all labs.", Code: "DS 101", Field: "Data science", Credits: "4", Language: "en", Tags: "data\npython"}
	edit := &DefinitionPage{ID: "d1", Version: 4, State: "review", Form: form, Types: storyTypes("Course"), View: storyDefinition(), MayWrite: true, Image: "/pictures/p1", Caption: "A laurel wreath", Public: "/achievements/ds-101",
		Changes: []registrar.Change{{Member: "description", Before: "The life of data.", After: "The life cycle of data."}}, Results: []ResultRow{{0, "Final grade", "Letter grade", "F · D · C · B · A"}, {1, "Cleaning data", "Rubric level", "Beginning · Practised · Proficient"}},
		Texts: []record.Text{{Lang: "fr", Name: "Introduction à la science des données"}, {Lang: "ar", Name: "مدخل إلى علم البيانات"}}, Aligned: []AlignedRow{{0, "Clean data", "A.1", "Harbour Data Framework", "https://case.example/1"}},
		Links: []LinkRow{{0, "Part of", "BSc Data Science"}}, Incoming: []render.Relation{{Kind: "follows", Target: render.Ref{Name: "Statistics II"}}}, Acts: []ActButton{{"approve", false}, {"return", true}, {"discard", false}}}
	clash := &DefinitionPage{ID: "d1", Version: 5, State: "draft", Form: form, Types: storyTypes("Course"), View: storyDefinition(), MayWrite: true, Error: "Ruth Castellanos saved this achievement while you were writing; compare, and save again if yours shall stand.",
		Theirs: []registrar.Change{{Member: "name", Before: "Data Science I", After: "Introduction to Data Science"}, {Member: "credits", Before: "3", After: "4"}}, Acts: []ActButton{{"submit", false}}}
	result := &DefinitionResult{ID: "d1", Name: "Introduction to Data Science", Version: 4, At: 1, MayWrite: true, Types: []Choice{{"LetterGrade", "Letter grade", false}, {"RubricCriterionLevel", "Rubric level", true}},
		Form:    ResultForm{Name: "Cleaning data", Type: "RubricCriterionLevel", NeededLevel: "1", Levels: []LevelField{{"l1", "Beginning", "Follows a worked example.", "1"}, {"l2", "Practised", "Cleans a known kind of file.", "2"}, {}}},
		Aligned: []AlignedRow{{0, "Clean data", "A.1", "Harbour Data Framework", ""}}}
	text := &DefinitionText{ID: "d1", Name: form.Name, Version: 4, Was: "fr", Form: record.Text{Lang: "fr", Name: "Introduction à la science des données", Description: "Le cycle de vie des données."}, Original: form, MayWrite: true}
	align := &Pick{ID: "d1", Name: form.Name, Version: 4, Result: -1, Search: "clean", Frameworks: []Choice{{"", "Every framework", true}, {"f1", "Harbour Data Framework", false}},
		Hits: []PickHit{{Name: "Clean data", Code: "A.1", Text: "Cleans an unfamiliar data set and documents every decision.", From: "Harbour Data Framework", URL: "https://case.example/1", Type: "CFItem"}, {Name: "Clean a wound", From: "ESCO", URL: "http://data.europa.eu/esco/skill/1"}}}
	relate := &Pick{ID: "d1", Name: form.Name, Version: 4, Relate: true, Result: -1, Relations: []Choice{{"isPartOf", "Part of", false}, {"precedes", "Comes before", false}}, Hits: []PickHit{{Name: "BSc Data Science", From: "Bachelor's degree", IRI: "https://records.harbour.example/achievements/bsc"}}}
	rows := []FrameworkRow{{ID: "f1", Title: "Harbour Data Framework", Kind: "CASE framework", IRI: "https://case.example/doc", Public: true, Since: day("2026-01-10")}, {ID: "f2", Title: "ESCO, digital skills", Kind: "ESCO", Since: day("2026-01-11"), Older: true}}
	desk := &DeskFramework{Row: rows[0], Publisher: "Harbour University", Edition: "2025", Attribution: "Made by the faculty; CC BY 4.0.", Items: 214, Tree: storyTree(), MayWrite: true, PublicURL: "/frameworks/f1"}
	branch := &PublicFramework{Row: rows[0], Items: 214, At: storyTree()[0], Tree: storyTree()[0].Below, Downloads: []Download{{Label: "As CASE (JSON)", Href: "?as=case"}, {Label: "As CTDL-ASN (JSON-LD)", Href: "?as=ctdl"}}}
	item := &FrameworkItem{Name: "Clean data", Code: "A.1", Text: "Cleans an unfamiliar data set and documents every decision.", Type: "Competency", IRI: "https://case.example/1", Framework: rows[0], Above: []render.Ref{{Name: "Working with data", Anchor: "/frameworks/f1/items/a"}}, Below: storyTree()[0].Below, Downloads: branch.Downloads[:1]}
	list := &PublicCatalogue{Name: "Harbour University", Next: "/achievements?after=a2", Downloads: []Download{{Label: "Data (JSON-LD)", Href: "?as=json"}},
		Groups: []CatalogueGroup{{"Courses", []CatalogueRow{{ID: "a1", Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Href: "/achievements/a1"}, {ID: "a2", Name: "علم الأخلاق", Code: "PHIL 140", Type: "Course", Href: "/achievements/a2"}}}}}
	templates := &Templates{MayWrite: true, Rows: []TemplateRow{{ID: "t1", Name: "Official transcript", Kind: "Transcript", Types: []string{"Course", "Bachelor's degree"}, Own: true}, {ID: "whole", Name: "Whole record", Kind: "Whole record"}}}
	template := &TemplateEdit{ID: "t1", Version: 2, Name: "Official transcript", Kinds: []Choice{{"transcript", "Transcript", true}, {"whole", "Whole record", false}}, Types: storyTypes("Course"), Extension: "ext:Hackathon", MayWrite: true}
	assemble := &Assemble{Row: PersonRow{ID: "l1", Name: "Amara Okafor"}, Template: "transcript", Templates: template.Kinds, TypeWords: []string{"Course", "Degree"}, MayWrite: true, Out: 1, Waiting: 2, Catalogue: []Choice{{"a1", "DS 101 Introduction to Data Science", false}},
		Items: []AssembleItem{{"c1", "Introduction to Data Science", "Course", day("2025-05-20"), false, true}, {"c2", "Statistics II", "Course", day("2025-05-20"), true, false}}, Made: []registrar.Assembled{{ID: "k1", URI: "https://records.harbour.example/records/1", Name: "Transcript of Amara Okafor", Since: storyTime, Number: 2}}}
	preview := &PersonPreview{Row: PersonRow{ID: "l1", Name: "Amara Okafor"}, Templates: template.Kinds, Template: "transcript", View: "machine", JSON: "{\n  \"type\": [\"VerifiableCredential\", \"ClrCredential\"]\n}", Before: "/desk/people/l0/preview", After: "/desk/people/l2/preview", LeftOut: 2}
	return []story{
		{"definition", titled(house(edit, "staff"), form.Name, true), ""}, {"definition-new", titled(house(&DefinitionPage{State: "draft", Form: DefinitionForm{Type: "Course", Language: "en"}, Types: storyTypes("Course"), MayWrite: true}, "staff"), "New achievement", true), ""},
		{"definition-clash", titled(house(clash, "staff"), form.Name, true), ""}, {"definition-result", titled(house(result, "staff"), "Cleaning data", true), ""}, {"definition-text", titled(house(text, "staff"), "In other languages", true), ""},
		{"pick-align", titled(house(align, "staff"), "Align", true), ""}, {"pick-relate", titled(house(relate, "staff"), "Relate", true), ""}, {"catalogue-tree", titled(house(&CatalogueTree{Roots: storyTree()}, "staff"), "Programmes", true), ""},
		{"frameworks", titled(house(&Frameworks{Rows: rows, MayWrite: true}, "staff"), "Frameworks", true), ""}, {"framework-desk", titled(house(desk, "staff"), "Harbour Data Framework", true), ""},
		{"frameworks-public", titled(house(&PublicFrameworks{Rows: rows}, "public"), "Frameworks", false), ""}, {"framework-branch", titled(house(branch, "public"), "Harbour Data Framework", false), ""}, {"framework-item", titled(house(item, "public"), "Clean data", false), ""},
		{"achievements", titled(house(list, "public"), "What can be earned here", false), ""}, {"templates", titled(house(templates, "staff"), "Kinds of record", true), ""}, {"template", titled(house(template, "staff"), "Kind of record", true), ""},
		{"assemble", titled(house(assemble, "staff"), "Assemble a record", true), ""}, {"preview-machine", titled(house(preview, "staff"), "Amara Okafor", true), ""},
	}
}
