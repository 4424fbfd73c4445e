package framework

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Suggestion is a skill of a framework whose name seems to stand in a text. A name is never identity: a person says
// whether it is meant.
type Suggestion struct {
	Node      Node
	Framework string // title
	Exact     bool   // the name stands there as it is; otherwise its words do, in one sentence, in some form
	Sentence  string // where
}

// Limits of what is suggested: a list that somebody still reads.
const (
	maxSuggestions = 60
	maxText        = 200 << 10 // a long job advertisement has 20 kB
	maxNameWords   = 6         // longer statements are not names, and their words are everywhere
	maxSentence    = 240       // bytes of a sentence that are shown
)

// Suggest finds the skills that a text names, those named word by word first, then by where they stand in the text.
func Suggest(text string, list []*Framework) []Suggestion {
	if len(text) > maxText {
		text = text[:maxText]
	}
	var out []Suggestion
	var at []int
	seen := map[string]bool{}
	lines := sentences(text)
	for _, f := range list {
		for _, n := range f.Nodes {
			words := wordsOf(n.Name)
			if f.isLevel[Key(n.ID)] || seen[Key(n.ID)] || len(words) == 0 || len(words) > maxNameWords || len(n.Name) < 2 {
				continue
			}
			if i, exact, ok := find(lines, words); ok {
				seen[Key(n.ID)] = true
				out, at = append(out, Suggestion{Node: n, Framework: f.Title, Exact: exact, Sentence: lines[i].shown}), append(at, i)
			}
		}
	}
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(rank(out[b].Exact)-rank(out[a].Exact), cmp.Compare(at[a], at[b]), cmp.Compare(out[a].Node.Name, out[b].Node.Name), cmp.Compare(out[a].Node.ID, out[b].Node.ID))
	})
	sorted := make([]Suggestion, 0, min(len(out), maxSuggestions))
	for _, i := range order[:min(len(out), maxSuggestions)] {
		sorted = append(sorted, out[i])
	}
	return sorted
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sentence is one sentence or line of a text, as words and as stems.
type sentence struct {
	shown string
	words string // " a b c ", lower case
	stems map[string]bool
}

func sentences(text string) []sentence {
	var out []sentence
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".;!?\n\r•", r) }) {
		words := wordsOf(s)
		if len(words) == 0 {
			continue
		}
		one := sentence{shown: strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), ""), words: " " + strings.Join(words, " ") + " ", stems: map[string]bool{}}
		if len(one.shown) > maxSentence {
			one.shown = strings.ToValidUTF8(one.shown[:maxSentence], "") + "…"
		}
		for _, w := range words {
			one.stems[stem(w)] = true
		}
		out = append(out, one)
	}
	return out
}

// find looks for a name: whole in any sentence, else by the stems of at least two words in one.
func find(lines []sentence, words []string) (at int, exact, ok bool) {
	whole := " " + strings.Join(words, " ") + " "
	for i := range lines {
		if strings.Contains(lines[i].words, whole) {
			return i, true, true
		}
	}
	if len(words) < 2 {
		return 0, false, false
	}
	for i := range lines {
		if !slices.ContainsFunc(words, func(w string) bool { return !small[w] && !lines[i].stems[stem(w)] }) {
			return i, false, true
		}
	}
	return 0, false, false
}

// small are words that make no difference to what a skill is.
var small = map[string]bool{"and": true, "of": true, "the": true, "a": true, "an": true, "in": true, "for": true, "to": true, "with": true, "or": true, "on": true}

// wordsOf parts a text into its words, in lower case. C++, C# and .NET keep what makes them themselves.
func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '+' && r != '#'
	})
}

// stem cuts an English ending, so that "cleaning data" and "clean data" are about the same. What it cuts too much is one
// suggestion more that somebody declines.
func stem(w string) string {
	for _, end := range []string{"isations", "izations", "isation", "ization", "ations", "ation", "ising", "izing", "ings", "ing", "ise", "ize", "ies", "ed", "es", "s", "e", "y"} {
		if cut, ok := strings.CutSuffix(w, end); ok && len(cut) >= 4 {
			return cut
		}
	}
	return w
}
