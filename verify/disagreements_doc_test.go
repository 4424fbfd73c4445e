package verify

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDisagreementsDocument holds docs/verify-disagreements.md to the table. -update writes it.
func TestDisagreementsDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Where the verifier and a vector's source disagree

Generated from the table in verify/disagreements_test.go by ` + "`go test ./verify -update`" + `; do not edit.

A vector's *valid* and *warning* agree with **verified**, *invalid* and *no-credential* with **failed**, *indeterminate* and
*unsupported-proof* with **indeterminate**. Every vector that carries a credential gets the verdict that its source expects,
but these:
`)
	byClause := map[string][]string{}
	for id, d := range disagreements {
		head := fmt.Sprintf("**%s** by `%s`. %s", d.verdict, d.code, d.clause)
		if d.code == "" {
			head = fmt.Sprintf("**%s**. %s", d.verdict, d.clause)
		}
		byClause[head] = append(byClause[head], id)
	}
	var heads []string
	for h := range byClause {
		heads = append(heads, h)
	}
	slices.Sort(heads)
	for _, h := range heads {
		slices.Sort(byClause[h])
		fmt.Fprintf(&b, "\n%s\n\n", h)
		for _, id := range byClause[h] {
			fmt.Fprintf(&b, "- %s\n", id)
		}
	}
	name := filepath.Join("..", "docs", "verify-disagreements.md")
	if *Update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil || string(got) != b.String() {
		t.Errorf("%s is not what the table says (%v); go test ./verify -update", name, err)
	}
}
