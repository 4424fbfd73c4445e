package record_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

func TestWebDID(t *testing.T) {
	for base, want := range map[string]string{
		"https://u.example.edu": "did:web:u.example.edu", "https://U.example.edu/": "did:web:u.example.edu",
		"http://u.example.edu:8080": "did:web:u.example.edu%3A8080", "https://u.example.edu/a/b c": "did:web:u.example.edu:a:b%20c",
		"": "", "ftp://u.example.edu": "", "u.example.edu": "", "https://": "",
	} {
		got, err := record.WebDID(base)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("WebDID(%q) = %q, %v; want %q", base, got, err, want)
		}
	}
}

func TestDerivedIDs(t *testing.T) {
	i := record.InstitutionID(record.NewID())
	if first, again := record.DerivedID(i, "a", "b"), record.DerivedID(i, "a", "b"); first != again {
		t.Errorf("the same input gives %s and %s", first, again)
	}
	seen := map[string]bool{}
	for _, id := range []string{record.DerivedID(i, "a", "b"), record.DerivedID(i, "ab"), record.DerivedID(i, "a", "", "b"), record.DerivedID("other", "a", "b")} {
		if seen[id] {
			t.Errorf("two inputs give %s", id)
		}
		seen[id] = true
	}
	if a, b := record.NewOrderedID(), record.NewOrderedID(); a >= b {
		t.Errorf("%s does not sort before %s", a, b)
	}
}

func TestWhatAnAwardMayBecome(t *testing.T) {
	all := []record.AwardState{record.AwardDraft, record.AwardApproved, record.AwardIssued, record.AwardSuperseded, record.AwardRevoked, record.AwardWithdrawn}
	may := map[string]bool{"draft approved": true, "draft withdrawn": true, "approved issued": true, "approved draft": true, "approved withdrawn": true,
		"issued superseded": true, "issued revoked": true}
	for _, from := range all {
		for _, to := range all {
			if got, want := from.MayBecome(to), may[fmt.Sprint(from, " ", to)]; got != want {
				t.Errorf("%s → %s: %v, want %v", from, to, got, want)
			}
		}
	}
}

func TestActors(t *testing.T) {
	a := record.Actor{Account: "a", Institution: "i", Learner: "l", Roles: []record.Role{record.RoleLearner}}
	for name, v := range map[string]struct {
		err  error
		want record.Kind
	}{
		"own role":           {a.Require("op", "i", record.RoleLearner), ""},
		"another role":       {a.Require("op", "i", record.RoleApprover), record.Forbidden},
		"another house":      {a.Require("op", "j", record.RoleLearner), record.NotFound},
		"a stranger":         {record.Actor{}.Require("op", "", record.Roles...), record.NotFound},
		"self":               {a.RequireSelf("op", "l"), ""},
		"somebody else":      {a.RequireSelf("op", "m"), record.NotFound},
		"a learner of none":  {record.Actor{Roles: a.Roles}.RequireSelf("op", ""), record.NotFound},
		"the program itself": {record.System("i").Require("op", "i", record.RoleRegistrar), ""},
	} {
		if record.KindOf(v.err) != v.want {
			t.Errorf("%s: %v, want kind %q", name, v.err, v.want)
		}
	}
	if record.System("i").Stranger() || record.System("i").ID() != "system" || (record.Actor{}).ID() != "stranger" || a.ID() != "a" {
		t.Error("actors are named wrongly in the audit")
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("disk")
	if err := record.Wrap("op", cause); record.KindOf(err) != record.Internal || !errors.Is(err, cause) || record.MessageOf(err) == "disk" {
		t.Errorf("a cause is shown or lost: %v", err)
	}
	mine := record.Errorf(record.Gone, "op", "gone")
	if err := record.Wrap("other", fmt.Errorf("x: %w", mine)); record.KindOf(err) != record.Gone {
		t.Errorf("a kind is lost: %v", err)
	}
	if record.Wrap("op", nil) != nil || record.KindOf(nil) != "" {
		t.Error("no error became one")
	}
}

func TestAnEventsHashCoversItAll(t *testing.T) {
	e := record.Event{Institution: "i", Seq: 1, At: time.Unix(1, 0), Actor: "a", Action: "x", Object: "o", Learner: "l", Detail: map[string]string{"k": "v"}, Previous: "p"}
	seen := map[string]bool{e.Sum(): true}
	for n, change := range []func(*record.Event){
		func(e *record.Event) { e.Institution = "j" }, func(e *record.Event) { e.Seq = 2 }, func(e *record.Event) { e.At = time.Unix(2, 0) },
		func(e *record.Event) { e.Actor = "b" }, func(e *record.Event) { e.Action = "y" }, func(e *record.Event) { e.Object = "q" },
		func(e *record.Event) { e.Learner = "m" }, func(e *record.Event) { e.Detail = map[string]string{"k": "w"} }, func(e *record.Event) { e.Previous = "q" },
	} {
		c := e
		change(&c)
		if seen[c.Sum()] {
			t.Errorf("change %d does not show", n)
		}
		seen[c.Sum()] = true
	}
}
