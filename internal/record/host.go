package record

import "time"

// HostID names a learner's connection with another host.
type HostID string

// HostState is where a connection stands.
type HostState string

const (
	HostWaiting HostState = "waiting" // for the learner's answer at the other host
	HostPulling HostState = "pulling" // records are being brought
	HostPushing HostState = "pushing" // records are being sent
	HostPulled  HostState = "pulled"
	HostPushed  HostState = "pushed"
	HostFailed  HostState = "failed" // given up; Trouble says why, and it may be tried again
	HostEnded   HostState = "ended"  // the other host no longer allows it
)

// hostPatience is how long work may show no sign of life before it may be begun again: longer than the queue tries.
const hostPatience = 36 * time.Hour

// Busy reports whether work is under way.
func (h *Host) Busy(now time.Time) bool {
	return (h.State == HostPulling || h.State == HostPushing) && now.Sub(h.UpdatedAt) < hostPatience
}

// Connected reports whether there are tokens to work with.
func (s HostState) Connected() bool { return s != HostWaiting && s != HostEnded }

// Host is a learner's connection with another host of records (CLR 2.0 API, consumer). Its secrets are sealed.
type Host struct {
	ID          HostID
	Institution InstitutionID
	Account     AccountID
	Learner     LearnerID
	Address     string // as the learner gave it
	Name        string // as the host calls itself
	Endpoints   HostEndpoints
	Client      string // our id there
	Sealed      []byte // our secret there, the tokens, the verifier of an attempt
	StateHash   string // of the attempt that waits
	State       HostState
	Trouble     string // what went wrong, for the learner
	Next        string // address of the next page
	Done, Total int
	Follow      bool   // each new record goes there by itself, as the learner said
	Delivered   string // SHA-256 of the record that the host took last
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64
}

// HostEndpoints are the addresses that the other host's service description names.
type HostEndpoints struct {
	API       string `json:"api"`
	Register  string `json:"register"`
	Authorize string `json:"authorize"`
	Token     string `json:"token"`
	Refresh   string `json:"refresh"`
}

// HostClient is our registration at an authorization server, one for all learners.
type HostClient struct {
	Register  string // its registration address
	Client    string
	Sealed    []byte
	CreatedAt time.Time
}
