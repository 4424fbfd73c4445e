package roster

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// builder gathers a table from formats that are not one sheet: every learner and achievement once, results joined to
// their descriptions, awards with keys of their own.
type builder struct {
	opts  *Options
	table *Table

	learners     map[string]int
	achievements map[string]int
	awards       map[string]int
}

func newBuilder(opts *Options) *builder {
	return &builder{opts: opts, table: &Table{}, learners: map[string]int{}, achievements: map[string]int{}, awards: map[string]int{}}
}

// place is where something stands in the files.
type place struct {
	file string
	row  int
}

// say adds a finding about one member or column at a place; where is how a person finds it.
func (b *builder) say(at place, column, severity, code, found, fix, format string, args ...any) {
	where := at.file
	if at.row > 0 {
		where += ", row " + strconv.Itoa(at.row)
	}
	if column != "" {
		where += ", " + column
	}
	b.table.Findings = append(b.table.Findings, record.Finding{File: at.file, Row: at.row, Column: column, Severity: severity, Code: code, Found: found, Fix: fix,
		Say: where + ": " + fmt.Sprintf(format, args...)})
}

// drop notes a sensitive member once.
func (b *builder) drop(name string) {
	if !slices.Contains(b.table.Dropped, name) {
		b.table.Dropped = append(b.table.Dropped, name)
	}
}

// learner keeps a person once, by key.
func (b *builder) learner(l Learner) {
	if _, seen := b.learners[l.Key]; seen {
		return
	}
	b.learners[l.Key] = len(b.table.Learners)
	b.table.Learners = append(b.table.Learners, l)
}

// achievement keeps a catalogue entry once, by key; a later mention adds the results and credits that the first did not
// have. Ids of result descriptions that begin with # are put behind the achievement's.
func (b *builder) achievement(key string, at place, a ob.Achievement) {
	if a.ID == "" {
		a.ID = b.opts.IRI(key)
	}
	for i := range a.ResultDescription {
		a.ResultDescription[i].ID = under(a.ID, a.ResultDescription[i].ID)
		a.ResultDescription[i].Type = []string{"ResultDescription"}
	}
	if i, seen := b.achievements[key]; seen {
		have := &b.table.Achievements[i].Body
		for _, d := range a.ResultDescription {
			if !slices.ContainsFunc(have.ResultDescription, func(h ob.ResultDescription) bool { return h.ID == d.ID }) {
				have.ResultDescription = append(have.ResultDescription, d)
			}
		}
		if have.CreditsAvailable == nil {
			have.CreditsAvailable = a.CreditsAvailable
		}
		return
	}
	a.Type = []string{"Achievement"}
	generated := describe(&a)
	b.achievements[key] = len(b.table.Achievements)
	b.table.Achievements = append(b.table.Achievements, Achievement{Key: key, Body: a, Generated: generated, File: at.file, Row: at.row})
}

func under(id, fragment string) string {
	if len(fragment) > 0 && fragment[0] == '#' {
		return id + fragment
	}
	return fragment
}

// award adds an award of a learner and an achievement that were kept before. Results whose description begins with #
// point below the achievement. A key that comes again is counted: the same course taken twice is two awards.
func (b *builder) award(key, learner, achievement string, at place, d record.AwardDetail) {
	id := b.table.Achievements[b.achievements[achievement]].Body.ID
	for i := range d.Results {
		d.Results[i].Description = under(id, d.Results[i].Description)
	}
	b.awards[key]++
	if n := b.awards[key]; n > 1 {
		key += "#" + strconv.Itoa(n)
	}
	b.table.Awards = append(b.table.Awards, Award{Key: key, Learner: learner, Achievement: achievement, Detail: d, File: at.file, Row: at.row})
}

// reject counts a row that an error keeps from being an award.
func (b *builder) reject(row int) { b.table.Rejected = append(b.table.Rejected, row) }

// date reads a date that a program wrote: a day, or the day of a time.
func (b *builder) date(at place, column, cell string) string {
	if cell == "" {
		return ""
	}
	got, bad := readDate(cell, false, false)
	if bad != nil {
		b.say(at, column, SeverityWarning, bad.code, cell, "", "%s It is left out.", bad.say)
		return ""
	}
	return day(got.date)
}

// parseJSON reads a file as strict JSON; the encoding may be any that transcript software writes.
func parseJSON(f File) (ijson.Value, error) {
	text, _, err := decodeText(f)
	if err != nil {
		return ijson.Value{}, err
	}
	doc, err := ijson.Parse(text, &ijson.Options{MaxBytes: MaxFileBytes})
	if err != nil {
		return ijson.Value{}, record.Errorf(record.Invalid, "roster.Read", "%s is not JSON that can be read: %v", f.Name, err)
	}
	return doc.Root(), nil
}

// credits reads a number of credits for the catalogue.
func credits(cell string) *float64 {
	if !number(cell) {
		return nil
	}
	f := atof(cell)
	return &f
}

// numberText is a JSON number or string as it is written.
func numberText(v ijson.Value) string {
	switch v.Kind() {
	case ijson.String:
		return v.Text()
	case ijson.Number:
		return string(v.Raw())
	}
	return ""
}
