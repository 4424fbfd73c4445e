package web

import "github.com/openlaurel/laurel/internal/registrar"

func classroomStories() []story {
	rows := []RuleRow{{ID: "r1", Name: "Data minor", Target: "MIN-1 Data Minor", Parts: []string{"DS 101 Introduction to Data Science", "STAT 210 Statistics II"}, Needed: 2, Drafted: 31, From: day("2026-06-30")},
		{ID: "r2", Name: "Safety", Target: "Lab Safety", Parts: []string{"LAB 1"}, Needed: 1, Drafted: 4, Off: true}}
	told := func(n int) registrar.Count { return registrar.Count{N: n, Kind: registrar.CountTold} }
	few, nearly, hidden := registrar.Count{Kind: registrar.CountFew}, registrar.Count{Kind: registrar.CountNearly}, registrar.Count{Kind: registrar.CountHidden}
	view := registrar.Coverage{Programme: registrar.Programme{ID: "p1", Name: "BSc Data Science", Code: "BSC", Courses: 12}, Size: told(240),
		Cohorts: []registrar.Cohort{{Year: "2023", Size: told(120)}, {Year: "2024", Size: told(112)}, {Year: "2025", Size: hidden}},
		Expectations: []registrar.Expectation{
			{URL: "https://f.example/1", Name: "Data cleaning", Framework: "Harbour Data Framework", Taught: []string{"DS 101 Introduction to Data Science"}, Assessed: []string{"DS 101 Introduction to Data Science", "DS 210 Practice"}, Demonstrated: told(201), ByCohort: []registrar.Count{told(118), told(80), hidden}},
			{URL: "https://f.example/2", Name: "Research ethics", Framework: "Harbour Data Framework", Taught: []string{"ETH 1 Ethics"}, Demonstrated: few, ByCohort: []registrar.Count{few, nearly, hidden}},
			{URL: "https://f.example/3", Name: "تواصل النتائج", Demonstrated: nearly, ByCohort: []registrar.Count{told(30), hidden, hidden}}}}
	return []story{
		{"coverage-list", titled(house(&CoverageList{Rows: []registrar.Programme{view.Programme}}, "staff"), "Coverage", false), ""},
		{"coverage-none", titled(house(&CoverageList{}, "staff"), "Coverage", false), ""},
		{"coverage", titled(house(&CoveragePage{View: view, Heat: heat(&view)}, "staff"), "BSc Data Science", true), ""},
		{"rules", titled(house(&Rules{Rows: rows, MayEdit: true, Names: []string{"Data Minor", "Lab Safety"}, Typed: map[string]string{"name": "Honours", "target": "HON-9", "parts": "DS 101", "least": "", "from": ""}, Error: "“HON-9”: there is no such achievement in the catalogue; GET /api/achievements lists them, an import adds one."}, "staff"), "Award rules", true), ""},
		{"rules-none", titled(house(&Rules{Typed: map[string]string{}}, "staff"), "Award rules", true), ""},
		{"rule", titled(house(&RulePage{Row: rows[0], MayEdit: true, Hits: []HitRow{{"a1", "l1", "Amara Okafor", "DS 101 Introduction to Data Science; STAT 210 Statistics II", "draft", day("2026-06-30")}, {"a2", "l2", "Luis Ángel Peña", "DS 101 Introduction to Data Science; STAT 210 Statistics II", "issued", day("2026-06-30")}}}, "staff"), "Data minor", true), ""},
	}
}
