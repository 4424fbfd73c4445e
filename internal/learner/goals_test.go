package learner_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

const analyst = `{"id":"https://jobs.example/analyst","name":"Analyst","source":"City Transit","op":"all","of":[
 {"id":"t1","name":"SQL","skill":"https://s.example/sql","essential":true},{"id":"t2","name":"Talks","skill":"https://s.example/talks","essential":true}]}`

func (c *campus) goal(t *testing.T, req learner.GoalRequest) *record.Goal {
	t.Helper()
	g, err := c.desk.AddGoal(t.Context(), c.amara, req)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (c *campus) view(t *testing.T, id record.GoalID, whatIf ...string) *learner.GoalView {
	t.Helper()
	v, err := c.desk.Goal(t.Context(), c.amara, id, whatIf)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestGoals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c, ctx := newCampus(t, db), t.Context()
		framework1 := record.Framework{IRI: "https://jobs.example/analyst", Title: "Analyst", Kind: "target", Body: []byte(analyst)}
		if err := c.Desk.AddFramework(ctx, c.Registrar, framework1); err != nil {
			t.Fatal(err)
		}
		aims, more, err := c.desk.Aims(ctx, c.amara, "ANAL")
		if err != nil || more || len(aims) != 1 || aims[0].Kind != "target" {
			t.Fatalf("aims: %+v, %v", aims, err)
		}
		g := c.goal(t, learner.GoalRequest{Ref: aims[0].Ref})
		v := c.view(t, g.ID)
		if v.Name != "Analyst" || v.Analysis.Essential != (gap.Counts{Of: 2}) || v.Analysis.Rows[1].State != gap.NotYet {
			t.Errorf("goal %q: %+v", v.Name, v.Analysis.Essential)
		}

		// What the learner states is shown as stated, and what others confirm does not make it met.
		s, err := c.desk.State(ctx, c.amara, "", 0, record.StatementBody{Name: "Talk at the club", Type: "Achievement", Description: "I spoke.", Skills: []record.Alignment{{Name: "Talks", URL: "https://s.example/talks"}}})
		if err != nil {
			t.Fatal(err)
		}
		if v = c.view(t, g.ID); v.Analysis.Rows[1].State != gap.SelfAsserted || v.Analysis.Essential.Firm != 0 || v.Analysis.Essential.Possible != 1 {
			t.Errorf("stated: %s, %+v", v.Analysis.Rows[1].State, v.Analysis.Essential)
		}
		if err := c.desk.Unstate(ctx, c.amara, s); err != nil {
			t.Fatal(err)
		}

		change := learner.GoalChange{Version: v.Version, Name: "My first job", Estimates: map[string]string{"t1": "can", "no such": "x"}, Note: "because of the river line"}
		if err := c.desk.ChangeGoal(ctx, c.amara, g.ID, change); err != nil {
			t.Fatal(err)
		}
		if err := c.desk.ChangeGoal(ctx, c.amara, g.ID, change); record.CodeOf(err) != "changed-elsewhere" {
			t.Errorf("a second window overwrites: %v", err)
		}
		v = c.view(t, g.ID)
		if v.Name != "My first job" || len(v.Estimates) != 1 || v.Note.Text != change.Note {
			t.Errorf("changed: %+v, note %+v", v.Goal, v.Note)
		}
		for name, actor := range map[string]record.Actor{"another learner": c.noor, "staff": c.Registrar, "a stranger": {}} {
			if _, err := c.desk.Goal(ctx, actor, g.ID, nil); record.KindOf(err) != record.NotFound {
				t.Errorf("%s reads a goal: %v", name, err)
			}
			if err := c.desk.DeleteGoal(ctx, actor, g.ID); record.KindOf(err) != record.NotFound {
				t.Errorf("%s deletes a goal: %v", name, err)
			}
		}
		if err := c.desk.DeleteGoal(ctx, c.amara, g.ID); err != nil {
			t.Fatal(err)
		}
		if all, err := c.desk.Goals(ctx, c.amara); len(all) != 0 || err != nil {
			t.Errorf("%d goals left, %v", len(all), err)
		}
	})
}

func TestGoalFromElsewhere(t *testing.T) {
	c := newCampus(t, storetest.SQLite(t))
	ctx := t.Context()
	g := c.goal(t, learner.GoalRequest{Name: "Job", File: &framework.File{Name: "job.json", Data: []byte(analyst)}})
	if v := c.view(t, g.ID); v.Origin != record.GoalFile || v.Source != "City Transit" || len(v.Analysis.Rows) != 2 {
		t.Errorf("%+v", v.Goal)
	}
	for name, req := range map[string]learner.GoalRequest{
		"nothing": {}, "no such framework": {Ref: "framework/x#y"}, "no such programme": {Ref: "programme/x"}, "no such skill": {Name: "n", Skills: []string{"https://nowhere.example/"}},
		"no framework": {File: &framework.File{Name: "x.json", Data: []byte(`{"a":1}`)}},
	} {
		if _, err := c.desk.AddGoal(ctx, c.amara, req); err == nil || record.KindOf(err) == record.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIfLeavesTheRecord(t *testing.T) {
	c := newCampus(t, storetest.SQLite(t))
	catalogue, err := c.Desk.Catalogue(t.Context(), c.Registrar, "")
	if err != nil {
		t.Fatal(err)
	}
	mine := c.mine(c.noor)
	var missing string
	for _, a := range catalogue {
		if !slices.ContainsFunc(mine.Items, func(i learner.Item) bool { return i.Name == a.Name }) {
			missing = a.IRI
		}
	}
	if missing == "" {
		t.Fatal("the other learner has everything")
	}
	target := strings.NewReplacer("https://s.example/sql", missing).Replace(analyst)
	g, err := c.desk.AddGoal(t.Context(), c.noor, learner.GoalRequest{File: &framework.File{Data: []byte(target)}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.desk.Goal(t.Context(), c.noor, g.ID, []string{missing, missing, "no such offer"})
	if err != nil {
		t.Fatal(err)
	}
	if v.Analysis.Essential.Firm != 0 || v.After.Essential.Firm != 1 || len(v.If) != 1 {
		t.Errorf("now %+v, then %+v, tried %v", v.Analysis.Essential, v.After.Essential, v.If)
	}
	if len(v.Analysis.Recommendations) != 1 || v.Analysis.Recommendations[0].ID != missing {
		t.Errorf("recommended: %+v", v.Analysis.Recommendations)
	}
}

// outbox keeps what was mailed.
type outbox struct{ sent []*mail.Message }

func (o *outbox) Send(_ context.Context, m *mail.Message) error {
	o.sent = append(o.sent, m)
	return nil
}

func (o *outbox) token(t *testing.T, path string) string {
	t.Helper()
	text := o.sent[len(o.sent)-1].Text
	_, rest, ok := strings.Cut(text, path)
	if !ok {
		t.Fatalf("no link to %s in %q", path, text)
	}
	return strings.Fields(rest)[0]
}

func (c *campus) post(t *testing.T) *outbox {
	t.Helper()
	o := &outbox{}
	var err error
	c.desk.Mail = o
	if c.desk.Letters, err = mail.NewWriter(); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestConfirmation(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	box := c.post(t)
	own := c.witness(t)
	body := record.StatementBody{Name: "Talk", Type: "Achievement", Description: "I spoke."}
	id, err := c.desk.State(ctx, c.amara, "", 0, body)
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, c.desk.AskConfirmation(ctx, c.amara, id, "x\n@y.example"), record.Invalid)
	wantKind(t, c.desk.AskConfirmation(ctx, c.noor, id, "tom@club.example"), record.NotFound)
	if err := c.desk.AskConfirmation(ctx, c.amara, id, "tom@club.example"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, c.desk.AskConfirmation(ctx, c.amara, id, "TOM@club.example"), record.Conflict)
	if m := box.sent[0]; m.To != "tom@club.example" || strings.Contains(m.Text, "I spoke") {
		t.Errorf("the mail says too much: %q", m.Text)
	}
	token := box.token(t, "/confirm/")
	wantKind(t, c.desk.Answer(ctx, "guess", true, "Eve", "", ""), record.Gone)
	if err := c.desk.Answer(ctx, token, true, "Tom Ek", "ran the club", "It was good."); err != nil {
		t.Fatal(err)
	}
	wantKind(t, c.desk.Answer(ctx, token, true, "Tom Ek", "", ""), record.Gone)
	s, err := c.desk.Statement(ctx, c.amara, id)
	if err != nil || !s.Confirmed() || s.Confirmations[0].TokenHash != "" {
		t.Fatalf("%+v, %v", s, err)
	}
	c.wantConfirmed(t, own, id)
	body.Description = "I spoke to thousands."
	if _, err := c.desk.State(ctx, c.amara, id, s.Version, body); err != nil {
		t.Fatal(err)
	}
	if s, _ = c.desk.Statement(ctx, c.amara, id); s.Confirmed() {
		t.Error("other words count as confirmed")
	}
	if bytes.Contains(s.Document, []byte("EndorsementCredential")) {
		t.Errorf("other words carry the confirmation: %s", s.Document)
	}
	if _, err := c.desk.State(ctx, c.amara, id, 1, body); record.CodeOf(err) != "changed-elsewhere" {
		t.Errorf("a second window overwrites: %v", err)
	}
}

func TestBring(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	item := c.mine(c.amara).Items[0]
	file, err := c.desk.Fetch(ctx, c.amara, item.Ref)
	if err != nil {
		t.Fatal(err)
	}
	bring := func(actor record.Actor, data string) learner.Brought {
		t.Helper()
		got, err := c.desk.Bring(ctx, actor, []learner.File{{Name: "f", Data: []byte(data)}}, "upload")
		if err != nil {
			t.Fatal(err)
		}
		return got[0]
	}
	if own := bring(c.amara, string(file.Bytes)); own.Outcome != record.HeldOwn || own.Kept != nil {
		t.Errorf("what is in the record already: %+v", own)
	}
	first := bring(c.noor, string(file.Bytes))
	if first.Outcome != record.HeldNew || first.Kept.Person != "other" || first.Kept.Verdict != "verified" {
		t.Fatalf("%+v", first)
	}
	if again := bring(c.noor, string(file.Bytes)); again.Outcome != record.HeldSame || again.Kept.ID != first.Kept.ID {
		t.Errorf("twice is two: %+v", again)
	}
	if forged := bring(c.noor, strings.Replace(string(file.Bytes), item.Name, "Nobel Prize", 1)); forged.Outcome == record.HeldNew || forged.Kept == nil {
		t.Errorf("a changed copy with the same id: %+v", forged)
	}
	if none := bring(c.noor, "hello"); none.Refused == "" || none.Kept != nil {
		t.Errorf("not a credential: %+v", none)
	}
	if n := len(c.mine(c.noor).Kept) + 10*len(c.mine(c.amara).Kept); n != 1 {
		t.Fatalf("%d kept", n)
	}
	wantKind(t, c.desk.DropKept(ctx, c.amara, first.Kept.ID), record.NotFound)
	if err := c.desk.DropKept(ctx, c.noor, first.Kept.ID); err != nil {
		t.Fatal(err)
	}
}

func TestInquiry(t *testing.T) {
	c, ctx := newCampus(t, storetest.SQLite(t)), t.Context()
	var told []learner.Notice
	c.desk.Notify = func(_ context.Context, n learner.Notice) error { told = append(told, n); return nil }
	item := c.mine(c.amara).Items[0]
	if _, err := c.desk.Ask(ctx, c.noor, item.Ref, record.AskCorrection, "not mine"); record.KindOf(err) != record.NotFound {
		t.Errorf("about somebody else's: %v", err)
	}
	id, err := c.desk.Ask(ctx, c.amara, item.Ref, record.AskCorrection, "The grade was B+.")
	if err != nil {
		t.Fatal(err)
	}
	queue, err := c.desk.Queue(ctx, c.Approver, record.InquiryOpen)
	if err != nil || len(queue) != 1 || queue[0].Learner != "Amara Okafor" || queue[0].DueAt.Sub(queue[0].CreatedAt) < 27*24*time.Hour {
		t.Fatalf("%+v, %v", queue, err)
	}
	_, err = c.desk.Queue(ctx, c.amara, record.InquiryOpen)
	wantKind(t, err, record.Forbidden)
	if err := c.desk.Reply(ctx, c.Registrar, id, queue[0].Version, "We corrected it.", false); err != nil {
		t.Fatal(err)
	}
	if err := c.desk.Reply(ctx, c.Approver, id, queue[0].Version, "Me too.", false); record.CodeOf(err) != "changed-elsewhere" {
		t.Errorf("two answers cross: %v", err)
	}
	if len(told) != 1 || told[0].Kind != "answered" {
		t.Errorf("told %+v", told)
	}
	wantKind(t, c.desk.Reply(ctx, c.noor, id, 2, "x", false), record.NotFound)
	if err := c.desk.Reply(ctx, c.amara, id, 2, "", true); err != nil {
		t.Fatal(err)
	}
	mine, err := c.desk.Inquiries(ctx, c.amara)
	if err != nil || len(mine) != 1 || mine[0].State != record.InquiryClosed || len(mine[0].Messages) != 2 || !mine[0].Messages[1].Office {
		t.Errorf("%+v, %v", mine, err)
	}
}

func TestNoticesOff(t *testing.T) {
	c := newCampus(t, storetest.SQLite(t))
	ctx := t.Context()
	box := c.post(t)
	n := learner.Notice{Kind: "issued", Learner: c.amara.Learner, ID: "n1"}
	if err := c.desk.SendNotice(ctx, n); err != nil || len(box.sent) != 0 {
		t.Fatalf("%d sent to a learner without an account, %v", len(box.sent), err)
	}
	c.accounts()
	if err := c.desk.SendNotice(ctx, n); err != nil || len(box.sent) != 1 {
		t.Fatalf("%d sent, %v", len(box.sent), err)
	}
	if err := c.desk.SetNotices(ctx, c.amara, []record.NoticeKind{"issued"}); err != nil {
		t.Fatal(err)
	}
	if err := c.desk.SendNotice(ctx, n); err != nil || len(box.sent) != 1 {
		t.Errorf("%d sent though it is turned off, %v", len(box.sent), err)
	}
	wantKind(t, c.desk.SetNotices(ctx, c.amara, []record.NoticeKind{"spam"}), record.Invalid)
}

func TestGuardianAllows(t *testing.T) {
	db := storetest.SQLite(t)
	c, ctx := newCampus(t, db), t.Context()
	box := c.post(t)
	l := c.Learner("Amara")
	err := db.Update(ctx, func(tx *store.Tx) error {
		l.Guardian = true
		if err := tx.ChangeLearner(ctx, &l.Learner); err != nil {
			return err
		}
		return tx.PutGuardian(ctx, l.ID, "parent@home.example")
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.desk.Share(ctx, c.amara, learner.ShareRequest{Whole: true})
	wantKind(t, err, record.Forbidden)
	if err := c.desk.AskGuardian(ctx, c.amara); err != nil {
		t.Fatal(err)
	}
	wantKind(t, c.desk.AskGuardian(ctx, c.amara), record.Conflict)
	token := box.token(t, "/guardian/")
	wantKind(t, c.desk.GuardianAnswers(ctx, "guess", true), record.Gone)
	if err := c.desk.GuardianAnswers(ctx, token, true); err != nil {
		t.Fatal(err)
	}
	s := c.share(c.amara, learner.ShareRequest{Whole: true})
	if err := c.desk.GuardianAnswers(ctx, token, false); err != nil {
		t.Fatal(err)
	}
	_, err = c.employer.Open(ctx, record.Actor{}, s.Token, "")
	wantKind(t, err, record.Gone)
	_, err = c.desk.Share(ctx, c.amara, learner.ShareRequest{Whole: true})
	wantKind(t, err, record.Forbidden)
}
