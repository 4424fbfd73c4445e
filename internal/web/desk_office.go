package web

import (
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
)

// Office is the desk's table of contents: what is not work of every day, in groups, each with a sentence.
type Office struct {
	Shell
	Groups []OfficeGroup
}

// OfficeGroup is one heading with its pages.
type OfficeGroup struct {
	ID, Name string
	Pages    []OfficePage
}

// OfficePage is one page of the desk.
type OfficePage struct{ Href, Name, Text string }

// contents are the groups of the table of contents, top to bottom, each entry by its address and the id of its sentence. A
// page is shown to whom its route admits; a test holds that every page of the desk is here or in the masthead.
var contents = []struct {
	id    string
	pages []struct{ href, name string }
}{
	{"people", []struct{ href, name string }{
		{"/desk/requests", "requests.title"}, {"/desk/deliveries", "delivery.title"}, {"/desk/experiences", "experience.title"}, {"/desk/prior", "prior.title"},
		{"/desk/endorsements", "endorse.title"}, {"/desk/ending", "ending.title"}}},
	{"teaching", []struct{ href, name string }{
		{"/desk/frameworks", "frameworks.title"}, {"/desk/catalogue/tree", "office.tree"}, {"/desk/templates", "template.title"}, {"/desk/rules", "rules.title"}, {"/desk/classroom", "classroom.title"}, {"/desk/coverage", "coverage.title"}}},
	{"house", []struct{ href, name string }{
		{"/desk/dashboard", "dashboard.title"}, {"/desk/policy", "policy.title"}, {"/desk/keys", "nav.keys"}, {"/desk/programs", "nav.programs"}, {"/desk/wording", "wording.title"}, {"/desk/audit", "audit.title"},
		{"/desk/staff", "staff.title"}, {"/desk/sign-in", "services.title"}}},
}

var officePages = []page{&Office{}}

// desks are all who have a desk.
var desks = []record.Role{record.RoleRegistrar, record.RoleApprover, record.RoleOperator}

var officeRoutes = []route{{"GET /desk/office", desks, office, 0}}

func office(c *call) error {
	p := &Office{}
	for _, g := range contents {
		group := OfficeGroup{ID: g.id, Name: c.t("office." + g.id)}
		for _, entry := range g.pages {
			if c.actor.Has(c.admits["GET "+entry.href]...) {
				group.Pages = append(group.Pages, OfficePage{entry.href, c.t(entry.name), c.t("office.says." + entry.href[len("/desk/"):])})
			}
		}
		if len(group.Pages) > 0 {
			p.Groups = append(p.Groups, group)
		}
	}
	p.Title, p.NoIndex = c.t("nav.office"), true
	return c.show(http.StatusOK, p)
}
