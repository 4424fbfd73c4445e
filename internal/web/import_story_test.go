package web

func importColumnsStory() *ImportColumns {
	targets := func(chosen string) []Choice {
		return []Choice{{"", "Not used", chosen == ""}, {"learner_given_name", "Person: given name", chosen == "learner_given_name"}, {"learner_id", "Person: student number", chosen == "learner_id"}, {"awarded_on", "Awarded on", chosen == "awarded_on"}}
	}
	return &ImportColumns{Step: stepColumns, Batch: "b1", FileName: "workshop.xlsx", Source: "Workshop", Sheets: []Choice{{"Spring", "Spring", true}, {"Autumn", "Autumn", false}},
		Error: "“student” and “id” are both matched to learner_id; choose one.",
		Columns: []ColumnChoice{{Name: "first_name", Header: "First Name", Samples: []string{"Zoë", "نور", "Ali"}, Guess: "name", Targets: targets("learner_given_name")},
			{Name: "completed", Header: "Completed", Samples: []string{"01/02/2025"}, Guess: "values", Targets: targets("awarded_on")}, {Name: "room", Header: "Room", Samples: []string{"B 12"}, Targets: targets("")}, {Name: "ssn", Header: "SSN", Sensitive: true}},
		Constant: []ConstantField{{"achievement_type", "Achievement: type", "Certificate"}, {"term", "Term", ""}}}
}
