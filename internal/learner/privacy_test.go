package learner_test

import (
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// TestHolds: what an office holds back leaves by no way out, the learner reads it as ever, and it comes back when the hold
// is lifted (G01 and G02 in the catalogue of attacks).
func TestHolds(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	if _, err := c.Desk.ChangeProfile(ctx, c.Registrar, registrar.ProfileChange{Name: c.Institution.Name, Policy: record.Policy{TwoPeople: true, OpenRecords: true}, Version: c.Institution.Version}); err != nil {
		t.Fatal(err)
	}
	amara := c.Learner("Amara")
	made := c.share(c.amara, learner.ShareRequest{Whole: true})
	offer, err := c.desk.OfferToWallet(ctx, c.amara, learner.WalletRequest{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]func() error{
		"an open record": func() error { _, err := c.desk.Fetch(ctx, record.Actor{}, amara.RecordID); return err },
		"a link":         func() error { _, err := c.employer.Open(ctx, record.Actor{}, made.Token, ""); return err },
		"a new link":     func() error { _, err := c.desk.Share(ctx, c.amara, learner.ShareRequest{Whole: true}); return err },
		"a program": func() error {
			_, _, err := c.desk.ListFor(ctx, c.amara, "ClrCredential", time.Time{}, 10, 0)
			return err
		},
		"a new wallet": func() error {
			_, err := c.desk.OfferToWallet(ctx, c.amara, learner.WalletRequest{Whole: true})
			return err
		},
		"a wallet": func() error { _, err := c.desk.OpenWalletOffer(ctx, record.Actor{}, offer.Token); return err },
	}
	ask := func(when string, refused map[string]record.Kind) {
		t.Helper()
		for way, try := range out {
			if got := record.KindOf(try()); got != refused[way] {
				t.Errorf("%s, %s: %q, want %q", when, way, got, refused[way])
			}
		}
		c.mine(c.amara)
	}
	ask("before", nil)
	hold := func(kind record.HoldKind) {
		t.Helper()
		if err := c.Desk.SetHold(ctx, c.Registrar, amara.ID, kind, "asked for"); err != nil {
			t.Fatal(err)
		}
	}
	lift := func(kind record.HoldKind) {
		t.Helper()
		if err := c.Desk.LiftHold(ctx, c.Registrar, amara.ID, kind); err != nil {
			t.Fatal(err)
		}
	}
	hold(record.HoldDirectory)
	ask("out of the directory", map[string]record.Kind{"an open record": record.NotFound})
	lift(record.HoldDirectory)
	hold(record.HoldRelease)
	ask("held back", map[string]record.Kind{"an open record": record.NotFound, "a link": record.Gone, "a new link": record.Forbidden, "a program": record.Forbidden,
		"a new wallet": record.Forbidden, "a wallet": record.Gone})
	given, err := c.desk.Given(ctx, c.amara)
	if err != nil || len(given.Holds) != 1 || given.Holds[0].Reason != "asked for" {
		t.Errorf("the learner reads %+v, %v", given, err)
	}
	_, err = c.desk.Given(ctx, c.Registrar)
	registrartest.WantKind(t, err, record.NotFound)
	lift(record.HoldRelease)
	ask("lifted", nil)
}
