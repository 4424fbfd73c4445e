package issue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/verify"
)

// Catalogue returns the codes that only issuing gives, for docs/errors.md. All others are verify's.
func Catalogue() []verify.Entry { return slices.Clone(catalogue) }

var catalogue = []verify.Entry{
	{Code: "issue.unreadable", Outcome: verify.Fails, Message: "The document cannot be read: %s.", Owner: "issuer", Repair: "Give one JSON object.", Spec: "RFC 7493", Cause: "The bytes to be signed are not one strict JSON object."},
	{Code: "issue.model", Outcome: verify.Fails, Message: "%s", Owner: "issuer", Repair: "Mend this place.", Spec: "VC Data Model 2.0, 4", Cause: "A rule of the data model is broken."},
	{Code: "issue.class", Outcome: verify.Fails, Message: "The subject is of the type %s, so the types of the document must hold “%s”.", Owner: "issuer", Repair: "Add the type.", Spec: "CLR 2.0, ClrCredential; Open Badges 3.0, AchievementCredential", Cause: "The document has the subject of a class whose type it lacks, so that readers would not treat it as one."},
	{Code: "issue.form", Outcome: verify.Fails, Message: "%s", Owner: "issuer", Repair: "Mend this place.", Spec: "CLR 2.0, JSON Schemas", Cause: "The published JSON Schema of the class refuses the document."},
	{Code: "issue.strict-form", Outcome: verify.Fails, Message: "%s", Owner: "issuer", Repair: "Write a list even for one element, and one text instead of a text for each language.", Spec: "Open Badges 3.0, JSON Serialization", Cause: "The document will be a JWT, and only the tolerant form of the schema, meant for JSON-LD, accepts it."},
	{Code: "issue.tolerated-form", Outcome: verify.Passed, Message: "%s", Owner: "issuer", Repair: "Write a list even for one element, and one text instead of a text for each language.", Spec: "Open Badges 3.0, JSON Serialization", Cause: "Only the tolerant form of the published schema accepts the document; readers of plain JSON may not."},
	{Code: "issue.vocabulary", Outcome: verify.Fails, Message: "The vocabulary of the document cannot be used: %s.", Owner: "issuer", Repair: "Name only contexts that are built in or that the operator added, all of the same versions.", Spec: "JSON-LD 1.1", Cause: "A context is unknown or contradicts another, for instance a part of another version."},
	{Code: "issue.uncovered", Outcome: verify.Fails, Message: "“%s” would not be covered by the signature, so anybody could change it afterwards.", Owner: "issuer", Repair: "Use a term of the standard, add a context that defines it, or remove it.", Spec: "VC Data Integrity, 2.4.1", Cause: "JSON-LD drops the member or type without a word, because no context defines it."},
	{Code: "issue.null", Outcome: verify.Fails, Message: "“%s” is null. The standard leaves out what is not there.", Owner: "issuer", Repair: "Remove the member.", Spec: "Open Badges 3.0, JSON Serialization", Cause: "A member holds null."},
	{Code: "issue.empty-list", Outcome: verify.Fails, Message: "“%s” is an empty list. The standard leaves out what is not there.", Owner: "issuer", Repair: "Remove the member.", Spec: "Open Badges 3.0, JSON Serialization", Cause: "A member holds an array without elements."},
	{Code: "issue.extension-term", Outcome: verify.Fails, Message: "“%s” is no term of the standard and no extension. An extension is “ext:” followed by letters, digits, dots, dashes or underscores.", Owner: "issuer", Repair: "Choose a term of the standard, or write the extension as “ext:Name”.", Spec: "Open Badges 3.0, Enumerations", Cause: "The published pattern is not anchored and lets more through than the standard's text."},
	{Code: "issue.endorsement-jwt", Outcome: verify.Fails, Message: "Endorsements that are tokens need the credential itself to be a token, because the published vocabulary does not define “endorsementJwt”.", Owner: "issuer", Repair: "Sign as JWT, or include the endorsement as a credential with its own proof.", Spec: "CLR 2.0, context 2.0.1; Open Badges 3.0, context 3.0.3", Cause: "endorsementJwt in a document that a Data Integrity suite is to sign."},
	{Code: "issue.learner-unnamed", Outcome: verify.Fails, Message: "The document does not say whom it is about: the subject has neither an id nor an identifier.", Owner: "issuer", Repair: "Give the learner's id, or at least one identifier such as the e-mail address.", Spec: "CLR 2.0, ClrSubject; Open Badges 3.0, AchievementSubject", Cause: "credentialSubject has neither id nor identifier."},
	{Code: "issue.criteria", Outcome: verify.Fails, Message: "The achievement “%s” does not say by what criteria it is earned.", Owner: "issuer", Repair: "Describe the criteria in words, or give the address of a page that does.", Spec: "Open Badges 3.0, Criteria", Cause: "criteria has neither id nor narrative, or an empty one."},
	{Code: "issue.result-dangling", Outcome: verify.Fails, Message: "A result refers to the result description %s, which the achievement does not have.", Owner: "issuer", Repair: "Refer to one of the achievement's own result descriptions, or add this one.", Spec: "Open Badges 3.0, Result", Cause: "resultDescription names no ResultDescription of the asserted achievement."},
	{Code: "issue.level-dangling", Outcome: verify.Fails, Message: "%s names the level %s, which the result description does not have.", Owner: "issuer", Repair: "Name one of the levels of the result description, or add this one.", Spec: "Open Badges 3.0, Result", Cause: "achievedLevel or requiredLevel names no rubric level."},
	{Code: "issue.result-out-of-range", Outcome: verify.Fails, Message: "The value “%s” is not on the scale of “%s” (%s).", Owner: "issuer", Repair: "Correct the value, or the scale.", Spec: "Open Badges 3.0, ResultDescription", Cause: "A value is outside valueMin to valueMax, or not among allowedValue."},
	{Code: "issue.result-status", Outcome: verify.Fails, Message: "A result of the type Status needs a status, and only such a result may have one.", Owner: "issuer", Repair: "Give the status, such as Completed, or remove it from a result of another type.", Spec: "Open Badges 3.0, Result", Cause: "status is present if and only if the description's resultType is Status."},
	{Code: "issue.required-off-scale", Outcome: verify.Passed, Message: "The required value “%s” is not on the scale of “%s” (%s).", Owner: "issuer", Repair: "Correct the required value, or the scale.", Spec: "Open Badges 3.0, ResultDescription", Cause: "requiredValue is outside the scale that the description gives."},
	{Code: "issue.part-unsigned", Outcome: verify.Fails, Message: "The credential “%s” inside the record has no signature of its own.", Owner: "issuer", Repair: "Sign it before it goes into the record.", Spec: "CLR 2.0, ClrSubject", Cause: "An entry of verifiableCredential has no proof, and no evidence that it was taken over from an older badge."},
	{Code: "issue.part-token", Outcome: verify.Fails, Message: "A record can hold credentials as objects only; this entry is a token.", Owner: "issuer", Repair: "Use the credential's form with an embedded proof.", Spec: "CLR 2.0, ClrSubject", Cause: "An entry of verifiableCredential is a string."},
	{Code: "issue.part-repeated", Outcome: verify.Fails, Message: "The record holds the credential %s twice.", Owner: "issuer", Repair: "Include each credential once.", Spec: "CLR 2.0, ClrSubject", Cause: "Two entries of verifiableCredential have the same id."},
	{Code: "issue.other-learner", Outcome: verify.Passed, Message: "The credential “%s” names its learner differently than the record does (%s and %s).", Owner: "issuer", Repair: "Make sure that both are the same person.", Spec: "CLR 2.0, Verification; data model, cross-reference 2", Cause: "The subjects' ids differ and no identifier is shared."},
	{Code: "issue.conflicting-copies", Outcome: verify.Passed, Message: "The record describes the achievement %s in two different ways. Readers of linked data see both as one.", Owner: "issuer", Repair: "Use one description everywhere, or give each its own id.", Spec: "CLR 2.0, ClrSubject; data model, cross-reference 5", Cause: "One achievement id stands for different content inside one record."},
	{Code: "issue.association-dangling", Outcome: verify.Passed, Message: "A relation refers to the achievement %s, which is not in the record.", Owner: "issuer", Repair: "Include the achievement, or remove the relation.", Spec: "CLR 2.0, Association", Cause: "sourceId or targetId names no achievement of the record."},
	{Code: "issue.association-to-itself", Outcome: verify.Fails, Message: "A relation leads from the achievement %s to itself.", Owner: "issuer", Repair: "Remove the relation.", Spec: "CLR 2.0, Association", Cause: "sourceId equals targetId."},
}

type findings []verify.Finding

// add puts a finding of the catalogue into the list. A code without an entry is a mistake of this package and panics.
func (l *findings) add(code, pointer string, args ...any) {
	i := slices.IndexFunc(catalogue, func(e verify.Entry) bool { return e.Code == code })
	if i < 0 {
		panic("issue: no entry for the code " + code)
	}
	e := catalogue[i]
	for j, a := range args {
		if s, ok := a.(string); ok {
			args[j] = clip(s)
		}
	}
	*l = append(*l, verify.Finding{
		Check: "issue", Outcome: e.Outcome, Code: code, Pointer: pointer, Message: fmt.Sprintf(e.Message, args...),
		Owner: e.Owner, Repair: e.Repair, Spec: e.Spec, Warning: e.Outcome == verify.Passed,
	})
}

// clip keeps messages short when a value of the document is long.
func clip(s string) string {
	const most = 300
	s = strings.TrimSuffix(s, "\n")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
