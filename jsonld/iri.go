package jsonld

import "strings"

// keywords of JSON-LD 1.1, without those of framing.
func isKeyword(s string) bool {
	if len(s) < 3 || s[0] != '@' {
		return false
	}
	switch s {
	case "@base", "@container", "@context", "@default", "@direction", "@embed", "@explicit", "@graph", "@id",
		"@included", "@import", "@index", "@json", "@language", "@list", "@nest", "@none", "@null", "@omitDefault",
		"@prefix", "@preserve", "@propagate", "@protected", "@requireAll", "@reverse", "@set", "@type", "@value",
		"@version", "@vocab":
		return true
	}
	return false
}

// keywordForm reports whether s has the form of a keyword: @ and letters.
func keywordForm(s string) bool {
	if len(s) < 2 || s[0] != '@' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if c := s[i] | 0x20; c < 'a' || 'z' < c {
			return false
		}
	}
	return true
}

// isAbsolute reports whether s has a scheme, or is a blank node identifier,
// and has no white space.
func isAbsolute(s string) bool {
	colon := strings.IndexByte(s, ':')
	if colon <= 0 || !(s[:colon] == "_" || isScheme(s[:colon])) {
		return false
	}
	return strings.IndexFunc(s, isSpace) < 0
}

func isSpace(r rune) bool {
	switch {
	case r == ' ' || '\t' <= r && r <= '\r':
		return true
	case r < 0x80:
		return false
	}
	return r == 0xa0 || r == 0x1680 || 0x2000 <= r && r <= 0x200a || r == 0x2028 || r == 0x2029 || r == 0x202f ||
		r == 0x205f || r == 0x3000 || r == 0xfeff
}

// isScheme checks the syntax of RFC 3986, section 3.1.
func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return s != ""
}

func isBlank(s string) bool { return strings.HasPrefix(s, "_:") }

// wellFormed reports whether an absolute IRI can be written in RDF: none of
// the characters that N-Quads forbids, and one fragment at most.
func wellFormed(s string) bool {
	fragment := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c <= ' ' || forbidden[c]:
			return false
		case c == '#':
			if fragment {
				return false
			}
			fragment = true
		}
	}
	return true
}

var forbidden = [256]bool{'<': true, '>': true, '"': true, '{': true, '}': true, '|': true, '^': true, '`': true, '\\': true}

// isIRI reports whether s is an absolute IRI, and not a blank node.
func isIRI(s string) bool { return isAbsolute(s) && !isBlank(s) }

// reference is an IRI in its parts (RFC 3986, appendix B).
type reference struct {
	scheme, authority, path, query, fragment string
	hasAuthority, hasQuery, hasFragment      bool
}

func parseReference(s string) (r reference) {
	if i := strings.IndexByte(s, '#'); i >= 0 {
		r.fragment, r.hasFragment, s = s[i+1:], true, s[:i]
	}
	if i := strings.IndexByte(s, '?'); i >= 0 {
		r.query, r.hasQuery, s = s[i+1:], true, s[:i]
	}
	if i := strings.IndexByte(s, ':'); i > 0 && isScheme(s[:i]) {
		r.scheme, s = s[:i], s[i+1:]
	}
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		r.hasAuthority = true
		r.authority, s = rest, ""
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			r.authority, s = rest[:i], rest[i:]
		}
	}
	r.path = s
	return r
}

func (r reference) String() string {
	var sb strings.Builder
	if r.scheme != "" {
		sb.WriteString(r.scheme + ":")
	}
	if r.hasAuthority {
		sb.WriteString("//" + r.authority)
	}
	sb.WriteString(r.path)
	if r.hasQuery {
		sb.WriteString("?" + r.query)
	}
	if r.hasFragment {
		sb.WriteString("#" + r.fragment)
	}
	return sb.String()
}

// resolve resolves an IRI reference against a base (RFC 3986, section 5.2).
// Without a base it is returned as it is.
func resolve(base, ref string) string {
	if base == "" || isAbsolute(ref) {
		return ref
	}
	b, r := parseReference(base), parseReference(ref)
	if r.scheme != "" {
		r.path = removeDotSegments(r.path)
		return r.String()
	}
	t := reference{scheme: b.scheme, fragment: r.fragment, hasFragment: r.hasFragment}
	switch {
	case r.hasAuthority:
		t.authority, t.hasAuthority = r.authority, true
		t.path, t.query, t.hasQuery = removeDotSegments(r.path), r.query, r.hasQuery
		return t.String()
	case r.path == "":
		t.path, t.query, t.hasQuery = b.path, r.query, r.hasQuery
		if !r.hasQuery {
			t.query, t.hasQuery = b.query, b.hasQuery
		}
	case r.path[0] == '/':
		t.path, t.query, t.hasQuery = removeDotSegments(r.path), r.query, r.hasQuery
	default:
		t.path, t.query, t.hasQuery = removeDotSegments(mergePaths(b, r.path)), r.query, r.hasQuery
	}
	t.authority, t.hasAuthority = b.authority, b.hasAuthority
	return t.String()
}

// mergePaths is RFC 3986, section 5.2.3.
func mergePaths(base reference, path string) string {
	if base.hasAuthority && base.path == "" {
		return "/" + path
	}
	return base.path[:strings.LastIndexByte(base.path, '/')+1] + path
}

// removeDotSegments is RFC 3986, section 5.2.4.
func removeDotSegments(in string) string {
	var out []byte
	cut := func() {
		i := len(out) - 1
		for i > 0 && out[i] != '/' {
			i--
		}
		out = out[:max(i, 0)]
	}
	for in != "" {
		switch {
		case strings.HasPrefix(in, "../"):
			in = in[3:]
		case strings.HasPrefix(in, "./"), strings.HasPrefix(in, "/./"):
			in = in[2:]
		case in == "/.":
			in = "/"
		case strings.HasPrefix(in, "/../"):
			in = in[3:]
			cut()
		case in == "/..":
			in = "/"
			cut()
		case in == "." || in == "..":
			in = ""
		default:
			i := strings.IndexByte(in[1:], '/') + 1
			if i == 0 {
				i = len(in)
			}
			out = append(out, in[:i]...)
			in = in[i:]
		}
	}
	return string(out)
}

// languageTag reports whether s is well-formed after BCP 47 as far as RDF
// minds: letters, then groups of letters and digits, of one to eight.
func languageTag(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if len(part) == 0 || len(part) > 8 {
			return false
		}
		for _, c := range []byte(part) {
			if !('a' <= c|0x20 && c|0x20 <= 'z' || i > 0 && '0' <= c && c <= '9') {
				return false
			}
		}
	}
	return true
}
