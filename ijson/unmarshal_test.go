package ijson_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
)

type base struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type link struct {
	Target string `json:"target"`
}

type many []string

func (m *many) UnmarshalIJSON(v ijson.Value) error {
	for _, e := range v.Each() {
		if !e.IsString() {
			return errors.New("only strings")
		}
		*m = append(*m, e.Text())
	}
	return nil
}

type record struct {
	base
	*Extra
	Name    string          `json:"name"` // hides base's
	Link    link            `json:"link"`
	When    time.Time       `json:"when"`
	Raw     json.RawMessage `json:"raw"`
	Any     any             `json:"any"`
	Types   many            `json:"types"`
	Count   uint8           `json:"count"`
	Sum     int             `json:"sum"`
	Score   *float64        `json:"score"`
	Pair    [2]bool         `json:"pair"`
	Bytes   []byte          `json:"bytes"`
	ByDay   map[int]string  `json:"byDay"`
	Links   map[string]link `json:"links"`
	Lexical json.Number     `json:"lexical"`
	Value   ijson.Value     `json:"value"`
	Hidden  string          `json:"-"`
	Plain   string
	private string
}

type Extra struct {
	Note string `json:"note"`
}

func TestUnmarshal(t *testing.T) {
	src := `{"id":"x","name":"n","note":"e","link":{"target":"t","more":1},"when":"2026-01-02T03:04:05Z","raw":{"a" : 1},
	"any":[1,"b",{"c":null}],"types":"one","count":255,"sum":1e2,"score":0.5,"pair":[true,false],"bytes":"AQI=","byDay":{"1":"mon"},
	"links":{"l":{"target":"u"}},"lexical":1.50,"value":[7],"Plain":"p","plain":"no","ID":"no","private":"no","Hidden":"no","-":"no"}`
	var got record
	if err := ijson.Unmarshal([]byte(src), &got); err != nil {
		t.Fatal(err)
	}
	if string(got.Value.Raw()) != "[7]" || got.Hidden != "" || got.private != "" {
		t.Errorf("value %s, hidden %q, private %q", got.Value.Raw(), got.Hidden, got.private)
	}
	got.Value = ijson.Value{}
	score := 0.5
	want := record{
		base: base{ID: "x"}, Extra: &Extra{"e"}, Name: "n", Link: link{"t"}, When: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Raw: json.RawMessage(`{"a" : 1}`), Any: []any{1.0, "b", map[string]any{"c": nil}}, Types: many{"one"}, Count: 255, Sum: 100,
		Score: &score, Pair: [2]bool{true, false}, Bytes: []byte{1, 2}, ByDay: map[int]string{1: "mon"}, Links: map[string]link{"l": {"u"}},
		Lexical: "1.50", Plain: "p",
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{}), cmp.Comparer(func(a, b ijson.Value) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestUnmarshalErrors(t *testing.T) {
	tests := []struct{ in, pointer, msg string }{
		{`{"count":256}`, "/count", "found number where uint8 should be"},
		{`{"count":-1}`, "/count", "uint8"},
		{`{"count":1.5}`, "/count", "uint8"},
		{`{"id":5}`, "/id", "found number where string should be"},
		{`{"link":{"target":[]}}`, "/link/target", "found array where string"},
		{`{"link":[]}`, "/link", "found array where ijson_test.link"},
		{`{"when":"yesterday"}`, "/when", "does not fit time.Time"},
		{`{"when":5}`, "/when", "time.Time"},
		{`{"types":[1]}`, "/types", "only strings"},
		{`{"pair":[true]}`, "/pair", "1 elements"},
		{`{"bytes":"*"}`, "/bytes", "base64"},
		{`{"byDay":{"x":"y"}}`, "/byDay/x", "does not fit"},
		{`[]`, "", "the document: found array"},
	}
	for _, tt := range tests {
		var e *ijson.TypeError
		err := ijson.Unmarshal([]byte(tt.in), new(record))
		if !errors.As(err, &e) || e.Pointer != tt.pointer || !strings.Contains(err.Error(), tt.msg) {
			t.Errorf("%s: %v, want %q at %q", tt.in, err, tt.msg, tt.pointer)
		}
	}
	var syntax *ijson.SyntaxError
	if err := ijson.Unmarshal([]byte(`{"id":"a","id":"b"}`), new(record)); !errors.As(err, &syntax) {
		t.Errorf("a member twice: %v", err)
	}
	for _, dst := range []any{nil, record{}, (*record)(nil)} {
		if err := ijson.Unmarshal([]byte(`{}`), dst); err == nil {
			t.Errorf("decodes into %T", dst)
		}
	}
}

func TestUnmarshalStrict(t *testing.T) {
	var r struct {
		Link link `json:"link"`
	}
	if err := ijson.UnmarshalStrict([]byte(`{"link":{"target":"t"}}`), &r); err != nil || r.Link.Target != "t" {
		t.Errorf("%+v, %v", r, err)
	}
	var e *ijson.TypeError
	err := ijson.UnmarshalStrict([]byte(`{"link":{"Target":"t"}}`), &r)
	if !errors.As(err, &e) || e.Pointer != "/link/Target" {
		t.Errorf("an unknown member: %v", err)
	}
}

func TestNull(t *testing.T) {
	n := 1.0
	r := record{Name: "kept", Score: &n, Bytes: []byte{1}, Any: 1, ByDay: map[int]string{1: "x"}}
	if err := ijson.Unmarshal([]byte(`{"name":null,"score":null,"bytes":null,"any":null,"byDay":null,"when":null}`), &r); err != nil {
		t.Fatal(err)
	}
	if r.Name != "kept" || r.Score != nil || r.Bytes != nil || r.Any != nil || r.ByDay != nil {
		t.Errorf("%+v", r)
	}
}

func TestMarshal(t *testing.T) {
	b, err := ijson.Marshal(map[string]string{"a": "<b>&\u2028"})
	if want := `{"a":"<b>&\u2028"}`; err != nil || string(b) != want {
		t.Errorf("%s, %v, want %s", b, err, want)
	}
	b, err = ijson.MarshalIndent(map[string]int{"a": 1})
	if want := "{\n  \"a\": 1\n}"; err != nil || string(b) != want {
		t.Errorf("%s, %v, want %s", b, err, want)
	}
	if _, err := ijson.Marshal(func() {}); err == nil {
		t.Error("a function has a JSON form")
	}
}

func TestDecodeMissing(t *testing.T) {
	var e *ijson.TypeError
	if err := (ijson.Value{}).Decode(new(string)); !errors.As(err, &e) || e.Found != ijson.Invalid {
		t.Errorf("a missing value: %v", err)
	}
}
