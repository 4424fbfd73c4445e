package statuslist_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/statuslist"
)

// TestEncodedLists runs the table of lists that others have encoded.
func TestEncodedLists(t *testing.T) {
	for row := range parse(t, string(vectors.File(t, "bitstring-status/encoded-lists.json"))).Elements() {
		id, encoded := row.Get("id").Text(), row.Get("encodedList").Text()
		decode := statuslist.Decode
		if !strings.HasPrefix(encoded, "u") {
			if _, err := decode(encoded); err == nil {
				t.Errorf("%s: Decode accepts a list without multibase prefix", id)
			}
			decode = statuslist.DecodeLegacy
		}
		bits, err := decode(encoded)
		if row.Get("expect").Text() == "error" {
			if err == nil {
				t.Errorf("%s: decoded to %d bytes, want an error", id, len(bits))
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if want, _ := row.Get("listBits").Int(); int64(len(bits)*8) != want {
			t.Errorf("%s: %d bits, want %d", id, len(bits)*8, want)
		}
		index, _ := row.Get("index").Int()
		got, err := statuslist.Bit(bits, uint64(index), 1)
		if row.Get("expect").Text() == "RANGE_ERROR" {
			if reasonOf(err) != statuslist.ReasonRange {
				t.Errorf("%s: %d, %v, want a range error", id, got, err)
			}
			continue
		}
		if want, _ := row.Get("value").Int(); err != nil || int64(got) != want {
			t.Errorf("%s: bit %d is %d, %v, want %d", id, index, got, err, want)
		}
	}
}

// listOf returns the list credential in a JWT of the suite.
func listOf(t *testing.T, jwt string) ijson.Value {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(jwt, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	v := parse(t, string(payload))
	if v.Has("vc") {
		return v.Get("vc")
	}
	return v
}

func TestBitstringVectors(t *testing.T) {
	vectors.Open(t, "bitstring-status").Run(t, func(t *testing.T, c *vectors.Case) {
		if !c.Raw.Has("entries") {
			return // the table: TestEncodedLists
		}
		file := parse(t, string(c.Input(t)))
		if strings.Contains(c.Kind, "Token Status List") {
			// Another standard, with another order of bits: it must not be taken for a list of ours.
			if l, err := statuslist.ParseList(listOf(t, file.Get("status-credential").Text())); err == nil {
				t.Errorf("a token status list is read as %s", l.Kind)
			}
			return
		}
		lists := file.Get("status-credential")
		n := 0
		for i, entry := range file.At("/holder-credential/credentialStatus").Each() {
			jwt := lists
			if lists.Kind() == ijson.Array {
				jwt = lists.Index(i)
			}
			n++
			compareStatus(t, c, i, entry, jwt)
		}
		if n != c.Raw.Get("entries").Len() {
			t.Errorf("%d entries were looked up, want %d", n, c.Raw.Get("entries").Len())
		}
	})
}

func compareStatus(t *testing.T, c *vectors.Case, i int, entry, jwt ijson.Value) {
	t.Helper()
	want := c.Raw.Get("entries").Index(i)
	e, err := statuslist.ParseEntry(entry)
	if err != nil {
		t.Fatalf("entry %d: %v", i, err)
	}
	text := jwt.Text()
	if jwt.Kind() == ijson.Object { // a pair of id and credential
		for _, m := range jwt.Members() {
			if strings.Count(m.Text(), ".") == 2 {
				text = m.Text()
			}
		}
	}
	l, err := statuslist.ParseList(listOf(t, text))
	if err != nil {
		t.Fatalf("list %d: %v", i, err)
	}
	s, err := l.Status(e)
	if err != nil {
		t.Fatalf("entry %d: %v", i, err)
	}
	if value, _ := want.Get("value").Int(); s.Value != uint64(value) || s.Short {
		t.Errorf("entry %d: %+v, want %d", i, s, value)
	}
	if bits, _ := want.Get("listBits").Int(); int64(len(l.Bits)*8) != bits {
		t.Errorf("list %d: %d bits, want %d", i, len(l.Bits)*8, bits)
	}
}

// TestIndexes runs the list of indexes that some verifier has misread.
func TestIndexes(t *testing.T) {
	list := &statuslist.List{Kind: statuslist.Bitstring, Purposes: []string{"revocation"}, Bits: statuslist.NewBits(0, 1)}
	for row := range parse(t, string(vectors.File(t, "json/lists/status-index.json"))).Get("cases").Elements() {
		index := row.Get("statusListIndex")
		e, err := statuslist.ParseEntry(parse(t, `{"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListCredential":"https://x.example/1","statusListIndex":`+string(index.Raw())+`}`))
		if err == nil {
			_, err = list.Status(e)
		}
		var want statuslist.Reason
		switch expect := row.Get("expect").Text(); {
		case strings.HasPrefix(expect, "read"), strings.Contains(expect, "by configuration"):
		case expect == "RANGE_ERROR":
			want = statuslist.ReasonRange
		default:
			want = statuslist.ReasonMalformed
		}
		if reasonOf(err) != want || want == "" && err != nil {
			t.Errorf("%s: %v, want %q", index.Raw(), err, want)
		}
	}
}

// TestListDocuments reads the published lists of others.
func TestListDocuments(t *testing.T) {
	const dcc = "https://digitalcredentials.github.io/vc-test-fixtures/statusLists/didkey-ed25519Signature2020/"
	docs := vectors.Documents(t)
	get := func(url string) ijson.Value {
		if docs[url] == nil {
			t.Fatalf("no document %s", url)
		}
		return parse(t, string(docs[url]))
	}
	l, err := statuslist.ParseList(get(dcc + "e5WK8CbZ1GjycuPombrj"))
	if err != nil {
		t.Fatal(err)
	}
	for index, want := range map[uint64]bool{6: true, 7: false, 8: true, 9: false} {
		s, err := l.Status(&statuslist.Entry{Kind: statuslist.Bitstring, Purpose: "revocation", Index: index, Size: 1})
		if err != nil || s.Set() != want || !s.Short {
			t.Errorf("bit %d: %+v, %v, want %v in a short list", index, s, err, want)
		}
	}
	for _, name := range []string{"tampered", "missingBitStringType"} {
		if _, err := statuslist.ParseList(get(dcc + name)); reasonOf(err) != statuslist.ReasonMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := statuslist.ParseRevocations(get("https://dc.1edtech.org/wellspring2022/wellspring-portal/api/revocations/da1e96e9-afcc-4eed-b9a2-2ddf7353214c"))
	if err != nil || len(r.Revoked) != 1 {
		t.Errorf("revocations %+v, %v", r, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(statuslist.Encode([]byte("abc")))
	f.Add("uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA")
	f.Add("eJztzgENAAAIA6BHs38qY9xNSEACv0w7AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJy0xNEAQQ==")
	f.Fuzz(func(t *testing.T, s string) {
		for _, decode := range []func(string) ([]byte, error){statuslist.Decode, statuslist.DecodeLegacy} {
			bits, err := decode(s)
			if err != nil {
				if bits != nil || reasonOf(err) == "" {
					t.Fatalf("%d bytes beside the error %v", len(bits), err)
				}
				continue
			}
			again, err := statuslist.Decode(statuslist.Encode(bits))
			if err != nil || string(again) != string(bits) {
				t.Fatalf("%x is read back as %x, %v", bits, again, err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	bits := statuslist.NewBits(0, 1)
	for i := uint64(0); i < statuslist.MinEntries; i += 97 {
		if err := statuslist.SetBit(bits, i*31%statuslist.MinEntries, 1, 1); err != nil {
			b.Fatal(err)
		}
	}
	encoded := statuslist.Encode(bits)
	b.Run("list", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := statuslist.Decode(encoded); err != nil {
				b.Fatal(err)
			}
		}
	})
	zipped, err := base64.RawURLEncoding.DecodeString(encoded[1:])
	if err != nil {
		b.Fatal(err)
	}
	b.Run("gunzip", func(b *testing.B) { // the floor: with the standard library, into memory that is there
		out := make([]byte, len(bits))
		for b.Loop() {
			r, err := gzip.NewReader(bytes.NewReader(zipped))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(r, out); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEncodeMillion is what publishing a list of a million entries costs.
func BenchmarkEncodeMillion(b *testing.B) {
	const entries = 1_000_000
	bits := statuslist.NewBits(entries, 1)
	for i := uint64(0); i < entries; i += 97 {
		if err := statuslist.SetBit(bits, i*31%entries, 1, 1); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		statuslist.Encode(bits)
	}
}
