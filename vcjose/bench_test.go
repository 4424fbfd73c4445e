package vcjose

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"syscall"
	"testing"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/jose"
)

var benchmarks = []struct{ key, alg string }{{"rsa2048", "RS256"}, {"p256", "ES256"}, {"ed25519", "EdDSA"}}

// benchTokens are the nested credentials of a record as tokens.
func benchTokens(b *testing.B, s crypto.Signer, alg string) [][]byte {
	b.Helper()
	doc, err := ijson.Parse(vectors.File(b, "perf/clr-std-10.json"), nil)
	if err != nil {
		b.Fatal(err)
	}
	var tokens [][]byte
	for v := range doc.Root().Get("credentialSubject").Get("verifiableCredential").Elements() {
		tok, err := Sign(v.Raw(), s, &SignOptions{Algorithm: alg, KeyID: "https://issuer.example/keys/1"})
		if err != nil {
			b.Fatal(err)
		}
		tokens = append(tokens, tok)
	}
	if len(tokens) != 10 {
		b.Fatalf("%d tokens", len(tokens))
	}
	return tokens
}

// BenchmarkVerify reads and verifies ten tokens with all checks of this package.
func BenchmarkVerify(b *testing.B) {
	for _, bm := range benchmarks {
		b.Run(bm.alg, func(b *testing.B) {
			s := signer(b, bm.key)
			tokens := benchTokens(b, s, bm.alg)
			b.ReportAllocs()
			for b.Loop() {
				for _, tok := range tokens {
					c, err := Parse(tok)
					if err != nil || len(c.Problems) != 0 {
						b.Fatal(err, c.Problems)
					}
					if err := jose.Verify(c.JWS, s.Public(), nil); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkFloor is the least that verifying the same tokens can cost: base64, SHA-256 and the primitive, no JSON.
func BenchmarkFloor(b *testing.B) {
	for _, bm := range benchmarks {
		b.Run(bm.alg, func(b *testing.B) {
			s := signer(b, bm.key)
			tokens := benchTokens(b, s, bm.alg)
			b.ReportAllocs()
			for b.Loop() {
				for _, tok := range tokens {
					if !floor(tok, s.Public()) {
						b.Fatal("signature")
					}
				}
			}
		})
	}
}

func floor(tok []byte, pub crypto.PublicKey) bool {
	first, last := bytes.IndexByte(tok, '.'), bytes.LastIndexByte(tok, '.')
	payload := make([]byte, base64url.DecodedLen(last-first-1))
	if _, err := base64url.Decode(payload, tok[first+1:last]); err != nil {
		return false
	}
	sig, err := base64url.AppendDecode(nil, tok[last+1:])
	if err != nil {
		return false
	}
	sum := sha256.Sum256(tok[:last])
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], sig) == nil
	case *ecdsa.PublicKey:
		var der []byte
		for _, n := range [][]byte{sig[:32], sig[32:]} {
			n = append([]byte{0}, n...)
			for n[0] == 0 && n[1] < 0x80 {
				n = n[1:]
			}
			der = append(append(der, 2, byte(len(n))), n...)
		}
		return ecdsa.VerifyASN1(k, sum[:], append([]byte{0x30, byte(len(der))}, der...))
	case ed25519.PublicKey:
		return ed25519.Verify(k, tok[:last], sig)
	}
	return false
}

// BenchmarkTimesFloor reports goal P10: verification as a multiple of the floor, both in CPU time of the process, taken
// in turns so that a busy machine troubles them alike.
func BenchmarkTimesFloor(b *testing.B) {
	for _, bm := range benchmarks {
		b.Run(bm.alg, func(b *testing.B) {
			s := signer(b, bm.key)
			tokens := benchTokens(b, s, bm.alg)
			var full, least time.Duration
			for b.Loop() {
				for _, tok := range tokens {
					start := cpu(b)
					c, err := Parse(tok)
					if err != nil || jose.Verify(c.JWS, s.Public(), nil) != nil {
						b.Fatal(err)
					}
					middle := cpu(b)
					if !floor(tok, s.Public()) {
						b.Fatal("signature")
					}
					full, least = full+middle-start, least+cpu(b)-middle
				}
			}
			b.ReportMetric(float64(full)/float64(least), "x-floor")
		})
	}
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
