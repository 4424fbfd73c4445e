package registrar_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

const degreeSheet = registrartest.Sheet + "Kim Late,kim@example.edu,1003,Data Minor,Certificate,MIN-1,About,Pass,2025-01-01,,,\n"

// TestAllPartsEarned: many nodes look at once; whoever has all parts is drafted once, by the rule's maker, and whoever has
// not is not.
func TestAllPartsEarned(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(degreeSheet)
		o.Issue()
		r, err := o.Desk.AddRule(ctx, o.Registrar, registrar.NewRule{Name: "Minor", Target: "MIN-1", Parts: []string{"DS 101", "STAT 210"}})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := o.Desk.ApplyRules(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		v, err := o.Desk.Rule(ctx, o.Registrar, r.ID)
		if err != nil || len(v.Hits) != 1 || v.Hits[0].Why != "DS 101 Data Science; STAT 210 Statistics" || v.Hits[0].LearnerName != "Amara Okafor" {
			t.Fatalf("the rule drafted %+v, %v", v, err)
		}
		a := o.Award("Amara", "Data Minor", record.AwardDraft)
		if a.PreparedBy != "reg" || !strings.Contains(a.Reason, "STAT 210") || a.Detail.AwardedOn != "2026-06-01" {
			t.Errorf("the draft: %+v", a.Award)
		}
		wantKind(t, o.Desk.Approve(ctx, o.Registrar, []record.AwardID{a.ID}), record.Forbidden) // the rule's maker is not its approver
		if err := o.Desk.Withdraw(ctx, o.Registrar, a.ID, "not this one"); err != nil {
			t.Fatal(err)
		}
		if n, err := o.Desk.ApplyRules(ctx); n != 0 || err != nil {
			t.Errorf("what a person dropped is drafted again: %d, %v", n, err)
		}
		o.Audit()
	})
}

func TestRuleOnADay(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(degreeSheet)
	o.Issue()
	r, err := o.Desk.AddRule(ctx, o.Registrar, registrar.NewRule{Name: "Graduation", Target: "Data Minor", Parts: []string{"DS 101", "CO-17"}, Least: 1, From: "2026-06-30"})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := o.Desk.ApplyRules(ctx); n != 0 || err != nil {
		t.Errorf("before the day: %d, %v", n, err)
	}
	o.Clock = o.Clock.AddDate(0, 1, 0)
	wantKind(t, o.Desk.SwitchRule(ctx, o.Approver, r.ID, true), record.Forbidden)
	if err := o.Desk.SwitchRule(ctx, o.Registrar, r.ID, true); err != nil {
		t.Fatal(err)
	}
	if n, err := o.Desk.ApplyRules(ctx); n != 0 || err != nil {
		t.Errorf("switched off: %d, %v", n, err)
	}
	if err := o.Desk.SwitchRule(ctx, o.Registrar, r.ID, false); err != nil {
		t.Fatal(err)
	}
	if n, err := o.Desk.ApplyOwnRules(ctx, o.Registrar); n != 2 || err != nil { // one part of two is enough; Kim has it already
		t.Errorf("on the day: %d, %v", n, err)
	}
	if a := o.Award("Amara", "Data Minor", record.AwardDraft); a.Detail.AwardedOn != "2026-06-30" {
		t.Errorf("awarded on %s", a.Detail.AwardedOn)
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(degreeSheet)
	good := registrar.NewRule{Name: "Minor", Target: "MIN-1", Parts: []string{"DS 101"}}
	for name, change := range map[string]func(*registrar.NewRule){
		"no name":            func(n *registrar.NewRule) { n.Name = " " },
		"unknown target":     func(n *registrar.NewRule) { n.Target = "NOPE" },
		"unknown part":       func(n *registrar.NewRule) { n.Parts = []string{"NOPE"} },
		"part of itself":     func(n *registrar.NewRule) { n.Parts = []string{"MIN-1"} },
		"no parts":           func(n *registrar.NewRule) { n.Parts = nil },
		"more than there is": func(n *registrar.NewRule) { n.Least = 2 },
		"no such day":        func(n *registrar.NewRule) { n.From = "2026-02-30" },
	} {
		n := good
		change(&n)
		if _, err := o.Desk.AddRule(ctx, o.Registrar, n); record.KindOf(err) != record.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := o.Desk.AddRule(ctx, o.Approver, good)
	wantKind(t, err, record.Forbidden)
	r, err := o.Desk.AddRule(ctx, o.Registrar, good)
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Desk.Rule(ctx, record.Actor{Account: "x", Institution: "y", Roles: []record.Role{record.RoleRegistrar}}, r.ID)
	wantKind(t, err, record.NotFound)
}
