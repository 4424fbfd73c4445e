package account

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	maxServices    = 10        // of one institution: one for each directory that a campus has
	maxServiceName = 100       // on a button
	maxGroupRules  = 200       // groups that give roles
	maxSecret      = 4_096     // of a client
	maxSetting     = 2_000     // an address or the name of a claim
	maxMetadata    = 256 << 10 // one entity; a federation's file of thousands is not what is asked for
)

// ServiceChange is what an operator says about a campus sign-in service. The zero ID makes a new one.
type ServiceChange struct {
	ID       record.CampusServiceID
	Version  int64
	Kind     record.CampusKind
	Name     string
	Enabled  bool
	Settings record.CampusSettings
	Secret   string // OIDC; empty keeps the one there is
	Metadata string // SAML: the identity provider's; empty keeps what there is
}

// CampusServices lists the institution's services for its operators, without their secrets.
func (d *Desk) CampusServices(ctx context.Context, actor record.Actor) ([]record.CampusService, error) {
	const op = "account.CampusServices"
	if err := actor.Require(op, actor.Institution, record.RoleOperator); err != nil {
		return nil, err
	}
	var out []record.CampusService
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.CampusServices(ctx, actor.Institution)
		for _, s := range all {
			s.Sealed = nil
			out = append(out, *s)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// ServiceAddresses are what the other side must know of a service: where answers go, and our name or metadata.
func (d *Desk) ServiceAddresses(s *record.CampusService) (back, entity string) {
	return d.backURL(s), d.entityID(s)
}

// PutCampusService makes or changes a service.
func (d *Desk) PutCampusService(ctx context.Context, actor record.Actor, c ServiceChange) (record.CampusServiceID, error) {
	const op = "account.PutCampusService"
	if err := actor.Require(op, actor.Institution, record.RoleOperator); err != nil {
		return "", err
	}
	if c.Name = strings.TrimSpace(c.Name); c.Name == "" || len([]rune(c.Name)) > maxServiceName {
		return "", record.Errorf(record.Invalid, op, "give the service the name that stands on its button, of at most %d characters", maxServiceName)
	}
	if err := checkRules(op, &c.Settings); err != nil {
		return "", err
	}
	var id record.CampusServiceID
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := d.serviceToChange(ctx, tx, actor, c)
		if err != nil {
			return err
		}
		if err := d.changeService(s, c); err != nil {
			return err
		}
		action := "campus.changed"
		if s.ID == "" {
			s.ID, action = record.CampusServiceID(record.NewOrderedID()), "campus.added"
			err = tx.AddCampusService(ctx, s)
		} else {
			err = tx.ChangeCampusService(ctx, s)
		}
		if id = s.ID; err != nil {
			return err
		}
		return d.houseEvent(ctx, tx, actor, actor.Institution, action, "campus/"+string(s.ID), "kind", string(s.Kind), "issuer", s.Settings.Issuer, "enabled", yesNo(s.Enabled))
	})
	return id, record.Wrap(op, err)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (d *Desk) serviceToChange(ctx context.Context, tx *store.Tx, actor record.Actor, c ServiceChange) (*record.CampusService, error) {
	const op = "account.PutCampusService"
	if c.ID != "" {
		s, err := campusOf(ctx, tx, actor.Institution, c.ID)
		if err == nil && s.Version != c.Version {
			err = record.Errorf(record.Conflict, op, "somebody else changed this service; look again and repeat")
		}
		return s, err
	}
	all, err := tx.CampusServices(ctx, actor.Institution)
	if err != nil {
		return nil, err
	}
	if len(all) >= maxServices {
		return nil, record.Errorf(record.Invalid, op, "an institution has at most %d sign-in services; remove one first", maxServices)
	}
	if c.Kind != record.CampusOIDC && c.Kind != record.CampusSAML {
		return nil, record.Errorf(record.Invalid, op, "a sign-in service speaks oidc or saml")
	}
	return &record.CampusService{Institution: actor.Institution, Kind: c.Kind, CreatedAt: d.now()}, nil
}

// changeService puts a change into a service. What a person is called by another directory is another person: who the
// service is cannot be changed once it is there.
func (d *Desk) changeService(s *record.CampusService, c ServiceChange) error {
	const op = "account.PutCampusService"
	before := s.Settings
	s.Name, s.Enabled, s.UpdatedAt, s.Settings = c.Name, c.Enabled, d.now(), c.Settings
	if s.Kind == record.CampusSAML {
		s.Settings.Issuer, s.Settings.SSOURL, s.Settings.Certificates, s.Settings.ClientID = before.Issuer, before.SSOURL, before.Certificates, ""
		if c.Metadata != "" || s.ID == "" {
			if len(c.Metadata) > maxMetadata {
				return record.Errorf(record.TooLarge, op, "the metadata has more than %d bytes; give the one entity of your institution", maxMetadata)
			}
			if err := readSAMLMetadata([]byte(c.Metadata), &s.Settings); err != nil {
				return err
			}
		}
		if err := d.checkAddress(op, "SingleSignOnService", s.Settings.SSOURL); err != nil {
			return err
		}
	} else {
		s.Settings.SSOURL, s.Settings.Certificates = "", nil
		if err := d.checkAddress(op, "issuer", s.Settings.Issuer); err != nil {
			return err
		}
		if s.Settings.ClientID == "" {
			return record.Errorf(record.Invalid, op, "the client id is missing; the service gives you one when you register this server there")
		}
		if err := d.keepSecret(op, s, c.Secret); err != nil {
			return err
		}
	}
	if s.ID != "" && s.Settings.Issuer != before.Issuer {
		return record.Errorf(record.Invalid, op, "another issuer is another service: its people would be taken for these; add a new service and remove this one")
	}
	return nil
}

func (d *Desk) keepSecret(op string, s *record.CampusService, secret string) error {
	if secret == "" {
		return nil
	}
	if d.Secrets == nil || len(secret) > maxSecret {
		return record.Errorf(record.Invalid, op, "the client secret has at most %d bytes", maxSecret)
	}
	var err error
	s.Sealed, err = d.Secrets.SealSecret([]byte(secret))
	return record.Wrap(op, err)
}

// checkAddress wants https; a server that is itself reached by http, on this machine alone, may ask a service beside it.
func (d *Desk) checkAddress(op, what, address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxSetting || u.Host == "" || u.User != nil || u.Fragment != "" {
		return record.Errorf(record.Invalid, op, "%s: %q is not an address such as https://sso.example.edu", what, address)
	}
	ip := net.ParseIP(u.Hostname())
	beside := strings.HasPrefix(d.PublicURL, "http:") && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
	if u.Scheme != "https" && !(u.Scheme == "http" && beside) {
		return record.Errorf(record.Invalid, op, "%s: %s must be https", what, address)
	}
	return nil
}

// checkRules: a group gives a role of the institution's staff, and claims have names.
func checkRules(op string, s *record.CampusSettings) error {
	if len(s.Groups) > maxGroupRules {
		return record.Errorf(record.Invalid, op, "at most %d groups give roles", maxGroupRules)
	}
	for g, r := range s.Groups {
		if g == "" || len(g) > maxClaim || !slices.Contains(campusRoles, r) {
			return record.Errorf(record.Invalid, op, "the group %q cannot give the role %q; groups give registrar, approver or operator", g, r)
		}
	}
	for _, text := range []string{s.ClientID, s.EmailClaim, s.NameClaim, s.GroupsClaim, s.LearnerClaim} {
		if len(text) > maxSetting {
			return record.Errorf(record.Invalid, op, "the name of a claim has at most %d bytes", maxSetting)
		}
	}
	if s.JoinGroups && len(s.Groups) == 0 {
		return record.Errorf(record.Invalid, op, "say which group gives which role, or do not make accounts by groups")
	}
	return nil
}

// DropCampusService removes a service. The accounts stay; whoever had no other way in needs a sign-in link.
func (d *Desk) DropCampusService(ctx context.Context, actor record.Actor, id record.CampusServiceID) error {
	const op = "account.DropCampusService"
	if err := actor.Require(op, actor.Institution, record.RoleOperator); err != nil {
		return err
	}
	return record.Wrap(op, d.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := campusOf(ctx, tx, actor.Institution, id)
		if err != nil {
			return err
		}
		if err := tx.DropCampusService(ctx, id); err != nil {
			return err
		}
		return d.houseEvent(ctx, tx, actor, actor.Institution, "campus.removed", "campus/"+string(id), "issuer", s.Settings.Issuer)
	}))
}

// houseEvent writes an audit event about the institution itself.
func (d *Desk) houseEvent(ctx context.Context, tx *store.Tx, actor record.Actor, institution record.InstitutionID, action, object string, detail ...string) error {
	e := &record.Event{Institution: institution, At: d.now(), Actor: actor.ID(), Action: action, Object: object, Detail: map[string]string{}}
	if actor.RequestID != "" {
		detail = append(detail, "request", actor.RequestID)
	}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return tx.Append(ctx, e)
}
