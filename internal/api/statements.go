package api

import (
	"net/http"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// toldOut is what became of one statement.
type toldOut struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Person  string `json:"person,omitempty"`
	Message string `json:"message,omitempty"`
}

// statementsOut answers a request with statements.
type statementsOut struct {
	Rows     []toldOut `json:"rows"`
	Kept     int       `json:"kept"`
	Rejected int       `json:"rejected"`
}

// statementOut is one statement that is kept; Said is it as it came.
type statementOut struct {
	ID         string `json:"id"`
	Kind       string `json:"kind"`
	Award      string `json:"award,omitempty"`
	Verb       string `json:"verb"`
	Object     string `json:"object"`
	HappenedAt string `json:"happenedAt"`
	SHA256     string `json:"sha256"`
}

// statementRoutes are where learning systems say what somebody did.
var statementRoutes = []route{
	{method: "POST", path: "/api/statements", scope: record.ScopeAwards, limit: 2 << 20, handle: keepStatements, id: "keepStatements",
		about: "Keeps xAPI statements or Caliper events as evidence: one, a list, or a Caliper envelope. With award they become evidence of a draft. The same id twice is one statement.",
		query: []query{{"award", "The id of a draft that they are evidence for.", ""}}, in: map[string]any{}, out: statementsOut{},
		example: `{"id":"0c8e5b1a-52a3-4c1c-9a57-6a4c30cf1f31","actor":{"account":{"homePage":"https://lms.example","name":"RV230114"}},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":"https://lms.example/labs/4","definition":{"name":{"en":"Lab 4"}}},"timestamp":"2026-05-20T10:00:00Z"}`},
	{method: "GET", path: "/api/people/{id}/statements", scope: record.ScopeRead, handle: listStatements, id: "listStatements",
		about: "What learning systems said that a person did.", query: paging, out: list[statementOut]{}},
}

func keepStatements(v *visit) error {
	b, err := v.body()
	if err != nil {
		return err
	}
	told, err := v.Registrar.KeepStatements(v.r.Context(), v.actor, record.AwardID(v.r.URL.Query().Get("award")), b)
	if err != nil {
		return err
	}
	out := statementsOut{Rows: []toldOut{}}
	for _, t := range told {
		out.Rows = append(out.Rows, toldOut{ID: t.ID, State: string(t.State), Person: string(t.Learner), Message: t.Message})
		switch t.State {
		case "new":
			out.Kept++
		case "rejected":
			out.Rejected++
		}
	}
	status := http.StatusOK
	if out.Rejected == len(told) {
		status = http.StatusUnprocessableEntity
	}
	return v.answer(status, "application/json", out)
}

func listStatements(v *visit) error {
	limit, err := v.limit(200)
	if err != nil {
		return err
	}
	all, err := v.Registrar.Statements(v.r.Context(), v.actor, record.LearnerID(v.r.PathValue("id")), v.r.URL.Query().Get("after"), limit)
	if err != nil {
		return err
	}
	out, last := []statementOut{}, ""
	for _, s := range all {
		out = append(out, statementOut{ID: s.ID, Kind: s.Kind, Award: string(s.Award), Verb: s.Verb, Object: s.Object, HappenedAt: s.HappenedAt.Format(time.RFC3339), SHA256: s.SHA256})
	}
	if len(all) == limit {
		last = all[len(all)-1].ID
	}
	return v.list(out, last)
}
