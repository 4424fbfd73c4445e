//go:build unix

package verify

import (
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

var benchRecords = []string{"clr-std-1", "clr-std-10", "clr-std-100", "clr-lean-10"}

// BenchmarkVerify is the whole judgement of a record of 1, 10 and 100 credentials: form, schema, seals, keys, dates,
// relations.
func BenchmarkVerify(b *testing.B) {
	for _, name := range benchRecords {
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

// BenchmarkTimesFloor puts the whole judgement beside the floor of its proofs: a signature check for each, and SHA-256
// over the canonical bytes.
func BenchmarkTimesFloor(b *testing.B) {
	sizes, err := ijson.Parse(vectors.File(b, "perf/sizes.json"), nil)
	if err != nil {
		b.Fatal(err)
	}
	signer := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	message := make([]byte, 64)
	pub, sig := signer.Public().(ed25519.PublicKey), ed25519.Sign(signer, message)
	for _, name := range benchRecords {
		doc := vectors.File(b, "perf/"+name+".json")
		var hashed []int
		longest := 0
		for size := range sizes.Root().Get(name).Get("docs").Elements() {
			for n := range size.Elements() {
				hashed = append(hashed, int(n.Float()))
				longest = max(longest, int(n.Float()))
			}
		}
		text := make([]byte, longest)
		b.Run(name, func(b *testing.B) {
			vectors.TimesFloor(b, func() {
				if r := Verify(b.Context(), doc, nil); r.Summary.Failed > 0 {
					b.Fatal(told(r, ""))
				}
			}, func() {
				for i, n := range hashed {
					sha256.Sum256(text[:n])
					if i%2 == 0 && !ed25519.Verify(pub, message, sig) {
						b.Fatal("the floor is broken")
					}
				}
			})
		})
	}
}
