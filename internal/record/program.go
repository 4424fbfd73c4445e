package record

import (
	"slices"
	"time"
)

// Scope is one thing that an API key may do.
type Scope string

const (
	ScopeRead    Scope = "read"          // people, achievements, awards, records
	ScopeAwards  Scope = "awards"        // make and change drafts, bring in files
	ScopeApprove Scope = "awards.issue"  // approve and issue, where the institution's policy lets its maker do so
	ScopeRevoke  Scope = "awards.revoke" // withdraw what was issued
	ScopeShares  Scope = "shares"        // a learner's own shares; for keys of learners alone
)

// Scopes lists what a key of an institution may do, and LearnerScopes what a learner's may.
var (
	Scopes        = []Scope{ScopeRead, ScopeAwards, ScopeApprove, ScopeRevoke}
	LearnerScopes = []Scope{ScopeRead, ScopeShares}
)

// APIKey lets a program act for the person who made it, within its scopes and never beyond that person's own roles.
type APIKey struct {
	ID          string
	Institution InstitutionID
	Account     AccountID // who made it; the audit names this person
	Learner     LearnerID // set for a learner's own key
	Name        string
	Prefix      string // the part that pages show
	Hash        string // SHA-256 of the whole key; the key itself is nowhere
	Scopes      []Scope
	CreatedAt   time.Time
	ExpiresAt   time.Time // zero: until revoked
	LastUsedAt  time.Time
	RevokedAt   time.Time
}

// May reports whether the key has a scope.
func (k *APIKey) May(s Scope) bool { return slices.Contains(k.Scopes, s) }

// Open reports whether the key opens anything at a moment.
func (k *APIKey) Open(now time.Time) bool {
	return k.RevokedAt.IsZero() && (k.ExpiresAt.IsZero() || now.Before(k.ExpiresAt))
}

// Reply is the answer to a request that carried an idempotency key.
type Reply struct {
	Key         string // the API key's id and the request's idempotency key
	RequestHash string
	Status      int // 0 while the first request is under way
	ContentType string
	Body        []byte
	CreatedAt   time.Time
}

// HookEvents is the table of what a web hook can tell: the audit's action → the event's type.
var HookEvents = map[string]string{
	"award.approved": "award.approved", "award.issued": "award.issued", "award.corrected": "award.corrected",
	"award.revoked": "credential.revoked", "award.suspended": "credential.suspended", "award.reinstated": "credential.reinstated",
	"record.issued": "record.issued", "record.refused": "record.refused", "import.staged": "import.staged", "import.committed": "import.finished",
}

// Hook is an address that is told what happens at an institution.
type Hook struct {
	ID           string
	Institution  InstitutionID
	URL          string
	Events       []string // types; none: all
	Sealed       []byte   // the key that signs, closed by the keyring
	SealedBefore []byte   // the key before it, in force until RotatedAt and a day
	RotatedAt    time.Time
	Cursor       int64 // number of the last audit event that was looked at
	FailingSince time.Time
	DisabledAt   time.Time
	Reason       string // why it was disabled
	CreatedBy    AccountID
	CreatedAt    time.Time
}

// HookDelivery is one event on its way to a hook.
type HookDelivery struct {
	ID          string // webhook-id: the same for every attempt
	Hook        string
	Event       string
	Body        []byte
	Attempts    int
	Status      int // of the last answer, 0: none
	Error       string
	DeliveredAt time.Time
	CreatedAt   time.Time
}
