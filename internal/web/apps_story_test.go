package web

func appsStories() []story {
	does := []string{"read-records", "write-records", "offline"}
	asks := &AppAsks{Name: "Résumé Studio", Host: "studio.example", Terms: "https://studio.example/terms", Policy: "https://studio.example/privacy", Since: day("2026-05-01"), Does: does, Writes: true,
		Lasts: []Choice{{"once", "Only now: one hour", true}, {"30", "30 days", false}, {"365", "One year", false}}, Action: "/oauth/authorize/r", Ver: "1"}
	apps := &MyApps{Apps: []AppRow{{ID: "g1", Name: "Résumé Studio", Does: does, Since: day("2026-05-02"), Until: day("2026-06-01"), Use: day("2026-05-20")},
		{ID: "g2", Name: "مكتب القبول", Does: []string{"read-badges"}, Since: day("2026-06-03"), Until: day("2026-06-03")}},
		Hosts: []HostRow{{ID: "h1", Name: "Chart School", Address: "https://records.chartschool.example", State: "pulled", Done: 14, At: day("2026-06-02"), Ready: true, Follow: true},
			{ID: "h2", Name: "City Portfolio", Address: "https://portfolio.city.example/a/long/path/to/the/tenant/of/this/learner", State: "pushing", Done: 1, Total: 3, At: day("2026-06-03"), Busy: true},
			{ID: "h3", Name: "Old Host", Address: "https://old.example", State: "failed", Text: "The other host does not answer.", At: day("2026-06-01"), Ready: true}}}
	return []story{
		{"app-asks", titled(house(asks, "my"), "A program asks for your records", false), ""},
		{"my-apps", titled(house(apps, "my"), "Programs and hosts", false), ""},
		{"my-apps-none", titled(house(&MyApps{Error: "There is no CLR 2.0 host at this address.", Address: "https://x.example"}, "my"), "Programs and hosts", false), ""},
		{"host-leave", titled(house(&HostLeave{To: "https://x.example/oauth/authorize?a=b", Host: "x.example"}, "my"), "On to the other host", false), ""},
	}
}
