package did_test

import (
	"context"
	"fmt"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/fetch"
)

// A key that lies in the fragment of somebody's address is not yet that somebody's key.
func ExampleResolver_Dereference() {
	r := &did.Resolver{Fetcher: fetch.Static{
		"https://school.example/issuer": []byte(`{
			"id": "https://school.example/issuer",
			"verificationMethod": [{"id": "#key-1", "type": "Multikey", "controller": "https://school.example/issuer",
				"publicKeyMultibase": "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"}],
			"assertionMethod": ["#key-1"]}`),
	}}
	method, doc, err := r.Dereference(context.Background(), "https://school.example/issuer#key-1")
	fmt.Println(method.Type, err)
	fmt.Println(r.Bind(context.Background(), did.Claim{Issuer: doc.ID, Method: method, Document: doc, Key: method.Key}))

	_, _, err = r.Dereference(context.Background(), "https://school.example/issuer#z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b")
	fmt.Println(did.CodeOf(err))
	// Output:
	// Multikey <nil>
	// <nil>
	// verificationMethodNotFound
}
