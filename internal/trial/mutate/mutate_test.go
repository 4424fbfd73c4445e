package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// TestMutate: of a package whose test knows one of two checks, the other's changes survive.
func TestMutate(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short; runs go test many times")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":    "module example.org/x\n\ngo 1.26\n",
		"x.go":      "package x\n\nfunc known(n int) bool { return n == 3 }\n\nfunc unknown(b bool) int {\n\tif !b {\n\t\treturn 1\n\t}\n\treturn 2\n}\n",
		"x_test.go": "package x\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) {\n\tif !known(3) || unknown(true) != 2 {\n\t\tt.Fail()\n\t}\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	r, err := try(t.Context(), ".", &options{Files: regexp.MustCompile("."), Within: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if r.All != 3 || r.Tried != 3 || r.Killed != 2 || len(r.Survivors) != 1 {
		t.Error(r)
	}
}
