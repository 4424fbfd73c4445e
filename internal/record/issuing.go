package record

import "time"

// CredentialState is where a signed credential stands.
type CredentialState string

const (
	CredentialCurrent    CredentialState = "current"
	CredentialSuspended  CredentialState = "suspended"
	CredentialSuperseded CredentialState = "superseded"
	CredentialRevoked    CredentialState = "revoked"
)

// Credential is a signed document: its exact bytes and the columns by which it is found.
type Credential struct {
	ID          CredentialID // of this version
	PathID      string       // under /records/; the same for all versions
	URI         string       // the credential's id
	Revision    int64
	Institution InstitutionID
	Learner     LearnerID
	Award       AwardID // empty for a CLR
	Kind        string  // ClrCredential, AchievementCredential
	Name        string
	Issuer      string
	Subject     string
	Suite       string
	ValidFrom   time.Time
	ValidUntil  time.Time
	SHA256      string
	Bytes       []byte
	State       CredentialState
	StatusList  StatusListID
	StatusIndex int64
	Run         RunID
	Key         KeyID // that signed
	CreatedAt   time.Time
}

// BatchState is where an import stands.
type BatchState string

const (
	BatchStaged    BatchState = "staged"    // uploaded and checked; nothing written to anyone's record
	BatchCommitted BatchState = "committed" // its rows are drafts
	BatchUndone    BatchState = "undone"    // taken back before anything of it was issued
)

// Batch is one import: a file, what was found in it, what it made.
type Batch struct {
	ID          BatchID
	Institution InstitutionID
	Format      string
	Source      string // the source system whose keys the rows carry
	FileName    string
	SHA256      string
	State       BatchState
	Counts      Counts
	Findings    []Finding
	CreatedBy   AccountID
	CreatedAt   time.Time
	CommittedAt time.Time
	UndoneAt    time.Time
}

// Counts is what an import did or would do, by row.
type Counts struct {
	Rows      int `json:"rows"`
	Ready     int `json:"ready"`     // rows that become or became drafts or corrections
	New       int `json:"new"`       // awards not seen before
	Changed   int `json:"changed"`   // awards that differ from what we hold: corrections
	Unchanged int `json:"unchanged"` // nothing to do
	Repeated  int `json:"repeated"`  // the same row twice in one file: skipped
	Rejected  int `json:"rejected"`  // rows that need a person
	Vanished  int `json:"vanished"`  // held from this source, absent from this file: reported, never deleted
	Learners  int `json:"learners"`  // new learners
	Catalogue int `json:"catalogue"` // new or changed achievements
}

// Finding is one remark of an importer about one place in a file.
type Finding struct {
	File     string `json:"file,omitempty"`
	Row      int    `json:"row,omitempty"` // 1-based data row; 0 when the whole file is meant
	Column   string `json:"column,omitempty"`
	Severity string `json:"severity"` // error, warning, info
	Code     string `json:"code"`
	Say      string `json:"say"` // what, where, how to mend
	Found    string `json:"found,omitempty"`
	Fix      string `json:"fix,omitempty"` // the value that would mend it, when there is one
}

// RunState is where an issuing run stands.
type RunState string

const (
	RunQueued  RunState = "queued"
	RunRunning RunState = "running"
	RunStopped RunState = "stopped"
	RunDone    RunState = "done"
)

// Run is one act of issuing: its items are learners, and each item is signed whole or not at all.
type Run struct {
	ID          RunID
	Institution InstitutionID
	State       RunState
	Total       int
	Done        int
	Failed      int
	RequestedBy AccountID
	CreatedAt   time.Time
	FinishedAt  time.Time
}

// RunItem is one learner of a run.
type RunItem struct {
	Run      RunID
	Learner  LearnerID
	State    string // pending, done, failed
	Error    string // why it failed, for the person who mends it
	Attempts int
	IssuedAt time.Time // chosen before signing and kept, so that a retry signs the same bytes
}

// Share is a learner's decision to show something to somebody: a copy of the chosen bytes behind an unguessable link.
type Share struct {
	ID            ShareID
	Institution   InstitutionID
	Learner       LearnerID
	TokenHash     string // SHA-256 of the token; the token itself is not kept
	Label         string
	Audience      string // who it is meant for, in the learner's words
	Note          string // the learner's introduction
	Whole         bool   // the whole record (the CLR), not a choice from it
	PasscodeHash  string // argon2id; empty when there is none
	AllowDownload bool
	ExpiresAt     time.Time // zero: until revoked
	RevokedAt     time.Time
	CreatedAt     time.Time
	Openings      int
	LastOpened    time.Time
	Version       int64
}

// ShareItem is one document of a share, copied when the share was made and deleted when it is revoked.
type ShareItem struct {
	Position int
	URI      string
	Name     string
	SHA256   string
	Bytes    []byte
	LeftOut  []string // what the learner left out of it: "result", "evidence" …
	Origin   string   // "" was issued here, OriginKept, OriginStated
}

// Origins of a shared document that was not issued here.
const (
	OriginKept   = "kept"   // by others
	OriginStated = "stated" // the learner's own word, unsigned
)

// ShareOpening is one look at a share. It holds no address, no agent, nothing about the reader.
type ShareOpening struct {
	Share ShareID
	At    time.Time
	Act   string // opened, downloaded, wrong_passcode
}

// Refusal says why a share does not open, in a code that pages can tell apart; empty when it does.
func (s *Share) Refusal(now time.Time) string {
	switch {
	case !s.RevokedAt.IsZero():
		return "share.revoked"
	case !s.ExpiresAt.IsZero() && !now.Before(s.ExpiresAt):
		return "share.expired"
	default:
		return ""
	}
}

// StatusList is one published list of statuses (Bitstring Status List 1.0), purpose revocation.
type StatusList struct {
	ID          StatusListID
	Institution InstitutionID
	Number      int
	Size        int64
	Used        int64
}

// StatusEntry is one reserved place: one list, one index, one version of one credential.
//
// Deviation: the published schemas allow a credential one status entry, so a suspension cannot have a list of its own.
// It sets the same bit as a revocation, which every verifier reads as "do not rely on this", and only a suspension is
// ever lifted.
type StatusEntry struct {
	List      StatusListID
	Index     int64
	URI       string
	Revision  int64
	Revoked   bool
	Suspended bool
	Reason    string
	ChangedAt time.Time
}

// Document is something we publish at an address: a DID document, a profile, a signed status list.
type Document struct {
	URL         string
	Institution InstitutionID
	ContentType string
	Bytes       []byte
	SHA256      string
	UpdatedAt   time.Time
}
