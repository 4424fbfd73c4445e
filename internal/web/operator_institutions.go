package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// Houses is every institution of the server, for its steward.
type Houses struct {
	Shell
	Rows  []HouseRow
	Error string
	Base  string // what new institutions' addresses begin with
}

// HouseRow is one institution in the list.
type HouseRow struct {
	Slug, Name         string
	Accounts, Learners int64
	Test, Suspended    bool
}

// HousePage is one institution: how it stands, and its staff.
type HousePage struct {
	Shell
	House     HouseRow
	Address   string
	DID       string
	Since     render.Date // suspended since
	Why       string
	Max       int64
	Staff     []StaffRow
	Roles     []string
	Made      *MadeSecret
	Error     string
	Mine      bool
	StaffPath string // where the forms about people go
}

// Staff is the institution's own people, for its operators.
type Staff struct {
	Shell
	Staff     []StaffRow
	Roles     []string
	Made      *MadeSecret
	Error     string
	StaffPath string
}

// StaffRow is one colleague.
type StaffRow struct {
	ID, Name, Email string
	Roles           []RoleBox
	Closed, Self    bool
}

// RoleBox is one role that may be given or taken.
type RoleBox struct {
	Role string
	Held bool
}

var (
	operators = []record.Role{record.RoleOperator}
	stewards  = []record.Role{record.RoleSteward}
	// staffRoles are what colleagues hold; the learner's role goes with a record.
	staffRoles = []record.Role{record.RoleRegistrar, record.RoleApprover, record.RoleOperator}
)

var operatorPages = []page{&Houses{}, &HousePage{}, &Staff{}, &CampusServices{}, &CampusServicePage{}, &CampusRefused{}}

var operatorRoutes = []route{
	{"GET /server/institutions", stewards, houses, 0},
	{"POST /server/institutions", stewards, addHouse, 0},
	{"GET /server/institutions/{slug}", stewards, housePage, 0},
	{"POST /server/institutions/{slug}/standing", stewards, setStanding, 0},
	{"POST /server/institutions/{slug}/people", stewards, inviteToHouse, 0},
	{"POST /server/institutions/{slug}/people/{id}", stewards, houseRoles, 0},
	{"POST /server/institutions/{slug}/people/{id}/link", stewards, houseLink, 0},
	{"GET /desk/staff", operators, staffPage, 0},
	{"POST /desk/staff", operators, inviteStaff, 0},
	{"POST /desk/staff/{id}", operators, setStaffRoles, 0},
	{"POST /desk/staff/{id}/link", operators, staffLink, 0},
	{"GET /desk/sign-in", operators, campusServices, 0},
	{"POST /desk/sign-in", operators, addCampusService, maxServiceForm},
	{"GET /desk/sign-in/{id}", operators, campusServicePage, 0},
	{"POST /desk/sign-in/{id}", operators, changeCampusService, maxServiceForm},
	{"POST /desk/sign-in/{id}/remove", operators, removeCampusService, 0},
}

func houses(c *call) error { return c.showHouses(http.StatusOK, "") }

func (c *call) showHouses(status int, problem string) error {
	all, err := c.deps.Accounts.Houses(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Houses{Error: problem, Base: c.deps.PublicURL + "/"}
	for i := range all {
		p.Rows = append(p.Rows, houseRow(&all[i]))
	}
	p.Title, p.NoIndex, p.Wide = c.t("houses.title"), true, true
	return c.show(status, p)
}

func houseRow(h *account.House) HouseRow {
	return HouseRow{Slug: h.Institution.Slug, Name: h.Institution.Name, Accounts: h.Accounts, Learners: h.Learners, Test: h.Institution.Profile.Test, Suspended: h.Standing.Suspended()}
}

// mended is the sentence of an error that whoever filled a form can mend; false: it is another trouble.
func mended(err error) (string, bool) {
	switch record.KindOf(err) {
	case record.Invalid, record.Conflict, record.TooLarge:
		return sentence(record.MessageOf(err)), true
	}
	return "", false
}

// addHouse makes an institution with its own key and, below the server's address, its own addresses.
func addHouse(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	i := record.Institution{Slug: strings.TrimSpace(f.Get("slug")), Name: strings.TrimSpace(f.Get("name")), DID: strings.TrimSpace(f.Get("did")),
		Profile: record.Profile{Accent: strings.TrimSpace(f.Get("accent")), LogoURL: strings.TrimSpace(f.Get("logo")), Test: f.Get("test") == "yes"}, Policy: record.Policy{TwoPeople: true}}
	i.BaseURL = c.deps.PublicURL + "/" + i.Slug
	if i.Profile.Accent != "" && accentPath(i.Profile.Accent) == "" {
		return c.showHouses(http.StatusUnprocessableEntity, c.t("houses.bad-accent"))
	}
	made, err := c.deps.Registrar.AddInstitution(c.ctx, c.actor, i)
	if text, ok := mended(err); ok {
		return c.showHouses(http.StatusUnprocessableEntity, text)
	}
	if err != nil {
		return err
	}
	return c.go303("/server/institutions/" + made.Slug + "?done=house-added")
}

func housePage(c *call) error { return c.showHouse(http.StatusOK, nil, "") }

func (c *call) showHouse(status int, made *MadeSecret, problem string) error {
	slug := c.r.PathValue("slug")
	h, err := c.deps.Accounts.House(c.ctx, c.actor, slug)
	if err != nil {
		return err
	}
	p := &HousePage{House: houseRow(h), Address: h.Institution.Root(), DID: h.Institution.DID, Since: render.Date{Time: h.Standing.SuspendedAt}, Why: h.Standing.SuspendedWhy, Max: h.Standing.MaxAccounts,
		Made: made, Error: problem, Mine: h.Institution.ID == c.actor.Institution, StaffPath: "/server/institutions/" + slug + "/people"}
	may := append(slices.Clone(staffRoles), record.RoleSteward)
	p.Staff, p.Roles = c.staffRows(h.Staff, may), roleNames(may)
	p.Title, p.NoIndex, p.Wide = h.Institution.Name, true, true
	return c.show(status, p)
}

func roleNames(roles []record.Role) (out []string) {
	for _, r := range roles {
		out = append(out, string(r))
	}
	return out
}

func (c *call) staffRows(all []record.Account, may []record.Role) (out []StaffRow) {
	for _, a := range all {
		row := StaffRow{ID: string(a.ID), Name: a.Name, Email: a.Email, Closed: a.Disabled, Self: a.ID == c.actor.Account}
		for _, r := range may {
			row.Roles = append(row.Roles, RoleBox{Role: string(r), Held: slices.Contains(a.Roles, r)})
		}
		out = append(out, row)
	}
	return out
}

func setStanding(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f, slug := c.r.PostForm, c.r.PathValue("slug")
	bound, err := strconv.ParseInt(orZero(f.Get("max")), 10, 64)
	if err != nil {
		return c.showHouse(http.StatusUnprocessableEntity, nil, c.t("houses.bad-max"))
	}
	err = c.deps.Accounts.SetStanding(c.ctx, c.actor, slug, f.Get("suspended") == "yes", f.Get("why"), bound)
	if text, ok := mended(err); ok {
		return c.showHouse(http.StatusUnprocessableEntity, nil, text)
	}
	if err != nil {
		return err
	}
	return c.go303("/server/institutions/" + slug + "?done=standing-set")
}

func orZero(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return "0"
	}
	return s
}

// rolesOf reads the roles that a form gives.
func rolesOf(c *call) []record.Role {
	out := []record.Role{}
	for _, r := range c.r.PostForm["role"] {
		out = append(out, record.Role(r))
	}
	return out
}

// invite makes an account and shows its sign-in link once; show draws the page again.
func (c *call) invite(slug string, show func(int, *MadeSecret, string) error) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	a, link, err := c.deps.Accounts.Invite(c.ctx, c.actor, slug, f.Get("email"), f.Get("name"), rolesOf(c))
	if text, ok := mended(err); ok {
		return show(http.StatusUnprocessableEntity, nil, text)
	}
	if err != nil {
		return err
	}
	return show(http.StatusOK, &MadeSecret{Name: a.Name, Token: c.deps.PublicURL + "/sign-in/" + link.Token}, "")
}

func inviteToHouse(c *call) error { return c.invite(c.r.PathValue("slug"), c.showHouse) }

func inviteStaff(c *call) error { return c.invite("", c.showStaff) }

// giveRoles sets a colleague's roles; no role closes the account.
func (c *call) giveRoles(show func(int, *MadeSecret, string) error, back string) error {
	if err := c.form(); err != nil {
		return err
	}
	id := record.AccountID(c.r.PathValue("id"))
	if id == c.actor.Account {
		return show(http.StatusUnprocessableEntity, nil, c.t("staff.self"))
	}
	err := c.deps.Accounts.SetRoles(c.ctx, c.actor, id, rolesOf(c))
	if text, ok := mended(err); ok {
		return show(http.StatusUnprocessableEntity, nil, text)
	}
	if err != nil {
		return err
	}
	return c.go303(back + "?done=roles-set")
}

func houseRoles(c *call) error {
	return c.giveRoles(c.showHouse, "/server/institutions/"+c.r.PathValue("slug"))
}

func setStaffRoles(c *call) error { return c.giveRoles(c.showStaff, "/desk/staff") }

// newLink shows a colleague's new sign-in link once.
func (c *call) newLink(show func(int, *MadeSecret, string) error) error {
	a, link, err := c.deps.Accounts.LinkFor(c.ctx, c.actor, record.AccountID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	return show(http.StatusOK, &MadeSecret{Name: a.Name, Token: c.deps.PublicURL + "/sign-in/" + link.Token}, "")
}

func houseLink(c *call) error { return c.newLink(c.showHouse) }

func staffLink(c *call) error { return c.newLink(c.showStaff) }

func staffPage(c *call) error { return c.showStaff(http.StatusOK, nil, "") }

func (c *call) showStaff(status int, made *MadeSecret, problem string) error {
	all, err := c.deps.Accounts.List(c.ctx, c.actor)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(a record.Account) bool { return a.Learner != "" || slices.Contains(a.Roles, record.RoleSteward) })
	p := &Staff{Staff: c.staffRows(all, staffRoles), Roles: roleNames(staffRoles), Made: made, Error: problem, StaffPath: "/desk/staff"}
	p.Title, p.NoIndex, p.Wide = c.t("staff.title"), true, true
	return c.show(status, p)
}
