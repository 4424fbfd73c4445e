package verify_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/ob"
)

// words are texts that have broken a reader of records somewhere.
var words = []string{
	"Algebra", "Größe", "日本語", "עברית", "e\u0301 and é", "a \"quoted\" \\ text", "line\nbreak\ttab", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 😀", "\u2028\u2029", "<b>&amp;</b>", " _:b0", " https://x.example/ ", "\u007f\u0080", "0", "",
}

type generator struct{ *rand.Rand }

func (g generator) text() string { return words[g.IntN(len(words))] }

// some is a text that says something.
func (g generator) some() string { return "x" + g.text() }

func (g generator) maybe(f func()) {
	if g.IntN(2) == 0 {
		f()
	}
}

func (g generator) time() ob.DateTime {
	return ob.At(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(g.IntN(700*24)) * time.Hour))
}

func (g generator) profile(id string) ob.Profile {
	p := ob.Profile{ID: id, Type: []string{"Profile"}, Name: g.some()}
	g.maybe(func() { p.URL = "https://north.example/" })
	g.maybe(func() { p.Description = g.text() })
	g.maybe(func() { p.Email = "registrar@north.example" })
	g.maybe(func() {
		p.Image = &ob.Image{ID: "data:image/png;base64,iVBORw0KGgo=", Type: "Image", Caption: g.text()}
	})
	g.maybe(func() {
		p.Address = &ob.Address{Type: []string{"Address"}, AddressLocality: g.some(), Geo: &ob.GeoCoordinates{Type: "GeoCoordinates", Latitude: g.Float64() * 90, Longitude: 1.5e-7}}
	})
	g.maybe(func() {
		p.OtherIdentifier = []ob.IdentifierEntry{{Type: "IdentifierEntry", Identifier: g.some(), IdentifierType: "identifier"}}
	})
	return p
}

func (g generator) achievement(n int) *ob.Achievement {
	id := fmt.Sprintf("https://north.example/achievements/%d", n)
	a := &ob.Achievement{ID: id, Type: []string{"Achievement"}, Name: g.some(), Description: g.text(), Criteria: ob.Criteria{Narrative: g.some()}, AchievementType: "Course"}
	g.maybe(func() { a.HumanCode = g.some() })
	g.maybe(func() { a.FieldOfStudy = g.text() })
	g.maybe(func() { a.Tag = []string{g.some(), g.some(), "same", "same"} })
	g.maybe(func() { c := []float64{0, 0.1, 3, 1e21, 2.5e-7}[g.IntN(5)]; a.CreditsAvailable = &c })
	g.maybe(func() { p := g.profile("https://north.example/creator"); a.Creator = &p })
	g.maybe(func() {
		a.Alignment = []ob.Alignment{{Type: []string{"Alignment"}, TargetName: g.some(), TargetURL: "https://frame.example/1?a=b&c=%20"}, {Type: []string{"Alignment"}, TargetName: g.some(), TargetURL: "https://frame.example/2", TargetCode: g.text()}}
	})
	a.ResultDescription = []ob.ResultDescription{{ID: fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", n), Type: []string{"ResultDescription"}, Name: g.some(), ResultType: "LetterGrade", AllowedValue: []string{"F", "C", "B", "A"}}}
	return a
}

func randomBadge(t testing.TB, r *rand.Rand, issuer string, n int) []byte {
	t.Helper()
	g := generator{r}
	a := g.achievement(n)
	c := ob.AchievementCredential{
		ID: fmt.Sprintf("urn:uuid:10000000-0000-4000-8000-%012d", n), Type: []string{"VerifiableCredential", "AchievementCredential"},
		Name: g.some(), Issuer: g.profile(issuer), ValidFrom: g.time(),
		CredentialSubject: ob.AchievementSubject{
			ID: "did:example:alice", Type: []string{"AchievementSubject"}, Achievement: a,
			Result: []ob.Result{{Type: []string{"Result"}, ResultDescription: a.ResultDescription[0].ID, Value: "B"}},
		},
	}
	g.maybe(func() { c.ValidUntil = ob.At(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)) })
	g.maybe(func() { c.Description = g.text() })
	g.maybe(func() { c.CredentialSubject.Narrative = g.text() })
	g.maybe(func() { c.CredentialSubject.Term = g.some() })
	g.maybe(func() { c.CredentialSubject.ActivityStartDate = g.time() })
	g.maybe(func() {
		c.CredentialSubject.Identifier = issue.Learner{Name: g.some(), Email: "a@example.edu"}.Identities("salt")
	})
	g.maybe(func() {
		c.Evidence = []ob.Evidence{{Type: []string{"Evidence"}, Name: g.some(), Narrative: g.text()}, {ID: "https://north.example/evidence", Type: []string{"Evidence"}}}
	})
	doc, err := issue.Award(c)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func randomRecord(t testing.TB, r *rand.Rand, issuer string, n int, badges ...string) []byte {
	t.Helper()
	g := generator{r}
	c := clr.ClrCredential{
		ID: fmt.Sprintf("urn:uuid:20000000-0000-4000-8000-%012d", n), Type: []string{"VerifiableCredential", "ClrCredential"},
		Name: g.some(), Issuer: g.profile(issuer), ValidFrom: g.time(),
		CredentialSubject: clr.ClrSubject{ID: "did:example:alice", Type: []string{"ClrSubject"}},
	}
	for _, b := range badges {
		c.CredentialSubject.VerifiableCredential = append(c.CredentialSubject.VerifiableCredential, json.RawMessage(b))
	}
	g.maybe(func() { c.Description = g.text() })
	g.maybe(func() {
		c.CredentialSubject.Achievement = []ob.Achievement{*g.achievement(500 + n), *g.achievement(600 + n)}
	})
	doc, err := issue.CLR(c)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// mutations change the text of a signed credential.
var mutations = map[string]func(*rand.Rand, string) string{
	"flip a bit": func(r *rand.Rand, s string) string {
		b := []byte(s)
		b[r.IntN(len(b))] ^= 1 << r.IntN(7)
		return string(b)
	},
	"flip a letter": func(r *rand.Rand, s string) string {
		i := strings.Index(s, `"narrative":"x`)
		return s[:i] + `"narrative":"y` + s[i+len(`"narrative":"x`):]
	},
	"flip the signature": func(r *rand.Rand, s string) string {
		i := strings.Index(s, `"proofValue":"`) + len(`"proofValue":"`) + 5 + r.IntN(40)
		c := byte('A')
		if s[i] == c {
			c = 'B'
		}
		return s[:i] + string(c) + s[i+1:]
	},
	"drop a member": func(r *rand.Rand, s string) string {
		return strings.Replace(s, `"name":`, `"description":`, 1)
	},
	"drop the type":      replace(`"type":["Result"],`, ``),
	"drop valid from":    replace(`"validFrom":`, `"awardedDate":`),
	"other grade":        replace(`"value":"B"`, `"value":"A"`),
	"grade in a list":    replace(`"value":"B"`, `"value":["B"]`),
	"two grades":         replace(`"value":"B"`, `"value":["B","A"]`),
	"swap list":          replace(`"F","C"`, `"C","F"`),
	"swap types":         replace(`"VerifiableCredential","AchievementCredential"`, `"AchievementCredential","VerifiableCredential"`),
	"add undefined term": replace(`"value":"B"`, `"value":"B","grade":"A+"`),
	"add defined term":   replace(`"value":"B"`, `"value":"B","status":"Completed"`),
	"add undefined type": replace(`"type":["Result"]`, `"type":["Result","BetterResult"]`),
	"duplicate member":   replace(`"value":"B"`, `"value":"A","value":"B"`),
	"null member":        replace(`"value":"B"`, `"value":"B","status":null`),
	"empty list":         replace(`"value":"B"`, `"value":"B","alignment":[]`),
	"white space":        replace(`"value":"B"`, " \n\"value\" :\t\"B\" "),
	"escape":             replace(`"value":"B"`, `"value":"\u0042"`),
	"escaped name":       replace(`"value":"B"`, `"val\u0075e":"B"`),
	"half a surrogate":   replace(`"value":"B"`, `"value":"\ud800"`),
	"look-alike":         replace(`"value":"B"`, `"value":"В"`),
	"decompose":          replace(`é`, "e\u0301"),
	"re-order":           replace(`"type":["Result"],"resultDescription"`, `"resultDescription"`),
	"other issuer":       replace(`"issuer":{"id":"did:key:z`, `"issuer":{"id":"did:key:y`),
	"other subject":      replace(`did:example:alice`, `did:example:bob`),
	"other purpose":      replace(`"assertionMethod"`, `"authentication"`),
	"other time":         replace(`"created":"2026-06-01T11`, `"created":"2026-06-01T10`),
	"no context":         replace(`"https://www.w3.org/ns/credentials/v2",`, ``),
	"other context":      replace(`context-3.0.3.json`, `context-3.0.2.json`),
	"unknown context":    replace(`context-3.0.3.json"`, `context-3.0.3.json","https://unknown.example/context"`),
	"expired":            replace(`"validFrom"`, `"validUntil":"2026-01-01T00:00:00Z","validFrom"`),
	"move members":       moveMembers,
}

func replace(old, new string) func(*rand.Rand, string) string {
	return func(_ *rand.Rand, s string) string { return strings.Replace(s, old, new, 1) }
}

// moveMembers writes the document with the members of every object in another order: it stays the same document.
func moveMembers(_ *rand.Rand, s string) string {
	var v map[string]any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return s
	}
	out, err := json.Marshal(v) // sorts
	if err != nil {
		return s
	}
	return string(out)
}
