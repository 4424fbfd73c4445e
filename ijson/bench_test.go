package ijson_test

import (
	"encoding/json"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// A record of 100 credentials, some 600 kB. The goal for Parse is 0.9 ms.
const large = "perf/clr-std-100.json"

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"perf/clr-std-1.json", "perf/clr-std-10.json", large} {
		src := vectors.File(b, name)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ijson.Parse(src, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendCanonical(b *testing.B) {
	src := vectors.File(b, large)
	doc, err := ijson.Parse(src, nil)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, len(src))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		buf = ijson.AppendCanonical(buf[:0], doc.Root(), "proof")
	}
}

// BenchmarkEncodingJSON is what the standard library takes for the same.
func BenchmarkEncodingJSON(b *testing.B) {
	src := vectors.File(b, large)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		var v any
		if err := json.Unmarshal(src, &v); err != nil {
			b.Fatal(err)
		}
	}
}
