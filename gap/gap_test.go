package gap

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

func golden(t *testing.T) *Case {
	t.Helper()
	var c Case
	if err := ijson.Unmarshal(vectors.Sample(t, "gap-golden/input.json"), &c); err != nil {
		t.Fatal(err)
	}
	return &c
}

func tree(t *testing.T, data []byte) any {
	t.Helper()
	doc, err := ijson.Parse(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root().Any()
}

func TestGolden(t *testing.T) {
	c := golden(t)
	// The worked example says which three items the learner shared; its input does not.
	c.Shared = []string{"c2", "c3", "c4"}
	got, err := json.Marshal(Analyse(c))
	if err != nil {
		t.Fatal(err)
	}
	want := vectors.Sample(t, "gap-golden/expected.json")
	if diff := cmp.Diff(tree(t, want), tree(t, got)); diff != "" {
		t.Errorf("analysis (-want +got):\n%s", diff)
	}
}

func TestEdgeCases(t *testing.T) {
	var file struct {
		AsOf   string              `json:"asOf"`
		Scales map[string][]string `json:"scales"`
		Cases  []struct {
			Case      string                  `json:"case"`
			Framework []framework.Association `json:"framework"`
			Target    []framework.Requirement `json:"target"`
			Claims    []Claim                 `json:"claims"`
			Expect    json.RawMessage         `json:"expect"`
		} `json:"cases"`
	}
	if err := ijson.Unmarshal(vectors.Sample(t, "gap-golden/edge-cases.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 23 {
		t.Fatalf("%d cases, want 23", len(file.Cases))
	}
	for _, ec := range file.Cases {
		t.Run(ec.Case, func(t *testing.T) {
			a := Analyse(&Case{AsOf: file.AsOf, Scales: file.Scales, Framework: ec.Framework, Claims: ec.Claims, Target: framework.Requirement{Op: framework.All, Of: ec.Target}})
			got, err := json.Marshal(map[string]any{"state": a.Rows[0].State, "limit": a.Rows[0].Limit, "because": a.Rows[0].Because})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tree(t, ec.Expect), tree(t, got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
