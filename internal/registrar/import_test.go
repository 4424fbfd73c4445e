package registrar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

// contents is everything that an import could change.
func contents(o *registrartest.Office) map[string]int {
	o.T.Helper()
	ctx, out := o.T.Context(), map[string]int{}
	err := o.DB.View(ctx, func(tx *store.Tx) error {
		for _, s := range []record.AwardState{record.AwardDraft, record.AwardApproved, record.AwardIssued, record.AwardSuperseded, record.AwardRevoked, record.AwardWithdrawn} {
			n, err := tx.CountAwards(ctx, o.Institution.ID, s)
			if err != nil {
				return err
			}
			out[string(s)] = int(n)
		}
		n, err := tx.CountLearners(ctx, o.Institution.ID)
		if err != nil {
			return err
		}
		out["learners"] = int(n)
		batches, err := tx.Batches(ctx, o.Institution.ID, 100)
		if err != nil {
			return err
		}
		out["batches"] = len(batches)
		catalogue, err := tx.Achievements(ctx, o.Institution.ID, "", 100)
		out["catalogue"] = len(catalogue)
		if err != nil {
			return err
		}
		seq, _, err := tx.AuditHead(ctx, o.Institution.ID)
		out["events"] = int(seq)
		return err
	})
	if err != nil {
		o.T.Fatal(err)
	}
	return out
}

func TestPreviewWritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := registrartest.New(t, db)
		before := contents(o)
		v, err := o.Desk.Preview(t.Context(), o.Registrar, registrartest.Upload(registrartest.Sheet))
		if err != nil {
			t.Fatal(err)
		}
		if v.Counts.New != 3 || len(v.Rows) != 3 || v.Rows[0].Learner != "Amara Okafor" || v.Rows[0].Result != "A-" || v.Rows[0].State != registrar.RowNew {
			t.Errorf("preview: %+v", v)
		}
		if diff := cmp.Diff(before, contents(o)); diff != "" {
			t.Errorf("a preview changed (-before +after):\n%s", diff)
		}
	})
}

func TestTheSameFileTwiceDoesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := registrartest.New(t, db)
		o.Import(registrartest.Sheet)
		for _, when := range []string{"as drafts", "when issued"} {
			before := contents(o)
			got := o.Import(registrartest.Sheet)
			if got.Counts.Unchanged != 3 || got.Counts.New+got.Counts.Changed+got.Counts.Vanished+got.Counts.Learners+got.Counts.Catalogue != 0 || len(got.Awards) != 0 {
				t.Errorf("%s: %+v", when, got.Counts)
			}
			before["batches"]++ // that it was brought again is kept
			before["events"]++
			if diff := cmp.Diff(before, contents(o)); diff != "" {
				t.Errorf("%s: the second import changed (-before +after):\n%s", when, diff)
			}
			if when == "as drafts" {
				o.Issue()
			}
		}
	})
}

func TestChangedRowsBecomeCorrections(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := registrartest.New(t, db)
		o.Import(registrartest.Sheet)
		o.Issue()
		old := o.Award("Amara", "Data Science", record.AwardIssued)
		before := o.Current(old.CredentialID)
		wrapper := o.Current(o.Learner("Amara").RecordID)
		changed := strings.Replace(registrartest.Sheet, "4,A-", "4,A", 1)
		v, err := o.Desk.Preview(t.Context(), o.Registrar, registrartest.Upload(changed))
		if err != nil {
			t.Fatal(err)
		}
		want := []registrar.Change{{Member: "results", Before: v.Rows[0].Changes[0].Before, After: v.Rows[0].Changes[0].After}}
		if diff := cmp.Diff(want, v.Rows[0].Changes); diff != "" || !strings.HasSuffix(want[0].Before, "A-") || !strings.HasSuffix(want[0].After, "A") {
			t.Errorf("changes: %+v", v.Rows[0].Changes)
		}
		got := o.Import(changed)
		if got.Counts.Changed != 1 || got.Counts.Unchanged != 2 {
			t.Fatalf("import: %+v", got.Counts)
		}
		o.WantVerdict(before.Bytes, verify.Verified) // nothing is corrected before it is issued
		if n := o.Import(changed).Counts; n.Unchanged != 3 {
			t.Errorf("again, while the correction waits: %+v", n)
		}
		o.Issue()
		fresh := o.Current(old.CredentialID)
		if fresh.URI != before.URI || fresh.Revision != 2 || !fresh.ValidFrom.After(before.ValidFrom) {
			t.Errorf("the correction is %s revision %d of %s, the first was of %s", fresh.URI, fresh.Revision, fresh.ValidFrom, before.ValidFrom)
		}
		o.WantVerdict(fresh.Bytes, verify.Verified)
		o.WantVerdict(o.Current(o.Learner("Amara").RecordID).Bytes, verify.Verified)
		o.WantVerdict(before.Bytes, verify.Failed)
		o.WantVerdict(wrapper.Bytes, verify.Failed) // it says what is no longer true
		o.Award("Amara", "Data Science", record.AwardSuperseded)
		o.Audit()
	})
}

func TestACorrectionThatTheSourceTakesBack(t *testing.T) {
	o := registrartest.New(t, storetest.SQLite(t))
	o.Import(registrartest.Sheet)
	o.Issue()
	o.Import(strings.Replace(registrartest.Sheet, "4,A-", "4,A", 1))
	if got := o.Import(registrartest.Sheet); got.Counts.Changed != 1 {
		t.Errorf("import: %+v", got.Counts)
	}
	c := contents(o)
	if c["draft"] != 0 || c["withdrawn"] != 1 || c["issued"] != 3 {
		t.Errorf("awards: %v", c)
	}
}

func TestVanishedRowsAreReported(t *testing.T) {
	o := registrartest.New(t, storetest.SQLite(t))
	o.Import(registrartest.Sheet)
	o.Issue()
	lines := strings.SplitAfter(registrartest.Sheet, "\n")
	got := o.Import(lines[0] + lines[1] + lines[3])
	if got.Counts.Vanished != 1 || got.Counts.Unchanged != 2 {
		t.Errorf("import: %+v", got.Counts)
	}
	if c := contents(o); c["issued"] != 3 {
		t.Errorf("something was deleted: %v", c)
	}
}

func TestStagedImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		v, err := o.Desk.StageImport(ctx, o.Registrar, registrartest.Upload(registrartest.Sheet))
		if err != nil {
			t.Fatal(err)
		}
		if c := contents(o); c["draft"]+c["learners"]+c["catalogue"] != 0 {
			t.Errorf("staging wrote %v", c)
		}
		again, err := o.Desk.StagedImport(ctx, o.Registrar, v.Batch)
		if err != nil || again.Counts != v.Counts {
			t.Errorf("%+v, %v", again, err)
		}
		for name, actor := range map[string]record.Actor{"a stranger": {}, "another institution": {Account: "x", Institution: "other", Roles: []record.Role{record.RoleRegistrar}}} {
			if _, err := o.Desk.CommitImport(ctx, actor, v.Batch); record.KindOf(err) != record.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		done, err := o.Desk.CommitImport(ctx, o.Registrar, v.Batch)
		if err != nil || done.Counts.New != 3 {
			t.Fatalf("%+v, %v", done, err)
		}
		_, err = o.Desk.CommitImport(ctx, o.Registrar, v.Batch)
		wantKind(t, err, record.Conflict)
		left, err := o.Desk.StageImport(ctx, o.Registrar, registrartest.Upload(registrartest.Sheet))
		if err != nil {
			t.Fatal(err)
		}
		o.Clock = o.Clock.Add(registrar.StagedFor + time.Second)
		if err := o.Desk.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		_, err = o.Desk.StagedImport(ctx, o.Registrar, left.Batch)
		wantKind(t, err, record.NotFound)
		if err := o.Desk.UndoImport(ctx, o.Registrar, v.Batch); err != nil {
			t.Fatal(err)
		}
		wantKind(t, o.Desk.UndoImport(ctx, o.Registrar, v.Batch), record.Conflict)
		if c := contents(o); c["draft"] != 0 || c["withdrawn"] != 3 {
			t.Errorf("after undoing: %v", c)
		}
		if got := o.Import(registrartest.Sheet); got.Counts.New != 3 {
			t.Errorf("after undoing, the same file: %+v", got.Counts)
		}
		o.Issue()
		wantKind(t, o.Desk.UndoImport(ctx, o.Registrar, o.Award("Amara", "Statistics", record.AwardIssued).Batch), record.Conflict)
	})
}

// TestBadFilesLeaveNothing: any bytes give a sentence, and the database as it was.
func TestBadFilesLeaveNothing(t *testing.T) {
	o := registrartest.New(t, storetest.SQLite(t))
	before := contents(o)
	bad := map[string]string{
		"empty": "", "not text": "\x00\x01\x02\xff", "json": `{"a":1}`, "xml": "<a><b></a>",
		"a bomb":   `<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>`,
		"one line": registrartest.Header,
	}
	for name, text := range bad {
		_, err := o.Desk.StageImport(t.Context(), o.Registrar, registrartest.Upload(text))
		if kind := record.KindOf(err); kind == record.Internal || err != nil && record.MessageOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
		if name != "one line" && err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	after := contents(o)
	for _, key := range []string{"draft", "learners", "catalogue"} {
		if after[key] != before[key] {
			t.Errorf("%s: %d before, %d after", key, before[key], after[key])
		}
	}
	_, err := o.Desk.StageImport(t.Context(), o.Registrar, registrar.ImportRequest{})
	wantKind(t, err, record.Invalid)
	_, err = o.Desk.Import(t.Context(), o.Registrar, registrar.ImportRequest{})
	wantKind(t, err, record.Invalid)
	big := registrar.ImportRequest{Files: []registrar.File{{Name: "big.csv", Data: make([]byte, registrar.MaxUpload+1)}}}
	_, err = o.Desk.StageImport(t.Context(), o.Registrar, big)
	wantKind(t, err, record.TooLarge)
}

func TestAPersonsNewAddressIsTakenOver(t *testing.T) {
	o := registrartest.New(t, storetest.SQLite(t))
	o.Import(registrartest.Sheet)
	o.Import(strings.ReplaceAll(registrartest.Sheet, "amara@example.edu", "amara.okafor@example.edu"))
	if got := o.Learner("Amara").Email; got != "amara.okafor@example.edu" {
		t.Errorf("the address is %s", got)
	}
	if c := contents(o); c["learners"] != 2 || c["draft"] != 3 {
		t.Errorf("contents: %v", c)
	}
}
