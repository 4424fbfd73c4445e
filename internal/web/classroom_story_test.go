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
	ours := ClassroomAddresses{Login: "https://records.harbour.example/lti/login", Launch: "https://records.harbour.example/lti/launch", Keys: "https://records.harbour.example/lti/keys"}
	form := PlatformForm{ID: "1", Name: "Campus Moodle", Issuer: "https://learn.harbour.example", Client: "Xb6n", Auth: "https://learn.harbour.example/mod/lti/auth.php", Token: "https://learn.harbour.example/mod/lti/token.php", Keys: "https://learn.harbour.example/mod/lti/certs.php", Deployments: "1\n2", On: true, Version: 3}
	activity := ActivityRow{ID: "k1", RuleID: "r3", Target: "CO-17 Peer Tutoring", Course: "DS 101, spring", ChosenBy: "Tess Teacher", Least: 60, Drafted: 12, Connected: true, Read: day("2026-05-20")}
	return []story{
		{"coverage-list", titled(house(&CoverageList{Rows: []registrar.Programme{view.Programme}}, "staff"), "Coverage", false), ""},
		{"coverage-none", titled(house(&CoverageList{}, "staff"), "Coverage", false), ""},
		{"coverage", titled(house(&CoveragePage{View: view, Heat: heat(&view)}, "staff"), "BSc Data Science", true), ""},
		{"rules", titled(house(&Rules{Rows: rows, MayEdit: true, Names: []string{"Data Minor", "Lab Safety"}, Typed: map[string]string{"name": "Honours", "target": "HON-9", "parts": "DS 101", "least": "", "from": ""}, Error: "“HON-9”: there is no such achievement in the catalogue; GET /api/achievements lists them, an import adds one."}, "staff"), "Award rules", true), ""},
		{"rules-none", titled(house(&Rules{Typed: map[string]string{}}, "staff"), "Award rules", true), ""},
		{"rule", titled(house(&RulePage{Row: rows[0], MayEdit: true, Hits: []HitRow{{"a1", "l1", "Amara Okafor", "DS 101 Introduction to Data Science; STAT 210 Statistics II", "draft", day("2026-06-30")}, {"a2", "l2", "Luis Ángel Peña", "DS 101 Introduction to Data Science; STAT 210 Statistics II", "issued", day("2026-06-30")}}}, "staff"), "Data minor", true), ""},
		{"rule-of-results", titled(house(&RulePage{Row: RuleRow{ID: "r3", Name: "Campus Moodle: DS 101", Target: "CO-17 Peer Tutoring"}, MayEdit: true}, "staff"), "Campus Moodle: DS 101", true), ""},
		{"classroom", titled(house(&Classroom{Ours: ours, MayEdit: true, Form: PlatformForm{On: true}, Rows: []ClassroomRow{{"/desk/classroom/1", "Campus Moodle", "lti", "https://learn.harbour.example", false}, {"/desk/classroom/2", "Student system", "oneroster", "https://sis.harbour.example/ims/oneroster/rostering/v1p2", true}}}, "staff"), "Classroom systems", true), ""},
		{"classroom-refused", titled(house(&Classroom{Ours: ours, MayEdit: true, Form: form, Error: "Key set address: http://learn.harbour.example/keys must be https."}, "staff"), "Classroom systems", true), ""},
		{"platform", titled(house(&PlatformPage{Ours: ours, MayEdit: true, Form: form, Links: []ActivityRow{activity, {ID: "k2", RuleID: "r4", Target: "DS 101 Introduction to Data Science", Trouble: "the members: learn.harbour.example answers 403 Forbidden"}}}, "staff"), "Campus Moodle", true), ""},
		{"platform-none", titled(house(&PlatformPage{Ours: ours, Form: form}, "staff"), "Campus Moodle", true), ""},
		{"activity", titled(house(&ActivityPage{Row: activity, Platform: "1", MayEdit: true, Results: []ActivityResult{{"Amara Okafor", "l1", "a1", "81 of 100", "changed", day("2026-05-20")}, {"Ann Other ann@example.edu", "", "", "70 of 100", "unmatched", day("2026-05-20")}, {"نور الهاشمي", "l3", "a3", "92 of 100", "drafted", day("2026-05-20")}, {"Luis Ángel Peña", "l2", "", "59 of 100", "below", day("2026-05-20")}}}, "staff"), "Peer Tutoring", true), ""},
		{"activity-new", titled(house(&ActivityPage{Row: ActivityRow{ID: "k1", RuleID: "r3", Target: "CO-17 Peer Tutoring"}, Platform: "1"}, "staff"), "Peer Tutoring", true), ""},
		{"roster", titled(house(&RosterPage{MayEdit: true, Form: RosterForm{ID: "2", Name: "Student system", Address: "https://sis.harbour.example/ims/oneroster/rostering/v1p2", Gradebook: "https://sis.harbour.example/ims/oneroster/gradebook/v1p2", Token: "https://sis.harbour.example/token", Client: "laurel", On: true}, Pulls: []PullRow{{State: "failed", Rows: 12500, Trouble: "results: sis.harbour.example answers 503 Service Unavailable", Began: day("2026-05-20")}, {State: "done", Rows: 48210, BatchID: "b1", Began: day("2026-01-20")}}}, "staff"), "Student system", true), ""},
		{"roster-running", titled(house(&RosterPage{Form: RosterForm{ID: "2", Name: "Student system"}, MayEdit: true, Pulls: []PullRow{{State: "running", Rows: 4000, Began: day("2026-05-20")}}}, "staff"), "Student system", true), ""},
		{"lti-activity", titled(house(&LtiActivity{Name: "Peer Tutoring", Description: "Weekly tutoring of first-year students.", Address: "https://records.harbour.example/achievements/1", Course: "DS 101, spring", Least: 60, Teaches: true, Connected: true}, "public"), "Peer Tutoring", false), ""},
		{"lti-activity-learner", titled(house(&LtiActivity{Name: "تعليم الأقران"}, "public"), "تعليم الأقران", false), ""},
		{"lti-choose", titled(house(&LtiChoose{Token: "x", Course: "DS 101, spring", Names: []string{"Peer Tutoring", "Data Science"}, Error: "That could not be taken. Write the achievement’s name or code as it stands in the catalogue, and a percentage from 0 to 100.", Typed: "Tutoring", Least: "60"}, "public"), "Choose an achievement", false), ""},
		{"lti-return", titled(house(&LtiReturn{Address: "https://learn.harbour.example/back", JWT: "e30.e30.x"}, "public"), "Back to your course", false), ""},
		{"lti-refused", titled(house(&LtiRefused{Why: "The learning platform is known, but not this part of it. Tell whoever looks after the platform.", Detail: "the deployment \"9\" is not entered here"}, "public"), "This could not be opened", false), ""},
	}
}
