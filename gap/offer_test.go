package gap_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
)

func offer(t *testing.T, r *gap.Record, text string) gap.Offer {
	t.Helper()
	doc, err := ijson.Parse([]byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	a := ob.ReadAchievement(doc.Root())
	return r.Offer(&a)
}

func TestOffer(t *testing.T) {
	r := gap.Read(ijson.Value{}, nil)
	for name, c := range map[string]struct {
		achievement string
		want        gap.Offer
	}{
		"a skill check gives its required level": {`{"id":"u:sql","type":["Achievement"],"name":"SQL check","humanCode":"SC 1","achievementType":"Assessment","creditsAvailable":2,
			"resultDescription":[{"id":"u:sql#r","type":["ResultDescription"],"name":"Level","resultType":"RubricCriterionLevel","requiredLevel":"u:2",
			"alignment":[{"type":["Alignment"],"targetName":"SQL","targetUrl":"s:sql"}],
			"rubricCriterionLevel":[{"id":"u:1","type":["RubricCriterionLevel"],"name":"Aware"},{"id":"u:2","type":["RubricCriterionLevel"],"name":"Practised"}]}]}`,
			gap.Offer{ID: "u:sql", Name: "SC 1 SQL check", Type: "Assessment", Credits: 2, Grants: []gap.Grant{{Skill: "s:sql", Scale: "u:sql#r", PassLevel: "Practised"}}}},
		"a course about a skill gives nothing": {`{"id":"u:c","type":["Achievement"],"name":"Course","achievementType":"Course","alignment":[{"type":["Alignment"],"targetName":"SQL","targetUrl":"s:sql"}],
			"resultDescription":[{"id":"u:c#g","type":["ResultDescription"],"name":"Grade","resultType":"LetterGrade","allowedValue":["F","D","A"],"requiredValue":"D"}]}`,
			gap.Offer{ID: "u:c", Name: "Course", Type: "Course"}},
		"a competency gives itself": {`{"id":"u:k","type":["Achievement"],"name":"SQL","achievementType":"Competency","alignment":[{"type":["Alignment"],"targetName":"SQL","targetUrl":"s:sql"}]}`,
			gap.Offer{ID: "u:k", Name: "SQL", Type: "Competency", Grants: []gap.Grant{{Skill: "s:sql"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, offer(t, r, c.achievement)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
	if got := r.Scales["u:sql#r"]; len(got) != 2 || got[1] != "Practised" {
		t.Errorf("the scale is %q", got)
	}
}

// A renewal that passes meets what ran out, and a check at the level asked meets what was below it.
func TestOfferMeets(t *testing.T) {
	r := gap.Read(ijson.Value{}, nil)
	sql := offer(t, r, `{"id":"u:k","type":["Achievement"],"name":"SQL","achievementType":"Competency","alignment":[{"type":["Alignment"],"targetName":"SQL","targetUrl":"s:sql"}]}`)
	a := gap.Analyse(&gap.Case{AsOf: "2026-06-01", Target: framework.Requirement{Name: "T", Op: framework.All, Of: []framework.Requirement{{ID: "1", Name: "SQL", Skill: "s:sql", Essential: true}}},
		Claims: []gap.Claim{{ID: "c", Name: "SQL", Achievement: "u:k", AchievementType: "Competency", AchievementAlignment: []string{"s:sql"}, ValidUntil: "2025-01-01"}}, Catalogue: []gap.Offer{sql}})
	if a.Rows[0].State != gap.Expired || len(a.Recommendations) != 1 || a.Recommendations[0].GainEssential != 1 {
		t.Errorf("%s, %+v", a.Rows[0].State, a.Recommendations)
	}
}
