package web

import (
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Claim is the door for a code from a mail or a letter.
type Claim struct {
	Shell
	Error string
	Code  string // of the address; empty: to be typed
}

// Attest asks a supervisor what they saw.
type Attest struct {
	Shell
	Error, Token string
	Asked        registrar.Attesting
	Start, End   render.Date
	Until        render.Date
	Typed        record.ExperienceAnswer
}

// AttestDone thanks.
type AttestDone struct {
	Shell
	Confirmed bool
}

var claimPages = []page{&Claim{}, &Attest{}, &AttestDone{}}

var claimRoutes = []route{
	{"GET /claim", anyone, claimForm, 0},
	{"GET /claim/{code}", anyone, claimForm, 0},
	{"POST /claim", anyone, claim, 0},
	{"GET /attest/{token}", anyone, attestForm, 0},
	{"POST /attest/{token}", anyone, attest, 0},
}

// claimForm uses nothing up: mail programs follow links before people do.
func claimForm(c *call) error {
	code := c.r.PathValue("code")
	if code == "" {
		return c.showClaim(&Claim{}, http.StatusOK)
	}
	ok, err := c.deps.Accounts.Claimable(c.ctx, code)
	if err != nil {
		return err
	}
	if !ok {
		return c.showClaim(&Claim{Error: c.t("claim.refused")}, http.StatusNotFound)
	}
	return c.showClaim(&Claim{Code: code}, http.StatusOK)
}

func (c *call) showClaim(p *Claim, status int) error {
	p.Title, p.NoIndex = c.t("claim.title"), true
	return c.show(status, p)
}

func claim(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	acc, err := c.deps.Accounts.Claim(c.ctx, c.r.PostForm.Get("code"))
	switch record.CodeOf(err) {
	case "claim.refused":
		return c.showClaim(&Claim{Error: c.t("claim.refused")}, http.StatusUnprocessableEntity)
	case "claim.taken":
		return c.showClaim(&Claim{Error: c.t("claim.taken")}, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return c.enter(acc, "")
}

func attestForm(c *call) error { return c.showAttest(&Attest{}, http.StatusOK) }

func (c *call) showAttest(p *Attest, status int) error {
	asked, err := c.deps.Registrar.Attesting(c.ctx, c.r.PathValue("token"))
	if err != nil {
		return err
	}
	p.Token, p.Asked = c.r.PathValue("token"), *asked
	p.Start, p.End, p.Until = render.ParseDate(asked.Body.Start), render.ParseDate(asked.Body.End), render.Date{Time: asked.Until}
	p.Title, p.NoIndex = c.t("attest.title"), true
	return c.show(status, p)
}

func attest(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	yes := f.Get("answer") == "confirm"
	said := record.ExperienceAnswer{Name: f.Get("name"), Role: f.Get("role"), Text: f.Get("text")}
	if !yes && f.Get("answer") != "decline" { // no answer is not a no
		return c.showAttest(&Attest{Error: c.t("trouble.bad-form"), Typed: said}, http.StatusUnprocessableEntity)
	}
	err := c.deps.Registrar.Attest(c.ctx, c.r.PathValue("token"), yes, said)
	if record.KindOf(err) == record.Invalid {
		problem := c.t("attest.need-name")
		if !yes && said.Name != "" {
			problem = c.t("attest.need-reason")
		}
		return c.showAttest(&Attest{Error: problem, Typed: said}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	p := &AttestDone{Confirmed: yes}
	p.Title, p.NoIndex = c.t("attest.done"), true
	return c.show(http.StatusOK, p)
}
