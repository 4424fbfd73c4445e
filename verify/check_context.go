package verify

import (
	"regexp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/vc"
)

// maxContexts bounds @context of one document; the largest seen in the field has nine.
const maxContexts = 64

// families are the contexts that 1EdTech publishes, by the class that needs them (CLR 2.0, @context; Open Badges 3.0,
// @context). The newest is what to issue with.
var (
	clrContext = family{"CLR 2.0", regexp.MustCompile(`^https://purl\.imsglobal\.org/spec/clr/v2p0/context(-2\.\d\.\d)*\.json$`),
		"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"}
	obContext = family{"Open Badges 3.0", regexp.MustCompile(`^https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json$|^https://purl\.imsglobal\.org/spec/ob/v3p0/context/ob_v3p0\.jsonld$`),
		"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}
)

type family struct {
	name   string
	all    *regexp.Regexp
	newest string
}

// checkContext holds @context to the order of the standard and to what a learner record may redefine. Whether every
// term is defined shows when the seal is recomputed.
func checkContext(c *credential) {
	if c.legacy != nil {
		return
	}
	v := c.root().Get("@context")
	switch {
	case !v.IsValid() || len(c.doc.Contexts) == 0:
		c.add("context.missing", "")
		return
	case len(c.doc.Contexts) > maxContexts:
		c.add("context.too-many", "/@context", len(c.doc.Contexts))
		return
	}
	switch c.doc.Model {
	case vc.Model11:
		c.add("context.old-model", "/@context/0")
	case vc.ModelUnknown:
		c.add("context.base", "/@context/0", describeContext(c.doc.Contexts[0]))
	}
	for i, want := range requiredContexts(c.doc.Kind) {
		c.checkFamily(i+1, want)
	}
	c.checkInline(v)
	if !c.ownNodes() {
		c.checkShape()
	}
	for i, ctx := range c.doc.Contexts {
		if ctx.IsString() && jsonld.ExampleContext(ctx.Text()) {
			c.add("context.example", "/@context/"+itoa(i), ctx.Text())
		}
		if ctx.IsString() && !jsonld.KnownContext(ctx.Text()) && c.opts.Contexts[ctx.Text()] == nil && c.token == nil {
			c.unknownContext(i, ctx.Text())
		}
	}
	if c.token != nil {
		c.add("context.not-needed", "")
		return
	}
	c.passIfQuiet("context", "context.known")
}

// unknownContext is reported by the proof check when a suite needs the context; here only when no proof will say it.
func (c *credential) unknownContext(i int, url string) {
	if len(c.doc.Proofs) == 0 {
		c.add("context.unknown", "/@context/"+itoa(i), url)
	}
}

func requiredContexts(k vc.Kind) []family {
	switch k {
	case vc.KindCLR:
		return []family{clrContext, obContext}
	case vc.KindAchievement, vc.KindEndorsement:
		return []family{obContext}
	}
	return nil
}

func describeContext(v ijson.Value) string {
	if v.IsString() {
		return v.Text()
	}
	return "an inline one"
}

func (c *credential) checkFamily(position int, want family) {
	if position < len(c.doc.Contexts) {
		url := c.doc.Contexts[position].Text()
		if want.all.MatchString(url) {
			if url != want.newest {
				c.add("context.old-version", "/@context/"+itoa(position), url)
			}
			return
		}
	}
	if c.doc.Model == vc.Model11 {
		c.add("context.order-old", "/@context", want.name, position)
		return
	}
	c.add("context.order", "/@context", want.name, position)
}

// checkInline refuses inline contexts that would make the words of a record mean something else: @vocab, which defines
// every word at once, and redefinitions of the standard's own words.
func (c *credential) checkInline(v ijson.Value) {
	many := v.Kind() == ijson.Array
	for i, ctx := range v.Each() {
		if ctx.Kind() != ijson.Object {
			continue
		}
		at := "/@context"
		if many {
			at += "/" + itoa(i)
		}
		for name := range ctx.Members() {
			switch {
			case name == "@vocab":
				c.add("context.vocab", at+"/@vocab")
			case modelWords[name] && c.isLearnerRecord():
				c.addRedefinition(ctx, name, at)
			}
		}
	}
}

// addRedefinition forgives an inline context that gives a word the meaning that it has, as those do that fill the gaps
// of the published contexts.
func (c *credential) addRedefinition(ctx ijson.Value, name, at string) {
	if gapWords[name] {
		return
	}
	c.add("context.redefined", at+"/"+ijson.EscapePointer(name), name)
}

func (c *credential) isLearnerRecord() bool {
	switch c.doc.Kind {
	case vc.KindCLR, vc.KindAchievement, vc.KindEndorsement:
		return true
	}
	return false
}

// gapWords are words of the model that some published context leaves undefined, so that issuers define them inline.
var gapWords = map[string]bool{"identifier": true, "partial": true, "awardedDate": true, "endorsementJwt": true, "inLanguage": true}

// modelWords are the words of a learner record that pages show. An inline context must not map them elsewhere.
var modelWords = words(`name description narrative criteria image achievement achievementType creator result resultDescription
	value status achievedLevel valueMin valueMax allowedValue requiredValue requiredLevel rubricCriterionLevel level points
	alignment targetName targetUrl targetCode targetDescription targetFramework targetType tag humanCode fieldOfStudy
	specialization creditsAvailable creditsEarned activityStartDate activityEndDate licenseNumber role term source
	evidence genre audience endorsement endorsementComment association associationType sourceId targetId issuer
	credentialSubject validFrom validUntil issuanceDate expirationDate credentialStatus verifiableCredential proof
	identifier identityType identityHash hashed salt email phone url address otherIdentifier identifierType official
	parentOrg givenName familyName additionalName dateOfBirth partial awardedDate inLanguage id type`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range regexp.MustCompile(`\S+`).FindAllString(s, -1) {
		m[w] = true
	}
	return m
}

// ownNodes is true of documents of no learner-record class: they may use JSON-LD in full.
func (c *credential) ownNodes() bool { return !c.isLearnerRecord() }

// checkShape refuses JSON-LD constructs that say things no reader of a learner record sees: statements in reverse,
// hidden nodes and graphs, and contexts inside the subject. Credentials inside bring their own @context by right.
func (c *credential) checkShape() {
	if !c.features().odd {
		return
	}
	n := 0
	var walk func(v ijson.Value, at *place, depth int)
	walk = func(v ijson.Value, at *place, depth int) {
		if depth > maxWalk {
			return
		}
		switch v.Kind() {
		case ijson.Array:
			for i, e := range v.Each() {
				if e.Kind() >= ijson.Array {
					p := at.element(i)
					walk(e, &p, depth+1)
				}
			}
		case ijson.Object:
			for name, m := range v.Members() {
				p := at.member(name)
				switch name {
				case "@reverse", "@included", "@graph", "@nest":
					if n++; n <= maxUndefined {
						c.add("context.keyword", p.String(), name)
					}
					continue
				case "@context":
					if at != nil {
						if n++; n <= maxUndefined {
							c.add("context.keyword", p.String(), name)
						}
					}
					continue
				case "verifiableCredential", "endorsement", "endorsementJwt", "proof":
					continue
				}
				if m.Kind() >= ijson.Array {
					walk(m, &p, depth+1)
				}
			}
		}
	}
	walk(c.root(), nil, 0)
}

// addContextError says why the document's vocabulary could not be read.
func (c *credential) addContextError(e *jsonld.ContextError) {
	switch {
	case e.Code == "loading remote context failed":
		c.add("context.unknown", e.Pointer, e.URL)
	case e.Code == "protected term redefinition":
		c.add("context.protected-term", e.Pointer, e.Term)
	case e.Code == "context overflow":
		c.add("context.too-many", e.Pointer, len(c.doc.Contexts))
	default:
		c.add("context.invalid", e.Pointer, e.Code+" "+e.Msg)
	}
}
