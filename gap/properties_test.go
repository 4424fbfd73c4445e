package gap

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlaurel/laurel/framework"
)

var (
	testScales = map[string][]string{"s4": {"Aware", "Practised", "Proficient", "Expert"}, "s2": {"No", "Yes"}}
	relations  = []string{"isChildOf", "isPartOf", "exactMatchOf", "precedes", "replacedBy", "isRelatedTo", "ext:likes"}
	statuses   = []string{"", "Completed", "Enrolled", "Failed", "Withdrew", "Provisional"}
)

func node(t *rapid.T) string { return fmt.Sprintf("n:%d", rapid.IntRange(0, 6).Draw(t, "node")) }

func drawClaim(t *rapid.T, id int) Claim {
	c := Claim{ID: fmt.Sprintf("c%02d", id), Name: "claim", Status: rapid.SampledFrom(statuses).Draw(t, "status"),
		Date:         fmt.Sprintf("20%02d-06-01", rapid.IntRange(20, 26).Draw(t, "year")),
		SelfAsserted: rapid.IntRange(0, 5).Draw(t, "self") == 0, Revoked: rapid.IntRange(0, 5).Draw(t, "revoked") == 0,
		Unchecked: rapid.IntRange(0, 5).Draw(t, "unchecked") == 0, Credits: float64(rapid.IntRange(0, 6).Draw(t, "credits"))}
	if rapid.Bool().Draw(t, "about") {
		c.AchievementAlignment = []string{node(t)}
	}
	if rapid.Bool().Draw(t, "competency") {
		c.AchievementType = "Competency"
	}
	if rapid.IntRange(0, 3).Draw(t, "expires") == 0 {
		c.ValidUntil = fmt.Sprintf("20%02d-12-31", rapid.IntRange(24, 27).Draw(t, "until"))
	}
	for range rapid.IntRange(0, 2).Draw(t, "results") {
		scale := rapid.SampledFrom([]string{"s4", "s2", ""}).Draw(t, "scale")
		r := Result{Alignment: []string{node(t)}, Scale: scale}
		if scale != "" {
			r.AchievedLevel = rapid.SampledFrom(testScales[scale]).Draw(t, "level")
		}
		c.Results = append(c.Results, r)
	}
	return c
}

func drawRequirement(t *rapid.T, depth int, next *int) framework.Requirement {
	*next++
	id := fmt.Sprintf("t%d", *next)
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") > 0 {
		leaf := framework.Requirement{ID: id, Name: id, Skill: node(t), Essential: rapid.Bool().Draw(t, "essential")}
		if rapid.Bool().Draw(t, "asks level") {
			leaf.Level = &framework.Level{Scale: "s4", AtLeast: rapid.SampledFrom(testScales["s4"]).Draw(t, "at least")}
		}
		if rapid.IntRange(0, 3).Draw(t, "ages") == 0 {
			leaf.MaxAgeMonths = rapid.IntRange(1, 60).Draw(t, "months")
		}
		return leaf
	}
	r := framework.Requirement{ID: id, Op: rapid.SampledFrom([]string{framework.All, framework.Any, framework.AtLeast, framework.Credits, framework.Count}).Draw(t, "op"),
		Number: float64(rapid.IntRange(1, 4).Draw(t, "number"))}
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		r.Of = append(r.Of, drawRequirement(t, depth-1, next))
	}
	// Leaves and credits of one exclusive group draw on the same claims, so that more for the ones may be less for the
	// others; the two are not one number, and the property is not claimed for them together.
	r.Exclusive = !amounts(&r) && rapid.IntRange(0, 2).Draw(t, "exclusive") == 0
	return r
}

func amounts(r *framework.Requirement) bool {
	return r.Op == framework.Credits || r.Op == framework.Count || slices.ContainsFunc(r.Of, func(p framework.Requirement) bool { return amounts(&p) })
}

func drawCase(t *rapid.T) *Case {
	next := 0
	c := &Case{AsOf: "2026-06-01", Scales: testScales}
	c.Target = framework.Requirement{ID: "t0", Op: framework.All}
	for range rapid.IntRange(1, 4).Draw(t, "roots") {
		c.Target.Of = append(c.Target.Of, drawRequirement(t, 2, &next))
	}
	for range rapid.IntRange(0, 12).Draw(t, "edges") {
		c.Framework = append(c.Framework, framework.Association{Type: rapid.SampledFrom(relations).Draw(t, "relation"), Origin: node(t), Destination: node(t)})
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "claims") {
		c.Claims = append(c.Claims, drawClaim(t, i))
	}
	return c
}

// leavesOf sums the leaves alone: in a tree that picks its best parts, Of may change with the record.
func leavesOf(a *Analysis) (firm, possible int) {
	for _, r := range a.Rows {
		if r.State == Met {
			firm++
		}
		if r.State != NotYet {
			possible++
		}
	}
	return firm, possible
}

// TestAddingNeverLowers: one more claim, of any kind, lowers neither number.
func TestAddingNeverLowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		before := Analyse(c)
		c.Claims = append(c.Claims, drawClaim(t, 99))
		after := Analyse(c)
		f0, p0 := leavesOf(before)
		f1, p1 := leavesOf(after)
		if f1 < f0 || p1 < p0 {
			t.Fatalf("firm %d → %d, possible %d → %d", f0, f1, p0, p1)
		}
		for i := range before.Rows {
			if after.Rows[i].State.rank() > before.Rows[i].State.rank() {
				t.Fatalf("row %s fell from %s to %s", before.Rows[i].ID, before.Rows[i].State, after.Rows[i].State)
			}
		}
		if after.Essential.Of == before.Essential.Of && after.Essential.Firm < before.Essential.Firm {
			t.Fatalf("essential %v → %v", before.Essential, after.Essential)
		}
	})
}

// TestOrderDoesNotMatter: shuffled claims and relations give the same answer to the letter.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		before := Analyse(c)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		c.Claims, c.Framework = slices.Clone(c.Claims), slices.Clone(c.Framework)
		r.Shuffle(len(c.Claims), func(i, j int) { c.Claims[i], c.Claims[j] = c.Claims[j], c.Claims[i] })
		r.Shuffle(len(c.Framework), func(i, j int) { c.Framework[i], c.Framework[j] = c.Framework[j], c.Framework[i] })
		after := Analyse(c)
		if diff := cmp.Diff(before.Rows, after.Rows); diff != "" {
			t.Fatalf("rows differ:\n%s", diff)
		}
		if before.Essential != after.Essential || before.Optional != after.Optional {
			t.Fatalf("counts differ: %v %v, %v %v", before.Essential, before.Optional, after.Essential, after.Optional)
		}
	})
}

// TestUnknownRelationsChangeNothing: relations that show nothing can be left out.
func TestUnknownRelationsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		before := Analyse(c)
		c.Framework = slices.DeleteFunc(slices.Clone(c.Framework), func(a framework.Association) bool { return a.Type == "isRelatedTo" || a.Type == "ext:likes" })
		if diff := cmp.Diff(before.Rows, Analyse(c).Rows); diff != "" {
			t.Fatalf("rows differ:\n%s", diff)
		}
	})
}

// TestOneReason: every row that is not met has one reason, and a met row has none and a claim that may count.
func TestOneReason(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		byID := map[string]Claim{}
		for _, claim := range c.Claims {
			byID[claim.ID] = claim
		}
		for _, r := range Analyse(c).Rows {
			if (r.State == Met) != (r.Limit == nil) {
				t.Fatalf("row %+v", r)
			}
			if r.Limit != nil && *r.Limit == "" {
				t.Fatalf("row %s has an empty reason", r.ID)
			}
			for _, id := range r.Because {
				if claim := byID[id]; r.State == Met && (claim.SelfAsserted || claim.Revoked || claim.Unchecked || unfinished(claim.Status)) {
					t.Fatalf("row %s is met by %+v", r.ID, claim)
				}
			}
		}
	})
}
