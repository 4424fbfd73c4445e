package verify

import (
	"strings"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/statuslist"
	"github.com/openlaurel/laurel/upgrade"
	"github.com/openlaurel/laurel/vc"
)

// checkLegacyIssuer: a hosted record lies where its issuer publishes; a signed one was signed with a key that the issuer
// publishes. What the record itself says about its issuer proves nothing: only what comes from the issuer's own address
// does.
func (c *credential) checkLegacyIssuer() {
	l := c.legacy
	switch {
	case c.has("issuer", Fails):
		return
	case l.issuerID == "" && l.missing:
		c.add("issuer.not-decided", "")
		return
	case l.issuerID == "":
		if l.class == "Assertion" || l.class == "Clr" {
			c.add("issuer.missing", "/badge/issuer")
		}
		return
	case len(c.foreign) > 0:
		c.add("issuer.key-not-the-issuers", c.foreign[0].at, l.issuerID, c.foreign[0].name)
		return
	}
	if strings.HasPrefix(l.issuerID, "http:") {
		c.add("issuer.plain-http", "/badge/issuer", l.issuerID)
	}
	if l.jws != nil {
		c.checkSigner()
		return
	}
	if upgrade.IsBlockcert(l.value) {
		c.add("issuer.not-decided", "")
		return
	}
	if l.class == "Assertion" || l.class == "Clr" || l.class == "Endorsement" {
		c.checkOrigin()
	}
}

func (c *credential) checkSigner() {
	l, k := c.legacy, c.legacyKey
	switch {
	case k == nil:
		c.add("issuer.not-decided", "")
	case k.owner != "" && k.owner != l.issuerID:
		c.add("issuer.key-not-the-issuers", "/verification/creator", l.issuerID, k.owner)
	case c.keyListed(k.name), k.fetched && k.owner == l.issuerID && hostOf(k.name) == hostOf(l.issuerID):
		c.add("issuer.old-signed-key", "")
	case !l.fetched && hostOf(l.issuerID) != "":
		c.checkInlineIssuer(k)
	case hostOf(l.issuerID) == "":
		c.add("issuer.key-unprovable", "/badge/issuer", l.issuerID)
	default:
		c.add("issuer.key-not-listed", "/verification/creator", l.issuerID)
	}
}

// checkInlineIssuer: the profile stands in the record, so its own address has to confirm the key.
func (c *credential) checkInlineIssuer(k *legacyKey) {
	l := c.legacy
	profile, err := c.fetchJSON(l.issuerID)
	if err != nil {
		_, words := why(err)
		c.add("issuer.key-unproven", "/badge/issuer", l.issuerID, words)
		return
	}
	l.issuer, l.fetched = profile, profile.Get("id").Text() == l.issuerID
	if c.keyListed(k.name) {
		c.add("issuer.old-signed-key", "")
		return
	}
	c.add("issuer.key-not-listed", "/verification/creator", l.issuerID)
}

// checkOrigin holds the record's address to where the issuer says that its records lie: under one of startsWith, at one
// of allowedOrigins, or by default at the issuer's own host (Open Badges 2.0, VerificationObject).
func (c *credential) checkOrigin() {
	l := c.legacy
	at := l.hostedAt()
	home := hostOf(l.issuerID)
	if home == "" {
		c.add("issuer.no-origin", "/badge/issuer", l.issuerID)
		return
	}
	policy := l.issuer.Get("verification")
	if !l.fetched && (policy.Has("startsWith") || policy.Has("allowedOrigins")) {
		policy = ijson.Value{} // a policy inside the record is the record's own word
	}
	starts, origins := vc.Strings(policy.Get("startsWith")), vc.Strings(policy.Get("allowedOrigins"))
	ok := hostOf(at) == home
	if len(starts) > 0 {
		ok = false
		for _, s := range starts {
			ok = ok || strings.HasPrefix(at, s) && hostOf(s) != ""
		}
	}
	if len(origins) > 0 {
		found := false
		for _, o := range origins {
			found = found || hostOf(at) != "" && hostOf(at) == strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(o), "https://"), "http://")
		}
		ok = found && (ok || len(starts) == 0)
	}
	if !ok {
		c.add("issuer.origin-differs", "/id", at, l.issuerID)
		return
	}
	if c.seal == sealIntact {
		c.add("issuer.origin", "")
		return
	}
	c.add("issuer.not-decided", "")
}

// checkLegacyStatus: the record itself, or the issuer's revocation list, may say that it was revoked.
func (c *credential) checkLegacyStatus() {
	l := c.legacy
	if l.value.Get("revoked").Bool() {
		c.add("status.revoked", "/revoked", because(l.value.Get("revocationReason").Text()))
		return
	}
	at := l.issuer.Get("revocationList").Text()
	switch {
	case at == "" || l.jws == nil:
		c.add("status.none", "")
		return
	case c.seal != sealIntact:
		c.add("status.not-asked", "")
		return
	}
	resp, err := c.net.Fetch(c.ctx, at, fetch.AcceptStatusList)
	if err != nil {
		_, words := why(err)
		c.add("status.unavailable", "/badge/issuer/revocationList", at, words)
		return
	}
	doc, err := ijson.Parse(resp.Body, nil)
	if err != nil || !doc.Root().Has("revokedAssertions") {
		c.add("status.list-unusable", "/badge/issuer/revocationList", "it has no revokedAssertions")
		return
	}
	for _, r := range doc.Root().Get("revokedAssertions").Each() {
		if id := first(r.Text(), first(r.Get("id").Text(), r.Get("uid").Text())); id != "" && id == c.report.ID {
			c.add("status.revoked", "/badge/issuer/revocationList", because(r.Get("revocationReason").Text()))
			return
		}
	}
	c.add("status.clear", "", statuslist.PurposeRevocation)
}

// checkLegacyValidity: issued, and not expired.
func (c *credential) checkLegacyValidity() {
	v := c.legacy.value
	if issued := v.Get("issuedOn"); issued.IsValid() && issued.Kind() != ijson.Null {
		t, ok := looseDate(issued, false)
		switch {
		case !ok:
			c.add("validity.malformed", "/issuedOn", textOf(issued))
		case t.After(c.now.Add(ClockSkew)):
			c.add("validity.not-yet", "/issuedOn", textOf(issued))
		}
	}
	if expires := v.Get("expires"); expires.IsValid() && expires.Kind() != ijson.Null {
		t, ok := looseDate(expires, true)
		switch {
		case !ok:
			c.add("validity.malformed", "/expires", textOf(expires))
		case c.now.After(t):
			c.add("validity.expired", "/expires", textOf(expires))
		}
	}
	c.passIfQuiet("validity", "validity.current")
}

// legacyMembers are the members that each class must have (Open Badges 2.0, Data model; Open Badges 1.0).
var legacyMembers = map[upgrade.Form]map[string][]string{
	upgrade.OB20: {
		"Assertion":  {"id", "type", "recipient", "badge", "issuedOn", "verification"},
		"BadgeClass": {"id", "type", "name", "description", "criteria", "issuer"},
		"Issuer":     {"id", "type", "name"},
		"Profile":    {"id", "type", "name"},
	},
	upgrade.OB11: {"Assertion": {"recipient", "badge", "issuedOn"}},
	upgrade.OB10: {"Assertion": {"uid", "recipient", "badge", "issuedOn", "verify"}},
	upgrade.CLR10: {
		"Clr":       {"id", "issuedOn", "learner", "publisher"},
		"Assertion": {"id"},
	},
}

func (c *credential) checkLegacySchema() {
	l := c.legacy
	bad := func(pointer, what string) { c.add("schema.legacy", pointer, what) }
	for _, name := range legacyMembers[l.form][l.class] {
		if !l.value.Has(name) && (name != "verification" || !l.value.Has("verify")) && !l.value.Get("revoked").Bool() {
			bad("", "“"+name+"” is missing")
		}
	}
	if l.class == "" {
		bad("/type", "its type is none of the standard's classes")
	}
	if l.form == upgrade.OB20 && !hasOpenBadgesContext(l.value) {
		bad("/@context", "its context is not that of Open Badges")
	}
	if r := l.value.Get("recipient"); l.class == "Assertion" && r.IsValid() && l.form != upgrade.OB05 {
		if r.Kind() != ijson.Object || !r.Get("identity").IsString() || !r.Get("type").IsString() {
			bad("/recipient", "the recipient has no identity and type")
		}
	}
	for name, v := range l.value.Members() {
		if strings.HasPrefix(name, "extensions:") {
			c.checkExtension(v, "/"+ijson.EscapePointer(name))
		}
	}
	c.passIfQuiet("schema", "schema.conforms", string(l.form))
}

func hasOpenBadgesContext(v ijson.Value) bool {
	for _, x := range v.Get("@context").Each() {
		if s := x.Text(); strings.HasPrefix(s, upgrade.ContextOB2) || strings.HasPrefix(s, "https://openbadgespec.org/v2") ||
			strings.HasPrefix(s, "https://purl.imsglobal.org/spec/ob/v2p") || x.Get("obi").IsString() {
			return true
		}
	}
	return false
}

// extensionTexts are the properties of 1EdTech's own extensions that their schemas demand to be text.
var extensionTexts = map[string][]string{
	"ExampleExtension": {"exampleProperty", "http://schema.org/text"}, "ApplyLink": {"url", "extensions:applyLink"},
	"OriginalCreator": {"url"}, "RecipientProfile": {"name"},
}

func (c *credential) checkExtension(v ijson.Value, at string) {
	for _, t := range v.Get("type").Each() {
		name := t.Text()[strings.LastIndexAny(t.Text(), ":/#")+1:]
		for _, member := range extensionTexts[name] {
			if m := v.Get(member); m.IsValid() && !m.IsString() {
				c.add("schema.extension", at+"/"+ijson.EscapePointer(member), name+" has a property that is no text")
			}
		}
	}
}

// checkLegacyRecipient compares the recipient with what the caller knows.
func (c *credential) checkLegacyRecipient() {
	r := c.legacy.value.Get("recipient")
	if len(c.opts.Recipients) == 0 || !r.IsValid() {
		c.add("recipient.not-asked", "")
		return
	}
	o := ob.IdentityObject{IdentityType: "emailAddress", IdentityHash: r.Text()}
	if r.Kind() == ijson.Object {
		o = ob.IdentityObject{Hashed: r.Get("hashed").Bool(), IdentityHash: r.Get("identity").Text(), Salt: r.Get("salt").Text(),
			IdentityType: ob.IdentifierType(r.Get("type").Text())}
		if o.IdentityType == "email" {
			o.IdentityType = "emailAddress"
		}
	}
	for _, known := range c.opts.Recipients {
		typ := ob.IdentifierType(known.Type)
		if typ == "id" && (o.IdentityType == "url" || o.IdentityType == "id") {
			typ = o.IdentityType
		}
		if o.Matches(typ, known.Value) != ob.NoMatch {
			c.add("recipient.matches", "/recipient", known.Type)
			if strings.HasPrefix(strings.ToLower(o.IdentityHash), "md5$") {
				c.add("recipient.weak-hash", "/recipient")
			}
			return
		}
	}
	c.add("recipient.other", "/recipient")
}
