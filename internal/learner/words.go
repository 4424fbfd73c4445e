package learner

import (
	"strings"
	"unicode/utf8"
)

// tidy is what a person typed, without the space around it. A form sends a line's end as two characters and counts it as
// one; so do we.
func tidy(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// longer reports whether a text has more characters than a limit: what a person counts, and never more than a form does.
func longer(s string, most int) bool { return utf8.RuneCountInString(s) > most }
