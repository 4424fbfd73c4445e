package ijson

import (
	"math"
	"strconv"
	"unsafe"
)

// safeDigits is how many digits an integer may have and be exact in a double
// without a closer look.
const safeDigits = 15

// number reads the number at i (RFC 8259, section 6).
func (p *parser) number(i int) int {
	src, start := p.src, i
	if src[i] == '-' {
		i++
	}
	first := i
	i = digits(src, i)
	switch {
	case i == first:
		return p.fail(i, ReasonSyntax, "%s stands where a digit should be", describe(src, i))
	case src[first] == '0' && i > first+1:
		return p.fail(first, ReasonSyntax, "a number must not start with a zero before other digits")
	}
	whole, plain := i-first, true
	if i < len(src) && src[i] == '.' {
		plain = false
		from := i + 1
		if i = digits(src, from); i == from {
			return p.fail(i, ReasonSyntax, "%s stands where a digit after the decimal point should be", describe(src, i))
		}
	}
	if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
		plain = false
		from := i + 1
		if from < len(src) && (src[from] == '+' || src[from] == '-') {
			from++
		}
		if i = digits(src, from); i == from {
			return p.fail(i, ReasonSyntax, "%s stands where a digit of the exponent should be", describe(src, i))
		}
	}
	if !plain || whole > safeDigits {
		if msg := unfit(src[start:i], plain); msg != "" {
			return p.fail(start, ReasonNumber, "%s", msg)
		}
	}
	if !p.push(start, i, uint32(Number)) {
		return failed
	}
	return i
}

func digits(src []byte, i int) int {
	for i < len(src) && '0' <= src[i] && src[i] <= '9' {
		i++
	}
	return i
}

// unfit says why a double cannot stand for a number, or "".
func unfit(text []byte, integer bool) string {
	f, err := strconv.ParseFloat(unsafe.String(&text[0], len(text)), 64)
	switch {
	case err != nil || math.IsInf(f, 0):
		return "the number is too large for a double (RFC 7493, 2.2); write it as a string"
	case f == 0 && hasNonZeroDigit(text):
		return "the number is too small for a double and would become zero (RFC 7493, 2.2); write it as a string"
	case integer:
		var buf [32]byte
		if string(strconv.AppendFloat(buf[:0], f, 'f', -1, 64)) != string(text) {
			return "the integer has more digits than a double keeps, so readers would disagree about it (RFC 7493, 2.2); write it as a string"
		}
	}
	return ""
}

// hasNonZeroDigit looks at the digits before any exponent.
func hasNonZeroDigit(text []byte) bool {
	for _, c := range text {
		switch {
		case c == 'e' || c == 'E':
			return false
		case '1' <= c && c <= '9':
			return true
		}
	}
	return false
}

// appendNumber writes a number as ECMAScript does (RFC 8785, 3.2.2.3).
func appendNumber(dst, text []byte) []byte {
	if isShortInteger(text) {
		return append(dst, text...)
	}
	f, _ := strconv.ParseFloat(unsafe.String(&text[0], len(text)), 64) // Parse has checked it
	return appendFloat(dst, f)
}

func isShortInteger(text []byte) bool {
	i := 0
	if text[0] == '-' {
		i = 1
	}
	return len(text)-i <= safeDigits && digits(text, i) == len(text) && (i == 0 || text[1] != '0')
}

// appendFloat writes a finite double as ECMAScript's Number::toString.
func appendFloat(dst []byte, f float64) []byte {
	if f == 0 {
		return append(dst, '0') // also for -0
	}
	if abs := math.Abs(f); 1e-6 <= abs && abs < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	// Go pads the exponent to two digits; ECMAScript does not.
	if n := len(dst); dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}
