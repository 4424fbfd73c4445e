package verify

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/multibase"
	"github.com/openlaurel/laurel/rdf"
)

const (
	ctxV2    = `"https://www.w3.org/ns/credentials/v2"`
	ctxV1    = `"https://www.w3.org/2018/credentials/v1"`
	ctxOB    = `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`
	ctxCLR   = `"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"`
	ctxExt   = `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"`
	ctx2020  = `"https://w3id.org/security/suites/ed25519-2020/v1"`
	ctxSL21  = `"https://w3id.org/vc/status-list/2021/v1"`
	plainAch = `{"id":"urn:uuid:a1","type":["Achievement"],"name":"Welding","description":"Welds","criteria":{"narrative":"Weld"}}`
)

// A wild is a credential of a shape that circulates, to be signed by the institution. ISS, SUBJ and ACH stand for the
// usual issuer, subject id and achievement.
type wild struct {
	contexts string // after which the members come
	members  string
	suite    string // "" for eddsa-rdfc-2022
	method   string // "" for the institution's key
	want     Verdict
	code     string // a finding that must be there
	not      string // one that must not
}

// wildBody is a badge whose members the case changes: each pair is old and new.
func wildBody(edit ...string) string {
	return strings.NewReplacer(edit...).Replace(`"id":"urn:uuid:w","type":["VerifiableCredential","OpenBadgeCredential"],"name":"Welding","issuer":ISSUER,"validFrom":"2026-05-31T00:00:00Z","credentialSubject":{"id":"SUBJ","type":["AchievementSubject"],"achievement":ACH}`)
}

func (w *wild) build(t testing.TB, i *institution) string {
	t.Helper()
	fill := strings.NewReplacer("ISSUER", `{"id":"`+i.id+`","type":["Profile"],"name":"North College"}`, "ISS", i.id, "SUBJ", alice, "ACH", plainAch)
	doc := fill.Replace(`{"@context":[` + w.contexts + `],` + w.members + `}`)
	suite, method := w.suite, w.method
	if suite == "" {
		suite = "eddsa-rdfc-2022"
	}
	if method == "" {
		method = i.id + "#key-1"
	}
	return i.signAnything(t, doc, suite, method)
}

// signAnything signs as careless issuers do, with old suites and over documents that leave things undefined.
func (i *institution) signAnything(t testing.TB, doc, suite, method string) string {
	t.Helper()
	if suite == "eddsa-jcs-2022" {
		return i.signWith(t, doc, suite, method)
	}
	kind := `"type":"DataIntegrityProof","cryptosuite":"` + suite + `"`
	if suite == "Ed25519Signature2020" {
		kind = `"type":"Ed25519Signature2020"`
	}
	proof := kind + `,"created":"2026-06-01T11:00:00Z","verificationMethod":"` + method + `","proofPurpose":"assertionMethod"`
	body, err := ijson.Parse([]byte(doc), nil)
	if err != nil {
		t.Fatal(err)
	}
	config, err := ijson.Parse([]byte(`{"@context":`+string(body.Root().Get("@context").Raw())+`,`+proof+`}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	var sums []byte
	for _, v := range []ijson.Value{config.Root(), body.Root()} {
		res, err := jsonld.ToRDF(v, nil)
		if err != nil {
			t.Logf("unsignable: %v", err)
			continue
		}
		c, err := res.Dataset.Canonicalize(&rdf.CanonicalOptions{Hash: crypto.SHA256})
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, c.Sum(crypto.SHA256)...)
	}
	value := multibase.Encode('z', ed25519.Sign(i.signer, sums))
	return strings.TrimSuffix(doc, "}") + `,"proof":{` + proof + `,"proofValue":"` + value + `"}}`
}

func saltedHash(value, salt string) string {
	return fmt.Sprintf("sha256$%x", sha256.Sum256([]byte(value+salt)))
}

// TestWildShapes judges credentials of the shapes that badge platforms, wallets and registries make, with our own keys.
func TestWildShapes(t *testing.T) {
	north := newInstitution(t, "north.example")
	ob := ctxV2 + "," + ctxOB
	obExt := ob + "," + ctxExt
	didKey := did.Key(north.signer.Public())
	ownKey := strings.TrimPrefix(didKey, "did:key:")
	entry := func(purpose string, index int) string {
		return fmt.Sprintf(`{"id":"https://north.example/status/%[1]s#%[2]d","type":"BitstringStatusListEntry","statusPurpose":"%[1]s","statusListIndex":"%[2]d","statusListCredential":"https://north.example/status/%[1]s"}`, purpose, index)
	}
	north.publishList(t, "revocation", 5)
	north.publishList(t, "suspension", 6)
	north.docs["https://north.example/revocations"] = []byte(`{"id":"https://north.example/revocations","issuer":"` + north.id + `","revokedCredential":[{"id":"urn:uuid:gone","revoked":true,"revocationReason":"withdrawn"},{"id":"urn:uuid:back","revoked":false}]}`)
	endorsement := func(of string) string {
		w := wild{contexts: ob, members: `"id":"urn:uuid:e","type":["VerifiableCredential","EndorsementCredential"],"name":"Endorsed","issuer":ISSUER,"validFrom":"2026-05-31T00:00:00Z","credentialSubject":{"id":"` + of + `","type":["EndorsementSubject"],"endorsementComment":"Good"}`}
		return w.build(t, north)
	}
	token := north.jwt(t, fmt.Sprintf(`{"@context":[%s],"id":"urn:uuid:ej","type":["VerifiableCredential","EndorsementCredential"],"name":"E","issuer":{"id":%[2]q,"type":["Profile"]},"validFrom":"2026-05-31T00:00:00Z","credentialSubject":{"id":"urn:uuid:a1","type":["EndorsementSubject"],"endorsementComment":"Good"},"iss":%[2]q,"sub":"urn:uuid:a1","jti":"urn:uuid:ej","nbf":1780185600}`, ob, north.id))
	vc1 := func(edit ...string) string {
		return strings.NewReplacer(append(edit, `"validFrom"`, `"issuanceDate"`)...).Replace(wildBody())
	}
	identity := func(s string) string {
		return wildBody(`"id":"SUBJ","type"`, `"identifier":[`+s+`],"type"`)
	}
	var cases wildCases
	for name, w := range map[string]wild{
		"usual":                    {contexts: ob, members: wildBody(), want: Verified},
		"issuer as text":           {contexts: ob, members: wildBody("ISSUER", `"ISS"`), want: Verified},
		"issuer type text":         {contexts: ob, members: wildBody("ISSUER", `{"id":"ISS","type":"Profile","name":"N"}`), want: Verified},
		"achievement type text":    {contexts: ob, members: wildBody(`["AchievementSubject"]`, `"AchievementSubject"`), want: Verified},
		"context 3.0.1":            {contexts: ctxV2 + `,"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"`, members: wildBody(), want: Failed, code: "context.protected-term"},
		"context 3.0.2":            {contexts: ctxV2 + `,"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"`, members: wildBody(), want: Verified, code: "context.old-version"},
		"context unversioned":      {contexts: ctxV2 + `,"https://purl.imsglobal.org/spec/ob/v3p0/context.json"`, members: wildBody(), want: Failed, code: "context.protected-term"},
		"context ob_v3p0.jsonld":   {contexts: ctxV2 + `,"https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld"`, members: wildBody(), want: Failed, code: "context.protected-term"},
		"image text":               {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"image":"https://north.example/i.png","name"`, 1)), want: Failed, code: "schema.invalid"},
		"image object":             {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"image":{"id":"https://north.example/i.png","type":"Image","caption":"x"},"name"`, 1)), want: Verified},
		"image on credential":      {contexts: ob, members: wildBody(`"issuer"`, `"image":{"id":"https://north.example/i.png","type":"Image"},"issuer"`), want: Verified},
		"description":              {contexts: ob, members: wildBody(`"issuer"`, `"description":"A badge","issuer"`), want: Verified},
		"criteria id":              {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `{"narrative":"Weld"}`, `{"id":"https://north.example/c"}`, 1)), want: Verified},
		"criteria markdown+type":   {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `{"narrative":"Weld"}`, `{"type":"Criteria","narrative":"Weld"}`, 1)), want: Verified},
		"hashed email":             {contexts: ob, members: identity(`{"type":"IdentityObject","hashed":true,"identityHash":"` + saltedHash("a@example.edu", "s") + `","identityType":"emailAddress","salt":"s"}`), want: Verified},
		"plain email":              {contexts: ob, members: identity(`{"type":"IdentityObject","hashed":false,"identityHash":"a@example.edu","identityType":"emailAddress"}`), want: Verified},
		"identifier as object":     {contexts: ob, members: wildBody(`"id":"SUBJ","type"`, `"identifier":{"type":"IdentityObject","hashed":false,"identityHash":"a@example.edu","identityType":"emailAddress"},"type"`), want: Verified},
		"type array of identity":   {contexts: ob, members: identity(`{"type":["IdentityObject"],"hashed":false,"identityHash":"a@example.edu","identityType":"emailAddress"}`), want: Failed, code: "schema.invalid"},
		"mailto subject":           {contexts: ob, members: wildBody("SUBJ", "mailto:a@example.edu"), want: Verified},
		"evidence":                 {contexts: ob, members: wildBody(`"issuer"`, `"evidence":[{"id":"https://north.example/e","type":["Evidence"],"name":"E","narrative":"n","genre":"g","audience":"a"}],"issuer"`), want: Verified},
		"evidence single":          {contexts: ob, members: wildBody(`"issuer"`, `"evidence":{"id":"https://north.example/e","type":"Evidence"},"issuer"`), want: Verified},
		"evidence without id":      {contexts: ob, members: wildBody(`"issuer"`, `"evidence":[{"type":["Evidence"],"narrative":"n"}],"issuer"`), want: Verified},
		"alignment":                {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"achievementType":"Certificate","tag":["a","b"],"alignment":[{"type":["Alignment"],"targetName":"n","targetUrl":"https://x.example/1","targetType":"CFItem","targetCode":"c","targetFramework":"f"}],"name"`, 1)), want: Verified},
		"ceterms alignment":        {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"achievementType":"ext:Nano","alignment":[{"type":["Alignment"],"targetName":"n","targetUrl":"https://x.example/1","targetType":"ceterms:Credential"}],"name"`, 1)), want: Verified},
		"results":                  {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"resultDescription":[{"id":"urn:uuid:r1","type":["ResultDescription"],"name":"G","resultType":"LetterGrade"},{"id":"urn:uuid:r2","type":["ResultDescription"],"name":"S","resultType":"RawScore","valueMin":"0","valueMax":"10"},{"id":"urn:uuid:r3","type":["ResultDescription"],"name":"R","resultType":"RubricCriterionLevel","rubricCriterionLevel":[{"id":"urn:uuid:l1","type":["RubricCriterionLevel"],"name":"M"}]}],"name"`, 1), `"achievement"`, `"result":[{"type":["Result"],"resultDescription":"urn:uuid:r1","value":"A"},{"type":["Result"],"resultDescription":"urn:uuid:r2","value":"7"},{"type":["Result"],"resultDescription":"urn:uuid:r3","achievedLevel":"urn:uuid:l1"},{"type":["Result"],"status":"Completed"}],"achievement"`), want: Verified},
		"schema named":             {contexts: obExt, members: wildBody(`"issuer"`, `"credentialSchema":[{"id":"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json","type":"1EdTechJsonSchemaValidator2019"}],"issuer"`), want: Verified, code: "schema.own-conforms"},
		"schema without extension": {contexts: ob, members: wildBody(`"issuer"`, `"credentialSchema":[{"id":"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json","type":"1EdTechJsonSchemaValidator2019"}],"issuer"`), want: Failed},
		"schema single":            {contexts: obExt, members: wildBody(`"issuer"`, `"credentialSchema":{"id":"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json","type":"1EdTechJsonSchemaValidator2019"},"issuer"`), want: Verified, code: "schema.own-conforms"},
		"revocation list clear":    {contexts: obExt, members: wildBody(`"issuer"`, `"credentialStatus":{"id":"https://north.example/revocations","type":"1EdTechRevocationList"},"issuer"`), want: Verified, code: "status.clear"},
		"revocation list revoked":  {contexts: obExt, members: wildBody("urn:uuid:w", "urn:uuid:gone", `"issuer"`, `"credentialStatus":{"id":"https://north.example/revocations","type":"1EdTechRevocationList"},"issuer"`), want: Failed, code: "status.revoked"},
		"revocation list back":     {contexts: obExt, members: wildBody("urn:uuid:w", "urn:uuid:back", `"issuer"`, `"credentialStatus":{"id":"https://north.example/revocations","type":"1EdTechRevocationList"},"issuer"`), want: Verified, code: "status.clear"},
		"refresh unavailable":      {contexts: obExt, members: wildBody(`"issuer"`, `"refreshService":{"id":"https://north.example/refresh/1","type":"1EdTechCredentialRefresh"},"issuer"`), want: Verified, code: "refresh.unavailable"},
		"terms of use":             {contexts: ob + `,{"IssuerPolicy":"https://north.example/terms#IssuerPolicy"}`, members: wildBody(`"issuer"`, `"termsOfUse":[{"id":"https://north.example/terms","type":"IssuerPolicy"}],"issuer"`), want: Verified},
		"render method":            {contexts: ob + `,{"SvgRenderingTemplate2023":"https://x.example/v#Svg"}`, members: wildBody(`"issuer"`, `"renderMethod":[{"id":"https://north.example/r.svg","type":"SvgRenderingTemplate2023"}],"issuer"`), want: Verified},
		"bitstring clear":          {contexts: ob, members: wildBody(`"issuer"`, `"credentialStatus":`+entry("revocation", 8)+`,"issuer"`), want: Verified, code: "status.clear"},
		"bitstring revoked":        {contexts: ob, members: wildBody(`"issuer"`, `"credentialStatus":`+entry("revocation", 5)+`,"issuer"`), want: Failed, code: "status.revoked"},
		"two purposes, suspended":  {contexts: ob, members: wildBody(`"issuer"`, `"credentialStatus":[`+entry("revocation", 6)+`,`+entry("suspension", 6)+`],"issuer"`), want: Failed, code: "status.suspended"},
		"two purposes, clear":      {contexts: ob, members: wildBody(`"issuer"`, `"credentialStatus":[`+entry("revocation", 9)+`,`+entry("suspension", 9)+`],"issuer"`), want: Verified, code: "status.clear"},
		"endorsement embedded":     {contexts: ob, members: wildBody(`"issuer"`, `"endorsement":[`+endorsement("urn:uuid:w")+`],"issuer"`), want: Verified, code: "endorsement.checked"},
		"endorsement achievement":  {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"endorsement":[`+endorsement("urn:uuid:a1")+`],"name"`, 1)), want: Verified, code: "endorsement.checked"},
		"endorsement in profile":   {contexts: ob, members: wildBody("ISSUER", `{"id":"ISS","type":["Profile"],"name":"N","endorsement":[`+endorsement(north.id)+`]}`), want: Verified, code: "endorsement.checked"},
		"endorsement jwt":          {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"endorsementJwt":["`+token+`"],"name"`, 1)), want: Verified, code: "endorsement.checked"},
		"endorsement jwt top":      {contexts: ob, members: wildBody(`"issuer"`, `"endorsementJwt":["`+token+`"],"issuer"`), want: Verified, code: "endorsement.checked"},
		"offset date":              {contexts: ob, members: wildBody("2026-05-31T00:00:00Z", "2026-05-31T00:00:00+02:00"), want: Verified},
		"fractional seconds":       {contexts: ob, members: wildBody("2026-05-31T00:00:00Z", "2026-05-31T00:00:00.123456Z"), want: Verified},
		"nanoseconds offset":       {contexts: ob, members: wildBody("2026-05-31T00:00:00Z", "2026-05-31T00:00:00.123456789-05:00"), want: Verified},
		"date without zone":        {contexts: ob, members: wildBody("2026-05-31T00:00:00Z", "2026-05-31T00:00:00"), want: Failed, code: "validity.malformed"},
		"date only":                {contexts: ob, members: wildBody("2026-05-31T00:00:00Z", "2026-05-31"), want: Failed, code: "validity.malformed"},
		"expired":                  {contexts: ob, members: wildBody(`"credentialSubject"`, `"validUntil":"2026-06-01T11:59:59Z","credentialSubject"`), want: Failed, code: "validity.expired"},
		"language object name":     {contexts: ob, members: wildBody(`"name":"Welding","issuer"`, `"name":{"@value":"Schweißen","@language":"de"},"issuer"`), want: Failed},
		"language objects in VC":   {contexts: ctxV2, members: `"id":"urn:uuid:v","type":["VerifiableCredential"],"name":[{"@value":"Welding","@language":"en"},{"@value":"Schweißen","@language":"de"}],"issuer":{"id":"ISS","name":{"@value":"Nord","@language":"de","@direction":"ltr"}},"credentialSubject":{"id":"SUBJ"}`, want: Verified},
		"inline extension":         {contexts: ob + `,{"ext":"https://north.example/ns#","ext:colour":{"@id":"https://north.example/ns#colour"},"shelf":"https://north.example/ns#shelf"}`, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"shelf":"A","name"`, 1)), want: Verified},
		"inline typed extension":   {contexts: ob + `,{"xsd":"http://www.w3.org/2001/XMLSchema#","hours":{"@id":"https://north.example/ns#hours","@type":"xsd:decimal"}}`, members: wildBody(`"issuer"`, `"hours":12.5,"issuer"`), want: Verified},
		"jcs suite":                {contexts: ob, members: wildBody(), suite: "eddsa-jcs-2022", want: Verified},
		"did:key with fragment":    {contexts: ob, members: strings.ReplaceAll(wildBody("ISSUER", `{"id":"ISS","type":["Profile"]}`), "ISS", didKey), method: didKey + "#" + ownKey, want: Verified},
		"did:key without fragment": {contexts: ob, members: strings.ReplaceAll(wildBody("ISSUER", `{"id":"ISS","type":["Profile"]}`), "ISS", didKey), method: didKey, want: Verified},
		"did:key issuer as text":   {contexts: ob, members: wildBody("ISSUER", `"`+didKey+`"`), method: didKey + "#" + ownKey, want: Verified},
		"VC 1.1, 2020 suite":       {contexts: ctxV1 + "," + ctxOB + "," + ctx2020, members: vc1(), suite: "Ed25519Signature2020", want: Verified, code: "context.old-model"},
		"VC 1.1, older context":    {contexts: ctxV1 + `,"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",` + ctx2020, members: vc1(), suite: "Ed25519Signature2020", want: Verified},
		"VC 1.1, suite first":      {contexts: ctxV1 + "," + ctx2020 + "," + ctxOB, members: vc1(), suite: "Ed25519Signature2020", want: Verified, code: "context.order-old"},
		"VC 1.1, data integrity":   {contexts: ctxV1 + "," + ctxOB + `,"https://w3id.org/security/data-integrity/v2"`, members: vc1(), want: Verified},
		"VC 1.1, expired":          {contexts: ctxV1 + "," + ctxOB + "," + ctx2020, members: vc1(`"credentialSubject"`, `"expirationDate":"2026-05-31T12:00:00Z","credentialSubject"`), suite: "Ed25519Signature2020", want: Failed, code: "validity.expired"},
		"VC 1.1 plain":             {contexts: ctxV1 + "," + ctx2020, members: `"id":"urn:uuid:p","type":["VerifiableCredential"],"issuer":"ISS","issuanceDate":"2026-05-31T00:00:00Z","credentialSubject":{"id":"SUBJ"}`, suite: "Ed25519Signature2020", want: Verified},
		"types in another order":   {contexts: ob, members: strings.Replace(wildBody(), `["VerifiableCredential","OpenBadgeCredential"]`, `["OpenBadgeCredential","VerifiableCredential"]`, 1), want: Verified},
		"both names of the class":  {contexts: ob, members: strings.Replace(wildBody(), `"OpenBadgeCredential"]`, `"OpenBadgeCredential","AchievementCredential"]`, 1), want: Verified},
		"creator":                  {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"creator":{"id":"did:web:c.example","type":["Profile"],"name":"C"},"name"`, 1)), want: Verified},
		"all that is shown":        {contexts: ob, members: wildBody(`"issuer"`, `"description":"For those who weld","image":{"id":"data:image/png;base64,iVBORw0KGgo=","type":"Image","caption":"A spark"},"awardedDate":"2026-05-20T00:00:00Z","issuer"`, "ACH", strings.Replace(plainAch, `"name"`, `"image":{"id":"data:image/png;base64,iVBORw0KGgo=","type":"Image","caption":"A spark"},"name"`, 1)), want: Verified},
		"creator as text":          {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"creator":"did:web:c.example","name"`, 1)), want: Failed, code: "schema.invalid"},
		"criteria as address":      {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `{"narrative":"Weld"}`, `"https://x.example"`, 1)), want: Failed, code: "schema.invalid"},
		"full issuer":              {contexts: ob, members: wildBody("ISSUER", `{"id":"ISS","type":["Profile"],"name":"N","image":{"id":"https://x.example/i.png","type":"Image"},"url":"https://x.example","email":"a@x.example","phone":"+1 555","description":"d"}`), want: Verified},
		"issuer without type":      {contexts: ob, members: wildBody("ISSUER", `{"id":"ISS","name":"N"}`), want: Failed, code: "schema.invalid"},
		"status without id":        {contexts: ob, members: wildBody(`"issuer"`, `"credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"8","statusListCredential":"https://north.example/status/revocation"},"issuer"`), want: Verified, code: "status.clear"},
		"status of another kind":   {contexts: ob + `,{"X1":"https://x.example/X1"}`, members: wildBody(`"issuer"`, `"credentialStatus":[{"id":"https://x.example/1","type":"X1"},`+entry("revocation", 8)+`],"issuer"`), want: Indeterminate, code: "status.unknown-kind"},
		"null end":                 {contexts: ob, members: wildBody(`"issuer"`, `"validUntil":null,"issuer"`), want: Failed, code: "schema.invalid"},
		"empty lists":              {contexts: ob, members: wildBody(`"issuer"`, `"evidence":[],"endorsement":[],"issuer"`), want: Verified},
		"one result, no list":      {contexts: ob, members: wildBody(`"achievement"`, `"result":{"type":"Result","status":"Completed"},"achievement"`), want: Verified},
		"value as number":          {contexts: ob, members: wildBody(`"achievement"`, `"result":[{"type":["Result"],"value":7}],"achievement"`), want: Failed, code: "schema.invalid"},
		"credits and activity":     {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"creditsAvailable":3,"name"`, 1), `"achievement"`, `"creditsEarned":3.5,"role":"student","term":"Fall","licenseNumber":"1","activityStartDate":"2026-01-01T00:00:00Z","activityEndDate":"2026-05-01T00:00:00Z","achievement"`), want: Verified},
		"credits as text":          {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"creditsAvailable":"3","name"`, 1)), want: Failed, code: "schema.invalid"},
		"language and version":     {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"inLanguage":"en-US","version":"2","humanCode":"W1","fieldOfStudy":"f","specialization":"s","name"`, 1)), want: Verified},
		"related and other ids":    {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"related":[{"id":"urn:x:1","type":["Related"],"inLanguage":"es","version":"1"}],"otherIdentifier":[{"type":"IdentifierEntry","identifier":"1","identifierType":"sourcedId"}],"name"`, 1)), want: Verified},
		"a term nobody defines":    {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"relatedLink":"https://x.example","name"`, 1)), want: Failed, code: "context.undefined-term"},
		"small t and z":            {contexts: ob, members: wildBody("2026-05-31T00:00:00Z", "2026-05-31t00:00:00z"), want: Verified},
		"date without seconds":     {contexts: ob, members: wildBody("2026-05-31T00:00:00Z", "2026-05-31T00:00Z"), want: Failed, code: "validity.malformed"},
		"offset without colon":     {contexts: ob, members: wildBody("2026-05-31T00:00:00Z", "2026-05-31T00:00:00+0000"), want: Failed, code: "validity.malformed"},
		"nobody named":             {contexts: ob, members: strings.Replace(wildBody(), `"id":"SUBJ",`, "", 1), want: Verified, code: "subject.bearer"},
		"CLR context on a badge":   {contexts: ctxV2 + "," + ctxCLR + "," + ctxOB, members: wildBody(), want: Failed, code: "context.order"},
		"VC 1.1 with both dates":   {contexts: ctxV1 + "," + ctxOB + "," + ctx2020, members: wildBody(`"issuer"`, `"issuanceDate":"2026-05-31T00:00:00Z","issuer"`), suite: "Ed25519Signature2020", want: Verified},
		"VC 2.0 with 1.1 dates":    {contexts: ob, members: vc1(), want: Failed},
	} {
		doc := w.build(t, north)
		cases.add(name, doc, w.want, w.code)
		t.Run(name, func(t *testing.T) {
			r := north.verify(t, doc)
			wantCode(t, r, w.want, w.code)
			if _, found := r.Find(w.not); w.not != "" && found {
				t.Errorf("it must not say %s\n%s", w.not, told(r, ""))
			}
		})
	}
	cases.hold(t, "wild-shapes.json", north.docs)
}

// TestWildTokens judges tokens by the ways in which issuers name their keys and write their claims.
func TestWildTokens(t *testing.T) {
	north := newInstitution(t, "north.example")
	multikey, err := key.Multikey(north.signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := key.JWK(north.signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	didKey, didJWK := did.Key(north.signer.Public()), "did:jwk:"+b64(public)
	ownKey := strings.TrimPrefix(didKey, "did:key:")
	named := func(kid string) []byte { return fmt.Appendf(nil, `{"keys":[{"kid":%q,%s]}`, kid, public[1:]) }
	document := func(id string) []byte {
		return fmt.Appendf(nil, `{"@context":["https://www.w3.org/ns/did/v1"],"id":%[1]q,"verificationMethod":[{"id":"#key-1","type":"Multikey","controller":%[1]q,"publicKeyMultibase":%[2]q}],"assertionMethod":["#key-1"]}`, id, multikey)
	}
	web := "https://issuer.example/issuers/1"
	docs := fetch.Static{
		"https://north.example/.well-known/did.json":     north.docs["https://north.example/.well-known/did.json"],
		"https://path.example/issuers/7/did.json":        document("did:web:path.example:issuers:7"),
		"https://port.example:8443/.well-known/did.json": document("did:web:port.example%3A8443"),
		"https://issuer.example/.well-known/jwks.json":   named("k1"),
		"https://issuer.example/keys/1":                  public,
		web:                                              []byte(`{"id":"` + web + `","type":["Profile"],"name":"I"}`),
		"https://cose.example/.well-known/jwks.json":     named("https://cose.example/keys#k1"),
		"https://cose.example/keys":                      named("k1"),
		"https://cose.example/i":                         []byte(`{"id":"https://cose.example/i","type":"Profile"}`),
	}
	sign := func(header, claims string) string {
		input := b64([]byte(header)) + "." + b64([]byte(claims))
		return input + "." + b64(ed25519.Sign(north.signer, []byte(input)))
	}
	type claims struct {
		issuer, more string
		contexts     string
		edit         []string
	}
	v2 := func(c claims) string {
		if c.contexts == "" {
			c.contexts = ctxV2 + "," + ctxOB
		}
		s := `{"@context":[` + c.contexts + `],"id":"urn:uuid:w","type":["VerifiableCredential","OpenBadgeCredential"],"name":"Welding","issuer":{"id":"ISS","type":["Profile"],"name":"N"},"validFrom":"2026-05-31T00:00:00Z","credentialSubject":{"id":"SUBJ","type":["AchievementSubject"],"achievement":` + plainAch + `},"iss":"ISS","sub":"SUBJ","jti":"urn:uuid:w","nbf":1780185600` + c.more + `}`
		return strings.NewReplacer(append(c.edit, "ISS", c.issuer, "SUBJ", alice)...).Replace(s)
	}
	v1 := func(issuer, outer string, edit ...string) string {
		s := `{"vc":{"@context":[` + ctxV1 + `,"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"],"id":"urn:uuid:w","type":["VerifiableCredential","OpenBadgeCredential"],"name":"Welding","issuer":{"id":"ISS","type":["Profile"],"name":"N"},"issuanceDate":"2026-05-31T00:00:00Z","credentialSubject":{"id":"SUBJ","type":["AchievementSubject"],"achievement":` + plainAch + `}}` + outer + `}`
		return strings.NewReplacer(append(edit, "ISS", issuer, "SUBJ", alice)...).Replace(s)
	}
	header := func(kid string) string { return fmt.Sprintf(`{"alg":"EdDSA","typ":"JWT","kid":%q}`, kid) }
	registered := `,"iss":"ISS","sub":"SUBJ","jti":"urn:uuid:w","nbf":1780185600`
	var cases wildCases
	for name, w := range map[string]struct {
		header, claims string
		want           Verdict
		code           string
	}{
		"did:web":                      {header(north.id + "#key-1"), v2(claims{issuer: north.id}), Verified, "issuer.key-bound"},
		"did:web, iat and exp":         {header(north.id + "#key-1"), v2(claims{issuer: north.id, more: `,"iat":1780185600,"exp":1811721600`, edit: []string{`"credentialSubject"`, `"validUntil":"2027-05-31T00:00:00Z","credentialSubject"`}}), Verified, ""},
		"did:web, exp without date":    {header(north.id + "#key-1"), v2(claims{issuer: north.id, more: `,"exp":1811721600`}), Verified, ""},
		"did:web with path":            {header("did:web:path.example:issuers:7#key-1"), v2(claims{issuer: "did:web:path.example:issuers:7"}), Verified, "issuer.key-bound"},
		"did:web with port":            {header("did:web:port.example%3A8443#key-1"), v2(claims{issuer: "did:web:port.example%3A8443"}), Verified, "issuer.key-bound"},
		"did:web, relative kid":        {header("#key-1"), v2(claims{issuer: "did:web:path.example:issuers:7"}), Verified, "issuer.key-bound"},
		"did:key":                      {header(didKey + "#" + ownKey), v2(claims{issuer: didKey}), Verified, "issuer.key-bound"},
		"did:key, bare":                {header(didKey), v2(claims{issuer: didKey}), Verified, "issuer.key-bound"},
		"did:jwk":                      {header(didJWK + "#0"), v2(claims{issuer: didJWK}), Verified, "issuer.key-bound"},
		"did:jwk, bare":                {header(didJWK), v2(claims{issuer: didJWK}), Verified, "issuer.key-bound"},
		"key set of the origin":        {header("k1"), v2(claims{issuer: web}), Verified, "issuer.key-bound"},
		"address of one key":           {header("https://issuer.example/keys/1"), v2(claims{issuer: web}), Verified, "issuer.key-bound"},
		"address of the key set":       {header("https://issuer.example/.well-known/jwks.json#k1"), v2(claims{issuer: web}), Verified, "issuer.key-bound"},
		"address in another set":       {header("https://cose.example/keys#k1"), v2(claims{issuer: "https://cose.example/i"}), Verified, "issuer.key-bound"},
		"key in the header, listed":    {fmt.Sprintf(`{"alg":"EdDSA","typ":"JWT","jwk":%s}`, public), v2(claims{issuer: web}), Verified, "issuer.key-bound"},
		"key in the header, unlisted":  {fmt.Sprintf(`{"alg":"EdDSA","typ":"JWT","jwk":%s}`, public), v2(claims{issuer: "https://other.example/i"}), Indeterminate, ""},
		"kid of somebody else":         {header(didKey + "#" + ownKey), v2(claims{issuer: north.id}), Failed, "issuer.key-not-the-issuers"},
		"no sub":                       {header(north.id + "#key-1"), v2(claims{issuer: north.id, edit: []string{`"sub":"SUBJ",`, ""}}), Verified, "proof.claims-missing"},
		"vc+jwt of VC-JOSE-COSE":       {strings.Replace(header(north.id+"#key-1"), `"JWT"`, `"vc+jwt"`, 1), v2(claims{issuer: north.id, edit: []string{`"iss":"ISS","sub":"SUBJ","jti":"urn:uuid:w","nbf":1780185600`, `"iat":1780185600`}}), Verified, ""},
		"cty beside typ":               {strings.Replace(header(north.id+"#key-1"), `"JWT"`, `"vc+jwt","cty":"vc"`, 1), v2(claims{issuer: north.id}), Verified, ""},
		"unversioned context":          {header(north.id + "#key-1"), v2(claims{issuer: north.id, contexts: ctxV2 + `,"https://purl.imsglobal.org/spec/ob/v3p0/context.json"`}), Verified, "context.old-version"},
		"unknown context":              {header(north.id + "#key-1"), v2(claims{issuer: north.id, contexts: ctxV2 + "," + ctxOB + `,"https://platform.example/context/v1"`}), Verified, "context.not-needed"},
		"fractional nbf":               {header(north.id + "#key-1"), v2(claims{issuer: north.id, edit: []string{"1780185600", "1780185600.5"}}), Verified, ""},
		"nbf as text":                  {header(north.id + "#key-1"), v2(claims{issuer: north.id, edit: []string{"1780185600", `"1780185600"`}}), Failed, "proof.claims"},
		"vc claim around VC 2.0":       {header(north.id + "#key-1"), `{"vc":` + v2(claims{issuer: north.id}) + `}`, Failed, "proof.claims"},
		"no nbf":                       {header(north.id + "#key-1"), v2(claims{issuer: north.id, edit: []string{`,"nbf":1780185600`, ""}}), Failed, "proof.claims"},
		"nbf a second off":             {header(north.id + "#key-1"), v2(claims{issuer: north.id, edit: []string{"1780185600", "1780185601"}}), Failed, "proof.claims"},
		"another jti":                  {header(north.id + "#key-1"), v2(claims{issuer: north.id, edit: []string{`"jti":"urn:uuid:w"`, `"jti":"urn:uuid:z"`}}), Failed, "proof.claims"},
		"audience":                     {header(north.id + "#key-1"), v2(claims{issuer: north.id, more: `,"aud":"x"`}), Verified, ""},
		"no typ":                       {fmt.Sprintf(`{"alg":"EdDSA","kid":%q}`, north.id+"#key-1"), v2(claims{issuer: north.id}), Verified, ""},
		"typ of an SD-JWT":             {strings.Replace(header(north.id+"#key-1"), `"JWT"`, `"dc+sd-jwt"`, 1), v2(claims{issuer: north.id}), Failed, "proof.header"},
		"certificates beside kid":      {strings.Replace(header(north.id+"#key-1"), `{`, `{"x5c":["MIIB"],`, 1), v2(claims{issuer: north.id}), Verified, "proof.claims-odd"},
		"critical extension":           {strings.Replace(header(north.id+"#key-1"), `{`, `{"crit":["b64"],"b64":false,`, 1), v2(claims{issuer: north.id}), Failed, "proof.header"},
		"curve of Bitcoin":             {strings.Replace(header(north.id+"#key-1"), "EdDSA", "ES256K", 1), v2(claims{issuer: north.id}), Indeterminate, "proof.unknown-suite"},
		"algorithm by its new name":    {strings.Replace(header(north.id+"#key-1"), "EdDSA", "Ed25519", 1), v2(claims{issuer: north.id}), Verified, ""},
		"no kid":                       {`{"alg":"EdDSA","typ":"JWT"}`, v2(claims{issuer: north.id}), Failed, "proof.key-missing"},
		"vc claim, did:key":            {header(didKey + "#" + ownKey), v1(didKey, registered), Verified, "context.old-model"},
		"vc claim, did:web":            {header(north.id + "#key-1"), v1(north.id, registered+`,"exp":1811721600`, `"credentialSubject"`, `"expirationDate":"2027-05-31T00:00:00Z","credentialSubject"`), Verified, ""},
		"vc claim, supplied by claims": {header(north.id + "#key-1"), v1(north.id, registered, `"id":"urn:uuid:w",`, "", `"issuanceDate":"2026-05-31T00:00:00Z",`, "", `"issuer":{"id":"ISS","type":["Profile"],"name":"N"},`, ""), Verified, ""},
		"vc claim, no claims":          {header(north.id + "#key-1"), v1(north.id, ""), Verified, "proof.claims-missing"},
		"vc claim, expired by exp":     {header(north.id + "#key-1"), v1(north.id, registered+`,"exp":1780200000`), Failed, "validity.expired"},
		"vc claim, another iss":        {header(north.id + "#key-1"), v1(north.id, strings.Replace(registered, "ISS", didKey, 1)), Failed, "proof.claims"},
	} {
		token := sign(w.header, w.claims)
		cases.add(name, token, w.want, w.code)
		t.Run(name, func(t *testing.T) {
			r := Verify(t.Context(), []byte(token), &Options{Fetcher: docs, Now: day})
			wantCode(t, r, w.want, w.code)
		})
	}
	cases.hold(t, "wild-tokens.json", docs)
}

// wildCases are judged inputs, kept in a file for the tests of the command.
type wildCases []wildCase

type wildCase struct {
	Name    string  `json:"name"`
	Input   string  `json:"input"`
	Verdict Verdict `json:"verdict"`
	Code    string  `json:"code,omitempty"`
}

func (w *wildCases) add(name, input string, want Verdict, code string) {
	*w = append(*w, wildCase{name, input, want, code})
}

// hold compares the cases with the file, or writes it with -update.
func (w wildCases) hold(t *testing.T, name string, docs fetch.Static) {
	t.Helper()
	slices.SortFunc(w, func(a, b wildCase) int { return strings.Compare(a.Name, b.Name) })
	texts := map[string]string{}
	for url, b := range docs {
		texts[url] = string(b)
	}
	want, err := json.MarshalIndent(map[string]any{"at": day, "cases": w, "documents": texts}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	file := filepath.Join("testdata", name)
	if *Update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s does not hold these cases (%v); write it with go test ./verify -run Wild -update", file, err)
	}
}
