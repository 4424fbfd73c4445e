package record

import "time"

type (
	ClientID string // of a program that asks learners for access
	GrantID  string // of one consent
)

// Client is a program that registered itself to ask learners for access (RFC 7591). Its secret and its registration token
// are kept as hashes only.
type Client struct {
	ID               ClientID
	Name             string
	Body             []byte // its metadata as JSON, without secrets
	SecretHash       string
	RegistrationHash string
	CreatedAt        time.Time
	UsedAt           time.Time // when a learner last allowed it; zero: never, and then it expires
}

// Grant is a learner's consent: this program, these scopes, until then. While its code is not redeemed yet nothing was
// handed out. Code and refresh token are kept as hashes only.
type Grant struct {
	ID          GrantID
	Client      ClientID
	ClientName  string // read with the grant
	Institution InstitutionID
	Account     AccountID
	Learner     LearnerID
	Scopes      []string
	Body        []byte // what the OAuth library keeps of it, without secrets
	CodeHash    string
	RefreshHash string
	CreatedAt   time.Time
	UsedAt      time.Time
	ExpiresAt   time.Time // of the consent: nothing outlives it
	RevokedAt   time.Time
	Version     int64
	Closed      bool // the account is disabled; read with the grant
}

// Open reports whether the consent holds.
func (g *Grant) Open(now time.Time) bool {
	return !g.Closed && g.RevokedAt.IsZero() && now.Before(g.ExpiresAt)
}

// Token is an access token: its hash, and what it opens.
type Token struct {
	Hash      string
	Grant     GrantID
	Client    ClientID
	Scopes    []string
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt time.Time
}

// Access is what a presented token opens: who acts through which program, and what for.
type Access struct {
	Actor      Actor
	Grant      GrantID
	Client     ClientID
	ClientName string
	Scopes     []string
	ExpiresAt  time.Time
}
