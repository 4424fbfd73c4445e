package ijson

import (
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
