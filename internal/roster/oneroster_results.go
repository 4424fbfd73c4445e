package roster

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// results reads the gradebook. A result is an award when it is fully graded and its line item is final; a result of a
// learning objective is an award of the competency that the objective names, and nothing is inferred from the rest.
func (r *oneRoster) results(ctx context.Context) error {
	s := r.sheets["results"]
	if s == nil {
		return nil
	}
	r.table.Rows = len(s.rows)
	objectives := r.objectives("resultlearningobjectiveids", "resultsourcedid")
	aside := 0
	for row := range s.rows {
		if row%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		at := place{s.name, row + 1}
		id := s.get(row, "sourcedid")
		if gone(s, row) {
			r.say(at, "status", SeverityWarning, "source_deleted", id, "", "the source deleted this result. If it was issued, revoke it by hand.")
			r.table.Repeated = append(r.table.Repeated, row+1)
			continue
		}
		if !r.graded(s, row) {
			r.say(at, "scoreStatus", SeverityInfo, "not_an_award", s.get(row, "scorestatus"), "", "the result is not fully graded; it is not an award yet.")
			r.table.Repeated = append(r.table.Repeated, row+1)
			continue
		}
		learner, ok := r.learners[s.get(row, "studentsourcedid")]
		if !ok {
			r.say(at, "studentSourcedId", SeverityError, "unknown_learner", s.get(row, "studentsourcedid"), "", "'%s' is no student of users.csv.", s.get(row, "studentsourcedid"))
			r.reject(row + 1)
			continue
		}
		person := r.table.Learners[learner].Key
		switch {
		case len(objectives[id]) > 0:
			r.objectiveResults(at, person, s, row, objectives[id])
		case r.isFinal(s.get(row, "lineitemsourcedid")):
			r.finalResult(at, person, s, row)
		default:
			aside++
			r.table.Repeated = append(r.table.Repeated, row+1)
		}
	}
	if aside > 0 {
		r.say(place{file: s.name}, "", SeverityInfo, "not_final", "", "",
			"%d results belong to line items whose title does not say “%s”; they are not awards. Another word can be set for the source (oneroster.final).", aside, r.final)
	}
	return nil
}

func (r *oneRoster) graded(s *sheet, row int) bool {
	for _, c := range []string{"inprogress", "incomplete", "missing"} {
		if strings.EqualFold(s.get(row, c), "true") {
			return false
		}
	}
	status := strings.ToLower(s.get(row, "scorestatus"))
	return status == "fully graded" || status == "fullygraded"
}

func (r *oneRoster) isFinal(lineItem string) bool {
	words := strings.ToLower(r.cell("lineitems", lineItem, "title") + " " + r.cell("lineitems", lineItem, "description") + " " +
		r.cell("categories", r.cell("lineitems", lineItem, "categorysourcedid"), "title"))
	return strings.Contains(words, r.final)
}

// link is one line of the learning objective files.
type link struct {
	row                      int
	id, source, score, grade string
}

func (r *oneRoster) objectives(sheet, owner string) map[string][]link {
	s := r.sheets[sheet]
	out := map[string][]link{}
	if s == nil {
		return out
	}
	for row := range s.rows {
		if !gone(s, row) {
			out[s.get(row, owner)] = append(out[s.get(row, owner)], link{row, s.get(row, "learningobjectiveid"), s.get(row, "source"), s.get(row, "score"), s.get(row, "textscore")})
		}
	}
	return out
}

// dates fills when a result was reached and in which term.
func (r *oneRoster) dates(at place, s *sheet, row int, d *record.AwardDetail) {
	item := s.get(row, "lineitemsourcedid")
	class := cmp.Or(s.get(row, "classsourcedid"), r.cell("lineitems", item, "classsourcedid"))
	terms := split(r.cell("classes", class, "termsourcedids"), ",")
	session := cmp.Or(r.cell("lineitems", item, "academicsessionsourcedid"), r.cell("lineitems", item, "gradingperiodsourcedid"))
	if session == "" && len(terms) > 0 {
		session = terms[0]
	}
	d.Term = r.cell("academicsessions", session, "title")
	if n := r.find("academicsessions", session); n >= 0 {
		from := place{r.sheets["academicsessions"].name, n + 1}
		d.ActivityStart = r.date(from, "startDate", r.cell("academicsessions", session, "startdate"))
		d.ActivityEnd = r.date(from, "endDate", r.cell("academicsessions", session, "enddate"))
	}
	d.AwardedOn = cmp.Or(r.date(at, "scoreDate", s.get(row, "scoredate")), d.ActivityEnd)
}

func (r *oneRoster) finalResult(at place, person string, s *sheet, row int) {
	item := s.get(row, "lineitemsourcedid")
	class := cmp.Or(s.get(row, "classsourcedid"), r.cell("lineitems", item, "classsourcedid"))
	key, ok := r.courseOf(class)
	if !ok {
		r.say(at, "classSourcedId", SeverityError, "unknown_achievement", class, "", "'%s' is in neither classes.csv nor courses.csv.", class)
		r.reject(row + 1)
		return
	}
	d := record.AwardDetail{Status: string(ob.StatusCompleted)}
	r.dates(at, s, row, &d)
	var add ob.Achievement
	if grade := s.get(row, "textscore"); grade != "" {
		scale := r.scale(s.get(row, "sourcedid"), item)
		if len(scale) > 0 && !slices.Contains(scale, grade) {
			r.say(at, "textScore", SeverityError, "not_in_scale", grade, "", "'%s' is not in the score scale (%s).", grade, list(scale))
			r.reject(row + 1)
			return
		}
		add.ResultDescription = append(add.ResultDescription, ob.ResultDescription{ID: "#grade", Name: "Grade", ResultType: ob.ResultLetterGrade, AllowedValue: scale})
		d.Results = append(d.Results, record.Result{Description: "#grade", Name: "Grade", Value: grade})
	}
	if score := s.get(row, "score"); score != "" {
		name := cmp.Or(r.cell("lineitems", item, "title"), "Score")
		add.ResultDescription = append(add.ResultDescription, ob.ResultDescription{ID: "#score", Name: name, ResultType: ob.ResultRawScore,
			ValueMin: r.cell("lineitems", item, "resultvaluemin"), ValueMax: r.cell("lineitems", item, "resultvaluemax")})
		d.Results = append(d.Results, record.Result{Description: "#score", Name: name, Value: score})
	}
	r.achievement(key, at, add)
	r.award(r.system+"|"+s.get(row, "sourcedid"), person, key, at, d)
}

// scale is the letters of the score scale of a result or of its line item, low to high.
func (r *oneRoster) scale(result, item string) []string {
	for _, from := range []struct{ sheet, owner, id string }{{"resultscorescales", "resultsourcedid", result}, {"lineitemscorescales", "lineitemsourcedid", item}} {
		s := r.sheets[from.sheet]
		if s == nil {
			continue
		}
		for row := range s.rows {
			if s.get(row, from.owner) == from.id {
				return scaleLetters(r.cell("scorescales", s.get(row, "scorescalesourcedid"), "scorescalevalue"))
			}
		}
	}
	return nil
}

// scaleLetters reads "{F:0-59,D:60-69,A:90-100}": the names in the order of what they begin at.
func scaleLetters(cell string) []string {
	type step struct {
		name string
		from float64
	}
	var steps []step
	for _, part := range split(strings.NewReplacer("{", "", "}", "").Replace(cell), ",") {
		name, span, _ := strings.Cut(part, ":")
		from, _, _ := strings.Cut(span, "-")
		steps = append(steps, step{strings.TrimSpace(name), atof(strings.TrimSpace(from))})
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.from, b.from) })
	out := make([]string, len(steps))
	for i, s := range steps {
		out[i] = s.name
	}
	return out
}

// objectiveResults makes one award of a competency for each learning objective that a result speaks of.
func (r *oneRoster) objectiveResults(at place, person string, s *sheet, row int, links []link) {
	item := s.get(row, "lineitemsourcedid")
	class := cmp.Or(s.get(row, "classsourcedid"), r.cell("lineitems", item, "classsourcedid"))
	shared := r.objectives("lineitemlearningobjectiveids", "lineitemsourcedid")[item]
	for _, l := range links {
		from := place{r.sheets["resultlearningobjectiveids"].name, l.row + 1}
		if !strings.EqualFold(l.source, "case") {
			r.say(from, "source", SeverityInfo, "skill_suggested", l.id, "", "'%s' is an objective of no framework that is named; it is not an award.", l.id)
			continue
		}
		t := r.objective(l.id, len(shared) == 1 && shared[0].id == l.id, r.cell("lineitems", item, "title"))
		if t.name == l.id {
			r.say(from, "learningObjectiveId", SeverityWarning, "objective_unnamed", l.id, "", "nothing in the set names the objective %s; add its CASE package, or name it in the catalogue.", l.id)
		}
		alignment := ob.Alignment{Type: []string{"Alignment"}, TargetName: t.name, TargetURL: t.uri, TargetCode: t.code, TargetFramework: t.framework, TargetType: ob.TargetCFItem}
		a := ob.Achievement{Name: t.name, AchievementType: "Competency", Alignment: []ob.Alignment{alignment}}
		d := record.AwardDetail{Status: string(ob.StatusCompleted)}
		r.dates(at, s, row, &d)
		points := []record.Alignment{{Name: t.name, URL: t.uri, Code: t.code, Framework: t.framework, Type: string(ob.TargetCFItem)}}
		if score := cmp.Or(l.score, s.get(row, "score")); score != "" {
			a.ResultDescription = append(a.ResultDescription, ob.ResultDescription{ID: "#score", Name: "Score", ResultType: ob.ResultRawScore,
				ValueMin: r.cell("lineitems", item, "resultvaluemin"), ValueMax: r.cell("lineitems", item, "resultvaluemax"), Alignment: []ob.Alignment{alignment}})
			d.Results = append(d.Results, record.Result{Description: "#score", Name: "Score", Value: score, Alignments: points})
		}
		if word := cmp.Or(l.grade, s.get(row, "textscore")); word != "" {
			a.ResultDescription = append(a.ResultDescription, ob.ResultDescription{ID: "#level", Name: "Level", ResultType: ob.ResultPerformanceLevel, Alignment: []ob.Alignment{alignment}})
			d.Results = append(d.Results, record.Result{Description: "#level", Name: "Level", Value: word, Alignments: points})
		}
		key := r.system + "/objective/" + l.id
		r.achievement(key, from, a)
		if course, ok := r.courseOf(class); ok {
			r.relate("isPartOf", key, course, from)
		}
		r.award(r.system+"|"+s.get(row, "sourcedid")+"|"+l.id, person, key, at, d)
	}
}

// relate joins two kept achievements, once.
func (b *builder) relate(kind, source, target string, at place) {
	a := Association{Type: kind, Source: b.table.Achievements[b.achievements[source]].Body.ID, Target: b.table.Achievements[b.achievements[target]].Body.ID, File: at.file, Row: at.row}
	if !slices.ContainsFunc(b.table.Associations, func(x Association) bool { return x.Type == a.Type && x.Source == a.Source && x.Target == a.Target }) {
		b.table.Associations = append(b.table.Associations, a)
	}
}

// objective is what is known about a learning objective: its node in a CASE package of the set, else the title of a line
// item that is about this objective alone.
func (r *oneRoster) objective(id string, alone bool, title string) target {
	uuid := strings.ToLower(strings.TrimPrefix(id, "urn:uuid:"))
	if t, ok := r.targets[uuid]; ok {
		return t
	}
	t := target{uri: id, name: id, code: uuid}
	if !strings.Contains(id, ":") {
		t.uri = "urn:uuid:" + id
	}
	if alone && title != "" {
		t.name = title
	}
	return t
}

// framework reads a CASE package that came with the set.
func (r *oneRoster) framework(f File) error {
	v, err := parseJSON(f)
	if err != nil {
		return err
	}
	title := v.At("/CFDocument/title").Text()
	for item := range v.Get("CFItems").Elements() {
		id := strings.ToLower(cmp.Or(item.Get("identifier").Text(), item.Get("sourcedId").Text()))
		r.targets[id] = target{uri: item.Get("uri").Text(), name: cmp.Or(item.Get("abbreviatedStatement").Text(), item.Get("fullStatement").Text()),
			code: cmp.Or(item.Get("humanCodingScheme").Text(), id), framework: title}
	}
	return nil
}
