package registrar_test

import (
	"encoding/csv"
	"regexp"
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

// TestCompromiseHaltsEveryNode: a second node has signed and not yet kept when the first one withdraws the key. It keeps
// nothing; what waited is signed with the new key.
func TestCompromiseHaltsEveryNode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		o.Issue()
		first := o.Current(o.Learner("Amara").RecordID)
		o.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,Ethics,Course,ETH 1,About,Pass,2025-06-01,,1,A\n")
		if _, err := o.Desk.ApproveAll(ctx, o.Approver, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Desk.StartIssuing(ctx, o.Approver); err != nil {
			t.Fatal(err)
		}
		keys, err := o.Desk.SigningKeys(ctx, o.Registrar)
		if err != nil {
			t.Fatal(err)
		}
		stolen := registrar.EndKey{ID: keys[0].ID, Sure: "key-1", Reason: "the laptop was stolen"}
		node := registrar.Desk{DB: o.DB, Keys: o.Desk.Keys, Now: o.Now}
		node.CrashPoint = func(point string) {
			if point == "issue.signed" {
				if err := o.Desk.MarkCompromised(ctx, o.Registrar, stolen); err != nil {
					t.Error(err)
				}
			}
		}
		if err := node.Work(ctx); record.KindOf(err) != record.Unavailable {
			t.Errorf("the other node says %v", err)
		}
		if now := o.Current(o.Learner("Amara").RecordID); now.ID != first.ID {
			t.Error("the other node kept what it had signed with the stolen key")
		}
		node.CrashPoint = nil
		if err := node.Work(ctx); record.KindOf(err) != record.Unavailable {
			t.Errorf("without a key the other node says %v", err)
		}
		o.Clock = o.Clock.Add(time.Minute)
		o.WantVerdict(first.Bytes, verify.Failed)
		if _, err := o.Desk.RotateKey(ctx, o.Registrar, "ed25519"); err != nil {
			t.Fatal(err)
		}
		if err := node.Work(ctx); err != nil {
			t.Fatal(err)
		}
		rep := o.WantVerdict(o.Current(o.Learner("Amara").RecordID).Bytes, verify.Verified)
		if rep.Summary.Total != 4 {
			t.Errorf("the record holds %d credentials", rep.Summary.Total-1)
		}
		o.Audit()
	})
}

// TestKeyListIsComplete: the list has everything a key signed, in force or not, and the records around it.
func TestKeyListIsComplete(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		o.Issue() // 3 awards, 2 records
		if _, err := o.Desk.RotateKey(ctx, o.Registrar, "p256"); err != nil {
			t.Fatal(err)
		}
		o.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,\"=cmd|' /C calc'!A0\",Course,ETH 1,About,Pass,2025-06-01,,1,A\n")
		o.Issue() // 1 award, 1 record around 2 of the old key's
		keys, err := o.Desk.SigningKeys(ctx, o.Registrar)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := o.Desk.WriteKeyCredentials(ctx, o.Registrar, keys[0].ID, &b); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[string]int{}
		for _, r := range rows[1:] {
			kinds[r[2]+" "+r[6]+" "+r[8]]++
		}
		want := map[string]int{"AchievementCredential current signed with this key": 3, "ClrCredential current signed with this key": 1,
			"ClrCredential superseded signed with this key": 1, "ClrCredential current contains something signed with this key": 1}
		for k, n := range want {
			if kinds[k] != n {
				t.Errorf("%d rows of %s, want %d", kinds[k], k, n)
			}
		}
		if len(rows) != 7 {
			t.Errorf("%d rows: %v", len(rows), kinds)
		}
		b.Reset()
		if err := o.Desk.WriteKeyCredentials(ctx, o.Registrar, keys[1].ID, &b); err != nil || strings.Contains(b.String(), ",=cmd") || !strings.Contains(b.String(), "=cmd") {
			t.Errorf("a formula in a name: %v\n%s", err, b.String())
		}
		operator := record.Actor{Account: "op", Institution: o.Institution.ID, Roles: []record.Role{record.RoleOperator}}
		wantKind(t, o.Desk.WriteKeyCredentials(ctx, operator, keys[0].ID, &b), record.Forbidden)
		use, err := o.Desk.KeyDependence(ctx, operator, keys[0].ID)
		if err != nil || use.Credentials != 4 || use.Ended != 1 || use.Records != 2 || use.Learners != 2 || !use.Successor {
			t.Errorf("on the key depend %+v, %v", use, err)
		}
	})
}

func TestRetireWithoutASuccessor(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	o.Issue()
	keys, err := o.Desk.SigningKeys(ctx, o.Registrar)
	if err != nil {
		t.Fatal(err)
	}
	end := registrar.EndKey{ID: keys[0].ID, Sure: "key-2", Reason: "a pause"}
	wantKind(t, o.Desk.RetireKey(ctx, o.Registrar, end), record.Invalid) // another key's name
	end.Sure, end.Reason = "key-1", " "
	wantKind(t, o.Desk.RetireKey(ctx, o.Registrar, end), record.Invalid)
	end.Reason = "a pause"
	wantKind(t, o.Desk.RetireKey(ctx, record.Actor{Account: "x", Institution: "y", Roles: []record.Role{record.RoleOperator}}, end), record.NotFound)
	wantKind(t, o.Desk.RetireKey(ctx, o.Approver, end), record.Forbidden)
	if err := o.Desk.RetireKey(ctx, o.Registrar, end); err != nil {
		t.Fatal(err)
	}
	wantKind(t, o.Desk.RetireKey(ctx, o.Registrar, end), record.Conflict)
	a := o.Award("Amara", "Statistics", record.AwardIssued)
	wantKind(t, o.Desk.Revoke(ctx, o.Registrar, a.ID, "wrong person"), record.Unavailable)
	o.WantVerdict(o.Current(o.Learner("Amara").RecordID).Bytes, verify.Verified)
	if err := o.Desk.MarkCompromised(ctx, o.Registrar, end); err != nil { // a retired key can be stolen too
		t.Fatal(err)
	}
	o.Clock = o.Clock.Add(time.Minute)
	wantKind(t, o.Desk.MarkCompromised(ctx, o.Registrar, end), record.Conflict)
	o.WantVerdict(o.Current(o.Learner("Amara").RecordID).Bytes, verify.Failed)
	o.Audit()
}

// TestCompromiseOfAnOldKey: where another key signs already, what the old one signed is signed anew at once, and a validity
// that was set in between does not reach back: an award that it would have ended long ago holds up nothing.
func TestCompromiseOfAnOldKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		o.Issue()
		first := o.Current(o.Learner("Amara").RecordID)
		keys, err := o.Desk.SigningKeys(ctx, o.Registrar)
		if err != nil {
			t.Fatal(err)
		}
		o.Clock = o.Clock.Add(time.Minute)
		if _, err := o.Desk.RotateKey(ctx, o.Registrar, "ed25519"); err != nil {
			t.Fatal(err)
		}
		if err := o.Desk.SetLifetime(ctx, o.Registrar, "STAT 210", 1, 30); err != nil {
			t.Fatal(err)
		}
		o.Clock = o.Clock.Add(time.Minute)
		if err := o.Desk.MarkCompromised(ctx, o.Registrar, registrar.EndKey{ID: keys[0].ID, Sure: "key-1", Reason: "found on a public server"}); err != nil {
			t.Fatal(err)
		}
		o.Clock = o.Clock.Add(time.Minute)
		o.WantVerdict(first.Bytes, verify.Failed)
		if err := o.Desk.Work(ctx); err != nil {
			t.Fatal(err)
		}
		rep := o.WantVerdict(o.Current(o.Learner("Amara").RecordID).Bytes, verify.Verified)
		if rep.Summary.Total != 3 {
			t.Errorf("%d credentials are in the record", rep.Summary.Total)
		}
		o.Audit()
	})
}

// TestCompromiseReachesWhatCarriesIt: an endorsement, an assembled record and an award that only carries the endorsement are
// signed anew; what was suspended stays suspended; an achievement that was endorsed in between is still one achievement.
func TestCompromiseReachesWhatCarriesIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		o.Issue() // before anybody endorsed
		e, err := o.Desk.Endorse(ctx, o.Approver, registrar.EndorseRequest{Kind: record.EndorseAchievement, About: "DS 101", Comment: "Meets the national standard."})
		if err != nil {
			t.Fatal(err)
		}
		amara := o.Learner("Amara")
		assembled, err := o.Desk.Assemble(ctx, o.Registrar, amara.ID, registrar.AssemblyRequest{Template: "transcript"})
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Desk.Suspend(ctx, o.Registrar, o.Award("Amara", "Statistics", record.AwardIssued).ID, "under review"); err != nil {
			t.Fatal(err)
		}
		suspend(t, db, o.Current(strings.TrimPrefix(assembled.URI, o.Institution.RecordURL(""))))
		o.Clock = o.Clock.Add(time.Minute)
		if _, err := o.Desk.RotateKey(ctx, o.Registrar, "ed25519"); err != nil {
			t.Fatal(err)
		}
		// Signed with the second key, around an endorsement of the first; for Amara it is the same achievement again.
		o.Import(registrartest.Header + "Cy Cole,cy@example.edu,1009,Data Science,Course,DS 101,Life cycle,Pass all labs,2026-05-20,Spring 2026,4,A-\n" +
			"Amara Okafor,amara@example.edu,1001,Data Science,Course,DS 101,Life cycle,Pass all labs,2026-05-20,Spring 2026,4,A\n")
		o.Issue()
		whole := o.WantVerdict(o.Current(amara.RecordID).Bytes, verify.Failed) // one part is suspended
		if text, err := whole.JSON(); err != nil || strings.Contains(string(text), "association.conflicting-copies") {
			t.Errorf("an endorsement makes another achievement: %v", err)
		}
		keys, err := o.Desk.SigningKeys(ctx, o.Registrar)
		if err != nil {
			t.Fatal(err)
		}
		o.Clock = o.Clock.Add(time.Minute)
		if err := o.Desk.MarkCompromised(ctx, o.Registrar, registrar.EndKey{ID: keys[0].ID, Sure: "key-1", Reason: "stolen"}); err != nil {
			t.Fatal(err)
		}
		o.Clock = o.Clock.Add(time.Minute)
		o.WantVerdict(e.Bytes, verify.Failed)
		if err := o.Desk.Work(ctx); err != nil {
			t.Fatal(err)
		}
		fresh, err := o.Desk.Endorsement(ctx, e.ID)
		if err != nil || fresh.SHA256 == e.SHA256 {
			t.Fatalf("the endorsement was not signed anew: %v", err)
		}
		o.WantVerdict(fresh.Bytes, verify.Verified)
		cy := o.Current(o.Learner("Cy").RecordID).Bytes
		o.WantVerdict(cy, verify.Verified)
		if b := o.Current(o.Award("Cy", "Data Science", record.AwardIssued).CredentialID).Bytes; strings.Contains(string(b), "#key-1") || !strings.Contains(string(b), "national standard") {
			t.Error("Cy's award still carries what the stolen key signed, or lost its endorsement")
		}
		now := o.Current(strings.TrimPrefix(assembled.URI, o.Institution.RecordURL("")))
		if now.Revision != assembled.Number+1 || strings.Contains(string(now.Bytes), "#key-1") || now.Name != assembled.Name {
			t.Errorf("the transcript is version %d, %q", now.Revision, now.Name)
		}
		if now.State != record.CredentialSuspended || standing(t, db, now).Reason != "lent out" {
			t.Errorf("the suspended transcript is %s: another signature is no pardon", now.State)
		}
		if c := o.Current(o.Award("Amara", "Statistics", record.AwardIssued).CredentialID); c.State != record.CredentialSuspended || strings.Contains(string(c.Bytes), "#key-1") {
			t.Errorf("the suspended award is %s", c.State)
		}
		var b strings.Builder
		if err := o.Desk.WriteKeyCredentials(ctx, o.Registrar, keys[0].ID, &b); err != nil || strings.Count(b.String(), "EndorsementCredential") != 1 || !strings.Contains(b.String(), e.SHA256) {
			t.Errorf("the list of the stolen key lacks its endorsement: %v\n%s", err, b.String())
		}
		if !regexp.MustCompile(`AchievementCredential,[^\n]*Cy Cole,1009,superseded,[^\n]*,contains something signed with this key,`).MatchString(b.String()) {
			t.Errorf("the list of the stolen key lacks the award that only carried its endorsement:\n%s", b.String())
		}
		o.Audit()
	})
}

// suspend suspends a credential that no act of the desk suspends.
func suspend(t *testing.T, db *store.DB, c *record.Credential) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		e, err := tx.StatusOf(t.Context(), c.URI, c.Revision)
		if err != nil {
			return err
		}
		e.Suspended, e.Reason = true, "lent out"
		if err := tx.SetStatus(t.Context(), e); err != nil {
			return err
		}
		return tx.MoveCredential(t.Context(), c.ID, record.CredentialSuspended)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func standing(t *testing.T, db *store.DB, c *record.Credential) (e *record.StatusEntry) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) (err error) {
		e, err = tx.StatusOf(t.Context(), c.URI, c.Revision)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
