package employer_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/notary"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/verify"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var nobody record.Actor // an employer has no account

func office(t *testing.T) (*registrartest.Office, *employer.Desk) {
	t.Helper()
	db := storetest.SQLite(t)
	o := registrartest.New(t, db)
	o.Import(registrartest.Sheet)
	o.Issue()
	return o, &employer.Desk{DB: db, Now: o.Now}
}

// dataScience is the credential of that course, which the learner's record carries.
func dataScience(o *registrartest.Office) []byte {
	o.T.Helper()
	doc, err := ijson.Parse(o.Current(o.Learner("Amara").RecordID).Bytes, nil)
	if err != nil {
		o.T.Fatal(err)
	}
	for v := range doc.Root().At("/credentialSubject/verifiableCredential").Elements() {
		if v.Get("name").Text() == "Data Science" {
			return v.Raw()
		}
	}
	o.T.Fatal("the record has no Data Science")
	return nil
}

// TestHistoryOfOurOwn: for the lists that this server keeps it is known since when an entry is as it is.
func TestHistoryOfOurOwn(t *testing.T) {
	o, d := office(t)
	award := o.Award("Amara", "Data Science", record.AwardIssued)
	signed := dataScience(o)
	issued := o.Clock
	want := func(on time.Time, code string, verdict verify.Verdict) {
		t.Helper()
		got, err := d.VerifyOn(t.Context(), nobody, signed, on)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := got.Report.Find(code); !ok || got.Report.Verdict != verdict {
			t.Errorf("on %v: %s with %+v, want %s with %s", on, got.Report.Verdict, got.Report.Findings, verdict, code)
		}
	}
	o.Clock = issued.AddDate(0, 1, 0)
	want(issued.AddDate(0, 0, 5), "history.good", verify.Verified)
	if err := o.Desk.Revoke(t.Context(), o.Registrar, award.ID, "issued by mistake"); err != nil {
		t.Fatal(err)
	}
	revoked := o.Clock
	o.Clock = o.Clock.AddDate(0, 1, 0)
	want(revoked.AddDate(0, 0, -1), "history.good", verify.Failed)
	want(revoked.AddDate(0, 0, 1), "history.withdrawn", verify.Failed)
	want(issued.AddDate(-1, 0, 0), "history.not-begun", verify.Failed)
	if got, err := d.Verify(t.Context(), nobody, signed); err != nil {
		t.Error(err)
	} else if _, told := got.Report.Find("history.good"); told {
		t.Error("a day is told of that nobody asked about")
	}
}

// TestPasscode: a wrong passcode opens nothing and is counted; after ten the link stays shut, for the right one too.
func TestPasscode(t *testing.T) {
	o, d := office(t)
	own := &learner.Desk{DB: o.DB, Now: o.Now}
	made, err := own.Share(t.Context(), o.LearnerActor("Amara"), learner.ShareRequest{Whole: true, Passcode: "open sesame", AllowDownload: false})
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := d.Open(t.Context(), nobody, made.Token, "open sesame"); err != nil || opened.Report.Verdict != verify.Verified {
		t.Fatalf("%+v, %v", opened, err)
	}
	_, err = d.Take(t.Context(), nobody, made.Token, "open sesame")
	registrartest.WantKind(t, err, record.Forbidden)
	_, err = d.Download(t.Context(), nobody, made.Token, "open sesame", 0)
	registrartest.WantKind(t, err, record.Forbidden)
	for range 10 {
		_, err := d.Open(t.Context(), nobody, made.Token, "wrong")
		registrartest.WantKind(t, err, record.Forbidden)
	}
	_, err = d.Open(t.Context(), nobody, made.Token, "open sesame")
	registrartest.WantKind(t, err, record.Unavailable)
	_, err = d.Open(t.Context(), nobody, strings.Repeat("A", 1000), "")
	registrartest.WantKind(t, err, record.NotFound)
}

// TestReport: what was found is signed by the server and by nobody else, can be checked later, names no person, and breaks
// when a word of it is changed.
func TestReport(t *testing.T) {
	o, d := office(t)
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	own := &notary.Notary{DB: o.DB, Keys: keys, BaseURL: "https://checks.example", Now: o.Now}
	signed := dataScience(o)
	checked, err := d.Verify(t.Context(), nobody, signed)
	if err != nil {
		t.Fatal(err)
	}
	docs := []employer.Document{{Bytes: signed, Report: checked.Report}}
	_, err = d.Attest(t.Context(), docs, checked.CheckedAt)
	registrartest.WantKind(t, err, record.Unavailable)
	d.Notary = own
	report, err := d.Attest(t.Context(), docs, checked.CheckedAt)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Amara", "amara@example.edu"} {
		if bytes.Contains(report, []byte(name)) {
			t.Errorf("the report names %s", name)
		}
	}
	if !bytes.Contains(report, []byte(record.Sum(signed))) {
		t.Error("the report does not say by its hash what was checked")
	}
	o.Clock = o.Clock.AddDate(5, 0, 0)
	opts := &verify.Options{Fetcher: own.Over(nil), Now: o.Clock}
	if rep := verify.Verify(t.Context(), report, opts); rep.Verdict != verify.Verified || rep.Issuer.ID != "did:web:checks.example:verifier" {
		t.Errorf("%s by %s: %+v", rep.Verdict, rep.Issuer.ID, rep.Findings)
	}
	changed := bytes.Replace(report, []byte(`"verdict":"verified"`), []byte(`"verdict":"failed"`), 1)
	if rep := verify.Verify(t.Context(), changed, opts); bytes.Equal(changed, report) || rep.Verdict != verify.Failed {
		t.Errorf("a changed report is %s", rep.Verdict)
	}
}

// TestOccupations: a folder of O*NET's tables and a CTDL file are there to choose from, and are found by name and code.
func TestOccupations(t *testing.T) {
	root := vectors.Root(t)
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "onet"), os.DirFS(filepath.Join(root, "samples", "onet"))); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(root, "samples", "esco", "occupation-skills-wood-factory-manager.json"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "wood.json"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	held, err := employer.ReadOccupations(dir)
	if err != nil || len(held) != 2 {
		t.Fatalf("%d, %v", len(held), err)
	}
	o, d := office(t)
	d.Frameworks = held
	all, _, err := d.Goals(t.Context(), "")
	if err != nil || len(all) < 2 {
		t.Fatalf("%v, %v", all, err)
	}
	wood, _, err := d.Goals(t.Context(), " Wood Factory ")
	if err != nil || len(wood) != 1 {
		t.Fatalf("%v, %v", wood, err)
	}
	signed := dataScience(o)
	checked, err := d.Verify(t.Context(), nobody, signed)
	if err != nil {
		t.Fatal(err)
	}
	one := employer.Candidate{Name: "first", Docs: []employer.Document{{Bytes: signed, Report: checked.Report}}}
	got, err := d.Compare(t.Context(), nobody, []employer.Candidate{one, {Name: "second"}}, employer.Ask{Goal: wood[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) == 0 || len(got.Rows[0].Cells) != 2 || got.Profile.Name != wood[0].Name || got.Profile.SHA256 == "" {
		t.Errorf("%+v", got.Profile)
	}
	if none, more, err := d.Goals(t.Context(), "no such occupation"); len(none) > 0 || more || err != nil {
		t.Errorf("%v, %v, %v", none, more, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "broken.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := employer.ReadOccupations(dir); err == nil || !strings.Contains(err.Error(), "broken.json") {
		t.Errorf("a broken file: %v", err)
	}
	if none, err := employer.ReadOccupations(""); none != nil || err != nil {
		t.Errorf("no folder: %v, %v", none, err)
	}
}
