package account

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Desk is the desk of accounts over one store.
type Desk struct {
	DB *store.DB
	// Now tells the time; nil means the clock.
	Now func() time.Time

	// PublicURL is the address under which people reach this server, without a trailing slash. Passkeys are bound to its
	// host and campus sign-in comes back to it; empty: neither is offered.
	PublicURL string
	// Secrets seals and opens what campus sign-in services know us by; nil: services with a secret cannot be set up.
	Secrets Secrets
	// Client asks campus sign-in services; nil: none is asked.
	Client *http.Client
}

// Secrets keeps secrets at rest (*keyring.Keyring).
type Secrets interface {
	SealSecret(secret []byte) ([]byte, error)
	OpenSecret(sealed []byte) ([]byte, error)
}

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return record.Time(d.Now())
	}
	return record.Time(time.Now())
}

const (
	// maxLinkLife bounds a sign-in link for one use: it travels by mail, and mail boxes are read by others later.
	maxLinkLife = 7 * 24 * time.Hour
	maxName     = 500
)

// emailKey is an address in the form by which it is unique: trimmed, lower case. Nothing else is folded: two addresses
// that a mail server tells apart are two people.
func emailKey(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

func checkEmail(op, address string) error {
	a, err := mail.ParseAddress(address)
	if err != nil || a.Address != strings.TrimSpace(address) || strings.Count(address, "@") != 1 {
		return record.Errorf(record.Invalid, op, "%q is not an email address", address)
	}
	return nil
}

// Add makes an account. An operator may make any, a registrar those of learners.
func (d *Desk) Add(ctx context.Context, actor record.Actor, n NewAccount) (*record.Account, error) {
	const op = "account.Add"
	if err := mayManage(op, actor, n.Institution, n.Roles); err != nil {
		return nil, err
	}
	if err := checkEmail(op, n.Email); err != nil {
		return nil, err
	}
	if strings.TrimSpace(n.Name) == "" || len(n.Name) > maxName {
		return nil, record.Errorf(record.Invalid, op, "an account needs a name of at most %d bytes", maxName)
	}
	if len(n.Roles) == 0 {
		return nil, record.Errorf(record.Invalid, op, "an account needs at least one role")
	}
	for _, r := range n.Roles {
		if !known(r) {
			return nil, record.Errorf(record.Invalid, op, "there is no role %q", r)
		}
	}
	if slices.Contains(n.Roles, record.RoleLearner) != (n.Learner != "") {
		return nil, record.Errorf(record.Invalid, op, "the role learner goes with a learner of the institution, and no other role does")
	}
	a := &record.Account{ID: record.AccountID(record.NewOrderedID()), Institution: n.Institution, Email: strings.TrimSpace(n.Email), Name: n.Name, Roles: n.Roles, Learner: n.Learner}
	if n.Password != "" {
		var err error
		if a.PasswordHash, err = newPassword(ctx, n.Password); err != nil {
			return nil, err
		}
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if a.Learner != "" {
			l, err := tx.Learner(ctx, a.Learner)
			if err != nil {
				return err
			}
			if l.Institution != a.Institution {
				return record.Errorf(record.NotFound, op, "this institution has no such learner")
			}
		}
		if err := d.room(ctx, tx, a.Institution); err != nil {
			return err
		}
		err := tx.AddAccount(ctx, a, emailKey(a.Email), d.now())
		if record.KindOf(err) == record.Conflict {
			return record.Errorf(record.Conflict, op, "there is already an account with this address, or for this learner")
		}
		if err != nil {
			return err
		}
		return d.event(ctx, tx, actor, a, "account.added")
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return a, nil
}

// known tells a role that there is.
func known(r record.Role) bool { return r == record.RoleSteward || slices.Contains(record.Roles, r) }

// mayManage: a steward manages the staff of every institution, an operator every account of their own but a steward's, a
// registrar the learners'.
func mayManage(op string, actor record.Actor, institution record.InstitutionID, roles []record.Role) error {
	if actor.Account == "" && !actor.Stranger() && actor.Institution == institution {
		return nil // the program itself
	}
	if actor.Has(record.RoleSteward) && actor.Institution != "" && !slices.Contains(roles, record.RoleLearner) {
		return nil
	}
	if slices.Contains(roles, record.RoleSteward) {
		return actor.Require(op, institution, record.RoleSteward)
	}
	if len(roles) == 1 && roles[0] == record.RoleLearner {
		return actor.Require(op, institution, record.RoleOperator, record.RoleRegistrar)
	}
	return actor.Require(op, institution, record.RoleOperator)
}

func newPassword(ctx context.Context, password string) (string, error) {
	if n := len([]rune(password)); n < minPassword || len(password) > maxPassword {
		return "", coded("password.length", record.Errorf(record.Invalid, "account.newPassword", "a password has from %d to %d characters; several words in a row are good", minPassword, maxPassword))
	}
	return HashPassword(ctx, password)
}

// coded gives an error the code by which pages find its sentence in the reader's language.
func coded(code string, e *record.Error) *record.Error {
	e.Code = code
	return e
}

// event writes an audit event about an account; detail is pairs of names and words.
func (d *Desk) event(ctx context.Context, tx *store.Tx, actor record.Actor, a *record.Account, action string, detail ...string) error {
	e := &record.Event{Institution: a.Institution, At: d.now(), Actor: actor.ID(), Action: action, Object: "account/" + string(a.ID), Learner: a.Learner}
	if actor.RequestID != "" {
		detail = append(detail, "request", actor.RequestID)
	}
	for i := 0; i+1 < len(detail); i += 2 {
		if e.Detail == nil {
			e.Detail = map[string]string{}
		}
		e.Detail[detail[i]] = detail[i+1]
	}
	return tx.Append(ctx, e)
}

// NewLink makes a sign-in link for an account. A reusable one is for demonstrations; a link for one use lives at most a
// week.
func (d *Desk) NewLink(ctx context.Context, actor record.Actor, id record.AccountID, valid time.Duration, reusable bool) (*Link, error) {
	const op = "account.NewLink"
	if valid <= 0 || !reusable && valid > maxLinkLife {
		return nil, record.Errorf(record.Invalid, op, "a sign-in link lives from now to at most %s", maxLinkLife)
	}
	if reusable && actor.Account != "" {
		return nil, record.Errorf(record.Forbidden, op, "a sign-in link for many uses is for demonstrations only")
	}
	link := &Link{Token: rand.Text(), ExpiresAt: d.now().Add(valid), Reusable: reusable}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		if err := mayManage(op, actor, a.Institution, a.Roles); err != nil {
			return err
		}
		if err := tx.AddLink(ctx, record.Sum([]byte(link.Token)), id, reusable, link.ExpiresAt); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, a, "account.link_made")
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return link, nil
}

// SignInByLink uses a sign-in link. An unknown, used or expired one is NotFound; which of them it is, is not told.
func (d *Desk) SignInByLink(ctx context.Context, token string) (*record.Account, error) {
	const op = "account.SignInByLink"
	refused := record.Errorf(record.NotFound, op, "this sign-in link does not work: it was used, or it is too old; ask for a new one")
	if token == "" || len(token) > maxPassword {
		return nil, refused
	}
	var a *record.Account
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		id, err := tx.UseLink(ctx, record.Sum([]byte(token)), d.now())
		if err != nil {
			return err
		}
		if a, err = tx.Account(ctx, id); err != nil {
			return err
		}
		if a.Disabled {
			return refused
		}
		return d.event(ctx, tx, a.Actor(), a, "account.signed_in")
	})
	if record.KindOf(err) == record.NotFound {
		return nil, refused
	}
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return a, nil
}

// SignInByPassword checks address and password. Every failure looks alike, and takes alike long.
func (d *Desk) SignInByPassword(ctx context.Context, email, password string) (*record.Account, error) {
	const op = "account.SignInByPassword"
	var all []*record.Account
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.AccountsByEmail(ctx, emailKey(email))
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if len(all) == 0 {
		all = []*record.Account{{Disabled: true}}
	}
	for _, a := range all {
		ok, err := CheckPassword(ctx, a.PasswordHash, password)
		if err != nil {
			return nil, err
		}
		if !ok || a.Disabled {
			continue
		}
		err = d.DB.Update(ctx, func(tx *store.Tx) error { return d.event(ctx, tx, a.Actor(), a, "account.signed_in") })
		if err != nil {
			return nil, record.Wrap(op, err)
		}
		return a, nil
	}
	return nil, record.Errorf(record.Forbidden, op, "the address or the password is wrong")
}

// SetPassword gives the actor's own account a password and ends every session of it; the door begins a new one.
func (d *Desk) SetPassword(ctx context.Context, actor record.Actor, password string) error {
	const op = "account.SetPassword"
	if actor.Account == "" {
		return record.Errorf(record.NotFound, op, "sign in first")
	}
	hash, err := newPassword(ctx, password)
	if err != nil {
		return err
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := tx.Account(ctx, actor.Account)
		if err != nil {
			return err
		}
		a.PasswordHash = hash
		if err := tx.ChangeAccount(ctx, a); err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, a.ID, d.now()); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, a, "account.password_set")
	})
	return record.Wrap(op, err)
}

// SetRoles changes what an account may do; no role at all closes it. It takes effect with the account's next request.
func (d *Desk) SetRoles(ctx context.Context, actor record.Actor, id record.AccountID, roles []record.Role) error {
	const op = "account.SetRoles"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		if err := mayManage(op, actor, a.Institution, append(slices.Clone(a.Roles), roles...)); err != nil {
			return err
		}
		for _, r := range roles {
			if !known(r) || r == record.RoleLearner && a.Learner == "" {
				return record.Errorf(record.Invalid, op, "this account cannot have the role %q", r)
			}
		}
		a.Roles, a.Disabled = roles, len(roles) == 0
		if err := tx.ChangeAccount(ctx, a); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, a, "account.roles_set")
	})
	return record.Wrap(op, err)
}

// List lists an institution's accounts, without their password hashes.
func (d *Desk) List(ctx context.Context, actor record.Actor) ([]record.Account, error) {
	const op = "account.List"
	if err := actor.Require(op, actor.Institution, record.RoleOperator, record.RoleRegistrar); err != nil {
		return nil, err
	}
	var out []record.Account
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Accounts(ctx, actor.Institution)
		for _, a := range all {
			a.PasswordHash = ""
			out = append(out, *a)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// Actor returns the actor of an account as its rights are now; a disabled account is NotFound. Doors call it on every
// request with the account id from the session, so that a right that was taken away is gone at once.
func (d *Desk) Actor(ctx context.Context, id record.AccountID) (record.Actor, error) {
	const op = "account.Actor"
	var a *record.Account
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		a, err = tx.Account(ctx, id)
		return err
	})
	if err != nil {
		return record.Actor{}, record.Wrap(op, err)
	}
	if a.Disabled {
		return record.Actor{}, record.Errorf(record.NotFound, op, "this account is closed; ask your institution")
	}
	return a.Actor(), nil
}

// Sweep deletes sessions and links that nobody can use any more.
func (d *Desk) Sweep(ctx context.Context) error {
	return record.Wrap("account.Sweep", d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DropSignInSteps(ctx, d.now()); err != nil {
			return err
		}
		return tx.DropExpired(ctx, d.now())
	}))
}
