package ijson

import (
	"strconv"
	"strings"
)

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")
var pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")

// EscapePointer escapes one reference token (RFC 6901, section 3).
func EscapePointer(part string) string {
	if !strings.ContainsAny(part, "~/") {
		return part
	}
	return pointerEscaper.Replace(part)
}

// Pointer joins reference tokens into a JSON Pointer, escaping each.
// Pointer() is "", the whole document.
func Pointer(parts ...string) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteByte('/')
		b.WriteString(EscapePointer(part))
	}
	return b.String()
}

// At returns the value a JSON Pointer (RFC 6901) leads to from v, or an
// invalid Value. The pointer "" leads to v itself.
func (v Value) At(pointer string) Value {
	if pointer == "" {
		return v
	}
	if pointer[0] != '/' {
		return Value{}
	}
	for part := range strings.SplitSeq(pointer[1:], "/") {
		switch v.Kind() {
		case Object:
			if strings.IndexByte(part, '~') >= 0 {
				part = pointerUnescaper.Replace(part)
			}
			v = v.Get(part)
		case Array:
			i, ok := arrayIndex(part)
			if !ok {
				return Value{}
			}
			v = v.Index(i)
		default:
			return Value{}
		}
	}
	return v
}

// arrayIndex reads an index: digits without leading zeros (RFC 6901, section 4).
func arrayIndex(s string) (int, bool) {
	if s == "" || len(s) > 10 || len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	i, err := strconv.Atoi(s)
	return i, err == nil
}

// Pointer returns the JSON Pointer of v in its document. It walks from the
// root, so it is for messages, not for loops.
func (v Value) Pointer() string {
	if !v.IsValid() {
		return ""
	}
	var b strings.Builder
	at := Value{v.doc, 0}
	for at.at != v.at {
		switch at.Kind() {
		case Object:
			for name, child := range at.Members() {
				if child.contains(v) {
					b.WriteString(Pointer(name))
					at = child
					break
				}
			}
		case Array:
			for i, child := range at.indexed() {
				if child.contains(v) {
					b.WriteString("/" + strconv.Itoa(i))
					at = child
					break
				}
			}
		}
	}
	return b.String()
}

func (v Value) contains(w Value) bool {
	return v.at <= w.at && w.at < v.node().next
}
