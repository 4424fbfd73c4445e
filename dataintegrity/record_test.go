package dataintegrity

import (
	"bytes"
	"crypto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
)

// withProofs yields every object of a document that carries proofs, the document included.
func withProofs(v ijson.Value, yield func(ijson.Value)) {
	if len(Proofs(v)) > 0 {
		yield(v)
	}
	for _, m := range v.Members() {
		withProofs(m, yield)
	}
	for e := range v.Elements() {
		withProofs(e, yield)
	}
}

// outcome is a verification as text.
func outcome(t *testing.T, v ijson.Value, p Proof, opts *Options) (text string, r *Result) {
	t.Helper()
	s, ok := p.Suite()
	if !ok || s.keys != keysEd25519 {
		return "not tried", nil
	}
	opts.Purpose = p.Purpose
	pub, err := key.ParseMultikey(p.VerificationMethod[strings.LastIndexAny(p.VerificationMethod, "#:")+1:])
	if err != nil {
		pub = testSigner(1).Public()
	}
	r, err = Verify(v, p, pub, opts)
	if err != nil {
		return err.Error(), nil
	}
	return "verifies", r
}

// TestRecord: with and without the memory, each proof of each record of the field gives the same result, also when the
// proofs are verified at once and again.
func TestRecord(t *testing.T) {
	tried := 0
	compare := func(name string, text []byte) {
		d, err := ijson.Parse(text, nil)
		if err != nil {
			return
		}
		documents := vectors.Documents(t)
		record := NewRecord(d.Root(), documents)
		var group sync.WaitGroup
		withProofs(d.Root(), func(v ijson.Value) {
			for _, p := range Proofs(v) {
				tried++
				want, wantResult := outcome(t, v, p, &Options{Documents: documents})
				for range 2 {
					group.Go(func() {
						got, gotResult := outcome(t, v, p, &Options{Documents: documents, Record: record})
						if diff := cmp.Diff(wantResult, gotResult); got != want || diff != "" {
							t.Errorf("%s%s%s: %s, want %s (-want +got):\n%s", name, v.Pointer(), p.Pointer, got, want, diff)
						}
					})
				}
			}
		})
		group.Wait()
	}
	for _, suite := range []string{"clr20", "ob30", "dcc", "dcc-wallets", "samples", "di-eddsa", "di-proof-chain"} {
		for _, c := range vectors.Open(t, suite).Cases {
			compare(c.ID, c.Input(t))
		}
	}
	for _, name := range []string{"clr-std-1", "clr-std-10", "clr-std-100", "clr-lean-10"} {
		compare(name, vectors.File(t, "perf/"+name+".json"))
	}
	if tried < 150 {
		t.Errorf("tried %d proofs, want more", tried)
	}
}

// TestRecordPreparesParts: the whole has its parts hashed, each as it is by itself.
func TestRecordPreparesParts(t *testing.T) {
	doc := parse(t, vectors.File(t, "perf/clr-std-100.json"))
	record := NewRecord(doc, nil)
	p := Proofs(doc)[0]
	if _, err := Verify(doc, p, methodKey(t, p.VerificationMethod), &Options{Record: record}); err != nil {
		t.Fatal(err)
	}
	if record.converted.Dataset.Len() < sideBySide {
		t.Errorf("the record has %d statements, too few to be done side by side", record.converted.Dataset.Len())
	}
	for _, v := range nested(doc) {
		known, ok := record.recall(v, crypto.SHA256)
		p := Proofs(v)[0]
		want, err := Verify(v, p, methodKey(t, p.VerificationMethod), nil)
		if err != nil {
			t.Fatal(err)
		}
		if !ok || !bytes.Equal(known.sum, want.CanonicalHash) {
			t.Fatalf("%s: prepared %x (%v), want %x", v.Pointer(), known.sum, ok, want.CanonicalHash)
		}
	}
}

// TestRecordSigns: two proofs of one document are the same with the memory and without, and so is a refusal.
func TestRecordSigns(t *testing.T) {
	for name, text := range map[string]string{
		"good": plainCredential, "undefined term": change(t, plainCredential, `"name"`, `"nameless"`),
	} {
		bytesOf := []byte(text)
		record := NewRecord(parse(t, bytesOf), nil)
		for seed := range byte(2) {
			opts := SignOptions{Suite: "eddsa-rdfc-2022", Signer: testSigner(seed + 1), VerificationMethod: "did:example:i#k", Created: time.Unix(1, 0)}
			want, wantErr := Sign(bytesOf, &opts)
			opts.Record = record
			got, err := Sign(bytesOf, &opts)
			if string(got) != string(want) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
				t.Errorf("%s, key %d: with the memory %s, %v; without %s, %v", name, seed, got, err, want, wantErr)
			}
			if _, ok := record.recall(record.root, crypto.SHA256); !ok {
				t.Errorf("%s: the memory was not used", name)
			}
		}
	}
}

// TestRecordOfAnother: a memory does not answer for a document that merely has the same place and size.
func TestRecordOfAnother(t *testing.T) {
	signed := mustSign(t, plainCredential, SignOptions{})
	good := parse(t, []byte(signed))
	record := NewRecord(good, nil)
	pub := testSigner(1).Public()
	if _, err := Verify(good, Proofs(good)[0], pub, &Options{Record: record}); err != nil {
		t.Fatal(err)
	}
	bent := parse(t, []byte(change(t, signed, "A name", "B name")))
	_, err := Verify(bent, Proofs(bent)[0], pub, &Options{Record: record})
	wantError(t, "another document", err, (*SignatureError)(nil))
}

// TestRecordParts: a change inside a part fails the part and the whole, with the memory too.
func TestRecordParts(t *testing.T) {
	text := change(t, string(vectors.File(t, "perf/clr-lean-10.json")), `"validFrom":"20`, `"validFrom":"19`)
	doc := parse(t, []byte(text))
	record := NewRecord(doc, nil)
	failed := 0
	withProofs(doc, func(v ijson.Value) {
		for _, p := range Proofs(v) {
			if _, err := Verify(v, p, methodKey(t, p.VerificationMethod), &Options{Record: record}); err != nil {
				failed++
			}
		}
	})
	if failed == 0 || failed > 2 {
		t.Errorf("%d proofs fail, want that of the whole and at most one part's", failed)
	}
}
