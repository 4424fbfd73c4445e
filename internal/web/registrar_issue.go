package web

import (
	"cmp"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Today is the first screen of the registrar's desk.
type Today struct {
	Shell
	Desk       registrar.Today
	MayPrepare bool
}

// Drafts lists what waits to be approved and what waits to be signed.
type Drafts struct {
	Shell
	Batch    string
	Waiting  []AwardRow
	Approved []AwardRow
	Mine     int // of Waiting, those this person may approve
	Next     string
}

// AwardRow is one award in a list.
type AwardRow struct {
	ID, LearnerID                string
	Learner, Name, Code, Type    string
	Result, State, Term, Credits string
	Date                         render.Date
	Prepared, Approved           string
	Correction                   bool
	Reason                       string
	MayApprove                   bool
	Href                         string // the signed credential
	Line                         render.Line
}

// Approve is the second pair of eyes: how many, what changes, and a sample to open.
type Approve struct {
	Shell
	Batch       string
	Count       int
	Learners    int
	Corrections []AwardRow
	Sample      []AwardRow
	NotMine     int // prepared by this person; another must approve them
}

// RunPage is an issuing run under way or done.
type RunPage struct {
	Shell
	Run     registrar.RunView
	Refresh bool
	Untold  int // learners without an account to whom nothing was sent yet
}

// Issued lists what is signed.
type Issued struct {
	Shell
	Search  string
	Awards  []AwardRow
	Next    string
	MayEdit bool
}

func today(c *call) error {
	t, err := c.deps.Registrar.Today(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Today{Desk: *t, MayPrepare: c.actor.Has(record.RoleRegistrar)}
	p.Title, p.NoIndex = c.t("nav.today"), true
	return c.show(http.StatusOK, p)
}

func (c *call) awardRow(a *registrar.AwardView) AwardRow {
	row := AwardRow{ID: string(a.ID), LearnerID: string(a.Learner), Learner: a.LearnerName, Name: a.AchievementName, Code: a.AchievementCode, Type: c.words.Or("type."+a.AchievementType, a.AchievementType),
		Result: a.Result, State: string(a.State), Term: a.Detail.Term, Credits: a.Detail.Credits, Date: render.ParseDate(a.Detail.AwardedOn), Prepared: a.PreparedByName, Approved: a.ApprovedByName,
		Correction: a.Replaces != "", Reason: a.Reason, MayApprove: a.MayApprove, Href: a.CredentialURL}
	row.Line = render.Line{Anchor: "a-" + row.ID, Name: a.AchievementName, Code: a.AchievementCode, Type: a.AchievementType, Outcome: a.Result, Term: a.Detail.Term, Earned: a.Detail.Credits,
		Date: row.Date, Awarded: true, Role: a.Detail.Role, Mark: render.Unchecked, Narrative: a.Detail.Narrative, Until: render.ParseDate(a.Detail.Expires)}
	for _, e := range a.Detail.Evidence {
		row.Line.Evidence = append(row.Line.Evidence, render.Evidence{Name: cmp.Or(e.Name, e.URL), Href: render.SafeLink(e.URL), Kind: e.Genre})
	}
	return row
}

// page limit of lists: one screen's worth more than people read at once.
const listLimit = 100

func (c *call) awards(f registrar.AwardFilter) ([]AwardRow, string, error) {
	f.Limit = listLimit
	views, err := c.deps.Registrar.Awards(c.ctx, c.actor, f)
	if err != nil {
		return nil, "", err
	}
	rows := make([]AwardRow, len(views))
	for i := range views {
		rows[i] = c.awardRow(&views[i])
	}
	next := ""
	if len(rows) == listLimit {
		q := c.r.URL.Query()
		q.Set("after", rows[len(rows)-1].ID)
		q.Del("done")
		next = "?" + q.Encode()
	}
	return rows, next, nil
}

func drafts(c *call) error {
	q := c.r.URL.Query()
	p := &Drafts{Batch: q.Get("batch")}
	filter := registrar.AwardFilter{States: []record.AwardState{record.AwardDraft}, Batch: record.BatchID(p.Batch), After: record.AwardID(q.Get("after"))}
	var err error
	if p.Waiting, p.Next, err = c.awards(filter); err != nil {
		return err
	}
	for _, w := range p.Waiting {
		if w.MayApprove {
			p.Mine++
		}
	}
	filter.States, filter.After, filter.Batch = []record.AwardState{record.AwardApproved}, "", ""
	if p.Approved, _, err = c.awards(filter); err != nil {
		return err
	}
	p.Title, p.NoIndex, p.Wide = c.t("nav.drafts"), true, true
	return c.show(http.StatusOK, p)
}

// sampleSize is how many drafts an approver is asked to open: enough to catch a wrong column, few enough to be opened.
const sampleSize = 5

func approveForm(c *call) error {
	p := &Approve{Batch: c.r.URL.Query().Get("batch")}
	rows, _, err := c.awards(registrar.AwardFilter{States: []record.AwardState{record.AwardDraft}, Batch: record.BatchID(p.Batch)})
	if err != nil {
		return err
	}
	people := map[string]bool{}
	for _, r := range rows {
		if !r.MayApprove {
			p.NotMine++
			continue
		}
		p.Count++
		people[r.LearnerID] = true
		if r.Correction {
			p.Corrections = append(p.Corrections, r)
		} else {
			p.Sample = append(p.Sample, r)
		}
	}
	p.Learners = len(people)
	// A sample nobody chose: ordered by a hash of person and draft, the same on every reload.
	slices.SortFunc(p.Sample, func(x, y AwardRow) int { return cmp.Compare(c.lot(x.ID), c.lot(y.ID)) })
	p.Sample = p.Sample[:min(len(p.Sample), sampleSize)]
	p.Title, p.NoIndex = c.t("approve.title"), true
	return c.show(http.StatusOK, p)
}

func (c *call) lot(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(string(c.actor.Account) + "\x00" + id)) // a hash never fails
	return h.Sum64()
}

// approve agrees to a batch, or to the drafts that were ticked.
func approve(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	var err error
	if ids := c.r.PostForm["award"]; len(ids) > 0 {
		list := make([]record.AwardID, len(ids))
		for i, id := range ids {
			list[i] = record.AwardID(id)
		}
		err = c.deps.Registrar.Approve(c.ctx, c.actor, list)
	} else {
		_, err = c.deps.Registrar.ApproveAll(c.ctx, c.actor, record.BatchID(c.r.PostForm.Get("batch")))
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/drafts?done=approved")
}

func issue(c *call) error {
	started, err := c.deps.Registrar.StartIssuing(c.ctx, c.actor)
	if err != nil {
		return err
	}
	return c.go303("/desk/runs/" + url.PathEscape(string(started.ID)))
}

func run(c *call) error {
	view, err := c.deps.Registrar.Run(c.ctx, c.actor, record.RunID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &RunPage{Run: *view, Refresh: view.State == record.RunQueued || view.State == record.RunRunning}
	if !p.Refresh && view.Done > 0 {
		sent, err := c.deps.Registrar.Deliveries(c.ctx, c.actor, registrar.DeliveryFilter{Run: view.ID})
		if err != nil {
			return err
		}
		p.Untold = sent.Untold
	}
	p.Title, p.NoIndex = c.t("run.title"), true
	return c.show(http.StatusOK, p)
}

func stopRun(c *call) error {
	id := c.r.PathValue("id")
	if err := c.deps.Registrar.StopRun(c.ctx, c.actor, record.RunID(id)); err != nil {
		return err
	}
	return c.go303("/desk/runs/" + url.PathEscape(id))
}

func issued(c *call) error {
	q := c.r.URL.Query()
	p := &Issued{Search: q.Get("q"), MayEdit: c.actor.Has(record.RoleRegistrar)}
	var err error
	p.Awards, p.Next, err = c.awards(registrar.AwardFilter{States: []record.AwardState{record.AwardIssued, record.AwardRevoked, record.AwardSuperseded}, Search: p.Search, After: record.AwardID(q.Get("after"))})
	if err != nil {
		return err
	}
	p.Title, p.NoIndex, p.Wide = c.t("nav.issued"), true, true
	return c.show(http.StatusOK, p)
}
