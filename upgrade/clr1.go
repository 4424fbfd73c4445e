package upgrade

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

func itoa(i int) string { return strconv.Itoa(i) }

// clr reads a CLR 1.0.
func (u *upgrader) clr(v ijson.Value) (*clr.ClrCredential, error) {
	publisher := u.profile(v.Get("publisher"), "/publisher")
	c := &clr.ClrCredential{
		Context: []string{vc.ContextV2, clr.ContextV201, ob.ContextV303},
		ID:      uri(v.Get("id").Text()),
		Name:    text(v, "name"), Issuer: publisher,
		ValidFrom:   u.date(v.Get("issuedOn"), "/issuedOn"),
		AwardedDate: u.date(v.Get("issuedOn"), "/issuedOn"),
		Evidence:    []ob.Evidence{original(v.Get("id").Text(), "The CLR 1.0 record from which this one was read")},
	}
	if c.ID == "" {
		c.ID = NewID(string(v.Raw()))
	}
	if c.Name == "" {
		c.Name = strings.TrimSpace("Comprehensive Learner Record " + publisher.Name)
		u.lose("/name", "The record has no name; “%s” was given to it.", c.Name)
	}
	if partial, ok := truth(v.Get("partial")); ok {
		c.Partial = &partial
	}
	if revoked, _ := truth(v.Get("revoked")); revoked {
		u.lose("/revoked", "The original is marked as revoked; the newer record must not be taken as valid.")
	}
	s := &c.CredentialSubject
	s.ID, s.Identifier = u.learner(v.Get("learner"), "/learner")
	for i, a := range v.Get("achievements").Each() {
		at := "/achievements/" + itoa(i)
		s.Achievement = append(s.Achievement, u.achievement(a, at))
		s.Association = append(s.Association, u.associations(a, at)...)
	}
	if err := u.assertions(v, c, publisher); err != nil {
		return nil, err
	}
	s.Association = dedupe(s.Association)
	for i := range v.Get("signedEndorsements").Len() {
		u.lose("/signedEndorsements/"+itoa(i), "A signed endorsement of CLR 1.0 cannot be carried over; the original keeps it.")
	}
	for i, e := range v.Get("endorsements").Each() {
		c.Endorsement = append(c.Endorsement, u.endorsement(e, "/endorsements/"+itoa(i)))
	}
	return c, nil
}

// assertions reads the plain and the signed assertions of a record. CLR 2.0 demands at least one credential.
func (u *upgrader) assertions(v ijson.Value, c *clr.ClrCredential, publisher ob.Profile) error {
	add := func(a ijson.Value, at string) error {
		credential := u.assertion(a, at, c, publisher)
		body, err := ijson.Marshal(credential)
		if err != nil {
			return fmt.Errorf("upgrade: %s: %w", at, err)
		}
		s := &c.CredentialSubject
		s.VerifiableCredential = append(s.VerifiableCredential, json.RawMessage(body))
		s.Association = append(s.Association, u.associations(a.Get("achievement"), at+"/achievement")...)
		return nil
	}
	for i, a := range v.Get("assertions").Each() {
		if err := add(a, "/assertions/"+itoa(i)); err != nil {
			return err
		}
	}
	for i, t := range v.Get("signedAssertions").Each() {
		at := "/signedAssertions/" + itoa(i)
		a, ok := payload(t.Text())
		if !ok {
			u.lose(at, "The signed assertion cannot be read and was left out.")
			continue
		}
		u.lose(at, "The seal of the signed assertion cannot be carried over; the original keeps it.")
		if err := add(a, at); err != nil {
			return err
		}
	}
	if len(c.CredentialSubject.VerifiableCredential) == 0 {
		return fmt.Errorf("upgrade: the record has no assertions, and CLR 2.0 demands at least one; nothing can be made of it")
	}
	return nil
}

// assertion reads one assertion of a CLR 1.0. It has no issuer of its own: the achievement's is taken, else the publisher.
func (u *upgrader) assertion(a ijson.Value, at string, c *clr.ClrCredential, publisher ob.Profile) *ob.AchievementCredential {
	achievement := u.achievement(a.Get("achievement"), at+"/achievement")
	out := &ob.AchievementCredential{
		Context: []string{vc.ContextV2, ob.ContextV303}, ID: uri(a.Get("id").Text()),
		Name: achievement.Name, Description: achievement.Description, Issuer: publisher,
		ValidFrom: u.date(a.Get("issuedOn"), at+"/issuedOn"), ValidUntil: u.date(a.Get("expires"), at+"/expires"),
		Evidence: append(u.evidence(a.Get("evidence"), at+"/evidence"), original(a.Get("id").Text(), "The CLR 1.0 assertion from which this credential was read")),
	}
	if achievement.Creator != nil {
		out.Issuer = *achievement.Creator
	}
	if out.ID == "" {
		out.ID = NewID(string(a.Raw()))
	}
	out.AwardedDate = out.ValidFrom
	if out.ValidFrom == "" {
		out.ValidFrom = c.ValidFrom
		u.lose(at+"/issuedOn", "The assertion has no date; the record's was taken.")
	}
	s := &out.CredentialSubject
	s.Achievement = &achievement
	s.ID, s.Identifier = c.CredentialSubject.ID, nil
	if id, name := u.identity(a.Get("recipient")); id != "" {
		s.ID = id
	} else if name != nil {
		s.Identifier = []ob.IdentityObject{*name}
	}
	s.ActivityStartDate = u.date(a.Get("activityStartDate"), at+"/activityStartDate")
	s.ActivityEndDate = u.date(a.Get("activityEndDate"), at+"/activityEndDate")
	s.CreditsEarned = number(a.Get("creditsEarned"))
	s.LicenseNumber, s.Narrative, s.Role, s.Term = text(a, "licenseNumber"), text(a, "narrative"), text(a, "role"), text(a, "term")
	s.Image = image(a.Get("image"))
	if src := a.Get("source"); src.Kind() == ijson.Object {
		p := u.profile(src, at+"/source")
		s.Source = &p
	}
	for _, r := range a.Get("results").Each() {
		s.Result = append(s.Result, u.result(r))
	}
	if revoked, _ := truth(a.Get("revoked")); revoked {
		u.lose(at+"/revoked", "The original is marked as revoked; the newer credential must not be taken as valid.")
	}
	return out
}

// achievementTypes are the values of CLR 1.0 that have another name now.
var achievementTypes = map[string]ob.AchievementType{"Co-Curricular": "CoCurricular", "AssessmentResult": "Assessment"}

func (u *upgrader) achievement(v ijson.Value, at string) ob.Achievement {
	a := ob.Achievement{
		ID: uri(v.Get("id").Text()), Name: text(v, "name"), Description: text(v, "description"), HumanCode: text(v, "humanCode"),
		FieldOfStudy: text(v, "fieldOfStudy"), Specialization: text(v, "specialization"), CreditsAvailable: number(v.Get("creditsAvailable")),
		Image: image(v.Get("image")), OtherIdentifier: u.identifiers(v, at), AchievementType: ob.AchievementType(text(v, "achievementType")),
		Criteria: ob.Criteria{ID: uri(v.Get("requirement").Get("id").Text()), Narrative: text(v.Get("requirement"), "narrative")},
		Tag:      vc.Strings(v.Get("tags")),
	}
	if a.ID == "" {
		a.ID = NewID(string(v.Raw()))
	}
	if newer, ok := achievementTypes[string(a.AchievementType)]; ok {
		a.AchievementType = newer
	}
	if a.Description == "" {
		a.Description = a.Name
	}
	if a.Criteria.ID == "" && a.Criteria.Narrative == "" {
		a.Criteria.Narrative = "Not specified in the source CLR 1.0 record."
	}
	if issuer := v.Get("issuer"); present(issuer) {
		p := u.profile(issuer, at+"/issuer")
		a.Creator = &p
	}
	if level := text(v, "level"); level != "" {
		a.Tag = append(a.Tag, "Level: "+level)
		u.lose(at+"/level", "An achievement has no level in the newer standard; it is kept as a tag.")
	}
	for i, e := range v.Get("alignments").Each() {
		a.Alignment = append(a.Alignment, u.alignment(e, at+"/alignments/"+itoa(i)))
	}
	for _, d := range v.Get("resultDescriptions").Each() {
		a.ResultDescription = append(a.ResultDescription, u.resultDescription(d, at))
	}
	for i, e := range v.Get("endorsements").Each() {
		a.Endorsement = append(a.Endorsement, u.endorsement(e, at+"/endorsements/"+itoa(i)))
	}
	return a
}

func (u *upgrader) alignment(v ijson.Value, at string) ob.Alignment {
	a := ob.Alignment{
		TargetName: text(v, "targetName"), TargetURL: text(v, "targetUrl"), TargetCode: text(v, "targetCode"),
		TargetDescription: text(v, "targetDescription"), TargetFramework: text(v, "targetFramework"),
		TargetType: ob.AlignmentTargetType(text(v, "targetType")),
	}
	if a.TargetFramework == "" {
		a.TargetFramework = text(v, "educationalFramework")
	}
	if a.TargetURL == "" { // Open Badges 1
		a.TargetURL, a.TargetName = text(v, "url"), first(a.TargetName, text(v, "name"))
	}
	if a.TargetURL != uri(a.TargetURL) {
		u.lose(at+"/targetUrl", "“%s” is no URL; a stable one was made from it.", a.TargetURL)
		a.TargetURL = uri(a.TargetURL)
	}
	return a
}

func (u *upgrader) resultDescription(v ijson.Value, at string) ob.ResultDescription {
	d := ob.ResultDescription{
		ID: uri(v.Get("id").Text()), Name: text(v, "name"), ResultType: ob.ResultType(text(v, "resultType")),
		RequiredLevel: uri(text(v, "requiredLevel")), RequiredValue: text(v, "requiredValue"),
		ValueMin: text(v, "valueMin"), ValueMax: text(v, "valueMax"), AllowedValue: vc.Strings(v.Get("allowedValues")),
	}
	for _, e := range v.Get("alignments").Each() {
		d.Alignment = append(d.Alignment, u.alignment(e, at))
	}
	for _, l := range v.Get("rubricCriterionLevels").Each() {
		level := ob.RubricCriterionLevel{ID: uri(l.Get("id").Text()), Name: text(l, "name"), Description: text(l, "description"),
			Level: text(l, "level"), Points: text(l, "points")}
		for _, e := range l.Get("alignments").Each() {
			level.Alignment = append(level.Alignment, u.alignment(e, at))
		}
		d.RubricCriterionLevel = append(d.RubricCriterionLevel, level)
	}
	return d
}

func (u *upgrader) result(v ijson.Value) ob.Result {
	r := ob.Result{ResultDescription: uri(text(v, "resultDescription")), Value: text(v, "value"),
		AchievedLevel: uri(text(v, "achievedLevel")), Status: ob.ResultStatusType(text(v, "status"))}
	for _, e := range v.Get("alignments").Each() {
		r.Alignment = append(r.Alignment, u.alignment(e, ""))
	}
	return r
}

// evidence reads evidence; each artifact becomes one of its own, since the newer class has no parts.
func (u *upgrader) evidence(list ijson.Value, at string) []ob.Evidence {
	var out []ob.Evidence
	for i, v := range list.Each() {
		e := ob.Evidence{ID: uri(idOf(v)), Name: text(v, "name"), Description: text(v, "description"), Genre: text(v, "genre"),
			Audience: text(v, "audience"), Narrative: text(v, "narrative")}
		out = append(out, e)
		for _, art := range v.Get("artifacts").Each() {
			out = append(out, ob.Evidence{ID: uri(text(art, "url")), Name: first(text(art, "name"), e.Name), Description: text(art, "description")})
		}
		if n := v.Get("artifacts").Len(); n > 0 {
			u.lose(at+"/"+itoa(i)+"/artifacts", "The %d artifacts became evidence of their own beside this one.", n)
		}
	}
	return out
}

// associations reads the relations that a CLR 1.0 achievement carries; the source was implicit.
func (u *upgrader) associations(a ijson.Value, at string) []clr.Association {
	var out []clr.Association
	source := uri(a.Get("id").Text())
	for i, v := range a.Get("associations").Each() {
		p := at + "/associations/" + itoa(i)
		kind := clr.AssociationType(text(v, "associationType"))
		if kind == "exemplar" || kind == "hasSkillLevel" {
			u.lose(p+"/associationType", "The relation “%s” is not of the newer standard; it became isRelatedTo.", string(kind))
			kind = clr.IsRelatedTo
		}
		if t := text(v, "title"); t != "" {
			u.lose(p+"/title", "The title of the relation (“%s”) was left out.", t)
		}
		out = append(out, clr.Relate(source, kind, uri(text(v, "targetId"))))
	}
	return out
}

func dedupe(list []clr.Association) []clr.Association {
	seen := map[clr.Association]bool{}
	var out []clr.Association
	for _, a := range list {
		if !seen[a] {
			seen[a] = true
			out = append(out, a)
		}
	}
	return out
}

func (u *upgrader) endorsement(v ijson.Value, at string) json.RawMessage {
	issuer := u.profile(v.Get("issuer"), at+"/issuer")
	e := ob.EndorsementCredential{
		Context: []string{vc.ContextV2, ob.ContextV303}, ID: uri(v.Get("id").Text()), Issuer: issuer,
		Name:      strings.TrimSpace("Endorsement by " + first(issuer.Name, issuer.ID)),
		ValidFrom: u.date(v.Get("issuedOn"), at+"/issuedOn"),
		CredentialSubject: ob.EndorsementSubject{ID: uri(v.Get("claim").Get("id").Text()),
			EndorsementComment: text(v.Get("claim"), "endorsementComment")},
	}
	body, err := ijson.Marshal(e)
	if err != nil { // only floats that are no numbers cannot be written, and there are none in it
		return nil
	}
	return body
}
