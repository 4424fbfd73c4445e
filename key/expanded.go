package key

import (
	"crypto/ed25519"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"sync"

	"filippo.io/edwards25519"
)

// An issuer's key checks many signatures: every part of a record, record after record. Half of what one check costs is
// the multiplication of the public key by a number that the signature chooses, and half of that can be done ahead: the
// key times 1 to 16 at every fifth bit. So a key that comes back is expanded to such a table, and a check is 83 additions
// of points instead of 250 doublings and 70 additions.
//
// The rules are:
//
//   - The verdict is that of crypto/ed25519 for every key, message and signature, those outside of the group of prime order
//     included: R' = S·B − k·A is the same point, however it is computed, and its encoding is compared with R. No
//     cofactor is cleared, nothing is batched. Tests and a fuzz target hold both equal.
//   - What is multiplied is public, so the time may depend on it.
//   - A stranger chooses the keys: a table is made only for a key that has come back often enough to pay for it, and there
//     are never more than maxExpanded.

const (
	// expandAfter is how many checks a key has to ask for. A table costs about as much as seven checks.
	expandAfter = 8
	// maxExpanded bounds the tables, of 100 kB each, and maxCounted the keys that may earn one.
	maxExpanded = 64
	maxCounted  = 1024

	keyWindow  = 5 // bits at a time, of a key
	baseWindow = 8 // and of the base point, whose table is made once
	scalarBits = 253
)

// multiples are the products of a point by 1 to half of 2^window at every window of a scalar.
type multiples struct {
	window int
	rows   [][]affine
}

func multiplesOf(p *edwards25519.Point, window int) *multiples {
	m := &multiples{window: window}
	var points []edwards25519.Point
	at := new(edwards25519.Point).Set(p)
	half := 1 << (window - 1)
	for bit := 0; bit <= scalarBits; bit += window {
		first := len(points)
		points = append(points, *at)
		for range half - 1 {
			points = append(points, *new(edwards25519.Point).Add(&points[len(points)-1], at))
		}
		m.rows = append(m.rows, nil)
		last := &points[first+half-1] // half of 2^window
		at.Add(last, last)
	}
	all := affines(points)
	for i := range m.rows {
		m.rows[i] = all[i*half : (i+1)*half]
	}
	return m
}

// addProduct adds the product of the point and a scalar, which is reduced, to sum.
func (m *multiples) addProduct(sum *extended, scalar []byte) {
	half, carry := 1<<(m.window-1), 0
	var padded [34]byte // a window may begin in the last byte
	copy(padded[:], scalar)
	for i := range m.rows {
		bit := i * m.window
		digit := int(binary.LittleEndian.Uint16(padded[bit/8:])>>(bit%8))&(2*half-1) + carry
		carry = 0
		if digit > half { // 2^window - n is as far from the next window as n is from this
			digit -= 2 * half
			carry = 1
		}
		switch {
		case digit > 0:
			sum.add(&m.rows[i][digit-1])
		case digit < 0:
			sum.subtract(&m.rows[i][-digit-1])
		}
	}
}

var baseMultiples = sync.OnceValue(func() *multiples {
	return multiplesOf(edwards25519.NewGeneratorPoint(), baseWindow)
})

// expandedKey is an Ed25519 public key A that is ready for many checks.
type expandedKey struct {
	pub   [ed25519.PublicKeySize]byte
	minus *multiples // of −A
}

// expand returns nil for what is no point of the curve.
func expand(pub ed25519.PublicKey) *expandedKey {
	a, err := new(edwards25519.Point).SetBytes(pub)
	if err != nil {
		return nil
	}
	return &expandedKey{[ed25519.PublicKeySize]byte(pub), multiplesOf(a.Negate(a), keyWindow)}
}

// verify is RFC 8032, section 5.1.7, as crypto/ed25519 does it.
func (k *expandedKey) verify(msg, sig []byte) bool {
	if len(sig) != ed25519.SignatureSize {
		return false
	}
	s, err := edwards25519.NewScalar().SetCanonicalBytes(sig[32:])
	if err != nil {
		return false
	}
	var d [sha512.Size]byte
	h := sha512.New()
	h.Write(sig[:32])
	h.Write(k.pub[:])
	h.Write(msg)
	challenge, err := edwards25519.NewScalar().SetUniformBytes(h.Sum(d[:0]))
	if err != nil {
		return false
	}
	r := identity()
	k.minus.addProduct(&r, challenge.Bytes())
	baseMultiples().addProduct(&r, s.Bytes())
	encoded := r.bytes()
	return subtle.ConstantTimeCompare(encoded[:], sig[:32]) == 1
}

// expandedKeys are the keys that came back.
type expandedKeys struct {
	mu    sync.Mutex
	asked map[[ed25519.PublicKeySize]byte]int
	ready map[[ed25519.PublicKeySize]byte]*expandedKey
}

var knownKeys = expandedKeys{asked: map[[ed25519.PublicKeySize]byte]int{}, ready: map[[ed25519.PublicKeySize]byte]*expandedKey{}}

// get returns the key if it is expanded, or is to be from now on.
func (e *expandedKeys) get(pub ed25519.PublicKey) *expandedKey {
	id := [ed25519.PublicKeySize]byte(pub)
	e.mu.Lock()
	if k := e.ready[id]; k != nil {
		e.mu.Unlock()
		return k
	}
	if len(e.asked) >= maxCounted {
		clear(e.asked)
	}
	e.asked[id]++
	due := e.asked[id] == expandAfter
	if due {
		delete(e.asked, id)
	}
	e.mu.Unlock()
	if !due {
		return nil
	}
	k := expand(pub)
	if k == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.ready) >= maxExpanded {
		for other := range e.ready { // any: those in use come back
			delete(e.ready, other)
			break
		}
	}
	e.ready[id] = k
	return k
}

// verifyEd25519 is ed25519.Verify for a key of the right length.
func verifyEd25519(pub ed25519.PublicKey, msg, sig []byte) bool {
	if k := knownKeys.get(pub); k != nil {
		return k.verify(msg, sig)
	}
	return ed25519.Verify(pub, msg, sig)
}
