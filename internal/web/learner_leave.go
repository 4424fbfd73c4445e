package web

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
)

// MyLeave is where a learner deletes what is theirs, and reads first what that is and what stays.
type MyLeave struct {
	Shell
	Error, Refused, Email, House string
	Goes, Stays                  []string
}

var leaveRoutes = []route{
	{"GET /my/leave", learners, leaveForm, 0},
	{"POST /my/leave", learners, leave, 0},
	{"GET /my/apps/receipt/{id}", learners, appReceipt, 0},
}

var leavePages = []page{&MyLeave{}}

// The lines of what goes and what stays, each with the tables that it counts. Tables that nobody would count are in none.
var (
	leaveGoes = []leaveLine{{"account", []string{"accounts"}}, {"shares", []string{"shares"}}, {"kept", []string{"held"}}, {"stated", []string{"statements"}}, {"goals", []string{"goals"}},
		{"notes", []string{"reflections"}}, {"choices", []string{"curations"}}, {"apps", []string{"oauth_grants", "hosts", "api_keys"}}}
	leaveStays = []leaveLine{{"issued", []string{"credentials"}}, {"requests", []string{"inquiries"}}, {"given", []string{"disclosures"}}, {"holds", []string{"holds"}}, {"audit", []string{"audit_events"}}}
)

type leaveLine struct {
	name   string
	tables []string
}

func leaveForm(c *call) error { return c.leaveForm(&MyLeave{}, http.StatusOK) }

func (c *call) leaveForm(p *MyLeave, status int) error {
	l, err := c.deps.Learner.Leaving(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p.Email, p.House, p.Refused = l.Email, l.House, sentence(c.words.Said(l.Refused))
	p.Goes, p.Stays = c.leaveLines("leave.goes-", leaveGoes, l.Goes), c.leaveLines("leave.stays-", leaveStays, l.Stays)
	p.Title, p.NoIndex = c.t("leave.title"), true
	return c.show(status, p)
}

func (c *call) leaveLines(prefix string, lines []leaveLine, rows map[string]int64) []string {
	var out []string
	for _, l := range lines {
		n := int64(0)
		for _, t := range l.tables {
			n += rows[t]
		}
		if n > 0 {
			out = append(out, c.t(prefix+l.name, "Count", int(n)))
		}
	}
	return out
}

func leave(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	err := c.deps.Learner.Leave(c.ctx, c.actor, c.r.PostForm.Get("sure"))
	if k := record.KindOf(err); k == record.Invalid || k == record.Conflict || k == record.Forbidden {
		return c.leaveForm(&MyLeave{Error: c.says(err)}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	if err := c.deps.Sessions.SignOut(c.w, c.r); err != nil {
		return err
	}
	c.w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.go303("/?done=left")
}

// appReceipt is what a learner let a program do, to be kept (ISO/IEC TS 27560): to whom, what, since and until when, where it
// is withdrawn, and when it was.
func appReceipt(c *call) error {
	g, err := c.deps.OAuth.Consent(c.ctx, c.actor, record.GrantID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	r := struct {
		Type      string   `json:"type"`
		ID        string   `json:"id"`
		Given     string   `json:"given"`
		By        string   `json:"by"`
		To        string   `json:"to"`
		May       []string `json:"may"` // in the learner's language
		Scopes    []string `json:"scopes"`
		Until     string   `json:"until"`
		LastUsed  string   `json:"lastUsed,omitempty"`
		Withdraw  string   `json:"withdrawAt"`
		Withdrawn string   `json:"withdrawn,omitempty"`
	}{Type: "ConsentReceipt", ID: "urn:uuid:" + string(g.ID), Given: g.CreatedAt.Format(time.RFC3339), By: c.actor.Name, To: g.ClientName, Scopes: g.Scopes,
		Until: g.ExpiresAt.Format(time.RFC3339), Withdraw: c.deps.PublicURL + "/my/apps"}
	for _, k := range oauth.Keys(g.Scopes) {
		r.May = append(r.May, c.t("scope."+k))
	}
	if !g.UsedAt.IsZero() {
		r.LastUsed = g.UsedAt.Format(time.RFC3339)
	}
	if !g.RevokedAt.IsZero() {
		r.Withdrawn = g.RevokedAt.Format(time.RFC3339)
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return c.attachment("receipt.json", "application/json", append(b, '\n'))
}
