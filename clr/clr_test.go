package clr_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/schema"
)

func value(t testing.TB, s string) ijson.Value {
	t.Helper()
	doc, err := ijson.Parse([]byte(s), nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func TestReadAndWriteAgain(t *testing.T) {
	for _, name := range []string{"perf/clr-std-10.unsigned.json", "perf/clr-lean-10.unsigned.json"} {
		v := value(t, string(vectors.File(t, name)))
		c := clr.Read(v)
		if n := v.At("/credentialSubject/verifiableCredential").Len(); len(c.CredentialSubject.VerifiableCredential) != n || n != 10 {
			t.Fatalf("%s: %d nested credentials, want %d", name, len(c.CredentialSubject.VerifiableCredential), n)
		}
		b, err := c.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		again := value(t, string(b))
		if diff := cmp.Diff(v.Any(), again.Any()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for i, n := range again.At("/credentialSubject/verifiableCredential").Each() {
			if string(n.Raw()) != string(v.At("/credentialSubject/verifiableCredential").Index(i).Raw()) {
				t.Errorf("%s: nested credential %d changed its bytes", name, i)
			}
		}
		for _, p := range schema.Check(again, schema.ClrCredential) {
			t.Error(p)
		}
	}
}

// The tolerant forms and slips of records in the field.
func TestLenientReading(t *testing.T) {
	c := clr.Read(value(t, `{"type": "ClrCredential", "name": {"en": "Transcript"}, "partial": "True", "issuer": "urn:issuer",
		"credentialSubject": [{"type": "ClrSubject", "identifier": {"identityHash": "x"},
			"verifiableCredential": ["a.b.c", {"id": "urn:1" }], "achievement": {"id": "urn:a"},
			"association": {"associationType": "isPartOf", "sourceId": "urn:a", "targetId": {"id": "urn:b"}}}]}`))
	yes := true
	want := clr.ClrCredential{
		Type: []string{"ClrCredential"}, Name: "Transcript", Partial: &yes, Issuer: ob.Profile{ID: "urn:issuer"},
		CredentialSubject: clr.ClrSubject{
			Type: []string{"ClrSubject"}, Identifier: []ob.IdentityObject{{IdentityHash: "x"}},
			VerifiableCredential: []json.RawMessage{json.RawMessage(`{"id": "urn:1" }`)},
			Achievement:          []ob.Achievement{{ID: "urn:a"}},
			Association:          []clr.Association{{AssociationType: clr.IsPartOf, SourceID: "urn:a", TargetID: "urn:b"}},
		},
	}
	got := c
	got.Translations = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c.Translations["name"][0].Lang != "en" {
		t.Error("the language of the name is lost")
	}
}

func TestInverses(t *testing.T) {
	for _, typ := range clr.AssociationTypes {
		if inverse, ok := typ.Inverse(); ok {
			if back, ok := inverse.Inverse(); !ok || back != typ {
				t.Errorf("%s: the inverse of %s is %s", typ, inverse, back)
			}
		}
	}
	if _, ok := clr.Precedes.Inverse(); ok {
		t.Error("the standard has no inverse of precedes")
	}
}
