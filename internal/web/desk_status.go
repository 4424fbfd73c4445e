package web

import (
	"net/http"
	"slices"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// StatusChange shows what changing the status of several awards does, and asks for the reason.
type StatusChange struct {
	Shell
	Error  string
	Awards []AwardRow
	Effect registrar.Effect
	Act    string
	Reason string
	Acts   []string
}

// AwardHistory is what happened to an award since it was entered.
type AwardHistory struct {
	Versions   []VersionRow
	Happenings []HappeningRow
}

// VersionRow is one signed version.
type VersionRow struct {
	Revision int64
	State    string
	From     render.Date
	Reason   string
	Changes  []registrar.Change
}

// HappeningRow is one line of the history.
type HappeningRow struct {
	At               render.Date
	What, By, Reason string
}

var statusPages = []page{&StatusChange{}}

var statusRoutes = []route{
	{"GET /desk/issued/change", preparer, statusForm, 0},
	{"POST /desk/issued/change", preparer, changeStatuses, 0},
}

var statusActs = []string{string(registrar.ActSuspend), string(registrar.ActReinstate), string(registrar.ActRevoke)}

func statusForm(c *call) error { return c.statusPage(c.r.URL.Query()["award"], "", http.StatusOK) }

func (c *call) statusPage(ids []string, problem string, status int) error {
	p := &StatusChange{Error: problem, Act: c.r.PostForm.Get("act"), Reason: c.r.PostForm.Get("reason"), Acts: statusActs}
	p.Title, p.NoIndex, p.Wide = c.t("standing.title"), true, true
	if len(ids) == 0 {
		p.Error = c.t("standing.none")
		return c.show(http.StatusUnprocessableEntity, p)
	}
	sum, views, err := c.deps.Registrar.EffectOfAll(c.ctx, c.actor, awardIDs(ids))
	if record.KindOf(err) == record.Invalid {
		p.Error = sentence(record.MessageOf(err))
		return c.show(http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	p.Effect = *sum
	for i := range views {
		p.Awards = append(p.Awards, c.awardRow(&views[i]))
	}
	return c.show(status, p)
}

func awardIDs(ids []string) []record.AwardID {
	out := make([]record.AwardID, len(ids))
	for i, id := range ids {
		out[i] = record.AwardID(id)
	}
	return out
}

func changeStatuses(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	act := f.Get("act")
	if !slices.Contains(statusActs, act) {
		return c.statusPage(f["award"], c.t("standing.choose"), http.StatusUnprocessableEntity)
	}
	err := c.deps.Registrar.ChangeStatus(c.ctx, c.actor, registrar.StatusAct(act), awardIDs(f["award"]), f.Get("reason"))
	switch record.KindOf(err) {
	case record.Invalid:
		return c.statusPage(f["award"], sentence(record.MessageOf(err)), http.StatusUnprocessableEntity)
	case record.Conflict:
		return c.statusPage(f["award"], sentence(record.MessageOf(err)), http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/issued?done=" + act)
}

// awardHistory reads the history of an award for its page.
func (c *call) awardHistory(id record.AwardID) (*AwardHistory, error) {
	h, err := c.deps.Registrar.History(c.ctx, c.actor, id)
	if err != nil {
		return nil, err
	}
	out := &AwardHistory{}
	for _, v := range h.Versions {
		out.Versions = append(out.Versions, VersionRow{Revision: v.Revision, State: string(v.State), From: render.Date{Time: v.ValidFrom}, Reason: v.Reason, Changes: v.Changes})
	}
	for _, e := range h.Happenings {
		by := e.By
		if by == "" {
			by = c.t("standing.system")
		}
		out.Happenings = append(out.Happenings, HappeningRow{At: render.Date{Time: e.At}, What: c.words.Or("happened."+e.Action, e.Action), By: by, Reason: e.Reason})
	}
	return out, nil
}
