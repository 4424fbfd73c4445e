package rdf

import (
	"fmt"
	"unicode/utf8"
)

// SyntaxError reports where a document departs from the grammar of N-Quads.
type SyntaxError struct {
	Line, Column int // from 1; Column counts bytes
	Msg          string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("rdf: N-Quads line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// ParseNQuads reads a document in N-Quads (RDF 1.1 N-Quads, section 4). It
// is strict: IRIs must be absolute and without forbidden characters, blank
// node labels, language tags and escapes as the grammar has them.
func ParseNQuads(src []byte) (*Dataset, error) {
	p := &nquadsParser{src: src, ds: NewDataset(src), line: 1}
	if !utf8.Valid(src) {
		for i := 0; i < len(src); {
			r, n := utf8.DecodeRune(src[i:])
			if r == utf8.RuneError && n <= 1 {
				p.pos = i
				return nil, p.errorf("invalid UTF-8")
			}
			if r == '\n' {
				p.line, p.start = p.line+1, i+1
			}
			i += n
		}
	}
	for p.pos < len(src) {
		if err := p.statement(); err != nil {
			return nil, err
		}
	}
	return p.ds, nil
}

type nquadsParser struct {
	src   []byte
	pos   int
	line  int
	start int // of the line
	ds    *Dataset
}

func (p *nquadsParser) errorf(format string, args ...any) error {
	return &SyntaxError{p.line, p.pos - p.start + 1, fmt.Sprintf(format, args...)}
}

func (p *nquadsParser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

func (p *nquadsParser) space() {
	for p.pos < len(p.src) && (p.src[p.pos] == ' ' || p.src[p.pos] == '\t') {
		p.pos++
	}
}

// statement reads one line: a quad, a comment, or nothing.
func (p *nquadsParser) statement() error {
	p.space()
	if c := p.peek(); c != '#' && c != '\n' && c != '\r' && p.pos < len(p.src) {
		if err := p.quad(); err != nil {
			return err
		}
		p.space()
	}
	if p.peek() == '#' {
		for p.pos < len(p.src) && p.src[p.pos] != '\n' && p.src[p.pos] != '\r' {
			p.pos++
		}
	}
	if p.pos == len(p.src) {
		return nil
	}
	if c := p.src[p.pos]; c != '\n' && c != '\r' {
		return p.errorf("expected the end of the line after a statement")
	}
	for p.pos < len(p.src) && (p.src[p.pos] == '\n' || p.src[p.pos] == '\r') {
		if p.src[p.pos] == '\n' {
			p.line++
		}
		p.pos++
		p.start = p.pos
	}
	return nil
}

func (p *nquadsParser) quad() error {
	s, err := p.node("a subject")
	if err != nil {
		return err
	}
	p.space()
	if p.peek() != '<' {
		return p.errorf("expected a predicate, an IRI in angle brackets")
	}
	piri, err := p.iri()
	if err != nil {
		return err
	}
	pred := p.ds.Predicate(unescape(p.ds.bytes(piri.off, piri.n)))
	p.space()
	var add func(g Node)
	if p.peek() == '"' {
		text, suffix, err := p.literal()
		if err != nil {
			return err
		}
		add = func(g Node) { p.ds.AddLiteral(s, pred, text, suffix, g) }
	} else {
		o, err := p.node("an object")
		if err != nil {
			return err
		}
		add = func(g Node) { p.ds.AddNode(s, pred, o, g) }
	}
	p.space()
	var g Node
	if p.peek() != '.' {
		if g, err = p.node("a graph name or \".\""); err != nil {
			return err
		}
		p.space()
	}
	if p.peek() != '.' {
		return p.errorf("expected \".\" at the end of the statement")
	}
	p.pos++
	add(g)
	return nil
}

func (p *nquadsParser) node(what string) (Node, error) {
	switch p.peek() {
	case '<':
		t, err := p.iri()
		if err != nil {
			return 0, err
		}
		return p.ds.IRI(t), nil
	case '_':
		label, err := p.blank()
		if err != nil {
			return 0, err
		}
		return p.ds.Blank(label), nil
	}
	return 0, p.errorf("expected %s", what)
}

// iri reads IRIREF: absolute, no characters U+0000 to U+0020 or <>"{}|^`\,
// neither written nor escaped.
func (p *nquadsParser) iri() (Text, error) {
	open := p.pos
	p.pos++
	escaped, colon := false, -1
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		switch {
		case c == '>':
			inside := p.src[open+1 : p.pos]
			if !isScheme(inside, colon-open-1) {
				return Text{}, p.errorf("<%s> is not an absolute IRI", inside)
			}
			p.pos++
			if escaped {
				return p.ds.Text(unescape(inside)), nil
			}
			return p.ds.Source(open+1, len(inside)), nil
		case c == '\\':
			r, n, ok := escapeAt(p.src[p.pos:])
			if !ok || n == 2 || forbiddenInIRI(r) {
				return Text{}, p.errorf("bad escape in an IRI")
			}
			escaped = true
			p.pos += n
		case forbiddenInIRI(rune(c)):
			return Text{}, p.errorf("character %q is not allowed in an IRI", c)
		default:
			if c == ':' && colon < 0 {
				colon = p.pos
			}
			p.pos++
		}
	}
	return Text{}, p.errorf("IRI without an end")
}

func forbiddenInIRI(r rune) bool {
	switch r {
	case '<', '>', '"', '{', '}', '|', '^', '`', '\\':
		return true
	}
	return r <= 0x20
}

// isScheme reports whether b[:n] is a URI scheme (RFC 3986, section 3.1).
func isScheme(b []byte, n int) bool {
	if n <= 0 || !isAlpha(b[0]) {
		return false
	}
	for _, c := range b[1:n] {
		if !isAlpha(c) && !isDigit(c) && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// blank reads BLANK_NODE_LABEL and returns it without "_:".
func (p *nquadsParser) blank() (string, error) {
	if p.pos+1 >= len(p.src) || p.src[p.pos+1] != ':' {
		return "", p.errorf("expected \"_:\" and a label")
	}
	start := p.pos + 2
	end := start
	for end < len(p.src) {
		r, n := utf8.DecodeRune(p.src[end:])
		if end == start && !labelStart(r) || end > start && !labelPart(r) {
			break
		}
		end += n
	}
	for end > start && p.src[end-1] == '.' {
		end--
	}
	if end == start {
		return "", p.errorf("expected a blank node label after \"_:\"")
	}
	p.pos = end
	return string(p.src[start:end]), nil
}

// ValidLabel reports whether s can be a blank node label (without "_:").
func ValidLabel(s string) bool {
	for i, r := range s {
		if i == 0 && !labelStart(r) || i > 0 && !labelPart(r) {
			return false
		}
	}
	return s != "" && s[len(s)-1] != '.'
}

func labelStart(r rune) bool {
	return r == '_' || r == ':' || '0' <= r && r <= '9' || pnCharsBase(r)
}

func labelPart(r rune) bool {
	return labelStart(r) || r == '-' || r == '.' || r == 0xb7 || 0x300 <= r && r <= 0x36f || r == 0x203f || r == 0x2040
}

// pnCharsBase is PN_CHARS_BASE of the N-Quads grammar.
func pnCharsBase(r rune) bool {
	switch {
	case 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z', 0xc0 <= r && r <= 0xd6, 0xd8 <= r && r <= 0xf6,
		0xf8 <= r && r <= 0x2ff, 0x370 <= r && r <= 0x37d, 0x37f <= r && r <= 0x1fff, 0x200c <= r && r <= 0x200d,
		0x2070 <= r && r <= 0x218f, 0x2c00 <= r && r <= 0x2fef, 0x3001 <= r && r <= 0xd7ff,
		0xf900 <= r && r <= 0xfdcf, 0xfdf0 <= r && r <= 0xfffd && r != utf8.RuneError, 0x10000 <= r && r <= 0xeffff:
		return true
	}
	return false
}

// literal reads a quoted string with its datatype or language.
func (p *nquadsParser) literal() (Text, Suffix, error) {
	open := p.pos
	p.pos++
	canonical := true
	for {
		if p.pos == len(p.src) {
			return Text{}, 0, p.errorf("string without an end")
		}
		c := p.src[p.pos]
		if c == '"' {
			break
		}
		n := 1
		switch {
		case c == '\\':
			var ok bool
			if _, n, ok = escapeAt(p.src[p.pos:]); !ok {
				return Text{}, 0, p.errorf("bad escape in a string")
			}
			canonical = canonical && n == 2 && p.src[p.pos+1] != '\''
		case c == '\n' || c == '\r':
			return Text{}, 0, p.errorf("line end inside a string")
		case needsEscape(c):
			canonical = false
		}
		p.pos += n
	}
	text := p.ds.Source(open+1, p.pos-open-1)
	if !canonical {
		text = p.ds.Text(unescape(p.src[open+1 : p.pos]))
	}
	p.pos++
	suffix, err := p.literalSuffix()
	return text, suffix, err
}

func (p *nquadsParser) literalSuffix() (Suffix, error) {
	switch p.peek() {
	case '^':
		if p.pos+2 >= len(p.src) || p.src[p.pos+1] != '^' || p.src[p.pos+2] != '<' {
			return 0, p.errorf("expected ^^ and a datatype IRI")
		}
		p.pos += 2
		t, err := p.iri()
		if err != nil {
			return 0, err
		}
		return p.ds.Datatype(unescape(p.ds.bytes(t.off, t.n))), nil
	case '@':
		start := p.pos + 1
		n := LanguageTagLength(p.src[start:])
		if n == 0 {
			return 0, p.errorf("expected a language tag after \"@\"")
		}
		p.pos = start + n
		return p.ds.Language(string(p.src[start:p.pos])), nil
	}
	return 0, nil
}

// LanguageTagLength returns how many bytes at the start of b are a language
// tag of the N-Quads grammar: [a-zA-Z]+ ("-" [a-zA-Z0-9]+)*.
func LanguageTagLength(b []byte) int {
	end := 0
	for i := 0; ; {
		start := i
		for i < len(b) && (isAlpha(b[i]) || start > 0 && isDigit(b[i])) {
			i++
		}
		if i == start {
			return end
		}
		end = i
		if i == len(b) || b[i] != '-' {
			return end
		}
		i++
	}
}
