package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func TestGoalsAndReflections(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		i, l, _ := house(t, db)
		g := &record.Goal{ID: "g1", Institution: i.ID, Learner: l.ID, Name: "Analyst", Origin: record.GoalText, Source: "me", Target: []byte(`{"op":"all"}`), Ground: []byte{}, Says: []string{"a"},
			Estimates: map[string]string{"t1": "2"}, CreatedAt: now, UpdatedAt: now}
		update(t, db, func(tx *store.Tx) error { return tx.AddGoal(ctx, g) })
		stale := *g
		update(t, db, func(tx *store.Tx) error {
			g.Name = "Data analyst"
			if err := tx.ChangeGoal(ctx, g); err != nil {
				return err
			}
			wantKind(t, tx.ChangeGoal(ctx, &stale), record.Conflict)
			got, err := tx.Goal(ctx, l.ID, g.ID)
			if d := cmp.Diff(g, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			_, stranger := tx.Goal(ctx, "other", g.ID)
			wantKind(t, stranger, record.NotFound)
			return err
		})
		note := &record.Reflection{Learner: l.ID, About: "goal/g1", Text: "why", UpdatedAt: now}
		update(t, db, func(tx *store.Tx) error { return tx.PutReflection(ctx, note) })
		update(t, db, func(tx *store.Tx) error {
			again := *note
			again.Text = "because"
			if err := tx.PutReflection(ctx, &again); err != nil {
				return err
			}
			wantKind(t, tx.PutReflection(ctx, &record.Reflection{Learner: l.ID, About: "goal/g1", Version: 1}), record.Conflict)
			return tx.DeleteGoal(ctx, l.ID, g.ID)
		})
		err := db.View(ctx, func(tx *store.Tx) error {
			left, err := tx.Reflections(ctx, l.ID)
			if len(left) != 0 {
				t.Errorf("the goal is gone and its note stays: %+v", left)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestStatements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		i, l, _ := house(t, db)
		s := &record.Statement{ID: "s1", Institution: i.ID, Learner: l.ID, CreatedAt: now, UpdatedAt: now,
			Body: record.StatementBody{Name: "Talk", Type: "Achievement", Evidence: []record.Evidence{{URL: "https://x.example/"}}}}
		c := &record.Confirmation{ID: "c1", Statement: s.ID, Learner: l.ID, Email: "a@x.example", TokenHash: "h", About: s.Body.Sum(), Answer: record.ConfirmationOpen, AskedAt: now, ExpiresAt: now.Add(time.Hour)}
		update(t, db, func(tx *store.Tx) error {
			if err := tx.AddStatement(ctx, s); err != nil {
				return err
			}
			return tx.AddConfirmation(ctx, c)
		})
		update(t, db, func(tx *store.Tx) error {
			got, err := tx.ConfirmationByToken(ctx, "h")
			if d := cmp.Diff(c, got); d != "" || err != nil {
				t.Errorf("%v (-want +got)\n%s", err, d)
			}
			got.Answer, got.Name, got.Answered = record.ConfirmationGiven, "A", now
			if err := tx.AnswerConfirmation(ctx, got); err != nil {
				return err
			}
			wantKind(t, tx.AnswerConfirmation(ctx, got), record.Conflict)
			if !got.Holds(&s.Body) || got.Domain() != "x.example" {
				t.Errorf("%+v does not hold", got)
			}
			s.Body.Description = "changed"
			if got.Holds(&s.Body) {
				t.Error("what was changed afterwards counts as confirmed")
			}
			return tx.ChangeStatement(ctx, s)
		})
		update(t, db, func(tx *store.Tx) error {
			wantKind(t, tx.DeleteStatement(ctx, "other", s.ID), record.NotFound)
			return tx.DeleteStatement(ctx, l.ID, s.ID)
		})
	})
}

func TestInquiriesNoticesConsents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		i, l, _ := house(t, db)
		q := &record.Inquiry{ID: "q1", Institution: i.ID, Learner: l.ID, About: "urn:x", Name: "N", Kind: record.AskCorrection, State: record.InquiryOpen, CreatedAt: now, UpdatedAt: now, DueAt: now.Add(time.Hour)}
		update(t, db, func(tx *store.Tx) error {
			if err := tx.AddInquiry(ctx, q); err != nil {
				return err
			}
			for n, office := range []bool{false, true} {
				if err := tx.AddInquiryMessage(ctx, &record.InquiryMessage{Inquiry: q.ID, Office: office, Author: "A", Text: string(rune('a' + n)), At: now}); err != nil {
					return err
				}
			}
			thread, err := tx.InquiryMessages(ctx, q.ID)
			if len(thread) != 2 || thread[0].Text != "a" || !thread[1].Office {
				t.Errorf("thread: %+v", thread)
			}
			if open, late, err := tx.CountInquiries(ctx, i.ID, now.Add(2*time.Hour)); open != 1 || late != 1 || err != nil {
				t.Errorf("%d open, %d late, %v", open, late, err)
			}
			if _, err := tx.Inquiry(ctx, "other", q.ID); record.KindOf(err) != record.NotFound {
				t.Errorf("another institution reads it: %v", err)
			}
			return err
		})
		stale := *q
		update(t, db, func(tx *store.Tx) error {
			q.State = record.InquiryAnswered
			if err := tx.MoveInquiry(ctx, q); err != nil {
				return err
			}
			wantKind(t, tx.MoveInquiry(ctx, &stale), record.Conflict)
			if err := tx.SetNotices(ctx, l.ID, []record.NoticeKind{"issued", "revoked"}); err != nil {
				return err
			}
			if err := tx.SetNotices(ctx, l.ID, []record.NoticeKind{"issued"}); err != nil {
				return err
			}
			off, err := tx.NoticesOff(ctx, l.ID)
			if err != nil {
				return err
			}
			if len(off) != 1 {
				t.Errorf("off: %v", off)
			}
			for n, id := range []string{"k1", "k2"} {
				if err := tx.AddConsent(ctx, &record.Consent{ID: id, Learner: l.ID, Email: "g@x.example", TokenHash: id, Answer: record.ConsentAsked, AskedAt: now.Add(time.Duration(n) * time.Second), ExpiresAt: now}); err != nil {
					return err
				}
			}
			one, err := tx.ConsentByToken(ctx, "k1")
			if err != nil {
				return err
			}
			one.Answer, one.Answered = record.ConsentAllowed, now
			if err := tx.AnswerConsent(ctx, one); err != nil {
				return err
			}
			all, err := tx.ConsentsOf(ctx, l.ID)
			if len(all) != 2 || all[0].Answer != record.ConsentAllowed {
				t.Errorf("consents: %+v", all)
			}
			return err
		})
	})
}
