package learner_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

func TestAnItemIsDeclined(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		m := c.mine(c.amara)
		if len(m.Waiting()) != 2 {
			t.Fatalf("%d items wait for an answer, want 2", len(m.Waiting()))
		}
		answer := func(a record.ItemAnswer, refs ...string) {
			t.Helper()
			if err := c.desk.AnswerItems(ctx, c.amara, refs, a); err != nil {
				t.Fatal(err)
			}
		}
		answer(record.ItemDeclined, m.Items[0].Ref)
		answer(record.ItemKept)
		m = c.mine(c.amara)
		if len(m.Waiting()) != 0 || m.Answers.Declined() != 1 || !m.Answers.Hidden(m.Items[0].URI) || m.Answers.Hidden(m.Items[1].URI) {
			t.Errorf("answers %v", m.Answers)
		}
		for name, req := range map[string]learner.ShareRequest{"the item": {Items: []string{m.Items[0].Ref}}, "the whole record": {Whole: true}} {
			if _, err := c.desk.Share(ctx, c.amara, req); record.KindOf(err) != record.Invalid {
				t.Errorf("%s, which holds what was declined, was shared: %v", name, err)
			}
		}
		c.share(c.amara, learner.ShareRequest{Items: []string{m.Items[1].Ref}})
		answer(record.ItemKept, m.Items[0].Ref)
		c.share(c.amara, learner.ShareRequest{Whole: true})
		wantKind(t, c.desk.AnswerItems(ctx, c.noor, []string{m.Items[0].Ref}, record.ItemDeclined), record.NotFound)
		wantKind(t, c.desk.AnswerItems(ctx, c.amara, nil, "burnt"), record.Invalid)
		if got := c.Current(c.Learner("Amara").RecordID); record.Sum(got.Bytes) != got.SHA256 || c.WantVerdict(got.Bytes, verify.Verified) == nil {
			t.Error("an answer changed the institution's record")
		}
	})
}

func TestChoicesAreKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		m := c.mine(c.amara)
		first := []string{m.Items[1].Ref, m.Items[0].Ref}
		id, err := c.desk.Curate(ctx, c.amara, "", 0, " For employers ", learner.ShareRequest{Items: first, Note: "Hello"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.desk.Curate(ctx, c.amara, "", 0, "For school", learner.ShareRequest{Whole: true}); err != nil {
			t.Fatal(err)
		}
		all, err := c.desk.Curations(ctx, c.amara)
		if err != nil || len(all) != 2 {
			t.Fatalf("%d choices: %v", len(all), err)
		}
		if d := cmp.Diff(learner.ShareRequest{Items: first, Note: "Hello", AllowDownload: true}, learner.Request(all[0])); d != "" || all[0].Name != "For employers" {
			t.Errorf("%q kept as (-want +got)\n%s", all[0].Name, d)
		}
		req := learner.Request(all[0])
		req.ExpiresAt = c.Clock.Add(24 * time.Hour)
		if s := c.share(c.amara, req); s.Note != "Hello" {
			t.Errorf("shared with the note %q", s.Note)
		}
		if _, err := c.desk.Curate(ctx, c.amara, id, all[0].Version, "For employers", learner.ShareRequest{Items: first[:1]}); err != nil {
			t.Fatal(err)
		}
		_, err = c.desk.Curate(ctx, c.amara, id, all[0].Version, "From another window", learner.ShareRequest{Items: first})
		wantKind(t, err, record.Conflict)
		for name, bad := range map[string]struct {
			actor record.Actor
			id    record.CurationID
			name  string
			items []string
			want  record.Kind
		}{
			"no name": {c.amara, "", "  ", first, record.Invalid}, "nothing": {c.amara, "", "x", nil, record.Invalid},
			"another's item": {c.noor, "", "x", first, record.NotFound}, "another's choice": {c.noor, id, "x", []string{c.mine(c.noor).Items[0].Ref}, record.NotFound},
		} {
			if _, err := c.desk.Curate(ctx, bad.actor, bad.id, 1, bad.name, learner.ShareRequest{Items: bad.items}); record.KindOf(err) != bad.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		wantKind(t, c.desk.DropCuration(ctx, c.noor, id), record.NotFound)
		if err := c.desk.DropCuration(ctx, c.amara, id); err != nil {
			t.Fatal(err)
		}
		if _, err := c.desk.Curation(ctx, c.amara, id); record.KindOf(err) != record.NotFound {
			t.Errorf("a deleted choice: %v", err)
		}
	})
}

// TestALargeRecordIsCheckedAgain: what is remembered of a large record is forgotten with the first thing that is published
// anew, at the same moment.
func TestALargeRecordIsCheckedAgain(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	c.Import(bigSheet(110))
	c.Issue()
	m := c.mine(c.amara)
	if again := c.mine(c.amara); m.Report != again.Report || m.Report.Verdict != verify.Verified {
		t.Fatalf("a large record was checked twice in a moment, or is %s", m.Report.Verdict)
	}
	if err := c.Desk.Revoke(ctx, c.Registrar, c.Award("Amara", "Item 0003", record.AwardIssued).ID, "Wrong person"); err != nil {
		t.Fatal(err)
	}
	if again := c.mine(c.amara); again.Report == m.Report || len(again.Items) != len(m.Items)-1 {
		t.Errorf("after a revocation: %s, %d items", again.Report.Verdict, len(again.Items))
	}
}
