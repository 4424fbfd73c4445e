package ijson

import (
	"fmt"
	"math"
	"strconv"
)

// Kind is the type of a JSON value.
type Kind uint8

// The kinds. Invalid is the kind of a value that is not there.
const (
	Invalid Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

func (k Kind) String() string {
	return [...]string{"invalid", "null", "bool", "number", "string", "array", "object"}[k]
}

const (
	// DefaultMaxBytes bounds a document. The largest record the design budgets
	// for, a thousand nested credentials with images inside, is under 60 MB.
	DefaultMaxBytes = 64 << 20

	// DefaultMaxDepth bounds nesting of arrays and objects. A CLR that nests a
	// CLR that nests credentials stays under 40; 512 is an attack. A low bound
	// protects every recursive walk that is done on a Document afterwards.
	DefaultMaxDepth = 128

	// DefaultMaxValues bounds the tape: 16 bytes a value, so 64 MB at most.
	// Ordinary records have one value for 20 to 40 bytes of text.
	DefaultMaxValues = 4 << 20

	// maxDepthCeiling is the deepest a caller may ask for: the parser recurses,
	// and a goroutine's stack is not endless.
	maxDepthCeiling = 10_000
)

// Options bound what Parse accepts. Nil and zero mean the defaults.
type Options struct {
	MaxBytes  int // bytes of the document; 0 means DefaultMaxBytes
	MaxDepth  int // nested arrays and objects; 0 means DefaultMaxDepth, never more than 10,000
	MaxValues int // values and member names together; 0 means DefaultMaxValues
}

func (o *Options) orDefaults() Options {
	var r Options
	if o != nil {
		r = *o
	}
	if r.MaxBytes <= 0 {
		r.MaxBytes = DefaultMaxBytes
	}
	if r.MaxDepth <= 0 {
		r.MaxDepth = DefaultMaxDepth
	}
	if r.MaxValues <= 0 {
		r.MaxValues = DefaultMaxValues
	}
	r.MaxBytes = min(r.MaxBytes, math.MaxInt32) // the tape holds 32-bit offsets
	r.MaxDepth = min(r.MaxDepth, maxDepthCeiling)
	r.MaxValues = min(r.MaxValues, maxCount)
	return r
}

// A node is one value or one member name on the tape, in 16 bytes. An object's
// children are name, value, name, value …; a child's sibling stands at next.
type node struct {
	start, end uint32 // src[start:end] is the value's exact text
	next       uint32 // index of the node after this value and all below it
	meta       uint32 // kind, whether a string has escapes, count of children
}

const (
	kindMask   = 7
	escapedBit = 8
	countShift = 4
	maxCount   = 1<<(32-countShift) - 1
)

func (n *node) kind() Kind    { return Kind(n.meta & kindMask) }
func (n *node) escaped() bool { return n.meta&escapedBit != 0 }

// count is the number of elements of an array or members of an object.
func (n *node) count() int { return int(n.meta >> countShift) }

// A Document is a parsed text and its tape. It is immutable and safe for
// concurrent use as long as nobody writes to the bytes given to Parse.
type Document struct {
	src  []byte
	tape []node
}

// Root returns the value that is the document.
func (d *Document) Root() Value {
	if d == nil || len(d.tape) == 0 {
		return Value{}
	}
	return Value{d, 0}
}

// Bytes returns the text that was parsed, exactly as given.
func (d *Document) Bytes() []byte {
	if d == nil {
		return nil
	}
	return d.src
}

// Parse reads one I-JSON text. It keeps src, which must not be changed
// afterwards: values and their strings point into it. The error is a
// *[SyntaxError].
func Parse(src []byte, opts *Options) (*Document, error) {
	p := parser{src: src, opts: opts.orDefaults()}
	if err := p.document(); err != nil {
		err.locate(src)
		return nil, err
	}
	return &Document{src: src, tape: p.tape}, nil
}

type parser struct {
	src  []byte
	tape []node
	opts Options
	dup  duplicates
	err  *SyntaxError
}

// failed is the position that the parser's methods return after setting err.
const failed = -1

func (p *parser) fail(at int, reason Reason, format string, args ...any) int {
	p.err = &SyntaxError{Offset: at, Reason: reason, Msg: fmt.Sprintf(format, args...)}
	return failed
}

func (p *parser) document() *SyntaxError {
	src := p.src
	if len(src) > p.opts.MaxBytes {
		p.fail(p.opts.MaxBytes, ReasonLimit, "the document has %d bytes, more than the limit of %d", len(src), p.opts.MaxBytes)
		return p.err
	}
	if hasBOM(src) {
		p.fail(0, ReasonEncoding, "the document starts with a byte order mark; save it as UTF-8 without one")
		return p.err
	}
	// One value for 20 bytes is what credentials have; append covers the rest.
	p.tape = make([]node, 0, len(src)/16+8)
	i := p.value(p.space(0), 0)
	if i == failed {
		return p.err
	}
	if i = p.space(i); i < len(src) {
		p.fail(i, ReasonSyntax, "%s follows the end of the value; a document holds exactly one value", describe(src, i))
	}
	return p.err
}

func hasBOM(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	utf16 := b[0] == 0xFE && b[1] == 0xFF || b[0] == 0xFF && b[1] == 0xFE
	return utf16 || len(b) >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF
}

// space returns the position of the next byte that is not white space.
func (p *parser) space(i int) int {
	if i < len(p.src) && p.src[i] > ' ' {
		return i
	}
	return p.skip(i)
}

func (p *parser) skip(i int) int {
	for i < len(p.src) {
		switch p.src[i] {
		case ' ', '\n', '\r', '\t':
			i++
		default:
			return i
		}
	}
	return i
}

// value reads the value that starts at i and returns the position after it.
func (p *parser) value(i, depth int) int {
	if i >= len(p.src) {
		return p.fail(i, ReasonSyntax, "the document ends where a value should be")
	}
	switch c := p.src[i]; c {
	case '"':
		return p.string(i)
	case '{':
		return p.object(i, depth+1)
	case '[':
		return p.array(i, depth+1)
	case 't':
		return p.literal(i, "true", Bool)
	case 'f':
		return p.literal(i, "false", Bool)
	case 'n':
		return p.literal(i, "null", Null)
	default:
		if c == '-' || '0' <= c && c <= '9' {
			return p.number(i)
		}
		return p.fail(i, ReasonSyntax, "%s stands where a value should be", describe(p.src, i))
	}
}

// push appends a node without children; false means the limit is reached and
// err is set.
func (p *parser) push(start, end int, meta uint32) bool {
	if len(p.tape) < p.opts.MaxValues {
		p.tape = append(p.tape, node{uint32(start), uint32(end), uint32(len(p.tape) + 1), meta})
		return true
	}
	p.fail(start, ReasonLimit, "the document has more values than the limit of %d", p.opts.MaxValues)
	return false
}

// open pushes a container's node, to be completed by close.
func (p *parser) open(i, depth int, kind Kind) (at int, ok bool) {
	if depth > p.opts.MaxDepth {
		p.fail(i, ReasonLimit, "arrays and objects are nested deeper than the limit of %d", p.opts.MaxDepth)
		return 0, false
	}
	at = len(p.tape)
	return at, p.push(i, i, uint32(kind))
}

func (p *parser) close(at, end, count int) int {
	n := &p.tape[at]
	n.end, n.next = uint32(end), uint32(len(p.tape))
	n.meta |= uint32(count) << countShift
	return end
}

func (p *parser) array(i, depth int) int {
	src := p.src
	at, ok := p.open(i, depth, Array)
	if !ok {
		return failed
	}
	if i = p.space(i + 1); i < len(src) && src[i] == ']' {
		return p.close(at, i+1, 0)
	}
	for count := 0; ; count++ {
		if i = p.value(i, depth); i == failed {
			p.err.Pointer = "/" + strconv.Itoa(count) + p.err.Pointer
			return failed
		}
		if i = p.space(i); i >= len(src) {
			return p.fail(i, ReasonSyntax, "the document ends inside an array that began at byte %d", p.tape[at].start)
		}
		switch src[i] {
		case ',':
			i = p.space(i + 1)
		case ']':
			return p.close(at, i+1, count+1)
		default:
			return p.fail(i, ReasonSyntax, "%s stands where a comma or the closing bracket of an array should be", describe(src, i))
		}
	}
}

func (p *parser) object(i, depth int) int {
	src := p.src
	at, ok := p.open(i, depth, Object)
	if !ok {
		return failed
	}
	if i = p.space(i + 1); i < len(src) && src[i] == '}' {
		return p.close(at, i+1, 0)
	}
	names := p.dup.enter()
	for count := 1; ; count++ {
		if i = p.member(i, depth, names); i == failed {
			return failed
		}
		if i = p.space(i); i >= len(src) {
			return p.fail(i, ReasonSyntax, "the document ends inside an object that began at byte %d", p.tape[at].start)
		}
		switch src[i] {
		case ',':
			i = p.space(i + 1)
		case '}':
			if again, yes := p.dup.leave(names); yes {
				return p.twice(again.name, again.offset)
			}
			return p.close(at, i+1, count)
		default:
			return p.fail(i, ReasonSyntax, "%s stands where a comma or the closing brace of an object should be", describe(src, i))
		}
	}
}

// member reads one name, colon and value.
func (p *parser) member(i, depth, names int) int {
	src := p.src
	if i >= len(src) || src[i] != '"' {
		return p.fail(i, ReasonSyntax, "%s stands where a member name in double quotes should be", describe(src, i))
	}
	at, key := i, len(p.tape)
	if i = p.string(i); i == failed {
		return failed
	}
	name := p.text(key)
	if p.dup.add(names, name, at) {
		return p.twice(name, at)
	}
	if i = p.space(i); i >= len(src) || src[i] != ':' {
		p.fail(i, ReasonSyntax, "%s stands where the colon after a member name should be", describe(src, i))
		p.err.Pointer = Pointer(name)
		return failed
	}
	if i = p.value(p.space(i+1), depth); i == failed {
		p.err.Pointer = Pointer(name) + p.err.Pointer
	}
	return i
}

func (p *parser) twice(name string, at int) int {
	p.fail(at, ReasonDuplicate, "the member %q appears twice in one object", name)
	p.err.Pointer = Pointer(name)
	return failed
}

// text returns the decoded text of the string node at a tape index.
func (p *parser) text(at int) string {
	n := &p.tape[at]
	return decoded(p.src[n.start+1:n.end-1], n.escaped())
}

func (p *parser) literal(i int, want string, kind Kind) int {
	end := i + len(want)
	if end > len(p.src) || string(p.src[i:end]) != want {
		return p.fail(i, ReasonSyntax, "%s stands where a value should be; did you mean %s?", describe(p.src, i), want)
	}
	if !p.push(i, end, uint32(kind)) {
		return failed
	}
	return end
}
