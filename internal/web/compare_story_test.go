package web

import (
	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/render"
)

func compareStories() []story {
	at := render.Date{Time: storyTime}
	cleaning := ComparedState{Candidate: "Amara Okafor", State: gap.Met, Glyph: "verified", Claim: "DS 101 Introduction to Data Science", Tier: "A", Says: []string{"DS 101 Introduction to Data Science: Proficient, asked Practised"}}
	sql := ComparedState{Candidate: "Amara Okafor", State: gap.Partly, Glyph: "unchecked", Claim: "SQL skill check", Tier: "B", Says: []string{"Practised; asked Proficient, one step higher"}}
	none := ComparedState{Candidate: "Amara Okafor", State: gap.NotShown, Glyph: "unchecked"}
	expired := ComparedState{Candidate: "luis.json", State: gap.Expired, Glyph: "expired", Claim: "Responsible Data Use", Tier: "B", Says: []string{"Responsible Data Use, until 30 June 2025"}}
	rows := []ComparedLine{{Name: "Data cleaning", Essential: true, Level: "Practised", Cells: []ComparedState{cleaning}}, {Name: "SQL querying", Essential: true, Level: "Proficient", Cells: []ComparedState{sql}}, {Name: "Spreadsheet modelling", Cells: []ComparedState{none}}}
	two := []ComparedLine{{Name: "Data cleaning", Essential: true, Cells: []ComparedState{cleaning, none}}, {Name: "Data privacy", Cells: []ComparedState{none, expired}}}
	kept := employer.ComparedWith{Name: "Junior data analyst", Source: "City Transit", Version: "3", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
	return []story{
		{"compare", titled(house(&CompareAsk{Action: "/shares/x/compare", Goals: []employer.Goal{{ID: "https://x.example/1", Name: "Data Scientists", Framework: "O*NET"}}}, "public"), "Compare", false), ""},
		{"compare-files", titled(house(&CompareAsk{Action: "/compare", Files: true, Links: "https://records.harbour.example/shares/x", Find: "data", More: true, Error: "Choose at least one record."}, "public"), "Compare", false), ""},
		{"compared", titled(house(&Compared{Again: "/shares/x/compare", Name: "Junior data analyst", Profile: kept, AsOf: at, Candidates: []ComparedHead{{Name: "Amara Okafor", Mark: render.Verified, Href: "/shares/x"}}, Rows: rows, Text: "We need SQL and data cleaning.",
			Named: []NamedSkill{{ID: "https://x.example/2", Name: "Data cleaning", Framework: "Harbour Data Framework", Sentence: "We need SQL and data cleaning", Taken: true}}}, "public"), "Compare", false), ""},
		{"compared-several", titled(house(&Compared{Again: "/compare", Name: "Junior data analyst", AsOf: at, Profile: withUnread(kept), Candidates: []ComparedHead{{Name: "amara.json", Mark: render.Verified}, {Name: "luis.json", Mark: render.Expired}}, Rows: two, Forms: []InlineFile{{Label: "Table (CSV)", File: "comparison.csv", Href: "data:text/csv;base64,eA=="}, {Label: "Data (JSON)", File: "comparison.json", Href: "data:application/json;base64,e30="}}}, "public"), "Compare", true), ""},
		{"marks", titled(house(&Marks{Claim: snippet("https://records.harbour.example/my", "Get your record"), Check: snippet("https://records.harbour.example/verify", "Check a record")}, "public"), "Marks", false), ""},
	}
}

func withUnread(k employer.ComparedWith) employer.ComparedWith {
	k.Unread = []string{"SQL, Querying databases", "Good spirits"}
	return k
}
