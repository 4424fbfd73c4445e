package upgrade

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/schema"
)

func parse(t testing.TB, b []byte) ijson.Value {
	t.Helper()
	d, err := ijson.Parse(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d.Root()
}

// conforms fails the test unless the published schema of the class takes the document.
func conforms(t *testing.T, b []byte) ijson.Value {
	t.Helper()
	v := parse(t, b)
	class, ok := schema.ClassOf(v)
	if !ok {
		t.Fatalf("no class: %.200s", b)
	}
	for _, p := range schema.Check(v, class) {
		t.Errorf("%s: %s: %s", class, p.Pointer, p.Message)
	}
	return v
}

func TestDetectVectors(t *testing.T) {
	forms := map[string]Form{"0.5": OB05, "1.0": OB10, "1.1": OB11}
	n := 0
	for _, c := range vectors.Open(t, "ob20").Cases {
		if c.Expect != "detect-version" {
			continue
		}
		n++
		form, class := Detect(parse(t, c.Input(t)))
		if want := forms[c.Raw.Get("version").Text()]; form != want || class == "" {
			t.Errorf("%s: detected %q %q, want %q", c.ID, form, class, want)
		}
	}
	if n != 6 {
		t.Errorf("%d cases, want 6", n)
	}
}

func TestCLR(t *testing.T) {
	for name, n := range map[string]int{"samples": 0, "vector": 66} {
		var v ijson.Value
		if name == "vector" {
			v = parse(t, vectors.File(t, "clr1/vc-wrapped-clr.json")).Get("credentialSubject")
		} else {
			v = parse(t, vectors.Sample(t, "clr-1.0/nd-transcript-clr1.json"))
			if !v.Has("learner") {
				v = v.Get("clr")
			}
			n = v.Get("assertions").Len()
		}
		if form, class := Detect(v); form != CLR10 || class != "Clr" {
			t.Fatalf("%s: detected %q %q", name, form, class)
		}
		res, err := Upgrade(v, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		c := clr.Read(conforms(t, res.Credential))
		if got := len(c.CredentialSubject.VerifiableCredential); got != n || n == 0 {
			t.Errorf("%s: %d credentials, want %d", name, got, n)
		}
		results := 0
		for i, raw := range c.CredentialSubject.VerifiableCredential {
			a := ob.ReadAchievementCredential(parse(t, raw))
			results += len(a.CredentialSubject.Result)
			old := v.Get("assertions").Index(i)
			if a.Name != old.At("/achievement/name").Text() {
				t.Errorf("%s: credential %d is named %q", name, i, a.Name)
			}
			if len(a.Evidence) == 0 {
				t.Errorf("%s: credential %d does not point back to its original", name, i)
			}
		}
		want := 0
		for _, a := range v.Get("assertions").Each() {
			want += a.Get("results").Len()
		}
		if results != want {
			t.Errorf("%s: %d results, want %d", name, results, want)
		}
		if len(res.Losses) == 0 {
			t.Errorf("%s: no loss is told, though keys and telephone numbers have no place", name)
		}
	}
}

func TestBadge(t *testing.T) {
	dir := filepath.Join(vectors.Root(t), "samples", "openbadges-2.0")
	documents := map[string]string{"https://example.org/robotics-badge.json": "robotics-badge.json", "https://example.org/organization.json": "../../vectors/ob20/assets/organization.json"}
	read := func(url string) ([]byte, bool) {
		name, ok := documents[url]
		if !ok {
			return nil, false
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b, true
	}
	v := parse(t, vectors.Sample(t, "openbadges-2.0/basic-assertion.json"))
	res, err := Upgrade(v, &Options{Document: read})
	if err != nil {
		t.Fatal(err)
	}
	a := ob.ReadAchievementCredential(conforms(t, res.Credential))
	if a.Name != "Awesome Robotics Badge" || a.Issuer.ID != "https://example.org/organization.json" || a.ValidFrom != "2016-12-31T23:59:59Z" {
		t.Errorf("read %q by %q of %s", a.Name, a.Issuer.ID, a.ValidFrom)
	}
	if id := a.CredentialSubject.Identifier; len(id) != 1 || id[0].IdentityType != "emailAddress" || !id[0].Hashed || id[0].Salt != "deadsea" {
		t.Errorf("the recipient became %+v", id)
	}
	var missing *PartMissingError
	if _, err := Upgrade(v, nil); !errors.As(err, &missing) || missing.URL != "https://example.org/robotics-badge.json" {
		t.Errorf("without the badge class: %v", err)
	}
	if again, err := Upgrade(v, &Options{Document: read}); err != nil || string(again.Credential) != string(res.Credential) {
		t.Error("the same badge is read in two ways")
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"type": "ClrSet", "clrs": [{}, {}]}`:                                     "set of 2 records",
		`{"type": "VerifiableCredential", "credentialSubject": {}}`:                "neither",
		`{"@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass"}`:     "no credential",
		`{"type": "Clr", "learner": {}, "publisher": {"id": "https://p.example"}}`: "no assertions",
	} {
		if _, err := Upgrade(parse(t, []byte(text)), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Upgrade(%s) = %v, want an error with %q", text, err, want)
		}
	}
}

func TestNewID(t *testing.T) {
	// The value is that of Python's uuid.uuid5(uuid.NAMESPACE_URL, …).
	if got := NewID("https://example.org/"); got != "urn:uuid:527dda32-a0de-5105-a042-cb475b5f7d11" {
		t.Errorf("NewID gave %s", got)
	}
	if NewID("a") == NewID("b") {
		t.Error("two ids are not distinct")
	}
}

func FuzzUpgrade(f *testing.F) {
	for _, name := range []string{"clr1/badge1.json", "ob20/basic-assertion.json", "ob20/legacy/0_5_assertion.json", "ob20/legacy/1_0_basic_assertion.json"} {
		f.Add(vectors.File(f, name))
	}
	f.Add([]byte(`{"type":"Clr","learner":{"id":"x"},"publisher":{"id":"y"},"issuedOn":"2020-01-01","assertions":[{"id":"a","achievement":{"id":"b","name":"n","associations":[{"associationType":"exemplar","targetId":"c"}]}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ijson.Parse(b, nil)
		if err != nil {
			return
		}
		res, err := Upgrade(d.Root(), nil)
		if err != nil {
			return
		}
		if _, err := ijson.Parse(res.Credential, nil); err != nil {
			t.Fatalf("the result is not JSON: %v", err)
		}
	})
}
