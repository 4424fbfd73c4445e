package record

import "time"

// HoldKind is what a hold keeps back.
type HoldKind string

const (
	// HoldDirectory keeps even the existence of a record from everybody without an account (34 CFR 99.37, opting out of
	// directory information). What the learner shares is the learner's own act and goes on.
	HoldDirectory HoldKind = "directory"
	// HoldRelease keeps a record from every third party, the learner's links and connected programs among them. The
	// learner's own access goes on (34 CFR 99.10).
	HoldRelease HoldKind = "release"
)

// HoldKinds lists every kind, in the order in which pages show them.
var HoldKinds = []HoldKind{HoldDirectory, HoldRelease}

// Hold keeps a learner's record back until it is lifted.
type Hold struct {
	Learner     LearnerID
	Kind        HoldKind
	Institution InstitutionID
	Reason      string
	SetBy       string // account id
	SetAt       time.Time
}

// Ground is why something about a learner was given to somebody.
type Ground string

// Grounds lists why an office may give something away: consent in writing, and the exceptions of 34 CFR 99.31 that
// offices meet. The words of the learner's own country stand in the text beside it.
var Grounds = []Ground{"consent", "school-official", "other-school", "financial-aid", "accreditor", "court-order", "emergency", "audit", "other"}

// Disclosure is one time that the office gave something about a learner to a party outside (34 CFR 99.32).
type Disclosure struct {
	ID          string
	Institution InstitutionID
	Learner     LearnerID
	Party       string // who got it
	What        string // what of the record
	Ground      Ground
	MadeBy      string // account id
	MadeAt      time.Time
}

// Erasure says that a learner was erased. The id meant something only in this database.
type Erasure struct {
	Learner     LearnerID
	Institution InstitutionID
	Ground      string
	ErasedBy    string // account id
	ErasedAt    time.Time
}
