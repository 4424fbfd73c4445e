package roster

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/openlaurel/laurel/internal/record"
)

const (
	// maxWorkbook bounds a workbook after unpacking: about a million cells. Longer lists are better off as CSV, which is
	// read without being held in memory.
	maxWorkbook = 96 << 20
	// maxSheetRows bounds the rows of one sheet, empty ones included; a workbook ends at 1,048,576.
	maxSheetRows = 200_000
)

func suitsWorkbook(files []File) bool {
	if len(files) != 1 || !isZIP(files[0]) {
		return false
	}
	r, err := zip.NewReader(bytes.NewReader(files[0].Data), int64(len(files[0].Data)))
	return err == nil && isWorkbook(r)
}

// workbook is an opened XLSX file.
type workbook struct {
	name   string
	f      *excelize.File
	sheets []string // the visible ones
	hidden []string
	dates  map[int]bool // style → shows a date
	from04 bool         // days are counted from 1904
}

func openWorkbook(f File) (*workbook, error) {
	name := path.Base(f.Name)
	if err := measureWorkbook(name, f.Data); err != nil {
		return nil, err
	}
	x, err := excelize.OpenReader(bytes.NewReader(f.Data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxWorkbook, UnzipXMLSizeLimit: maxWorkbook})
	if err != nil {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s is no workbook that can be read (%v); save it again as .xlsx, or as CSV", name, err)
	}
	w := &workbook{name: name, f: x, dates: map[int]bool{}}
	if p, err := x.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		w.from04 = *p.Date1904
	}
	for _, s := range x.GetSheetList() {
		if visible, err := x.GetSheetVisible(s); err == nil && !visible {
			w.hidden = append(w.hidden, s)
		} else {
			w.sheets = append(w.sheets, s)
		}
	}
	if len(w.sheets) == 0 {
		return nil, errors.Join(record.Errorf(record.Invalid, "roster.Read", "%s has no visible sheet; show one", name), x.Close())
	}
	return w, nil
}

// measureWorkbook unpacks a workbook into nothing, so that a bomb is found before anything believes its sizes. Declarations
// of document types, which no spreadsheet writes, are refused.
func measureWorkbook(name string, data []byte) error {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return record.Errorf(record.Invalid, "roster.Read", "%s is a damaged workbook (%v); save it again", name, err)
	}
	total := int64(0)
	for _, e := range r.File {
		rc, err := e.Open()
		if err != nil {
			return record.Errorf(record.Invalid, "roster.Read", "%s is a damaged workbook (%v); save it again", name, err)
		}
		head := make([]byte, 1024)
		n, _ := io.ReadFull(rc, head) // a short part is a part
		rest, err := io.Copy(io.Discard, io.LimitReader(rc, maxWorkbook-total+1))
		rc.Close() // of a part that was only read
		if err != nil {
			return record.Errorf(record.Invalid, "roster.Read", "%s is a damaged workbook (%v); save it again", name, err)
		}
		if total += int64(n) + rest; total > maxWorkbook {
			return record.Errorf(record.TooLarge, "roster.Read", "%s unpacks to more than %d MiB; save the sheet as CSV", name, maxWorkbook>>20)
		}
		if bytes.Contains(head[:n], []byte("<!DOCTYPE")) || bytes.Contains(head[:n], []byte("<!ENTITY")) {
			return record.Errorf(record.Invalid, "roster.Read", "%s has a document type declaration in %s; save it again with a spreadsheet program", name, path.Base(e.Name))
		}
	}
	return nil
}

// workbookGrid opens the sheet that the mapping names, else the first visible one that has rows.
func workbookGrid(f File, m *record.Mapping) (*grid, error) {
	w, err := openWorkbook(f)
	if err != nil {
		return nil, err
	}
	defer w.f.Close()
	want := ""
	if m != nil {
		want = m.Sheet
	}
	sheet, rows, err := w.choose(want)
	if err != nil {
		return nil, err
	}
	g := &grid{name: w.name}
	if others := slices.DeleteFunc(slices.Clone(w.sheets), func(s string) bool { return s == sheet }); len(others) > 0 {
		g.notes = append(g.notes, record.Finding{Severity: SeverityInfo, Code: "other_sheets", Say: "The sheet “" + sheet + "” was read; the workbook also has " + list(others) + "."})
	}
	if len(w.hidden) > 0 {
		g.notes = append(g.notes, record.Finding{Severity: SeverityWarning, Code: "hidden_sheets", Say: "The workbook has hidden sheets, which are not read: " + list(w.hidden) + "."})
	}
	g.open = func() (*header, nextRow, io.Closer, error) {
		h, err := newHeader(w.name, rows[0], simpleColumns)
		at := 0
		return h, func() ([]string, error) {
			if at++; at >= len(rows) {
				return nil, io.EOF
			}
			return rows[at], nil
		}, io.NopCloser(nil), err
	}
	return g, nil
}

func (w *workbook) choose(want string) (string, [][]string, error) {
	if want != "" && !slices.Contains(w.sheets, want) {
		return "", nil, record.Errorf(record.Invalid, "roster.Read", "%s has no visible sheet “%s”; it has %s", w.name, want, list(w.sheets))
	}
	for _, s := range w.sheets {
		if want != "" && s != want {
			continue
		}
		rows, err := w.rows(s)
		if err != nil {
			return "", nil, err
		}
		if len(rows) > 0 {
			return s, rows, nil
		}
	}
	return "", nil, record.Errorf(record.Invalid, "roster.Read", "%s has no sheet with a header line; the first line names the columns", w.name)
}

// rows reads a sheet as text: numbers as they are, dates as year-month-day, formulas as the values they had when the file
// was saved.
func (w *workbook) rows(sheet string) ([][]string, error) {
	it, err := w.f.Rows(sheet)
	if err != nil {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s: the sheet “%s” cannot be read (%v); save the file again", w.name, sheet, err)
	}
	defer it.Close()
	var out [][]string
	for n := 0; it.Next(); n++ {
		if n > maxSheetRows {
			return nil, record.Errorf(record.TooLarge, "roster.Read", "%s: “%s” has more than %d rows; save it as CSV", w.name, sheet, maxSheetRows)
		}
		row, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s: “%s”, row %d cannot be read (%v); save the file again", w.name, sheet, n, err)
		}
		if len(row) > maxColumns {
			return nil, record.Errorf(record.TooLarge, "roster.Read", "%s: “%s” has %d columns; at most %d are read", w.name, sheet, len(row), maxColumns)
		}
		if len(out) == 0 && strings.TrimSpace(strings.Join(row, "")) == "" {
			continue // empty rows above the header
		}
		if err := trimRow(w.name, n, row); err != nil {
			return nil, err
		}
		out = append(out, row)
		w.typed(sheet, n+1, row)
	}
	if err := it.Error(); err != nil {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s: the sheet “%s” is broken (%v); save the file again", w.name, sheet, err)
	}
	return out, nil
}

// typed turns the numbers of a row that are shown as dates into dates, and takes the noise off others: a number is kept in
// binary, so that 3.7 comes out as 3.7000000000000002.
func (w *workbook) typed(sheet string, number int, row []string) {
	for i, cell := range row {
		f, err := strconv.ParseFloat(cell, 64)
		if err != nil || cell[0] == '0' && !strings.HasPrefix(cell, "0.") {
			continue // text; a number with a leading zero is text too
		}
		if f > 20000 && f < 90000 && w.isDate(sheet, number, i+1) {
			if t, err := excelize.ExcelDateToTime(f, w.from04); err == nil {
				row[i] = day(t)
			}
			continue
		}
		if len(cell) > 15 && strings.Contains(cell, ".") {
			row[i] = strconv.FormatFloat(f, 'g', 15, 64)
		}
	}
}

// isDate looks at the number format of a cell.
func (w *workbook) isDate(sheet string, row, column int) bool {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return false
	}
	style, err := w.f.GetCellStyle(sheet, name)
	if err != nil {
		return false
	}
	is, known := w.dates[style]
	if !known {
		if s, err := w.f.GetStyle(style); err == nil {
			is = dateFormat(s)
		}
		w.dates[style] = is
	}
	return is
}

// dateFormat tells date formats: the built-in numbers of ECMA-376 (18.8.30) and codes of one's own that show a year or day.
func dateFormat(s *excelize.Style) bool {
	if s.CustomNumFmt != nil {
		code := strings.ToLower(*s.CustomNumFmt)
		return strings.Contains(code, "yy") || strings.Contains(code, "dd") || strings.Contains(code, "d/m") || strings.Contains(code, "d.m") || strings.Contains(code, "m/d")
	}
	n := s.NumFmt
	return n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58
}
