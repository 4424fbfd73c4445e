package registrar_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

// TestErasure: nothing of an erased learner is found, what was signed goes on verifying, the chain holds together, and the
// others lose nothing (G04, G06, G07, K13 in the catalogue of attacks).
func TestErasure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		o.Issue()
		amara, noor := o.Learner("Amara"), o.Learner("نور")
		given := o.Current(amara.RecordID).Bytes
		if err := o.Desk.Revoke(ctx, o.Registrar, o.Award("Amara", "Statistics", record.AwardIssued).ID, "Amara's mark was another's"); err != nil {
			t.Fatal(err)
		}
		before, err := o.Desk.CheckAudit(ctx, o.Registrar)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		all, err := o.Desk.AccessRequest(ctx, o.Registrar, amara.ID)
		if err != nil || !json.Valid(all) || !bytes.Contains(all, []byte("amara@example.edu")) || bytes.Contains(all, []byte("noor")) {
			t.Errorf("%v; what was asked for: %s", err, all)
		}
		wantKind(t, o.Desk.Erase(ctx, o.Registrar, amara.ID, "1002", "request"), record.Invalid)
		wantKind(t, o.Desk.Erase(ctx, o.Registrar, amara.ID, "1001", "Amara Okafor asked"), record.Invalid)
		wantKind(t, o.Desk.Erase(ctx, o.Approver, amara.ID, "1001", "request"), record.Forbidden)
		wantKind(t, o.Desk.Erase(ctx, o.Registrar, amara.ID, "1001", "request"), record.Conflict) // the record waits to be signed again
		if err := o.Desk.Work(ctx); err != nil {
			t.Fatal(err)
		}
		if err := o.Desk.Erase(ctx, o.Registrar, amara.ID, "1001", "request under GDPR 17"); err != nil {
			t.Fatal(err)
		}
		wantKind(t, o.Desk.Erase(ctx, o.Registrar, amara.ID, "1001", "request"), record.NotFound)
		found, err := o.Desk.Learners(ctx, o.Registrar, "Amara", "")
		if len(found) > 0 || err != nil {
			t.Errorf("found: %v, %v", found, err)
		}
		if _, err := o.Desk.Compare(ctx, o.Registrar, kept); err != nil {
			t.Errorf("the chain does not pass through its checkpoint: %v", err)
		}
		var lines bytes.Buffer
		if err := o.Desk.WriteAudit(ctx, o.Registrar, &lines); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(lines.String(), "Amara") || !strings.Contains(lines.String(), "learner.erased") {
			t.Errorf("the audit:\n%s", &lines)
		}
		if got := verify.Verify(ctx, given, &verify.Options{Fetcher: &store.Published{DB: db}, Now: o.Clock}); got.Summary.Total != 3 || got.Summary.Verified < 1 {
			t.Errorf("what was given out: %+v", got.Summary)
		}
		o.WantVerdict(o.Current(noor.RecordID).Bytes, verify.Verified)

		n, err := o.Desk.EraseAgain(ctx, o.Registrar, []record.LearnerID{amara.ID, noor.ID, "nobody"}, "erased before")
		if n != 1 || err != nil {
			t.Errorf("erased again: %d, %v", n, err)
		}
		o.Audit()
	})
}

// TestAuditTampering: words that vanish without an erasure, a chain that was cut and one that was written anew are seen.
func TestAuditTampering(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	head, err := o.Desk.CheckAudit(ctx, o.Registrar)
	if err != nil {
		t.Fatal(err)
	}
	compare := func(c registrar.Checkpoint) error {
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.Desk.Compare(ctx, o.Registrar, b)
		return err
	}
	longer, other, elsewhere := *head, *head, *head
	longer.Seq++
	other.Hash = strings.Repeat("0", len(other.Hash))
	elsewhere.Institution = "did:web:other.example"
	wantKind(t, compare(*head), "")
	wantKind(t, compare(longer), record.Conflict)
	wantKind(t, compare(other), record.Conflict)
	wantKind(t, compare(elsewhere), record.Invalid)
	_, err = o.Desk.Compare(ctx, o.Registrar, []byte("{}"))
	wantKind(t, err, record.Invalid)

	operator := record.Actor{Account: "op", Institution: o.Institution.ID, Roles: []record.Role{record.RoleOperator}}
	events, err := o.Desk.Audit(ctx, operator, 0)
	if err != nil || len(events) == 0 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for _, e := range events {
		if len(e.Detail) > 0 || e.Salt != "" {
			t.Errorf("an operator reads what is said about learners: %+v", e)
		}
	}
	_, err = o.Desk.Audit(ctx, o.LearnerActor("Amara"), 0)
	wantKind(t, err, record.Forbidden)
}

func TestHoldsAndDisclosures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		id := o.Learner("Amara").ID
		wantKind(t, o.Desk.SetHold(ctx, o.Registrar, id, "everything", "x"), record.Invalid)
		wantKind(t, o.Desk.SetHold(ctx, o.Registrar, id, record.HoldRelease, " "), record.Invalid)
		wantKind(t, o.Desk.SetHold(ctx, o.Approver, id, record.HoldRelease, "x"), record.Forbidden)
		if err := o.Desk.SetHold(ctx, o.Registrar, id, record.HoldRelease, "asked by phone"); err != nil {
			t.Fatal(err)
		}
		give := record.Disclosure{Learner: id, Party: "Bridge County Court", What: "enrolment", Ground: "other"}
		wantKind(t, o.Desk.Disclose(ctx, o.Registrar, give), record.Conflict)
		give.Ground = "court-order"
		if err := o.Desk.Disclose(ctx, o.Registrar, give); err != nil {
			t.Fatal(err)
		}
		give.Ground = "curiosity"
		wantKind(t, o.Desk.Disclose(ctx, o.Registrar, give), record.Invalid)
		v, err := o.Desk.Privacy(ctx, o.Approver, id)
		if err != nil || len(v.Holds) != 1 || len(v.Disclosures) != 1 || v.Disclosures[0].MadeBy != "reg" || v.MayErase {
			t.Errorf("%+v, %v", v, err)
		}
		if err := o.Desk.LiftHold(ctx, o.Registrar, id, record.HoldRelease); err != nil {
			t.Fatal(err)
		}
		wantKind(t, o.Desk.LiftHold(ctx, o.Registrar, id, record.HoldRelease), record.Conflict)
		o.Audit()
	})
}
