package roster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// grid is a one-sheet file that can be read from its start any number of times.
type grid struct {
	name  string
	notes []record.Finding // what the reader decided: encoding, sheet
	open  func() (*header, nextRow, io.Closer, error)
}

// gridOf opens a file as a sheet.
func gridOf(f File, m *record.Mapping) (*grid, error) {
	if isZIP(f) {
		return workbookGrid(f, m)
	}
	text, encoding, err := decodeText(f)
	if err != nil {
		return nil, err
	}
	g := &grid{name: path.Base(f.Name)}
	if encoding == "Windows-1252" {
		g.notes = append(g.notes, encodingNote(g.name))
	}
	comma := delimiter(text)
	g.open = func() (*header, nextRow, io.Closer, error) {
		h, next, err := csvRows(f.Name, bytes.NewReader(text), comma, simpleColumns)
		return h, next, io.NopCloser(nil), err
	}
	return g, nil
}

func encodingNote(name string) record.Finding {
	return record.Finding{File: name, Severity: SeverityInfo, Code: "encoding", Say: name + " was read as Windows-1252; check one name with an accent."}
}

// order is which number of a date is the day, found out from a whole column.
type order struct{ dayFirst, known bool }

// simple reads one sheet row by row. Grades and dates are read by what the whole sheet says, so the sheet is surveyed
// first.
type simple struct {
	grid  *grid
	head  *header
	index map[string]int // column of the template → column of the file
	opts  *Options
	total int // rows, without the empty ones at the end
	scale scale
	dates map[string]order

	next   nextRow
	closer io.Closer
	at     int      // rows read
	cells  []string // of the row at hand
	failed bool     // the row at hand has an error

	table        *Table
	firstRow     map[string]int    // award key → row
	ids          map[string]idSeen // learner_id without leading zeros → who had it first
	learners     map[string]int    // key → index in table.Learners
	catalogue    []Achievement
	achievements map[string]int // key → index in catalogue
	whole        bool           // the catalogue is complete: rows are looked up in it and add nothing
	used         map[int]bool   // entries of the complete catalogue that the table at hand speaks of
	inferred     map[string]bool
}

type idSeen struct {
	id  string
	row int
}

// maxIDs bounds how many student numbers are compared for leading zeros: the first 200,000 show the habit of a file.
const maxIDs = 200_000

func newSimple(ctx context.Context, g *grid, opts *Options) (*simple, error) {
	r := &simple{grid: g, opts: opts, ids: map[string]idSeen{}, achievements: map[string]int{}, inferred: map[string]bool{}, dates: map[string]order{}}
	r.fresh()
	if err := r.survey(ctx); err != nil {
		return nil, err
	}
	return r, r.rewind()
}

// fresh begins a table.
func (r *simple) fresh() {
	r.table = &Table{}
	r.firstRow, r.learners, r.used = map[string]int{}, map[string]int{}, map[int]bool{}
	if r.head != nil {
		r.table.Unused, r.table.Dropped = r.leftover()
		r.table.Header = r.shown(r.head.original)
	}
}

// rewind goes back to the first row.
func (r *simple) rewind() error {
	if r.closer != nil {
		r.closer.Close() // of a file that was only read
	}
	var err error
	r.head, r.next, r.closer, err = r.grid.open()
	r.at = 0
	if err != nil {
		return err
	}
	if err := r.match(); err != nil {
		return err
	}
	r.table.Unused, r.table.Dropped = r.leftover()
	r.table.Header = r.shown(r.head.original)
	return nil
}

// match finds the columns of the template in the file: by the mapping, else by their own names.
func (r *simple) match() error {
	r.index = map[string]int{}
	var columns map[string]string
	if r.opts.Mapping != nil {
		columns = r.opts.Mapping.Columns
	}
	for i, name := range r.head.names {
		to, mapped := columns[name]
		if !mapped && len(columns) == 0 {
			to = name
		}
		if to == "" || !slices.Contains(simpleColumns, to) || slices.Contains(sensitive, name) {
			continue
		}
		if before, twice := r.index[to]; twice {
			return record.Errorf(record.Invalid, "roster.Read", "%s: columns %q and %q are both matched to %s; choose one", r.grid.name, r.head.names[before], name, to)
		}
		r.index[to] = i
	}
	for _, c := range simpleColumns[:simpleRequired] {
		if !r.has(c) {
			err := record.Errorf(record.Invalid, "roster.Read", "%s has no column %s; every row needs one. Match its columns to those of the template", r.grid.name, c)
			err.Code = CodeColumns
			return err
		}
	}
	return nil
}

// CodeColumns is the code of the error that says that a sheet's columns must be matched first.
const CodeColumns = "import.columns"

func (r *simple) has(column string) bool {
	if _, ok := r.index[column]; ok || r.opts.Mapping.Value(column, "") != "" {
		return true
	}
	if column == "learner_name" {
		_, given := r.index["learner_given_name"]
		_, family := r.index["learner_family_name"]
		return given || family
	}
	return false
}

// get is a cell of the row at hand by column of the template, as the mapping says that it is meant.
func (r *simple) get(column string) string {
	v := ""
	if i, ok := r.index[column]; ok && i < len(r.cells) {
		v = r.cells[i]
	}
	if v = r.opts.Mapping.Value(column, v); v == "" && column == "learner_name" {
		v = strings.TrimSpace(r.get("learner_given_name") + " " + r.get("learner_family_name"))
	}
	return v
}

// leftover are the columns that nothing is read from, and the sensitive ones.
func (r *simple) leftover() (unused, dropped []string) {
	read := map[int]bool{}
	for _, i := range r.index {
		read[i] = true
	}
	for i, name := range r.head.names {
		switch {
		case slices.Contains(sensitive, name):
			dropped = append(dropped, name)
		case name != "" && !read[i]:
			unused = append(unused, name)
		}
	}
	return unused, dropped
}

// shown are the cells of a row without the sensitive columns.
func (r *simple) shown(row []string) []string {
	var out []string
	for i := range r.head.names {
		if slices.Contains(sensitive, r.head.names[i]) {
			continue
		}
		cell := ""
		if i < len(row) {
			cell = row[i]
		}
		out = append(out, cell)
	}
	return out
}

// survey reads the sheet once: how many rows it has, which number of its dates is the day, which scale its grades are of.
func (r *simple) survey(ctx context.Context) error {
	if err := r.rewind(); err != nil {
		return err
	}
	for _, c := range []string{"awarded_on", "expires_on"} {
		if m := r.opts.Mapping; m != nil && m.Dates[c] != "" {
			r.dates[c] = order{m.Dates[c] == record.DayFirst, true}
		}
	}
	r.scale = scale{letters: letterScale}
	plus := false
	for n := 1; ; n++ {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r.cells = row
		if strings.Join(row, "") != "" {
			r.total = n // a row of empty cells is how spreadsheets end; only those at the end fall away
		}
		for _, c := range []string{"awarded_on", "expires_on"} {
			if !r.dates[c].known {
				first, known := dateOrder([]string{r.get(c)})
				r.dates[c] = order{first, known}
			}
		}
		plus = plus || r.get("grade") == "A+"
	}
	if plus {
		r.scale = sheetScale([]string{"A+"})
	}
	return nil
}

// say0 says what was decided about the sheet as a whole.
func (r *simple) say0(g *grid) {
	for _, f := range g.notes {
		f.File = r.grid.name
		r.table.Findings = append(r.table.Findings, f)
	}
}

// read reads up to n rows into the table at hand and says how many there were.
func (r *simple) read(ctx context.Context, n int) (int, error) {
	for got := range n {
		if r.at == r.total {
			return got, nil
		}
		if got%1024 == 0 && ctx.Err() != nil {
			return got, ctx.Err()
		}
		row, err := r.next()
		if err != nil {
			return got, err
		}
		r.cells = row
		r.row(r.at)
		r.at++
	}
	return n, nil
}

func (r *simple) find(f record.Finding) {
	f.File = r.grid.name
	r.table.Findings = append(r.table.Findings, f)
	r.failed = r.failed || f.Severity == SeverityError
}

// say adds a finding about one cell: "Row 3, learner_email: …". A column that the mapping matched is called by the name
// that the file has for it.
func (r *simple) say(row int, column, severity, code, found, fix, format string, args ...any) {
	label := column
	if i, ok := r.index[column]; ok && r.head.names[i] != column {
		label = strings.TrimSpace(r.head.original[i])
	}
	r.find(record.Finding{Row: row + 1, Column: column, Severity: severity, Code: code, Found: found, Fix: fix,
		Say: fmt.Sprintf("Row %d, %s: ", row+1, label) + fmt.Sprintf(format, args...)})
}
