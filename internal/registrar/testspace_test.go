package registrar_test

import (
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/verify"
)

// TestTestSpace: whatever a test space signs is a test to every verifier that knows the mark, and has the word in its name
// for the others; the mark cannot be taken out.
func TestTestSpace(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	err := o.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, o.Institution.ID)
		if err != nil {
			return err
		}
		i.Profile.Test = true
		return tx.ChangeInstitution(ctx, i)
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Import(registrartest.Sheet)
	e, err := o.Desk.Endorse(ctx, o.Approver, registrar.EndorseRequest{Kind: record.EndorseAchievement, About: "CO-17", Comment: "Good."})
	if err != nil {
		t.Fatal(err)
	}
	o.Issue()
	assembled, err := o.Desk.Assemble(ctx, o.Registrar, o.Learner("Amara").ID, registrar.AssemblyRequest{Template: "transcript"})
	if err != nil {
		t.Fatal(err)
	}
	transcript := o.Current(strings.TrimPrefix(assembled.URI, o.Institution.RecordURL(""))).Bytes
	whole := o.Current(o.Learner("Amara").RecordID).Bytes
	for name, b := range map[string][]byte{"record": whole, "award": o.Current(o.Award("Amara", "Statistics", record.AwardIssued).CredentialID).Bytes, "transcript": transcript, "endorsement": e.Bytes} {
		rep := o.WantVerdict(b, verify.Indeterminate)
		if !rep.Test || !strings.HasPrefix(rep.Name, "Test: ") || render.VerdictOf(rep).Mark != render.Test {
			t.Errorf("%s: test %t, name %q, mark %s", name, rep.Test, rep.Name, render.VerdictOf(rep).Mark)
		}
		for _, c := range rep.Credentials {
			if !c.Test || render.MarkOf(c) != render.Test {
				t.Errorf("%s: the part %s is no test", name, c.Path)
			}
		}
		o.WantVerdict([]byte(strings.Replace(string(b), vc.TermsTest, "https://example.org/terms", 1)), verify.Failed)
	}
}
