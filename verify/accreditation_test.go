package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// byIssuerID answers with the listings of an issuer.
type byIssuerID map[string][]Listing

func (l byIssuerID) Listed(id string) []Listing { return l[id] }

// TestAccreditation: who stands for the issuer is told by the lists, and by nothing that the issuer can write itself.
func TestAccreditation(t *testing.T) {
	north, board := newInstitution(t, "north.example"), newInstitution(t, "board.example")
	for url, b := range board.docs {
		north.docs[url] = b
	}
	endorse := func(by *institution, of string) string {
		return by.sign(t, fmt.Sprintf(`{"@context":[%s,%s],"id":"urn:uuid:e","type":["VerifiableCredential","EndorsementCredential"],"name":"Accredited","issuer":{"id":%q,"type":["Profile"],"name":"Claims To Be The Board"},"validFrom":"2026-05-01T00:00:00Z","credentialSubject":{"id":%q,"type":["EndorsementSubject"],"endorsementComment":"May award degrees"}}`, ctxV2, ctxOB, by.id, of))
	}
	token := func(by *institution, of string) string {
		return by.jwt(t, fmt.Sprintf(`{"@context":[%s,%s],"id":"urn:uuid:ej","type":["VerifiableCredential","EndorsementCredential"],"name":"E","issuer":{"id":%[3]q,"type":["Profile"]},"validFrom":"2026-05-31T00:00:00Z","credentialSubject":{"id":%[4]q,"type":["EndorsementSubject"],"endorsementComment":"Good"},"iss":%[3]q,"sub":%[4]q,"jti":"urn:uuid:ej","nbf":1780185600}`, ctxV2, ctxOB, by.id, of))
	}
	carrying := func(member string) string {
		return north.badge(t, "x", alice, `"name": "North College"}`, `"name": "North College", `+member+`}`)
	}
	sealedJCS := func(member string) string { // the published contexts leave the word undefined in a profile
		var doc map[string]any
		if err := json.Unmarshal([]byte(north.badge(t, "x", alice, `"name": "North College"}`, `"name": "North College" }`)), &doc); err != nil {
			t.Fatal(err)
		}
		delete(doc, "proof")
		plain, err := ijson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return north.signWith(t, strings.Replace(string(plain), `"name":"North College"`, `"name":"North College",`+member, 1), "eddsa-jcs-2022", north.id+"#key-1")
	}
	accreditor := byIssuerID{board.id: {{Registry: "Ministry", Name: "The Board", Accreditor: true}}}
	known := byIssuerID{board.id: {{Registry: "Partners"}}}
	for name, tc := range map[string]struct {
		doc     string
		lists   byIssuerID
		code    string
		says    string
		verdict Verdict
	}{
		"accreditor":         {carrying(`"endorsement": [` + endorse(board, north.id) + `]`), accreditor, "trust.accredited", "The Board stands for the issuer, and is an accreditor by the word of Ministry.", Verified},
		"single, no list":    {carrying(`"endorsement": ` + endorse(board, north.id)), accreditor, "trust.accredited", "The Board", Verified},
		"as token":           {sealedJCS(`"endorsementJwt": ["` + token(board, north.id) + `"]`), accreditor, "trust.accredited", "The Board", Verified},
		"known":              {carrying(`"endorsement": [` + endorse(board, north.id) + `]`), known, "trust.endorsed", "did:web:board.example stands for the issuer, and is itself known to Partners.", Verified},
		"unknown":            {carrying(`"endorsement": [` + endorse(board, north.id) + `]`), byIssuerID{}, "trust.endorser-unknown", "did:web:board.example", Verified},
		"of somebody else":   {carrying(`"endorsement": [` + endorse(board, "did:web:south.example") + `]`), accreditor, "trust.endorsement-void", "did:web:board.example", Verified},
		"by itself":          {carrying(`"endorsement": [` + endorse(north, north.id) + `]`), byIssuerID{north.id: {{Registry: "Ministry", Accreditor: true}}}, "trust.endorsement-void", north.id, Verified},
		"forged":             {carrying(`"endorsement": [` + strings.Replace(endorse(board, north.id), "degrees", "doctorates", 1) + `]`), accreditor, "trust.endorsement-void", board.id, Failed},
		"in another's name":  {carrying(`"endorsement": [` + strings.Replace(endorse(north, north.id), north.id, board.id, 1) + `]`), accreditor, "trust.endorsement-void", board.id, Failed},
		"about the badge":    {north.badge(t, "x", alice, `"validFrom"`, `"endorsement": [`+endorse(board, north.id)+`], "validFrom"`), accreditor, "", "", Verified},
		"marks":              {north.badge(t, "x", alice), byIssuerID{north.id: {{Registry: "Federation", Marks: []Mark{{Type: "https://anchor.example/accredited"}}}}}, "trust.mark", "Federation vouches for the issuer: https://anchor.example/accredited.", Verified},
		"marks that ended":   {north.badge(t, "x", alice), byIssuerID{north.id: {{Registry: "Federation", Marks: []Mark{{Type: "x", Until: day}}}}}, "", "", Verified},
		"issuer not its own": {strings.Replace(carrying(`"endorsement": [`+endorse(board, north.id)+`]`), `"Algebra I"`, `"Algebra II"`, 1), accreditor, "", "", Failed},
		"no lists at all":    {carrying(`"endorsement": [` + endorse(board, north.id) + `]`), nil, "", "", Verified},
	} {
		o := &Options{Fetcher: north.docs, Now: day}
		if tc.lists != nil {
			o.Issuers = tc.lists
		}
		r := Verify(t.Context(), []byte(tc.doc), o)
		if r.Verdict != tc.verdict {
			t.Errorf("%s: %s, want %s\n%s", name, r.Verdict, tc.verdict, told(r, ""))
		}
		f, found := r.Find(tc.code)
		if tc.code != "" && (!found || !strings.Contains(f.Message, tc.says)) {
			t.Errorf("%s: %+v, want %s with %q\n%s", name, f, tc.code, tc.says, told(r, ""))
		}
		for _, code := range []string{"trust.accredited", "trust.endorsed", "trust.mark"} {
			if _, found := r.Find(code); found && code != tc.code {
				t.Errorf("%s: %s", name, code)
			}
		}
	}
}

// kept is a history of one list.
type kept struct {
	list  string
	index uint64
	since time.Time
}

func (k kept) Since(_ context.Context, list string, index uint64) (time.Time, bool) {
	return k.since, list == k.list && index == k.index
}

// TestHistory: what can be known about a day gone by is told, and what cannot is not made up.
func TestHistory(t *testing.T) {
	north := newInstitution(t, "north.example")
	revocations := north.publishList(t, "revocation", 5)
	suspensions := north.publishList(t, "suspension", 6) // both sealed an hour before day
	entry := func(index int, purpose string) string {
		return north.badge(t, "x", alice, `"name": "Algebra",
	"issuer"`, north.statusEntry(index, purpose)+`: "Algebra", "issuer"`)
	}
	june := day.Add(-time.Minute)
	may := time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		doc     string
		on      time.Time
		history StatusHistory
		code    string
		says    string
	}{
		"not asked":                    {entry(1, "revocation"), time.Time{}, nil, "", ""},
		"clear":                        {entry(1, "revocation"), may, nil, "history.good", "On 2026-05-31T12:00:00Z the record was in force"},
		"before it began":              {entry(1, "revocation"), may.AddDate(0, 0, -1), nil, "history.not-begun", "it begins on 2026-05-31T00:00:00Z"},
		"after it ended":               {north.badge(t, "x", alice, `"validFrom": "2026-05-31T00:00:00Z"`, `"validFrom": "2026-05-01T00:00:00Z", "validUntil": "2026-05-30T00:00:00Z"`), may, nil, "history.ended", "it ended on 2026-05-30"},
		"within it, expired now":       {north.badge(t, "x", alice, `"validFrom": "2026-05-31T00:00:00Z"`, `"validFrom": "2026-05-01T00:00:00Z", "validUntil": "2026-05-31T20:00:00Z"`), may, nil, "history.good", ""},
		"ahead":                        {entry(1, "revocation"), day.AddDate(1, 0, 0), nil, "history.unknown", "has not come yet"},
		"revoked, since when unknown":  {entry(5, "revocation"), may, nil, "history.unknown", "does not say since when"},
		"revoked, list sealed before":  {entry(5, "revocation"), june, nil, "history.withdrawn", "at the latest on 2026-06-01T11:00:00Z"},
		"revoked, kept, before":        {entry(5, "revocation"), may, kept{revocations, 5, may.Add(-time.Hour)}, "history.withdrawn", "on 2026-05-31T11:00:00Z"},
		"revoked, kept, after":         {entry(5, "revocation"), may, kept{revocations, 5, may.Add(time.Hour)}, "history.good", ""},
		"revoked, another's history":   {entry(5, "revocation"), may, kept{revocations, 6, may.Add(time.Hour)}, "history.unknown", ""},
		"not suspended now":            {entry(7, "suspension"), may, nil, "history.unknown", "suspensions come and go"},
		"not suspended, list before":   {entry(7, "suspension"), june, nil, "history.good", ""},
		"never suspended, kept":        {entry(7, "suspension"), may, kept{suspensions, 7, time.Time{}}, "history.good", ""},
		"suspended since, kept":        {entry(6, "suspension"), may, kept{suspensions, 6, may.Add(-time.Hour)}, "history.withdrawn", "suspended already"},
		"suspended after, kept":        {entry(6, "suspension"), may, kept{suspensions, 6, may.Add(time.Hour)}, "history.unknown", ""},
		"forged":                       {strings.Replace(entry(1, "revocation"), `"C"`, `"A"`, 1), may, nil, "history.unknown", "seal"},
		"a record that cannot be read": {`{}`, may, nil, "", ""},
	} {
		r := Verify(t.Context(), []byte(tc.doc), &Options{Fetcher: north.docs, Now: day, On: tc.on, History: tc.history})
		if without := north.verify(t, tc.doc); without.Verdict != r.Verdict {
			t.Errorf("%s: the verdict went from %s to %s", name, without.Verdict, r.Verdict)
		}
		var got []string
		for _, f := range r.Findings {
			if f.Check == "history" {
				got = append(got, f.Code)
				if !strings.Contains(f.Message, tc.says) {
					t.Errorf("%s: %q, want %q in it", name, f.Message, tc.says)
				}
			}
		}
		if strings.Join(got, " ") != tc.code {
			t.Errorf("%s: %v, want %s\n%s", name, got, tc.code, told(r, ""))
		}
	}
	delete(north.docs, revocations)
	r := Verify(t.Context(), []byte(entry(1, "revocation")), &Options{Fetcher: north.docs, Now: day, On: may})
	if f, ok := r.Find("history.unknown"); !ok || !strings.Contains(f.Message, "could not be read") {
		t.Errorf("unreachable list: %+v", f)
	}
}
