package ijson

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseErrors(t *testing.T) {
	tests := []struct {
		in      string
		reason  Reason
		line    int
		column  int
		pointer string
		msg     string
	}{
		{``, ReasonSyntax, 1, 1, "", "ends where a value should be"},
		{"\xEF\xBB\xBF{}", ReasonEncoding, 1, 1, "", "byte order mark"},
		{"{\n \"a\": [1, tru]}", ReasonSyntax, 2, 11, "/a/1", "did you mean true"},
		{"{\"é\": \"x\", \"b\": '1'}", ReasonSyntax, 1, 17, "/b", "'\\''"},
		{`{"a":{"b":1,"\u0062":2}}`, ReasonDuplicate, 1, 13, "/a/b", `"b" appears twice`},
		{`{"a/b":["\uD800"]}`, ReasonEncoding, 1, 10, "/a~1b/0", `\uD800`},
		{"[\"\xFF\"]", ReasonEncoding, 1, 3, "/0", "0xFF is not UTF-8"},
		{`[1e400]`, ReasonNumber, 1, 2, "/0", "too large"},
		{`[-1e-400]`, ReasonNumber, 1, 2, "/0", "too small"},
		{`[9007199254740993]`, ReasonNumber, 1, 2, "/0", "more digits"},
		{`[01]`, ReasonSyntax, 1, 2, "/0", "zero"},
		{`{} {}`, ReasonSyntax, 1, 4, "", "exactly one value"},
		{`{"a":1,}`, ReasonSyntax, 1, 8, "", "member name"},
		{strings.Repeat("[", 129), ReasonLimit, 1, 129, strings.Repeat("/0", 128), "nested deeper"},
	}
	for _, tt := range tests {
		doc, err := Parse([]byte(tt.in), nil)
		if err == nil {
			t.Errorf("Parse(%q) accepted, root %v", tt.in, doc.Root().Kind())
			continue
		}
		e := err.(*SyntaxError)
		if e.Reason != tt.reason || e.Line != tt.line || e.Column != tt.column || e.Pointer != tt.pointer || !strings.Contains(e.Msg, tt.msg) {
			t.Errorf("Parse(%q) = %+v\n want %s at %d:%d %q, %q", tt.in, e, tt.reason, tt.line, tt.column, tt.pointer, tt.msg)
		}
	}
}

func TestAccessors(t *testing.T) {
	doc, err := Parse([]byte(`{"s":"\u00e9\ud83d\ude00","n":-1.50,"t":true,"z":null,"o":{"a/b":{"~":[10,[],{"x":3}]}},"e":{}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := doc.Root()
	if got := r.Get("s").Text(); got != "é😀" {
		t.Errorf("Text = %q", got)
	}
	if got := r.Get("n").Number(); got != "-1.50" {
		t.Errorf("Number = %q", got)
	}
	v := r.At("/o/a~1b/~0/2/x")
	if v.Float() != 3 || v.Pointer() != "/o/a~1b/~0/2/x" {
		t.Errorf("At gave %s at %q", v.Raw(), v.Pointer())
	}
	for _, p := range []string{"x", "/o/a~1b/~0/03", "/o/a~1b/~0/3", "/s/0", "/o/a~1b/~0/-"} {
		if r.At(p).IsValid() {
			t.Errorf("At(%q) found %s", p, r.At(p).Raw())
		}
	}
	var none Value
	if none.Get("a").Index(1).At("/x").Text() != "" || none.Len() != 0 || none.Raw() != nil || none.Any() != nil {
		t.Error("the zero Value is not harmless")
	}
	count := 0
	for range r.Get("z").Each() {
		count++
	}
	for range r.Get("s").Each() {
		count++
	}
	for range r.At("/o/a~1b/~0").Each() {
		count++
	}
	if count != 4 {
		t.Errorf("Each yielded %d values, want 4", count)
	}
}

// TestDuplicates finds a repeated name in objects of every size, at every
// place, and none where there is none.
func TestDuplicates(t *testing.T) {
	for _, n := range []int{2, 3, smallObject, smallObject + 1, smallObject + 2, smallObject + 3, 200, 5000} {
		for _, twice := range []int{-1, 0, n / 2, n - 2} {
			var b strings.Builder
			b.WriteString(`{"inner":[{"k0":1}]`)
			for i := range n {
				fmt.Fprintf(&b, `,"k%d":{"k0":%d}`, i, i)
			}
			if twice >= 0 {
				fmt.Fprintf(&b, `,"\u006b%d":0`, twice)
			}
			b.WriteString(`}`)
			_, err := Parse([]byte(b.String()), nil)
			if twice < 0 {
				if err != nil {
					t.Errorf("%d members: %v", n, err)
				}
				continue
			}
			e, ok := err.(*SyntaxError)
			if !ok || e.Reason != ReasonDuplicate || e.Pointer != fmt.Sprintf("/k%d", twice) || !strings.HasPrefix(b.String()[e.Offset:], `"\u006b`) {
				t.Errorf("%d members, member %d twice: %v", n, twice, err)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		in   string
		opts Options
		ok   bool
	}{
		{`[1,2]`, Options{MaxBytes: 5}, true},
		{`[1,2] `, Options{MaxBytes: 5}, false},
		{`[[1]]`, Options{MaxDepth: 2}, true},
		{`[{"a":[]}]`, Options{MaxDepth: 2}, false},
		{`{"a":1}`, Options{MaxValues: 3}, true},
		{`{"a":[]}`, Options{MaxValues: 2}, false},
		{strings.Repeat("[", DefaultMaxDepth) + strings.Repeat("]", DefaultMaxDepth), Options{}, true},
		{strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), Options{MaxDepth: 1 << 30}, false},
	}
	for _, tt := range tests {
		_, err := Parse([]byte(tt.in), &tt.opts)
		if (err == nil) != tt.ok || err != nil && err.(*SyntaxError).Reason != ReasonLimit {
			t.Errorf("%.20s with %+v: %v", tt.in, tt.opts, err)
		}
	}
}
