package record

import "slices"

// Role is what an account may do inside its institution.
type Role string

const (
	RoleRegistrar Role = "registrar" // imports, edits, prepares, corrects, revokes
	RoleApprover  Role = "approver"  // approves what another prepared
	RoleLearner   Role = "learner"   // reads, curates and shares their own record
	RoleOperator  Role = "operator"  // the institution's keys, accounts and sign-in; no learner's content
	RoleSteward   Role = "steward"   // the server: its institutions and their first people; no institution's content
)

// Roles lists every role inside an institution, in the order in which pages show them. A steward has none of them.
var Roles = []Role{RoleRegistrar, RoleApprover, RoleLearner, RoleOperator}

// Actor is who acts. The doors make it from a session or a token; every desk method takes it and judges by it alone.
// The zero Actor is a stranger.
type Actor struct {
	Account     AccountID
	Institution InstitutionID
	Learner     LearnerID // set when the account is a learner's
	Name        string
	Roles       []Role
	RequestID   string // for the audit event; never a secret
}

// System returns the actor of the program's own work for an institution: resuming a run, refreshing a list. It has the
// registrar's role and no account, so that the audit shows that no person acted.
func System(institution InstitutionID) Actor {
	return Actor{Institution: institution, Name: "system", Roles: []Role{RoleRegistrar}}
}

// Stranger reports whether nobody is signed in.
func (a Actor) Stranger() bool { return a.Account == "" && len(a.Roles) == 0 }

// Has reports whether the actor holds any of the roles.
func (a Actor) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(a.Roles, r) })
}

// Require returns nil when the actor belongs to the institution and holds one of the roles. A stranger and an actor of
// another institution get NotFound, so that an id tells nobody whether it exists; a colleague without the role gets
// Forbidden.
func (a Actor) Require(op string, institution InstitutionID, roles ...Role) error {
	if a.Stranger() || a.Institution == "" || a.Institution != institution {
		return Errorf(NotFound, op, "there is nothing here for you; sign in with the account that may see it")
	}
	if !a.Has(roles...) {
		return Errorf(Forbidden, op, "this needs the role %q; ask your institution's operator for it", roles[0])
	}
	return nil
}

// RequireSelf returns nil when the actor is this learner.
func (a Actor) RequireSelf(op string, learner LearnerID) error {
	if learner == "" || a.Learner != learner || !a.Has(RoleLearner) {
		return Errorf(NotFound, op, "there is nothing here for you; sign in with the account that may see it")
	}
	return nil
}

// ID returns the words by which the audit names the actor: the account, "system" or "stranger".
func (a Actor) ID() string {
	switch {
	case a.Account != "":
		return string(a.Account)
	case a.Stranger():
		return "stranger"
	default:
		return "system"
	}
}

// Account is a person who can sign in.
type Account struct {
	ID           AccountID
	Institution  InstitutionID
	Email        string
	Name         string
	Roles        []Role
	Learner      LearnerID // the learner this account belongs to, if any
	PasswordHash string    // argon2id, or empty when the account has no password
	Disabled     bool
}

// Actor returns the actor that a session of this account acts as.
func (a *Account) Actor() Actor {
	return Actor{Account: a.ID, Institution: a.Institution, Learner: a.Learner, Name: a.Name, Roles: slices.Clone(a.Roles)}
}
