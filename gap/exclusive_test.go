package gap

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/framework"
)

func shows(id, date string, skills ...string) Claim {
	return Claim{ID: id, Name: id, Date: date, Results: []Result{{Alignment: skills}}, Credits: 3}
}

func leaf(id string) framework.Requirement {
	return framework.Requirement{ID: id, Name: id, Skill: id, Essential: true}
}

// TestExclusive: taking the first claim for the first leaf would meet one leaf; a matching meets both.
func TestExclusive(t *testing.T) {
	c := &Case{AsOf: "2026-01-01", Target: framework.Requirement{Op: framework.All, Exclusive: true, Of: []framework.Requirement{leaf("a"), leaf("b")}},
		Claims: []Claim{shows("old", "2020-01-01", "a", "b"), shows("new", "2025-01-01", "a")}}
	a := Analyse(c)
	if a.Essential != (Counts{2, 2, 2}) {
		t.Errorf("counts %+v", a.Essential)
	}
	if diff := cmp.Diff([]Assignment{{"a", "new"}, {"b", "old"}}, a.Assignments); diff != "" {
		t.Errorf("assignments (-want +got):\n%s", diff)
	}
	c.Claims = c.Claims[:1]
	a = Analyse(c)
	if a.Essential != (Counts{2, 1, 1}) {
		t.Errorf("counts of one claim: %+v", a.Essential)
	}
	if r := a.Rows[1]; r.State != NotYet || *r.Limit != limitServed || len(r.Also) != 1 {
		t.Errorf("the leaf that went without: %+v", r)
	}
	c.Target.Exclusive = false
	if a = Analyse(c); a.Essential != (Counts{2, 2, 2}) || a.Assignments != nil {
		t.Errorf("without the rule: %+v %v", a.Essential, a.Assignments)
	}
}

// TestExclusiveTies: of two claims that serve alike the older is taken, then the one of the lesser id.
func TestExclusiveTies(t *testing.T) {
	c := &Case{Target: framework.Requirement{Op: framework.All, Exclusive: true, Of: []framework.Requirement{leaf("a")}},
		Claims: []Claim{shows("z", "2020-01-01", "a"), shows("y", "2020-01-01", "a"), shows("x", "2024-01-01", "a")}}
	if diff := cmp.Diff([]Assignment{{"a", "y"}}, Analyse(c).Assignments); diff != "" {
		t.Errorf("assignments (-want +got):\n%s", diff)
	}
}

// TestExclusiveCredits: credits take the claims that serve no leaf, and none twice.
func TestExclusiveCredits(t *testing.T) {
	electives := framework.Requirement{ID: "e", Op: framework.Credits, Number: 6, Of: []framework.Requirement{leaf("a"), leaf("b")}}
	c := &Case{Target: framework.Requirement{Op: framework.All, Exclusive: true, Of: []framework.Requirement{leaf("a"), electives, electives}},
		Claims: []Claim{shows("1", "2020-01-01", "a"), shows("2", "2021-01-01", "b"), shows("3", "2022-01-01", "b")}}
	// One leaf, six credits of two claims, and nothing left for the second set of electives.
	if got := Analyse(c).Essential; got != (Counts{13, 7, 7}) {
		t.Errorf("counts %+v", got)
	}
}

func TestWeights(t *testing.T) {
	heavy := leaf("b")
	heavy.Weight = 3
	c := &Case{Target: framework.Requirement{Op: framework.All, Of: []framework.Requirement{leaf("a"), heavy}}, Claims: []Claim{shows("1", "2020-01-01", "b")}}
	a := Analyse(c)
	if diff := cmp.Diff(&Weights{Of: 4, Firm: 3, Possible: 3}, a.EssentialWeight); diff != "" || a.Essential != (Counts{2, 1, 1}) {
		t.Errorf("%+v, weights (-want +got):\n%s", a.Essential, diff)
	}
	c.Target.Of[1].Weight = 0
	if a := Analyse(c); a.EssentialWeight != nil {
		t.Error("weights that nobody set")
	}
}

// TestAlignmentsOfCTDL: broader alignments show in part, and never make a whole of what they lie within.
func TestAlignmentsOfCTDL(t *testing.T) {
	c := &Case{Framework: []framework.Association{{Type: "broadAlignment", Origin: "n1", Destination: "wide"}, {Type: "narrowAlignment", Origin: "wide", Destination: "n2"}},
		Target: framework.Requirement{Op: framework.All, Of: []framework.Requirement{leaf("wide")}}, Claims: []Claim{shows("1", "", "n1"), shows("2", "", "n2")}}
	if r := Analyse(c).Rows[0]; r.State != Partly {
		t.Errorf("state %s", r.State)
	}
	c.Framework[0].Type, c.Framework[1] = "isChildOf", framework.Association{Type: "narrower", Origin: "wide", Destination: "n2"}
	if r := Analyse(c).Rows[0]; r.State != Met {
		t.Errorf("all parts: state %s", r.State)
	}
}
