package key

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"errors"
	"math/big"
)

// digest hashes msg without the allocation of a hash.Hash for the two that matter.
func digest(hash crypto.Hash, msg []byte) []byte {
	switch hash {
	case crypto.SHA256:
		sum := sha256.Sum256(msg)
		return sum[:]
	case crypto.SHA384:
		sum := sha512.Sum384(msg)
		return sum[:]
	}
	sum := sha512.Sum512(msg)
	return sum[:]
}

// derSignature turns r and s of equal, full width into the ASN.1 DER form that crypto/ecdsa reads. Zero values and
// values not below the group order are for crypto/ecdsa to refuse.
func derSignature(r, s []byte) ([]byte, bool) {
	r, s = derInteger(r), derInteger(s)
	n := len(r) + len(s)
	if n > 255 {
		return nil, false
	}
	out := make([]byte, 0, n+3)
	out = append(out, 0x30)
	if n > 127 {
		out = append(out, 0x81)
	}
	out = append(out, byte(n))
	return append(append(out, r...), s...), true
}

// derInteger encodes a non-negative big-endian number of at most 127 bytes as a DER INTEGER.
func derInteger(b []byte) []byte {
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	pad := 0
	if b[0] >= 0x80 {
		pad = 1
	}
	out := make([]byte, 2+pad, 2+pad+len(b))
	out[0], out[1] = 0x02, byte(pad+len(b))
	return append(out, b...)
}

// rawSignature turns the DER form that a crypto.Signer returns into r‖s of 2*size bytes.
func rawSignature(der []byte, size int) ([]byte, error) {
	var sig struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &sig); err != nil || len(rest) != 0 {
		return nil, errors.New("key: the signer returned no DER ECDSA signature")
	}
	if sig.R.Sign() <= 0 || sig.S.Sign() <= 0 || sig.R.BitLen() > 8*size || sig.S.BitLen() > 8*size {
		return nil, errors.New("key: the signer returned an ECDSA signature out of range")
	}
	out := make([]byte, 2*size)
	sig.R.FillBytes(out[:size])
	sig.S.FillBytes(out[size:])
	return out, nil
}
