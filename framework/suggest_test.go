package framework_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/framework"
)

var skills = &framework.Framework{Title: "Skills", Nodes: []framework.Node{
	{ID: "https://s.example/sql", Name: "SQL"}, {ID: "https://s.example/clean", Name: "Data cleaning"}, {ID: "https://s.example/viz", Name: "Data visualisation"},
	{ID: "https://s.example/c", Name: "C"}, {ID: "https://s.example/cpp", Name: "C++"}, {ID: "https://s.example/team", Name: "Teamwork"},
	{ID: "https://s.example/long", Name: "Designs and runs studies of how people at work learn from data"},
}}

func names(list []framework.Suggestion) string {
	var out []string
	for _, s := range list {
		n := s.Node.Name
		if !s.Exact {
			n = "~" + n
		}
		out = append(out, n)
	}
	return strings.Join(out, ",")
}

func TestSuggest(t *testing.T) {
	for text, want := range map[string]string{
		"We look for somebody who cleans our data. You know SQL, and teamwork is a must!": "SQL,Teamwork,~Data cleaning",
		"C++ needed": "C++",
		"Vitamin C.": "", // one letter is no word to go by
		"You will visualise what you find in the data\nand nothing else": "~Data visualisation",
		"MySQL": "",
		"Data is not the subject. Cleaning of rooms": "",
		"": "",
	} {
		if got := names(framework.Suggest(text, []*framework.Framework{skills, skills})); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	got := framework.Suggest("Nothing. Our analysts write SQL  daily.", []*framework.Framework{skills})
	if len(got) != 1 || got[0].Sentence != "Our analysts write SQL daily" || got[0].Framework != "Skills" {
		t.Errorf("%+v", got)
	}
}

func FuzzSuggest(f *testing.F) {
	f.Add("We look for somebody who cleans our data. You know SQL")
	f.Add("\xff•\xf0 C++ teamwork")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range framework.Suggest(text, []*framework.Framework{skills}) {
			if s.Sentence == "" || s.Node.ID == "" {
				t.Errorf("%q: %+v", text, s)
			}
		}
	})
}

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestZIP(t *testing.T) {
	f, err := framework.Read(zipped(t, map[string]string{
		"db/Occupation Data.txt": "O*NET-SOC Code\tTitle\tDescription\n15-2041.00\tStatisticians\tDevelop or apply theory.\n",
		"db/read me.pdf":         "not a table",
	}))
	if err != nil || len(f.Goals) != 1 || f.Goals[0].Name != "Statisticians" {
		t.Errorf("%+v, %v", f, err)
	}
	for name, data := range map[string][]byte{"nothing inside": zipped(t, nil), "cut off": []byte("PK\x03\x04xx")} {
		if _, err := framework.Read(data); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	two := zipped(t, map[string]string{"a.csv": strings.Repeat("a", 600), "b.csv": strings.Repeat("b", 600)})
	if files, err := framework.Unzip(two, 1000); err == nil {
		t.Errorf("%d files beyond the limit were unfolded", len(files))
	}
	if files, err := framework.Unzip(two, 1200); err != nil || len(files) != 2 {
		t.Errorf("%d files, %v", len(files), err)
	}
}
