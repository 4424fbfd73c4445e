package dataintegrity_test

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
)

func Example() {
	signer := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // a key of its own, in earnest
	credential := []byte(`{
  "@context": ["https://www.w3.org/ns/credentials/v2"],
  "type": ["VerifiableCredential"],
  "issuer": "did:example:university",
  "credentialSubject": {"id": "did:example:learner"}
}`)
	signed, err := dataintegrity.Sign(credential, &dataintegrity.SignOptions{
		Suite:              "eddsa-rdfc-2022",
		Signer:             signer,
		VerificationMethod: "did:example:university#key-1",
		Created:            time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := ijson.Parse(signed, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range dataintegrity.Proofs(doc.Root()) {
		// The caller has found out that this key is the issuer's.
		_, err := dataintegrity.Verify(doc.Root(), p, signer.Public(), nil)
		fmt.Println(p.Name(), p.Created.Format(time.DateOnly), err)
	}
	// Output: eddsa-rdfc-2022 2026-01-31 <nil>
}
