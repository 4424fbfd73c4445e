package roster

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// Columns is what a sheet's header and first rows look like, for a person who matches its columns to the template's.
type Columns struct {
	Format      string // csv or xlsx
	Sheets      []string
	Sheet       string // the one that was read
	Fingerprint string // equal for files with the same columns
	List        []Column
}

// Column is one column of a file.
type Column struct {
	Name      string // normalised: the key of Mapping.Columns
	Header    string // as written
	Samples   []string
	Suggest   string // column of the template; empty: no idea
	Why       string // "name" or "values"
	Sensitive bool   // dropped on read
}

// sampleRows is how many rows a suggestion looks at.
const sampleRows = 50

// synonyms are what exports call the columns of the template, squeezed. The first match wins.
var synonyms = map[string][]string{
	"learner_name": {"learnername", "studentname", "name", "fullname", "displayname", "participant", "participantname", "recipient", "recipientname", "attendee", "learner", "student",
		"nom", "nomcomplet", "nombre", "nombrecompleto", "nome", "teilnehmer", "teilnehmername"},
	"learner_given_name":  {"givenname", "firstname", "forename", "first", "legalfirstname", "prenom", "prénom", "vorname", "nombrepila"},
	"learner_family_name": {"familyname", "lastname", "surname", "last", "legallastname", "nomdefamille", "nachname", "apellido", "apellidos", "cognome"},
	"learner_email": {"email", "emailaddress", "mail", "studentemail", "learneremail", "schoolemail", "useremail", "recipientemail", "courriel", "correo", "correoelectronico", "epost",
		"internetaddress"},
	"learner_id": {"learnerid", "studentid", "studentnumber", "studentno", "sisid", "sisuserid", "id", "bannerid", "emplid", "personid", "userid", "externalid", "matriculation", "matrikelnummer",
		"pidm", "uid", "colleagueid", "numeroetudiant", "sisloginid", "matricula"},
	"achievement_name": {"achievementname", "achievement", "course", "coursename", "coursetitle", "title", "credential", "credentialname", "award", "awardname", "badge", "badgename", "program", "programname",
		"programme", "certificate", "certificatename", "activity", "activityname", "event", "eventname", "module", "moduletitle", "intitulé", "intitule", "cours", "kurs", "curso", "skill", "skillname", "competency"},
	"achievement_type": {"achievementtype", "type", "credentialtype", "awardtype", "category", "kind", "activitytype", "typ", "tipo"},
	"achievement_code": {"achievementcode", "code", "coursecode", "coursenumber", "courseid", "coursesisid", "crn", "modulecode", "activityid", "programcode", "kursnummer", "codigo", "humancode"},
	"awarded_on": {"awardedon", "awarded", "awarddate", "dateawarded", "date", "completiondate", "completedon", "completedat", "datecompleted", "completed", "issuedate", "issuedon", "dateissued", "enddate", "gradedate",
		"graduationdate", "conferred", "conferraldate", "dateofissue", "datum", "fecha", "data", "scoredate", "lastcompletiondate"},
	"term":         {"term", "semester", "session", "academicterm", "termname", "period", "periode", "academicyear", "schoolyear", "termdescription"},
	"credits":      {"credits", "credit", "credithours", "creditsearned", "units", "ects", "points", "hours", "creditos", "crédits"},
	"grade":        {"grade", "finalgrade", "mark", "lettergrade", "score", "finalscore", "result", "note", "nota", "noten", "coursegrade", "currentgrade", "unpostedfinalscore"},
	"level":        {"level", "masterylevel", "proficiency", "proficiencylevel", "achievedlevel", "rating", "niveau", "stufe", "nivel", "mastery"},
	"description":  {"description", "details", "summary", "beschreibung", "descripcion"},
	"criteria":     {"criteria", "requirements", "requirement", "earningcriteria"},
	"evidence_url": {"evidenceurl", "evidence", "url", "link", "portfolio", "portfoliourl", "evidencelink"},
	"expires_on":   {"expireson", "expires", "expiry", "expirydate", "expirationdate", "validuntil", "validthrough", "gültigbis"},
	"skills":       {"skills", "tags", "competencies", "outcomes", "skilltags", "learningoutcomes"},
}

// ReadColumns reads the columns of a sheet, with suggestions. It suggests and never assumes: a person matches.
func ReadColumns(files []File, m *record.Mapping) (*Columns, error) {
	files, err := unpack(files)
	if err != nil {
		return nil, err
	}
	c := &Columns{Format: "csv"}
	if len(files) != 1 {
		return nil, record.Errorf(record.Invalid, "roster.ReadColumns", "columns are matched in one file; %d were given", len(files))
	}
	if suitsWorkbook(files) {
		c.Format = "xlsx"
		w, err := openWorkbook(files[0])
		if err != nil {
			return nil, err
		}
		c.Sheets = w.sheets
		if c.Sheet = w.sheets[0]; m != nil && m.Sheet != "" {
			c.Sheet = m.Sheet
		}
		if err := w.f.Close(); err != nil {
			return nil, record.Wrap("roster.ReadColumns", err)
		}
	}
	g, err := gridOf(files[0], m)
	if err != nil {
		return nil, err
	}
	return c, c.read(g)
}

// StreamColumns reads the columns of a CSV file that is not held in memory.
func StreamColumns(name string, open Opener) (*Columns, error) {
	g, err := streamGrid(name, open)
	if err != nil {
		return nil, err
	}
	c := &Columns{Format: "csv"}
	return c, c.read(g)
}

func (c *Columns) read(g *grid) error {
	h, next, closer, err := g.open()
	if err != nil {
		return err
	}
	defer closer.Close()
	for i, name := range h.names {
		if name != "" {
			c.List = append(c.List, Column{Name: name, Header: strings.TrimSpace(h.original[i]), Sensitive: slices.Contains(sensitive, name)})
		}
	}
	for range sampleRows {
		row, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for i := range c.List {
			if at := h.index[c.List[i].Name]; at < len(row) && row[at] != "" && !c.List[i].Sensitive {
				c.List[i].Samples = append(c.List[i].Samples, strings.Clone(row[at]))
			}
		}
	}
	names := slices.Clone(h.names)
	slices.Sort(names)
	c.Fingerprint = record.Sum([]byte(strings.Join(names, "\n")))
	c.suggest()
	return nil
}

// suggest matches by name first and by the look of the values then; every column of the template is suggested once.
func (c *Columns) suggest() {
	taken := map[string]bool{}
	give := func(i int, column, why string) {
		if !taken[column] && c.List[i].Suggest == "" && !c.List[i].Sensitive {
			taken[column], c.List[i].Suggest, c.List[i].Why = true, column, why
		}
	}
	for i := range c.List {
		if slices.Contains(simpleColumns, c.List[i].Name) {
			give(i, c.List[i].Name, "name")
		}
	}
	for _, column := range simpleColumns {
		for _, word := range synonyms[column] {
			for i := range c.List {
				if squeeze(strings.NewReplacer(".", "", "(", "", ")", "", "/", "", ":", "").Replace(c.List[i].Name)) == word {
					give(i, column, "name")
				}
			}
		}
	}
	for _, shape := range shapes {
		for i := range c.List {
			if mostly(c.List[i].Samples, shape.fits) {
				give(i, shape.column, "values")
			}
		}
	}
}

// shapes tell a column by what is in it, surest first.
var shapes = []struct {
	column string
	fits   func(string) bool
}{
	{"learner_email", email.MatchString},
	{"evidence_url", webAddress},
	{"achievement_type", func(s string) bool { _, ok := achievementType(s); return ok }},
	{"awarded_on", func(s string) bool { return isoDate.MatchString(s) || partsDate.MatchString(s) }},
	{"grade", func(s string) bool {
		return slices.Contains(letterScale, s) || s == "A+" || slices.Contains(passScale, s)
	}},
	{"term", func(s string) bool {
		s = strings.ToLower(s)
		for _, w := range []string{"spring", "fall", "autumn", "winter", "summer", "semester", "term", "quarter", "trimester"} {
			if strings.HasPrefix(s, w) {
				return true
			}
		}
		return false
	}},
}

// mostly tells whether nine of ten samples fit; two samples are the least that shows anything.
func mostly(samples []string, fits func(string) bool) bool {
	n := 0
	for _, s := range samples {
		if fits(s) {
			n++
		}
	}
	return len(samples) >= 2 && n*10 >= len(samples)*9
}
