package export

import (
	"slices"

	"github.com/openlaurel/laurel/ob"
)

// resumeSchema is the version of the schema that the document keeps to.
const resumeSchema = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"

// The classes of JSON Resume, with the members that a record can fill.
type (
	resume struct {
		Schema       string         `json:"$schema"`
		Basics       *basics        `json:"basics,omitempty"`
		Work         []work         `json:"work,omitempty"`
		Volunteer    []volunteer    `json:"volunteer,omitempty"`
		Education    []education    `json:"education,omitempty"`
		Awards       []award        `json:"awards,omitempty"`
		Certificates []certificate  `json:"certificates,omitempty"`
		Skills       []skill        `json:"skills,omitempty"`
		Projects     []project      `json:"projects,omitempty"`
		Meta         map[string]any `json:"meta,omitempty"`
	}
	basics struct {
		Name  string `json:"name,omitempty"`
		Email string `json:"email,omitempty"`
	}
	work struct {
		Name      string `json:"name,omitempty"`
		Position  string `json:"position,omitempty"`
		URL       string `json:"url,omitempty"`
		StartDate string `json:"startDate,omitempty"`
		EndDate   string `json:"endDate,omitempty"`
		Summary   string `json:"summary,omitempty"`
	}
	volunteer struct {
		Organization string `json:"organization,omitempty"`
		Position     string `json:"position,omitempty"`
		URL          string `json:"url,omitempty"`
		StartDate    string `json:"startDate,omitempty"`
		EndDate      string `json:"endDate,omitempty"`
		Summary      string `json:"summary,omitempty"`
	}
	education struct {
		Institution string   `json:"institution,omitempty"`
		URL         string   `json:"url,omitempty"`
		Area        string   `json:"area,omitempty"`
		StudyType   string   `json:"studyType,omitempty"`
		StartDate   string   `json:"startDate,omitempty"`
		EndDate     string   `json:"endDate,omitempty"`
		Score       string   `json:"score,omitempty"`
		Courses     []string `json:"courses,omitempty"`
	}
	award struct {
		Title   string `json:"title,omitempty"`
		Date    string `json:"date,omitempty"`
		Awarder string `json:"awarder,omitempty"`
		Summary string `json:"summary,omitempty"`
	}
	certificate struct {
		Name   string `json:"name,omitempty"`
		Date   string `json:"date,omitempty"`
		Issuer string `json:"issuer,omitempty"`
		URL    string `json:"url,omitempty"`
	}
	skill struct {
		Name     string   `json:"name,omitempty"`
		Level    string   `json:"level,omitempty"`
		Keywords []string `json:"keywords,omitempty"`
	}
	project struct {
		Name        string `json:"name,omitempty"`
		Description string `json:"description,omitempty"`
		URL         string `json:"url,omitempty"`
	}
)

// resumeWriter fills a résumé claim by claim.
type resumeWriter struct {
	*writer
	out     resume
	courses map[int]bool // courses that a degree lists
}

// writeJSONResume writes a résumé. It is data without proof: the links lead to what can be verified.
func writeJSONResume(w *writer) ([]File, error) {
	r := &resumeWriter{writer: w, out: resume{Schema: resumeSchema}, courses: map[int]bool{}}
	if w.opts.Person || w.opts.Contact {
		r.out.Basics = &basics{}
		if w.opts.Person {
			r.out.Basics.Name = w.record.person()
		}
		if w.opts.Contact {
			r.out.Basics.Email = w.record.identity(ob.IdentifierEmail)
		}
	}
	if w.opts.Link != "" {
		r.out.Meta = map[string]any{"canonical": w.opts.Link}
	}
	r.degrees()
	for i := range w.record.Claims {
		if c := &w.record.Claims[i]; !c.lost() {
			r.claim(i, c)
		}
	}
	return w.document("resume.json", "application/json", r.out)
}

// degrees come first: they list the courses that the record says are parts of them.
func (r *resumeWriter) degrees() {
	parts := r.record.parts()
	for i := range r.record.Claims {
		c := &r.record.Claims[i]
		a, s := c.achievement(), &c.CredentialSubject
		if a.AchievementType.Section() != ob.SectionDegrees || c.lost() {
			continue
		}
		e := education{Institution: issuerName(c.issuer()), URL: web(c.issuer().URL), Area: firstOf(a.FieldOfStudy, a.Name), StudyType: kindWords(a.AchievementType),
			StartDate: date(s.ActivityStartDate.Day()), Score: gradePoints(c)}
		if c.completed() {
			e.EndDate = date(firstOf(s.ActivityEndDate.Day(), c.awarded()))
		}
		for _, p := range parts[i] {
			if part := &r.record.Claims[p]; part.achievement().AchievementType == "Course" && part.completed() {
				e.Courses = append(e.Courses, named(part.achievement()))
				r.courses[p] = true
			}
		}
		r.out.Education = append(r.out.Education, e)
	}
}

// gradePoints is the grade point average with its scale's end, as the issuer has it.
func gradePoints(c *Claim) string {
	for i := range c.CredentialSubject.Result {
		res := &c.CredentialSubject.Result[i]
		if d := c.describes(res); d != nil && d.ResultType == ob.ResultGradePointAverage && res.Value != "" {
			if d.ValueMax != "" {
				return res.Value + "/" + d.ValueMax
			}
			return res.Value
		}
	}
	return ""
}

func (r *resumeWriter) claim(i int, c *Claim) {
	a, s := c.achievement(), &c.CredentialSubject
	who := issuerName(c.issuer())
	r.aligned(c)
	if r.opts.Evidence {
		for _, e := range c.Evidence {
			if u := web(e.ID); u != "" || e.Name != "" {
				r.out.Projects = append(r.out.Projects, project{Name: firstOf(e.Name, c.title()), Description: e.Description, URL: u})
			}
		}
	}
	switch t := a.AchievementType; {
	case t.Section() == ob.SectionDegrees:
	case t == "Course":
		switch {
		case r.courses[i]:
		case c.completed():
			r.course(who, web(c.issuer().URL), c)
		default:
			r.lose(c.title(), "is not completed, and a résumé has no place for unfinished courses")
		}
	case t == "Award":
		r.out.Awards = append(r.out.Awards, award{Title: c.title(), Date: date(c.awarded()), Awarder: who, Summary: a.Description})
	case t == "CommunityService":
		r.out.Volunteer = append(r.out.Volunteer, volunteer{Organization: who, Position: firstOf(s.Role, c.title()), URL: web(c.issuer().URL),
			StartDate: date(s.ActivityStartDate.Day()), EndDate: date(s.ActivityEndDate.Day()), Summary: s.Narrative})
	case t == "Fieldwork":
		r.out.Work = append(r.out.Work, work{Name: who, Position: firstOf(s.Role, c.title()), URL: web(c.issuer().URL),
			StartDate: date(s.ActivityStartDate.Day()), EndDate: date(s.ActivityEndDate.Day()), Summary: s.Narrative})
	case t.Section() == ob.SectionSkills:
		r.competency(c)
	case t.Section() == ob.SectionLicences || t.Section() == ob.SectionCertificates:
		if !c.completed() {
			r.lose(c.title(), "is not completed, and a résumé has no place for unfinished certificates")
			return
		}
		r.out.Certificates = append(r.out.Certificates, certificate{Name: c.title(), Date: date(c.awarded()), Issuer: who, URL: firstOf(web(c.ID), r.opts.Link)})
	default:
		r.lose(c.title(), "is of a kind (%s) that JSON Resume has no place for", firstOf(kindWords(t), "none"))
	}
}

// course lists a course that no degree of the record claims under the institution that gave it.
func (r *resumeWriter) course(institution, address string, c *Claim) {
	i := slices.IndexFunc(r.out.Education, func(e education) bool { return e.Institution == institution && e.StudyType == "" })
	if i < 0 {
		i = len(r.out.Education)
		r.out.Education = append(r.out.Education, education{Institution: institution, URL: address})
	}
	r.out.Education[i].Courses = append(r.out.Education[i].Courses, named(c.achievement()))
}

// competency is a skill by itself.
func (r *resumeWriter) competency(c *Claim) {
	s := skill{Name: c.title()}
	for i := range c.CredentialSubject.Result {
		res := &c.CredentialSubject.Result[i]
		s.Level = firstOf(s.Level, level(c.describes(res), res))
	}
	for _, e := range c.Evidence {
		if e.Name != "" && r.opts.Evidence {
			s.Keywords = append(s.Keywords, e.Name)
		}
	}
	r.skill(s)
}

// aligned are the skills that results of a claim measure, with the level that was reached.
func (r *resumeWriter) aligned(c *Claim) {
	for i := range c.CredentialSubject.Result {
		res := &c.CredentialSubject.Result[i]
		d := c.describes(res)
		list := slices.Clone(res.Alignment)
		if d != nil {
			list = append(list, d.Alignment...)
		}
		word := level(d, res)
		if word == "" || !c.completed() {
			continue
		}
		for _, a := range list {
			if a.TargetName != "" {
				r.skill(skill{Name: a.TargetName, Level: word})
			}
		}
	}
}

// skill adds a skill once at each level.
func (r *resumeWriter) skill(s skill) {
	if !slices.ContainsFunc(r.out.Skills, func(o skill) bool { return o.Name == s.Name && o.Level == s.Level }) {
		r.out.Skills = append(r.out.Skills, s)
	}
}

// date is a date that the schema takes; what is none is left out.
func date(s string) string {
	if len(s) == len("2006-01-02") && s[4] == '-' && s[7] == '-' {
		return s
	}
	return ""
}
