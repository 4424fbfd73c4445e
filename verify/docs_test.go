package verify_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/verify"
)

// TestErrorsDocument holds docs/errors.md to the catalogue.
func TestErrorsDocument(t *testing.T) {
	golden(t, filepath.Join("..", "docs", "errors.md"), errorsDocument())
}

func golden(t *testing.T, name, want string) {
	t.Helper()
	if *verify.Update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; write it with go test ./verify -update", err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the catalogue says; go test ./verify -update (-want +got):\n%s", name, diff)
	}
}

func errorsDocument() string {
	var b strings.Builder
	b.WriteString(`# What the verifier says

Generated from the verifier's catalogue by ` + "`go test ./verify -update`" + `; do not edit.

Every finding has a code that does not change, ` + "`check.reason`" + `. The outcome is *passed*, *failed*, *unknown* (could not be found
out) or *skipped* (does not apply). A record is **failed** when anything in it failed, else **indeterminate** when anything
that the standard demands is unknown, else **verified**. Outcomes marked *warning* or *optional* leave the verdict as it is.
`)
	writeEntries(&b, verify.Catalogue())
	b.WriteString("\n# What issuing refuses\n\nThese codes are given before a record is signed; nothing is signed until they are mended.\n")
	writeEntries(&b, issue.Catalogue())
	return b.String()
}

func writeEntries(b *strings.Builder, entries []verify.Entry) {
	check := ""
	for _, e := range entries {
		if c, _, _ := strings.Cut(e.Code, "."); c != check {
			check = c
			fmt.Fprintf(b, "\n## %s\n", check)
		}
		outcome := string(e.Outcome)
		if e.Weight != "" {
			outcome += ", " + e.Weight
		}
		fmt.Fprintf(b, "\n### `%s`\n\n%s.\n\n- Outcome: %s\n- Says: %s\n", e.Code, strings.TrimSuffix(e.Cause, "."), outcome, blanks(e.Message))
		if e.Owner != "" {
			fmt.Fprintf(b, "- Mended by: %s\n", e.Owner)
		}
		if e.Repair != "" {
			fmt.Fprintf(b, "- Repair: %s\n", e.Repair)
		}
		if e.Spec != "" {
			fmt.Fprintf(b, "- Clause: %s\n", e.Spec)
		}
	}
}

func blanks(s string) string {
	return strings.NewReplacer("%s", "…", "%d", "…", "|", "\\|").Replace(s)
}
