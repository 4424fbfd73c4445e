package registrar_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

func TestTwoPairsOfEyes(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	a := o.Award("Amara", "Statistics", record.AwardDraft)
	wantKind(t, o.Desk.Approve(ctx, o.Registrar, []record.AwardID{a.ID}), record.Forbidden)
	if n, err := o.Desk.ApproveAll(ctx, o.Registrar, ""); n != 0 || err != nil {
		t.Errorf("the preparer approved %d, %v", n, err)
	}
	// All or none: one that may be and one that is not there.
	wantKind(t, o.Desk.Approve(ctx, o.Approver, []record.AwardID{a.ID, "x"}), record.NotFound)
	o.Award("Amara", "Statistics", record.AwardDraft)
	if err := o.Desk.Approve(ctx, o.Approver, []record.AwardID{a.ID}); err != nil {
		t.Fatal(err)
	}
	wantKind(t, o.Desk.Approve(ctx, o.Approver, []record.AwardID{a.ID}), record.Conflict)
	got := o.Award("Amara", "Statistics", record.AwardApproved)
	if got.PreparedBy != "reg" || got.ApprovedBy != "app" || got.ApprovedAt != o.Clock {
		t.Errorf("prepared by %s, approved by %s at %s", got.PreparedBy, got.ApprovedBy, got.ApprovedAt)
	}
	// What was approved and then changed in the source must be approved again.
	o.Import(strings.Replace(registrartest.Sheet, "3,B", "3,C", 1))
	if again := o.Award("Amara", "Statistics", record.AwardDraft); again.ApprovedBy != "" || again.Result != "C" {
		t.Errorf("after the change: %+v", again)
	}
	i, err := o.Desk.Institution(ctx, o.Registrar)
	if err != nil {
		t.Fatal(err)
	}
	change := registrar.ProfileChange{Name: i.Name, Profile: i.Profile, Version: i.Version}
	if _, err := o.Desk.ChangeProfile(ctx, o.Registrar, change); err != nil {
		t.Fatal(err)
	}
	if n, err := o.Desk.ApproveAll(ctx, o.Registrar, ""); n != 3 || err != nil {
		t.Errorf("where one person may do both: %d approved, %v", n, err)
	}
	_, err = o.Desk.ChangeProfile(ctx, o.Registrar, change)
	wantKind(t, err, record.Conflict) // the version that was read is no more
}

func TestTwoPeopleEditOneDraft(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	a := o.Award("Amara", "Statistics", record.AwardDraft)
	detail := a.Detail
	detail.Narrative = "one"
	if _, err := o.Desk.ChangeDraft(ctx, o.Registrar, a.ID, registrar.DraftChange{Detail: detail, Version: a.Version}); err != nil {
		t.Fatal(err)
	}
	detail.Narrative = "other"
	_, err := o.Desk.ChangeDraft(ctx, o.Registrar, a.ID, registrar.DraftChange{Detail: detail, Version: a.Version})
	wantKind(t, err, record.Conflict)
	detail.AwardedOn = "2025-02-30"
	_, err = o.Desk.ChangeDraft(ctx, o.Registrar, a.ID, registrar.DraftChange{Detail: detail, Version: a.Version + 1})
	wantKind(t, err, record.Invalid)
	detail.AwardedOn, detail.Expires = "2025-05-20", "2025-05-19"
	_, err = o.Desk.ChangeDraft(ctx, o.Registrar, a.ID, registrar.DraftChange{Detail: detail, Version: a.Version + 1})
	wantKind(t, err, record.Invalid)
}

func TestRevoke(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		o.Issue()
		a := o.Award("Amara", "Statistics", record.AwardIssued)
		own, wrapper := o.Current(a.CredentialID), o.Current(o.Learner("Amara").RecordID)
		wantKind(t, o.Desk.Revoke(ctx, o.Registrar, a.ID, " "), record.Invalid)
		wantKind(t, o.Desk.Revoke(ctx, o.Approver, a.ID, "no right"), record.Forbidden)
		if e, err := o.Desk.Effect(ctx, o.Registrar, a.ID); err != nil || e.Credentials != 1 || e.Shares != 0 {
			t.Errorf("effect: %+v, %v", e, err)
		}
		if err := o.Desk.Revoke(ctx, o.Registrar, a.ID, "Entered for the wrong person."); err != nil {
			t.Fatal(err)
		}
		if _, ok := o.WantVerdict(own.Bytes, verify.Failed).Find("status.revoked"); !ok {
			t.Error("the credential is not said to be revoked")
		}
		o.WantVerdict(wrapper.Bytes, verify.Failed)
		wantKind(t, o.Desk.Revoke(ctx, o.Registrar, a.ID, "again"), record.Conflict)
		wantKind(t, o.Desk.Reinstate(ctx, o.Registrar, a.ID, "back"), record.Conflict)
		if err := o.Desk.Work(ctx); err != nil {
			t.Fatal(err)
		}
		if rep := o.WantVerdict(o.Current(o.Learner("Amara").RecordID).Bytes, verify.Verified); rep.Summary.Total != 2 {
			t.Errorf("the new record holds %d credentials", rep.Summary.Total-1)
		}
		if n := o.Import(registrartest.Sheet).Counts; n.Unchanged != 3 {
			t.Errorf("a revoked row comes back: %+v", n)
		}
		// Everything revoked: there is no record any more.
		if err := o.Desk.Revoke(ctx, o.Registrar, o.Award("Amara", "Data Science", record.AwardIssued).ID, "all wrong"); err != nil {
			t.Fatal(err)
		}
		if err := o.Desk.Work(ctx); err != nil {
			t.Fatal(err)
		}
		if l := o.Learner("Amara"); l.RecordURL != "" {
			t.Errorf("there is still a record at %s", l.RecordURL)
		}
		o.Audit()
	})
}

func TestSuspendAndReinstate(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	o.Issue()
	a := o.Award("Amara", "Statistics", record.AwardIssued)
	own := o.Current(a.CredentialID)
	if err := o.Desk.Suspend(ctx, o.Registrar, a.ID, "under review"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, o.Desk.Suspend(ctx, o.Registrar, a.ID, "under review"), record.Conflict)
	o.WantVerdict(own.Bytes, verify.Failed)
	// A suspended award does not stop the record from growing.
	o.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,Ethics,Course,ETH 1,About,Pass,2025-06-01,,1,A\n")
	o.Issue()
	if err := o.Desk.Reinstate(ctx, o.Registrar, a.ID, "cleared"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, o.Desk.Reinstate(ctx, o.Registrar, a.ID, "cleared"), record.Conflict)
	o.WantVerdict(own.Bytes, verify.Verified)
	if rep := o.WantVerdict(o.Current(o.Learner("Amara").RecordID).Bytes, verify.Verified); rep.Summary.Total != 4 {
		t.Errorf("the record holds %d credentials", rep.Summary.Total-1)
	}
}

func TestCorrectByHand(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	o.Issue()
	a := o.Award("Amara", "Statistics", record.AwardIssued)
	detail := a.Detail
	detail.Narrative = "With distinction."
	_, err := o.Desk.Correct(ctx, o.Registrar, a.ID, detail, "")
	wantKind(t, err, record.Invalid)
	draft, err := o.Desk.Correct(ctx, o.Registrar, a.ID, detail, "the distinction was left out")
	if err != nil || draft.Replaces != a.ID || draft.CredentialID != a.CredentialID {
		t.Fatalf("%+v, %v", draft, err)
	}
	_, err = o.Desk.Correct(ctx, o.Registrar, a.ID, detail, "twice")
	wantKind(t, err, record.Conflict)
	o.Issue()
	if c := o.Current(a.CredentialID); c.Revision != 2 || !strings.Contains(string(c.Bytes), "With distinction.") {
		t.Errorf("revision %d", c.Revision)
	}
	if n := o.Import(registrartest.Sheet).Counts; n.Unchanged != 3 {
		t.Errorf("the next import undoes the correction: %+v", n)
	}
}

func TestKeys(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	o.Issue()
	old := o.Current(o.Learner("Amara").RecordID)
	if _, err := o.Desk.RotateKey(ctx, o.Registrar, "p256"); err != nil {
		t.Fatal(err)
	}
	o.WantVerdict(old.Bytes, verify.Verified) // what the retired key signed
	o.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,Ethics,Course,ETH 1,About,Pass,2025-06-01,,1,A\n")
	o.Issue()
	c := o.Current(o.Learner("Amara").RecordID)
	if rep := o.WantVerdict(c.Bytes, verify.Verified); rep.Proof != "ecdsa-rdfc-2019" {
		t.Errorf("signed with %s", rep.Proof)
	}
	keys, err := o.Desk.SigningKeys(ctx, o.Registrar)
	if err != nil || len(keys) != 2 || keys[0].State != record.KeyRetired || keys[1].Sealed != nil {
		t.Fatalf("%+v, %v", keys, err)
	}
	o.Clock = o.Clock.Add(time.Hour) // what was signed before stays believed
	if err := o.Desk.MarkCompromised(ctx, o.Registrar, registrar.EndKey{ID: keys[1].ID, Sure: "key-2", Reason: "the laptop was stolen"}); err != nil {
		t.Fatal(err)
	}
	wantKind(t, o.Desk.MarkCompromised(ctx, o.Registrar, registrar.EndKey{ID: "x", Sure: "key-2", Reason: "x"}), record.NotFound)
	o.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,Logic,Course,LOG 1,About,Pass,2025-06-02,,1,A\n")
	if _, err := o.Desk.ApproveAll(ctx, o.Approver, ""); err != nil {
		t.Fatal(err)
	}
	_, err = o.Desk.StartIssuing(ctx, o.Approver)
	wantKind(t, err, record.Unavailable)
	_, err = o.Desk.RotateKey(ctx, o.Registrar, "md5")
	wantKind(t, err, record.Invalid)
	if use, err := o.Desk.KeyDependence(ctx, o.Registrar, keys[1].ID); err != nil || use.Credentials != 2 || use.Learners != 1 || use.Records != 1 || use.Ended != 0 {
		t.Errorf("on the key depend %+v, %v", use, err)
	}
	if _, err := o.Desk.RotateKey(ctx, o.Registrar, "ed25519"); err != nil {
		t.Fatal(err)
	}
	if err := o.Desk.Work(ctx); err != nil { // what the compromised key signed is signed anew
		t.Fatal(err)
	}
	if use, err := o.Desk.KeyDependence(ctx, o.Registrar, keys[1].ID); err != nil || use.Credentials != 0 || use.Ended != 2 {
		t.Errorf("on the key still depend %+v, %v", use, err)
	}
	if rep := o.WantVerdict(o.Current(o.Learner("Amara").RecordID).Bytes, verify.Verified); rep.Summary.Total != 5 {
		t.Errorf("the record holds %d credentials", rep.Summary.Total-1)
	}
	o.Audit()
}

func TestWhatIsRefusedIsSaid(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	a := o.Award("Amara", "Statistics", record.AwardDraft)
	detail := a.Detail
	detail.Evidence = []record.Evidence{{URL: "not an address"}}
	if _, err := o.Desk.ChangeDraft(ctx, o.Registrar, a.ID, registrar.DraftChange{Detail: detail, Version: a.Version}); err != nil {
		t.Fatal(err)
	}
	if v, err := o.Desk.PreviewRecord(ctx, o.Registrar, a.Learner); err != nil || len(v.Findings) == 0 {
		t.Errorf("the preview finds nothing: %v", err)
	}
	if _, err := o.Desk.ApproveAll(ctx, o.Approver, ""); err != nil {
		t.Fatal(err)
	}
	run, err := o.Desk.Issue(ctx, o.Approver)
	if err != nil || run.Done != 1 || run.Failed != 1 || run.State != record.RunDone {
		t.Fatalf("%+v, %v", run, err)
	}
	for _, item := range run.Items {
		if item.State == "failed" && (!strings.Contains(item.Error, "Statistics") || strings.Contains(item.Error, "our side")) {
			t.Errorf("the registrar reads %q", item.Error)
		}
	}
	o.Award("Amara", "Statistics", record.AwardApproved) // it waits for whoever mends it
	if c := contents(o); c["issued"] != 1 {
		t.Errorf("issued %d, want the other learner's alone", c["issued"])
	}
}

func TestStopStops(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	if _, err := o.Desk.ApproveAll(ctx, o.Approver, ""); err != nil {
		t.Fatal(err)
	}
	run, err := o.Desk.StartIssuing(ctx, o.Approver)
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Desk.StartIssuing(ctx, o.Approver)
	wantKind(t, err, record.Conflict) // everybody already waits in the first
	if err := o.Desk.StopRun(ctx, o.Approver, run.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.Desk.Work(ctx); err != nil {
		t.Fatal(err)
	}
	if c := contents(o); c["issued"] != 0 || c["approved"] != 3 {
		t.Errorf("after stopping: %v", c)
	}
	wantKind(t, o.Desk.StopRun(ctx, o.Approver, run.ID), record.Conflict)
	o.Issue()
	if c := contents(o); c["issued"] != 3 {
		t.Errorf("issued later: %v", c)
	}
}

// TestWhoMayDoWhat calls every act as everybody.
func TestWhoMayDoWhat(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	o.Issue()
	a := o.Award("Amara", "Statistics", record.AwardIssued)
	is := func(role record.Role, i record.InstitutionID) record.Actor {
		return record.Actor{Account: "x", Institution: i, Roles: []record.Role{role}, Learner: a.Learner}
	}
	all := map[string]record.Actor{
		"stranger": {}, "learner": is(record.RoleLearner, o.Institution.ID), "approver": is(record.RoleApprover, o.Institution.ID),
		"operator": is(record.RoleOperator, o.Institution.ID), "steward": is(record.RoleSteward, o.Institution.ID), "registrar": is(record.RoleRegistrar, o.Institution.ID), "elsewhere": is(record.RoleRegistrar, "other"),
	}
	err2 := func(_ any, err error) error { return err }
	acts := []struct {
		name string
		may  string // who is let in; what the act then says is its own business
		act  func(context.Context, record.Actor) error
	}{
		{"Preview", "registrar", func(ctx context.Context, x record.Actor) error {
			return err2(o.Desk.Preview(ctx, x, registrartest.Upload(registrartest.Sheet)))
		}},
		{"StageImport", "registrar", func(ctx context.Context, x record.Actor) error {
			return err2(o.Desk.StageImport(ctx, x, registrartest.Upload(registrartest.Sheet)))
		}},
		{"Import", "registrar", func(ctx context.Context, x record.Actor) error {
			return err2(o.Desk.Import(ctx, x, registrartest.Upload(registrartest.Sheet)))
		}},
		{"CommitImport", "registrar", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.CommitImport(ctx, x, a.Batch)) }},
		{"StagedImport", "registrar", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.StagedImport(ctx, x, a.Batch)) }},
		{"UndoImport", "registrar", func(ctx context.Context, x record.Actor) error { return o.Desk.UndoImport(ctx, x, a.Batch) }},
		{"Batch", "registrar approver", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.Batch(ctx, x, a.Batch)) }},
		{"Today", "registrar approver operator", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.Today(ctx, x)) }},
		{"Awards", "registrar approver", func(ctx context.Context, x record.Actor) error {
			return err2(o.Desk.Awards(ctx, x, registrar.AwardFilter{}))
		}},
		{"Award", "registrar approver", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.Award(ctx, x, a.ID)) }},
		{"ChangeDraft", "registrar", func(ctx context.Context, x record.Actor) error {
			return err2(o.Desk.ChangeDraft(ctx, x, a.ID, registrar.DraftChange{}))
		}},
		{"Approve", "approver", func(ctx context.Context, x record.Actor) error { return o.Desk.Approve(ctx, x, []record.AwardID{a.ID}) }},
		{"ApproveAll", "approver", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.ApproveAll(ctx, x, "")) }},
		{"Withdraw", "registrar approver", func(ctx context.Context, x record.Actor) error { return o.Desk.Withdraw(ctx, x, a.ID, "r") }},
		{"StartIssuing", "registrar approver", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.StartIssuing(ctx, x)) }},
		{"PreviewRecord", "registrar approver", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.PreviewRecord(ctx, x, a.Learner)) }},
		{"Learners", "registrar approver", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.Learners(ctx, x, "", "")) }},
		{"Learner", "registrar approver", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.Learner(ctx, x, a.Learner)) }},
		{"Effect", "registrar approver", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.Effect(ctx, x, a.ID)) }},
		{"Suspend", "registrar", func(ctx context.Context, x record.Actor) error { return o.Desk.Suspend(ctx, x, a.ID, "r") }},
		{"Reinstate", "registrar", func(ctx context.Context, x record.Actor) error { return o.Desk.Reinstate(ctx, x, a.ID, "r") }},
		{"Revoke", "registrar", func(ctx context.Context, x record.Actor) error { return o.Desk.Revoke(ctx, x, a.ID, "r") }},
		{"Correct", "registrar", func(ctx context.Context, x record.Actor) error {
			return err2(o.Desk.Correct(ctx, x, a.ID, a.Detail, "r"))
		}},
		{"Catalogue", "registrar approver operator learner", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.Catalogue(ctx, x, "")) }},
		{"Relations", "registrar approver operator learner", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.Relations(ctx, x)) }},
		{"AddFramework", "registrar", func(ctx context.Context, x record.Actor) error {
			return o.Desk.AddFramework(ctx, x, record.Framework{})
		}},
		{"SigningKeys", "registrar approver operator", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.SigningKeys(ctx, x)) }},
		{"RotateKey", "registrar operator", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.RotateKey(ctx, x, "none")) }},
		{"MarkCompromised", "registrar operator", func(ctx context.Context, x record.Actor) error {
			return o.Desk.MarkCompromised(ctx, x, registrar.EndKey{ID: "none", Reason: "x"})
		}},
		{"AddInstitution", "steward", func(ctx context.Context, x record.Actor) error {
			return err2(o.Desk.AddInstitution(ctx, x, record.Institution{}))
		}},
		{"ChangeProfile", "registrar operator", func(ctx context.Context, x record.Actor) error {
			return err2(o.Desk.ChangeProfile(ctx, x, registrar.ProfileChange{}))
		}},
		{"Audit", "registrar approver operator", func(ctx context.Context, x record.Actor) error { return err2(o.Desk.Audit(ctx, x, 0)) }},
	}
	// Acts that name nothing are about the actor's own institution: elsewhere they are elsewhere's.
	own := " Preview StageImport Import Today Awards ApproveAll StartIssuing Learners Catalogue Relations AddFramework SigningKeys RotateKey MarkCompromised ChangeProfile Audit "
	for _, act := range acts {
		for who, actor := range all {
			if who == "elsewhere" && strings.Contains(own, " "+act.name+" ") {
				continue
			}
			err := act.act(ctx, actor)
			kind := record.KindOf(err)
			let := kind != record.NotFound && kind != record.Forbidden || act.name == "MarkCompromised" && kind == record.NotFound
			if may := strings.Contains(" "+act.may+" ", " "+who+" "); let != may && !(act.name == "MarkCompromised" && !may && kind == record.NotFound) {
				t.Errorf("%s as %s: let in %v, want %v (%v)", act.name, who, let, may, err)
			}
			if (who == "stranger" || who == "elsewhere") && kind != record.NotFound && act.name != "AddInstitution" {
				t.Errorf("%s as %s says %v: whether it exists must not be told", act.name, who, err)
			}
		}
	}
}
