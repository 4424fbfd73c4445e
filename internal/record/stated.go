package record

import (
	"strings"
	"time"
)

// StatementID names something that a learner states about themselves.
type StatementID string

// Statement is what a learner says about themselves: nobody has signed it, and it is never shown otherwise.
type Statement struct {
	ID          StatementID
	Institution InstitutionID
	Learner     LearnerID
	Body        StatementBody
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64
}

// StatementBody is what is stated. Dates are days: "2025-05-20".
type StatementBody struct {
	Name        string      `json:"name"`
	Type        string      `json:"type"` // achievementType
	Description string      `json:"description"`
	Start       string      `json:"start,omitempty"`
	End         string      `json:"end,omitempty"`
	Evidence    []Evidence  `json:"evidence,omitempty"`
	Skills      []Alignment `json:"skills,omitempty"`
}

// Sum is what a confirmation is about: who changes the words afterwards has not been confirmed in them.
func (b *StatementBody) Sum() string {
	parts := []string{b.Name, b.Type, b.Description, b.Start, b.End}
	for _, e := range b.Evidence {
		parts = append(parts, e.URL, e.Name)
	}
	for _, s := range b.Skills {
		parts = append(parts, s.URL, s.Name)
	}
	return Sum([]byte(strings.Join(parts, "\x1f")))
}

// ConfirmationID names a request to confirm a statement.
type ConfirmationID string

// Confirmation is what somebody without an account says about a statement. It is no endorsement credential: the one who
// confirms has no key, and the house does not sign for them. The house says what it knows: a link that went to this address
// was used, and this is what was written there.
type Confirmation struct {
	ID        ConfirmationID
	Statement StatementID
	Learner   LearnerID
	Email     string // where the link went
	TokenHash string
	About     string // Sum of the statement's body as it was asked about
	Answer    ConfirmationAnswer
	Name      string // as they call themselves
	Role      string // how they know
	Text      string
	AskedAt   time.Time
	ExpiresAt time.Time
	Answered  time.Time
	// Endorsement is what the server signed of the answer (Open Badges 3.0, EndorsementCredential), empty for nothing.
	Endorsement []byte
}

// ConfirmationAnswer is what came of a request.
type ConfirmationAnswer string

// The answers.
const (
	ConfirmationOpen     ConfirmationAnswer = "open"
	ConfirmationGiven    ConfirmationAnswer = "confirmed"
	ConfirmationDeclined ConfirmationAnswer = "declined"
)

// Domain is where the address is, which is what a reader may see of it.
func (c *Confirmation) Domain() string {
	return c.Email[strings.LastIndexByte(c.Email, '@')+1:]
}

// Holds reports whether the answer confirms the statement as it stands.
func (c *Confirmation) Holds(b *StatementBody) bool {
	return c.Answer == ConfirmationGiven && c.About == b.Sum()
}
