package verify

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/upgrade"
	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/vcjose"
)

// A legacy is an Open Badges (0.5 to 2.0) or CLR 1.0 document, which is verified by the rules of its own standard: as
// hosted (the issuer's address shows the same document) or as signed (a JWS by a key of the issuer).
type legacy struct {
	form  upgrade.Form
	class string
	value ijson.Value
	jws   *jose.JWS // nil unless signed

	badge    ijson.Value // the BadgeClass of an assertion, in place or fetched
	issuer   ijson.Value // the issuer's or publisher's profile
	issuerID string
	fetched  bool // the profile came from the issuer's own address
	missing  bool // a part could not be fetched
}

// legacyForm tells whether a JSON object is of an older standard.
func legacyForm(v ijson.Value) upgrade.Form {
	form, _ := upgrade.Detect(v)
	return form
}

func (c *credential) openLegacy(form upgrade.Form, v ijson.Value) {
	_, class := upgrade.Detect(v)
	c.setLegacy(&legacy{form: form, class: class, value: v})
}

// openLegacyToken takes a JWS whose payload is of an older standard; false when it is not.
func (c *credential) openLegacyToken(parsed *vcjose.Credential) bool {
	doc, err := ijson.Parse(parsed.JWS.Payload, nil)
	if err != nil {
		return false
	}
	form, class := upgrade.Detect(doc.Root())
	if form == upgrade.None || class != "Assertion" && class != "Clr" && class != "Endorsement" {
		return false
	}
	c.report.Proof = "jwt:" + quotable(parsed.JWS.Algorithm)
	c.setLegacy(&legacy{form: form, class: class, value: doc.Root(), jws: parsed.JWS})
	return true
}

func (c *credential) setLegacy(l *legacy) {
	c.legacy, c.doc = l, vc.FromValue(l.value)
	r := c.report
	if r.Carrier == "" {
		r.Carrier = string(carrierJSON)
	}
	r.Credential = l.value.Raw()
	r.Standard, r.Kind = StandardOb2, KindUnknown
	switch {
	case l.form == upgrade.CLR10 || l.form == upgrade.CLRSet:
		r.Standard, r.Kind = StandardClr1, KindClr1
	case l.class == "Assertion":
		r.Kind = KindAssertion
	case l.class == "Endorsement":
		r.Kind = KindEndorsement
	}
	c.add("format.read", "", carrierWords[carrier(r.Carrier)])
	c.add("schema.legacy-version", "", string(l.form))
	r.ID = first(l.value.Get("id").Text(), l.value.Get("uid").Text())
	r.Name = vc.PickText(first2(l.value.Get("name"), l.value.Get("badge").Get("name")))
	r.ValidFrom, r.ValidUntil = textOf(l.value.Get("issuedOn")), textOf(l.value.Get("expires"))
	r.Subject = first(l.value.Get("learner").Get("id").Text(), recipientID(l.value.Get("recipient")))
	for i, t := range l.value.Get("signedAssertions").Each() {
		if !c.openInner(t, "/signedAssertions/"+itoa(i), asNested, "") {
			return
		}
	}
}

func recipientID(v ijson.Value) string {
	if t := v.Get("type").Text(); (t == "id" || t == "url" || t == "did") && !v.Get("hashed").Bool() {
		return v.Get("identity").Text()
	}
	return ""
}

func textOf(v ijson.Value) string {
	if v.Kind() == ijson.Number {
		return v.Number()
	}
	return v.Text()
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func first2(a, b ijson.Value) ijson.Value {
	if a.IsValid() {
		return a
	}
	return b
}

// openLink follows a link that was baked instead of a credential, as Open Badges before 2.0 allowed.
func (c *credential) openLink(url string) {
	resp, err := c.net.Fetch(c.ctx, url, fetch.AcceptCredential)
	if err != nil {
		c.add("format.link", "", url)
		return
	}
	how := sniff(resp.Body)
	if how != carrierJSON && how != carrierJWT {
		c.add("format.link", "", url)
		return
	}
	c.openPayload(how, resp.Body)
}

// loadParts finds the badge class and the issuer's profile, in place or by their addresses.
func (c *credential) loadParts() {
	l := c.legacy
	switch l.class {
	case "Clr":
		l.issuer = l.value.Get("publisher")
	case "Assertion":
		if l.badge = l.value.Get("badge"); l.form == upgrade.CLR10 {
			l.badge = l.value.Get("achievement")
		}
		l.badge = c.loadPart(l.badge, "/badge")
		l.issuer = l.badge.Get("issuer")
	case "BadgeClass", "Endorsement":
		l.issuer = l.value.Get("issuer")
	}
	if at := l.issuer.Text(); at != "" {
		l.issuer = c.loadPart(l.issuer, "/badge/issuer")
		l.issuerID = first(l.issuer.Get("id").Text(), at)
		l.fetched = l.issuer.Kind() == ijson.Object && (hostOf(l.issuerID) == hostOf(at) || hostOf(l.issuerID) == "")
		if l.issuer.Kind() == ijson.Object && !l.fetched {
			c.add("issuer.key-not-the-issuers", "/badge/issuer", l.issuerID, at)
		}
	} else {
		l.issuerID = first(l.issuer.Get("id").Text(), l.issuer.Get("origin").Text())
	}
	c.report.Issuer = Issuer{ID: l.issuerID, Name: vc.PickText(l.issuer.Get("name"))}
	if c.report.Name == "" {
		c.report.Name = vc.PickText(l.badge.Get("name"))
	}
}

// loadPart gives the object that stands in place or at the address; the address itself when it cannot be had.
func (c *credential) loadPart(v ijson.Value, at string) ijson.Value {
	if !v.IsString() {
		return v
	}
	doc, err := c.fetchJSON(v.Text())
	if err != nil {
		c.legacy.missing = true
		_, words := why(err)
		c.add("proof.hosted-part-unavailable", at, v.Text(), words)
		return v
	}
	return doc
}

var errNotJSON = errors.New("verify: what is there is no JSON object")

func (c *credential) fetchJSON(url string) (ijson.Value, error) {
	resp, err := c.net.Fetch(c.ctx, url, fetch.AcceptProfile)
	if err != nil {
		return ijson.Value{}, err
	}
	doc, err := ijson.Parse(resp.Body, nil)
	if err != nil || doc.Root().Kind() != ijson.Object {
		return ijson.Value{}, errNotJSON
	}
	return doc.Root(), nil
}

// checkLegacyProof verifies the document as hosted or as signed.
func (c *credential) checkLegacyProof() {
	l := c.legacy
	c.loadParts()
	switch {
	case l.jws != nil:
		c.checkSigned()
	case upgrade.IsBlockcert(l.value):
		kind := first(l.value.Get("signature").Get("type").Index(0).Text(), "MerkleProof2017")
		c.report.Proof = "blockchain:" + quotable(kind)
		c.add("proof.blockchain", "/signature", kind)
	case l.class == "Assertion" || l.class == "Clr" || l.class == "Endorsement":
		c.report.Proof = "hosted"
		c.checkHosted()
	default:
		c.add("proof.never-signed", "")
	}
}

// hostedAt is the address at which the issuer shows the document.
func (l *legacy) hostedAt() string {
	if url := l.value.Get("verify").Get("url").Text(); url != "" { // Open Badges 1.0
		return url
	}
	return l.value.Get("id").Text()
}

// checkHosted: the document at the record's own address is this one (Open Badges 2.0, Hosted Verification).
func (c *credential) checkHosted() {
	l := c.legacy
	at := l.hostedAt()
	if hostOf(at) == "" {
		c.add("proof.hosted-unavailable", "/id", at, "it is no web address")
		c.seal = sealUnknown
		return
	}
	resp, err := c.net.Fetch(c.ctx, at, fetch.AcceptCredential)
	var fe *fetch.Error
	switch {
	case errors.As(err, &fe) && fe.Reason == fetch.NotFound:
		c.seal = sealBroken
		c.add("proof.hosted-gone", "/id", at)
		return
	case err != nil:
		c.seal = sealUnknown
		_, words := why(err)
		c.add("proof.hosted-unavailable", "/id", at, words)
		return
	}
	doc, err := ijson.Parse(resp.Body, nil)
	if err != nil || hostOf(resp.URL) != hostOf(at) {
		c.seal = sealBroken
		c.add("proof.hosted-differs", "/id", at)
		return
	}
	if doc.Root().Get("revoked").Bool() {
		c.add("status.revoked", "", because(doc.Root().Get("revocationReason").Text()))
	}
	if !bytes.Equal(ijson.AppendCanonical(nil, doc.Root()), ijson.AppendCanonical(nil, l.value)) {
		c.seal = sealBroken
		c.add("proof.hosted-differs", "/id", at)
		return
	}
	c.seal = sealIntact
	c.add("proof.hosted", "", at)
}

// checkSigned verifies the JWS with the key that the record names (verification.creator) or that the issuer's profile
// lists (Open Badges 2.0, Signed Verification).
func (c *credential) checkSigned() {
	l := c.legacy
	c.seal = sealBroken
	k := c.signingKey()
	if k == nil {
		if !c.has("proof", Fails) {
			c.seal = sealUnknown
		}
		return
	}
	if err := key.Check(k.pub); err != nil {
		c.addKeyError(err, k.name, "")
		return
	}
	if err := jose.Verify(l.jws, k.pub, nil); err != nil {
		var je *jose.Error
		switch {
		case errors.As(err, &je) && je.Reason == jose.Algorithm:
			c.add("proof.algorithm", "#/alg", je.Msg)
		case errors.As(err, &je) && je.Reason == jose.KeyMismatch:
			c.add("proof.key-type", "#/alg", je.Msg)
		default:
			c.add("proof.signature-mismatch", "")
		}
		return
	}
	c.seal = sealIntact
	c.add("proof.valid", "", c.report.Proof)
	c.legacyKey = k
}

// A legacyKey is a CryptographicKey and where it came from.
type legacyKey struct {
	pub         crypto.PublicKey
	name, owner string
	fetched     bool // from its own address
}

func (c *credential) signingKey() *legacyKey {
	l := c.legacy
	creator := l.value.Get("verification").Get("creator")
	if !creator.IsValid() || creator.Kind() == ijson.Null {
		creator = l.issuer.Get("publicKey")
	}
	if creator.Kind() == ijson.Array {
		creator = creator.Index(0)
	}
	k := &legacyKey{name: creator.Text()}
	doc := creator
	if creator.IsString() {
		if !c.keyListed(k.name) && hostOf(k.name) != hostOf(l.issuerID) {
			c.add("proof.key-not-asked", "/verification/creator")
			c.foreign = append(c.foreign, keyUse{name: k.name, at: "/verification/creator"})
			return nil
		}
		var err error
		if doc, err = c.fetchJSON(k.name); err != nil {
			_, words := why(err)
			c.add("proof.key-unresolved", "/verification/creator", k.name, words)
			return nil
		}
		k.fetched = true
	}
	k.name = first(k.name, doc.Get("id").Text())
	k.owner = doc.Get("owner").Text()
	pub, err := parsePEM(doc.Get("publicKeyPem").Text())
	if err != nil {
		if doc.Kind() != ijson.Object {
			c.add("proof.key-missing", "/verification/creator")
		} else {
			c.add("proof.key-malformed", "/verification/creator", k.name, plain(err))
		}
		return nil
	}
	k.pub = pub
	return k
}

// parsePEM reads publicKeyPem, an SPKI or PKCS #1 block.
func parsePEM(text string) (crypto.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("verify: there is no PEM block in publicKeyPem")
	}
	if pub, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		return pub, nil
	}
	return x509.ParsePKCS1PublicKey(block.Bytes)
}

// keyListed tells whether the profile, as the issuer itself publishes it, names the key.
func (c *credential) keyListed(name string) bool {
	if !c.legacy.fetched || name == "" {
		return false
	}
	for _, k := range c.legacy.issuer.Get("publicKey").Each() {
		if k.Text() == name || k.Get("id").Text() == name {
			return true
		}
	}
	return false
}

// looseDate reads a date of the older standards, which may lack time and zone; a day counts from its first to its last
// moment.
func looseDate(v ijson.Value, end bool) (time.Time, bool) {
	if v.Kind() == ijson.Number {
		return time.Unix(int64(v.Float()), 0), true
	}
	t, ok := ob.DateTime(v.Text()).Time()
	if !ok {
		t2, err := time.Parse("2006-01-02T15:04Z07:00", v.Text())
		t, ok = t2, err == nil
	}
	if ok && end && !strings.ContainsAny(v.Text(), "Tt") {
		t = t.Add(24*time.Hour - time.Nanosecond)
	}
	return t, ok
}
