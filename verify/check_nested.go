package verify

import "github.com/openlaurel/laurel/vc"

// checkNested says how many credentials the record holds. Each of them is verified as a document of its own, with its
// own @context and its own seal (CLR 2.0, Verification, step 17).
func checkNested(c *credential) {
	if p := c.parent; p != nil && c.doc.ID != "" && c.doc.ID == p.doc.ID && c.issuerID() == p.issuerID() && c.role == asNested {
		c.add("nested.itself", "/id")
	}
	n := 0
	for _, inner := range c.inner {
		if inner.role == asNested {
			n++
			c.compareHolder(inner)
		}
	}
	switch {
	case n > 0:
		c.add("nested.checked", "", n)
	case c.doc.Kind == vc.KindCLR:
		c.add("nested.empty", "/credentialSubject/verifiableCredential")
	default:
		c.add("nested.none", "")
	}
}

// compareHolder says when a presentation shows somebody else's credential. The standard allows it, and the reader has to
// know. Who made a presentation without a seal is anybody's guess, so that nothing is said of it.
func (c *credential) compareHolder(inner *credential) {
	holder, about := c.doc.Holder.ID, inner.report.Subject
	if c.doc.Kind.IsPresentation() && c.seal != sealMissing && holder != "" && about != "" && holder != about {
		c.add("nested.holder", inner.report.Path, holder, about)
	}
}
