package record

import "time"

// Identity is another address of a learner, proven by a mail to it and by who was signed in when its link was opened. When
// the address belongs to another record of this server, that record is the learner's as well.
type Identity struct {
	ID        string
	Learner   LearnerID
	Account   AccountID
	Email     string
	TokenHash string
	Other     LearnerID // a record that was joined to the learner's, "" for none
	AskedAt   time.Time
	Confirmed time.Time // zero: not yet
	ExpiresAt time.Time // of the link
}
