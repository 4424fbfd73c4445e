package record

import "time"

// NotaryKey is a key with which the server itself signs what its verifier found. The newest signs; all stay published.
type NotaryKey struct {
	Fragment  string
	Multikey  string
	Sealed    []byte // the private key, encrypted
	CreatedAt time.Time
}
