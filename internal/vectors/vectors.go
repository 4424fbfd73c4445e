// Package vectors gives tests the external conformance vectors: inputs with
// known verdicts that nobody of this project wrote. Tests only.
//
// The vectors are not in the repository. They lie in a folder with the parts
// vectors, samples and spec, named by the environment variable LAUREL_SHARED
// or, without it, called shared beside the module's own folder. A test that
// asks for them is skipped where they are absent, and fails where they are
// absent although CI=true says that they must be there.
package vectors

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// Root returns the shared folder. Without it, the test is skipped, or fails if
// CI=true.
func Root(t testing.TB) string {
	t.Helper()
	root := os.Getenv("LAUREL_SHARED")
	if root == "" {
		root = filepath.Join(filepath.Dir(moduleRoot(t)), "shared")
	}
	if _, err := os.Stat(filepath.Join(root, "vectors")); err == nil {
		return root
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no test vectors in %q; put them there or set LAUREL_SHARED (CI=true does not allow skipping)", root)
	}
	t.Skipf("no test vectors in %q; set LAUREL_SHARED to run this test", root)
	return ""
}

// moduleRoot walks up from the package under test to go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the package under test")
		}
		dir = parent
	}
}

// Spec returns a file below the shared folder's spec.
func Spec(t testing.TB, path string) []byte {
	t.Helper()
	return read(t, filepath.Join(Root(t), "spec", path))
}

// Sample returns a file below the shared folder's samples.
func Sample(t testing.TB, path string) []byte {
	t.Helper()
	return read(t, filepath.Join(Root(t), "samples", path))
}

// File returns a file below the shared folder's vectors. "bundle.json#key" is
// the text of member key of the object in bundle.json; a path whose file
// exists only with .gz appended is unpacked.
func File(t testing.TB, path string) []byte {
	t.Helper()
	return read(t, filepath.Join(Root(t), "vectors", path))
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	path, key, inBundle := strings.Cut(path, "#")
	if inBundle {
		v := bundle(t, path).Get(key)
		if !v.IsValid() {
			t.Fatalf("%s has no member %q", path, key)
		}
		if v.IsString() {
			return []byte(v.Text())
		}
		return bytes.Clone(v.Raw())
	}
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		if packed, err := os.ReadFile(path + ".gz"); err == nil {
			return unpack(t, path, packed)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unpack(t testing.TB, path string, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatalf("%s.gz: %v", path, err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s.gz: %v", path, err)
	}
	return b
}

// bundles keeps the parsed bundles of a test run: hundreds of cases share one.
var bundles sync.Map // path → *ijson.Document

func bundle(t testing.TB, path string) ijson.Value {
	t.Helper()
	if d, ok := bundles.Load(path); ok {
		return d.(*ijson.Document).Root()
	}
	d, err := ijson.Parse(read(t, path), nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	bundles.Store(path, d)
	return d.Root()
}

// A Suite is the cases of one manifest.
type Suite struct {
	Name  string
	Dir   string // the suite's folder
	Cases []*Case
}

// A Case is one input and what is known about it. What is peculiar to a suite
// is in Raw, the case's whole entry in the manifest.
type Case struct {
	ID            string    // unique: suite/name
	Name          string    // a title, in some suites
	Filename      string    // the input; Input reads it
	Kind          string    // what the input is
	Expect        string    // the verdict: valid, invalid, warning, indeterminate, or the suite's own word
	Check         string    // which check fails
	Reason        string    // and why
	Notes         string    // where a strict reading and the source part
	SourceVerdict string    // the source's verdict, where it differs
	At            time.Time // the instant to judge at; zero: now
	Raw           ijson.Value

	dir string
}

// Open reads vectors/<suite>/manifest.json. A suite with fewer cases than are
// pinned here, or one that is not pinned, fails the test: a vector that is not
// run must not pass for one that passed.
func Open(t testing.TB, suite string) *Suite {
	t.Helper()
	s := &Suite{Name: suite, Dir: filepath.Join(Root(t), "vectors", suite)}
	for v := range bundle(t, filepath.Join(s.Dir, "manifest.json")).Elements() {
		c := &Case{
			ID:            v.Get("id").Text(),
			Name:          v.Get("name").Text(),
			Filename:      v.Get("file").Text(),
			Kind:          v.Get("kind").Text(),
			Expect:        v.Get("expect").Text(),
			Check:         v.Get("check").Text(),
			Reason:        v.Get("reason").Text(),
			Notes:         v.Get("notes").Text(),
			SourceVerdict: v.Get("sourceVerdict").Text(),
			Raw:           v,
			dir:           s.Dir,
		}
		if at := v.Get("at"); at.IsValid() {
			var err error
			if c.At, err = time.Parse(time.RFC3339, at.Text()); err != nil {
				t.Fatalf("%s: at: %v", c.ID, err)
			}
		}
		s.Cases = append(s.Cases, c)
	}
	atLeast, pinned := counts[suite]
	if !pinned {
		t.Fatalf("suite %q has no pinned number of cases; add it to counts", suite)
	}
	if len(s.Cases) < atLeast {
		t.Fatalf("suite %q has %d cases, want at least %d", suite, len(s.Cases), atLeast)
	}
	return s
}

// Run runs f once for each case, as a subtest named after it.
func (s *Suite) Run(t *testing.T, f func(t *testing.T, c *Case)) {
	t.Helper()
	for _, c := range s.Cases {
		t.Run(strings.TrimPrefix(c.ID, s.Name+"/"), func(t *testing.T) { f(t, c) })
	}
}

// Input returns the bytes of the case's input.
func (c *Case) Input(t testing.TB) []byte {
	t.Helper()
	return c.File(t, c.Filename)
}

// File returns a file named relative to the suite, as manifests name them.
func (c *Case) File(t testing.TB, path string) []byte {
	t.Helper()
	return read(t, filepath.Join(c.dir, path))
}

// Member returns the file that a member of the manifest's entry names, such as
// "result" or "documentCanonical".
func (c *Case) Member(t testing.TB, name string) []byte {
	t.Helper()
	v := c.Raw.Get(name)
	if !v.IsString() {
		t.Fatalf("%s: the manifest names no file as %q", c.ID, name)
	}
	return c.File(t, v.Text())
}

// Needs returns what is to be served for which URL. A nil value says that the
// URL must fail to load; a URL that is not listed must never be asked for.
func (c *Case) Needs(t testing.TB) map[string][]byte {
	t.Helper()
	needs := map[string][]byte{}
	for url, file := range c.Raw.Get("needs").Members() {
		switch {
		case file.IsString():
			needs[url] = c.File(t, file.Text())
		case file.Has("missing"):
			needs[url] = nil
		default:
			t.Fatalf("%s: needs %s: neither a file nor missing", c.ID, url)
		}
	}
	return needs
}

// Documents returns every document of vectors/documents by its URL, after
// checking its hash. Where two documents share a URL, the first one stays.
func Documents(t testing.TB) map[string][]byte {
	t.Helper()
	documents := map[string][]byte{}
	for _, c := range Open(t, "documents").Cases {
		b := c.Input(t)
		sum := sha256.Sum256(b)
		if got, want := hex.EncodeToString(sum[:]), c.Raw.Get("sha256").Text(); got != want {
			t.Fatalf("%s has SHA-256 %s, want %s", c.ID, got, want)
		}
		url := c.Raw.Get("url").Text()
		if _, taken := documents[url]; !taken {
			documents[url] = b
		}
	}
	return documents
}
