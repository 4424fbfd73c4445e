package trust

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/verify"
)

func TestListed(t *testing.T) {
	own, err := Parse([]byte(`{"name": "Partners", "url": "https://p.example", "issuers": [{"id": "did:web:north.example", "name": "North College"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	dcc, err := Parse([]byte(`{"meta": {"created": "2020-12-02T02:32:16+0000"}, "registry": {"did:web:north.example": {"name": "North", "location": "Here", "url": "https://north.example"}, "did:key:z6Mk": {"name": "Key"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	lists := Lists{own, dcc}
	want := []verify.Listing{{Registry: "Partners", URL: "https://p.example", Name: "North College"}, {Registry: "DCC registry", Name: "North", AsOf: time.Date(2020, 12, 2, 2, 32, 16, 0, time.UTC)}}
	if diff := cmp.Diff(want, lists.Listed("did:web:north.example")); diff != "" {
		t.Errorf("listings (-want +got):\n%s", diff)
	}
	if got := lists.Listed("did:web:North.example"); got != nil {
		t.Errorf("an id in other letters is listed: %v", got)
	}
	if dcc.Len() != 2 {
		t.Errorf("the registry has %d issuers, want 2", dcc.Len())
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                  "not valid JSON",
		`{}`:                 "neither",
		`{"issuers": []}`:    `no "name"`,
		`[{"type": "oidf"}]`: "list of registries",
		`{"name": "x", "issuers": [{"name": "y"}]}`:           "/issuers/0 has no id",
		`{"name": "x", "issuers": [{"id":"a"}, {"id": "a"}]}`: "again",
		`{"registry": {"did:x:y": 1}}`:                        "/registry/did:x:y",
	} {
		_, err := Parse([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%s) = %v, want an error with %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"name": "x", "issuers": [{"id":"a"}]}`))
	f.Add([]byte(`{"registry": {"did:x:y": {}}}`))
	signer, err := key.Generate("ed25519")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(federation(f, signer.Public(), statement(f, signer, "a1", statementType, north)))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Parse(b)
		if (l == nil) == (err == nil) {
			t.Fatalf("Parse gave %v and %v", l, err)
		}
	})
}
