package learner_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// accounts gives Amara and Noor accounts, as a server does.
func (c *campus) accounts() *account.Desk {
	c.T.Helper()
	desk := &account.Desk{DB: c.DB, Now: c.Now}
	for name, actor := range map[string]*record.Actor{"amara": &c.amara, "noor": &c.noor} {
		a, err := desk.Add(c.T.Context(), record.System(c.Institution.ID), account.NewAccount{Institution: c.Institution.ID, Name: name, Email: name + "@example.edu", Roles: []record.Role{record.RoleLearner}, Learner: actor.Learner, Password: "four words in a row"})
		if err != nil {
			c.T.Fatal(err)
		}
		*actor = a.Actor()
	}
	return desk
}

func TestMoveToAPersonalAddress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		box, doors := c.post(t), c.accounts()
		if err := c.desk.AddAddress(ctx, c.amara, "Amara@Home.example"); err != nil {
			t.Fatal(err)
		}
		if sent := box.sent[len(box.sent)-1]; sent.To != "Amara@Home.example" || strings.Contains(sent.Text, "Data Science") {
			t.Errorf("to %s: %s", sent.To, sent.Text)
		}
		token := box.token(t, "/my/address/")
		before, err := c.desk.Addresses(ctx, c.amara)
		if err != nil || before.SignIn != "amara@example.edu" || len(before.Others) != 1 || !before.Others[0].Confirmed.IsZero() || before.Others[0].TokenHash != "" {
			t.Fatalf("%+v, %v", before, err)
		}
		wantKind(t, c.desk.UseAddress(ctx, c.amara, before.Others[0].ID), record.NotFound) // not proven yet
		for name, actor := range map[string]record.Actor{"another learner": c.noor, "a stranger": {}} {
			if err := c.desk.ConfirmAddress(ctx, actor, token); err == nil {
				t.Errorf("%s proved the address", name)
			}
		}
		if _, joins, err := c.desk.AddressAsked(ctx, c.amara, token); err != nil || joins {
			t.Errorf("joins %v, %v", joins, err)
		}
		if err := c.desk.ConfirmAddress(ctx, c.amara, token); err != nil {
			t.Fatal(err)
		}
		wantKind(t, c.desk.ConfirmAddress(ctx, c.amara, token), record.Gone)
		if err := c.desk.UseAddress(ctx, c.amara, before.Others[0].ID); err != nil {
			t.Fatal(err)
		}
		after, err := c.desk.Addresses(ctx, c.amara)
		if err != nil || after.SignIn != "Amara@Home.example" || len(after.Others) != 1 || after.Others[0].Email != "amara@example.edu" {
			t.Fatalf("%+v, %v", after, err)
		}
		if _, err := doors.SignInByPassword(ctx, "amara@home.example", "four words in a row"); err != nil {
			t.Errorf("signing in with the new address: %v", err)
		}
		if _, err := doors.SignInByPassword(ctx, "amara@example.edu", "four words in a row"); err == nil {
			t.Error("the address that lapses still signs in")
		}
		if err := c.desk.SendNotice(ctx, learner.Notice{Kind: "issued", Learner: c.amara.Learner, ID: "x"}); err != nil || box.sent[len(box.sent)-1].To != "Amara@Home.example" {
			t.Errorf("a notice went to %s, %v", box.sent[len(box.sent)-1].To, err)
		}
		if err := c.desk.DropAddress(ctx, c.amara, after.Others[0].ID); err != nil {
			t.Fatal(err)
		}
		wantKind(t, c.desk.AddAddress(ctx, c.amara, "amara@home.example"), record.Conflict)
		wantKind(t, c.desk.AddAddress(ctx, c.amara, "not an address"), record.Invalid)
		wantKind(t, c.desk.DropAddress(ctx, c.noor, after.Others[0].ID), record.NotFound)
		if err := c.desk.AddAddress(ctx, c.amara, "late@home.example"); err != nil {
			t.Fatal(err)
		}
		late := box.token(t, "/my/address/")
		c.Clock = c.Clock.Add(8 * 24 * time.Hour)
		wantKind(t, c.desk.ConfirmAddress(ctx, c.amara, late), record.Gone)
	})
}

// TestTwoRecordsBecomeOne: whoever reads the mail of both addresses has both records in one, now and later.
func TestTwoRecordsBecomeOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		box := c.post(t)
		c.accounts()
		c.desk.Notify = func(_ context.Context, _ learner.Notice) error { return nil }
		if err := c.desk.Tell(ctx); err != nil {
			t.Fatal(err)
		}
		if err := c.desk.AddAddress(ctx, c.amara, "noor@example.edu"); err != nil {
			t.Fatal(err)
		}
		token := box.token(t, "/my/address/")
		if _, joins, err := c.desk.AddressAsked(ctx, c.amara, token); err != nil || !joins {
			t.Fatalf("joins %v, %v", joins, err)
		}
		if err := c.desk.ConfirmAddress(ctx, c.amara, token); err != nil {
			t.Fatal(err)
		}
		m := c.mine(c.amara)
		if len(m.Kept) != 1 || m.Kept[0].Name != "Peer Tutoring" || m.Kept[0].Person != "same" || len(m.Items) != 2 {
			t.Fatalf("kept %+v, %d items", m.Kept, len(m.Items))
		}
		c.share(c.amara, learner.ShareRequest{Items: []string{"kept/" + string(m.Kept[0].ID), m.Items[0].Ref}})
		if n := c.mine(c.noor); len(n.Kept) != 0 {
			t.Error("the other record got something without asking")
		}
		c.Import(registrartest.Header + "نور الهاشمي,noor@example.edu,1002,Chess,CoCurricular,CO-18,Weekly,30 hours,2025-05-30,,,\n")
		c.Issue()
		if err := c.desk.Tell(ctx); err != nil {
			t.Fatal(err)
		}
		if m := c.mine(c.amara); len(m.Kept) != 2 {
			t.Errorf("%d kept after something was issued to the joined record, want 2", len(m.Kept))
		}
		others, err := c.desk.Addresses(ctx, c.amara)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.desk.UseAddress(ctx, c.amara, others.Others[0].ID); err != nil {
			t.Fatal(err)
		}
		if now, err := c.desk.Addresses(ctx, c.amara); err != nil || now.SignIn != "noor@example.edu" {
			t.Errorf("%+v, %v", now, err)
		}
	})
}
