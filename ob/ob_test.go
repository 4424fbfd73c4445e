package ob_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/schema"
	"github.com/openlaurel/laurel/vc"
)

func value(t testing.TB, s string) ijson.Value {
	t.Helper()
	doc, err := ijson.Parse([]byte(s), nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

// The check value of the standard (OB 3.0, IdentityHash).
func TestIdentityHash(t *testing.T) {
	const want = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
	if got := ob.IdentityHash("a@example.com", "Kosher"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMatches(t *testing.T) {
	hashed := ob.HashedIdentity(ob.IdentifierEmail, "a@example.com", "Kosher")
	upper := hashed
	upper.IdentityHash = "sha256$" + strings.ToUpper(upper.IdentityHash[len("sha256$"):])
	md5 := ob.IdentityObject{Hashed: true, IdentityHash: "md5$187ef4436122d1cc2f40dc2b92f0eba0", IdentityType: ob.IdentifierName}
	plain := ob.Identity(ob.IdentifierEmail, "A@Example.com")
	for _, c := range []struct {
		name  string
		o     ob.IdentityObject
		typ   ob.IdentifierType
		value string
		want  ob.Match
	}{
		{"hashed", hashed, ob.IdentifierEmail, "a@example.com", ob.ExactMatch},
		{"hex in capitals", upper, ob.IdentifierEmail, "a@example.com", ob.ExactMatch},
		{"another case", hashed, ob.IdentifierEmail, " A@Example.com ", ob.FoldedMatch},
		{"another type", hashed, ob.IdentifierName, "a@example.com", ob.NoMatch},
		{"another value", hashed, ob.IdentifierEmail, "b@example.com", ob.NoMatch},
		{"nothing", hashed, ob.IdentifierEmail, "", ob.NoMatch},
		{"md5", md5, ob.IdentifierName, "ab", ob.ExactMatch},
		{"plain", plain, ob.IdentifierEmail, "A@Example.com", ob.ExactMatch},
		{"plain, another case", plain, ob.IdentifierEmail, "a@example.com", ob.FoldedMatch},
		{"unknown algorithm", ob.IdentityObject{Hashed: true, IdentityHash: "crc$00", IdentityType: "name"}, "name", "x", ob.NoMatch},
		{"no algorithm", ob.IdentityObject{Hashed: true, IdentityHash: "x", IdentityType: "name"}, "name", "x", ob.NoMatch},
	} {
		if got := c.o.Matches(c.typ, c.value); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	if !md5.Weak() || hashed.Weak() || plain.Weak() || ob.HashedIdentity("name", "x", "").Salt == "" {
		t.Error("weakness misjudged, or no salt drawn")
	}
}

func TestSections(t *testing.T) {
	for typ, want := range map[ob.AchievementType]ob.Section{
		"Course": ob.SectionCourses, "BachelorDegree": ob.SectionDegrees, "Competency": ob.SectionSkills, "License": ob.SectionLicences,
		"Badge": ob.SectionCertificates, "Award": ob.SectionCoCurricular, "Assignment": ob.SectionAssessments, "Fieldwork": ob.SectionExperience,
		"Achievement": ob.SectionOther, "ext:Thing": ob.SectionOther, "": ob.SectionOther,
	} {
		if got := typ.Section(); got != want {
			t.Errorf("%q: got %s, want %s", typ, got, want)
		}
	}
	if n := len(ob.AchievementTypes()); n != 31 {
		t.Errorf("%d achievement types, the standard has 31", n)
	}
	for _, s := range ob.Sections {
		if s.String() == "" {
			t.Errorf("section %d has no name", s)
		}
	}
}

func TestExtensionTerms(t *testing.T) {
	for term, want := range map[string]bool{"ext:Lab": true, "ext:a-b_c.d9": true, "ext:": false, "Course": false, "fooext:bar": false, "ext:a b": false, "ext:a|b": false} {
		if got := ob.IsExtensionTerm(term); got != want {
			t.Errorf("%q: got %v", term, got)
		}
	}
}

func TestDateTimes(t *testing.T) {
	for text, want := range map[ob.DateTime]string{
		"2026-05-31T10:00:00+02:00": "2026-05-31T08:00:00Z", "2026-05-31T10:00:00": "2026-05-31T10:00:00Z", "2026-05-31": "2026-05-31T00:00:00Z",
	} {
		got, ok := text.Time()
		if !ok || ob.At(got) != ob.DateTime(want) || text.Day() != "2026-05-31" {
			t.Errorf("%s: got %s on %s", text, got, text.Day())
		}
	}
	if _, ok := ob.DateTime("May 2026").Time(); ok {
		t.Error("read May 2026 as a time")
	}
}

func TestLenientReading(t *testing.T) {
	a := ob.ReadAchievement(value(t, `{
		"id": "urn:a", "type": "Achievement", "name": {"en": "Dance", "es": "Baile"}, "description": [{"@value": "d", "@language": "en"}],
		"criteria": "https://example.edu/criteria", "image": "https://example.edu/i.png", "creditsAvailable": "3.5", "tag": "one",
		"alignment": {"type": "Alignment", "targetName": "n", "targetUrl": "u"}, "creator": ["urn:c"],
		"resultDescription": {"id": "r", "allowedValue": "A", "valueMax": 100, "rubricCriterionLevel": {"id": "l", "name": "x"}}}`))
	three := 3.5
	want := ob.Achievement{
		ID: "urn:a", Type: []string{"Achievement"}, Name: "Dance", Description: "d", Criteria: ob.Criteria{ID: "https://example.edu/criteria"},
		Image: &ob.Image{ID: "https://example.edu/i.png"}, CreditsAvailable: &three, Tag: []string{"one"}, Creator: &ob.Profile{ID: "urn:c"},
		Alignment: []ob.Alignment{{Type: []string{"Alignment"}, TargetName: "n", TargetURL: "u"}},
		ResultDescription: []ob.ResultDescription{{ID: "r", AllowedValue: []string{"A"}, ValueMax: "100",
			RubricCriterionLevel: []ob.RubricCriterionLevel{{ID: "l", Name: "x"}}}},
		Translations: ob.Translations{"name": {{Text: "Dance", Lang: "en"}, {Text: "Baile", Lang: "es"}}, "description": {{Text: "d", Lang: "en"}}},
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
	if got := a.Translations.In("name", a.Name, "es-MX"); got != (vc.LangText{Text: "Baile", Lang: "es"}) {
		t.Errorf("in Spanish: %v", got)
	}
	if got := a.Translations.In("humanCode", "x", "es"); got.Text != "x" {
		t.Errorf("without translations: %v", got)
	}
	if l, ok := a.ResultDescription[0].Level("l"); !ok || l.Name != "x" {
		t.Error("level not found")
	}
}

// Reading never fails and never panics, whatever the value.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"credentialSubject": [{"achievement": [{"criteria": 3, "creator": {"parentOrg": []}}]}], "issuer": [], "image": null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := ijson.Parse(b, nil)
		if err != nil {
			return
		}
		c := ob.ReadAchievementCredential(doc.Root())
		if _, err := ijson.Marshal(c); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
		ob.ReadEndorsementCredential(doc.Root())
	})
}

// What the 1EdTech fixtures say is read and written again without loss, as far as the classes go.
func TestFixturesSurviveReadingAndWriting(t *testing.T) {
	for _, name := range []string{"perf/clr-std-10.json"} {
		for _, e := range value(t, string(vectors.File(t, name))).At("/credentialSubject/verifiableCredential").Each() {
			b, err := ijson.Marshal(ob.ReadAchievementCredential(e))
			if err != nil {
				t.Fatal(err)
			}
			got, want := value(t, string(b)).Any(), e.Any().(map[string]any)
			delete(want, "proof")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: %s", e.Get("id").Text(), diff)
			}
		}
	}
}

// Whatever an issuer fills in is written so that the strict form of the published schema accepts it, and read back equal.
func TestWhatIsWrittenIsStrictAndReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := credential(t)
		b, err := ijson.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := ijson.Parse(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		if problems := schema.Check(doc.Root(), schema.AchievementCredential); len(problems) > 0 {
			t.Fatalf("%v in %s", problems, b)
		}
		again, err := ijson.Marshal(ob.ReadAchievementCredential(doc.Root()))
		if err != nil {
			t.Fatal(err)
		}
		if string(again) != string(b) {
			t.Fatalf("written %s\nread and written again %s", b, again)
		}
	})
}

func credential(t *rapid.T) ob.AchievementCredential {
	word := rapid.StringMatching(`[a-zA-Zäあ<>&"\\ ]{1,12}`)
	maybe := rapid.OneOf(rapid.Just(""), word)
	url := rapid.StringMatching(`urn:x:[a-z]{1,8}`)
	number := rapid.Ptr(rapid.Float64Range(0, 200), true)
	alignment := rapid.Custom(func(t *rapid.T) ob.Alignment {
		return ob.Alignment{TargetName: word.Draw(t, "name"), TargetURL: url.Draw(t, "url"), TargetCode: maybe.Draw(t, "code"),
			TargetType: rapid.SampledFrom(append(ob.AlignmentTargetTypes, "", "ext:mine")).Draw(t, "type")}
	})
	alignments := rapid.SliceOfN(alignment, 0, 2)
	level := rapid.Custom(func(t *rapid.T) ob.RubricCriterionLevel {
		return ob.RubricCriterionLevel{ID: url.Draw(t, "id"), Name: word.Draw(t, "name"), Points: maybe.Draw(t, "points"), Alignment: alignments.Draw(t, "alignment")}
	})
	description := rapid.Custom(func(t *rapid.T) ob.ResultDescription {
		return ob.ResultDescription{ID: url.Draw(t, "id"), Name: word.Draw(t, "name"), ResultType: rapid.SampledFrom(ob.ResultTypes).Draw(t, "type"),
			AllowedValue: rapid.SliceOfN(word, 0, 3).Draw(t, "allowed"), RubricCriterionLevel: rapid.SliceOfN(level, 0, 2).Draw(t, "levels")}
	})
	return ob.AchievementCredential{
		Context: []string{vc.ContextV2, ob.ContextV303}, ID: url.Draw(t, "id"), Name: maybe.Draw(t, "name"),
		Issuer:    ob.Profile{ID: url.Draw(t, "issuer"), Name: word.Draw(t, "issuer name"), Address: &ob.Address{PostalCode: maybe.Draw(t, "postal code")}},
		ValidFrom: "2026-05-31T00:00:00Z", Evidence: rapid.SliceOfN(rapid.Just(ob.Evidence{Name: "e"}), 0, 2).Draw(t, "evidence"),
		CredentialSubject: ob.AchievementSubject{
			ID: url.Draw(t, "learner"), CreditsEarned: number.Draw(t, "earned"), Term: maybe.Draw(t, "term"),
			Identifier: []ob.IdentityObject{ob.HashedIdentity(ob.IdentifierEmail, word.Draw(t, "mail"), "s")},
			Result:     rapid.SliceOfN(rapid.Just(ob.Result{Value: "A", Status: ob.StatusCompleted}), 0, 2).Draw(t, "results"),
			Achievement: &ob.Achievement{ID: url.Draw(t, "achievement"), Name: word.Draw(t, "name"), Description: word.Draw(t, "description"),
				Criteria: ob.Criteria{Narrative: word.Draw(t, "criteria")}, AchievementType: rapid.SampledFrom(ob.AchievementTypes()).Draw(t, "type"),
				Tag: rapid.SliceOfN(word, 0, 2).Draw(t, "tag"), Alignment: alignments.Draw(t, "alignment"), CreditsAvailable: number.Draw(t, "available"),
				ResultDescription: rapid.SliceOfN(description, 0, 2).Draw(t, "results")},
		},
	}
}
