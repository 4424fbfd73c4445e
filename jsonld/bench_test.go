package jsonld

import (
	"crypto"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// least runs f again and again and reports the least time of one run, which
// is what f costs when nothing else is in the way.
func least(b *testing.B, f func()) {
	b.ReportAllocs()
	best := time.Duration(1 << 62)
	for b.Loop() {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	b.ReportMetric(float64(best.Nanoseconds())/1e6, "least-ms")
}

func record(b *testing.B, name string) ijson.Value {
	return parse(b, vectors.File(b, "perf/"+name+".json"))
}

var benchRecords = []string{"clr-std-1", "clr-std-10", "clr-std-100"}

// BenchmarkParse is the part of the following that is not ours.
func BenchmarkParse(b *testing.B) {
	src := vectors.File(b, "perf/clr-std-100.json")
	least(b, func() {
		if _, err := ijson.Parse(src, nil); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkHash hashes as many bytes as clr-std-100 has in canonical form: the
// yardstick.
func BenchmarkHash(b *testing.B) {
	data := make([]byte, 1532995)
	least(b, func() { sha256.Sum256(data) })
}

func benchToRDF(b *testing.B, v ijson.Value, opts *Options) {
	least(b, func() {
		if _, err := ToRDF(v, opts); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkToRDF converts whole records.
func BenchmarkToRDF(b *testing.B) {
	for _, name := range benchRecords {
		b.Run(name, func(b *testing.B) {
			benchToRDF(b, record(b, name), &Options{OmitTopLevel: []string{"proof"}})
		})
	}
}

// BenchmarkToRDFGeneric converts them on the generic path.
func BenchmarkToRDFGeneric(b *testing.B) {
	for _, name := range benchRecords {
		b.Run(name, func(b *testing.B) {
			benchToRDF(b, record(b, name), &Options{OmitTopLevel: []string{"proof"}, generic: true})
		})
	}
}

// BenchmarkCanonicalize canonicalizes a whole record and hashes the result.
func BenchmarkCanonicalize(b *testing.B) {
	for _, name := range benchRecords {
		b.Run(name, func(b *testing.B) {
			r, err := ToRDF(record(b, name), &Options{OmitTopLevel: []string{"proof"}})
			if err != nil {
				b.Fatal(err)
			}
			least(b, func() {
				c, err := r.Dataset.Canonicalize(nil)
				if err != nil {
					b.Fatal(err)
				}
				c.Sum(crypto.SHA256)
			})
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
			least(b, func() {
				if _, err := r.Dataset.Canonicalize(nil); err == nil {
					b.Fatal("not refused")
				}
			})
		})
	}
}

// BenchmarkRecord does what the verification of a record asks for: the hash of
// the record and of each credential in it.
func BenchmarkRecord(b *testing.B) {
	for _, name := range benchRecords {
		v := record(b, name)
		opts := &Options{OmitTopLevel: []string{"proof"}, Part: func(v ijson.Value) bool { return v.Has("@context") }}
		b.Run(name, func(b *testing.B) {
			least(b, func() { hashRecord(b, v, opts) })
		})
	}
}

func hashRecord(b *testing.B, v ijson.Value, opts *Options) {
	r, err := ToRDF(v, opts)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range v.Get("credentialSubject").Get("verifiableCredential").Each() {
		c, err := r.Part(n).Canonicalize(nil)
		if err != nil {
			b.Fatal(err)
		}
		c.Sum(crypto.SHA256)
	}
	c, err := r.Dataset.Canonicalize(nil)
	if err != nil {
		b.Fatal(err)
	}
	c.Sum(crypto.SHA256)
}
