package record

import (
	"encoding/json"
	"time"
)

// GoalID names a goal.
type GoalID string

// Goal is something a learner aims at. What it asks is copied when it is chosen, so that it does not change under whoever
// works towards it. Nobody but the learner sees it.
type Goal struct {
	ID          GoalID
	Institution InstitutionID
	Learner     LearnerID
	Name        string
	Origin      GoalOrigin
	Source      string          // who says so: a publisher, a framework, "your own text"
	Target      json.RawMessage // a requirement, as package framework writes it
	// Ground is what a file that the learner brought says of skills and levels; empty where the house holds it.
	Ground    json.RawMessage
	Says      []string          // what the source does not say, and what its licence asks to be shown
	Estimates map[string]string // the learner's own estimate, by the requirement's id
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int64
}

// GoalOrigin says where a goal comes from.
type GoalOrigin string

// The origins.
const (
	GoalFramework GoalOrigin = "framework" // held in the house
	GoalProgramme GoalOrigin = "programme" // a tree of the catalogue
	GoalText      GoalOrigin = "text"      // skills that the learner confirmed in an advertisement
	GoalFile      GoalOrigin = "file"      // a file that the learner brought
)

// Reflection is a learner's private note beside a credential ("https://…", "urn:…") or a goal ("goal/ID"). It leaves the
// house with the learner's own export alone.
type Reflection struct {
	Learner   LearnerID
	About     string
	Text      string
	UpdatedAt time.Time
	Version   int64
}
