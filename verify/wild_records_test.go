package verify

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/key"
)

// TestWildRecords judges records and presentations that hold parts of the shapes that circulate.
func TestWildRecords(t *testing.T) {
	north, south := newInstitution(t, "north.example"), newInstitution(t, "south.example")
	maps.Copy(north.docs, south.docs)
	clr := ctxV2 + "," + ctxCLR + "," + ctxOB
	badge := func(i *institution, id string, edit ...string) string {
		return (&wild{contexts: ctxV2 + "," + ctxOB, members: wildBody(append([]string{"urn:uuid:w", id, "ACH", strings.Replace(plainAch, "urn:uuid:a1", id+"-a", 1)}, edit...)...)}).build(t, i)
	}
	token := func(claims string) string {
		return north.jwt(t, fmt.Sprintf(`{"@context":[%s],"id":"urn:uuid:t","type":["VerifiableCredential","AchievementCredential"],"name":"A","issuer":{"id":%[2]q,"type":["Profile"]},"validFrom":"2026-05-31T00:00:00Z",
	"credentialSubject":{"id":%[3]q,"type":["AchievementSubject"],"achievement":%[4]s},"iss":%[2]q,"sub":%[3]q,"jti":"urn:uuid:t","nbf":1780185600%[5]s}`, ctxV2+","+ctxOB, north.id, alice, plainAch, claims))
	}
	envelope := func(token string) string {
		return `{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiableCredential","id":"data:application/vc+jwt,` + token + `"}`
	}
	record := func(parts, more string) string {
		return `"id":"urn:uuid:r","type":["VerifiableCredential","ClrCredential"],"name":"Record","issuer":ISSUER,"validFrom":"2026-06-01T00:00:00Z","credentialSubject":{"id":"SUBJ","type":["ClrSubject"],"verifiableCredential":[` + parts + `]` + more + `}`
	}
	unsignedPart := strings.NewReplacer("ISSUER", `{"id":"`+south.id+`","type":["Profile"]}`, "SUBJ", alice, "ACH", plainAch).Replace(`{"@context":[` + ctxV2 + "," + ctxOB + `],` + wildBody() + `}`)
	old := (&wild{contexts: ctxV1 + `,"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",` + ctx2020, suite: "Ed25519Signature2020",
		members: strings.Replace(wildBody("urn:uuid:w", "urn:uuid:old"), "validFrom", "issuanceDate", 1)}).build(t, south)
	achievement := `"achievement":[{"id":"urn:uuid:p-a","type":["Achievement"],"name":"P","description":"P","achievementType":"Certificate","criteria":{"narrative":"x"}}]`
	association := func(kind, from, to string) string {
		return fmt.Sprintf(`"association":[{"type":"Association","associationType":%q,"sourceId":%q,"targetId":%q}]`, kind, from, to)
	}
	a, b := badge(north, "urn:uuid:a"), badge(south, "urn:uuid:b")
	for name, w := range map[string]wild{
		"two issuers":               {members: record(a+","+b, ""), want: Verified, code: "nested.checked"},
		"one part, no list":         {members: strings.NewReplacer(`"verifiableCredential":[`, `"verifiableCredential":`, `]}`, `}`).Replace(record(a, "")), want: Verified, code: "schema.compacted"},
		"token as text":             {members: record(`"`+token("")+`"`, ""), want: Failed},
		"token in an envelope":      {members: record(envelope(token("")), ""), want: Failed, code: "schema.invalid"},
		"token in a 1EdTech list":   {contexts: clr, members: record(a, ""), want: Verified},
		"unsigned part":             {members: record(a+","+unsignedPart, ""), want: Indeterminate, code: "proof.unsigned-part"},
		"old part":                  {members: record(a+","+old, ""), want: Failed, code: "context.protected-term"},
		"part of another person":    {members: record(badge(north, "urn:uuid:c", "SUBJ", "did:example:bob"), ""), want: Failed, code: "subject.other-person"},
		"part forged":               {members: record(strings.Replace(a, "Welding", "Surgery", 1), ""), want: Failed, code: "proof.signature-mismatch"},
		"part expired":              {members: record(a+","+badge(south, "urn:uuid:d", `"credentialSubject"`, `"validUntil":"2026-05-31T12:00:00Z","credentialSubject"`), ""), want: Failed, code: "validity.expired"},
		"achievement and relation":  {members: record(a, ","+achievement+","+association("isChildOf", "urn:uuid:a-a", "urn:uuid:p-a")), want: Verified, code: "association.resolved"},
		"relation of credentials":   {members: record(a+","+b, ","+association("isPeerOf", "urn:uuid:a", "urn:uuid:b")), want: Verified, code: "association.by-credential"},
		"relation to nowhere":       {members: record(a, ","+association("isPartOf", "urn:uuid:a-a", "urn:uuid:zz")), want: Verified, code: "association.dangling"},
		"relation of no known kind": {members: record(a, ","+association("likes", "urn:uuid:a-a", "urn:uuid:a-a")), want: Failed},
		"extension of a relation":   {members: record(a, ","+association("ext:likes", "urn:uuid:a-a", "urn:uuid:a-a")), want: Failed},
		"several issuers, partial":  {contexts: ctxV2 + `,"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",` + ctxOB, members: strings.Replace(record(a, ""), `"issuer"`, `"partial":false,"awardedDate":"2026-06-01T00:00:00Z","issuer"`, 1), want: Verified},
		"unversioned CLR context":   {contexts: ctxV2 + `,"https://purl.imsglobal.org/spec/clr/v2p0/context.json",` + ctxOB, members: record(a, ""), want: Verified, code: "context.old-version"},
		"contexts in another order": {contexts: ctxV2 + "," + ctxOB + "," + ctxCLR, members: record(a, ""), want: Failed, code: "context.order"},
		"no parts":                  {members: record("", ""), want: Failed, code: "nested.empty"},
		"subject by identifier": {members: strings.Replace(record(badge(north, "urn:uuid:i", `"id":"SUBJ","type"`, `"identifier":[{"type":"IdentityObject","hashed":false,"identityHash":"s-1","identityType":"sourcedId"}],"type"`), ""), `"id":"SUBJ","type"`,
			`"identifier":[{"type":"IdentityObject","hashed":false,"identityHash":"s-1","identityType":"sourcedId"}],"type"`, 1), want: Verified, code: "subject.same-person"},
	} {
		t.Run(name, func(t *testing.T) {
			if w.contexts == "" {
				w.contexts = clr
			}
			r := north.verify(t, w.build(t, north))
			wantCode(t, r, w.want, w.code)
		})
	}
	for name, w := range map[string]struct {
		doc  string
		want Verdict
		code string
	}{
		"presentation, unsigned":        {`{"@context":[` + ctxV2 + `],"type":["VerifiablePresentation"],"verifiableCredential":[` + a + `]}`, Indeterminate, "proof.unsigned-presentation"},
		"presentation of a forged part": {`{"@context":[` + ctxV2 + `],"type":["VerifiablePresentation"],"verifiableCredential":[` + strings.Replace(a, "Welding", "Surgery", 1) + `]}`, Failed, "proof.signature-mismatch"},
		"presentation of unsigned":      {`{"@context":[` + ctxV2 + `],"type":["VerifiablePresentation"],"verifiableCredential":[` + a + "," + unsignedPart + `]}`, Failed, "proof.missing"},
		"presentation of nothing":       {`{"@context":[` + ctxV2 + `],"type":["VerifiablePresentation"],"holder":"did:example:h"}`, Failed, "proof.missing"},
		"presentation, empty proof":     {`{"@context":[` + ctxV2 + `],"type":["VerifiablePresentation"],"verifiableCredential":[` + a + `],"proof":[]}`, Indeterminate, "proof.unsigned-presentation"},
		"presentation of VC 1.1":        {`{"@context":[` + ctxV1 + `],"type":"VerifiablePresentation","verifiableCredential":` + old + `}`, Indeterminate, "proof.unsigned-presentation"},
		"presentation of a token":       {`{"@context":[` + ctxV2 + `],"type":["VerifiablePresentation"],"verifiableCredential":[` + envelope(token("")) + `]}`, Indeterminate, "proof.unsigned-presentation"},
		"presentation of 1.1, token":    {`{"@context":[` + ctxV1 + `],"type":["VerifiablePresentation"],"verifiableCredential":["` + token("") + `"]}`, Indeterminate, "proof.unsigned-presentation"},
		"list of credentials":           {`[` + a + `,` + b + `]`, Failed, "format.not-an-object"},
		"answer of the CLR interface":   {`{"credential":[` + a + `],"compactJwsString":[]}`, Verified, "issuer.key-bound"},
		"answer with several":           {`{"credential":[` + a + `,` + b + `],"compactJwsString":["` + token("") + `"]}`, Verified, "format.several"},
		"answer with a forged one":      {`{"credential":[` + a + `],"compactJwsString":["` + token("")[:40] + `A` + token("")[41:] + `"]}`, Failed, "format.several"},
		"answer with an unsigned one":   {`{"credential":[` + a + `,` + unsignedPart + `]}`, Failed, "proof.missing"},
		"answer with a number":          {`{"credential":[` + a + `,7]}`, Failed, "format.part-unreadable"},
		"answer with nothing":           {`{"credential":[],"compactJwsString":[]}`, Failed, "format.not-a-credential"},
		"answer in an answer":           {`{"credential":{"credential":` + a + `}}`, Failed, "format.not-a-credential"},
		"request of VC-API":             {`{"verifiableCredential":` + a + `,"options":{}}`, Verified, "issuer.key-bound"},
		"request of VC-API, token":      {`{"verifiableCredential":` + envelope(token("")) + `}`, Verified, "issuer.key-bound"},
		"members with an issuer":        {`{"verifiableCredential":` + a + `,"issuer":"did:web:north.example"}`, Failed, "format.not-a-credential"},
		"byte order mark, line at end":  {"\ufeff" + a + "\n", Failed, "format.json-encoding"},
		"token with white space around": {"\n " + token("") + " \r\n", Verified, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := north.verify(t, w.doc)
			wantCode(t, r, w.want, w.code)
		})
	}
}

// TestDelivery: what several came in counts for nothing itself, and keeps to the limit.
func TestDelivery(t *testing.T) {
	north := newInstitution(t, "north.example")
	a, b := north.badge(t, "a", alice), north.badge(t, "b", "did:example:bob")
	r := north.verify(t, `{"credential":[`+a+`],"compactJwsString":null,"verifiableCredential":[`+b+`]}`)
	if len(r.Credentials) != 2 || r.Credentials[0].Path != "/credential/0" || r.Credentials[1].Path != "/verifiableCredential/0" || r.Summary != (Summary{Total: 2, Verified: 2}) || r.Own != Verified {
		t.Errorf("%+v\n%s", r.Summary, told(r, ""))
	}
	r = north.verify(t, `{"credential":[`+a+`,`+strings.Replace(b, "Algebra", "Geometry", 1)+`]}`)
	if r.Own != Failed || r.Verdict != Failed || r.Summary != (Summary{Total: 2, Verified: 1, Failed: 1}) {
		t.Errorf("one forged: %+v\n%s", r.Summary, told(r, ""))
	}
	r = Verify(t.Context(), []byte(`{"credential":[`+a+`,`+b+`]}`), &Options{Fetcher: north.docs, Now: day, MaxCredentials: 1})
	wantCode(t, r, Failed, "format.too-many")
	r = Verify(t.Context(), []byte(`{"credential":[`+north.record(t, alice, []string{a})+`,`+b+`]}`), &Options{Fetcher: north.docs, Now: day, MaxCredentials: 2})
	wantCode(t, r, Failed, "format.too-many")
}

// TestPresentations: who presents is proven by a seal alone, and somebody else's credential is told.
func TestPresentations(t *testing.T) {
	north := newInstitution(t, "north.example")
	holder := newInstitution(t, "holder.example")
	did := did.Key(holder.signer.Public())
	present := func(about string) string {
		doc := `{"@context":[` + ctxV2 + `],"type":["VerifiablePresentation"],"holder":"` + did + `","verifiableCredential":[` + north.badge(t, "a", about) + `]}`
		out, err := dataintegrity.Sign([]byte(doc), &dataintegrity.SignOptions{Suite: "eddsa-rdfc-2022", Signer: holder.signer, VerificationMethod: did + "#" + strings.TrimPrefix(did, "did:key:"), Purpose: "authentication", Created: day, Challenge: "c", Domain: "d"})
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	own, others := present(did), present(alice)
	r := north.verify(t, own)
	if _, told := r.Find("nested.holder"); r.Verdict != Verified || r.Own != Verified || told {
		t.Errorf("one's own: %s", r.Verdict)
	}
	wantCode(t, north.verify(t, others), Verified, "nested.holder")
	wantCode(t, north.verify(t, strings.Replace(others, did, alice, 1)), Failed, "proof.signature-mismatch")
	cut := others[:strings.LastIndex(others, `,"proof":`)] + "}"
	r = north.verify(t, cut)
	wantCode(t, r, Indeterminate, "proof.unsigned-presentation")
	if _, told := r.Find("nested.holder"); told || r.Own != Indeterminate || r.Credentials[0].Verdict != Verified {
		t.Errorf("nobody signed: own %s", r.Own)
	}
	asked := &Options{Fetcher: north.docs, Now: day, Challenge: "c", Domain: "d"}
	wantCode(t, Verify(t.Context(), []byte(others), asked), Verified, "proof.valid")
	wantCode(t, Verify(t.Context(), []byte(cut), asked), Failed, "proof.missing")
	asked.Challenge = "other"
	wantCode(t, Verify(t.Context(), []byte(others), asked), Failed, "proof.replayed")
}

// TestOtherTokens: what is no credential of ours is called by its name.
func TestOtherTokens(t *testing.T) {
	north := newInstitution(t, "north.example")
	for claims, w := range map[string]struct {
		want Verdict
		code string
	}{
		`{"iss":"https://idp.example","sub":"1","aud":"client","exp":1811721600,"iat":1780185600,"nonce":"n"}`: {Failed, "format.id-token"},
		`{"iss":"https://idp.example","scope":"read"}`:                                                         {Failed, "format.other-token"},
		`{"iss":"https://idp.example","vct":"https://idp.example/diploma","iat":1780185600}`:                   {Indeterminate, "format.sd-jwt-vc"},
	} {
		token := north.jwt(t, claims)
		for _, doc := range []string{token, `{"credential":"` + token + `"}`} {
			r := north.verify(t, doc)
			wantCode(t, r, w.want, w.code)
			if _, damaged := r.Find("format.token-malformed"); damaged {
				t.Errorf("%s is called damaged", claims)
			}
		}
	}
	const disclosure = "WyJzYWx0IiwibmFtZSIsIkFtYXJhIl0"
	sum := sha256.Sum256([]byte(disclosure))
	sd := north.jwt(t, `{"vct":"https://idp.example/diploma","_sd_alg":"sha-256","_sd":["`+base64.RawURLEncoding.EncodeToString(sum[:])+`"]}`) + "~" + disclosure + "~"
	wantCode(t, north.verify(t, sd), Indeterminate, "format.sd-jwt-vc")
}

// TestEndorsementToken: an endorsement given alone is a credential like another.
func TestEndorsementToken(t *testing.T) {
	north := newInstitution(t, "north.example")
	claims := fmt.Sprintf(`{"@context":[%s],"id":"urn:uuid:ej","type":["VerifiableCredential","EndorsementCredential"],"name":"E","issuer":{"id":%[2]q,"type":["Profile"]},"validFrom":"2026-05-31T00:00:00Z","credentialSubject":{"id":"urn:uuid:a1","type":["EndorsementSubject"],"endorsementComment":"Good"},"iss":%[2]q,"sub":"urn:uuid:a1","jti":"urn:uuid:ej","nbf":1780185600}`, ctxV2+","+ctxOB, north.id)
	r := north.verify(t, north.jwt(t, claims))
	if wantCode(t, r, Verified, "issuer.key-bound"); r.Kind != KindEndorsement || r.Standard != StandardOb3 {
		t.Errorf("%s of %s", r.Kind, r.Standard)
	}
	wantCode(t, north.verify(t, north.jwt(t, strings.Replace(claims, `"sub":"urn:uuid:a1"`, `"sub":"urn:uuid:a2"`, 1))), Failed, "proof.claims")
}

// TestWildKeys judges one badge under the ways in which issuers publish keys for embedded proofs.
func TestWildKeys(t *testing.T) {
	north := newInstitution(t, "north.example")
	multikey, err := key.Multikey(north.signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	web := "https://issuer.example/i"
	method := func(id, controller string) string {
		return fmt.Sprintf(`{"id":%q,"type":"Multikey","controller":%q,"publicKeyMultibase":%q}`, id, controller, multikey)
	}
	profile := func(more string) string { return `{"id":"` + web + `","type":["Profile"],"name":"I"` + more + `}` }
	for name, w := range map[string]struct {
		issuer, method string
		docs           map[string]string
		want           Verdict
	}{
		"did:web with path":         {"did:web:path.example:i:7", "did:web:path.example:i:7#k", map[string]string{"https://path.example/i/7/did.json": `{"id":"did:web:path.example:i:7","verificationMethod":[` + method("did:web:path.example:i:7#k", "did:web:path.example:i:7") + `],"assertionMethod":["did:web:path.example:i:7#k"]}`}, Verified},
		"did:web with port":         {"did:web:port.example%3A8443", "did:web:port.example%3A8443#k", map[string]string{"https://port.example:8443/.well-known/did.json": `{"id":"did:web:port.example%3A8443","verificationMethod":[` + method("#k", "did:web:port.example%3A8443") + `],"assertionMethod":["#k"]}`}, Verified},
		"2020 key":                  {"did:web:old.example", "did:web:old.example#k", map[string]string{"https://old.example/.well-known/did.json": `{"id":"did:web:old.example","verificationMethod":[` + strings.Replace(method("did:web:old.example#k", "did:web:old.example"), `"Multikey"`, `"Ed25519VerificationKey2020"`, 1) + `],"assertionMethod":["did:web:old.example#k"]}`}, Verified},
		"embedded assertion method": {"did:web:emb.example", "did:web:emb.example#k", map[string]string{"https://emb.example/.well-known/did.json": `{"id":"did:web:emb.example","assertionMethod":[` + method("did:web:emb.example#k", "did:web:emb.example") + `]}`}, Verified},
		"key of a profile":          {web, web + "#k", map[string]string{web: profile(`,"verificationMethod":[` + method(web+"#k", web) + `],"assertionMethod":["` + web + `#k"]`)}, Verified},
		"key at its own address":    {web, "https://issuer.example/keys/1", map[string]string{web: profile(""), "https://issuer.example/keys/1": method("https://issuer.example/keys/1", web)}, Verified},
		"key in the fragment":       {web, web + "#" + multikey, map[string]string{web: profile(`,"verificationMethod":[` + method(web+"#"+multikey, web) + `],"assertionMethod":["` + web + `#` + multikey + `"]`)}, Verified},
		"key in the fragment, list": {web, web + "#" + multikey, map[string]string{web: profile(""), "https://issuer.example/.well-known/jwks.json": keySet(t, north)}, Verified},
		"plain profile":             {web, web + "#" + multikey, map[string]string{web: profile("")}, Indeterminate},
		"plain profile, empty list": {web, web + "#" + multikey, map[string]string{web: profile(""), "https://issuer.example/.well-known/jwks.json": `{"keys":[]}`}, Failed},
		"did:web of the same host":  {web, "did:web:issuer.example#k", map[string]string{web: profile(""), "https://issuer.example/.well-known/did.json": `{"id":"did:web:issuer.example","verificationMethod":[` + method("did:web:issuer.example#k", "did:web:issuer.example") + `],"assertionMethod":["did:web:issuer.example#k"]}`}, Failed},
		"did:key for a web issuer":  {web, did.Key(north.signer.Public()) + "#" + multikey, map[string]string{web: profile("")}, Failed},
		"another DID method":        {"did:ion:abc", "did:ion:abc#k", nil, Indeterminate},
		"cheqd":                     {"did:cheqd:mainnet:7bf81a20-633c-4cc7-bc4a-5a45801005e0", "did:cheqd:mainnet:7bf81a20-633c-4cc7-bc4a-5a45801005e0#k", nil, Indeterminate},
	} {
		t.Run(name, func(t *testing.T) {
			doc := (&wild{contexts: ctxV2 + "," + ctxOB, members: wildBody("ISSUER", `{"id":"`+w.issuer+`","type":["Profile"]}`), method: w.method}).build(t, north)
			docs := maps.Clone(north.docs)
			for url, body := range w.docs {
				docs[url] = []byte(body)
			}
			r := Verify(t.Context(), []byte(doc), &Options{Fetcher: docs, Now: day})
			wantCode(t, r, w.want, "")
		})
	}
}

func keySet(t testing.TB, i *institution) string {
	t.Helper()
	jwk, err := key.JWK(i.signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	b, err := marshal(map[string]any{"keys": []any{jwk}})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
