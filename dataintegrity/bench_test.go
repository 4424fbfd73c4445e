//go:build unix

package dataintegrity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
)

// The benchmarks put each operation beside its floor: as many signature operations of the standard library as there are
// proofs, and SHA-256 over exactly the canonical bytes; no JSON, no sorting, no memory traffic. Both run in turn, and the
// metrics are medians of the CPU time of the whole process, so that other work on the machine changes them little:
//
//	go test -run '^$' -bench . ./dataintegrity
//
//	x-floor   how many times the floor: verifying std at most 2.0 (std-1000 2.2), lean 1.5; issuing 2.5 (std-1000 3.0);
//	          ecdsa-rdfc-2019 2.0; ecdsa-sd-2023 1.6
//	cpu-us    microseconds of CPU an operation
//	floor-us  the same of the floor

// benchRecords are the records of the performance inputs.
var benchRecords = []string{"std-1", "std-10", "std-100", "std-1000", "lean-1", "lean-10", "lean-100", "lean-1000"}

// benchRecord reads a record. Those that are not among the inputs are made of the parts of one that is.
func benchRecord(b *testing.B, name string) []byte {
	b.Helper()
	have := func(name string) bool {
		found, _ := filepath.Glob(filepath.Join(vectors.Root(b), "vectors", "perf", "clr-"+name+".json*"))
		return len(found) > 0
	}
	if have(name) {
		return vectors.File(b, "perf/clr-"+name+".json")
	}
	from := map[string]string{"std-1000": "std-100", "std-10000": "std-100", "lean-100": "lean-10", "lean-1000": "lean-10"}[name]
	if !have(from) {
		b.Skipf("neither clr-%s nor clr-%s is there", name, from)
	}
	times := map[string]int{"std-1000": 10, "std-10000": 100, "lean-100": 10, "lean-1000": 100}[name]
	return multiply(b, vectors.File(b, "perf/clr-"+from+".json"), times)
}

// multiply makes a record of the same parts several times over, each under ids of its own and signed anew.
func multiply(b *testing.B, text []byte, times int) []byte {
	b.Helper()
	keys := parse(b, vectors.File(b, "perf/keys.json"))
	doc := parse(b, text)
	var parts []string
	for n := range times {
		for _, v := range nested(doc) {
			p := Proofs(v)[0]
			unsigned, err := without(v, "proof")
			if err != nil {
				b.Fatal(err)
			}
			raw := strings.ReplaceAll(string(unsigned.Raw()), "urn:uuid:", "urn:uuid:"+itoa(n)+"-")
			signed, err := Sign([]byte(raw), signAs(b, keys, p))
			if err != nil {
				b.Fatal(err)
			}
			parts = append(parts, string(signed))
		}
	}
	list := doc.At("/credentialSubject/verifiableCredential")
	whole, err := replace(doc, list, []byte("["+strings.Join(parts, ",")+"]"))
	if err != nil {
		b.Fatal(err)
	}
	p := Proofs(whole)[0]
	unsigned, err := without(whole, "proof")
	if err != nil {
		b.Fatal(err)
	}
	signed, err := Sign(unsigned.Raw(), signAs(b, keys, p))
	if err != nil {
		b.Fatal(err)
	}
	return signed
}

func BenchmarkVerify(b *testing.B) {
	for _, name := range benchRecords {
		b.Run(name, func(b *testing.B) {
			text := benchRecord(b, name)
			sizes := benchSizes(b, text)
			keys := map[string]crypto.PublicKey{}
			vectors.TimesFloor(b, func() {
				d, err := ijson.Parse(text, nil)
				if err != nil {
					b.Fatal(err)
				}
				record := NewRecord(d.Root(), nil)
				for _, v := range nested(d.Root()) {
					benchVerify(b, v, record, keys)
				}
				benchVerify(b, d.Root(), record, keys)
			}, floorOf(b, sizes, verifyEd25519(b)))
		})
	}
}

// BenchmarkCurve verifies records of 10 to 10,000 parts, each from its bytes: how CPU time and memory grow. The picture
// in docs/pictures is made of what it prints, by scripts/curve.
func BenchmarkCurve(b *testing.B) {
	keys := map[string]crypto.PublicKey{}
	for _, name := range []string{"std-10", "std-100", "std-1000", "std-10000"} {
		b.Run(name, func(b *testing.B) {
			text := benchRecord(b, name)
			runtime.GC() // what making the record left
			vectors.Cost(b, func() {
				d, err := ijson.Parse(text, &ijson.Options{MaxBytes: len(text), MaxValues: len(text)})
				if err != nil {
					b.Fatal(err)
				}
				record := NewRecord(d.Root(), nil)
				benchVerify(b, d.Root(), record, keys)
				for _, v := range nested(d.Root()) {
					benchVerify(b, v, record, keys)
				}
			})
			b.ReportMetric(float64(len(text))/1e6, "doc-MB")
		})
	}
}

// BenchmarkIssue signs the parts of a record and the record, from the bytes of the unsigned one.
func BenchmarkIssue(b *testing.B) {
	keys := parse(b, vectors.File(b, "perf/keys.json"))
	for _, name := range benchRecords {
		b.Run(name, func(b *testing.B) {
			text := benchRecord(b, name)
			sizes := benchSizes(b, text)
			doc := parse(b, text)
			var opts []*SignOptions
			for _, v := range nested(doc) {
				opts = append(opts, signAs(b, keys, Proofs(v)[0]))
			}
			whole := signAs(b, keys, Proofs(doc)[0])
			unsigned := withoutProofs(b, doc)
			signer := testSigner(1)
			message := make([]byte, 64)
			vectors.TimesFloor(b, func() {
				d, err := ijson.Parse(unsigned, nil)
				if err != nil {
					b.Fatal(err)
				}
				var parts []Part
				for i, v := range nested(d.Root()) {
					parts = append(parts, Part{v, opts[i]})
				}
				if _, err := SignRecord(d.Root(), parts, whole); err != nil {
					b.Fatal(err)
				}
			}, floorOf(b, sizes, func() { ed25519.Sign(signer, message) }))
		})
	}
}

// withoutProofs is a record without its proof and those of its parts.
func withoutProofs(b *testing.B, record ijson.Value) []byte {
	b.Helper()
	var parts []string
	for _, v := range nested(record) {
		part, err := without(v, "proof")
		if err != nil {
			b.Fatal(err)
		}
		parts = append(parts, string(part.Raw()))
	}
	whole, err := without(record, "proof")
	if err != nil {
		b.Fatal(err)
	}
	list := whole.At("/credentialSubject/verifiableCredential")
	if whole, err = replace(whole, list, []byte("["+strings.Join(parts, ",")+"]")); err != nil {
		b.Fatal(err)
	}
	return whole.Raw()
}

// BenchmarkVerifyECDSA verifies the std records, parts and whole, signed with ecdsa-rdfc-2019 and P-256.
func BenchmarkVerifyECDSA(b *testing.B) {
	signer, err := key.Generate("p256")
	if err != nil {
		b.Fatal(err)
	}
	opts := &SignOptions{Suite: "ecdsa-rdfc-2019", Signer: signer, VerificationMethod: "did:example:issuer#key"}
	for _, name := range []string{"std-1", "std-10", "std-100"} {
		b.Run(name, func(b *testing.B) {
			text := benchRecord(b, name)
			sizes := benchSizes(b, text)
			unsigned := parse(b, withoutProofs(b, parse(b, text)))
			var parts []Part
			for _, v := range nested(unsigned) {
				parts = append(parts, Part{v, opts})
			}
			signed, err := SignRecord(unsigned, parts, opts)
			if err != nil {
				b.Fatal(err)
			}
			keys := map[string]crypto.PublicKey{opts.VerificationMethod: signer.Public()}
			vectors.TimesFloor(b, func() {
				d, err := ijson.Parse(signed, nil)
				if err != nil {
					b.Fatal(err)
				}
				record := NewRecord(d.Root(), nil)
				for _, v := range nested(d.Root()) {
					benchVerify(b, v, record, keys)
				}
				benchVerify(b, d.Root(), record, keys)
			}, floorOf(b, sizes, verifyP256(b)))
		})
	}
}

// BenchmarkVerifySD verifies the ten parts and the wrapper of lean-10, everything disclosed, each statement signed.
func BenchmarkVerifySD(b *testing.B) {
	signer, err := key.Generate("p256")
	if err != nil {
		b.Fatal(err)
	}
	opts := &SignOptions{Suite: "ecdsa-sd-2023", Signer: signer, VerificationMethod: "did:example:issuer#key", Mandatory: []string{"/issuer"}}
	var parts [][]byte
	doc := parse(b, benchRecord(b, "lean-10"))
	add := func(v ijson.Value) {
		derived, err := Derive(benchSign(b, v, opts), []string{""})
		if err != nil {
			b.Fatal(err)
		}
		parts = append(parts, derived)
	}
	for _, v := range nested(doc) {
		add(v)
	}
	add(doc)
	keys := map[string]crypto.PublicKey{opts.VerificationMethod: signer.Public()}
	var sizes []int
	for _, part := range parts {
		v := parse(b, part)
		p := Proofs(v)[0]
		r, err := Verify(v, p, signer.Public(), &Options{Canonical: true})
		if err != nil {
			b.Fatal(err)
		}
		derived, err := readDerived(p)
		if err != nil {
			b.Fatal(err)
		}
		sizes = append(sizes, len(r.Canonical)/(1+len(derived.signatures)))
		for range derived.signatures {
			sizes = append(sizes, 0, len(r.Canonical)/(1+len(derived.signatures)))
		}
	}
	vectors.TimesFloor(b, func() {
		for _, part := range parts {
			benchVerify(b, parse(b, part), nil, keys)
		}
	}, floorOf(b, sizes, verifyP256(b)))
}

func benchSign(b *testing.B, v ijson.Value, opts *SignOptions) []byte {
	b.Helper()
	unsigned, err := without(v, "proof")
	if err != nil {
		b.Fatal(err)
	}
	signed, err := Sign(unsigned.Raw(), opts)
	if err != nil {
		b.Fatal(err)
	}
	return signed
}

// benchVerify verifies with a key that is resolved once for each method, as a verifier of whole records does.
func benchVerify(b *testing.B, v ijson.Value, record *Record, keys map[string]crypto.PublicKey) {
	for _, p := range Proofs(v) {
		pub := keys[p.VerificationMethod]
		if pub == nil {
			pub = methodKey(b, p.VerificationMethod)
			keys[p.VerificationMethod] = pub
		}
		if _, err := Verify(v, p, pub, &Options{Record: record}); err != nil {
			b.Fatal(err)
		}
	}
}

// floorOf hashes as many bytes as sizes say and does one signature operation for every two of them, a document and its
// proof configuration.
func floorOf(b *testing.B, sizes []int, operation func()) func() {
	b.Helper()
	text := make([]byte, slices.Max(sizes))
	return func() {
		for i, n := range sizes {
			sha256.Sum256(text[:n])
			if i%2 == 0 {
				operation()
			}
		}
	}
}

func verifyEd25519(b *testing.B) func() {
	signer := testSigner(1)
	message := make([]byte, 64)
	pub, sig := signer.Public().(ed25519.PublicKey), ed25519.Sign(signer, message)
	return func() {
		if !ed25519.Verify(pub, message, sig) {
			b.Fatal("the floor is broken")
		}
	}
}

func verifyP256(b *testing.B) func() {
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	digest := make([]byte, 32)
	sig, err := ecdsa.SignASN1(rand.Reader, signer, digest)
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		if !ecdsa.VerifyASN1(&signer.PublicKey, digest, sig) {
			b.Fatal("the floor is broken")
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
