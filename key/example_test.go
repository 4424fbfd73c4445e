package key_test

import (
	"fmt"

	"github.com/openlaurel/laurel/key"
)

func ExampleParseMultikey() {
	pub, err := key.ParseMultikey("z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")
	fmt.Println(key.Name(pub), err)

	// The neutral element: one signature by it fits every message.
	_, err = key.ParseMultikey("z6MkeXATEjyXENzBXBxgC5EHk2JE5aqd7qMGGtDpLUH1e2Sj")
	fmt.Println(err)
	// Output:
	// ed25519 <nil>
	// key: the Ed25519 public key has small order: signatures by it prove nothing
}
