package record

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Institution is an organisation that issues: its identity on the network, its profile, its rules.
type Institution struct {
	ID      InstitutionID
	Slug    string // short name in addresses: "example-university"
	Name    string
	BaseURL string // public address, no trailing slash; every id that we mint starts with it
	DID     string // did:web of the base URL

	Profile Profile
	Policy  Policy

	CreatedAt, UpdatedAt time.Time
	Version              int64 // counts changes; an update names the version it read
}

// Profile is what the issuer profile says besides name and id (Open Badges 3.0, Profile).
type Profile struct {
	Description string            `json:"description,omitempty"`
	URL         string            `json:"url,omitempty"`
	Email       string            `json:"email,omitempty"`
	Phone       string            `json:"phone,omitempty"`
	Official    string            `json:"official,omitempty"`
	LogoURL     string            `json:"logoUrl,omitempty"`
	Accent      string            `json:"accent,omitempty"`      // "#0F5E63"; contrast is checked when it is saved
	Identifiers map[string]string `json:"identifiers,omitempty"` // "identifier" type (ipeds, opeid, ror …) → value
	Language    string            `json:"language,omitempty"`    // BCP 47
	Test        bool              `json:"test,omitempty"`        // a test space: what it issues says so
}

// Policy is the institution's own rules.
type Policy struct {
	TwoPeople   bool `json:"twoPeople"`   // the preparer of a draft may not approve it
	OpenRecords bool `json:"openRecords"` // a record answers to whoever knows its unguessable address, signed in or not
	// WalletCopies lets the institution sign a copy of a credential for the key of its learner's wallet.
	WalletCopies bool `json:"walletCopies"`
	// Refresh puts into what is signed the address at which its holder gets the corrected version, without a question
	// (1EdTechCredentialRefresh).
	Refresh bool `json:"refresh,omitempty"`
}

// Root returns the address under which everything of the institution lives.
func (i *Institution) Root() string { return strings.TrimRight(i.BaseURL, "/") }

// RecordURL returns the id of the credential with the given path id: the address that answers with its bytes.
func (i *Institution) RecordURL(id string) string { return i.Root() + "/records/" + id }

// AchievementURL returns the address of an achievement of the catalogue.
func (i *Institution) AchievementURL(id AchievementID) string {
	return i.Root() + "/achievements/" + string(id)
}

// RefreshURL returns the address at which the holder of one version of a credential gets the version that took its place.
func (i *Institution) RefreshURL(id string, revision int64) string {
	return i.Root() + "/refresh/" + id + "/" + strconv.FormatInt(revision, 10)
}

// IssuerURL returns the address of the institution's profile.
func (i *Institution) IssuerURL() string { return i.Root() + "/issuers/" + i.Slug }

// StatusURL returns the address of a status list.
func (i *Institution) StatusURL(id StatusListID) string { return i.Root() + "/status/" + string(id) }

// DIDDocumentURL returns the address at which the institution's DID document is served.
func (i *Institution) DIDDocumentURL() string {
	u, err := url.Parse(i.Root())
	if err != nil || u.Path == "" || u.Path == "/" {
		return i.Root() + "/.well-known/did.json"
	}
	return i.Root() + "/did.json"
}

// WebDID returns the did:web of a base URL (did:web method, section "Method-specific identifier": a port is written
// with %3A, path segments are joined by colons).
func WebDID(base string) (string, error) {
	u, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return "", Errorf(Invalid, "record.WebDID", "%q is not a web address; use https://host[:port][/path]", base)
	}
	did := "did:web:" + strings.ReplaceAll(strings.ToLower(u.Host), ":", "%3A")
	for _, part := range strings.Split(strings.Trim(u.Path, "/"), "/") {
		if part != "" {
			did += ":" + url.PathEscape(part)
		}
	}
	return did, nil
}

// KeyState is where an issuing key stands.
type KeyState string

const (
	KeyActive      KeyState = "active"      // signs
	KeyRetired     KeyState = "retired"     // signs no more; stays published so that old credentials verify
	KeyCompromised KeyState = "compromised" // signs no more; the DID document says from when it is not to be believed
)

// Key is an issuing key: its public half and its history. The private half is sealed by the keyring.
type Key struct {
	ID          KeyID
	Institution InstitutionID
	Fragment    string // verification method fragment: "key-1"
	Algorithm   string // ed25519, p256, p384, rsa2048
	Suite       string // cryptosuite that it signs with
	Multikey    string
	Sealed      []byte // the private key, encrypted, or where in a token it is
	Token       string // label of the token that holds the private key; told by the desk, not kept
	State       KeyState
	CreatedAt   time.Time
	EndedAt     time.Time // retired or compromised since
}

// VerificationMethod returns the DID URL of the key.
func (k *Key) VerificationMethod(did string) string { return did + "#" + k.Fragment }

// Framework is a competency framework kept as it was read.
type Framework struct {
	ID          FrameworkID
	Institution InstitutionID
	IRI         string
	Title       string
	Kind        string // case, ctdl, …
	Body        []byte
	SHA256      string
	Public      bool // its licence lets us show it at its address to everybody
	CreatedAt   time.Time
}

// Event is one line of the institution's audit: who did what to which thing, and when. Events form a chain: Hash covers
// the event and the hash before it, so that a line cannot be changed, cut out or moved without notice.
type Event struct {
	Institution InstitutionID
	Seq         int64
	At          time.Time
	Actor       string // account id, "system" or "stranger"
	Action      string // "award.issued"
	Object      string // "award/…"
	Learner     LearnerID
	Detail      map[string]string // never a token, a passcode or a grade
	Salt        string            // without it nobody guesses the detail by its hash; gone together with an erased detail
	DetailHash  string            // of salt and detail; empty in events older than it
	Previous    string
	Hash        string
}

// SumDetail returns the hash of the salt and the detail, by which the chain knows words that it need not keep.
func (e *Event) SumDetail() string {
	line, err := json.Marshal([]any{e.Salt, e.Detail})
	if err != nil {
		return "" // strings always marshal
	}
	return Sum(line)
}

// Erased tells an event whose words were taken out.
func (e *Event) Erased() bool { return e.DetailHash != "" && e.Salt == "" && len(e.Detail) == 0 }

// Sum returns the hash that the event must carry: SHA-256 over its members as JSON in a fixed order, the detail by its
// own hash where it has one.
func (e *Event) Sum() string {
	var detail any = e.Detail
	if e.DetailHash != "" {
		detail = e.DetailHash
	}
	line, err := json.Marshal([]any{
		string(e.Institution), e.Seq, e.At.UTC().UnixMicro(), e.Actor, e.Action, e.Object, string(e.Learner), detail, e.Previous,
	})
	if err != nil {
		return "" // strings and numbers always marshal
	}
	return Sum(line)
}
