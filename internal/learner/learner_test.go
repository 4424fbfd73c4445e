package learner_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var wantKind = registrartest.WantKind

// campus is an office whose records are issued, with a learner's desk and an employer's.
type campus struct {
	*registrartest.Office
	desk     *learner.Desk
	employer *employer.Desk
	amara    record.Actor
	noor     record.Actor
}

func newCampus(t *testing.T, db *store.DB) *campus {
	t.Helper()
	o := registrartest.New(t, db)
	o.Import(registrartest.Sheet)
	o.Issue()
	return &campus{Office: o, desk: &learner.Desk{DB: db, Now: o.Now}, employer: &employer.Desk{DB: db, Now: o.Now},
		amara: o.LearnerActor("Amara"), noor: o.LearnerActor("نور")}
}

func (c *campus) mine(actor record.Actor) *learner.MyRecord {
	c.T.Helper()
	m, err := c.desk.MyRecord(c.T.Context(), actor)
	if err != nil {
		c.T.Fatal(err)
	}
	return m
}

func (c *campus) share(actor record.Actor, req learner.ShareRequest) *learner.NewShare {
	c.T.Helper()
	s, err := c.desk.Share(c.T.Context(), actor, req)
	if err != nil {
		c.T.Fatal(err)
	}
	return s
}

func TestMyRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := newCampus(t, db)
		m := c.mine(c.amara)
		if m.Credential == nil || m.Report.Verdict != verify.Verified || len(m.Items) != 2 {
			t.Fatalf("record: %+v, %d items", m.Report, len(m.Items))
		}
		for _, item := range m.Items {
			if item.Report.Verdict != verify.Verified || item.Type != "Course" || item.State != record.CredentialCurrent {
				t.Errorf("item %+v: %s", item, item.Report.Verdict)
			}
		}
		if got := m.Items[0].Result + m.Items[1].Result; got != "A-B" && got != "BA-" {
			t.Errorf("results %q", got)
		}
		for name, actor := range map[string]record.Actor{"a stranger": {}, "staff": c.Registrar, "a learner of nobody": {Account: "x", Institution: c.Institution.ID, Roles: []record.Role{record.RoleLearner}}} {
			if _, err := c.desk.MyRecord(t.Context(), actor); record.KindOf(err) != record.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestWhoMayFetch(t *testing.T) {
	c := newCampus(t, storetest.SQLite(t))
	id := c.Learner("Amara").RecordID
	for name, v := range map[string]struct {
		actor record.Actor
		want  record.Kind
	}{
		"the learner": {c.amara, ""}, "staff": {c.Approver, ""},
		"another learner": {c.noor, record.NotFound}, "a stranger": {record.Actor{}, record.NotFound},
		"staff of another institution": {record.Actor{Account: "x", Institution: "other", Roles: []record.Role{record.RoleRegistrar}}, record.NotFound},
	} {
		got, err := c.desk.Fetch(t.Context(), v.actor, id)
		if record.KindOf(err) != v.want || err == nil && record.Sum(got.Bytes) != got.SHA256 {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := c.desk.Fetch(t.Context(), c.amara, "no-such-record")
	wantKind(t, err, record.NotFound)
	i, err := c.Desk.Institution(t.Context(), c.Registrar)
	if err != nil {
		t.Fatal(err)
	}
	i.Policy.OpenRecords = true
	if _, err := c.Desk.ChangeProfile(t.Context(), c.Registrar, registrar.ProfileChange{Name: i.Name, Profile: i.Profile, Policy: i.Policy, Version: i.Version}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.desk.Fetch(t.Context(), record.Actor{}, id); err != nil {
		t.Errorf("open records, a stranger: %v", err)
	}
}

func TestShares(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		m := c.mine(c.amara)
		one := c.share(c.amara, learner.ShareRequest{Items: []string{m.Items[0].Ref, m.Items[0].Ref}, Label: "City Transit", Audience: "HR", Note: "hello", ExpiresAt: c.Clock.Add(24 * time.Hour)})
		whole := c.share(c.amara, learner.ShareRequest{Whole: true, AllowDownload: true})
		if len(one.Token) < 26 || !strings.HasSuffix(one.URL, "/shares/"+one.Token) {
			t.Errorf("token %q, address %q", one.Token, one.URL)
		}
		open := func(token string) *employer.Opened {
			t.Helper()
			got, err := c.employer.Open(ctx, record.Actor{}, token, "")
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		got := open(one.Token)
		if len(got.Documents) != 1 || got.Documents[0].URI != m.Items[0].URI || got.Report.Verdict != verify.Verified || got.Learner != "Amara Okafor" {
			t.Errorf("opened: %d documents, %s, for %q", len(got.Documents), got.Report.Verdict, got.Learner)
		}
		if strings.Contains(string(got.Documents[0].Bytes), m.Items[1].URI) || strings.Contains(string(got.Documents[0].Bytes), c.Learner("Amara").RecordID) {
			t.Error("the share leads to what was not chosen")
		}
		if got := open(whole.Token); got.Report.Summary.Total != 3 || got.Report.Verdict != verify.Verified || got.Learner != "Amara Okafor" {
			t.Errorf("the whole record: %+v", got.Report.Summary)
		}
		_, err := c.employer.Download(ctx, record.Actor{}, one.Token, "", 0)
		wantKind(t, err, record.Forbidden)
		if doc, err := c.employer.Download(ctx, record.Actor{}, whole.Token, "", 0); err != nil || record.Sum(doc.Bytes) != m.Credential.SHA256 {
			t.Errorf("download: %v", err)
		}
		_, err = c.employer.Download(ctx, record.Actor{}, whole.Token, "", 1)
		wantKind(t, err, record.NotFound)
		views, err := c.desk.Shares(ctx, c.amara)
		if err != nil || len(views) != 2 {
			t.Fatalf("%d shares, %v", len(views), err)
		}
		for _, v := range views {
			if v.TokenHash != "" || v.State != "open" {
				t.Errorf("view: %+v", v)
			}
			want := 1
			if v.Whole {
				want = 3 // opened, downloaded, and once asked for a document that is not there
			}
			if v.Share.Openings != want || len(v.Openings) != want {
				t.Errorf("%q was looked at %d times, want %d", v.Label, v.Share.Openings, want)
			}
		}
		wantKind(t, c.desk.RevokeShare(ctx, c.noor, one.ID), record.NotFound)
		for range 2 {
			if err := c.desk.RevokeShare(ctx, c.amara, one.ID); err != nil {
				t.Fatal(err)
			}
		}
		_, err = c.employer.Open(ctx, record.Actor{}, one.Token, "")
		if wantKind(t, err, record.Gone); record.CodeOf(err) != "share.revoked" {
			t.Errorf("code %q", record.CodeOf(err))
		}
		err = db.View(ctx, func(tx *store.Tx) error {
			items, err := tx.ShareItems(ctx, one.ID)
			if len(items) != 0 {
				t.Error("the bytes of a revoked share are still there")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Audit()
	})
}

func TestSharesRunOut(t *testing.T) {
	c := newCampus(t, storetest.SQLite(t))
	s := c.share(c.amara, learner.ShareRequest{Whole: true, ExpiresAt: c.Clock.Add(time.Hour)})
	c.Clock = c.Clock.Add(time.Hour)
	_, err := c.employer.Open(t.Context(), record.Actor{}, s.Token, "")
	if wantKind(t, err, record.Gone); record.CodeOf(err) != "share.expired" {
		t.Errorf("code %q", record.CodeOf(err))
	}
	for _, token := range []string{"", "x", strings.Repeat("A", 26), strings.Repeat("A", 1<<20), "' OR 1=1 --", "\x00", s.TokenHash} {
		_, err := c.employer.Open(t.Context(), record.Actor{}, token, "")
		if wantKind(t, err, record.NotFound); record.CodeOf(err) != "share.unknown" {
			t.Errorf("code %q", record.CodeOf(err))
		}
	}
}

func TestPasscodes(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	s := c.share(c.amara, learner.ShareRequest{Whole: true, Passcode: "tulip"})
	try := func(passcode string) string {
		t.Helper()
		_, err := c.employer.Open(ctx, record.Actor{}, s.Token, passcode)
		if err == nil {
			return "open"
		}
		return record.CodeOf(err)
	}
	for n, v := range [][2]string{{"", "share.passcode"}, {"rose", "share.passcode"}, {"tulip", "open"}} {
		if got := try(v[0]); got != v[1] {
			t.Errorf("try %d: %q, want %q", n, got, v[1])
		}
	}
	for range 10 {
		if got := try("rose"); got != "share.passcode" {
			t.Fatalf("got %q", got)
		}
	}
	if got := try("tulip"); got != "share.locked" {
		t.Errorf("after ten wrong ones: %q, want the link shut", got)
	}
}

func TestWhatMayNotBeShared(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	ref := c.mine(c.amara).Items[0].Ref
	for name, v := range map[string]struct {
		actor record.Actor
		req   learner.ShareRequest
		want  record.Kind
	}{
		"nothing":            {c.amara, learner.ShareRequest{}, record.Invalid},
		"another's":          {c.noor, learner.ShareRequest{Items: []string{ref}}, record.NotFound},
		"what is not there":  {c.amara, learner.ShareRequest{Items: []string{"x"}}, record.NotFound},
		"by staff":           {c.Registrar, learner.ShareRequest{Whole: true}, record.NotFound},
		"in the past":        {c.amara, learner.ShareRequest{Whole: true, ExpiresAt: c.Clock}, record.Invalid},
		"a short passcode":   {c.amara, learner.ShareRequest{Whole: true, Passcode: "abc"}, record.Invalid},
		"a book":             {c.amara, learner.ShareRequest{Whole: true, Note: strings.Repeat("x", 5000)}, record.Invalid},
		"more than there is": {c.amara, learner.ShareRequest{Items: make([]string, 2000)}, record.TooLarge},
	} {
		if _, err := c.desk.Share(ctx, v.actor, v.req); record.KindOf(err) != v.want {
			t.Errorf("%s: %v, want kind %q", name, err, v.want)
		}
	}
	err := c.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, c.noor.Learner)
		if err != nil {
			return err
		}
		l.Guardian = true
		return tx.ChangeLearner(ctx, l)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.desk.Share(ctx, c.noor, learner.ShareRequest{Whole: true})
	wantKind(t, err, record.Forbidden)
}

func TestTwoTabsDoNotLoseEachOthersWork(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	s := c.share(c.amara, learner.ShareRequest{Whole: true, Label: "first"})
	if err := c.desk.ChangeShare(ctx, c.amara, s.ID, s.Version, learner.ShareChange{Label: "one tab"}); err != nil {
		t.Fatal(err)
	}
	wantKind(t, c.desk.ChangeShare(ctx, c.amara, s.ID, s.Version, learner.ShareChange{Label: "other tab"}), record.Conflict)
}

// TestExportVerifiesAlone: with nothing but the ZIP.
func TestExportVerifiesAlone(t *testing.T) {
	c := newCampus(t, storetest.SQLite(t))
	out, err := c.desk.Export(t.Context(), c.amara, &learner.ExportWords{Lang: "en", Readme: "Read me", Title: "My record"})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes), int64(len(out.Bytes)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	index, err := ijson.Parse(files["documents.json"], nil)
	if err != nil {
		t.Fatal(err)
	}
	docs := fetch.Static{}
	for url, name := range index.Root().Members() {
		docs[url] = files[name.Text()]
	}
	rep := verify.Verify(t.Context(), files["record.json"], &verify.Options{Fetcher: docs, Now: c.Clock})
	if rep.Verdict != verify.Verified || rep.Summary.Total != 3 {
		text, _ := rep.JSON() // for the message alone
		t.Errorf("the export: %s", text)
	}
}

func TestVerifyAnything(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	b := c.Current(c.Learner("Amara").RecordID).Bytes
	if got, err := c.employer.Verify(ctx, record.Actor{}, b); err != nil || got.Report.Verdict != verify.Verified {
		t.Errorf("a good record: %v", err)
	}
	for _, junk := range []string{"{", "null", "\x00\xff", "<svg>", strings.Repeat("[", 1<<16), "a.b.c"} {
		got, err := c.employer.Verify(ctx, record.Actor{}, []byte(junk))
		if err != nil || got.Report.Verdict == verify.Verified {
			t.Errorf("%.10q: %v", junk, err)
		}
	}
	_, err := c.employer.Verify(ctx, record.Actor{}, nil)
	wantKind(t, err, record.Invalid)
	_, err = c.employer.Verify(ctx, record.Actor{}, make([]byte, verify.MaxBytes+1))
	wantKind(t, err, record.TooLarge)
}
