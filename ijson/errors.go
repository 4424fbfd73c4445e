package ijson

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Reason says which rule a document broke, for callers that map errors to
// codes of their own.
type Reason string

// The rules, in the order in which Parse can meet them.
const (
	ReasonSyntax    Reason = "syntax"         // RFC 8259 grammar
	ReasonEncoding  Reason = "encoding"       // not UTF-8, a byte order mark, a lone surrogate
	ReasonDuplicate Reason = "duplicate-name" // a name twice in one object
	ReasonNumber    Reason = "number"         // a number no double holds
	ReasonLimit     Reason = "limit"          // larger, deeper or wider than Options allow
)

// A SyntaxError says what Parse refused and where. All of Parse's errors are
// of this type.
type SyntaxError struct {
	Offset  int    // bytes before the offending byte
	Line    int    // from 1
	Column  int    // from 1, in characters (code points)
	Pointer string // JSON Pointer (RFC 6901) of the innermost value or member
	Reason  Reason
	Msg     string // one plain sentence, without full stop
}

func (e *SyntaxError) Error() string {
	at := ""
	if e.Pointer != "" {
		at = fmt.Sprintf(" (at %s)", e.Pointer)
	}
	return fmt.Sprintf("ijson: line %d, column %d%s: %s", e.Line, e.Column, at, e.Msg)
}

// locate fills Line and Column from Offset. It runs once per failed document.
func (e *SyntaxError) locate(src []byte) {
	before := src[:min(e.Offset, len(src))]
	e.Line = 1 + bytes.Count(before, []byte{'\n'})
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	e.Column = 1 + utf8.RuneCount(before[lineStart:])
}

// describe names the byte at an offset for an error message.
func describe(src []byte, i int) string {
	if i >= len(src) {
		return "the end of the document"
	}
	r, size := utf8.DecodeRune(src[i:])
	switch {
	case r == utf8.RuneError && size <= 1:
		return fmt.Sprintf("the byte 0x%02X", src[i])
	case r < 0x20 || r == 0x7f:
		return fmt.Sprintf("the control character U+%04X", r)
	}
	return fmt.Sprintf("%q", r)
}
