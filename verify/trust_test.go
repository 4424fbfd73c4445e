package verify

import (
	"strings"
	"testing"
	"time"
)

type oneList []Listing

func (l oneList) Listed(string) []Listing { return l }

// TestListings: the age of a list is told, and what has ended or not begun does not count.
func TestListings(t *testing.T) {
	north := newInstitution(t, "north.example")
	doc := []byte(north.badge(t, "x", alice))
	for name, tc := range map[string]struct {
		asOf, until time.Time
		code, says  string
	}{
		"no dates":  {time.Time{}, time.Time{}, "trust.listed", "known to Partners."},
		"today":     {day.Add(-time.Hour), time.Time{}, "trust.listed", "Partners (as of today)."},
		"last year": {day.AddDate(-1, 0, 0), day.AddDate(1, 0, 0), "trust.listed", "(as of 2025-06-01, 365 days ago)"},
		"ended":     {day.AddDate(-1, 0, 0), day.Add(-time.Second), "trust.outdated", "from 2025-06-01 to 2026-06-01"},
		"not begun": {day.AddDate(0, 1, 0), time.Time{}, "trust.outdated", "to no day"},
	} {
		r := Verify(t.Context(), doc, &Options{Fetcher: north.docs, Now: day, Issuers: oneList{{Registry: "Partners", AsOf: tc.asOf, Until: tc.until}}})
		f, found := r.Find(tc.code)
		if !found || !strings.Contains(f.Message, tc.says) || r.Verdict != Verified {
			t.Errorf("%s: %s, %+v", name, r.Verdict, f)
		}
		if counts := len(r.Listings) > 0; counts != (tc.code == "trust.listed") {
			t.Errorf("%s: listings %v", name, r.Listings)
		}
	}
}
