package learner_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

// TestALearnerLeaves: what is the learner's goes, what the house must be able to show stays, and nobody else notices.
func TestALearnerLeaves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		c.accounts()
		c.signing(t)
		m := c.mine(c.amara)
		s := c.share(c.amara, learner.ShareRequest{Items: []string{m.Items[0].Ref}, Signed: true})
		theirs := c.share(c.noor, learner.ShareRequest{Whole: true})
		if _, err := c.desk.Ask(ctx, c.amara, m.Items[0].Ref, record.AskCorrection, "It was an A."); err != nil {
			t.Fatal(err)
		}
		if err := c.desk.Reflect(ctx, c.amara, m.Items[0].URI, "Hard, and worth it.", 0); err != nil {
			t.Fatal(err)
		}
		if _, err := c.desk.State(ctx, c.amara, "", 0, record.StatementBody{Name: "Talk", Type: "Achievement", Description: "Twenty minutes."}); err != nil {
			t.Fatal(err)
		}
		if err := c.Desk.SetHold(ctx, c.Registrar, c.amara.Learner, record.HoldRelease, "A dispute"); err != nil {
			t.Fatal(err)
		}
		if l, err := c.desk.Leaving(ctx, c.amara); err != nil || l.Refused == "" {
			t.Errorf("with a hold: %+v, %v", l, err)
		}
		wantKind(t, c.desk.Leave(ctx, c.amara, "amara@example.edu"), record.Conflict)
		if err := c.Desk.LiftHold(ctx, c.Registrar, c.amara.Learner, record.HoldRelease); err != nil {
			t.Fatal(err)
		}
		if err := c.Desk.SetHold(ctx, c.Registrar, c.amara.Learner, record.HoldDirectory, "Asked for"); err != nil {
			t.Fatal(err)
		}
		wantKind(t, c.desk.Leave(ctx, c.amara, "noor@example.edu"), record.Invalid)
		wantKind(t, c.desk.Leave(ctx, c.Registrar, ""), record.NotFound)
		told, err := c.desk.Leaving(ctx, c.amara)
		if err != nil || told.Refused != "" || told.Goes["shares"] != 1 || told.Goes["statements"] != 1 || told.Goes["credentials"] != 0 || told.Stays["credentials"] != 3 || told.Stays["inquiries"] != 1 {
			t.Fatalf("%+v, %v", told, err)
		}
		if err := c.desk.Leave(ctx, c.amara, " Amara@Example.edu "); err != nil {
			t.Fatal(err)
		}
		err = db.View(ctx, func(tx *store.Tx) error {
			left, err := tx.CountPersonal(ctx, c.amara.Learner)
			for table, n := range left {
				if store.DeletedByLearner(table) {
					t.Errorf("%d rows of %s are left", n, table)
				}
			}
			for table, n := range told.Stays {
				if left[table] < n {
					t.Errorf("of %d rows of %s %d are left", n, table, left[table])
				}
			}
			if off, err := tx.NoticesOff(ctx, c.amara.Learner); err != nil || !slices.Contains(off, "revoked") {
				t.Errorf("mail that is off: %v, %v", off, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.employer.Open(ctx, record.Actor{}, s.Token, ""); record.KindOf(err) != record.NotFound {
			t.Errorf("the link of who left: %v", err)
		}
		if _, err := c.employer.Open(ctx, record.Actor{}, theirs.Token, ""); err != nil {
			t.Errorf("another's link: %v", err)
		}
		c.WantVerdict(c.Current(c.Learner("Amara").RecordID).Bytes, verify.Verified)
		c.Audit()
	})
}

// TestWhatIsTyped: a limit counts what a person counts, days that have not come are no experience, and a preview refuses
// what making the link would refuse.
func TestWhatIsTyped(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	body := record.StatementBody{Name: strings.Repeat("ن", 200), Type: "Achievement", Description: strings.Repeat("好", 3999) + "\r\n" + "."}
	if _, err := c.desk.State(ctx, c.amara, "", 0, body); record.KindOf(err) != record.Invalid {
		t.Errorf("4,001 characters: %v", err)
	}
	body.Description = strings.Repeat("好", 3998) + "\r\n" + "."
	if _, err := c.desk.State(ctx, c.amara, "", 0, body); err != nil {
		t.Errorf("as many characters as the field says: %v", err)
	}
	for name, days := range map[string][2]string{"begins": {c.Clock.AddDate(0, 0, 3).Format(time.DateOnly), ""}, "ends": {"2024-01-01", c.Clock.AddDate(1, 0, 0).Format(time.DateOnly)}} {
		body.Start, body.End = days[0], days[1]
		if _, err := c.desk.State(ctx, c.amara, "", 0, body); record.KindOf(err) != record.Invalid {
			t.Errorf("it %s in the future: %v", name, err)
		}
	}
	ref := c.mine(c.amara).Items[0].Ref
	for name, req := range map[string]learner.ShareRequest{
		"a long introduction": {Items: []string{ref}, Note: strings.Repeat("é", 2001)}, "a short passcode": {Items: []string{ref}, Passcode: "123"},
		"a past end": {Items: []string{ref}, ExpiresAt: c.Clock.Add(-time.Hour)}, "nothing": {},
	} {
		_, shown := c.desk.Shown(ctx, c.amara, req)
		_, made := c.desk.Share(ctx, c.amara, req)
		if record.KindOf(shown) != record.Invalid || record.KindOf(made) != record.Invalid {
			t.Errorf("%s: preview %v, link %v", name, shown, made)
		}
	}
	if err := c.Desk.SetHold(ctx, c.Registrar, c.amara.Learner, record.HoldRelease, "A dispute"); err != nil {
		t.Fatal(err)
	}
	_, err := c.desk.Shown(ctx, c.amara, learner.ShareRequest{Items: []string{ref}})
	wantKind(t, err, record.Forbidden)
}

// TestMyOwnRecordBrought: what is in the record is not kept beside it a second time; a changed copy is, and says so.
func TestMyOwnRecordBrought(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	m := c.mine(c.amara)
	altered := []byte(strings.Replace(string(m.Credential.Bytes), `"A-"`, `"A"`, 1))
	out, err := c.desk.Bring(ctx, c.amara, []learner.File{{Name: "record.json", Data: m.Credential.Bytes}, {Name: "item.json", Data: c.Current(m.Items[0].Ref).Bytes}, {Name: "altered.json", Data: altered}}, "upload")
	if err != nil || len(out) != 3 || out[0].Outcome != record.HeldOwn || out[1].Outcome != record.HeldOwn || out[2].Outcome != record.HeldNew || out[2].Kept.Report.Verdict != verify.Failed {
		t.Fatalf("%+v, %v", out, err)
	}
	if kept := c.mine(c.amara).Kept; len(kept) != 1 {
		t.Errorf("%d are kept, want the changed one alone", len(kept))
	}
}
