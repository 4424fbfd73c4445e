package export

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"unicode"

	"github.com/openlaurel/laurel/ob"
)

// Columns of the files of the full template, in the template's order.
var csvColumns = []struct {
	name    string
	columns []string
}{
	{"achievements", []string{"achievement_id", "name", "type", "human_code", "description", "criteria", "credits_available", "field_of_study", "specialization", "language", "version", "tags", "image_url", "creator_id"}},
	{"results", []string{"result_id", "achievement_id", "name", "result_type", "allowed_values", "value_min", "value_max", "required_value", "rubric_id", "required_level"}},
	{"rubric-levels", []string{"rubric_id", "level_id", "order", "name", "points", "description"}},
	{"alignments", []string{"on", "on_id", "target_name", "target_url", "target_code", "target_framework", "target_type"}},
	{"associations", []string{"source_achievement_id", "association_type", "target_achievement_id"}},
	{"learners", []string{"learner_id", "given_name", "family_name", "display_name", "email", "did", "preferred_language", "guardian_email"}},
	{"awards", []string{"award_id", "learner_id", "achievement_id", "awarded_on", "activity_start", "activity_end", "term", "credits_earned", "status", "result_id", "value",
		"achieved_level", "role", "license_number", "source_name", "source_url", "narrative", "evidence_url", "evidence_name", "expires_on"}},
}

// tables fills the files of the full template. A row names its cells; what a file has no column for is no cell.
type tables struct {
	*writer
	rows    map[string][]map[string]string
	learner string
	keys    map[string]string // achievement id and name → key
	taken   map[string]int
}

// writeCSV writes the record as a registrar's files, so that an import of them gives the same table.
func writeCSV(w *writer) ([]File, error) {
	if w.opts.OneSheet {
		return writeOneSheet(w)
	}
	t := &tables{writer: w, rows: map[string][]map[string]string{}, keys: map[string]string{}, taken: map[string]int{}}
	t.person()
	for i := range w.record.Claims {
		t.achievement(w.record.Claims[i].achievement())
	}
	for i := range w.record.Achievements {
		t.achievement(&w.record.Achievements[i])
	}
	for _, a := range w.record.Associations {
		t.row("associations", "source_achievement_id", t.end(a.SourceID), "association_type", string(a.AssociationType), "target_achievement_id", t.end(a.TargetID))
	}
	for i := range w.record.Claims {
		if c := &w.record.Claims[i]; c.stated() {
			w.lose(c.title(), "is stated by the learner; the files are what an institution awards")
		} else {
			t.award(c)
		}
	}
	var files []File
	for _, f := range csvColumns {
		b, err := sheet(f.columns, t.rows[f.name])
		if err != nil {
			return nil, err
		}
		files = append(files, File{f.name + ".csv", "text/csv; charset=utf-8; header=present", b})
	}
	return files, nil
}

// row adds a row of cells given by name and value in turn.
func (t *tables) row(file string, pairs ...string) {
	cells := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		cells[pairs[i]] = pairs[i+1]
	}
	t.rows[file] = append(t.rows[file], cells)
}

func (t *tables) person() {
	r := t.record
	name, mail := r.person(), r.identity(ob.IdentifierEmail)
	did := ""
	if strings.HasPrefix(r.Subject, "did:") {
		did = r.Subject
	}
	t.learner = firstOf(r.identity("sisSourcedId", ob.IdentifierSourcedID, ob.IdentifierGeneric), r.Subject, mail, name, "learner")
	if name == "" {
		t.lose("record", "the learner's name does not stand in the record in the open; learners.csv needs it filled in")
	}
	t.row("learners", "learner_id", t.learner, "display_name", name, "email", mail, "did", did)
}

// key is the id of an achievement in the files. Records exist in which several achievements share one id; each name then has
// a key of its own, because one row cannot be two achievements.
func (t *tables) key(a *ob.Achievement) (key string, fresh bool) {
	at := a.ID + "\x00" + a.Name
	if key, known := t.keys[at]; known {
		return key, false
	}
	key = a.ID
	if t.taken[a.ID]++; t.taken[a.ID] > 1 {
		key += "#" + strconv.Itoa(t.taken[a.ID])
		t.lose(a.Name, "shares its id %s with another achievement and is written as %s", a.ID, key)
	}
	t.keys[at] = key
	return key, true
}

// end is the achievement that an end of an association means.
func (t *tables) end(id string) string {
	if i, ok := t.record.held(id); ok {
		key, _ := t.key(t.record.Claims[i].achievement())
		return key
	}
	return id
}

func (t *tables) achievement(a *ob.Achievement) {
	key, fresh := t.key(a)
	if !fresh {
		return
	}
	image, creator := "", ""
	if a.Image != nil {
		image = web(a.Image.ID)
	}
	if a.Creator != nil {
		creator = a.Creator.ID
	}
	t.row("achievements", "achievement_id", key, "name", a.Name, "type", string(a.AchievementType), "human_code", a.HumanCode, "description", a.Description,
		"criteria", firstOf(a.Criteria.Narrative, a.Criteria.ID), "credits_available", number(a.CreditsAvailable), "field_of_study", a.FieldOfStudy,
		"specialization", a.Specialization, "language", a.InLanguage, "version", a.Version, "tags", joined(a.Tag), "image_url", image, "creator_id", creator)
	for _, al := range a.Alignment {
		t.alignment("achievement", key, al)
	}
	for i := range a.ResultDescription {
		t.result(a, key, &a.ResultDescription[i])
	}
	if len(a.OtherIdentifier) > 0 || len(a.Related) > 0 {
		t.lose(a.Name, "has other identifiers or editions that the template has no column for")
	}
}

func (t *tables) result(a *ob.Achievement, key string, d *ob.ResultDescription) {
	rubric := ""
	if len(d.RubricCriterionLevel) > 0 {
		rubric = d.ID
	}
	for i, l := range d.RubricCriterionLevel {
		t.row("rubric-levels", "rubric_id", rubric, "level_id", l.ID, "order", strconv.Itoa(i+1), "name", l.Name, "points", l.Points, "description", l.Description)
		if len(l.Alignment) > 0 {
			t.lose(a.Name, "has alignments on levels, which the template has no column for")
		}
	}
	t.row("results", "result_id", d.ID, "achievement_id", key, "name", d.Name, "result_type", string(d.ResultType), "allowed_values", joined(d.AllowedValue),
		"value_min", d.ValueMin, "value_max", d.ValueMax, "required_value", d.RequiredValue, "rubric_id", rubric, "required_level", d.RequiredLevel)
	for _, al := range d.Alignment {
		t.alignment("result", d.ID, al)
	}
}

func (t *tables) alignment(on, id string, a ob.Alignment) {
	t.row("alignments", "on", on, "on_id", id, "target_name", a.TargetName, "target_url", a.TargetURL, "target_code", a.TargetCode,
		"target_framework", a.TargetFramework, "target_type", string(a.TargetType))
}

// award writes one line for the award, and one more for each further result or piece of evidence.
func (t *tables) award(c *Claim) {
	s := &c.CredentialSubject
	key, _ := t.key(c.achievement())
	var results []ob.Result
	status := ""
	for i := range s.Result {
		res := s.Result[i]
		status = firstOf(string(res.Status), status)
		switch d := c.describes(&res); {
		case d != nil && (res.Value != "" || res.AchievedLevel != "" || d.ResultType == ob.ResultStatus):
			results = append(results, res)
		case res.Value != "" || res.AchievedLevel != "":
			t.lose(c.title(), "has the result %q without a description, which the template cannot hold", firstOf(res.Value, res.AchievedLevel))
		}
		if len(res.Alignment) > 0 {
			t.lose(c.title(), "has alignments on a result of its own, which the template has no column for")
		}
	}
	for line := range max(1, len(results), len(c.Evidence)) {
		cells := []string{"award_id", c.ID, "learner_id", t.learner, "achievement_id", key, "awarded_on", c.awarded()}
		if line == 0 {
			name, address := t.source(c)
			cells = append(cells, "activity_start", s.ActivityStartDate.Day(), "activity_end", s.ActivityEndDate.Day(), "term", s.Term, "credits_earned", number(s.CreditsEarned),
				"status", status, "role", s.Role, "license_number", s.LicenseNumber, "source_name", name, "source_url", address, "narrative", s.Narrative, "expires_on", c.ValidUntil.Day())
		}
		if line < len(results) {
			cells = append(cells, "result_id", results[line].ResultDescription, "value", results[line].Value, "achieved_level", results[line].AchievedLevel)
		}
		if line < len(c.Evidence) {
			if e := c.Evidence[line]; web(e.ID) != "" {
				cells = append(cells, "evidence_url", e.ID, "evidence_name", e.Name)
			} else {
				t.lose(c.title(), "has evidence without an address, which the template cannot hold")
			}
		}
		t.row("awards", cells...)
	}
	if len(c.Endorsement) > 0 {
		t.lose(c.title(), "is endorsed, which the template has no column for")
	}
}

// source is who awarded what the files' institution only reports: the source that the credential names, or an issuer other
// than the record's.
func (t *tables) source(c *Claim) (name, address string) {
	p := c.CredentialSubject.Source
	if p == nil && c.Issuer.ID != t.record.Issuer.ID {
		p = &c.Issuer
		t.lose(c.title(), "was issued by %s; in the files that is the source, and its proof stays with the credential", issuerName(c.Issuer))
	}
	if p == nil {
		return "", ""
	}
	return p.Name, firstOf(p.URL, web(p.ID))
}

func number(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// joined is a list in one cell. The separator inside an entry would make two of it.
func joined(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.ReplaceAll(s, "|", "/")
	}
	return strings.Join(out, "|")
}

// sheet is one CSV file.
func sheet(columns []string, rows []map[string]string) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write(columns); err != nil {
		return nil, err
	}
	for _, row := range rows {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = guard(row[c])
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// guard keeps a cell from being run as a formula: spreadsheets take what begins with one of =+-@, a tab or a line break for
// one, wherever the text came from (CWE-1236). An apostrophe before it makes it text. Plain numbers stay numbers.
func guard(cell string) string {
	if cell == "" {
		return cell
	}
	first := strings.TrimLeftFunc(cell, unicode.IsSpace)
	if first == "" || !strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) && !strings.ContainsAny(cell[:1], "\t\r\n") {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}
