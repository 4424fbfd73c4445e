package rdf_test

import (
	"fmt"

	"github.com/openlaurel/laurel/rdf"
)

// Blank nodes are named by what is said of them, in whatever order it was said and whatever they were called.
func ExampleDataset_Canonicalize() {
	ds, err := rdf.ParseNQuads([]byte(`_:x <urn:name> "Ada" .
_:y <urn:knows> _:x .
`))
	if err != nil {
		panic(err)
	}
	c, err := ds.Canonicalize(nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s", c.NQuads())
	fmt.Println(c.Labels()["x"], c.Labels()["y"])
	// Output:
	// _:c14n0 <urn:name> "Ada" .
	// _:c14n1 <urn:knows> _:c14n0 .
	// c14n0 c14n1
}

// Two datasets that say the same have the same hash.
func ExampleDataset_CanonicalSum() {
	for _, text := range []string{"_:a <urn:p> _:b .\n_:b <urn:p> _:a .\n", "_:b <urn:p> _:c .\n_:c <urn:p> _:b .\n", "_:a <urn:p> _:a .\n"} {
		ds, err := rdf.ParseNQuads([]byte(text))
		if err != nil {
			panic(err)
		}
		sum, err := ds.CanonicalSum(nil)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%x\n", sum[:4])
	}
	// Output:
	// fed29d23
	// fed29d23
	// 577a859c
}
