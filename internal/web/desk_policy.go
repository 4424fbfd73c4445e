package web

import (
	"net/http"
	"strconv"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
)

// HousePolicy is the institution's own rules, each with what follows from it.
type HousePolicy struct {
	Shell
	Version   int64
	Rules     []Choice // the value is the field's name
	MayChange bool
	Error     string
}

var policyPages = []page{&HousePolicy{}}

var policyRoutes = []route{
	{"GET /desk/policy", keepers, housePolicy, 0},
	{"POST /desk/policy", turners, changeHousePolicy, 0},
}

func housePolicy(c *call) error {
	i, err := c.deps.Registrar.Institution(c.ctx, c.actor)
	if err != nil {
		return err
	}
	return c.showPolicy(i.Policy, i.Version, "", http.StatusOK)
}

func (c *call) showPolicy(now record.Policy, version int64, problem string, status int) error {
	p := &HousePolicy{Version: version, MayChange: c.actor.Has(turners...), Error: problem}
	for _, rule := range policyRules(&now) {
		p.Rules = append(p.Rules, Choice{rule.name, c.t("policy." + rule.name), *rule.on})
	}
	p.Title, p.NoIndex = c.t("policy.title"), true
	return c.show(status, p)
}

type policyRule struct {
	name string
	on   *bool
}

// policyRules are the rules in the order of the page.
func policyRules(p *record.Policy) []policyRule {
	return []policyRule{{"two-people", &p.TwoPeople}, {"refresh", &p.Refresh}, {"wallet-copies", &p.WalletCopies}, {"open-records", &p.OpenRecords}}
}

func changeHousePolicy(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	i, err := c.deps.Registrar.Institution(c.ctx, c.actor)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return record.Errorf(record.Invalid, "web.changeHousePolicy", "the form came without its version; open the page again")
	}
	wanted := i.Policy
	for _, rule := range policyRules(&wanted) {
		*rule.on = c.r.PostForm.Get(rule.name) == "yes"
	}
	_, err = c.deps.Registrar.ChangeProfile(c.ctx, c.actor, registrar.ProfileChange{Name: i.Name, Profile: i.Profile, Policy: wanted, Version: version})
	switch record.KindOf(err) {
	case record.Conflict: // saving again insists
		return c.showPolicy(wanted, i.Version, c.t("policy.changed"), http.StatusConflict)
	case record.Forbidden:
		return c.showPolicy(wanted, i.Version, sentence(record.MessageOf(err)), http.StatusForbidden)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/policy?done=policy-saved")
}
