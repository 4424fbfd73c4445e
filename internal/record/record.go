// Package record holds Laurel's nouns and their rules, without I/O: institutions, learners, achievements,
// awards, credentials, shares, the people who act on them, the events they leave and the errors they meet.
//
// The rules are:
//
//   - A credential's bytes are what was signed; nothing here re-marshals them.
//   - Every act names its Actor; the zero Actor is a stranger at the door and may do what strangers may.
//   - Times are UTC and no finer than a microsecond, so that every database gives back what it was given.
package record

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Each kind of thing has its own identifier type, so that a learner's id cannot be handed in as a share's.
type (
	InstitutionID string
	AccountID     string
	LearnerID     string
	AchievementID string
	AwardID       string
	BatchID       string
	RunID         string
	CredentialID  string
	ShareID       string
	KeyID         string
	StatusListID  string
	FrameworkID   string
)

// NewID returns a fresh random identifier: a version 4 UUID, so that ids which become addresses cannot be guessed
// (122 random bits) and tell nobody when they were made.
func NewID() string { return uuid.NewString() }

// NewOrderedID returns a fresh identifier that sorts after those made before: a version 7 UUID, for rows that are listed
// in the order in which they were entered and whose id is no address.
func NewOrderedID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return NewID() // no randomness for the tail; NewString panics where there is none at all
	}
	return id.String()
}

// DerivedID returns the same identifier for the same parts, always: a version 5 UUID under the given institution.
// Importers use it, so that the same row of the same source gets the same id on every run.
func DerivedID(institution InstitutionID, parts ...string) string {
	space, err := uuid.Parse(string(institution))
	if err != nil {
		space = uuid.NewSHA1(uuid.NameSpaceURL, []byte(institution))
	}
	return uuid.NewSHA1(space, []byte(strings.Join(parts, "\x1f"))).String()
}

// Time returns t as the record keeps it: UTC, whole microseconds.
func Time(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Sum returns the SHA-256 of b in lower-case hexadecimal.
func Sum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
