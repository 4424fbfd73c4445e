package verify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// TestBent runs the documents bent at the level of JSON and JSON-LD: none is verified, and what the list
// says is refused while reading is refused there.
func TestBent(t *testing.T) {
	panicDetail = func(v any, stack []byte) { t.Errorf("panic: %v\n%s", v, stack) }
	defer func() { panicDetail = nil }()
	dir := filepath.Join(vectors.Root(t), "vectors", "json", "vc")
	manifest, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := ijson.Parse(manifest, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range doc.Root().Each() {
		n++
		name, stage, want := c.Get("file").Text(), c.Get("stage").Text(), c.Get("expect").Text()
		t.Run(name, func(t *testing.T) {
			input, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			r := Verify(t.Context(), input, nil)
			if r.Verdict == Verified {
				t.Errorf("verified: %s", c.Get("why").Text())
			}
			readable := true
			for _, f := range r.Findings {
				if f.Check == "format" && f.Outcome == Fails && strings.HasPrefix(f.Code, "format.json") {
					readable = false
				}
			}
			if stage == "parse" && want == "reject" && readable && r.Verdict != Failed {
				t.Errorf("want it refused while reading (%s)\n%s", c.Get("why").Text(), told(r, ""))
			}
			if name == "077-context-remote.json" { // its meaning is not known here, which is not to say that it is forged
				if _, ok := r.Find("context.unknown"); !ok || r.Verdict != Indeterminate {
					t.Errorf("got %s\n%s", r.Verdict, told(r, ""))
				}
				return
			}
			if want == "reject" && r.Verdict != Failed {
				t.Errorf("got %s, want failed (%s)\n%s", r.Verdict, c.Get("why").Text(), told(r, ""))
			}
			if strings.HasPrefix(want, "parse-ok") && !readable {
				t.Errorf("want it read (%s)\n%s", c.Get("why").Text(), told(r, ""))
			}
		})
	}
	if n < 77 {
		t.Errorf("%d documents, want 77", n)
	}
}
