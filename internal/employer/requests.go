// Package employer is the desk of whoever reads a record: open a share, verify a file. It has no account and no way to
// an issuing key.
package employer

import (
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/verify"
)

// Opened is a share as its reader sees it: the bytes, and what verification finds in them now.
type Opened struct {
	Share       SharedWith
	Documents   []Document
	Report      *verify.Report // of everything together: Verdict and Summary over all documents
	Learner     string         // name as issued
	Signed      *SignedShare   // nil: the learner did not sign it
	Institution record.Institution
	CheckedAt   time.Time
}

// SignedShare is what a share shows as its learner signed it, with what was found in the seal.
type SignedShare struct {
	Holder string // a DID
	Bytes  []byte // a presentation
	Report *verify.Report
}

// SharedWith is what a reader may know about a share: no owner's mail, no hash, no id.
type SharedWith struct {
	Label         string
	Audience      string
	Note          string
	Whole         bool
	AllowDownload bool
	ExpiresAt     time.Time
	CreatedAt     time.Time
}

// Document is one shared credential.
type Document struct {
	Position int
	Name     string
	URI      string
	Bytes    []byte
	Report   *verify.Report
	LeftOut  []string         // parts that the learner left out: "result", "evidence" …
	Stated   bool             // the learner's own word, unsigned: its report says only that nothing was checked
	Said     []*verify.Report // of what is stated: what was found in others' confirmations of it
}

// Checked is a verified upload.
type Checked struct {
	Report    *verify.Report
	CheckedAt time.Time
}
