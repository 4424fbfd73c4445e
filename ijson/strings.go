package ijson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

func load64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special marks, in the high bit of each byte, bytes of w that are a quote, a
// backslash or a control character. The lowest mark is exact; higher ones may
// be spurious (borrows travel upwards), so only the lowest may be used.
func special(w uint64) uint64 {
	quote := w ^ ones*'"'
	slash := w ^ ones*'\\'
	return ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*0x20)&^w) & highs
}

// string reads the string whose opening quote stands at i: one look at each
// byte for its end, then one for its encoding if any byte is not ASCII.
func (p *parser) string(i int) int {
	src := p.src
	start := i
	i++
	var wide uint64 // the bits of all bytes so far
	meta := uint32(String)
	for {
		if i+8 <= len(src) {
			w := load64(src[i:])
			mark := special(w)
			if mark == 0 {
				wide |= w
				i += 8
				continue
			}
			skip := bits.TrailingZeros64(mark) &^ 7
			wide |= w & (1<<skip - 1)
			i += skip / 8
		} else {
			for i < len(src) && src[i] >= 0x20 && src[i] != '"' && src[i] != '\\' {
				wide |= uint64(src[i])
				i++
			}
			if i == len(src) {
				return p.fail(i, ReasonSyntax, "the document ends inside a string that began at byte %d", start)
			}
		}
		switch src[i] {
		case '"':
			i++
			if wide&highs != 0 && !p.checkUTF8(start+1, i-1) || !p.push(start, i, meta) {
				return failed
			}
			return i
		case '\\':
			meta |= escapedBit
			if i = p.escape(i); i == failed {
				return failed
			}
		default:
			return p.fail(i, ReasonSyntax, "%s stands in a string; write it as an escape", describe(src, i))
		}
	}
}

func (p *parser) checkUTF8(from, to int) bool {
	if utf8.Valid(p.src[from:to]) {
		return true
	}
	for at := from; ; {
		r, size := utf8.DecodeRune(p.src[at:to])
		if r == utf8.RuneError && size <= 1 {
			p.fail(at, ReasonEncoding, "%s is not UTF-8", describe(p.src, at))
			return false
		}
		at += size
	}
}

// escape checks the escape sequence at i and returns the position after it.
func (p *parser) escape(i int) int {
	src := p.src
	if i+1 >= len(src) {
		return p.fail(len(src), ReasonSyntax, "the document ends inside a string")
	}
	switch src[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
	default:
		return p.fail(i+1, ReasonSyntax, "%s after a backslash is not an escape that JSON knows", describe(src, i+1))
	}
	unit, ok := hex4(src, i+2)
	if !ok {
		return p.fail(i, ReasonSyntax, `the escape \u needs four hexadecimal digits`)
	}
	if unit < 0xD800 || unit > 0xDFFF {
		return i + 6
	}
	if unit < 0xDC00 && i+7 < len(src) && src[i+6] == '\\' && src[i+7] == 'u' {
		if low, ok := hex4(src, i+8); ok && 0xDC00 <= low && low <= 0xDFFF {
			return i + 12
		}
	}
	return p.fail(i, ReasonEncoding, "the escape %s is half of a surrogate pair; it stands for no character", src[i:i+6])
}

// hex4 reads four hexadecimal digits at i.
func hex4(src []byte, i int) (rune, bool) {
	if i+4 > len(src) {
		return 0, false
	}
	var r rune
	for _, c := range src[i : i+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// decoded returns the text of a checked string body, without copying when it
// has no escapes.
func decoded(body []byte, escaped bool) string {
	if len(body) == 0 {
		return ""
	}
	if !escaped {
		return unsafe.String(&body[0], len(body))
	}
	out := appendUnescaped(make([]byte, 0, len(body)), body)
	return unsafe.String(unsafe.SliceData(out), len(out))
}

func appendUnescaped(dst, body []byte) []byte {
	for i := 0; i < len(body); {
		c := body[i]
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		c = body[i+1]
		i += 2
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r, _ := hex4(body, i)
			i += 4
			if 0xD800 <= r && r < 0xDC00 {
				low, _ := hex4(body, i+2)
				r = (r-0xD800)<<10 | (low - 0xDC00) + 0x10000
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
