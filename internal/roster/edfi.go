package roster

import (
	"bytes"
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// edFiResources are the collections of the Ed-Fi API that are read, as members of one object or as one file each.
var edFiResources = []string{"students", "studentAcademicRecords", "courseTranscripts", "studentCompetencyObjectives"}

func suitsEdFi(files []File) bool {
	for _, f := range files {
		head := f.Data[:min(len(f.Data), 4096)]
		if !bytes.Contains(head, []byte("studentUniqueId")) && !bytes.Contains(head, []byte("studentAcademicRecord")) {
			return false
		}
	}
	return len(files) > 0
}

// edFi reads resources of the Ed-Fi API, data standard 4 and 5 (users' guide, section 4.4). A row is one element of a
// collection; awards are counted one by one.
type edFi struct {
	*builder
	students map[string]Learner
}

func readEdFi(ctx context.Context, files []File, opts *Options) (*Table, error) {
	r := &edFi{builder: newBuilder(opts), students: map[string]Learner{}}
	var records, transcripts, competencies []edFiElement
	for _, f := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		root, err := parseJSON(f)
		if err != nil {
			return nil, err
		}
		r.readStudents(f.Name, root)
		records = append(records, edFiElements(f.Name, root, "studentAcademicRecords", "gradePointAverages", "diplomas", "cumulativeEarnedCredits")...)
		transcripts = append(transcripts, edFiElements(f.Name, root, "courseTranscripts", "courseAttemptResultDescriptor")...)
		competencies = append(competencies, edFiElements(f.Name, root, "studentCompetencyObjectives", "competencyLevelDescriptor")...)
	}
	if len(records)+len(transcripts)+len(competencies) == 0 {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s has none of %s; export at least one of them", files[0].Name, list(edFiResources[1:]))
	}
	for _, e := range records {
		r.academicRecord(e)
	}
	for _, e := range transcripts {
		r.transcript(e)
	}
	for _, e := range competencies {
		r.competency(e)
	}
	return r.table, nil
}

// edFiElement is one element of a collection and where it stands.
type edFiElement struct {
	place
	v ijson.Value
}

// edFiElements are the elements of a collection: the member of that name, or a bare array whose elements have one of the
// telling members.
func edFiElements(file string, root ijson.Value, name string, telling ...string) []edFiElement {
	var out []edFiElement
	collection := root.Get(name)
	bare := root.Kind() == ijson.Array
	if bare {
		collection = root
	}
	for i, v := range collection.Each() {
		hit := !bare
		for _, member := range telling {
			hit = hit || v.Has(member)
		}
		if hit {
			out = append(out, edFiElement{place{file, i + 1}, v})
		}
	}
	return out
}

// descriptor is the last part of an Ed-Fi descriptor: "Pass" of uri://ed-fi.org/CourseAttemptResultDescriptor#Pass.
func descriptor(v ijson.Value) string {
	text := v.Text()
	if _, after, ok := strings.Cut(text, "#"); ok {
		return after
	}
	return text
}

// readStudents keeps the names: academic records and transcripts have only numbers.
func (r *edFi) readStudents(file string, root ijson.Value) {
	for _, e := range edFiElements(file, root, "students", "firstName", "lastSurname") {
		id := e.v.Get("studentUniqueId").Text()
		given := strings.TrimSpace(e.v.Get("firstName").Text() + " " + e.v.Get("middleName").Text())
		name := record.Name{Given: given, Family: e.v.Get("lastSurname").Text()}
		name.Display = strings.Join(strings.Fields(strings.Join([]string{given, name.Family, e.v.Get("generationCodeSuffix").Text()}, " ")), " ")
		for _, secret := range []string{"birthDate", "birthSexDescriptor", "citizenshipStatusDescriptor", "identificationDocuments"} {
			if e.v.Has(secret) {
				r.drop("students/" + secret)
			}
		}
		r.students[id] = Learner{Key: id, Name: name, Identifiers: []record.Identifier{{Type: "sisSourcedId", Value: id}}, File: file, Row: e.row}
	}
}

// person finds the learner of an element. Without the students resource there is only a number, and the number stands
// for the name until a person or another file says more.
func (r *edFi) person(e edFiElement, id string) (string, bool) {
	if id == "" {
		r.say(e.place, "studentUniqueId", SeverityError, "required_missing", "", "", "the element names no student.")
		return "", false
	}
	l, known := r.students[id]
	if !known {
		l = Learner{Key: id, Name: record.Name{Display: id}, Identifiers: []record.Identifier{{Type: "sisSourcedId", Value: id}}, File: e.file, Row: e.row}
		if _, said := r.learners[id]; !said {
			r.say(e.place, "studentUniqueId", SeverityWarning, "name_missing", id, "", "the students resource does not name %s; add it, or correct the name before issuing.", id)
		}
	}
	r.learner(l)
	return id, true
}

func (r *edFi) counted() { r.table.Rows++ }

// add keeps an achievement and its award in one step.
func (r *edFi) add(e edFiElement, learner, key string, a ob.Achievement, d record.AwardDetail) {
	r.counted()
	key = "edfi/" + key
	r.achievement(key, e.place, a)
	r.award(strings.Join([]string{learner, key, cmp.Or(d.Term, d.AwardedOn)}, "|"), learner, key, e.place, d)
}

func (r *edFi) academicRecord(e edFiElement) {
	who, ok := r.person(e, e.v.At("/studentReference/studentUniqueId").Text())
	if !ok {
		r.counted()
		r.reject(r.table.Rows)
		return
	}
	var averages []ijson.Value
	for v := range e.v.Get("gradePointAverages").Elements() {
		averages = append(averages, v)
	}
	for v := range e.v.Get("diplomas").Elements() {
		r.diploma(e, who, v, averages)
		averages = nil // they are said once, with the diploma
	}
	term := edFiTerm(e.v)
	if len(averages) > 0 {
		a := ob.Achievement{Name: "Academic record", AchievementType: "LearningProgram"}
		d := record.AwardDetail{Term: term, Status: string(ob.StatusInProgress)}
		r.averages(averages, &a, &d)
		r.add(e, who, "record", a, d)
	}
	for _, collection := range []string{"recognitions", "academicHonors"} {
		for v := range e.v.Get(collection).Elements() {
			r.honour(e, who, term, collection, v)
		}
	}
	if e.v.Get("classRanking").Kind() == ijson.Object {
		r.drop("studentAcademicRecords/classRanking")
	}
}

func (r *edFi) diploma(e edFiElement, who string, v ijson.Value, averages []ijson.Value) {
	a := ob.Achievement{Name: cmp.Or(v.Get("achievementTitle").Text(), descriptor(v.Get("diplomaTypeDescriptor")), "Diploma"), AchievementType: "SecondarySchoolDiploma"}
	if level := descriptor(v.Get("diplomaLevelDescriptor")); level != "" {
		a.Tag = append(a.Tag, level)
	}
	if v.Get("cteCompleter").Bool() {
		a.Tag = append(a.Tag, "CTE completer")
	}
	d := record.AwardDetail{AwardedOn: r.date(e.place, "diplomaAwardDate", v.Get("diplomaAwardDate").Text()), Status: string(ob.StatusCompleted),
		Expires: r.date(e.place, "diplomaAwardExpiresDate", v.Get("diplomaAwardExpiresDate").Text())}
	r.averages(averages, &a, &d)
	r.block(v, &a, &d)
	r.add(e, who, "diploma/"+a.Name, a, d)
}

// averages keeps grade point averages as issued, one result each; they are never computed.
func (r *edFi) averages(list []ijson.Value, a *ob.Achievement, d *record.AwardDetail) {
	for i, v := range list {
		name := strings.TrimSpace(descriptor(v.Get("gradePointAverageTypeDescriptor")) + " grade point average")
		if v.Get("isCumulative").Bool() {
			name += " (cumulative)"
		}
		id := "#gpa" + strconv.Itoa(i+1)
		a.ResultDescription = append(a.ResultDescription, ob.ResultDescription{ID: id, Name: sentence(name), ResultType: ob.ResultGradePointAverage,
			ValueMin: "0", ValueMax: numberText(v.Get("maxGradePointAverageValue"))})
		d.Results = append(d.Results, record.Result{Description: id, Name: sentence(name), Value: numberText(v.Get("gradePointAverageValue"))})
	}
}

// block reads Ed-Fi's Achievement block, which maps one to one: criteria, issuer, evidence.
func (r *edFi) block(v ijson.Value, a *ob.Achievement, d *record.AwardDetail) {
	a.Criteria.Narrative = v.Get("criteria").Text()
	if u := v.Get("criteriaURL").Text(); webAddress(u) {
		a.Criteria.ID = u
	}
	if u := v.Get("evidenceStatement").Text(); webAddress(u) {
		d.Evidence = append(d.Evidence, record.Evidence{URL: u})
	} else if u != "" {
		d.Evidence = append(d.Evidence, record.Evidence{Narrative: u})
	}
	if name := v.Get("issuerName").Text(); name != "" && !strings.EqualFold(name, r.opts.Institution) {
		d.Source = &record.Source{Name: "Recorded from " + name, URL: v.Get("issuerOriginURL").Text()}
	}
}

func (r *edFi) honour(e edFiElement, who, term, collection string, v ijson.Value) {
	name := cmp.Or(v.Get("achievementTitle").Text(), v.Get("recognitionDescription").Text(), v.Get("honorDescription").Text(),
		descriptor(v.Get("recognitionTypeDescriptor")), descriptor(v.Get("academicHonorCategoryDescriptor")))
	if name == "" {
		r.say(e.place, collection, SeverityError, "required_missing", "", "", "an honour without a name is left out.")
		r.counted()
		r.reject(r.table.Rows)
		return
	}
	when := cmp.Or(v.Get("recognitionAwardDate").Text(), v.Get("honorAwardDate").Text())
	a := ob.Achievement{Name: name, AchievementType: "Award"}
	d := record.AwardDetail{Term: term, AwardedOn: r.date(e.place, collection, when), Status: string(ob.StatusCompleted)}
	r.block(v, &a, &d)
	r.add(e, who, "award/"+name, a, d)
}

// edFiTerm names a term: "Fall Semester 2025".
func edFiTerm(v ijson.Value) string {
	year := numberText(v.At("/schoolYearTypeReference/schoolYear"))
	if year == "" {
		year = numberText(v.Get("schoolYear"))
	}
	return strings.TrimSpace(descriptor(v.Get("termDescriptor")) + " " + year)
}

// edFiStates maps CourseAttemptResultDescriptor to the standard's states; an empty state is no award.
var edFiStates = map[string]ob.ResultStatusType{"pass": ob.StatusCompleted, "fail": ob.StatusFailed, "incomplete": ob.StatusOnHold, "withdrawn": ob.StatusWithdrew, "expelled": ""}

func (r *edFi) transcript(e edFiElement) {
	in := e.v.Get("studentAcademicRecordReference")
	who, ok := r.person(e, in.Get("studentUniqueId").Text())
	code, title := e.v.At("/courseReference/courseCode").Text(), cmp.Or(e.v.Get("courseTitle").Text(), e.v.Get("alternativeCourseTitle").Text())
	if ok && code == "" && title == "" {
		r.say(e.place, "courseTitle", SeverityError, "required_missing", "", "", "the course has neither title nor code.")
		ok = false
	}
	outcome := r.opts.Mapping.Value("courseAttemptResult", descriptor(e.v.Get("courseAttemptResultDescriptor")))
	state, known := edFiStates[strings.ToLower(outcome)]
	if ok && !known {
		r.say(e.place, "courseAttemptResult", SeverityError, "vocabulary", outcome, "", "'%s' is not Pass, Fail, Incomplete, Withdrawn or Expelled; say which it means.", outcome)
		ok = false
	}
	if !ok || state == "" {
		r.counted()
		if ok {
			r.table.Repeated = append(r.table.Repeated, r.table.Rows)
		} else {
			r.reject(r.table.Rows)
		}
		return
	}
	a := ob.Achievement{Name: cmp.Or(title, code), AchievementType: "Course", HumanCode: code, CreditsAvailable: credits(numberText(e.v.Get("attemptedCredits")))}
	for v := range e.v.Get("academicSubjects").Elements() {
		a.FieldOfStudy = cmp.Or(a.FieldOfStudy, descriptor(v.Get("academicSubjectDescriptor")))
	}
	if how := descriptor(e.v.Get("methodCreditEarnedDescriptor")); how != "" && !strings.EqualFold(how, "Classroom credit") {
		a.Tag = append(a.Tag, how)
	}
	d := record.AwardDetail{Term: edFiTerm(in), Status: string(state), Credits: numberText(e.v.Get("earnedCredits"))}
	for _, g := range []struct {
		member, id, name string
		typ              ob.ResultType
	}{{"finalLetterGradeEarned", "#grade", "Grade", ob.ResultLetterGrade}, {"finalNumericGradeEarned", "#score", "Numeric grade", ob.ResultRawScore}} {
		if v := numberText(e.v.Get(g.member)); v != "" {
			a.ResultDescription = append(a.ResultDescription, ob.ResultDescription{ID: g.id, Name: g.name, ResultType: g.typ})
			d.Results = append(d.Results, record.Result{Description: g.id, Name: g.name, Value: v})
		}
	}
	r.add(e, who, "course/"+cmp.Or(code, title), a, d)
}

// competency reads a studentCompetencyObjective: the level is a word of the source's own list, whose order nobody has
// confirmed, so it is a value and not a place on a scale.
func (r *edFi) competency(e edFiElement) {
	who, ok := r.person(e, e.v.At("/studentReference/studentUniqueId").Text())
	ref := e.v.Get("objectiveCompetencyObjectiveReference")
	if !ref.IsValid() {
		ref = e.v.Get("competencyObjectiveReference")
	}
	name, level := ref.Get("objective").Text(), descriptor(e.v.Get("competencyLevelDescriptor"))
	if !ok || name == "" {
		r.counted()
		r.reject(r.table.Rows)
		if ok {
			r.say(e.place, "objective", SeverityError, "required_missing", "", "", "the competency objective has no name.")
		}
		return
	}
	a := ob.Achievement{Name: name, AchievementType: "Competency"}
	d := record.AwardDetail{Term: edFiTerm(e.v.Get("gradingPeriodReference")), Status: string(ob.StatusCompleted), Narrative: e.v.Get("diagnosticStatement").Text()}
	if level != "" {
		a.ResultDescription = append(a.ResultDescription, ob.ResultDescription{ID: "#level", Name: "Level", ResultType: ob.ResultPerformanceLevel})
		d.Results = append(d.Results, record.Result{Description: "#level", Name: "Level", Value: level})
	}
	r.add(e, who, "competency/"+name, a, d)
}
