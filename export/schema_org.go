package export

import (
	"strconv"
	"time"

	"github.com/openlaurel/laurel/ob"
)

// ctdlTerms is the vocabulary whose classes the achievement types are named after.
const ctdlTerms = "https://purl.org/ctdl/terms/"

// writeSchemaOrg writes the achievements of a record as Schema.org JSON-LD: one as itself, several as a graph. People are in
// it only when the learner ticked so: then the person has the credentials.
func writeSchemaOrg(w *writer) ([]File, error) {
	var list []any
	seen := map[string]bool{}
	add := func(a *ob.Achievement, c *Claim) {
		if key := a.ID + "\x00" + a.Name; !seen[key] {
			seen[key] = true
			list = append(list, w.credential(a, c))
		}
	}
	name := w.record.person()
	asPerson := w.opts.Person && name != ""
	for i := range w.record.Claims {
		if c := &w.record.Claims[i]; !c.lost() && !c.stated() && (c.completed() || !asPerson) {
			add(c.achievement(), c)
		}
	}
	if asPerson {
		person := node{"@context": "https://schema.org", "@type": "Person", "name": name}.set("url", w.opts.Link).set("hasCredential", list)
		return w.document("schema-org.jsonld", "application/ld+json", person)
	}
	for i := range w.record.Achievements {
		add(&w.record.Achievements[i], nil)
	}
	var doc node
	if len(list) == 1 {
		doc = list[0].(node)
	} else {
		doc = node{"@graph": list}
	}
	doc["@context"] = "https://schema.org"
	return w.document("schema-org.jsonld", "application/ld+json", doc)
}

// AchievementJSONLD is an achievement as its public page carries it (Schema.org, EducationalOccupationalCredential or
// Course); issuer may be nil. The page's address is the achievement's id.
func AchievementJSONLD(a *ob.Achievement, issuer *ob.Profile) ([]byte, error) {
	w := &writer{record: &Record{}, opts: Options{Language: "en"}}
	n := w.achievement(a, issuer)
	n["@context"] = "https://schema.org"
	files, err := w.document("", "", n)
	if err != nil {
		return nil, err
	}
	return files[0].Data, nil
}

// IssuerJSONLD is an institution as its public page carries it (Schema.org, EducationalOrganization).
func IssuerJSONLD(p *ob.Profile) ([]byte, error) {
	n := organisation(p).set("description", p.Description).set("email", p.Email)
	n["@context"] = "https://schema.org"
	files, err := (&writer{record: &Record{}}).document("", "", n)
	if err != nil {
		return nil, err
	}
	return files[0].Data, nil
}

func (w *writer) credential(a *ob.Achievement, c *Claim) node {
	if c == nil {
		return w.achievement(a, nil)
	}
	issuer := c.Issuer
	n := w.achievement(a, &issuer)
	if months, ok := wholeMonths(c.awarded(), c.ValidUntil.Day()); ok && n["@type"] != "Course" {
		n["validFor"] = "P" + strconv.Itoa(months) + "M"
	}
	return n
}

func (w *writer) achievement(a *ob.Achievement, issuer *ob.Profile) node {
	n := node{"@type": "EducationalOccupationalCredential"}.set("@id", a.ID).set("name", a.Name).set("description", a.Description).set("url", web(a.ID)).
		set("inLanguage", a.InLanguage).set("keywords", a.Tag)
	if a.Image != nil {
		n.set("image", web(a.Image.ID))
	}
	who := organisation(a.Creator)
	if issuer != nil {
		who = organisation(issuer)
	}
	if a.AchievementType == "Course" {
		n["@type"] = "Course"
		n.set("courseCode", a.HumanCode).set("provider", who)
		if a.CreditsAvailable != nil {
			n["numberOfCredits"] = *a.CreditsAvailable
		}
		return n.set("teaches", terms(a.Alignment))
	}
	n.set("recognizedBy", who).set("competencyRequired", terms(a.Alignment)).set("identifier", a.HumanCode).set("about", a.FieldOfStudy)
	if a.AchievementType != "" {
		category := node{"@type": "DefinedTerm", "name": kindWords(a.AchievementType)}
		if !ob.IsExtensionTerm(string(a.AchievementType)) {
			category["termCode"] = string(a.AchievementType)
			category["inDefinedTermSet"] = ctdlTerms
		}
		n["credentialCategory"] = category
	}
	return n
}

// terms are what an achievement is aligned to, each a term of its framework.
func terms(list []ob.Alignment) []any {
	var out []any
	for _, a := range list {
		out = append(out, node{"@type": "DefinedTerm"}.set("name", a.TargetName).set("termCode", a.TargetCode).set("inDefinedTermSet", a.TargetFramework).
			set("url", web(a.TargetURL)).set("description", a.TargetDescription))
	}
	return out
}

func organisation(p *ob.Profile) node {
	if p == nil {
		return nil
	}
	n := node{"@type": "EducationalOrganization"}.set("@id", p.ID).set("name", p.Name).set("url", p.URL)
	var ids []any
	for _, id := range p.OtherIdentifier {
		ids = append(ids, node{"@type": "PropertyValue", "propertyID": string(id.IdentifierType), "value": id.Identifier})
	}
	return n.set("identifier", ids)
}

// wholeMonths is how long an award holds when that is a whole number of months, as validity periods are set.
func wholeMonths(from, until string) (int, bool) {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, until)
	if errA != nil || errB != nil || !b.After(a) {
		return 0, false
	}
	months := (b.Year()-a.Year())*12 + int(b.Month()-a.Month())
	for _, day := range []time.Time{b, b.AddDate(0, 0, 1)} { // to the day, or to the end of the day before
		if m := (day.Year()-a.Year())*12 + int(day.Month()-a.Month()); a.AddDate(0, m, 0).Equal(day) {
			return m, m > 0
		}
	}
	return months, false
}
