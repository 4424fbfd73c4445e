package gap_test

import (
	"fmt"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/gap"
)

// A course grade says "about this", not "at this level": the row says so, and what would change it without another course.
func ExampleAnalyse() {
	c := &gap.Case{
		AsOf:   "2026-06-01",
		Scales: map[string][]string{"https://u.example.edu/scale/4": {"Aware", "Practised", "Proficient", "Expert"}},
		Target: framework.Requirement{ID: "job", Name: "Analyst", Op: framework.All, Of: []framework.Requirement{
			{ID: "stats", Name: "Statistical inference", Skill: "https://skills.example.org/s/stats", Essential: true, Level: &framework.Level{Scale: "https://u.example.edu/scale/4", AtLeast: "Proficient"}},
		}},
		Claims: []gap.Claim{{ID: "c1", Name: "STAT 210 Statistics II", AchievementType: "Course", AchievementAlignment: []string{"https://skills.example.org/s/stats"},
			Results: []gap.Result{{Type: "LetterGrade", Value: "B"}}, Date: "2025-05-20"}},
	}
	a := gap.Analyse(c)
	fmt.Printf("%d of %d met, %d with something to show\n", a.Essential.Firm, a.Essential.Of, a.Essential.Possible)
	for _, row := range gap.Explain(c, a).Rows {
		fmt.Println(row.Says[0])
		fmt.Println(row.Routes[0].Says)
	}
	// Output:
	// 0 of 1 met, 1 with something to show
	// **STAT 210 Statistics II** is about this, and you passed it (B). It has no result for **Statistical inference** itself, so we cannot say at what level.
	// You could ask for a skill check, or for an assessment of prior learning.
}
