package registrar_test

import (
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

func TestSeveralAwardsForOneReason(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		o.Issue()
		one, two := o.Award("Amara", "Statistics", record.AwardIssued), o.Award("Amara", "Data Science", record.AwardIssued)
		ids := []record.AwardID{one.ID, two.ID, one.ID}
		sum, views, err := o.Desk.EffectOfAll(ctx, o.Registrar, ids)
		if err != nil || sum.Credentials != 2 || len(views) != 2 {
			t.Errorf("the effect is %+v of %d awards, %v", sum, len(views), err)
		}
		// All or none: one that is not there, one that is not suspended.
		wantKind(t, o.Desk.ChangeStatus(ctx, o.Registrar, registrar.ActSuspend, append(ids, "x"), "cheating is looked into"), record.NotFound)
		err = o.Desk.ChangeStatus(ctx, o.Registrar, registrar.ActReinstate, ids, "nothing found")
		wantKind(t, err, record.Conflict)
		if say := record.MessageOf(err); !strings.Contains(say, " of "+one.LearnerName+": ") && !strings.Contains(say, " of "+two.LearnerName+": ") || !strings.Contains(say, "not suspended") {
			t.Errorf("the refusal names no award: %s", say)
		}
		wantKind(t, o.Desk.ChangeStatus(ctx, o.Registrar, registrar.ActSuspend, ids, " "), record.Invalid)
		wantKind(t, o.Desk.ChangeStatus(ctx, o.Registrar, "burn", ids, "x"), record.Invalid)
		wantKind(t, o.Desk.ChangeStatus(ctx, o.Approver, registrar.ActSuspend, ids, "x"), record.Forbidden)
		o.WantVerdict(o.Current(one.CredentialID).Bytes, verify.Verified)
		if err := o.Desk.ChangeStatus(ctx, o.Registrar, registrar.ActSuspend, ids, "cheating is looked into"); err != nil {
			t.Fatal(err)
		}
		for _, a := range []*registrar.AwardView{one, two} {
			o.WantVerdict(o.Current(a.CredentialID).Bytes, verify.Failed)
		}
		if err := o.Desk.ChangeStatus(ctx, o.Registrar, registrar.ActReinstate, ids, "nothing found"); err != nil {
			t.Fatal(err)
		}
		o.WantVerdict(o.Current(two.CredentialID).Bytes, verify.Verified)
		h, err := o.Desk.History(ctx, o.Registrar, one.ID)
		if err != nil {
			t.Fatal(err)
		}
		var acts []string
		for _, e := range h.Happenings {
			acts = append(acts, e.Action+" "+e.Reason)
		}
		if got := strings.Join(acts, "; "); !strings.HasSuffix(got, "award.suspended cheating is looked into; award.reinstated nothing found") || !strings.Contains(got, "award.issued") {
			t.Errorf("the history says %s", got)
		}
		_, err = o.Desk.History(ctx, record.Actor{Account: "x", Institution: "y", Roles: []record.Role{record.RoleRegistrar}}, one.ID)
		wantKind(t, err, record.NotFound)
		o.Audit()
	})
}

// TestRefresh: who holds a version gets its correction, and never what was added to the record later; a verifier reads it
// once, after the seal of what it was given holds.
func TestRefresh(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		i, err := o.Desk.Institution(ctx, o.Registrar)
		if err != nil {
			t.Fatal(err)
		}
		i.Policy.Refresh = true
		if _, err := o.Desk.ChangeProfile(ctx, o.Registrar, registrar.ProfileChange{Name: i.Name, Profile: i.Profile, Policy: i.Policy, Version: i.Version}); err != nil {
			t.Fatal(err)
		}
		o.Import(registrartest.Sheet)
		o.Issue()
		a := o.Award("Amara", "Statistics", record.AwardIssued)
		part, whole := o.Current(a.CredentialID), o.Current(o.Learner("Amara").RecordID)
		if !strings.Contains(string(part.Bytes), `"1EdTechCredentialRefresh"`) || !strings.Contains(string(whole.Bytes), i.RefreshURL(whole.PathID, 1)) {
			t.Fatal("what is signed has no refresh service")
		}
		ask := &verify.Options{Fetcher: &store.Published{DB: db}, Now: o.Clock}
		if rep := verify.Verify(ctx, whole.Bytes, ask); rep.Verdict != verify.Verified || len(rep.Refreshed) > 0 {
			t.Errorf("before the correction: %s, refreshed %d bytes", rep.Verdict, len(rep.Refreshed))
		}
		detail := a.Detail
		detail.Narrative = "With distinction."
		if _, err := o.Desk.Correct(ctx, o.Registrar, a.ID, detail, "the exam office erred"); err != nil {
			t.Fatal(err)
		}
		o.Issue()
		ask.Now = o.Clock
		for name, c := range map[string]*record.Credential{"the part": part, "the whole": whole} {
			rep := verify.Verify(ctx, c.Bytes, ask)
			if rep.Verdict != verify.Verified || !strings.Contains(string(rep.Refreshed), "With distinction.") {
				t.Errorf("%s after the correction: %s, refreshed %d bytes", name, rep.Verdict, len(rep.Refreshed))
			}
		}
		forged := strings.Replace(string(part.Bytes), "Inference", "Interference", 1)
		if rep := verify.Verify(ctx, []byte(forged), ask); rep.Verdict != verify.Failed || len(rep.Refreshed) > 0 {
			t.Errorf("a broken seal is refreshed: %s", rep.Verdict)
		}
		corrected := o.Current(whole.PathID)
		o.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,Ethics,Course,ETH 1,About,Pass,2025-06-01,,1,A\n")
		o.Issue()
		if c, err := o.Desk.Refreshed(ctx, whole.PathID, 1); err != nil || c.ID != corrected.ID {
			t.Errorf("the holder of the first version gets version %+v, %v", c, err)
		}
		if c, err := o.Desk.Refreshed(ctx, whole.PathID, 3); err != nil || !strings.Contains(string(c.Bytes), "Ethics") {
			t.Errorf("the holder of the newest version: %v", err)
		}
		_, err = o.Desk.Refreshed(ctx, whole.PathID, 9)
		wantKind(t, err, record.NotFound)
		h, err := o.Desk.History(ctx, o.Registrar, a.ID)
		if err != nil || len(h.Versions) != 2 || len(h.Versions[0].Changes) != 1 || h.Versions[0].Changes[0].After != "With distinction." || !strings.Contains(h.Versions[1].Reason, "the exam office erred") {
			t.Errorf("the history: %+v, %v", h, err)
		}
		if err := o.Desk.SetHold(ctx, o.Registrar, a.Learner, record.HoldRelease, "asked for"); err != nil {
			t.Fatal(err)
		}
		_, err = o.Desk.Refreshed(ctx, part.PathID, 1)
		wantKind(t, err, record.NotFound)
	})
}

// TestNoRefreshOfWhatIsShownInPart: the answer would be what its holder left out.
func TestNoRefreshOfWhatIsShownInPart(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	i, err := o.Desk.Institution(ctx, o.Registrar)
	if err != nil {
		t.Fatal(err)
	}
	i.Policy.Refresh = true
	if _, err := o.Desk.ChangeProfile(ctx, o.Registrar, registrar.ProfileChange{Name: i.Name, Profile: i.Profile, Policy: i.Policy, Version: i.Version}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Desk.RotateKey(ctx, o.Registrar, "p256-sd"); err != nil {
		t.Fatal(err)
	}
	o.Import(registrartest.Sheet)
	o.Issue()
	if c := o.Current(o.Learner("Amara").RecordID); strings.Contains(string(c.Bytes), "refreshService") {
		t.Error("a record that can be shown in part has a refresh service")
	}
}
