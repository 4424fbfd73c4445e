package export

import (
	"github.com/openlaurel/laurel/ob"
)

// lerrsType is the address of the schema, which is also the type of the document (LER-RS 4.4, type).
const lerrsType = "http://schema.hropenstandards.org/4.4/recruiting/json/ler-rs/LER-RSType.json"

// lerrs collects the entries of each list.
type lerrs struct {
	*writer
	education, certifications, licenses, skills, employment []any
}

// writeLERRS writes HR Open's Learning and Employment Record, Résumé Standard. What is signed goes in as `verifications`,
// unchanged; the record as a whole carries its degrees, programmes and courses, so that these are not repeated.
func writeLERRS(w *writer) ([]File, error) {
	l := &lerrs{writer: w}
	if w.record.Signed != nil {
		l.education = append(l.education, l.verification(w.record.Signed))
	}
	for i := range w.record.Claims {
		c := &w.record.Claims[i]
		if !c.lost() {
			l.claim(c)
		}
	}
	doc := node{"type": lerrsType}
	if name := w.record.person(); name != "" {
		doc.set("person", node{"name": node{"formattedName": name}})
	} else {
		w.lose("record", "the learner's name does not stand in the record in the open, so person.name is left out")
	}
	if mail := w.record.identity(ob.IdentifierEmail); w.opts.Contact && mail != "" {
		doc.set("communication", node{"email": []any{node{"address": mail}}})
	}
	doc.set("educationAndLearnings", l.education).set("certifications", l.certifications).set("licenses", l.licenses).
		set("skills", l.skills).set("employmentHistories", l.employment)
	return w.document("ler-rs.json", "application/json", doc)
}

func (l *lerrs) verification(signed []byte) node {
	return node{"verifications": []any{l.kept.keep(signed)}}
}

// claim puts one credential into the list of its kind.
func (l *lerrs) claim(c *Claim) {
	a := c.achievement()
	section := a.AchievementType.Section()
	if section == ob.SectionExperience || c.stated() && c.CredentialSubject.Role != "" {
		l.employed(c)
		return
	}
	list, plain := &l.education, l.attended
	switch {
	case a.AchievementType == "License":
		list, plain = &l.licenses, l.certified
	case section == ob.SectionLicences || section == ob.SectionCertificates:
		list, plain = &l.certifications, l.certified
	case section == ob.SectionSkills:
		list, plain = &l.skills, l.skilled
	}
	switch {
	case list == &l.education && l.record.Signed != nil:
		// The record as a whole carries it.
	case c.Signed != nil:
		*list = append(*list, l.verification(c.Signed))
	default:
		l.lose(c.title(), "has no proof of its own and is written as plain data")
		*list = append(*list, plain(c))
	}
}

// employed writes experience: who it was with, as what, from when to when. A credential that is signed goes along.
func (l *lerrs) employed(c *Claim) {
	s := &c.CredentialSubject
	position := node{}.set("title", firstOf(s.Role, c.title())).set("start", s.ActivityStartDate.Day()).set("end", s.ActivityEndDate.Day()).set("descriptions", texts(s.Narrative))
	if !c.completed() {
		position["current"] = true
	}
	entry := node{}.set("organization", node{"tradeName": issuerName(c.issuer())}).set("positionHistories", []any{position})
	if c.Signed != nil {
		entry["verifications"] = []any{l.kept.keep(c.Signed)}
	}
	l.employment = append(l.employment, entry)
}

func (l *lerrs) attended(c *Claim) node {
	s, a := &c.CredentialSubject, c.achievement()
	entry := node{"institution": node{"name": issuerName(c.issuer())}}
	entry.set("start", s.ActivityStartDate.Day()).set("end", firstOf(s.ActivityEndDate.Day(), c.awarded()))
	if a.AchievementType.Section() != ob.SectionDegrees {
		return entry.set("descriptions", texts(named(a)))
	}
	granted := "Completed"
	if !c.completed() {
		granted = "In Progress"
	}
	degree := node{"name": a.Name, "degreeGrantedStatus": granted}
	if a.FieldOfStudy != "" {
		degree["specializations"] = []any{node{"name": a.FieldOfStudy, "type": "major"}}
	}
	return entry.set("educationDegrees", []any{degree})
}

func (l *lerrs) certified(c *Claim) node {
	period := node{}.set("validFrom", c.awarded()).set("validTo", c.ValidUntil.Day())
	return node{"name": c.title(), "issuingAuthority": node{"name": issuerName(c.issuer())}}.set("effectiveTimePeriod", period)
}

func (l *lerrs) skilled(c *Claim) node {
	return node{"name": c.title()}.set("comments", texts(c.achievement().Description))
}

func issuerName(p ob.Profile) string { return firstOf(p.Name, p.ID) }

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func texts(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
