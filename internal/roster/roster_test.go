package roster

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/vectors"
)

var testOptions = &Options{IRI: func(key string) string {
	return "https://u.example.edu/achievements/" + strings.ReplaceAll(key, " ", "-")
}}

func sample(t *testing.T, names ...string) []File {
	t.Helper()
	var files []File
	for _, n := range names {
		files = append(files, File{Name: n[strings.LastIndex(n, "/")+1:], Data: vectors.Sample(t, n)})
	}
	return files
}

func read(t *testing.T, format string, files []File) *Table {
	t.Helper()
	table, err := Read(t.Context(), format, files, testOptions)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return table
}

// TestPlantedErrors holds the findings to the file beside the planted errors: no more, no fewer, no other words.
func TestPlantedErrors(t *testing.T) {
	table := read(t, "", sample(t, "csv-template/awards-simple-with-errors.csv"))
	var expected struct {
		Expected struct {
			Rows          int `json:"rows"`
			Ready         int `json:"ready"`
			WillBeSkipped int `json:"willBeSkipped"`
			NeedYou       int `json:"needYou"`
		} `json:"expected"`
		Findings []record.Finding `json:"findings"`
	}
	if err := ijson.Unmarshal(vectors.Sample(t, "csv-template/awards-simple-with-errors.expected.json"), &expected); err != nil {
		t.Fatal(err)
	}
	got := slices.Clone(table.Findings)
	for i := range got {
		got[i].File, got[i].Found = "", "" // the expected file does not speak of them
	}
	if diff := cmp.Diff(expected.Findings, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	counts := [4]int{table.Rows, len(table.Awards), len(table.Repeated), len(table.Rejected)}
	want := [4]int{expected.Expected.Rows, expected.Expected.Ready, expected.Expected.WillBeSkipped, expected.Expected.NeedYou}
	if counts != want {
		t.Errorf("rows, ready, skipped, need you = %v, want %v", counts, want)
	}
}

func TestSimple(t *testing.T) {
	table := read(t, "", sample(t, "csv-template/awards-simple.csv"))
	if len(table.Findings) != 0 || len(table.Awards) != 5 || len(table.Learners) != 3 || len(table.Achievements) != 5 {
		t.Fatalf("findings %v, %d awards, %d learners, %d achievements", table.Findings, len(table.Awards), len(table.Learners), len(table.Achievements))
	}
	if got := table.Learners[2].Name.Display; got != "نور الهاشمي" {
		t.Errorf("the Arabic name reads %q", got)
	}
	first := table.Awards[0]
	want := record.AwardDetail{AwardedOn: "2025-05-20", Term: "Spring 2025", Credits: "4", Skills: []string{"Python for analysis", "Data cleaning"},
		Results: []record.Result{{Description: table.Achievements[0].Body.ID + "#lettergrade", Name: "Letter grade", Value: "A-"}}}
	if diff := cmp.Diff(want, first.Detail); diff != "" {
		t.Errorf("first award (-want +got):\n%s", diff)
	}
	if last := table.Awards[4].Detail; last.Expires != "2025-06-30" || last.Results[0].Value != "88" {
		t.Errorf("last award: %+v", last)
	}
}

func TestFull(t *testing.T) {
	dir := "csv-template/"
	table := read(t, "", sample(t, dir+"achievements.csv", dir+"results.csv", dir+"rubric-levels.csv", dir+"alignments.csv", dir+"associations.csv", dir+"learners.csv", dir+"awards.csv"))
	if len(table.Findings) != 0 {
		t.Fatalf("findings: %v", table.Findings)
	}
	if len(table.Achievements) != 4 || len(table.Learners) != 3 || len(table.Awards) != 2 || len(table.Associations) != 4 {
		t.Fatalf("%d achievements, %d learners, %d awards, %d associations", len(table.Achievements), len(table.Learners), len(table.Awards), len(table.Associations))
	}
	ds := table.Achievements[0].Body
	if len(ds.ResultDescription) != 2 || len(ds.ResultDescription[1].RubricCriterionLevel) != 4 || len(ds.ResultDescription[1].Alignment) != 1 || len(ds.Alignment) != 1 {
		t.Errorf("DS 101: %+v", ds)
	}
	a := table.Awards[0].Detail
	if len(a.Results) != 2 || a.Results[1].AchievedLevel != "https://u.example.edu/rubric/clean/3" || len(a.Evidence) != 1 {
		t.Errorf("first award: %+v", a)
	}
}

func TestPESC(t *testing.T) {
	a := read(t, "", sample(t, "pesc/college-transcript-v1.6.0.utf16le.xml"))
	b := read(t, "", sample(t, "pesc/college-transcript-v1.6.0.utf8.xml"))
	for i := range a.Awards {
		a.Awards[i].File = b.Awards[i].File
	}
	if diff := cmp.Diff(a.Awards, b.Awards); diff != "" {
		t.Errorf("the two encodings differ:\n%s", diff)
	}
	if b.Rows != 25 || len(b.Awards) != 25 || len(b.Learners) != 1 {
		t.Fatalf("%d rows, %d awards, %d learners; want 25 (24 courses, 1 diploma), 25, 1", b.Rows, len(b.Awards), len(b.Learners))
	}
	if got := b.Learners[0].Name.Display; got != "Test Record Test Speede IV" {
		t.Errorf("name %q", got)
	}
	if !slices.Contains(b.Dropped, "Person/SSN") {
		t.Errorf("dropped: %v, want the social security number among them", b.Dropped)
	}
	if strings.Contains(fmt.Sprintf("%+v", b), "100000000") {
		t.Error("the social security number is in the table")
	}
	diploma := b.Awards[0]
	if diploma.Detail.AwardedOn != "1985-05-01" || diploma.Detail.Source == nil || !strings.Contains(diploma.Detail.Source.Name, "AUSTIN HIGH SCHOOL") {
		t.Errorf("diploma: %+v", diploma.Detail)
	}
	failed := 0
	for _, w := range b.Awards {
		if w.Detail.Status == "Failed" {
			failed++
		}
	}
	if failed == 0 {
		t.Error("no course is failed; two grades of F earned no credit")
	}
}

func TestRefused(t *testing.T) {
	malformed := vectors.Sample(t, "pesc/college-transcript-malformed.xml")
	tests := []struct {
		name, want string
		file       File
	}{
		{"transmission missing", "CollegeTranscript/TransmissionData is missing", File{"t.xml", malformed}},
		{"cut off", "line", File{"t.xml", malformed[:len(malformed)/2]}},
		{"doctype", "document type declaration", File{"t.xml", []byte(`<!DOCTYPE CollegeTranscript [<!ENTITY a "b">]><CollegeTranscript>&a;</CollegeTranscript>`)}},
		{"entity", "XML is broken", File{"t.xml", []byte(`<CollegeTranscript>&lol;</CollegeTranscript>`)}},
		{"empty", "is empty", File{"x.csv", nil}},
		{"binary", "zero byte", File{"x.csv", []byte("learner_name,achievement_name\x00\n")}},
		{"image", "malformed PNG", File{"x.png", []byte("\x89PNG\r\n\x1a\n")}},
		{"column twice", "both named", File{"x.csv", []byte("learner_name,achievement_name,learner_name\n")}},
		{"no dates", "no column awarded_on", File{"x.csv", []byte("learner_name,achievement_name,achievement_type\nA,B,Course\n")}},
		{"quote", "quotation mark", File{"x.csv", []byte("learner_name,achievement_name,achievement_type,awarded_on\nA,\"B\"x,Course,2025-01-01\n")}},
		{"too many cells", "has 5 cells", File{"x.csv", []byte("learner_name,achievement_name,achievement_type,awarded_on\nA,B,Course,2025-01-01,more\n")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			table, err := Read(t.Context(), "", []File{tt.file}, testOptions)
			if err == nil || table != nil {
				t.Fatalf("Read gave %v, %v; want an error", table, err)
			}
			if k := record.KindOf(err); k != record.Invalid && k != record.TooLarge {
				t.Errorf("kind %v", k)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q does not say %q", err, tt.want)
			}
		})
	}
}

func TestDialects(t *testing.T) {
	const head = "learner_name;achievement_name;achievement_type;awarded_on\n"
	body := head + "Zoë;Été;course;45797\nZoë;Deux;co-curricular;03.02.2025\nZoë;Trois;Course;25.02.2025\n"
	win, utf := []byte(strings.NewReplacer("ë", "\xeb", "é", "\xe9", "É", "\xc9").Replace(body)), []byte("\xef\xbb\xbf"+body)
	var wide []byte
	for _, u := range utf16.Encode([]rune(body)) {
		wide = binary.BigEndian.AppendUint16(wide, u)
	}
	for name, data := range map[string][]byte{"utf-8": utf, "windows-1252": win, "utf-16be": append([]byte{0xFE, 0xFF}, wide...)} {
		t.Run(name, func(t *testing.T) {
			table := read(t, "csv", []File{{Name: "x.csv", Data: data}})
			var got []string
			for _, a := range table.Awards {
				got = append(got, a.Detail.AwardedOn)
			}
			if want := []string{"2025-05-20", "2025-02-03", "2025-02-25"}; !slices.Equal(got, want) {
				t.Errorf("dates %v, want %v", got, want)
			}
			if table.Learners[0].Name.Display != "Zoë" || table.Achievements[0].Body.Name != "Été" {
				t.Errorf("names %q, %q", table.Learners[0].Name.Display, table.Achievements[0].Body.Name)
			}
		})
	}
}

func TestAmbiguousDate(t *testing.T) {
	table := read(t, "csv", []File{{Name: "x.csv", Data: []byte("learner_name,achievement_name,achievement_type,awarded_on\nA,B,Course,01/02/2025\n")}})
	if len(table.Findings) != 1 || table.Findings[0].Code != "date_ambiguous" || len(table.Awards) != 0 {
		t.Errorf("findings %v, awards %v", table.Findings, table.Awards)
	}
}

// FuzzRead: whatever the bytes, there is either a table or an error, and a table's awards name learners and
// achievements that it has.
func FuzzRead(f *testing.F) {
	f.Add("x.csv", []byte("learner_name,achievement_name,achievement_type,awarded_on,grade\nA,B,Course,2025-01-01,A\n"))
	f.Add("x.xml", []byte("<CollegeTranscript><TransmissionData><DocumentID>1</DocumentID></TransmissionData></CollegeTranscript>"))
	f.Add("awards.csv", []byte("award_id,learner_id,achievement_id\n1,2,3\n"))
	f.Add("x.csv", []byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		table, err := Read(t.Context(), "", []File{{Name: name, Data: data}}, testOptions)
		if (table == nil) == (err == nil) {
			t.Fatalf("table %v, error %v", table, err)
		}
		if err != nil {
			if record.KindOf(err) == record.Internal {
				t.Fatalf("the input is blamed on us: %v", err)
			}
			return
		}
		learners, achievements := map[string]bool{}, map[string]bool{}
		for _, l := range table.Learners {
			learners[l.Key] = true
		}
		for _, a := range table.Achievements {
			achievements[a.Key] = true
		}
		for _, a := range table.Awards {
			if !learners[a.Learner] || !achievements[a.Achievement] {
				t.Fatalf("award %+v names nobody or nothing", a)
			}
		}
	})
}
