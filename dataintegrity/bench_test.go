package dataintegrity

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// The benchmarks put each record beside its floor, measured in the same run: as many Ed25519 operations as there are
// proofs, and SHA-256 over exactly the canonical bytes. Compare the CPU times of, for example,
//
//	go test -bench 'Verify|Floor' -cpu 1 ./dataintegrity
//
// The goals are a verification of std at most 2.0 times its floor (of std-1000 2.2) and of lean 1.5 times.

// benchRecords are the records of the performance inputs; those of 1000 parts are looked for in LAUREL_PERF.
var benchRecords = []string{"clr-std-1", "clr-std-10", "clr-std-100", "clr-std-1000", "clr-lean-1", "clr-lean-10", "clr-lean-100", "clr-lean-1000"}

func benchRecord(b *testing.B, name string) []byte {
	b.Helper()
	if _, err := os.Stat(filepath.Join(vectors.Root(b), "vectors", "perf", name+".json")); err == nil {
		return vectors.File(b, "perf/"+name+".json")
	}
	if _, err := os.Stat(filepath.Join(vectors.Root(b), "vectors", "perf", name+".json.gz")); err == nil {
		return vectors.File(b, "perf/"+name+".json")
	}
	text, err := os.ReadFile(filepath.Join(os.Getenv("LAUREL_PERF"), name+".json"))
	if err != nil {
		b.Skipf("%s is not there; make it and name its folder in LAUREL_PERF", name)
	}
	return text
}

func BenchmarkVerify(b *testing.B) {
	for _, name := range benchRecords {
		b.Run(name, func(b *testing.B) {
			text := benchRecord(b, name)
			keys := map[string]crypto.PublicKey{}
			b.ReportAllocs()
			for b.Loop() {
				d, err := ijson.Parse(text, nil)
				if err != nil {
					b.Fatal(err)
				}
				for _, v := range nested(d.Root()) {
					benchVerify(b, v, keys)
				}
				benchVerify(b, d.Root(), keys)
			}
		})
	}
}

// benchVerify verifies with a key that is resolved once for each method, as a verifier of whole records does.
func benchVerify(b *testing.B, v ijson.Value, keys map[string]crypto.PublicKey) {
	for _, p := range Proofs(v) {
		pub := keys[p.VerificationMethod]
		if pub == nil {
			pub = methodKey(b, p.VerificationMethod)
			keys[p.VerificationMethod] = pub
		}
		if _, err := Verify(v, p, pub, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// benchSizes are the canonical bytes of each document of a record and of its proof configurations.
func benchSizes(b *testing.B, text []byte) (sizes []int) {
	d := parse(b, text)
	add := func(v ijson.Value) {
		p := Proofs(v)[0]
		r, err := Verify(v, p, methodKey(b, p.VerificationMethod), &Options{Canonical: true})
		if err != nil {
			b.Fatal(err)
		}
		in, err := newInput(v, p)
		if err != nil {
			b.Fatal(err)
		}
		c, _, err := in.canonicalConfig(crypto.SHA256)
		if err != nil {
			b.Fatal(err)
		}
		sizes = append(sizes, len(r.Canonical), len(c.NQuads()))
	}
	for _, v := range nested(d) {
		add(v)
	}
	add(d)
	return sizes
}

func BenchmarkFloor(b *testing.B) {
	signer := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	pub := signer.Public().(ed25519.PublicKey)
	for _, name := range benchRecords {
		sizes := func(b *testing.B) ([]int, []byte) {
			all := benchSizes(b, benchRecord(b, name))
			longest := 0
			for _, n := range all {
				longest = max(longest, n)
			}
			return all, make([]byte, longest)
		}
		b.Run("verify/"+name, func(b *testing.B) {
			all, text := sizes(b)
			message := make([]byte, 64)
			sig := ed25519.Sign(signer, message)
			for b.Loop() {
				for i, n := range all {
					sha256.Sum256(text[:n])
					if i%2 == 0 && !ed25519.Verify(pub, message, sig) {
						b.Fatal("the floor is broken")
					}
				}
			}
		})
		b.Run("issue/"+name, func(b *testing.B) {
			all, text := sizes(b)
			message := make([]byte, 64)
			for b.Loop() {
				for i, n := range all {
					sha256.Sum256(text[:n])
					if i%2 == 0 {
						ed25519.Sign(signer, message)
					}
				}
			}
		})
	}
}
