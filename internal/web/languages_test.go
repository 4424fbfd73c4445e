package web

import (
	"path/filepath"
	"testing"
)

// TestLanguagesAreComplete: whoever reads or checks a record does so wholly in one of these languages, with every plural
// form that the language has.
func TestLanguagesAreComplete(t *testing.T) {
	plurals := map[string]int{"es": 2, "fr": 2, "ar": 6}
	for _, area := range []string{"../../render/messages/", "messages/public.", "messages/employer."} {
		english := readMessages(t, filepath.FromSlash(area+"en.json"))
		for lang, forms := range plurals {
			there := readMessages(t, filepath.FromSlash(area+lang+".json"))
			for id, v := range english {
				got, ok := there[id]
				if !ok {
					t.Errorf("%s%s.json: %s is missing", area, lang, id)
					continue
				}
				if _, plural := v.(map[string]any); !plural {
					continue
				}
				if m, ok := got.(map[string]any); !ok || len(m) != forms {
					t.Errorf("%s%s.json: %s has not the %d plural forms", area, lang, id, forms)
				}
			}
		}
	}
}
