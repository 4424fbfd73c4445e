package registrar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

func internship() registrar.ExperienceEntry {
	return registrar.ExperienceEntry{Person: "1001", Achievement: "CO-17", Body: record.ExperienceBody{Organization: "Bridge Lab", Role: "Analyst", Start: "2025-06-01", End: "2025-08-31",
		Hours: "240", Narrative: "Cleaned survey data.", Supervisor: "J. Rivera", Email: "rivera@bridge.example"}}
}

// TestExperienceConfirmed: asked by mail, answered without an account, approved and signed with the confirmation in it.
func TestExperienceConfirmed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		p := withPost(o)
		o.Import(registrartest.Sheet)
		o.Issue()
		for name, spoil := range map[string]func(*registrar.ExperienceEntry){
			"nobody": func(e *registrar.ExperienceEntry) { e.Person = "9999" }, "no achievement": func(e *registrar.ExperienceEntry) { e.Achievement = "" },
			"own address": func(e *registrar.ExperienceEntry) { e.Body.Email = "AMARA@example.edu" }, "address": func(e *registrar.ExperienceEntry) { e.Body.Email = "a@b\r\nBcc: c@d" },
			"order": func(e *registrar.ExperienceEntry) { e.Body.End = "2025-05-31" }, "ahead": func(e *registrar.ExperienceEntry) { e.Body.End = "2026-06-03" }, "hours": func(e *registrar.ExperienceEntry) { e.Body.Hours = "NaN" },
			"role": func(e *registrar.ExperienceEntry) { e.Body.Role = strings.Repeat("x", 201) }, "invisible": func(e *registrar.ExperienceEntry) { e.Body.Organization = "a\u202eb" },
		} {
			e := internship()
			spoil(&e)
			if _, err := o.Desk.AddExperience(ctx, o.Registrar, e); record.KindOf(err) != record.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := o.Desk.AddExperience(ctx, o.Approver, internship())
		wantKind(t, err, record.Forbidden)
		id, err := o.Desk.AddExperience(ctx, o.Registrar, internship())
		if err != nil {
			t.Fatal(err)
		}
		p.run()
		if m := p.sent[len(p.sent)-1]; strings.Contains(m.Text, "Bridge Lab") || strings.Contains(m.Text, "Tutoring") || strings.Contains(m.Text, "Analyst") {
			t.Errorf("the mail says too much: %s", m.Text)
		}
		token := p.code("rivera@bridge.example")
		asked, err := o.Desk.Attesting(ctx, token)
		if err != nil || asked.Learner != "Amara Okafor" || asked.Achievement != "Peer Tutoring" || asked.Body.Hours != "240" {
			t.Fatalf("%+v, %v", asked, err)
		}
		_, err = o.Desk.Attesting(ctx, "AAAA")
		wantKind(t, err, record.Gone)
		wantKind(t, o.Desk.Attest(ctx, token, true, record.ExperienceAnswer{}), record.Invalid)
		wantKind(t, o.Desk.Attest(ctx, token, false, record.ExperienceAnswer{Name: "J. Rivera"}), record.Invalid)
		if err := o.Desk.Attest(ctx, token, true, record.ExperienceAnswer{Name: "J. Rivera", Role: "Lab manager", Text: "Careful work."}); err != nil {
			t.Fatal(err)
		}
		wantKind(t, o.Desk.Attest(ctx, token, true, record.ExperienceAnswer{Name: "J. Rivera"}), record.Gone)
		draft := o.Award("Amara", "Peer Tutoring", record.AwardDraft)
		if draft.PreparedBy != o.Registrar.Account || len(draft.Detail.Evidence) != 1 || !strings.Contains(draft.Detail.Evidence[0].Narrative, "Lab manager") {
			t.Errorf("%+v", draft.Award)
		}
		all, err := o.Desk.Experiences(ctx, o.Approver)
		if err != nil || len(all) != 1 || all[0].ID != id || all[0].State != record.ExperienceConfirmed || all[0].Award != draft.ID {
			t.Errorf("%+v, %v", all, err)
		}
		o.Issue()
		whole := o.Current(o.Learner("Amara").RecordID).Bytes
		o.WantVerdict(whole, verify.Verified)
		if !strings.Contains(string(whole), "Careful work.") {
			t.Error("the confirmation is not in what was signed")
		}
		o.Audit()
	})
}

// TestExperienceDeclined: a refusal, a question that is over and one taken back make no draft.
func TestExperienceDeclined(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		p := withPost(o)
		o.Import(registrartest.Sheet)
		ask := func() (record.ExperienceID, string) {
			id, err := o.Desk.AddExperience(ctx, o.Registrar, internship())
			if err != nil {
				t.Fatal(err)
			}
			p.run()
			return id, p.code("rivera@bridge.example")
		}
		_, token := ask()
		if err := o.Desk.Attest(ctx, token, false, record.ExperienceAnswer{Name: "J. Rivera", Text: "Not with us."}); err != nil {
			t.Fatal(err)
		}
		id, token := ask()
		wantKind(t, o.Desk.WithdrawExperience(ctx, o.Approver, id), record.Forbidden)
		if err := o.Desk.WithdrawExperience(ctx, o.Registrar, id); err != nil {
			t.Fatal(err)
		}
		wantKind(t, o.Desk.Attest(ctx, token, true, record.ExperienceAnswer{Name: "x"}), record.Gone)
		_, token = ask()
		o.Clock = o.Clock.Add(31 * 24 * time.Hour)
		wantKind(t, o.Desk.Attest(ctx, token, true, record.ExperienceAnswer{Name: "x"}), record.Gone)
		for _, a := range o.Learner("Amara").Awards {
			if a.AchievementName == "Peer Tutoring" {
				t.Errorf("a draft was made: %+v", a.Award)
			}
		}
		all, err := o.Desk.Experiences(ctx, o.Registrar)
		if err != nil || len(all) != 3 || !all[0].Over || all[2].Answer.Text != "Not with us." {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestPriorLearning(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		o.Issue()
		entry := registrar.PriorEntry{Person: "1002", Achievement: "STAT 210", Basis: "portfolio", Assessor: "Dr Lin", AssessorRole: "Chair", AssessedOn: "2026-05-01", Credits: "3", Told: "Six analyses.", Link: "https://example.org/work"}
		for name, spoil := range map[string]func(*registrar.PriorEntry){
			"basis": func(e *registrar.PriorEntry) { e.Basis = "charm" }, "credits": func(e *registrar.PriorEntry) { e.Credits = "-1" }, "infinite": func(e *registrar.PriorEntry) { e.Credits = "Inf" },
			"link": func(e *registrar.PriorEntry) { e.Link = "javascript:alert(1)" }, "day": func(e *registrar.PriorEntry) { e.AssessedOn = "yesterday" }, "assessor": func(e *registrar.PriorEntry) { e.Assessor = " " },
		} {
			e := entry
			spoil(&e)
			if _, err := o.Desk.EnterPrior(ctx, o.Registrar, e); record.KindOf(err) != record.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := o.Desk.EnterPrior(ctx, o.Registrar, entry); err != nil {
			t.Fatal(err)
		}
		_, err := o.Desk.EnterPrior(ctx, o.Registrar, entry)
		wantKind(t, err, record.Conflict)
		o.Issue()
		list, err := o.Desk.Prior(ctx, o.Approver)
		if err != nil || len(list) != 1 || list[0].Detail.Credits != "3" || list[0].State != record.AwardIssued {
			t.Errorf("%+v, %v", list, err)
		}
		whole := o.Current(o.Learner("نور").RecordID).Bytes
		o.WantVerdict(whole, verify.Verified)
		for _, said := range []string{"Assessment of prior learning: Portfolio", "Dr Lin", `"creditsEarned":3`} {
			if !strings.Contains(string(whole), said) {
				t.Errorf("%q is not in what was signed", said)
			}
		}
	})
}

// TestEndorsements: signed, carried by what is signed afterwards, checked by the verifier, revoked.
func TestEndorsements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		about := registrar.EndorseRequest{Kind: record.EndorseAchievement, About: "DS 101", Comment: "Meets the national standard."}
		reader := record.Actor{Account: "r", Institution: o.Institution.ID, Roles: []record.Role{record.RoleRegistrar}}
		_, err := o.Desk.Endorse(ctx, reader, about)
		wantKind(t, err, record.Forbidden)
		for name, bad := range map[string]registrar.EndorseRequest{
			"kind": {Kind: "person", About: "x", Comment: "x"}, "comment": {Kind: record.EndorseAchievement, About: "DS 101"}, "unknown": {Kind: record.EndorseAchievement, About: "XX", Comment: "x"},
			"itself": {Kind: record.EndorseIssuer, About: o.Institution.DID, Name: "we", Comment: "x"}, "address": {Kind: record.EndorseIssuer, About: "javascript:x", Name: "we", Comment: "x"},
		} {
			if _, err := o.Desk.Endorse(ctx, o.Approver, bad); record.KindOf(err) != record.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		e, err := o.Desk.Endorse(ctx, o.Approver, about)
		if err != nil {
			t.Fatal(err)
		}
		o.WantVerdict(e.Bytes, verify.Verified)
		_, err = o.Desk.Endorse(ctx, o.Approver, about)
		wantKind(t, err, record.Conflict)
		if _, err := o.Desk.Endorse(ctx, o.Approver, registrar.EndorseRequest{Kind: record.EndorseIssuer, About: "did:web:other.example", Name: "Other College", Comment: "A good neighbour."}); err != nil {
			t.Fatal(err)
		}
		_, err = o.Desk.Endorse(ctx, o.Approver, registrar.EndorseRequest{Kind: record.EndorseAward, About: string(o.Award("Amara", "Data Science", record.AwardDraft).ID), Comment: "x"})
		wantKind(t, err, record.Conflict)
		o.Issue()
		whole := o.Current(o.Learner("Amara").RecordID).Bytes
		rep := o.WantVerdict(whole, verify.Verified)
		if text, err := rep.JSON(); err != nil || !strings.Contains(string(text), "/endorsement/0") {
			t.Errorf("the report does not say that it checked the endorsement: %v", err)
		}
		award := o.Award("Amara", "Data Science", record.AwardIssued)
		if _, err := o.Desk.Endorse(ctx, o.Approver, registrar.EndorseRequest{Kind: record.EndorseAward, About: string(award.ID), Comment: "Best project of the year."}); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Desk.Correct(ctx, o.Registrar, award.ID, award.Detail, "carries the endorsement"); err != nil {
			t.Fatal(err)
		}
		o.Issue()
		if b := o.Current(award.CredentialID).Bytes; !strings.Contains(string(b), "Best project of the year.") {
			t.Error("the award's endorsement is not in what was signed afterwards")
		} else {
			o.WantVerdict(b, verify.Verified)
		}
		wantKind(t, o.Desk.RevokeEndorsement(ctx, reader, e.ID, "x"), record.Forbidden)
		wantKind(t, o.Desk.RevokeEndorsement(ctx, o.Approver, e.ID, " "), record.Invalid)
		if err := o.Desk.RevokeEndorsement(ctx, o.Approver, e.ID, "the standard was withdrawn"); err != nil {
			t.Fatal(err)
		}
		wantKind(t, o.Desk.RevokeEndorsement(ctx, o.Approver, e.ID, "again"), record.Conflict)
		o.WantVerdict(e.Bytes, verify.Failed)
		if all, err := o.Desk.Endorsements(ctx, o.Registrar); err != nil || len(all) != 3 {
			t.Errorf("%d endorsements, %v", len(all), err)
		} else {
			for _, x := range all {
				if (x.State == record.CredentialRevoked) != (x.ID == e.ID) {
					t.Errorf("%s is %s", x.Name, x.State)
				}
			}
		}
		o.Import(registrartest.Header + "Cy Cole,cy@example.edu,1009,Data Science,Course,DS 101,Life cycle,Pass all labs,2026-05-20,Spring 2026,4,A-\n")
		o.Issue()
		if b := o.Current(o.Learner("Cy").RecordID).Bytes; strings.Contains(string(b), "national standard") {
			t.Error("a revoked endorsement is carried on")
		}
		o.Audit()
	})
}

// TestLifetime: an achievement's validity ends what is signed from then on, and its holder is told once in time.
func TestLifetime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		p := withPost(o)
		o.Import(registrartest.Sheet)
		wantKind(t, o.Desk.SetLifetime(ctx, o.Approver, "CO-17", 24, 60), record.Forbidden)
		wantKind(t, o.Desk.SetLifetime(ctx, o.Registrar, "CO-17", -1, 60), record.Invalid)
		wantKind(t, o.Desk.SetLifetime(ctx, o.Registrar, "CO-17", 24, 1), record.Invalid)
		if err := o.Desk.SetLifetime(ctx, o.Registrar, "CO-17", 24, 60); err != nil {
			t.Fatal(err)
		}
		o.Issue()
		award := o.Award("نور", "Peer Tutoring", record.AwardIssued)
		c := o.Current(award.CredentialID)
		if want := time.Date(2027, 4, 30, 23, 59, 59, 0, time.UTC); !c.ValidUntil.Equal(want) {
			t.Errorf("valid until %v, want %v", c.ValidUntil, want)
		}
		if other := o.Current(o.Award("Amara", "Statistics", record.AwardIssued).CredentialID); !other.ValidUntil.IsZero() {
			t.Errorf("another achievement ends %v", other.ValidUntil)
		}
		for _, at := range []struct {
			day   time.Time
			mails int
		}{{time.Date(2027, 2, 20, 0, 0, 0, 0, time.UTC), 0}, {time.Date(2027, 3, 10, 0, 0, 0, 0, time.UTC), 1}, {time.Date(2027, 4, 10, 0, 0, 0, 0, time.UTC), 1}} {
			o.Clock = at.day
			if err := o.Desk.Warn(ctx); err != nil {
				t.Fatal(err)
			}
			p.run()
			if len(p.sent) != at.mails {
				t.Errorf("on %v %d mails, want %d", at.day, len(p.sent), at.mails)
			}
		}
		if m := p.sent[0]; m.To != "noor@example.edu" || strings.Contains(m.Text, "Tutoring") || !strings.Contains(m.Text, "60") {
			t.Errorf("%+v", m)
		}
		v, err := o.Desk.Ending(ctx, o.Approver, 60)
		if err != nil || len(v.Rows) != 1 || v.Rows[0].LearnerName.Display != "نور الهاشمي" || v.Rows[0].Told != record.DeliverySent || len(v.Lifetimes) != 1 || v.Lifetimes[0].Name != "Peer Tutoring" {
			t.Errorf("%+v, %v", v, err)
		}
		o.Audit()
	})
}

// TestDashboard: counts of the office's work, and nothing about few people's readers.
func TestDashboard(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		p := withPost(o)
		o.Import(noMail)
		run := o.Issue()
		p.trouble["noor@example.edu"] = nil
		if _, err := o.Desk.Tell(ctx, o.Registrar, run.ID); err != nil {
			t.Fatal(err)
		}
		p.run()
		open := func(learner record.LearnerID, n int) {
			err := db.Update(ctx, func(tx *store.Tx) error {
				s := &record.Share{ID: record.ShareID(record.NewID()), Institution: o.Institution.ID, Learner: learner, TokenHash: record.NewID(), CreatedAt: o.Clock}
				if err := tx.AddShare(ctx, s); err != nil {
					return err
				}
				for range n {
					if err := tx.LogOpening(ctx, &record.ShareOpening{Share: s.ID, At: o.Clock, Act: "opened"}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		open(o.Learner("Amara").ID, 40)
		got, err := o.Desk.Dashboard(ctx, o.Approver)
		if err != nil || len(got.Months) != 12 {
			t.Fatalf("%+v, %v", got, err)
		}
		if m := got.Months[0]; m.Issued != 4 || m.Learners != 3 || m.Told != 3 || m.Waiting != 1 || !m.Hidden || m.Opened != 0 {
			t.Errorf("%+v", m)
		}
		var sheet strings.Builder
		sheet.WriteString(registrartest.Header)
		for n := range 9 {
			sheet.WriteString("Xx" + string(rune('a'+n)) + " Person,,20" + string(rune('0'+n)) + ",Statistics,Course,STAT 210,Inference,Pass the final,2025-05-21,Spring 2025,3,C\n")
		}
		o.Import(sheet.String())
		for n := range 9 {
			open(o.Learner("Xx"+string(rune('a'+n))).ID, 1)
		}
		if got, err = o.Desk.Dashboard(ctx, o.Registrar); err != nil || got.Months[0].Hidden || got.Months[0].Opened != 49 || got.Drafts != 9 {
			t.Errorf("ten people: %+v, %v", got, err)
		}
		_, err = o.Desk.Dashboard(ctx, o.LearnerActor("Amara"))
		wantKind(t, err, record.Forbidden)
	})
}
