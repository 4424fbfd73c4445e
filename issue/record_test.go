package issue_test

import (
	"crypto"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

var update = flag.Bool("update", false, "write the golden files anew")

var created = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

// seeded keys sign the same bytes in every run: Ed25519 is deterministic, and so are the golden files.
const testKey = `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`

func ed25519Key(t testing.TB) issue.Key {
	t.Helper()
	s, err := key.ParsePrivateJWK([]byte(testKey))
	if err != nil {
		t.Fatal(err)
	}
	return keyOf(t, s)
}

func keyOf(t testing.TB, s crypto.Signer) issue.Key {
	t.Helper()
	m, err := key.Multikey(s.Public())
	if err != nil {
		t.Fatal(err)
	}
	return issue.Key{Signer: s, VerificationMethod: "did:key:" + m + "#" + m}
}

// issuerOf is the DID that the key's verification method belongs to.
func issuerOf(k issue.Key) string {
	for i, c := range k.VerificationMethod {
		if c == '#' {
			return k.VerificationMethod[:i]
		}
	}
	return k.VerificationMethod
}

// transcript is a small institution's record of one learner: two courses with results, a competency, and the degree that
// they are parts of.
type transcript struct {
	issuer  ob.Profile
	learner issue.Learner
}

func newTranscript(k issue.Key) transcript {
	return transcript{
		issuer: ob.Profile{ID: issuerOf(k), Name: "Example University", URL: "https://university.example",
			Address:         &ob.Address{AddressCountryCode: "US", AddressLocality: "Springfield", Geo: &ob.GeoCoordinates{Latitude: 45.25, Longitude: -93}},
			OtherIdentifier: []ob.IdentifierEntry{{Identifier: "000001", IdentifierType: "ext:IPEDS"}}},
		learner: issue.Learner{ID: "urn:uuid:8f8b8d1e-1111-4d3a-9c53-000000000001", Name: "Anya <Ó Briain> & Co", Email: "anya@university.example"},
	}
}

func (x transcript) credential(n string, s ob.AchievementSubject) ob.AchievementCredential {
	s.ID, s.Identifier = x.learner.ID, x.learner.Identities("pepper")
	return ob.AchievementCredential{ID: "urn:uuid:8f8b8d1e-2222-4d3a-9c53-00000000000" + n, Issuer: x.issuer, ValidFrom: ob.At(created), AwardedDate: "2026-05-31T00:00:00Z", CredentialSubject: s}
}

const at = "https://university.example/achievements/"

func credits(f float64) *float64 { return &f }

func (x transcript) achievements() (statistics, writing, reasoning, degree ob.Achievement) {
	statistics = ob.Achievement{
		ID: at + "stat-210", AchievementType: "Course", Name: "Statistics", Description: "A first course in statistics.", HumanCode: "STAT 210",
		Criteria: ob.Criteria{Narrative: "Pass the *final* with 60 points."}, CreditsAvailable: credits(4), InLanguage: "en-US", Tag: []string{"data"},
		Alignment: []ob.Alignment{{TargetName: "Uses sampling", TargetURL: "https://frameworks.example/item/7", TargetType: ob.TargetCFItem, TargetFramework: "Data literacy", TargetCode: "DL.7"}},
		ResultDescription: []ob.ResultDescription{
			{ID: at + "stat-210/grade", Name: "Final grade", ResultType: ob.ResultLetterGrade, AllowedValue: []string{"F", "D", "C", "B", "A"}, RequiredValue: "D"},
			{ID: at + "stat-210/project", Name: "Project", ResultType: ob.ResultRubricCriterionLevel, RequiredLevel: at + "stat-210/project/2", RubricCriterionLevel: []ob.RubricCriterionLevel{
				{ID: at + "stat-210/project/1", Name: "Beginning", Level: "1", Points: "1"},
				{ID: at + "stat-210/project/2", Name: "Proficient", Level: "2", Points: "2", Description: "Chooses a sound method.",
					Alignment: []ob.Alignment{{TargetName: "Uses sampling, level 2", TargetURL: "https://frameworks.example/level/72", TargetType: ob.TargetCFRubricLevel}}}}},
		},
	}
	writing = ob.Achievement{
		ID: at + "writ-101", AchievementType: "Course", Name: "Writing", Description: "Academic writing.", HumanCode: "WRIT 101",
		Criteria: ob.Criteria{ID: "https://university.example/criteria/writ-101"}, CreditsAvailable: credits(2.5),
		ResultDescription: []ob.ResultDescription{
			{ID: at + "writ-101/percent", Name: "Percent", ResultType: ob.ResultPercent, ValueMin: "0", ValueMax: "100"},
			{ID: at + "writ-101/status", Name: "Status", ResultType: ob.ResultStatus},
		},
	}
	reasoning = ob.Achievement{ID: at + "reasoning", AchievementType: "Competency", Name: "Reasons with data", Description: "Draws sound conclusions from data.",
		Criteria: ob.Criteria{Narrative: "Shown in a course project at level 2."}}
	degree = ob.Achievement{ID: at + "bsc", AchievementType: "BachelorDegree", Name: "BSc Data Science", Description: "Bachelor of Science.",
		Criteria: ob.Criteria{Narrative: "180 credits."}, FieldOfStudy: "Data Science", Creator: &ob.Profile{ID: x.issuer.ID, Name: x.issuer.Name}}
	return statistics, writing, reasoning, degree
}

// issue signs the parts and builds the unsigned record around them.
func (x transcript) build(t testing.TB, k issue.Key) (parts [][]byte, unsigned []byte) {
	t.Helper()
	statistics, writing, reasoning, degree := x.achievements()
	first := x.credential("1", ob.AchievementSubject{Achievement: &statistics, CreditsEarned: credits(4), Term: "Spring 2026",
		ActivityStartDate: "2026-01-15T00:00:00Z", ActivityEndDate: "2026-05-30T00:00:00Z",
		Result: []ob.Result{
			{ResultDescription: statistics.ResultDescription[0].ID, Value: "B"},
			{ResultDescription: statistics.ResultDescription[1].ID, AchievedLevel: at + "stat-210/project/2"},
		}})
	first.Evidence = []ob.Evidence{{ID: "https://university.example/evidence/1", Name: "Project report", Genre: "Report", Narrative: "Twelve pages."}}
	first.CredentialStatus = &vc.Status{ID: "https://university.example/status/1#7", Type: "BitstringStatusListEntry", StatusPurpose: "revocation",
		StatusListIndex: "7", StatusListCredential: "https://university.example/status/1"}
	second := x.credential("2", ob.AchievementSubject{Achievement: &writing, CreditsEarned: credits(2.5),
		Result: []ob.Result{
			{ResultDescription: writing.ResultDescription[0].ID, Value: "91.5"},
			{ResultDescription: writing.ResultDescription[1].ID, Status: ob.StatusCompleted},
		}})
	third := x.credential("3", ob.AchievementSubject{Achievement: &reasoning, Source: &ob.Profile{ID: "urn:uuid:8f8b8d1e-3333-4d3a-9c53-000000000009", Name: "Prof. Noor"}})
	fourth := x.credential("4", ob.AchievementSubject{Achievement: &degree, Role: "Student"})
	record := clr.ClrCredential{
		ID: "urn:uuid:8f8b8d1e-2222-4d3a-9c53-000000000000", Name: "Transcript of Example University", Description: "All courses and awards.",
		Issuer: x.issuer, ValidFrom: ob.At(created), CredentialSchema: []ob.Reference{{ID: clr.SchemaCLR, Type: ob.SchemaType}},
		CredentialSubject: clr.ClrSubject{ID: x.learner.ID, Identifier: x.learner.Identities("pepper"),
			Achievement: []ob.Achievement{{ID: at + "major", AchievementType: "LearningProgram", Name: "Major", Description: "The major.", Criteria: ob.Criteria{Narrative: "Four courses."}}},
			Association: []clr.Association{
				clr.Relate(statistics.ID, clr.IsChildOf, degree.ID), clr.Relate(writing.ID, clr.Precedes, statistics.ID),
				clr.Relate(at+"major", clr.IsPartOf, degree.ID), clr.Relate(reasoning.ID, clr.IsRelatedTo, statistics.ID),
			}},
	}
	for _, c := range []ob.AchievementCredential{first, second, third, fourth} {
		b, err := issue.Award(c)
		if err != nil {
			t.Fatal(err)
		}
		secured, _, err := issue.Secure(t.Context(), b, k, &issue.Options{Created: created})
		if err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		parts = append(parts, secured)
		record.CredentialSubject.VerifiableCredential = append(record.CredentialSubject.VerifiableCredential, secured)
	}
	unsigned, err := issue.CLR(record)
	if err != nil {
		t.Fatal(err)
	}
	return parts, unsigned
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; see it with -update\n%s", name, got)
	}
}

func indent(t testing.TB, b []byte) []byte {
	t.Helper()
	doc := parse(t, b)
	out, err := ijson.MarshalIndent(doc.Any())
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

func parse(t testing.TB, b []byte) ijson.Value {
	t.Helper()
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func subjectOf(a ob.Achievement) ob.AchievementSubject { return ob.AchievementSubject{Achievement: &a} }
