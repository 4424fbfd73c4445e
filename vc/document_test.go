package vc_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/vc"
)

func parse(t *testing.T, s string) *vc.Document {
	t.Helper()
	d, err := vc.Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestViewOfASignedRecord(t *testing.T) {
	b := vectors.File(t, "perf/clr-std-10.json")
	d, err := vc.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if string(d.Bytes()) != string(b) && string(d.Bytes())+"\n" != string(b) {
		t.Error("the bytes are not those that were read")
	}
	if d.Kind != vc.KindCLR || d.Model != vc.Model20 || d.ID == "" || d.Issuer.ID == "" || d.Issuer.Name == "" || d.ValidFrom.IsZero() {
		t.Errorf("view: %+v", d)
	}
	if len(d.Proofs) != 1 || !d.Proofs[0].Is("DataIntegrityProof") || d.Proofs[0].Value.Get("proofValue").Text() == "" {
		t.Errorf("proofs: %v", d.Proofs)
	}
	nested := d.Credentials()
	if len(nested) != 10 {
		t.Fatalf("%d nested credentials, want 10", len(nested))
	}
	for _, n := range nested {
		if at := d.Root().At(n.Pointer); string(at.Raw()) != string(n.Value.Raw()) {
			t.Errorf("pointer %s leads elsewhere", n.Pointer)
		}
		inner := vc.FromValue(n.Value)
		if inner.Kind != vc.KindAchievement || string(inner.Bytes()) != string(n.Value.Raw()) {
			t.Errorf("%s: kind %s", n.Pointer, inner.Kind)
		}
		if problems := inner.Check(); len(problems) > 0 {
			t.Errorf("%s: %v", n.Pointer, problems)
		}
	}
	if problems := d.Check(); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestValidityOfTheOldModel(t *testing.T) {
	d := parse(t, `{"@context": ["https://www.w3.org/2018/credentials/v1"], "type": ["VerifiableCredential"],
		"issuanceDate": "2020-01-01T00:00:00Z", "validFrom": "2021-01-01T00:00:00Z",
		"expirationDate": "2030-01-01T00:00:00Z", "validUntil": "2029-01-01T00:00:00+01:00"}`)
	if want := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC); d.Model != vc.Model11 || !d.ValidFrom.Equal(want) || d.ValidFromPointer != "/validFrom" {
		t.Errorf("model %s from %s by %s, want the later date", d.Model, d.ValidFrom, d.ValidFromPointer)
	}
	if want := time.Date(2028, 12, 31, 23, 0, 0, 0, time.UTC); !d.ValidUntil.Equal(want) || d.ValidUntilText != "2029-01-01T00:00:00+01:00" {
		t.Errorf("until %s, want the earlier date", d.ValidUntil)
	}
	d = parse(t, `{"@context": ["https://www.w3.org/2018/credentials/v1"], "issuanceDate": "2020-01-01T00:00:00Z"}`)
	if d.ValidFrom.Year() != 2020 || !d.ValidUntil.IsZero() {
		t.Errorf("from %s until %s", d.ValidFrom, d.ValidUntil)
	}
}

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		json  string
		langs []string
		want  vc.LangText
	}{
		{`"Dog"`, nil, vc.LangText{Text: "Dog"}},
		{`{"@value": "كلب", "@language": "ar", "@direction": "rtl"}`, nil, vc.LangText{Text: "كلب", Lang: "ar", Dir: "rtl"}},
		{`[{"@value": "Dog", "@language": "en"}, {"@value": "Chien", "@language": "fr-CA"}]`, []string{"fr"}, vc.LangText{Text: "Chien", Lang: "fr-CA"}},
		{`[{"@value": "Chien", "@language": "fr"}, {"@value": "Dog", "@language": "en-GB"}]`, []string{"ja"}, vc.LangText{Text: "Dog", Lang: "en-GB"}},
		{`{"es": "Perro", "@none": "Dog"}`, nil, vc.LangText{Text: "Dog"}},
		{`{"es": "Perro", "de": "Hund"}`, []string{"de-AT"}, vc.LangText{Text: "Hund", Lang: "de"}},
		{`3`, nil, vc.LangText{}},
	} {
		v := parse(t, `{"name": `+c.json+`}`).Root().Get("name")
		if diff := cmp.Diff(c.want, vc.Pick(vc.ReadTexts(v), c.langs...)); diff != "" {
			t.Errorf("%s: %s", c.json, diff)
		}
	}
}

func TestStatusesAndEnvelopes(t *testing.T) {
	d := parse(t, `{"type": ["VerifiableCredential"], "credentialStatus": [
		{"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": 7, "statusListCredential": "https://example.edu/s", "statusSize": 2},
		{"id": "urn:x", "type": ["1EdTechRevocationList"]}]}`)
	if len(d.Statuses) != 2 || d.Statuses[0].StatusListIndex != "7" || d.Statuses[0].StatusSize != 2 || d.Statuses[1].Type != "1EdTechRevocationList" || d.Statuses[1].Pointer != "/credentialStatus/1" {
		t.Errorf("statuses: %+v", d.Statuses)
	}
	d = parse(t, `{"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`)
	if media, token, ok := d.EnvelopedToken(); !ok || media != "application/vc+jwt" || token != "a.b.c" || d.Kind != vc.KindEnvelopedCredential {
		t.Errorf("envelope: %s %s %v %s", media, token, ok, d.Kind)
	}
}

func TestParseRefusesWhatIsNoObject(t *testing.T) {
	for _, s := range []string{``, `[]`, `"x"`, `{"a": 1, "a": 2}`, `{} {}`} {
		if d, err := vc.Parse([]byte(s)); err == nil {
			t.Errorf("%s: read as %+v", s, d)
		}
	}
}

func TestIsURL(t *testing.T) {
	for s, want := range map[string]bool{
		"https://example.edu/a?b#c": true, "urn:uuid:6d9f": true, "did:key:z6Mk#z6Mk": true, "data:image/png;base64,AA==": true,
		"mailto:a@example.edu": true, "https://école.example/": true,
		"": false, "example": false, "https ://x": false, "https:": false, "https:x": false, ":x": false, "3a:x": false, "a b:c": false, "urn:a b": false,
	} {
		if got := vc.IsURL(s); got != want {
			t.Errorf("IsURL(%q) = %v", s, got)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(`{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiableCredential", "issuer": {"id": "a:b", "name": {"en": "x"}}, "credentialSubject": [{}], "proof": [{"type": []}], "credentialStatus": {"type": [1]}, "relatedResource": [{"id": "x"}]}`))
	f.Add([]byte(`{"type": ["VerifiablePresentation"], "holder": {}, "verifiableCredential": ["a", {"type": 3}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := vc.Parse(b)
		if err != nil {
			return
		}
		for _, p := range d.Check() {
			if !d.Root().At(p.Pointer).IsValid() {
				t.Errorf("%s: pointer %q leads nowhere in %s", p.Code, p.Pointer, b)
			}
		}
		for _, n := range d.Credentials() {
			if !d.Root().At(n.Pointer).IsValid() {
				t.Errorf("nested pointer %q leads nowhere", n.Pointer)
			}
		}
	})
}

// TestLimits: long lists and many problems are refused without being told one by one.
func TestLimits(t *testing.T) {
	head := `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"urn:x:1","credentialSubject":{"id":"urn:x:2"}`
	for doc, want := range map[string]string{
		head + `,"evidence":[` + strings.TrimSuffix(strings.Repeat("{},", vc.MaxObjects+1), ",") + `]}`:                            "object-many",
		head + `,"evidence":[` + strings.TrimSuffix(strings.Repeat("{},", vc.MaxProblems+1), ",") + `]}`:                           vc.CodeMore,
		head + `,"evidence":[` + strings.TrimSuffix(strings.Repeat(`{"type":"Evidence"},`, vc.MaxProblems+1), ",") + `],"id":"x"}`: "id-form",
	} {
		d, err := vc.Parse([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		found := d.Check()
		if len(found) > vc.MaxProblems+1 || len(d.Evidence) > vc.MaxObjects {
			t.Errorf("%d problems, %d pieces of evidence", len(found), len(d.Evidence))
		}
		if last := found[len(found)-1]; last.Code != want || last.Warning {
			t.Errorf("%.300s…: %v, want %s", doc, last, want)
		}
	}
}
