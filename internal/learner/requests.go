// Package learner is the learner's desk: read the record, choose from it, share it, see who looked, take it back, take
// it along.
package learner

import (
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/verify"
)

// MyRecord is a learner's record: the signed bytes and what verification finds in them now. Pages lay it out with the
// render room's Record, made from Credential.Bytes and Report.
type MyRecord struct {
	Learner     record.Learner
	Institution record.Institution
	Credential  *record.Credential // the current CLR; nil when nothing was issued yet
	Report      *verify.Report
	Items       []Item
	Kept        []Kept   // what others issued and the learner keeps here
	Stated      []Stated // what the learner states
	Notes       []record.Reflection
	Answers     Answers
	Shares      int  // open share links
	MayShare    bool // false for a minor whose guardian has not allowed it
}

// Item is one credential of the record that can be chosen for a share.
type Item struct {
	Ref        string // path id under /records/
	URI        string
	Name       string
	Kind       string
	Type       string // achievementType
	Code       string
	Result     string // in words
	AwardedOn  string
	ValidUntil time.Time
	State      record.CredentialState
	Reason     string         // why it is suspended, in the registrar's words
	Report     *verify.Report // of this credential on its own

	Parts []string // what may be left out when it is shown: "result", "evidence" …; none for a seal that holds only whole

	bytes []byte
}

// ShareRequest is a learner's wish to show something.
type ShareRequest struct {
	Whole         bool      // the whole record; otherwise Items
	Items         []string  // Item.Ref, "kept/" and the id of a kept one, "stated/" and the id of a statement; in this order
	LeaveOut      []LeftOut // parts of chosen items that are not shown
	Label         string    // for the learner's own list
	Audience      string    // who it is for
	Note          string    // introduction, in the learner's words
	ExpiresAt     time.Time // zero: until revoked
	Passcode      string
	AllowDownload bool
	Signed        bool // with the learner's key, as one presentation
}

// LeftOut is a part of an item that is not shown.
type LeftOut struct{ Ref, Part string }

// ShareChange is what can change about an open share.
type ShareChange struct {
	Label, Audience, Note string
	ExpiresAt             time.Time // zero: until revoked
	AllowDownload         bool
	Passcode              string // a new one; empty: as it is
	NoPasscode            bool   // none from now on
	Order                 []int  // positions of the items in their new order; nil: as it is
}

// NewShare is a share that was just made. Token is shown once and kept nowhere.
type NewShare struct {
	record.Share
	Token string
	URL   string
}

// ShareView is a share in the learner's list.
type ShareView struct {
	record.Share
	Items       []record.ShareItem    // without bytes
	Openings    []record.ShareOpening // newest first, at most 50; Desk.Openings reads on
	HasPasscode bool
	State       string // open, expired, revoked
}

// Export is everything that the learner can take along.
type Export struct {
	FileName    string
	ContentType string
	Bytes       []byte
}
