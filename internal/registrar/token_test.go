//go:build cgo

package registrar_test

import (
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/keyring/keyringtest"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

// TestIssuingFromAToken moves an institution from a key in the database to keys in a PKCS #11 token, of every kind that the
// token makes, and issues and revokes with each; what the first key signed still verifies. A server that is not told of the
// token signs nothing and says where the key is.
func TestIssuingFromAToken(t *testing.T) {
	token := keyringtest.SoftHSM(t)
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	o.Import(registrartest.Sheet)
	o.Issue()
	before := o.Current(o.Learner("Amara").RecordID)
	ring, err := keyring.Open(&keyring.Options{Dir: o.KeyDir, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	without := o.Desk.Keys
	o.Desk.Keys = ring
	o.WantVerdict(before.Bytes, verify.Verified)
	sheet := registrartest.Header
	for i, kind := range o.Desk.KeyKinds() {
		k, err := o.Desk.RotateKey(ctx, o.Registrar, kind)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if k.Token != keyringtest.Label || k.Sealed != nil {
			t.Errorf("%s: the new key says that it is in %q", kind, k.Token)
		}
		sheet += "Amara Okafor,amara@example.edu,1001,Seminar " + kind + ",Course,SEM " + kind + ",About,Pass,2025-06-01,,1,A\n"
		o.Import(sheet)
		o.Issue()
		rep := o.WantVerdict(o.Current(o.Learner("Amara").RecordID).Bytes, verify.Verified)
		if rep.Summary.Total != 4+i {
			t.Errorf("%s: the record holds %d credentials, want %d", kind, rep.Summary.Total, 4+i)
		}
	}
	o.WantVerdict(before.Bytes, verify.Verified)
	if err := o.Desk.Revoke(ctx, o.Registrar, o.Award("Amara", "Statistics", record.AwardIssued).ID, "wrong person"); err != nil {
		t.Errorf("a status list signed in the token: %v", err)
	}
	fresh, err := o.Desk.AddInstitution(ctx, record.System(""), record.Institution{Slug: "second", Name: "Second College", BaseURL: "http://127.0.0.1:8080", DID: "did:web:second.test"})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := o.Desk.SigningKeys(ctx, record.Actor{Account: "r", Institution: fresh.ID, Roles: []record.Role{record.RoleRegistrar}})
	if err != nil || len(keys) != 1 || keys[0].Token != keyringtest.Label {
		t.Errorf("the first key of a new institution: %+v, %v", keys, err)
	}
	o.Desk.Keys = without
	err = o.Desk.Revoke(ctx, o.Registrar, o.Award("Amara", "Data Science", record.AwardIssued).ID, "wrong person")
	wantKind(t, err, record.Unavailable)
	if !strings.Contains(record.MessageOf(err), keyringtest.Label) {
		t.Errorf("without the token: %v", err)
	}
	all, err := o.Desk.SigningKeys(ctx, o.Registrar)
	if err != nil {
		t.Fatal(err)
	}
	last := all[len(all)-1]
	o.Desk.Keys = ring
	if err := o.Desk.MarkCompromised(ctx, o.Registrar, registrar.EndKey{ID: last.ID, Sure: last.Fragment, Reason: "the token was stolen"}); err != nil {
		t.Fatal(err)
	}
	o.Audit()
}
