package web

import "github.com/openlaurel/laurel/render"

func programStories() []story {
	day := render.Date{Time: storyTime}
	p := &Programs{Made: &MadeSecret{Name: "Nightly grades", Token: "lrl_ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, MayAsk: true, Scopes: []string{"read", "awards", "awards.issue", "awards.revoke"},
		Events: []string{"award.issued", "credential.revoked", "import.staged"},
		Keys: []ProgramKey{{ID: "1", Name: "Nightly grades", Prefix: "lrl_ABCDEF", Scopes: []string{"read", "awards"}, Since: day, Open: true, Mine: true},
			{ID: "2", Name: "مزامنة المقررات", Prefix: "lrl_GHIJKL", Scopes: []string{"read"}, Since: day, Used: day, Ends: day, Open: true}, {ID: "3", Name: "Pilot", Prefix: "lrl_MNOPQR", Scopes: []string{"read"}, Since: day, Used: day}},
		Hooks: []ProgramHook{{ID: "4", URL: "https://lms.rowanvalley.example/hooks/laurel", Events: []string{"award.issued"}, Failing: day, Deliveries: []ProgramDelivery{
			{ID: "msg_1", Event: "award.issued", At: day, Attempts: 1, Done: true}, {ID: "msg_2", Event: "award.issued", At: day, Attempts: 3, Error: "the receiver answered 503"}, {ID: "msg_3", Event: "award.issued", At: day}}},
			{ID: "5", URL: "https://gone.example/", Off: true}}}
	p.Title, p.Wide = "Programs", true
	return []story{{name: "programs", page: p}, {name: "programs-empty", page: &Programs{Shell: Shell{Title: "Programs", Wide: true}, Scopes: p.Scopes}}}
}
