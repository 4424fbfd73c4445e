package ijson_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"

	"github.com/openlaurel/laurel/ijson"
)

// TestNumbers: doubles, by their bits, and what ECMAScript writes for them
// (RFC 8785, appendix B).
func TestNumbers(t *testing.T) {
	for bits, want := range map[uint64]string{
		0x0000000000000000: "0",
		0x8000000000000000: "0",
		0x0000000000000001: "5e-324",
		0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308",
		0xffefffffffffffff: "-1.7976931348623157e+308",
		0x4340000000000000: "9007199254740992",
		0xc340000000000000: "-9007199254740992",
		0x4430000000000000: "295147905179352830000",
		0x44b52d02c7e14af5: "9.999999999999997e+22",
		0x44b52d02c7e14af6: "1e+23",
		0x44b52d02c7e14af7: "1.0000000000000001e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000",
		0x444b1ae4d6e2ef4f: "999999999999999900000",
		0x444b1ae4d6e2ef50: "1e+21",
		0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7",
		0x3eb0c6f7a0b5ed8d: "0.000001",
		0x41b3de4355555553: "333333333.3333332",
		0x41b3de4355555554: "333333333.33333325",
		0x41b3de4355555555: "333333333.3333333",
		0x41b3de4355555556: "333333333.3333334",
		0x41b3de4355555557: "333333333.33333343",
		0xbecbf647612f3696: "-0.0000033333333333333333",
		0x43143ff3c1cb0959: "1424953923781206.2",
	} {
		in := strconv.FormatFloat(math.Float64frombits(bits), 'e', -1, 64)
		if got, err := ijson.Canonicalize([]byte(in)); err != nil || string(got) != want {
			t.Errorf("%x (%s): %s, %v, want %s", bits, in, got, err, want)
		}
	}
	rng := rand.New(rand.NewPCG(8785, 0))
	for range 20_000 {
		f := math.Float64frombits(rng.Uint64())
		if math.IsInf(f, 0) || math.IsNaN(f) {
			continue
		}
		got, err := ijson.Canonicalize([]byte(strconv.FormatFloat(f, 'e', 20, 64)))
		want, wantErr := jcs.NumberToJSON(f)
		if err != nil || wantErr != nil || string(got) != want {
			t.Fatalf("%x: %s, %v, want %s, %v", math.Float64bits(f), got, err, want, wantErr)
		}
	}
}

func TestNumberLimits(t *testing.T) {
	for in, accept := range map[string]bool{
		"9007199254740991": true, "-9007199254740993": false, "9007199254740994": true, "100000000000000000000": true,
		"1e308": true, "1e309": false, "-1.8e308": false, "5e-324": true, "2e-324": false, "0e-999": true, "0.0e999": true, "-0": true,
		"123456789.123456789123456789": true, "1E5": true, strings.Repeat("9", 20_000): false, "1" + strings.Repeat("0", 308): true, "1" + strings.Repeat("0", 309): false,
		"0." + strings.Repeat("0", 400): true, "0." + strings.Repeat("0", 400) + "1": false,
	} {
		if _, err := ijson.Parse([]byte(in), nil); (err == nil) != accept {
			t.Errorf("%.40s: %v, want accepted %v", in, err, accept)
		}
	}
}

func TestCanonicalOmit(t *testing.T) {
	doc, err := ijson.Parse([]byte(`{"b":{"proof":1},"proof":[2],"a":"\u0041\u000b\/"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(ijson.AppendCanonical([]byte("x"), doc.Root(), "proof", "none")); got != `x{"a":"A\u000b/","b":{"proof":1}}` {
		t.Error(got)
	}
	if got := ijson.AppendCanonical(nil, ijson.Value{}); got != nil {
		t.Errorf("an invalid value gives %q", got)
	}
}

// TestKeyOrder: code units of UTF-16, not code points.
func TestKeyOrder(t *testing.T) {
	got, err := ijson.Canonicalize([]byte(`{"\ufffd":0,"\ud83d\ude00":1,"\ue000":2,"\ud7ff":3,"a":4,"":5,"aa":6,"\ud83d\ude01":7}`))
	if want := "{\"\":5,\"a\":4,\"aa\":6,\"\ud7ff\":3,\"😀\":1,\"😁\":7,\"\ue000\":2,\"\ufffd\":0}"; err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestAppendQuoted(t *testing.T) {
	if got := string(ijson.AppendQuoted(nil, "a\"\\\n\x7f<é\xff")); got != `"a\"\\\n`+"\x7f<é\ufffd"+`"` {
		t.Errorf("%q", got)
	}
}

func ExampleCanonicalize() {
	canonical, err := ijson.Canonicalize([]byte(`{ "numbers": [333333333.33333329, 1E30, 4.50], "literals": [null, true] }`))
	fmt.Println(string(canonical), err)
	// Output: {"literals":[null,true],"numbers":[333333333.3333333,1e+30,4.5]} <nil>
}

func ExampleParse() {
	doc, err := ijson.Parse([]byte(`{"type": "Achievement", "name": "Welding", "criteria": {"narrative": "Three seams"}}`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	achievement := doc.Root()
	fmt.Println(achievement.Get("criteria").Get("narrative").Text())
	fmt.Println(achievement.Get("image").Get("id").Text() == "") // no image: no panic
	for _, t := range achievement.Get("type").Each() {           // one value or many
		fmt.Println(t.Text())
	}
	// Output:
	// Three seams
	// true
	// Achievement
}

func ExampleSyntaxError() {
	_, err := ijson.Parse([]byte("{\"issuer\": {\"id\": \"did:web:a.example\",\n  \"\\u0069d\": \"did:web:b.example\"}}"), nil)
	fmt.Println(err)
	// Output: ijson: line 2, column 3 (at /issuer/id): the member "id" appears twice in one object
}
