package verify

import (
	"os"
	"testing"

	"github.com/openlaurel/laurel/internal/vectors"
)

// TestOne prints the report of one vector: CASE=suite/name go test -run TestOne -v ./verify
func TestOne(t *testing.T) {
	id := os.Getenv("CASE")
	if id == "" {
		t.Skip("set CASE")
	}
	for _, name := range suitesOfCredentials {
		for _, c := range vectors.Open(t, name).Cases {
			if c.ID == id {
				t.Log("\n" + told(judgeCase(t, c), ""))
			}
		}
	}
}
