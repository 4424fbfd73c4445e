package fetch

import (
	"mime"
	"slices"
	"strings"
	"time"
)

// What a caller expects at a URL; the value is the Accept header that is sent.
const (
	// AcceptDID is a DID document or controlled identifier document.
	AcceptDID = "application/did+json, application/did+ld+json;q=0.9, application/did;q=0.9, application/json;q=0.8"
	// AcceptKeys is a JWK or a JWK set (OB 3.0 implementation guide: "Accept: application/jwk-set+json").
	AcceptKeys = "application/jwk-set+json, application/jwk+json;q=0.9, application/json;q=0.8"
	// AcceptProfile is a key document, controller document or issuer profile.
	AcceptProfile = "application/json, application/ld+json;q=0.9, application/cid;q=0.9, application/did+json;q=0.8"
	// AcceptCredential is a credential, e.g. of a refresh service.
	AcceptCredential = "application/vc, application/vc+jwt;q=0.9, application/vc+ld+json;q=0.9, application/ld+json;q=0.8, application/json;q=0.8, text/plain;q=0.5"
	// AcceptStatusList is a status list credential or a 1EdTech revocation list.
	AcceptStatusList = "application/json, application/vc;q=0.9, application/vc+ld+json;q=0.9, application/ld+json;q=0.8, application/vc+jwt;q=0.8, text/plain;q=0.5"
	// AcceptSchema is a JSON Schema.
	AcceptSchema = "application/schema+json, application/json;q=0.9"
	// AcceptImage is an image of a badge or a profile.
	AcceptImage = "image/png, image/svg+xml, image/jpeg;q=0.9, image/webp;q=0.9, image/gif;q=0.8"
	// AcceptAny is whatever a person pointed at: a credential in JSON, JWT, PNG, SVG or PDF.
	AcceptAny = "*/*"
)

const (
	// MaxJSON is enough for a DID document, key set, profile or schema; the largest seen in the field has 60 kB.
	MaxJSON = 1 << 20
	// MaxCredential is enough for a CLR of 2,000 courses (6 MB per 1,000) with room for images inside.
	MaxCredential = 20 << 20
	// MaxList is enough for a 1EdTech revocation list of 100,000 entries or a bitstring of 100 million bits.
	MaxList = 20 << 20
	// MaxImage is enough for a badge image; verifiers do not print posters.
	MaxImage = 10 << 20
)

// rule is what holds for one Accept constant.
type rule struct {
	accept string
	limit  int64
	types  []string                        // media types besides */*+json
	fresh  time.Duration                   // how long to keep an answer that says nothing about caching
	oldest time.Duration                   // how long to keep an answer whatever it says
	ttl    func(body []byte) time.Duration // what the document says itself; nil for kinds that say nothing
}

// opaque types are what plain file hosting sends for a document without a known extension.
var opaque = []string{"", "application/json", "text/plain", "application/octet-stream", "binary/octet-stream"}

var rules = []rule{
	{AcceptDID, MaxJSON, append([]string{"application/did", "application/cid"}, opaque...), 5 * time.Minute, time.Hour, nil},
	{AcceptKeys, MaxJSON, opaque, 5 * time.Minute, time.Hour, nil},
	{AcceptProfile, MaxJSON, append([]string{"application/did", "application/cid"}, opaque...), 5 * time.Minute, time.Hour, nil},
	{AcceptSchema, MaxJSON, opaque, time.Hour, 24 * time.Hour, nil},
	{AcceptCredential, MaxCredential, append([]string{"application/vc", "application/vc+jwt", "application/jwt", "application/jose"}, opaque...), 0, time.Minute, nil},
	{AcceptStatusList, MaxList, append([]string{"application/vc", "application/vc+jwt", "application/jwt", "application/jose", "application/statuslist+jwt"}, opaque...), time.Minute, 5 * time.Minute, listTTL},
	{AcceptImage, MaxImage, []string{"image/png", "image/svg+xml", "image/jpeg", "image/webp", "image/gif"}, time.Hour, 24 * time.Hour, nil},
	{AcceptAny, MaxCredential, append([]string{"application/vc", "application/vc+jwt", "application/jwt", "application/jose", "image/png", "image/svg+xml", "application/pdf"}, opaque...), 0, time.Minute, nil},
}

// ruleOf returns the rule of an Accept constant; any other text is held to the rule of key documents, the strictest.
func ruleOf(accept string) *rule {
	for i := range rules {
		if rules[i].accept == accept {
			return &rules[i]
		}
	}
	return &rules[1]
}

// permits reports whether a document of this rule may come with the content type. An HTML page with JSON inside, as a
// login page or a soft 404 sends it, is not a document.
func (r *rule) permits(contentType string) bool {
	media := ""
	if contentType != "" {
		var err error
		if media, _, err = mime.ParseMediaType(contentType); err != nil {
			return false
		}
	}
	return slices.Contains(r.types, media) || (strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json"))
}
