package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Steps of an import, in order.
const (
	stepFile = iota + 1
	stepColumns
	stepCheck
	stepCreate
)

// ImportFile asks for files or pasted cells.
type ImportFile struct {
	Shell
	Step    int
	Error   string
	Pasted  string
	Formats []Choice
}

// ImportCheck shows what an import would do. Nothing is written yet.
type ImportCheck struct {
	Shell
	Step     int
	Batch    record.BatchID
	FileName string
	Format   string
	State    record.BatchState
	Counts   record.Counts
	Groups   []FindingGroup // errors first
	Unused   []string
	Rows     []ImportRow
	More     int
	Look     *ImportRow // one row as it will look
	Prev     int        // row numbers, 0 for none
	Next     int
	MayWrite bool
	Sheet    bool // its columns can be matched and its values mended here
}

// FindingGroup is all findings that one repair mends.
type FindingGroup struct {
	Severity, Code, Column string
	Say, Found, Fix        string
	Rows                   []int
	Repair                 string // how all are mended alike: "value", "fill", "dates"; empty: not here
	Batch                  record.BatchID
	N                      int
}

// Count is the number of rows.
func (g FindingGroup) Count() int { return max(len(g.Rows), 1) }

// ImportRow is one row of the file.
type ImportRow struct {
	Row                                     int
	State                                   string
	Learner, Name, Code, Type, Term, Result string
	Credits                                 string
	Date                                    render.Date
	Changes                                 []registrar.Change
	Says                                    []string
}

func importForm(c *call) error { return c.importForm("", "", http.StatusOK) }

func (c *call) importForm(pasted, problem string, status int) error {
	p := &ImportFile{Step: stepFile, Error: problem, Pasted: pasted}
	for _, f := range append([]string{""}, registrar.Formats()...) { // "" lets the importer recognise the file
		p.Formats = append(p.Formats, Choice{Value: f, Label: c.t("import.format." + cmp.Or(f, "any"))})
	}
	p.Title, p.NoIndex = c.t("import.title"), true
	return c.show(status, p)
}

// importFiles keeps the upload and goes on to the check. A file nobody can read comes back to the form with the reason.
func importFiles(c *call) error {
	files, err := c.uploads("file")
	if err != nil {
		return err
	}
	pasted := c.r.PostForm.Get("pasted")
	req := registrar.ImportRequest{Format: c.r.PostForm.Get("format"), Source: strings.TrimSpace(c.r.PostForm.Get("source"))}
	for _, f := range files {
		req.Files = append(req.Files, registrar.File{Name: f.name, Data: f.data})
	}
	if len(req.Files) == 0 && strings.TrimSpace(pasted) != "" {
		req.Files = append(req.Files, registrar.File{Name: "pasted.csv", Data: []byte(pasted)})
	}
	if len(req.Files) == 0 {
		return c.importForm(pasted, c.t("import.nothing"), http.StatusUnprocessableEntity)
	}
	preview, err := c.deps.Registrar.StageImport(c.ctx, c.actor, req)
	if err != nil {
		if k := record.KindOf(err); k == record.Invalid || k == record.TooLarge || k == record.Conflict {
			return c.importForm(pasted, sentence(record.MessageOf(err)), http.StatusUnprocessableEntity)
		}
		return err
	}
	return c.go303("/desk/imports/" + string(preview.Batch))
}

func importCheck(c *call) error {
	id := record.BatchID(c.r.PathValue("batch"))
	batch, err := c.deps.Registrar.Batch(c.ctx, c.actor, id)
	if err != nil {
		return err
	}
	preview := &registrar.Preview{Format: batch.Format, FileName: batch.FileName, Counts: batch.Counts, Findings: batch.Findings}
	if batch.State == record.BatchStaged {
		if preview, err = c.deps.Registrar.StagedImport(c.ctx, c.actor, id); err != nil {
			return err
		}
		if preview.Unready {
			return c.go303("/desk/imports/" + string(id) + "/columns")
		}
	}
	p := &ImportCheck{Step: stepCheck, Batch: id, FileName: preview.FileName, Format: c.words.Or("import.format."+preview.Format, preview.Format), State: batch.State,
		Counts: preview.Counts, Groups: groupFindings(preview.Findings), Unused: preview.Unused, More: preview.More, MayWrite: c.actor.Has(record.RoleRegistrar)}
	for i := range preview.Rows {
		p.Rows = append(p.Rows, c.importRow(&preview.Rows[i]))
	}
	p.Sheet = preview.Mapping != nil && batch.State == record.BatchStaged && p.MayWrite
	for i := range p.Groups {
		p.Groups[i].Batch, p.Groups[i].N = id, i+1
		if p.Sheet && p.Groups[i].Severity == "error" {
			p.Groups[i].Repair = repairKind(&p.Groups[i])
		}
	}
	if p.State != record.BatchStaged {
		p.Step = stepCreate
	}
	p.look(c.r.URL.Query().Get("row"))
	p.Title, p.NoIndex, p.Wide = cmp.Or(preview.FileName, c.t("import.title")), true, true
	return c.show(http.StatusOK, p)
}

// look chooses the row that is shown as it will look: the one asked for, else the first clean one.
func (p *ImportCheck) look(asked string) {
	want, err := strconv.Atoi(asked)
	at := -1
	for i := range p.Rows {
		if err == nil && p.Rows[i].Row == want || err != nil && at < 0 && p.Rows[i].State != string(registrar.RowRejected) {
			at = i
		}
	}
	if at < 0 {
		return
	}
	p.Look = &p.Rows[at]
	if at > 0 {
		p.Prev = p.Rows[at-1].Row
	}
	if at+1 < len(p.Rows) {
		p.Next = p.Rows[at+1].Row
	}
}

func (c *call) importRow(r *registrar.PreviewRow) ImportRow {
	out := ImportRow{Row: r.Row, State: string(r.State), Learner: r.Learner, Name: r.Achievement, Code: r.Code, Type: c.words.Or("type."+r.Type, r.Type),
		Term: r.Term, Result: r.Result, Credits: r.Credits, Date: render.ParseDate(r.AwardedOn), Changes: r.Changes}
	for _, f := range r.Findings {
		out.Says = append(out.Says, f.Say)
	}
	return out
}

// groupFindings gathers what one repair mends: the same code about the same column and the same value.
func groupFindings(all []record.Finding) []FindingGroup {
	type key struct{ severity, code, column, found string }
	at := map[key]int{}
	var out []FindingGroup
	for _, f := range all {
		k := key{f.Severity, f.Code, f.Column, f.Found}
		if f.Code == "date_ambiguous" {
			k.found = "" // one order of day and month mends the whole column
		}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, FindingGroup{Severity: f.Severity, Code: f.Code, Column: f.Column, Say: f.Say, Found: f.Found, Fix: f.Fix})
		}
		if f.Row > 0 {
			out[i].Rows = append(out[i].Rows, f.Row)
		}
	}
	rank := map[string]int{"error": 0, "warning": 1, "info": 2}
	slices.SortStableFunc(out, func(x, y FindingGroup) int { return cmp.Compare(rank[x.Severity], rank[y.Severity]) })
	return out
}

func importCreate(c *call) error {
	id := record.BatchID(c.r.PathValue("batch"))
	if _, err := c.deps.Registrar.CommitImport(c.ctx, c.actor, id); err != nil {
		return err
	}
	return c.go303("/desk/drafts?batch=" + string(id) + "&done=drafted")
}

func importUndo(c *call) error {
	if err := c.deps.Registrar.UndoImport(c.ctx, c.actor, record.BatchID(c.r.PathValue("batch"))); err != nil {
		return err
	}
	return c.go303("/desk?done=undone")
}
