package web

import (
	"html/template"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

func goalStories() []story {
	counts := GoalCounts{Of: 7, Firm: 2, Partial: 4, None: 1, OptionalOf: 2, OptionalFirm: 1, OptionalAny: 2}
	after := GoalCounts{Of: 7, Firm: 3, Partial: 3, None: 1, OptionalOf: 2, OptionalFirm: 1, OptionalAny: 2}
	levels := []string{"Aware", "Practised", "Proficient", "Expert"}
	goal := &GoalPage{ID: "g1", Name: "Junior data analyst", Source: "City Transit, version 3", Version: 2, NoteAt: 1, Note: "The river line needs this.", Counts: counts, Optional: true,
		Rows: []GoalRow{
			{ID: "t2", Name: "Data cleaning", Essential: true, State: "met", Glyph: "verified", Needed: "Practised", Shown: "Proficient", Tier: "A", Levels: levels, Estimate: "Practised",
				Says:  []template.HTML{"You have shown <b><bdi>Data cleaning</bdi></b> at <b><bdi>Proficient</bdi></b>."},
				Chain: []ChainLink{{Name: "DS 101 Introduction to Data Science", Issuer: "Harbour University", Date: day("2025-05-20")}, {Name: "Data cleaning"}}},
			{ID: "t1", Name: "SQL querying", Essential: true, State: "partly", Needed: "Proficient", Shown: "Practised", Tier: "B", Levels: levels, After: "met",
				Says:   []template.HTML{"You have shown <b><bdi>SQL querying</bdi></b> at <b><bdi>Practised</bdi></b>. The goal asks <b><bdi>Proficient</bdi></b>, one step higher."},
				Chain:  []ChainLink{{Name: "SQL skill check", Issuer: "Harbour University", Date: day("2025-10-02")}, {Word: "Same as"}, {Name: "SQL querying"}},
				Routes: []GoalRoute{{Say: "You could ask Harbour University to record the level.", Href: "/my/requests/new?about=x", Act: "Ask the office"}}},
			{ID: "t3", Name: "Statistical inference", Essential: true, State: "indirect", Needed: "Proficient", Levels: levels, Tier: "C"},
			{ID: "t5", Name: "Communicating findings", Essential: true, State: "self_asserted", Glyph: "stated"},
			{ID: "t6", Name: "Data privacy and ethics", Essential: true, State: "expired", Glyph: "expired"},
			{ID: "t7", Name: "Spreadsheet modelling", Essential: true, State: "not_yet", Routes: []GoalRoute{{Say: "You could add work that shows it.", Href: "/my/stated/new", Act: "Add it as your own statement"}}},
			{ID: "t8", Name: "Python for analysis", State: "in_progress"}, {ID: "t9", Name: "العمل الجماعي", State: "cannot_compare"},
		},
		Offers: []GoalOffer{{ID: "o1", Name: "Responsible Data Use", Credits: "0", Now: true, Meets: []string{"Data privacy and ethics"}}, {ID: "o2", Name: "SQL for Analysts", Credits: "4", Now: true, Meets: []string{"SQL querying"}, Tried: true},
			{ID: "o3", Name: "Analytics capstone", Credits: "6", After: []string{"SQL for Analysts"}, Meets: []string{"SQL querying", "Statistical inference"}}},
		After: &after, Plan: []string{"Responsible Data Use", "SQL for Analysts"}, Credits: 4, Left: []string{"Spreadsheet modelling"}, Says: []string{"This page uses O*NET data (CC BY 4.0)."}, Ignored: []template.HTML{"Old course is not counted: it was not completed."}}
	suggested := []framework.Suggestion{{Node: framework.Node{ID: "https://case.example/1", Name: "SQL querying"}, Framework: "Harbour Data Framework", Exact: true, Sentence: "You bring SQL querying and curiosity"},
		{Node: framework.Node{ID: "https://case.example/2", Name: "Data cleaning"}, Framework: "Harbour Data Framework", Sentence: "You clean our data"}}
	aims := []learner.Aim{{Ref: "framework/f#g", Name: "Junior data analyst", Source: "City Transit", Kind: "target"}, {Ref: "framework/f#1", Name: "Inquiry with data", Code: "IQ", Source: "Harbour graduate capabilities", Kind: "case"}, {Ref: "programme/p", Name: "BSc Data Science", Code: "BSC-DS", Source: "Harbour University", Kind: "programme"}}
	return []story{
		{"goals", titled(house(&MyGoals{Goals: []GoalCard{{ID: "g1", Name: "Junior data analyst", Source: "City Transit, version 3", Counts: counts}, {ID: "g2", Name: "BSc Data Science", Source: "Harbour University", Counts: after}}}, "my"), "Goals", false), "en"},
		{"goals-none", titled(house(&MyGoals{}, "my"), "Goals", false), "en"},
		{"goal-new", titled(house(&NewGoal{Aims: aims, More: true, Search: "data"}, "my"), "New goal", false), "en"},
		{"goal-new-error", titled(house(&NewGoal{Error: "Give the goal a name and paste the text.", Text: "We look for"}, "my"), "New goal", false), "en"},
		{"goal-skills", titled(house(&GoalSkills{Name: "Analyst", Text: "You bring SQL", Source: "jobs.example", Suggested: suggested}, "my"), "Which skills are meant?", false), "en"},
		{"goal-skills-none", titled(house(&GoalSkills{Name: "Analyst", Text: "x"}, "my"), "Which skills are meant?", false), "en"},
		{"goal", titled(house(goal, "my"), "Junior data analyst", true), "en"},
		{"goal-how", titled(house(&HowGaps{}, "my"), "How this is worked out", false), "en"},
	}
}

func collectStories() []story {
	talk := record.StatementBody{Name: "Talk at the data club", Type: "Achievement", Description: "Twenty minutes on why buses bunch, with questions.", End: "2026-02-11",
		Evidence: []record.Evidence{{URL: "https://portfolio.example/talk", Name: "Slides"}, {}, {}}, Skills: []record.Alignment{{URL: "https://case.example/9", Name: "Communicating findings"}}}
	types := []Choice{{Value: "Achievement", Label: "Achievement", Chosen: true}, {Value: "CommunityService", Label: "Community service"}}
	said := []Confirmation{{ID: "c1", Email: "tom@club.example", Answer: "confirmed", Name: "Tom Ek", Role: "ran the club", Text: "The best talk of the year.", At: day("2026-03-01"), Holds: true, Signed: true}, {ID: "c2", Email: "a@x.example", Answer: "open"}}
	return []story{
		{"add", titled(house(&Add{Brought: []BroughtLine{{Name: "Data Visualisation Certificate", Outcome: "new", Mark: render.Verified, Person: "same"}, {Name: "notes.txt", Outcome: "refused", Refused: "The input is no credential."}},
			Kept:   []KeptLine{{ID: "k1", Name: "Data Visualisation Certificate", Issuer: chart, Mark: render.Verified, Person: "same", Came: day("2026-06-01")}, {ID: "k2", Name: "Welding", Issuer: transit, Mark: render.Unchecked, Person: "other", Came: day("2026-06-02")}},
			Stated: []StatedLine{{ID: "s1", Name: "Talk at the data club", Type: "Achievement", Confirmed: 1, Asked: 2}}}, "my"), "Add", false), "en"},
		{"add-empty", titled(house(&Add{}, "my"), "Add", false), "en"},
		{"stated", titled(house(&State{ID: "s1", Version: 2, Body: talk, Types: types, Confirmations: said}, "my"), "Stated by you", false), "en"},
		{"stated-error", titled(house(&State{Error: "Give it a name of at most 200 bytes.", Types: types}, "my"), "Stated by you", false), "en"},
		{"confirm", titled(house(&Confirm{Token: "t", Learner: "Amara Okafor", House: "Harbour University", Body: talk}, "public"), "Confirm", false), "en"},
		{"confirm-changed", titled(house(&Confirm{Token: "t", Learner: "Amara Okafor", House: "Harbour University", Body: talk, Changed: true}, "public"), "Confirm", false), "en"},
		{"confirm-done", titled(house(&ConfirmDone{Confirmed: true}, "public"), "Thank you", false), "en"},
	}
}

func requestStories() []story {
	thread := ThreadView{ID: "q1", Name: "Statistics II", Kind: "correction", State: "open", Learner: "Amara Okafor", LearnerID: "l1", Version: 1, Asked: day("2026-05-20"), Due: day("2026-06-20"),
		Messages: []ThreadMessage{{Author: "Amara Okafor", Text: "The grade was B+, not B.", At: day("2026-05-20")}, {Author: "Ruth Castellanos", Office: true, Text: "We have asked the examiner.", At: day("2026-05-22")}}}
	late := thread
	late.ID, late.Overdue, late.Name = "q2", true, "Data Visualisation Certificate"
	kinds := []Choice{{Value: "correction", Label: "Something is wrong", Chosen: true}, {Value: "level", Label: "The level that I reached is not recorded"}}
	return []story{
		{"requests", titled(house(&Requests{Threads: []ThreadView{thread}}, "my"), "Requests", false), "en"},
		{"requests-none", titled(house(&Requests{}, "my"), "Requests", false), "en"},
		{"requests-desk", titled(house(&Requests{Desk: true, State: "open", Threads: []ThreadView{late, thread}, Error: "This was changed in another window meanwhile."}, "staff"), "Requests", false), "en"},
		{"request-new", titled(house(&NewRequest{Items: []Choice{{Value: "1", Label: "STAT 210 Statistics II", Chosen: true}}, Kinds: kinds}, "my"), "Something is wrong?", false), "en"},
		{"notices", titled(house(&Notices{Email: "amara@harbour.example", Kinds: []Choice{{Value: "issued", Label: "something was added to my record", Chosen: true}, {Value: "revoked", Label: "something was withdrawn or suspended"}}, Guardian: true}, "my"), "Mail to you", false), "en"},
		{"guardian", titled(house(&Guardian{Token: "t", Learner: "Kim Lee", House: "Harbour University", Answer: "allowed", Open: 2}, "public"), "Sharing", false), "en"},
	}
}
