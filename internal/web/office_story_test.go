package web

import (
	"strings"
	"testing"
)

func officeStories() []story {
	p := &Office{Groups: []OfficeGroup{{"people", "People and their records", []OfficePage{{"/desk/requests", "Requests", "What learners ask about their records, with the day by which an answer is due."}, {"/desk/deliveries", "Delivery", "Tell learners that their records are ready, by mail or letter, and see what arrived."}}},
		{"house", "The institution", []OfficePage{{"/desk/keys", "Keys", "The keys that sign in the institution's name."}, {"/desk/audit", "Audit", "Everything that was done here, as a chain that can be checked."}}}}}
	return []story{{"office", titled(house(p, "staff"), "Office", false), ""}}
}

// TestContentsAreWhole: every page of the desk that stands alone is in the masthead or in the table of contents, and
// nothing is there that has no page.
func TestContentsAreWhole(t *testing.T) {
	masthead := []string{"/desk", "/desk/import", "/desk/drafts", "/desk/issued", "/desk/people", "/desk/catalogue", "/desk/office"}
	// Pages that one comes to from another, and files.
	within := []string{"/desk/approve", "/desk/catalogue/new", "/desk/templates/edit", "/desk/issued/change", "/desk/letters", "/desk/keys/new"}
	listed := map[string]bool{}
	for _, g := range contents {
		for _, p := range g.pages {
			listed[p.href] = true
		}
	}
	there := map[string]bool{}
	for _, pattern := range Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if method != "GET" || !strings.HasPrefix(path, "/desk") || strings.ContainsAny(path, "{.") {
			continue
		}
		there[path] = true
		known := listed[path]
		for _, p := range append(masthead, within...) {
			known = known || p == path
		}
		if !known {
			t.Errorf("nobody finds %s", path)
		}
	}
	for path := range listed {
		if !there[path] {
			t.Errorf("the table of contents leads to %s, where nothing is", path)
		}
	}
}
