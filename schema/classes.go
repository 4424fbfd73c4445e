package schema

import "slices"

// This file is the data model of CLR 2.0 and Open Badges 3.0 as tables: one per class, one row per member, in the
// standard's order. Required members carry a "!" behind their name.

// form is how the value of a member looks.
type form uint8

const (
	text     form = iota // a string; tolerated: a language map
	texts                // an array of text; tolerated: one
	types                // the type array, which must hold one of each of the row's sets; tolerated: one string
	fixed                // exactly the string of the row
	dateTime             // RFC 3339 date-time with a zone
	date                 // YYYY-MM-DD
	boolean
	number
	closed  // a string of the row's list
	open    // a string of the row's list, or an extension
	jws     // compact JWS
	jwsList // an array of them; tolerated: one
	lang    // a language code
	object  // an object of the row's class
	objects // an array of them; tolerated: one
	context // the @context array with the row's fixed positions; tolerated: one
	issuer  // an object of the row's class, or a URI
)

// member is a row.
type member struct {
	name   string
	form   form
	class  Class
	values []string   // fixed, closed, open
	sets   [][]string // types
	at     []position // context
	min    int        // fewest elements
}

// position is what must stand at a place of @context.
type position uint8

const (
	baseV2 position = iota
	baseV1
	clrFamily
	obFamily
)

// table is a class.
type table struct {
	class  Class
	noun   string // with its article, for messages
	closed bool   // members beyond the rows are refused
	rows   []member
}

func row(name string, f form) member                { return member{name: name, form: f} }
func of(name string, f form, class Class) member    { return member{name: name, form: f, class: class} }
func among(name string, f form, v ...string) member { return member{name: name, form: f, values: v} }
func is(name string) member                         { return member{name: "type!", form: fixed, values: []string{name}} }
func contexts(at ...position) member {
	return member{name: "@context!", form: context, at: at, min: len(at)}
}
func typed(sets ...string) member {
	m := member{name: "type!", form: types}
	for _, s := range sets {
		m.sets = append(m.sets, []string{s})
	}
	return m
}

// The enumerations, in the standard's order.
var (
	achievementTypes = []string{"Achievement", "ApprenticeshipCertificate", "Assessment", "Assignment", "AssociateDegree",
		"Award", "Badge", "BachelorDegree", "Certificate", "CertificateOfCompletion", "Certification", "CommunityService",
		"Competency", "Course", "CoCurricular", "Degree", "Diploma", "DoctoralDegree", "Fieldwork",
		"GeneralEducationDevelopment", "JourneymanCertificate", "LearningProgram", "License", "Membership",
		"ProfessionalDoctorate", "QualityAssuranceCredential", "MasterCertificate", "MasterDegree", "MicroCredential",
		"ResearchDoctorate", "SecondarySchoolDiploma"}
	identifierTypes = []string{"name", "sourcedId", "systemId", "productId", "userName", "accountId", "emailAddress",
		"nationalIdentityNumber", "isbn", "issn", "lisSourcedId", "oneRosterSourcedId", "sisSourcedId", "ltiContextId",
		"ltiDeploymentId", "ltiToolId", "ltiPlatformId", "ltiUserId", "identifier"}
	resultTypes = []string{"GradePointAverage", "LetterGrade", "Percent", "PerformanceLevel", "PredictedScore", "RawScore",
		"Result", "RubricCriterion", "RubricCriterionLevel", "RubricScore", "ScaledScore", "Status"}
	resultStatusTypes = []string{"Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"}
	targetTypes       = []string{"ceasn:Competency", "ceterms:Credential", "CFItem", "CFRubric", "CFRubricCriterion",
		"CFRubricCriterionLevel", "CTDL"}
	associationTypes = []string{"exactMatchOf", "isChildOf", "isParentOf", "isPartOf", "isPeerOf", "isRelatedTo",
		"precedes", "replacedBy"}
)

// tables gives all classes: those that both models share, and those that name a model's dates, contexts and issuer.
func tables() []table {
	out := slices.Concat(sharedTables(), messageTables())
	for _, m := range []model{
		{suffix: "", base: baseV2, from: "validFrom!", until: "validUntil", issuer: of("issuer!", issuer, "Profile")},
		// OB 3.0 schema "anyachievementcredential": the issuer is a Profile and name is required; the subject is closed.
		{suffix: "11", base: baseV1, from: "issuanceDate!", until: "expirationDate", issuer: of("issuer!", object, "Profile11")},
	} {
		out = append(out, m.tables()...)
	}
	return out
}

// model is what VC 1.1 and VC 2.0 differ in.
type model struct {
	suffix      Class
	base        position
	from, until string
	issuer      member
}

// proofs are the members that every credential ends with.
func (m model) proofs() []member {
	return []member{m.issuer, row(m.from, dateTime), row(m.until, dateTime),
		of("proof", objects, "Proof"), of("credentialSchema", objects, "CredentialSchema"),
		of("credentialStatus", object, "CredentialStatus"), of("refreshService", object, "RefreshService"),
		of("termsOfUse", objects, "TermsOfUse"), of("evidence", objects, "Evidence")}
}

func (m model) tables() []table {
	name := "name"
	if m.suffix != "" {
		name = "name!"
	}
	badge := typed("VerifiableCredential", "AchievementCredential")
	badge.sets[1] = append(badge.sets[1], "OpenBadgeCredential") // alias
	credentials := of("verifiableCredential!", objects, "VerifiableCredential"+m.suffix)
	credentials.min = 1
	endorsement := of("endorsement", objects, "EndorsementCredential"+m.suffix)
	return []table{
		{"ClrCredential" + m.suffix, "a Comprehensive Learner Record", false, slices.Concat([]member{
			contexts(m.base, clrFamily, obFamily), typed("VerifiableCredential", "ClrCredential"),
			row("id!", text), row("name!", text), row("description", text), endorsement, row("endorsementJwt", jwsList),
			of("image", object, "Image"), row("partial", boolean), of("credentialSubject!", object, "ClrSubject"+m.suffix),
			row("awardedDate", dateTime)}, m.proofs())},
		{"ClrSubject" + m.suffix, "the subject of a record", false, []member{
			row("id", text), typed("ClrSubject"), of("identifier", objects, "IdentityObject"),
			of("achievement", objects, "Achievement"+m.suffix), credentials, of("association", objects, "Association")}},
		{"VerifiableCredential" + m.suffix, "a credential", false, slices.Concat([]member{
			contexts(m.base), row("id", text), typed("VerifiableCredential"),
			of("credentialSubject!", object, "CredentialSubject")}, m.proofs())},
		{"AchievementCredential" + m.suffix, "an achievement credential", false, slices.Concat([]member{
			contexts(m.base, obFamily), row("id!", text), badge, row(name, text), row("description", text),
			of("image", object, "Image"), row("awardedDate", dateTime),
			of("credentialSubject!", object, "AchievementSubject"+m.suffix), endorsement, row("endorsementJwt", jwsList)}, m.proofs())},
		{"AchievementSubject" + m.suffix, "the subject of an achievement credential", m.suffix != "", []member{
			row("id", text), typed("AchievementSubject"), row("activityEndDate", dateTime), row("activityStartDate", dateTime),
			row("creditsEarned", number), of("achievement!", object, "Achievement"+m.suffix),
			of("identifier", objects, "IdentityObject"), of("image", object, "Image"), row("licenseNumber", text),
			row("narrative", text), of("result", objects, "Result"), row("role", text),
			of("source", object, "Profile"+m.suffix), row("term", text)}},
		{"EndorsementCredential" + m.suffix, "an endorsement", false, slices.Concat([]member{
			contexts(m.base, obFamily), typed("VerifiableCredential", "EndorsementCredential"), row("id!", text),
			row("name!", text), row("description", text), of("credentialSubject!", object, "EndorsementSubject"),
			row("awardedDate", dateTime)}, m.proofs())},
		{"Achievement" + m.suffix, "an achievement", false, []member{
			row("id!", text), typed("Achievement"), of("alignment", objects, "Alignment"),
			among("achievementType", open, achievementTypes...), of("creator", object, "Profile"+m.suffix),
			row("creditsAvailable", number), of("criteria!", object, "Criteria"), row("description!", text), endorsement,
			row("endorsementJwt", jwsList), row("fieldOfStudy", text), row("humanCode", text), of("image", object, "Image"),
			row("inLanguage", lang), row("name!", text), of("otherIdentifier", objects, "IdentifierEntry"),
			of("related", objects, "Related"), of("resultDescription", objects, "ResultDescription"),
			row("specialization", text), row("tag", texts), row("version", text)}},
		{"Profile" + m.suffix, "a profile", false, []member{
			row("id!", text), typed("Profile"), row("name", text), row("url", text), row("phone", text),
			row("description", text), endorsement, row("endorsementJwt", jwsList), of("image", object, "Image"),
			row("email", text), of("address", object, "Address"), of("otherIdentifier", objects, "IdentifierEntry"),
			row("official", text), of("parentOrg", object, "Profile"), row("familyName", text), row("givenName", text),
			row("additionalName", text), row("patronymicName", text), row("honorificPrefix", text),
			row("honorificSuffix", text), row("familyNamePrefix", text), row("dateOfBirth", date)}},
	}
}

// sharedTables are the classes that no date, context or issuer stands in.
func sharedTables() []table {
	return []table{
		{"EndorsementSubject", "the subject of an endorsement", false, []member{
			row("id!", text), typed("EndorsementSubject"), row("endorsementComment", text)}},
		{"CredentialSubject", "the subject of a credential", false, []member{row("id", text)}},
		{"Association", "an association", true, []member{
			is("Association"), among("associationType!", closed, associationTypes...), row("sourceId!", text), row("targetId!", text)}},
		{"Criteria", "criteria", false, []member{row("id", text), row("narrative", text)}},
		{"Alignment", "an alignment", false, []member{
			typed("Alignment"), row("targetCode", text), row("targetDescription", text), row("targetName!", text),
			row("targetFramework", text), among("targetType", open, targetTypes...), row("targetUrl!", text)}},
		{"Related", "a related achievement", false, []member{
			row("id!", text), typed("Related"), row("inLanguage", lang), row("version", text)}},
		{"ResultDescription", "a result description", false, []member{
			row("id!", text), typed("ResultDescription"), of("alignment", objects, "Alignment"), row("allowedValue", texts),
			row("name!", text), row("requiredLevel", text), row("requiredValue", text),
			among("resultType!", open, resultTypes...), of("rubricCriterionLevel", objects, "RubricCriterionLevel"),
			row("valueMax", text), row("valueMin", text)}},
		{"RubricCriterionLevel", "a rubric level", false, []member{
			row("id!", text), typed("RubricCriterionLevel"), of("alignment", objects, "Alignment"), row("description", text),
			row("level", text), row("name!", text), row("points", text)}},
		{"Result", "a result", false, []member{
			typed("Result"), row("achievedLevel", text), of("alignment", objects, "Alignment"), row("resultDescription", text),
			among("status", closed, resultStatusTypes...), row("value", text)}},
		{"Evidence", "evidence", false, []member{
			row("id", text), typed("Evidence"), row("narrative", text), row("name", text), row("description", text),
			row("genre", text), row("audience", text)}},
		{"IdentityObject", "an identity", true, []member{
			is("IdentityObject"), row("hashed!", boolean), row("identityHash!", text),
			among("identityType!", open, identifierTypes...), row("salt", text)}},
		{"IdentifierEntry", "an identifier", true, []member{
			is("IdentifierEntry"), row("identifier!", text), among("identifierType!", open, identifierTypes...)}},
		{"Image", "an image", true, []member{row("id!", text), is("Image"), row("caption", text)}},
		{"Address", "an address", false, []member{
			typed("Address"), row("addressCountry", text), row("addressCountryCode", text), row("addressRegion", text),
			row("addressLocality", text), row("streetAddress", text), row("postOfficeBoxNumber", text),
			row("postalCode", text), of("geo", object, "GeoCoordinates")}},
		{"GeoCoordinates", "coordinates", false, []member{
			is("GeoCoordinates"), row("latitude!", number), row("longitude!", number)}},
		{"Proof", "a proof", false, []member{
			row("type!", text), row("created", dateTime), row("cryptosuite", text), row("challenge", text), row("domain", text),
			row("nonce", text), row("proofPurpose", text), row("proofValue", text), row("verificationMethod", text)}},
		{"CredentialStatus", "a status entry", false, []member{row("id", text), row("type!", text)}},
		{"CredentialSchema", "a schema entry", false, []member{row("id!", text), row("type!", text)}},
		{"RefreshService", "a refresh service", false, []member{row("id!", text), row("type!", text)}},
		{"TermsOfUse", "terms of use", false, []member{row("id", text), row("type!", text)}},
	}
}

// messageTables are the classes of the 1EdTech REST APIs.
func messageTables() []table {
	minor := of("imsx_codeMinorField!", objects, "Imsx_CodeMinorField")
	minor.min = 1
	return []table{
		{"GetClrCredentialsResponse", "a list of records", true, []member{
			of("credential", objects, "ClrCredential"), row("compactJwsString", jwsList)}},
		{"GetOpenBadgeCredentialsResponse", "a list of badges", true, []member{
			of("credential", objects, "AchievementCredential"), row("compactJwsString", jwsList)}},
		{"Imsx_StatusInfo", "a status message", true, []member{
			among("imsx_codeMajor!", closed, "failure", "processing", "success", "unsupported"),
			among("imsx_severity!", closed, "error", "status", "warning"), row("imsx_description", text),
			of("imsx_codeMinor", object, "Imsx_CodeMinor")}},
		{"Imsx_CodeMinor", "a list of codes", true, []member{minor}},
		{"Imsx_CodeMinorField", "a code", true, []member{
			row("imsx_codeMinorFieldName!", text),
			among("imsx_codeMinorFieldValue!", closed, "forbidden", "fullsuccess", "internal_server_error", "invalid_data",
				"invalid_query_parameter", "misdirected_request", "not_acceptable", "not_allowed", "not_found", "not_modified",
				"server_busy", "unauthorizedrequest", "unknown")}},
	}
}
