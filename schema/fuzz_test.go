package schema_test

import (
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/schema"
)

// Every pointer leads to a value of the document, and every message is a sentence.
func FuzzCheck(f *testing.F) {
	for _, text := range written {
		f.Add([]byte(text))
	}
	classes := []schema.Class{schema.AnyClrCredential, schema.AnyAchievementCredential, schema.AnyEndorsementCredential,
		schema.VerifiableCredential, schema.VerifiableCredential11, schema.Profile, schema.GetClrCredentials, schema.StatusInfo}
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := ijson.Parse(b, nil)
		if err != nil {
			return
		}
		for _, class := range classes {
			for _, p := range schema.Check(doc.Root(), class) {
				if !doc.Root().At(p.Pointer).IsValid() || p.Message == "" || p.Message[len(p.Message)-1] != '.' {
					t.Errorf("%s: %+v in %s", class, p, b)
				}
			}
		}
	})
}
