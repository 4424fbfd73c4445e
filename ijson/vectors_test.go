package ijson_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// glob returns the vector files that a pattern names; none is a failure.
func glob(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(vectors.Root(t), "vectors", "json", pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files for %s, %v", pattern, err)
	}
	return paths
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// mayParse lists the files of JSONTestSuite whose outcome is a parser's own
// choice (i_) and that we accept. We refuse all others of theirs: numbers that
// a double does not hold, wrong encodings, deep nesting.
var mayParse = map[string]bool{
	"i_number_too_big_pos_int.json": true, // 10^20 is a double, digit by digit
}

func TestJSONTestSuite(t *testing.T) {
	counts := map[byte]int{}
	for _, path := range glob(t, "jsontestsuite/test_parsing/*.json") {
		name := filepath.Base(path)
		counts[name[0]]++
		doc, err := ijson.Parse(readFile(t, path), nil)
		var syntax *ijson.SyntaxError
		if err != nil && (!errors.As(err, &syntax) || doc != nil) {
			t.Errorf("%s: error %T beside document %v", name, err, doc != nil)
		}
		accept := name[0] == 'y' && !strings.HasPrefix(name, "y_object_duplicated") || mayParse[name]
		if accept != (err == nil) {
			t.Errorf("%s: %v, want accepted %v", name, err, accept)
		}
	}
	if counts['y'] < 95 || counts['n'] < 188 || counts['i'] < 35 {
		t.Errorf("only %d files must parse, %d must not, %d may", counts['y'], counts['n'], counts['i'])
	}
}

// TestTransform: what is accepted means the same to us and to encoding/json.
func TestTransform(t *testing.T) {
	refused := map[string]ijson.Reason{}
	for _, path := range glob(t, "jsontestsuite/test_transform/*.json") {
		if _, err := ijson.Parse(readFile(t, path), nil); err != nil {
			refused[filepath.Base(path)] = err.(*ijson.SyntaxError).Reason
		}
	}
	for name, reason := range refused {
		var want ijson.Reason
		switch {
		case strings.HasPrefix(name, "object_same_key"):
			want = ijson.ReasonDuplicate
		case strings.HasPrefix(name, "number_"):
			want = ijson.ReasonNumber
		case strings.HasPrefix(name, "string_"):
			want = ijson.ReasonEncoding
		}
		if reason != want {
			t.Errorf("%s is refused for %q, want %q", name, reason, want)
		}
	}
}

func TestBentCredentials(t *testing.T) {
	doc, err := ijson.Parse(vectors.File(t, "json/vc/manifest.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for c := range doc.Root().Elements() {
		name := c.Get("file").Text()
		_, err := ijson.Parse(vectors.File(t, "json/vc/"+name), nil)
		atParse, expect := c.Get("stage").Text() == "parse", c.Get("expect").Text()
		want := atParse && strings.HasPrefix(expect, "reject")
		if want != (err != nil) {
			t.Errorf("%s (%s): %v, want refused %v", name, c.Get("why").Text(), err, want)
		}
		n++
	}
	if n < 77 {
		t.Errorf("only %d files", n)
	}
}

func TestJCSVectors(t *testing.T) {
	for _, path := range glob(t, "jcs/input/*.json") {
		name := filepath.Base(path)
		got, err := ijson.Canonicalize(readFile(t, path))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := readFile(t, filepath.Join(filepath.Dir(path), "../output", name))
		if want = bytes.TrimRight(want, "\n"); !bytes.Equal(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

// TestAgainstJCSLibrary canonicalizes everything the vectors have with an
// implementation of other people.
func TestAgainstJCSLibrary(t *testing.T) {
	compared := 0
	for _, pattern := range []string{"jsontestsuite/test_parsing/y_*.json", "vc/*.json", "jcs/input/*.json", "../perf/clr-*.json", "../clr20/*.json", "../ob30/*.json", "../documents/*/*.json*"} {
		for _, path := range glob(t, pattern) {
			src := readFile(t, path)
			got, err := ijson.Canonicalize(src)
			if err != nil {
				continue
			}
			want, err := jcs.Transform(src)
			if err != nil { // it takes objects and arrays only
				continue
			}
			compared++
			if !bytes.Equal(got, want) {
				t.Errorf("%s:\n got %.300s\nwant %.300s", path, got, want)
			}
		}
	}
	if compared < 150 {
		t.Errorf("only %d documents were compared", compared)
	}
}
