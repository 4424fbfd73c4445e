package ijson

import (
	"slices"
	"strings"
)

// Canonicalize parses src and returns its canonical form (RFC 8785).
func Canonicalize(src []byte) ([]byte, error) {
	doc, err := Parse(src, nil)
	if err != nil {
		return nil, err
	}
	return AppendCanonical(make([]byte, 0, len(src)), doc.Root()), nil
}

// AppendCanonical appends the canonical form of v (RFC 8785) to dst. The
// members of v named by omit are left out, as a proof is from the document it
// signs. An invalid Value appends nothing.
func AppendCanonical(dst []byte, v Value, omit ...string) []byte {
	c := canonicalizer{dst: dst}
	c.value(v, omit)
	return c.dst
}

type canonicalizer struct {
	dst     []byte
	members []member // a stack: the members of all open objects
}

type member struct {
	name  string
	key   uint32 // tape index of the name
	value Value
}

func (c *canonicalizer) value(v Value, omit []string) {
	switch v.Kind() {
	case Null, Bool:
		c.dst = append(c.dst, v.Raw()...)
	case Number:
		c.dst = appendNumber(c.dst, v.Raw())
	case String:
		c.string(v.doc, v.at)
	case Array:
		c.dst = append(c.dst, '[')
		for i, e := range v.indexed() {
			if i > 0 {
				c.dst = append(c.dst, ',')
			}
			c.value(e, nil)
		}
		c.dst = append(c.dst, ']')
	case Object:
		c.object(v, omit)
	}
}

func (c *canonicalizer) object(v Value, omit []string) {
	mark := len(c.members)
	for name, m := range v.Members() {
		if !slices.Contains(omit, name) {
			c.members = append(c.members, member{name, m.at - 1, m})
		}
	}
	own := c.members[mark:]
	slices.SortFunc(own, func(a, b member) int { return compareUTF16(a.name, b.name) })
	c.dst = append(c.dst, '{')
	for i := range own {
		if i > 0 {
			c.dst = append(c.dst, ',')
		}
		c.string(v.doc, own[i].key)
		c.dst = append(c.dst, ':')
		c.value(own[i].value, nil)
	}
	c.dst = append(c.dst, '}')
	c.members = c.members[:mark]
}

// compareUTF16 orders valid UTF-8 by UTF-16 code units (RFC 8785, 3.2.3). The
// two orders differ only where a supplementary character, which UTF-16 writes
// with surrogates D800–DFFF, meets one from U+E000–U+FFFF.
func compareUTF16(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] {
		i++
	}
	if i == n {
		return len(a) - len(b)
	}
	x, y := a[i], b[i]
	if x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0) {
		x, y = y, x // F0… (supplementary) sorts before EE and EF (U+E000–U+FFFF)
	}
	return int(x) - int(y)
}

// string appends the string at a tape index. A source string without escapes
// has nothing to escape either: it is its own canonical form.
func (c *canonicalizer) string(d *Document, at uint32) {
	n := &d.tape[at]
	if !n.escaped() {
		c.dst = append(c.dst, d.src[n.start:n.end]...)
		return
	}
	c.dst = appendString(c.dst, d.text(at))
}

// appendString writes a string as RFC 8785, 3.2.2.2 says.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	const short = "btn?fr" // escapes of U+0008 to U+000D; there is none for U+000B
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= 0x20:
			dst = append(dst, c)
		case 0x08 <= c && c <= 0x0D && c != 0x0B:
			dst = append(dst, '\\', short[c-0x08])
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, '"')
}

// AppendQuoted appends s as a canonical JSON string. Bytes that are not UTF-8
// become U+FFFD, for JSON has no way to write them.
func AppendQuoted(dst []byte, s string) []byte {
	return appendString(dst, strings.ToValidUTF8(s, "\uFFFD"))
}
