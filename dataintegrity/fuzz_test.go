package dataintegrity

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/multibase"
)

// FuzzProofs reads and verifies proofs of any shape. No proof verifies: the key is not theirs. And what is signed here
// does verify, whatever else stands in the document, and keeps its bytes.
func FuzzProofs(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(vectors.Root(f), "vectors", "di-*", "*", "*igned*.json"))
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"@context":["https://www.w3.org/ns/credentials/v2"],"proof":` + ordinaryProof + `}`))
	f.Add([]byte(`{"proof":[{"id":"a","previousProof":["a"]},{"id":"b","previousProof":"a","proofValue":"z1"}]}`))
	pub := testSigner(9).Public()
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := ijson.Parse(src, &ijson.Options{MaxBytes: 1 << 16})
		if err != nil {
			return
		}
		for _, p := range Proofs(d.Root()) {
			if !d.Root().At(p.Pointer).IsValid() {
				t.Errorf("proof at %q, where nothing is", p.Pointer)
			}
			if r, err := Verify(d.Root(), p, pub, &Options{Purpose: p.Purpose}); err == nil || r != nil {
				t.Errorf("%s verifies: %+v, %v", p.value.Raw(), r, err)
			}
		}
		opts := &SignOptions{Suite: "eddsa-jcs-2022", Signer: testSigner(8), VerificationMethod: "did:example:x#k"}
		signed, err := Sign(src, opts)
		if err != nil {
			return
		}
		doc := parse(t, signed)
		proofs := Proofs(doc)
		if len(proofs) > MaxProofs {
			return
		}
		if _, err := Verify(doc, proofs[len(proofs)-1], testSigner(8).Public(), nil); err != nil {
			t.Errorf("signed here and %v:\n%s", err, signed)
		}
		without := func(v ijson.Value) []byte { return ijson.AppendCanonical(nil, v, "proof") }
		if !bytes.Equal(without(d.Root()), without(doc)) {
			t.Errorf("signing changed the document:\n%s\n%s", src, signed)
		}
	})
}

// FuzzProofValue reads ecdsa-sd-2023 proof values of any bytes: what is accepted means the same after writing it again,
// and what is refused is refused with a type of our own.
func FuzzProofValue(f *testing.F) {
	v := openSD(f)
	for _, doc := range []ijson.Value{v.json("addSignedSDBase.json"), v.json("derivedRevealDocument.json")} {
		_, b, err := multibase.Decode(Proofs(doc)[0].ProofValue)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, hostile := range hostileCBOR {
		f.Add(hostile)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p := Proof{Pointer: "/proof", ProofValue: multibase.Encode(multibase.Base64URL, b)}
		if d, err := readDerived(p); err == nil {
			text, err := d.encode()
			if err != nil {
				t.Fatal(err)
			}
			again, err := readDerived(Proof{ProofValue: text})
			if err != nil || !reflect.DeepEqual(normalDerived(d), normalDerived(again)) {
				t.Errorf("written again: %v\n%+v\n%+v", err, d, again)
			}
		} else {
			ownError(t, err)
		}
		if base, err := readBase(p); err == nil {
			text, err := base.encode()
			if err != nil {
				t.Fatal(err)
			}
			again, err := readBase(Proof{ProofValue: text})
			if diff := cmp.Diff(len(base.pointers), len(again.pointers)); err != nil || diff != "" || !bytes.Equal(base.hmacKey, again.hmacKey) {
				t.Errorf("written again: %v\n%+v\n%+v", err, base, again)
			}
		} else {
			ownError(t, err)
		}
	})
}

// normalDerived forgets the difference between nil and empty, which CBOR does not have here.
func normalDerived(v *derivedValue) derivedValue {
	c := *v
	c.signatures = append([][]byte{}, v.signatures...)
	c.mandatory = append([]int{}, v.mandatory...)
	if len(c.labels) == 0 {
		c.labels = nil
	}
	return c
}

func ownError(t *testing.T, err error) {
	t.Helper()
	var malformed *MalformedError
	var base *BaseProofError
	if !errors.As(err, &malformed) && !errors.As(err, &base) {
		t.Errorf("refused with %T: %v", err, err)
	}
}

// hostileCBOR are proof values that promise more than they hold (catalogue P13).
var hostileCBOR = map[string][]byte{
	"2^63 elements":       append(headerDerived[:3:3], 0x9b, 0x80, 0, 0, 0, 0, 0, 0, 0),
	"2^63 bytes":          append(headerDerived[:3:3], 0x85, 0x5b, 0x80, 0, 0, 0, 0, 0, 0, 0),
	"2^62 signatures":     append(headerDerived[:3:3], 0x85, 0x40, 0x40, 0x9b, 0x40, 0, 0, 0, 0, 0, 0, 0),
	"2^40 labels":         append(headerDerived[:3:3], 0x85, 0x40, 0x40, 0x80, 0xbb, 0, 0, 1, 0, 0, 0, 0, 0),
	"depth 10000":         append(headerDerived[:3:3], bytes.Repeat([]byte{0x81}, 10000)...),
	"indefinite":          append(headerDerived[:3:3], 0x9f, 0xff),
	"a tag":               append(headerDerived[:3:3], 0xc1, 0x85, 0x40, 0x40, 0x80, 0xa0, 0x80),
	"a label twice":       append(headerDerived[:3:3], 0x85, 0x40, 0x40, 0x80, 0xa2, 0x00, 0x40, 0x00, 0x40, 0x80),
	"four elements":       append(headerDerived[:3:3], 0x84, 0x40, 0x40, 0x80, 0xa0),
	"six elements":        append(headerDerived[:3:3], 0x86, 0x40, 0x40, 0x80, 0xa0, 0x80, 0x80),
	"nulls":               append(headerDerived[:3:3], 0x85, 0xf6, 0xf6, 0xf6, 0xf6, 0xf6),
	"empty members":       append(headerDerived[:3:3], 0x85, 0x40, 0x40, 0x80, 0xa0, 0x80),
	"bytes after":         append(headerDerived[:3:3], 0x85, 0x40, 0x40, 0x80, 0xa0, 0x80, 0x00),
	"nothing":             headerDerived,
	"an unknown header":   {0xd9, 0x5d, 0x02, 0x80},
	"a bbs header":        {0xd9, 0x5d, 0x03, 0x80},
	"base, empty members": append(headerBase[:3:3], 0x85, 0x40, 0x40, 0x40, 0x80, 0x80),
	"base, 2^63 pointers": append(headerBase[:3:3], 0x85, 0x40, 0x40, 0x40, 0x80, 0x9b, 0x80, 0, 0, 0, 0, 0, 0, 0),
}

func TestHostileCBOR(t *testing.T) {
	for name, b := range hostileCBOR {
		p := Proof{Pointer: "/proof", ProofValue: multibase.Encode(multibase.Base64URL, b)}
		_, err := readDerived(p)
		if bytes.HasPrefix(b, headerBase) {
			_, err = readBase(p)
		}
		wantError(t, name, err, (*MalformedError)(nil))
	}
}
