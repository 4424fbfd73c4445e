package ob

import "github.com/openlaurel/laurel/ijson"

// Writers: each class fills in its own type when the caller left it out, so that no object goes out without one (its
// type-scoped terms would be outside the signature; clause "JSON-LD", CLR 2.0 oddity 11).

// typed gives the types with the class's own among them.
func typed(types []string, own ...string) []string {
	for _, t := range types {
		for _, o := range own {
			if t == o {
				return types
			}
		}
	}
	return append([]string{own[0]}, types...)
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// MarshalJSON writes the achievement.
func (a Achievement) MarshalJSON() ([]byte, error) {
	type plain Achievement
	a.Type = typed(a.Type, "Achievement")
	return ijson.Marshal(plain(a))
}

// MarshalJSON writes the alignment.
func (a Alignment) MarshalJSON() ([]byte, error) {
	type plain Alignment
	a.Type = typed(a.Type, "Alignment")
	return ijson.Marshal(plain(a))
}

// MarshalJSON writes the relation.
func (r Related) MarshalJSON() ([]byte, error) {
	type plain Related
	r.Type = typed(r.Type, "Related")
	return ijson.Marshal(plain(r))
}

// MarshalJSON writes the result description.
func (d ResultDescription) MarshalJSON() ([]byte, error) {
	type plain ResultDescription
	d.Type = typed(d.Type, "ResultDescription")
	return ijson.Marshal(plain(d))
}

// MarshalJSON writes the rubric level.
func (l RubricCriterionLevel) MarshalJSON() ([]byte, error) {
	type plain RubricCriterionLevel
	l.Type = typed(l.Type, "RubricCriterionLevel")
	return ijson.Marshal(plain(l))
}

// MarshalJSON writes the result.
func (r Result) MarshalJSON() ([]byte, error) {
	type plain Result
	r.Type = typed(r.Type, "Result")
	return ijson.Marshal(plain(r))
}

// MarshalJSON writes the evidence.
func (e Evidence) MarshalJSON() ([]byte, error) {
	type plain Evidence
	e.Type = typed(e.Type, "Evidence")
	return ijson.Marshal(plain(e))
}

// MarshalJSON writes the image.
func (i Image) MarshalJSON() ([]byte, error) {
	type plain Image
	i.Type = orElse(i.Type, "Image")
	return ijson.Marshal(plain(i))
}

// MarshalJSON writes the subject.
func (s AchievementSubject) MarshalJSON() ([]byte, error) {
	type plain AchievementSubject
	s.Type = typed(s.Type, "AchievementSubject")
	return ijson.Marshal(plain(s))
}

// MarshalJSON writes the subject.
func (s EndorsementSubject) MarshalJSON() ([]byte, error) {
	type plain EndorsementSubject
	s.Type = typed(s.Type, "EndorsementSubject")
	return ijson.Marshal(plain(s))
}

// MarshalJSON writes the credential, unsigned.
func (c AchievementCredential) MarshalJSON() ([]byte, error) {
	type plain AchievementCredential
	c.Type = typed(typed(c.Type, "AchievementCredential", "OpenBadgeCredential"), "VerifiableCredential")
	return ijson.Marshal(plain(c))
}

// MarshalJSON writes the endorsement, unsigned.
func (c EndorsementCredential) MarshalJSON() ([]byte, error) {
	type plain EndorsementCredential
	c.Type = typed(typed(c.Type, "EndorsementCredential"), "VerifiableCredential")
	return ijson.Marshal(plain(c))
}

// MarshalJSON writes the profile.
func (p Profile) MarshalJSON() ([]byte, error) {
	type plain Profile
	p.Type = typed(p.Type, "Profile")
	return ijson.Marshal(plain(p))
}

// MarshalJSON writes the address.
func (a Address) MarshalJSON() ([]byte, error) {
	type plain Address
	a.Type = typed(a.Type, "Address")
	return ijson.Marshal(plain(a))
}

// MarshalJSON writes the coordinates.
func (g GeoCoordinates) MarshalJSON() ([]byte, error) {
	type plain GeoCoordinates
	g.Type = orElse(g.Type, "GeoCoordinates")
	return ijson.Marshal(plain(g))
}

// MarshalJSON writes the identifier.
func (e IdentifierEntry) MarshalJSON() ([]byte, error) {
	type plain IdentifierEntry
	e.Type = orElse(e.Type, "IdentifierEntry")
	return ijson.Marshal(plain(e))
}

// MarshalJSON writes the identity.
func (o IdentityObject) MarshalJSON() ([]byte, error) {
	type plain IdentityObject
	o.Type = orElse(o.Type, "IdentityObject")
	return ijson.Marshal(plain(o))
}
