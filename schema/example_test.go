package schema_test

import (
	"fmt"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/schema"
)

func ExampleCheck() {
	doc, err := ijson.Parse([]byte(`{"id": "urn:uuid:1", "type": "Profile", "dateOfBirth": "31 May 2000"}`), nil)
	if err != nil {
		panic(err)
	}
	for _, p := range schema.Check(doc.Root(), schema.Profile) {
		fmt.Println(p.Pointer, p.Code, p.Warning)
		fmt.Println(p.Message)
	}
	// Output:
	// /type single-value true
	// “type” must be a list, even with one element.
	// /dateOfBirth format false
	// “dateOfBirth” must be a date such as 2026-05-31, but it is “31 May 2000”.
}
