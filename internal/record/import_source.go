package record

import "time"

// Mapping says how the columns and values of a source's files are to be read. The zero Mapping reads a file as it is
// written. Columns of the file are named by their headers in lower case with underscores; columns of the template by
// their own names.
type Mapping struct {
	Sheet     string                       `json:"sheet,omitempty"`     // of a workbook; empty: the first visible one
	Columns   map[string]string            `json:"columns,omitempty"`   // column of the file → column of the template
	Constants map[string]string            `json:"constants,omitempty"` // column of the template → what empty cells stand for
	Values    map[string]map[string]string `json:"values,omitempty"`    // column of the template → value found → value meant
	Dates     map[string]string            `json:"dates,omitempty"`     // column of the template → DayFirst or MonthFirst
}

// Orders of the numbers of a date such as 01/02/2025.
const (
	DayFirst   = "day"
	MonthFirst = "month"
)

// Value is what a cell of a template column stands for.
func (m *Mapping) Value(column, found string) string {
	if m == nil {
		return found
	}
	if use, ok := m.Values[column][found]; ok {
		return use
	}
	if found == "" {
		return m.Constants[column]
	}
	return found
}

// Set adds one repair: from now on found stands for use in a column; an empty found fills empty cells.
func (m *Mapping) Set(column, found, use string) {
	if found == "" {
		if m.Constants == nil {
			m.Constants = map[string]string{}
		}
		m.Constants[column] = use
		return
	}
	if m.Values == nil {
		m.Values = map[string]map[string]string{}
	}
	if m.Values[column] == nil {
		m.Values[column] = map[string]string{}
	}
	m.Values[column][found] = use
}

// SetDates fixes the order of day and month in a column.
func (m *Mapping) SetDates(column, order string) {
	if m.Dates == nil {
		m.Dates = map[string]string{}
	}
	m.Dates[column] = order
}

// ImportSource is a system that files come from, and how to read them: "Banner grades nightly".
type ImportSource struct {
	Institution InstitutionID
	Name        string
	Format      string
	Headers     string // fingerprint of the file's columns; the next file with the same columns is read the same way
	Mapping     Mapping
	UpdatedBy   AccountID
	UpdatedAt   time.Time
}

// BatchImporting is the state of an import in parts that is under way, or was stopped and will go on.
const BatchImporting BatchState = "importing"
