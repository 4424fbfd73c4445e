package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestClientsAreOfThisDescription: a change of the API is a change of its clients.
func TestClientsAreOfThisDescription(t *testing.T) {
	for name, want := range Clients() {
		have, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, string(have)); d != "" {
			t.Errorf("%s is not what go run ./scripts/clients writes (-want +have)\n%s", name, d)
		}
	}
}
