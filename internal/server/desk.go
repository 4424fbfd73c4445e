package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
)

// OpenDesk opens the registrar's desk of one institution for a command that works beside the server, on the same
// database. The actor is the program itself: the audit shows that the command line acted. An empty slug is the only
// institution there is. done gives the database back.
func OpenDesk(ctx context.Context, c Config, slug string, log *slog.Logger) (desk *registrar.Desk, actor record.Actor, done func() error, err error) {
	fail := func(err error) (*registrar.Desk, record.Actor, func() error, error) {
		return nil, record.Actor{}, nil, err
	}
	if c.Database == "" {
		if _, err := os.Stat(c.DatabaseURL()); err != nil {
			return fail(fmt.Errorf("there is no database in %s; start 'laurel serve' once, or name the folder with --data", c.Data))
		}
	}
	db, err := store.Open(ctx, c.DatabaseURL())
	if err != nil {
		return fail(fmt.Errorf("the database cannot be opened: %w", err))
	}
	keys, err := keyring.Open(c.keyring())
	if err != nil {
		return fail(errors.Join(fmt.Errorf("the keys cannot be opened: %w", err), db.Close()))
	}
	var all []*record.Institution
	err = db.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Institutions(ctx)
		return err
	})
	if err != nil {
		return fail(errors.Join(err, db.Close()))
	}
	var slugs []string
	for _, i := range all {
		slugs = append(slugs, i.Slug)
		if i.Slug == slug || slug == "" && len(all) == 1 {
			return &registrar.Desk{DB: db, Keys: keys, Log: log}, record.System(i.ID), db.Close, nil
		}
	}
	if len(all) == 0 {
		return fail(errors.Join(fmt.Errorf("the database has no institution yet; add one with 'laurel institution add', or start with --demo"), db.Close()))
	}
	return fail(errors.Join(fmt.Errorf("name the institution with --institution: %s", strings.Join(slugs, ", ")), db.Close()))
}

// AddAccount adds a person to an institution and returns the address of a sign-in link that works once.
func AddAccount(ctx context.Context, c Config, slug, email, name string, roles []record.Role, valid time.Duration) (string, error) {
	desk, actor, done, err := OpenDesk(ctx, c, slug, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	defer done()
	accounts := &account.Desk{DB: desk.DB}
	a, err := accounts.Add(ctx, actor, account.NewAccount{Institution: actor.Institution, Email: email, Name: name, Roles: roles})
	if err != nil {
		return "", err
	}
	link, err := accounts.NewLink(ctx, actor, a.ID, valid, false)
	if err != nil {
		return "", err
	}
	return c.BaseURL() + "/sign-in/" + link.Token, nil
}
