package statuslist

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"io"
	"strings"

	"github.com/openlaurel/laurel/multibase"
)

const (
	// MinEntries is how many entries a list must have, so that an entry hides
	// among others (Bitstring Status List, 3.2: minimum bitstring length).
	MinEntries = 131_072

	// MaxBytes bounds a bitstring after decompression, in bytes: 134 million
	// entries of one bit. A list is compressed a thousandfold when it is empty,
	// so the size of what came over the network bounds nothing.
	MaxBytes = 16 << 20
)

// Encode compresses a bitstring into an encodedList: the multibase form of
// base64url ("u") of the GZIP of the bits.
func Encode(bits []byte) string {
	var buf bytes.Buffer
	w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // the level is valid
	w.Write(bits)                                           //nolint:errcheck // a bytes.Buffer takes everything
	w.Close()                                               //nolint:errcheck // the same
	return multibase.Encode(multibase.Base64URL, buf.Bytes())
}

// Decode returns the bitstring of an encodedList of a BitstringStatusList. It
// stops at MaxBytes.
func Decode(encodedList string) ([]byte, error) {
	if strings.HasPrefix(encodedList, "H4sI") {
		return nil, fail(ReasonMalformed, "the encodedList lacks the multibase prefix “u”")
	}
	enc, packed, err := multibase.Decode(encodedList)
	if err != nil {
		return nil, failBecause(ReasonMalformed, err, "the encodedList is not multibase")
	}
	if enc != multibase.Base64URL {
		return nil, fail(ReasonMalformed, "the encodedList starts with %q; the standard demands base64url, “u”", enc)
	}
	return unpack(packed)
}

// DecodeLegacy returns the bitstring of an encodedList of a StatusList2021 or
// RevocationList2020: GZIP or ZLIB in base64, of either alphabet, with or
// without padding, for the issuers of these lists never agreed. A multibase
// prefix is taken off.
func DecodeLegacy(encodedList string) ([]byte, error) {
	text := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(encodedList, "="))
	if strings.HasPrefix(text, "uH4sI") {
		text = text[1:]
	}
	if strings.ContainsAny(text, "\r\n") {
		return nil, fail(ReasonMalformed, "the encodedList has line breaks")
	}
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, failBecause(ReasonMalformed, err, "the encodedList is not base64")
	}
	return unpack(packed)
}

// unpack decompresses one GZIP member (or a ZLIB stream) that fills packed.
func unpack(packed []byte) ([]byte, error) {
	src := bytes.NewReader(packed) // an io.ByteReader: nothing is read ahead
	var r io.Reader
	if len(packed) > 2 && packed[0] == 0x1F && packed[1] == 0x8B {
		g, err := gzip.NewReader(src)
		if err != nil {
			return nil, failBecause(ReasonMalformed, err, "the bitstring is not GZIP")
		}
		g.Multistream(false)
		r = g
	} else {
		z, err := zlib.NewReader(src)
		if err != nil {
			return nil, failBecause(ReasonMalformed, err, "the bitstring is not GZIP")
		}
		r = z
	}
	buf := bytes.NewBuffer(make([]byte, 0, sizeHint(packed)))
	if _, err := buf.ReadFrom(io.LimitReader(r, MaxBytes+1)); err != nil {
		return nil, failBecause(ReasonMalformed, err, "the bitstring cannot be decompressed")
	}
	if buf.Len() > MaxBytes {
		return nil, fail(ReasonTooLarge, "the bitstring has more than %d bytes", MaxBytes)
	}
	if src.Len() > 0 {
		return nil, fail(ReasonMalformed, "%d bytes follow the compressed bitstring", src.Len())
	}
	return buf.Bytes(), nil
}

// sizeHint reads the length that GZIP states at its end. It may lie, so it is
// believed only as far as deflate can reach.
func sizeHint(packed []byte) int {
	const maxRatio = 1032 // of deflate
	if len(packed) < 18 {
		return 0
	}
	stated := int(binary.LittleEndian.Uint32(packed[len(packed)-4:]))
	return min(stated, MaxBytes, len(packed)*maxRatio) + bytes.MinRead
}

// Bit returns entry i of a bitstring whose entries have size bits, the first
// bit of the bitstring being the most significant of its first byte (Bitstring
// Status List, 3.2). The error is an *Error, ReasonRange or ReasonMalformed.
func Bit(bits []byte, i uint64, size int) (uint64, error) {
	first, err := position(bits, i, size)
	if err != nil {
		return 0, err
	}
	var value uint64
	for at := first; at < first+uint64(size); at++ {
		value = value<<1 | uint64(bits[at/8]>>(7-at%8)&1)
	}
	return value, nil
}

// SetBit stores value in entry i of a bitstring whose entries have size bits.
func SetBit(bits []byte, i uint64, size int, value uint64) error {
	first, err := position(bits, i, size)
	if err != nil {
		return err
	}
	if value>>size != 0 {
		return fail(ReasonRange, "the status %#x does not fit into %d bits", value, size)
	}
	for n := range size {
		at := first + uint64(n)
		mask := byte(1) << (7 - at%8)
		if value>>(size-1-n)&1 == 1 {
			bits[at/8] |= mask
		} else {
			bits[at/8] &^= mask
		}
	}
	return nil
}

// position returns the first bit of an entry.
func position(bits []byte, i uint64, size int) (uint64, error) {
	if size < 1 || size > MaxStatusSize {
		return 0, fail(ReasonMalformed, "the statusSize is %d; it must be from 1 to %d", size, MaxStatusSize)
	}
	if entries := uint64(len(bits)) * 8 / uint64(size); i >= entries {
		return 0, fail(ReasonRange, "the statusListIndex %d is beyond the list, which has %d entries", i, entries)
	}
	return i * uint64(size), nil // cannot overflow: i is below 2^27
}
