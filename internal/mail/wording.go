package mail

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wording is an institution's own subject and text for a kind of mail. What is asked of it: only the names of people and
// the house can stand in it, so that nothing private is in a mail however it is worded; the link is under it, not in it.
type Wording struct{ Subject, Text string }

// placeholders are what a wording may have in braces, with what a preview shows.
var placeholders = map[string]map[string]string{
	"mail.claim":    {"Name": "Amina Diallo"},
	"mail.issued":   {"Name": "Amina Diallo"},
	"mail.expiring": {"Name": "Amina Diallo", "Days": "30"},
	"mail.attest":   {"Name": "Amina Diallo", "Supervisor": "J. Rivera"},
}

// Worded lists the kinds of mail that an institution can put into its own words.
func Worded() []string { return slices.Sorted(maps.Keys(placeholders)) }

// Placeholders lists what may stand in braces in a kind of mail.
func Placeholders(name string) []string {
	return append(slices.Sorted(maps.Keys(placeholders[name])), "House")
}

const (
	maxSubject = 150  // what mail programs show of one
	maxText    = 4000 // a page
)

var braces = regexp.MustCompile(`\{[^{}]*\}|[{}]`)

// Check says what is wrong with a wording of a kind of mail, in words for the person who wrote it.
func (w *Wording) Check(name string) error {
	if placeholders[name] == nil {
		return fmt.Errorf("mail of this kind cannot be worded")
	}
	if n := utf8.RuneCountInString(w.Subject); strings.TrimSpace(w.Subject) == "" || n > maxSubject {
		return fmt.Errorf("the subject has from 1 to %d characters", maxSubject)
	}
	if n := utf8.RuneCountInString(w.Text); strings.TrimSpace(w.Text) == "" || n > maxText {
		return fmt.Errorf("the text has from 1 to %d characters", maxText)
	}
	for part, s := range map[string]string{"subject": w.Subject, "text": w.Text} {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && (part == "subject" || r != '\n') }) {
			return fmt.Errorf("the %s has a character that a mail cannot carry", part)
		}
		for _, b := range braces.FindAllString(s, -1) {
			if !slices.Contains(Placeholders(name), strings.Trim(b, "{}")) || len(b) < 3 {
				return fmt.Errorf("the %s has %q, which nothing can be put into; write {%s}", part, b, strings.Join(Placeholders(name), "} or {"))
			}
		}
	}
	return nil
}

// fill puts what a letter knows into the braces.
func fill(s string, l *Letter) string {
	return braces.ReplaceAllStringFunc(s, func(b string) string {
		switch name := strings.Trim(b, "{}"); {
		case name == "House":
			return plain(l.House)
		case placeholders[l.Name][name] != "":
			return plain(l.Args[name])
		}
		return b
	})
}

// Usual is how the program itself words a kind of mail, with braces, for a person to start from.
func (w *Writer) Usual(name, language string) (Wording, error) {
	l := Letter{Name: name, House: "{House}", Args: map[string]string{}}
	for k := range placeholders[name] {
		l.Args[k] = "{" + k + "}"
	}
	subject, text, err := w.words(&l, w.catalogue.Match(language))
	return Wording{subject, text}, err
}

// Example is a letter of a kind as a preview and a test mail show it.
func Example(name string) Letter {
	return Letter{ID: "example", Name: name, To: "amina@example.org", Args: maps.Clone(placeholders[name])}
}
