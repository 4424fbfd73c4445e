package statuslist_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/statuslist"
)

func parse(t testing.TB, text string) ijson.Value {
	t.Helper()
	doc, err := ijson.Parse([]byte(text), nil)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return doc.Root()
}

func reasonOf(err error) statuslist.Reason {
	var e *statuslist.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

func TestBitsRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for size := 1; size <= statuslist.MaxStatusSize; size++ {
		bits := statuslist.NewBits(0, size)
		entries := uint64(len(bits) * 8 / size)
		if entries < statuslist.MinEntries {
			t.Fatalf("NewBits has %d entries of %d bits", entries, size)
		}
		want := map[uint64]uint64{0: 1, entries - 1: 1<<size - 1}
		for range 500 {
			want[rng.Uint64N(entries)] = rng.Uint64N(1 << size)
		}
		for i, v := range want {
			if err := statuslist.SetBit(bits, i, size, v); err != nil {
				t.Fatal(err)
			}
		}
		decoded, err := statuslist.Decode(statuslist.Encode(bits))
		if err != nil || !bytes.Equal(decoded, bits) {
			t.Fatalf("size %d: decoding gives other bits, %v", size, err)
		}
		for i, v := range want {
			if got, err := statuslist.Bit(decoded, i, size); err != nil || got != v {
				t.Errorf("size %d, entry %d: %d, %v, want %d", size, i, got, err, v)
			}
		}
		if err := statuslist.SetBit(bits, 0, size, 1<<size); reasonOf(err) != statuslist.ReasonRange {
			t.Errorf("size %d holds %d: %v", size, 1<<size, err)
		}
	}
	// The first bit is the most significant one of the first byte.
	bits := make([]byte, 2)
	if err := statuslist.SetBit(bits, 9, 1, 1); err != nil || bits[1] != 0x40 {
		t.Errorf("bit 9 gives %x, %v", bits, err)
	}
	for _, size := range []int{0, -1, 9, 1 << 31} {
		if _, err := statuslist.Bit(bits, 0, size); reasonOf(err) != statuslist.ReasonMalformed {
			t.Errorf("Bit with size %d: %v", size, err)
		}
	}
}

func pack(b []byte) string {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(b)
	w.Close()
	return base64.RawURLEncoding.EncodeToString(buf.Bytes())
}

func TestDecodeLimits(t *testing.T) {
	full := make([]byte, statuslist.MaxBytes)
	if b, err := statuslist.Decode("u" + pack(full)); err != nil || len(b) != len(full) {
		t.Errorf("a list of MaxBytes: %d bytes, %v", len(b), err)
	}
	good, _ := base64.RawURLEncoding.DecodeString(pack([]byte("abc")))
	tests := []struct {
		name, in string
		want     statuslist.Reason
	}{
		{"bomb", "u" + pack(append(full, 0)), statuslist.ReasonTooLarge},
		{"base58", "z111", statuslist.ReasonMalformed},
		{"no prefix", pack(nil), statuslist.ReasonMalformed},
		{"empty", "u", statuslist.ReasonMalformed},
		{"not GZIP", "uAAAA", statuslist.ReasonMalformed},
		{"two members", "u" + base64.RawURLEncoding.EncodeToString(append(slices.Clone(good), good...)), statuslist.ReasonMalformed},
		{"cut", "u" + base64.RawURLEncoding.EncodeToString(good[:len(good)-1]), statuslist.ReasonMalformed},
		{"wrong checksum", "u" + base64.RawURLEncoding.EncodeToString(append(slices.Clone(good[:len(good)-8]), 1, 2, 3, 4, 3, 0, 0, 0)), statuslist.ReasonMalformed},
		{"padding", "u" + pack(nil) + "==", statuslist.ReasonMalformed},
	}
	for _, tt := range tests {
		if b, err := statuslist.Decode(tt.in); reasonOf(err) != tt.want || b != nil {
			t.Errorf("%s: %d bytes, %v, want %s", tt.name, len(b), err, tt.want)
		}
	}
}

func TestParseEntry(t *testing.T) {
	const list = `"statusListCredential":"https://x.example/1"`
	const bitstring = `"type":"BitstringStatusListEntry","statusPurpose":"revocation",` + list
	tests := []struct {
		name, in string
		want     *statuslist.Entry
		reason   statuslist.Reason
	}{
		{"plain", `{` + bitstring + `,"id":"https://x.example/1#7","statusListIndex":"7"}`,
			&statuslist.Entry{Kind: statuslist.Bitstring, ID: "https://x.example/1#7", Purpose: "revocation", Index: 7, Size: 1, ListURL: "https://x.example/1"}, ""},
		{"number", `{` + bitstring + `,"statusListIndex":23}`,
			&statuslist.Entry{Kind: statuslist.Bitstring, Purpose: "revocation", Index: 23, Size: 1, ListURL: "https://x.example/1"}, ""},
		{"messages", `{"type":["BitstringStatusListEntry"],"statusPurpose":"message",` + list + `,"statusListIndex":"0","statusSize":1,"statusMessage":[{"status":"0x0","message":"a"},{"status":"0x1","message":"b"}]}`,
			&statuslist.Entry{Kind: statuslist.Bitstring, Purpose: "message", Size: 1, ListURL: "https://x.example/1", Messages: []statuslist.StatusMessage{{0, "a"}, {1, "b"}}}, ""},
		{"2020", `{"type":"RevocationList2020Status","revocationListIndex":"5","revocationListCredential":"https://x.example/1"}`,
			&statuslist.Entry{Kind: statuslist.RevocationList2020, Purpose: "revocation", Index: 5, Size: 1, ListURL: "https://x.example/1"}, ""},
		{"1EdTech", `{"type":"1EdTechRevocationList","id":"https://x.example/r"}`,
			&statuslist.Entry{Kind: statuslist.Revocations1EdTech, ID: "https://x.example/r", Purpose: "revocation", Size: 1, ListURL: "https://x.example/r"}, ""},
		{"1EdTech without id", `{"type":"1EdTechRevocationList"}`, nil, statuslist.ReasonMalformed},
		{"unknown type", `{"type":"Status","id":"https://x.example/r"}`, nil, statuslist.ReasonUnsupported},
		{"no type", `{}`, nil, statuslist.ReasonUnsupported},
		{"no object", `"https://x.example/r"`, nil, statuslist.ReasonMalformed},
		{"no purpose", `{"type":"BitstringStatusListEntry",` + list + `,"statusListIndex":"7"}`, nil, statuslist.ReasonMalformed},
		{"no list", `{"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"7"}`, nil, statuslist.ReasonMalformed},
		{"id is the list", `{` + bitstring + `,"id":"https://x.example/1","statusListIndex":"7"}`, nil, statuslist.ReasonMalformed},
		{"no index", `{` + bitstring + `}`, nil, statuslist.ReasonMalformed},
		{"size 0", `{` + bitstring + `,"statusListIndex":"7","statusSize":0}`, nil, statuslist.ReasonMalformed},
		{"size -1", `{` + bitstring + `,"statusListIndex":"7","statusSize":-1}`, nil, statuslist.ReasonMalformed},
		{"size text", `{` + bitstring + `,"statusListIndex":"7","statusSize":"1"}`, nil, statuslist.ReasonMalformed},
		{"size 2^31", `{` + bitstring + `,"statusListIndex":"7","statusSize":2147483648}`, nil, statuslist.ReasonMalformed},
		{"size 3 without messages", `{` + bitstring + `,"statusListIndex":"7","statusSize":3}`, nil, statuslist.ReasonMalformed},
		{"message twice", `{` + bitstring + `,"statusListIndex":"7","statusMessage":[{"status":"0x0"},{"status":"0x0"}]}`, nil, statuslist.ReasonMalformed},
		{"message beyond size", `{` + bitstring + `,"statusListIndex":"7","statusMessage":[{"status":"0x2"}]}`, nil, statuslist.ReasonMalformed},
		{"message without 0x", `{` + bitstring + `,"statusListIndex":"7","statusMessage":[{"status":"0"}]}`, nil, statuslist.ReasonMalformed},
		{"message 0x", `{` + bitstring + `,"statusListIndex":"7","statusMessage":[{"status":"0x"}]}`, nil, statuslist.ReasonMalformed},
	}
	for _, tt := range tests {
		got, err := statuslist.ParseEntry(parse(t, tt.in))
		if reasonOf(err) != tt.reason || !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %+v, %v, want %q\n%s", tt.name, got, err, tt.reason, cmp.Diff(tt.want, got))
		}
		if tt.want == nil || tt.want.Kind == statuslist.RevocationList2020 {
			continue
		}
		b, err := ijson.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := statuslist.ParseEntry(parse(t, string(b))); err != nil || !cmp.Equal(again, got) {
			t.Errorf("%s: written as %s, read as %+v, %v", tt.name, b, again, err)
		}
	}
}

func TestBuildAndLookUp(t *testing.T) {
	bits := statuslist.NewBits(0, 1)
	if err := statuslist.SetBit(bits, 94567, 1, 1); err != nil {
		t.Fatal(err)
	}
	b, err := statuslist.Build(&statuslist.Draft{
		ID: "https://x.example/s/3", Issuer: "did:web:x.example", Purposes: []string{"revocation", "suspension"}, Bits: bits,
		TTL: 5 * time.Minute, ValidFrom: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := statuslist.ParseList(parse(t, string(b)))
	if err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	if list.TTL != 5*time.Minute || list.ID != "https://x.example/s/3#list" {
		t.Errorf("TTL %v, id %s", list.TTL, list.ID)
	}
	entry := func(kind statuslist.Kind, purpose string, index uint64) *statuslist.Entry {
		return &statuslist.Entry{Kind: kind, Purpose: purpose, Index: index, Size: 1}
	}
	for i, want := range map[uint64]bool{94567: true, 94566: false, 94568: false, 0: false, 131071: false} {
		if s, err := list.Status(entry(statuslist.Bitstring, "suspension", i)); err != nil || s.Set() != want || s.Short {
			t.Errorf("entry %d: %+v, %v, want %v", i, s, err, want)
		}
	}
	if _, err := list.Status(entry(statuslist.Bitstring, "revocation", 131072)); reasonOf(err) != statuslist.ReasonRange {
		t.Errorf("entry beyond the list: %v", err)
	}
	if _, err := list.Status(entry(statuslist.Bitstring, "refresh", 1)); reasonOf(err) != statuslist.ReasonPurpose {
		t.Errorf("entry for another purpose: %v", err)
	}
	if _, err := list.Status(entry(statuslist.StatusList2021, "revocation", 1)); reasonOf(err) != statuslist.ReasonMalformed {
		t.Errorf("entry of another kind: %v", err)
	}
	if _, err := statuslist.Build(&statuslist.Draft{ID: "a", Issuer: "b", Purposes: []string{"revocation"}, Bits: bits, Size: 2}); err == nil {
		t.Error("Build accepts half the entries")
	}
}

func TestParseListRefuses(t *testing.T) {
	encoded := statuslist.Encode(statuslist.NewBits(0, 1))
	for name, in := range map[string]string{
		"no object":       `[]`,
		"no subject":      `{"type":["VerifiableCredential","BitstringStatusListCredential"]}`,
		"credential type": `{"type":["VerifiableCredential"],"credentialSubject":{"type":"BitstringStatusList","statusPurpose":"revocation","encodedList":"` + encoded + `"}}`,
		"subject type":    `{"type":["BitstringStatusListCredential"],"credentialSubject":{"type":"StatusList","statusPurpose":"revocation","encodedList":"` + encoded + `"}}`,
		"mixed types":     `{"type":["BitstringStatusListCredential"],"credentialSubject":{"type":"StatusList2021","statusPurpose":"revocation","encodedList":"` + encoded + `"}}`,
		"no list":         `{"type":["BitstringStatusListCredential"],"credentialSubject":{"type":"BitstringStatusList","statusPurpose":"revocation"}}`,
		"list a number":   `{"type":["BitstringStatusListCredential"],"credentialSubject":{"type":"BitstringStatusList","statusPurpose":"revocation","encodedList":1}}`,
	} {
		if l, err := statuslist.ParseList(parse(t, in)); reasonOf(err) != statuslist.ReasonMalformed || l != nil {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
}

func TestRevocations(t *testing.T) {
	r, err := statuslist.ParseRevocations(parse(t, `{"id":"https://x.example/r","issuer":{"id":"did:web:x.example"},
		"revokedCredential":[{"id":"urn:a","revoked":false},{"id":"urn:b"},{"id":"urn:c","revoked":true,"revocationReason":"typo"},{"id":"urn:d","revoked":false},{"id":"urn:d"}],
		"revokedCredentials":{"id":"urn:e"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if r.Issuer != "did:web:x.example" {
		t.Errorf("issuer %q", r.Issuer)
	}
	for id, want := range map[string]bool{"urn:a": false, "urn:b": true, "urn:c": true, "urn:d": true, "urn:e": true, "URN:B": false, "urn:b/": false, "": false} {
		if x, got := r.Find(id); got != want || got && id == "urn:c" && x.Reason != "typo" {
			t.Errorf("%q: %+v, %v, want %v", id, x, got, want)
		}
	}
	b, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	again, err := statuslist.ParseRevocations(parse(t, string(b)))
	if err != nil || len(again.Revoked) != len(r.Revoked) {
		t.Errorf("written %s, read %+v, %v", b, again, err)
	}
	for _, in := range []string{`[]`, `{"id":"x"}`, `{"revokedCredential":[{}]}`, `{"revokedCredential":[{"id":"a","revoked":"false"}]}`, `{"revokedCredential":[5]}`} {
		if r, err := statuslist.ParseRevocations(parse(t, in)); reasonOf(err) != statuslist.ReasonMalformed {
			t.Errorf("%s: %+v, %v", in, r, err)
		}
	}
}

func ExampleBuild() {
	bits := statuslist.NewBits(0, 1)
	if err := statuslist.SetBit(bits, 94567, 1, 1); err != nil {
		fmt.Println(err)
		return
	}
	list, err := statuslist.Build(&statuslist.Draft{
		ID:        "https://college.example/status/3",
		Issuer:    "did:web:college.example",
		Purposes:  []string{statuslist.PurposeRevocation},
		Bits:      bits,
		ValidFrom: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC),
	})
	fmt.Println(strings.Contains(string(list), `"encodedList":"uH4sI`), err)
	// Output: true <nil>
}
