package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// maxColumns bounds a sheet's width: the widest export of a student system that was seen has 180.
const maxColumns = 1000

// header is the first line of a sheet.
type header struct {
	file     string
	original []string       // as written
	names    []string       // as normalised: lower case, spaces and dashes as underscores; empty for nameless columns
	index    map[string]int // name → column
}

// sheet is one CSV file in memory: a header and its data rows.
type sheet struct {
	header
	name string
	rows [][]string
}

// sensitive are columns that an importer drops on read, whatever the file.
var sensitive = []string{"ssn", "social_security_number", "sin", "nsn", "national_id", "password", "passwd", "gender", "sex", "race",
	"ethnicity", "religion", "birth_date", "birthdate", "date_of_birth", "dob", "disability", "health", "discipline"}

// nextRow gives the rows of a sheet one by one, trimmed; io.EOF comes after the last. A row is valid until the next call.
type nextRow func() ([]string, error)

// csvRows reads CSV of any of the usual dialects: comma, semicolon or tab, quoted or not. The header comes back apart.
// must are columns that may not be named twice, for one of the two would be read in silence.
func csvRows(file string, text io.Reader, comma rune, must []string) (*header, nextRow, error) {
	name := path.Base(file)
	r := csv.NewReader(text)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	first, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, record.Errorf(record.Invalid, "roster.Read", "%s has no header line; the first line names the columns", name)
	}
	if err != nil {
		return nil, nil, csvError(name, err)
	}
	head, err := newHeader(name, first, must)
	if err != nil {
		return nil, nil, err
	}
	number := 0
	return head, func() ([]string, error) {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		if err != nil {
			return nil, csvError(name, err)
		}
		number++
		if len(row) > len(head.names) && strings.TrimSpace(strings.Join(row[len(head.names):], "")) != "" {
			at, _ := r.FieldPos(len(head.names))
			return nil, record.Errorf(record.Invalid, "roster.Read",
				"%s, line %d: row %d has %d cells and the header has %d; quote cells that contain the separator", name, at, number, len(row), len(head.names))
		}
		return row, trimRow(name, number, row)
	}, nil
}

// trimRow trims the cells of a row in place and holds them to their limit.
func trimRow(name string, number int, row []string) error {
	for i := range row {
		if len(row[i]) > MaxCellBytes {
			return record.Errorf(record.TooLarge, "roster.Read", "%s, row %d: a cell is longer than %d kB; shorten it", name, number, MaxCellBytes>>10)
		}
		row[i] = disarmed(strings.TrimSpace(row[i]))
	}
	return nil
}

// readSheet reads a whole CSV file.
func readSheet(f File) (*sheet, error) {
	text, _, err := decodeText(f)
	if err != nil {
		return nil, err
	}
	head, next, err := csvRows(f.Name, bytes.NewReader(text), delimiter(text), nil)
	if err != nil {
		return nil, err
	}
	s := &sheet{header: *head, name: path.Base(f.Name)}
	for {
		row, err := next()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		if len(s.rows) == MaxRows {
			return nil, record.Errorf(record.TooLarge, "roster.Read", "%s has more than %d rows; split it", s.name, MaxRows)
		}
		s.rows = append(s.rows, slices.Clone(row))
	}
}

// newHeader normalises the header. A column of must that is named twice would be read from one of the two in silence, so
// it is refused; other repeated names are told apart by number.
func newHeader(name string, row, must []string) (*header, error) {
	if len(row) > maxColumns {
		return nil, record.Errorf(record.TooLarge, "roster.Read", "%s has %d columns; at most %d are read", name, len(row), maxColumns)
	}
	h := &header{file: name, original: slices.Clone(row), names: make([]string, len(row)), index: map[string]int{}}
	for i, written := range row {
		n := normalise(written)
		if before, twice := h.index[n]; twice && n != "" {
			if must == nil || slices.Contains(must, n) {
				return nil, record.Errorf(record.Invalid, "roster.Read", "%s: columns %d and %d are both named %q; rename one", name, before+1, i+1, n)
			}
			n = n + "_" + strconv.Itoa(i+1)
		}
		h.names[i] = n
		if n != "" {
			h.index[n] = i
		}
	}
	return h, nil
}

// normalise is a header as columns are compared: "Learner Name *" is learner_name.
func normalise(written string) string {
	name := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(written)), "*")
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSpace(name))
}

// trimEnd drops empty rows at the end.
func (s *sheet) trimEnd() {
	for len(s.rows) > 0 && strings.Join(s.rows[len(s.rows)-1], "") == "" {
		s.rows = s.rows[:len(s.rows)-1]
	}
}

// get returns a cell by column name, empty when there is none.
func (s *sheet) get(row int, column string) string {
	if i, ok := s.header.index[column]; ok && i < len(s.rows[row]) {
		return s.rows[row][i]
	}
	return ""
}

// leftover sorts the columns that nobody reads into unused and dropped.
func (s *header) leftover(known []string) (unused, dropped []string) {
	used := map[string]bool{}
	for _, k := range known {
		used[k] = true
	}
	secret := map[string]bool{}
	for _, k := range sensitive {
		secret[k] = true
	}
	for _, name := range s.names {
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
