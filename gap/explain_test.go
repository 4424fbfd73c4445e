package gap

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlaurel/laurel/framework"
)

var update = flag.Bool("update", false, "write the golden files anew")

// read is an explanation as a learner reads it.
func read(e *Explanation) string {
	var b strings.Builder
	for _, r := range e.Rows {
		fmt.Fprintf(&b, "%s\n", r.ID)
		for _, m := range r.Says {
			fmt.Fprintf(&b, "  %s\n", m)
		}
		for _, route := range r.Routes {
			fmt.Fprintf(&b, "  %s: %s\n", route.Kind, route.Says)
		}
	}
	for _, m := range e.NotCounted {
		fmt.Fprintln(&b, m)
	}
	return b.String()
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestExplainWorkedExample puts the worked example into words.
func TestExplainWorkedExample(t *testing.T) {
	c := golden(t)
	checkGolden(t, "testdata/worked-example.txt", read(Explain(c, Analyse(c))))
}

// TestExplainEveryState has one claim and leaf for every sentence that the worked example does not need.
func TestExplainEveryState(t *testing.T) {
	scale := map[string][]string{"s": {"Aware", "Practised", "Proficient"}, "other": {"0", "100"}}
	level := &framework.Level{Scale: "s", AtLeast: "Proficient"}
	result := func(skill, scale, level string) []Result {
		return []Result{{Alignment: []string{skill}, Scale: scale, AchievedLevel: level}}
	}
	c := &Case{AsOf: "2026-06-01", Scales: scale, Levels: map[string]map[string]string{"s": {"Proficient": "Works alone."}},
		Framework: []framework.Association{{Type: "isChildOf", Origin: "part", Destination: "path"}, {Type: "precedes", Origin: "near", Destination: "later"}},
		Target: framework.Requirement{Op: framework.All, Of: []framework.Requirement{
			{ID: "unconfirmed", Name: "Weaving", Skill: "unconfirmed"}, {ID: "outOfDate", Name: "Dyeing", Skill: "outOfDate", MaxAgeMonths: 12},
			{ID: "levels", Name: "Spinning", Skill: "levels", Level: level}, {ID: "noLevel", Name: "Carding", Skill: "noLevel", Level: level},
			{ID: "other", Name: "Felting", Skill: "other", Level: level}, {ID: "path", Name: "Textiles", Skill: "path"}, {ID: "near", Name: "Sewing", Skill: "near"},
			{ID: "tier", Name: "Knitting", Skill: "tier", MinTier: "A"}, {ID: "own", Name: "Lace", Skill: "own"},
			{ID: "typical", Name: "Mathematics", Skill: "typical", Typical: &framework.Typical{Importance: 4, Level: 3.94, Of: 7, AnchorLevel: 4, Anchor: "measure a room"}},
			{ID: "one", Op: framework.All, Exclusive: true, Of: []framework.Requirement{{ID: "x", Name: "Loom", Skill: "loom"}, {ID: "y", Name: "Frame", Skill: "loom"}}},
		}},
		Claims: []Claim{
			{ID: "1", Name: "Weaver", AchievementType: "Competency", AchievementAlignment: []string{"unconfirmed"}, Unchecked: true},
			{ID: "2", Name: "Dyer", Results: result("outOfDate", "", ""), Date: "2020-02-03"},
			{ID: "3", Name: "Spinner", Issuer: "Guild", Results: result("levels", "s", "Aware")},
			{ID: "4", Name: "Carder", Issuer: "Guild", Results: result("noLevel", "s", "")},
			{ID: "5", Name: "Felter", Issuer: "Guild", Results: []Result{{Alignment: []string{"other"}, Scale: "other", Value: "82"}}},
			{ID: "6", Name: "Part", Results: result("part", "", "")}, {ID: "7", Name: "Later", Results: result("later", "", "")},
			{ID: "8", Name: "Knitter", Results: result("tier", "", "x")},
			{ID: "9", Name: "Lacemaker", Results: []Result{{Alignment: []string{"own"}, Value: "C", RequiredValue: "B", AllowedValue: []string{"C", "B", "A"}}}},
			{ID: "10", Name: "Loom builder", Results: result("loom", "", "")},
			{ID: "11", Name: "Withdrawn", Revoked: true}, {ID: "12", Name: "Unpassed", Status: "Failed"},
		}}
	checkGolden(t, "testdata/every-state.txt", read(Explain(c, Analyse(c))))
}

// TestMessagesAreWhole: every message that can be said is in the catalogue and finds all its arguments.
func TestMessagesAreWhole(t *testing.T) {
	argument := regexp.MustCompile(`\{(\w+)(?:\|day)?\}`)
	check := func(t *rapid.T, m Message) {
		text, ok := Messages[m.ID]
		if !ok {
			t.Fatalf("%s is not in the catalogue", m.ID)
		}
		for _, a := range argument.FindAllStringSubmatch(text, -1) {
			if _, ok := m.Args[a[1]]; !ok {
				t.Fatalf("%s has no %s", m.ID, a[1])
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		a := Analyse(c)
		e := Explain(c, a)
		for i, r := range e.Rows {
			if len(r.Says) == 0 || r.ID != a.Rows[i].ID {
				t.Fatalf("row %s, %s: says %v", a.Rows[i].ID, a.Rows[i].State, r.Says)
			}
			for _, m := range r.Says {
				check(t, m)
			}
			for _, route := range r.Routes {
				check(t, route.Says)
			}
		}
		for _, m := range e.NotCounted {
			check(t, m)
		}
	})
}
