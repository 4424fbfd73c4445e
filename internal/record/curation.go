package record

import "time"

// ItemAnswer is what a learner said about something that was issued to them: they keep it, or they want it neither shown
// nor shared. The institution's own record is its own; an answer changes nothing in it.
type ItemAnswer string

// The answers. No answer is none of them.
const (
	ItemKept     ItemAnswer = "kept"
	ItemDeclined ItemAnswer = "declined"
)

// CurationID names a choice from a record.
type CurationID string

// Curation is a choice from a record that a learner keeps under a name, to share it again and again.
type Curation struct {
	ID        CurationID
	Learner   LearnerID
	Name      string
	Body      CurationBody
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int64
}

// CurationBody is what was chosen.
type CurationBody struct {
	Whole   bool           `json:"whole,omitempty"`
	Items   []string       `json:"items,omitempty"` // as a share names them, in this order
	LeftOut []CurationPart `json:"leftOut,omitempty"`
	Note    string         `json:"note,omitempty"`
}

// CurationPart is a part of an item that is not shown.
type CurationPart struct {
	Item string `json:"item"`
	Part string `json:"part"`
}
