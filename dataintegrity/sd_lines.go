package dataintegrity

import (
	"slices"
	"strings"
)

// relabel gives the blank nodes of canonical lines other names and sorts the lines again.
func relabel(lines []string, names map[string]string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = relabelLine(l, names)
	}
	slices.Sort(out)
	return out
}

// relabelLine renames the blank nodes of one canonical N-Quad. Canonical lines separate their terms by one space, which
// occurs inside of literals only.
func relabelLine(line string, names map[string]string) string {
	var b strings.Builder
	b.Grow(len(line) + 3*44)
	for rest := line; ; {
		n := termLength(rest)
		if label, ok := strings.CutPrefix(rest[:n], "_:"); ok {
			b.WriteString("_:")
			b.WriteString(names[label])
		} else {
			b.WriteString(rest[:n])
		}
		if n == len(rest) {
			return b.String()
		}
		b.WriteByte(rest[n])
		rest = rest[n+1:]
	}
}

// termLength is the length of the term at the start of s, up to a space or the end.
func termLength(s string) int {
	i := 0
	if s != "" && s[0] == '"' {
		for i = 1; i < len(s) && s[i] != '"'; i++ {
			if s[i] == '\\' {
				i++
			}
		}
	}
	if i >= len(s) {
		return len(s)
	}
	if n := strings.IndexByte(s[i:], ' '); n >= 0 {
		return i + n
	}
	return len(s)
}
