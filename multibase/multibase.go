// Package multibase implements multibase strings and multicodec prefixes as
// Controlled Identifiers 1.0, section 2.4, uses them: base58btc ("z") and
// base64url without padding ("u"), and no others.
//
// Decoding is strict: for each sequence of bytes there is exactly one accepted
// string in each of the two bases, so a signature or a key cannot be respelt.
package multibase

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/mr-tron/base58"
)

const (
	// Base58BTC is the prefix of base58 with the Bitcoin alphabet.
	Base58BTC = 'z'

	// Base64URL is the prefix of base64url without padding.
	Base64URL = 'u'

	// MaxBase58 bounds the characters of a base58 string, because decoding one
	// takes quadratic time. Keys and signatures have under 800; the longest
	// thing in use, a 4096-bit RSA key, has under 750.
	MaxBase58 = 4096
)

// ErrEncoding is returned, wrapped, for a string whose prefix is not z or u.
var ErrEncoding = errors.New("multibase: unsupported encoding")

// base64url refuses padding and stray bits in the last character.
var base64url = base64.RawURLEncoding.Strict()

// Encode returns data in the base that enc names, Base58BTC or Base64URL. It
// panics on any other: the base is the caller's constant, never an input.
func Encode(enc byte, data []byte) string {
	switch enc {
	case Base58BTC:
		return "z" + base58.Encode(data)
	case Base64URL:
		return "u" + base64url.EncodeToString(data)
	}
	panic(fmt.Sprintf("multibase: no base is named %q", enc))
}

// Decode returns the base a string is written in and the bytes it stands for.
func Decode(s string) (enc byte, data []byte, err error) {
	if s == "" {
		return 0, nil, errors.New("multibase: the string is empty; it must start with z or u")
	}
	enc, body := s[0], s[1:]
	switch enc {
	case Base58BTC:
		data, err = decodeBase58(body)
	case Base64URL:
		data, err = decodeBase64(body)
	default:
		return enc, nil, fmt.Errorf("%w: the string starts with %q; only z (base58btc) and u (base64url without padding) are used here", ErrEncoding, s[:1])
	}
	return enc, data, err
}

func decodeBase58(body string) ([]byte, error) {
	switch {
	case body == "":
		return []byte{}, nil
	case len(body) > MaxBase58:
		return nil, fmt.Errorf("multibase: the base58 string has %d characters, more than the limit of %d", len(body), MaxBase58)
	}
	for i := range len(body) {
		if !isBase58(body[i]) {
			return nil, fmt.Errorf("multibase: character %d, %q, is not of the base58btc alphabet", i+2, body[i:i+1])
		}
	}
	data, err := base58.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("multibase: not base58btc: %w", err)
	}
	return data, nil
}

// isBase58 reports whether c is a letter or digit other than 0, I, O and l.
func isBase58(c byte) bool {
	switch {
	case '1' <= c && c <= '9':
		return true
	case 'A' <= c && c <= 'Z':
		return c != 'I' && c != 'O'
	case 'a' <= c && c <= 'z':
		return c != 'l'
	}
	return false
}

func decodeBase64(body string) ([]byte, error) {
	for i := range len(body) {
		if body[i] == '\n' || body[i] == '\r' { // encoding/base64 would step over them
			return nil, fmt.Errorf("multibase: character %d is a line break", i+2)
		}
	}
	data, err := base64url.DecodeString(body)
	if err != nil {
		return nil, fmt.Errorf("multibase: not base64url without padding: %w", err)
	}
	return data, nil
}

// A Codec is a multicodec number. It stands as a varint before the bytes of a
// key and says what they are.
type Codec uint64

// The codecs of keys that Controlled Identifiers 1.0 (Multikey) and did:key
// name, from the multicodec registry.
const (
	Secp256k1Pub Codec = 0xe7
	BLS12381G1   Codec = 0xea
	BLS12381G2   Codec = 0xeb
	X25519Pub    Codec = 0xec
	Ed25519Pub   Codec = 0xed
	P256Pub      Codec = 0x1200
	P384Pub      Codec = 0x1201
	P521Pub      Codec = 0x1202
	RSAPub       Codec = 0x1205
	Ed25519Priv  Codec = 0x1300
	P256Priv     Codec = 0x1306
	P384Priv     Codec = 0x1307
	JWKJCSPub    Codec = 0xeb51
)

// AddPrefix returns raw behind the prefix of a codec.
func AddPrefix(c Codec, raw []byte) []byte {
	out := binary.AppendUvarint(make([]byte, 0, len(raw)+3), uint64(c))
	return append(out, raw...)
}

// CutPrefix returns data without the prefix of a codec, and whether it had it.
// The result shares data's memory.
func CutPrefix(c Codec, data []byte) (raw []byte, ok bool) {
	var buf [binary.MaxVarintLen64]byte
	prefix := buf[:binary.PutUvarint(buf[:], uint64(c))]
	if len(data) < len(prefix) || string(data[:len(prefix)]) != string(prefix) {
		return nil, false
	}
	return data[len(prefix):], true
}
