package ijson

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// splicedLikeParsed holds what Splice makes to what Parse makes of the same text.
func splicedLikeParsed(t *testing.T, v Value, ins []Insertion) bool {
	t.Helper()
	d, at, err := Splice(v, ins, nil)
	if err != nil {
		return false
	}
	want, err := Parse(d.src, nil)
	if err != nil {
		t.Fatalf("%v in %s", err, d.src)
	}
	if !slices.Equal(d.tape, want.tape) {
		t.Fatalf("%s\ngot  %v\nwant %v", d.src, d.tape, want.tape)
	}
	for i, in := range ins {
		if !strings.HasPrefix(string(d.src[at[i]:]), string(in.Member)) {
			t.Errorf("the %d. member is not at %d of %s", i, at[i], d.src)
		}
	}
	return true
}

func TestSplice(t *testing.T) {
	const text = `[0,{"r":1,"list":[ {"a":"x","in":{"deep":[[]]} } ,2,{"b":{}}],"last":{"c":null}},3]`
	doc, err := Parse([]byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	var objects []Value
	var collect func(v Value)
	collect = func(v Value) {
		if v.Kind() == Object {
			objects = append(objects, v)
		}
		for e := range v.Elements() {
			collect(e)
		}
		for _, m := range v.Members() {
			collect(m)
		}
	}
	collect(doc.Root())
	spliced := 0
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var ins []Insertion
		for _, o := range objects {
			if rnd.IntN(3) == 0 {
				ins = append(ins, Insertion{o, []byte([]string{`"n":[{"x":1,"y":"\n"},2]`, `"é":{}`, ` "m" : "text" `}[rnd.IntN(3)])})
			}
		}
		for _, root := range []Value{doc.Root(), doc.Root().Index(1)} {
			if splicedLikeParsed(t, root, ins) {
				spliced++
			}
		}
	}
	if spliced < 100 {
		t.Errorf("only %d were spliced", spliced)
	}
}

func TestSpliceRefuses(t *testing.T) {
	doc, err := Parse([]byte(`{"a":{"b":{"\u0063":1}},"d":{},"e":{"f":2}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	root := doc.Root()
	inner := root.At("/a/b")
	other, _ := Parse([]byte(`{"a":1}`), nil)
	for name, c := range map[string]struct {
		ins  []Insertion
		opts Options
	}{
		"a name that is there, escaped": {ins: []Insertion{{inner, []byte(`"c":1`)}}},
		"an object without a member":    {ins: []Insertion{{root.Get("d"), []byte(`"c":1`)}}},
		"one object inside another":     {ins: []Insertion{{root, []byte(`"x":1`)}, {inner, []byte(`"x":1`)}}},
		"objects out of order":          {ins: []Insertion{{root.Get("e"), []byte(`"x":1`)}, {inner, []byte(`"x":1`)}}},
		"an object of another document": {ins: []Insertion{{other.Root(), []byte(`"x":1`)}}},
		"no object":                     {ins: []Insertion{{root.At("/e/f"), []byte(`"x":1`)}}},
		"two members":                   {ins: []Insertion{{inner, []byte(`"x":1,"y":2`)}}},
		"half a member":                 {ins: []Insertion{{inner, []byte(`"x":[`)}}},
		"no member":                     {ins: []Insertion{{inner, nil}}},
		"a duplicate inside":            {ins: []Insertion{{inner, []byte(`"x":{"y":1,"y":2}`)}}},
		"more bytes than are allowed":   {ins: []Insertion{{inner, []byte(`"x":1`)}}, opts: Options{MaxBytes: 48}},
		"more values than are allowed":  {ins: []Insertion{{inner, []byte(`"x":1`)}}, opts: Options{MaxValues: 14}},
		"the old values alone too many": {ins: []Insertion{{inner, []byte(`"x":1`)}}, opts: Options{MaxValues: 6}},
		"deeper than is allowed":        {ins: []Insertion{{inner, []byte(`"x":[[]]`)}}, opts: Options{MaxDepth: 4}},
	} {
		_, _, err := Splice(root, c.ins, &c.opts)
		if se := (*SyntaxError)(nil); !errors.As(err, &se) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, opts := range map[string]Options{"bytes": {MaxBytes: 49}, "values": {MaxValues: 15}, "depth": {MaxDepth: 3}} {
		if _, _, err := Splice(root, []Insertion{{inner, []byte(`"x":1`)}}, &opts); err != nil {
			t.Errorf("just enough %s: %v", name, err)
		}
	}
}
