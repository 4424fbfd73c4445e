package web

import (
	"net/http"
	"slices"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
)

// CampusChoice is one sign-in service of an institution on the sign-in page.
type CampusChoice struct{ Name, House, Href string }

// CampusRefused says that a campus sign-in let nobody in, and why as far as the reader can mend it.
type CampusRefused struct {
	Shell
	Why string
}

const (
	campusPath   = "/sign-in/campus/"
	samlBackPath = "POST /sign-in/campus/{id}/back" // comes from the identity provider's site, and shows no session
)

var campusRoutes = []route{
	{"GET /sign-in/campus/{id}", anyone, campusBegin, 0},
	{"GET /sign-in/campus/{id}/back", anyone, campusBack, 0},
	{samlBackPath, anyone, campusPosted, account.MaxSAMLForm},
	{"GET /sign-in/campus/{id}/arrived", anyone, campusArrived, 0},
	{"GET /sign-in/campus/{id}/metadata", anyone, campusMetadata, 0},
}

func (c *call) service() record.CampusServiceID { return record.CampusServiceID(c.r.PathValue("id")) }

// campusChoices are the services on the sign-in page.
func (c *call) campusChoices() ([]CampusChoice, error) {
	doors, err := c.deps.Accounts.CampusDoors(c.ctx)
	if err != nil {
		return nil, err
	}
	var out []CampusChoice
	for _, d := range doors {
		out = append(out, CampusChoice{Name: d.Name, House: d.House, Href: campusPath + string(d.ID)})
	}
	return out, nil
}

// campusBegin sends the browser to the service. Whoever is signed in comes back with the two accounts joined.
func campusBegin(c *call) error {
	address, token, err := c.deps.Accounts.BeginCampus(c.ctx, c.actor, c.service(), localPath(c.r.URL.Query().Get("next")))
	if err != nil {
		return c.campusRefused(err)
	}
	c.setStep(token)
	return c.go303(address)
}

// campusBack is where OpenID providers send the browser back.
func campusBack(c *call) error {
	acc, next, err := c.deps.Accounts.EndOIDC(c.ctx, c.service(), c.step(), c.r.URL.Query())
	if err != nil {
		return c.campusRefused(err)
	}
	return c.enter(acc, next)
}

// campusPosted is where SAML identity providers have the browser post their answer.
func campusPosted(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	if err := c.deps.Accounts.EndSAML(c.ctx, c.service(), c.r.PostForm.Get("RelayState"), c.r.PostForm.Get("SAMLResponse")); err != nil {
		return c.campusRefused(err)
	}
	return c.go303(campusPath + string(c.service()) + "/arrived")
}

func campusArrived(c *call) error {
	acc, next, err := c.deps.Accounts.Arrive(c.ctx, c.step())
	if err != nil {
		return c.campusRefused(err)
	}
	return c.enter(acc, next)
}

func campusMetadata(c *call) error {
	b, err := c.deps.Accounts.SAMLMetadata(c.ctx, c.service())
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = c.w.Write(b) // the visitor has gone
	return nil
}

// campusRefused tells the reader in their language; the log has the cause.
func (c *call) campusRefused(err error) error {
	kind := record.KindOf(err)
	if kind == record.Internal || kind == record.NotFound {
		return err
	}
	c.logger.InfoContext(c.ctx, "a campus sign-in was refused", "error", err)
	p := &CampusRefused{Why: c.words.Or("campus.problem."+record.CodeOf(err), c.t("campus.problem"))}
	p.Title, p.NoIndex = c.t("campus.refused"), true
	if kind == record.Unavailable {
		return c.show(http.StatusServiceUnavailable, p)
	}
	return c.show(http.StatusForbidden, p)
}

// campusOwn are the services of the person's own institution.
func (c *call) campusOwn() ([]CampusChoice, error) {
	all, err := c.campusChoices()
	if inst := c.institution(); inst != nil {
		all = slices.DeleteFunc(all, func(x CampusChoice) bool { return x.House != inst.Name })
	}
	for i := range all {
		all[i].Href += "?next=/account"
	}
	return all, err
}
