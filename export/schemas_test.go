package export

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// stubs stand for the schemas that a schema refers to and that are not at hand: each accepts anything, but where the
// referring schema chooses between data and verifications, the latter must be there.
type stubs struct{}

func (stubs) Load(url string) (any, error) {
	if strings.Contains(url, "Verifiable") {
		return map[string]any{"type": "object", "required": []any{"verifications"}}, nil
	}
	return map[string]any{}, nil
}

func compile(t *testing.T, sample string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(vectors.Sample(t, sample)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(stubs{})
	c.AssertFormat()
	const at = "http://schemas.example/recruiting/json/schema.json"
	if m, ok := doc.(map[string]any); ok {
		delete(m, "$id")
	}
	if err := c.AddResource(at, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *jsonschema.Schema, data []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// inputs are the records that the schemas are tried on.
func inputs(t *testing.T) map[string][]byte {
	out := map[string][]byte{"record": testdata(t, "record.json"), "signed": testdata(t, "signed-record.json"), "badge": testdata(t, "badge.json")}
	for _, name := range []string{"complex.json", "simple.json", "simple.jwt", "learncard-westbridge-full.unsigned.json", "learncard-university-transcript.unsigned.json",
		"learncard-competency-aligned.unsigned.json", "learncard-multi-achievement.unsigned.json", "learncard-minimal.unsigned.json"} {
		out[name] = vectors.Sample(t, "clr-2.0/"+name)
	}
	return out
}

func TestJSONResumeSchema(t *testing.T) {
	s := compile(t, "json-resume/schema.json")
	if validate(s, []byte(`{"work":[{"startDate":"soon"}]}`)) == nil {
		t.Fatal("the schema refuses nothing")
	}
	for name, data := range inputs(t) {
		for _, opts := range []*Options{nil, {Person: true, Contact: true, Evidence: true, Link: "https://u.example.edu/s/1"}} {
			res := export(t, "jsonresume", data, opts)
			if err := validate(s, res.Files[0].Data); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestLERRSSchema(t *testing.T) {
	s := compile(t, "ler-rs/LER-RSType.json")
	if validate(s, []byte(`{"type":"`+lerrsType+`","skills":[{"verified":true}]}`)) == nil {
		t.Fatal("the schema refuses nothing")
	}
	for name, data := range inputs(t) {
		res := export(t, "lerrs", data, &Options{Contact: true})
		if err := validate(s, res.Files[0].Data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLERRSVerbatim: a signed credential is in the document as the bytes that were signed.
func TestLERRSVerbatim(t *testing.T) {
	badge := bytes.TrimSpace(testdata(t, "badge.json"))
	doc := export(t, "lerrs", badge, nil).Files[0].Data
	if !bytes.Contains(doc, badge) {
		t.Error("the badge is not in the document as it was")
	}
	whole := bytes.TrimSpace(testdata(t, "signed-record.json"))
	doc = export(t, "lerrs", whole, nil).Files[0].Data
	if !bytes.Contains(doc, whole) {
		t.Error("the record is not in the document as it was")
	}
	root := parse(t, doc)
	if n := root.Get("educationAndLearnings").Len(); n != 1 {
		t.Errorf("%d entries of education; the record carries its degrees and courses itself", n)
	}
	for at, id := range map[string]string{"/certifications/0": "viz", "/licenses/0": "driver", "/skills/0": "sql"} {
		got := root.At(at + "/verifications/0/id").Text()
		if got != "https://u.example.edu/records/"+id {
			t.Errorf("%s is %q", at, got)
		}
	}
	jwt := vectors.Sample(t, "clr-2.0/simple.jwt")
	root = parse(t, export(t, "lerrs", jwt, nil).Files[0].Data)
	if got := root.At("/educationAndLearnings/0/verifications/0/id").Text(); got != "data:application/vc+jwt,"+strings.TrimSpace(string(jwt)) {
		t.Errorf("a JWT is carried as %.60q", got)
	}
}

func parse(t *testing.T, data []byte) ijson.Value {
	t.Helper()
	doc, err := ijson.Parse(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

// TestELMTerms: every member that we write is a term of the model, and every class one of its classes. The terms are those of
// the context inside a sample, the classes with their members those of the samples where a sample has the class.
func TestELMTerms(t *testing.T) {
	known, classes := elmVocabulary(t)
	sampled := map[string]bool{}
	for _, name := range []string{"elm-v3-microcredential-annex1-unsigned.json", "elm-v3-certificate-of-participation-unsigned.json"} {
		walk(parse(t, vectors.Sample(t, "elm/"+name)), func(v ijson.Value) {
			for member := range v.Members() {
				sampled[v.Get("type").Text()+" "+member] = true
			}
		})
	}
	for name, data := range inputs(t) {
		res, err := Export("elm", record(t, data), &Options{CreditUnit: "ECTS", Contact: true})
		if err != nil {
			// These describe achievements that nobody was awarded.
			if !strings.HasPrefix(name, "learncard-m") || !strings.Contains(err.Error(), "no completed achievement") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		ids := map[string]string{}
		walk(parse(t, res.Files[0].Data), func(v ijson.Value) {
			class := v.Get("type").Text()
			for _, c := range v.Get("type").Each() {
				if !classes[c.Text()] {
					t.Errorf("%s: %s is no class of the model", name, c.Text())
				}
			}
			if id := v.Get("id").Text(); id != "" && class != "" {
				if before, seen := ids[id]; seen && before != class {
					t.Errorf("%s: %s is a %s and a %s", name, id, before, class)
				}
				ids[id] = class
			}
			if class == "" {
				return // a language map, or the credential
			}
			for member := range v.Members() {
				if !known[member] {
					t.Errorf("%s: %s has %s, which is no term of the model", name, class, member)
				}
			}
		})
	}
	for _, pair := range []string{"LearningAchievement specifiedBy", "LearningAchievement awardedBy", "LearningAchievement provenBy", "LearningAssessment grade", "Qualification learningOutcome",
		"Qualification creditPoint", "CreditPoint framework", "CreditPoint point", "Organisation legalName", "Person fullName", "LearningOutcome relatedESCOSkill", "Note noteLiteral"} {
		if !sampled[pair] {
			t.Errorf("the samples have no %s", pair)
		}
	}
}

// elmVocabulary is the terms and classes of the model.
func elmVocabulary(t *testing.T) (known, classes map[string]bool) {
	t.Helper()
	known = map[string]bool{"credential": true, "id": true, "type": true, "@context": true, "credentialSubject": true, "credentialSchema": true, "issuer": true, "validFrom": true, "validUntil": true,
		"description": true} // the merged sample leaves this one to the context of Open Badges
	classes = map[string]bool{"VerifiableCredential": true}
	for _, c := range parse(t, vectors.Sample(t, "elm/bootcamp-mc-merged-elm-ob3.json")).Get("@context").Each() {
		for term, v := range c.Members() {
			known[term] = true
			if v.IsString() {
				classes[term] = true
			}
		}
	}
	if len(known) < 150 || len(classes) < 40 {
		t.Fatalf("%d terms and %d classes are too few", len(known), len(classes))
	}
	return known, classes
}

// walk visits every object.
func walk(v ijson.Value, visit func(ijson.Value)) {
	switch v.Kind() {
	case ijson.Object:
		visit(v)
		for _, m := range v.Members() {
			walk(m, visit)
		}
	case ijson.Array:
		for e := range v.Elements() {
			walk(e, visit)
		}
	}
}

func TestLinkedInURL(t *testing.T) {
	c := &record(t, testdata(t, "badge.json")).Claims[0]
	c.CredentialSubject.Achievement.Name = "R&D: " + strings.Repeat("é", 120)
	got := LinkedInURL(c, &LinkedIn{CertURL: "https://u.example.edu/s/1?a=b", CertID: "A1"})
	for _, want := range []string{"startTask=CERTIFICATION_NAME&name=R%26D%3A%20", "&organizationName=Example%20University", "&issueYear=2025&issueMonth=5",
		"&expirationYear=2028&expirationMonth=5", "&certUrl=https%3A%2F%2Fu.example.edu%2Fs%2F1%3Fa%3Db", "&certId=A1"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s has no %s", got, want)
		}
	}
	if strings.Count(got, "%C3%A9") != 94 || !strings.Contains(got, "%E2%80%A6") {
		t.Errorf("the name is not cut to 100 letters: %s", got)
	}
	if got := LinkedInURL(c, &LinkedIn{OrganizationID: "42"}); !strings.Contains(got, "&organizationId=42") || strings.Contains(got, "organizationName") {
		t.Errorf("%s", got)
	}
}

// TestSchemaOrg writes the achievement of a badge as its page carries it.
func TestSchemaOrg(t *testing.T) {
	root := parse(t, export(t, "schemaorg", testdata(t, "badge.json"), nil).Files[0].Data)
	for at, want := range map[string]string{"/@type": "EducationalOccupationalCredential", "/validFor": "P36M", "/recognizedBy/name": "Example University",
		"/credentialCategory/termCode": "Certificate", "/competencyRequired/0/name": "Data visualisation"} {
		if got := root.At(at).Text(); got != want {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
	}
	b, err := AchievementJSONLD(record(t, testdata(t, "badge.json")).Claims[0].CredentialSubject.Achievement, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := parse(t, b); got.Get("name").Text() != "Data Visualisation Certificate" || got.Has("recognizedBy") {
		t.Errorf("%s", b)
	}
	for span, want := range map[[2]string]int{{"2025-05-20", "2028-05-19"}: 36, {"2025-05-20", "2028-05-20"}: 36, {"2025-05-20", "2025-06-20"}: 1, {"2025-05-20", "2025-06-01"}: 0, {"2025-05-20", ""}: 0} {
		if got, ok := wholeMonths(span[0], span[1]); ok != (want > 0) || ok && got != want {
			t.Errorf("%v: %d months, %v", span, got, ok)
		}
	}
}
