package web

import (
	"time"

	"github.com/openlaurel/laurel/render"
)

// curateStories are the pages of choosing, changing and finding.
func curateStories() []story {
	edit := func() *EditShare {
		return &EditShare{ID: "1", Version: 3, State: "open", Label: "City Transit", Audience: "City Transit, analyst role", Note: "Happy to walk you through it.", Date: "2026-06-30", Passcode: true, Download: true, Opened: 61,
			Items:    []SharePlace{{Position: 0, Place: 1, Name: "Introduction to Data Science", LeftOut: "result and grade"}, {Position: 1, Place: 2, Name: "Talk at the data club", Stated: true}},
			Openings: []Opening{{At: render.Date{Time: storyTime}, Act: "opened"}, {At: render.Date{Time: storyTime.Add(-48 * time.Hour)}, Act: "downloaded"}}, Older: "/my/shares/1?from=50"}
	}
	conflict := edit()
	conflict.Error, conflict.Label = "This link was changed in another window meanwhile.", "Transit, second try"
	conflict.Saved = []Field{{"Name for your own list", "City Transit"}, {"Last day", "2026-07-31"}}
	cut := clean()
	parts := []Choice{{"result a", "Result and grade", true}, {"evidence a", "Evidence", false}}
	return []story{
		{"share-edit", titled(house(edit(), "my"), "A link that you shared", false), ""},
		{"share-edit-conflict", titled(house(conflict, "my"), "A link that you shared", false), ""},
		{"share-edit-ended", titled(house(&EditShare{ID: "2", State: "revoked"}, "my"), "A link that you shared", false), ""},
		{"new-share-parts", titled(house(&NewShare{Download: true, Items: []ShareChoice{{Ref: "a", Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Result: "A-", Date: day("2025-05-20"), Mark: render.Verified, Chosen: true, Parts: parts}},
			Kept:   []ShareChoice{{Ref: "kept/k", Name: "Data Visualisation Certificate", Type: "Chart School", Date: day("2025-06-02"), Mark: render.Verified}},
			Stated: []ShareChoice{{Ref: "stated/s", Name: "Talk at the data club", Type: "Achievement", Date: day("2026-02-11"), Mark: render.Stated}},
			Ends:   []Choice{{"30", "30 days", true}}}, "my"), "Share", false), ""},
		{"share-left-out", titled(house(&SharePage{Path: "/shares/x", Record: cut, LeftOut: []LeftOut{{"Introduction to Data Science", "result and grade"}}, Issuers: []render.Party{university}}, "public"), "Shared record", false), ""},
	}
}
