// Package registrartest is a whole records office for tests: a real database, a desk, an institution that issues, its
// people and a clock.
package registrartest

import (
	"log/slog"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/verify"
)

// Office is a records office. Its clock stands still unless it is moved.
type Office struct {
	T           testing.TB
	DB          *store.DB
	Desk        *registrar.Desk
	KeyDir      string // of the keyring's identity
	Institution *record.Institution
	Registrar   record.Actor // prepares
	Approver    record.Actor // approves
	Clock       time.Time
}

// Header is the first line of the one-sheet template, as far as the tests use it.
const Header = "learner_name,learner_email,learner_id,achievement_name,achievement_type,achievement_code,description,criteria,awarded_on,term,credits,grade\n"

// Sheet has three awards of two people.
const Sheet = Header +
	"Amara Okafor,amara@example.edu,1001,Data Science,Course,DS 101,Life cycle,Pass all labs,2025-05-20,Spring 2025,4,A-\n" +
	"Amara Okafor,amara@example.edu,1001,Statistics,Course,STAT 210,Inference,Pass the final,2025-05-21,Spring 2025,3,B\n" +
	"نور الهاشمي,noor@example.edu,1002,Peer Tutoring,CoCurricular,CO-17,Weekly tutoring,30 hours,2025-04-30,,,\n"

// New opens an office over a database.
func New(t testing.TB, db *store.DB) *Office {
	t.Helper()
	dir := t.TempDir()
	keys, err := keyring.Open(&keyring.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	o := &Office{T: t, DB: db, KeyDir: dir, Clock: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)}
	o.Desk = &registrar.Desk{DB: db, Keys: keys, Now: o.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	o.Institution, err = o.Desk.AddInstitution(t.Context(), record.System(""), record.Institution{
		Slug: "example", Name: "Example University", BaseURL: "http://127.0.0.1:8080", DID: "did:web:example-university.test", Policy: record.Policy{TwoPeople: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Registrar = record.Actor{Account: "reg", Institution: o.Institution.ID, Roles: []record.Role{record.RoleRegistrar, record.RoleApprover}}
	o.Approver = record.Actor{Account: "app", Institution: o.Institution.ID, Roles: []record.Role{record.RoleApprover}}
	return o
}

// Now tells the office's time.
func (o *Office) Now() time.Time { return o.Clock }

// Upload is a file as a request.
func Upload(text string) registrar.ImportRequest {
	return registrar.ImportRequest{Files: []registrar.File{{Name: "awards.csv", Data: []byte(text)}}}
}

// Import imports a sheet.
func (o *Office) Import(text string) *registrar.Imported {
	o.T.Helper()
	got, err := o.Desk.Import(o.T.Context(), o.Registrar, Upload(text))
	if err != nil {
		o.T.Fatal(err)
	}
	return got
}

// Issue approves everything, a minute later, and issues it.
func (o *Office) Issue() *registrar.RunView {
	o.T.Helper()
	o.Clock = o.Clock.Add(time.Minute)
	if _, err := o.Desk.ApproveAll(o.T.Context(), o.Approver, ""); err != nil {
		o.T.Fatal(err)
	}
	run, err := o.Desk.Issue(o.T.Context(), o.Approver)
	if err != nil {
		o.T.Fatal(err)
	}
	if run.Failed > 0 || run.State != record.RunDone {
		o.T.Fatalf("the run is %s with %d failed: %+v", run.State, run.Failed, run.Items)
	}
	return run
}

// Learner finds a learner by part of the name.
func (o *Office) Learner(name string) *registrar.LearnerView {
	o.T.Helper()
	found, err := o.Desk.Learners(o.T.Context(), o.Registrar, name, "")
	if err != nil || len(found) != 1 {
		o.T.Fatalf("%d learners are called %q: %v", len(found), name, err)
	}
	v, err := o.Desk.Learner(o.T.Context(), o.Registrar, found[0].ID)
	if err != nil {
		o.T.Fatal(err)
	}
	return v
}

// LearnerActor is a learner who is signed in.
func (o *Office) LearnerActor(name string) record.Actor {
	o.T.Helper()
	l := o.Learner(name)
	return record.Actor{Account: record.AccountID("of " + l.ID), Institution: o.Institution.ID, Learner: l.ID, Roles: []record.Role{record.RoleLearner}}
}

// Award finds a learner's award by its name and state.
func (o *Office) Award(learner, achievement string, state record.AwardState) *registrar.AwardView {
	o.T.Helper()
	for _, a := range o.Learner(learner).Awards {
		if a.AchievementName == achievement && a.State == state {
			return &a
		}
	}
	o.T.Fatalf("%s has no %s award %q", learner, state, achievement)
	return nil
}

// Current reads the credential in force under a path id.
func (o *Office) Current(pathID string) *record.Credential {
	o.T.Helper()
	var c *record.Credential
	err := o.DB.View(o.T.Context(), func(tx *store.Tx) (err error) { c, err = tx.CurrentCredential(o.T.Context(), pathID); return })
	if err != nil {
		o.T.Fatal(err)
	}
	return c
}

// WantVerdict verifies bytes as a stranger with nothing but what the institution publishes.
func (o *Office) WantVerdict(b []byte, want verify.Verdict) *verify.Report {
	o.T.Helper()
	rep := verify.Verify(o.T.Context(), b, &verify.Options{Fetcher: &store.Published{DB: o.DB}, Now: o.Clock})
	if rep.Verdict != want {
		text, _ := rep.JSON() // for the message alone
		o.T.Errorf("verdict %q, want %q: %s", rep.Verdict, want, text)
	}
	return rep
}

// Audit checks the audit chain and returns its length.
func (o *Office) Audit() int64 {
	o.T.Helper()
	var n int64
	err := o.DB.View(o.T.Context(), func(tx *store.Tx) (err error) { n, err = tx.CheckAudit(o.T.Context(), o.Institution.ID); return })
	if err != nil {
		o.T.Error(err)
	}
	return n
}

// WantKind fails the test when an error is of another kind.
func WantKind(t testing.TB, err error, kind record.Kind) {
	t.Helper()
	if record.KindOf(err) != kind {
		t.Errorf("got %v, want kind %q", err, kind)
	}
}
