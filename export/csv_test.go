package export

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/roster"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/ob"
)

func readRoster(t *testing.T, format string, files []roster.File) *roster.Table {
	t.Helper()
	table, err := roster.Read(context.Background(), format, files, &roster.Options{IRI: func(key string) string { return "https://u.example.edu/a/" + key }})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range table.Findings {
		if f.Severity == roster.SeverityError {
			t.Errorf("finding: %s", f.Say)
		}
	}
	return table
}

func rosterFiles(files []File) []roster.File {
	var out []roster.File
	for _, f := range files {
		out = append(out, roster.File{Name: f.Name, Data: f.Data})
	}
	return out
}

// recordOf assembles one learner's record of a table, as an institution would issue it, unsigned.
func recordOf(t *testing.T, table *roster.Table, l *roster.Learner) []byte {
	t.Helper()
	bodies := map[string]ob.Achievement{}
	var related []ob.Achievement
	for _, a := range table.Achievements {
		bodies[a.Key] = a.Body
		related = append(related, a.Body)
	}
	identity := []ob.IdentityObject{ob.Identity(ob.IdentifierName, l.Name.Display), ob.Identity(ob.IdentifierEmail, l.Email)}
	subject := ""
	for _, id := range l.Identifiers {
		if id.Type == "did" {
			subject = id.Value
			continue
		}
		identity = append(identity, ob.Identity(ob.IdentifierType(id.Type), id.Value))
	}
	issuer := ob.Profile{ID: "did:web:u.example.edu", Type: []string{"Profile"}, Name: "Example University"}
	var nested []json.RawMessage
	for _, a := range table.Awards {
		if a.Learner != l.Key {
			continue
		}
		body, d := bodies[a.Achievement], a.Detail
		c := ob.AchievementCredential{ID: a.Key, Type: []string{"VerifiableCredential", "AchievementCredential"}, Issuer: issuer, ValidFrom: "2026-01-01T00:00:00Z",
			AwardedDate: ob.DateTime(d.AwardedOn), ValidUntil: ob.DateTime(d.Expires), CredentialSubject: ob.AchievementSubject{Achievement: &body, Identifier: identity,
				ActivityStartDate: ob.DateTime(d.ActivityStart), ActivityEndDate: ob.DateTime(d.ActivityEnd), Role: d.Role, Term: d.Term, LicenseNumber: d.LicenseNumber, Narrative: d.Narrative}}
		s := &c.CredentialSubject
		if d.Credits != "" {
			var f float64
			if err := json.Unmarshal([]byte(d.Credits), &f); err != nil {
				t.Fatal(err)
			}
			s.CreditsEarned = &f
		}
		if d.Source != nil {
			s.Source = &ob.Profile{ID: d.Source.URL, Name: d.Source.Name, URL: d.Source.URL}
		}
		s.Result = resultsOf(a)
		for _, e := range d.Evidence {
			c.Evidence = append(c.Evidence, ob.Evidence{ID: e.URL, Name: e.Name})
		}
		b, err := ijson.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		nested = append(nested, b)
	}
	whole := clr.ClrCredential{ID: "urn:example:clr", Name: l.Name.Display, Issuer: issuer, ValidFrom: "2026-01-01T00:00:00Z",
		CredentialSubject: clr.ClrSubject{ID: subject, Identifier: identity, VerifiableCredential: nested, Achievement: related}}
	for _, a := range table.Associations {
		whole.CredentialSubject.Association = append(whole.CredentialSubject.Association, clr.Relate(a.Source, clr.AssociationType(a.Type), a.Target))
	}
	b, err := whole.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// resultsOf are an award's results; its status stands in the first.
func resultsOf(a roster.Award) []ob.Result {
	var out []ob.Result
	for _, r := range a.Detail.Results {
		out = append(out, ob.Result{ResultDescription: r.Description, Value: r.Value, AchievedLevel: r.AchievedLevel, Status: ob.ResultStatusType(r.Status)})
	}
	if status := ob.ResultStatusType(a.Detail.Status); status != "" {
		if len(out) == 0 {
			out = []ob.Result{{}}
		}
		out[0].Status = status
	}
	return out
}

// plain is a table without the places that its cells came from, of one learner, and without what a credential has no
// member for.
func plain(table *roster.Table, learner string) *roster.Table {
	out := &roster.Table{}
	for _, l := range table.Learners {
		if l.Key == learner {
			l.File, l.Row, l.Language, l.Guardian, l.Name.Given, l.Name.Family = "", 0, "", "", "", ""
			out.Learners = append(out.Learners, l)
		}
	}
	for _, a := range table.Achievements {
		a.File, a.Row, a.Generated = "", 0, nil
		out.Achievements = append(out.Achievements, a)
	}
	for _, a := range table.Associations {
		a.File, a.Row = "", 0
		out.Associations = append(out.Associations, a)
	}
	for _, a := range table.Awards {
		if a.Learner == learner {
			a.File, a.Row = "", 0
			for i := range a.Detail.Results {
				a.Detail.Results[i].Name = ""
			}
			out.Awards = append(out.Awards, a)
		}
	}
	return out
}

// TestCSVRoundTrip: the template's sample, issued as records and exported again, gives the same neutral table.
func TestCSVRoundTrip(t *testing.T) {
	var files []roster.File
	for _, f := range csvColumns {
		files = append(files, roster.File{Name: f.name + ".csv", Data: vectors.Sample(t, "csv-template/"+f.name+".csv")})
	}
	table := readRoster(t, "csv-full", files)
	if len(table.Learners) < 3 || len(table.Awards) < 2 {
		t.Fatalf("%d learners, %d awards", len(table.Learners), len(table.Awards))
	}
	for i := range table.Learners {
		l := &table.Learners[i]
		res := export(t, "csv", recordOf(t, table, l), nil)
		for _, loss := range res.Losses {
			t.Errorf("%s: %s: %s", l.Key, loss.Item, loss.Message)
		}
		again := readRoster(t, "csv-full", rosterFiles(res.Files))
		want, got := plain(table, l.Key), plain(again, l.Key)
		order(want)
		order(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", l.Key, diff)
		}
	}
}

// order puts achievements in one order: a record names those that the learner earned first.
func order(table *roster.Table) {
	by := map[string]roster.Achievement{}
	var keys []string
	for _, a := range table.Achievements {
		by[a.Key] = a
		keys = append(keys, a.Key)
	}
	slices.Sort(keys)
	table.Achievements = nil
	for _, k := range keys {
		table.Achievements = append(table.Achievements, by[k])
	}
}

// TestCSVStands: our record in full exports to files that read without an error and export to the same table again.
func TestCSVStands(t *testing.T) {
	table := readRoster(t, "csv-full", rosterFiles(export(t, "csv", testdata(t, "record.json"), nil).Files))
	if len(table.Learners) != 1 || table.Learners[0].Key != "20230001" || len(table.Awards) != 12 {
		t.Fatalf("%d learners, %d awards", len(table.Learners), len(table.Awards))
	}
	for _, a := range table.Awards {
		if strings.HasSuffix(a.Key, "/intern") && (a.Detail.Source == nil || a.Detail.Source.Name != "City Transit") {
			t.Errorf("what another issued has the source %+v", a.Detail.Source)
		}
	}
	again := readRoster(t, "csv-full", rosterFiles(export(t, "csv", recordOf(t, table, &table.Learners[0]), nil).Files))
	want, got := plain(table, "20230001"), plain(again, "20230001")
	order(want)
	order(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOneSheet(t *testing.T) {
	res := export(t, "csv", testdata(t, "record.json"), &Options{OneSheet: true})
	table := readRoster(t, "csv", rosterFiles(res.Files))
	if len(table.Learners) != 1 || len(table.Awards) != 10 {
		t.Errorf("%d learners, %d awards", len(table.Learners), len(table.Awards))
	}
	golden(t, filepath.Join("golden", "csv-sheet.awards.csv"), res.Files[0].Data)
}

// TestSharedIDs: records exist in which one id stands for several achievements; one row is never two of them.
func TestSharedIDs(t *testing.T) {
	res := export(t, "csv", vectors.Sample(t, "clr-2.0/complex.json"), nil)
	rows, err := csv.NewReader(strings.NewReader(string(res.Files[0].Data))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		if seen[row[0]] {
			t.Errorf("%s is two rows", row[0])
		}
		seen[row[0]] = true
	}
	if len(res.Losses) == 0 {
		t.Error("nothing is said about it")
	}
}

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{"": "", "A-": "A-", "-3.5": "-3.5", "+1": "+1", "=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "-cmd|' /C calc'!A0": "'-cmd|' /C calc'!A0",
		"\tx": "'\tx", " =x": "' =x", "＝x": "'＝x", "https://a": "https://a", "a=b": "a=b"} {
		if got := guard(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	for _, f := range export(t, "csv", testdata(t, "record.json"), nil).Files {
		rows, err := csv.NewReader(strings.NewReader(string(f.Data))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != guard(cell) {
					t.Errorf("%s has the cell %q", f.Name, cell)
				}
			}
		}
	}
}
