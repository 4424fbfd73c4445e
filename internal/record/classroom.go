package record

import "time"

type (
	// ClassroomSystemID names a system of the classroom.
	ClassroomSystemID string
	// ClassroomLinkID names an activity of such a system that leads to an achievement.
	ClassroomLinkID string
)

// ClassroomKind is what a system of the classroom speaks.
type ClassroomKind string

const (
	ClassroomLTI       ClassroomKind = "lti"       // LTI 1.3 Advantage: a learning platform
	ClassroomOneRoster ClassroomKind = "oneroster" // OneRoster 1.1 or 1.2 over REST: a roster provider
)

// ClassroomSystem is a system that an institution is connected with.
type ClassroomSystem struct {
	ID          ClassroomSystemID
	Institution InstitutionID
	Kind        ClassroomKind
	Name        string
	Issuer      string // LTI: the platform's issuer; OneRoster: the root of its addresses
	ClientID    string
	Settings    ClassroomSettings
	Sealed      []byte // the client's secret, where there is one
	Off         bool
	CreatedBy   AccountID
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64
}

// ClassroomSettings are the addresses of a system and what else must be known of it.
type ClassroomSettings struct {
	AuthURL     string   `json:"authUrl,omitempty"` // LTI: OIDC authentication
	TokenURL    string   `json:"tokenUrl,omitempty"`
	KeysURL     string   `json:"keysUrl,omitempty"`     // LTI: the platform's JWK set
	Deployments []string `json:"deployments,omitempty"` // LTI: those that may launch
	Audience    string   `json:"audience,omitempty"`    // LTI: aud of requests for tokens; empty: the token address
	Gradebook   string   `json:"gradebook,omitempty"`   // OneRoster 1.2: the root of the gradebook's addresses, where it has its own
	Source      string   `json:"source,omitempty"`      // OneRoster: the import source whose matching is used
}

// ClassroomLink is an activity of a learning platform, chosen by deep link, whose results an award rule reads.
type ClassroomLink struct {
	ID        ClassroomLinkID
	System    ClassroomSystemID
	Rule      RuleID
	Course    string
	ChosenBy  string // in the platform's words
	Least     int    // percent of the best score from which the achievement is earned; 0: any final result
	LineItem  string // address of the activity's column in the platform's grade book
	Members   string // address of the course's members
	ReadAt    time.Time
	Trouble   string // why the last reading failed, in words
	CreatedAt time.Time
	Version   int64
}

// ClassroomState is what became of a result.
type ClassroomState string

const (
	ClassroomDrafted   ClassroomState = "drafted"   // a draft waits, or waited
	ClassroomBelow     ClassroomState = "below"     // not enough
	ClassroomHeld      ClassroomState = "held"      // the person has the achievement, or a decision was made about it
	ClassroomUnmatched ClassroomState = "unmatched" // nobody in the register is meant for certain
	ClassroomChanged   ClassroomState = "changed"   // the result changed after somebody had agreed to the draft
)

// ClassroomResult is one person's result of a link.
type ClassroomResult struct {
	Link    ClassroomLinkID
	Subject string // the platform's name for the person
	Learner LearnerID
	Award   AwardID
	Who     string // what the platform calls somebody who is not in the register; empty for others
	Said    string // the result in words
	State   ClassroomState
	SeenAt  time.Time
}

// PullID names a fetching of a roster.
type PullID string

// PullState is where the fetching of a roster stands.
type PullState string

const (
	PullRunning PullState = "running"
	PullFailed  PullState = "failed"  // after several attempts; goes on when a person says so
	PullStopped PullState = "stopped" // by a person; goes on likewise
	PullDone    PullState = "done"    // what came is a staged import
)

// Pull is one fetching of a roster: page after page, from where it stopped.
type Pull struct {
	ID         PullID
	System     ClassroomSystemID
	Account    AccountID // who asked
	State      PullState
	Collection int // which of the collections is read now
	Offset     int // how many of its rows are here
	Pages      int
	Rows       int
	Attempts   int       // in a row without success
	NotBefore  time.Time // when the next page may be asked for; ahead of now while a node does so
	Trouble    string
	Batch      BatchID
	CreatedAt  time.Time
	Version    int64
}
