package roster

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// fullColumns are the files of the full template and their columns; the first of each is its key.
var fullColumns = map[string][]string{
	"achievements":  {"achievement_id", "name", "type", "human_code", "description", "criteria", "credits_available", "field_of_study", "specialization", "language", "version", "tags", "image_url", "creator_id"},
	"results":       {"result_id", "achievement_id", "name", "result_type", "allowed_values", "value_min", "value_max", "required_value", "rubric_id", "required_level"},
	"rubric-levels": {"level_id", "rubric_id", "order", "name", "points", "description"},
	"alignments":    {"on_id", "on", "target_name", "target_url", "target_code", "target_framework", "target_type"},
	"associations":  {"source_achievement_id", "association_type", "target_achievement_id"},
	"learners":      {"learner_id", "given_name", "family_name", "display_name", "email", "did", "preferred_language", "guardian_email"},
	"awards": {"award_id", "learner_id", "achievement_id", "awarded_on", "activity_start", "activity_end", "term", "credits_earned", "status", "result_id", "value",
		"achieved_level", "role", "license_number", "source_name", "source_url", "narrative", "evidence_url", "evidence_name", "expires_on"},
}

// associationTypes is the closed list (CLR 2.0, AssociationType).
var associationTypes = []string{"exactMatchOf", "isChildOf", "isParentOf", "isPartOf", "isPeerOf", "isRelatedTo", "precedes", "replacedBy"}

// sheetName is a file's name without folder and ending, as the template spells it.
func sheetName(f File) string {
	name := strings.ToLower(path.Base(strings.ReplaceAll(f.Name, `\`, "/")))
	return strings.ReplaceAll(strings.TrimSuffix(name, ".csv"), "_", "-")
}

func suitsFull(files []File) bool {
	for _, f := range files {
		name := sheetName(f)
		columns, ok := fullColumns[name]
		if !ok {
			return false
		}
		if !strings.Contains(firstLine(f), columns[0]) {
			return false
		}
	}
	return len(files) > 0
}

// full reads the several files of the full template (users' guide, section 4.1).
type full struct {
	opts   *Options
	table  *Table
	sheets map[string]*sheet

	achievements map[string]int                       // id → index
	results      map[string]*ob.ResultDescription     // result id → its description, inside its achievement
	resultOf     map[string]string                    // result id → achievement id
	rubrics      map[string][]ob.RubricCriterionLevel // rubric id → levels, low to high
	learners     map[string]int
	awards       map[string]int
	rejected     map[int]bool
}

func readFull(ctx context.Context, files []File, opts *Options) (*Table, error) {
	r := &full{opts: opts, table: &Table{}, sheets: map[string]*sheet{}, achievements: map[string]int{}, results: map[string]*ob.ResultDescription{},
		resultOf: map[string]string{}, rubrics: map[string][]ob.RubricCriterionLevel{}, learners: map[string]int{}, awards: map[string]int{}, rejected: map[int]bool{}}
	for _, f := range files {
		name := sheetName(f)
		columns, known := fullColumns[name]
		if !known {
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s is no file of the full template; its files are %s", f.Name, "achievements, results, rubric-levels, alignments, associations, learners, awards (.csv)")
		}
		s, err := readSheet(f)
		if err != nil {
			return nil, err
		}
		s.trimEnd()
		if _, ok := s.index[columns[0]]; !ok {
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s has no column %s", s.name, columns[0])
		}
		unused, dropped := s.leftover(columns)
		for _, c := range unused {
			r.table.Unused = append(r.table.Unused, s.name+": "+c)
		}
		for _, c := range dropped {
			r.table.Dropped = append(r.table.Dropped, s.name+": "+c)
		}
		r.sheets[name] = s
	}
	// The order is that of reference: what a later sheet names must stand in an earlier one.
	for _, step := range []struct {
		sheet string
		read  func(s *sheet, row int)
	}{
		{"achievements", r.achievement}, {"rubric-levels", r.level}, {"results", r.result}, {"alignments", r.alignment},
		{"associations", r.association}, {"learners", r.learner}, {"awards", r.award},
	} {
		s := r.sheets[step.sheet]
		if s == nil {
			continue
		}
		if step.sheet == "results" {
			r.sortLevels()
		}
		for row := range s.rows {
			if row%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			step.read(s, row)
		}
	}
	r.finish()
	return r.table, nil
}

// say adds a finding about one cell of one sheet.
func (r *full) say(s *sheet, row int, column, severity, code, found, fix, format string, args ...any) {
	r.table.Findings = append(r.table.Findings, record.Finding{File: s.name, Row: row + 1, Column: column, Severity: severity, Code: code, Found: found, Fix: fix,
		Say: fmt.Sprintf("%s, row %d, %s: ", s.name, row+1, column) + fmt.Sprintf(format, args...)})
}

// need says that a cell is missing.
func (r *full) need(s *sheet, row int, column string) bool {
	if s.get(row, column) != "" {
		return true
	}
	r.say(s, row, column, SeverityError, "required_missing", "", "", "a value is needed.")
	return false
}

func (r *full) achievement(s *sheet, row int) {
	id := s.get(row, "achievement_id")
	if !r.need(s, row, "achievement_id") || !r.need(s, row, "name") {
		return
	}
	if i, twice := r.achievements[id]; twice {
		r.say(s, row, "achievement_id", SeverityError, "duplicate_id", id, "", "%s is defined in row %d already.", id, r.table.Achievements[i].Row)
		return
	}
	typ, ok := achievementType(s.get(row, "type"))
	if !ok {
		fix := mendType(s.get(row, "type"))
		r.say(s, row, "type", SeverityError, "vocabulary", s.get(row, "type"), fix, "'%s' is not in the list of achievement types.", s.get(row, "type"))
		return
	}
	a := ob.Achievement{ID: r.iri(id), Type: []string{"Achievement"}, Name: s.get(row, "name"), AchievementType: typ, HumanCode: s.get(row, "human_code"),
		Description: s.get(row, "description"), Criteria: ob.Criteria{Narrative: s.get(row, "criteria")}, FieldOfStudy: s.get(row, "field_of_study"),
		Specialization: s.get(row, "specialization"), InLanguage: s.get(row, "language"), Version: s.get(row, "version"), Tag: split(s.get(row, "tags"), "|")}
	if c := s.get(row, "credits_available"); c != "" {
		if f, err := strconv.ParseFloat(c, 64); err == nil && number(c) {
			a.CreditsAvailable = &f
		} else {
			r.say(s, row, "credits_available", SeverityError, "not_a_number", c, mendNumber(c), "'%s' is not a number.", c)
		}
	}
	if u := s.get(row, "image_url"); u != "" {
		a.Image = &ob.Image{ID: u, Type: "Image"}
	}
	if u := s.get(row, "creator_id"); u != "" {
		a.Creator = &ob.Profile{ID: u, Type: []string{"Profile"}}
	}
	generated := describe(&a)
	r.achievements[id] = len(r.table.Achievements)
	r.table.Achievements = append(r.table.Achievements, Achievement{Key: id, Body: a, Generated: generated, File: s.name, Row: row + 1})
}

// iri keeps an id that is one already.
func (r *full) iri(id string) string {
	if strings.Contains(id, ":") {
		return id
	}
	return r.opts.IRI(id)
}

func (r *full) level(s *sheet, row int) {
	if !r.need(s, row, "rubric_id") || !r.need(s, row, "level_id") || !r.need(s, row, "name") {
		return
	}
	rubric := s.get(row, "rubric_id")
	if o := s.get(row, "order"); o != "" && !number(o) {
		r.say(s, row, "order", SeverityError, "not_a_number", o, mendNumber(o), "'%s' is not a number; levels are counted from the lowest.", o)
	}
	// Level keeps the order until the rubric is sorted.
	r.rubrics[rubric] = append(r.rubrics[rubric], ob.RubricCriterionLevel{ID: s.get(row, "level_id"), Type: []string{"RubricCriterionLevel"},
		Name: s.get(row, "name"), Description: s.get(row, "description"), Points: s.get(row, "points"), Level: s.get(row, "order")})
}

// sortLevels puts every rubric in order, low to high.
func (r *full) sortLevels() {
	for _, levels := range r.rubrics {
		slices.SortStableFunc(levels, func(a, b ob.RubricCriterionLevel) int { return cmp.Compare(atof(a.Level), atof(b.Level)) })
	}
}

func atof(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return f
}

func (r *full) result(s *sheet, row int) {
	id, of := s.get(row, "result_id"), s.get(row, "achievement_id")
	if !r.need(s, row, "result_id") {
		return
	}
	i, ok := r.achievements[of]
	if !ok {
		r.say(s, row, "achievement_id", SeverityError, "unknown_achievement", of, "", "%s is not in achievements.csv.", of)
		return
	}
	d := ob.ResultDescription{ID: id, Type: []string{"ResultDescription"}, Name: cmp.Or(s.get(row, "name"), "Result"), ResultType: ob.ResultType(s.get(row, "result_type")),
		AllowedValue: split(s.get(row, "allowed_values"), "|"), ValueMin: s.get(row, "value_min"), ValueMax: s.get(row, "value_max"),
		RequiredValue: s.get(row, "required_value"), RequiredLevel: s.get(row, "required_level")}
	if !slices.Contains(ob.ResultTypes, d.ResultType) && !ob.IsExtensionTerm(string(d.ResultType)) {
		r.say(s, row, "result_type", SeverityError, "vocabulary", string(d.ResultType), "", "'%s' is not a result type.", d.ResultType)
		return
	}
	if rubric := s.get(row, "rubric_id"); rubric != "" {
		if d.RubricCriterionLevel = r.rubrics[rubric]; len(d.RubricCriterionLevel) == 0 {
			r.say(s, row, "rubric_id", SeverityError, "unknown_rubric", rubric, "", "%s has no level in rubric-levels.csv.", rubric)
		}
	}
	a := &r.table.Achievements[i].Body
	a.ResultDescription = append(a.ResultDescription, d)
	r.resultOf[id] = of
	for j := range a.ResultDescription { // append may have moved them
		r.results[a.ResultDescription[j].ID] = &a.ResultDescription[j]
	}
}

func (r *full) alignment(s *sheet, row int) {
	on, id := s.get(row, "on"), s.get(row, "on_id")
	if !r.need(s, row, "target_name") || !r.need(s, row, "target_url") {
		return
	}
	al := ob.Alignment{Type: []string{"Alignment"}, TargetName: s.get(row, "target_name"), TargetURL: s.get(row, "target_url"), TargetCode: s.get(row, "target_code"),
		TargetFramework: s.get(row, "target_framework"), TargetType: ob.AlignmentTargetType(s.get(row, "target_type"))}
	switch on {
	case "achievement":
		i, ok := r.achievements[id]
		if !ok {
			r.say(s, row, "on_id", SeverityError, "unknown_achievement", id, "", "%s is not in achievements.csv.", id)
			return
		}
		r.table.Achievements[i].Body.Alignment = append(r.table.Achievements[i].Body.Alignment, al)
	case "result":
		d, ok := r.results[id]
		if !ok {
			r.say(s, row, "on_id", SeverityError, "unknown_result", id, "", "%s is not in results.csv.", id)
			return
		}
		d.Alignment = append(d.Alignment, al)
	default:
		r.say(s, row, "on", SeverityError, "vocabulary", on, "", "'%s' is neither achievement nor result.", on)
	}
}

func (r *full) association(s *sheet, row int) {
	source, typ, target := s.get(row, "source_achievement_id"), s.get(row, "association_type"), s.get(row, "target_achievement_id")
	if !slices.Contains(associationTypes, typ) {
		r.say(s, row, "association_type", SeverityError, "vocabulary", typ, "", "'%s' is not one of %s.", typ, list(associationTypes))
		return
	}
	for _, column := range []string{"source_achievement_id", "target_achievement_id"} {
		id := s.get(row, column)
		if _, ok := r.achievements[id]; !ok {
			r.say(s, row, column, SeverityWarning, "unknown_achievement", id, "", "%s is not in achievements.csv; the relation points outside this file.", id)
		}
	}
	r.table.Associations = append(r.table.Associations, Association{Type: typ, Source: r.iri(source), Target: r.iri(target), File: s.name, Row: row + 1})
}

func (r *full) learner(s *sheet, row int) {
	id := s.get(row, "learner_id")
	if !r.need(s, row, "learner_id") {
		return
	}
	name := record.Name{Display: s.get(row, "display_name"), Given: s.get(row, "given_name"), Family: s.get(row, "family_name")}
	if name.Display == "" {
		name.Display = strings.TrimSpace(name.Given + " " + name.Family)
	}
	if name.Display == "" {
		r.say(s, row, "display_name", SeverityError, "required_missing", "", "", "a name is needed to issue.")
		return
	}
	if i, twice := r.learners[id]; twice {
		r.say(s, row, "learner_id", SeverityError, "duplicate_id", id, "", "%s is in row %d already.", id, r.table.Learners[i].Row)
		return
	}
	l := Learner{Key: id, Name: name, Email: s.get(row, "email"), Language: s.get(row, "preferred_language"), Guardian: s.get(row, "guardian_email"),
		Identifiers: []record.Identifier{{Type: "sisSourcedId", Value: id}}, File: s.name, Row: row + 1}
	if l.Email != "" && !email.MatchString(l.Email) {
		r.say(s, row, "email", SeverityError, "email_invalid", l.Email, mendEmail(l.Email), "'%s' is not an email address.", l.Email)
		return
	}
	if did := s.get(row, "did"); did != "" {
		l.Identifiers = append(l.Identifiers, record.Identifier{Type: "did", Value: did})
	}
	r.learners[id] = len(r.table.Learners)
	r.table.Learners = append(r.table.Learners, l)
}

// finish counts rows and puts rejected awards aside.
func (r *full) finish() {
	if s := r.sheets["awards"]; s != nil {
		r.table.Rows = len(s.rows)
	}
	for row := range r.rejected {
		r.table.Rejected = append(r.table.Rejected, row)
	}
	slices.Sort(r.table.Rejected)
	keep := r.table.Awards[:0]
	for _, a := range r.table.Awards {
		if !r.rejected[a.Row] {
			keep = append(keep, a)
		}
	}
	r.table.Awards = keep
}
