package export

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/openlaurel/laurel/ob"
)

// Addresses of the European vocabularies that the model names things by.
const (
	elmGenericProfile = "http://data.europa.eu/snb/credential/e34929035b"
	elmProfiles       = "http://data.europa.eu/snb/credential/25831c2"
	elmShape          = "http://data.europa.eu/snb/model/ap/edc-generic-full"
	elmContext        = "http://data.europa.eu/snb/model/context/edc-ap"
	elmECTS           = "http://data.europa.eu/snb/education-credit/6fcec5c5af"
	elmCredits        = "http://data.europa.eu/snb/education-credit/25831c2"
	elmLanguages      = "http://publications.europa.eu/resource/authority/language"
	elmCountries      = "http://publications.europa.eu/resource/authority/country"
	elmEQF            = "http://data.europa.eu/snb/eqf/"
	elmISCED          = "http://data.europa.eu/snb/isced-f/"
	elmESCO           = "http://data.europa.eu/esco/skill/"
	elmESCOSkills     = "http://data.europa.eu/esco/concept-scheme/skills"
)

// elm builds one document. Nodes are named by kind and number, as the EU's tools do.
type elm struct {
	*writer
	numbers map[string]int
	orgs    map[string]string // issuer → its node's id
	parts   map[int][]int
	told    map[int]bool
}

// writeELM writes an unsigned European Digital Credential (European Learning Model v3) that the EU's issuer tool takes. The
// seal of the EU is not ours to set: the learner's proof stays the record itself.
func writeELM(w *writer) ([]File, error) {
	e := &elm{writer: w, numbers: map[string]int{}, orgs: map[string]string{}, parts: w.record.parts(), told: map[int]bool{}}
	r := w.record
	issuer := e.organisation(r.Issuer)
	claims := e.achievements()
	if len(claims) == 0 {
		return nil, fmt.Errorf("the record holds no completed achievement of an institution, and a European credential states nothing else")
	}
	title := e.text(r.Name)
	credential := node{
		"id": firstOf(r.ID, "urn:credential:laurel"), "type": []string{"VerifiableCredential", "EuropeanDigitalCredential"},
		"@context":           []string{"https://www.w3.org/2018/credentials/v1", elmContext},
		"credentialProfiles": concept(elmGenericProfile, elmProfiles, node{"en": "Generic"}),
		"credentialSchema":   node{"id": elmShape, "type": "ShaclValidator2017"},
		"credentialSubject":  e.person(claims), "issuer": issuer, "validFrom": string(r.ValidFrom),
		"displayParameter": e.new("displayParameter", "DisplayParameter").set("title", title).set("language", e.languageOf(w.opts.Language)).
			set("primaryLanguage", e.languageOf(w.opts.Language)),
	}
	credential.set("validUntil", string(r.ValidUntil))
	w.lose("record", "the proof: a European Digital Credential is sealed anew by the tool that issues it")
	return w.document("elm.json", "application/json", node{"credential": credential})
}

// new is a node with its id and type.
func (e *elm) new(kind, class string) node {
	e.numbers[kind]++
	return node{"id": fmt.Sprintf("urn:epass:%s:%d", kind, e.numbers[kind]), "type": class}
}

// text is a text of unknown language, as the model's language maps want it.
func (e *elm) text(s string) node {
	if s == "" {
		return nil
	}
	return node{e.opts.Language: s}
}

// texts is a member's text in the languages that the record has it in.
func (e *elm) texts(tr ob.Translations, member, s, lang string) node {
	out := node{}
	for _, t := range tr[member] {
		if t.Lang != "" {
			out[t.Lang] = t.Text
		}
	}
	if len(out) > 0 || s == "" {
		return out
	}
	return node{firstOf(lang, e.opts.Language): s}
}

func (e *elm) note(text node) node {
	if len(text) == 0 {
		return nil
	}
	return e.new("note", "Note").set("noteLiteral", text)
}

// concept is an entry of a controlled vocabulary.
func concept(id, scheme string, label node) node {
	return node{"id": id, "type": "Concept"}.set("inScheme", vocabulary(scheme)).set("prefLabel", label)
}

func vocabulary(id string) node {
	if id == "" {
		return nil
	}
	return node{"id": id, "type": "ConceptScheme"}
}

// languageOf is a language by the three letters of the EU's authority table.
func (e *elm) languageOf(tag string) node {
	t, err := language.Parse(tag)
	if err != nil {
		return nil
	}
	base, _ := t.Base()
	code := strings.ToUpper(base.ISO3())
	if base.String() == "und" {
		return nil
	}
	return concept(elmLanguages+"/"+code, elmLanguages, nil).set("notation", "language")
}

// country is a country by the three letters of the EU's authority table, from its two letters or three.
func country(code string) node {
	r, err := language.ParseRegion(code)
	if err != nil || !r.IsCountry() {
		return nil
	}
	return concept(elmCountries+"/"+r.ISO3(), elmCountries, nil).set("notation", "country")
}

// person is the learner, with the least that the model takes.
func (e *elm) person(claims []any) node {
	name := e.record.person()
	if name == "" {
		e.lose("record", "the learner's name does not stand in the record in the open; the issuer tool asks for it")
	}
	p := e.new("person", "Person").set("fullName", e.text(name)).set("hasClaim", oneOrMany(claims))
	if mail := e.record.identity(ob.IdentifierEmail); e.opts.Contact && mail != "" {
		p.set("contactPoint", e.new("contactPoint", "ContactPoint").set("emailAddress", node{"id": "mailto:" + mail, "type": "Mailbox"}))
	}
	return p
}

// organisation is an issuer. The same one is the same node wherever it stands.
func (e *elm) organisation(p ob.Profile) node {
	key := firstOf(p.ID, p.Name)
	id, known := e.orgs[key]
	n := node{"id": id, "type": "Organisation"}
	if !known {
		n = e.new("org", "Organisation")
		e.orgs[key] = n["id"].(string)
	}
	n.set("legalName", e.texts(p.Translations, "name", issuerName(p), ""))
	if p.URL != "" {
		n.set("homepage", node{"id": p.URL, "type": "WebResource", "contentURL": p.URL})
	}
	var ids []any
	for i, entry := range p.OtherIdentifier {
		ids = append(ids, node{"id": fmt.Sprintf("%s:identifier:%d", n["id"], i+1), "type": "Identifier", "schemeName": string(entry.IdentifierType), "notation": entry.Identifier})
	}
	n.set("identifier", ids)
	where := country("")
	if p.Address != nil {
		where = country(firstOf(p.Address.AddressCountryCode, p.Address.AddressCountry))
	}
	if where == nil {
		e.lose("record", "the country of %s does not stand in the record as a code; the issuer tool asks for it", issuerName(p))
		return n
	}
	address := node{"id": n["id"].(string) + ":address", "type": "Address", "countryCode": where}
	return n.set("location", node{"id": n["id"].(string) + ":location", "type": "Location", "address": address})
}

// achievements are the claims that stand by themselves: each with its parts inside it.
func (e *elm) achievements() []any {
	inside := map[int]bool{}
	for _, parts := range e.parts {
		for _, p := range parts {
			inside[p] = true
		}
	}
	var out []any
	for i := range e.record.Claims {
		if !inside[i] {
			out = append(out, e.achievement(i)...)
		}
	}
	for i := range e.record.Claims { // parts of what is not told, or of one another in a circle
		out = append(out, e.achievement(i)...)
	}
	return out
}

// achievement is one claim with its parts, or nothing when it is told already or is nothing to tell.
func (e *elm) achievement(i int) []any {
	c := &e.record.Claims[i]
	if e.told[i] || c.lost() {
		return nil
	}
	switch {
	case c.stated():
		e.lose(c.title(), "is stated by the learner; a European credential states what institutions award")
		return nil
	case !c.completed():
		e.lose(c.title(), "is not completed")
		return nil
	}
	e.told[i] = true
	a, s := c.achievement(), &c.CredentialSubject
	awarded := e.new("awardingProcess", "AwardingProcess").set("awardingBody", e.organisation(c.issuer()))
	if day := c.awarded(); day != "" {
		awarded["awardingDate"] = day + "T00:00:00Z"
	}
	n := e.new("learningAchievement", "LearningAchievement").set("title", e.texts(a.Translations, "name", c.title(), a.InLanguage)).
		set("description", e.texts(a.Translations, "description", a.Description, a.InLanguage)).set("awardedBy", awarded).set("specifiedBy", e.specification(c))
	n.set("additionalNote", e.note(e.texts(s.Translations, "narrative", s.Narrative, "")))
	if s.ActivityStartDate != "" || s.ActivityEndDate != "" {
		period := e.new("periodOfTime", "PeriodOfTime").set("startDate", moment(s.ActivityStartDate)).set("endDate", moment(s.ActivityEndDate))
		n["influencedBy"] = e.new("activity", "LearningActivity").set("title", e.text(firstOf(s.Term, c.title()))).set("temporal", period).set("awardedBy", awarded)
	}
	var proofs, parts []any
	for j := range s.Result {
		if p := e.assessment(c, &s.Result[j], awarded); p != nil {
			proofs = append(proofs, p)
		}
	}
	for _, p := range e.parts[i] {
		parts = append(parts, e.achievement(p)...)
	}
	if len(proofs) > 0 {
		n["provenBy"] = oneOrMany(proofs)
	}
	if len(parts) > 0 {
		n["hasPart"] = oneOrMany(parts)
	}
	return []any{n}
}

// moment is a date-time, of a day its beginning.
func moment(d ob.DateTime) string {
	if d == "" || len(d) > len("2006-01-02") {
		return string(d)
	}
	return string(d) + "T00:00:00Z"
}

// assessment is a result: the grade as the issuer writes it, and the scale that it is of.
func (e *elm) assessment(c *Claim, res *ob.Result, awarded node) node {
	d := c.describes(res)
	grade := level(d, res)
	if grade == "" || d != nil && d.ResultType == ob.ResultStatus {
		return nil
	}
	title := c.title()
	if d != nil {
		title = firstOf(d.Name, title)
	}
	n := e.new("learningAssessment", "LearningAssessment").set("title", e.text(title)).set("awardedBy", awarded).set("grade", e.note(e.text(grade)))
	if d == nil {
		return n
	}
	scale := e.new("gradingScheme", "GradingScheme").set("title", e.text(title)).set("description", e.text(scaleWords(d)))
	return n.set("specifiedBy", e.new("learningAssessmentSpec", "LearningAssessmentSpecification").set("title", e.text(title)).set("gradingScheme", scale))
}

// scaleWords names the values or levels of a scale, low to high.
func scaleWords(d *ob.ResultDescription) string {
	var names []string
	for _, l := range d.RubricCriterionLevel {
		names = append(names, l.Name)
	}
	switch {
	case len(names) > 0:
		return strings.Join(names, ", ")
	case len(d.AllowedValue) > 0:
		return strings.Join(d.AllowedValue, ", ")
	case d.ValueMax != "":
		return firstOf(d.ValueMin, "0") + "–" + d.ValueMax
	}
	return ""
}

// specification is what was to be achieved: degrees are qualifications. Alignments to the European vocabularies are what they
// point at; every other alignment is a learning outcome.
func (e *elm) specification(c *Claim) node {
	a := c.achievement()
	n := e.new("learningAchievementSpec", "LearningAchievementSpecification")
	if a.AchievementType.Section() == ob.SectionDegrees {
		n = e.new("qualification", "Qualification")
	}
	n.set("title", e.texts(a.Translations, "name", a.Name, a.InLanguage)).set("language", e.languageOf(a.InLanguage)).set("category", e.text(a.FieldOfStudy))
	if a.HumanCode != "" {
		n.set("identifier", e.new("identifier", "Identifier").set("notation", a.HumanCode))
	}
	var areas, outcomes []any
	alignments := slices.Clone(a.Alignment)
	for i := range a.ResultDescription {
		alignments = append(alignments, a.ResultDescription[i].Alignment...)
	}
	for _, al := range alignments {
		switch {
		case strings.HasPrefix(al.TargetURL, elmEQF):
			n["eqfLevel"] = concept(al.TargetURL, elmEQF+"25831c2", e.text(al.TargetName))
		case strings.HasPrefix(al.TargetURL, elmISCED):
			areas = append(areas, concept(al.TargetURL, elmISCED+"25831c2", e.text(al.TargetName)))
		default:
			outcomes = append(outcomes, e.outcome(al))
		}
	}
	if len(areas) > 0 {
		n["thematicArea"] = oneOrMany(areas)
	}
	if len(outcomes) > 0 {
		n["learningOutcome"] = oneOrMany(outcomes)
	}
	e.credits(c, n)
	return n.set("learningOutcomeSummary", e.note(e.texts(a.Criteria.Translations, "narrative", a.Criteria.Narrative, a.InLanguage)))
}

func (e *elm) outcome(al ob.Alignment) node {
	n := e.new("learningOutcome", "LearningOutcome").set("title", e.texts(al.Translations, "targetName", al.TargetName, ""))
	switch label := e.text(al.TargetName); {
	case strings.HasPrefix(al.TargetURL, elmESCO):
		n["relatedESCOSkill"] = concept(al.TargetURL, elmESCOSkills, label).set("notation", "Skill")
	case al.TargetURL != "":
		n["relatedSkill"] = concept(al.TargetURL, "", label)
	}
	return n.set("additionalNote", e.note(e.texts(al.Translations, "targetDescription", al.TargetDescription, "")))
}

// credits are credit points of a named framework only: without a unit a number is none.
func (e *elm) credits(c *Claim, n node) {
	points := number(c.CredentialSubject.CreditsEarned)
	if points == "" {
		points = number(c.achievement().CreditsAvailable)
	}
	switch {
	case points == "":
	case strings.EqualFold(e.opts.CreditUnit, "ECTS"):
		n["creditPoint"] = e.new("creditPoint", "CreditPoint").set("framework", concept(elmECTS, elmCredits, node{"en": "European Credit Transfer System"})).set("point", points)
	case e.opts.CreditUnit != "":
		n["additionalNote"] = e.note(e.text(points + " " + e.opts.CreditUnit))
	default:
		e.lose(c.title(), "has %s credits of a unit that the record does not name; name it to write them", points)
	}
}
