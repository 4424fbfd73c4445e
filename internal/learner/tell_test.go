package learner_test

import (
	"context"
	"slices"
	"strings"
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

// TestCorrectedAndExpiringAreTold: a correction is told when it is in force and not before, what runs out once and in time,
// and each of both can be turned off.
func TestCorrectedAndExpiringAreTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		c.accounts()
		box := c.post(t)
		var kinds []string
		c.desk.Notify = func(ctx context.Context, n learner.Notice) error {
			kinds = append(kinds, string(n.Kind))
			return c.desk.SendNotice(ctx, n)
		}
		tell := func(letters int, want ...string) {
			t.Helper()
			kinds, box.sent = nil, nil
			for range 2 { // nothing is told twice
				if err := c.desk.Tell(ctx); err != nil {
					t.Fatal(err)
				}
				if err := c.desk.TellExpiring(ctx); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(kinds, want) || len(box.sent) != letters {
				t.Fatalf("told %q in %d letters, want %q in %d", kinds, len(box.sent), want, letters)
			}
			for _, m := range box.sent {
				if m.To != "amara@example.edu" || strings.Contains(m.Subject+m.Text, "Statistics") || strings.Contains(m.Subject+m.Text, "First Aid") {
					t.Errorf("to %s: %s\n%s", m.To, m.Subject, m.Text)
				}
			}
		}
		tell(0)
		a := c.Award("Amara", "Statistics", record.AwardIssued)
		detail := a.Detail
		detail.Narrative = "With distinction."
		if _, err := c.Desk.Correct(ctx, c.Registrar, a.ID, detail, "the exam office erred"); err != nil {
			t.Fatal(err)
		}
		tell(0) // a draft
		c.Issue()
		tell(1, "corrected")
		ends := c.Clock.Add(60 * 24 * time.Hour)
		c.Import(strings.TrimSpace(registrartest.Header) + ",expires_on\nAmara Okafor,amara@example.edu,1001,First Aid,CertificateOfCompletion,FA 1,A day,Attendance,2025-06-01,,,," + ends.Format(time.DateOnly) + "\n")
		c.Issue()
		tell(1, "issued") // two months ahead nobody is told
		c.Clock = ends.Add(-29 * 24 * time.Hour)
		tell(1, "expiring")
		if err := c.desk.SetNotices(ctx, c.amara, []record.NoticeKind{"corrected", "expiring"}); err != nil {
			t.Fatal(err)
		}
		a = c.Award("Amara", "Statistics", record.AwardIssued)
		if _, err := c.Desk.Correct(ctx, c.Registrar, a.ID, record.AwardDetail{AwardedOn: a.Detail.AwardedOn}, "once more"); err != nil {
			t.Fatal(err)
		}
		c.Issue()
		tell(0, "corrected")
	})
}

// TestReceipts: each receiving party has a receipt of its own that says what was agreed, and then that it was withdrawn; it
// is the learner's alone.
func TestReceipts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		items := c.mine(c.amara).Items
		until := c.Clock.Add(7 * 24 * time.Hour).Truncate(time.Second)
		transit := c.share(c.amara, learner.ShareRequest{Items: []string{items[0].Ref}, Audience: "City Transit", Note: "For the analyst role", ExpiresAt: until, AllowDownload: true})
		school := c.share(c.amara, learner.ShareRequest{Whole: true, Audience: "Graduate school"})
		if _, err := c.employer.Open(ctx, record.Actor{}, transit.Token, ""); err != nil {
			t.Fatal(err)
		}
		receipt := func(id record.ShareID) *learner.ConsentReceipt {
			t.Helper()
			r, err := c.desk.Receipt(ctx, c.amara, id)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := receipt(transit.ID)
		if r.To != "City Transit" || r.Purpose != "For the analyst role" || len(r.Items) != 1 || r.Items[0].Name != items[0].Name || r.Until != until.Format(time.RFC3339) || !r.Download || r.Opened != 1 || r.Withdrawn != "" || r.By != "Amara Okafor" {
			t.Errorf("for the one: %+v", r)
		}
		if r := receipt(school.ID); r.To != "Graduate school" || !r.Whole || r.Download || r.Opened != 0 || r.Until != "" {
			t.Errorf("for the other: %+v", r)
		}
		s, err := c.desk.ShareOf(ctx, c.amara, transit.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.desk.ChangeShare(ctx, c.amara, transit.ID, s.Version, learner.ShareChange{Audience: "Somebody else"}); err != nil {
			t.Fatal(err)
		}
		if err := c.desk.RevokeShare(ctx, c.amara, transit.ID); err != nil {
			t.Fatal(err)
		}
		if r := receipt(transit.ID); r.Withdrawn != c.Clock.Format(time.RFC3339) || r.To != "City Transit" || len(r.Items) != 1 {
			t.Errorf("after it was withdrawn: %+v", r)
		}
		if r := receipt(school.ID); r.Withdrawn != "" {
			t.Errorf("the other is withdrawn too: %+v", r)
		}
		_, err = c.desk.Receipt(ctx, c.noor, transit.ID)
		wantKind(t, err, record.NotFound)
	})
}
