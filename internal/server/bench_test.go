package server

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// BenchmarkDoors is what the program itself adds to a public read: everything from the first middleware to the database,
// without the network.
func BenchmarkDoors(b *testing.B) {
	d := startDemo(b)
	_, body := get(b, d, d.places.Learner.CLR)
	list := regexp.MustCompile(`"statusListCredential":\s*"([^"]+)"`).FindSubmatch(body)
	if list == nil {
		b.Fatal("the record names no status list")
	}
	for name, address := range map[string]string{"record": d.places.Learner.CLR, "status list": string(list[1])} {
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
