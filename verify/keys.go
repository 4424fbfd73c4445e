package verify

import (
	"crypto"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/key"
)

// A keyUse is a key with which a signature was, or is to be, checked, and what is known about where it came from.
type keyUse struct {
	pub    crypto.PublicKey
	method *did.Method
	doc    *did.Document
	name   string // the verification method or kid, as written
	at     string // pointer of the proof

	// What the proof made with this key does not protect, and what JSON-LD dropped on the way.
	uncovered []string
	dropped   []jsonld.Dropped
}

// algorithm is the one that the key's own JWK is for.
func (k *keyUse) algorithm() string {
	if k.method == nil {
		return ""
	}
	return k.method.Algorithm
}

// resolveKey finds the key that a proof names. Without one it leaves a finding and returns nil. Nothing is asked for
// outside the issuer's own identifier and origin: a key from elsewhere could not be the issuer's.
func (c *credential) resolveKey(vm, at string) *keyUse {
	if vm == "" {
		c.add("proof.key-missing", at)
		return nil
	}
	base, fragment, _ := strings.Cut(vm, "#")
	if !c.mayAsk(base) {
		c.add("proof.key-not-asked", at)
		c.foreign = append(c.foreign, keyUse{name: vm, at: at})
		return nil
	}
	method, doc, err := c.dids.Dereference(c.ctx, vm)
	if err == nil {
		return c.checkedKey(&keyUse{pub: method.Key, method: method, doc: doc, name: vm, at: at})
	}
	if looksLikeMultikey(fragment) && fragmentMayStand(err) {
		// The key stands in the fragment, as in 1EdTech's fixtures. It shows whether the seal is intact; whose it is has
		// to come from the issuer's own document.
		pub, keyErr := key.ParseMultikey(fragment)
		if keyErr == nil {
			return c.checkedKey(&keyUse{pub: pub, name: vm, at: at})
		}
		c.add("proof.key-malformed", at, vm, plain(keyErr))
		return nil
	}
	c.addKeyError(err, vm, at)
	return nil
}

// fragmentMayStand: the key's document did not come, does not name it, or cannot exist (urn:).
func fragmentMayStand(err error) bool {
	switch did.CodeOf(err) {
	case did.Unreachable, did.NotFound, did.MethodNotFound, did.MethodNotSupported, did.InvalidDocument, did.Mismatch:
		return true
	}
	return false
}

// looksLikeMultikey is true of base58btc text that begins as an Ed25519, P-256 or P-384 Multikey does.
func looksLikeMultikey(s string) bool {
	for _, prefix := range [...]string{"z6Mk", "zDna", "z82L"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// mayAsk tells whether a document may be fetched for this issuer's sake: the issuer's own, or one at its own origin.
// Keys that are named by themselves need no fetching.
func (c *credential) mayAsk(base string) bool {
	issuer := c.issuerID()
	if strings.HasPrefix(base, "did:key:") || strings.HasPrefix(base, "did:jwk:") || base == issuer {
		return true
	}
	if !strings.HasPrefix(base, "did:") && !strings.HasPrefix(base, "https:") && !strings.HasPrefix(base, "http:") {
		return true // nothing to fetch: the resolver will say what is wrong with it
	}
	host := hostOf(base)
	return host != "" && host == hostOf(issuer)
}

// hostOf is the host and port of an https URL or a did:web; "" of anything else.
func hostOf(id string) string {
	if strings.HasPrefix(id, "did:web:") {
		at, err := did.WebURL(id)
		if err != nil {
			return ""
		}
		id = at
	}
	u, err := url.Parse(id)
	if err != nil || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return strings.ToLower(strings.TrimSuffix(u.Host, ":443"))
}

// checkedKey lets no weak, expired or withdrawn key through.
func (c *credential) checkedKey(k *keyUse) *keyUse {
	if err := key.Check(k.pub); err != nil {
		c.addKeyError(err, k.name, k.at)
		return nil
	}
	return k
}

// addKeyError says why there is no key.
func (c *credential) addKeyError(err error, vm, at string) {
	var ke *key.Error
	if errors.As(err, &ke) {
		switch ke.Reason {
		case key.Weak:
			c.add("proof.key-weak", at, ke.Msg)
		case key.Unsupported:
			c.add("proof.key-unsupported", at, ke.Msg)
		default:
			c.add("proof.key-malformed", at, vm, ke.Msg)
		}
		return
	}
	switch did.CodeOf(err) {
	case did.Unreachable, did.InvalidDocument, did.CrossOrigin:
		_, words := why(err)
		c.add("proof.key-unresolved", at, vm, words)
	case did.NotFound, did.MethodNotFound:
		c.add("proof.key-not-found", at, vm)
	case did.MethodNotSupported:
		c.add("proof.key-method", at, vm)
	case did.WeakPublicKey:
		c.add("proof.key-weak", at, plain(err))
	case did.UnsupportedPublicKey:
		c.add("proof.key-unsupported", at, plain(err))
	case did.NotAuthorized:
		c.add("proof.key-purpose", at)
	default:
		c.add("proof.key-malformed", at, vm, plain(err))
	}
}

// keyInTime: a key that had ended when the seal was made, or that was withdrawn, seals nothing (CID 1.0, 2.2). A seal
// that does not say when it was made is measured by now.
func (c *credential) keyInTime(k *keyUse, made time.Time) bool {
	if k.method == nil {
		return true
	}
	if made.IsZero() {
		made = c.now
	}
	if e := k.method.Expires; !e.IsZero() && e.Before(made) {
		c.add("proof.key-expired", k.at, e.Format(time.RFC3339))
		return false
	}
	if r := k.method.Revoked; !r.IsZero() && r.Before(c.now) {
		c.add("proof.key-revoked", k.at, r.Format(time.RFC3339))
		return false
	}
	return true
}

// why says in words why a document did not come, without repeating anything the other side answered.
func why(err error) (reason, words string) {
	var fe *fetch.Error
	if errors.Is(err, errBudget) {
		return "budget", "this verification had asked for as many documents as it may"
	}
	if errors.As(err, &fe) {
		if w, ok := fetchWords[fe.Reason]; ok {
			return strings.ReplaceAll(fe.Reason.String(), " ", "-"), w
		}
	}
	if did.CodeOf(err) == did.InvalidDocument {
		return "malformed", "what is published there is not what it should be"
	}
	if did.CodeOf(err) == did.CrossOrigin {
		return "redirect", "it redirects to another host"
	}
	return "unreachable", "it could not be fetched"
}

var fetchWords = map[fetch.Kind]string{
	fetch.Unreachable: "the server did not answer",
	fetch.NotFound:    "the server says that there is no such document",
	fetch.Forbidden:   "this address is never fetched",
	fetch.TooLarge:    "the document is too large",
	fetch.Timeout:     "the server did not answer in time",
	fetch.Offline:     "the verifier is offline and was not given it",
	fetch.Status:      "the server answered with an error",
	fetch.ContentType: "the server answered with another kind of document",
	fetch.TLS:         "the server could not prove who it is",
	fetch.Budget:      "as many documents as allowed had been asked for",
}
