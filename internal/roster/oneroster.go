package roster

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// oneRosterFiles are the files of a OneRoster 1.1 or 1.2 CSV set that are read, in the spelling of a manifest in lower
// case. The others (demographics, resources, profiles) say nothing about what was achieved and are left alone.
var oneRosterFiles = []string{"academicsessions", "categories", "classes", "courses", "enrollments", "lineitems", "lineitemlearningobjectiveids",
	"lineitemscorescales", "orgs", "results", "resultlearningobjectiveids", "resultscorescales", "roles", "scorescales", "users"}

func oneRosterName(f File) string {
	return strings.TrimSuffix(strings.ToLower(path.Base(strings.ReplaceAll(f.Name, `\`, "/"))), ".csv")
}

func suitsOneRoster(files []File) bool {
	return slices.ContainsFunc(files, func(f File) bool {
		name, head := oneRosterName(f), firstLine(f)
		return name == "manifest" && strings.Contains(head, "propertyname") ||
			slices.Contains(oneRosterFiles, name) && strings.Contains(head, "sourcedid")
	})
}

// oneRoster reads a OneRoster CSV set: rostering, and the gradebook where there is one (users' guide, section 4.2).
type oneRoster struct {
	*builder
	sheets  map[string]*sheet
	rows    map[string]map[string]int // sheet → sourcedId → row
	system  string                    // whose ids these are: keys begin with it
	final   string                    // a source setting: part of the title of the line items that are final
	targets map[string]target
}

// target is a node of a framework that came with the set as a CASE package.
type target struct{ uri, name, code, framework string }

func readOneRoster(ctx context.Context, files []File, opts *Options) (*Table, error) {
	r := &oneRoster{builder: newBuilder(opts), sheets: map[string]*sheet{}, rows: map[string]map[string]int{}, targets: map[string]target{}}
	r.final = strings.ToLower(cmp.Or(opts.Mapping.Value("oneroster.final", ""), "final"))
	for _, f := range files {
		if err := r.open(f); err != nil {
			return nil, err
		}
	}
	if err := r.manifest(); err != nil {
		return nil, err
	}
	r.people()
	r.courses()
	if err := r.results(ctx); err != nil {
		return nil, err
	}
	if r.sheets["results"] == nil {
		r.table.Rows = len(r.table.Learners) + len(r.table.Achievements)
		r.say(place{file: "results.csv"}, "", SeverityInfo, "no_results", "", "", "the set has no results: people and courses are read, and no award.")
	}
	return r.table, nil
}

// open reads one file of the set; a CASE package beside the tables names the learning objectives.
func (r *oneRoster) open(f File) error {
	name := oneRosterName(f)
	if strings.HasSuffix(name, ".json") {
		return r.framework(f)
	}
	if name == "demographics" {
		r.drop("demographics.csv")
		return nil
	}
	if name != "manifest" && !slices.Contains(oneRosterFiles, name) {
		r.table.Unused = append(r.table.Unused, f.Name)
		return nil
	}
	s, err := readSheet(f)
	if err != nil {
		return err
	}
	s.trimEnd()
	index := make(map[string]int, len(s.rows))
	for row := range s.rows {
		id := s.get(row, "sourcedid")
		if _, twice := index[id]; twice && id != "" {
			r.say(place{f.Name, row + 1}, "sourcedId", SeverityWarning, "duplicate_id", id, "", "%s stands in the file twice; the first is read.", id)
			continue
		}
		index[id] = row
	}
	r.sheets[name], r.rows[name] = s, index
	for _, c := range s.names {
		if c == "password" || strings.HasSuffix(c, "password") {
			r.drop(f.Name + ": " + c)
		} else if strings.HasPrefix(c, "ext_") || strings.HasPrefix(c, "metadata.") {
			r.table.Unused = append(r.table.Unused, f.Name+": "+c)
		}
	}
	return nil
}

// manifest honours what the set says about itself: which files count, and whether they are everything or only what
// changed. A set without one is read as everything.
func (r *oneRoster) manifest() error {
	m := r.sheets["manifest"]
	r.system = "oneroster"
	if m == nil {
		return nil
	}
	for row := range m.rows {
		name, value := strings.ToLower(m.get(row, "propertyname")), strings.ToLower(m.get(row, "value"))
		at := place{"manifest.csv", row + 1}
		switch {
		case name == "oneroster.version" && value != "1.1" && value != "1.2":
			return record.Errorf(record.Invalid, "roster.Read", "manifest.csv, row %d: this is OneRoster %s; versions 1.1 and 1.2 are read", row+1, value)
		case name == "source.systemcode" && value != "" && value != "absent":
			r.system = "oneroster:" + m.get(row, "value")
		case strings.HasPrefix(name, "file."):
			r.declared(at, strings.TrimPrefix(name, "file."), value)
		}
	}
	return nil
}

// declared acts on one file.… line of the manifest.
func (r *oneRoster) declared(at place, file, mode string) {
	s := r.sheets[file]
	switch {
	case mode == "absent" && s != nil:
		r.say(at, "", SeverityWarning, "manifest_absent", "", "", "the manifest calls %s absent, but it is in the set; it is left out.", s.name)
		delete(r.sheets, file)
	case (mode == "bulk" || mode == "delta") && s == nil && slices.Contains(oneRosterFiles, file):
		r.say(at, "", SeverityWarning, "manifest_missing", "", "", "the manifest promises %s.csv and it is not in the set.", file)
	case mode == "delta" && file == "results":
		r.table.Partial = true
	}
}

// find returns the row with an id, -1 when there is none.
func (r *oneRoster) find(sheet, id string) int {
	if row, ok := r.rows[sheet][id]; ok && r.sheets[sheet] != nil {
		return row
	}
	return -1
}

// cell reads a cell of the row with an id; empty when there is none.
func (r *oneRoster) cell(sheet, id, column string) string {
	row := r.find(sheet, id)
	if row < 0 {
		return ""
	}
	return r.sheets[sheet].get(row, column)
}

// gone tells whether the source deleted a row. Of 1.1 sets that misspell or leave out status, every row counts.
func gone(s *sheet, row int) bool { return strings.EqualFold(s.get(row, "status"), "tobedeleted") }

// people keeps the students: by role of the person (1.1), by roles.csv (1.2), by enrolment where neither says.
func (r *oneRoster) people() {
	users := r.sheets["users"]
	if users == nil {
		return
	}
	student := map[string]bool{}
	for _, name := range []string{"roles", "enrollments"} {
		if s := r.sheets[name]; s != nil {
			for row := range s.rows {
				if strings.EqualFold(s.get(row, "role"), "student") && !gone(s, row) {
					student[s.get(row, "usersourcedid")] = true
				}
			}
		}
	}
	identifiers := map[string]int{}
	for row := range users.rows {
		identifiers[users.get(row, "identifier")]++
	}
	for row := range users.rows {
		id := users.get(row, "sourcedid")
		if !gone(users, row) && (student[id] || strings.EqualFold(users.get(row, "role"), "student")) {
			r.person(users, row, identifiers[users.get(row, "identifier")] == 1)
		}
	}
}

// learnerKey is the student number where it names one person, else the set's own id.
func (r *oneRoster) person(users *sheet, row int, unique bool) {
	at := place{users.name, row + 1}
	id := users.get(row, "sourcedid")
	name := record.Name{Given: users.get(row, "givenname"), Family: users.get(row, "familyname")}
	name.Display = strings.TrimSpace(name.Given + " " + name.Family)
	if id == "" || name.Display == "" {
		r.say(at, "givenName", SeverityError, "required_missing", "", "", "a person needs a sourcedId and a name.")
		return
	}
	l := Learner{Key: r.system + "|" + id, Name: name, Email: users.get(row, "email"), File: users.name, Row: row + 1,
		Identifiers: []record.Identifier{{Type: "oneRosterSourcedId", Value: id}}}
	if l.Email != "" && !email.MatchString(l.Email) {
		r.say(at, "email", SeverityWarning, "email_invalid", l.Email, mendEmail(l.Email), "'%s' is not an email address; it is left out.", l.Email)
		l.Email = ""
	}
	if number := users.get(row, "identifier"); number != "" {
		l.Identifiers = append(l.Identifiers, record.Identifier{Type: "sisSourcedId", Value: number})
		if unique {
			l.Key = number
		}
	}
	for _, other := range split(strings.NewReplacer("{", "", "}", "").Replace(users.get(row, "userids")), ",") {
		if _, value, ok := strings.Cut(other, ":"); ok && value != "" {
			l.Identifiers = append(l.Identifiers, record.Identifier{Type: "systemId", Value: other})
		}
	}
	r.learner(l)
	r.learners[id] = r.learners[l.Key] // results name people by sourcedId
}

// courses puts the catalogue together: a course of the set is an achievement, a class is only where it was taught.
func (r *oneRoster) courses() {
	s := r.sheets["courses"]
	if s == nil {
		return
	}
	for row := range s.rows {
		if gone(s, row) {
			continue
		}
		if s.get(row, "title") == "" {
			r.say(place{s.name, row + 1}, "title", SeverityWarning, "required_missing", "", "", "the course has no title; it is left out.")
			continue
		}
		r.course(s, row)
	}
}

func (r *oneRoster) course(s *sheet, row int) string {
	a := ob.Achievement{Name: s.get(row, "title"), AchievementType: "Course", HumanCode: s.get(row, "coursecode")}
	if subjects := split(s.get(row, "subjects"), ","); len(subjects) > 0 {
		a.FieldOfStudy = subjects[0]
		a.Tag = subjects[1:]
	}
	for _, code := range split(s.get(row, "subjectcodes"), ",") {
		a.OtherIdentifier = append(a.OtherIdentifier, ob.IdentifierEntry{Type: "IdentifierEntry", Identifier: code, IdentifierType: "ext:SCED"})
	}
	key := r.system + "/course/" + s.get(row, "sourcedid")
	r.achievement(key, place{s.name, row + 1}, a)
	return key
}

// courseOf is the achievement behind a class: its course, or the class's own title where the set has no such course.
func (r *oneRoster) courseOf(class string) (key string, ok bool) {
	course := r.cell("classes", class, "coursesourcedid")
	if row := r.find("courses", course); row >= 0 && r.sheets["courses"].get(row, "title") != "" {
		return r.course(r.sheets["courses"], row), true
	}
	row := r.find("classes", class)
	if row < 0 || r.sheets["classes"].get(row, "title") == "" {
		return "", false
	}
	s := r.sheets["classes"]
	key = r.system + "/course/" + cmp.Or(course, class)
	r.achievement(key, place{s.name, row + 1}, ob.Achievement{Name: s.get(row, "title"), AchievementType: "Course", HumanCode: s.get(row, "classcode")})
	return key, true
}
