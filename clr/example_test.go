package clr_test

import (
	"fmt"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
)

func ExampleRelate() {
	b, err := ijson.Marshal(clr.Relate("https://example.edu/a/stat-210", clr.IsPartOf, "https://example.edu/a/bsc"))
	if err != nil {
		panic(err)
	}
	fmt.Println(string(b))
	// Output:
	// {"type":"Association","associationType":"isPartOf","sourceId":"https://example.edu/a/stat-210","targetId":"https://example.edu/a/bsc"}
}
