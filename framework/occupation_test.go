package framework

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/vectors"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func samples(t *testing.T, folder string) *Framework {
	t.Helper()
	f, err := ReadDir(os.DirFS(filepath.Join(vectors.Root(t), "samples", folder)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestONET(t *testing.T) {
	f := samples(t, "onet")
	if len(f.Goals) != 7 || !strings.Contains(f.Attribution, "O*NET") {
		t.Fatalf("%d occupations; attribution %q", len(f.Goals), f.Attribution)
	}
	g, err := f.Goal("15-2041.00")
	if err != nil {
		t.Fatal(err)
	}
	if g.Name != "Statisticians" || g.Description == "" || len(g.Notes) != 0 {
		t.Errorf("goal %q, %q, notes %q", g.Name, g.Description, g.Notes)
	}
	essential := 0
	for _, l := range g.Requirement.Leaves() {
		if l.Level != nil {
			t.Fatalf("%s asks a level; the levels of O*NET describe demand", l.Name)
		}
		if !l.Essential {
			continue
		}
		essential++
		if l.Typical == nil || l.Typical.Importance < 3 {
			t.Errorf("%s: %+v", l.Name, l.Typical)
		}
		// The published anchors at hand are those of skills.
		if strings.HasSuffix(l.ID, "/2.A.1.e") && (l.Typical.Of != 7 || l.Typical.AnchorLevel != 6 || l.Typical.Anchor == "") {
			t.Errorf("%s: %+v", l.Name, l.Typical)
		}
	}
	if essential < 10 || essential > 60 {
		t.Errorf("%d essential leaves", essential)
	}
}

// TestONETWithoutRatings: absence of data is told, with the nearest occupations that have data, and is never weakness.
func TestONETWithoutRatings(t *testing.T) {
	f := samples(t, "onet")
	for code, near := range map[string]string{"15-1252.00": "15-1254.00 Web Developers", "15-2051.00": "15-2051.01 Business Intelligence Analysts"} {
		g, err := f.Goal(code)
		if err != nil {
			t.Fatal(err)
		}
		if len(g.Notes) != 1 || !strings.Contains(g.Notes[0], "has no skill ratings") || !strings.Contains(g.Notes[0], near) {
			t.Errorf("%s: notes %q", code, g.Notes)
		}
		for _, l := range g.Requirement.Leaves() {
			if l.Essential {
				t.Errorf("%s: %s is essential without a rating", code, l.Name)
			}
		}
	}
}

func TestONETRules(t *testing.T) {
	head := "O*NET-SOC Code\tTitle\tElement ID\tElement Name\tScale ID\tScale Name\tData Value\tRecommend Suppress\tNot Relevant\n"
	row := func(element, scale, value, suppress, irrelevant string) string {
		return strings.Join([]string{"11-1111.00", "Tester", element, "E " + element, scale, "", value, suppress, irrelevant}, "\t") + "\n"
	}
	f, err := ReadFiles([]File{{"Skills.txt", []byte(head +
		row("2.A.1.a", "IM", "3.00", "N", "") + row("2.A.1.a", "LV", "3.9", "N", "N") +
		row("2.A.1.b", "IM", "2.99", "N", "") +
		row("2.A.1.c", "IM", "4", "Y", "") +
		row("2.A.1.d", "IM", "4", "N", "") + row("2.A.1.d", "LV", "1", "N", "Y") +
		row("2.B.1.a", "IM", "4", "N", "") + row("2.B.1.a", "LV", "2", "Y", "N") +
		row("1.A.1.a", "IM", "5", "N", ""))},
		{"Level_Scale_Anchors.txt", []byte("Element ID\tScale ID\tAnchor Value\tAnchor Description\n2.A.1.a\tLV\t2\tread a \"form\"\n2.A.1.a\tLV\t4\tread a memo\n")}})
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Goal("11-1111.00")
	if err != nil {
		t.Fatal(err)
	}
	want := []*Typical{{Importance: 3, Level: 3.9, Of: 7, AnchorLevel: 4, Anchor: "read a memo"}, {Importance: 4}}
	var got []*Typical
	for _, l := range g.Requirement.Leaves() {
		got = append(got, l.Typical)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("leaves (-want +got):\n%s", diff)
	}
}

func TestESCO(t *testing.T) {
	f := samples(t, "esco")
	if len(f.Goals) != 8 || f.Attribution == "" {
		t.Fatalf("%d occupations; attribution %q", len(f.Goals), f.Attribution)
	}
	g, err := f.Goal("http://data.europa.eu/esco/occupation/b633af32-c8c0-4481-9971-7932ea4b16b5")
	if err != nil {
		t.Fatal(err)
	}
	essential := 0
	for _, l := range g.Requirement.Leaves() {
		if l.Essential {
			essential++
		}
		if l.Level != nil || l.Typical != nil {
			t.Errorf("%s has a level; ESCO has none", l.Name)
		}
	}
	if n := len(g.Requirement.Leaves()); n != 55 || essential == 0 || essential == 55 {
		t.Errorf("%d skills, %d essential", n, essential)
	}
	// The table of which skills an occupation needs is not among the files: said, and no empty target.
	_, err = f.Goal("http://data.europa.eu/esco/occupation/18e14e61-495b-44cc-a7c6-df4c625934ba")
	if err == nil || !strings.Contains(err.Error(), "occupationSkillRelations") {
		t.Errorf("error %v", err)
	}
	broader, own := 0, 0
	for _, a := range f.Associations {
		switch a.Type {
		case "broader":
			broader++
		case "essential", "optional":
			own++
		default:
			t.Fatalf("relation %q", a.Type)
		}
	}
	if broader < 100 || own == 0 {
		t.Errorf("%d broader, %d of ESCO's own", broader, own)
	}
}
