package jsonld

import (
	"crypto"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

func benchToRDF(b *testing.B, name string, generic bool) {
	src := vectors.File(b, "perf/"+name+".json")
	opts := &Options{OmitTopLevel: []string{"proof"}, generic: generic}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := ijson.Parse(src, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := ToRDF(d.Root(), opts); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkToRDF parses a whole record and converts it.
func BenchmarkToRDF(b *testing.B) {
	for _, name := range []string{"clr-std-1", "clr-std-10", "clr-std-100"} {
		b.Run(name, func(b *testing.B) { benchToRDF(b, name, false) })
	}
}

func BenchmarkToRDFGeneric(b *testing.B) {
	for _, name := range []string{"clr-std-10", "clr-std-100"} {
		b.Run(name, func(b *testing.B) { benchToRDF(b, name, true) })
	}
}

// BenchmarkCanonicalize canonicalizes a whole record and hashes the result.
func BenchmarkCanonicalize(b *testing.B) {
	for _, name := range []string{"clr-std-1", "clr-std-10", "clr-std-100"} {
		b.Run(name, func(b *testing.B) {
			r, err := ToRDF(parse(b, vectors.File(b, "perf/"+name+".json")), &Options{OmitTopLevel: []string{"proof"}})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				c, err := r.Dataset.Canonicalize(nil)
				if err != nil {
					b.Fatal(err)
				}
				c.Sum(crypto.SHA256)
			}
		})
	}
}

// BenchmarkPoison refuses a hostile clique of blank nodes.
func BenchmarkPoison(b *testing.B) {
	for _, name := range []string{"074-clique-8", "075-clique-10", "076-clique-20"} {
		b.Run(name, func(b *testing.B) {
			r, err := ToRDF(parse(b, vectors.File(b, "json/vc/"+name+".json")), nil)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := r.Dataset.Canonicalize(nil); err == nil {
					b.Fatal("not refused")
				}
			}
		})
	}
}
