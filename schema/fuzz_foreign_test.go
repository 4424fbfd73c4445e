package schema_test

import (
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/schema"
)

// A stranger's schema ends, fetches nothing, and gives problems or an error; every problem points into the document.
func FuzzForeign(f *testing.F) {
	f.Add([]byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["a"]}`), []byte(`{"b":1}`))
	f.Add([]byte(`{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveAnchor":true,"$defs":{"a":{"$recursiveRef":"#"}},"$ref":"#/$defs/a"}`), []byte(`{}`))
	f.Add([]byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","$dynamicAnchor":"n","properties":{"a":{"$dynamicRef":"#n"}},"pattern":"(a+)+$"}`), []byte(`{"a":{"a":"aaaaaaaaaaaaaaaaaaaaaa!"}}`))
	f.Add([]byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"https://127.0.0.1/x"}`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, text, instance []byte) {
		doc, err := ijson.Parse(instance, nil)
		if err != nil {
			return
		}
		problems, err := schema.JSONSchema("https://x.example/schema", text, doc.Root())
		if err != nil && problems != nil {
			t.Fatalf("problems beside the error %v", err)
		}
		for _, p := range problems {
			if p.Message == "" || !doc.Root().At(p.Pointer).IsValid() {
				t.Fatalf("%+v", p)
			}
		}
	})
}
