package web

import (
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

func privacyStories() []story {
	day := render.Date{Time: storyTime}
	row := PersonRow{ID: "l1", Name: "أمينة السعدي", Key: "S-1001"}
	given := []GivenRow{{Party: "Bridge County Court", What: "Enrolment dates", Ground: "a court order or subpoena", At: day}}
	p := &PersonPrivacy{Row: row, Holds: []HoldRow{{Kind: "directory", Reason: "Asked for in writing", Since: day}, {Kind: "release"}}, Given: given,
		Grounds: []string{"consent", "court-order"}, Rows: []CountRow{{"awards", 4}, {"credentials", 5}}, Issued: 5, MayChange: true, Typed: map[string]string{}}
	p.Title, p.Wide = "Privacy", true
	refused := *p
	refused.Error, refused.Typed = "type the person's number exactly, to be sure that it is this one; nothing was erased", map[string]string{"sure": "S-1002"}
	a := &Audit{MayErase: true, Rows: []AuditRow{{Seq: 1, At: day, Actor: "0190", Action: "hold.set", Object: "learner/l1", Detail: []string{"kind: directory"}}}, Next: "?after=200", Events: 1,
		Head: &registrar.Checkpoint{Institution: "did:web:x", Seq: 1, Hash: "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"}}
	a.Title, a.Wide = "Audit", true
	broken := &Audit{MayErase: true, Rows: a.Rows, Broken: "the audit chain breaks at event 4: it was changed, moved or removed after it was written", Typed: "{}", Error: "this is not a checkpoint"}
	broken.Title, broken.Wide = "Audit", true
	mine := &MyDisclosures{Holds: []HoldRow{{Kind: "release", Reason: "Asked for by phone", Since: day}}, Given: given}
	mine.Title = "What the office gave to others"
	none := &MyDisclosures{}
	none.Title = mine.Title
	return []story{{name: "privacy", page: p}, {name: "privacy-refused", page: &refused}, {name: "audit", page: a}, {name: "audit-broken", page: broken},
		{name: "disclosures", page: mine}, {name: "disclosures-none", page: none}, {name: "share-held", page: titled(house(&ShareClosed{Code: "share.held"}, "public"), "Held back", false)}}
}
