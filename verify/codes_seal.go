package verify

const (
	specProof  = "VC Data Integrity, 4.4"
	specJWT    = "Open Badges 3.0, VC-JWT; RFC 7515, 5.2"
	specKey    = "Open Badges 3.0, Verification; Controlled Identifiers 1.0, 3.3"
	specClaims = "Open Badges 3.0, VC-JWT, payload; VC-JOSE-COSE, 3.1.3"
)

var proofCodes = []Entry{
	{"proof.valid", Passed, "", "The seal is intact: nothing it covers was changed since it was made (%s).", "", "", specProof, "The signature belongs to these bytes and to the key that the proof names."},
	{"proof.missing", Fails, "", "The record carries no seal.", byIssuer, "Sign the record.", "CLR 2.0, Verification, step 11", "There is no proof, or it is empty, and the record is not a signed token."},
	{"proof.unsigned-part", Unknown, "", "This part has no seal of its own; only the publisher of the record that holds it vouches for it.", byIssuer, "Ask the part's own issuer for a signed credential; until then look at the original under Evidence.", "CLR 2.0, Verification of nested credentials", "A credential inside a record without a proof of its own. A part never inherits the wrapper's seal."},
	{"proof.unsigned-presentation", Unknown, "", "Nobody signed for showing these credentials. Each of them is judged by its own seal below; who shows them cannot be known.", byHolder, "Look at each credential by itself, and ask the holder for a signed presentation where it matters who presents.", "VC Data Model 2.0, 4.13", "A presentation without a proof, around at least one credential. Whoever has a copy of them can make one."},
	{"proof.signature-mismatch", Fails, "", "The seal does not fit: the record was changed after it was sealed, or was sealed with another key.", byHolder, "Ask the issuer for the record again and compare.", specProof, "The signature does not belong to these bytes and this key."},
	{"proof.malformed", Fails, "", "The seal is damaged: %s.", byIssuer, "Issue the record again.", specProof, "A member of the proof has not the form that its suite demands."},
	{"proof.purpose", Fails, "", "The seal was made for another purpose (%s) than to issue a credential.", byIssuer, "Sign with proofPurpose assertionMethod.", "VC Data Integrity, 2.1; CLR 2.0, Verification, step 11", "proofPurpose is not assertionMethod, or for a presentation not authentication."},
	{"proof.unknown-suite", Unknown, "", "The seal is of a kind that this verifier does not know (%s).", byVerifier, "Use a verifier that knows it, or ask for a credential with a standard seal.", specProof, "The proof type or cryptosuite is not among the supported ones."},
	{"proof.key-type", Fails, "", "The key is of another kind than the seal needs: %s.", byIssuer, "Sign with a key that fits the suite.", specProof, "Suite or algorithm and key do not go together."},
	{"proof.key-unresolved", Unknown, "", "The key that made the seal could not be fetched (%s: %s), so the seal could not be checked.", byNetwork, "Try again later, or allow the network.", specKey, "The DID document or key document did not come."},
	{"proof.key-not-found", Fails, "", "The issuer's key document does not contain the key that the seal names (%s).", byIssuer, "Publish the key again: keys stay published as long as credentials must verify.", specKey, "The document was found, and the verification method is not in it."},
	{"proof.key-malformed", Fails, "", "The key that the seal names is not a usable key (%s): %s.", byIssuer, "Publish a correct key and issue again.", specKey, "The key's encoding is broken, or its document is."},
	{"proof.key-weak", Fails, "", "The key that made the seal is too weak to prove anything: %s.", byIssuer, "Use a strong key and issue again.", "FIPS 186-5; RFC 8032", "A small-order or non-canonical Ed25519 key, RSA under 2048 bits, or the like."},
	{"proof.key-unsupported", Unknown, "", "The key is of a kind that this verifier does not know: %s.", byVerifier, "Use a verifier that knows it, or ask for a credential with a standard key.", specKey, "For example secp256k1 or Ed448."},
	{"proof.key-method", Unknown, "", "The key is named by a DID method that this verifier does not resolve (%s).", byVerifier, "Use a verifier that resolves it, or ask for a credential with did:web or did:key.", specKey, "The DID method is registered nowhere here."},
	{"proof.key-purpose", Fails, "", "The issuer has not allowed this key to sign credentials.", byIssuer, "List the key under assertionMethod.", "Controlled Identifiers 1.0, 2.3", "The key's document does not list the method under assertionMethod."},
	{"proof.key-missing", Fails, "", "The seal does not say by which key it was made.", byIssuer, "Name the verification method and issue again.", specKey, "No verificationMethod; or a token without kid, jwk, or an issuer that is itself a key."},
	{"proof.key-not-asked", Skipped, "", "The seal was not checked, because it names a key that is not the issuer's; nothing was fetched from there.", byIssuer, "Sign with the issuer's own key.", specKey, "The verification method lies outside the issuer's identifier and origin."},
	{"proof.key-expired", Fails, "", "The key had ended before the seal was made (%s).", byIssuer, "Sign with a current key.", "Controlled Identifiers 1.0, 2.2", "The method's expires lies before the proof's created."},
	{"proof.key-revoked", Fails, "", "The issuer withdrew the key that made the seal (%s).", byIssuer, "Issue the record again with a current key.", "Controlled Identifiers 1.0, 2.2", "The method's revoked has passed."},
	{"proof.from-the-future", Fails, "", "The seal says it was made in the future (%s).", byIssuer, "Set the clock of the signing system and issue again.", specProof, "created lies ahead by more than the allowed skew."},
	{"proof.expired", Fails, "", "The seal itself ended on %s.", byIssuer, "Ask the issuer to sign again.", specProof, "expires has passed."},
	{"proof.chain", Fails, "", "The order of the seals is broken: %s.", byIssuer, "Issue the record again with all its seals.", "VC Data Integrity, 4.5", "previousProof names a proof that is not there, or leads in a circle."},
	{"proof.replayed", Fails, "", "The presentation was made for another occasion: its %s is not the one that was asked for.", byHolder, "Present again when asked.", "VC Data Integrity, 2.1, domain and challenge", "challenge or domain of the proof differs from what the caller expects."},
	{"proof.base-proof", Fails, "", "The record still carries the holder's private form of the seal; it is not meant for others.", byHolder, "Choose in the wallet what to disclose and give the result.", "Data Integrity ECDSA, 3.4", "An ecdsa-sd-2023 base proof was shown instead of a derived one."},
	{"proof.work-limit", Fails, "", "The record is built so that checking its seal would take endless work.", byIssuer, "Give the nodes of the record ids, and issue again.", "RDF Dataset Canonicalization 1.0, 7.1", "Canonicalization exceeds the work limit: a poison graph."},
	{"proof.not-checkable", Unknown, "", "The seal could not be recomputed, because the vocabulary of the record could not be read.", byIssuer, "See the finding about the context.", specProof, "The context check failed or could not be made."},
	{"proof.too-many", Fails, "", "The record carries more seals than this verifier checks (%d).", byIssuer, "Issue the record with fewer proofs.", specProof, "The limit on proofs is exceeded."},
	{"proof.algorithm", Fails, "", "The token's algorithm is not allowed: %s.", byIssuer, "Sign with RS256, ES256 or EdDSA.", specJWT, "alg is none, an HMAC, or does not fit the key."},
	{"proof.header", Fails, "", "The token's header is not allowed: %s.", byIssuer, "Use the header members that the standard names.", specJWT, "crit, b64, a wrong typ or cty, private key members, or other members that must not be there."},
	{"proof.claims", Fails, "", "The token contradicts the credential in it: %s.", byIssuer, "Issue the token again with claims that agree with the credential.", specClaims, "iss, sub, jti, nbf or exp differ from issuer, subject, id, validFrom or validUntil."},
	{"proof.claims-missing", Passed, warning, "The token leaves out a claim that the standard demands: %s.", byIssuer, "Issue with all of iss, sub, jti and nbf.", specClaims, "A required claim is absent; nothing contradicts."},
	{"proof.claims-odd", Passed, warning, "A claim of the token is written in an unusual way: %s.", byIssuer, "Write times as numbers of seconds.", "RFC 7519, 4.1", "For example iat as text."},
	{"proof.disclosure", Fails, "", "A disclosed part does not belong to the signed token: %s.", byHolder, "Disclose again from the original credential.", "RFC 9901, 7.1", "The digest of a disclosure is not in the token, or stands there twice."},
}

var issuerCodes = []Entry{
	{"issuer.key-bound", Passed, "", "The seal was made with the issuer's own key (%s).", "", "", specKey, "The key's controller is the issuer, or the issuer publishes the key at its own address."},
	{"issuer.missing", Fails, "", "The record does not say who issued it.", byIssuer, "Name the issuer by a URL or DID and issue again.", "VC Data Model 2.0, 4.7", "There is no issuer, or it has no id."},
	{"issuer.malformed", Fails, "", "The issuer's id is not a URL or DID (%s).", byIssuer, "Use a URL or DID and issue again.", "VC Data Model 2.0, 4.7", "issuer.id is not an absolute URL, or not written in ASCII."},
	{"issuer.key-not-the-issuers", Fails, "", "The seal was made with a key that is not the issuer's: the record names %s, the key belongs to %s.", byIssuer, "Sign with a key that the issuer's own document lists.", specKey, "The verification method's controller is not the issuer. Anybody can name a university as issuer; only its key proves it."},
	{"issuer.key-not-listed", Fails, "", "The issuer's own document (%s) does not list the key that made the seal.", byIssuer, "Publish the key in the issuer's document, DID document or key set.", specKey, "A key arrived inside the credential, and the issuer's document was found and does not name it."},
	{"issuer.key-purpose", Fails, "", "The issuer (%s) holds the key, but has not allowed it to sign credentials.", byIssuer, "List the key under assertionMethod.", "Controlled Identifiers 1.0, 2.3", "The issuer's document lists the key, and not for this purpose."},
	{"issuer.key-unproven", Unknown, "", "Whether the key is the issuer's could not be found out (%s: %s).", byNetwork, "Try again later, or allow the network.", specKey, "The key stands inside the credential, and the issuer's own document did not come."},
	{"issuer.key-unprovable", Fails, "", "Nothing can tie the key to the issuer: an id like %s has no document that lists keys.", byIssuer, "Use a DID or an https address as the issuer's id.", specKey, "The issuer's id is a urn or the like, and the key is not named by it."},
	{"issuer.other-seal", Passed, warning, "The record also carries the seal of somebody else (%s); it does not make it the issuer's.", "", "", specKey, "One of several proofs was made with a key that is not the issuer's."},
	{"issuer.not-decided", Skipped, "", "Whether the key is the issuer's was not asked, because the seal does not hold or could not be checked.", "", "", specKey, "No proof passed."},
	{"issuer.plain-http", Passed, warning, "The issuer's address is not https (%s).", byIssuer, "Use an https address.", "Open Badges, Profile", "The id of the issuer begins with http:."},
}

const specRefresh = "Open Badges 3.0, Verification, refresh; VC Refresh 1.0"

var refreshCodes = []Entry{
	{"refresh.none", Skipped, "", "The issuer offers no newer version.", "", "", specRefresh, "There is no refreshService."},
	{"refresh.current", Passed, "", "The issuer was asked for a newer version, and this is the current one.", "", "", specRefresh, "The refresh service answered with the same version."},
	{"refresh.newer-used", Passed, warning, "A newer version of the record was fetched from the issuer, and this report is about that one.", "", "", specRefresh, "The refresh service answered with a later version whose seal holds."},
	{"refresh.unavailable", Unknown, optional, "Whether there is a newer version could not be found out (%s: %s).", byNetwork, "Try again later, or allow the network.", specRefresh, "The refresh service did not answer; the standard says to go on with the original."},
	{"refresh.ignored", Passed, warning, "What the issuer's refresh service answered is no newer version of this record (%s); the original was judged.", byIssuer, "Mend the refresh service.", specRefresh, "Another issuer or id, an older date, or a seal that does not hold."},
	{"refresh.unknown-kind", Skipped, "", "The record names a refresh service of a kind that this verifier does not use (%s).", "", "", "VC Data Model 2.0, 5.4", "The type of refreshService is not 1EdTechCredentialRefresh."},
	{"refresh.not-asked", Skipped, "", "No newer version was asked for, because the seal does not hold.", "", "", specRefresh, "Refresh is only done after the original's proof was verified."},
}

const specStatus = "Bitstring Status List 1.0, 3.2"

var statusCodes = []Entry{
	{"status.none", Skipped, "", "The issuer publishes no status for this record.", "", "", "CLR 2.0, Verification, step 14", "There is no credentialStatus."},
	{"status.clear", Passed, "", "The issuer has not withdrawn the record (%s).", "", "", specStatus, "The list was fetched, is the issuer's, and the entry is not set."},
	{"status.revoked", Fails, "", "The issuer has revoked the record%s.", byIssuer, "Ask the issuer why; a corrected record may exist.", specStatus, "The entry with purpose revocation is set, or the revocation list names the credential."},
	{"status.suspended", Fails, "", "The issuer has suspended the record for now.", byIssuer, "Ask the issuer when it will be valid again.", specStatus, "The entry with purpose suspension is set."},
	{"status.message", Passed, warning, "The issuer's status list says about this record: %s.", "", "", specStatus + ", statusMessage", "An entry with purpose message."},
	{"status.refresh", Passed, warning, "The issuer says that a newer version of the record exists.", byHolder, "Fetch the newer version from the issuer.", specStatus, "The entry with purpose refresh is set."},
	{"status.unavailable", Unknown, "", "Whether the record was withdrawn could not be found out (%s: %s).", byNetwork, "Try again later, or allow the network.", specStatus, "The status list did not come, or the verifier is offline."},
	{"status.list-unusable", Unknown, "", "The status list cannot be used: %s.", byIssuer, "Publish a correct status list.", specStatus, "The list is no status list credential, is damaged, or is of another purpose."},
	{"status.list-proof", Unknown, "", "The status list's own seal does not hold or could not be checked, so it says nothing.", byIssuer, "Sign the status list with the issuer's key.", specStatus, "The list credential is unsigned, forged, or its key could not be resolved."},
	{"status.list-issuer", Unknown, "", "The status list was made by somebody else (%s) than the issuer.", byIssuer, "Publish the list under the issuer's own name.", specStatus + "; CLR 2.0, Verification, step 14", "The list's issuer is not the credential's, and nothing shows that it was allowed to."},
	{"status.list-time", Unknown, "", "The status list is out of date: %s.", byIssuer, "Publish a fresh status list.", specStatus, "The list credential has expired or is not valid yet."},
	{"status.list-short", Unknown, "", "The status list has %d entries, fewer than the 131,072 that protect learners from being singled out, so it counts for nothing.", byIssuer, "Publish a list of at least 131,072 entries.", specStatus + ", STATUS_LIST_LENGTH_ERROR", "The list is below the minimum length."},
	{"status.range", Unknown, "", "The record's place in the status list (%s) does not exist.", byIssuer, "Issue the record again with a place that exists.", specStatus + ", RANGE_ERROR", "statusListIndex is no number or lies outside the list."},
	{"status.purpose", Unknown, "", "The status list is for another purpose (%s) than the record says (%s).", byIssuer, "Name the list of the right purpose.", specStatus, "statusPurpose of list and entry differ."},
	{"status.entry", Unknown, "", "The record's status entry is incomplete or wrong: %s.", byIssuer, "Issue the record again with a complete status entry.", "Bitstring Status List 1.0, 2.1", "A member of credentialStatus is missing or malformed."},
	{"status.outdated-set", Passed, warning, "The entry was found set in a list that is itself out of date or not the issuer's; it counts all the same.", byIssuer, "Publish a fresh list under the issuer's own name.", specStatus, "A revocation is believed from any list that is authentic and that the record names."},
	{"status.list-odd", Passed, warning, "The status list departs from its standard: %s.", byIssuer, "Mend the list.", specStatus, "For example an id that is not the URL it is served at."},
	{"status.unknown-kind", Unknown, "", "The record names a status of a kind that this verifier does not know (%s).", byVerifier, "Use a verifier that knows it.", "VC Data Model 2.0, 4.10", "The type of credentialStatus is not supported."},
	{"status.not-asked", Skipped, "", "The status was not asked for, because the seal does not hold or could not be checked.", "", "", "CLR 2.0, Verification, step 14", "Nothing is fetched on the word of a document whose seal does not hold."},
}

const specValidity = "VC Data Model 2.0, 4.9"

var validityCodes = []Entry{
	{"validity.current", Passed, "", "The record is valid on the day of this check.", "", "", specValidity, "The moment lies between validFrom and validUntil."},
	{"validity.expired", Fails, "", "The record expired on %s.", byIssuer, "Ask the issuer for a current one.", specValidity, "validUntil (or expirationDate, exp, expires) has passed."},
	{"validity.not-yet", Fails, "", "The record is not valid before %s.", byHolder, "Wait until then.", specValidity, "validFrom (or issuanceDate, nbf, issuedOn) lies ahead by more than the allowed skew."},
	{"validity.backwards", Fails, "", "The record ends (%s) before it begins (%s).", byIssuer, "Correct the dates and issue again.", specValidity, "validUntil lies before validFrom."},
	{"validity.malformed", Fails, "", "“%s” is not a date and time with a time zone.", byIssuer, "Write dates as 2026-05-31T00:00:00Z and issue again.", specValidity, "A date of the model is not an RFC 3339 date-time with an offset."},
	{"validity.missing", Fails, "", "The record does not say from when it is valid.", byIssuer, "Add the date and issue again.", "CLR 2.0, validFrom; VC Data Model 1.1, issuanceDate", "validFrom (2.0 records of 1EdTech) or issuanceDate (1.1) is absent."},
	{"validity.test", Unknown, "", "The issuer made this in a test space, to try things out. It tells nothing about anybody.", byIssuer, "Ask the issuer for the real record.", "VC Data Model 2.0, 5.5", "termsOfUse has an entry of the type https://github.com/openlaurel/laurel#TestCredential."},
	{"validity.part-later", Passed, warning, "This part begins later (%s) than the record that holds it.", byIssuer, "Correct the dates when issuing again.", "data model, cross-reference 9", "validFrom of a nested credential lies after the wrapper's."},
}

const specHistory = "VC Data Model 2.0, 4.9; Bitstring Status List 1.0, 2.1 (a revocation is not reversible)"

var historyCodes = []Entry{
	{"history.good", Passed, "", "On %s the record was in force: it had begun, had not ended and was not withdrawn.", "", "", specHistory, "The caller asked about a moment (Options.On); the window holds it, and no revocation or suspension reached it."},
	{"history.not-begun", Passed, warning, "On %s the record was not in force yet: it begins on %s.", "", "", specHistory, "The moment asked about lies before validFrom."},
	{"history.ended", Passed, warning, "On %s the record was no longer in force: it ended on %s.", "", "", specHistory, "The moment asked about lies after validUntil."},
	{"history.withdrawn", Passed, warning, "On %s the record was withdrawn or suspended already: that happened %s.", "", "", specHistory, "The keeper of the list says since when, or the list that says so was sealed before the moment asked about."},
	{"history.unknown", Unknown, optional, "Whether the record was in force on %s cannot be known: %s.", byIssuer, "Ask the issuer for that day.", specHistory, "A status list tells how things stand now. Only a revocation that has not happened reaches back."},
}

const specEndorsement = "Open Badges 3.0, Verification of an EndorsementCredential"

var endorsementCodes = []Entry{
	{"endorsement.none", Skipped, "", "Nobody endorses the record.", "", "", specEndorsement, "There is no endorsement."},
	{"endorsement.checked", Passed, "", "The record carries %d endorsements; each is judged by itself below.", "", "", specEndorsement, "Endorsements were found."},
	{"endorsement.of-something-else", Passed, warning, "This endorsement is about something else (%s) than where it is shown (%s).", byIssuer, "Show the endorsement with what it endorses.", specEndorsement, "credentialSubject.id of the endorsement is not the id of the object that carries it."},
	{"endorsement.by-the-subject", Passed, warning, "The endorsement was made by the one it praises.", "", "", specEndorsement, "The issuer of the endorsement is its own subject, or the record's."},
}

const specNested = "CLR 2.0, Verification, step 17"

var nestedCodes = []Entry{
	{"nested.none", Skipped, "", "The record holds no other credentials.", "", "", specNested, "There is no verifiableCredential inside."},
	{"nested.checked", Passed, "", "The record holds %d credentials; each is judged by itself below.", "", "", specNested, "Every credential inside is verified as a document of its own."},
	{"nested.empty", Fails, "", "The record holds no credential, though it must hold at least one.", byIssuer, "Include the learner's credentials and issue again.", "CLR 2.0, ClrSubject", "A ClrSubject without verifiableCredential."},
	{"nested.holder", Passed, warning, "The presentation was made by %s, and this part is about somebody else (%s).", byHolder, "Ask how the two are related; the standard allows it, for instance for a parent.", "VC Data Model 2.0, 4.13", "holder is not the subject of a credential inside."},
	{"nested.itself", Fails, "", "The record contains itself.", byIssuer, "Issue the record again.", specNested, "A credential inside has the same id and issuer as the one that holds it."},
}

const specRecipient = "Open Badges 3.0, Verification, recipient"

var recipientCodes = []Entry{
	{"recipient.matches", Passed, "", "The record is about the person you named (%s).", "", "", specRecipient, "A known value equals the subject's id or one of its identifiers."},
	{"recipient.not-asked", Skipped, "", "The verifier was not told whom to expect.", "", "", specRecipient, "No known value was given."},
	{"recipient.other", Unknown, optional, "Nothing in the record names the person you named.", byHolder, "Compare the name and ask the person for proof; the record itself may still be good.", specRecipient, "No known value equals the subject's id or any identifier."},
	{"recipient.uncovered", Unknown, optional, "The record names the person you named, but in a place that the seal does not protect.", byIssuer, "Name the learner where the seal covers it.", specRecipient, "The matching identifier is not covered by the proof."},
	{"recipient.weak-hash", Passed, warning, "The person is named by an md5 hash, which can be forged.", byIssuer, "Use sha256 with a long salt.", "Open Badges 3.0, IdentityHash", "identityHash begins with md5$."},
	{"recipient.none-named", Unknown, optional, "The record names its learner in no way that can be compared.", byIssuer, "Add an identifier and issue again.", specRecipient, "The subject has neither id nor identifiers."},
}

const specAccreditation = "Open Badges 3.0, Profile.endorsement; operator's lists"

var trustCodes = []Entry{
	{"trust.listed", Passed, "", "The issuer is known to %s%s.", "", "", "Operator's lists", "A list of known issuers names the issuer's id."},
	{"trust.unlisted", Unknown, optional, "The issuer is in none of the lists that this verifier consults. That says nothing against it: name and logo are its own claim.", byVerifier, "Compare the issuer's address with the institution's own web site.", "Operator's lists", "No list names the issuer's id."},
	{"trust.outdated", Unknown, optional, "What %s says about the issuer does not hold on the day of this check (from %s to %s).", byVerifier, "Get the list anew.", "OpenID Federation 1.0, 3; operator's lists", "A list or an entity statement names the issuer, and has ended or not begun."},
	{"trust.accredited", Passed, "", "%s stands for the issuer, and is an accreditor by the word of %s.", "", "", specAccreditation, "The issuer's profile carries an endorsement that holds, by one whom a list names as an accreditor."},
	{"trust.endorsed", Passed, "", "%s stands for the issuer, and is itself known to %s.", "", "", specAccreditation, "The issuer's profile carries an endorsement that holds, by one whom a list names."},
	{"trust.endorser-unknown", Unknown, optional, "%s stands for the issuer, and is itself in none of the lists that this verifier consults.", byVerifier, "Find out who the endorser is, or add it to a list.", specAccreditation, "The issuer's profile carries an endorsement that holds, by one whom no list names."},
	{"trust.endorsement-void", Unknown, optional, "An endorsement of the issuer by %s counts for nothing: it is the issuer's own, about something else, or does not hold.", byIssuer, "Carry an endorsement of this very issuer that somebody else made and that holds.", specAccreditation, "The endorsement in the issuer's profile has another subject, the issuer as its own issuer, or failed its own verification."},
	{"trust.mark", Passed, "", "%s vouches for the issuer: %s.", "", "", "OpenID Federation 1.0, 7 (trust marks)", "The trust anchor of a federation signed a trust mark about the issuer that has not ended."},
	{"trust.not-asked", Skipped, "", "No list of known issuers was consulted.", "", "", "Operator's lists", "The verifier was given no lists, or the issuer's key was not proven."},
	{"trust.self-issued", Passed, warning, "The record was issued by the person it is about.", "", "", "Product rule: stated by the learner", "issuer.id equals the subject's id."},
}

const specHosted = "Open Badges 2.0, Verification; CLR 1.0, Verification"

var hostedCodes = []Entry{
	{"proof.hosted", Passed, "", "The issuer publishes exactly this record at its own address (%s).", "", "", specHosted, "Hosted verification: the document at the id equals the one given."},
	{"proof.hosted-differs", Fails, "", "The issuer publishes something else at %s than what was given.", byHolder, "Use the version that the issuer publishes.", specHosted, "The document at the id differs."},
	{"proof.hosted-unavailable", Unknown, "", "The record's own address (%s) could not be read: %s.", byNetwork, "Try again later, or allow the network.", specHosted, "Hosted verification needs the document at the id."},
	{"proof.hosted-gone", Fails, "", "The issuer has taken the record down (%s).", byIssuer, "Ask the issuer.", specHosted, "The address answers that the document is gone."},
	{"proof.hosted-part-unavailable", Unknown, "", "A document that the record refers to (%s) could not be read: %s.", byNetwork, "Try again later, or allow the network.", specHosted, "The badge class, issuer or key document did not come."},
	{"proof.blockchain", Unknown, "", "The record is sealed on a blockchain (%s), which this verifier does not check.", byVerifier, "Use a verifier of Blockcerts.", "Blockcerts 2.0", "A MerkleProof2017 or similar signature."},
	{"proof.never-signed", Unknown, "", "This kind of document is never sealed by itself; it is part of other records.", byHolder, "Give the badge that refers to it.", specHosted, "A BadgeClass, Profile or other component was given on its own."},
	{"issuer.origin", Passed, "", "The record's address lies where its issuer publishes.", "", "", specHosted, "The id is under the issuer's origin, or under allowedOrigins or startsWith."},
	{"issuer.origin-differs", Fails, "", "The record's address (%s) does not lie where its issuer publishes (%s).", byIssuer, "Publish the record under the issuer's address, or declare where records lie.", specHosted, "The id is neither of the issuer's origin, nor under allowedOrigins or startsWith."},
	{"issuer.no-origin", Unknown, "", "The issuer's id (%s) is no web address, so where its records lie cannot be told.", byIssuer, "Use a web address as the issuer's id.", specHosted, "Hosted verification of an issuer with a urn or the like."},
	{"issuer.old-signed-key", Passed, "", "The issuer's profile names the key that signed the record.", "", "", specHosted, "verification.creator is a key whose owner is the issuer and which the issuer's profile lists."},
	{"schema.legacy", Fails, "", "The record breaks the form of its standard: %s.", byIssuer, "Mend this place and issue again.", "Open Badges 2.0, Data model; CLR 1.0", "A member of the older standard is missing or malformed."},
	{"schema.legacy-version", Passed, warning, "The record is of an older standard: %s.", byIssuer, "Ask the issuer for an Open Badge 3.0 or CLR 2.0.", specHosted, "Open Badges 0.5 to 2.0, or CLR 1.0."},
	{"schema.extension", Fails, "", "An extension of the record breaks its own schema: %s.", byIssuer, "Mend this place and issue again.", "Open Badges 2.0, Extensions", "An extension property does not satisfy the extension's JSON Schema."},
}
