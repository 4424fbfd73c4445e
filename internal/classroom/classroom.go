// Package classroom is the desk of the systems of the classroom: learning platforms by LTI 1.3 Advantage (1EdTech LTI
// Core 1.3, Deep Linking 2.0, Names and Role Provisioning Services 2.0, Assignment and Grade Services 2.0), of which this
// server is a tool, and roster systems by the REST binding of OneRoster 1.1 and 1.2, of which it is a consumer.
//
// The rules are:
//
//   - A platform is who it is by what was entered here: issuer, client, deployments, the address of its keys. Nothing that
//     arrives in a launch adds to that.
//   - A launch answers one question that this server asked, of one browser, once, within ten minutes.
//   - A result makes a draft. A person of the institution approves it, or not.
//   - Every request goes out through the fence of package fetch, and a token for a platform goes to no other host than the
//     one that a signed launch of that platform named.
package classroom

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
)

// Desk is the desk of the systems of the classroom.
type Desk struct {
	DB        *store.DB
	Registrar *registrar.Desk
	Keys      *keyring.Keyring
	// Client asks other servers, behind the fence.
	Client *http.Client
	// PublicURL is the address of this server, without a trailing slash.
	PublicURL string
	// Now tells the time; nil means the clock.
	Now func() time.Time
	// Log gets one line per act, without names; nil means silence.
	Log *slog.Logger
}

// Addresses of the tool, which a platform must be told.
const (
	LoginPath  = "/lti/login"
	LaunchPath = "/lti/launch"
	KeysPath   = "/lti/keys"
)

const (
	maxSystems     = 50    // of one institution: every platform and every roster of a large one
	maxName        = 200   // of a system
	maxAddress     = 2_000 // an address
	maxClient      = 500   // a client id
	maxDeployments = 200   // of a platform: one for each account of a large one
	linksShown     = 500
	resultsShown   = 1_000
)

var staff = []record.Role{record.RoleRegistrar, record.RoleApprover}

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return record.Time(d.Now())
	}
	return record.Time(time.Now())
}

func (d *Desk) log() *slog.Logger {
	if d.Log != nil {
		return d.Log
	}
	return slog.New(slog.DiscardHandler)
}

func (d *Desk) event(ctx context.Context, tx *store.Tx, actor record.Actor, institution record.InstitutionID, action, object string, detail map[string]string) error {
	return tx.Append(ctx, &record.Event{Institution: institution, At: d.now(), Actor: actor.ID(), Action: action, Object: object, Detail: detail})
}

// PlatformChange is what a person says about a learning platform. The zero ID makes a new one.
type PlatformChange struct {
	ID       record.ClassroomSystemID
	Version  int64
	Name     string
	Issuer   string // of a new one; another issuer is another platform
	ClientID string
	Settings record.ClassroomSettings
	Off      bool
}

// PutPlatform connects a platform, or changes what is known of it.
func (d *Desk) PutPlatform(ctx context.Context, actor record.Actor, c PlatformChange) (record.ClassroomSystemID, error) {
	const op = "classroom.PutPlatform"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return "", err
	}
	if err := d.checkPlatform(op, &c); err != nil {
		return "", err
	}
	var id record.ClassroomSystemID
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := d.systemToChange(ctx, tx, actor, record.ClassroomSystem{ID: c.ID, Version: c.Version, Kind: record.ClassroomLTI})
		if err != nil {
			return err
		}
		if s.ID != "" && c.Issuer != s.Issuer {
			return record.Errorf(record.Invalid, op, "another issuer is another platform: its people would be taken for these; connect a new one and switch this one off")
		}
		s.Name, s.Issuer, s.ClientID, s.Settings, s.Off = c.Name, c.Issuer, c.ClientID, c.Settings, c.Off
		id, err = d.putSystem(ctx, tx, actor, s)
		return err
	})
	return id, record.Wrap(op, err)
}

// putSystem writes a new or changed system, and the audit.
func (d *Desk) putSystem(ctx context.Context, tx *store.Tx, actor record.Actor, s *record.ClassroomSystem) (record.ClassroomSystemID, error) {
	s.UpdatedAt = d.now()
	action, err := "classroom.changed", error(nil)
	if s.ID == "" {
		s.ID, action = record.ClassroomSystemID(record.NewOrderedID()), "classroom.added"
		s.CreatedBy, s.CreatedAt = actor.Account, s.UpdatedAt
		err = tx.AddClassroomSystem(ctx, s)
		if record.KindOf(err) == record.Conflict {
			err = record.Errorf(record.Conflict, "classroom.putSystem", "this system is connected already with this client id, here or at another institution of this server; ask it for a client id of your own")
		}
	} else {
		err = tx.ChangeClassroomSystem(ctx, s)
	}
	if err != nil {
		return "", err
	}
	on := "yes"
	if s.Off {
		on = "no"
	}
	return s.ID, d.event(ctx, tx, actor, s.Institution, action, "classroom/"+string(s.ID), map[string]string{"kind": string(s.Kind), "address": s.Issuer, "on": on})
}

// systemToChange reads the version of a system that somebody changes, or begins a new one of the kind.
func (d *Desk) systemToChange(ctx context.Context, tx *store.Tx, actor record.Actor, want record.ClassroomSystem) (*record.ClassroomSystem, error) {
	const op = "classroom.systemToChange"
	if want.ID != "" {
		s, err := system(ctx, tx, actor, want.ID, want.Kind)
		if err == nil && s.Version != want.Version {
			err = record.Errorf(record.Conflict, op, "somebody else changed this system; look again and repeat")
		}
		return s, err
	}
	all, err := tx.ClassroomSystems(ctx, actor.Institution)
	if err != nil {
		return nil, err
	}
	if len(all) >= maxSystems {
		return nil, record.Errorf(record.TooLarge, op, "an institution is connected with %d systems at most", maxSystems)
	}
	return &record.ClassroomSystem{Institution: actor.Institution, Kind: want.Kind}, nil
}

// system reads an institution's own system of a kind; the empty kind is any.
func system(ctx context.Context, tx *store.Tx, actor record.Actor, id record.ClassroomSystemID, kind record.ClassroomKind) (*record.ClassroomSystem, error) {
	const op = "classroom.system"
	s, err := tx.ClassroomSystem(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := actor.Require(op, s.Institution, staff...); err != nil {
		return nil, err
	}
	if kind != "" && s.Kind != kind {
		return nil, record.Errorf(record.NotFound, op, "there is nothing here for you; sign in with the account that may see it")
	}
	return s, nil
}

func (d *Desk) checkPlatform(op string, c *PlatformChange) error {
	s := &c.Settings
	c.Name, c.Issuer, c.ClientID, s.Audience = strings.TrimSpace(c.Name), strings.TrimSpace(c.Issuer), strings.TrimSpace(c.ClientID), strings.TrimSpace(s.Audience)
	if err := checkNames(op, c.Name, c.ClientID); err != nil {
		return err
	}
	for _, a := range []struct{ what, address string }{{"issuer", c.Issuer}, {"authentication address", s.AuthURL}, {"token address", s.TokenURL}, {"key set address", s.KeysURL}} {
		if err := d.checkAddress(op, a.what, a.address); err != nil {
			return err
		}
	}
	var deployments []string
	for _, id := range s.Deployments {
		if id = strings.TrimSpace(id); id != "" && !slices.Contains(deployments, id) {
			deployments = append(deployments, id)
		}
		if len(id) > maxDeploymentID {
			return record.Errorf(record.Invalid, op, "a deployment id has at most %d bytes (LTI Core 1.3, 5.3.3)", maxDeploymentID)
		}
	}
	if len(deployments) > maxDeployments {
		return record.Errorf(record.TooLarge, op, "at most %d deployments of one platform", maxDeployments)
	}
	s.Deployments, s.Source = deployments, ""
	if len(s.Audience) > maxAddress {
		return record.Errorf(record.Invalid, op, "the audience of requests for tokens is an address of at most %d bytes", maxAddress)
	}
	return nil
}

func checkNames(op, name, client string) error {
	switch {
	case name == "" || len(name) > maxName:
		return record.Errorf(record.Invalid, op, "give the system a name of at most %d bytes", maxName)
	case client == "" || len(client) > maxClient:
		return record.Errorf(record.Invalid, op, "the client id is missing; the system gives you one when you register this server there")
	}
	return nil
}

// checkAddress wants https; a server that is itself reached by http, on this machine alone, may ask a system beside it.
func (d *Desk) checkAddress(op, what, address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAddress || u.Host == "" || u.User != nil || u.Fragment != "" {
		return record.Errorf(record.Invalid, op, "%s: %q is not an address such as https://learn.example.edu", what, address)
	}
	ip := net.ParseIP(u.Hostname())
	beside := strings.HasPrefix(d.PublicURL, "http:") && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
	if u.Scheme != "https" && !(u.Scheme == "http" && beside) {
		return record.Errorf(record.Invalid, op, "%s: %s must be https", what, address)
	}
	return nil
}

// Systems lists what the institution is connected with, without secrets.
func (d *Desk) Systems(ctx context.Context, actor record.Actor) ([]record.ClassroomSystem, error) {
	const op = "classroom.Systems"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []record.ClassroomSystem
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.ClassroomSystems(ctx, actor.Institution)
		for _, s := range all {
			s.Sealed = nil
			out = append(out, *s)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// LinkView is an activity with the words for it.
type LinkView struct {
	record.ClassroomLink
	Rule    registrar.RuleView
	Results []record.ClassroomResult // of Link
}

// Platform reads one platform, without its secret, and its activities.
func (d *Desk) Platform(ctx context.Context, actor record.Actor, id record.ClassroomSystemID) (*record.ClassroomSystem, []LinkView, error) {
	const op = "classroom.Platform"
	var s *record.ClassroomSystem
	var links []*record.ClassroomLink
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if s, err = system(ctx, tx, actor, id, record.ClassroomLTI); err != nil {
			return err
		}
		s.Sealed = nil
		links, err = tx.ClassroomLinks(ctx, id, linksShown)
		return err
	})
	if err != nil {
		return nil, nil, record.Wrap(op, err)
	}
	var out []LinkView
	for _, k := range links {
		r, err := d.Registrar.Rule(ctx, actor, k.Rule)
		if err != nil {
			return nil, nil, record.Wrap(op, err)
		}
		out = append(out, LinkView{ClassroomLink: *k, Rule: *r})
	}
	return s, out, nil
}

// Link reads one activity with its results.
func (d *Desk) Link(ctx context.Context, actor record.Actor, id record.ClassroomLinkID) (*LinkView, error) {
	const op = "classroom.Link"
	out := &LinkView{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		k, err := tx.ClassroomLink(ctx, id)
		if err != nil {
			return err
		}
		if _, err := system(ctx, tx, actor, k.System, record.ClassroomLTI); err != nil {
			return err
		}
		out.ClassroomLink = *k
		all, err := tx.ClassroomResults(ctx, id, resultsShown)
		for _, r := range all {
			out.Results = append(out.Results, *r)
		}
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	r, err := d.Registrar.Rule(ctx, actor, out.ClassroomLink.Rule)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	out.Rule = *r
	return out, nil
}
