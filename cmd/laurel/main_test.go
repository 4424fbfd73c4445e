package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/openlaurel/laurel/internal/vectors"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"laurel": func() {
			os.Exit(run(context.Background(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
		},
	})
}

// TestScripts runs the scripts of testdata: one for each command, fit to be read as its manual.
func TestScripts(t *testing.T) {
	shared := vectors.Root(t)
	if _, err := exec.LookPath("chromium"); err != nil && os.Getenv("CI") == "true" {
		t.Fatal("Chromium is missing; scripts/test installs it")
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("SHARED", shared)
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			return nil
		},
	})
}
