package web

import (
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
)

// CoverageList lists the programmes whose coverage can be seen.
type CoverageList struct {
	Shell
	Rows []registrar.Programme
}

// CoveragePage is one programme: what it promises, where it is taught and assessed, and how many have shown it.
type CoveragePage struct {
	Shell
	View registrar.Coverage
	Heat []HeatRow
}

// HeatRow is one expectation across the cohorts.
type HeatRow struct {
	Name  string
	Cells []HeatCell
}

// HeatCell is how many of a cohort have shown an expectation. Level is the fifth that they are of the cohort, 0 where it is
// not told.
type HeatCell struct {
	Count registrar.Count
	Level int
}

var coveragePages = []page{&CoverageList{}, &CoveragePage{}}

var coverageRoutes = []route{
	{"GET /desk/coverage", staff, coverageList, 0},
	{"GET /desk/coverage/{id}", staff, coveragePage, 0},
	{"GET /desk/coverage/{id}/coverage.csv", staff, coverageFile, 0},
}

func coverageList(c *call) error {
	all, err := c.deps.Registrar.CoverageProgrammes(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &CoverageList{Rows: all}
	p.Title, p.NoIndex = c.t("coverage.title"), true
	return c.show(http.StatusOK, p)
}

func coveragePage(c *call) error {
	v, err := c.deps.Registrar.Coverage(c.ctx, c.actor, record.AchievementID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &CoveragePage{View: *v, Heat: heat(v)}
	p.Title, p.NoIndex, p.Wide = v.Name, true, true
	return c.show(http.StatusOK, p)
}

// heat lays a programme's expectations out over its cohorts.
func heat(v *registrar.Coverage) []HeatRow {
	var out []HeatRow
	for _, e := range v.Expectations {
		row := HeatRow{Name: e.Name}
		for i, n := range e.ByCohort {
			cell := HeatCell{Count: n}
			if size := v.Cohorts[i].Size; n.Kind == registrar.CountTold && size.Kind == registrar.CountTold && size.N > 0 {
				cell.Level = 1 + min(4, n.N*5/size.N)
			}
			row.Cells = append(row.Cells, cell)
		}
		out = append(out, row)
	}
	return out
}

func coverageFile(c *call) error {
	id := record.AchievementID(c.r.PathValue("id"))
	if _, err := c.deps.Registrar.Coverage(c.ctx, c.actor, id); err != nil { // said before the file begins
		return err
	}
	h := c.w.Header()
	h.Set("Content-Disposition", `attachment; filename="coverage.csv"`)
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	return c.deps.Registrar.WriteCoverage(c.ctx, c.actor, id, c.w)
}
