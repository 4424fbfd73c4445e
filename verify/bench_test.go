package verify

import (
	"testing"

	"github.com/openlaurel/laurel/internal/vectors"
)

// BenchmarkVerify is a full verification of a record of 1, 10 and 100 credentials: form, seals, keys, dates, relations.
func BenchmarkVerify(b *testing.B) {
	for _, name := range []string{"clr-std-1", "clr-std-10", "clr-std-100", "clr-lean-10"} {
		doc := vectors.File(b, "perf/"+name+".json")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				r := Verify(b.Context(), doc, nil)
				if r.Summary.Failed > 0 {
					b.Fatal(told(r, ""))
				}
			}
		})
	}
}
