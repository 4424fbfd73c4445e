package vc_test

import (
	"fmt"

	"github.com/openlaurel/laurel/vc"
)

func ExampleParse() {
	d, err := vc.Parse([]byte(`{
		"@context": ["https://www.w3.org/ns/credentials/v2"],
		"type": ["VerifiableCredential"],
		"name": [{"@value": "Perro", "@language": "es"}, {"@value": "Dog", "@language": "en"}],
		"issuer": {"id": "example university"},
		"credentialSubject": {"id": "did:example:learner"}
	}`))
	if err != nil {
		panic(err)
	}
	fmt.Println(d.Kind, d.Model, d.Name)
	for _, p := range d.Check() {
		fmt.Println(p.Pointer, p.Message)
	}
	// Output:
	// VerifiableCredential 2.0 Dog
	// /issuer/id The issuer's “id” must be a URL, and “example university” is none.
}
