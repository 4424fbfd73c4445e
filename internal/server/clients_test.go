package server

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestClients runs the example of each client of clients/ against the demonstration, the TypeScript one after its types
// were checked.
func TestClients(t *testing.T) {
	python, node := interpreter(t, "python3"), interpreter(t, "node")
	clients, err := filepath.Abs("../../clients")
	if err != nil {
		t.Fatal(err)
	}
	d := startDemo(t)
	run := func(dir string, name string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(context.WithoutCancel(t.Context()), name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "LAUREL_URL="+d.base, "LAUREL_KEY="+d.places.API.Token, "PYTHONDONTWRITEBYTECODE=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	if python != "" {
		run(filepath.Join(clients, "python"), python, "example.py")
	}
	compiler := filepath.Join(clients, "typescript", "node_modules", "typescript", "bin", "tsc")
	if _, err := os.Stat(compiler); err != nil {
		missing(t, "the TypeScript compiler is not here (npm ci --prefix clients/typescript)")
		return
	}
	if node != "" {
		out := t.TempDir()
		if err := os.WriteFile(filepath.Join(out, "package.json"), []byte(`{"type":"module"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		run(filepath.Join(clients, "typescript"), node, compiler, "--outDir", out)
		run(out, node, "example.js")
	}
}

// interpreter finds a program, or says that it is not here: a skip, and a failure when CI=true.
func interpreter(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name+" is not here")
	}
	return path
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Error(what + ", and CI=true")
		return
	}
	t.Log("SKIP: " + what)
}
