package verify

import (
	"strconv"

	"github.com/openlaurel/laurel/ijson"
)

// deliveries are the members in which interfaces hand credentials over: lists as the answer of Open Badges 3.0 and CLR 2.0
// (getCredentials) has them, a single one as VC-API and OpenID4VCI have it.
var deliveries = [...]string{"credential", "compactJwsString", "verifiableCredential", "verifiablePresentation"}

// delivered lists what such an answer or request holds; nil for anything else. It is known by what it lacks: a credential
// has a context and a type.
func delivered(root ijson.Value) []part {
	for _, member := range [...]string{"@context", "type", "@type", "credentialSubject", "issuer", "holder", "proof"} {
		if root.Has(member) {
			return nil
		}
	}
	var parts []part
	for _, member := range deliveries {
		v := root.Get(member)
		if v.Kind() == ijson.Null {
			continue
		}
		for i, e := range v.Each() {
			at := "/" + member
			if v.Kind() == ijson.Array {
				at += "/" + strconv.Itoa(i)
			}
			parts = append(parts, part{e, at})
		}
	}
	return parts
}

// A part is a value and where it stands.
type part struct {
	value   ijson.Value
	pointer string
}

// openDelivery opens what came in the body of an answer or request. One credential is the input itself; of several each is
// judged as if it had come alone, and nothing is asked of what they came in.
func (c *credential) openDelivery(parts []part) {
	if len(parts) == 1 {
		c.openPart(parts[0].value)
		return
	}
	if len(parts) > c.most {
		c.tooMany("")
		return
	}
	c.delivery, c.report.delivery = true, true
	c.add("format.several", "", len(parts))
	for _, p := range parts {
		if c.count.Add(1) > int64(c.most) { // what was opened before holds the rest
			c.refuseDelivery(p.pointer)
			return
		}
		inner := &credential{run: c.run, report: c.newReport(p.pointer), depth: c.depth + 1}
		c.inner = append(c.inner, inner)
		inner.openPart(p.value)
		if inner.overfull {
			c.refuseDelivery(p.pointer)
			return
		}
	}
}

// refuseDelivery: judging a part of it would say nothing about it.
func (c *credential) refuseDelivery(pointer string) {
	c.delivery, c.report.delivery, c.inner = false, false, nil
	c.tooMany(pointer)
}

func (c *credential) openPart(v ijson.Value) {
	how := carrierNone
	switch v.Kind() {
	case ijson.Object:
		c.openObject(v)
		return
	case ijson.String:
		how = sniffToken(v.Text())
	}
	if how != carrierJWT && how != carrierSDJWT && how != carrierCOSE {
		c.add("format.part-unreadable", "")
		return
	}
	c.openToken([]byte(v.Text()))
}
