package registrar_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// office is a records office: a desk, an institution and its people.
type office struct {
	t           *testing.T
	db          *store.DB
	desk        *registrar.Desk
	institution *record.Institution
	registrar   record.Actor
	approver    record.Actor
	clock       time.Time
}

func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, db: db, clock: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)}
	o.desk = &registrar.Desk{DB: db, Keys: keys, Now: func() time.Time { return o.clock }, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	o.institution, err = o.desk.AddInstitution(t.Context(), record.System(""), record.Institution{
		Slug: "example", Name: "Example University", BaseURL: "http://127.0.0.1:8080", DID: "did:web:example-university.test", Policy: record.Policy{TwoPeople: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.registrar = record.Actor{Account: "reg", Institution: o.institution.ID, Roles: []record.Role{record.RoleRegistrar, record.RoleApprover}}
	o.approver = record.Actor{Account: "app", Institution: o.institution.ID, Roles: []record.Role{record.RoleApprover}}
	return o
}

const header = "learner_name,learner_email,learner_id,achievement_name,achievement_type,achievement_code,description,criteria,awarded_on,term,credits,grade\n"

const twoPeople = header +
	"Amara Okafor,amara@example.edu,1001,Data Science,Course,DS 101,Life cycle,Pass all labs,2025-05-20,Spring 2025,4,A-\n" +
	"Amara Okafor,amara@example.edu,1001,Statistics,Course,STAT 210,Inference,Pass the final,2025-05-21,Spring 2025,3,B\n" +
	"نور الهاشمي,noor@example.edu,1002,Peer Tutoring,CoCurricular,CO-17,Weekly tutoring,30 hours,2025-04-30,,,\n"

func upload(text string) registrar.ImportRequest {
	return registrar.ImportRequest{Files: []registrar.File{{Name: "awards.csv", Data: []byte(text)}}}
}

func (o *office) bring(text string) *registrar.Imported {
	o.t.Helper()
	got, err := o.desk.Import(o.t.Context(), o.registrar, upload(text))
	if err != nil {
		o.t.Fatal(err)
	}
	return got
}

func (o *office) approve() {
	o.t.Helper()
	if _, err := o.desk.ApproveAll(o.t.Context(), o.approver, ""); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) issue() *registrar.RunView {
	o.t.Helper()
	o.clock = o.clock.Add(time.Minute)
	run, err := o.desk.Issue(o.t.Context(), o.approver)
	if err != nil {
		o.t.Fatal(err)
	}
	if run.Failed > 0 || run.State != record.RunDone {
		o.t.Fatalf("the run is %s with %d failed: %+v", run.State, run.Failed, run.Items)
	}
	return run
}

// learner finds a learner by part of the name.
func (o *office) learner(name string) *registrar.LearnerView {
	o.t.Helper()
	found, err := o.desk.Learners(o.t.Context(), o.registrar, name, "")
	if err != nil || len(found) != 1 {
		o.t.Fatalf("%d learners are called %q: %v", len(found), name, err)
	}
	v, err := o.desk.Learner(o.t.Context(), o.registrar, found[0].ID)
	if err != nil {
		o.t.Fatal(err)
	}
	return v
}

func (o *office) award(learner, achievement string, state record.AwardState) *registrar.AwardView {
	o.t.Helper()
	for _, a := range o.learner(learner).Awards {
		if a.AchievementName == achievement && a.State == state {
			return &a
		}
	}
	o.t.Fatalf("%s has no %s award %q", learner, state, achievement)
	return nil
}

// current reads the credential in force under a path id.
func (o *office) current(pathID string) *record.Credential {
	o.t.Helper()
	var c *record.Credential
	err := o.db.View(o.t.Context(), func(tx *store.Tx) (err error) { c, err = tx.CurrentCredential(o.t.Context(), pathID); return })
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

// stranger verifies bytes with nothing but what the institution publishes.
func (o *office) stranger(b []byte) *verify.Report {
	o.t.Helper()
	return verify.Verify(o.t.Context(), b, &verify.Options{Fetcher: &store.Published{DB: o.db}, Now: o.clock})
}

func (o *office) wantVerdict(b []byte, want verify.Verdict) *verify.Report {
	o.t.Helper()
	rep := o.stranger(b)
	if rep.Verdict != want {
		text, _ := rep.JSON()
		o.t.Errorf("verdict %q, want %q: %s", rep.Verdict, want, text)
	}
	return rep
}

func TestFromFileToVerifiedRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		got := o.bring(twoPeople)
		if got.Counts.New != 3 || got.Counts.Learners != 2 || len(got.Awards) != 3 {
			t.Fatalf("import: %+v", got.Counts)
		}
		o.approve()
		run := o.issue()
		if run.Done != 2 || run.Total != 2 {
			t.Errorf("run: %d of %d", run.Done, run.Total)
		}
		amara := o.learner("Amara")
		c := o.current(amara.RecordID)
		if c.SHA256 != record.Sum(c.Bytes) || c.URI != amara.RecordURL || c.Kind != "ClrCredential" {
			t.Errorf("index columns differ from the bytes: %+v", c)
		}
		rep := o.wantVerdict(c.Bytes, verify.Verified)
		if rep.Summary.Total != 3 || rep.Kind != "ClrCredential" || rep.Issuer.ID != "did:web:example-university.test" {
			t.Errorf("report: %+v, kind %s, issuer %v", rep.Summary, rep.Kind, rep.Issuer)
		}
		for _, part := range rep.Credentials {
			if len(part.Uncovered) > 0 {
				t.Errorf("not covered by the signature: %v", part.Uncovered)
			}
		}
		tampered := strings.Replace(string(c.Bytes), `"A-"`, `"A+"`, 1)
		if tampered == string(c.Bytes) {
			t.Fatal("the grade is not in the record")
		}
		o.wantVerdict([]byte(tampered), verify.Failed)
		if n := o.audit(); n == 0 {
			t.Error("nothing was audited")
		}
	})
}

// audit checks the chain and returns its length.
func (o *office) audit() int64 {
	o.t.Helper()
	var n int64
	err := o.db.View(o.t.Context(), func(tx *store.Tx) (err error) { n, err = tx.CheckAudit(o.t.Context(), o.institution.ID); return })
	if err != nil {
		o.t.Error(err)
	}
	return n
}
