package rdf

import (
	"crypto"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func shared(t testing.TB, path string) []byte {
	t.Helper()
	root := os.Getenv("LAUREL_SHARED")
	if root == "" {
		root = "../../shared"
	}
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("no shared vectors here")
	}
	return b
}

type vector struct {
	ID, File, Kind, Expect, Result, HashAlgorithm string
}

// TestVectors runs the RDFC-1.0 test suite of W3C.
func TestVectors(t *testing.T) {
	var cases []vector
	if err := json.Unmarshal(shared(t, "vectors/rdfc10/manifest.json"), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.ID, "/", "-"), func(t *testing.T) { runVector(t, c) })
	}
}

func runVector(t *testing.T, v vector) {
	ds, err := ParseNQuads(shared(t, "vectors/rdfc10/"+v.File))
	if err != nil {
		t.Fatal(err)
	}
	opts := &CanonicalOptions{}
	if v.HashAlgorithm == "SHA384" {
		opts.Hash = crypto.SHA384
	}
	before := string(ds.NQuads())
	start := time.Now()
	canonical, err := ds.Canonicalize(opts)
	took := time.Since(start)
	if after := string(ds.NQuads()); after != before {
		t.Errorf("Canonicalize changed the dataset")
	}
	switch v.Kind {
	case "RDFC10EvalTest":
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(shared(t, "vectors/rdfc10/"+v.Result)), string(canonical.NQuads())); diff != "" {
			t.Errorf("canonical form (-want +got):\n%s", diff)
		}
	case "RDFC10MapTest":
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]string
		if err := json.Unmarshal(shared(t, "vectors/rdfc10/"+v.Result), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, canonical.Labels()); diff != "" {
			t.Errorf("issued identifiers (-want +got):\n%s", diff)
		}
	case "RDFC10NegativeEvalTest":
		var limit *WorkLimitError
		if !errors.As(err, &limit) {
			t.Errorf("got %v, want a *WorkLimitError", err)
		}
		t.Logf("refused in %v", took)
	default:
		t.Fatalf("unknown kind %q", v.Kind)
	}
}
