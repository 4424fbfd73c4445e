package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/verify"
)

// TestWildShapes gives the command the credentials of the shapes that circulate, which package verify judges by itself: all
// in one call, in the order in which the reports have to come.
func TestWildShapes(t *testing.T) {
	for _, name := range []string{"wild-shapes.json", "wild-tokens.json"} {
		t.Run(name, func(t *testing.T) { wildThroughCommand(t, filepath.Join("..", "..", "verify", "testdata", name)) })
	}
}

func wildThroughCommand(t *testing.T, file string) {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var wild struct {
		At    string
		Cases []struct {
			Name, Input, Code string
			Verdict           verify.Verdict
		}
		Documents map[string]string
	}
	if err := json.Unmarshal(b, &wild); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	addresses := map[string]string{}
	for url, text := range wild.Documents {
		name := fmt.Sprintf("document-%d", len(addresses))
		write(name, text)
		addresses[url] = name
	}
	index, err := json.Marshal(addresses)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"verify", "--json", "--offline", "--at", wild.At, "--documents", write("documents.json", string(index))}
	for i, c := range wild.Cases {
		args = append(args, write(fmt.Sprintf("input-%d", i), c.Input))
	}
	var out, problems bytes.Buffer
	if code := run(context.Background(), args, streams{strings.NewReader(""), &out, &problems}); code != 1 || problems.Len() > 0 {
		t.Errorf("exit code %d, want 1 because some fail; said %q", code, &problems)
	}
	lines := json.NewDecoder(&out)
	for _, c := range wild.Cases {
		var rep verify.Report
		if err := lines.Decode(&rep); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if _, found := rep.Find(c.Code); rep.Verdict != c.Verdict || c.Code != "" && !found {
			t.Errorf("%s: %s, want %s with %s", c.Name, rep.Verdict, c.Verdict, c.Code)
		}
	}
	if rest, err := io.ReadAll(io.MultiReader(lines.Buffered(), &out)); err != nil || len(bytes.TrimSpace(rest)) > 0 {
		t.Errorf("%d bytes after the last report (%v)", len(rest), err)
	}
}
