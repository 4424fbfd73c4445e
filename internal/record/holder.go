package record

import "time"

// LearnerKey is the key with which a learner signs what they share (VC Data Model 2.0, holder). The server keeps it.
type LearnerKey struct {
	Learner   LearnerID
	Multikey  string
	Sealed    []byte // the private key, encrypted
	CreatedAt time.Time
}

// DID is the holder's identity: the key itself, so that it is checked without asking anybody.
func (k *LearnerKey) DID() string { return "did:key:" + k.Multikey }

// Presentation is what a share shows, signed by its learner (VC Data Model 2.0, 4.13).
type Presentation struct {
	Share  ShareID
	Holder string // a DID
	Bytes  []byte
}
