package server

import (
	"context"
	"slices"

	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/record"
)

// demoKeys makes the keys of the demonstration that are not there yet.
func (s *Server) demoKeys(ctx context.Context, inst *record.Institution, to *demoAPI) error {
	accounts, err := s.Accounts.List(ctx, record.Actor{Institution: inst.ID, Name: "system", Roles: []record.Role{record.RoleOperator}})
	if err != nil {
		return err
	}
	for _, k := range []struct {
		email  string
		scopes []record.Scope
		token  *string
	}{
		{"ingrid.solheim@rowanvalley.example", record.Scopes, &to.Token},
		{"amara.okafor@rowanvalley.example", record.LearnerScopes, &to.LearnerToken},
	} {
		at := slices.IndexFunc(accounts, func(a record.Account) bool { return a.Email == k.email })
		if *k.token != "" || at < 0 {
			continue
		}
		if _, *k.token, err = s.Keys.Create(ctx, accounts[at].Actor(), api.NewKey{Name: "Demonstration", Scopes: k.scopes}); err != nil {
			return err
		}
	}
	return nil
}
