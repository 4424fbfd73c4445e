package verify

import (
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
)

// checkRecipient compares what the caller knows about the learner with what the record says (Open Badges 3.0,
// Verification, recipient). A place that the seal does not protect proves nobody.
func checkRecipient(c *credential) {
	if c.legacy != nil {
		c.checkLegacyRecipient()
		return
	}
	if len(c.opts.Recipients) == 0 || !c.isLearnerRecord() || c.role == asEndorsement {
		c.add("recipient.not-asked", "")
		return
	}
	if c.namesNobody() {
		c.add("recipient.none-named", "/credentialSubject")
		return
	}
	uncovered := ""
	for i, s := range c.doc.Subjects {
		for _, known := range c.opts.Recipients {
			at, weak, ok := matchSubject(s, known)
			if !ok {
				continue
			}
			at = c.subjectPointer(i) + at
			if c.isUncovered(at) || !c.sealed() {
				uncovered = at
				continue
			}
			c.add("recipient.matches", at, known.Type)
			if weak {
				c.add("recipient.weak-hash", at)
			}
			return
		}
	}
	if uncovered != "" {
		c.add("recipient.uncovered", uncovered)
		return
	}
	c.add("recipient.other", "/credentialSubject")
}

func (c *credential) namesNobody() bool {
	for _, s := range c.doc.Subjects {
		if len(idsOf(s)) > 0 {
			return false
		}
		for range s.Get("identifier").Each() {
			return false
		}
	}
	return true
}

func matchSubject(s ijson.Value, known Recipient) (at string, weak, ok bool) {
	for _, id := range idsOf(s) {
		if known.Type == "id" && id == known.Value || isAbsolute(known.Value) && id == known.Value ||
			known.Type == "emailAddress" && id == "mailto:"+known.Value {
			return "/id", false, true
		}
	}
	list := s.Get("identifier")
	many := list.Kind() == ijson.Array
	for i, v := range list.Each() {
		o := ob.ReadIdentityObject(v)
		if o.Matches(ob.IdentifierType(known.Type), known.Value) == ob.NoMatch {
			continue
		}
		at := "/identifier"
		if many {
			at += "/" + itoa(i)
		}
		return at, strings.HasPrefix(strings.ToLower(o.IdentityHash), "md5$"), true
	}
	return "", false, false
}

// isUncovered tells whether the place, or one around it, is not protected by the seal.
func (c *credential) isUncovered(at string) bool {
	for _, u := range c.report.Uncovered {
		if at == u || strings.HasPrefix(at, u+"/") || strings.HasPrefix(u, at+"/") {
			return true
		}
	}
	return false
}
