package verify

import (
	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/vc"
)

// setDocument fills the head of the report from the view and finds the credentials inside.
func (c *credential) setDocument(d *vc.Document) {
	c.doc = d
	if c.record == nil {
		c.record = dataintegrity.NewRecord(d.Root(), c.opts.Contexts)
	}
	r := c.report
	r.Credential = d.Bytes()
	r.Kind, r.Standard = kindOf(d), standardOf(d)
	if r.Kind == KindUnknown {
		c.add("format.not-a-credential", "/type")
	} else {
		c.add("format.read", "", carrierWords[carrier(r.Carrier)])
	}
	r.ID, r.Name = d.ID, d.Name
	r.Issuer = Issuer{ID: d.Issuer.ID, Name: d.Issuer.Name}
	if d.Kind.IsPresentation() {
		r.Issuer = Issuer{ID: d.Holder.ID, Name: d.Holder.Name}
	}
	if len(d.Subjects) > 0 {
		if ids := idsOf(d.Subjects[0]); len(ids) > 0 {
			r.Subject = ids[0]
		}
	}
	r.ValidFrom, r.ValidUntil = d.ValidFromText, d.ValidUntilText
	c.fillFromClaims()
	c.findInner()
}

var carrierWords = map[carrier]string{
	carrierJSON: "JSON", carrierJWT: "a signed token (JWT)", carrierSDJWT: "a selectively disclosed token (SD-JWT)",
	carrierPNG: "a PNG picture", carrierSVG: "an SVG picture", carrierPDF: "a PDF file",
	carrierCOSE: "a signed message (COSE)",
}

// kindOf maps the view's kind to the report's; lists and other special credentials are plain credentials there.
func kindOf(d *vc.Document) string {
	switch {
	case d.Kind == vc.KindCLR:
		return KindClr
	case d.Kind == vc.KindAchievement:
		return KindAchievement
	case d.Kind == vc.KindEndorsement:
		return KindEndorsement
	case d.Kind.IsPresentation():
		return KindPresentation
	case d.Kind.IsCredential():
		return KindCredential
	}
	return KindUnknown
}

// standardOf names the standard that governs the document. The OB and CLR classes exist for both models of the base
// standard; their own standard is the one to name.
func standardOf(d *vc.Document) string {
	switch {
	case d.Kind == vc.KindCLR:
		return StandardClr2
	case d.Kind == vc.KindAchievement, d.Kind == vc.KindEndorsement:
		return StandardOb3
	case d.Model == vc.Model20:
		return StandardVc2
	case d.Model == vc.Model11:
		return StandardVc1
	}
	return StandardUnknown
}

// findInner opens every credential inside: endorsements wherever they stand, then nested credentials. Each becomes a
// document of its own.
func (c *credential) findInner() {
	if c.doc.CountCredentials() > c.most { // told at once, before any is opened
		c.tooMany("")
		return
	}
	c.findEndorsements()
	for _, n := range c.doc.Credentials() {
		if !c.openInner(n.Value, n.Pointer, asNested, "") {
			return
		}
	}
}

// openInner opens one credential inside c; false when a limit is reached.
func (c *credential) openInner(v ijson.Value, pointer string, as role, endorsed string) bool {
	if c.depth+1 > MaxNesting {
		c.add("format.too-deep", pointer, MaxNesting)
		return false
	}
	if c.count.Add(1) > int64(c.most) {
		if c.count.Load() == int64(c.most)+1 {
			c.tooMany(pointer)
		}
		c.overfull = true
		return false
	}
	inner := &credential{run: c.run, report: c.newReport(pointer), role: as, depth: c.depth + 1, parent: c, endorsed: endorsed, record: c.record}
	c.inner = append(c.inner, inner)
	switch v.Kind() {
	case ijson.Object:
		inner.openObject(v)
	case ijson.String:
		if how := sniffToken(v.Text()); how == carrierJWT || how == carrierSDJWT {
			inner.openToken([]byte(v.Text()))
			return true
		}
		inner.add("format.part-unreadable", "")
	default:
		inner.add("format.part-unreadable", "")
	}
	return true
}

// tooMany refuses the document as a whole.
func (c *credential) tooMany(pointer string) {
	c.overfull = true
	c.add("format.too-many", pointer, c.most)
}

// findEndorsements walks the document without entering nested credentials, which bring their own.
func (c *credential) findEndorsements() {
	if c.doc.Kind.IsPresentation() || !c.features().endorsed {
		return
	}
	w := endorsementWalk{c: c}
	w.object(c.root(), nil, 0)
}

// maxWalk bounds the depth of the walk; ijson's own limit is larger than any model nests.
const maxWalk = 64

// features is what a document may have and most have not. One walk without pointers finds out, so that those which say
// where are not taken in vain.
type features struct{ read, endorsed, odd bool }

func (c *credential) features() features {
	if !c.found.read {
		c.found.read = true
		c.found.look(c.root(), 0)
	}
	return c.found
}

func (f *features) look(v ijson.Value, depth int) {
	if depth > maxWalk {
		f.endorsed, f.odd = true, true // the walks themselves decide
		return
	}
	for e := range v.Elements() {
		if e.Kind() >= ijson.Array {
			f.look(e, depth+1)
		}
	}
	for name, m := range v.Members() {
		switch name {
		case "proof", "verifiableCredential":
			continue
		case "endorsement", "endorsementJwt":
			f.endorsed = true
			continue
		case "@context":
			f.odd = f.odd || depth > 0
			continue
		case "@reverse", "@included", "@graph", "@nest":
			f.endorsed, f.odd = true, true
			continue
		}
		if m.Kind() >= ijson.Array {
			f.look(m, depth+1)
		}
	}
}

type endorsementWalk struct {
	c    *credential
	full bool
}

func (w *endorsementWalk) object(v ijson.Value, at *place, depth int) {
	if depth > maxWalk || w.full {
		return
	}
	for name, m := range v.Members() {
		switch name {
		case "@context", "proof", "verifiableCredential":
			continue
		case "endorsement", "endorsementJwt":
			w.open(m, at.String()+"/"+name, v.Get("id").Text())
			continue
		}
		if m.Kind() >= ijson.Array {
			p := at.member(name)
			w.value(m, &p, depth+1)
		}
	}
}

func (w *endorsementWalk) value(v ijson.Value, at *place, depth int) {
	switch v.Kind() {
	case ijson.Object:
		w.object(v, at, depth)
	case ijson.Array:
		for i, e := range v.Each() {
			p := at.element(i)
			w.value(e, &p, depth+1)
		}
	}
}

func (w *endorsementWalk) open(v ijson.Value, at, endorsed string) {
	many := v.Kind() == ijson.Array
	for i, e := range v.Each() {
		p := at
		if many {
			p += "/" + itoa(i)
		}
		if !w.c.openInner(e, p, asEndorsement, endorsed) {
			w.full = true
			return
		}
	}
}
