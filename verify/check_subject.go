package verify

import (
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

// checkSubject: the record names its learner, and every part of a record is about the same one. A record of a learner
// that names nobody is none; a single badge that names nobody belongs to whoever shows it, which is common in the field
// and said as a warning.
func checkSubject(c *credential) {
	if c.legacy != nil {
		return
	}
	switch c.doc.Kind {
	case vc.KindCLR, vc.KindAchievement:
	case vc.KindCredential:
		if len(c.doc.Subjects) == 0 {
			c.add("subject.missing", "")
			return
		}
		c.sameAsWrapper()
		return
	default:
		c.add("subject.not-applicable", "")
		return
	}
	if len(c.doc.Subjects) == 0 {
		c.add("subject.missing", "")
		return
	}
	for i, s := range c.doc.Subjects {
		if len(idsOf(s)) == 0 && s.Get("identifier").Len() == 0 && s.Get("identifier").Kind() != ijson.Object {
			if c.doc.Kind == vc.KindCLR {
				c.add("subject.unnamed", c.subjectPointer(i))
			} else {
				c.add("subject.bearer", c.subjectPointer(i))
			}
		}
	}
	c.sameAsWrapper()
	c.passIfQuiet("subject", "subject.named")
}

func (c *credential) subjectPointer(i int) string {
	if c.root().Get("credentialSubject").Kind() == ijson.Array {
		return "/credentialSubject" + ijson.Pointer(itoa(i))
	}
	return "/credentialSubject"
}

// sameAsWrapper compares a part's learner with that of the record around it.
func (c *credential) sameAsWrapper() {
	if c.role != asNested || c.parent == nil || c.parent.doc == nil || c.parent.doc.Kind != vc.KindCLR {
		return
	}
	outer, inner := identitiesOf(c.parent.doc), identitiesOf(c.doc)
	switch compare(outer, inner) {
	case same:
		c.add("subject.same-person", "/credentialSubject")
	case different:
		c.add("subject.other-person", "/credentialSubject", inner.label(), outer.label())
	default:
		c.add("subject.not-comparable", "/credentialSubject")
	}
}

// identities are the ways in which a record names its learner.
type identities struct {
	ids    []string
	others []ob.IdentityObject
}

func identitiesOf(d *vc.Document) identities {
	var all identities
	for _, s := range d.Subjects {
		all.ids = append(all.ids, idsOf(s)...)
		for _, v := range s.Get("identifier").Each() {
			all.others = append(all.others, ob.ReadIdentityObject(v))
		}
	}
	return all
}

func idsOf(subject ijson.Value) []string {
	id := subject.Get("id").Text()
	if subject.IsString() {
		id = subject.Text()
	}
	if id == "" {
		return nil
	}
	return []string{id}
}

func (a identities) label() string {
	if len(a.ids) > 0 {
		return a.ids[0]
	}
	for _, o := range a.others {
		return o.IdentityHash
	}
	return "nobody"
}

type sameness uint8

const (
	unclear sameness = iota
	same
	different
)

// compare: equal ids, or one shared identifier, mean the same person. Two ids that differ, with no identifier of the same
// type that could decide, mean two people only when both are given: a learner may have several DIDs, but then the record
// has to name both in one way that agrees.
func compare(a, b identities) sameness {
	for _, x := range a.ids {
		for _, y := range b.ids {
			if x == y {
				return same
			}
		}
	}
	contradicts := len(a.ids) > 0 && len(b.ids) > 0
	for _, x := range a.others {
		for _, y := range b.others {
			switch compareIdentity(x, y) {
			case same:
				return same
			case different:
				contradicts = true
			}
		}
	}
	if contradicts {
		return different
	}
	return unclear
}

func compareIdentity(x, y ob.IdentityObject) sameness {
	if x.IdentityType != y.IdentityType || x.IdentityHash == "" || y.IdentityHash == "" {
		return unclear
	}
	switch {
	case !x.Hashed && !y.Hashed, x.Hashed && y.Hashed && x.Salt == y.Salt:
		if strings.EqualFold(x.IdentityHash, y.IdentityHash) && (x.Hashed || x.IdentityHash == y.IdentityHash) {
			return same
		}
		if singular[x.IdentityType] {
			return different
		}
		return unclear
	case x.Hashed && !y.Hashed:
		return matched(x.Matches(y.IdentityType, y.IdentityHash) != ob.NoMatch, x.IdentityType)
	case y.Hashed && !x.Hashed:
		return matched(y.Matches(x.IdentityType, x.IdentityHash) != ob.NoMatch, x.IdentityType)
	}
	return unclear
}

func matched(ok bool, typ ob.IdentifierType) sameness {
	switch {
	case ok:
		return same
	case singular[typ]:
		return different
	}
	return unclear
}

// singular are the identifier types of which one system gives a person one; that two differ is a contradiction. People
// have several e-mail addresses and names.
var singular = map[ob.IdentifierType]bool{"sourcedId": true, "systemId": true, "ltiUserId": true}
