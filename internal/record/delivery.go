package record

import "time"

type (
	DeliveryID    string
	ExperienceID  string
	EndorsementID string
)

// DeliveryKind is what a delivery brings.
type DeliveryKind string

const (
	DeliverClaim   DeliveryKind = "claim"   // something was issued; with a code by which the learner opens the record
	DeliverRenewal DeliveryKind = "renewal" // something runs out soon
	DeliverAttest  DeliveryKind = "attest"  // a supervisor is asked to confirm an experience
)

// DeliveryState is where a delivery stands.
type DeliveryState string

const (
	DeliveryQueued  DeliveryState = "queued"  // waits for the mail server; Reason says what the last attempt met
	DeliverySent    DeliveryState = "sent"    // handed to the mail server, or written into the outbox
	DeliveryFailed  DeliveryState = "failed"  // refused for good, or given up
	DeliveryBounced DeliveryState = "bounced" // came back later, as the office saw in its mail box
	DeliveryPaper   DeliveryState = "paper"   // there is no address: a letter is to be printed
	DeliveryPrinted DeliveryState = "printed"
	DeliveryOff     DeliveryState = "off"  // the learner wants no mail of this kind
	DeliveryDone    DeliveryState = "done" // claimed, or answered
)

// DeliveryStates lists them in the order in which pages show them.
var DeliveryStates = []DeliveryState{DeliveryQueued, DeliverySent, DeliveryFailed, DeliveryBounced, DeliveryPaper, DeliveryPrinted, DeliveryDone, DeliveryOff}

// Delivery is one mail or letter to a person about a record.
type Delivery struct {
	ID          DeliveryID
	Institution InstitutionID
	Learner     LearnerID
	Kind        DeliveryKind
	About       string // the run, the credential or the experience
	Address     string // empty: on paper
	State       DeliveryState
	Reason      string // why it failed
	Attempts    int    // of this mailing
	Mailing     int    // 1, 2, …: sent again
	CreatedBy   AccountID
	CreatedAt   time.Time
	SentAt      time.Time
	DoneAt      time.Time
	Version     int64
}

// Wording is an institution's own words for a kind of mail.
type Wording struct {
	Institution InstitutionID
	Name        string // such as "mail.claim"
	Lang        string
	Subject     string
	Text        string
	ChangedBy   AccountID
	ChangedAt   time.Time
}

// ExperienceState is where an experience stands.
type ExperienceState string

const (
	ExperienceAsked     ExperienceState = "asked"
	ExperienceConfirmed ExperienceState = "confirmed"
	ExperienceDeclined  ExperienceState = "declined"
	ExperienceWithdrawn ExperienceState = "withdrawn" // the office took the question back
)

// Experience is something done outside the classroom, which somebody who saw it is asked to confirm.
type Experience struct {
	ID          ExperienceID
	Institution InstitutionID
	Learner     LearnerID
	Achievement AchievementID
	Body        ExperienceBody
	State       ExperienceState
	Answer      ExperienceAnswer
	Award       AwardID // the draft that a confirmation made
	CreatedBy   AccountID
	CreatedAt   time.Time
	AnsweredAt  time.Time
	ExpiresAt   time.Time // until when it can be answered
	Version     int64
}

// ExperienceBody is what the office writes down.
type ExperienceBody struct {
	Organization string `json:"organization"`
	Role         string `json:"role"`
	Start        string `json:"start"` // a day
	End          string `json:"end"`   // a day
	Hours        string `json:"hours,omitempty"`
	Narrative    string `json:"narrative,omitempty"`
	Supervisor   string `json:"supervisor"` // name
	Email        string `json:"email"`      // of the supervisor
}

// ExperienceAnswer is what the supervisor said.
type ExperienceAnswer struct {
	Name string `json:"name,omitempty"`
	Role string `json:"role,omitempty"`
	Text string `json:"text,omitempty"` // a comment, or why not
}

// EndorsementKind is what kind of thing is endorsed.
type EndorsementKind string

const (
	EndorseAchievement EndorsementKind = "achievement"
	EndorseIssuer      EndorsementKind = "issuer"
	EndorseAward       EndorsementKind = "award"
)

// Endorsement is a signed endorsement (Open Badges 3.0, EndorsementCredential).
type Endorsement struct {
	ID          EndorsementID
	Institution InstitutionID
	Kind        EndorsementKind
	About       string    // IRI of the achievement, DID of the issuer, address of the award's credential
	Learner     LearnerID // of an award
	Name        string    // of what is endorsed
	Comment     string
	State       CredentialState // current or revoked
	Reason      string
	Bytes       []byte
	SHA256      string
	Key         KeyID // that signed
	CreatedBy   AccountID
	CreatedAt   time.Time
	EndedAt     time.Time
}

// EndorsementURL returns the address of an endorsement, which is its id.
func (i *Institution) EndorsementURL(id EndorsementID) string {
	return i.Root() + "/endorsements/" + string(id)
}

// Lifetime says how long awards of one entry of the catalogue are valid.
type Lifetime struct {
	Institution InstitutionID
	SourceKey   string // of the achievement
	Months      int    // zero: for ever, unless the award says otherwise
	NoticeDays  int    // before the end
	ChangedBy   AccountID
	ChangedAt   time.Time
}
