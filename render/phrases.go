package render

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/openlaurel/laurel/verify"
)

// What the verifier finds and what a desk refuses is said in English where it happens, and is stable there: programs read
// it. For people it is translated here, as gettext does, by its English form. The rules are:
//
//   - A finding is known by its code: "finding.<code>" is its sentence, "repair.<code>" what to do, under the first code of
//     the catalogue with these words.
//   - Any other sentence is known by an English message "said.<name>", and a detail inside a sentence by "detail.<n>".
//   - What fills the blanks is taken out of the English, and is translated where it is a detail that we know.
//   - What nobody knows stays as it is: English is better than nothing.

// A phrase is an English text with blanks, cut at the blanks.
type phrase struct {
	id    string
	parts []string
}

// blankNames fill the blanks of a translation in the order in which English has them.
var blankNames = [...]string{"A", "B", "C", "D"}

var (
	messageBlank = regexp.MustCompile(`\{\{\.[A-D]\}\}`)
	verb         = regexp.MustCompile(`%[sd]`)
)

// match takes out of the text what stands in the blanks.
func (p *phrase) match(text string) (blanks []string, ok bool) {
	last := len(p.parts) - 1
	rest, ok := strings.CutPrefix(text, p.parts[0])
	if !ok {
		return nil, false
	}
	if last == 0 {
		return nil, rest == ""
	}
	for _, part := range p.parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return nil, false
		}
		blanks, rest = append(blanks, rest[:i]), rest[i+len(part):]
	}
	rest, ok = strings.CutSuffix(rest, p.parts[last])
	return append(blanks, rest), ok
}

// literal is how much of a phrase is its own words: the more, the surer a match.
func (p *phrase) literal() int { return len(strings.Join(p.parts, "")) }

// findings are the catalogue's sentences by code and in order, repairs the ids of what to do by their English.
var (
	findings = sync.OnceValues(readFindings)
	repairs  = sync.OnceValue(readRepairs)
)

func readFindings() (map[string]*phrase, []*phrase) {
	byCode, all := map[string]*phrase{}, []*phrase{}
	for _, e := range verify.Catalogue() {
		p := &phrase{"finding." + e.Code, verb.Split(e.Message, -1)}
		byCode[e.Code] = p
		all = append(all, p)
	}
	return byCode, all
}

func readRepairs() map[string]string {
	ids := map[string]string{}
	for _, e := range verify.Catalogue() {
		if _, there := ids[e.Repair]; !there && e.Repair != "" {
			ids[e.Repair] = "repair." + e.Code
		}
	}
	return ids
}

// learn keeps an English message by which a text is recognised.
func (c *Catalogue) learn(id, english string) {
	if p := (&phrase{id, messageBlank.Split(english, -1)}); strings.HasPrefix(id, "said.") {
		c.said = append(c.said, p)
	} else if strings.HasPrefix(id, "detail.") {
		c.details = append(c.details, p)
	}
}

// sortPhrases puts the surest first.
func (c *Catalogue) sortPhrases() {
	for _, list := range [][]*phrase{c.said, c.details} {
		slices.SortStableFunc(list, func(a, b *phrase) int { return cmp.Compare(b.literal(), a.literal()) })
	}
}

// Finding is what a check found, in this language.
func (w *Words) Finding(code, english string) string {
	byCode, _ := findings()
	if p := byCode[code]; p != nil && w.Lang != "en" {
		if s, ok := w.translate(p, english); ok {
			return s
		}
	}
	return english
}

// Repair is what to do about a finding, in this language.
func (w *Words) Repair(english string) string {
	if id := repairs()[english]; id != "" && w.Lang != "en" {
		return w.Or(id, english)
	}
	return english
}

// Said is a sentence that a desk says in English, in this language.
func (w *Words) Said(english string) string {
	if w.Lang == "en" {
		return english
	}
	for _, p := range w.book.said {
		if s, ok := w.translate(p, english); ok {
			return s
		}
	}
	_, all := findings()
	for _, p := range all { // a desk may say what a check found, without its full stop
		if s, ok := w.translate(p, english+"."); ok {
			return strings.TrimSuffix(s, ".")
		}
	}
	return english
}

func (w *Words) translate(p *phrase, english string) (string, bool) {
	blanks, ok := p.match(english)
	if !ok || len(blanks) > len(blankNames) {
		return "", false
	}
	pairs := make([]any, 0, 2*len(blanks))
	for i, b := range blanks {
		pairs = append(pairs, blankNames[i], w.detail(b))
	}
	s, err := w.T(p.id, pairs...)
	return s, err == nil
}

// detail translates what stands in a blank where it is one of our own words.
func (w *Words) detail(s string) string {
	for _, p := range w.book.details {
		blanks, ok := p.match(s)
		if !ok {
			continue
		}
		pairs := make([]any, 0, 2*len(blanks))
		for i, b := range blanks {
			pairs = append(pairs, blankNames[i], w.apart(b))
		}
		if t, err := w.T(p.id, pairs...); err == nil {
			return t
		}
	}
	return w.apart(s)
}

// apart keeps the order of foreign text among letters that run from right to left (Unicode UAX #9, isolates).
func (w *Words) apart(s string) string {
	if w.Dir == "rtl" && s != "" {
		return "\u2068" + s + "\u2069"
	}
	return s
}
