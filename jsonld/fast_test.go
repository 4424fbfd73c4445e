package jsonld

import (
	"bytes"
	"cmp"
	"crypto"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// outcome is all that can be seen of a conversion.
type outcome struct {
	Failed  bool
	Lines   []string
	Dropped []Dropped
	err     error
}

func convert(v ijson.Value, generic bool) outcome {
	r, err := ToRDF(v, &Options{OmitTopLevel: []string{"proof"}, generic: generic})
	if err != nil {
		return outcome{Failed: true, err: err}
	}
	o := outcome{Dropped: r.Dropped}
	for i := range o.Dropped {
		// In a graph container the fast path knows which element it was.
		if d := &o.Dropped[i]; d.Reason == ReasonEmpty || d.Reason == ReasonFreeFloating {
			d.Pointer = strings.TrimRight(d.Pointer, "/0123456789")
		}
	}
	slices.SortFunc(o.Dropped, func(a, b Dropped) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Term, b.Term), cmp.Compare(a.Reason, b.Reason))
	})
	if len(o.Dropped) == maxDropped {
		o.Dropped = nil // which of them are listed depends on the order
	}
	if c, err := r.Dataset.Canonicalize(nil); err == nil {
		o.Lines = c.Lines()
	}
	return o
}

func checkSame(t *testing.T, src []byte) {
	t.Helper()
	d, err := ijson.Parse(src, nil)
	if err != nil {
		return
	}
	generic, fast := convert(d.Root(), true), convert(d.Root(), false)
	if diff := gocmp.Diff(generic, fast, gocmp.FilterPath(func(p gocmp.Path) bool { return p.Last().String() == ".err" }, gocmp.Ignore())); diff != "" {
		t.Fatalf("the paths differ (-generic +fast):\n%s\nerrors %v, %v\n%s", diff, generic.err, fast.err, src)
	}
	checkParts(t, d.Root(), fast)
}

// checkParts holds that looking for parts changes nothing in the whole, and
// that a part is what it is by itself.
func checkParts(t *testing.T, v ijson.Value, whole outcome) {
	t.Helper()
	opts := &Options{OmitTopLevel: []string{"proof"}, Part: func(v ijson.Value) bool { return v.Has("@context") }}
	r, err := ToRDF(v, opts)
	if whole.Failed || err != nil {
		if whole.Failed != (err != nil) {
			t.Fatalf("with parts error %v, without %v\n%s", err, whole.err, v.Raw())
		}
		return
	}
	parts := 0
	eachObject(v, func(o ijson.Value) {
		ds := r.Part(o)
		if ds == nil {
			return
		}
		parts++
		alone, err := ToRDF(o, opts)
		if err != nil || len(alone.Dropped) > 0 {
			t.Fatalf("a part that by itself has error %v and drops %v\n%s", err, alone.Dropped, o.Raw())
		}
		want, err := alone.Dataset.Canonicalize(nil)
		if err != nil {
			return
		}
		got, err := ds.Canonicalize(nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want.Lines(), got.Lines()); diff != "" {
			t.Fatalf("part (-alone +part):\n%s\n%s", diff, o.Raw())
		}
		if sum, err := r.PartSum(o, nil); err != nil || !bytes.Equal(sum, want.Sum(crypto.SHA256)) {
			t.Fatalf("PartSum %x, %v; by itself %x\n%s", sum, err, want.Sum(crypto.SHA256), o.Raw())
		}
	})
	if parts != len(r.parts) {
		t.Fatalf("%d of %d parts found\n%s", parts, len(r.parts), v.Raw())
	}
	if c, err := r.Dataset.Canonicalize(nil); err == nil && whole.Lines != nil {
		if diff := gocmp.Diff(whole.Lines, c.Lines()); diff != "" {
			t.Fatalf("whole (-without parts +with parts):\n%s\n%s", diff, v.Raw())
		}
	}
}

func eachObject(v ijson.Value, f func(ijson.Value)) {
	if v.Kind() == ijson.Object {
		f(v)
		for _, m := range v.Members() {
			eachObject(m, f)
		}
	}
	for e := range v.Elements() {
		eachObject(e, f)
	}
}

// corpus is the credentials of the vectors that a mutation can start from.
func corpus(t testing.TB) [][]byte {
	var docs [][]byte
	for _, name := range []string{"clr20", "ob30", "dcc", "vcdm20", "samples", "di-eddsa"} {
		for _, c := range vectors.Open(t, name).Cases {
			if b := c.Input(t); len(b) > 0 && b[0] == '{' && len(b) < 30_000 {
				docs = append(docs, b)
			}
		}
	}
	return append(docs, vectors.File(t, "perf/clr-std-1.json"), vectors.File(t, "perf/clr-lean-1.json"),
		vectors.File(t, "perf/clr-std-10.json"), vectors.File(t, "perf/clr-lean-10.json"))
}

// TestFastEqualsGeneric holds the fast path equal to the generic one for
// credentials and for what becomes of them by chance.
func TestFastEqualsGeneric(t *testing.T) {
	docs := corpus(t)
	for _, src := range docs {
		checkSame(t, src)
	}
	rounds := 4000
	if testing.Short() {
		rounds = 200
	}
	r := rand.New(rand.NewPCG(7, 7))
	for range rounds {
		var v any
		if err := json.Unmarshal(docs[r.IntN(len(docs))], &v); err != nil {
			continue
		}
		for range 1 + r.IntN(4) {
			v = mutate(r, v)
		}
		src, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		checkSame(t, src)
	}
}

// oddities are values and members that exercise the corners of JSON-LD.
var oddities = []string{
	`null`, `true`, `3`, `3.0`, `1.5e300`, `"x"`, `""`, `"did:example:1"`, `"_:b"`, `"../relative"`, `"@id"`, `"@unknown"`, `[]`, `{}`,
	`[["a"],[["b"],null]]`, `"https://example.org/a b"`, `"a\u0001\n\u007f\/\\"`, `"data:text/plain,x"`, `"obi:Thing"`, `["a","a"]`,
	`{"@value":"v"}`, `{"@value":null}`, `{"@value":1,"@type":"xsd:x"}`, `{"@value":"x","@language":"EN-us"}`, `{"@value":{"a":[1]},"@type":"@json"}`,
	`{"@list":["a",{"@list":[1]},null]}`, `{"@list":[]}`, `{"@set":["a"]}`, `{"@id":"did:example:2"}`, `{"id":"did:example:3"}`,
	`{"id":"_:x","type":"Achievement","name":"n"}`, `{"@id":"did:example:4","@type":["Achievement","https://example.org/T"],"name":{"@value":"q"}}`,
	`{"@graph":[{"@id":"did:example:5","name":"g"}]}`, `{"@included":[{"@id":"did:example:6","name":"i"}]}`, `{"@nest":{"name":"n"}}`,
	`{"@reverse":{"https://example.org/p":{"@id":"did:example:7"}}}`, `{"@index":"i","name":"n"}`, `{"type":["Achievement"],"criteria":{"narrative":"c"}}`,
	`{"@context":{"name":"https://example.org/n","l":{"@id":"https://example.org/l","@container":"@list"}},"name":"n","l":["1",2]}`,
	`{"@context":null,"https://example.org/p":"x"}`, `{"@context":{"@vocab":"https://example.org/v#","@language":"de"},"anything":"x","y":1}`,
	`{"@context":{"m":{"@id":"https://example.org/m","@container":"@language"}},"m":{"en":"a","de":["b"]}}`,
	`{"@context":{"m":{"@id":"https://example.org/m","@container":["@graph","@id"]}},"m":{"did:example:8":{"https://example.org/p":1}}}`,
	`{"@context":{"T":{"@id":"https://example.org/T","@context":{"p":{"@id":"https://example.org/p","@type":"@vocab"}}}},"@type":"T","p":"T"}`,
	`{"@context":{"w":{"@id":"https://example.org/w","@type":"@vocab","@context":{"term":"https://example.org/term","alias":"@id"}},"T":"https://example.org/T"},
		"w":["term","alias","T","https://example.org/U","_:b","nowhere","@type",3,null,{"id":"did:example:10"},{"@value":"x"},["term"]]}`,
	`{"proofPurpose":"assertionMethod"}`, `{"type":"DataIntegrityProof","proofPurpose":["authentication","assertionMethod","nowhere",{"type":"Profile"},7]}`,
	`{"@context":{"r":{"@reverse":"https://example.org/r"}},"r":{"@id":"did:example:9"}}`, `{"@direction":"ltr","@value":"x"}`,
	`{"proof":{"type":"DataIntegrityProof","created":"2024-01-01T00:00:00Z"}}`, `{"type":"OpenBadgeCredential","credentialSubject":{"type":"AchievementSubject","achievement":[{"id":"urn:a"}]}}`,
}

var oddNames = []string{"@type", "@id", "type", "id", "@graph", "@context", "@index", "@value", "@nest", "@included", "@reverse", "@list", "@set", "@bogus",
	"name", "proof", "issuer", "undefinedTerm", "https://example.org/p", "obi:thing", "_:p", "achievement", "result", "verifiableCredential", "a b:c", "", "https://example.org/<p>"}

// mutate changes one place in a JSON value, which it may do in place.
func mutate(r *rand.Rand, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) > 0 && r.IntN(4) > 0 {
			names := make([]string, 0, len(v))
			for name := range v {
				names = append(names, name)
			}
			slices.Sort(names)
			name := names[r.IntN(len(names))]
			switch r.IntN(12) {
			case 0:
				delete(v, name)
			case 1:
				v[oddNames[r.IntN(len(oddNames))]] = v[name]
			default:
				v[name] = mutate(r, v[name])
			}
			return v
		}
		v[oddNames[r.IntN(len(oddNames))]] = odd(r)
		return v
	case []any:
		if len(v) > 0 && r.IntN(5) > 0 {
			i := r.IntN(len(v))
			v[i] = mutate(r, v[i])
			return v
		}
		return append(v, odd(r))
	}
	if r.IntN(3) == 0 {
		return []any{v, odd(r)}
	}
	return odd(r)
}

func odd(r *rand.Rand) any {
	var v any
	if err := json.Unmarshal([]byte(oddities[r.IntN(len(oddities))]), &v); err != nil {
		panic(err)
	}
	return v
}

// FuzzToRDF holds that no document makes the conversion panic, that both
// paths agree, and that the result is valid N-Quads with the same canonical
// form.
func FuzzToRDF(f *testing.F) {
	for i, o := range oddities {
		f.Add([]byte(`{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"id":"urn:x:` +
			strconv.Itoa(i) + `","type":["VerifiableCredential","OpenBadgeCredential"],"credentialSubject":{"type":"AchievementSubject","result":` + o + `}}`))
		f.Add([]byte(o))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) < 4096 {
			checkSame(t, src)
		}
	})
}
