package record

import (
	"net/url"
	"strings"
	"time"
)

// HeldID names a held credential.
type HeldID string

// Held is a credential that somebody else issued and that a learner keeps here: brought in as a file, pulled from another
// host, or pushed by an issuer over the 1EdTech interfaces. What is read out of it (kind, name, issuer …) serves lists and
// searches; the bytes decide.
type Held struct {
	ID          HeldID
	Institution InstitutionID
	Learner     LearnerID
	SHA256      string // of Bytes; with the learner it is unique
	Bytes       []byte // exactly as received
	MediaType   string // application/vc+ld+json, application/jwt, image/png …
	Kind        string // ClrCredential, AchievementCredential, … as the verifier names it
	Name        string
	Credential  string // the credential's id; empty when it has none
	Issuer      string // the issuer's id
	IssuerName  string
	Subject     string
	ValidFrom   time.Time // of the credential; zero when it says none
	Source      string    // how it came: "upload", "pull https://…", "push CLIENT NAME"
	Verdict     string    // the verifier's, on arrival
	Received    time.Time // first arrival
	Changed     time.Time // arrival of these bytes
}

// Key tells whether two credentials are the same one: issuer and id, percent-decoded and trimmed (CLR 2.0 and Open Badges
// 3.0 API, upsertCredential, equality). It is empty when either is missing: such credentials are the same only when their
// bytes are.
func (h *Held) Key() string {
	issuer, id := sameText(h.Issuer), sameText(h.Credential)
	if issuer == "" || id == "" {
		return ""
	}
	return Sum([]byte(issuer + "\x00" + id))
}

func sameText(s string) string {
	if d, err := url.PathUnescape(s); err == nil {
		s = d
	}
	return strings.TrimSpace(s)
}

// HeldOutcome says what keeping a credential did.
type HeldOutcome string

const (
	HeldNew      HeldOutcome = "new"      // kept
	HeldSame     HeldOutcome = "same"     // these bytes were there already
	HeldReplaced HeldOutcome = "replaced" // an earlier version made room
	HeldOlder    HeldOutcome = "older"    // a newer version is there and stays
	HeldOwn      HeldOutcome = "own"      // it is in the record already, where the house issued it
)

// Against says what keeping h does to the version that is there. The newer validFrom is the more up to date; at the same
// validFrom the later arrival wins, because that is how an issuer mends what it sent.
func (h *Held) Against(there *Held) HeldOutcome {
	switch {
	case there.SHA256 == h.SHA256:
		return HeldSame
	case h.ValidFrom.Before(there.ValidFrom):
		return HeldOlder
	default:
		return HeldReplaced
	}
}
