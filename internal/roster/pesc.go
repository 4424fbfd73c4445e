package roster

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

func suitsPESC(files []File) bool {
	for _, f := range files {
		head := bytes.ReplaceAll(f.Data[:min(len(f.Data), 4096)], []byte{0}, nil) // UTF-16 has zeros between
		if !bytes.Contains(head, []byte("CollegeTranscript")) && !bytes.Contains(head, []byte("HighSchoolTranscript")) {
			return false
		}
	}
	return len(files) > 0
}

// pesc reads PESC College and High School Transcripts (users' guide, section 4.3). A row is an award: a course, an
// academic award, a licence.
type pesc struct {
	file  string
	opts  *Options
	table *Table

	learner      string
	system       string // the sending institution's key: achievement keys start with it
	achievements map[string]int
	awards       map[string]int
}

func readPESC(ctx context.Context, files []File, opts *Options) (*Table, error) {
	table := &Table{}
	seen, keys := map[string]int{}, map[string]int{}
	for _, f := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		root, err := readXML(f)
		if err != nil {
			return nil, err
		}
		r := &pesc{file: f.Name, opts: opts, table: table, achievements: seen, awards: keys}
		if err := r.document(root); err != nil {
			return nil, err
		}
	}
	return table, nil
}

// require refuses a document that lacks a required element, with its place.
func (r *pesc) require(parent *element, path string, names ...string) (*element, error) {
	e := parent
	for _, name := range names {
		next := e.first(name)
		if next == nil {
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s, line %d: %s/%s is missing; the PESC schema requires it. Ask the sender for a complete transcript", r.file, e.line, path, name)
		}
		path += "/" + name
		e = next
	}
	return e, nil
}

func (r *pesc) document(root *element) error {
	if root.name != "CollegeTranscript" && root.name != "HighSchoolTranscript" {
		return record.Errorf(record.Invalid, "roster.Read", "%s, line %d: the document is a %s, not a CollegeTranscript or HighSchoolTranscript", r.file, root.line, root.name)
	}
	transmission, err := r.require(root, root.name, "TransmissionData")
	if err != nil {
		return err
	}
	for _, need := range [][]string{{"DocumentID"}, {"CreatedDateTime"}, {"Source", "Organization"}} {
		if _, err := r.require(transmission, root.name+"/TransmissionData", need...); err != nil {
			return err
		}
	}
	student, err := r.require(root, root.name, "Student")
	if err != nil {
		return err
	}
	person, err := r.require(student, root.name+"/Student", "Person")
	if err != nil {
		return err
	}
	source := transmission.child("Source", "Organization")
	r.system = organizationKey(source)
	if err := r.person(person, root.name); err != nil {
		return err
	}
	for _, rec := range student.all("AcademicRecord") {
		r.record(rec, source)
	}
	return nil
}

// organizationKey is the sender's code, of whichever register it has one in, else its name.
func organizationKey(org *element) string {
	for _, code := range []string{"OPEID", "IPEDS", "FICE", "ATP", "CEEBACT", "USIS", "NCHELPID"} {
		if v := org.value(code); v != "" {
			return strings.ToLower(code) + ":" + v
		}
	}
	return org.value("OrganizationName")
}

// person reads the learner. Social security numbers, birth, gender and the like are never read further than their names.
func (r *pesc) person(p *element, root string) error {
	for _, name := range []string{"SSN", "SIN", "NSN", "PartialSSN", "Birth", "Gender", "Deceased", "Residency", "RaceEthnicity", "Ethnicity", "Religion"} {
		if p.first(name) != nil {
			r.table.Dropped = append(r.table.Dropped, "Person/"+name)
		}
	}
	name, err := r.require(p, root+"/Student/Person", "Name")
	if err != nil {
		return err
	}
	var given []string
	for _, part := range append(name.all("FirstName"), name.all("MiddleName")...) {
		given = append(given, strings.TrimSpace(part.text))
	}
	n := record.Name{Given: strings.Join(given, " "), Family: name.value("LastName")}
	n.Display = strings.Join(strings.Fields(strings.Join([]string{name.value("NamePrefix"), n.Given, n.Family, name.value("NameSuffix")}, " ")), " ")
	if n.Family == "" {
		return record.Errorf(record.Invalid, "roster.Read", "%s, line %d: %s/Student/Person/Name/LastName is missing; a name is needed to issue", r.file, name.line, root)
	}
	l := Learner{Name: n, Email: p.value("Contacts", "Email", "EmailAddress"), File: r.file, Row: 1}
	id := cmp.Or(p.value("SchoolAssignedPersonID"), p.value("AgencyAssignedID"))
	switch {
	case id != "":
		l.Identifiers = []record.Identifier{{Type: "sisSourcedId", Value: id}}
		l.Key = r.system + "|" + id
	case l.Email != "":
		l.Key = l.Email
	default:
		l.Key = r.system + "|" + n.Display
		r.find(p.line, "Student/Person", SeverityWarning, "no_identifier", "The transcript names %s by no student number and no e-mail address; check that this is one person.", n.Display)
	}
	r.learner = l.Key
	for _, have := range r.table.Learners {
		if have.Key == l.Key {
			return nil
		}
	}
	r.table.Learners = append(r.table.Learners, l)
	return nil
}

// find adds a finding at a line of the file.
func (r *pesc) find(line int, where, severity, code, format string, args ...any) {
	r.table.Findings = append(r.table.Findings, record.Finding{File: r.file, Row: r.table.Rows, Column: where, Severity: severity, Code: code,
		Say: fmt.Sprintf("Line %d, %s: ", line, where) + fmt.Sprintf(format, args...)})
}

// record reads one AcademicRecord: what was earned at one school.
func (r *pesc) record(rec, sender *element) {
	school := rec.first("School")
	for _, award := range rec.all("AcademicAward") {
		r.academicAward(award, school, sender)
	}
	for _, session := range rec.all("AcademicSession") {
		at := session.first("School")
		if at == nil {
			at = school
		}
		for _, course := range session.all("Course") {
			r.course(course, session.first("AcademicSessionDetail"), at, sender)
		}
		for _, award := range session.all("AcademicAward") {
			r.academicAward(award, at, sender)
		}
	}
	for _, course := range rec.all("Course") {
		r.course(course, nil, school, sender)
	}
	for _, licence := range rec.all("Licensure") {
		r.licence(licence)
	}
}

// elsewhere is the school at which something was earned when that is not the sender: we record it, we do not claim it.
func elsewhere(school, sender *element) *record.Source {
	name := school.value("OrganizationName")
	if name == "" || strings.EqualFold(name, sender.value("OrganizationName")) {
		return nil
	}
	return &record.Source{Name: "Recorded from " + name}
}

// keep adds an achievement once and returns its key.
func (r *pesc) keep(key string, line int, a ob.Achievement) string {
	key = r.system + "/" + key
	if i, seen := r.achievements[key]; seen {
		have := &r.table.Achievements[i].Body
		for _, d := range a.ResultDescription {
			if !hasResult(have, d.Name) {
				d.ID = have.ID + d.ID
				have.ResultDescription = append(have.ResultDescription, d)
			}
		}
		return key
	}
	a.ID = r.opts.IRI(key)
	a.Type = []string{"Achievement"}
	for i := range a.ResultDescription {
		a.ResultDescription[i].ID = a.ID + a.ResultDescription[i].ID
	}
	generated := describe(&a)
	r.achievements[key] = len(r.table.Achievements)
	r.table.Achievements = append(r.table.Achievements, Achievement{Key: key, Body: a, Generated: generated, File: r.file, Row: line})
	return key
}

func hasResult(a *ob.Achievement, name string) bool {
	for _, d := range a.ResultDescription {
		if d.Name == name {
			return true
		}
	}
	return false
}

// award adds an award; the same course taken twice in a term is two awards.
func (r *pesc) award(achievement string, line int, d record.AwardDetail) {
	key := strings.Join([]string{r.learner, achievement, cmp.Or(d.Term, d.AwardedOn)}, "|")
	if n := r.awards[key]; n > 0 {
		r.awards[key]++
		key += "#" + strconv.Itoa(n+1)
	} else {
		r.awards[key] = 1
	}
	r.table.Awards = append(r.table.Awards, Award{Key: key, Learner: r.learner, Achievement: achievement, Detail: d, File: r.file, Row: r.table.Rows})
}
