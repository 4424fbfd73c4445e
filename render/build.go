package render

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/verify"
)

// maxInlineImage bounds a picture that travels inside a credential and is put into the page: a badge of 512 × 512
// pixels stays below it, and a page of forty stays loadable.
const maxInlineImage = 200 << 10

// A Document is a credential's JSON and what verification found in it.
type Document struct {
	JSON   []byte // of a token or an image: what it carried (verify.Report.Credential)
	Report *verify.Report
	Href   string // address of the signed bytes, "" for none
	// Said is what was found in others' endorsements of a document without a report: what somebody states has no seal of
	// its own, and theirs have one.
	Said []*verify.Report
}

// Options tells the builder what it cannot read from the credential.
type Options struct {
	Lang string // preferred language of texts that come in several
	// Binding is how the holder was bound to the record: "wallet", "email", "name"; empty: "unknown".
	Binding string
	// Unsigned says that this is a preview of what will be signed: nothing is marked, for nothing could be checked.
	Unsigned bool
	// ItemHref gives the address of a credential's signed bytes by its id, "" for none.
	ItemHref func(id string) string
	// EvidenceHref gives the address at which evidence that travels inside the credential of a document opens, apart from
	// this page; nth counts the evidence of all its credentials. Nil: it is named and not opened.
	EvidenceHref func(document, nth int) string
	// Resembles names a known issuer that the given one could be mistaken for, "" for none.
	Resembles func(id, name string) string
}

// NewRecord lays out one credential, or several that are shown together. It never fails: what cannot be read is left
// out, and what verification found says why.
func NewRecord(docs []Document, o *Options) *Record {
	if o == nil {
		o = &Options{}
	}
	b := &builder{opts: o, record: &Record{Learner: Learner{Binding: cmp.Or(o.Binding, "unknown")}}, byID: map[string][]string{}, names: map[string]string{}, defined: map[string]string{}}
	for i, d := range docs {
		parsed, err := ijson.Parse(d.JSON, nil)
		if err != nil {
			continue
		}
		b.document, b.evidence, b.said = i, 0, d.Said
		b.add(parsed.Root(), d.Report, d.Href, i == 0)
	}
	if o.Unsigned {
		for _, l := range b.lines {
			l.Mark, l.Seal, l.Checks = "", "", nil
		}
	}
	b.relate()
	b.oneIssuer()
	b.record.Sections = b.sections()
	b.record.Skills = skillRows(b.lines)
	if len(docs) == 1 {
		b.record.Verdict = VerdictOf(docs[0].Report)
		b.record.Checks = Checks(docs[0].Report)
	} else {
		reps := make([]*verify.Report, 0, len(docs))
		checked := ""
		for _, d := range docs {
			if d.Report != nil {
				reps = append(reps, d.Report)
				checked = d.Report.CheckedAt
			}
		}
		b.record.Verdict = VerdictOf(&verify.Report{Own: verify.Verified, Kind: verify.KindPresentation, Credentials: reps, CheckedAt: checked})
	}
	return b.record
}

// oneIssuer leaves the issuer out of the lines when it is the same on every one: the page's head names it.
func (b *builder) oneIssuer() {
	for _, l := range b.lines {
		if l.Issuer.ID == "" || l.Issuer.ID != b.lines[0].Issuer.ID {
			return
		}
	}
	for _, l := range b.lines {
		l.IsPublisher = true
	}
}

type builder struct {
	opts         *Options
	record       *Record
	lines        []*line
	associations []clr.Association
	byID         map[string][]string // achievement or credential id → anchors of its lines
	names        map[string]string   // anchor → name
	defined      map[string]string   // achievement id → name, for those that are only defined here

	document, evidence int              // which document is read, and how many pieces of evidence were read in it
	said               []*verify.Report // about the document, when it has no report
}

type line struct {
	Line
	section ob.Section
	sort    string
}

// add lays out a credential and everything it carries.
func (b *builder) add(v ijson.Value, rep *verify.Report, href string, first bool) {
	doc := vc.FromValue(v)
	if first {
		b.head(doc, v, rep)
	}
	switch {
	case doc.Kind == vc.KindCLR || doc.Kind.IsPresentation():
		b.addWrapper(doc, v, rep)
	case rep != nil && rep.Kind == verify.KindClr1:
		return // CLR 1.0 is read by package upgrade first
	default:
		b.addCredential(v, rep, href, false)
	}
}

func (b *builder) head(doc *vc.Document, v ijson.Value, rep *verify.Report) {
	r := b.record
	r.Title, r.Kind, r.ID = doc.Name, string(doc.Kind), doc.ID
	r.Publisher = b.party(ob.ReadProfile(doc.Issuer.Value), rep)
	if r.Publisher.ID == "" {
		r.Publisher.ID, r.Publisher.Name = doc.Issuer.ID, cmp.Or(r.Publisher.Name, doc.Issuer.Name)
	}
	r.Issued, r.Until, r.Awarded = ParseDate(doc.ValidFromText), ParseDate(doc.ValidUntilText), ParseDate(v.Get("awardedDate").Text())
	c := clr.Read(v)
	if c.Partial != nil {
		r.Partial = "complete"
		if *c.Partial {
			r.Partial = "part"
		}
	}
	r.Learner.Name = nameOf(c.CredentialSubject.Identifier)
}

// nameOf is the name as issued: never split, joined or re-cased.
func nameOf(ids []ob.IdentityObject) string {
	for _, id := range ids {
		if !id.Hashed && (id.IdentityType == "name" || id.IdentityType == "ext:name") {
			return id.IdentityHash
		}
	}
	return ""
}

func (b *builder) addWrapper(doc *vc.Document, v ijson.Value, rep *verify.Report) {
	children := map[string]*verify.Report{}
	if rep != nil {
		for _, c := range rep.Credentials {
			children[c.Path] = c
		}
	}
	for _, n := range doc.Credentials() {
		child := children[n.Pointer]
		value := n.Value
		if value.Kind() == ijson.String && child != nil { // a token: the report holds what it carried
			if parsed, err := ijson.Parse(child.Credential, nil); err == nil {
				value = parsed.Root()
			}
		}
		if inner := vc.FromValue(value); inner.Kind == vc.KindCLR {
			b.addWrapper(inner, value, child)
			continue
		}
		b.addCredential(value, child, "", true)
	}
	c := clr.Read(v)
	for i := range c.CredentialSubject.Achievement {
		a := &c.CredentialSubject.Achievement[i]
		if len(doc.Credentials()) == 0 {
			b.addBare(a, rep)
		} else if a.ID != "" {
			b.defined[a.ID] = a.Translations.In("name", a.Name, b.opts.Lang).Text
		}
	}
	b.associations = append(b.associations, c.CredentialSubject.Association...)
}

// addBare is an achievement of a record that carries no credentials. Beside credentials, ClrSubject.achievement holds
// definitions that relations refer to, "not necessarily asserted" (CLR 2.0): they are named and never listed as earned.
func (b *builder) addBare(a *ob.Achievement, wrapper *verify.Report) {
	l := b.newLine(a)
	l.ID, l.Issuer, l.IsPublisher, l.Mark, l.Seal = a.ID, b.record.Publisher, true, MarkOf(wrapper), Vouched
	l.Date = b.record.Issued
	b.keep(l, a.ID)
}

func (b *builder) addCredential(v ijson.Value, rep *verify.Report, href string, wrapped bool) {
	c := ob.ReadAchievementCredential(v)
	a := c.CredentialSubject.Achievement
	if a == nil {
		a = &ob.Achievement{Name: cmp.Or(c.Name, c.ID), Description: c.Description}
	}
	s := &c.CredentialSubject
	if b.record.Learner.Name == "" {
		b.record.Learner.Name = nameOf(s.Identifier)
	}
	l := b.newLine(a)
	l.ID, l.Issuer = c.ID, b.party(c.Issuer, rep)
	l.IsPublisher = wrapped && c.Issuer.ID == b.record.Publisher.ID
	l.Mark, l.Seal, l.Checks = MarkOf(rep), SealOf(rep, wrapped), Checks(rep)
	if s.ID != "" && s.ID == c.Issuer.ID {
		l.section = ob.SectionSelfStated
		if l.Mark == Verified || l.Mark == Unchecked {
			l.Mark = Stated
		}
	}
	l.Issued, l.Until = ParseDate(string(c.ValidFrom)), ParseDate(string(c.ValidUntil))
	l.Date, l.Awarded = dateOf(c.AwardedDate), c.AwardedDate != ""
	if !l.Awarded {
		l.Date = l.Issued
	}
	if l.Mark == Expired {
		l.MarkDate = l.Until
	}
	l.Start, l.End = dateOf(s.ActivityStartDate), dateOf(s.ActivityEndDate)
	l.Term, l.Role = s.Term, s.Role
	l.Earned = credits(s.CreditsEarned)
	if s.Source != nil {
		l.Assessor = partyOf(*s.Source, nil)
	}
	if s.LicenseNumber != "" {
		l.Identifiers = append(l.Identifiers, Identifier{Type: "licence", Value: s.LicenseNumber})
	}
	b.readResults(l, a, s)
	b.readEvidence(l, c.Evidence, s.Narrative)
	b.readEndorsements(l, rep)
	l.JSON = href
	if l.JSON == "" && b.opts.ItemHref != nil {
		l.JSON = b.opts.ItemHref(c.ID)
	}
	b.keep(l, a.ID, c.ID)
}

// newLine reads what the achievement itself says.
func (b *builder) newLine(a *ob.Achievement) *line {
	name := a.Translations.In("name", a.Name, b.opts.Lang)
	text := a.Translations.In("description", a.Description, b.opts.Lang)
	how := a.Criteria.Translations.In("narrative", a.Criteria.Narrative, b.opts.Lang)
	l := &line{Line: Line{
		Name: name.Text, Lang: cmp.Or(name.Lang, a.InLanguage), Code: a.HumanCode, Type: string(a.AchievementType),
		Description: text.Text, TextLang: cmp.Or(text.Lang, a.InLanguage), Criteria: how.Text, CriteriaURL: SafeLink(a.Criteria.ID), Available: credits(a.CreditsAvailable),
	}, section: a.AchievementType.Section()}
	if a.Image != nil {
		l.Image = inlineImage(a.Image)
	}
	for _, id := range a.OtherIdentifier {
		l.Identifiers = append(l.Identifiers, Identifier{Type: string(id.IdentifierType), Value: id.Identifier})
	}
	return l
}

func (b *builder) keep(l *line, ids ...string) {
	l.Anchor = "i" + strconv.Itoa(len(b.lines)+1)
	l.sort = cmp.Or(l.Date.ISO(), l.End.ISO(), l.Start.ISO())
	b.names[l.Anchor] = l.Name
	for _, id := range ids {
		if id != "" {
			b.byID[id] = append(b.byID[id], l.Anchor)
		}
	}
	b.lines = append(b.lines, l)
}

// sections orders the lines: kind by kind in the fixed order, newest first, courses by their term as written.
func (b *builder) sections() []Section {
	slices.SortStableFunc(b.lines, func(x, y *line) int { return cmp.Or(cmp.Compare(y.sort, x.sort), cmp.Compare(x.Code, y.Code)) })
	var out []Section
	for _, kind := range ob.Sections {
		sec := Section{Kind: sectionIDs[kind]}
		at := map[string]int{}
		for _, l := range b.lines {
			if l.section != kind {
				continue
			}
			heading := ""
			if kind == ob.SectionCourses {
				heading = l.Term
			}
			i, ok := at[heading]
			if !ok {
				i = len(sec.Groups)
				at[heading] = i
				sec.Groups = append(sec.Groups, Group{Heading: heading})
			}
			sec.Groups[i].Lines = append(sec.Groups[i].Lines, l.Line)
		}
		if len(sec.Groups) > 0 {
			out = append(out, sec)
		}
	}
	return out
}

// sectionIDs are the message suffixes of the sections' headings.
var sectionIDs = map[ob.Section]string{
	ob.SectionDegrees: "degrees", ob.SectionLicences: "licences", ob.SectionCertificates: "certificates", ob.SectionCourses: "courses",
	ob.SectionSkills: "skills", ob.SectionAssessments: "assessments", ob.SectionExperience: "experience", ob.SectionCoCurricular: "cocurricular",
	ob.SectionPriorLearning: "prior", ob.SectionOther: "other", ob.SectionSelfStated: "stated",
}

func partyOf(p ob.Profile, rep *verify.Report) Party {
	out := Party{ID: p.ID, Name: p.Name, Domain: domainOf(cmp.Or(p.ID, p.URL)), Href: SafeLink(p.URL)}
	if rep != nil {
		out.ID, out.Name = cmp.Or(out.ID, rep.Issuer.ID), cmp.Or(out.Name, rep.Issuer.Name)
		out.Domain = cmp.Or(out.Domain, domainOf(out.ID))
		out.Listed = listingsOf(rep)
		for _, f := range rep.Findings {
			out.Asked = out.Asked || f.Code == "trust.listed" || f.Code == "trust.unlisted"
		}
	}
	return out
}

// listingsOf are the lists of known issuers that name the report's issuer, with the marks that have not ended.
func listingsOf(rep *verify.Report) []Listing {
	var out []Listing
	at := ParseDate(rep.CheckedAt).Time
	for _, l := range rep.Listings {
		one := Listing{Name: l.Registry, URL: SafeLink(l.URL), AsOf: Date{Time: l.AsOf, DayOnly: true}, Accreditor: l.Accreditor}
		for _, m := range l.Marks {
			if m.Until.IsZero() || at.Before(m.Until) {
				one.Marks = append(one.Marks, m.Type)
			}
		}
		out = append(out, one)
	}
	return out
}

// party is partyOf for an issuer: with what may be said of it only because its key was checked.
func (b *builder) party(p ob.Profile, rep *verify.Report) Party {
	out := partyOf(p, rep)
	if b.opts.Resembles != nil {
		out.Resembles = b.opts.Resembles(out.ID, out.Name)
	}
	if rep == nil {
		return out
	}
	for _, c := range rep.Credentials {
		if c.Kind == verify.KindEndorsement && strings.HasPrefix(c.Path, "/issuer/") {
			out.Endorsed = append(out.Endorsed, endorsementOf(c))
		}
	}
	return out
}

// domainOf is the host that an issuer's id stands on; only a web address or a did:web has one.
func domainOf(id string) string {
	if rest, ok := strings.CutPrefix(id, "did:web:"); ok {
		host, _, _ := strings.Cut(rest, ":")
		host, err := url.PathUnescape(host)
		if err != nil {
			return ""
		}
		return host
	}
	u, err := url.Parse(id)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.Host
}

// dateOf keeps a midnight without meaning out of the page: awardedDate and activity dates are days.
func dateOf(d ob.DateTime) Date {
	if d == "" {
		return Date{}
	}
	if day := ParseDate(d.Day()); !day.IsZero() {
		return day
	}
	return ParseDate(string(d))
}

func credits(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// inlineImage admits a raster picture that travels inside the credential. SVG may carry script and is not shown.
func inlineImage(img *ob.Image) Image {
	for _, kind := range []string{"png", "jpeg", "webp", "gif"} {
		data, ok := strings.CutPrefix(img.ID, "data:image/"+kind+";base64,")
		if !ok || len(data) > maxInlineImage {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			continue
		}
		src := fmt.Sprintf("data:image/%s;base64,%s", kind, base64.StdEncoding.EncodeToString(raw))
		return Image{Src: template.URL(src), Alt: img.Caption} // re-encoded: nothing but base64 is in it
	}
	return Image{}
}

// AchievementLine lays out an achievement by itself: what it is, how it is earned, what results it can have.
func AchievementLine(a *ob.Achievement, lang string) Line {
	b := &builder{opts: &Options{Lang: lang}}
	l := b.newLine(a)
	for i := range a.ResultDescription {
		d := &a.ResultDescription[i]
		res := Result{Name: d.Translations.In("name", d.Name, lang).Text, Type: string(d.ResultType), Min: d.ValueMin, Max: d.ValueMax, Needed: d.RequiredValue, Levels: levels(d, ob.Result{})}
		for _, lv := range res.Levels {
			if lv.Required {
				res.Needed = lv.Name
			}
		}
		l.Results = append(l.Results, res)
		for _, al := range d.Alignment {
			l.Skills = append(l.Skills, skillOf(al, "", "B"))
		}
	}
	for _, al := range a.Alignment {
		l.Skills = append(l.Skills, skillOf(al, "", "C"))
	}
	return l.Line
}
