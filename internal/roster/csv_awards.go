package roster

import (
	"slices"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// award reads one line of awards.csv. An award with several results repeats its award_id: the first line says
// everything, the others bring one result each. An error in any line rejects the whole award.
func (r *full) award(s *sheet, row int) {
	id := s.get(row, "award_id")
	if !r.need(s, row, "award_id") {
		r.rejected[row+1] = true
		return
	}
	before := len(r.table.Findings)
	i, more := r.awards[id]
	if !more {
		i = len(r.table.Awards)
		r.awards[id] = i
		r.table.Awards = append(r.table.Awards, r.newAward(s, row, id))
	} else if a := r.table.Awards[i]; a.Learner != s.get(row, "learner_id") || a.Achievement != s.get(row, "achievement_id") {
		r.say(s, row, "award_id", SeverityError, "duplicate_id", id, "", "%s is the award of row %d, of another learner or achievement.", id, a.Row)
	}
	r.awardResult(s, row, &r.table.Awards[i])
	if ev := s.get(row, "evidence_url"); ev != "" {
		if webAddress(ev) {
			r.table.Awards[i].Detail.Evidence = append(r.table.Awards[i].Detail.Evidence, record.Evidence{URL: ev, Name: s.get(row, "evidence_name")})
		} else {
			r.say(s, row, "evidence_url", SeverityError, "url_invalid", ev, "", "'%s' is not a web address. It starts with https://", ev)
		}
	}
	for _, f := range r.table.Findings[before:] {
		if f.Severity == SeverityError {
			r.rejected[r.table.Awards[i].Row] = true
			r.rejected[row+1] = true
		}
	}
}

func (r *full) newAward(s *sheet, row int, id string) Award {
	a := Award{Key: id, Learner: s.get(row, "learner_id"), Achievement: s.get(row, "achievement_id"), File: s.name, Row: row + 1}
	if _, ok := r.learners[a.Learner]; !ok {
		r.say(s, row, "learner_id", SeverityError, "unknown_learner", a.Learner, "", "'%s' is not in learners.csv, or was refused there.", a.Learner)
	}
	if _, ok := r.achievements[a.Achievement]; !ok {
		r.say(s, row, "achievement_id", SeverityError, "unknown_achievement", a.Achievement, "", "'%s' is not in achievements.csv, or was refused there.", a.Achievement)
	}
	d := &a.Detail
	r.need(s, row, "awarded_on")
	d.AwardedOn, d.ActivityStart = r.date(s, row, "awarded_on"), r.date(s, row, "activity_start")
	d.ActivityEnd, d.Expires = r.date(s, row, "activity_end"), r.date(s, row, "expires_on")
	d.Term, d.Role, d.LicenseNumber, d.Narrative = s.get(row, "term"), s.get(row, "role"), s.get(row, "license_number"), s.get(row, "narrative")
	if d.Credits = s.get(row, "credits_earned"); d.Credits != "" && !number(d.Credits) {
		r.say(s, row, "credits_earned", SeverityError, "not_a_number", d.Credits, mendNumber(d.Credits), "'%s' is not a number.", d.Credits)
	}
	if d.Status = s.get(row, "status"); d.Status != "" && !slices.Contains(ob.ResultStatusTypes, ob.ResultStatusType(d.Status)) {
		r.say(s, row, "status", SeverityError, "vocabulary", d.Status, "", "'%s' is not a status; use Completed, Enrolled, InProgress, Provisional, OnHold, Failed or Withdrew.", d.Status)
	}
	if name, address := s.get(row, "source_name"), s.get(row, "source_url"); name != "" || address != "" {
		d.Source = &record.Source{Name: name, URL: address}
	}
	if d.Expires != "" && d.AwardedOn != "" && d.Expires < d.AwardedOn {
		r.say(s, row, "expires_on", SeverityError, "date_order", d.Expires, "", "%s is before awarded_on %s.", d.Expires, d.AwardedOn)
	}
	return a
}

// date reads an ISO date: the full template is written by programs, which have no excuse.
func (r *full) date(s *sheet, row int, column string) string {
	cell := s.get(row, column)
	if cell == "" {
		return ""
	}
	got, bad := readDate(cell, false, false)
	if bad != nil {
		r.say(s, row, column, SeverityError, bad.code, cell, "", "%s", bad.say)
		return ""
	}
	return day(got.date)
}

// awardResult adds the line's result, held to its description.
func (r *full) awardResult(s *sheet, row int, a *Award) {
	id := s.get(row, "result_id")
	value, level := s.get(row, "value"), s.get(row, "achieved_level")
	if id == "" {
		if value != "" || level != "" {
			r.say(s, row, "result_id", SeverityError, "required_missing", "", "", "a value or level needs the result that it is of.")
		}
		return
	}
	d, ok := r.results[id]
	if !ok || r.resultOf[id] != a.Achievement {
		r.say(s, row, "result_id", SeverityError, "unknown_result", id, "", "%s is no result of %s in results.csv.", id, a.Achievement)
		return
	}
	if value != "" && len(d.AllowedValue) > 0 && !slices.Contains(d.AllowedValue, value) {
		r.say(s, row, "value", SeverityError, "not_in_scale", value, "", "'%s' is not in the scale of %s (%s…%s).", value, d.Name, d.AllowedValue[0], d.AllowedValue[len(d.AllowedValue)-1])
	}
	if value != "" && d.ValueMax != "" && (!number(value) || atof(value) > atof(d.ValueMax) || atof(value) < atof(d.ValueMin)) {
		r.say(s, row, "value", SeverityError, "not_in_scale", value, "", "'%s' is not between %s and %s, the range of %s.", value, d.ValueMin, d.ValueMax, d.Name)
	}
	if level != "" && !slices.ContainsFunc(d.RubricCriterionLevel, func(l ob.RubricCriterionLevel) bool { return l.ID == level }) {
		r.say(s, row, "achieved_level", SeverityError, "unknown_level", level, "", "%s is no level of %s.", level, d.Name)
	}
	result := record.Result{Description: d.ID, Name: d.Name, Value: value, AchievedLevel: level}
	if d.ResultType == ob.ResultStatus {
		result.Status = a.Detail.Status
		if result.Status == "" {
			result.Status = string(ob.StatusCompleted)
		}
	}
	a.Detail.Results = append(a.Detail.Results, result)
}
