package framework

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

func TestKey(t *testing.T) {
	for _, pair := range [][2]string{
		{"http://Skills.Example.org/s/A", "https://skills.example.org/s/A"},
		{"https://credentialengineregistry.org/resources/ce-8669d5c6-566b-4409-9fff-f09753605d13", "https://sandbox.example.org/graph/ce-8669D5C6-566b-4409-9fff-f09753605d13"},
		{"https://a.example/ims/case/v1p0/CFItems/e144c2e6-c0ea-11e7-95f7-5d664f4d8844", "urn:uuid:E144C2E6-c0ea-11e7-95f7-5d664f4d8844"},
		{"https://a.example/ims/case/v1p0/CFItems/e144c2e6-c0ea-11e7-95f7-5d664f4d8844", "http://b.example/ims/case/v1p1/CFItems/e144c2e6-c0ea-11e7-95f7-5d664f4d8844"},
	} {
		if Key(pair[0]) != Key(pair[1]) {
			t.Errorf("%s and %s have the keys %s and %s", pair[0], pair[1], Key(pair[0]), Key(pair[1]))
		}
	}
	for _, pair := range [][2]string{
		{"https://skills.example.org/s/a", "https://skills.example.org/s/A"},
		{"https://skills.example.org/s?a", "https://skills.example.org/s?b"},
		{"https://skills.example.org/s#a", "https://skills.example.org/s"},
	} {
		if Key(pair[0]) == Key(pair[1]) {
			t.Errorf("%s and %s are one", pair[0], pair[1])
		}
	}
}

// TestCASEVectors imports every package and list, with the counts and title that the manifest gives.
func TestCASEVectors(t *testing.T) {
	vectors.Open(t, "case").Run(t, func(t *testing.T, c *vectors.Case) {
		f, err := ReadFiles([]File{{c.Filename, c.Input(t)}})
		if err != nil {
			t.Fatal(err)
		}
		if lines := c.Raw.Get("lines"); lines.IsValid() {
			if n, _ := lines.Int(); len(f.Nodes) != int(n) {
				t.Errorf("%d items, want %d", len(f.Nodes), n)
			}
			return
		}
		counts := c.Raw.Get("counts")
		types := map[string]any{}
		for _, a := range f.Associations {
			n, _ := types[a.Type].(float64)
			types[a.Type] = n + 1
		}
		want := map[string]any{}
		for word, n := range counts.Get("associationTypes").Members() {
			want[word] = n.Float()
		}
		if len(f.Nodes) != int(counts.Get("items").Float()) || len(f.Associations) != int(counts.Get("associations").Float()) {
			t.Errorf("%d items and %d associations, want %s", len(f.Nodes), len(f.Associations), counts.Raw())
		}
		if diff := cmp.Diff(want, types); diff != "" {
			t.Errorf("association types (-want +got):\n%s", diff)
		}
		if title := c.Raw.Get("title").Text(); title != "" && f.Title != title {
			t.Errorf("title %q, want %q", f.Title, title)
		}
	})
}

func names(r *Requirement) []string {
	var out []string
	for _, l := range r.Leaves() {
		out = append(out, l.Name)
	}
	return out
}

func TestCASEOrder(t *testing.T) {
	f, err := Read(vectors.File(t, "case/SequenceNumberFramework.json"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Second added item, but should be first", "First Added Item"}, names(f.Target())); diff != "" {
		t.Error(diff)
	}
}

func TestCASETarget(t *testing.T) {
	f, err := Read(vectors.Sample(t, "case/opensalt-sample-framework.json"))
	if err != nil {
		t.Fatal(err)
	}
	// Two clusters head standards, some of which have components: the target asks for what has nothing below it.
	whole := names(f.Target())
	if len(whole) == 0 || len(whole) >= len(f.Nodes) {
		t.Fatalf("%d leaves of %d nodes", len(whole), len(f.Nodes))
	}
	g, err := f.Goal("CCSS.Math.Content.6.RP.A")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(g.Requirement.Leaves()); n == 0 || n >= len(whole) {
		t.Errorf("the branch has %d leaves, the whole %d", n, len(whole))
	}
	for _, l := range g.Requirement.Leaves() {
		if !strings.HasPrefix(nodeOf(f, l.Skill).Code, "CCSS.Math.Content.6.RP.A") {
			t.Errorf("%s is not of the branch", nodeOf(f, l.Skill).Code)
		}
	}
	if _, err := f.Goal("nothing"); err == nil || !strings.Contains(err.Error(), `"nothing"`) {
		t.Errorf("error %v", err)
	}
}

func nodeOf(f *Framework, id string) Node {
	for _, n := range f.Nodes {
		if n.ID == id {
			return n
		}
	}
	return Node{}
}

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCASE11 reads version 1.1 as OpenCASE writes it: sourcedId, document, items; rubrics and skill levels as scales.
func TestCASE11(t *testing.T) {
	f, err := Read(testdata(t, "case11.json"))
	if err != nil {
		t.Fatal(err)
	}
	if f.ID != "urn:uuid:d0000000-0000-4000-8000-000000000000" || f.Title != "Data skills" || len(f.Nodes) != 5 {
		t.Errorf("%s %q with %d nodes", f.ID, f.Title, len(f.Nodes))
	}
	want := map[string][]string{
		"urn:uuid:c0000000-0000-4000-8000-000000000001": {"Aware", "Practised", "Proficient"},
		"urn:uuid:10000000-0000-4000-8000-00000000000a": {"Beginning", "Secure"},
	}
	if diff := cmp.Diff(want, f.Levels()); diff != "" {
		t.Errorf("scales (-want +got):\n%s", diff)
	}
	if got := f.LevelDescriptions()["urn:uuid:c0000000-0000-4000-8000-000000000001"]["Proficient"]; got != "Cleans alone" {
		t.Errorf("description %q", got)
	}
	leaves := f.Target().Leaves()
	if len(leaves) != 2 {
		t.Fatalf("leaves %v: levels are no skills", names(f.Target()))
	}
	if leaves[0].Level != nil {
		t.Errorf("a rubric does not say which level is asked: %v", leaves[0].Level)
	}
	if diff := cmp.Diff(&Level{Scale: "urn:uuid:10000000-0000-4000-8000-00000000000a", AtLeast: "Secure"}, leaves[1].Level); diff != "" {
		t.Errorf("level (-want +got):\n%s", diff)
	}
}

func TestCTDLCredential(t *testing.T) {
	f, err := Read(vectors.Sample(t, "ctdl/credential-1-graph.json"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Goal("ce-8669d5c6-566b-4409-9fff-f09753605d13")
	if err != nil {
		t.Fatal(err)
	}
	if g.Name != "Bachelor of Science in Cybersecurity" {
		t.Errorf("goal %q", g.Name)
	}
	leaves := g.Requirement.Leaves()
	if len(leaves) != 1 || !strings.HasSuffix(leaves[0].Skill, "/LearningProgram-2.json") || !leaves[0].Essential {
		t.Errorf("leaves %+v", leaves)
	}
	for _, n := range f.Nodes {
		if strings.Contains(n.Type, "Organization") {
			t.Errorf("%s is no skill", n.Name)
		}
	}
}

func TestCTDLProgramme(t *testing.T) {
	f, err := Read(vectors.Sample(t, "ctdl/learningprogram-1-graph.json"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Goal("")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Personal Growth Mastery", "Digital Skills Revolution", "Leadership and Innovation Excellence"}
	if diff := cmp.Diff(want, names(g.Requirement)); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if len(g.Notes) != 1 || !strings.Contains(g.Notes[0], "high school graduate") {
		t.Errorf("notes %q: a condition in words is said, not dropped", g.Notes)
	}
	parts := 0
	for _, a := range f.Associations {
		if a.Type == "isPartOf" && a.Destination == g.ID {
			parts++
		}
	}
	if parts != 3 {
		t.Errorf("%d parts, want 3", parts)
	}
}

func TestCTDLPathway(t *testing.T) {
	f, err := Read(vectors.Sample(t, "ctdl/pathway-synthetic.json"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Goal("")
	if err != nil {
		t.Fatal(err)
	}
	want := &Requirement{ID: "https://ctdl.example.org/resources/ce-path-1", Name: "Junior data analyst", Op: All, Of: []Requirement{
		{ID: "Data Analyst Certificate", Name: "Data Analyst Certificate", Op: AtLeast, Number: 2, Of: []Requirement{
			{ID: "https://ctdl.example.org/resources/ce-c1", Name: "Introduction to Data Science", Skill: "https://u.example.edu/a/ds101", Essential: true},
			{ID: "https://ctdl.example.org/resources/ce-c2", Name: "Data cleaning", Skill: "https://skills.example.org/s/clean", Essential: true},
			{ID: "https://ctdl.example.org/resources/ce-c3", Name: "SQL practical", Skill: "https://ctdl.example.org/resources/ce-c3", Essential: true},
		}},
	}}
	if diff := cmp.Diff(want, g.Requirement); diff != "" {
		t.Errorf("requirement (-want +got):\n%s", diff)
	}
	if !has(f, Association{"precedes", "https://ctdl.example.org/resources/ce-c1", "https://ctdl.example.org/resources/ce-c3"}) {
		t.Error("a prerequisite precedes")
	}
}

func has(f *Framework, want Association) bool {
	for _, a := range f.Associations {
		if a == want {
			return true
		}
	}
	return false
}

// TestCTDLConditions reads alternatives as any, credits as credits, recommendations as optional, competencies with their
// alignments.
func TestCTDLConditions(t *testing.T) {
	f, err := Read(testdata(t, "conditions.jsonld"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Goal("https://c.example.org/cert")
	if err != nil {
		t.Fatal(err)
	}
	got, err := ijson.MarshalIndent(g)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "conditions.golden.json", got)
	for _, want := range []Association{
		{"isChildOf", "https://c.example.org/clean", "https://c.example.org/data"},
		{"exactMatchOf", "https://c.example.org/clean", "https://skills.example.org/s/clean"},
		{"broadAlignment", "https://c.example.org/clean", "https://skills.example.org/s/work"},
	} {
		if !has(f, want) {
			t.Errorf("no %v", want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	for name, in := range map[string]string{
		"no framework":   `{"a":1}`,
		"no document":    `{"CFPackage":{}}`,
		"no occupation":  `{"occupation":"x","skills":[]}`,
		"unknown table":  "a,b\n1,2\n",
		"ragged quotes":  "fullStatement\n\"a\n",
		"nothing":        "",
		"cut off":        `{"CFDocument":{`,
		"not in UTF-8":   "fullStatement\n\xff\n",
		"rating no word": "O*NET-SOC Code\tTitle\tElement ID\tElement Name\tScale ID\tData Value\n1\tx\t2.A.1\tRead\tIM\tmuch\n",
	} {
		if f, err := Read([]byte(in)); err == nil || f != nil || !strings.HasPrefix(err.Error(), "framework: ") {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
	if _, err := ReadFiles(nil); err == nil {
		t.Error("no files, and no error")
	}
}

func TestReadDir(t *testing.T) {
	dir := fstest.MapFS{
		"occupationSkillRelations_en.csv": {Data: []byte("occupationUri,relationType,skillType,skillUri\nhttp://e/o/1,essential,skill,http://e/s/1\nhttp://e/o/1,optional,skill,http://e/s/2\n")},
		"skills_en.csv":                   {Data: []byte("\ufeffconceptType,conceptUri,preferredLabel,skillType,description\nKnowledgeSkillCompetence,http://e/s/1,weave,skill/competence,\"Weave,\nby hand\"\n")},
		"occupations_en.csv":              {Data: []byte("conceptType,conceptUri,preferredLabel,code\nOccupation,http://e/o/1,weaver,7318.1\n")},
		"README.md":                       {Data: []byte("not read")},
	}
	f, err := ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Goal("7318.1")
	if err != nil {
		t.Fatal(err)
	}
	want := &Requirement{ID: "http://e/o/1", Name: "weaver", Source: "ESCO", Op: All, Of: []Requirement{
		{ID: "http://e/s/1", Skill: "http://e/s/1", Name: "weave", Essential: true, Description: "Weave,\nby hand"},
		{ID: "http://e/s/2", Skill: "http://e/s/2", Name: "http://e/s/2"},
	}}
	if diff := cmp.Diff(want, g.Requirement); diff != "" {
		t.Errorf("requirement (-want +got):\n%s", diff)
	}
}
