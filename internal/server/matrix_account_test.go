package server

import (
	"time"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// signingIn notes what belongs to whom of the ways in: each house has a colleague and a campus sign-in service, each learner
// a passkey, and the server a steward.
func (m *matrix) signingIn(houses map[string]*seeding, learners map[string]record.Actor) {
	m.t.Helper()
	ctx := m.t.Context()
	for owner, d := range houses {
		m.own("slug", owner, d.inst.Slug)
		colleague, _, err := d.account(ctx, account.NewAccount{Email: "spare@" + d.inst.Slug + ".example", Name: "Spare", Roles: []record.Role{record.RoleApprover}})
		m.must(err)
		m.own("colleague", owner, string(colleague.Account))
		service := &record.CampusService{ID: record.CampusServiceID(record.NewID()), Institution: d.inst.ID, Kind: record.CampusOIDC, Name: "Service", Settings: record.CampusSettings{Issuer: "https://sso.example"}, CreatedAt: time.Now()}
		m.must(m.d.DB.Update(ctx, func(tx *store.Tx) error { return tx.AddCampusService(ctx, service) }))
		m.own("campus", owner, string(service.ID))
	}
	for owner, l := range learners {
		p := &record.Passkey{ID: record.PasskeyID(record.NewID()), Account: l.Account, Name: "phone", CredentialID: []byte(record.NewID()), Body: []byte("{}"), CreatedAt: time.Now()}
		m.must(m.d.DB.Update(ctx, func(tx *store.Tx) error { return tx.AddPasskey(ctx, p) }))
		m.own("passkey", owner, string(p.ID))
	}
	steward, _, err := houses["A"].account(ctx, account.NewAccount{Email: "steward@a.example", Name: "Steward", Roles: []record.Role{record.RoleSteward}})
	m.must(err)
	m.call("the steward", "A", "", steward, "anyone", "person", "steward")
}
