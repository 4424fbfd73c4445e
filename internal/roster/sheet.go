package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// sheet is one CSV file: a header and its data rows.
type sheet struct {
	name     string
	encoding string
	header   []string       // as normalised: lower case, spaces and dashes as underscores
	index    map[string]int // header → column
	rows     [][]string
}

// sensitive are columns that an importer drops on read, whatever the file.
var sensitive = []string{"ssn", "social_security_number", "sin", "nsn", "national_id", "password", "passwd", "gender", "sex", "race",
	"ethnicity", "religion", "birth_date", "birthdate", "date_of_birth", "dob", "disability", "health", "discipline"}

// readSheet reads a CSV file of any of the usual dialects: comma, semicolon or tab, quoted or not.
func readSheet(f File) (*sheet, error) {
	text, encoding, err := decodeText(f)
	if err != nil {
		return nil, err
	}
	s := &sheet{name: path.Base(f.Name), encoding: encoding, index: map[string]int{}}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = delimiter(text)
	r.FieldsPerRecord = -1
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, csvError(s.name, err)
		}
		if s.header == nil {
			if err := s.setHeader(row); err != nil {
				return nil, err
			}
			continue
		}
		if err := s.add(row, r); err != nil {
			return nil, err
		}
	}
	if s.header == nil {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s has no header line; the first line names the columns", s.name)
	}
	return s, nil
}

// add keeps one data row, trimmed. A row of empty cells is how spreadsheets end; it is dropped only at the end of the
// sheet, so that row numbers stay what the registrar sees.
func (s *sheet) add(row []string, r *csv.Reader) error {
	number := len(s.rows) + 1
	if number > MaxRows {
		return record.Errorf(record.TooLarge, "roster.Read", "%s has more than %d rows; split it", s.name, MaxRows)
	}
	if len(row) > len(s.header) && strings.TrimSpace(strings.Join(row[len(s.header):], "")) != "" {
		at, _ := r.FieldPos(len(s.header))
		return record.Errorf(record.Invalid, "roster.Read",
			"%s, line %d: row %d has %d cells and the header has %d; quote cells that contain the separator", s.name, at, number, len(row), len(s.header))
	}
	for i := range row {
		if len(row[i]) > MaxCellBytes {
			return record.Errorf(record.TooLarge, "roster.Read", "%s, row %d: a cell is longer than %d kB; shorten it", s.name, number, MaxCellBytes>>10)
		}
		row[i] = strings.TrimSpace(row[i])
	}
	s.rows = append(s.rows, row)
	return nil
}

// setHeader normalises the header; a column named twice would be read from one of them in silence, so it is refused.
func (s *sheet) setHeader(row []string) error {
	s.header = make([]string, len(row))
	for i, name := range row {
		name = strings.ToLower(strings.TrimSpace(name))
		name = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSuffix(name, "*"))
		s.header[i] = name
		if name == "" {
			continue
		}
		if before, twice := s.index[name]; twice {
			return record.Errorf(record.Invalid, "roster.Read", "%s: columns %d and %d are both named %q; rename one", s.name, before+1, i+1, name)
		}
		s.index[name] = i
	}
	return nil
}

// trimEnd drops empty rows at the end.
func (s *sheet) trimEnd() {
	for len(s.rows) > 0 && strings.Join(s.rows[len(s.rows)-1], "") == "" {
		s.rows = s.rows[:len(s.rows)-1]
	}
}

// get returns a cell by column name, empty when there is none.
func (s *sheet) get(row int, column string) string {
	if i, ok := s.index[column]; ok && i < len(s.rows[row]) {
		return s.rows[row][i]
	}
	return ""
}

// leftover sorts the columns that nobody reads into unused and dropped.
func (s *sheet) leftover(known []string) (unused, dropped []string) {
	used := map[string]bool{}
	for _, k := range known {
		used[k] = true
	}
	secret := map[string]bool{}
	for _, k := range sensitive {
		secret[k] = true
	}
	for _, name := range s.header {
		switch {
		case secret[name]:
			dropped = append(dropped, name)
		case name != "" && !used[name]:
			unused = append(unused, name)
		}
	}
	return unused, dropped
}

// delimiter is the separator of the first line: the most frequent of comma, semicolon and tab outside quotes.
func delimiter(text []byte) rune {
	first, _, _ := bytes.Cut(text, []byte{'\n'})
	count := map[rune]int{}
	quoted := false
	for _, r := range string(first) {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted {
			count[r]++
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}

func csvError(name string, err error) error {
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		return record.Errorf(record.Invalid, "roster.Read", "%s cannot be read as CSV: %v", name, err)
	}
	what := pe.Err.Error()
	switch {
	case errors.Is(pe.Err, csv.ErrQuote):
		what = "a quotation mark where none may be; write it twice (\"\") inside a quoted cell"
	case errors.Is(pe.Err, csv.ErrBareQuote):
		what = "a quotation mark inside a cell that is not quoted; quote the cell and write the mark twice (\"\")"
	}
	return record.Errorf(record.Invalid, "roster.Read", "%s, line %d, character %d: %s", name, pe.Line, pe.Column, what)
}
