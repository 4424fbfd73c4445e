package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/server"
)

type institutionCommand struct {
	Add institutionAddCommand `cmd:"" help:"Add an institution with its first issuing key."`
}

type institutionAddCommand struct {
	Name      string `arg:"" help:"The institution's name, as records will show it."`
	Slug      string `required:"" help:"Its short name in addresses: lower-case letters, digits and hyphens."`
	PublicURL string `name:"public-url" env:"LAUREL_PUBLIC_URL" required:"" help:"The address of this server. Every id in a credential starts with it and can never be changed."`
	OnePerson bool   `name:"one-person" help:"Let one person prepare and approve; without it two people are needed."`
	Data      string `default:"./data" env:"LAUREL_DATA" help:"The server's data folder."`
	Database  string `env:"LAUREL_DATABASE" help:"The server's database, when it is PostgreSQL."`
	JSON      bool   `name:"json" help:"Print the result as JSON."`
}

func (c *institutionAddCommand) Run(ctx context.Context, std streams) error {
	cfg := server.Config{Addr: "127.0.0.1:0", PublicURL: c.PublicURL, Data: c.Data, Database: c.Database}
	if err := cfg.Check(); err != nil {
		return err
	}
	s, err := server.New(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer s.Close()
	i, err := s.Registrar.AddInstitution(ctx, record.System(""), record.Institution{Slug: c.Slug, Name: c.Name, BaseURL: cfg.BaseURL(), Policy: record.Policy{TwoPeople: !c.OnePerson}})
	if err != nil {
		return refusedImport(err)
	}
	if c.JSON {
		return writeJSON(std, map[string]string{"id": string(i.ID), "did": i.DID, "slug": i.Slug})
	}
	_, err = fmt.Fprintf(std.out, "%s is %s\n", i.Name, i.DID)
	return err
}

type userCommand struct {
	Add userAddCommand `cmd:"" help:"Add a person who can sign in, and print a sign-in link for them."`
}

type userAddCommand struct {
	Email       string   `arg:"" help:"Their e-mail address."`
	Name        string   `required:"" help:"Their name."`
	Role        []string `required:"" help:"registrar, approver, operator, or steward of the whole server; may be repeated."`
	Institution string   `help:"Short name of the institution, when the server has several."`
	PublicURL   string   `name:"public-url" env:"LAUREL_PUBLIC_URL" default:"http://127.0.0.1:8080" help:"The address of this server, for the link."`
	Data        string   `default:"./data" env:"LAUREL_DATA" help:"The server's data folder."`
	Database    string   `env:"LAUREL_DATABASE" help:"The server's database, when it is PostgreSQL."`
	JSON        bool     `name:"json" help:"Print the result as JSON."`
}

// linkLife is how long a sign-in link from the command line may lie unused.
const linkLife = 24 * time.Hour

func (c *userAddCommand) Run(ctx context.Context, std streams) error {
	var roles []record.Role
	for _, r := range c.Role {
		switch role := record.Role(r); role {
		case record.RoleRegistrar, record.RoleApprover, record.RoleOperator, record.RoleSteward:
			roles = append(roles, role)
		default:
			return usagef("--role %q is not registrar, approver, operator or steward", r)
		}
	}
	link, err := server.AddAccount(ctx, server.Config{Data: c.Data, Database: c.Database, PublicURL: c.PublicURL}, c.Institution, c.Email, c.Name, roles, linkLife)
	if err != nil {
		return refusedImport(err)
	}
	if c.JSON {
		return writeJSON(std, map[string]string{"email": c.Email, "link": link})
	}
	_, err = fmt.Fprintf(std.out, "%s can sign in once, until tomorrow, at\n%s\n", c.Name, link)
	return err
}
