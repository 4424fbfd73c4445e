package rdf

import (
	"strings"
	"unicode/utf8"
)

// The rules of canonical N-Quads (RDFC-1.0, section "Canonical form of
// N-Quads"): in a string literal, BS HT LF FF CR " and \ are written as \b
// \t \n \f \r \" \\, every other control character (U+0000 to U+001F and
// U+007F) as \u and four upper-case hexadecimal digits, everything else as
// itself.

// shortEscape maps a character to the letter of its two-character escape.
var shortEscape = [128]byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r', '"': '"', '\\': '\\'}

const hexUpper = "0123456789ABCDEF"

func needsEscape(c byte) bool { return c < 0x20 || c == '"' || c == '\\' || c == 0x7f }

// AppendEscaped appends s in the escaped form of canonical N-Quads.
func AppendEscaped(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !needsEscape(c) {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		if e := shortEscape[c]; e != 0 {
			dst = append(dst, '\\', e)
		} else {
			dst = append(dst, '\\', 'u', '0', '0', hexUpper[c>>4], hexUpper[c&15])
		}
	}
	return append(dst, s[start:]...)
}

// escaped returns s in the escaped form of canonical N-Quads.
func escaped(s string) string {
	for i := 0; i < len(s); i++ {
		if needsEscape(s[i]) {
			return string(AppendEscaped(nil, s))
		}
	}
	return s
}

// Escaped reports whether the inside of a JSON string, as it stands in a
// document, is also the escaped form of the same text in canonical N-Quads.
// It is unless it has a DEL or an escape other than \" \\ \n \r \t \b \f.
func Escaped(inside []byte) bool {
	for i := 0; i < len(inside); i++ {
		switch inside[i] {
		case 0x7f:
			return false
		case '\\':
			i++
			switch inside[i] {
			case '/', 'u':
				return false
			}
		}
	}
	return true
}

// unescape undoes AppendEscaped, and takes \U with eight digits and \' too.
func unescape(b []byte) string {
	i := 0
	for i < len(b) && b[i] != '\\' {
		i++
	}
	if i == len(b) {
		return string(b)
	}
	var sb strings.Builder
	sb.Write(b[:i])
	for i < len(b) {
		if b[i] != '\\' {
			sb.WriteByte(b[i])
			i++
			continue
		}
		r, n, ok := escapeAt(b[i:])
		if !ok {
			sb.WriteByte(b[i])
			i++
			continue
		}
		sb.WriteRune(r)
		i += n
	}
	return sb.String()
}

// escapeAt reads the escape that b starts with and returns its length.
func escapeAt(b []byte) (r rune, n int, ok bool) {
	if len(b) < 2 {
		return 0, 0, false
	}
	switch b[1] {
	case 't':
		return '\t', 2, true
	case 'b':
		return '\b', 2, true
	case 'n':
		return '\n', 2, true
	case 'r':
		return '\r', 2, true
	case 'f':
		return '\f', 2, true
	case '"', '\'', '\\':
		return rune(b[1]), 2, true
	case 'u':
		n = 6
	case 'U':
		n = 10
	default:
		return 0, 0, false
	}
	if len(b) < n {
		return 0, 0, false
	}
	for _, c := range b[2:n] {
		d := hexValue(c)
		if d < 0 || r > utf8.MaxRune {
			return 0, 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, n, utf8.ValidRune(r)
}

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
