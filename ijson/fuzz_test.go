package ijson_test

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gowebpki/jcs"

	"github.com/openlaurel/laurel/ijson"
)

var seeds = []string{
	``, `null`, ` true `, `"a\u00e9\ud83d\ude00\n"`, `"\ud800"`, `[1,-0,1e400,1E-400,0.1,9007199254740993,123456789012345678901234567890]`,
	`{"a":1,"\u0061":2}`, `{"a":{"b":[{},[],""]},"€":"ö","😀":0,"\ufb33":1}`, "\"\xff\"", `{"a":1,}`, `[1 2]`, `01`, `-`, `"\x"`, `nul`,
	`[[[[[[[[[[]]]]]]]]]]`, `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"]}`, "\xef\xbb\xbf1",
}

// FuzzParse: we accept nothing that encoding/json refuses, and refuse what it
// accepts only for the reasons of RFC 7493. Where both accept, both mean the
// same; every value's raw text parses alone to the same value.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		doc, err := ijson.Parse(src, nil)
		if err != nil {
			checkRefusal(t, src, doc, err.(*ijson.SyntaxError))
			return
		}
		var want any
		if err := json.Unmarshal(src, &want); err != nil {
			t.Fatalf("%q accepted; encoding/json says %v", src, err)
		}
		root := doc.Root()
		if got := root.Any(); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q means %v, want %v", src, got, want)
		}
		walk(t, root, root)
	})
}

func checkRefusal(t *testing.T, src []byte, doc *ijson.Document, err *ijson.SyntaxError) {
	t.Helper()
	if doc != nil || err.Line < 1 || err.Column < 1 || err.Offset < 0 || err.Offset > len(src) || err.Msg == "" {
		t.Fatalf("%q is refused with %+v and document %v", src, err, doc != nil)
	}
	switch err.Reason {
	case ijson.ReasonSyntax:
		if json.Valid(src) {
			t.Fatalf("%q is JSON, and refused for its syntax: %v", src, err)
		}
	case ijson.ReasonEncoding, ijson.ReasonDuplicate, ijson.ReasonNumber, ijson.ReasonLimit:
	default:
		t.Fatalf("%q is refused for %q", src, err.Reason)
	}
}

// walk holds each value's accessors to one another.
func walk(t *testing.T, root, v ijson.Value) {
	t.Helper()
	if at := root.At(v.Pointer()); !bytes.Equal(at.Raw(), v.Raw()) || at.Offset() != v.Offset() {
		t.Fatalf("%q leads to %s, not %s", v.Pointer(), at.Raw(), v.Raw())
	}
	alone, err := ijson.Parse(v.Raw(), nil)
	if err != nil || !reflect.DeepEqual(alone.Root().Any(), v.Any()) {
		t.Fatalf("%q alone: %v", v.Raw(), err)
	}
	n := 0
	for name, m := range v.Members() {
		if got := v.Get(name); got != m {
			t.Fatalf("member %q: Get leads elsewhere", name)
		}
		n++
		walk(t, root, m)
	}
	for e := range v.Elements() {
		if got := v.Index(n); got != e {
			t.Fatalf("element %d: Index leads elsewhere", n)
		}
		n++
		walk(t, root, e)
	}
	if n != v.Len() {
		t.Fatalf("%q has length %d, and %d parts", v.Raw(), v.Len(), n)
	}
	if !utf8.ValidString(v.Text()) || math.IsInf(v.Float(), 0) {
		t.Fatalf("%q holds %q, %v", v.Raw(), v.Text(), v.Float())
	}
}

// FuzzCanonicalize: canonical form is canonical, means the same and agrees
// with another implementation.
func FuzzCanonicalize(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		once, err := ijson.Canonicalize(src)
		if err != nil {
			return
		}
		twice, err := ijson.Canonicalize(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%q is canonically %q, and that %q, %v", src, once, twice, err)
		}
		var before, after any
		if json.Unmarshal(src, &before) != nil || json.Unmarshal(once, &after) != nil || !reflect.DeepEqual(before, after) {
			t.Fatalf("%q means %v, and %q %v", src, before, once, after)
		}
		if want, err := jcs.Transform(src); err == nil && !bytes.Equal(want, once) {
			t.Fatalf("%q is %q, another implementation says %q", src, once, want)
		}
	})
}

// FuzzUnmarshal: whatever encoding/json and we decode into a struct, we decode
// alike, but for its folding of case and its leniency.
func FuzzUnmarshal(f *testing.F) {
	type inner struct {
		X *int              `json:"x"`
		Y map[string]string `json:"y"`
	}
	type outer struct {
		inner
		A string   `json:"a,omitempty"`
		B []inner  `json:"b"`
		C any      `json:"c"`
		D float64  `json:"d"`
		E bool     `json:"e"`
		F *string  `json:"f"`
		G []string `json:"g"`
	}
	f.Add([]byte(`{"x":1,"y":{"k":"v"},"a":"s","b":[{"x":2}],"c":[1,{"z":null}],"d":1.5,"e":true,"f":null,"g":["h"]}`))
	f.Add([]byte(`{"a":null,"b":null,"A":"case"}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		var got, want outer
		if ijson.Unmarshal(src, &got) != nil {
			return
		}
		doc, _ := ijson.Parse(src, nil)
		if foldsCase(doc.Root()) {
			return
		}
		if err := json.Unmarshal(src, &want); err != nil {
			t.Fatalf("%q decodes to %+v; encoding/json says %v", src, got, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q decodes to %+v, want %+v", src, got, want)
		}
	})
}

// foldsCase reports member names that encoding/json would match to a field of
// another case.
func foldsCase(v ijson.Value) bool {
	for name, m := range v.Members() {
		if strings.ToLower(strings.ToUpper(name)) != name || foldsCase(m) {
			return true
		}
	}
	for e := range v.Elements() {
		if foldsCase(e) {
			return true
		}
	}
	return false
}
