package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
)

var importRoutes = []route{
	{"GET /desk/imports/{batch}/columns", preparer, importColumns, 0},
	{"POST /desk/imports/{batch}/columns", preparer, importMap, 0},
	{"POST /desk/imports/{batch}/fix", preparer, importFix, 0},
	{"GET /desk/imports/{batch}/rejected.csv", preparer, importRejected, 0},
}

var importPages = []page{&ImportColumns{}}

// ImportColumns matches the columns of a file to those of the template.
type ImportColumns struct {
	Shell
	Step     int
	Batch    record.BatchID
	FileName string
	Error    string
	Source   string
	Sheets   []Choice
	Columns  []ColumnChoice
	Constant []ConstantField
}

// ColumnChoice is one column of the file and what it is taken for.
type ColumnChoice struct {
	Name, Header string
	Samples      []string
	Sensitive    bool
	Guess        string // "name" or "values": why it was suggested; empty: it was not
	Targets      []Choice
}

// ConstantField says what every empty cell of a column stands for.
type ConstantField struct{ Column, Label, Value string }

// constantColumns are what files leave out because it is the same in every row.
var constantColumns = []string{"achievement_name", "achievement_type", "awarded_on", "term"}

func importColumns(c *call) error { return c.importColumns("", http.StatusOK) }

func (c *call) importColumns(problem string, status int) error {
	id := record.BatchID(c.r.PathValue("batch"))
	got, err := c.deps.Registrar.ImportColumns(c.ctx, c.actor, id, c.r.URL.Query().Get("sheet"))
	if err != nil {
		return err
	}
	p := &ImportColumns{Step: stepColumns, Batch: id, FileName: got.FileName, Error: problem, Source: got.Source}
	for _, s := range got.Sheets {
		p.Sheets = append(p.Sheets, Choice{Value: s, Label: s, Chosen: s == got.Sheet})
	}
	matched := len(got.Mapping.Columns) > 0
	for _, col := range got.List {
		to := got.Mapping.Columns[col.Name]
		if !matched {
			to = col.Suggest
		}
		row := ColumnChoice{Name: col.Name, Header: col.Header, Sensitive: col.Sensitive}
		if row.Samples = col.Samples[:min(3, len(col.Samples))]; !matched && to != "" {
			row.Guess = col.Why
		}
		row.Targets = append(row.Targets, Choice{Value: "", Label: c.t("columns.leave"), Chosen: to == ""})
		for _, t := range registrar.SheetColumns() {
			row.Targets = append(row.Targets, Choice{Value: t, Label: c.t("column." + t), Chosen: t == to})
		}
		p.Columns = append(p.Columns, row)
	}
	for _, column := range constantColumns {
		p.Constant = append(p.Constant, ConstantField{column, c.t("column." + column), got.Mapping.Constants[column]})
	}
	p.Title, p.NoIndex = cmp.Or(got.FileName, c.t("import.title")), true
	return c.show(status, p)
}

// importMap keeps the matching and goes on to the check.
func importMap(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	m := record.Mapping{Sheet: c.r.PostForm.Get("sheet"), Columns: map[string]string{}, Constants: map[string]string{}}
	for name, values := range c.r.PostForm {
		if column, ok := strings.CutPrefix(name, "column:"); ok {
			m.Columns[column] = values[0]
		}
		if column, ok := strings.CutPrefix(name, "constant:"); ok && slices.Contains(constantColumns, column) && strings.TrimSpace(values[0]) != "" {
			m.Constants[column] = strings.TrimSpace(values[0])
		}
	}
	batch := c.r.PathValue("batch")
	err := c.deps.Registrar.MapImport(c.ctx, c.actor, record.BatchID(batch), strings.TrimSpace(c.r.PostForm.Get("source")), m)
	if record.KindOf(err) == record.Invalid {
		return c.importColumns(sentence(record.MessageOf(err)), http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/imports/" + batch)
}

// importFix applies one repair to all rows alike.
func importFix(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	repair := registrar.Repair{Column: f.Get("column"), Found: f.Get("found"), Use: f.Get("use"), Dates: f.Get("dates")}
	batch := c.r.PathValue("batch")
	if err := c.deps.Registrar.RepairImport(c.ctx, c.actor, record.BatchID(batch), repair); err != nil {
		return err
	}
	return c.go303("/desk/imports/" + batch)
}

func importRejected(c *call) error {
	rows, err := c.deps.Registrar.RejectedRows(c.ctx, c.actor, record.BatchID(c.r.PathValue("batch")))
	if err != nil {
		return err
	}
	return c.attachment("rejected-rows.csv", "text/csv; charset=utf-8", rows)
}

// repairKind says how a group of findings is mended for all rows alike: "value", "fill", "dates", or not here.
func repairKind(g *FindingGroup) string {
	switch g.Code {
	case "date_ambiguous":
		return "dates"
	case "required_missing":
		if slices.Contains(constantColumns, g.Column) {
			return "fill"
		}
	case "vocabulary", "not_in_scale", "email_invalid", "not_a_number", "url_invalid", "date_unreadable", "date_impossible", "cell_error":
		if g.Found != "" {
			return "value"
		}
	}
	return ""
}
