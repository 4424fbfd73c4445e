package registrar

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

// awardCredential assembles the achievement credential of an award. The same input gives the same document, byte for
// byte: a retry after a crash signs what the first try signed.
func awardCredential(i *record.Institution, l *record.Learner, t *awardTicket) ob.AchievementCredential {
	a := t.award
	detail := &a.Detail
	body := t.body
	c := ob.AchievementCredential{
		Context:          []string{contextVC2, ob.ContextV303},
		ID:               i.RecordURL(a.CredentialID),
		Type:             []string{"VerifiableCredential", "AchievementCredential"},
		Name:             testName(i, body.Name),
		Description:      body.Description,
		Issuer:           issuerProfile(i),
		ValidFrom:        ob.At(t.place.validFrom),
		AwardedDate:      dateTime(detail.AwardedOn, false),
		ValidUntil:       dateTime(detail.Expires, true),
		CredentialStatus: statusEntry(i, t.place.entry),
		RefreshService:   refreshService(t.place.refresh),
		TermsOfUse:       terms(i),
		CredentialSubject: ob.AchievementSubject{
			ID: l.SubjectID, Type: []string{"AchievementSubject"}, Identifier: identities(l, a.CredentialID),
			Achievement: &body, ActivityStartDate: dateTime(detail.ActivityStart, false), ActivityEndDate: dateTime(detail.ActivityEnd, true),
			CreditsEarned: decimal(detail.Credits), LicenseNumber: detail.LicenseNumber, Narrative: detail.Narrative,
			Role: detail.Role, Term: detail.Term, Source: sourceProfile(i, detail.Source), Result: results(detail.Results),
		},
	}
	for _, e := range detail.Evidence {
		c.Evidence = append(c.Evidence, ob.Evidence{ID: e.URL, Type: []string{"Evidence"}, Name: e.Name, Narrative: e.Narrative,
			Description: e.Description, Genre: e.Genre, Audience: e.Audience})
	}
	return c
}

// terms marks what a test space signs, for verifiers; testName does it for people whose verifier does not know the mark.
func terms(i *record.Institution) []ob.Reference {
	if !i.Profile.Test {
		return nil
	}
	return []ob.Reference{{Type: vc.TermsTest}}
}

func testName(i *record.Institution, name string) string {
	if !i.Profile.Test {
		return name
	}
	return "Test: " + name
}

// dateTime writes a date as the standard wants it; a day without a time begins or ends with the day, in UTC.
func dateTime(s string, end bool) ob.DateTime {
	if s == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return ob.DateTime(s)
	}
	if end {
		return ob.DateTime(s + "T23:59:59Z")
	}
	return ob.DateTime(s + "T00:00:00Z")
}

func decimal(s string) *float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &f
}

// identities says who the subject is: the name in the open, because a record without a name is of no use to its
// reader; address and student number as salted hashes, because a reader who knows them can compare and one who does
// not has no need of them. The salt comes of the credential's own random id, so that two credentials of one person
// cannot be joined by it.
func identities(l *record.Learner, credentialID string) []ob.IdentityObject {
	out := []ob.IdentityObject{ob.Identity(ob.IdentifierName, l.Name.Display)}
	hashed := func(kind ob.IdentifierType, value string) {
		if value != "" {
			out = append(out, ob.HashedIdentity(kind, value, record.Sum([]byte(credentialID + "\x1f" + string(kind)))[:32]))
		}
	}
	hashed(ob.IdentifierEmail, l.Email)
	for _, id := range l.Identifiers {
		kind := ob.IdentifierType(id.Type)
		if kind != ob.IdentifierName && kind != ob.IdentifierEmail && slices.Contains(ob.IdentifierTypes, kind) {
			hashed(kind, id.Value)
		}
	}
	return out
}

func sourceProfile(i *record.Institution, s *record.Source) *ob.Profile {
	if s == nil || s.Name == "" && s.URL == "" {
		return nil
	}
	p := &ob.Profile{ID: s.URL, Type: []string{"Profile"}, Name: s.Name, URL: s.URL}
	if p.ID == "" {
		p.ID = "urn:uuid:" + record.DerivedID(i.ID, "source", s.Name)
	}
	return p
}

func results(list []record.Result) []ob.Result {
	var out []ob.Result
	for _, r := range list {
		res := ob.Result{Type: []string{"Result"}, ResultDescription: r.Description, Value: r.Value, AchievedLevel: r.AchievedLevel,
			Status: ob.ResultStatusType(r.Status)}
		for _, a := range r.Alignments {
			res.Alignment = append(res.Alignment, ob.Alignment{Type: []string{"Alignment"}, TargetName: a.Name, TargetURL: a.URL,
				TargetCode: a.Code, TargetFramework: a.Framework, TargetType: ob.AlignmentTargetType(a.Type)})
		}
		out = append(out, res)
	}
	return out
}

// part is a signed credential that a record nests.
type part struct {
	bytes       []byte
	uri         string
	name        string
	achievement string // IRI
	awardedOn   string
}

// recordCredential assembles a learner's CLR around signed credentials. The learner's identity stands in the nested
// subjects, which the signature covers; ClrSubject.identifier and ClrCredential.partial are left out, because with the
// published contexts an RDF proof does not cover them.
func recordCredential(i *record.Institution, l *record.Learner, p place, parts []part, related []ob.Achievement, links []clr.Association) clr.ClrCredential {
	slices.SortFunc(parts, func(a, b part) int {
		if n := strings.Compare(a.awardedOn, b.awardedOn); n != 0 {
			return n
		}
		if n := strings.Compare(a.name, b.name); n != 0 {
			return n
		}
		return strings.Compare(a.uri, b.uri)
	})
	nested := make([]json.RawMessage, len(parts))
	for n := range parts {
		nested[n] = parts[n].bytes
	}
	c := clr.ClrCredential{
		Context:   []string{contextVC2, clr.ContextV201, ob.ContextV303},
		ID:        i.RecordURL(l.RecordID),
		Type:      []string{"VerifiableCredential", "ClrCredential"},
		Name:      testName(i, "Learner record of "+l.Name.Display),
		Issuer:    issuerProfile(i),
		ValidFrom: ob.At(p.validFrom),
		CredentialSubject: clr.ClrSubject{
			ID: l.SubjectID, Type: []string{"ClrSubject"}, VerifiableCredential: nested, Achievement: related, Association: links,
		},
	}
	c.RefreshService, c.TermsOfUse = refreshService(p.refresh), terms(i)
	if p.entry != nil {
		c.CredentialStatus = statusEntry(i, p.entry)
	}
	return c
}

// relations chooses, from the catalogue, the associations that touch what the learner earned, and the achievements at
// their other ends that the learner did not earn: a programme that a course is part of.
func relations(earned map[string]bool, all []record.Association, catalogue func(iri string) (*ob.Achievement, error)) ([]ob.Achievement, []clr.Association, error) {
	var related []ob.Achievement
	var links []clr.Association
	known := map[string]bool{}
	for iri := range earned {
		known[iri] = true
	}
	for _, a := range all {
		if !earned[a.Source] && !earned[a.Target] {
			continue
		}
		complete := true
		for _, end := range []string{a.Source, a.Target} {
			if known[end] {
				continue
			}
			body, err := catalogue(end)
			if err != nil {
				return nil, nil, err
			}
			if body == nil {
				complete = false
				continue
			}
			known[end] = true
			related = append(related, *body)
		}
		if complete {
			links = append(links, clr.Relate(a.Source, clr.AssociationType(a.Type), a.Target))
		}
	}
	return related, links, nil
}
