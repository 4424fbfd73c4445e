package verify

import (
	"slices"
	"strings"
	"testing"
)

// TestUncovered: members of the standard's own model that its published context leaves out can be changed without
// breaking the seal. They are told, and prove nobody.
func TestUncovered(t *testing.T) {
	north := newInstitution(t, "north.example")
	algebra := north.badge(t, "a0000000-0000-4000-8000-000000000001", alice)
	plain := north.record(t, alice, []string{algebra}, "clr/v2p0/context-2.0.1.json", "clr/v2p0/context.json")
	for member, edit := range map[string][2]string{
		"/credentialSubject/identifier": {`"type": ["ClrSubject"],`, `"type": ["ClrSubject"], "identifier": [{"type": "IdentityObject", "identityType": "emailAddress", "hashed": false, "identityHash": "a@example.edu"}],`},
		"/partial":                      {`"name": "Transcript",`, `"name": "Transcript", "partial": true,`},
		"/awardedDate":                  {`"name": "Transcript",`, `"name": "Transcript", "awardedDate": "2026-01-01T00:00:00Z",`},
	} {
		t.Run(member, func(t *testing.T) {
			r := Verify(t.Context(), []byte(strings.Replace(plain, edit[0], edit[1], 1)), &Options{Fetcher: north.docs, Now: day, Recipients: []Recipient{{"emailAddress", "a@example.edu"}}})
			if _, covered := r.Find("proof.signature-mismatch"); covered {
				return
			}
			if r.Own != Verified {
				t.Errorf("got %s\n%s", r.Own, told(r, ""))
			}
			if !slices.ContainsFunc(r.Uncovered, func(u string) bool { return strings.HasPrefix(u, member) }) {
				t.Errorf("added %s, verdict %s, and it is not told as uncovered: %v", member, r.Verdict, r.Uncovered)
			}
			if _, ok := r.Find("recipient.matches"); ok {
				t.Error("an identifier that anybody could have written proves the recipient")
			}
		})
	}
}
