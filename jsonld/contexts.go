package jsonld

import (
	"embed"
	"slices"
	"sync"
)

// The contexts are restated from the published documents as tables (see
// notation.go); a test holds them equal. Nothing else is ever used as a
// context, unless the caller gives it in Options.Documents.
//
//go:embed contexts/*.txt
var contextFiles embed.FS

// embedded is a built-in context: its file in contexts/ and the URLs it is
// known by, the canonical one first.
type embedded struct {
	file string
	test bool // for examples only: it defines every term there is
	urls []string
	once sync.Once
	list *contextList
}

// contexts is the table of built-in contexts. A trusted context is a file and
// a line here.
var contexts = []*embedded{
	{file: "credentials-v2", urls: []string{"https://www.w3.org/ns/credentials/v2"}},
	{file: "credentials-v1", urls: []string{"https://www.w3.org/2018/credentials/v1"}},
	{file: "clr-v2p0-2.0.1", urls: []string{"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"}},
	{file: "clr-v2p0", urls: []string{"https://purl.imsglobal.org/spec/clr/v2p0/context.json"}},
	{file: "ob-v3p0-3.0.3", urls: []string{"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}},
	{file: "ob-v3p0-3.0.2", urls: []string{"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"}},
	{file: "ob-v3p0-3.0.1", urls: []string{"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"}},
	{file: "ob-v3p0", urls: []string{"https://purl.imsglobal.org/spec/ob/v3p0/context.json", "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld"}},
	{file: "ob-v3p0-extensions", urls: []string{"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"}},
	{file: "data-integrity-v2", urls: []string{"https://w3id.org/security/data-integrity/v2"}},
	{file: "data-integrity-v1", urls: []string{"https://w3id.org/security/data-integrity/v1"}},
	{file: "multikey-v1", urls: []string{"https://w3id.org/security/multikey/v1"}},
	{file: "jwk-v1", urls: []string{"https://w3id.org/security/jwk/v1"}},
	{file: "cid-v1", urls: []string{"https://www.w3.org/ns/cid/v1"}},
	{file: "did-v1", urls: []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/did/v1"}},
	{file: "ed25519-2020-v1", urls: []string{"https://w3id.org/security/suites/ed25519-2020/v1"}},
	{file: "ed25519-2018-v1", urls: []string{"https://w3id.org/security/suites/ed25519-2018/v1"}},
	{file: "jws-2020-v1", urls: []string{"https://w3id.org/security/suites/jws-2020/v1"}},
	{file: "x25519-2019-v1", urls: []string{"https://w3id.org/security/suites/x25519-2019/v1"}},
	{file: "secp256k1-2019-v1", urls: []string{"https://w3id.org/security/suites/secp256k1-2019/v1"}},
	{file: "security-v1", urls: []string{"https://w3id.org/security/v1"}},
	{file: "security-v2", urls: []string{"https://w3id.org/security/v2"}},
	{file: "security-bbs-v1", urls: []string{"https://w3id.org/security/bbs/v1"}},
	{file: "credentials-status-v1", urls: []string{"https://www.w3.org/ns/credentials/status/v1"}},
	{file: "vc-status-list-2021-v1", urls: []string{"https://w3id.org/vc/status-list/2021/v1"}},
	{file: "vc-revocation-list-2020-v1", urls: []string{"https://w3id.org/vc-revocation-list-2020/v1"}},
	{file: "odrl", urls: []string{"https://www.w3.org/ns/odrl.jsonld"}},
	{file: "credentials-examples-v2", test: true, urls: []string{"https://www.w3.org/ns/credentials/examples/v2"}},
	{file: "credentials-examples-v1", test: true, urls: []string{"https://www.w3.org/2018/credentials/examples/v1"}},
	{file: "credentials-undefined-terms-v2", test: true, urls: []string{"https://www.w3.org/ns/credentials/undefined-terms/v2"}},
	{file: "clr-v1p0", urls: []string{"https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld", "https://purl.imsglobal.org/spec/clr/v1p0/context/imsclr_v1p0.jsonld"}},
	{file: "ob-v2p0", urls: []string{"https://w3id.org/openbadges/v2", "https://openbadgespec.org/v2/context.json"}},
	{file: "ob-v1p1", urls: []string{"https://w3id.org/openbadges/v1", "https://openbadgespec.org/v1/context.json"}},
	{file: "ob-v2p1", urls: []string{"https://purl.imsglobal.org/spec/ob/v2p1/context/ob_v2p1.jsonld", "https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld"}},
	{file: "jff-plugfest-1", urls: []string{"https://w3c-ccg.github.io/vc-ed/plugfest-1-2022/jff-vc-edu-plugfest-1-context.json"}},
	{file: "ob-v1-legacy", urls: []string{"https://w3id.org/openbadges/legacy-v1"}},
	{file: "ob-ext-accessibility-3.0.0", urls: []string{"https://openbadgespec.org/extensions/accessibilityExtension/context-3.0.0.json"}},
	{file: "ob-ext-applylink-3.0.0", urls: []string{"https://openbadgespec.org/extensions/applyLinkExtension/context-3.0.0.json"}},
	{file: "ob-ext-geocoordinates-3.0.0", urls: []string{"https://openbadgespec.org/extensions/geoCoordinatesExtension/context-3.0.0.json"}},
	{file: "ob-ext-license-3.0.0", urls: []string{"https://openbadgespec.org/extensions/licenseExtension/context-3.0.0.json"}},
	{file: "dcc-v1", urls: []string{"https://w3id.org/dcc/v1"}},
	{file: "citizenship-v4rc1", urls: []string{"https://w3id.org/citizenship/v4rc1"}},
	{file: "obv2x-applylink-extensions", urls: []string{"https://w3id.org/openbadges/extensions/applyLinkExtension/context.json"}},
	{file: "obv2x-example-extension", urls: []string{"https://w3id.org/openbadges/extensions/exampleExtension/context.json"}},
}

// contextByURL is the table by URL.
var contextByURL = sync.OnceValue(func() map[string]*embedded {
	m := map[string]*embedded{}
	for _, e := range contexts {
		for _, url := range e.urls {
			m[url] = e
		}
	}
	return m
})

// embeddedContext returns a built-in context, or nil. It is read when it is
// first asked for.
func embeddedContext(url string) *contextList {
	e := contextByURL()[url]
	if e == nil {
		return nil
	}
	e.once.Do(func() {
		text, err := contextFiles.ReadFile("contexts/" + e.file + ".txt")
		if err == nil {
			e.list, err = readNotation(string(text), e.urls[0])
		}
		if err != nil {
			panic(err) // the program was built wrong; a test reads every context
		}
	})
	return e.list
}

// KnownContext reports whether the context with this URL is built in.
func KnownContext(url string) bool { return contextByURL()[url] != nil }

// KnownContexts returns the URLs of the built-in contexts, sorted.
func KnownContexts() []string {
	var urls []string
	for url := range contextByURL() {
		urls = append(urls, url)
	}
	slices.Sort(urls)
	return urls
}

// ExampleContext reports whether the context with this URL is for examples
// only. Such a context defines every term there is, so that nothing in a
// document that uses it is ever undefined.
func ExampleContext(url string) bool {
	e := contextByURL()[url]
	return e != nil && e.test
}
