package record

import "time"

// Receipt keeps what a learner agreed to show to whom. It outlives the share: ending a share deletes the documents, and the
// receipt says that they were open, from when to when.
type Receipt struct {
	Share   ShareID
	Learner LearnerID
	Body    ReceiptBody
	At      time.Time
}

// ReceiptBody is what was agreed.
type ReceiptBody struct {
	To       string        `json:"to,omitempty"`      // the receiving party, in the learner's words
	Purpose  string        `json:"purpose,omitempty"` // the learner's introduction
	Whole    bool          `json:"wholeRecord,omitempty"`
	Items    []ReceiptItem `json:"items"`
	Download bool          `json:"mayDownload"`
	Until    string        `json:"until,omitempty"`
	SignedBy string        `json:"signedBy,omitempty"` // DID of the key with which the learner signed what was shown
}

// ReceiptItem is one thing that was shown.
type ReceiptItem struct {
	ID      string   `json:"id,omitempty"`
	Name    string   `json:"name"`
	LeftOut []string `json:"leftOut,omitempty"`
}
