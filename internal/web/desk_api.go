package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// Programs is where staff look after what programs may do: API keys, and web hooks.
type Programs struct {
	Shell
	Made   *MadeSecret // shown once
	Keys   []ProgramKey
	Scopes []string
	Hooks  []ProgramHook
	Events []string
	MayAsk bool // this person looks after web hooks
}

// MadeSecret is what was just made and is told nowhere again.
type MadeSecret struct{ Name, Token, Public string }

// ProgramKey is one API key in the list.
type ProgramKey struct {
	ID, Name, Prefix    string
	Scopes              []string
	Since, Used, Ends   render.Date
	Open, Mine, Learner bool
}

// ProgramHook is one web hook in the list.
type ProgramHook struct {
	ID, URL    string
	Events     []string
	Off        bool
	Failing    render.Date
	Deliveries []ProgramDelivery
}

// ProgramDelivery is one event on its way.
type ProgramDelivery struct {
	ID, Event, Error string
	At               render.Date
	Attempts         int
	Done             bool
}

var programPages = []page{&Programs{}}

var programRoutes = []route{
	{"GET /desk/programs", staff, programs, 0},
	{"POST /desk/programs/keys", staff, makeProgramKey, 0},
	{"POST /desk/programs/keys/{id}/{act}", staff, programKeyAct, 0},
	{"POST /desk/programs/hooks", preparer, makeProgramHook, 0},
	{"POST /desk/programs/hooks/{id}/{act}", preparer, programHookAct, 0},
	{"POST /desk/programs/deliveries/{id}/again", preparer, redeliver, 0},
}

func programs(c *call) error { return c.showPrograms(nil) }

func (c *call) showPrograms(made *MadeSecret) error {
	keys, err := c.deps.APIKeys.List(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Programs{Made: made, Events: api.EventTypes(), MayAsk: c.actor.Has(record.RoleRegistrar)}
	for _, s := range record.Scopes {
		p.Scopes = append(p.Scopes, string(s))
	}
	for _, k := range keys {
		row := ProgramKey{ID: k.ID, Name: k.Name, Prefix: k.Prefix, Since: render.Date{Time: k.CreatedAt}, Used: render.Date{Time: k.LastUsedAt}, Ends: render.Date{Time: k.ExpiresAt},
			Open: k.Open(c.now()), Mine: k.Account == c.actor.Account, Learner: k.Learner != ""}
		for _, s := range k.Scopes {
			row.Scopes = append(row.Scopes, string(s))
		}
		p.Keys = append(p.Keys, row)
	}
	if p.MayAsk {
		if p.Hooks, err = c.programHooks(); err != nil {
			return err
		}
	}
	p.Title, p.NoIndex, p.Wide = c.t("nav.programs"), true, true
	return c.show(http.StatusOK, p)
}

func (c *call) programHooks() ([]ProgramHook, error) {
	all, err := c.deps.Hooks.List(c.ctx, c.actor)
	if err != nil {
		return nil, err
	}
	var out []ProgramHook
	for _, h := range all {
		row := ProgramHook{ID: h.ID, URL: h.URL, Events: h.Events, Off: !h.DisabledAt.IsZero(), Failing: render.Date{Time: h.FailingSince}}
		for _, d := range h.Deliveries {
			row.Deliveries = append(row.Deliveries, ProgramDelivery{ID: d.ID, Event: d.Event, Error: d.Error, At: render.Date{Time: d.CreatedAt}, Attempts: d.Attempts, Done: !d.DeliveredAt.IsZero()})
		}
		out = append(out, row)
	}
	return out, nil
}

// keyLives are the lives of a key that the form offers, in days.
var keyLives = map[string]int{"30": 30, "365": 365, "never": 0}

func makeProgramKey(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	n := api.NewKey{Name: c.r.PostForm.Get("name")}
	for _, s := range c.r.PostForm["scope"] {
		n.Scopes = append(n.Scopes, record.Scope(s))
	}
	days, known := keyLives[c.r.PostForm.Get("life")]
	if !known {
		return record.Errorf(record.Invalid, "web.makeProgramKey", "choose how long the key lives")
	}
	if days > 0 {
		n.ExpiresAt = c.now().Add(time.Duration(days) * 24 * time.Hour)
	}
	key, token, err := c.deps.APIKeys.Create(c.ctx, c.actor, n)
	if err != nil {
		return err
	}
	return c.showPrograms(&MadeSecret{Name: key.Name, Token: token})
}

func programKeyAct(c *call) error {
	id := c.r.PathValue("id")
	switch c.r.PathValue("act") {
	case "revoke":
		if err := c.deps.APIKeys.Revoke(c.ctx, c.actor, id); err != nil {
			return err
		}
		return c.go303("/desk/programs?done=program-key-revoked")
	case "rotate":
		key, token, err := c.deps.APIKeys.Rotate(c.ctx, c.actor, id)
		if err != nil {
			return err
		}
		return c.showPrograms(&MadeSecret{Name: key.Name, Token: token})
	}
	return record.Errorf(record.NotFound, "web.programKeyAct", "")
}

func makeProgramHook(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	events := slices.DeleteFunc(slices.Clone(c.r.PostForm["event"]), func(e string) bool { return e == "" })
	hook, secret, err := c.deps.Hooks.Add(c.ctx, c.actor, c.r.PostForm.Get("url"), events)
	if err != nil {
		return err
	}
	return c.showPrograms(&MadeSecret{Name: hook.URL, Token: secret.V1, Public: secret.V1a})
}

func programHookAct(c *call) error {
	id := c.r.PathValue("id")
	switch c.r.PathValue("act") {
	case "remove":
		if err := c.deps.Hooks.Remove(c.ctx, c.actor, id); err != nil {
			return err
		}
		return c.go303("/desk/programs?done=program-hook-removed")
	case "enable":
		if err := c.deps.Hooks.Enable(c.ctx, c.actor, id); err != nil {
			return err
		}
		return c.go303("/desk/programs?done=program-hook-on")
	case "rotate":
		secret, err := c.deps.Hooks.Rotate(c.ctx, c.actor, id)
		if err != nil {
			return err
		}
		return c.showPrograms(&MadeSecret{Token: secret.V1, Public: secret.V1a})
	}
	return record.Errorf(record.NotFound, "web.programHookAct", "")
}

func redeliver(c *call) error {
	if err := c.deps.Hooks.Redeliver(c.ctx, c.actor, c.r.PathValue("id")); err != nil {
		return err
	}
	return c.go303("/desk/programs?done=program-again")
}
