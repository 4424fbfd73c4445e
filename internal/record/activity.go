package record

import "time"

// Activity is what a learning system says that somebody did, kept as it came: an xAPI statement or a Caliper event.
type Activity struct {
	Institution InstitutionID
	ID          string // the system's; the same one twice is one
	Kind        string // xapi, caliper
	Learner     LearnerID
	Award       AwardID // the award it is evidence for, if any
	Verb        string
	Object      string
	ObjectName  string
	HappenedAt  time.Time
	ReceivedAt  time.Time
	ReceivedBy  AccountID
	SHA256      string
	Bytes       []byte
}
