// Package roster reads the registrar's files (our CSV template, workbooks, PESC transcripts, OneRoster sets, …; users'
// guide, section 4) as one neutral table: learners, achievements, awards and associations, each with the place in the
// file that it came from.
//
// The rules are those of every importer:
//
//   - Formats differ only in how they are read. What a table means, what is written, and when, is the desk's.
//   - A finding names row, column, what was found, and the value that would mend it.
//   - Nothing is guessed in silence: what was inferred is said, what was generated is marked.
//   - Sensitive columns (social security numbers, passwords, gender, birth dates …) are dropped on read.
//   - The same input gives the same table and the same keys.
package roster

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// Limits of one import. A university's whole term fits; a bomb does not.
const (
	MaxFileBytes = 256 << 20 // one file after decoding
	MaxRows      = 1_100_000 // data rows of one file: a million-row roster, with room
	MaxCellBytes = 64 << 10  // one cell: a long narrative, not a book
)

// Severities of a finding.
const (
	SeverityError   = "error"   // the row waits for a person
	SeverityWarning = "warning" // the row may go ahead; a person should look once
	SeverityInfo    = "info"
)

// File is one file of an import, as it was uploaded.
type File struct {
	Name string
	Data []byte
}

// Options are what a reader must be told.
type Options struct {
	// IRI mints the id of an achievement that has only a key in the file; required.
	IRI func(key string) string
	// Institution is the name of the reader's institution: what another one published is recorded, never claimed.
	Institution string
	// Mapping is how the source's columns and values are to be read; nil reads them as they are written.
	Mapping *record.Mapping
}

// Table is what the files say, whatever their format.
type Table struct {
	Format string
	Rows   int // data rows read: awards, in formats that have no rows

	Learners     []Learner
	Achievements []Achievement
	Associations []Association
	Awards       []Award

	Findings []record.Finding
	Unused   []string // columns that nothing was read from; kept with the batch and shown
	Dropped  []string // sensitive columns or elements, dropped on read

	Repeated []int // rows that repeat another and are skipped
	Rejected []int // rows with an error: not among Awards

	// Partial says that the files hold what changed and not everything: what is missing from them has not vanished.
	Partial bool

	Header  []string  // of a sheet: its columns without the sensitive ones
	Refused []Refused // of a sheet: the rejected rows as they were, in the order of Header
}

// Refused is a row that waits for a person.
type Refused struct {
	Row   int
	Cells []string
}

// Learner is a person of the file.
type Learner struct {
	Key         string // the source's key: learner_id, else e-mail, else name
	Name        record.Name
	Email       string
	Identifiers []record.Identifier
	Language    string
	Guardian    string // e-mail of a guardian, for minors
	File        string
	Row         int
}

// Achievement is an entry of the catalogue that the file defines or mentions.
type Achievement struct {
	Key       string
	Body      ob.Achievement // complete, with its ids
	Generated []string       // members filled from a template
	File      string
	Row       int
}

// Association relates two achievements by their ids.
type Association struct {
	Type, Source, Target string
	File                 string
	Row                  int
}

// Award says that a learner earned an achievement.
type Award struct {
	Key         string // the source's key; the same award has the same key in every file
	Learner     string // Learner.Key
	Achievement string // Achievement.Key
	Detail      record.AwardDetail
	File        string
	Row         int
}

// readFunc reads files of one format.
type readFunc func(ctx context.Context, files []File, opts *Options) (*Table, error)

// Detect names the format of the files; false when none suits.
func Detect(files []File) (string, bool) {
	if opened, err := unpack(files); err == nil {
		files = opened
	}
	if opened, err := unbake(files); err == nil {
		files = opened
	}
	for _, f := range Formats {
		if f.Suits(files) {
			return f.Name, true
		}
	}
	return "", false
}

// Read reads files of the named format; an empty name recognises it. The error is a *record.Error of kind Invalid or
// TooLarge when the files as a whole cannot be read: it names the place. Everything smaller is a finding of the table.
func Read(ctx context.Context, format string, files []File, opts *Options) (*Table, error) {
	const op = "roster.Read"
	if len(files) == 0 {
		return nil, record.Errorf(record.Invalid, op, "there is no file; choose at least one")
	}
	for _, f := range files {
		if len(f.Data) == 0 {
			return nil, record.Errorf(record.Invalid, op, "%s is empty; export it again", f.Name)
		}
		if len(f.Data) > MaxFileBytes {
			return nil, record.Errorf(record.TooLarge, op, "%s is larger than %d MiB; split it", f.Name, MaxFileBytes>>20)
		}
	}
	files, err := unpack(files)
	if err == nil {
		files, err = unbake(files)
	}
	if err != nil {
		return nil, err
	}
	if format == "" {
		var ok bool
		if format, ok = Detect(files); !ok {
			return nil, record.Errorf(record.Invalid, op,
				"%s is in no format we know; use the CSV template (its first line names learner_name, achievement_name, …), a workbook, or an export that the guide to imports lists", files[0].Name)
		}
	}
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == format })
	if i < 0 {
		return nil, record.Errorf(record.Invalid, op, "there is no format %q; use one of %s", format, strings.Join(names(), ", "))
	}
	table, err := Formats[i].Read(ctx, files, opts)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	table.Format = format
	return table, nil
}

func names() []string {
	out := make([]string, len(Formats))
	for i, f := range Formats {
		out[i] = f.Name
	}
	return out
}

// day writes a date as the record keeps it.
func day(t time.Time) string { return t.Format(time.DateOnly) }

// describe fills what the standard requires and registrars often lack: a description and criteria (users' guide,
// rule 3 of every importer). It names the members that it filled.
func describe(a *ob.Achievement) (generated []string) {
	kind := strings.ToLower(spaced(string(a.AchievementType)))
	if a.Description == "" {
		a.Description = sentence(kind) + " “" + a.Name + "”."
		generated = append(generated, "description")
	}
	if a.Criteria.ID == "" && a.Criteria.Narrative == "" {
		a.Criteria.Narrative = "Met the requirements of the " + kind + " “" + a.Name + "” as set by the issuing institution."
		generated = append(generated, "criteria")
	}
	return generated
}

// spaced turns BachelorDegree into "Bachelor Degree".
func spaced(term string) string {
	var b strings.Builder
	for i, r := range strings.TrimPrefix(term, "ext:") {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "Achievement"
	}
	return b.String()
}

// sentence starts with a capital letter.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
