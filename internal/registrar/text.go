package registrar

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func formatInt(n int64) string { return strconv.FormatInt(n, 10) }

// readBody is a catalogue entry's document. It was written by us, so that a failure is a damaged row.
func readBody(a *record.Achievement) (ob.Achievement, error) {
	doc, err := ijson.Parse(a.Body, nil)
	if err != nil {
		return ob.Achievement{}, err
	}
	return ob.ReadAchievement(doc.Root()), nil
}

// resultWords says the results of an award in words: "A-", "Proficient", "88 of 100".
func resultWords(d *record.AwardDetail, body *ob.Achievement) string {
	var words []string
	for _, r := range d.Results {
		w := r.Value
		for i := range body.ResultDescription {
			rd := &body.ResultDescription[i]
			if rd.ID != r.Description {
				continue
			}
			if level, ok := rd.Level(r.AchievedLevel); ok {
				w = level.Name
			} else if rd.ValueMax != "" && w != "" {
				w += " of " + rd.ValueMax
			}
			if len(d.Results) > 1 && w != "" {
				w = rd.Name + ": " + w
			}
		}
		if w == "" {
			w = r.Status
		}
		if w != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 && d.Status != "" && d.Status != "Completed" {
		return d.Status
	}
	return strings.Join(words, " · ")
}

// hashOf is the SHA-256 of a value of ours as JSON: equal content, equal hash. encoding/json writes struct members in
// order and map keys sorted.
func hashOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("registrar: " + err.Error()) // strings, numbers and slices always marshal
	}
	return record.Sum(b)
}
