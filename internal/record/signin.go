package record

import "time"

// PasskeyID names a passkey.
type PasskeyID string

// Passkey is a key on a person's device with which they sign in (Web Authentication Level 3, credential record).
type Passkey struct {
	ID           PasskeyID
	Account      AccountID
	Name         string // the person's word for it: "my phone"
	CredentialID []byte
	Body         []byte // the credential record as JSON; internal/account alone reads it
	CreatedAt    time.Time
	UsedAt       time.Time
}

// SignInStep is a sign-in under way: what a browser was asked and must answer, once and soon.
type SignInStep struct {
	Kind    string    // what it is a step of; a step of one kind answers no other
	Account AccountID // set when somebody signed in does it
	Data    []byte    // JSON; internal/account alone reads it
}

// CampusServiceID names a campus sign-in service.
type CampusServiceID string

// CampusKind is the protocol by which a service is asked.
type CampusKind string

const (
	CampusOIDC CampusKind = "oidc" // OpenID Connect Core 1.0
	CampusSAML CampusKind = "saml" // SAML 2.0, Web Browser SSO Profile
)

// CampusService is a sign-in service that an institution trusts for its own people.
type CampusService struct {
	ID          CampusServiceID
	Institution InstitutionID
	Kind        CampusKind
	Name        string // on the button: "Rowan Valley account"
	Enabled     bool
	Settings    CampusSettings
	Sealed      []byte // the client secret, encrypted; empty for SAML and for public clients

	CreatedAt, UpdatedAt time.Time
	Version              int64
}

// CampusSettings is what a service is asked, and what is believed of its answers.
type CampusSettings struct {
	Issuer   string `json:"issuer"`             // OIDC: issuer. SAML: entity id of the identity provider
	ClientID string `json:"clientId,omitempty"` // OIDC

	SSOURL       string   `json:"ssoUrl,omitempty"`       // SAML: where requests go
	Certificates [][]byte `json:"certificates,omitempty"` // SAML: X.509, DER; what assertions are signed with

	// EmailClaim, NameClaim, GroupsClaim and LearnerClaim name the claims or attributes; empty ones have the defaults of
	// the protocol.
	EmailClaim   string `json:"emailClaim,omitempty"`
	NameClaim    string `json:"nameClaim,omitempty"`
	GroupsClaim  string `json:"groupsClaim,omitempty"`
	LearnerClaim string `json:"learnerClaim,omitempty"` // holds an identifier of the learner at the institution

	Groups map[string]Role `json:"groups,omitempty"` // a group and the role that it gives
	// JoinEmail lets a person in as the learner, or as the colleague, with the address that the service vouches for.
	JoinEmail bool `json:"joinEmail,omitempty"`
	// JoinGroups makes an account for whoever comes with a group that gives a role.
	JoinGroups bool `json:"joinGroups,omitempty"`
}

// CampusSubject says whose account a person of a service has.
type CampusSubject struct {
	Service   CampusServiceID
	Subject   string // the service's own id of the person; never an address
	Account   AccountID
	CreatedAt time.Time
	UsedAt    time.Time
}

// Standing is how an institution stands with whoever runs the server.
type Standing struct {
	SuspendedAt  time.Time // zero: in good standing
	SuspendedWhy string
	MaxAccounts  int64 // 0: no bound
}

// Suspended reports whether nobody of the institution may come in.
func (s Standing) Suspended() bool { return !s.SuspendedAt.IsZero() }
