package registrar_test

import (
	"os"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

func TestMain(m *testing.M) {
	if os.Getenv(victimEnv) != "" {
		os.Exit(victim())
	}
	os.Exit(storetest.Main(m))
}

var wantKind = registrartest.WantKind

func TestFromFileToVerifiedRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := registrartest.New(t, db)
		got := o.Import(registrartest.Sheet)
		if got.Counts.New != 3 || got.Counts.Learners != 2 || len(got.Awards) != 3 {
			t.Fatalf("import: %+v", got.Counts)
		}
		run := o.Issue()
		if run.Done != 2 || run.Total != 2 {
			t.Errorf("run: %d of %d", run.Done, run.Total)
		}
		amara := o.Learner("Amara")
		c := o.Current(amara.RecordID)
		if c.SHA256 != record.Sum(c.Bytes) || c.URI != amara.RecordURL || c.Kind != "ClrCredential" {
			t.Errorf("index columns differ from the bytes: %+v", c)
		}
		rep := o.WantVerdict(c.Bytes, verify.Verified)
		if rep.Summary.Total != 3 || rep.Kind != "ClrCredential" || rep.Issuer.ID != o.Institution.DID || rep.Proof != "eddsa-rdfc-2022" {
			t.Errorf("report: %+v, kind %s, issuer %v, proof %s", rep.Summary, rep.Kind, rep.Issuer, rep.Proof)
		}
		for _, part := range append(rep.Credentials, rep) {
			if len(part.Uncovered) > 0 {
				t.Errorf("not covered by the signature: %v", part.Uncovered)
			}
		}
		tampered := strings.Replace(string(c.Bytes), `"A-"`, `"A+"`, 1)
		if tampered == string(c.Bytes) {
			t.Fatal("the grade is not in the record")
		}
		o.WantVerdict([]byte(tampered), verify.Failed)
		if n := o.Audit(); n < 8 {
			t.Errorf("only %d events were audited", n)
		}
	})
}
