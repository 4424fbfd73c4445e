package roster

import (
	"bytes"
	"encoding/csv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
)

// OneRosterCollection is a collection of the REST binding of OneRoster 1.1 and 1.2, read as the file of the CSV binding that
// says the same, so that one reader understands both.
type OneRosterCollection struct {
	Name      string // of the address and of the JSON member
	Gradebook bool   // 1.2 has it at an address of its own
	Optional  bool   // a provider without it answers 404
	columns   []restColumn
}

// restColumn is a column and where its value is: members parted by dots; of a list, all joined by commas.
type restColumn struct{ name, path string }

func same(names ...string) []restColumn {
	out := []restColumn{{"sourcedId", "sourcedId"}, {"status", "status"}, {"dateLastModified", "dateLastModified"}}
	for _, n := range names {
		out = append(out, restColumn{n, n})
	}
	return out
}

// OneRosterCollections are read in this order. Demographics are not asked for.
var OneRosterCollections = []OneRosterCollection{
	{Name: "academicSessions", columns: append(same("title", "type", "startDate", "endDate", "schoolYear"), restColumn{"parentSourcedId", "parent.sourcedId"})},
	{Name: "orgs", columns: append(same("name", "type", "identifier"), restColumn{"parentSourcedId", "parent.sourcedId"})},
	{Name: "courses", columns: append(same("title", "courseCode", "subjects", "subjectCodes"), restColumn{"orgSourcedId", "org.sourcedId"})},
	{Name: "classes", columns: append(same("title", "classCode", "classType", "subjects", "subjectCodes"), restColumn{"courseSourcedId", "course.sourcedId"}, restColumn{"schoolSourcedId", "school.sourcedId"}, restColumn{"termSourcedIds", "terms.sourcedId"})},
	{Name: "users", columns: append(same("enabledUser", "role", "givenName", "familyName", "middleName", "identifier", "email"), restColumn{"orgSourcedIds", "orgs.sourcedId"})},
	{Name: "enrollments", columns: append(same("role"), restColumn{"classSourcedId", "class.sourcedId"}, restColumn{"schoolSourcedId", "school.sourcedId"}, restColumn{"userSourcedId", "user.sourcedId"})},
	{Name: "categories", Gradebook: true, Optional: true, columns: same("title")},
	{Name: "scoreScales", Gradebook: true, Optional: true, columns: same("title", "type", "scoreScaleValue")},
	{Name: "lineItems", Gradebook: true, columns: append(same("title", "description", "resultValueMin", "resultValueMax"), restColumn{"classSourcedId", "class.sourcedId"}, restColumn{"categorySourcedId", "category.sourcedId"},
		restColumn{"academicSessionSourcedId", "academicSession.sourcedId"}, restColumn{"gradingPeriodSourcedId", "gradingPeriod.sourcedId"})},
	{Name: "results", Gradebook: true, columns: append(same("scoreStatus", "score", "scoreDate", "textScore", "comment", "inProgress", "incomplete", "late", "missing"), restColumn{"lineItemSourcedId", "lineItem.sourcedId"},
		restColumn{"studentSourcedId", "student.sourcedId"}, restColumn{"classSourcedId", "class.sourcedId"})},
}

// OneRosterPage is a page of a collection as a provider answered.
type OneRosterPage struct {
	Collection int // index of OneRosterCollections
	Body       []byte
}

// OneRosterRows counts the rows of an answer.
func OneRosterRows(collection int, answer ijson.Value) int {
	return answer.Get(OneRosterCollections[collection].Name).Len()
}

// OneRosterFiles makes the files of the CSV binding of the pages of the REST binding.
func OneRosterFiles(pages []OneRosterPage) ([]File, error) {
	t := &restTables{out: map[string]*restTable{}}
	for n := range OneRosterCollections {
		c := &OneRosterCollections[n]
		names := make([]string, len(c.columns))
		for i, col := range c.columns {
			names[i] = col.name
		}
		t.table(c.Name, names...)
	}
	for _, p := range pages {
		doc, err := ijson.Parse(p.Body, &ijson.Options{MaxBytes: MaxFileBytes})
		if err != nil {
			return nil, record.Errorf(record.Invalid, "roster.OneRosterFiles", "a page of %s is no JSON: %v", OneRosterCollections[p.Collection].Name, err)
		}
		c := &OneRosterCollections[p.Collection]
		for v := range doc.Root().Get(c.Name).Elements() {
			t.row(c, v)
		}
	}
	var files []File
	for _, name := range t.order {
		got := t.out[name]
		got.csv.Flush()
		if got.rows > 0 {
			files = append(files, File{Name: name + ".csv", Data: got.text.Bytes()})
		}
	}
	if len(files) == 0 {
		return nil, record.Errorf(record.Invalid, "roster.OneRosterFiles", "the provider answered with no rows at all; look whether the client may read people and courses")
	}
	return files, nil
}

type restTable struct {
	text bytes.Buffer
	csv  *csv.Writer
	rows int
}

type restTables struct {
	out   map[string]*restTable
	order []string
}

func (t *restTables) table(name string, columns ...string) *restTable {
	if t.out[name] == nil {
		n := &restTable{}
		n.csv = csv.NewWriter(&n.text)
		_ = n.csv.Write(columns) // a buffer in memory takes everything
		t.out[name], t.order = n, append(t.order, name)
	}
	return t.out[name]
}

func (t *restTable) add(cells ...string) {
	_ = t.csv.Write(cells) // a buffer in memory takes everything
	t.rows++
}

// row writes one object, and the rows of other files that the CSV binding keeps what is inside it in.
func (t *restTables) row(c *OneRosterCollection, v ijson.Value) {
	cells := make([]string, len(c.columns))
	for i, col := range c.columns {
		cells[i] = restCell(v, strings.Split(col.path, "."))
		if col.name == "scoreScaleValue" {
			cells[i] = scaleCell(v.Get(col.name))
		}
	}
	t.out[c.Name].add(cells...)
	id := v.Get("sourcedId").Text()
	switch c.Name {
	case "users":
		for r := range v.Get("roles").Elements() { // 1.2, User, roles
			t.table("roles", "sourcedId", "status", "userSourcedId", "role").add(id+"-"+r.Get("role").Text(), v.Get("status").Text(), id, r.Get("role").Text())
		}
	case "lineItems", "results":
		owner := map[string]string{"lineItems": "lineItem", "results": "result"}[c.Name]
		if s := v.Get("scoreScale").Get("sourcedId").Text(); s != "" {
			t.table(owner+"ScoreScales", "sourcedId", "status", owner+"SourcedId", "scoreScaleSourcedId").add(id+"-"+s, "", id, s)
		}
		for set := range v.Get("learningObjectiveSet").Elements() { // 1.2, LearningObjectiveSet and LearningObjectiveResults
			t.objectives(owner, id, set)
		}
	}
}

func (t *restTables) objectives(owner, id string, set ijson.Value) {
	to := t.table(owner+"LearningObjectiveIds", "sourcedId", "status", owner+"SourcedId", "source", "learningObjectiveId", "score", "textScore")
	source := set.Get("source").Text()
	for o := range set.Get("learningObjectiveIds").Elements() {
		to.add(id+"-"+o.Text(), "", id, source, o.Text(), "", "")
	}
	for o := range set.Get("learningObjectiveResults").Elements() {
		name := o.Get("learningObjectiveId").Text()
		to.add(id+"-"+name, "", id, source, name, scalar(o.Get("score")), o.Get("textScore").Text())
	}
}

// restCell is the value at a path; lists are joined.
func restCell(v ijson.Value, path []string) string {
	if v.Kind() == ijson.Array {
		var out []string
		for e := range v.Elements() {
			if s := restCell(e, path); s != "" {
				out = append(out, s)
			}
		}
		return strings.Join(out, ",")
	}
	if len(path) > 0 {
		return restCell(v.Get(path[0]), path[1:])
	}
	return scalar(v)
}

// scaleCell writes a scale as the CSV binding does: {A:90-100,B:80-89} (1.2, ScoreScaleValue).
func scaleCell(v ijson.Value) string {
	var steps []string
	for e := range v.Elements() {
		steps = append(steps, e.Get("itemValueLHS").Text()+":"+e.Get("itemValueRHS").Text())
	}
	if steps == nil {
		return ""
	}
	return "{" + strings.Join(steps, ",") + "}"
}

func scalar(v ijson.Value) string {
	switch v.Kind() {
	case ijson.String:
		return v.Text()
	case ijson.Number:
		return v.Number()
	case ijson.Bool:
		if v.Bool() {
			return "true"
		}
		return "false"
	}
	return ""
}
