package jsonld

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/rdf"
)

// shared reads a file below the shared folder.
func shared(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectors.Root(t), path))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// suiteCase is a case of the W3C test suites of JSON-LD 1.1.
type suiteCase struct {
	ID, File, Kind, Expect, Result, Check, BaseIRI string
	Option                                         struct {
		Base, ExpandContext, RDFDirection, SpecVersion, ProcessingMode string
	}
}

type suite struct {
	name   string
	bundle map[string]string
	cases  []suiteCase
}

func loadSuite(t *testing.T, name string) *suite {
	s := &suite{name: name}
	if err := json.Unmarshal(shared(t, "vectors/"+name+"/manifest.json"), &s.cases); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(shared(t, "vectors/"+name+"/bundle.json"), &s.bundle); err != nil {
		t.Fatal(err)
	}
	if len(s.cases) == 0 {
		t.Fatal("no cases")
	}
	return s
}

func (s *suite) file(t *testing.T, ref string) []byte {
	text, ok := s.bundle[strings.TrimPrefix(ref, "bundle.json#")]
	if !ok {
		t.Fatalf("no file %s", ref)
	}
	return []byte(text)
}

func (s *suite) options(t *testing.T, c suiteCase) *Options {
	path := strings.TrimPrefix(c.File, "bundle.json#")
	o := &Options{Base: c.BaseIRI + path, RDFDirection: c.Option.RDFDirection, Documents: map[string][]byte{}}
	if c.Option.Base != "" {
		o.Base = c.Option.Base
	}
	for name, text := range s.bundle {
		o.Documents[c.BaseIRI+name] = []byte(text)
	}
	if c.Option.ExpandContext != "" {
		o.Context = parse(t, s.file(t, c.Option.ExpandContext)).Get("@context")
	}
	return o
}

func parse(t testing.TB, b []byte) ijson.Value {
	t.Helper()
	d, err := ijson.Parse(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d.Root()
}

func errorCode(err error) string {
	var ce *ContextError
	var de *Error
	switch {
	case errors.As(err, &ce):
		return ce.Code
	case errors.As(err, &de):
		return de.Code
	}
	return ""
}

func TestExpandSuite(t *testing.T) {
	s := loadSuite(t, "jsonld-expand")
	for _, c := range s.cases {
		t.Run(strings.ReplaceAll(c.ID, "/", "-"), func(t *testing.T) {
			if why := notPassed[c.ID]; why != "" {
				t.Skip(why)
			}
			got, err := Expand(parse(t, s.file(t, c.File)), s.options(t, c))
			if c.Expect == "error" {
				if code := errorCode(err); code != c.Check {
					t.Errorf("got error %v, want %q", err, c.Check)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := parse(t, s.file(t, c.Result)).Any()
			if !sameExpanded(got, want, false) {
				t.Errorf("expanded (-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	}
}

// sameExpanded compares expanded documents; order matters in lists only.
func sameExpanded(a, b any, inList bool) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		if inList {
			for i := range a {
				if !sameExpanded(a[i], b[i], false) {
					return false
				}
			}
			return true
		}
		used := make([]bool, len(b))
	next:
		for _, x := range a {
			for i, y := range b {
				if !used[i] && sameExpanded(x, y, false) {
					used[i] = true
					continue next
				}
			}
			return false
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, x := range a {
			y, ok := b[name]
			if !ok || !sameExpanded(x, y, name == "@list" || name == "@value") {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

func TestToRDFSuite(t *testing.T) {
	s := loadSuite(t, "jsonld-tordf")
	for _, c := range s.cases {
		t.Run(strings.ReplaceAll(c.ID, "/", "-"), func(t *testing.T) {
			if why := notPassed[c.ID]; why != "" {
				t.Skip(why)
			}
			got, err := ToRDF(parse(t, s.file(t, c.File)), s.options(t, c))
			switch c.Expect {
			case "error":
				if code := errorCode(err); code != c.Check {
					t.Errorf("got error %v, want %q", err, c.Check)
				}
				return
			case "no-error":
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want, err := rdf.ParseNQuads(s.file(t, c.Result))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(canonical(t, want), canonical(t, got.Dataset)); diff != "" {
				t.Errorf("quads (-want +got):\n%s", diff)
			}
		})
	}
}

func canonical(t testing.TB, ds *rdf.Dataset) []string {
	t.Helper()
	c, err := ds.Canonicalize(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Lines()
}

// notPassed lists the cases of the suites that are not passed, and why.
var notPassed = map[string]string{
	"jsonld-expand/tc031": "the suite here lacks the remote context c031/c031-context.jsonld",
	"jsonld-tordf/tc031":  "the suite here lacks the remote context c031/c031-context.jsonld",
}
