package ob

import "strings"

// AchievementType is the kind of an achievement; terms beyond the list are written "ext:…" (OB 3.0, AchievementType).
type AchievementType string

// AlignmentTargetType is the kind of node an alignment points at (OB 3.0, AlignmentTargetType).
type AlignmentTargetType string

// IdentifierType is the kind of an identifier (OB 3.0, IdentifierTypeEnum).
type IdentifierType string

// ResultType is the kind of a result (OB 3.0, ResultType).
type ResultType string

// ResultStatusType is a closed list of states of an activity (OB 3.0, ResultStatusType).
type ResultStatusType string

// Result states. Without a status result, an achievement is to be read as completed.
const (
	StatusCompleted   ResultStatusType = "Completed"
	StatusEnrolled    ResultStatusType = "Enrolled"
	StatusFailed      ResultStatusType = "Failed"
	StatusInProgress  ResultStatusType = "InProgress"
	StatusOnHold      ResultStatusType = "OnHold"      // done, award withheld
	StatusProvisional ResultStatusType = "Provisional" // done, not yet confirmed
	StatusWithdrew    ResultStatusType = "Withdrew"
)

// Result types.
const (
	ResultGradePointAverage    ResultType = "GradePointAverage"
	ResultLetterGrade          ResultType = "LetterGrade"
	ResultPercent              ResultType = "Percent"
	ResultPerformanceLevel     ResultType = "PerformanceLevel"
	ResultPredictedScore       ResultType = "PredictedScore"
	ResultRawScore             ResultType = "RawScore"
	ResultGeneric              ResultType = "Result"
	ResultRubricCriterion      ResultType = "RubricCriterion"
	ResultRubricCriterionLevel ResultType = "RubricCriterionLevel"
	ResultRubricScore          ResultType = "RubricScore"
	ResultScaledScore          ResultType = "ScaledScore"
	ResultStatus               ResultType = "Status"
)

// Identifier types that Laurel itself writes; the whole list is IdentifierTypes.
const (
	IdentifierName       IdentifierType = "name"
	IdentifierSourcedID  IdentifierType = "sourcedId"
	IdentifierSystemID   IdentifierType = "systemId"
	IdentifierUserName   IdentifierType = "userName"
	IdentifierAccountID  IdentifierType = "accountId"
	IdentifierEmail      IdentifierType = "emailAddress"
	IdentifierNationalID IdentifierType = "nationalIdentityNumber"
	IdentifierGeneric    IdentifierType = "identifier"
)

// Alignment target types.
const (
	TargetCompetency    AlignmentTargetType = "ceasn:Competency"
	TargetCredential    AlignmentTargetType = "ceterms:Credential"
	TargetCFItem        AlignmentTargetType = "CFItem"
	TargetCFRubric      AlignmentTargetType = "CFRubric"
	TargetCFCriterion   AlignmentTargetType = "CFRubricCriterion"
	TargetCFRubricLevel AlignmentTargetType = "CFRubricCriterionLevel"
	TargetCTDL          AlignmentTargetType = "CTDL"
)

// The lists of the standard, in its order.
var (
	IdentifierTypes = []IdentifierType{"name", "sourcedId", "systemId", "productId", "userName", "accountId", "emailAddress",
		"nationalIdentityNumber", "isbn", "issn", "lisSourcedId", "oneRosterSourcedId", "sisSourcedId", "ltiContextId",
		"ltiDeploymentId", "ltiToolId", "ltiPlatformId", "ltiUserId", "identifier"}
	AlignmentTargetTypes = []AlignmentTargetType{TargetCompetency, TargetCredential, TargetCFItem, TargetCFRubric,
		TargetCFCriterion, TargetCFRubricLevel, TargetCTDL}
	ResultTypes = []ResultType{ResultGradePointAverage, ResultLetterGrade, ResultPercent, ResultPerformanceLevel,
		ResultPredictedScore, ResultRawScore, ResultGeneric, ResultRubricCriterion, ResultRubricCriterionLevel,
		ResultRubricScore, ResultScaledScore, ResultStatus}
	ResultStatusTypes = []ResultStatusType{StatusCompleted, StatusEnrolled, StatusFailed, StatusInProgress, StatusOnHold,
		StatusProvisional, StatusWithdrew}
)

// IsExtensionTerm tells whether a term is an extension in the form to be written: "ext:" and letters, digits, '.', '_' or
// '-'. The published schemas accept more, because their pattern is not anchored.
func IsExtensionTerm(term string) bool {
	const charset = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	rest, ok := strings.CutPrefix(term, "ext:")
	return ok && rest != "" && strings.Trim(rest, charset) == ""
}

// Section is a heading of a human-readable record, in the order in which the sections are shown.
type Section uint8

// Sections.
const (
	SectionDegrees Section = iota
	SectionLicences
	SectionCertificates
	SectionCourses
	SectionSkills
	SectionAssessments
	SectionExperience
	SectionCoCurricular
	SectionPriorLearning
	SectionOther
	SectionSelfStated // by the learner: always last, always apart
)

// Sections lists all, in order.
var Sections = []Section{SectionDegrees, SectionLicences, SectionCertificates, SectionCourses, SectionSkills,
	SectionAssessments, SectionExperience, SectionCoCurricular, SectionPriorLearning, SectionOther, SectionSelfStated}

// String is the heading in English.
func (s Section) String() string {
	if int(s) < len(sectionNames) {
		return sectionNames[s]
	}
	return sectionNames[SectionOther]
}

var sectionNames = [...]string{
	SectionDegrees:       "Degrees, diplomas and programmes",
	SectionLicences:      "Licences and certifications",
	SectionCertificates:  "Certificates and micro-credentials",
	SectionCourses:       "Courses",
	SectionSkills:        "Skills and competencies",
	SectionAssessments:   "Assessments and assignments",
	SectionExperience:    "Experience: fieldwork, internships, service",
	SectionCoCurricular:  "Co-curricular, membership, awards",
	SectionPriorLearning: "Prior learning",
	SectionOther:         "Other achievements",
	SectionSelfStated:    "Stated by the learner",
}

// achievementTypes is the standard's list with the section of each.
var achievementTypes = []struct {
	typ     AchievementType
	section Section
}{
	{"Achievement", SectionOther},
	{"ApprenticeshipCertificate", SectionLicences},
	{"Assessment", SectionAssessments},
	{"Assignment", SectionAssessments},
	{"AssociateDegree", SectionDegrees},
	{"Award", SectionCoCurricular},
	{"Badge", SectionCertificates},
	{"BachelorDegree", SectionDegrees},
	{"Certificate", SectionCertificates},
	{"CertificateOfCompletion", SectionCertificates},
	{"Certification", SectionLicences},
	{"CommunityService", SectionExperience},
	{"Competency", SectionSkills},
	{"Course", SectionCourses},
	{"CoCurricular", SectionCoCurricular},
	{"Degree", SectionDegrees},
	{"Diploma", SectionDegrees},
	{"DoctoralDegree", SectionDegrees},
	{"Fieldwork", SectionExperience},
	{"GeneralEducationDevelopment", SectionDegrees},
	{"JourneymanCertificate", SectionLicences},
	{"LearningProgram", SectionDegrees},
	{"License", SectionLicences},
	{"Membership", SectionCoCurricular},
	{"ProfessionalDoctorate", SectionDegrees},
	{"QualityAssuranceCredential", SectionLicences},
	{"MasterCertificate", SectionLicences},
	{"MasterDegree", SectionDegrees},
	{"MicroCredential", SectionCertificates},
	{"ResearchDoctorate", SectionDegrees},
	{"SecondarySchoolDiploma", SectionDegrees},
}

// AchievementTypes is the list of the standard, in its order.
func AchievementTypes() []AchievementType {
	out := make([]AchievementType, len(achievementTypes))
	for i, a := range achievementTypes {
		out[i] = a.typ
	}
	return out
}

// Section is where a record shows achievements of the type. Unknown and extension types go to SectionOther.
func (t AchievementType) Section() Section {
	for _, a := range achievementTypes {
		if a.typ == t {
			return a.section
		}
	}
	return SectionOther
}
