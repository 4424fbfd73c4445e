package dataintegrity

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
)

// nested yields the credentials inside a record.
func nested(record ijson.Value) iter.Seq2[int, ijson.Value] {
	return record.At("/credentialSubject/verifiableCredential").Each()
}

// verifyRecord verifies the proof of every credential of a record and returns the hashes, the wrapper's last.
func verifyRecord(t testing.TB, record ijson.Value) (hashes [][]byte) {
	t.Helper()
	verify := func(v ijson.Value) {
		for _, p := range Proofs(v) {
			r, err := Verify(v, p, methodKey(t, p.VerificationMethod), nil)
			if err != nil {
				t.Fatalf("%s: %v", v.Pointer(), err)
			}
			if len(r.Uncovered) > 0 {
				t.Errorf("%s: not covered: %v", v.Pointer(), r.Uncovered)
			}
			hashes = append(hashes, r.CanonicalHash)
		}
	}
	for _, v := range nested(record) {
		verify(v)
	}
	verify(record)
	return hashes
}

// TestRecords verifies the generated records and compares every canonical form with the digests published beside them.
func TestRecords(t *testing.T) {
	sizes := parse(t, vectors.File(t, "perf/sizes.json"))
	for _, name := range []string{"clr-std-1", "clr-std-10", "clr-std-100", "clr-lean-1", "clr-lean-10"} {
		t.Run(name, func(t *testing.T) {
			record := parse(t, vectors.File(t, "perf/"+name+".json"))
			hashes := verifyRecord(t, record)
			want := sizes.Get(name)
			if n, _ := want.Get("proofs").Int(); len(hashes) != int(n) {
				t.Errorf("%d proofs, want %d", len(hashes), n)
			}
			last := len(hashes) - 1
			if got := hex.EncodeToString(hashes[last]); got != want.Get("wrapperSha256").Text() {
				t.Errorf("wrapper %s, want %s", got, want.Get("wrapperSha256").Text())
			}
			if got := nestedDigest(hashes[:last]); got != want.Get("nestedSha256").Text() {
				t.Errorf("nested %s, want %s", got, want.Get("nestedSha256").Text())
			}
		})
	}
}

// nestedDigest is the digest over the nested credentials: SHA-256 of their hashes in hexadecimal, one a line.
func nestedDigest(hashes [][]byte) string {
	var all strings.Builder
	for _, h := range hashes {
		all.WriteString(hex.EncodeToString(h) + "\n")
	}
	sum := sha256.Sum256([]byte(all.String()))
	return hex.EncodeToString(sum[:])
}

// TestSignRecordsAgain signs the unsigned twins of the records and expects the same proofs: Ed25519 is deterministic.
func TestSignRecordsAgain(t *testing.T) {
	keys := parse(t, vectors.File(t, "perf/keys.json"))
	for _, name := range []string{"clr-std-1", "clr-std-10", "clr-lean-10"} {
		want := parse(t, vectors.File(t, "perf/"+name+".json"))
		unsigned := parse(t, vectors.File(t, "perf/"+name+".unsigned.json"))
		for i, v := range nested(want) {
			p := Proofs(v)[0]
			again, err := Sign(unsigned.At("/credentialSubject/verifiableCredential/"+itoa(i)).Raw(), signAs(t, keys, p))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.Get("proof").Any(), parse(t, again).At("/proof/0").Any()); diff != "" {
				t.Errorf("%s, credential %d (-want +got):\n%s", name, i, diff)
			}
		}
	}
}

// signAs are the options that made a proof of the records.
func signAs(t testing.TB, keys ijson.Value, p Proof) *SignOptions {
	t.Helper()
	for k := range keys.Get("issuers").Elements() {
		if k.Get("verificationMethod").Text() == p.VerificationMethod {
			return &SignOptions{
				Suite: p.Cryptosuite, Signer: secretKey(t, k.Get("secretKeyMultibase").Text()),
				VerificationMethod: p.VerificationMethod, Created: p.Created,
			}
		}
	}
	t.Fatalf("no key for %s", p.VerificationMethod)
	return nil
}

// Test1EdTechVectors checks the signing vectors of the CLR and Open Badges specifications.
func Test1EdTechVectors(t *testing.T) {
	keys := parse(t, vectors.Spec(t, "vectors/1edtech-test-key.json"))
	for _, name := range []string{"clr", "ob"} {
		want := keys.Get(name)
		file := func(file string) []byte { return vectors.Spec(t, "vectors/1edtech-"+name+"-eddsa-rdfc-2022/"+file) }
		doc := parse(t, file("signed.json"))
		p := Proofs(doc)[0]
		r, err := Verify(doc, p, methodKey(t, p.VerificationMethod), &Options{Canonical: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(r.Canonical); got != string(file("document-canon.txt")) {
			t.Errorf("%s: canonical document\n%s", name, got)
		}
		if got := hex.EncodeToString(r.CanonicalHash); got != want.Get("documentHash").Text() {
			t.Errorf("%s: document hash %s, want %s", name, got, want.Get("documentHash").Text())
		}
		if got := hex.EncodeToString(r.ProofHash); got != want.Get("proofConfigHash").Text() {
			t.Errorf("%s: configuration hash %s, want %s", name, got, want.Get("proofConfigHash").Text())
		}
		seed, err := hex.DecodeString(keys.Get("privateKeyHexSeedThenPublic").Text()[:64])
		if err != nil {
			t.Fatal(err)
		}
		signed, err := Sign(file("credential.json"), &SignOptions{
			Suite: p.Cryptosuite, Signer: ed25519.NewKeyFromSeed(seed), VerificationMethod: p.VerificationMethod, Created: p.Created,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := Proofs(parse(t, signed))[0].ProofValue; got != want.Get("proofValue").Text() {
			t.Errorf("%s: signed anew %s, want %s", name, got, want.Get("proofValue").Text())
		}
	}
}

// TestObserved compares our answer on every proof of the field's fixtures with what an independent implementation in safe
// mode observed.
func TestObserved(t *testing.T) {
	proofs := 0
	for _, suite := range []string{"clr20", "ob30", "dcc", "dcc-wallets", "samples"} {
		for _, c := range vectors.Open(t, suite).Cases {
			observed := c.Raw.Get("observed")
			if !observed.Has("proofs") {
				continue
			}
			d, err := ijson.Parse(c.Input(t), nil)
			if err != nil {
				continue // an image
			}
			for i, want := range observed.Get("proofs").Each() {
				proofs++
				if err := observe(t, c, d.Root(), i); (err == nil) != want.Get("verified").Bool() {
					t.Errorf("%s, proof %d: %v; observed %s", c.ID, i, err, want.Raw())
				}
			}
		}
	}
	if proofs < 100 {
		t.Errorf("compared %d proofs; there are over 100", proofs)
	}
}

// observe verifies a proof in safe mode.
func observe(t *testing.T, c *vectors.Case, doc ijson.Value, i int) error {
	proofs := Proofs(doc)
	if i >= len(proofs) {
		return fmt.Errorf("%d proofs", len(proofs))
	}
	p := proofs[i]
	pub, err := key.ParseMultikey(p.VerificationMethod[strings.LastIndexAny(p.VerificationMethod, "#:")+1:])
	for _, document := range c.Needs(t) {
		if d, parseErr := ijson.Parse(document, nil); err != nil && parseErr == nil {
			if text := find(d.Root(), p.VerificationMethod); text != "" {
				pub, err = key.ParseMultikey(text)
			}
		}
	}
	if err != nil {
		return err
	}
	documents := c.Needs(t)
	maps.DeleteFunc(documents, func(_ string, b []byte) bool { return b == nil })
	r, err := Verify(doc, p, pub, &Options{Purpose: p.Purpose, Documents: documents})
	if err == nil && len(r.Dropped) > 0 {
		err = fmt.Errorf("dropped: %v", r.Dropped[0])
	}
	return err
}

// find searches a document for the verification method of an id and returns its key.
func find(v ijson.Value, id string) string {
	if v.Get("id").Text() == id {
		return v.Get("publicKeyMultibase").Text()
	}
	for _, m := range v.Members() {
		if text := find(m, id); text != "" {
			return text
		}
	}
	for e := range v.Elements() {
		if text := find(e, id); text != "" {
			return text
		}
	}
	return ""
}
