package web

import (
	"fmt"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/render"
)

// browsed is a record's page as the handler fills it.
func browsed(rec *render.Record, view string, f Filter) *MyRecord {
	p := &MyRecord{Record: rec, Browsed: Browsed{At: "/my", View: view, Filter: f}, Contact: "registrar@harbour.example", Map: true}
	c := storyCall()
	mine := &learner.MyRecord{}
	hrefs := map[string]string{}
	for _, s := range rec.Sections {
		for _, g := range s.Groups {
			for _, l := range g.Lines {
				hrefs[l.Anchor] = "/my/items/" + l.Anchor
			}
		}
	}
	c.lay(&p.Browsed, rec, mine.Answers, hrefs)
	return p
}

// longShare is a share of a thousand courses.
func longShare(f Filter) *SharePage {
	rec := longRecord(1000)
	rec.Learner.Name = "Amara Okafor"
	p := &SharePage{Path: "/shares/x", Record: rec, Whole: true, Issuers: []render.Party{university}, Long: &Browsed{At: "/shares/x", Filter: f}, CanPrint: true}
	hrefs := map[string]string{}
	for _, g := range rec.Sections[0].Groups {
		for _, l := range g.Lines {
			hrefs[l.Anchor] = "/shares/x?item=" + l.Anchor
		}
	}
	storyCall().lay(p.Long, rec, nil, hrefs)
	p.Long.Skills = skillsOf(rec, hrefs)
	return titled(house(p, "public"), "Shared record", false).(*SharePage)
}

// longRecord has n courses over many terms.
func longRecord(n int) *render.Record {
	rec := amara()
	rec.Verdict = render.Verdict{Mark: render.Verified, Total: n, Good: n, OwnSeal: n, Issuers: 1, By: "Harbour University"}
	sec := render.Section{Kind: "courses"}
	for i := range n {
		year := 2026 - i/40
		term := fmt.Sprintf("Spring %d", year)
		if len(sec.Groups) == 0 || sec.Groups[len(sec.Groups)-1].Heading != term {
			sec.Groups = append(sec.Groups, render.Group{Heading: term})
		}
		g := &sec.Groups[len(sec.Groups)-1]
		g.Lines = append(g.Lines, render.Line{Anchor: fmt.Sprintf("i%d", i+1), Name: fmt.Sprintf("Course %d", n-i), Code: fmt.Sprintf("HU %04d", n-i), Type: "Course", Issuer: university, IsPublisher: true, Date: day(fmt.Sprintf("%d-05-20", year)), Term: term, Outcome: "B+", Earned: "3", Mark: render.Verified, Seal: render.OwnSeal})
	}
	rec.Sections = []render.Section{sec}
	return rec
}

// ownStories are the pages of a learner's whole record.
func ownStories() []story {
	item := amara().Sections[3].Groups[0].Lines[0]
	item.Relations = nil
	atlas := newAtlas(amara(), map[string]string{"i1": "/my/items/1", "i9": "/my/items/9"}, func(id string) string { return storyCall().words.Or("relation."+id, id) }, "Shows")
	chart := &MyMap{Picture: atlas.draw("A map of your record", false)}
	chart.Programmes, chart.Others = atlas.lists()
	waiting := []NewItem{{"a", "Introduction to Data Science", "Course", "A-", day("2025-05-20"), render.Verified}, {"b", "Statistics II", "Course", "B", day("2025-05-20"), render.Verified}}
	return []story{
		{"my-record-long", titled(house(browsed(longRecord(1000), "", Filter{}), "my"), "My record", false), ""},
		{"my-record-found", titled(house(browsed(longRecord(1000), "", Filter{Query: "course", Term: "Spring 2020", from: 0}), "my"), "My record", false), ""},
		{"my-record-long-time", titled(house(browsed(longRecord(1000), "time", Filter{from: 100}), "my"), "My record", false), ""},
		{"share-long", longShare(Filter{}), ""},
		{"share-long-item", longShare(Filter{Item: "i5"}), ""},
		{"my-item", titled(house(&MyItem{Ref: "1", Share: "1", Line: item, Ours: true, Answer: "kept", Note: "The hardest part was saying what I threw away.", Relations: []ItemRelation{{"isPartOf", ItemLink{"BSc Data Science", "/my/items/9"}}, {"precedes", ItemLink{"Statistics II", "/my/items/2"}}}}, "my"), "Introduction to Data Science", false), ""},
		{"my-new", titled(house(&MyNew{Waiting: waiting, Total: len(waiting) + 7, More: 7, Declined: waiting[:1]}, "my"), "New in my record", false), ""},
		{"my-new-none", titled(house(&MyNew{}, "my"), "New in my record", false), ""},
		{"my-map", titled(house(chart, "my"), "Map", false), ""},
		{"my-choices", titled(house(&MyChoices{Choices: []KeptChoice{{"1", "For employers", false, 4, day("2026-05-02")}, {"2", "Graduate school", true, 0, day("2026-04-11")}}}, "my"), "Kept choices", false), ""},
		{"my-choices-none", titled(house(&MyChoices{}, "my"), "Kept choices", false), ""},
		{"my-addresses", titled(house(&MyAddresses{SignIn: "amara@harbour.example", Others: []AddressLine{{"1", "amara@home.example", true, false}, {"2", "okafor@oldschool.example", true, true}, {"3", "amara.okafor@work.example", false, false}}}, "my"), "My addresses", false), ""},
		{"my-addresses-error", titled(house(&MyAddresses{SignIn: "amara@harbour.example", Typed: "amara", Error: "This is not a mail address, such as name@example.org."}, "my"), "My addresses", false), ""},
		{"confirm-address", titled(house(&ConfirmAddress{Token: "t", Email: "okafor@oldschool.example", Joins: true}, "my"), "Is this your address?", false), ""},
		{"offline", titled(house(&Offline{}, "public"), "You are not connected", false), ""},
		{"my-map-none", titled(house(&MyMap{}, "my"), "Map", false), ""},
	}
}

// storyCall is a call that knows English and nothing else.
func storyCall() *call {
	catalogue, err := render.NewCatalogue(own)
	if err != nil {
		panic(err)
	}
	return &call{words: catalogue.Match("en")}
}
