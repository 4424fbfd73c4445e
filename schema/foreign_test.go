package schema_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/schema"
)

// TestCredentialSchemaVectors runs the inputs of the W3C suite for the VC JSON Schema Specification.
func TestCredentialSchemaVectors(t *testing.T) {
	vectors.Open(t, "credential-schema").Run(t, func(t *testing.T, c *vectors.Case) {
		credential := parse(t, c.Input(t))
		entry := credential.Get("credentialSchema")
		if want := c.Kind; entry.Get("type").Text() != want && c.Expect != "failure" {
			t.Fatalf("entry of type %q in a case about %s", entry.Get("type").Text(), want)
		}
		problems, err := schema.CredentialSchema(entry.Get("id").Text(), entry.Get("type").Text(), c.Needs(t)[entry.Get("id").Text()], credential)
		got := "success"
		var open *schema.IndeterminateError
		switch {
		case errors.As(err, &open):
			got = "indeterminate"
		case err != nil:
			t.Fatal(err)
		case len(problems) > 0:
			got = "failure"
		}
		if got != c.Expect {
			t.Errorf("%s (%s): got %s %v %v", c.Expect, c.Reason, got, problems, err)
		}
	})
}

func TestForeignSchemaSaysWhatIsWrong(t *testing.T) {
	const text = `{"$id": "https://example.com/s", "$schema": "https://json-schema.org/draft/2020-12/schema",
		"properties": {"a": {"type": "array", "items": {"type": "number"}}}}`
	problems, err := schema.JSONSchema("https://example.com/s", []byte(text), parse(t, []byte(`{"a": [1, "x"]}`)))
	if err != nil || len(problems) != 1 || problems[0].Pointer != "/a/1" {
		t.Errorf("got %v %v, want one problem at /a/1", problems, err)
	}
}

func TestForeignSchemaFetchesNothingAndEnds(t *testing.T) {
	const head = `{"$id": "https://example.com/s", "$schema": "https://json-schema.org/draft/2020-12/schema", `
	var doubling strings.Builder
	for i := range 60 {
		fmt.Fprintf(&doubling, `"a%d": {"allOf": [{"$ref": "#/$defs/a%d"}, {"$ref": "#/$defs/a%d"}]}, `, i, i+1, i+1)
	}
	for name, text := range map[string]string{
		"a reference to another document": head + `"$ref": "https://example.com/other"}`,
		"a reference to itself":           head + `"$ref": "#"}`,
		"exponential work":                head + `"$ref": "#/$defs/a0", "$defs": {` + doubling.String() + `"a60": true}}`,
	} {
		problems, err := schema.JSONSchema("https://example.com/s", []byte(text), parse(t, []byte(`{"a": 1}`)))
		if err == nil && len(problems) == 0 {
			t.Errorf("%s: passed", name)
		}
		t.Logf("%s: %v %v", name, problems, err)
	}
}

func parse(t testing.TB, b []byte) ijson.Value {
	t.Helper()
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func TestKnownURLs(t *testing.T) {
	for url, want := range map[string]schema.Class{
		"https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json":             schema.AnyClrCredential,
		"https://purl.imsglobal.org/spec/ob/v3p0/schema/json-ld/ob_v3p0_anyachievementcredential_schema.json": schema.AnyAchievementCredential,
		"https://purl.imsglobal.org/spec/ob/v3p0/schema/jsonld/ob_v3p0_endorsementcredential_schema.json":     schema.AnyEndorsementCredential,
		"https://example.com/ob_v3p0_endorsementcredential_schema.json":                                       "",
	} {
		if got, _ := schema.ByURL(url); got != want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
}

func BenchmarkCheckNestedCredential(b *testing.B) {
	v := parse(b, vectors.File(b, "perf/clr-std-10.json")).At("/credentialSubject/verifiableCredential/0")
	if problems := schema.Check(v, schema.AchievementCredential); schema.Refuses(problems) {
		b.Fatal(problems)
	}
	b.SetBytes(int64(len(v.Raw())))
	b.ReportAllocs()
	for b.Loop() {
		schema.Check(v, schema.AchievementCredential)
	}
}
