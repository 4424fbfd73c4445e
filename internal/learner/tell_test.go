package learner_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// TestLearnersAreTold: each thing that happens to a record is told once, to the one whose record it is, and what happened
// before anybody listened is told to nobody.
func TestLearnersAreTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		box := c.post(t)
		var queued []learner.Notice
		c.desk.Notify = func(_ context.Context, n learner.Notice) error { queued = append(queued, n); return nil }
		tell := func(want ...string) {
			t.Helper()
			queued = nil
			for range 2 { // the second time there is nothing new
				if err := c.desk.Tell(ctx); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.desk.TellExpiring(ctx); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, n := range queued {
				name := "noor"
				if n.Learner == c.amara.Learner {
					name = "amara"
				}
				got = append(got, name+" "+string(n.Kind))
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("told %q, want %q", got, want)
			}
		}
		tell() // what was issued before
		c.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,Ethics,Course,ET 1,About it,Pass,2025-06-01,Spring 2025,2,A\nAmara Okafor,amara@example.edu,1001,Logic,Course,LO 1,About it,Pass,2025-06-01,Spring 2025,2,A\n")
		tell() // a draft is nothing yet
		c.Issue()
		tell("amara issued") // two items, one mail
		ethics := c.Award("Amara", "Ethics", record.AwardIssued).ID
		for _, act := range []struct {
			do   func() error
			want string
		}{
			{func() error { return c.Desk.Suspend(ctx, c.Registrar, ethics, "Being looked at") }, "amara suspended"},
			{func() error { return c.Desk.Reinstate(ctx, c.Registrar, ethics, "Done") }, "amara restored"},
			{func() error { return c.Desk.Revoke(ctx, c.Registrar, ethics, "Wrong person") }, "amara revoked"},
		} {
			c.Clock = c.Clock.Add(time.Minute)
			if err := act.do(); err != nil {
				t.Fatal(err)
			}
			tell(act.want)
		}
		s := c.share(c.noor, learner.ShareRequest{Whole: true, Passcode: "1234"})
		if _, err := c.employer.Open(ctx, record.Actor{}, s.Token, "wrong"); err == nil {
			t.Fatal("opened with a wrong passcode")
		}
		tell()
		for range 2 {
			if _, err := c.employer.Open(ctx, record.Actor{}, s.Token, "1234"); err != nil {
				t.Fatal(err)
			}
		}
		tell("noor share-opened")
		c.Clock = c.Clock.Add(time.Hour)
		if _, err := c.employer.Open(ctx, record.Actor{}, s.Token, "1234"); err != nil {
			t.Fatal(err)
		}
		tell() // the first time alone is news

		c.accounts()
		// A suspension is turned off with withdrawals, and no mail says what it is about.
		for _, off := range [][]record.NoticeKind{nil, {"revoked"}} {
			if err := c.desk.SetNotices(ctx, c.amara, off); err != nil {
				t.Fatal(err)
			}
			for _, kind := range []record.NoticeKind{"issued", "corrected", "suspended", "restored", "revoked", "expiring", "share-opened"} {
				before := len(box.sent)
				if err := c.desk.SendNotice(ctx, learner.Notice{Kind: kind, Learner: c.amara.Learner, ID: string(kind)}); err != nil {
					t.Fatal(err)
				}
				silent := off != nil && slices.Contains([]record.NoticeKind{"suspended", "restored", "revoked"}, kind)
				if sent := len(box.sent) > before; sent == silent {
					t.Errorf("%s with %v off: sent %v", kind, off, sent)
				}
			}
		}
	})
}
