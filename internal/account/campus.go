package account

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Bounds of what a service says about a person: longer words and more groups are a fault or an attack.
const (
	maxClaim  = 500
	maxGroups = 2000 // a large campus directory puts a member of staff into some hundreds
)

// campusPerson is somebody whom a service vouches for.
type campusPerson struct {
	Subject  string   `json:"subject"`
	Email    string   `json:"email,omitempty"`
	Verified bool     `json:"verified,omitempty"` // the service says that the address is this person's
	Name     string   `json:"name,omitempty"`
	Groups   []string `json:"groups,omitempty"`
	Learner  string   `json:"learner,omitempty"` // the student system's key
}

// campusStep is what a sign-in at a service must come back with.
type campusStep struct {
	Service  record.CampusServiceID `json:"service"`
	Next     string                 `json:"next,omitempty"`
	Nonce    string                 `json:"nonce,omitempty"`    // OIDC
	Verifier string                 `json:"verifier,omitempty"` // OIDC: PKCE
	Request  string                 `json:"request,omitempty"`  // SAML: id of the request
	Browser  string                 `json:"browser,omitempty"`  // SAML: hash of the secret of the browser that began
	Person   *campusPerson          `json:"person,omitempty"`   // SAML: who came back
}

// CampusDoor is one service on the sign-in page.
type CampusDoor struct {
	ID    record.CampusServiceID
	Name  string
	House string
}

// CampusDoors lists the services that anybody may choose.
func (d *Desk) CampusDoors(ctx context.Context) ([]CampusDoor, error) {
	const op = "account.CampusDoors"
	var out []CampusDoor
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		open, err := tx.CampusServicesOpen(ctx)
		if err != nil {
			return err
		}
		for _, s := range open {
			i, err := tx.Institution(ctx, s.Institution)
			if err != nil {
				return err
			}
			out = append(out, CampusDoor{ID: s.ID, Name: s.Name, House: i.Name})
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// openService reads a service that may be used; every other is not there.
func (d *Desk) openService(ctx context.Context, op string, id record.CampusServiceID) (*record.CampusService, error) {
	var s *record.CampusService
	var standing record.Standing
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.CampusService(ctx, id); err != nil {
			return err
		}
		standing, err = tx.Standing(ctx, s.Institution)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if !s.Enabled || standing.Suspended() || d.PublicURL == "" {
		return nil, record.Errorf(record.NotFound, op, "there is no such sign-in")
	}
	return s, nil
}

// BeginCampus sends a browser to a service: the address to go to, and the secret by which this browser comes back. Whoever
// is signed in already joins the service's account to their own; next is where they go then.
func (d *Desk) BeginCampus(ctx context.Context, actor record.Actor, id record.CampusServiceID, next string) (address, token string, err error) {
	const op = "account.BeginCampus"
	s, err := d.openService(ctx, op, id)
	if err != nil {
		return "", "", err
	}
	if actor.Account != "" && actor.Institution != s.Institution {
		return "", "", record.Errorf(record.NotFound, op, "there is no such sign-in")
	}
	if s.Kind == record.CampusSAML {
		return d.beginSAML(ctx, actor, s, next)
	}
	return d.beginOIDC(ctx, actor, s, next)
}

func (d *Desk) backURL(s *record.CampusService) string {
	return d.PublicURL + "/sign-in/campus/" + string(s.ID) + "/back"
}

func campusRefused(op string, err error) error {
	return &record.Error{Kind: record.Forbidden, Op: op, Code: "campus.answer", Message: "the answer of the sign-in service could not be accepted", Err: err}
}

// clip cuts what a service says to what we keep.
func clip(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxClaim {
		return ""
	}
	return s
}

// arrive lets in whom a service vouches for: the account that was joined before, or by the service's rules one that fits
// or a new one. Roles that come from groups are set anew each time.
func (d *Desk) arrive(ctx context.Context, s *record.CampusService, step *record.SignInStep, p *campusPerson) (*record.Account, error) {
	const op = "account.arrive"
	if p.Subject == "" || len(p.Subject) > maxClaim || len(p.Groups) > maxGroups {
		return nil, campusRefused(op, nil)
	}
	var a *record.Account
	var closed bool // what was changed stays, and the person is not let in
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		id, err := tx.UseCampusSubject(ctx, s.ID, p.Subject, d.now())
		switch {
		case err == nil && step.Account != "" && step.Account != id:
			return coded("campus.taken", record.Errorf(record.Conflict, op, "this account of the sign-in service belongs to somebody else here"))
		case err == nil:
			a, err = tx.Account(ctx, id)
		case record.KindOf(err) == record.NotFound:
			if a, err = d.welcome(ctx, tx, s, step, p); err == nil {
				err = d.join(ctx, tx, s, a, p)
			}
		}
		if err != nil {
			return err
		}
		if a.Institution != s.Institution || a.Disabled {
			return coded("campus.closed", record.Errorf(record.Forbidden, op, "this account is closed; ask your institution"))
		}
		if err := d.rolesFromGroups(ctx, tx, s, a, p); err != nil {
			return err
		}
		if closed = len(a.Roles) == 0; closed {
			return nil
		}
		return d.event(ctx, tx, a.Actor(), a, "account.signed_in", "by", string(s.ID))
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if closed {
		return nil, unknownPerson(op)
	}
	return a, nil
}

func unknownPerson(op string) error {
	return coded("campus.unknown", record.Errorf(record.Forbidden, op, "no account here is yours; ask your institution to add you"))
}

func (d *Desk) join(ctx context.Context, tx *store.Tx, s *record.CampusService, a *record.Account, p *campusPerson) error {
	err := tx.AddCampusSubject(ctx, &record.CampusSubject{Service: s.ID, Subject: p.Subject, Account: a.ID, CreatedAt: d.now(), UsedAt: d.now()})
	if err != nil {
		return err
	}
	return d.event(ctx, tx, a.Actor(), a, "account.joined", "service", string(s.ID))
}

// welcome finds or makes the account of somebody who comes from a service for the first time. An account that has a
// password or a passkey is joined by its owner alone, signed in to it: an address by itself proves no ownership of that.
func (d *Desk) welcome(ctx context.Context, tx *store.Tx, s *record.CampusService, step *record.SignInStep, p *campusPerson) (*record.Account, error) {
	const op = "account.welcome"
	if step.Account != "" {
		return tx.Account(ctx, step.Account)
	}
	if s.Settings.LearnerClaim != "" && p.Learner != "" {
		l, err := tx.LearnerByKey(ctx, s.Institution, p.Learner)
		if err == nil {
			return d.learnerAccount(ctx, tx, s, l, p)
		}
		if record.KindOf(err) != record.NotFound {
			return nil, err
		}
	}
	if !p.Verified || checkEmail(op, p.Email) != nil {
		return nil, unknownPerson(op)
	}
	if s.Settings.JoinEmail {
		if a, err := d.byEmail(ctx, tx, s, p); a != nil || err != nil {
			return a, err
		}
	}
	if roles := groupRoles(s, p); s.Settings.JoinGroups && len(roles) > 0 {
		return d.newCampusAccount(ctx, tx, s, p, roles, "")
	}
	return nil, unknownPerson(op)
}

// byEmail finds the colleague or the one learner with the address; nil when there is none.
func (d *Desk) byEmail(ctx context.Context, tx *store.Tx, s *record.CampusService, p *campusPerson) (*record.Account, error) {
	all, err := tx.AccountsByEmail(ctx, emailKey(p.Email))
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.Institution == s.Institution {
			return a, d.mayJoin(ctx, tx, a)
		}
	}
	learners, err := tx.LearnersByEmail(ctx, s.Institution, emailKey(p.Email))
	if err != nil || len(learners) != 1 { // an address of two is nobody's
		return nil, err
	}
	return d.learnerAccount(ctx, tx, s, learners[0], p)
}

// mayJoin refuses an account that has a way in of its own: its owner joins it, signed in.
func (d *Desk) mayJoin(ctx context.Context, tx *store.Tx, a *record.Account) error {
	keys, err := tx.Passkeys(ctx, a.ID)
	if err != nil {
		return err
	}
	campus, err := tx.CountCampusSubjects(ctx, a.ID)
	if err != nil {
		return err
	}
	if a.PasswordHash != "" || len(keys) > 0 || campus > 0 {
		return coded("campus.both", record.Errorf(record.Forbidden, "account.mayJoin", "sign in to your account here first, and join the two under “How you sign in”"))
	}
	return nil
}

func (d *Desk) learnerAccount(ctx context.Context, tx *store.Tx, s *record.CampusService, l *record.Learner, p *campusPerson) (*record.Account, error) {
	a, err := tx.LearnersAccount(ctx, l.ID)
	if err == nil {
		return a, d.mayJoin(ctx, tx, a)
	}
	if record.KindOf(err) != record.NotFound {
		return nil, err
	}
	known := *p
	if known.Email = l.Email; checkEmail("account.learnerAccount", known.Email) != nil {
		return nil, unknownPerson("account.learnerAccount")
	}
	known.Name = l.Name.Display
	return d.newCampusAccount(ctx, tx, s, &known, []record.Role{record.RoleLearner}, l.ID)
}

func (d *Desk) newCampusAccount(ctx context.Context, tx *store.Tx, s *record.CampusService, p *campusPerson, roles []record.Role, learner record.LearnerID) (*record.Account, error) {
	a := &record.Account{ID: record.AccountID(record.NewOrderedID()), Institution: s.Institution, Email: p.Email, Name: p.Name, Roles: roles, Learner: learner}
	if a.Name == "" {
		a.Name = a.Email
	}
	if err := d.room(ctx, tx, a.Institution); err != nil {
		return nil, err
	}
	err := tx.AddAccount(ctx, a, emailKey(a.Email), d.now())
	if record.KindOf(err) == record.Conflict {
		return nil, unknownPerson("account.newCampusAccount")
	}
	if err != nil {
		return nil, err
	}
	return a, d.event(ctx, tx, a.Actor(), a, "account.added", "by", string(s.ID))
}

// groupRoles are the roles that a person's groups give.
func groupRoles(s *record.CampusService, p *campusPerson) []record.Role {
	var out []record.Role
	for _, r := range campusRoles {
		for _, g := range p.Groups {
			if s.Settings.Groups[g] == r && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// campusRoles are the roles that a group may give. Whose record somebody holds is no matter of groups, and who looks after
// the whole server none of an institution's.
var campusRoles = []record.Role{record.RoleRegistrar, record.RoleApprover, record.RoleOperator}

// rolesFromGroups gives a colleague the roles of their groups and no other, where the service has such a rule. What groups
// do not give stays as it is.
func (d *Desk) rolesFromGroups(ctx context.Context, tx *store.Tx, s *record.CampusService, a *record.Account, p *campusPerson) error {
	if len(s.Settings.Groups) == 0 || a.Learner != "" && len(a.Roles) == 1 && len(groupRoles(s, p)) == 0 {
		return nil
	}
	roles := groupRoles(s, p)
	for _, r := range a.Roles {
		if !slices.Contains(campusRoles, r) {
			roles = append(roles, r)
		}
	}
	if slices.Equal(roles, a.Roles) {
		return nil
	}
	before := a.Roles
	if a.Roles = roles; roles == nil {
		a.Roles = []record.Role{}
	}
	if err := tx.ChangeAccount(ctx, a); err != nil {
		return err
	}
	return d.event(ctx, tx, a.Actor(), a, "account.roles_set", "by", string(s.ID), "before", words(before), "after", words(a.Roles))
}

func words(roles []record.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return strings.Join(out, " ")
}

// room says whether an institution may have one more account.
func (d *Desk) room(ctx context.Context, tx *store.Tx, id record.InstitutionID) error {
	standing, err := tx.Standing(ctx, id)
	if err != nil || standing.MaxAccounts == 0 {
		return err
	}
	n, err := tx.CountAccounts(ctx, id)
	if err != nil {
		return err
	}
	if n >= standing.MaxAccounts {
		return record.Errorf(record.Conflict, "account.room", "this institution has its %d accounts; ask whoever runs the server for more, or close one", standing.MaxAccounts)
	}
	return nil
}

// client asks services; without one there is no such sign-in.
func (d *Desk) client(op string) (*http.Client, error) {
	if d.Client == nil {
		return nil, record.Errorf(record.NotFound, op, "there is no such sign-in")
	}
	return d.Client, nil
}
