package present_test

import (
	"testing"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/present"
)

func signUnnamed(t *testing.T, credential []byte, p person) []byte {
	t.Helper()
	unsigned, err := present.Wrap([][]byte{credential}, "")
	if err != nil {
		t.Fatal(err)
	}
	b, err := dataintegrity.Sign(unsigned, &dataintegrity.SignOptions{Suite: "ecdsa-rdfc-2019", Signer: p.signer, VerificationMethod: p.vm,
		Created: now, Purpose: "authentication", Challenge: occasion.Challenge, Domain: occasion.Domain})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzCheck: whatever is sent, nobody is believed to be the holder of a key that signed nothing for this occasion.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{}`, `a.b.c`, `{"@context":"https://www.w3.org/ns/credentials/v2","type":"VerifiablePresentation","holder":"did:key:z","verifiableCredential":[{},"x",null]}`,
		`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["EnvelopedVerifiablePresentation"],"id":"data:application/vp+jwt,e30.e30.AA"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := present.Check(t.Context(), b, asked()); got.Binding != present.None || got.Holder != "" {
			t.Errorf("binding %q, holder %q", got.Binding, got.Holder)
		}
	})
}
