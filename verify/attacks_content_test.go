package verify

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/statuslist"
)

// TestContentAttacks: what a well-sealed credential says may still be wrong (section C of the attack list).
func TestContentAttacks(t *testing.T) {
	north, south := newInstitution(t, "north.example"), newInstitution(t, "south.example")
	maps.Copy(north.docs, south.docs)
	clr, ob := ctxV2+","+ctxCLR+","+ctxOB, ctxV2+","+ctxOB
	record := func(parts string) string {
		return `"id":"urn:uuid:r","type":["VerifiableCredential","ClrCredential"],"name":"Record","issuer":ISSUER,"validFrom":"2026-06-01T00:00:00Z","credentialSubject":{"id":"SUBJ","type":["ClrSubject"],"verifiableCredential":[` + parts + `]}`
	}
	badge := (&wild{contexts: ob, members: wildBody()}).build(t, north)
	endorsement := func(by *institution, of string) string {
		return (&wild{contexts: ob, members: `"id":"urn:uuid:e","type":["VerifiableCredential","EndorsementCredential"],"name":"E","issuer":ISSUER,"validFrom":"2026-05-31T00:00:00Z","credentialSubject":{"id":"` + of + `","type":["EndorsementSubject"],"endorsementComment":"Good"}`}).build(t, by)
	}
	nested := badge
	for range MaxNesting + 1 {
		nested = (&wild{contexts: clr, members: record(nested)}).build(t, north)
	}
	for name, w := range map[string]wild{
		"C05 part by its address":               {contexts: clr, members: record(`"https://north.example/badges/1"`), want: Failed, code: "format.part-unreadable"},
		"C07 itself inside itself":              {contexts: clr, members: record((&wild{contexts: clr, members: record(badge)}).build(t, north)), want: Failed, code: "nested.itself"},
		"C09 backwards":                         {contexts: ob, members: wildBody(`"credentialSubject"`, `"validUntil":"2026-05-30T00:00:00Z","credentialSubject"`), want: Failed, code: "validity.backwards"},
		"C09 no dates":                          {contexts: ob, members: wildBody(`"validFrom":"2026-05-31T00:00:00Z",`, ""), want: Failed, code: "schema.invalid"},
		"C09 names of 1.1 in 2.0":               {contexts: ob, members: wildBody(`"validFrom"`, `"issuanceDate"`), want: Failed, code: "schema.invalid"},
		"C12 endorsement by the endorsed":       {contexts: ob, members: wildBody("ISSUER", `{"id":"ISS","type":["Profile"],"name":"N","endorsement":[`+endorsement(north, north.id)+`]}`), want: Verified, code: "endorsement.by-the-subject"},
		"C12 endorsement of another thing":      {contexts: ob, members: wildBody("ACH", strings.Replace(plainAch, `"name"`, `"endorsement":[`+endorsement(south, "urn:uuid:zz")+`],"name"`, 1)), want: Verified, code: "endorsement.of-something-else"},
		"C14 type of a record, body of a badge": {contexts: clr, members: wildBody("OpenBadgeCredential", "ClrCredential"), want: Failed, code: "schema.invalid"},
		"C14 unknown type":                      {contexts: ob, members: wildBody("OpenBadgeCredential", "MagicCredential"), want: Failed, code: "schema.type"},
		"L10 every word defined":                {contexts: ob + `,{"@vocab":"urn:x:"}`, members: wildBody(), want: Failed, code: "context.vocab"},
		"L11 a word redefined":                  {contexts: ob + `,{"grade":"https://purl.imsglobal.org/spec/vc/ob/vocab.html#value","name":"urn:x:n"}`, members: wildBody(), want: Failed},
		"L13 a hidden node":                     {contexts: ob, members: wildBody(`"issuer"`, `"@included":[{"id":"urn:x:1","type":["Achievement"]}],"issuer"`), want: Failed, code: "context.keyword"},
		"L15 a relative id":                     {contexts: ob, members: wildBody(`urn:uuid:a1`, "a1", "ACH", strings.Replace(plainAch, "urn:uuid:a1", "a1", 1)), want: Failed, code: "context.undefined-term"},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, north.verify(t, w.build(t, north)), w.want, w.code)
		})
	}
	wantCode(t, north.verify(t, nested), Failed, "format.too-deep")
}

// TestListAttacks: a list that cannot be relied on never reads as "not withdrawn" (section S of the attack list).
func TestListAttacks(t *testing.T) {
	north, mallory := newInstitution(t, "north.example"), newInstitution(t, "mallory.example")
	entry := func(purpose, more string) string {
		return fmt.Sprintf(`{"type":"BitstringStatusListEntry","statusPurpose":%q,"statusListIndex":"8","statusListCredential":"https://north.example/l"%s}`, purpose, more)
	}
	list := func(i *institution, purpose, more, bits string) []byte {
		return []byte(i.sign(t, fmt.Sprintf(`{"@context":[%s],"id":"https://north.example/l","type":["VerifiableCredential","BitstringStatusListCredential"],"issuer":%q,"validFrom":"2026-05-01T00:00:00Z"%s,
	"credentialSubject":{"id":"https://north.example/l#list","type":"BitstringStatusList","statusPurpose":%s,"encodedList":%q}}`, ctxV2, i.id, more, purpose, bits)))
	}
	clear := make([]byte, statuslist.MinEntries/8)
	set := make([]byte, statuslist.MinEntries/8)
	set[1] = 0x80
	whole, withdrawn := statuslist.Encode(clear), statuslist.Encode(set)
	revocations := func(body string) []byte {
		return []byte(`{"id":"https://north.example/l","issuer":"` + north.id + `","revokedCredential":` + body + `}`)
	}
	const edtech = `{"id":"https://north.example/l","type":"1EdTechRevocationList"}`
	revocation := entry("revocation", "")
	for name, tc := range map[string]struct {
		entry string
		list  []byte
		want  Verdict
		code  string
	}{
		"control":                          {revocation, list(north, `"revocation"`, "", whole), Verified, "status.clear"},
		"S03 entries of no bits":           {entry("revocation", `,"statusSize":0`), list(north, `"revocation"`, "", whole), Indeterminate, "status.entry"},
		"S03 entries of many bits":         {entry("revocation", `,"statusSize":2147483648`), list(north, `"revocation"`, "", whole), Indeterminate, "status.entry"},
		"S04 a bit too short":              {revocation, list(north, `"revocation"`, "", statuslist.Encode(clear[:len(clear)-1])), Indeterminate, "status.list-short"},
		"S04 too short, set":               {revocation, list(north, `"revocation"`, "", statuslist.Encode(set[:len(set)-1])), Failed, "status.revoked"},
		"S05 another purpose":              {revocation, list(north, `"suspension"`, "", whole), Indeterminate, "status.purpose"},
		"S05 several purposes":             {revocation, list(north, `["suspension","revocation"]`, "", whole), Verified, "status.clear"},
		"S06 set, then of another purpose": {"[" + revocation + "," + entry("suspension", "") + "]", list(north, `"revocation"`, "", withdrawn), Failed, "status.revoked"},
		"S06 of another purpose, then set": {"[" + entry("suspension", "") + "," + revocation + "]", list(north, `"revocation"`, "", withdrawn), Failed, "status.revoked"},
		"S07 by somebody else":             {revocation, list(mallory, `"revocation"`, "", whole), Indeterminate, "status.list-issuer"},
		"S07 changed":                      {revocation, []byte(strings.Replace(string(list(north, `"revocation"`, "", withdrawn)), withdrawn, whole, 1)), Indeterminate, "status.list-proof"},
		"S08 of last month":                {revocation, list(north, `"revocation"`, `,"validUntil":"2026-05-02T00:00:00Z"`, whole), Indeterminate, "status.list-time"},
		"S08 of last month, set":           {revocation, list(north, `"revocation"`, `,"validUntil":"2026-05-02T00:00:00Z"`, withdrawn), Failed, "status.revoked"},
		"S09 nothing there":                {revocation, nil, Indeterminate, "status.unavailable"},
		"S09 empty":                        {revocation, []byte{}, Indeterminate, "status.list-unusable"},
		"S09 a web page":                   {revocation, []byte("<html>"), Indeterminate, "status.list-unusable"},
		"S15 twice, once not":              {edtech, revocations(`[{"id":"urn:uuid:w","revoked":false},{"id":"urn:uuid:w"}]`), Failed, "status.revoked"},
		"S15 twice, the other way":         {edtech, revocations(`[{"id":"urn:uuid:w"},{"id":"urn:uuid:w","revoked":false}]`), Failed, "status.revoked"},
		"S15 an id in capitals":            {edtech, revocations(`[{"id":"URN:UUID:W"},{"id":"urn:uuid:w/"}]`), Verified, "status.clear"},
	} {
		t.Run(name, func(t *testing.T) {
			docs := maps.Clone(north.docs)
			maps.Copy(docs, mallory.docs)
			docs["https://north.example/l"] = tc.list
			contexts := ctxV2 + "," + ctxOB
			if tc.entry == edtech {
				contexts += "," + ctxExt
			}
			doc := (&wild{contexts: contexts, members: wildBody(`"issuer"`, `"credentialStatus":`+tc.entry+`,"issuer"`)}).build(t, north)
			r := Verify(t.Context(), []byte(doc), &Options{Fetcher: docs, Now: day})
			wantCode(t, r, tc.want, tc.code)
			if _, clear := r.Find("status.clear"); clear && tc.want != Verified && !strings.HasPrefix(tc.entry, "[") {
				t.Error("it reads as not withdrawn")
			}
		})
	}

	t.Run("S11 entry taken out", func(t *testing.T) {
		doc := (&wild{contexts: ctxV2 + "," + ctxOB, members: wildBody(`"issuer"`, `"credentialStatus":`+revocation+`,"issuer"`)}).build(t, north)
		wantCode(t, north.verify(t, strings.Replace(doc, `"credentialStatus":`+revocation+`,`, "", 1)), Failed, "proof.signature-mismatch")
	})
}
