package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
)

// AwardPage is one award: what it says, where it came from, and what can be done with it.
type AwardPage struct {
	Shell
	Error   string
	Award   registrar.AwardView
	Row     AwardRow
	Results []ResultField
	Effect  registrar.Effect
	MayEdit bool
	Act     string // what was asked for and refused, with its reason
	Reason  string
	History AwardHistory
}

// ResultField is one result in the form.
type ResultField struct{ Name, Label, Value string }

func award(c *call) error { return c.awardPage("", http.StatusOK) }

func (c *call) awardPage(problem string, status int) error {
	id := record.AwardID(c.r.PathValue("id"))
	view, err := c.deps.Registrar.Award(c.ctx, c.actor, id)
	if err != nil {
		return err
	}
	p := &AwardPage{Error: problem, Award: *view, Row: c.awardRow(view), MayEdit: c.actor.Has(record.RoleRegistrar)}
	if p.Act = c.r.PathValue("act"); p.Act != "" { // what was typed stays
		p.Reason, p.Award.Detail = c.r.PostForm.Get("reason"), changedDetail(view.Detail, c.r.PostForm)
	}
	for i, r := range p.Award.Detail.Results {
		label := r.Name
		if label == "" {
			label = c.t("award.result")
		}
		if r.AchievedLevel == "" { // a level is chosen in the source, not typed
			p.Results = append(p.Results, ResultField{Name: fmt.Sprintf("result-%d", i), Label: label, Value: r.Value})
		}
	}
	if view.State == record.AwardIssued {
		effect, err := c.deps.Registrar.Effect(c.ctx, c.actor, id)
		if err != nil {
			return err
		}
		p.Effect = *effect
	}
	history, err := c.awardHistory(id)
	if err != nil {
		return err
	}
	p.History = *history
	p.Title, p.NoIndex = view.AchievementName, true
	return c.show(status, p)
}

// awardAct does one thing to an award. Every act asks for a reason where the desk does.
func awardAct(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	id, reason := record.AwardID(c.r.PathValue("id")), strings.TrimSpace(c.r.PostForm.Get("reason"))
	act := c.r.PathValue("act")
	next := "/desk/awards/" + url.PathEscape(string(id)) + "?done=" + url.QueryEscape(act)
	err := c.doAward(act, id, reason, &next)
	if err != nil {
		if status, ok := mendable(err); ok {
			return c.awardPage(sentence(record.MessageOf(err)), status)
		}
		return err
	}
	return c.go303(next)
}

func (c *call) doAward(act string, id record.AwardID, reason string, next *string) error {
	desk := c.deps.Registrar
	switch act {
	case "revoke":
		return desk.Revoke(c.ctx, c.actor, id, reason)
	case "suspend":
		return desk.Suspend(c.ctx, c.actor, id, reason)
	case "reinstate":
		return desk.Reinstate(c.ctx, c.actor, id, reason)
	case "withdraw":
		*next = "/desk/drafts?done=withdraw"
		return desk.Withdraw(c.ctx, c.actor, id, reason)
	case "change", "correct":
		view, err := desk.Award(c.ctx, c.actor, id)
		if err != nil {
			return err
		}
		detail := changedDetail(view.Detail, c.r.PostForm)
		if act == "change" {
			if f := c.r.PostForm; f.Has("version") { // what the form was made of
				view.Version = formInt(f, "version")
			}
			_, err = desk.ChangeDraft(c.ctx, c.actor, id, registrar.DraftChange{Detail: detail, Version: view.Version})
			return err
		}
		draft, err := desk.Correct(c.ctx, c.actor, id, detail, reason)
		if err == nil {
			*next = "/desk/awards/" + url.PathEscape(string(draft.ID)) + "?done=correct"
		}
		return err
	}
	return record.Errorf(record.NotFound, "web.awardAct", "")
}

// changedDetail is the award with what the form changed; members the form does not show stay.
func changedDetail(d record.AwardDetail, f url.Values) record.AwardDetail {
	for name, to := range map[string]*string{"awarded": &d.AwardedOn, "term": &d.Term, "credits": &d.Credits, "expires": &d.Expires, "narrative": &d.Narrative} {
		if f.Has(name) {
			*to = strings.TrimSpace(f.Get(name))
		}
	}
	results := make([]record.Result, len(d.Results))
	copy(results, d.Results)
	for i := range results {
		if name := fmt.Sprintf("result-%d", i); f.Has(name) {
			results[i].Value = strings.TrimSpace(f.Get(name))
		}
	}
	d.Results = results
	return d
}
