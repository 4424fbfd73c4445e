package framework

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxColumns bounds the columns of a table: ESCO and O*NET have fewer than twenty.
const maxColumns = 64

// table is a CSV or TSV file: its columns are known by name, whatever their order, case and spaces.
type table struct {
	name    string
	columns map[string]int
	rows    [][]string
}

// readTable reads comma-separated values as ESCO publishes them, and tab-separated ones as O*NET does.
func readTable(f File) (table, error) {
	t := table{name: f.Name, columns: map[string]int{}}
	data := bytes.TrimPrefix(f.Data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return t, fmt.Errorf("framework: %sthe table is not in UTF-8; save it so", named(f))
	}
	head, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.IndexByte(head, '\t') >= 0 {
		// O*NET quotes nothing: a quotation mark is part of the text.
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				t.rows = append(t.rows, strings.Split(line, "\t"))
			}
		}
	} else {
		r := csv.NewReader(bytes.NewReader(data))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			var at *csv.ParseError
			if errors.As(err, &at) {
				return t, fmt.Errorf("framework: %sline %d: %w", named(f), at.Line, at.Err)
			}
			return t, fmt.Errorf("framework: %s%w", named(f), err)
		}
		t.rows = rows
	}
	if len(t.rows) == 0 {
		return t, fmt.Errorf("framework: %sthe table has no header line", named(f))
	}
	for i, name := range t.rows[0] {
		if i == maxColumns {
			return t, fmt.Errorf("framework: %sthe table has more than %d columns", named(f), maxColumns)
		}
		t.columns[squeeze(name)] = i
	}
	t.rows = t.rows[1:]
	return t, nil
}

// squeeze is a column's name without case, spaces and signs: "O*NET-SOC Code" is onetsoccode.
func squeeze(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}

// has tells whether the table has all of the columns.
func (t *table) has(columns ...string) bool {
	for _, c := range columns {
		if _, ok := t.columns[c]; !ok {
			return false
		}
	}
	return true
}

func (t *table) get(row []string, column string) string {
	i, ok := t.columns[column]
	if !ok || i >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[i])
}

// readTables tells by the columns what the tables are.
func readTables(tables []table) (*Framework, error) {
	var names []string
	for i := range tables {
		switch t := &tables[i]; {
		case t.has("onetsoccode"), t.has("elementid"):
			return readONET(tables)
		case t.has("concepturi"), t.has("occupationuri"), t.has("originalskilluri"), t.has("level0uri"):
			return readESCO(tables)
		case t.has("fullstatement"):
			return readCASETable(t)
		}
		names = append(names, tables[i].name)
	}
	return nil, fmt.Errorf("framework: %s: the columns are not those of ESCO, of O*NET or of a CASE item list", strings.Join(names, ", "))
}
