package registrar_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// mailing is what a desk queued.
type mailing struct {
	id record.DeliveryID
	n  int
}

// postOffice is a mail server and a queue, both in memory; what it refuses is in trouble.
type postOffice struct {
	o       *registrartest.Office
	waiting []mailing
	sent    []*mail.Message
	trouble map[string]error
}

func (p *postOffice) Send(_ context.Context, m *mail.Message) error {
	if err := p.trouble[m.To]; err != nil {
		return err
	}
	p.sent = append(p.sent, m)
	return nil
}

// withPost gives an office a mail server.
func withPost(o *registrartest.Office) *postOffice {
	o.T.Helper()
	w, err := mail.NewWriter()
	if err != nil {
		o.T.Fatal(err)
	}
	p := &postOffice{o: o, trouble: map[string]error{}}
	o.Desk.Mail, o.Desk.Letters = p, w
	o.Desk.Post = func(_ context.Context, _ *store.Tx, id record.DeliveryID, n int) error {
		p.waiting = append(p.waiting, mailing{id, n})
		return nil
	}
	return p
}

// run tries what waits once; what is to be tried again waits on.
func (p *postOffice) run() {
	p.o.T.Helper()
	work := p.waiting
	p.waiting = nil
	for _, w := range work {
		if err := p.o.Desk.SendDelivery(p.o.T.Context(), w.id, w.n); err != nil {
			p.waiting = append(p.waiting, w)
		}
	}
}

var claimLink = regexp.MustCompile(`/(?:claim|attest)/([A-Z2-7]+)`)

// code is what stands in the link of the newest mail to an address.
func (p *postOffice) code(to string) string {
	p.o.T.Helper()
	for i := len(p.sent) - 1; i >= 0; i-- {
		if found := claimLink.FindStringSubmatch(p.sent[i].Text); p.sent[i].To == to && found != nil {
			return found[1]
		}
	}
	p.o.T.Fatalf("no mail with a code went to %s", to)
	return ""
}

func (p *postOffice) delivery(state record.DeliveryState) registrar.DeliveryView {
	p.o.T.Helper()
	page, err := p.o.Desk.Deliveries(p.o.T.Context(), p.o.Registrar, registrar.DeliveryFilter{State: state})
	if err != nil || len(page.Rows) != 1 {
		p.o.T.Fatalf("%d deliveries are %s: %v", len(page.Rows), state, err)
	}
	return page.Rows[0]
}

const noMail = registrartest.Sheet + "Bo Berg,,1003,Statistics,Course,STAT 210,Inference,Pass the final,2025-05-21,Spring 2025,3,C\n"

// TestDeliveredAndClaimed: from a run to an account, with nothing private in the mail, and a code that opens once.
func TestDeliveredAndClaimed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		p := withPost(o)
		door := &account.Desk{DB: db, Now: o.Now}
		o.Import(noMail)
		run := o.Issue()
		_, err := o.Desk.Tell(ctx, o.Approver, run.ID)
		wantKind(t, err, record.Forbidden)
		for _, want := range []int{3, 0} { // asked for twice, told once
			if n, err := o.Desk.Tell(ctx, o.Registrar, run.ID); n != want || err != nil {
				t.Fatalf("told %d, want %d: %v", n, want, err)
			}
		}
		p.run()
		if len(p.sent) != 2 {
			t.Fatalf("%d mails went, want 2", len(p.sent))
		}
		for _, m := range p.sent {
			for _, private := range []string{"Data Science", "Statistics", "Tutoring", "A-", "DS 101", "1001", "Spring"} {
				if strings.Contains(m.Subject+m.Text+m.HTML, private) {
					t.Errorf("the mail to %s says %q: %s", m.To, private, m.Text)
				}
			}
		}
		code := p.code("amara@example.edu")
		for _, wrong := range []string{"", "ABCD", strings.Repeat("A", 16), strings.Repeat("A", 100), code[:15], "' OR 1=1 --"} {
			_, err := door.Claim(ctx, wrong)
			wantKind(t, err, record.NotFound)
		}
		a, err := door.Claim(ctx, " "+strings.ToLower(code[:4])+"-"+code[4:]+" ")
		if err != nil || a.Email != "amara@example.edu" || a.Learner != o.Learner("Amara").ID || len(a.Roles) != 1 || a.Roles[0] != record.RoleLearner {
			t.Fatalf("claimed: %+v, %v", a, err)
		}
		_, err = door.Claim(ctx, code)
		wantKind(t, err, record.NotFound)
		if v := p.delivery(record.DeliveryDone); v.LearnerName != "Amara Okafor" {
			t.Errorf("done: %+v", v)
		}
		wantKind(t, o.Desk.SendAgain(ctx, o.Registrar, p.delivery(record.DeliveryDone).ID, ""), record.Conflict)

		// A code ends by itself.
		noor := p.code("noor@example.edu")
		o.Clock = o.Clock.Add(31 * 24 * time.Hour)
		_, err = door.Claim(ctx, noor)
		wantKind(t, err, record.NotFound)
		// Sent again, the old one is dead and the new one opens.
		if err := o.Desk.SendAgain(ctx, o.Registrar, p.delivery(record.DeliverySent).ID, ""); err != nil {
			t.Fatal(err)
		}
		p.run()
		if again := p.code("noor@example.edu"); again == noor {
			t.Error("the second mail has the code of the first")
		} else if _, err := door.Claim(ctx, again); err != nil {
			t.Error(err)
		}
		// Who has an account is told by the learner's own desk.
		o.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,Algebra,Course,MA 1,Groups,Pass,2025-06-20,Spring 2025,4,A-\n")
		next := o.Issue()
		if n, err := o.Desk.Tell(ctx, o.Registrar, next.ID); n != 0 || err != nil {
			t.Fatalf("told %d, %v", n, err)
		}
		o.Audit()
	})
}

// TestPrintedLetter: who has no mail opens the record with a printed code.
func TestPrintedLetter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		p := withPost(o)
		door := &account.Desk{DB: db, Now: o.Now}
		o.Import(noMail)
		run := o.Issue()
		if _, err := o.Desk.Tell(ctx, o.Registrar, run.ID); err != nil {
			t.Fatal(err)
		}
		_, err := o.Desk.PrintLetters(ctx, o.Approver, run.ID, nil)
		wantKind(t, err, record.Forbidden)
		sheets, err := o.Desk.PrintLetters(ctx, o.Registrar, run.ID, nil)
		if err != nil || len(sheets) != 1 || sheets[0].Name != "Bo Berg" || len(sheets[0].Code) != 19 || !strings.HasPrefix(sheets[0].URL, "http://127.0.0.1:8080/claim/") {
			t.Fatalf("%+v, %v", sheets, err)
		}
		_, err = o.Desk.PrintLetters(ctx, o.Registrar, run.ID, nil)
		wantKind(t, err, record.Conflict)
		v := p.delivery(record.DeliveryPrinted)
		again, err := o.Desk.PrintLetters(ctx, o.Registrar, "", []record.DeliveryID{v.ID})
		if err != nil || again[0].Code == sheets[0].Code {
			t.Fatalf("%+v, %v", again, err)
		}
		_, err = door.Claim(ctx, sheets[0].Code)
		wantKind(t, err, record.NotFound) // the letter that was lost
		a, err := door.Claim(ctx, again[0].Code)
		if err != nil || a.Email != "1003" {
			t.Errorf("%+v, %v", a, err)
		}
		_, err = o.Desk.PrintLetters(ctx, o.Registrar, "", []record.DeliveryID{v.ID})
		wantKind(t, err, record.Conflict)
	})
}

// TestUndelivered: what a mail server refuses is seen, and a corrected address mends it.
func TestUndelivered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		p := withPost(o)
		o.Import(registrartest.Header + "Amara Okafor,amara@example.edu,1001,Data Science,Course,DS 101,Life cycle,Pass all labs,2025-05-20,Spring 2025,4,A-\n")
		run := o.Issue()
		p.trouble["amara@example.edu"] = errors.New("421 try later\r\nX-Evil: yes")
		if _, err := o.Desk.Tell(ctx, o.Registrar, run.ID); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			p.run()
		}
		v := p.delivery(record.DeliveryFailed)
		if v.Attempts != 9 || !strings.Contains(v.Reason, "given up") || strings.ContainsAny(v.Reason, "\r\n") || len(p.waiting) > 0 {
			t.Errorf("after all tries: %+v, %d wait", v, len(p.waiting))
		}
		wantKind(t, o.Desk.SendAgain(ctx, o.Approver, v.ID, ""), record.Forbidden)
		wantKind(t, o.Desk.SendAgain(ctx, o.Registrar, v.ID, "two@example.edu, three@example.edu"), record.Invalid)
		wantKind(t, o.Desk.SendAgain(ctx, o.Registrar, v.ID, "x@example.edu\r\nBcc: all@example.edu"), record.Invalid)
		if err := o.Desk.SendAgain(ctx, o.Registrar, v.ID, "amara.okafor@example.edu"); err != nil {
			t.Fatal(err)
		}
		stale := mailing{v.ID, 1}
		p.waiting = append(p.waiting, stale) // a job of the first mailing, late
		p.run()
		if len(p.sent) != 1 || p.sent[0].To != "amara.okafor@example.edu" || o.Learner("Amara").Email != "amara.okafor@example.edu" {
			t.Errorf("sent %d; the register has %s", len(p.sent), o.Learner("Amara").Email)
		}
		code := p.code("amara.okafor@example.edu")
		v = p.delivery(record.DeliverySent)
		if err := o.Desk.CameBack(ctx, o.Registrar, v.ID, "mailbox full"); err != nil {
			t.Fatal(err)
		}
		if v = p.delivery(record.DeliveryBounced); v.Reason != "mailbox full" {
			t.Errorf("%+v", v)
		}
		_, err := (&account.Desk{DB: db, Now: o.Now}).Claim(ctx, code)
		wantKind(t, err, record.NotFound)
		other := record.Actor{Account: "x", Institution: "elsewhere", Roles: record.Roles}
		wantKind(t, o.Desk.SendAgain(ctx, other, v.ID, ""), record.NotFound)
		wantKind(t, o.Desk.CameBack(ctx, other, v.ID, "x"), record.NotFound)
		o.Audit()
	})
}

// TestWordings: an institution's words are checked, tried, used and taken back.
func TestWordings(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	p := withPost(o)
	for _, bad := range []mail.Wording{{}, {Subject: "x", Text: "Dear {Grade}"}, {Subject: "a\r\nBcc: b@example.org", Text: "x"}, {Subject: "x", Text: "{{.Name}}"}, {Subject: "x", Text: "{"}, {Subject: strings.Repeat("x", 151), Text: "x"}, {Subject: "x", Text: "\x00"}} {
		if bad == (mail.Wording{}) {
			continue // empty words are how one goes back
		}
		wantKind(t, o.Desk.SetWording(ctx, o.Registrar, "mail.claim", "en", bad), record.Invalid)
	}
	good := mail.Wording{Subject: "Hello from {House}", Text: "Dear {Name},\n\n<b>come in</b>"}
	wantKind(t, o.Desk.SetWording(ctx, o.Approver, "mail.claim", "en", good), record.Forbidden)
	wantKind(t, o.Desk.SetWording(ctx, o.Registrar, "mail.sign-in", "en", good), record.NotFound)
	wantKind(t, o.Desk.SetWording(ctx, o.Registrar, "mail.claim", "xx", good), record.NotFound)
	if err := o.Desk.SetWording(ctx, o.Registrar, "mail.claim", "en", good); err != nil {
		t.Fatal(err)
	}
	v, err := o.Desk.Wording(ctx, o.Registrar, "mail.claim", "en", nil)
	if err != nil || !v.Own || v.Subject != "Hello from Example University" || !strings.Contains(v.Text, "Dear Amina Diallo,") {
		t.Fatalf("%+v, %v", v, err)
	}
	o.Import(registrartest.Sheet)
	run := o.Issue()
	if _, err := o.Desk.Tell(ctx, o.Registrar, run.ID); err != nil {
		t.Fatal(err)
	}
	p.run()
	for _, m := range p.sent {
		if m.Subject != "Hello from Example University" || !strings.Contains(m.HTML, "&lt;b&gt;come in") || !strings.Contains(m.Text, "/claim/") {
			t.Errorf("%+v", m)
		}
	}
	if err := o.Desk.SetWording(ctx, o.Registrar, "mail.claim", "en", mail.Wording{}); err != nil {
		t.Fatal(err)
	}
	if v, err = o.Desk.Wording(ctx, o.Registrar, "mail.claim", "en", nil); err != nil || v.Own || !strings.Contains(v.Words.Text, "{Name}") {
		t.Errorf("%+v, %v", v, err)
	}
}
