package did

import (
	"context"
	"crypto"
	"net/url"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/key"
)

// Claim is what a proof says about its key.
type Claim struct {
	// Issuer is the id of the issuer for whom the key is said to speak.
	Issuer string
	// Purpose is AssertionMethod unless set.
	Purpose string
	// Method and Document are what Dereference found; nil for a bare key, as in a JWS header's jwk.
	Method   *Method
	Document *Document
	// Key is the key that verified the signature.
	Key crypto.PublicKey
}

// Bind reports whether the issuer itself publishes the key for the purpose; nil means it does. The sources are, in this
// order: the document that holds the key, when it is the issuer's own or a key document at the issuer's origin that
// names the issuer as controller; the issuer's DID document, controller document or profile; and for an https issuer
// the JWK set at /.well-known/jwks.json of its origin (OB 3.0 implementation guide, "issuer key assurance").
//
// A key that arrived inside a credential, or lies at an address of somebody else, proves nothing. ControllerMismatch,
// NotAuthorized and NotBound say that the key is not the issuer's; Unreachable that it could not be found out.
func (r *Resolver) Bind(ctx context.Context, c Claim) error {
	if c.Purpose == "" {
		c.Purpose = AssertionMethod
	}
	if m := c.Method; m != nil && c.Document != nil {
		if !key.Equal(m.Key, c.Key) {
			return fail(NotBound, m.ID, "the signature was made with another key than this method's")
		}
		switch {
		case c.Document.Form == KeySet:
			// A key set names no owner; whose it is follows from where it lies, below.
		case m.Controller != c.Issuer:
			return fail(ControllerMismatch, m.ID, "the key's controller is %q, not the issuer %q", m.Controller, c.Issuer)
		case c.Document.Form == KeyDocument:
			if o := origin(c.Issuer); o != "" && o == origin(m.ID) {
				return nil
			}
		case c.Document.ID == c.Issuer:
			if c.Document.Authorizes(c.Purpose, m.ID) {
				return nil
			}
			return fail(NotAuthorized, m.ID, "%s holds the key, but not for %s", c.Issuer, c.Purpose)
		}
	}
	return r.published(ctx, c)
}

// published looks for the key in what the issuer publishes.
func (r *Resolver) published(ctx context.Context, c Claim) error {
	d, err := r.Resolve(ctx, c.Issuer)
	listed := false
	if err == nil {
		for i := range d.Methods {
			m := &d.Methods[i]
			if !key.Equal(m.Key, c.Key) || d.Form != Controller {
				continue
			}
			if m.Controller == c.Issuer && d.Authorizes(c.Purpose, m.ID) {
				return nil
			}
			listed = true
		}
	}
	if listed {
		return fail(NotAuthorized, c.Issuer, "the issuer's document holds the key, but not for %s", c.Purpose)
	}
	if isWebAddress(c.Issuer) && c.Purpose == AssertionMethod {
		setErr := r.inKeySet(ctx, c)
		if setErr == nil || CodeOf(setErr) == NotBound {
			return setErr
		}
		if CodeOf(err) == NotFound || err == nil {
			err = setErr
		}
		if CodeOf(err) == NotFound {
			return fail(NotBound, c.Issuer, "the issuer publishes no document and no key set that names this key")
		}
	}
	if err != nil {
		return err
	}
	return fail(NotBound, c.Issuer, "the issuer's document does not name this key")
}

// KeySetURL returns the address of the JWK set of an https issuer, "" for any other.
func KeySetURL(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil || !isWebAddress(issuer) || u.Host == "" || u.User != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/.well-known/jwks.json"
}

// inKeySet looks for the key in the JWK set of the issuer's origin. A JWK with an iss speaks for that issuer alone.
func (r *Resolver) inKeySet(ctx context.Context, c Claim) error {
	at := KeySetURL(c.Issuer)
	if at == "" {
		return fail(NotBound, c.Issuer, "the issuer's id is no https URL")
	}
	d, final, err := r.get(ctx, c.Issuer, at, fetch.AcceptKeys)
	if err != nil {
		return err
	}
	if origin(final) != origin(at) {
		return fail(CrossOrigin, c.Issuer, "%s redirects to another host; an issuer's key set must come from its own", at)
	}
	for i := range d.Methods {
		m := &d.Methods[i]
		if key.Equal(m.Key, c.Key) && (m.Issuer == "" || m.Issuer == c.Issuer) {
			return nil
		}
	}
	return fail(NotBound, c.Issuer, "neither the issuer's document nor %s names this key", at)
}
