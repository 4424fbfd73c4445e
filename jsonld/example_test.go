package jsonld_test

import (
	"fmt"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
)

// What no context defines is dropped, and listed.
func ExampleToRDF_dropped() {
	doc, err := ijson.Parse([]byte(`{"@context":{"name":"https://schema.org/name"},"@id":"urn:x:1","name":"Ada","nmae":"Ada"}`), nil)
	if err != nil {
		panic(err)
	}
	r, err := jsonld.ToRDF(doc.Root(), nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s", r.Dataset.NQuads())
	for _, d := range r.Dropped {
		fmt.Println(d.Pointer, "-", d.Reason)
	}
	// Output:
	// <urn:x:1> <https://schema.org/name> "Ada" .
	// /nmae - undefined term
}

func ExampleExpand() {
	doc, err := ijson.Parse([]byte(`{"@context":{"name":"https://schema.org/name"},"@id":"urn:x:1","name":"Ada"}`), nil)
	if err != nil {
		panic(err)
	}
	expanded, err := jsonld.Expand(doc.Root(), nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(expanded)
	// Output:
	// [map[@id:urn:x:1 https://schema.org/name:[map[@value:Ada]]]]
}
