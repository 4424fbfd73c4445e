package registrar

import (
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/roster"
	"github.com/openlaurel/laurel/verify"
)

// File is one uploaded file.
type File = roster.File

// ImportRequest is a registrar's upload: one file, or the several files of one set.
type ImportRequest struct {
	Format string // of roster's table of formats: "csv", "pesc", …; empty: recognise it
	Source string // names the source system, so that its keys are its own; empty: the format's name
	Files  []File
	// Mapping says how columns and values are read; nil: as the named source, or the last one with the same columns, does.
	Mapping *record.Mapping

	part bool // one part of a longer file
}

// Preview is what an import would do. Nothing has been written.
type Preview struct {
	Batch    record.BatchID // set when the upload was staged, so that CommitImport can find it
	Format   string
	Source   string          // the named source that it is read as, if any
	Mapping  *record.Mapping // of that source, or of this upload
	Unready  bool            // its columns must be matched before anything can be said
	FileName string
	Counts   record.Counts
	Findings []record.Finding
	Rows     []PreviewRow
	Unused   []string // columns that nothing was read from
	More     int      // rows beyond those in Rows
}

// RowState is what would become of a row.
type RowState string

const (
	RowNew       RowState = "new"
	RowChanged   RowState = "changed"   // becomes a correction
	RowUnchanged RowState = "unchanged" // nothing to do
	RowRepeated  RowState = "repeated"
	RowRejected  RowState = "rejected"
	RowVanished  RowState = "vanished"
)

// PreviewRow is one award as it will look.
type PreviewRow struct {
	Row         int
	State       RowState
	Learner     string
	LearnerKey  string
	Achievement string
	Type        string
	Code        string
	AwardedOn   string
	Term        string
	Credits     string
	Result      string           // in words
	Changes     []Change         // for RowChanged
	Findings    []record.Finding // of this row
	Detail      record.AwardDetail
}

// Change is one member that a correction changes.
type Change struct{ Member, Before, After string }

// Imported is what an import did.
type Imported struct {
	Batch    record.BatchID
	Counts   record.Counts
	Findings []record.Finding
	Awards   []record.AwardID // the drafts it made or changed
}

// AwardView is an award with the names that a page shows.
type AwardView struct {
	record.Award
	LearnerName     string
	AchievementName string
	AchievementType string
	AchievementCode string
	AchievementIRI  string
	PreparedByName  string
	ApprovedByName  string
	Result          string // in words
	CredentialURL   string // set once issued
	MayApprove      bool   // this actor may approve this draft
}

// AwardFilter chooses awards. Empty members choose all.
type AwardFilter struct {
	States  []record.AwardState
	Batch   record.BatchID
	Learner record.LearnerID
	Search  string // part of a learner's or an achievement's name, any case
	After   record.AwardID
	Limit   int // at most MaxPage; zero: MaxPage
}

// MaxPage bounds one page of any list: what a person reads and a phone draws.
const MaxPage = 200

// Today is the first screen of the desk.
type Today struct {
	Institution record.Institution
	Drafts      int
	Approved    int
	Issued      int
	Revoked     int
	Learners    int
	Batches     []record.Batch // newest first, at most 5
	Runs        []record.Run   // newest first, at most 5
	Key         *record.Key    // the key that signs, nil when there is none
	KeyTrouble  string         // why it cannot sign, in words; empty when it can
}

// RunView is an issuing run with its items.
type RunView struct {
	record.Run
	Items []RunItemView
}

// RunItemView is one learner of a run.
type RunItemView struct {
	record.RunItem
	LearnerName string
	RecordURL   string // the learner's CLR, once done
	Credentials int
}

// Effect is what an act would do, shown before it is done.
type Effect struct {
	Award       AwardView
	Credentials int // signed versions that change state
	Shares      int // share links that will say so
	Hosts       int // other hosts to which the learner sent the record: they hear of it when they look at the list
	Copies      int // in wallets, which carry the same place in the list
}

// LearnerView is a learner as staff see them.
type LearnerView struct {
	record.Learner
	Awards    []AwardView
	RecordURL string // empty until something was issued
	IssuedAt  time.Time
}

// RecordPreview is a learner's record as it will look, unsigned, with what the linter says about it.
type RecordPreview struct {
	Learner  record.Learner
	Unsigned []byte           // the ClrCredential as it would be signed; empty: a template takes nothing of it
	Findings []verify.Finding // what would be refused
	LeftOut  int              // awards that the template does not take

	Before, After record.LearnerID // the people before and after in the order of names, "" at the ends
}

// ProfileChange is what a person may change about the institution.
type ProfileChange struct {
	Name    string
	Profile record.Profile
	Policy  record.Policy
	Version int64 // of the institution that was read; Conflict when it changed since
}

// DraftChange is what a person may change about a draft.
type DraftChange struct {
	Detail  record.AwardDetail
	Version int64
}
