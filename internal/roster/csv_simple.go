package roster

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// simpleColumns are the columns of the one-sheet template; the first four are required. The given and family name stand in
// for learner_name in exports that part them.
var simpleColumns = []string{"learner_name", "achievement_name", "achievement_type", "awarded_on", "learner_email", "learner_id",
	"achievement_code", "description", "criteria", "term", "credits", "grade", "level", "evidence_url", "expires_on", "skills",
	"learner_given_name", "learner_family_name"}

const simpleRequired = 4

// SheetColumns are the columns of the one-sheet template, the required ones first.
func SheetColumns() (all []string, required int) { return slices.Clone(simpleColumns), simpleRequired }

// suitsSimple takes text whose first line has columns; which ones is the mapping's business.
func suitsSimple(files []File) bool {
	if len(files) != 1 {
		return false
	}
	head := strings.TrimSpace(firstLine(files[0]))
	return head != "" && !strings.ContainsAny(head[:1], "<{[") && strings.ContainsAny(head, ",;\t")
}

// readSimple reads a sheet: the one-sheet template (users' guide, section 4.1), or any columns that the mapping matches to
// it, of a CSV file or a workbook.
func readSimple(ctx context.Context, files []File, opts *Options) (*Table, error) {
	if len(files) != 1 {
		return nil, record.Errorf(record.Invalid, "roster.Read", "a sheet is one file; %d were given", len(files))
	}
	g, err := gridOf(files[0], opts.Mapping)
	if err != nil {
		return nil, err
	}
	r, err := newSimple(ctx, g, opts)
	if err != nil {
		return nil, err
	}
	if r.total > MaxRows {
		return nil, record.Errorf(record.TooLarge, "roster.Read", "%s has more than %d rows; split it", g.name, MaxRows)
	}
	r.say0(g)
	r.table.Rows = r.total
	if _, err := r.read(ctx, r.total); err != nil {
		return nil, err
	}
	r.table.Achievements = r.catalogue
	return r.table, nil
}

// row reads one row. Its checks stand in the order of the template's columns.
func (r *simple) row(row int) {
	r.failed = false
	get := r.get
	person := learnerKey(get)
	what := achievementKey(get)
	key := person + "|" + what + "|" + get("awarded_on")
	if first, again := r.firstRow[key]; again {
		r.find(record.Finding{Row: row + 1, Severity: SeverityWarning, Code: "duplicate_row",
			Say: fmt.Sprintf("Row %d repeats row %d (same learner, achievement, date). It will be skipped.", row+1, first+1)})
		r.table.Repeated = append(r.table.Repeated, row+1)
		return
	}
	r.firstRow[key] = row
	r.checkCells(row)
	r.checkPerson(row, get)
	typ := r.checkWhat(row, get)
	var d record.AwardDetail
	d.AwardedOn = r.date(row, "awarded_on", get("awarded_on"), true)
	d.Term = get("term")
	d.Credits = r.credits(row, get("credits"))
	a := Achievement{Key: what, File: r.grid.name, Row: row + 1, Body: ob.Achievement{ID: r.opts.IRI(what), Type: []string{"Achievement"},
		Name: get("achievement_name"), AchievementType: typ, HumanCode: get("achievement_code"),
		Description: get("description"), Criteria: ob.Criteria{Narrative: get("criteria")}}}
	if f, err := strconv.ParseFloat(d.Credits, 64); err == nil {
		a.Body.CreditsAvailable = &f
	}
	r.results(row, &a.Body, &d, get)
	r.evidence(row, &d, get("evidence_url"))
	r.expires(row, &d, get("expires_on"))
	d.Skills = split(get("skills"), ";")
	r.conflict(row, a)
	if r.failed {
		r.table.Rejected = append(r.table.Rejected, row+1)
		r.table.Refused = append(r.table.Refused, Refused{row + 1, r.shown(r.cells)})
		return
	}
	r.keepLearner(row, person, get)
	r.keepAchievement(a)
	r.table.Awards = append(r.table.Awards, Award{Key: key, Learner: person, Achievement: what, Detail: d, File: r.grid.name, Row: row + 1})
}

// learnerKey is the best key a row has for its learner.
func learnerKey(get func(string) string) string {
	for _, c := range []string{"learner_id", "learner_email", "learner_name"} {
		if v := get(c); v != "" {
			return v
		}
	}
	return ""
}

// achievementKey is type and code, or type and name where there is no code.
func achievementKey(get func(string) string) string {
	what := get("achievement_code")
	if what == "" {
		what = get("achievement_name")
	}
	return squeeze(get("achievement_type")) + "/" + what
}

func (r *simple) checkPerson(row int, get func(string) string) {
	address := get("learner_email")
	if get("learner_name") == "" {
		hint := ""
		if address != "" {
			hint = " The email column has " + address + "."
		}
		r.say(row, "learner_name", SeverityError, "required_missing", "", "", "a name is needed to issue.%s", hint)
	}
	if address != "" && !email.MatchString(address) {
		fix := mendEmail(address)
		hint := ""
		if fix != "" {
			hint = " Did you mean " + fix + "?"
		}
		r.say(row, "learner_email", SeverityError, "email_invalid", address, fix, "'%s' is not an email address.%s", address, hint)
	}
	id := get("learner_id")
	if id == "" {
		return
	}
	bare := strings.TrimLeft(id, "0")
	if first, seen := r.ids[bare]; seen {
		if other := first.id; other != id {
			long, short, at := id, other, first.row
			if len(other) > len(id) {
				long, short = other, id
			}
			r.say(row, "learner_id", SeverityWarning, "leading_zeros", id, "", "'%s' looks like %s (row %d) with leading zeros. Same person?", long, short, at+1)
		}
	} else if len(r.ids) < maxIDs {
		r.ids[bare] = idSeen{id, row}
	}
}

// checkCells looks for what spreadsheets leave in cells: failed formulas, which are no data, and text that would run as a
// formula in the next spreadsheet, which is kept as the text that it is.
func (r *simple) checkCells(row int) {
	for _, c := range simpleColumns {
		v := r.get(c)
		if v == "" {
			continue
		}
		if v[0] == '#' && slices.Contains(cellErrors, v) {
			r.say(row, c, SeverityError, "cell_error", v, "", "the spreadsheet's formula failed here (%s). Put the value there.", v)
		} else if formula(v) && (c == "learner_name" || c == "achievement_name" || c == "term") {
			r.say(row, c, SeverityWarning, "formula_text", v, "", "'%s' looks like a formula of a spreadsheet. It is kept as text and never run.", v)
		}
	}
}

func (r *simple) checkWhat(row int, get func(string) string) ob.AchievementType {
	if get("achievement_name") == "" {
		r.say(row, "achievement_name", SeverityError, "required_missing", "", "", "a name is needed: what was achieved?")
	}
	cell := get("achievement_type")
	if cell == "" {
		r.say(row, "achievement_type", SeverityError, "required_missing", "", "", "a type is needed, such as Course, Certificate or Competency.")
		return ""
	}
	typ, ok := achievementType(cell)
	if !ok {
		fix := mendType(cell)
		hint := " Use a type of the list, or ext: and a name of your own."
		if fix != "" {
			hint = " Did you mean " + fix + "?"
		}
		r.say(row, "achievement_type", SeverityError, "vocabulary", cell, fix, "'%s' is not in the list.%s", cell, hint)
	}
	return typ
}

// date reads a date cell; what had to be inferred is said once for the whole column.
func (r *simple) date(row int, column, cell string, required bool) string {
	if cell == "" {
		if required {
			r.say(row, column, SeverityError, "required_missing", "", "", "a date is needed: when was it awarded?")
		}
		return ""
	}
	o := r.dates[column]
	got, bad := readDate(cell, o.dayFirst, o.known)
	if bad != nil {
		r.say(row, column, SeverityError, bad.code, cell, "", "%s", bad.say)
		return ""
	}
	if got.how != "" && !r.inferred[column+got.how] {
		r.inferred[column+got.how] = true
		r.say(row, column, SeverityWarning, "date_format_inferred", cell, "", "'%s' read as %s (%s). Confirm once for the whole column.", cell, words(got.date), got.how)
	}
	return day(got.date)
}

func (r *simple) credits(row int, cell string) string {
	if cell == "" || number(cell) {
		return cell
	}
	fix := mendNumber(cell)
	hint := ""
	if fix != "" {
		hint = " Did you mean " + fix + "?"
	}
	r.say(row, "credits", SeverityError, "not_a_number", cell, fix, "'%s' is not a number.%s", cell, hint)
	return ""
}

// results turns grade and level into results with their descriptions.
func (r *simple) results(row int, a *ob.Achievement, d *record.AwardDetail, get func(string) string) {
	if grade := get("grade"); grade != "" {
		rd, ok := r.scale.describe(a.ID+"#grade", grade)
		if !ok {
			what := a.HumanCode
			if what == "" {
				what = a.Name
			}
			r.say(row, "grade", SeverityError, "not_in_scale", grade, "", "'%s' is not in the grade scale used for %s (%s).", grade, what, r.scale.words())
		}
		rd.ID = a.ID + "#" + strings.ToLower(string(rd.ResultType))
		a.ResultDescription = append(a.ResultDescription, rd)
		d.Results = append(d.Results, record.Result{Description: rd.ID, Name: rd.Name, Value: strings.TrimSuffix(grade, "%")})
	}
	if level := get("level"); level != "" {
		rd := ob.ResultDescription{ID: a.ID + "#level", Type: []string{"ResultDescription"}, Name: "Level", ResultType: ob.ResultPerformanceLevel}
		a.ResultDescription = append(a.ResultDescription, rd)
		d.Results = append(d.Results, record.Result{Description: rd.ID, Name: rd.Name, Value: level})
	}
}

func (r *simple) evidence(row int, d *record.AwardDetail, cell string) {
	if cell == "" {
		return
	}
	if !webAddress(cell) {
		r.say(row, "evidence_url", SeverityError, "url_invalid", cell, "", "'%s' is not a web address. It starts with https://", cell)
		return
	}
	d.Evidence = []record.Evidence{{URL: cell}}
}

func (r *simple) expires(row int, d *record.AwardDetail, cell string) {
	d.Expires = r.date(row, "expires_on", cell, false)
	if d.Expires != "" && d.AwardedOn != "" && d.Expires < d.AwardedOn {
		r.say(row, "expires_on", SeverityError, "date_order", cell, "", "%s is before awarded_on %s.", d.Expires, d.AwardedOn)
	}
}

// conflict warns when a row describes an achievement otherwise than the row that named it first.
func (r *simple) conflict(row int, a Achievement) {
	i, seen := r.achievements[a.Key]
	if !seen {
		return
	}
	first := r.catalogue[i]
	column := ""
	switch was := first.Body; {
	case differs(a.Body.Name, was.Name):
		column = "achievement_name"
	case differs(a.Body.Description, was.Description) && !slices.Contains(first.Generated, "description"):
		column = "description"
	case differs(a.Body.Criteria.Narrative, was.Criteria.Narrative) && !slices.Contains(first.Generated, "criteria"):
		column = "criteria"
	default:
		return
	}
	what := a.Body.HumanCode
	if what == "" {
		what = a.Body.Name
	}
	r.find(record.Finding{Row: row + 1, Column: column, Severity: SeverityWarning, Code: "achievement_conflict",
		Say: fmt.Sprintf("Row %d describes %s differently from row %d. Keep row %d, use row %d, or make a new version?", row+1, what, first.Row, first.Row, row+1)})
}

func differs(a, b string) bool { return a != "" && b != "" && a != b }

func (r *simple) keepLearner(row int, key string, get func(string) string) {
	if i, seen := r.learners[key]; seen {
		if was := r.table.Learners[i]; was.Name.Display != get("learner_name") {
			r.say(row, "learner_name", SeverityWarning, "learner_conflict", get("learner_name"), "", "'%s' has the key %s, as has '%s' (row %d). Same person?", get("learner_name"), key, was.Name.Display, was.Row)
		}
		return
	}
	r.learners[key] = len(r.table.Learners)
	l := Learner{Key: key, Name: record.Name{Display: get("learner_name"), Given: get("learner_given_name"), Family: get("learner_family_name")}, Email: get("learner_email"), File: r.grid.name, Row: row + 1}
	if id := get("learner_id"); id != "" {
		l.Identifiers = []record.Identifier{{Type: "sisSourcedId", Value: id}}
	}
	r.table.Learners = append(r.table.Learners, l)
}

// keepAchievement keeps the first definition and adds what later rows bring: result descriptions, credits.
func (r *simple) keepAchievement(a Achievement) {
	i, seen := r.achievements[a.Key]
	if !seen {
		a.Generated = describe(&a.Body)
		r.achievements[a.Key] = len(r.catalogue)
		r.catalogue = append(r.catalogue, a)
		return
	}
	if r.whole {
		r.used[i] = true
		return
	}
	have := &r.catalogue[i].Body
	for _, rd := range a.Body.ResultDescription {
		if !slices.ContainsFunc(have.ResultDescription, func(h ob.ResultDescription) bool { return h.ID == rd.ID }) {
			have.ResultDescription = append(have.ResultDescription, rd)
		}
	}
	if have.CreditsAvailable == nil {
		have.CreditsAvailable = a.Body.CreditsAvailable
	}
}

// split cuts a list cell; empty parts fall away.
func split(cell, separator string) []string {
	var out []string
	for part := range strings.SplitSeq(cell, separator) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
