package verify

import (
	"strings"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
)

// checkIssuer: the key that made the seal is the issuer's own. Anybody can write a university's name, address and logo
// into a record; only a key that the university's own document names proves it (Controlled Identifiers 1.0, 3.3; Open
// Badges 3.0 implementation guide, "issuer key assurance").
func checkIssuer(c *credential) {
	if c.legacy != nil {
		c.checkLegacyIssuer()
		return
	}
	if !c.checkIssuerID() {
		return
	}
	if len(c.keys) == 0 {
		for _, k := range c.foreign {
			c.add("issuer.key-not-the-issuers", k.at, c.issuerID(), ownerOf(k.name))
			return
		}
		c.add("issuer.not-decided", "")
		return
	}
	first := len(c.report.Findings)
	var bound []keyUse
	for i := range c.keys {
		if c.bindKey(&c.keys[i]) {
			bound = append(bound, c.keys[i])
		}
	}
	if len(bound) > 0 {
		c.forgiveOthers(first)
		c.keys = bound
	}
	c.addCoverage(c.keys)
	if strings.HasPrefix(c.issuerID(), "http:") {
		c.add("issuer.plain-http", "/issuer", c.issuerID())
	}
}

// checkIssuerID: without an id there is nothing to bind a key to.
func (c *credential) checkIssuerID() bool {
	id, at := c.issuerID(), "/issuer"
	if c.doc.Kind.IsPresentation() {
		at = "/holder"
	}
	switch {
	case id == "" && c.doc.Kind.IsPresentation():
		return len(c.keys) > 0 && c.holderless()
	case id == "" || c.doc.Issuer.Value.Kind() == ijson.Array:
		c.add("issuer.missing", at)
		return false
	case !isAbsolute(id):
		c.add("issuer.malformed", at, id)
		return false
	}
	return true
}

// holderless: a presentation need not name its holder; its seal then says only that somebody held the key.
func (c *credential) holderless() bool {
	c.add("issuer.not-decided", "")
	return false
}

// isAbsolute is true of an absolute URI in ASCII. A letter outside ASCII in a host is another host that looks alike.
func isAbsolute(id string) bool {
	scheme, rest, ok := strings.Cut(id, ":")
	if !ok || scheme == "" || rest == "" {
		return false
	}
	for i := 0; i < len(id); i++ {
		if id[i] <= ' ' || id[i] >= 0x7f {
			return false
		}
	}
	return strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") == ""
}

// ownerOf is the identifier to which a verification method belongs.
func ownerOf(vm string) string {
	base, _, _ := strings.Cut(vm, "#")
	return base
}

func (c *credential) bindKey(k *keyUse) bool {
	issuer := c.issuerID()
	err := c.dids.Bind(c.ctx, did.Claim{Issuer: issuer, Purpose: c.purpose(), Method: k.method, Document: k.doc, Key: k.pub})
	if err == nil {
		c.add("issuer.key-bound", k.at, issuer)
		return true
	}
	owner := ownerOf(k.name)
	if k.method != nil && k.method.Controller != "" {
		owner = k.method.Controller
	}
	switch did.CodeOf(err) {
	case did.ControllerMismatch:
		c.add("issuer.key-not-the-issuers", k.at, issuer, owner)
	case did.NotAuthorized:
		c.add("issuer.key-purpose", k.at, issuer)
	case did.NotBound:
		c.add("issuer.key-not-listed", k.at, issuer)
	case did.MethodNotSupported, did.InvalidDID, did.InvalidDIDURL:
		if strings.HasPrefix(issuer, "did:") && owner == issuer {
			c.add("issuer.key-unproven", k.at, issuer, "its DID method is not supported")
			return false
		}
		if owner != issuer && k.method != nil {
			c.add("issuer.key-not-the-issuers", k.at, issuer, owner)
			return false
		}
		c.add("issuer.key-unprovable", k.at, issuer)
	case did.NotFound:
		c.add("issuer.key-not-listed", k.at, issuer)
	case did.Unreachable, did.InvalidDocument, did.CrossOrigin:
		_, words := why(err)
		c.add("issuer.key-unproven", k.at, issuer, words)
	default:
		c.add("issuer.key-not-listed", k.at, issuer)
	}
	return false
}

// forgiveOthers: when one seal is the issuer's, the seals of others are what they are, co-signatures.
func (c *credential) forgiveOthers(first int) {
	fs := c.report.Findings
	for i := first; i < len(fs); i++ {
		if fs[i].Check == "issuer" && fs[i].Outcome != Passed {
			fs[i] = newFinding("issuer.other-seal", fs[i].Pointer, ownerOf(c.keyAt(fs[i].Pointer)))
		}
	}
}

func (c *credential) keyAt(pointer string) string {
	for _, k := range c.keys {
		if k.at == pointer {
			return k.name
		}
	}
	return ""
}
