package dataintegrity

import (
	"bytes"
	"crypto"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/key"
)

// recordToSign is an unsigned record and its parts.
func recordToSign(t testing.TB, name string) (record ijson.Value, parts []Part, whole *SignOptions) {
	t.Helper()
	keys := parse(t, vectors.File(t, "perf/keys.json"))
	want := parse(t, vectors.File(t, "perf/"+name+".json"))
	record = parse(t, vectors.File(t, "perf/"+name+".unsigned.json"))
	signed := slices.Collect(want.At("/credentialSubject/verifiableCredential").Elements())
	for i, v := range nested(record) {
		parts = append(parts, Part{v, signAs(t, keys, Proofs(signed[i])[0])})
	}
	return record, parts, signAs(t, keys, Proofs(want)[0])
}

// both signs a record at once and in turn, and says whether at once was possible.
func both(t *testing.T, record ijson.Value, parts []Part, opts *SignOptions) (signed []byte, atOnce bool) {
	t.Helper()
	s := &recordSigner{doc: record, opts: opts}
	for _, p := range parts {
		own := *p.Options
		own.Documents = opts.Documents
		s.parts = append(s.parts, partToSign{document: p.Document, opts: &own})
	}
	want, wantErr := s.inTurn()
	got, err := s.atOnce()
	if err == errInTurn {
		got, err = SignRecord(record, parts, opts)
	} else {
		atOnce = true
	}
	if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
		t.Errorf("at once: %s, %v\nin turn: %s, %v", got, err, want, wantErr)
	}
	return got, atOnce
}

// TestSignRecord signs the unsigned twins of the records and expects what signing one after the other makes of them, and
// the hashes that are published for them.
func TestSignRecord(t *testing.T) {
	for _, name := range []string{"clr-std-1", "clr-std-10", "clr-std-100", "clr-lean-1", "clr-lean-10"} {
		record, parts, whole := recordToSign(t, name)
		signed, atOnce := both(t, record, parts, whole)
		if !atOnce {
			t.Errorf("%s: was signed in turn", name)
		}
		want := verifyRecord(t, parse(t, vectors.File(t, "perf/"+name+".json")))
		if got := verifyRecord(t, parse(t, signed)); !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%s: other hashes than those of the published record", name)
		}
	}
}

// TestSignRecordInParts: some parts are signed already, some are not signed at all, and white space stays.
func TestSignRecordInParts(t *testing.T) {
	record, parts, whole := recordToSign(t, "clr-std-10")
	signed, err := Sign(parts[3].Document.Raw(), parts[3].Options)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(record.Raw()), string(parts[3].Document.Raw()), " "+string(signed)+"\n", 1)
	record = parse(t, []byte("\n "+text+" "))
	var some []Part
	for i, v := range nested(record) {
		if i != 3 && i != 7 {
			some = append(some, Part{v, parts[i].Options})
		}
	}
	if _, atOnce := both(t, record, some, whole); !atOnce {
		t.Error("was signed in turn")
	}
	if _, atOnce := both(t, record, nil, whole); !atOnce {
		t.Error("without parts was signed in turn")
	}
}

// TestSignRecordInTurn: what cannot be signed at once is signed all the same, or refused with the same words.
func TestSignRecordInTurn(t *testing.T) {
	record, parts, whole := recordToSign(t, "clr-std-10")
	with := func(change func(*SignOptions)) []Part {
		changed := slices.Clone(parts)
		opts := *parts[2].Options
		change(&opts)
		changed[2].Options = &opts
		return changed
	}
	edited := func(old, with string) (ijson.Value, []Part) {
		if !strings.Contains(string(record.Raw()), old) {
			t.Fatalf("the record has no %s", old)
		}
		v := parse(t, []byte(strings.Replace(string(record.Raw()), old, with, 1)))
		var all []Part
		for i, part := range nested(v) {
			all = append(all, Part{part, parts[i].Options})
		}
		return v, all
	}
	try := func(name string, record ijson.Value, parts []Part, want string) {
		t.Helper()
		s, err := SignRecord(record, parts, whole)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
		if err == nil {
			verifyRecord(t, parse(t, s))
		}
		both(t, record, parts, whole)
	}
	try("another suite", record, with(func(o *SignOptions) { o.Suite = "eddsa-jcs-2022" }), "")
	try("no such suite", record, with(func(o *SignOptions) { o.Suite = "rot13" }), "the part at /credentialSubject/verifiableCredential/2")
	try("no method", record, with(func(o *SignOptions) { o.VerificationMethod = "" }), "verificationMethod")
	p384, err := key.Generate("p384")
	if err != nil {
		t.Fatal(err)
	}
	mixed := with(func(o *SignOptions) { o.Suite, o.Signer = "ecdsa-rdfc-2019", p384 })
	if _, err := SignRecord(record, mixed, whole); err != nil {
		t.Errorf("two hash functions: %v", err)
	}
	const aType = `"type":["VerifiableCredential","AchievementCredential"]`
	v, all := edited(aType, aType+`,"nowhereDefined":1`)
	try("an undefined term", v, all, "nowhereDefined")
	v, all = edited(aType, aType+`,"@reverse":{"https://example.org/p":{"id":"urn:x:1"}}`)
	try("the generic path", v, all, "")
}

func TestSignRecordRefusesParts(t *testing.T) {
	record, parts, whole := recordToSign(t, "clr-std-10")
	inner := parts[4].Document.Get("credentialSubject")
	for name, wrong := range map[string][]Part{
		"out of order":  {parts[1], parts[0]},
		"twice":         {parts[1], parts[1]},
		"in each other": {parts[4], {inner, whole}},
		"the document":  {{record, whole}},
		"elsewhere":     {{parse(t, bytes.Clone(record.Raw())).At("/issuer"), whole}},
		"no object":     {{record.At("/credentialSubject/verifiableCredential"), whole}},
		"missing":       {{ijson.Value{}, whole}},
	} {
		var malformed *MalformedError
		if _, err := SignRecord(record, wrong, whole); !errors.As(err, &malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// failingSigner is a key that is out of reach.
type failingSigner struct{ crypto.Signer }

func (failingSigner) Sign(_ io.Reader, _ []byte, _ crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("the key is out of reach")
}

func TestSignRecordWithoutKey(t *testing.T) {
	record, parts, whole := recordToSign(t, "clr-std-1")
	opts := *parts[0].Options
	opts.Signer = failingSigner{opts.Signer}
	both(t, record, []Part{{parts[0].Document, &opts}}, whole)
}
