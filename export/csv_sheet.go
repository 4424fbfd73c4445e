package export

import (
	"strings"

	"github.com/openlaurel/laurel/ob"
)

// sheetColumns are those of the one-sheet template.
var sheetColumns = []string{"learner_name", "learner_email", "learner_id", "achievement_name", "achievement_type", "achievement_code", "description", "criteria",
	"awarded_on", "term", "credits", "grade", "level", "evidence_url", "expires_on", "skills"}

// writeOneSheet writes one line for each award: what a small programme keeps. It holds one grade, one level and one piece of
// evidence; the full template holds all.
func writeOneSheet(w *writer) ([]File, error) {
	r := w.record
	name, mail, id := r.person(), r.identity(ob.IdentifierEmail), firstOf(r.identity("sisSourcedId", ob.IdentifierSourcedID, ob.IdentifierGeneric), r.Subject)
	var rows []map[string]string
	for i := range r.Claims {
		c := &r.Claims[i]
		if c.stated() {
			w.lose(c.title(), "is stated by the learner; the sheet is what an institution awards")
			continue
		}
		if !c.completed() {
			w.lose(c.title(), "is not completed, which the one-sheet template has no column for; the full template does")
			continue
		}
		a, s := c.achievement(), &c.CredentialSubject
		row := map[string]string{"learner_name": name, "learner_email": mail, "learner_id": id, "achievement_name": a.Name, "achievement_type": string(a.AchievementType),
			"achievement_code": a.HumanCode, "description": a.Description, "criteria": firstOf(a.Criteria.Narrative, a.Criteria.ID), "awarded_on": c.awarded(),
			"term": s.Term, "credits": number(s.CreditsEarned), "expires_on": c.ValidUntil.Day()}
		w.measured(c, row)
		for _, e := range c.Evidence {
			if row["evidence_url"] == "" {
				row["evidence_url"] = web(e.ID)
			}
		}
		if len(c.Evidence) > 1 {
			w.lose(c.title(), "has more than one piece of evidence; the one-sheet template holds one")
		}
		var skills []string
		for _, al := range a.Alignment {
			skills = append(skills, strings.ReplaceAll(al.TargetName, ";", ","))
		}
		row["skills"] = strings.Join(skills, "; ")
		rows = append(rows, row)
	}
	b, err := sheet(sheetColumns, rows)
	if err != nil {
		return nil, err
	}
	return []File{{"awards.csv", "text/csv; charset=utf-8; header=present", b}}, nil
}

// measured puts the first grade and the first level of a claim into its row.
func (w *writer) measured(c *Claim, row map[string]string) {
	for i := range c.CredentialSubject.Result {
		res := &c.CredentialSubject.Result[i]
		d := c.describes(res)
		column, value := "grade", res.Value
		if res.AchievedLevel != "" || d != nil && d.ResultType == ob.ResultPerformanceLevel {
			column, value = "level", level(d, res)
		}
		switch {
		case value == "" || d != nil && d.ResultType == ob.ResultStatus:
		case row[column] == "":
			row[column] = value
		default:
			w.lose(c.title(), "has more than one %s; the one-sheet template holds one", column)
		}
	}
}
