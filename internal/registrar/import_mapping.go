package registrar

import (
	"bytes"
	"context"
	"encoding/csv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/roster"
	"github.com/openlaurel/laurel/internal/store"
)

// KeptRejects is how long the rejected rows of an import can be downloaded: a term's corrections, not an archive.
const KeptRejects = 30 * 24 * time.Hour

// known completes a request by what is remembered: the named source, or the last source whose files had the same columns.
func known(ctx context.Context, tx *store.Tx, i record.InstitutionID, req *ImportRequest) error {
	if req.Mapping != nil || len(req.Files) == 0 {
		return nil
	}
	var s *record.ImportSource
	var err error
	if req.Source != "" {
		s, err = optional(tx.ImportSource(ctx, i, req.Source))
	} else if req.Format == "" || req.Format == "csv" || req.Format == "xlsx" {
		if format, ok := roster.Detect(req.Files); req.Format != "" || ok && (format == "csv" || format == "xlsx") {
			columns, cerr := roster.ReadColumns(req.Files, nil)
			if cerr != nil {
				return nil // the reader says what is wrong with the file
			}
			s, err = optional(tx.ImportSourceByHeaders(ctx, i, columns.Fingerprint))
		}
	}
	if err == nil && s != nil {
		req.Source, req.Mapping = s.Name, &s.Mapping
	}
	return err
}

// unmatched is the preview of a sheet whose columns nobody has matched yet.
func unmatched(req *ImportRequest) (*Preview, error) {
	c, err := roster.ReadColumns(req.Files, req.Mapping)
	if err != nil {
		return nil, err
	}
	return &Preview{Format: c.Format, Source: req.Source, Mapping: req.Mapping, FileName: fileName(req.Files), Unready: true}, nil
}

// ImportColumns is a staged sheet as a person matches it.
type ImportColumns struct {
	roster.Columns
	Mapping  record.Mapping
	Source   string
	FileName string
}

// ImportColumns reads the columns of a staged sheet, with suggestions.
func (d *Desk) ImportColumns(ctx context.Context, actor record.Actor, id record.BatchID, sheet string) (*ImportColumns, error) {
	const op = "registrar.ImportColumns"
	var out *ImportColumns
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		b, req, err := staged(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		if req.Mapping == nil {
			return record.Errorf(record.Conflict, op, "this upload is of a format whose columns are fixed")
		}
		m := *req.Mapping
		if sheet != "" {
			m.Sheet = sheet
		}
		c, err := roster.ReadColumns(req.Files, &m)
		if err != nil {
			return err
		}
		out = &ImportColumns{Columns: *c, Mapping: m, Source: b.Source, FileName: b.FileName}
		return nil
	})
	return out, record.Wrap(op, err)
}

// MapImport matches the columns of a staged sheet. With a name the matching is kept, and the next file with the same
// columns is read the same way at once.
func (d *Desk) MapImport(ctx context.Context, actor record.Actor, id record.BatchID, source string, m record.Mapping) error {
	const op = "registrar.MapImport"
	return record.Wrap(op, d.DB.Update(ctx, func(tx *store.Tx) error {
		b, req, err := staged(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		if err := checkMapping(op, &m); err != nil {
			return err
		}
		if req.Mapping != nil { // repairs outlive a new matching
			m.Values, m.Dates = req.Mapping.Values, req.Mapping.Dates
		}
		c, err := roster.ReadColumns(req.Files, &m)
		if err != nil {
			return err
		}
		if source != "" {
			b.Source = source
		}
		return d.keepMapping(ctx, tx, actor, b, &store.BatchMapping{Headers: c.Fingerprint, Mapping: m}, "import.mapped", map[string]string{"source": source})
	}))
}

// checkMapping refuses columns that the template does not have and two that are matched to one.
func checkMapping(op string, m *record.Mapping) error {
	template, _ := roster.SheetColumns()
	seen := map[string]string{}
	for _, from := range slices.Sorted(maps.Keys(m.Columns)) {
		to := m.Columns[from]
		if to == "" {
			continue
		}
		if !slices.Contains(template, to) {
			return record.Errorf(record.Invalid, op, "there is no column %q to match %q to; use one of %s", to, from, strings.Join(template, ", "))
		}
		if other, twice := seen[to]; twice {
			return record.Errorf(record.Invalid, op, "%q and %q are both matched to %s; choose one", other, from, to)
		}
		seen[to] = from
	}
	return nil
}

// keepMapping writes how a staged import is read, and the named source that it is of.
func (d *Desk) keepMapping(ctx context.Context, tx *store.Tx, actor record.Actor, b *record.Batch, m *store.BatchMapping, event string, detail map[string]string) error {
	if err := tx.PutBatchMapping(ctx, b.ID, m); err != nil {
		return err
	}
	if b.Source != "" {
		err := tx.PutImportSource(ctx, &record.ImportSource{Institution: b.Institution, Name: b.Source, Format: b.Format, Headers: m.Headers, Mapping: m.Mapping,
			UpdatedBy: actor.Account, UpdatedAt: d.now()})
		if err != nil {
			return err
		}
		if err := tx.SettleBatch(ctx, b, record.BatchStaged); err != nil {
			return err
		}
	}
	return d.event(ctx, tx, actor, &record.Institution{ID: b.Institution}, event, "batch/"+string(b.ID), "", detail)
}

// Repair mends all alike: every cell of a column that has a value gets another, empty cells get one, or the numbers of the
// column's dates get an order.
type Repair struct {
	Column string
	Found  string
	Use    string
	Dates  string // record.DayFirst or record.MonthFirst
}

// RepairImport applies one repair to a staged sheet; with a named source it is kept for the next file.
func (d *Desk) RepairImport(ctx context.Context, actor record.Actor, id record.BatchID, r Repair) error {
	const op = "registrar.RepairImport"
	return record.Wrap(op, d.DB.Update(ctx, func(tx *store.Tx) error {
		b, _, err := staged(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		m, err := tx.BatchMapping(ctx, id)
		if record.KindOf(err) == record.NotFound {
			return record.Errorf(record.Conflict, op, "values of this format cannot be mended here; mend them in the file")
		}
		if err != nil {
			return err
		}
		template, _ := roster.SheetColumns()
		switch {
		case !slices.Contains(template, r.Column):
			return record.Errorf(record.Invalid, op, "there is no column %q", r.Column)
		case r.Dates == record.DayFirst || r.Dates == record.MonthFirst:
			m.Mapping.SetDates(r.Column, r.Dates)
		case r.Dates != "" || strings.TrimSpace(r.Use) == "":
			return record.Errorf(record.Invalid, op, "say what %q stands for", r.Found)
		default:
			m.Mapping.Set(r.Column, r.Found, strings.TrimSpace(r.Use))
		}
		return d.keepMapping(ctx, tx, actor, b, m, "import.repaired", map[string]string{"column": r.Column})
	}))
}

// ImportSources lists the institution's named sources.
func (d *Desk) ImportSources(ctx context.Context, actor record.Actor) ([]*record.ImportSource, error) {
	const op = "registrar.ImportSources"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []*record.ImportSource
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.ImportSources(ctx, actor.Institution)
		return err
	})
	return out, record.Wrap(op, err)
}

// RejectedRows is the rejected rows of an import as CSV with a reason behind each: of a staged one worked out now, of a
// committed one as they were.
func (d *Desk) RejectedRows(ctx context.Context, actor record.Actor, id record.BatchID) ([]byte, error) {
	const op = "registrar.RejectedRows"
	var out []byte
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		b, err := tx.Batch(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, b.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if b.State != record.BatchStaged {
			out, err = tx.Rejects(ctx, id)
			return err
		}
		_, req, err := staged(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		p, err := d.plan(ctx, tx, actor, req)
		if err == nil {
			out = rejectsCSV(p.table)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

func keepRejects(ctx context.Context, tx *store.Tx, id record.BatchID, p *plan, at time.Time) error {
	if len(p.table.Rejected) == 0 {
		return nil
	}
	return tx.PutRejects(ctx, id, rejectsCSV(p.table), at)
}

// rejectsCSV writes rejected rows so that a spreadsheet shows them and runs nothing; mended, they can be brought again.
func rejectsCSV(t *roster.Table) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	writeRejects(w, t, true)
	return b.Bytes() // a buffer takes everything
}

// RejectColumns stand behind the columns of the file.
var RejectColumns = []string{"rejected_row", "rejected_because"}

// writeRejects writes the rejected rows of a table. Formats without columns have the reasons alone.
func writeRejects(w *csv.Writer, t *roster.Table, header bool) {
	if header {
		w.Write(disarmAll(append(slices.Clone(t.Header), RejectColumns...))) // Error tells at the end
	}
	because := map[int][]string{}
	for _, f := range t.Findings {
		if f.Severity == roster.SeverityError {
			because[f.Row] = append(because[f.Row], f.Say)
		}
	}
	cells := map[int][]string{}
	for _, r := range t.Refused {
		cells[r.Row] = r.Cells
	}
	for _, row := range t.Rejected {
		line := cells[row]
		if line == nil {
			line = make([]string, len(t.Header))
		}
		w.Write(disarmAll(append(slices.Clone(line), strconv.Itoa(row), strings.Join(because[row], " ")))) // Error tells at the end
	}
	w.Flush()
}

func disarmAll(cells []string) []string {
	for i := range cells {
		cells[i] = roster.Disarm(cells[i])
	}
	return cells
}

// SheetColumns are the columns of the one-sheet template, the required ones first.
func SheetColumns() []string {
	all, _ := roster.SheetColumns()
	return all
}
