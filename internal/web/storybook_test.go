package web

import (
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// A story is one page in one state, for goldens, pictures and the accessibility run.
type story struct {
	name string
	page page
	lang string
}

var storyTime = time.Date(2026, 6, 3, 14, 2, 0, 0, time.UTC)

func day(s string) render.Date { return render.ParseDate(s) }

var (
	university = render.Party{ID: "did:web:records.harbour.example", Name: "Harbour University", Domain: "records.harbour.example", Asked: true, Listed: []render.Listing{{Name: "State Registry of Institutions", URL: "https://registry.example", AsOf: day("2026-05-30"), Marks: []string{"https://registry.example/marks/degree-granting"}}}, Endorsed: []render.Endorsement{{By: render.Party{ID: "did:web:accreditor.example", Name: "Coastal Accreditation Board", Domain: "accreditor.example", Listed: []render.Listing{{Name: "State Registry of Institutions", Accreditor: true}}}, Comment: "Accredited to award degrees.", Mark: render.Verified}}}
	chart      = render.Party{ID: "did:web:chartschool.example", Name: "Chart School", Domain: "chartschool.example", Asked: true}
	transit    = render.Party{ID: "https://transit.example", Name: "City Transit", Domain: "transit.example"}
	rubric     = []render.Level{{Name: "Beginning", Description: "Follows a worked example."}, {Name: "Practised", Description: "Cleans a known kind of file with help on the hard parts.", Required: true},
		{Name: "Proficient", Description: "Cleans an unfamiliar data set, documents every decision, and can say what was lost.", Achieved: true}, {Name: "Expert", Description: "Designs cleaning rules that others use."}}
)

func amara() *render.Record {
	ds101 := render.Line{Anchor: "i1", ID: "https://records.harbour.example/records/1", Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Issuer: university, IsPublisher: true,
		Date: day("2025-05-20"), Awarded: true, Issued: day("2025-06-12"), Term: "Spring 2025", Outcome: "A-", Earned: "4", Available: "4", Mark: render.Verified, Seal: render.OwnSeal,
		Description: "The life cycle of data, from a question to a finding that **somebody else can repeat**. Taught with Python.", Criteria: "Pass all labs and the final project.",
		Results:   []render.Result{{Name: "Final grade", Type: "LetterGrade", Value: "A-"}, {Name: "Data cleaning", Type: "RubricCriterionLevel", Value: "Proficient", Needed: "Practised", Outcome: "met", Levels: rubric, Achieved: rubric[2].Description}},
		Skills:    []render.Skill{{Name: "Data cleaning", Level: "Proficient", Tier: "A", Framework: "Harbour Data Framework", Href: "https://case.example/1"}, {Name: "Python for analysis", Tier: "C", Framework: "Harbour Data Framework"}},
		Relations: []render.Relation{{Kind: "isPartOf", Target: render.Ref{Anchor: "i9", Name: "BSc Data Science"}}, {Kind: "precedes", Target: render.Ref{Anchor: "i2", Name: "Statistics II"}}},
		Evidence:  []render.Evidence{{Name: "Final project: bus delays, cleaned", Kind: "Report", Href: "https://portfolio.example/delays", Host: "portfolio.example", Narrative: "Twelve months of delay records, with every dropped row explained."}},
		Assessor:  university, Identifiers: []render.Identifier{{Type: "identifier", Value: "HU-DS101-2025S-0042"}},
		Checks: []render.Check{{Check: "proof", Outcome: "passed", Message: "the signature fits the contents (eddsa-rdfc-2022)"}, {Check: "issuer", Outcome: "passed", Message: "the key belongs to did:web:records.harbour.example"}, {Check: "status", Outcome: "passed", Message: "not revoked and not suspended"}},
		JSON:   "/records/1?as=json"}
	stat := render.Line{Anchor: "i2", Name: "Statistics II", Code: "STAT 210", Type: "Course", Issuer: university, IsPublisher: true, Date: day("2025-05-20"), Term: "Spring 2025", Outcome: "B", Earned: "3", Available: "3", Mark: render.Verified, Seal: render.OwnSeal,
		Description: "Inference and regression.", Skills: []render.Skill{{Name: "Statistical inference", Tier: "C", Framework: "Harbour Data Framework"}}}
	math := render.Line{Anchor: "i10", Name: "Calculus for Data", Code: "MATH 130", Type: "Course", Issuer: university, IsPublisher: true, Date: day("2024-12-18"), Term: "Autumn 2024", Outcome: "B+", Earned: "4", Available: "4", Mark: render.Verified, Seal: render.OwnSeal}
	wri := render.Line{Anchor: "i11", Name: "Writing for Decisions", Code: "WRI 105", Type: "Course", Issuer: university, IsPublisher: true, Date: day("2024-12-18"), Term: "Autumn 2024", Status: "Withdrew", Mark: render.Unchecked, Seal: render.OpenSeal}
	viz := render.Line{Anchor: "i3", Name: "Data Visualisation Certificate", Type: "Certificate", Issuer: chart, Date: day("2025-06-02"), Outcome: "Proficient", Mark: render.Verified, Seal: render.OwnSeal,
		Evidence: []render.Evidence{{Name: "Chart one", Href: "https://portfolio.example/1", Host: "portfolio.example"}, {Name: "Chart two", Href: "https://portfolio.example/2", Host: "portfolio.example"}, {Name: "Chart three", Href: "https://portfolio.example/3", Host: "portfolio.example"}},
		Skills:   []render.Skill{{Name: "Data visualisation", Level: "Proficient", Tier: "A", Framework: "Harbour Data Framework"}}}
	rdu := render.Line{Anchor: "i4", Name: "Responsible Data Use", Code: "RDU-1", Type: "MicroCredential", Issuer: university, IsPublisher: true, Date: day("2023-06-30"), Outcome: "88", Mark: render.Expired, MarkDate: day("2025-06-30"), Seal: render.OwnSeal,
		Results: []render.Result{{Name: "Score", Type: "Percent", Value: "88", Min: "0", Max: "100", Needed: "80", Outcome: "met"}}}
	bsc := render.Line{Anchor: "i9", Name: "BSc Data Science", Type: "BachelorDegree", Issuer: university, IsPublisher: true, Start: day("2023-09-01"), Status: "InProgress", Earned: "72", Available: "120", Mark: render.Verified, Seal: render.Vouched}
	intern := render.Line{Anchor: "i5", Name: "Summer internship, service planning", Type: "Fieldwork", Issuer: university, IsPublisher: true, Start: day("2025-06-01"), End: day("2025-08-31"), Role: "analyst", Assessor: transit, Mark: render.Verified, Seal: render.OwnSeal,
		Endorsers: []render.Endorsement{{By: transit, Comment: "Amara rebuilt our delay report and taught two colleagues to run it.", Mark: render.Verified}}}
	tutor := render.Line{Anchor: "i6", Name: "دروس الأقران", Lang: "ar", Type: "CoCurricular", Issuer: university, IsPublisher: true, Date: day("2025-04-30"), Mark: render.Verified, Seal: render.OwnSeal, Description: "دروس أسبوعية في مركز الرياضيات."}
	forged := render.Line{Anchor: "i7", Name: "Advanced Machine Learning", Type: "Certificate", Issuer: render.Party{ID: "did:web:fast-certs.example", Name: "Harbour Univer\u00adsity", Domain: "fast-certs.example"}, Date: day("2025-01-02"), Mark: render.Failed, Seal: render.BadSeal,
		Checks: []render.Check{{Check: "proof", Outcome: "failed", Code: "proof.signature-mismatch", Pointer: "/proof/0", Message: "the signature does not fit the contents", Repair: "Ask the issuer for the credential as it was issued.", Owner: "issuer"}}}
	revoked := render.Line{Anchor: "i12", Name: "Forklift licence", Type: "License", Issuer: transit, Date: day("2024-02-01"), Mark: render.Revoked, MarkDate: day("2025-03-01"), Seal: render.OwnSeal, Identifiers: []render.Identifier{{Type: "licence", Value: "FL-99812"}}}
	talk := render.Line{Anchor: "i8", Name: "Talk at the data club", Type: "Achievement", Issuer: render.Party{Name: "Amara Okafor", ID: "urn:uuid:amara"}, Date: day("2026-02-11"), Mark: render.Stated, Seal: render.OwnSeal, Skills: []render.Skill{{Name: "Communicating findings", Tier: "F", Framework: "Harbour Data Framework"}}}
	group := func(h string, l ...render.Line) render.Group { return render.Group{Heading: h, Lines: l} }
	return &render.Record{Title: "Record of achievements", Kind: "ClrCredential", ID: "https://records.harbour.example/records/7f3c2e1a-5a44-4b0e-9d5e-2f0b7a1f8f11", Learner: render.Learner{Name: "Amara Okafor", Binding: "email"},
		Publisher: university, Issued: day("2026-06-01T09:30:00Z"), Partial: "complete",
		Verdict: render.Verdict{Mark: render.Failed, Total: 12, Good: 8, Expired: 1, Revoked: 1, Failed: 1, Unchecked: 1, OwnSeal: 10, Vouched: 1, Issuers: 3, Checked: render.Date{Time: storyTime}},
		Sections: []render.Section{{Kind: "degrees", Groups: []render.Group{group("", bsc)}}, {Kind: "licences", Groups: []render.Group{group("", revoked)}}, {Kind: "certificates", Groups: []render.Group{group("", viz, forged, rdu)}},
			{Kind: "courses", Groups: []render.Group{group("Spring 2025", ds101, stat), group("Autumn 2024", math, wri)}}, {Kind: "experience", Groups: []render.Group{group("", intern)}}, {Kind: "cocurricular", Groups: []render.Group{group("", tutor)}}, {Kind: "stated", Groups: []render.Group{group("", talk)}}},
		Skills: []render.Framework{{Name: "Harbour Data Framework", Skills: []render.SkillRow{
			{Skill: render.Skill{Name: "Data visualisation", Level: "Proficient", Tier: "A"}, Lines: []render.Ref{{Anchor: "i3", Name: "Data Visualisation Certificate"}}},
			{Skill: render.Skill{Name: "Data cleaning", Level: "Proficient", Tier: "A"}, Lines: []render.Ref{{Anchor: "i1", Name: "Introduction to Data Science"}}},
			{Skill: render.Skill{Name: "Statistical inference", Tier: "C"}, Lines: []render.Ref{{Anchor: "i2", Name: "Statistics II"}}},
			{Skill: render.Skill{Name: "Communicating findings", Tier: "F"}, Lines: []render.Ref{{Anchor: "i8", Name: "Talk at the data club"}}}}}}}
}

// clean is the part of the record that an employer is shown: everything in it holds.
func clean() *render.Record {
	keep := map[string]bool{"i1": true, "i2": true, "i3": true}
	r := amara().Only(func(l render.Line) bool { return keep[l.Anchor] })
	r.Kind = "share"
	return r
}

func house(p page, nav string) page {
	sh := p.shell()
	sh.Institution = House{Name: "Harbour University", Href: "/"}
	sh.Lang, sh.Dir = "en", "ltr"
	lists := map[string][]Nav{
		"staff":  {{"Today", "/desk", false}, {"Import", "/desk/import", false}, {"Drafts", "/desk/drafts", true}, {"Issued", "/desk/issued", false}, {"People", "/desk/people", false}, {"Catalogue", "/desk/catalogue", false}, {"Office", "/desk/office", false}, {"Check a record", "/verify", false}},
		"my":     {{"My record", "/my", true}, {"Shared", "/my/shares", false}, {"My data", "/my/data", false}, {"Check a record", "/verify", false}},
		"public": {{"Check a record", "/verify", true}, {"Sign in", "/sign-in", false}},
	}
	sh.Nav = lists[nav]
	switch nav {
	case "staff":
		sh.Person, sh.Staff = "Ruth Castellanos", true
	case "my":
		sh.Person = "Amara Okafor"
	}
	return p
}

func titled(p page, title string, wide bool) page {
	p.shell().Title, p.shell().Wide = title, wide
	return p
}

func rows() []AwardRow {
	return []AwardRow{
		{ID: "1", LearnerID: "l1", Learner: "Amara Okafor", Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Result: "A-", State: "draft", Date: day("2025-05-20"), Term: "Spring 2025", Credits: "4", Prepared: "Ruth Castellanos", MayApprove: true},
		{ID: "2", LearnerID: "l2", Learner: "Luis Ángel Peña", Name: "Statistics II", Code: "STAT 210", Type: "Course", Result: "B", State: "draft", Date: day("2025-05-20"), Prepared: "Ruth Castellanos", MayApprove: true},
		{ID: "3", LearnerID: "l3", Learner: "نور الهاشمي", Name: "Peer Tutoring", Code: "CO-17", Type: "Co-curricular", State: "draft", Date: day("2025-04-30"), Prepared: "you"},
		{ID: "4", LearnerID: "l1", Learner: "Amara Okafor", Name: "Responsible Data Use", Code: "RDU-1", Type: "Micro-credential", Result: "88", State: "draft", Date: day("2023-06-30"), Correction: true, Reason: "Score was 83 in the first file; the exam office corrected it.", MayApprove: true},
	}
}

func signed(state string) []AwardRow {
	out := rows()
	for i := range out {
		out[i].State = state
		out[i].Approved = "Tomasz Wilk"
	}
	out[1].State = "revoked"
	return out
}

func checkTree() TreeNode {
	r := amara()
	root := TreeNode{Name: "Record of achievements", Kind: "ClrCredential", Issuer: university, Mark: render.Verified, Open: true, Why: "",
		Checks:    []render.Check{{Check: "proof", Outcome: "passed", Message: "The signature fits the contents (eddsa-rdfc-2022, key-1, 1 June 2026)."}, {Check: "issuer", Outcome: "passed", Message: "The key is named in the issuer's own DID document."}, {Check: "status", Outcome: "unknown", Code: "status.list-unreachable", Message: "The status list did not answer (records.harbour.example, tried 2 times).", Repair: "Try again later.", Owner: "network"}},
		Uncovered: []string{"/credentialSubject/identifier", "/partial"}}
	for _, s := range r.Sections {
		for _, g := range s.Groups {
			for _, l := range g.Lines {
				root.add(TreeNode{Name: l.Name, Kind: "AchievementCredential", Issuer: l.Issuer, Mark: l.Mark, Checks: l.Checks})
			}
		}
	}
	return root
}

// stories is the storybook: every page that people see, in the states that matter.
func stories() []story {
	return slices.Concat(ownStories(), leaveStories(), goalStories(), collectStories(), requestStories(), appsStories(), walletStories(), publicStories(), shareStories(), compareStories(), learnerStories(), curateStories(), deskStories(), officeStories(), catalogueStories(), privacyStories(), signingStories(), classroomStories(), programStories(), deliveryStories(), signInStories(), operatorStories())
}

func publicStories() []story {
	uncovered := amara()
	uncovered.Verdict = render.Verdict{Mark: render.Unchecked, Total: 14, Good: 12, Expired: 1, Unchecked: 1, OwnSeal: 11, Vouched: 3, Issuers: 3, Checked: render.Date{Time: storyTime}, Uncovered: []string{"/credentialSubject/identifier", "/partial"}}
	forged := amara()
	forged.Verdict = render.Verdict{Mark: render.Failed, Own: render.Failed, Total: 12, Good: 12, Issuers: 1, Checked: render.Date{Time: storyTime}}
	return []story{
		{"home", titled(house(&Home{}, "public"), "", false), ""},
		{"about", titled(house(&About{Marks: []render.Mark{render.Verified, render.Expired, render.Unchecked, render.Revoked, render.Suspended, render.Failed, render.Stated}}, "public"), "About", false), ""},
		{"how-to-check", titled(house(&HowToCheck{Checks: []string{"proof", "issuer", "validity", "status", "context", "schema", "subject", "trust"}}, "public"), "How to check", false), ""},
		{"trouble", titled(house(&Trouble{Status: 404, Head: "There is nothing at this address", Text: "The address may be mistyped, or what was here is not open to you.", RequestID: "01J9Z"}, "public"), "Nothing here", false), ""},
		{"sign-in", titled(house(&SignIn{Error: "The address and the password do not go together. Check both and try again.", Email: "amara@example.edu"}, "public"), "Sign in", false), ""},
		{"verify", titled(house(&Verify{}, "public"), "Check a record", false), ""},
		{"verify-mixed", titled(house(&VerifyResult{Record: uncovered, Tree: checkTree(), Standard: "CLR 2.0", Then: []string{"On 2026-05-31T12:00:00Z the record was in force: it had begun, had not ended and was not withdrawn."}, Signed: "data:application/vc;base64,e30=", Raw: "{}", ReportText: "Could not fully check. 12 of 14.", ReportJSON: `{"verdict":"indeterminate"}`}, "public"), "What the check found", false), ""},
		{"verify-forged", titled(house(&VerifyResult{Record: forged, Tree: TreeNode{Name: "Record of achievements", Kind: "ClrCredential", Issuer: university, Mark: render.Failed, Open: true, Why: "The signature does not fit the contents.", Checks: amara().Sections[2].Groups[0].Lines[1].Checks}, Standard: "CLR 2.0", ReportText: "Not verified.", ReportJSON: "{}"}, "public"), "What the check found", false), ""},
		{"record-public", titled(house(&PublicRecord{Record: uncovered, Downloads: []Download{{Label: "Signed data (JSON)", Href: "?as=json"}}}, "public"), "Amara Okafor", false), ""},
		{"achievement", titled(house(&PublicAchievement{ID: "https://records.harbour.example/achievements/ds101", Version: "2025", Issuer: render.Party{Name: "Harbour University", Href: "https://records.harbour.example/issuers/harbour"}, Line: achievementLine(), Relations: []render.Relation{{Kind: "isPartOf", Target: render.Ref{Name: "BSc Data Science", Anchor: "/achievements/bsc"}}, {Kind: "precedes", Target: render.Ref{Name: "Statistics II", Anchor: "/achievements/stat"}}}, Downloads: []Download{{Label: "Data (JSON-LD)", Href: "?as=json"}}}, "public"), "Introduction to Data Science", false), ""},
		{"issuer", titled(house(&PublicIssuer{Name: "Harbour University", Description: "A public university on the north shore.", URL: "https://harbour.example", Email: "registrar@harbour.example", DID: "did:web:records.harbour.example", Codes: []render.Identifier{{Type: "ror", Value: "https://ror.org/0example"}, {Type: "ipeds", Value: "999999"}}, Keys: []PublicKey{{"key-1", "Ed25519", "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQXJPt4swbTQ2"}}, Downloads: []Download{{Label: "Profile (JSON)", Href: "?as=json"}}}, "public"), "Harbour University", false), ""},
		{"status", titled(house(&PublicStatus{ID: "https://records.harbour.example/status/1", Purpose: "revocation", Issuer: university, Issued: day("2026-06-01"), Entries: 131072, Downloads: []Download{{Label: "Signed data (JSON)", Href: "?as=json"}}}, "public"), "Status list", false), ""},
		{"hostile", titled(house(&PublicRecord{Record: hostile()}, "public"), "Hostile", false), ""},
	}
}

func shareStories() []story {
	return []story{
		{"share", titled(house(&SharePage{Path: "/shares/x", Audience: "City Transit, analyst role", Note: "The visualisation work is what I would bring first. Happy to walk you through it.", Until: day("2026-06-30"), Record: clean(), Issuers: []render.Party{university, chart, {ID: "did:web:harb0ur.example", Name: "Harb0ur University", Domain: "harb0ur.example", Asked: true, Resembles: "Harbour University"}}, CanPrint: true, Forms: []Download{{Label: "PDF", Hint: "for reading and filing; the signed data is inside the same file", Href: "/p", File: "record.pdf"}, {Label: "Tables (CSV)", Hint: "for a spreadsheet", Href: "/c", File: "record.csv.zip"}}, Downloads: []Download{{Label: "Data Visualisation Certificate", Href: "/f/1"}, {Label: "Introduction to Data Science", Href: "/f/2"}}}, "public"), "Shared record", false), ""},
		{"share-passcode", titled(house(&SharePasscode{Path: "/shares/x", Error: "That is not the passcode. Check it and try again."}, "public"), "Passcode", false), ""},
		{"share-revoked", titled(house(&ShareClosed{Code: "share.revoked"}, "public"), "Stopped", false), ""},
		{"share-expired", titled(house(&ShareClosed{Code: "share.expired"}, "public"), "Ended", false), ""},
	}
}

func learnerStories() []story {
	mine := func(view string) page {
		return titled(house(browsed(amara(), view, Filter{}), "my"), "My record", false)
	}
	preview := clean()
	return []story{
		{"my-record", mine(""), ""},
		{"my-record-time", mine("time"), ""},
		{"my-record-skill", mine("skill"), ""},
		{"my-record-empty", titled(house(&MyRecord{}, "my"), "My record", false), ""},
		{"my-shares", titled(house(&MyShares{Shares: []ShareRow{{ID: "1", Label: "City Transit, analyst role", State: "open", Until: day("2026-06-30"), Count: 2, Last: day("2026-06-03"), Items: 3, Openings: []Opening{{At: render.Date{Time: storyTime}, Act: "opened"}, {At: render.Date{Time: storyTime.Add(-48 * time.Hour)}, Act: "downloaded"}}}, {ID: "2", Label: "Old portfolio", State: "open", Items: 1, Passcode: true}, {ID: "3", Label: "Summer school", State: "revoked", Until: day("2026-01-01"), Count: 1, Last: day("2025-12-30")}}}, "my"), "Shared", false), ""},
		{"new-share", titled(house(&NewShare{Error: "Choose at least one item, or your whole record.", Download: true, Items: []ShareChoice{{Ref: "a", Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Result: "A-", Date: day("2025-05-20"), Mark: render.Verified, Chosen: true}, {Ref: "b", Name: "Responsible Data Use", Type: "MicroCredential", Result: "88", Date: day("2023-06-30"), Mark: render.Expired}}, Ends: []Choice{{"7", "7 days", false}, {"30", "30 days", true}, {"90", "90 days", false}, {"date", "A day", false}, {"never", "Until I stop it", false}}}, "my"), "Share", false), ""},
		{"share-preview", titled(house(&SharePreview{Audience: "City Transit, analyst role", Note: "Happy to walk you through it.", Shown: 3, Hidden: 9, Record: preview, Fields: []Field{{"item", "a"}}}, "my"), "Preview", false), ""},
		{"share-made", titled(house(&ShareMade{URL: "https://records.harbour.example/shares/9f86d081884c7d659a2feaa0c55ad015", QR: render.QR("https://records.harbour.example/shares/9f86d081884c7d659a2feaa0c55ad015", "The link as a QR code"), Until: day("2026-06-30"), Ends: true, LinkedIn: []ItemLink{{"R&D methods", "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=R%26D%20methods&organizationName=Harbour%20University"}}}, "my"), "The link is ready", false), ""},
		{"my-data", titled(house(&MyData{Forms: []Download{{Label: "My record, signed (JSON)", Hint: "The record as it was signed.", Href: "/x"}, {Label: "Everything (ZIP)", Hint: "Every credential in every version.", Href: "/y"}}}, "my"), "My data", false), ""},
	}
}

func deskStories() []story {
	return []story{
		{"today", titled(house(&Today{MayPrepare: true, Desk: registrar.Today{Drafts: 12, Approved: 3, Issued: 1204, Revoked: 2, Learners: 398, Key: &record.Key{Fragment: "key-1"},
			Batches: []record.Batch{{ID: "b1", FileName: "spring-2025-grades.xlsx", State: record.BatchStaged, Counts: record.Counts{Rows: 412}, CreatedAt: storyTime}, {ID: "b2", FileName: "internships.csv", State: record.BatchCommitted, Counts: record.Counts{Rows: 18}, CreatedAt: storyTime.Add(-72 * time.Hour)}},
			Runs:    []record.Run{{ID: "r1", State: record.RunDone, Total: 398, Done: 397, Failed: 1, CreatedAt: storyTime}}}}, "staff"), "Today", false), ""},
		{"import", titled(house(&ImportFile{Step: stepFile, Formats: []Choice{{"", "Recognise it", true}, {"csv", "Our template (CSV, XLSX)", false}}}, "staff"), "Import", false), ""},
		{"import-columns", titled(house(importColumnsStory(), "staff"), "workshop.csv", false), ""},
		{"import-check", titled(house(importStory(), "staff"), "spring-2025-grades.xlsx", true), ""},
		{"drafts", titled(house(&Drafts{Waiting: rows(), Approved: signed("approved")[:1], Mine: 3}, "staff"), "Drafts", true), ""},
		{"approve", titled(house(&Approve{Count: 12, Learners: 9, NotMine: 1, Corrections: rows()[3:], Sample: rows()[:3]}, "staff"), "Approve", false), ""},
		{"run", titled(house(&RunPage{Run: registrar.RunView{Run: record.Run{ID: "r1", State: record.RunRunning, Total: 3, Done: 1, Failed: 1}, Items: []registrar.RunItemView{{RunItem: record.RunItem{Learner: "l1", State: "done"}, LearnerName: "Amara Okafor", RecordURL: "/records/1"}, {RunItem: record.RunItem{Learner: "l2", State: "failed", Error: "The e-mail address is missing."}, LearnerName: "Luis Ángel Peña"}, {RunItem: record.RunItem{Learner: "l3", State: "pending"}, LearnerName: "نور الهاشمي"}}}, Refresh: true}, "staff"), "Signing", false), ""},
		{"issued", titled(house(&Issued{MayEdit: true, Awards: signed("issued")}, "staff"), "Issued", true), ""},
		{"award", titled(house(&AwardPage{MayEdit: true, Award: registrar.AwardView{Award: record.Award{ID: "1", State: record.AwardIssued, Batch: "b1", Row: 37, Detail: record.AwardDetail{AwardedOn: "2025-05-20", Term: "Spring 2025", Credits: "4"}}}, Row: func() AwardRow { r := signed("issued")[0]; r.Href = "/records/1"; return r }(), Results: []ResultField{{"result-0", "Final grade", "A-"}}, Effect: registrar.Effect{Credentials: 2, Shares: 7}}, "staff"), "Introduction to Data Science", false), ""},
		{"people", titled(house(&People{Rows: []PersonRow{{"l1", "Amara Okafor", "20230001", "amara@example.edu"}, {"l2", "Luis Ángel Peña", "20230002", "luis@example.edu"}, {"l3", "نور الهاشمي", "20230003", "noor@example.edu"}}}, "staff"), "People", false), ""},
		{"person", titled(house(&Person{Row: PersonRow{"l1", "Amara Okafor", "20230001", "amara@example.edu"}, RecordURL: "/records/1", Issued: day("2026-06-01"), Awards: signed("issued")}, "staff"), "Amara Okafor", true), ""},
		{"person-preview", titled(house(&PersonPreview{Row: PersonRow{"l1", "Amara Okafor", "20230001", ""}, Record: clean(), Checks: amara().Sections[2].Groups[0].Lines[1].Checks}, "staff"), "Preview", false), ""},
		{"catalogue", titled(house(&Catalogue{Rows: []CatalogueRow{{ID: "a1", Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Version: "2025", State: "approved", Href: "/desk/catalogue/a1"}, {ID: "a2", Name: "Peer Tutoring", Code: "CO-17", Type: "Co-curricular", Generated: true, State: "draft", Href: "/desk/definitions/d2"}}}, "staff"), "Catalogue", false), ""},
		{"catalogue-page", titled(house(&CataloguePage{Row: CatalogueRow{ID: "a1", Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Version: "2025", State: "approved", Href: "/desk/catalogue/a1"}, Href: "/achievements/a1", Line: achievementLine(), Generated: []string{"criteria"}}, "staff"), "Introduction to Data Science", false), ""},
	}
}

func achievementLine() render.Line {
	l := amara().Sections[3].Groups[0].Lines[0]
	l.Results = slices.Clone(l.Results[1:])
	l.Results[0].Levels = slices.Clone(l.Results[0].Levels)
	for i := range l.Results[0].Levels {
		l.Results[0].Levels[i].Achieved = false
	}
	return l
}

func importStory() *ImportCheck {
	p := &ImportCheck{Step: stepCheck, Batch: "b1", FileName: "spring-2025-grades.xlsx", Format: "Our template (CSV, XLSX)", State: record.BatchStaged, MayWrite: true, Unused: []string{"notes", "advisor", "campus"}, More: 404,
		Counts: record.Counts{Rows: 412, Ready: 398, New: 390, Changed: 8, Rejected: 9, Repeated: 5},
		Groups: []FindingGroup{{Severity: "error", Code: "csv.type-unknown", Column: "achievement_type", Say: "“Certificat” is not an achievement type.", Found: "Certificat", Fix: "Certificate", Rows: []int{12, 14, 55, 91, 120, 133}}, {Severity: "error", Code: "csv.date-unreadable", Column: "awarded_on", Say: "“2025-02-30” is not a day.", Found: "2025-02-30", Rows: []int{88, 190}}, {Severity: "error", Code: "csv.grade-not-in-scale", Column: "grade", Say: "“Z” is not in this course's scale.", Found: "Z", Rows: []int{301}},
			{Severity: "warning", Code: "csv.date-order", Column: "awarded_on", Say: "Dates are read as day, month, year: 20/05/2025 is 20 May 2025.", Rows: []int{1, 2, 3}}, {Severity: "info", Code: "csv.columns-unused", Say: "Three columns were not used."}},
		Rows: []ImportRow{{Row: 36, State: "new", Learner: "Amara Okafor", Name: "Introduction to Data Science", Code: "DS 101", Type: "Course", Result: "A-", Date: day("2025-05-20")}, {Row: 37, State: "new", Learner: "Kim Lee", Name: "First Aid", Type: "Certificate", Date: day("2025-03-01")}, {Row: 38, State: "changed", Learner: "Luis Ángel Peña", Name: "Statistics II", Code: "STAT 210", Type: "Course", Result: "B", Date: day("2025-05-20"), Changes: []registrar.Change{{Member: "grade", Before: "C+", After: "B"}}}, {Row: 88, State: "rejected", Learner: "نور الهاشمي", Name: "Peer Tutoring", Type: "Co-curricular", Says: []string{"“2025-02-30” is not a day."}}}}
	p.look("37")
	return p
}

// hostile puts text that attacks into every field a stranger can fill.
func hostile() *render.Record {
	const bad = `<script>window.__x=1</script><img src=x onerror="window.__x=1">"'><svg/onload=window.__x=1> [x](javascript:window.__x=1) ` + "\u202e" + `gnp.exe`
	long := strings.Repeat("W", 10000)
	l := render.Line{Anchor: "i1", Name: bad, Code: bad, Type: bad, Issuer: render.Party{Name: bad, ID: bad, Domain: bad}, Outcome: long, Status: bad, Role: bad, Mark: render.Verified, Seal: render.OwnSeal, Description: bad, Narrative: bad, Criteria: bad, CriteriaURL: "", Term: bad,
		Results: []render.Result{{Name: bad, Type: bad, Value: bad, Needed: bad, Levels: []render.Level{{Name: bad, Description: bad, Achieved: true}}, Achieved: bad}}, Skills: []render.Skill{{Name: bad, Framework: bad, Level: bad, Tier: "B"}},
		Relations: []render.Relation{{Kind: bad, Target: render.Ref{Name: bad}}}, Evidence: []render.Evidence{{Name: bad, Kind: bad, Narrative: bad}}, Identifiers: []render.Identifier{{Type: bad, Value: bad}},
		Endorsers: []render.Endorsement{{By: render.Party{Name: bad}, Comment: bad, Mark: render.Unchecked}}, Checks: []render.Check{{Check: bad, Outcome: "failed", Code: bad, Message: bad, Pointer: bad, Repair: bad, Owner: bad}}, JSON: "/records/1"}
	return &render.Record{Title: long, Kind: bad, ID: bad, Learner: render.Learner{Name: bad, Binding: "unknown"}, Publisher: l.Issuer, Verdict: render.Verdict{Mark: render.Verified, Total: 1, Good: 1, Uncovered: []string{bad}}, Sections: []render.Section{{Kind: "other", Groups: []render.Group{{Heading: bad, Lines: []render.Line{l}}}}}}
}
