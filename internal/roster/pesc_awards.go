package roster

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// awardLevels maps the first characters of AcademicAwardLevel to achievement types (PESC core codes); the longest match
// counts.
var awardLevels = []struct {
	prefix string
	typ    ob.AchievementType
}{
	{"B18", "SecondarySchoolDiploma"}, {"B19", "SecondarySchoolDiploma"}, {"B22", "CertificateOfCompletion"}, {"B23", "GeneralEducationDevelopment"},
	{"B", "SecondarySchoolDiploma"},
	{"2.1", "Certificate"}, {"2.2", "Certificate"}, {"2.3", "AssociateDegree"}, {"2.4", "BachelorDegree"}, {"2.5", "BachelorDegree"}, {"2.6", "Certificate"},
	{"3.1", "Certificate"}, {"3.2", "ProfessionalDoctorate"}, {"3.3", "Degree"},
	{"4.1", "Certificate"}, {"4.2", "MasterDegree"}, {"4.3", "Degree"}, {"4.4", "ResearchDoctorate"}, {"4.5", "Certificate"},
}

func awardType(level string) (ob.AchievementType, bool) {
	best, found := ob.AchievementType("Diploma"), false
	length := 0
	for _, l := range awardLevels {
		if strings.HasPrefix(level, l.prefix) && len(l.prefix) > length {
			best, length, found = l.typ, len(l.prefix), true
		}
	}
	return best, found
}

func (r *pesc) academicAward(e, school, sender *element) {
	r.table.Rows++
	title := cmp.Or(e.value("AcademicAwardTitle"), e.value("AcademicAwardProgram", "AcademicProgramName"))
	if title == "" {
		r.find(e.line, "AcademicAward", SeverityError, "required_missing", "the award has no AcademicAwardTitle; it is left out.")
		r.table.Rejected = append(r.table.Rejected, r.table.Rows)
		return
	}
	typ, known := awardType(e.value("AcademicAwardLevel"))
	if !known {
		r.find(e.line, "AcademicAward/AcademicAwardLevel", SeverityWarning, "vocabulary", "'%s' is in no list we have; read as Diploma.", e.value("AcademicAwardLevel"))
	}
	a := ob.Achievement{Name: title, AchievementType: typ, FieldOfStudy: e.value("AcademicAwardProgram", "AcademicProgramName")}
	d := record.AwardDetail{AwardedOn: r.date(e, "AcademicAwardDate"), Source: elsewhere(school, sender)}
	if indicator := cmp.Or(e.value("AcademicCompletionIndicator"), e.value("AcademicAwardCompletionIndicator")); indicator == "false" || indicator == "0" {
		d.Status = string(ob.StatusInProgress)
	}
	if h := e.value("AcademicHonors", "HonorsTitle"); h != "" {
		a.ResultDescription = append(a.ResultDescription, ob.ResultDescription{ID: "#honors", Type: []string{"ResultDescription"}, Name: "Honors", ResultType: ob.ResultPerformanceLevel})
		d.Results = append(d.Results, record.Result{Name: "Honors", Value: h})
	}
	r.gpa(e.child("AcademicSummary", "GPA"), &a, &d)
	key := r.keep(squeeze(string(typ))+"/"+title, e.line, a)
	r.place(key, &d)
	r.award(key, e.line, d)
}

// gpa keeps a grade point average as issued, with its scale; it is never computed.
func (r *pesc) gpa(e *element, a *ob.Achievement, d *record.AwardDetail) {
	v := e.value("GradePointAverage")
	if v == "" {
		return
	}
	a.ResultDescription = append(a.ResultDescription, ob.ResultDescription{ID: "#gpa", Type: []string{"ResultDescription"}, Name: "Grade point average",
		ResultType: ob.ResultGradePointAverage, ValueMin: e.value("GPARangeMinimum"), ValueMax: e.value("GPARangeMaximum")})
	d.Results = append(d.Results, record.Result{Name: "Grade point average", Value: v})
}

// gradeStates maps CourseAcademicGradeStatusCode to the standard's states; those that name no award are empty.
var gradeStates = map[string]ob.ResultStatusType{
	"Completed": ob.StatusCompleted, "HonorsGrade": ob.StatusCompleted, "OtherPass": ob.StatusCompleted, "PassFailPass": ob.StatusCompleted,
	"Incomplete": ob.StatusOnHold, "NotYetReported": ob.StatusProvisional, "InProgress": ob.StatusInProgress,
	"IncompleteNotResolvedFail": ob.StatusFailed, "OtherFail": ob.StatusFailed, "PassFailFail": ob.StatusFailed,
	"Withdrew": ob.StatusWithdrew, "WithdrewPassing": ob.StatusWithdrew, "WithdrewFailing": ob.StatusWithdrew, "AuditedCourse": ob.StatusCompleted,
	"PlanningToTake": "", "TransferNoGrade": "",
}

// priorLearning are the credit bases that a record shows as prior learning.
var priorLearning = []string{"LifeExperience", "CreditByExam", "Military", "AdvancedPlacement", "InternationalBaccalaureate", "HighSchoolDualCredit"}

func (r *pesc) course(e, session, school, sender *element) {
	r.table.Rows++
	title := e.value("CourseTitle")
	code := strings.TrimSpace(e.value("CourseSubjectAbbreviation") + " " + e.value("CourseNumber"))
	if title == "" && code == "" {
		r.find(e.line, "Course", SeverityError, "required_missing", "the course has neither CourseTitle nor CourseNumber; it is left out.")
		r.table.Rejected = append(r.table.Rejected, r.table.Rows)
		return
	}
	status, ok := r.status(e)
	if !ok {
		return
	}
	a := ob.Achievement{Name: cmp.Or(title, code), AchievementType: "Course", HumanCode: code}
	if v := e.value("CourseCreditValue"); number(v) {
		f, _ := strconv.ParseFloat(v, 64) // number has looked
		a.CreditsAvailable = &f
	}
	for _, basis := range priorLearning {
		if e.value("CourseCreditBasis") == basis {
			a.Tag = append(a.Tag, "prior learning", spaced(basis))
		}
	}
	for _, id := range []struct{ element, typ string }{{"OriginalCourseID", "identifier"}, {"CourseCIPCode", "ext:CIP"}, {"CourseSCEDCode", "ext:SCED"}} {
		if v := e.value(id.element); v != "" && v != "999" { // 999: "no code" in older exports
			a.OtherIdentifier = append(a.OtherIdentifier, ob.IdentifierEntry{Type: "IdentifierEntry", Identifier: v, IdentifierType: ob.IdentifierType(id.typ)})
		}
	}
	d := record.AwardDetail{Term: cmp.Or(session.value("SessionName"), session.value("SessionDesignator")), Credits: e.value("CourseCreditEarned"),
		ActivityStart: r.date(session, "SessionBeginDate"), ActivityEnd: r.date(session, "SessionEndDate"), Status: status,
		Narrative: e.value("NarrativeExplanationGrade"), Source: elsewhere(school, sender)}
	d.AwardedOn = cmp.Or(r.date(e, "CourseEndDate"), d.ActivityEnd, sessionEnd(session.value("SessionDesignator")))
	r.grade(e, &a, &d)
	key := r.keep("course/"+cmp.Or(code, title), e.line, a)
	r.place(key, &d)
	r.award(key, e.line, d)
}

// status reads what the grade status says; a grade of F without credit is a failure where no status is given.
func (r *pesc) status(e *element) (string, bool) {
	code := e.value("CourseAcademicGradeStatusCode")
	if code == "" {
		if e.value("CourseAcademicGrade") == "F" && atof(e.value("CourseCreditEarned")) == 0 {
			return string(ob.StatusFailed), true
		}
		return string(ob.StatusCompleted), true
	}
	state, known := gradeStates[code]
	if known && state == "" {
		r.find(e.line, "Course/CourseAcademicGradeStatusCode", SeverityInfo, "not_an_award", "%s is planned or ungraded; it is not an award.", code)
		r.table.Repeated = append(r.table.Repeated, r.table.Rows)
		return "", false
	}
	if !known {
		r.find(e.line, "Course/CourseAcademicGradeStatusCode", SeverityWarning, "vocabulary", "'%s' is in no list we have; read as Completed.", code)
		state = ob.StatusCompleted
	}
	return string(state), true
}

// grade keeps the grade as written. Without a scale in the file no scale is invented: only the usual letters get one.
func (r *pesc) grade(e *element, a *ob.Achievement, d *record.AwardDetail) {
	g := e.value("CourseAcademicGrade")
	if g == "" {
		return
	}
	rd := ob.ResultDescription{ID: "#grade", Type: []string{"ResultDescription"}, Name: "Grade", ResultType: ob.ResultLetterGrade}
	if number(g) {
		rd.ID, rd.Name, rd.ResultType = "#score", "Numeric grade", ob.ResultRawScore
	}
	a.ResultDescription = append(a.ResultDescription, rd)
	d.Results = append(d.Results, record.Result{Name: rd.Name, Value: g})
}

// place joins results to the descriptions of the kept achievement, by name.
func (r *pesc) place(key string, d *record.AwardDetail) {
	for i := range d.Results {
		for _, rd := range r.table.Achievements[r.achievements[key]].Body.ResultDescription {
			if rd.Name == d.Results[i].Name {
				d.Results[i].Description = rd.ID
			}
		}
	}
}

func (r *pesc) licence(e *element) {
	r.table.Rows++
	name := cmp.Or(e.value("LicensureName"), e.value("Name"))
	if name == "" {
		r.find(e.line, "Licensure", SeverityError, "required_missing", "the licence has no name; it is left out.")
		r.table.Rejected = append(r.table.Rejected, r.table.Rows)
		return
	}
	key := r.keep("license/"+name, e.line, ob.Achievement{Name: name, AchievementType: "License"})
	r.award(key, e.line, record.AwardDetail{AwardedOn: r.date(e, "PassageDate")})
}

// date reads a date or the day of a date-time; what cannot be read is said and left out.
func (r *pesc) date(e *element, name string) string {
	v := e.value(name)
	if v == "" {
		return ""
	}
	got, bad := readDate(v, false, false)
	if bad != nil {
		r.find(e.child(name).line, name, SeverityWarning, bad.code, "%s It is left out.", bad.say)
		return ""
	}
	return day(got.date)
}

// sessionEnd dates an award whose transcript gives only the month in which the session began (SessionDesignator
// "1986-09"): the first of that month, the only day that the source vouches for.
func sessionEnd(designator string) string {
	if len(designator) != len("1986-09") {
		return ""
	}
	got, bad := readDate(designator+"-01", false, false)
	if bad != nil {
		return ""
	}
	return day(got.date)
}
