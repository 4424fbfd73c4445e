package record

import "time"

// InquiryID names an inquiry.
type InquiryID string

// Inquiry is what a learner asks the office about a line of their record, with its thread. The office must answer: DueAt is
// one month after it was asked (GDPR, Article 12(3); FERPA gives 45 days to a request for access).
type Inquiry struct {
	ID          InquiryID
	Institution InstitutionID
	Learner     LearnerID
	About       string // credential URI
	Name        string // of the credential
	Kind        InquiryKind
	State       InquiryState
	CreatedAt   time.Time
	UpdatedAt   time.Time
	DueAt       time.Time
	Version     int64
}

// InquiryKind is what is asked.
type InquiryKind string

// The kinds.
const (
	AskCorrection InquiryKind = "correction" // something is wrong
	AskLevel      InquiryKind = "level"      // the level was not recorded
	AskErasure    InquiryKind = "erasure"    // delete what may be deleted
	AskOther      InquiryKind = "other"
)

// InquiryKinds lists them in the order in which pages offer them.
var InquiryKinds = []InquiryKind{AskCorrection, AskLevel, AskErasure, AskOther}

// InquiryState is whose turn it is.
type InquiryState string

// The states.
const (
	InquiryOpen     InquiryState = "open"     // the office's turn
	InquiryAnswered InquiryState = "answered" // the learner's turn
	InquiryClosed   InquiryState = "closed"
)

// InquiryMessage is one entry of the thread.
type InquiryMessage struct {
	Inquiry InquiryID
	Office  bool // written by the office; otherwise by the learner
	Author  string
	Text    string
	At      time.Time
}

// Consent is a guardian's answer to whether a minor may share. The newest answer counts, and may be taken back.
type Consent struct {
	ID        string
	Learner   LearnerID
	Email     string
	TokenHash string
	Answer    ConsentAnswer
	AskedAt   time.Time
	Answered  time.Time
	ExpiresAt time.Time
}

// ConsentAnswer is what a guardian said.
type ConsentAnswer string

// The answers.
const (
	ConsentAsked   ConsentAnswer = "asked"
	ConsentAllowed ConsentAnswer = "allowed"
	ConsentRefused ConsentAnswer = "refused"
)

// NoticeKind is a kind of mail that can be turned off.
type NoticeKind string

// NoticeKinds lists them in the order in which pages show them.
var NoticeKinds = []NoticeKind{"issued", "corrected", "revoked", "expiring", "answered", "share-opened"}
