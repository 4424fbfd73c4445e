package roster

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/vectors"
)

var update = flag.Bool("update", false, "write the golden files")

// folder reads every file of a folder of the samples.
func folder(t *testing.T, dir string) []File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(vectors.Root(t), "samples", dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no samples in %s: %v", dir, err)
	}
	var files []File
	for _, n := range names {
		data, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 0 {
			files = append(files, File{Name: filepath.Base(n), Data: data})
		}
	}
	return files
}

// TestGoldenTables reads a sample of each format and holds what was understood to a golden file.
func TestGoldenTables(t *testing.T) {
	for _, tt := range []struct{ name, format string }{
		{"oneroster/v1p2-gradebook-synthetic/", "oneroster"},
		{"edfi/student-academic-record.json", "edfi"},
		{"case/opensalt-sample-framework.json", "case"},
		{"ctdl/learningprogram-1-graph.json", "ctdl"},
		{"ctdl/credential-1-graph.json", "ctdl"},
		{"ctdl/pathway-synthetic.json", "ctdl"},
		{"clr-1.0/nd-transcript-clr1.json", "clr1"},
		{"openbadges-3.0/simple-json.svg", "ob3"},
		{"openbadges-3.0/simple-jwt.png", "ob3"},
		{"openbadges-3.0/complete.json", "ob3"},
		{"clr-2.0/complex.json", "ob3"},
		{"clr-2.0/learncard-westbridge-full.unsigned.json", "ob3"},
		{"csv-template/awards-simple.csv", "csv"},
		{"pesc/college-transcript-v1.6.0.utf8.xml", "pesc"},
	} {
		name := strings.NewReplacer("/", "-", ".json", "", ".xml", "", ".csv", "").Replace(strings.TrimSuffix(tt.name, "/"))
		t.Run(name, func(t *testing.T) {
			var files []File
			if strings.HasSuffix(tt.name, "/") {
				files = folder(t, tt.name)
			} else {
				files = sample(t, tt.name)
			}
			table := read(t, "", files)
			if table.Format != tt.format {
				t.Errorf("read as %s, want %s", table.Format, tt.format)
			}
			holdGolden(t, name, describeTable(table))
		})
	}
}

func holdGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the table differs (-golden +got); if it should, run with -update:\n%s", diff)
	}
}

// describeTable writes a table for eyes: one line for each thing.
func describeTable(table *Table) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s: %d rows, %d repeated, %d rejected, partial %v", table.Format, table.Rows, len(table.Repeated), len(table.Rejected), table.Partial)
	for _, l := range table.Learners {
		line("learner %s = %s <%s> %v", l.Key, l.Name.Display, l.Email, l.Identifiers)
	}
	for _, a := range table.Achievements {
		c := "-"
		if a.Body.CreditsAvailable != nil {
			c = fmt.Sprint(*a.Body.CreditsAvailable)
		}
		line("achievement %s = %s %q code %q credits %s field %q tags %v generated %v", a.Key, a.Body.AchievementType, clip(a.Body.Name), a.Body.HumanCode, c, a.Body.FieldOfStudy, a.Body.Tag, a.Generated)
		for _, id := range a.Body.OtherIdentifier {
			line("  id %s %s", id.IdentifierType, id.Identifier)
		}
		for _, al := range a.Body.Alignment {
			line("  aligned %s %s %q %s", al.TargetType, al.TargetURL, clip(al.TargetFramework), al.TargetCode)
		}
		for _, d := range a.Body.ResultDescription {
			line("  result %s %q %v %s…%s", d.ResultType, d.Name, d.AllowedValue, d.ValueMin, d.ValueMax)
		}
	}
	for _, a := range table.Associations {
		line("association %s %s %s", a.Source, a.Type, a.Target)
	}
	for _, a := range table.Awards {
		d := a.Detail
		line("award %s: %s earned %s; on %s, term %q, credits %q, status %s, expires %q, source %v", a.Key, a.Learner, a.Achievement, d.AwardedOn, d.Term, d.Credits, d.Status, d.Expires, d.Source)
		for _, r := range d.Results {
			line("  %s = %q %s %v", r.Name, r.Value, r.AchievedLevel, r.Alignments)
		}
	}
	for _, f := range table.Findings {
		line("%s %s: %s", f.Severity, f.Code, clip(f.Say))
	}
	for _, d := range slices.Compact(slices.Sorted(slices.Values(table.Dropped))) {
		line("dropped %s", d)
	}
	return b.String()
}

func clip(s string) string {
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}
