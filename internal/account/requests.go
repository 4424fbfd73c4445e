// Package account answers who is at the door: accounts, sign-in links, passwords, sessions and roles, and the
// record.Actor that comes of them.
package account

import (
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// NewAccount is a person who shall be able to sign in.
type NewAccount struct {
	Institution record.InstitutionID
	Email       string
	Name        string
	Roles       []record.Role
	Learner     record.LearnerID
	Password    string // optional
}

// Link is a sign-in link. Token is shown once and kept nowhere; the address is the door's to make.
type Link struct {
	Token     string
	ExpiresAt time.Time
	Reusable  bool // demonstration only
}
