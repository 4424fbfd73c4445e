package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/verify"
)

// readers are the languages in which whoever holds, reads or checks a record reads it.
var readers = []string{"es", "fr", "ar"}

// TestFindingsSpeakEveryLanguage: every code of the catalogue has its sentence, and every repair its own, in every language,
// with the blanks that English has; a message made by the verifier is said with what stands in its blanks.
func TestFindingsSpeakEveryLanguage(t *testing.T) {
	c, err := NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	fills := []any{"https://a.example/1", "b2", "c3"}
	for _, lang := range readers {
		w := c.words[lang]
		if w == nil {
			t.Fatalf("no language %s", lang)
		}
		for _, e := range verify.Catalogue() {
			format := strings.ReplaceAll(e.Message, "%d", "%s")
			n := strings.Count(format, "%s")
			english := fmt.Sprintf(format, fills[:n]...)
			got := w.Finding(e.Code, english)
			if got == english {
				t.Errorf("%s: %s is said in English", lang, e.Code)
			}
			for _, f := range fills[:n] {
				if !strings.Contains(got, f.(string)) {
					t.Errorf("%s: %s leaves out a blank: %s", lang, e.Code, got)
				}
			}
			if strings.Contains(got, "<no value>") {
				t.Errorf("%s: %s has a blank that English has not: %s", lang, e.Code, got)
			}
			if e.Repair != "" && w.Repair(e.Repair) == e.Repair {
				t.Errorf("%s: the repair of %s is said in English", lang, e.Code)
			}
		}
	}
}

func TestDetailsAreTranslated(t *testing.T) {
	c, err := NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range [][4]string{
		{"status.unavailable", "Whether the record was withdrawn could not be found out (https://a.example/s: the server did not answer).", "fr",
			"On n’a pas pu savoir si le dossier a été retiré (https://a.example/s : le serveur n’a pas répondu)."},
		{"trust.listed", "The issuer is known to DCC (as of 2026-06-01, 3 days ago).", "es", "El emisor es conocido por DCC (a fecha de 2026-06-01, hace 3 días)."},
		{"status.revoked", "The issuer has revoked the record: “an error”.", "es", "El emisor ha revocado el registro: “an error”."},
		{"proof.valid", "The seal is intact: nothing it covers was changed since it was made (eddsa-rdfc-2022).", "ar",
			"الختم سليم: لم يتغيّر شيء مما يشمله منذ وضعه (\u2068eddsa-rdfc-2022\u2069)."},
		{"proof.valid", "Something that the catalogue does not say.", "fr", "Something that the catalogue does not say."},
		{"made.up", "The seal is intact.", "fr", "The seal is intact."},
	} {
		if got := c.words[tt[2]].Finding(tt[0], tt[1]); got != tt[3] {
			t.Errorf("%s in %s: %s", tt[0], tt[2], got)
		}
	}
	if got := c.words["fr"].Said("There is nothing in the input"); got != "L’entrée est vide" {
		t.Errorf("a finding without its full stop: %s", got)
	}
	if got := c.words["en"].Said("the passcode is wrong"); got != "the passcode is wrong" {
		t.Errorf("English: %s", got)
	}
}
