package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Dashboard is what an institution counts.
type Dashboard struct {
	Shell
	Rows                            []DashboardRow
	Corrections, Drafts, Open, Late int
	Staff                           bool
}

// DashboardRow is one month.
type DashboardRow struct {
	Month string // 2026-05
	registrar.MonthRow
}

// Ending lists what runs out.
type Ending struct {
	Shell
	Error     string
	Days      int
	Rows      []EndingRow
	Lifetimes []registrar.LifetimeView
	More      bool
	MayChange bool
	Typed     map[string]string
}

// EndingRow is one credential that runs out.
type EndingRow struct {
	Award, Learner, LearnerName, Name, Told string
	Until                                   render.Date
	Over                                    bool
}

var dashboardPages = []page{&Dashboard{}, &Ending{}}

var dashboardRoutes = []route{
	{"GET /desk/dashboard", keepers, dashboard, 0},
	{"GET /desk/dashboard.csv", keepers, dashboardFile, 0},
	{"GET /desk/ending", staff, ending, 0},
	{"POST /desk/ending", preparer, setLifetime, 0},
}

func dashboard(c *call) error {
	d, err := c.deps.Registrar.Dashboard(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Dashboard{Corrections: d.Corrections, Drafts: d.Drafts, Open: d.Open, Late: d.Late, Staff: c.actor.Has(staff...)}
	for _, m := range d.Months {
		p.Rows = append(p.Rows, DashboardRow{m.Month.Format("2006-01"), m})
	}
	p.Title, p.NoIndex, p.Wide = c.t("dashboard.title"), true, true
	return c.show(http.StatusOK, p)
}

// dashboardFile is the same table for spreadsheets. A count that is hidden on the page is empty here.
func dashboardFile(c *call) error {
	d, err := c.deps.Registrar.Dashboard(c.ctx, c.actor)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	rows := [][]string{{"month", "issued", "learners", "told", "claimed", "bounced", "waiting", "opened"}}
	for _, m := range d.Months {
		opened := strconv.Itoa(m.Opened)
		if m.Hidden {
			opened = ""
		}
		rows = append(rows, []string{m.Month.Format("2006-01"), strconv.Itoa(m.Issued), strconv.Itoa(m.Learners), strconv.Itoa(m.Told), strconv.Itoa(m.Claimed), strconv.Itoa(m.Bounced), strconv.Itoa(m.Waiting), opened})
	}
	if err := w.WriteAll(rows); err != nil {
		return record.Wrap("web.dashboardFile", err)
	}
	return c.attachment("dashboard.csv", "text/csv; charset=utf-8", out.Bytes())
}

func ending(c *call) error { return c.showEnding("", http.StatusOK) }

func (c *call) showEnding(problem string, status int) error {
	days, err := strconv.Atoi(c.r.URL.Query().Get("days"))
	if err != nil {
		days = 90
	}
	v, err := c.deps.Registrar.Ending(c.ctx, c.actor, days)
	if err != nil {
		return err
	}
	p := &Ending{Error: problem, Days: days, Lifetimes: v.Lifetimes, More: v.More, MayChange: c.actor.Has(preparer...), Typed: c.typedFields("achievement", "months", "notice")}
	for _, r := range v.Rows {
		p.Rows = append(p.Rows, EndingRow{string(r.Award), string(r.Learner), r.LearnerName.Display, r.Name, string(r.Told), render.Date{Time: r.ValidUntil}, r.ValidUntil.Before(c.now())})
	}
	p.Title, p.NoIndex, p.Wide = c.t("ending.title"), true, true
	return c.show(status, p)
}

func setLifetime(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	months, err := strconv.Atoi(f.Get("months"))
	notice, also := strconv.Atoi(f.Get("notice"))
	if err != nil || also != nil {
		months = -1
	}
	if err := c.deps.Registrar.SetLifetime(c.ctx, c.actor, f.Get("achievement"), months, notice); err != nil {
		return refused(err, c.showEnding)
	}
	return c.go303("/desk/ending?done=lifetime")
}
