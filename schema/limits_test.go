package schema_test

import (
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/schema"
)

// TestMaxProblems: after a number of problems the check stops, says so, and still refuses.
func TestMaxProblems(t *testing.T) {
	for n, more := range map[int]bool{schema.MaxProblems: false, schema.MaxProblems + 1: true} {
		doc, err := ijson.Parse([]byte(`{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"id":"urn:x:1","type":["VerifiableCredential","AchievementCredential"],
	"name":"x","issuer":{"id":"urn:x:2","type":["Profile"]},"validFrom":"2026-01-01T00:00:00Z","credentialSubject":{"type":["AchievementSubject"],"id":"urn:x:3",
	"achievement":{"id":"urn:x:4","type":["Achievement"],"name":"x","description":"x","criteria":{"narrative":"x"}}},"evidence":[`+strings.TrimSuffix(strings.Repeat("{},", n), ",")+`]}`), nil)
		if err != nil {
			t.Fatal(err)
		}
		found := schema.Check(doc.Root(), schema.AchievementCredential)
		if last := found[len(found)-1]; (last.Code == schema.CodeMore) != more || !schema.Refuses(found) || len(found) > schema.MaxProblems+1 {
			t.Errorf("%d problems give %d findings, the last of which is %v", n, len(found), last)
		}
	}
}
