package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

var appsRoutes = []route{
	{"GET /my/apps", learners, myApps, 0},
	{"POST /my/apps/{id}/withdraw", learners, withdrawApp, 0},
	{"GET /my/apps/allow/{request}", learners, appAsks, 0},
	{"POST /my/hosts", learners, connectHost, 0},
	{"GET /my/hosts/back", learners, hostBack, 0},
	{"POST /my/hosts/{id}/pull", learners, pullHost, 0},
	{"POST /my/hosts/{id}/push", learners, pushHost, 0},
	{"POST /my/hosts/{id}/follow", learners, followHost, 0},
	{"POST /my/hosts/{id}/unfollow", learners, unfollowHost, 0},
	{"POST /my/hosts/{id}/forget", learners, forgetHost, 0},
}

var appsPages = []page{&MyApps{}, &AppAsks{}, &HostLeave{}}

// AppAsks asks a learner whether a program may have what it wants: who, what, for how long.
type AppAsks struct {
	Shell
	Name, Host  string // Host is checked, Name is what the program calls itself
	Terms       string
	Policy      string
	Since       render.Date
	Does        []string // keys of sentences
	Writes      bool
	Lasts       []Choice
	Action, Ver string
}

// MyApps lists the programs that a learner allows, and the hosts that the learner's records come from and go to.
type MyApps struct {
	Shell
	Apps    []AppRow
	Hosts   []HostRow
	Address string
	Error   string
}

// AppRow is one program that is allowed.
type AppRow struct {
	ID, Name          string
	Does              []string
	Since, Until, Use render.Date
}

// HostRow is one host that the learner is connected with.
type HostRow struct {
	ID, Name, Address string
	State             string // waiting, ready, pulling, pushing, done, failed, ended
	Text              string // what went wrong
	Done, Total       int
	At                render.Date
	Busy, Ready       bool
	Follow            bool // each new record goes there by itself
}

func appAsks(c *call) error {
	ask, err := c.deps.OAuth.Asked(c.ctx, c.actor, c.r.PathValue("request"))
	if err != nil {
		return err
	}
	p := &AppAsks{Name: ask.Name, Host: ask.Host, Terms: ask.Terms, Policy: ask.Policy, Since: render.Date{Time: ask.Since}, Does: oauth.Keys(ask.Scopes),
		Action: oauth.PathAuthorize + "/" + ask.Request, Ver: oauth.ConsentText}
	for _, d := range p.Does {
		p.Writes = p.Writes || strings.HasPrefix(d, "write-")
	}
	for i, l := range ask.Lasts {
		p.Lasts = append(p.Lasts, Choice{Value: l.Value, Label: c.t("app.last-" + l.Value), Chosen: i == 0})
	}
	p.Title, p.NoIndex = c.t("app.title"), true
	// The answer's form leads to the program's own address by a redirect, which browsers count as the form's (CSP 3,
	// form-action); that one origin is added for this one page.
	c.w.Header().Set("Content-Security-Policy", strings.Replace(contentPolicy, "form-action 'self'", "form-action 'self' "+ask.Origin, 1))
	return c.show(http.StatusOK, p)
}

func myApps(c *call) error { return c.showApps(http.StatusOK, "", "") }

func (c *call) showApps(status int, address, problem string) error {
	grants, err := c.deps.OAuth.Apps(c.ctx, c.actor)
	if err != nil {
		return err
	}
	hosts, err := c.deps.Learner.Hosts(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &MyApps{Address: address, Error: problem}
	for _, g := range grants {
		p.Apps = append(p.Apps, AppRow{ID: string(g.ID), Name: g.ClientName, Does: oauth.Keys(g.Scopes), Since: render.Date{Time: g.CreatedAt}, Until: render.Date{Time: g.ExpiresAt}, Use: render.Date{Time: g.UsedAt}})
	}
	for _, h := range hosts {
		p.Hosts = append(p.Hosts, HostRow{ID: string(h.ID), Name: h.Name, Address: h.Address, State: string(h.State), Text: sentence(c.words.Said(h.Trouble)), Done: h.Done, Total: h.Total,
			At: render.Date{Time: h.UpdatedAt}, Busy: h.Busy(c.now()), Ready: h.State.Connected() && !h.Busy(c.now()), Follow: h.Follow})
	}
	p.Title, p.NoIndex = c.t("apps.title"), true
	return c.show(status, p)
}

func withdrawApp(c *call) error {
	if err := c.deps.OAuth.Withdraw(c.ctx, c.actor, record.GrantID(c.r.PathValue("id"))); err != nil {
		return err
	}
	return c.go303("/my/apps?done=app-withdrawn")
}

// connectHost sends the learner to another host, to be asked there whether this server may have their records.
func connectHost(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	address := strings.TrimSpace(c.r.PostForm.Get("address"))
	to, err := c.deps.Learner.Connect(c.ctx, c.actor, address)
	if err != nil {
		if k := record.KindOf(err); k == record.Internal || k == record.NotFound {
			return err
		}
		return c.showApps(http.StatusUnprocessableEntity, address, c.says(err))
	}
	// A link and not a redirect: the browser would count it as this form's, and forms go to ourselves alone.
	c.w.Header().Set("Refresh", "0; url="+to)
	p := &HostLeave{To: to, Host: hostOf(to)}
	p.Title, p.NoIndex = c.t("hosts.leave"), true
	return c.show(http.StatusOK, p)
}

// HostLeave leads to another host.
type HostLeave struct {
	Shell
	To, Host string
}

func hostOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

func hostBack(c *call) error {
	q := c.r.URL.Query()
	err := c.deps.Learner.Connected(c.ctx, c.actor, learner.HostAnswer{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error")})
	if err != nil {
		if k := record.KindOf(err); k == record.Internal {
			return err
		}
		return c.showApps(http.StatusUnprocessableEntity, "", c.says(err))
	}
	return c.go303("/my/apps?done=host-connected")
}

func pullHost(c *call) error {
	return c.hostAct(c.deps.Learner.Pull, "host-pulling")
}

func pushHost(c *call) error {
	return c.hostAct(c.deps.Learner.Push, "host-pushing")
}

func followHost(c *call) error {
	return c.hostAct(c.deps.Learner.Follow, "host-followed")
}

func unfollowHost(c *call) error {
	return c.hostAct(c.deps.Learner.Unfollow, "host-unfollowed")
}

func forgetHost(c *call) error {
	return c.hostAct(c.deps.Learner.ForgetHost, "host-forgotten")
}

func (c *call) hostAct(act func(context.Context, record.Actor, record.HostID) error, done string) error {
	if err := act(c.ctx, c.actor, record.HostID(c.r.PathValue("id"))); err != nil {
		if k := record.KindOf(err); k == record.Conflict || k == record.Invalid || k == record.Unavailable {
			return c.showApps(http.StatusUnprocessableEntity, "", c.says(err))
		}
		return err
	}
	return c.go303("/my/apps?done=" + done)
}
