package web

import (
	"html/template"

	"github.com/openlaurel/laurel/render"
)

// Home is the front page.
type Home struct{ Shell }

// About says what this is and what the marks mean.
type About struct {
	Shell
	Marks []render.Mark
}

// HowToCheck says how to verify a record with and without this server.
type HowToCheck struct {
	Shell
	Checks []string
}

// Trouble is every error page: a head, one sentence, a way on.
type Trouble struct {
	Shell
	Status     int
	Head, Text string
	RequestID  string
}

// SignIn asks who is there.
type SignIn struct {
	Shell
	Email, Error, Next string
	Passkeys           bool // passkeys can be used at this address
	Campus             []CampusChoice
}

// SignInSent says that a link is on its way, whether or not there is an account.
type SignInSent struct{ Shell }

// SignInConfirm is the button behind a mailed link.
type SignInConfirm struct {
	Shell
	Action string
}

// Download is one button of what can be taken away.
type Download struct{ Label, Href, File, Hint string }

// PublicRecord is a credential at its own address.
type PublicRecord struct {
	Shell
	Record    *render.Record
	Downloads []Download
}

// PublicAchievement is an achievement at its own address.
type PublicAchievement struct {
	Shell
	ID, Version string
	Line        render.Line
	Issuer      render.Party
	Relations   []render.Relation
	Downloads   []Download

	Image, Caption string
	Other          []Language // the same in other languages
	Versions       []string   // newest first
	Older, Retired bool
	Here           string
}

// PublicIssuer is an institution at its own address.
type PublicIssuer struct {
	Shell
	Name, Description, URL, Email, DID string
	Codes                              []render.Identifier
	Keys                               []PublicKey
	Downloads                          []Download
}

// PublicKey is one key of the institution's DID document.
type PublicKey struct{ Name, Algorithm, Value string }

// PublicStatus is a status list at its own address.
type PublicStatus struct {
	Shell
	ID, Purpose string
	Issuer      render.Party
	Issued      render.Date
	Entries     int
	Downloads   []Download
}

// Verify is the public verifier's form.
type Verify struct {
	Shell
	Text, Error string
	On          string // a day to be told about, as 2026-05-31
}

// VerifyResult is the verifier's answer: a sentence, a tree, the contents, a report to copy.
type VerifyResult struct {
	Shell
	Source     string
	Standard   string
	Record     *render.Record
	Tree       TreeNode
	Then       []string     // about the day asked about
	Signed     template.URL // the signed report as a data: address; "" for none
	ReportText string
	ReportJSON string
	Raw        string // the record's own data, so that what no page foresees can be seen
}

// TreeNode is one credential of what was checked.
type TreeNode struct {
	Name, Kind string
	Issuer     render.Party
	Mark       render.Mark
	Why        string
	Open       bool
	Checks     []render.Check
	Uncovered  []string
	Children   []TreeNode // those that want a look
	Good       []TreeNode // genuine and current
}
