package registrar

import (
	"strings"

	"github.com/openlaurel/laurel/internal/record"
)

// compare names the members in which two versions of an award differ, in the order in which pages show them.
func compare(before, after *record.AwardDetail) []Change {
	var out []Change
	say := func(member, b, a string) {
		if b != a {
			out = append(out, Change{member, b, a})
		}
	}
	say("awarded on", before.AwardedOn, after.AwardedOn)
	say("started", before.ActivityStart, after.ActivityStart)
	say("ended", before.ActivityEnd, after.ActivityEnd)
	say("expires", before.Expires, after.Expires)
	say("term", before.Term, after.Term)
	say("credits", before.Credits, after.Credits)
	say("status", before.Status, after.Status)
	say("role", before.Role, after.Role)
	say("licence number", before.LicenseNumber, after.LicenseNumber)
	say("narrative", before.Narrative, after.Narrative)
	say("results", resultList(before.Results), resultList(after.Results))
	say("evidence", evidenceList(before.Evidence), evidenceList(after.Evidence))
	say("assessed by", sourceName(before.Source), sourceName(after.Source))
	say("skills", strings.Join(before.Skills, "; "), strings.Join(after.Skills, "; "))
	return out
}

func resultList(results []record.Result) string {
	words := make([]string, len(results))
	for i, r := range results {
		value := r.Value
		if value == "" {
			value = r.AchievedLevel
		}
		if value == "" {
			value = r.Status
		}
		words[i] = value
		if r.Name != "" {
			words[i] = r.Name + ": " + value
		}
	}
	return strings.Join(words, "; ")
}

func evidenceList(list []record.Evidence) string {
	words := make([]string, len(list))
	for i, e := range list {
		words[i] = strings.TrimSpace(e.Name + " " + e.URL)
	}
	return strings.Join(words, "; ")
}

func sourceName(s *record.Source) string {
	if s == nil {
		return ""
	}
	return s.Name
}
