package web

import (
	"net/http"
	"net/url"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Keys lists the institution's signing keys.
type Keys struct {
	Shell
	DID     string
	Rows    []KeyRow
	Signs   bool // one of them signs
	MayTurn bool
	Kinds   []string // of a new key
	Token   string   // that new keys are made in
}

// KeyRow is one signing key.
type KeyRow struct {
	ID, Name, Algorithm, Suite, State, Value string
	Token                                    string // that holds the private half
	Since, Ended                             render.Date
}

// NewKey says what a new key does before it is made.
type NewKey struct {
	Shell
	Algorithm string
	Kinds     []string
	Before    *KeyUse // of the key that signs now; nil: there is none
	Lists     int64
	Again     int64 // credentials of withdrawn keys that will be signed anew
}

// KeyPage is one key: what depends on it, and the ways to end it.
type KeyPage struct {
	Shell
	Error   string
	Row     KeyRow
	Use     KeyUse
	MayTurn bool
	MayList bool // the list names learners
	Typed   map[string]string
}

// KeyUse is what depends on a key, in numbers.
type KeyUse struct {
	registrar.KeyDependence
	Since, First, Last render.Date
}

var keyPages = []page{&Keys{}, &NewKey{}, &KeyPage{}}

var turners = []record.Role{record.RoleRegistrar, record.RoleOperator}

var keyRoutes = []route{
	{"GET /desk/keys", keepers, keys, 0},
	{"GET /desk/keys/new", turners, newKeyForm, 0},
	{"POST /desk/keys", turners, rotateKey, 0},
	{"GET /desk/keys/{id}", keepers, keyPage, 0},
	{"GET /desk/keys/{id}/credentials.csv", staff, keyCredentials, 0},
	{"POST /desk/keys/{id}/retire", turners, retireKey, 0},
	{"POST /desk/keys/{id}/compromised", turners, compromisedKey, 0},
}

func keyRow(k *record.Key) KeyRow {
	return KeyRow{ID: string(k.ID), Name: k.Fragment, Algorithm: k.Algorithm, Suite: k.Suite, State: string(k.State), Value: k.Multikey, Token: k.Token, Since: render.Date{Time: k.CreatedAt}, Ended: render.Date{Time: k.EndedAt}}
}

func keyUse(d *registrar.KeyDependence) KeyUse {
	return KeyUse{KeyDependence: *d, Since: render.Date{Time: d.Key.CreatedAt}, First: render.Date{Time: d.First}, Last: render.Date{Time: d.Last}}
}

func keys(c *call) error {
	all, err := c.deps.Registrar.SigningKeys(c.ctx, c.actor)
	if err != nil {
		return err
	}
	inst, err := c.deps.Registrar.Institution(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Keys{DID: inst.DID, MayTurn: c.actor.Has(turners...), Kinds: c.deps.Registrar.KeyKinds(), Token: c.deps.Registrar.Keys.TokenLabel()}
	for i := range all {
		p.Rows = append(p.Rows, keyRow(&all[i]))
		p.Signs = p.Signs || all[i].State == record.KeyActive
	}
	p.Title, p.NoIndex, p.Wide = c.t("nav.keys"), true, true
	return c.show(http.StatusOK, p)
}

func newKeyForm(c *call) error {
	all, err := c.deps.Registrar.SigningKeys(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &NewKey{Algorithm: c.r.URL.Query().Get("algorithm"), Kinds: c.deps.Registrar.KeyKinds()}
	for i := range all {
		use, err := c.deps.Registrar.KeyDependence(c.ctx, c.actor, all[i].ID)
		if err != nil {
			return err
		}
		p.Lists = use.Lists
		switch all[i].State {
		case record.KeyActive:
			u := keyUse(use)
			p.Before = &u
		case record.KeyCompromised:
			p.Again += use.Credentials
		}
	}
	p.Title, p.NoIndex = c.t("keys.turn"), true
	return c.show(http.StatusOK, p)
}

// rotateKey makes a key after what it changes was shown.
func rotateKey(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	algorithm := c.r.PostForm.Get("algorithm")
	if c.r.PostForm.Get("sure") != "yes" {
		return c.go303("/desk/keys/new?algorithm=" + url.QueryEscape(algorithm))
	}
	if _, err := c.deps.Registrar.RotateKey(c.ctx, c.actor, algorithm); err != nil {
		return err
	}
	return c.go303("/desk/keys?done=key-rotated")
}

func keyPage(c *call) error { return c.showKey("", http.StatusOK) }

func (c *call) showKey(problem string, status int) error {
	use, err := c.deps.Registrar.KeyDependence(c.ctx, c.actor, record.KeyID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &KeyPage{Error: problem, Row: keyRow(&use.Key), Use: keyUse(use), MayTurn: c.actor.Has(turners...), MayList: c.actor.Has(staff...),
		Typed: map[string]string{"reason": c.r.PostForm.Get("reason"), "sure": c.r.PostForm.Get("sure")}}
	p.Title, p.NoIndex = use.Key.Fragment, true
	return c.show(status, p)
}

func retireKey(c *call) error {
	return c.endKey(func(end registrar.EndKey) error { return c.deps.Registrar.RetireKey(c.ctx, c.actor, end) }, "key-retired")
}

func compromisedKey(c *call) error {
	return c.endKey(func(end registrar.EndKey) error { return c.deps.Registrar.MarkCompromised(c.ctx, c.actor, end) }, "key-compromised")
}

func (c *call) endKey(end func(registrar.EndKey) error, done string) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	err := end(registrar.EndKey{ID: record.KeyID(c.r.PathValue("id")), Sure: f.Get("sure"), Reason: f.Get("reason")})
	switch record.KindOf(err) {
	case record.Invalid:
		return c.showKey(sentence(record.MessageOf(err)), http.StatusUnprocessableEntity)
	case record.Conflict:
		return c.showKey(sentence(record.MessageOf(err)), http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/keys/" + url.PathEscape(c.r.PathValue("id")) + "?done=" + done)
}

func keyCredentials(c *call) error {
	id := record.KeyID(c.r.PathValue("id"))
	use, err := c.deps.Registrar.KeyDependence(c.ctx, c.actor, id) // a key that is not there is said before the file begins
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Disposition", `attachment; filename="signed-with-`+use.Key.Fragment+`.csv"`)
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	return c.deps.Registrar.WriteKeyCredentials(c.ctx, c.actor, id, c.w)
}
