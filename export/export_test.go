package export

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

var update = flag.Bool("update", false, "write the golden files anew")

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", name), got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(testdata(t, name)), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func record(t testing.TB, data []byte) *Record {
	t.Helper()
	r, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func export(t testing.TB, format string, data []byte, opts *Options) *Result {
	t.Helper()
	res, err := Export(format, record(t, data), opts)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestGolden holds every format to its golden files: everything ticked, and what is lost.
func TestGolden(t *testing.T) {
	everything := &Options{Person: true, Contact: true, Evidence: true, Link: "https://u.example.edu/shares/abc", CreditUnit: "ECTS"}
	for _, f := range Formats {
		t.Run(f.Name, func(t *testing.T) {
			res := export(t, f.Name, testdata(t, "record.json"), everything)
			for _, file := range res.Files {
				golden(t, "golden/"+f.Name+"."+file.Name, file.Data)
			}
			var losses strings.Builder
			for _, l := range res.Losses {
				losses.WriteString(l.Item + ": " + l.Message + "\n")
			}
			golden(t, "golden/"+f.Name+".losses.txt", []byte(losses.String()))
		})
	}
}

// TestSamples exports every record and badge at hand in every format: no error but a reason, no panic, JSON throughout.
func TestSamples(t *testing.T) {
	n := 0
	for _, folder := range []string{"clr-2.0", "openbadges-3.0"} {
		files, err := filepath.Glob(filepath.Join(vectors.Root(t), "samples", folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Read(data)
			if err != nil {
				continue
			}
			for _, f := range Formats {
				res, err := Export(f.Name, r, nil)
				if err != nil {
					if f.Name != "elm" || !strings.Contains(err.Error(), "no completed achievement") {
						t.Errorf("%s as %s: %v", filepath.Base(name), f.Name, err)
					}
					continue
				}
				n++
				for _, file := range res.Files {
					if strings.Contains(file.ContentType, "json") {
						if _, err := ijson.Parse(file.Data, nil); err != nil {
							t.Errorf("%s as %s: %v", filepath.Base(name), f.Name, err)
						}
					}
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("%d exports only", n)
	}
}

// TestLeast: without being ticked, no name, address or evidence goes where the format does not need it.
func TestLeast(t *testing.T) {
	for _, f := range []string{"jsonresume", "schemaorg"} {
		for _, file := range export(t, f, testdata(t, "badge.json"), nil).Files {
			for _, private := range []string{"Okafor", "amara@", "20230001", "portfolio"} {
				if bytes.Contains(file.Data, []byte(private)) {
					t.Errorf("%s holds %q", f, private)
				}
			}
		}
	}
}

// TestNothingAgainstAPerson: what was failed is in no format but the issuer's own files and the signed whole.
func TestNothingAgainstAPerson(t *testing.T) {
	for _, f := range []string{"lerrs", "jsonresume", "elm", "schemaorg"} {
		for _, file := range export(t, f, testdata(t, "record.json"), nil).Files {
			if bytes.Contains(file.Data, []byte("Statistics II")) {
				t.Errorf("%s tells a failed course", f)
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := Export("pesc", record(t, testdata(t, "badge.json")), nil); err == nil || !strings.Contains(err.Error(), "lerrs, jsonresume") {
		t.Errorf("error %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, in := range []string{"", "{", "[]", `{"type":"Assertion"}`, `{"type":"VerifiableCredential"}`, "a.b.c"} {
		if _, err := Read([]byte(in)); err == nil || !strings.HasPrefix(err.Error(), "export: ") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestZip(t *testing.T) {
	files := export(t, "csv", testdata(t, "record.json"), nil).Files
	a, err := Zip(files)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Zip(files)
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("two packs differ (%v)", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"record.json", "badge.json"} {
		f.Add(testdata(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(data)
		if err != nil {
			if r != nil {
				t.Fatal("a record beside an error")
			}
			return
		}
		for _, format := range Formats {
			res, err := Export(format.Name, r, &Options{Person: true, Contact: true, Evidence: true})
			if err != nil {
				continue
			}
			for _, file := range res.Files {
				if strings.Contains(file.ContentType, "json") {
					if _, err := ijson.Parse(file.Data, nil); err != nil {
						t.Fatalf("%s: %v", format.Name, err)
					}
				}
			}
		}
	})
}
