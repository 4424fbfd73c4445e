package rdf

import (
	"crypto"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parse(t testing.TB, src string) *Dataset {
	t.Helper()
	ds, err := ParseNQuads([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func TestParseNQuads(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"", ""},
		{" # nothing\n\r\n\t\n", ""},
		{"<a:b> <a:c> <a:d> .", "<a:b> <a:c> <a:d> .\n"},
		{"<a:b><a:c>\"x\"@en-GB<a:g>.# comment", "<a:b> <a:c> \"x\"@en-GB <a:g> .\n"},
		{`_:x <a:c> "\u0041\U0001F600\t\"\\\'"^^<a:t> _:g .`, "_:x <a:c> \"A😀\\t\\\"\\\\'\"^^<a:t> _:g .\n"},
		{`<a:\u00e9> <a:c> "x"^^<http://www.w3.org/2001/XMLSchema#string> .`, "<a:é> <a:c> \"x\" .\n"},
		{"_:a.b <a:c> _:0-9.x .", "_:a.b <a:c> _:0-9.x .\n"},
		{"_:a <a:c> \"\x01\x7f\" .", "_:a <a:c> \"\\u0001\\u007F\" .\n"},
	} {
		if got := string(parse(t, c.src).NQuads()); got != c.want {
			t.Errorf("%q: got %q, want %q", c.src, got, c.want)
		}
	}
}

func TestParseNQuadsRefuses(t *testing.T) {
	for _, src := range []string{
		"<a:b> <a:c> .", "<a:b> <a:c> <a:d>", "<a:b> <a:c> <a:d> . <a:e> <a:c> <a:d> .", "<b> <a:c> <a:d> .", "<a:b > <a:c> <a:d> .",
		"<a:b> _:p <a:d> .", "\"s\" <a:c> <a:d> .", "<a:b> <a:c> \"x\"@ .", "<a:b> <a:c> \"x\"@en- .", "<a:b> <a:c> \"x\"^<a:t> .",
		"<a:b> <a:c> \"x\n\" .", "<a:b> <a:c> \"x .", "<a:b> <a:c> \"\\x\" .", "<a:b> <a:c> \"\\uD800\" .", "<a:b> <a:c> \"\\u12\" .",
		"<a:\\u0020> <a:c> <a:d> .", "<a:\\n> <a:c> <a:d> .", "_: <a:c> <a:d> .", "_:-a <a:c> <a:d> .", "<a:b> <a:c> <a:d> \"g\" .",
		"<a:b> <a:c> \"\xff\" .", "<a:b> <a:c> <a:{}> .", "1a:b <a:c> <a:d> .", "<1a:b> <a:c> <a:d> .",
	} {
		ds, err := ParseNQuads([]byte(src))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || ds != nil {
			t.Errorf("%q: got %v, want a *SyntaxError and no dataset", src, err)
		}
	}
	_, err := ParseNQuads([]byte("# one\n<a:b> <a:c> x ."))
	want := &SyntaxError{Line: 2, Column: 13, Msg: "expected an object"}
	var got *SyntaxError
	if !errors.As(err, &got) || got.Line != want.Line || got.Column != want.Column {
		t.Errorf("got %v, want line 2, column 13", err)
	}
}

func TestAddAndQuads(t *testing.T) {
	quads := []Quad{
		{Term{Kind: IRI, Value: "a:b"}, Term{Kind: IRI, Value: "a:p"}, Term{Kind: Literal, Value: "x\n\"", Language: "en"}, Term{}},
		{Term{Kind: BlankNode, Value: "x"}, Term{Kind: IRI, Value: "a:p"}, Term{Kind: BlankNode, Value: "y"}, Term{Kind: BlankNode, Value: "x"}},
		{Term{Kind: IRI, Value: "a:b"}, Term{Kind: IRI, Value: "a:q"}, Term{Kind: IRI, Value: "a:o"}, Term{Kind: IRI, Value: "a:g"}},
		{Term{Kind: IRI, Value: "a:b"}, Term{Kind: IRI, Value: "a:q"}, Term{Kind: Literal, Value: "1", Datatype: XSDInteger}, Term{}},
	}
	ds := NewDataset(nil)
	for _, q := range quads {
		ds.Add(q)
	}
	if diff := cmp.Diff(quads, slices.Collect(ds.Quads())); diff != "" {
		t.Errorf("quads (-added +got):\n%s", diff)
	}
}

// TestOrder holds the order of the canonical document equal to the order of
// its lines as text.
func TestOrder(t *testing.T) {
	subjects := []string{"<a:b>", "<a:b#c>", "<a:b!>", "<a:bb>", "_:x", "_:y", "<https://example.org/a/very/long/iri/1>", "<https://example.org/a/very/long/iri/2>"}
	objects := append(slices.Clone(subjects), `"a"`, `"a b"`, `"a!"`, `"a\""`, `"a"@en`, `"a"@en-us`, `"a"^^<a:t>`, `"a"^^<a:t#>`, `"ab"`, `""`)
	graphs := []string{"", "<a:b>", "<a:b#c>", "_:x", "_:g"}
	var src strings.Builder
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		fmt.Fprintf(&src, "%s %s %s %s .\n", subjects[r.IntN(len(subjects))], []string{"<a:p>", "<a:p#>", "<a:p!>"}[r.IntN(3)], objects[r.IntN(len(objects))], graphs[r.IntN(len(graphs))])
	}
	for i := range 25 {
		fmt.Fprintf(&src, "_:n%d <a:p> \"%d\" .\n", i, i)
	}
	c, err := parse(t, src.String()).Canonicalize(nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := c.Lines()
	if !sort.StringsAreSorted(lines) {
		t.Error("the lines are not sorted")
	}
	if unique := slices.Compact(slices.Clone(lines)); len(unique) != len(lines) {
		t.Error("a line is there twice")
	}
	if strings.Join(lines, "") != string(c.NQuads()) {
		t.Error("Lines and NQuads differ")
	}
}

func TestEachDecimal(t *testing.T) {
	for _, n := range []int{0, 1, 2, 9, 10, 11, 20, 99, 100, 101, 1234} {
		var got, want []string
		eachDecimal(n, func(i int) { got = append(got, strconv.Itoa(i)) })
		for i := range n {
			want = append(want, strconv.Itoa(i))
		}
		sort.Strings(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d (-want +got):\n%s", n, diff)
		}
	}
}

// TestRelabelling holds that neither labels nor order matter.
func TestRelabelling(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		n := 2 + r.IntN(6)
		var lines, renamed []string
		for range 1 + r.IntN(12) {
			a, b, g := r.IntN(n), r.IntN(n), r.IntN(4*n)
			format := func(name string, k int) string {
				line := fmt.Sprintf("_:%s%d <a:p> _:%s%d", name, a, name, b)
				if g < n {
					line += fmt.Sprintf(" _:%s%d", name, g)
				}
				return line + " .\n"
			}
			lines = append(lines, format("x", 0))
			renamed = append(renamed, format("c14n", 1))
		}
		r.Shuffle(len(renamed), func(i, j int) { renamed[i], renamed[j] = renamed[j], renamed[i] })
		one, err := parse(t, strings.Join(lines, "")).Canonicalize(nil)
		if err != nil {
			t.Fatal(err)
		}
		two, err := parse(t, strings.Join(renamed, "")).Canonicalize(nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one.Lines(), two.Lines()); diff != "" {
			t.Fatalf("%v and %v (-one +two):\n%s", lines, renamed, diff)
		}
	}
}

func TestSlice(t *testing.T) {
	ds := parse(t, `<a:r> <a:has> _:x <a:g> .
_:x <a:name> "one" <a:g> .
_:x <a:next> _:y <a:g> .
_:y <a:name> "two" _:x .
<a:r> <a:has> _:z <a:g> .
`)
	part := ds.Slice(1, 4, ds.IRI(ds.Text("a:g")))
	if diff := cmp.Diff("_:x <a:name> \"one\" .\n_:x <a:next> _:y .\n_:y <a:name> \"two\" _:x .\n", string(part.NQuads())); diff != "" {
		t.Errorf("slice (-want +got):\n%s", diff)
	}
	if got := part.BlankNodes(); got != 2 {
		t.Errorf("%d blank nodes, want 2", got)
	}
}

// TestParts holds that what slices know about blank nodes changes nothing, with either hash function, and that it is
// forgotten with the quads it was made of.
func TestParts(t *testing.T) {
	var src strings.Builder
	for i := range 20 {
		fmt.Fprintf(&src, "<a:%d> <a:p> _:x%d .\n_:x%d <a:v> \"%d\" .\n_:x%d <a:q> _:y%d .\n", i, i, i, i%7, i, i)
	}
	src.WriteString("_:x3 <a:other> _:x4 .\n")
	for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA384} {
		want := canonical(t, parse(t, src.String()), hash)
		ds := parse(t, src.String())
		for i := range 20 {
			canonical(t, ds.Slice(3*i, 3*i+3, 0), hash)
		}
		if len(ds.firsts.hashes) != 40*hash.Size() {
			t.Errorf("%v: the slices left %d bytes of hashes, want %d", hash, len(ds.firsts.hashes), 40*hash.Size())
		}
		if diff := cmp.Diff(want, canonical(t, ds, hash)); diff != "" {
			t.Errorf("%v: with slices (-without +with):\n%s", hash, diff)
		}
		other := crypto.SHA256 + crypto.SHA384 - hash
		if diff := cmp.Diff(canonical(t, parse(t, src.String()), other), canonical(t, ds, other)); diff != "" {
			t.Errorf("%v after slices with %v (-without +with):\n%s", other, hash, diff)
		}
		ds.Truncate(ds.Len() - 2)
		ds.Add(Quad{Subject: Term{Kind: BlankNode, Value: "x19"}, Predicate: Term{Kind: IRI, Value: "a:q"}, Object: Term{Kind: Literal, Value: "new"}})
		again := parse(t, string(ds.NQuads()))
		if diff := cmp.Diff(canonical(t, again, hash), canonical(t, ds, hash)); diff != "" {
			t.Errorf("%v: after quads were taken back (-new +old):\n%s", hash, diff)
		}
	}
}

func canonical(t *testing.T, ds *Dataset, hash crypto.Hash) []string {
	t.Helper()
	c, err := ds.Canonicalize(&CanonicalOptions{Hash: hash})
	if err != nil {
		t.Fatal(err)
	}
	return c.Lines()
}

// TestWorkLimit holds that graphs whose blank nodes are too alike are
// refused after little work, and that the limit is the same every time.
func TestWorkLimit(t *testing.T) {
	hostile := map[string]func(*strings.Builder){
		"clique of 8":  func(b *strings.Builder) { clique(b, 8) },
		"clique of 60": func(b *strings.Builder) { clique(b, 60) },
		"ring of 2000": func(b *strings.Builder) {
			for i := range 2000 {
				fmt.Fprintf(b, "_:n%d <a:p> _:n%d .\n", i, (i+1)%2000)
			}
		},
		"chain of 2000": func(b *strings.Builder) {
			for i := range 2000 {
				fmt.Fprintf(b, "_:n%d <a:p> _:n%d .\n", i, i+1)
			}
		},
	}
	for name, write := range hostile {
		var src strings.Builder
		write(&src)
		ds := parse(t, src.String())
		_, err := ds.Canonicalize(nil)
		var limit *WorkLimitError
		if !errors.As(err, &limit) {
			t.Errorf("%s: got %v, want a *WorkLimitError", name, err)
		}
	}
	var src strings.Builder
	clique(&src, 4)
	ds := parse(t, src.String())
	needed := sort.Search(1<<22, func(n int) bool {
		_, err := ds.Canonicalize(&CanonicalOptions{MaxWork: n + 1})
		return err == nil
	}) + 1
	for range 10 {
		if _, err := parse(t, src.String()).Canonicalize(&CanonicalOptions{MaxWork: needed}); err != nil {
			t.Errorf("the same dataset needs more than before: %v", err)
		}
		if _, err := parse(t, src.String()).Canonicalize(&CanonicalOptions{MaxWork: needed - 1}); err == nil {
			t.Errorf("the same dataset needs less than before")
		}
	}
}

func clique(b *strings.Builder, n int) {
	for i := range n {
		for j := range n {
			if i != j {
				fmt.Fprintf(b, "_:n%d <a:p> _:n%d .\n", i, j)
			}
		}
	}
}

func TestUnsupportedHash(t *testing.T) {
	if _, err := NewDataset(nil).Canonicalize(&CanonicalOptions{Hash: crypto.MD5}); err == nil {
		t.Error("MD5 was accepted")
	}
}

func TestEscaped(t *testing.T) {
	for inside, want := range map[string]bool{"": true, "abc": true, `\n\r\t\b\f\"\\`: true, `\/`: false, `\u0041`: false, "\x7f": false, "é😀": true} {
		if got := Escaped([]byte(inside)); got != want {
			t.Errorf("Escaped(%q) = %v, want %v", inside, got, want)
		}
	}
}

// FuzzParseNQuads holds that what is read and written again is the same
// dataset, that writing is stable, and that no input makes it fail otherwise
// than with an error.
func FuzzParseNQuads(f *testing.F) {
	f.Add([]byte("<a:b> <a:c> \"x\\n\\u0041\"@en <a:g> .\n_:a <a:p> _:b .\n_:b <a:p> _:a .\n"))
	f.Add([]byte("_:c14n0 <a:p> \"\\\"\"^^<a:t> _:g . # x\r\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		ds, err := ParseNQuads(src)
		if err != nil {
			if ds != nil {
				t.Fatal("a dataset beside an error")
			}
			return
		}
		written := ds.NQuads()
		again, err := ParseNQuads(written)
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, written)
		}
		if string(again.NQuads()) != string(written) {
			t.Fatalf("writing is not stable:\n%s\n%s", written, again.NQuads())
		}
		one, err1 := ds.Canonicalize(&CanonicalOptions{MaxWork: 1 << 20})
		two, err2 := again.Canonicalize(&CanonicalOptions{MaxWork: 1 << 20})
		if (err1 == nil) != (err2 == nil) {
			t.Fatalf("errors %v and %v", err1, err2)
		}
		if err1 != nil {
			return
		}
		if string(one.NQuads()) != string(two.NQuads()) {
			t.Fatalf("canonical forms differ:\n%s\n%s", one.NQuads(), two.NQuads())
		}
		canonical, err := ParseNQuads(one.NQuads())
		if err != nil {
			t.Fatal(err)
		}
		three, err := canonical.Canonicalize(&CanonicalOptions{MaxWork: 1 << 30})
		if err != nil || string(three.NQuads()) != string(one.NQuads()) {
			t.Fatalf("canonicalizing the canonical form changes it (%v):\n%s\n%s", err, one.NQuads(), three.NQuads())
		}
	})
}

func Example() {
	ds, err := ParseNQuads([]byte(`_:b <urn:name> "Ada" .
<urn:x> <urn:knows> _:b .`))
	if err != nil {
		panic(err)
	}
	c, err := ds.Canonicalize(nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s%v\n", c.NQuads(), c.Labels())
	// Output:
	// <urn:x> <urn:knows> _:c14n0 .
	// _:c14n0 <urn:name> "Ada" .
	// map[b:c14n0]
}

// TestManyPredicates goes past the number that is kept in a list, also of datatypes.
func TestManyPredicates(t *testing.T) {
	ds := NewDataset(nil)
	for range 2 {
		for i := range 3 * fewPredicates {
			iri, datatype := fmt.Sprintf("a:p%d\\", i), fmt.Sprintf("a:t%d", i)
			if p := ds.Predicate(iri); int(p) != i || ds.preds[p] != iri+`\` {
				t.Fatalf("predicate %q is %d, %q", iri, p, ds.preds[p])
			}
			if s := ds.Datatype(datatype); int(s) != i+1 || ds.suffixes[s] != "^^<"+datatype+">" {
				t.Fatalf("datatype %q is %d, %q", datatype, s, ds.suffixes[s])
			}
		}
	}
	if s := ds.Datatype(XSDString); s != 0 {
		t.Errorf("the suffix of a plain string is %d", s)
	}
}
