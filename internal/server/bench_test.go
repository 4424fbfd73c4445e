package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkDoors is what the program itself adds to a public read: everything from the first middleware to the database,
// without the network.
func BenchmarkDoors(b *testing.B) {
	d := startDemo(b)
	var doc struct {
		CredentialStatus []struct{ StatusListCredential string }
	}
	_, body := get(b, d, d.places.Learner.CLR)
	if err := json.Unmarshal(body, &doc); err != nil || len(doc.CredentialStatus) == 0 {
		b.Fatalf("the record names no status list: %v", err)
	}
	for name, address := range map[string]string{"record": d.places.Learner.CLR, "status list": doc.CredentialStatus[0].StatusListCredential} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if status, _ := get(b, d, address); status != http.StatusOK {
					b.Fatalf("%s: %d", address, status)
				}
			}
		})
	}
}

// get asks the program itself, without the network.
func get(b *testing.B, d *demoServer, address string) (int, []byte) {
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, strings.TrimPrefix(address, d.base), nil)
	r.Header.Set("Accept", "application/vc")
	w := httptest.NewRecorder()
	d.Handler.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}
