package key

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"math/big"
	"slices"
	"sync"
	"testing"

	"filippo.io/edwards25519"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// sameVerdict holds an expanded key to the standard library.
func sameVerdict(t *testing.T, pub, msg, sig []byte) (valid bool) {
	t.Helper()
	k := expand(pub)
	valid = ed25519.Verify(pub, msg, sig)
	switch {
	case k == nil && valid:
		t.Errorf("key %x: is not expanded, but crypto/ed25519 verifies with it", pub)
	case k != nil && k.verify(msg, sig) != valid:
		t.Errorf("key %x, message %x, signature %x: expanded %v, crypto/ed25519 %v", pub, msg, sig, !valid, valid)
	}
	return valid
}

// TestExpandedKeyOnEdges: keys and signatures of small and mixed order and in odd encodings, on which verifiers differ.
func TestExpandedKeyOnEdges(t *testing.T) {
	doc, err := ijson.Parse(vectors.File(t, "wycheproof/cctv_ed25519vectors.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	valid, invalid := 0, 0
	for v := range doc.Root().Elements() {
		if sameVerdict(t, unhex(t, v.Get("key")), []byte(v.Get("msg").Text()), unhex(t, v.Get("sig"))) {
			valid++
		} else {
			invalid++
		}
	}
	if valid < 100 || invalid < 100 {
		t.Errorf("crypto/ed25519 took %d and refused %d: the vectors are not what they were", valid, invalid)
	}
}

func TestExpandedKeyOnWycheproof(t *testing.T) {
	suite(t, "ed25519_test.json", func(g, tc ijson.Value) (bool, error) {
		pub, err := ParseJWK(g.Get("publicKeyJwk"))
		if err != nil {
			t.Fatal(err)
		}
		sameVerdict(t, pub.(ed25519.PublicKey), unhex(t, tc.Get("msg")), unhex(t, tc.Get("sig")))
		return false, nil
	})
}

// groupOrder is the order of the base point, RFC 8032, section 5.1.
var groupOrder, _ = new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)

// TestProducts multiplies by scalars whose windows are full, empty and half, and by the greatest.
func TestProducts(t *testing.T) {
	scalars := [][]byte{make([]byte, 32), bytes.Repeat([]byte{0x88}, 31), bytes.Repeat([]byte{0x78}, 31), bytes.Repeat([]byte{0x80}, 31), bytes.Repeat([]byte{0xff}, 31)}
	greatest := new(big.Int).Sub(groupOrder, big.NewInt(1)).Bytes()
	slices.Reverse(greatest)
	for _, window := range []int{keyWindow, baseWindow} {
		table := multiplesOf(edwards25519.NewGeneratorPoint(), window)
		for _, scalar := range append(scalars, greatest) {
			scalar = append(slices.Clone(scalar), make([]byte, 32-len(scalar))...)
			s, err := edwards25519.NewScalar().SetCanonicalBytes(scalar)
			if err != nil {
				t.Fatal(err)
			}
			sum := identity()
			table.addProduct(&sum, scalar)
			if got, want := sum.bytes(), new(edwards25519.Point).ScalarBaseMult(s).Bytes(); !bytes.Equal(got[:], want) {
				t.Errorf("window %d, scalar %x: got %x, want %x", window, scalar, got, want)
			}
		}
	}
}

// TestKeysThatComeBack: a key is expanded after some checks, what is kept is bounded, and many may ask at once.
func TestKeysThatComeBack(t *testing.T) {
	e := expandedKeys{asked: map[[32]byte]int{}, ready: map[[32]byte]*expandedKey{}}
	var pubs []ed25519.PublicKey
	for i := range 2 * maxExpanded {
		pubs = append(pubs, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i)}, 32)).Public().(ed25519.PublicKey))
	}
	for i := range expandAfter {
		if got := e.get(pubs[0]) != nil; got != (i == expandAfter-1) {
			t.Errorf("check %d: expanded %v", i+1, got)
		}
	}
	var wg sync.WaitGroup
	for _, pub := range pubs {
		wg.Go(func() {
			for range expandAfter + 1 {
				if k := e.get(pub); k != nil && !bytes.Equal(k.pub[:], pub) {
					t.Error("another key than was asked for")
				}
			}
		})
	}
	wg.Wait()
	for i := range 2 * maxCounted {
		e.get(bytes.Repeat([]byte{byte(i), byte(i >> 8)}, 16))
	}
	if len(e.ready) > maxExpanded || len(e.asked) > maxCounted {
		t.Errorf("keeps %d tables and %d counts, want at most %d and %d", len(e.ready), len(e.asked), maxExpanded, maxCounted)
	}
}

// FuzzExpandedKey changes keys, messages and signatures and asks both for their verdict.
func FuzzExpandedKey(f *testing.F) {
	for i := range byte(4) {
		signer := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{i}, 32))
		msg := []byte{i}
		f.Add([]byte(signer.Public().(ed25519.PublicKey)), msg, ed25519.Sign(signer, msg), uint16(i))
	}
	identity, _ := hex.DecodeString("0100000000000000000000000000000000000000000000000000000000000000")
	f.Add(identity, []byte("m"), append(slices.Clone(identity), make([]byte, 32)...), uint16(0))
	f.Fuzz(func(t *testing.T, pub, msg, sig []byte, seed uint16) {
		if len(pub) == ed25519.PublicKeySize {
			sameVerdict(t, pub, msg, sig)
		}
		signer := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(seed), byte(seed >> 8)}, 16))
		good := ed25519.Sign(signer, msg)
		if !sameVerdict(t, signer.Public().(ed25519.PublicKey), msg, good) {
			t.Error("its own signature does not verify")
		}
		if len(sig) == len(good) { // half of each
			sameVerdict(t, signer.Public().(ed25519.PublicKey), msg, append(slices.Clone(good[:32]), sig[32:]...))
		}
	})
}

// BenchmarkExpandedKey puts a check by an expanded key beside one of the standard library.
func BenchmarkExpandedKey(b *testing.B) {
	signer, msg := ed25519.NewKeyFromSeed(make([]byte, 32)), make([]byte, 64)
	pub, sig := signer.Public().(ed25519.PublicKey), ed25519.Sign(signer, msg)
	k := expand(pub)
	b.Run("expand", func(b *testing.B) {
		for b.Loop() {
			expand(pub)
		}
	})
	b.Run("expanded", func(b *testing.B) {
		for b.Loop() {
			if !k.verify(msg, sig) {
				b.Fatal("does not verify")
			}
		}
	})
	b.Run("standard", func(b *testing.B) {
		for b.Loop() {
			if !ed25519.Verify(pub, msg, sig) {
				b.Fatal("does not verify")
			}
		}
	})
}
