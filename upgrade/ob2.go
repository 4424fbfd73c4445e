package upgrade

import (
	"fmt"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

// Type hints with which evidence and related achievements point back to Open Badges 2.0 (1EdTech, migration advice).
const (
	typeAssertion  = "https://w3id.org/openbadges#Assertion"
	typeBadgeClass = "https://w3id.org/openbadges#BadgeClass"
)

// badge reads an Open Badges assertion. Its badge class and issuer may be given by URL; then they must be at hand.
func (u *upgrader) badge(v ijson.Value) (*ob.AchievementCredential, error) {
	class, err := u.part(v.Get("badge"), "/badge")
	if err != nil {
		return nil, err
	}
	issuerValue, err := u.part(class.Get("issuer"), "/badge/issuer")
	if err != nil {
		return nil, err
	}
	issuer := u.profile(issuerValue, "/badge/issuer")
	if origin := issuerValue.Get("origin").Text(); origin != "" { // Open Badges 0.5
		issuer.ID, issuer.URL = uri(origin), origin
	}
	id := first(v.Get("id").Text(), v.Get("uid").Text())
	achievement := u.badgeClass(class, issuer)
	c := &ob.AchievementCredential{
		Context: []string{vc.ContextV2, ob.ContextV303}, ID: NewID(first(id, string(v.Raw()))),
		Name: achievement.Name, Description: achievement.Description, Issuer: issuer,
		ValidFrom: u.date(v.Get("issuedOn"), "/issuedOn"), ValidUntil: u.date(v.Get("expires"), "/expires"),
		CredentialSubject: ob.AchievementSubject{Achievement: &achievement, Narrative: text(v, "narrative"), Image: image(v.Get("image"))},
		Evidence:          u.badgeEvidence(v.Get("evidence")),
	}
	c.AwardedDate = c.ValidFrom
	link := original(id, "The Open Badges 2.0 assertion from which this credential was read")
	link.Type = []string{"Evidence", typeAssertion}
	c.Evidence = append(c.Evidence, link)
	if subject, name := u.identity(v.Get("recipient")); subject != "" {
		c.CredentialSubject.ID = subject
	} else if name != nil {
		if name.Salt == "" {
			name.Salt = text(v, "salt") // Open Badges 0.5
		}
		c.CredentialSubject.Identifier = []ob.IdentityObject{*name}
	}
	if revoked, _ := truth(v.Get("revoked")); revoked {
		u.lose("/revoked", "The original is marked as revoked; the newer credential must not be taken as valid.")
	}
	u.extensions(v, "")
	u.extensions(class, "/badge")
	return c, nil
}

// part gives an object that stands in the document, or that the document names by URL.
func (u *upgrader) part(v ijson.Value, at string) (ijson.Value, error) {
	if v.Kind() == ijson.Object {
		return v, nil
	}
	url := v.Text()
	if url == "" {
		return v, fmt.Errorf("upgrade: the badge has nothing at %s", at)
	}
	if u.opts.Document != nil {
		if body, ok := u.opts.Document(url); ok {
			d, err := ijson.Parse(body, nil)
			if err != nil {
				return v, fmt.Errorf("upgrade: the document at %s: %w", url, err)
			}
			if d.Root().Kind() == ijson.Object {
				return d.Root(), nil
			}
		}
	}
	return v, &PartMissingError{Pointer: at, URL: url}
}

func (u *upgrader) badgeClass(v ijson.Value, issuer ob.Profile) ob.Achievement {
	a := ob.Achievement{
		ID: uri(v.Get("id").Text()), Name: text(v, "name"), Description: text(v, "description"), AchievementType: "Badge",
		Creator: &issuer, Image: image(v.Get("image")), Tag: vc.Strings(v.Get("tags")),
	}
	if a.ID == "" {
		a.ID = NewID(string(v.Raw()))
	}
	if a.Description == "" {
		a.Description = a.Name
	}
	switch criteria := v.Get("criteria"); criteria.Kind() {
	case ijson.String:
		a.Criteria.ID = uri(criteria.Text())
	default:
		a.Criteria = ob.Criteria{ID: uri(criteria.Get("id").Text()), Narrative: text(criteria, "narrative")}
	}
	if a.Criteria.ID == "" && a.Criteria.Narrative == "" {
		a.Criteria.Narrative = "Not specified in the source badge."
	}
	for i, e := range v.Get("alignment").Each() {
		a.Alignment = append(a.Alignment, u.alignment(e, "/badge/alignment/"+itoa(i)))
	}
	if id := v.Get("id").Text(); absolute.MatchString(id) {
		a.Related = []ob.Related{{ID: id, Type: []string{"Related", typeBadgeClass}, Version: "Open Badges v2p0"}}
	}
	if n := v.Get("endorsement").Len(); n > 0 {
		u.lose("/badge/endorsement", "%d endorsements of the badge class were left out; the original keeps them.", n)
	}
	return a
}

// badgeEvidence reads evidence given as a URL, an object or a list of either.
func (u *upgrader) badgeEvidence(v ijson.Value) []ob.Evidence {
	return u.evidence(v, "/evidence")
}

// extensions tells which extensions have no place: they would need a context of their own in the newer standard.
func (u *upgrader) extensions(v ijson.Value, at string) {
	for name := range v.Members() {
		if len(name) > len("extensions:") && name[:len("extensions:")] == "extensions:" {
			u.lose(at+"/"+ijson.EscapePointer(name), "The extension “%s” was left out; it would need a context of its own.", name)
		}
	}
}
