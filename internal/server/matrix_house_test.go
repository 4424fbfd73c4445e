package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
)

// newMatrix starts the demonstration with a second institution beside it. Owners are A and B for what belongs to an
// institution, A1, A2 and B1 for what belongs to a learner.
func newMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{t: t, d: startDemo(t), ids: map[string]map[string]string{}, names: map[string][]string{}, bodies: map[string]api.Example{}}
	for _, ex := range api.Examples() {
		m.bodies[ex.Method+" "+ex.Path] = ex
	}
	a, b := m.seeding("rowan-valley"), m.secondHouse()
	ctx := t.Context()
	m.house(a, "A")
	m.house(b, "B")
	one, two, three := m.learner(a, "amara.okafor@rowanvalley.example"), m.learner(a, "priya.raman@rowanvalley.example"), m.learner(b, "quilla@lindow.example")
	for owner, l := range map[string]record.Actor{"A1": one, "A2": two, "B1": three} {
		m.belongings(owner, l)
	}
	m.names["A1"], m.names["A2"] = []string{"Amara Okafor", "amara.okafor@"}, []string{two.Name, "priya.raman@"}
	m.names["B1"], m.names["B"] = []string{"Quilla Xanthe", "quilla@"}, []string{"Fell Running Leader", "rhona@lindow"}
	m.call("a stranger", "", "", record.Actor{}, "anyone")
	m.call("learner A1", "A", "A1", one, "anyone", "person", "learner")
	m.call("learner B1", "B", "B1", three, "anyone", "person", "learner")
	for house, d := range map[string]*seeding{"A": a, "B": b} {
		m.call("registrar "+house, house, "", d.registrar, "anyone", "person", "registrar", "staff", "keepers", "rotator")
		m.call("approver "+house, house, "", d.approver, "anyone", "person", "approver", "staff", "keepers")
		m.key("key of registrar "+house, house, "", d.registrar, record.Scopes, "anyone", "key", "any-key")
		operator, _, err := d.account(ctx, account.NewAccount{Email: "operator@" + strings.ToLower(house) + ".example", Name: "Operator", Roles: []record.Role{record.RoleOperator}})
		m.must(err)
		m.call("operator "+house, house, "", operator, "anyone", "person", "operator", "keepers", "rotator")
	}
	m.signingIn(map[string]*seeding{"A": a, "B": b}, map[string]record.Actor{"A1": one, "A2": two, "B1": three})
	m.key("key of learner A1", "A", "A1", one, record.LearnerScopes, "anyone", "learner-key", "any-key")
	m.key("key of learner B1", "B", "B1", three, record.LearnerScopes, "anyone", "learner-key", "any-key")
	return m
}

func (m *matrix) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// seeding takes up the making of the demonstration where it ended.
func (m *matrix) seeding(slug string) *seeding {
	m.t.Helper()
	d := &seeding{Server: m.d.Server, places: &demoPlaces{}}
	m.must(m.d.DB.View(m.t.Context(), func(tx *store.Tx) (err error) {
		d.inst, err = tx.InstitutionBySlug(m.t.Context(), slug)
		return err
	}))
	d.system = record.System(d.inst.ID)
	d.registrar, d.approver = m.actor(d, "ingrid.solheim@rowanvalley.example"), m.actor(d, "daniel.mensah@rowanvalley.example")
	return d
}

func (m *matrix) actor(d *seeding, email string) record.Actor {
	m.t.Helper()
	all, err := m.d.Accounts.List(m.t.Context(), record.Actor{Institution: d.inst.ID, Name: "test", Roles: []record.Role{record.RoleOperator}})
	m.must(err)
	for i := range all {
		if all[i].Email == email {
			return all[i].Actor()
		}
	}
	m.t.Fatalf("no account %s", email)
	return record.Actor{}
}

// moreSheet has a row that must be rejected, so that there are rejected rows to fetch.
const moreSheet = "learner_name,learner_email,learner_id,achievement_name,achievement_type,awarded_on\nSam Plain,sam@example.org,S1,Open Day Guide,CoCurricular,2026-05-21\nSam Plain,sam@example.org,S1,Open Day Guide,CoCurricular,some day\n"

const lindowSheet = "learner_name,learner_email,learner_id,achievement_name,achievement_type,awarded_on\nQuilla Xanthe,quilla@lindow.example,LC1,Fell Running Leader,CoCurricular,2026-05-20\n"

// secondHouse is a college with a learner who has a record.
func (m *matrix) secondHouse() *seeding {
	m.t.Helper()
	ctx := m.t.Context()
	inst, err := m.d.Registrar.AddInstitution(ctx, record.System(""), record.Institution{Slug: "lindow", Name: "Lindow College", BaseURL: m.d.base + "/lindow", DID: "did:web:lindow.example", Policy: record.Policy{TwoPeople: true}})
	m.must(err)
	d := &seeding{Server: m.d.Server, inst: inst, system: record.System(inst.ID), places: &demoPlaces{}}
	d.registrar, _, err = d.account(ctx, account.NewAccount{Email: "rhona@lindow.example", Name: "Rhona Beck", Roles: []record.Role{record.RoleRegistrar}})
	m.must(err)
	d.approver, _, err = d.account(ctx, account.NewAccount{Email: "dean@lindow.example", Name: "Dean Lindow", Roles: []record.Role{record.RoleApprover}})
	m.must(err)
	done, err := d.Registrar.Import(ctx, d.registrar, registrar.ImportRequest{Format: "csv", Source: "test", Files: []registrar.File{{Name: "lindow.csv", Data: []byte(lindowSheet)}}})
	m.must(err)
	m.must(d.approveAndIssue(ctx, done.Batch))
	l, err := d.learner(ctx, "LC1")
	m.must(err)
	_, _, err = d.account(ctx, account.NewAccount{Email: l.Email, Name: l.Name.Display, Roles: []record.Role{record.RoleLearner}, Learner: l.ID})
	m.must(err)
	return d
}

func (m *matrix) own(noun, owner, id string) {
	if m.ids[noun] == nil {
		m.ids[noun] = map[string]string{}
	}
	m.ids[noun][owner] = id
}

// house notes what belongs to an institution.
func (m *matrix) house(d *seeding, owner string) {
	m.t.Helper()
	ctx := m.t.Context()
	awards, err := d.Registrar.Awards(ctx, d.registrar, registrar.AwardFilter{States: []record.AwardState{record.AwardIssued}})
	m.must(err)
	m.own("award", owner, string(awards[0].ID))
	m.own("person", owner, string(awards[0].Learner))
	staged, err := d.Registrar.StageImport(ctx, d.registrar, registrar.ImportRequest{Format: "csv", Source: "test", Files: []registrar.File{{Name: "more.csv", Data: []byte(moreSheet)}}})
	m.must(err)
	m.own("batch", owner, string(staged.Batch))
	catalogue, err := d.Registrar.Catalogue(ctx, d.registrar, "")
	m.must(err)
	m.own("achievement", owner, catalogue[0].IRI[strings.LastIndexByte(catalogue[0].IRI, '/')+1:])
	definition, err := d.Registrar.EditAchievement(ctx, d.registrar, catalogue[0].ID)
	m.must(err)
	m.own("definition", owner, string(definition.ID))
	framework, err := d.Registrar.UploadFramework(ctx, d.registrar, []registrar.File{{Name: "skills.csv", Data: []byte("fullStatement,humanCodingScheme\nSkills of " + owner + ",1\n")}}, false)
	m.must(err)
	m.own("framework", owner, string(framework.ID))
	rule := &record.AwardRule{ID: record.RuleID(record.NewOrderedID()), Institution: d.inst.ID, Name: "rule of " + owner, Target: catalogue[0].IRI, CreatedBy: d.registrar.Account, CreatedAt: time.Now()}
	m.must(m.d.DB.Update(ctx, func(tx *store.Tx) error { return tx.AddRule(ctx, rule) }))
	m.own("rule", owner, string(rule.ID))
	platform := &record.ClassroomSystem{ID: record.ClassroomSystemID(record.NewID()), Institution: d.inst.ID, Kind: record.ClassroomLTI, Name: "platform of " + owner, Issuer: "https://learn.example", ClientID: owner, CreatedAt: time.Now()}
	activity := &record.ClassroomLink{ID: record.ClassroomLinkID(record.NewID()), System: platform.ID, Rule: rule.ID, Course: "course of " + owner, CreatedAt: time.Now()}
	provider := &record.ClassroomSystem{ID: record.ClassroomSystemID(record.NewID()), Institution: d.inst.ID, Kind: record.ClassroomOneRoster, Name: "roster of " + owner, Issuer: "https://sis.example", ClientID: owner, CreatedAt: time.Now()}
	m.own("roster", owner, string(provider.ID))
	m.must(m.d.DB.Update(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.AddClassroomSystem(ctx, platform), tx.AddClassroomSystem(ctx, provider), tx.AddClassroomLink(ctx, activity))
	}))
	m.own("platform", owner, string(platform.ID))
	m.own("activity", owner, string(activity.ID))
	m.own("catalogue-entry", owner, string(catalogue[0].ID))
	signing, err := d.Registrar.SigningKeys(ctx, d.registrar)
	m.must(err)
	m.own("signing-key", owner, string(signing[0].ID))
	m.must(m.d.DB.View(ctx, func(tx *store.Tx) error {
		runs, err := tx.Runs(ctx, d.inst.ID, 1)
		if err == nil {
			m.own("run", owner, string(runs[0].ID))
		}
		return err
	}))
	key, _, err := m.d.Keys.Create(ctx, d.registrar, api.NewKey{Name: "key of " + owner, Scopes: record.Scopes})
	m.must(err)
	m.own("api-key", owner, key.ID)
	hook, delivery := record.NewID(), record.NewID()
	m.must(m.d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddHook(ctx, &record.Hook{ID: hook, Institution: d.inst.ID, CreatedBy: d.registrar.Account, URL: "https://hook.example/" + owner, Events: []string{"award.issued"}, Sealed: []byte("sealed"), CreatedAt: time.Now(), DisabledAt: time.Now()}); err != nil {
			return err
		}
		return tx.AddDelivery(ctx, &record.HookDelivery{ID: delivery, Hook: hook, Event: "award.issued", Body: []byte("{}"), CreatedAt: time.Now()})
	}))
	m.own("hook", owner, hook)
	m.own("delivery", owner, delivery)
	m.delivered(d, owner)
}

// learner is a learner's actor.
func (m *matrix) learner(d *seeding, email string) record.Actor {
	m.t.Helper()
	return m.actor(d, email)
}

// belongings gives a learner one of everything that a learner can have.
func (m *matrix) belongings(owner string, l record.Actor) {
	m.t.Helper()
	ctx, desk := m.t.Context(), m.d.Learner
	mine, err := desk.MyRecord(ctx, l)
	m.must(err)
	m.own("person", owner, string(l.Learner))
	m.own("item", owner, mine.Items[0].Ref)
	share, err := desk.Share(ctx, l, learner.ShareRequest{Whole: true, Label: "Somebody", Audience: "Somebody", ExpiresAt: time.Now().AddDate(0, 1, 0)})
	m.must(err)
	m.own("share", owner, string(share.ID))
	address := record.NewID()
	m.must(m.d.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.AddIdentity(ctx, &record.Identity{ID: address, Learner: l.Learner, Account: l.Account, Email: address + "@home.example", AskedAt: time.Now(), Confirmed: time.Now(), ExpiresAt: time.Now()}, address+"@home.example")
	}))
	m.own("address", owner, address)
	choice, err := desk.Curate(ctx, l, "", 0, "A choice", learner.ShareRequest{Whole: true})
	m.must(err)
	m.own("choice", owner, string(choice))
	offer, err := desk.OfferToWallet(ctx, l, learner.WalletRequest{Whole: true})
	m.must(err)
	m.own("offer", owner, string(offer.ID))
	statement, err := desk.State(ctx, l, "", 0, record.StatementBody{Name: "A thing", Type: "Achievement", Description: "I did it."})
	m.must(err)
	m.own("statement", owner, string(statement))
	inquiry, err := desk.Ask(ctx, l, mine.Items[0].Ref, record.AskOther, "Is this right?")
	m.must(err)
	m.own("inquiry", owner, string(inquiry))
	if owner != "A2" { // staff ask for an inquiry of their institution
		m.ids["inquiry"][owner[:1]] = string(inquiry)
	}
	now, id := time.Now(), record.NewID
	goal, kept, confirmation, host := record.GoalID(id()), record.HeldID(id()), record.ConfirmationID(id()), record.HostID(id())
	m.must(m.d.DB.Update(ctx, func(tx *store.Tx) error {
		client := &record.Client{ID: record.ClientID(id()), Name: "A program", Body: []byte("{}"), CreatedAt: now}
		grant := &record.Grant{ID: record.GrantID(id()), Client: client.ID, Institution: l.Institution, Account: l.Account, Learner: l.Learner, Scopes: []string{"x"}, Body: []byte("{}"),
			CodeHash: record.Sum([]byte(id())), CreatedAt: now, UsedAt: now, ExpiresAt: now.AddDate(0, 1, 0)}
		m.own("consent", owner, string(grant.ID))
		for _, add := range []func(context.Context) error{
			func(ctx context.Context) error {
				return tx.AddGoal(ctx, &record.Goal{ID: goal, Institution: l.Institution, Learner: l.Learner, Name: "A goal", Target: []byte(`{"id":"urn:x:goal","name":"A goal"}`), CreatedAt: now, UpdatedAt: now})
			},
			func(ctx context.Context) error {
				_, err := tx.KeepHeld(ctx, &record.Held{ID: kept, Institution: l.Institution, Learner: l.Learner, SHA256: record.Sum([]byte(owner)), Bytes: []byte(owner), MediaType: "application/json", Received: now, Changed: now})
				return err
			},
			func(ctx context.Context) error {
				return tx.AddConfirmation(ctx, &record.Confirmation{ID: confirmation, Statement: statement, Learner: l.Learner, Email: "who@example.org", TokenHash: record.Sum([]byte(confirmation)),
					Answer: record.ConfirmationOpen, AskedAt: now, ExpiresAt: now.AddDate(0, 1, 0)})
			},
			func(ctx context.Context) error {
				return tx.AddHost(ctx, &record.Host{ID: host, Institution: l.Institution, Account: l.Account, Learner: l.Learner, Address: "https://host.example", Name: "A host", Sealed: []byte("sealed"), StateHash: record.Sum([]byte(host)), State: record.HostPulled, CreatedAt: now, UpdatedAt: now})
			},
			func(ctx context.Context) error { return tx.PutClient(ctx, client) },
			func(ctx context.Context) error { return tx.AddGrant(ctx, grant) },
		} {
			if err := add(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
	m.own("goal", owner, string(goal))
	m.own("kept", owner, string(kept))
	m.own("confirmation", owner, string(confirmation))
	m.own("host", owner, string(host))
}

// call adds somebody with a browser; without an account a stranger.
func (m *matrix) call(name, house, self string, a record.Actor, may ...string) {
	m.t.Helper()
	c := caller{name: name, house: house, self: self, may: may}
	p := m.d.visitor(m.t)
	if a.Account != "" {
		link, err := m.d.Accounts.NewLink(m.t.Context(), record.System(a.Institution), a.Account, time.Hour, true)
		m.must(err)
		p = m.d.signedIn(m.t, m.d.base+"/sign-in/"+link.Token)
	}
	if u, err := url.Parse(m.d.base); err != nil || a.Account != "" && len(p.client.Jar.Cookies(u)) == 0 {
		m.t.Fatalf("%s is not signed in: %v", name, err)
	}
	c.client = &http.Client{Jar: p.client.Jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	m.callers = append(m.callers, c)
}

// key adds a program with an API key.
func (m *matrix) key(name, house, self string, a record.Actor, scopes []record.Scope, may ...string) {
	m.t.Helper()
	_, key, err := m.d.Keys.Create(m.t.Context(), a, api.NewKey{Name: "matrix", Scopes: scopes})
	m.must(err)
	m.call(name, house, self, record.Actor{}, may...)
	m.callers[len(m.callers)-1].key = key
}
