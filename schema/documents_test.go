package schema_test

// written are documents that together use every member of every class.
var written = map[string]string{
	"clr": `{
 "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", {"x": "urn:x"}],
 "id": "urn:uuid:1", "type": ["VerifiableCredential", "ClrCredential"], "name": "Transcript", "description": "d", "partial": false,
 "image": {"id": "https://example.edu/i.png", "type": "Image", "caption": "c"},
 "issuer": "https://example.edu/issuers/1",
 "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2027-01-01T00:00:00Z", "awardedDate": "2026-01-01T00:00:00Z",
 "endorsementJwt": ["a.b.c"],
 "credentialSubject": {
  "id": "did:example:learner", "type": ["ClrSubject"],
  "identifier": [{"type": "IdentityObject", "hashed": true, "identityHash": "sha256$aa", "identityType": "emailAddress", "salt": "s"}],
  "verifiableCredential": [{
   "@context": ["https://www.w3.org/ns/credentials/v2"], "id": "urn:uuid:2", "type": ["VerifiableCredential"],
   "issuer": "https://example.edu/issuers/1", "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z",
   "credentialSubject": {"id": "did:example:learner"},
   "proof": [{"type": "DataIntegrityProof"}], "credentialSchema": [{"id": "s", "type": "t"}], "credentialStatus": {"id": "s", "type": "t"},
   "refreshService": {"id": "s", "type": "t"}, "termsOfUse": [{"id": "s", "type": "t"}],
   "evidence": [{"id": "e", "type": ["Evidence"], "narrative": "n", "name": "n", "description": "d", "genre": "g", "audience": "a"}]}],
  "association": [{"type": "Association", "associationType": "isPartOf", "sourceId": "a", "targetId": "b"}]},
 "proof": [{"type": "DataIntegrityProof", "created": "2026-01-01T00:00:00Z", "cryptosuite": "eddsa-rdfc-2022", "challenge": "c", "domain": "d", "nonce": "n", "proofPurpose": "assertionMethod", "proofValue": "z1", "verificationMethod": "did:key:z#z"}]
}`,
	"badge": `{
 "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
 "id": "urn:uuid:1", "type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "Algebra", "description": "d",
 "issuer": "did:example:issuer", "validFrom": "2026-01-01T00:00:00Z", "awardedDate": "2026-01-01T00:00:00Z",
 "credentialSubject": {
  "id": "did:example:learner", "type": ["AchievementSubject"], "activityStartDate": "2026-01-01T00:00:00Z", "activityEndDate": "2026-01-01T00:00:00Z",
  "creditsEarned": 3.0, "licenseNumber": "l", "narrative": "n", "role": "r", "term": "t",
  "result": [{"type": ["Result"], "achievedLevel": "l", "resultDescription": "r", "status": "Completed", "value": "v", "alignment": [{"type": ["Alignment"], "targetName": "n", "targetUrl": "u"}]}],
  "achievement": {
   "id": "https://example.edu/a", "type": ["Achievement"], "name": "n", "description": "d", "criteria": {"id": "c", "narrative": "n"},
   "achievementType": "Course", "creditsAvailable": 3, "fieldOfStudy": "f", "humanCode": "h", "inLanguage": "es-MX", "specialization": "s", "tag": ["t"], "version": "v",
   "alignment": [{"type": ["Alignment"], "targetCode": "c", "targetDescription": "d", "targetName": "n", "targetFramework": "f", "targetType": "CFItem", "targetUrl": "u"}],
   "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "i", "identifierType": "ext:mine"}],
   "related": [{"id": "r", "type": ["Related"], "inLanguage": "en", "version": "v"}],
   "resultDescription": [{"id": "r", "type": ["ResultDescription"], "allowedValue": ["A"], "name": "n", "requiredLevel": "l", "requiredValue": "v", "resultType": "LetterGrade", "valueMin": "0", "valueMax": "1",
    "rubricCriterionLevel": [{"id": "l", "type": ["RubricCriterionLevel"], "description": "d", "level": "l", "name": "n", "points": "p"}]}]}}
}`,
	"endorsement": `{
 "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
 "id": "urn:uuid:1", "type": ["VerifiableCredential", "EndorsementCredential"], "name": "Good", "description": "d",
 "issuer": {"id": "did:example:issuer", "type": ["Profile"]}, "validFrom": "2026-01-01T00:00:00Z", "awardedDate": "2026-01-01T00:00:00Z",
 "credentialSubject": {"id": "x", "type": ["EndorsementSubject"], "endorsementComment": "c"}
}`,
	"profile": `{
 "id": "did:example:issuer", "type": ["Profile"], "name": "n", "url": "u", "phone": "p", "description": "d", "email": "e", "official": "o",
 "familyName": "f", "givenName": "g", "additionalName": "a", "patronymicName": "p", "honorificPrefix": "h", "honorificSuffix": "h", "familyNamePrefix": "f", "dateOfBirth": "2000-01-01",
 "image": {"id": "i", "type": "Image"},
 "address": {"type": ["Address"], "addressCountry": "a", "addressCountryCode": "US", "addressRegion": "r", "addressLocality": "l", "streetAddress": "s", "postOfficeBoxNumber": "p", "postalCode": "p",
  "geo": {"type": "GeoCoordinates", "latitude": 45.25, "longitude": 3}},
 "parentOrg": {"id": "x", "type": ["Profile"]}
}`,
	"status info": `{"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": "d",
 "imsx_codeMinor": {"imsx_codeMinorField": [{"imsx_codeMinorFieldName": "n", "imsx_codeMinorFieldValue": "not_found"}]}}`,
	"list": `{"credential": [], "compactJwsString": ["a.b.c"]}`,
	"badge of 1.1": `{
 "@context": ["https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"],
 "id": "urn:uuid:1", "type": ["VerifiableCredential", "AchievementCredential"], "name": "Algebra",
 "issuer": {"id": "did:example:issuer", "type": ["Profile"]}, "issuanceDate": "2026-01-01T00:00:00Z", "expirationDate": "2027-01-01T00:00:00Z",
 "credentialSubject": {"type": ["AchievementSubject"], "achievement": {"id": "a", "type": ["Achievement"], "name": "n", "description": "d", "criteria": {}}}
}`,
}
