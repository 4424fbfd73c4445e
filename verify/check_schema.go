package verify

import (
	"errors"
	"strings"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/schema"
	"github.com/openlaurel/laurel/statuslist"
	"github.com/openlaurel/laurel/vc"
)

// maxProblems is how many departures from a schema are told one by one.
const maxProblems = 25

// checkSchema holds the document to the data model and to the built-in schema of its class, whatever schema it names
// itself (CLR 2.0, Verification, step 5).
func checkSchema(c *credential) {
	if c.legacy != nil {
		c.checkLegacySchema()
		return
	}
	p := &problems{c: c}
	p.model(c.doc.Check())
	class, known := schema.ClassOf(c.root())
	if known {
		found := schema.Check(c.root(), class)
		if !schema.Refuses(found) {
			c.fits = class
		}
		p.schema(found)
		c.checkCriteria()
	}
	c.checkListForm()
	c.checkClass()
	p.more()
	name := string(class)
	if !known {
		name = string(c.doc.Kind)
	}
	c.passIfQuiet("schema", "schema.conforms", name)
}

// problems tells what the model and the class say, one by one up to a number, failures and warnings apart.
type problems struct {
	c              *credential
	failed, warned int
	compacted      int
	seen           map[string]bool
	inner          map[string]bool // paths of the credentials inside
}

// once is false when something else was already said about the place, or when a credential inside says it itself.
func (p *problems) once(pointer string) bool {
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	if p.seen[pointer] || p.isInside(pointer) {
		return false
	}
	p.seen[pointer] = true
	return true
}

// fail and warn tell a departure, unless enough were told.
func (p *problems) fail(code, pointer, message string) {
	if p.failed++; p.failed <= maxProblems {
		p.c.add(code, pointer, message)
	}
}

func (p *problems) warn(pointer, message string) {
	if p.warned++; p.warned <= maxProblems {
		p.c.add("schema.tolerated", pointer, message)
	}
}

// isInside tells whether the place lies in a credential inside, which is judged by itself. It climbs from the place
// upwards, because there may be as many places as credentials.
func (p *problems) isInside(pointer string) bool {
	if p.inner == nil {
		p.inner = make(map[string]bool, len(p.c.inner))
		for _, inner := range p.c.inner {
			p.inner[inner.report.Path] = true
		}
	}
	for len(p.inner) > 0 {
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return false
		}
		if pointer = pointer[:i]; p.inner[pointer] {
			return true
		}
	}
	return false
}

// model tells what vc.Document.Check found; what the checks of context, validity and issuer say themselves is left out.
func (p *problems) model(found []vc.Problem) {
	for _, f := range found {
		if f.Code == vc.CodeMore {
			p.cut(vc.MaxProblems)
			continue
		}
		prefix, _, _ := strings.Cut(f.Code, "-")
		if prefix == "context" || prefix == "date" || prefix == "valid" || f.Code == "issuer-missing" || !p.once(f.Pointer) {
			continue
		}
		if f.Warning {
			p.warn(f.Pointer, f.Message)
		} else {
			p.fail("schema.model", f.Pointer, f.Message)
		}
	}
}

// schema tells what the table of the class says. The schemas that 1EdTech publishes are those of version 2.0 of the data
// model; 1EdTech accepts records of 1.1 with a warning, so what they depart in is one. A single value in the place of a
// list is the compacted form, which must be accepted.
func (p *problems) schema(found []schema.Problem) {
	for _, f := range found {
		switch {
		case f.Code == schema.CodeMore:
			p.cut(schema.MaxProblems)
		case !p.once(f.Pointer):
		case f.Warning && f.Code == "single-value":
			p.compacted++
		case f.Warning, p.c.doc.Model == vc.Model11, p.c.severalAllowed(f):
			p.warn(f.Pointer, strings.TrimSuffix(f.Message, "."))
		default:
			p.fail("schema.invalid", f.Pointer, strings.TrimSuffix(f.Message, "."))
		}
	}
}

// severalAllowed: the published schemas foresee one status and one refresh service; version 2.0 of the data model allows
// several, 1EdTech's own validator reads them, and every one of them is checked.
func (c *credential) severalAllowed(f schema.Problem) bool {
	name := strings.TrimPrefix(f.Pointer, "/")
	return (name == "credentialStatus" || name == "refreshService") && c.root().Get(name).Kind() == ijson.Array
}

// cut tells that the list of problems was ended.
func (p *problems) cut(after int) { p.c.add("schema.not-all-read", "", after) }

func (p *problems) more() {
	if n := p.failed - maxProblems; n > 0 {
		p.c.add("schema.more", "", n)
	}
	if n := p.warned - maxProblems; n > 0 {
		p.c.add("schema.more-tolerated", "", n)
	}
	if p.compacted > 0 {
		p.c.add("schema.compacted", "", p.compacted)
	}
}

// subjectClasses are the subjects that tell what a credential is, and the types that say so.
var subjectClasses = map[string][]string{
	"ClrSubject": {"ClrCredential"}, "AchievementSubject": {"AchievementCredential", "OpenBadgeCredential"},
}

// checkClass: a credential with the subject of a class is of that class, or no rule of the class would be asked.
func (c *credential) checkClass() {
	if c.isLearnerRecord() {
		return
	}
	for _, s := range c.doc.Subjects {
		for _, t := range vc.Strings(s.Get("type")) {
			if want := subjectClasses[t]; want != nil {
				c.add("schema.type", "/type", want[0])
				return
			}
		}
	}
}

// checkListForm holds a status list credential to its own standard.
func (c *credential) checkListForm() {
	isList := c.doc.Kind == vc.KindBitstringStatusList || c.doc.Kind == vc.KindStatusList2021 || c.doc.Kind == vc.KindRevocationList2020
	for _, s := range c.doc.Subjects {
		isList = isList || s.Has("encodedList")
	}
	if !isList {
		return
	}
	if _, err := statuslist.ParseList(c.root()); err != nil {
		c.add("schema.status-list", "/credentialSubject", plain(err))
	}
}

// checkCriteria: criteria say something (Open Badges 3.0, Criteria: id or narrative).
func (c *credential) checkCriteria() {
	c.eachAchievement(func(v ijson.Value, at string) {
		cr := v.Get("criteria")
		if cr.Kind() == ijson.Object && !cr.Has("id") && !cr.Has("narrative") {
			c.add("schema.criteria", at+"/criteria")
		}
	})
}

// eachAchievement visits every achievement that the document itself asserts or defines.
func (c *credential) eachAchievement(visit func(v ijson.Value, at string)) {
	subjects := c.root().Get("credentialSubject")
	for i, s := range subjects.Each() {
		at := c.subjectPointer(i)
		list := s.Get("achievement")
		many := list.Kind() == ijson.Array
		for j, a := range list.Each() {
			p := at + "/achievement"
			if many {
				p += "/" + itoa(j)
			}
			visit(a, p)
		}
	}
}

// checkOwnSchema applies the schemas that the document names itself. They can only add: the built-in one was applied
// before. It runs after the seal, so that nothing is fetched on the word of a forged document.
func checkOwnSchema(c *credential) {
	for _, s := range c.doc.Schemas {
		switch {
		case s.Is("1EdTechJsonSchemaValidator2019"), s.Is("JsonSchemaValidator2018"), s.Is(schema.TypeJSONSchema), s.Is(schema.TypeJSONSchemaCredential):
			c.checkNamedSchema(s)
		default:
			kind := "none"
			if len(s.Types) > 0 {
				kind = s.Types[0]
			}
			c.add("schema.unknown-kind", s.Pointer, kind)
		}
	}
}

func (c *credential) checkNamedSchema(s vc.Object) {
	if class, ok := schema.ByURL(s.ID); ok {
		if class.Includes(c.fits) { // as the first check of the schema found
			c.add("schema.own-conforms", s.Pointer, s.ID)
			return
		}
		for _, p := range schema.Check(c.root(), class) {
			if !p.Warning && !c.severalAllowed(p) {
				c.add("schema.own-invalid", p.Pointer, s.ID, strings.TrimSuffix(p.Message, "."))
				return
			}
		}
		c.add("schema.own-conforms", s.Pointer, s.ID)
		return
	}
	if !c.sealed() {
		c.add("schema.own-not-fetched", s.Pointer, s.ID)
		return
	}
	resp, err := c.net.Fetch(c.ctx, s.ID, fetch.AcceptSchema)
	if err != nil {
		code := "schema.own-unavailable"
		if s.Is(schema.TypeJSONSchema) || s.Is(schema.TypeJSONSchemaCredential) {
			code = "schema.extra-unavailable" // VC Data Model 2.0 leaves it to the verifier whether to apply it
		}
		_, words := why(err)
		c.add(code, s.Pointer, s.ID, words)
		return
	}
	typ := schema.TypeJSONSchema
	if s.Is(schema.TypeJSONSchemaCredential) {
		typ = schema.TypeJSONSchemaCredential
	}
	found, err := schema.CredentialSchema(s.ID, typ, resp.Body, c.root())
	var undecided *schema.IndeterminateError
	switch {
	case errors.As(err, &undecided):
		c.add("schema.own-undecided", s.Pointer, s.ID, undecided.Reason)
	case err != nil:
		c.add("schema.own-undecided", s.Pointer, s.ID, plain(err))
	case len(found) > 0:
		c.add("schema.own-invalid", found[0].Pointer, s.ID, strings.TrimSuffix(found[0].Message, "."))
	default:
		c.add("schema.own-conforms", s.Pointer, s.ID)
	}
}

// sealed tells whether something may be fetched on the credential's word: its own seal holds, or it has none and that
// of the record around it holds.
func (c *credential) sealed() bool {
	if c.seal == sealMissing && c.role == asNested && c.parent != nil {
		return c.parent.sealed()
	}
	return c.seal == sealIntact
}
