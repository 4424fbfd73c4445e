package web

import (
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

func deliveryStories() []story {
	june := day("2026-06-01")
	rows := []DeliveryRow{{ID: "d1", Learner: "l1", LearnerName: "Amina Diallo", Kind: "claim", Address: "amina.diallo@student.harbour.example", State: "done", Made: june, Sent: june, Done: day("2026-06-02")},
		{ID: "d2", Learner: "l2", LearnerName: "نور الهاشمي", Kind: "claim", Address: "noor@harbuor.example", State: "failed", Reason: "mail: the mail server refused it: 550 5.1.1 no such user", Made: june, MayMail: true, MayPrint: true},
		{ID: "d3", Learner: "l3", LearnerName: "Bo Berg", Kind: "claim", State: "paper", Made: june, MayMail: true, MayPrint: true},
		{ID: "d4", Learner: "l4", LearnerName: "Chidi Okonkwo", Kind: "attest", Address: "rivera@bridge.example", State: "sent", Made: june, Sent: june, MayMail: true, MayBounce: true}}
	counts := []CountState{{"done", "?state=done", 1, false}, {"failed", "?state=failed", 1, true}, {"paper", "?state=paper", 1, false}}
	qr := render.QR("https://records.harbour.example/claim/ABCDEFGHIJKLMNOP", "Opens your record")
	letter := LetterSheet{Name: "Bo Berg", House: "Harbour University", Code: "ABCD-EFGH-IJKL-MNOP", Door: "https://records.harbour.example/claim", Lang: "en", Dir: "ltr", Head: "A record waits for you at Harbour University", Dear: "Dear Bo Berg,",
		Text: "Harbour University has issued something to you.", How: "Scan the picture with a phone, or go to the address and type the code.", Until: "Valid until 30 August 2026.", QR: qr}
	words := &Wording{Name: "mail.claim", Lang: "en", Subject: "{House} has something for you", Text: "Dear {Name},\n\ncome and see.", Own: true, MayChange: true, Names: []string{"mail.attest", "mail.claim"}, Langs: []string{"en", "ar"},
		Placeholders: []string{"Name", "House"}, ShownSubject: "Harbour University has something for you", ShownText: "Dear Amina Diallo,\n\ncome and see.", Tested: "ruth@harbour.example"}
	bad := *words
	bad.Error, bad.ShownText, bad.Tested = "The text has \"{Grade}\", which nothing can be put into; write {Name} or {House}.", "", ""
	asked := ExperienceRow{ID: "e1", Learner: "l1", LearnerName: "Amina Diallo", Achievement: "Internship", Organization: "Bridge Lab", Role: "Analyst", Supervisor: "J. Rivera", Email: "rivera@bridge.example", State: "asked", Open: true,
		MailState: "failed", MailReason: "550 no such user", Start: day("2025-06-01"), End: day("2025-08-31"), Asked: june}
	said := asked
	said.State, said.Open, said.MailState, said.By, said.Said, said.Award, said.Answered = "confirmed", false, "", "J. Rivera", "Careful work.", "a1", day("2026-06-03")
	months := []DashboardRow{{"2026-06", registrar.MonthRow{Issued: 398, Learners: 371, Told: 371, Claimed: 340, Bounced: 4, Waiting: 2, Opened: 112}}, {"2026-05", registrar.MonthRow{Issued: 3, Learners: 2, Hidden: true}}}
	attest := &Attest{Token: "T", Asked: registrar.Attesting{Learner: "Amina Diallo", House: "Harbour University", Achievement: "Internship", Description: "Supervised work.", Body: record.ExperienceBody{Organization: "Bridge Lab", Role: "Analyst", Hours: "240", Narrative: "Cleaned survey data."}, Until: time.Time{}},
		Start: day("2025-06-01"), End: day("2025-08-31")}
	again := *attest
	again.Error, again.Typed = "Say why you do not confirm it.", record.ExperienceAnswer{Name: "J. Rivera"}
	none := map[string]string{}
	return []story{
		{"deliveries", titled(house(&Deliveries{Run: "r1", Untold: 12, Counts: counts, Rows: rows, Next: "?after=d4", MayChange: true, Paper: 1}, "staff"), "Delivery", true), ""},
		{"deliveries-none", titled(house(&Deliveries{}, "staff"), "Delivery", true), ""},
		{"letters", titled(house(&Letters{Sheets: []LetterSheet{letter}}, "staff"), "Letters", false), ""},
		{"wording", titled(house(words, "staff"), "Wording of mail", true), ""},
		{"wording-refused", titled(house(&bad, "staff"), "Wording of mail", true), ""},
		{"experiences", titled(house(&Experiences{Rows: []ExperienceRow{asked, said}, MayChange: true, Typed: none}, "staff"), "Experiences", true), ""},
		{"experiences-refused", titled(house(&Experiences{Error: "It ends (2025-05-31) before it begins (2025-06-01).", MayChange: true, Typed: map[string]string{"person": "1001", "start": "2025-06-01", "end": "2025-05-31"}}, "staff"), "Experiences", true), ""},
		{"prior", titled(house(&PriorLearning{Rows: []AwardRow{{ID: "a1", Learner: "Amina Diallo", Name: "Statistics", State: "draft", Credits: "3"}}, Assessors: []string{"Dr Lin · Portfolio"}, Bases: registrar.PriorBases, MayChange: true, Typed: none}, "staff"), "Prior learning", true), ""},
		{"endorsements", titled(house(&Endorsements{Rows: []EndorsementRow{{ID: "x", Kind: "achievement", Name: "Data Science", Comment: "Meets the national standard.", State: "current", Made: june}, {ID: "y", Kind: "issuer", Name: "Other College", Comment: "A good neighbour.", State: "revoked", Reason: "closed", Made: june, Ended: day("2026-06-05")}}, MayChange: true, Typed: none}, "staff"), "Endorsements", true), ""},
		{"ending", titled(house(&Ending{Days: 90, Rows: []EndingRow{{"a1", "l1", "Amina Diallo", "First Aid", "sent", day("2026-06-30"), false}, {"a2", "l2", "نور الهاشمي", "First Aid", "", day("2026-05-30"), true}}, Lifetimes: []registrar.LifetimeView{{Lifetime: record.Lifetime{Months: 24, NoticeDays: 60}, Name: "First Aid"}}, MayChange: true, Typed: none}, "staff"), "What runs out", true), ""},
		{"dashboard", titled(house(&Dashboard{Rows: months, Corrections: 2, Drafts: 14, Open: 3, Late: 1, Staff: true}, "staff"), "Figures", true), ""},
		{"claim", titled(house(&Claim{Code: "ABCDEFGHIJKLMNOP"}, "public"), "Open your record", false), ""},
		{"claim-typed", titled(house(&Claim{Error: "This code opens nothing: it was used, it has ended, or it is mistyped. Ask your institution for a new one."}, "public"), "Open your record", false), ""},
		{"attest", titled(house(attest, "public"), "Confirm an experience", false), ""},
		{"attest-refused", titled(house(&again, "public"), "Confirm an experience", false), ""},
		{"attest-done", titled(house(&AttestDone{Confirmed: true}, "public"), "Thank you", false), ""},
	}
}
