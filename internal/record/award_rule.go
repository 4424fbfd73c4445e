package record

import "time"

// RuleID names an award rule.
type RuleID string

// AwardRule makes drafts of an achievement for whoever fulfils it. It never approves and never signs.
type AwardRule struct {
	ID          RuleID
	Institution InstitutionID
	Name        string
	Target      string    // IRI of the achievement that is drafted
	Parts       []string  // IRIs
	Least       int       // how many of the parts; 0: all
	From        time.Time // not before; zero: at once
	Off         bool
	CreatedBy   AccountID
	CreatedAt   time.Time
	Version     int64
}

// Needed is how many parts fulfil the rule.
func (r *AwardRule) Needed() int {
	if r.Least > 0 {
		return r.Least
	}
	return len(r.Parts)
}

// RuleHit says that a rule drafted an award for somebody, and why.
type RuleHit struct {
	Rule    RuleID
	Learner LearnerID
	Award   AwardID
	Why     string // the parts, in words
	At      time.Time
}
