package verify

// catalogue is every code the verifier knows, by check, in the order in which the checks run.
var catalogue = [][]Entry{
	formatCodes, contextCodes, schemaCodes, subjectCodes, resultCodes, associationCodes, proofCodes, issuerCodes,
	refreshCodes, statusCodes, validityCodes, historyCodes, endorsementCodes, nestedCodes, recipientCodes, trustCodes, hostedCodes,
}

const (
	specContainer = "CLR 2.0, Verification, step 1"
	specIJSON     = "RFC 7493, 2"
)

var formatCodes = []Entry{
	{"format.read", Passed, "", "The input is %s and could be read.", "", "", specContainer, "The input is of a form that carries a credential."},
	{"format.several", Passed, "", "The input holds %d credentials; each is judged by itself below.", "", "", "Open Badges 3.0, getCredentials; CLR 2.0, getCredentials", "The answer or request of an interface (Open Badges, CLR, VC-API) in which several credentials were handed over."},
	{"format.empty", Fails, "", "There is nothing in the input.", byHolder, "Give the file that the issuer or the wallet gave you.", specContainer, "The input has no bytes."},
	{"format.too-large", Fails, "", "The input is larger than this verifier reads (%d bytes).", byHolder, "Ask the issuer for a version whose pictures are links instead of embedded data.", specContainer, "The input exceeds the size limit."},
	{"format.unrecognised", Fails, "", "The input is no credential: it is neither JSON, nor a signed token, nor a PNG, SVG or PDF file.", byHolder, "Give the credential file itself, not a picture or a page about it.", specContainer, "The first bytes match no form that carries a credential."},
	{"format.no-credential", Fails, "", "The %s file carries no credential.", byHolder, "Ask for the credential as a .json file; phones and chat programs strip credentials out of pictures.", "Open Badges 3.0, Baking", "A picture or PDF was read to its end and nothing was baked into it; a QR code that shows an address is not a baked badge."},
	{"format.two-credentials", Fails, "", "The %s file carries more than one credential, so it is unclear which one it shows.", byIssuer, "Bake the picture again, with one credential.", "Open Badges 3.0, Baking", "The credential chunk or element appears more than once."},
	{"format.carrier-damaged", Fails, "", "The %s file is damaged: %s.", byHolder, "Fetch the file again from where it came from.", "Open Badges 3.0, Baking", "The picture or PDF breaks its own format."},
	{"format.json-syntax", Fails, "", "The text is not valid JSON: %s.", byIssuer, "Export the credential again; do not edit it by hand.", "RFC 8259", "The JSON grammar is broken, or something follows the document."},
	{"format.json-encoding", Fails, "", "The text is not clean UTF-8: %s.", byIssuer, "Export the credential again as UTF-8 without a byte order mark.", specIJSON + ".1", "A byte order mark, bytes that are not UTF-8, or half a surrogate pair."},
	{"format.json-duplicate-name", Fails, "", "The same member appears twice, so two readers could see two different records: %s.", byIssuer, "Issue the credential again with each member once.", specIJSON + ".3", "A name stands twice in one JSON object, perhaps spelt with escapes."},
	{"format.json-number", Fails, "", "A number cannot be read exactly: %s.", byIssuer, "Write the number as text or with fewer digits and issue again.", specIJSON + ".2", "The number overflows, underflows or loses digits in a double."},
	{"format.json-limit", Fails, "", "The document is larger, deeper or wider than this verifier reads: %s.", byIssuer, "Split the record.", specContainer, "A limit on bytes, depth or number of values is exceeded."},
	{"format.token-malformed", Fails, "", "The signed token is damaged: %s.", byHolder, "Copy the whole token again, without line breaks.", "RFC 7515, 5.2", "A compact token is not three strict base64url parts with a JSON header, or a COSE message no COSE_Sign1 with its payload inside."},
	{"format.other-token", Fails, "", "The signed token carries no credential of a kind that is read here.", byHolder, "Give the credential itself, not a token for signing in or for a service.", "RFC 7519", "The payload of the token is neither a W3C credential or presentation nor a record of Open Badges 2.0 or CLR 1.0; for example an access token."},
	{"format.id-token", Fails, "", "This is a token for signing in, such as an OpenID ID token, and no credential.", byHolder, "Give the credential itself, and this token to nobody: it may let others sign in as you.", "OpenID Connect Core 1.0, 2", "The payload has the claims of an ID token and no credential."},
	{"format.sd-jwt-vc", Unknown, "", "This is a credential of another family (SD-JWT VC), which this verifier does not read.", byVerifier, "Use a verifier of SD-JWT VC, or ask the issuer for an Open Badge 3.0 or a CLR 2.0.", "IETF SD-JWT-based Verifiable Credentials, 2", "The payload names its type by vct. It says nothing against the credential."},
	{"format.encrypted", Fails, "", "The token is encrypted; a verifier cannot read it.", byHolder, "Decrypt it first, or ask for the credential itself.", "VC-JOSE-COSE", "A JWE was given where a signed credential is expected."},
	{"format.link", Unknown, "", "The input only links to a credential (%s), and the link could not be followed.", byVerifier, "Open the link and give what it leads to, or verify with the network allowed.", "Open Badges 2.0, Baking", "A baked picture or file that holds an address instead of the credential."},
	{"format.not-a-credential", Fails, "", "The JSON is no credential: its type names none that this verifier knows.", byHolder, "Give the credential file, not another document about it.", "VC Data Model 2.0, 4.5", "The type contains neither VerifiableCredential nor VerifiablePresentation, nor is it Open Badges 2.0 or CLR 1.0."},
	{"format.not-an-object", Fails, "", "The JSON holds a %s where one credential is expected.", byHolder, "Give each credential as a file of its own.", specContainer, "An array, string, number or null at the top."},
	{"format.part-unreadable", Fails, "", "This part should be a credential and cannot be read as one.", byIssuer, "Issue the record again with this part as a credential of its own.", "CLR 2.0, ClrSubject", "An entry of verifiableCredential or endorsement is neither an object nor a token."},
	{"format.too-many", Fails, "", "The record holds more credentials than this verifier checks at once (%d).", byHolder, "Verify the record in parts.", specContainer, "The limit on credentials of one tree is exceeded."},
	{"format.too-deep", Fails, "", "Credentials are nested more than %d deep.", byIssuer, "Issue the record with fewer wrappers.", specContainer, "The limit on nesting is exceeded."},
	{"format.interrupted", Unknown, "", "The verification was interrupted before it was complete.", byVerifier, "Verify again.", "", "The caller gave up, or time ran out."},
	{"format.internal", Unknown, "", "The verifier itself failed on this credential (%s).", byVerifier, "Report this as a fault of the verifier, with the file.", "", "A fault in the verifier; it says nothing about the credential."},
}

const specContext = "CLR 2.0, @context; VC Data Model 2.0, 4.3"

var contextCodes = []Entry{
	{"context.known", Passed, "", "Every word of the record has a defined meaning.", "", "", specContext, "The contexts are known and define every term."},
	{"context.missing", Fails, "", "The record does not say by which vocabulary it is to be read.", byIssuer, "Put the standard's contexts into @context and issue again.", specContext, "There is no @context."},
	{"context.base", Fails, "", "The first context must be that of the Verifiable Credentials Data Model; here it is %s.", byIssuer, "Put https://www.w3.org/ns/credentials/v2 first and issue again.", specContext, "@context[0] is neither the 2.0 nor the 1.1 base context."},
	{"context.order", Fails, "", "The context of %s must stand at position %d.", byIssuer, "Order the contexts as the standard says and issue again.", specContext, "The CLR or Open Badges context is missing or stands elsewhere."},
	{"context.order-old", Passed, warning, "The context of %s does not stand at position %d, as is common in records of the older data model.", byIssuer, "Issue new records with the newest contexts in order.", specContext, "A record of VC 1.1 with other or draft contexts."},
	{"context.old-model", Passed, warning, "The record is of the older data model, version 1.1.", byIssuer, "Issue new records in version 2.0.", "VC Data Model 1.1", "@context[0] is https://www.w3.org/2018/credentials/v1."},
	{"context.old-version", Passed, warning, "The record uses an older version of its vocabulary: %s.", byIssuer, "Issue new records with the newest context.", specContext, "A context of the right family that is not the newest."},
	{"context.unknown", Unknown, "", "The record uses a vocabulary that this verifier does not hold (%s), so its seal cannot be recomputed.", byVerifier, "Add the context to the verifier after reading it; contexts are never fetched.", "VC Data Integrity, 2.4.1", "A context URL that is not among the embedded ones."},
	{"context.undefined-term", Fails, "", "“%s” has no defined meaning, so the seal does not cover it: anybody could have added or changed it.", byIssuer, "Define the term in a context, or remove it, and issue again.", "JSON-LD 1.1, safe mode; Open Badges 3.0, Data Integrity", "JSON-LD drops the member or type without a word."},
	{"context.uncovered", Passed, warning, "“%s” is not protected by the seal: the published vocabulary leaves it out.", byIssuer, "Use a suite that covers every byte (eddsa-jcs-2022 or JWT), or a context that defines the term.", "CLR 2.0 errata; VC Data Integrity, 2.4.1", "A member of the standard's own model that the published context does not define."},
	{"context.protected-term", Fails, "", "A context redefines a protected word: %s.", byIssuer, "Remove the context that redefines it and issue again.", "JSON-LD 1.1, 4.1.11", "Contexts of different versions are mixed in one document, or an inline context redefines a term."},
	{"context.invalid", Fails, "", "A context is itself faulty: %s.", byIssuer, "Mend the context and issue again.", "JSON-LD 1.1", "JSON-LD processing refuses the context or the document."},
	{"context.vocab", Fails, "", "An inline context gives a meaning to every word at once, so nothing can be undefined and changed words go unnoticed.", byIssuer, "Define each term by itself and issue again.", "VC Data Integrity, 4.4", "@vocab in an inline context of a learner record."},
	{"context.redefined", Fails, "", "An inline context changes the meaning of “%s”, a word that the standard defines.", byIssuer, "Remove the redefinition and issue again.", "VC Data Integrity, 4.4", "An inline context maps a displayed term of the standard."},
	{"context.keyword", Fails, "", "“%s” inside the record would let it say things about other nodes that no page shows.", byIssuer, "Remove it and issue again.", "VC Data Integrity, 2.4.1", "@reverse, @included, @graph, @nest or a nested @context that the model does not foresee."},
	{"context.too-many", Fails, "", "The record names more contexts, or larger ones, than this verifier reads (%d).", byIssuer, "Name only the contexts that are needed and issue again.", specContext, "The limit on contexts is exceeded."},
	{"context.example", Passed, warning, "The record uses a vocabulary for examples (%s), which gives a meaning to every word there is: nothing in it can be undefined, and its words mean nothing to anybody else.", byIssuer, "Use a published vocabulary and issue again.", "VC Data Model 2.0, B.2", "A context such as https://www.w3.org/ns/credentials/examples/v2 or …/undefined-terms/v2."},
	{"context.not-needed", Skipped, "", "The seal covers every byte, so the vocabulary does not decide it.", "", "", "VC-JOSE-COSE, 3.1.1", "The credential is a JWT, or its suite canonicalizes JSON."},
}

var schemaCodes = []Entry{
	{"schema.conforms", Passed, "", "The record has the form that the standard demands of %s.", "", "", "CLR 2.0, Verification, step 5", "The built-in schema of the class is satisfied."},
	{"schema.invalid", Fails, "", "The record breaks the standard's form: %s.", byIssuer, "Mend this place and issue again.", "CLR 2.0, JSON Schemas", "A member is missing, of the wrong type, or not allowed."},
	{"schema.more", Fails, "", "%d more places break the standard's form.", byIssuer, "Mend them and issue again.", "CLR 2.0, JSON Schemas", "There are more problems than are listed one by one."},
	{"schema.not-all-read", Fails, "", "The record breaks the standard's form in more than %d places; what follows was not looked at.", byIssuer, "Mend the places that are told and ask again.", "CLR 2.0, JSON Schemas", "The limit on problems, or on the elements of a list, is exceeded."},
	{"schema.more-tolerated", Passed, warning, "%d more places depart from the standard's form in a way that is tolerated.", byIssuer, "Mend them when issuing again.", "CLR 2.0, JSON Schemas", "There are more departures than are listed one by one."},
	{"schema.compacted", Passed, "", "The record writes single values where the standard has lists (%d times), which is allowed.", byIssuer, "Write lists when issuing again: readers of plain JSON expect them.", "Open Badges 3.0, JSON-LD serialization", "The compacted form of JSON-LD."},
	{"schema.type", Fails, "", "The type of the record does not say what it is: %s is missing.", byIssuer, "Add the type and issue again.", "VC Data Model 2.0, 4.5", "VerifiableCredential, or the class of the record, is not among the types."},
	{"schema.model", Fails, "", "The record breaks the data model of verifiable credentials: %s", byIssuer, "Mend this place and issue again.", "VC Data Model 2.0, 4", "A rule of the model that the JSON Schema does not hold."},
	{"schema.tolerated", Passed, warning, "The record departs from the standard's form in a way that is tolerated: %s", byIssuer, "Mend this place when issuing again.", "CLR 2.0, JSON Schemas", "The compacted or older form, which must be accepted."},
	{"schema.criteria", Fails, "", "The achievement does not say by what criteria it is earned.", byIssuer, "Add a narrative or the address of the criteria and issue again.", "Open Badges 3.0, Criteria", "criteria has neither id nor narrative."},
	{"schema.status-list", Fails, "", "The status list is malformed: %s.", byIssuer, "Publish a correct status list.", "Bitstring Status List 1.0, 2.2", "A status list credential lacks a type or its list cannot be decoded."},
	{"schema.own-conforms", Passed, "", "The record satisfies the schema it names: %s.", "", "", "Open Badges 3.0, credentialSchema", "The schema named by credentialSchema is satisfied."},
	{"schema.own-invalid", Fails, "", "The record breaks the schema that it names itself (%s): %s.", byIssuer, "Mend this place and issue again.", "Open Badges 3.0, credentialSchema; VC JSON Schema", "The schema named by credentialSchema is not satisfied."},
	{"schema.own-unavailable", Unknown, "", "The record names a schema that could not be fetched (%s: %s).", byNetwork, "Try again, or give the schema with the documents.", "Open Badges 3.0, credentialSchema", "The schema's URL did not answer, or the verifier is offline."},
	{"schema.extra-unavailable", Unknown, optional, "The record names a further schema that could not be fetched (%s: %s); the standard's own form was checked all the same.", byNetwork, "Try again, or give the schema with the documents.", "VC Data Model 2.0, 4.11", "A JSON Schema beyond those of 1EdTech did not come; applying it is the verifier's choice."},
	{"schema.own-undecided", Unknown, optional, "Whether the record satisfies the schema that it names (%s) cannot be decided: %s.", byIssuer, "Name a schema that stands alone and is of a published version.", "VC JSON Schema, 4", "The schema is of an unknown version, refers to other documents, or asks for too much work."},
	{"schema.own-not-fetched", Skipped, "", "The schema that the record names (%s) was not fetched, because the seal does not hold.", byIssuer, "Mend the seal first.", "CLR 2.0, Verification, step 6", "Nothing is fetched on the word of a document whose seal is broken."},
	{"schema.unknown-kind", Skipped, "", "The record names a schema of a kind that this verifier does not apply (%s).", "", "", "VC Data Model 2.0, 4.11", "The type of credentialSchema is not one of JSON Schema."},
}

const (
	specSubject = "CLR 2.0, ClrSubject"
	specSame    = "CLR 2.0, Verification; data model, cross-reference 2"
)

var subjectCodes = []Entry{
	{"subject.named", Passed, "", "The record says whom it is about.", "", "", specSubject, "The subject has an id or an identifier."},
	{"subject.unnamed", Fails, "", "The record does not say whom it is about: the subject has neither an id nor an identifier.", byIssuer, "Name the learner and issue again.", specSubject, "credentialSubject has neither id nor identifier."},
	{"subject.bearer", Passed, warning, "The record names nobody: whoever holds it can show it as their own.", byIssuer, "Name the learner when issuing.", "Open Badges 3.0, AchievementSubject: id or identifier", "The subject of an achievement credential has neither id nor identifier."},
	{"subject.missing", Fails, "", "The record has no subject.", byIssuer, "Add credentialSubject and issue again.", "VC Data Model 2.0, 4.8", "There is no credentialSubject, or it is empty."},
	{"subject.same-person", Passed, "", "This part is about the same person as the record that holds it.", "", "", specSame, "The subject's id, or an identifier, is the one of the enclosing record."},
	{"subject.other-person", Fails, "", "This part is about somebody else (%s) than the record that holds it (%s).", byIssuer, "Take the part out, or issue it again for this person.", specSame, "Both name the learner in a way that can be compared, and nothing agrees."},
	{"subject.not-comparable", Unknown, optional, "Whether this part is about the same person as the record cannot be told from how it names the learner.", byIssuer, "Name the learner in the same way in all parts.", specSame, "The two name the learner in different ways, or only by salted hashes."},
	{"subject.not-applicable", Skipped, "", "This kind of document has no learner as its subject.", "", "", specSubject, "A presentation, an endorsement or a status list."},
}

var resultCodes = []Entry{
	{"result.consistent", Passed, "", "The results fit the scales that the record describes.", "", "", "Open Badges 3.0, Result", "Every result refers to a description of its achievement and lies on its scale."},
	{"result.dangling", Passed, warning, "A result refers to a scale (%s) that the achievement does not describe.", byIssuer, "Describe the scale, or correct the reference, and issue again.", "Open Badges 3.0, Result", "resultDescription names no ResultDescription of the asserted achievement."},
	{"result.level-dangling", Passed, warning, "A result names a level (%s) that its scale does not have.", byIssuer, "Correct the level and issue again.", "Open Badges 3.0, Result", "achievedLevel names no rubric level of the description."},
	{"result.out-of-range", Passed, warning, "The result %s is not on its scale (%s).", byIssuer, "Correct the result and issue again.", "Open Badges 3.0, ResultDescription", "The value is outside valueMin to valueMax, or not among allowedValue."},
	{"result.status", Passed, warning, "A result of type Status has no status, or another type has one.", byIssuer, "Correct the result and issue again.", "Open Badges 3.0, Result", "status is present if and only if resultType is Status."},
	{"result.required", Passed, warning, "The required value or level (%s) is not on the scale.", byIssuer, "Correct the description and issue again.", "Open Badges 3.0, ResultDescription", "requiredValue or requiredLevel does not fit the scale."},
}

const specAssociation = "CLR 2.0, Association"

var associationCodes = []Entry{
	{"association.resolved", Passed, "", "All %d relations between achievements lead to something in this record.", "", "", specAssociation, "sourceId and targetId name achievements of the record."},
	{"association.dangling", Passed, warning, "A relation points to something that is not in this record (%s).", byIssuer, "Include the achievement, or remove the relation, and issue again.", specAssociation, "sourceId or targetId names no achievement of the record."},
	{"association.by-credential", Passed, warning, "%d relations name credentials instead of achievements; they were read as meant.", byIssuer, "Name achievements by their ids when issuing again.", specAssociation, "sourceId or targetId is a credential's id."},
	{"association.to-itself", Passed, warning, "A relation leads from an achievement to itself (%s).", byIssuer, "Remove the relation and issue again.", specAssociation, "sourceId equals targetId."},
	{"association.cycle", Passed, warning, "Relations of the kind %s lead in a circle (%s).", byIssuer, "Remove one of them and issue again.", specAssociation, "A chain of isChildOf, isPartOf, precedes or replacedBy returns to its start."},
	{"association.conflicting-copies", Passed, warning, "The record describes the achievement %s in two different ways.", byIssuer, "Use one description, or give each its own id, and issue again.", "CLR 2.0, ClrSubject; data model, cross-reference 5", "One achievement id stands for different content."},
	{"association.repeated-id", Passed, warning, "Two parts of the record have the same id (%s).", byIssuer, "Give each credential its own id and issue again.", "data model, cross-reference 11", "Nested credentials share an id."},
}
