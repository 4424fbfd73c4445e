package vcjose_test

import (
	"fmt"

	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/vcjose"
)

func ExampleSign() {
	signer, err := key.Generate("ed25519")
	if err != nil {
		panic(err)
	}
	token, err := vcjose.Sign([]byte(`{
		"@context": ["https://www.w3.org/ns/credentials/v2"],
		"type": ["VerifiableCredential"],
		"id": "urn:uuid:7d6f4a4e-8c7b-4f5e-9d53-3f5a4c1f9b11",
		"issuer": {"id": "https://school.example/issuer"},
		"validFrom": "2026-05-31T00:00:00Z",
		"credentialSubject": {"id": "urn:uuid:0a8ff2a0-4f3c-4f76-a6d5-6bd8c5a0a6c9"}
	}`), signer, &vcjose.SignOptions{KeyID: "https://school.example/keys/1"})
	if err != nil {
		panic(err)
	}
	c, err := vcjose.Parse(token)
	if err != nil {
		panic(err)
	}
	fmt.Println(c.Form, c.JWS.Algorithm, c.Issuer, c.NotBefore.Format("2006-01-02"), len(c.Problems))
	fmt.Println(jose.Verify(c.JWS, signer.Public(), nil))
	// Output:
	// ob-vc-jwt EdDSA https://school.example/issuer 2026-05-31 0
	// <nil>
}
