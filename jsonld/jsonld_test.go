package jsonld

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// TestResolve runs the examples of RFC 3986, section 5.4.
func TestResolve(t *testing.T) {
	for ref, want := range map[string]string{
		"g:h": "g:h", "g": "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/", "/g": "http://a/g", "//g": "http://g",
		"?y": "http://a/b/c/d;p?y", "g?y": "http://a/b/c/g?y", "#s": "http://a/b/c/d;p?q#s", "g#s": "http://a/b/c/g#s", "g?y#s": "http://a/b/c/g?y#s",
		";x": "http://a/b/c/;x", "g;x": "http://a/b/c/g;x", "g;x?y#s": "http://a/b/c/g;x?y#s", "": "http://a/b/c/d;p?q", ".": "http://a/b/c/", "./": "http://a/b/c/",
		"..": "http://a/b/", "../": "http://a/b/", "../g": "http://a/b/g", "../..": "http://a/", "../../": "http://a/", "../../g": "http://a/g",
		"../../../g": "http://a/g", "../../../../g": "http://a/g", "/./g": "http://a/g", "/../g": "http://a/g", "g.": "http://a/b/c/g.", ".g": "http://a/b/c/.g",
		"g..": "http://a/b/c/g..", "..g": "http://a/b/c/..g", "./../g": "http://a/b/g", "./g/.": "http://a/b/c/g/", "g/./h": "http://a/b/c/g/h",
		"g/../h": "http://a/b/c/h", "g;x=1/./y": "http://a/b/c/g;x=1/y", "g;x=1/../y": "http://a/b/c/y", "g?y/./x": "http://a/b/c/g?y/./x",
		"g#s/../x": "http://a/b/c/g#s/../x",
	} {
		if got := resolve("http://a/b/c/d;p?q", ref); got != want {
			t.Errorf("%q: got %q, want %q", ref, got, want)
		}
	}
}

// TestNumbers holds that numbers become literals as ECMAScript would write
// them.
func TestNumbers(t *testing.T) {
	const double, integer = "http://www.w3.org/2001/XMLSchema#double", "http://www.w3.org/2001/XMLSchema#integer"
	for _, c := range []struct {
		f              float64
		datatype       string
		text, wantType string
	}{
		{3, "", "3", integer}, {-3, "", "-3", integer}, {0, "", "0", integer}, {math.Copysign(0, -1), "", "0", integer},
		{3, double, "3.0E0", double}, {3, "urn:t", "3", "urn:t"}, {3.5, "urn:t", "3.5E0", "urn:t"}, {5.3, "", "5.3E0", double},
		{1e21, "", "1.0E21", double}, {1e20, "", "100000000000000000000", integer}, {1e-7, "", "1.0E-7", double}, {0.1, "", "1.0E-1", double},
		{-1234.5, "", "-1.2345E3", double}, {1.7976931348623157e308, "", "1.797693134862316E308", double}, {5e-324, "", "4.940656458412465E-324", double},
		// Halfway between two decimals: the greater one, as ECMAScript has it.
		{1234567890123456.5, "", "1.234567890123457E15", double}, {-1234567890123456.5, "", "-1.234567890123457E15", double},
		{1234567890123457.5, "", "1.234567890123458E15", double},
	} {
		text, datatype := number(c.f, c.datatype)
		if text != c.text || datatype != c.wantType {
			t.Errorf("%v as %q: got %q of %q, want %q of %q", c.f, c.datatype, text, datatype, c.text, c.wantType)
		}
	}
}

const credentials = `"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]`

// TestDropped holds that everything that is dropped is named, with its
// pointer.
func TestDropped(t *testing.T) {
	for _, c := range []struct {
		members string
		want    []Dropped
	}{
		{`"id":"urn:x:1","name":"n"`, nil},
		{`"id":"urn:x:1","name":"n","unknown":{"a":1}`, []Dropped{{"/unknown", "unknown", ReasonUndefinedTerm}}},
		{`"id":"relative","name":"n"`, []Dropped{{"/id", "relative", ReasonRelativeID}}},
		{`"id":"urn:x:<1>","name":"n"`, []Dropped{{"/id", "urn:x:<1>", ReasonInvalidIRI}}},
		{`"type":["VerifiableCredential","Unknown"],"name":"n"`, []Dropped{{"/type/1", "Unknown", ReasonRelativeType}}},
		{`"type":"VerifiableCredential","issuer":"us"`, []Dropped{{"/issuer", "us", ReasonRelativeIRI}}},
		{`"type":"VerifiableCredential","issuer":{"id":"did:x:y","a/b~c":1}`, []Dropped{{"/issuer/a~1b~0c", "a/b~c", ReasonUndefinedTerm}}},
		{`"name":"n","@bogus":1`, []Dropped{{"/@bogus", "@bogus", ReasonReservedTerm}}},
		{`"name":[{"@value":"n","@language":"en_US"}]`, []Dropped{{"/name/0/@language", "en_us", ReasonLanguage}}},
		{`"name":{"@value":"n","@language":"ar","@direction":"rtl"}`, []Dropped{{"/name/@direction", "rtl", ReasonDirection}}},
		{`"name":{"@value":null},"description":"d"`, []Dropped{{"/name", "@value", ReasonNullValue}}},
		{`"name":"n","_:p":"x"`, []Dropped{{"/_:p", "_:p", ReasonBlankPredicate}}},
		{`"id":"urn:x:1"`, []Dropped{{"", "@id", ReasonEmpty}}},
		{`"name":null,"description":[]`, nil}, // null and nothing say nothing
		{`"":"x","name":"n"`, []Dropped{{"/", "", ReasonUndefinedTerm}}},
	} {
		for _, generic := range []bool{true, false} {
			r, err := ToRDF(parse(t, []byte("{"+credentials+","+c.members+"}")), &Options{generic: generic})
			if err != nil {
				t.Errorf("%s: %v", c.members, err)
				continue
			}
			if diff := cmp.Diff(c.want, r.Dropped); diff != "" {
				t.Errorf("%s (generic %v) (-want +got):\n%s", c.members, generic, diff)
			}
		}
	}
}

// TestContextErrors holds that contexts are refused with the code and the
// place.
func TestContextErrors(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`{"a":"urn:a"},`, DefaultMaxContexts+1), ",")
	documents := map[string][]byte{
		"https://example.org/self":  []byte(`{"@context":"https://example.org/self"}`),
		"https://example.org/twice": []byte(`{"@context":["https://example.org/twice","https://example.org/twice"]}`),
		"https://example.org/bad":   []byte(`{"@context":{"t":{"@id":5}}}`),
		"https://example.org/not":   []byte(`[]`),
	}
	for _, c := range []struct{ src, code, pointer string }{
		{`{"@context":"https://example.org/unknown"}`, codeLoadingRemoteContext, "/@context"},
		{`{"https://example.org/p":[{"@context":"https://example.org/unknown"}]}`, codeLoadingRemoteContext, "/https:~1~1example.org~1p/0/@context"},
		{`{"@context":["https://www.w3.org/ns/credentials/v2",{"name":"urn:other"}],"name":"x"}`, codeProtectedTerm, "/@context"},
		{`{"@context":["https://www.w3.org/ns/credentials/v2",null]}`, codeNullification, "/@context"},
		{`{"@context":"https://example.org/self"}`, codeContextOverflow, "/@context"},
		{`{"@context":"https://example.org/twice"}`, codeContextOverflow, "/@context"},
		{`{"@context":"https://example.org/bad"}`, codeIRIMapping, "/@context"},
		{`{"@context":"https://example.org/not"}`, codeRemoteContext, "/@context"},
		{`{"@context":[` + many + `]}`, codeContextOverflow, "/@context"},
		{`{"@context":7}`, codeLocalContext, "/@context"},
		{`{"@context":{"a":{"@id":"b:c"},"b":{"@id":"a:c"}}}`, codeCyclicIRI, "/@context"},
		{`{"@context":{"p":{"@id":"urn:p","@container":{"@list":1}}}}`, codeContainer, "/@context"},
	} {
		_, err := ToRDF(parse(t, []byte(c.src)), &Options{Documents: documents})
		var ce *ContextError
		if !errors.As(err, &ce) {
			t.Errorf("%.80s: got %v, want a *ContextError", c.src, err)
			continue
		}
		if ce.Code != c.code || ce.Pointer != c.pointer {
			t.Errorf("%.80s: got %q at %q, want %q at %q", c.src, ce.Code, ce.Pointer, c.code, c.pointer)
		}
	}
}

// TestContextLimit holds that what other documents made known does not change
// how many contexts a document may have, and that a long record has no more
// than a short one.
func TestContextLimit(t *testing.T) {
	part := func(v ijson.Value) bool { return v.Has("@context") }
	needed := func(name string, opts Options) int {
		v := parse(t, vectors.File(t, "perf/"+name+".json"))
		return 1 + sort.Search(DefaultMaxContexts, func(n int) bool {
			opts.MaxContexts = n + 1
			_, err := ToRDF(v, &opts)
			return err == nil
		})
	}
	for _, opts := range []Options{{}, {Part: part}, {generic: true}} {
		first := needed("clr-std-1", opts)
		for range 3 {
			if n := needed("clr-std-1", opts); n != first {
				t.Errorf("first %d contexts were needed, then %d", first, n)
			}
		}
		if ten, hundred := needed("clr-std-10", opts), needed("clr-std-100", opts); hundred > ten+10 || hundred > DefaultMaxContexts/5 {
			t.Errorf("10 credentials need %d contexts and 100 need %d", ten, hundred)
		}
	}
}

// TestNoDamage holds that no document changes what the next one means.
func TestNoDamage(t *testing.T) {
	src := vectors.File(t, "perf/clr-std-1.json")
	honest := func() string {
		return string(canonicalForm(t, parse(t, src), nil).NQuads())
	}
	want := honest()
	for _, hostile := range []string{
		`{"@context":{"@import":"https://www.w3.org/ns/credentials/v2","name":"urn:evil","@protected":false},"name":"x"}`,
		`{"@context":["https://www.w3.org/ns/credentials/v2",{"Evil":{"@id":"urn:Evil","@context":{"name":"urn:evil"}}}],"type":["Evil"],"name":"x"}`,
		`{"@context":["https://purl.imsglobal.org/spec/ob/v3p0/context.json",{"id":"urn:evil","type":"urn:evil"}],"id":"x","type":"y"}`,
		`{"@context":{"@vocab":"urn:evil#"},"@type":["VerifiableCredential","OpenBadgeCredential"],"name":"x"}`,
	} {
		for range 2 {
			ToRDF(parse(t, []byte(hostile)), nil)                                 //nolint:errcheck // whatever comes of it
			ToRDF(parse(t, []byte(hostile)), &Options{Base: "https://evil.org/"}) //nolint:errcheck // the same
		}
		if got := honest(); got != want {
			t.Fatalf("after %s an honest credential has another canonical form:\n%s", hostile, cmp.Diff(want, got))
		}
	}
}

// TestBaseIsNotKept holds that a base counts for one conversion only.
func TestBaseIsNotKept(t *testing.T) {
	src := []byte(`{"@context":{"p":"urn:p"},"@type":"relative","p":"x"}`)
	with := canonicalForm(t, parse(t, src), &Options{Base: "https://example.org/"}).Len()
	without := canonicalForm(t, parse(t, src), nil).Len()
	if with != 2 || without != 1 {
		t.Errorf("%d quads with a base and %d without, want 2 and 1", with, without)
	}
}

// TestSourceCanBeReused holds that nothing is kept of a document's bytes.
func TestSourceCanBeReused(t *testing.T) {
	src := bytes.Clone(vectors.File(t, "perf/clr-std-1.json"))
	want := string(canonicalForm(t, parse(t, src), nil).NQuads())
	clear(src)
	if got := string(canonicalForm(t, parse(t, vectors.File(t, "perf/clr-std-1.json")), nil).NQuads()); got != want {
		t.Errorf("the canonical form changed (-want +got):\n%s", cmp.Diff(want, got))
	}
}

// TestConcurrent runs conversions side by side, for the race detector.
func TestConcurrent(t *testing.T) {
	docs := [][]byte{vectors.File(t, "perf/clr-std-1.json"), vectors.File(t, "clr20/complex.json"), vectors.File(t, "di-eddsa/unsigned.json")}
	var want []string
	for _, d := range docs {
		want = append(want, string(canonicalForm(t, parse(t, d), nil).NQuads()))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 3 * len(docs) {
				d := docs[i%len(docs)]
				r, err := ToRDF(parse(t, d), nil)
				if err != nil {
					t.Error(err)
					return
				}
				c, err := r.Dataset.Canonicalize(nil)
				if err != nil || string(c.NQuads()) != want[i%len(docs)] {
					t.Errorf("another canonical form, or error %v", err)
				}
			}
		})
	}
	wg.Wait()
}

func TestLabel(t *testing.T) {
	v := parse(t, []byte("{"+credentials+`,"type":"VerifiableCredential","name":"n","credentialSubject":{"type":"AchievementSubject","result":[{"type":"Result","value":"1"}]}}`))
	for _, generic := range []bool{true, false} {
		r, err := ToRDF(v, &Options{generic: generic, Label: func(node ijson.Value) string { return fmt.Sprintf("at%d", node.Offset()) }})
		if err != nil {
			t.Fatal(err)
		}
		lines := string(r.Dataset.NQuads())
		for _, at := range []ijson.Value{v, v.At("/credentialSubject"), v.At("/credentialSubject/result/0")} {
			if label := fmt.Sprintf("_:at%d ", at.Offset()); !strings.Contains(lines, label) {
				t.Errorf("generic %v: no %sin\n%s", generic, label, lines)
			}
		}
	}
}

func TestContextOption(t *testing.T) {
	v := parse(t, []byte(`{"type":"DataIntegrityProof","cryptosuite":"x","created":"2024-01-01T00:00:00Z"}`))
	context := parse(t, []byte(`["https://www.w3.org/ns/credentials/v2"]`))
	r, err := ToRDF(v, &Options{Context: context})
	if err != nil {
		t.Fatal(err)
	}
	if r.Dataset.Len() != 3 || len(r.Dropped) > 0 {
		t.Errorf("got %d quads and dropped %v, want 3 and none", r.Dataset.Len(), r.Dropped)
	}
}

func TestKnownContexts(t *testing.T) {
	urls := KnownContexts()
	if !slices.IsSorted(urls) || len(urls) < len(contexts) {
		t.Errorf("%d URLs of %d contexts, or not sorted", len(urls), len(contexts))
	}
	for _, url := range urls {
		if embeddedContext(url) == nil {
			t.Errorf("%s cannot be read", url)
		}
	}
	if KnownContext("https://example.org/") || !ExampleContext("https://www.w3.org/ns/credentials/examples/v2") {
		t.Error("a context is taken for what it is not")
	}
}

func TestCheckDocument(t *testing.T) {
	for src, want := range map[string]bool{
		`{"@context":{"a":"urn:a"}}`: true, `{"@context":["https://www.w3.org/ns/credentials/v2",{"a":"urn:a"}]}`: true,
		`{"@context":"https://example.org/other"}`: false, `{}`: false, `{"@context":{"@type":5}}`: false, `nonsense`: false,
	} {
		if err := CheckDocument("https://example.org/c", []byte(src)); (err == nil) != want {
			t.Errorf("%s: %v", src, err)
		}
	}
}

func Example() {
	doc, err := ijson.Parse([]byte(`{
		"@context": ["https://www.w3.org/ns/credentials/v2", {"grade": "https://example.org/grade"}],
		"id": "urn:example:1", "type": "VerifiableCredential", "grade": "A", "colour": "red"}`), nil)
	if err != nil {
		panic(err)
	}
	r, err := ToRDF(doc.Root(), nil)
	if err != nil {
		panic(err)
	}
	c, err := r.Dataset.Canonicalize(nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s%v\n", c.NQuads(), r.Dropped)
	// Output:
	// <urn:example:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#VerifiableCredential> .
	// <urn:example:1> <https://example.org/grade> "A" .
	// [{/colour colour undefined term}]
}

// TestLimits: documents of many objects, and contexts inside them, are held to a share of the document.
func TestLimits(t *testing.T) {
	const head = `{"@context":[{"@vocab":"urn:v:"}`
	terms := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"t%05d":"urn:x:t"`+",", i)
		}
		return "{" + strings.TrimSuffix(b.String(), ",") + "}"
	}
	for name, tc := range map[string]struct {
		doc  string
		code string // "" when it is converted
	}{
		"9,000 empty objects":  {head + `],"p":[` + strings.TrimSuffix(strings.Repeat("{},", 9_000), ",") + `]}`, ""},
		"20,000 empty objects": {head + `],"p":[` + strings.TrimSuffix(strings.Repeat("{},", 20_000), ",") + `]}`, CodeTooManyObjects},
		"20,000 braces":        {head + `],"p":"` + strings.Repeat("{", 20_000) + `"}`, ""},
		"20,000 nodes":         {head + `],"p":[` + strings.TrimSuffix(strings.Repeat(`{"id":"urn:x:1"},`, 20_000), ",") + `]}`, ""},
		"6,000 terms":          {head + "," + terms(6_000) + `],"p":1}`, ""},
		"8,000 terms":          {head + "," + terms(8_000) + `],"p":1}`, codeContextOverflow},
		"8,000, a small share": {head + "," + terms(8_000) + `],"p":"` + strings.Repeat("x", 3<<19) + `"}`, ""},
	} {
		doc, err := ijson.Parse([]byte(tc.doc), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ToRDF(doc.Root(), nil)
		var ce *ContextError
		var de *Error
		code := ""
		switch {
		case errors.As(err, &ce):
			code = ce.Code
		case errors.As(err, &de):
			code = de.Code
		case err != nil:
			code = err.Error()
		}
		if code != tc.code {
			t.Errorf("%s: %q, want %q", name, code, tc.code)
		}
	}
}
