package multibase_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/multibase"
)

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, in string }{
		{"empty", ""},
		{"padding", "uAA=="},
		{"stray bits", "uAB"},
		{"one character left over", "uA"},
		{"standard alphabet", "u+/+/"},
		{"line break", "uAA\nAA"},
		{"carriage return", "uAAAA\r\n"},
		{"space", "z 1"},
		{"zero is not base58", "z0"},
		{"l is not base58", "z1l"},
		{"not ASCII", "zé"},
		{"too long", "z" + strings.Repeat("2", multibase.MaxBase58+1)},
	}
	for _, tt := range tests {
		if _, data, err := multibase.Decode(tt.in); err == nil {
			t.Errorf("%s: Decode(%q) = %x, want an error", tt.name, tt.in, data)
		} else if errors.Is(err, multibase.ErrEncoding) {
			t.Errorf("%s: Decode(%q) blames the prefix: %v", tt.name, tt.in, err)
		}
	}
	for _, in := range []string{"m1234", "f00", "Z1", "U00", "é"} {
		if _, _, err := multibase.Decode(in); !errors.Is(err, multibase.ErrEncoding) {
			t.Errorf("Decode(%q) = %v, want ErrEncoding", in, err)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for n := range 70 {
		data := bytes.Repeat([]byte{byte(n * 7)}, n)
		for _, enc := range []byte{multibase.Base58BTC, multibase.Base64URL} {
			gotEnc, got, err := multibase.Decode(multibase.Encode(enc, data))
			if err != nil || gotEnc != enc || !bytes.Equal(got, data) {
				t.Fatalf("%c, %x: got %c, %x, %v", enc, data, gotEnc, got, err)
			}
		}
	}
}

func TestPrefix(t *testing.T) {
	raw := []byte{1, 2, 3}
	for codec, want := range map[multibase.Codec]string{
		multibase.Ed25519Pub:  "ed01",
		multibase.P256Pub:     "8024",
		multibase.P384Pub:     "8124",
		multibase.RSAPub:      "8524",
		multibase.Ed25519Priv: "8026",
		multibase.P256Priv:    "8626",
		multibase.P384Priv:    "8726",
		multibase.BLS12381G2:  "eb01",
		multibase.JWKJCSPub:   "d1d603",
	} {
		data := multibase.AddPrefix(codec, raw)
		if got := hex.EncodeToString(data); got != want+"010203" {
			t.Errorf("AddPrefix(%#x) = %s, want %s010203", uint64(codec), got, want)
		}
		if got, ok := multibase.CutPrefix(codec, data); !ok || !bytes.Equal(got, raw) {
			t.Errorf("CutPrefix(%#x) = %x, %v", uint64(codec), got, ok)
		}
		if _, ok := multibase.CutPrefix(multibase.P521Pub, data); ok {
			t.Errorf("CutPrefix takes %x for P-521", data)
		}
	}
	if _, ok := multibase.CutPrefix(multibase.P256Pub, []byte{0x80}); ok {
		t.Error("CutPrefix takes half a prefix for a whole one")
	}
}

// TestDIDKeyVectors reads the key out of each did:key whose raw key is known.
func TestDIDKeyVectors(t *testing.T) {
	codecs := map[string]multibase.Codec{
		"Ed25519": multibase.Ed25519Pub, "X25519": multibase.X25519Pub, "P-256": multibase.P256Pub, "P-384": multibase.P384Pub,
		"P-521": multibase.P521Pub, "secp256k1": multibase.Secp256k1Pub,
	}
	compared := 0
	vectors.Open(t, "did-key").Run(t, func(t *testing.T, c *vectors.Case) {
		id, isKey := strings.CutPrefix(c.Raw.Get("did").Text(), "did:key:")
		if !isKey {
			return
		}
		enc, data, err := multibase.Decode(id)
		if err != nil {
			t.Fatal(err)
		}
		if again := multibase.Encode(enc, data); again != id {
			t.Errorf("encodes to %s, want %s", again, id)
		}
		codec, known := codecs[c.Raw.Get("keyType").Text()]
		if !known {
			t.Logf("key type %q has no codec here", c.Raw.Get("keyType").Text())
			return
		}
		raw, ok := multibase.CutPrefix(codec, data)
		if want := c.Raw.Get("publicKeyHex").Text(); !ok || hex.EncodeToString(raw) != want {
			t.Errorf("raw key %x, want %s", raw, want)
		}
		compared++
	})
	if compared == 0 {
		t.Error("no key was compared")
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "z", "u", "uAA", "uAB", "z111", "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", "f00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		enc, data, err := multibase.Decode(s)
		if err != nil {
			if data != nil {
				t.Fatalf("data %x beside the error %v", data, err)
			}
			return
		}
		if again := multibase.Encode(enc, data); again != s {
			t.Fatalf("%q decodes to %x, which is written %q", s, data, again)
		}
	})
}

func Example() {
	enc, data, err := multibase.Decode("z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, isEd25519 := multibase.CutPrefix(multibase.Ed25519Pub, data)
	fmt.Printf("%c %v %d bytes\n", enc, isEd25519, len(raw))
	// Output: z true 32 bytes
}
