package web

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// deskAreas are the message files of pages that only an institution's staff sees; they may speak English alone.
var deskAreas = map[string]bool{"catalogue": true, "desk": true, "import": true, "office": true, "privacydesk": true, "programs": true, "operator": true, "signing": true, "classroom": true, "delivery": true, "policy": true}

// blanks are what a sentence leaves to be filled: the door's {{.Name}}, and the gap engine's {skill} and {date|day}.
var blanks = regexp.MustCompile(`\{\{\.\w+\}\}|\{[A-Za-z]+(?:\|[a-z]+)?\}`)

// TestLanguagesAreComplete: whoever holds, reads, confirms or checks a record does so wholly in one of these languages,
// letters included, with every plural form that the language has. A new message file counts unless it is the desk's.
func TestLanguagesAreComplete(t *testing.T) {
	areas := []string{"../../render/messages/", "../../render/messages/details.", "../mail/messages/"}
	files, err := filepath.Glob("messages/*.en.json")
	if err != nil || len(files) <= len(deskAreas) {
		t.Fatalf("message files: %q, %v", files, err)
	}
	for _, f := range files {
		if area := strings.TrimSuffix(filepath.Base(f), ".en.json"); !deskAreas[area] {
			areas = append(areas, "messages/"+area+".")
		}
	}
	for _, area := range areas {
		english := readMessages(t, filepath.FromSlash(area+"en.json"))
		for lang, forms := range map[string]int{"es": 2, "fr": 2, "ar": 6} {
			complete(t, area+lang+".json", english, forms)
		}
	}
}

// complete holds that a message file says everything English says: as many plural forms as the language has, and no
// blank left out or invented. A plural form may say its number in a word.
func complete(t *testing.T, file string, english map[string]any, forms int) {
	t.Helper()
	there := readMessages(t, filepath.FromSlash(file))
	for id, v := range english {
		got, ok := there[id]
		if !ok {
			t.Errorf("%s: %s is missing", file, id)
			continue
		}
		if _, plural := v.(map[string]any); plural {
			if m, ok := got.(map[string]any); !ok || len(m) != forms {
				t.Errorf("%s: %s has not the %d plural forms", file, id, forms)
			}
			continue
		}
		for _, b := range blanks.FindAllString(textOf(v), -1) {
			if !strings.Contains(textOf(got), b) {
				t.Errorf("%s: %s leaves out %s", file, id, b)
			}
		}
	}
	for id, v := range there {
		en, ok := english[id]
		if !ok {
			t.Errorf("%s: %s is not an English sentence", file, id)
			continue
		}
		for _, b := range blanks.FindAllString(textOf(v), -1) {
			if !strings.Contains(textOf(en), b) {
				t.Errorf("%s: %s fills %s, which English does not have", file, id, b)
			}
		}
	}
}
