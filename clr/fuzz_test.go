package clr_test

import (
	"testing"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
)

// What was read of any object can be written, and read again it says the same.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"type":"ClrCredential","name":{"en":"T"},"partial":"True","issuer":"urn:i","credentialSubject":[{"identifier":{"identityHash":"x"},"verifiableCredential":["a.b.c",{"id":"urn:1"}],"achievement":{"id":"urn:a"},"association":{"associationType":"isPartOf","sourceId":"urn:a","targetId":{"id":"urn:b"}}}]}`))
	f.Add([]byte(`{"credentialSubject":{"association":[3,{"targetId":[]}],"verifiableCredential":{}},"issuer":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := ijson.Parse(b, nil)
		if err != nil {
			return
		}
		c := clr.Read(doc.Root())
		once, err := c.AppendJSON(nil)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := ijson.Parse(once, nil)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once)
		}
		if n, m := len(c.CredentialSubject.VerifiableCredential), len(clr.Read(again.Root()).CredentialSubject.VerifiableCredential); n != m {
			t.Fatalf("%d credentials were read, %d of what was written", n, m)
		}
	})
}
