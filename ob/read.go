package ob

import (
	"encoding/json"
	"strconv"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/vc"
)

// reader reads the human texts of one JSON object and remembers those that were more than one plain string.
type reader struct {
	v  ijson.Value
	tr Translations
}

func (r *reader) text(member string) string {
	v := r.v.Get(member)
	switch v.Kind() {
	case ijson.String:
		return v.Text()
	case ijson.Object, ijson.Array:
		texts := vc.ReadTexts(v)
		if len(texts) == 0 {
			return ""
		}
		if len(texts) > 1 || texts[0].Lang != "" || texts[0].Dir != "" {
			if r.tr == nil {
				r.tr = Translations{}
			}
			r.tr[member] = texts
		}
		return vc.Pick(texts).Text
	case ijson.Number: // "value": 95 in the field
		return v.Number()
	}
	return ""
}

func str(v ijson.Value) string {
	if v.Kind() == ijson.Number {
		return v.Number()
	}
	return v.Text()
}

// number reads a JSON number, or a string that holds one as CLR 2.0 samples in the field have it.
func number(v ijson.Value) *float64 {
	switch v.Kind() {
	case ijson.Number:
		f := v.Float()
		return &f
	case ijson.String:
		if f, err := strconv.ParseFloat(v.Text(), 64); err == nil {
			return &f
		}
	}
	return nil
}

func many[T any](v ijson.Value, read func(ijson.Value) T) []T {
	var out []T
	for _, e := range v.Each() {
		out = append(out, read(e))
	}
	return out
}

func optional[T any](v ijson.Value, read func(ijson.Value) T) *T {
	if !v.IsValid() || v.Kind() == ijson.Null {
		return nil
	}
	if v.Kind() == ijson.Array { // one as an array of one
		if v.Len() == 0 {
			return nil
		}
		v = v.Index(0)
	}
	t := read(v)
	return &t
}

func raws(v ijson.Value) []json.RawMessage {
	var out []json.RawMessage
	for _, e := range v.Each() {
		if e.Kind() == ijson.Object {
			out = append(out, e.Raw())
		}
	}
	return out
}

// id reads a node that is an object with an id, or the id itself.
func id(v ijson.Value) string {
	if v.IsString() {
		return v.Text()
	}
	return v.Get("id").Text()
}

// ReadAchievement reads an achievement.
func ReadAchievement(v ijson.Value) Achievement {
	r := reader{v: v}
	return Achievement{
		ID: id(v), Type: vc.Strings(v.Get("type")), Name: r.text("name"), Description: r.text("description"),
		Criteria:        ReadCriteria(v.Get("criteria")),
		AchievementType: AchievementType(str(v.Get("achievementType"))),
		HumanCode:       r.text("humanCode"), FieldOfStudy: r.text("fieldOfStudy"), Specialization: r.text("specialization"),
		Creator: optional(v.Get("creator"), ReadProfile), CreditsAvailable: number(v.Get("creditsAvailable")),
		Image: optional(v.Get("image"), ReadImage), InLanguage: str(v.Get("inLanguage")), Version: r.text("version"),
		Tag:               texts(v.Get("tag")),
		Alignment:         many(v.Get("alignment"), ReadAlignment),
		ResultDescription: many(v.Get("resultDescription"), ReadResultDescription),
		Related:           many(v.Get("related"), readRelated),
		OtherIdentifier:   many(v.Get("otherIdentifier"), readIdentifierEntry),
		Endorsement:       raws(v.Get("endorsement")), EndorsementJWT: vc.Strings(v.Get("endorsementJwt")),
		Translations: r.tr,
	}
}

func texts(v ijson.Value) []string {
	var out []string
	for _, e := range v.Each() {
		if s := vc.PickText(e); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// ReadCriteria reads criteria; a bare URI is taken as the id.
func ReadCriteria(v ijson.Value) Criteria {
	r := reader{v: v}
	return Criteria{ID: id(v), Narrative: r.text("narrative"), Translations: r.tr}
}

// ReadAlignment reads an alignment.
func ReadAlignment(v ijson.Value) Alignment {
	r := reader{v: v}
	return Alignment{
		Type: vc.Strings(v.Get("type")), TargetName: r.text("targetName"), TargetURL: id(v.Get("targetUrl")),
		TargetCode: r.text("targetCode"), TargetDescription: r.text("targetDescription"),
		TargetFramework: r.text("targetFramework"), TargetType: AlignmentTargetType(str(v.Get("targetType"))),
		Translations: r.tr,
	}
}

func readRelated(v ijson.Value) Related {
	return Related{ID: id(v), Type: vc.Strings(v.Get("type")), InLanguage: str(v.Get("inLanguage")), Version: vc.PickText(v.Get("version"))}
}

func readIdentifierEntry(v ijson.Value) IdentifierEntry {
	return IdentifierEntry{Type: str(v.Get("type")), Identifier: str(v.Get("identifier")), IdentifierType: IdentifierType(str(v.Get("identifierType")))}
}

// ReadResultDescription reads a result description.
func ReadResultDescription(v ijson.Value) ResultDescription {
	r := reader{v: v}
	return ResultDescription{
		ID: id(v), Type: vc.Strings(v.Get("type")), Name: r.text("name"), ResultType: ResultType(str(v.Get("resultType"))),
		AllowedValue: texts(v.Get("allowedValue")), RequiredLevel: id(v.Get("requiredLevel")), RequiredValue: r.text("requiredValue"),
		RubricCriterionLevel: many(v.Get("rubricCriterionLevel"), ReadRubricCriterionLevel),
		ValueMin:             r.text("valueMin"), ValueMax: r.text("valueMax"),
		Alignment: many(v.Get("alignment"), ReadAlignment), Translations: r.tr,
	}
}

// ReadRubricCriterionLevel reads a rubric level.
func ReadRubricCriterionLevel(v ijson.Value) RubricCriterionLevel {
	r := reader{v: v}
	return RubricCriterionLevel{
		ID: id(v), Type: vc.Strings(v.Get("type")), Name: r.text("name"), Description: r.text("description"),
		Level: r.text("level"), Points: r.text("points"), Alignment: many(v.Get("alignment"), ReadAlignment), Translations: r.tr,
	}
}

// ReadResult reads a result.
func ReadResult(v ijson.Value) Result {
	r := reader{v: v}
	return Result{
		Type: vc.Strings(v.Get("type")), ResultDescription: id(v.Get("resultDescription")), Value: r.text("value"),
		AchievedLevel: id(v.Get("achievedLevel")), Status: ResultStatusType(str(v.Get("status"))),
		Alignment: many(v.Get("alignment"), ReadAlignment), Translations: r.tr,
	}
}

// ReadEvidence reads evidence; a bare URI is taken as the id.
func ReadEvidence(v ijson.Value) Evidence {
	r := reader{v: v}
	return Evidence{
		ID: id(v), Type: vc.Strings(v.Get("type")), Name: r.text("name"), Narrative: r.text("narrative"),
		Description: r.text("description"), Genre: r.text("genre"), Audience: r.text("audience"), Translations: r.tr,
	}
}

// ReadImage reads an image; a bare URI, as Open Badges 2.0 has it, is taken as the id.
func ReadImage(v ijson.Value) Image {
	r := reader{v: v}
	return Image{ID: id(v), Type: firstOf(v.Get("type")), Caption: r.text("caption"), Translations: r.tr}
}

func firstOf(v ijson.Value) string {
	if s := vc.Strings(v); len(s) > 0 {
		return s[0]
	}
	return ""
}

// ReadIdentityObject reads an identity.
func ReadIdentityObject(v ijson.Value) IdentityObject {
	return IdentityObject{
		Type: firstOf(v.Get("type")), Hashed: v.Get("hashed").Bool(), IdentityHash: str(v.Get("identityHash")),
		IdentityType: IdentifierType(str(v.Get("identityType"))), Salt: str(v.Get("salt")),
	}
}

// ReadProfile reads a profile; a bare URI is taken as the id.
func ReadProfile(v ijson.Value) Profile {
	r := reader{v: v}
	return Profile{
		ID: id(v), Type: vc.Strings(v.Get("type")), Name: r.text("name"), URL: id(v.Get("url")), Phone: r.text("phone"),
		Description: r.text("description"), Image: optional(v.Get("image"), ReadImage), Email: r.text("email"),
		Address: optional(v.Get("address"), readAddress), OtherIdentifier: many(v.Get("otherIdentifier"), readIdentifierEntry),
		Official: r.text("official"), ParentOrg: optional(v.Get("parentOrg"), ReadProfile),
		FamilyName: r.text("familyName"), GivenName: r.text("givenName"), AdditionalName: r.text("additionalName"),
		PatronymicName: r.text("patronymicName"), HonorificPrefix: r.text("honorificPrefix"),
		HonorificSuffix: r.text("honorificSuffix"), FamilyNamePrefix: r.text("familyNamePrefix"),
		DateOfBirth: DateTime(str(v.Get("dateOfBirth"))),
		Endorsement: raws(v.Get("endorsement")), EndorsementJWT: vc.Strings(v.Get("endorsementJwt")), Translations: r.tr,
	}
}

func readAddress(v ijson.Value) Address {
	r := reader{v: v}
	return Address{
		Type: vc.Strings(v.Get("type")), AddressCountry: r.text("addressCountry"), AddressCountryCode: str(v.Get("addressCountryCode")),
		AddressRegion: r.text("addressRegion"), AddressLocality: r.text("addressLocality"), StreetAddress: r.text("streetAddress"),
		PostOfficeBoxNumber: r.text("postOfficeBoxNumber"), PostalCode: r.text("postalCode"), Geo: optional(v.Get("geo"), readGeo),
	}
}

func readGeo(v ijson.Value) GeoCoordinates {
	g := GeoCoordinates{Type: firstOf(v.Get("type"))}
	if f := number(v.Get("latitude")); f != nil {
		g.Latitude = *f
	}
	if f := number(v.Get("longitude")); f != nil {
		g.Longitude = *f
	}
	return g
}

// ReadAchievementSubject reads the subject of an achievement credential.
func ReadAchievementSubject(v ijson.Value) AchievementSubject {
	r := reader{v: v}
	return AchievementSubject{
		ID: id(v), Type: vc.Strings(v.Get("type")), Identifier: many(v.Get("identifier"), ReadIdentityObject),
		Achievement:       optional(v.Get("achievement"), ReadAchievement),
		ActivityStartDate: DateTime(str(v.Get("activityStartDate"))), ActivityEndDate: DateTime(str(v.Get("activityEndDate"))),
		CreditsEarned: number(v.Get("creditsEarned")), Image: optional(v.Get("image"), ReadImage),
		LicenseNumber: r.text("licenseNumber"), Narrative: r.text("narrative"), Result: many(v.Get("result"), ReadResult),
		Role: r.text("role"), Source: optional(v.Get("source"), ReadProfile), Term: r.text("term"), Translations: r.tr,
	}
}

// ReadAchievementCredential reads an achievement credential of either model; of several subjects it takes the first.
func ReadAchievementCredential(v ijson.Value) AchievementCredential {
	r := reader{v: v}
	d := vc.FromValue(v)
	c := AchievementCredential{
		Context: vc.Strings(v.Get("@context")), ID: d.ID, Type: d.Types, Name: r.text("name"), Description: r.text("description"),
		Image: optional(v.Get("image"), ReadImage), Issuer: ReadProfile(v.Get("issuer")),
		ValidFrom: DateTime(d.ValidFromText), ValidUntil: DateTime(d.ValidUntilText), AwardedDate: DateTime(str(v.Get("awardedDate"))),
		Evidence: many(v.Get("evidence"), ReadEvidence), Endorsement: raws(v.Get("endorsement")),
		EndorsementJWT:   vc.Strings(v.Get("endorsementJwt")),
		CredentialSchema: references(d.Schemas), RefreshService: firstReference(d.Refresh), TermsOfUse: references(d.TermsOfUse),
	}
	if len(d.Statuses) > 0 {
		c.CredentialStatus = &d.Statuses[0]
	}
	if len(d.Subjects) > 0 {
		c.CredentialSubject = ReadAchievementSubject(d.Subjects[0])
	}
	c.Translations = r.tr
	return c
}

// ReadEndorsementCredential reads an endorsement of either model.
func ReadEndorsementCredential(v ijson.Value) EndorsementCredential {
	r := reader{v: v}
	d := vc.FromValue(v)
	c := EndorsementCredential{
		Context: vc.Strings(v.Get("@context")), ID: d.ID, Type: d.Types, Name: r.text("name"), Description: r.text("description"),
		Issuer: ReadProfile(v.Get("issuer")), ValidFrom: DateTime(d.ValidFromText), ValidUntil: DateTime(d.ValidUntilText),
		AwardedDate:      DateTime(str(v.Get("awardedDate"))),
		CredentialSchema: references(d.Schemas), RefreshService: firstReference(d.Refresh), TermsOfUse: references(d.TermsOfUse),
	}
	if len(d.Statuses) > 0 {
		c.CredentialStatus = &d.Statuses[0]
	}
	if len(d.Subjects) > 0 {
		s := reader{v: d.Subjects[0]}
		c.CredentialSubject = EndorsementSubject{ID: id(s.v), Type: vc.Strings(s.v.Get("type")), EndorsementComment: s.text("endorsementComment")}
		c.CredentialSubject.Translations = s.tr
	}
	c.Translations = r.tr
	return c
}

func references(objects []vc.Object) []Reference {
	var out []Reference
	for _, o := range objects {
		ref := Reference{ID: o.ID}
		if len(o.Types) > 0 {
			ref.Type = o.Types[0]
		}
		out = append(out, ref)
	}
	return out
}

func firstReference(objects []vc.Object) *Reference {
	if refs := references(objects); len(refs) > 0 {
		return &refs[0]
	}
	return nil
}
