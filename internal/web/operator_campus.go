package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
)

// CampusServices is the list of the institution's sign-in services, for its operators.
type CampusServices struct {
	Shell
	Rows  []CampusServiceRow
	Form  CampusForm
	Error string
}

// CampusServiceRow is one service in the list.
type CampusServiceRow struct {
	ID, Name, Kind, Issuer string
	Enabled                bool
}

// CampusServicePage is one service.
type CampusServicePage struct {
	Shell
	Form         CampusForm
	Back, Entity string // what the other side must know
	Error        string
}

// CampusForm is what a service's form holds.
type CampusForm struct {
	ID, Kind, Name, Issuer, ClientID                 string
	EmailClaim, NameClaim, GroupsClaim, LearnerClaim string
	Groups                                           string // lines of "group = role"
	JoinEmail, JoinGroups, Enabled                   bool
	Version                                          int64
}

// As is an empty form of a kind, or this one where it was filled in.
func (f CampusForm) As(kind string) CampusForm {
	if f.Kind != kind {
		return CampusForm{Kind: kind}
	}
	return f
}

// maxServiceForm admits the metadata of an identity provider, percent-encoded.
const maxServiceForm = 1 << 20

func campusServices(c *call) error { return c.showServices(http.StatusOK, CampusForm{}, "") }

func (c *call) showServices(status int, f CampusForm, problem string) error {
	all, err := c.deps.Accounts.CampusServices(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &CampusServices{Form: f, Error: problem}
	for _, s := range all {
		p.Rows = append(p.Rows, CampusServiceRow{ID: string(s.ID), Name: s.Name, Kind: string(s.Kind), Issuer: s.Settings.Issuer, Enabled: s.Enabled})
	}
	p.Title, p.NoIndex, p.Wide = c.t("services.title"), true, true
	return c.show(status, p)
}

// serviceChange reads the form.
func (c *call) serviceChange() (account.ServiceChange, CampusForm, error) {
	if err := c.form(); err != nil {
		return account.ServiceChange{}, CampusForm{}, err
	}
	get := func(name string) string { return strings.TrimSpace(c.r.PostForm.Get(name)) }
	yes := func(name string) bool { return get(name) == "yes" }
	f := CampusForm{ID: c.r.PathValue("id"), Kind: get("kind"), Name: get("name"), Issuer: get("issuer"), ClientID: get("client"), EmailClaim: get("email-claim"), NameClaim: get("name-claim"),
		GroupsClaim: get("groups-claim"), LearnerClaim: get("learner-claim"), Groups: get("groups"), JoinEmail: yes("join-email"), JoinGroups: yes("join-groups"), Enabled: yes("enabled")}
	f.Version, _ = strconv.ParseInt(get("version"), 10, 64) // what is no number is no version, and conflicts
	change := account.ServiceChange{ID: record.CampusServiceID(f.ID), Version: f.Version, Kind: record.CampusKind(f.Kind), Name: f.Name, Enabled: f.Enabled, Secret: c.r.PostForm.Get("secret"), Metadata: get("metadata"),
		Settings: record.CampusSettings{Issuer: f.Issuer, ClientID: f.ClientID, EmailClaim: f.EmailClaim, NameClaim: f.NameClaim, GroupsClaim: f.GroupsClaim, LearnerClaim: f.LearnerClaim, JoinEmail: f.JoinEmail, JoinGroups: f.JoinGroups, Groups: map[string]record.Role{}}}
	for line := range strings.Lines(f.Groups) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		at := strings.LastIndexByte(line, '=')
		if at < 0 {
			return change, f, record.Errorf(record.Invalid, "web.serviceChange", "write each group on a line of its own, as: group = role; %q has no =", line)
		}
		change.Settings.Groups[strings.TrimSpace(line[:at])] = record.Role(strings.TrimSpace(line[at+1:]))
	}
	return change, f, nil
}

func (c *call) putService() (record.CampusServiceID, CampusForm, error) {
	change, f, err := c.serviceChange()
	if err != nil {
		return "", f, err
	}
	id, err := c.deps.Accounts.PutCampusService(c.ctx, c.actor, change)
	return id, f, err
}

func addCampusService(c *call) error {
	id, f, err := c.putService()
	if text, ok := mended(err); ok {
		return c.showServices(http.StatusUnprocessableEntity, f, text)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/sign-in/" + string(id) + "?done=service-kept")
}

func changeCampusService(c *call) error {
	id, f, err := c.putService()
	if text, ok := mended(err); ok {
		return c.showService(http.StatusUnprocessableEntity, &f, text)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/sign-in/" + string(id) + "?done=service-kept")
}

func campusServicePage(c *call) error { return c.showService(http.StatusOK, nil, "") }

// showService shows a service as it is kept, or as somebody filled it in.
func (c *call) showService(status int, filled *CampusForm, problem string) error {
	all, err := c.deps.Accounts.CampusServices(c.ctx, c.actor)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(s record.CampusService) bool { return string(s.ID) == c.r.PathValue("id") })
	if i < 0 {
		return record.Errorf(record.NotFound, "web.showService", "")
	}
	s := &all[i]
	set := s.Settings
	p := &CampusServicePage{Error: problem, Form: CampusForm{ID: string(s.ID), Kind: string(s.Kind), Name: s.Name, Issuer: set.Issuer, ClientID: set.ClientID, EmailClaim: set.EmailClaim, NameClaim: set.NameClaim,
		GroupsClaim: set.GroupsClaim, LearnerClaim: set.LearnerClaim, JoinEmail: set.JoinEmail, JoinGroups: set.JoinGroups, Enabled: s.Enabled, Version: s.Version}}
	for _, g := range slices.Sorted(maps.Keys(set.Groups)) {
		p.Form.Groups += g + " = " + string(set.Groups[g]) + "\n"
	}
	if filled != nil {
		filled.Kind = p.Form.Kind
		p.Form = *filled
	}
	p.Back, p.Entity = c.deps.Accounts.ServiceAddresses(s)
	p.Title, p.NoIndex, p.Wide = s.Name, true, true
	return c.show(status, p)
}

func removeCampusService(c *call) error {
	if err := c.deps.Accounts.DropCampusService(c.ctx, c.actor, c.service()); err != nil {
		return err
	}
	return c.go303("/desk/sign-in?done=service-removed")
}
