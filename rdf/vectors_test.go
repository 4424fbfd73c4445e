package rdf

import (
	"crypto"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlaurel/laurel/internal/vectors"
)

// TestVectors runs the RDFC-1.0 test suite of W3C.
func TestVectors(t *testing.T) {
	vectors.Open(t, "rdfc10").Run(t, runVector)
}

func runVector(t *testing.T, v *vectors.Case) {
	ds, err := ParseNQuads(v.Input(t))
	if err != nil {
		t.Fatal(err)
	}
	opts := &CanonicalOptions{}
	if v.Raw.Get("hashAlgorithm").Text() == "SHA384" {
		opts.Hash = crypto.SHA384
	}
	before := string(ds.NQuads())
	canonical, err := ds.Canonicalize(opts)
	if after := string(ds.NQuads()); after != before {
		t.Errorf("Canonicalize changed the dataset")
	}
	switch v.Kind {
	case "RDFC10EvalTest":
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(v.Member(t, "result")), string(canonical.NQuads())); diff != "" {
			t.Errorf("canonical form (-want +got):\n%s", diff)
		}
	case "RDFC10MapTest":
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]string
		if err := json.Unmarshal(v.Member(t, "result"), &want); err != nil {
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
	default:
		t.Fatalf("unknown kind %q", v.Kind)
	}
}
