package did

import (
	"context"
	"crypto"

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
// order:
//
//  1. the issuer's own document (DID document, controller document or profile), with the key under the purpose;
//  2. for an https issuer, the JWK set at /.well-known/jwks.json of its origin (OB 3.0 implementation guide, issuer key
//     assurance), where a key with an iss speaks for that issuer alone;
//  3. when the issuer publishes neither list, or neither can be had: the document that holds the key, if it came from
//     the issuer's origin and, unless it is a JWK, names the issuer as the key's controller.
//
// A key that arrived inside a credential, or lies at an address of somebody else, proves nothing. ControllerMismatch,
// NotAuthorized and NotBound say that the key is not the issuer's; Unreachable and NotFound that it could not be found
// out.
func (r *Resolver) Bind(ctx context.Context, c Claim) error {
	if c.Purpose == "" {
		c.Purpose = AssertionMethod
	}
	if m := c.Method; m != nil && c.Document != nil {
		switch {
		case !key.Equal(m.Key, c.Key):
			return fail(NotBound, m.ID, "the signature was made with another key than this method's")
		case c.Document.Form != KeySet && m.Controller != c.Issuer:
			return fail(ControllerMismatch, m.ID, "the key's controller is %q, not the issuer %q", m.Controller, c.Issuer)
		case c.Document.Form == Controller && c.Document.ID == c.Issuer:
			if c.Document.Authorizes(c.Purpose, m.ID) {
				return nil
			}
			return fail(NotAuthorized, m.ID, "%s holds the key, but not for %s", c.Issuer, c.Purpose)
		}
	}
	listed, err := r.inDocument(ctx, c)
	if listed || CodeOf(err) == NotAuthorized {
		return err
	}
	docErr := err
	if isWebAddress(c.Issuer) && c.Purpose == AssertionMethod {
		if listed, err = r.inKeySet(ctx, c); listed {
			return err
		}
	}
	if CodeOf(docErr) == NotBound || CodeOf(err) == NotBound { // there is a list, and the key is not in it
		return fail(NotBound, c.Issuer, "the issuer publishes its keys, and this key is not among them")
	}
	if c.atIssuer() {
		return nil
	}
	if docErr != nil && CodeOf(docErr) != NotFound {
		return docErr
	}
	if err != nil && CodeOf(err) != NotFound {
		return err
	}
	return fail(NotBound, c.Issuer, "the issuer publishes nothing that names this key")
}

// atIssuer reports whether the key's own document came from the issuer's origin.
func (c *Claim) atIssuer() bool {
	if c.Method == nil || c.Document == nil || c.Document.Form == Controller || c.Purpose != AssertionMethod {
		return false
	}
	if c.Document.Form == KeySet && c.Method.Issuer != "" && c.Method.Issuer != c.Issuer {
		return false
	}
	o := origin(c.Issuer)
	return o != "" && o == origin(c.Document.URL)
}

// inDocument looks for the key in the issuer's own document. NotBound means that the document lists keys without it;
// a document without any keys, such as a plain profile, is no error.
func (r *Resolver) inDocument(ctx context.Context, c Claim) (bool, error) {
	d, err := r.Resolve(ctx, c.Issuer)
	if err != nil {
		return false, err
	}
	held := false
	for i := range d.Methods {
		m := &d.Methods[i]
		if d.Form != Controller || m.Controller != c.Issuer || !key.Equal(m.Key, c.Key) {
			continue
		}
		if d.Authorizes(c.Purpose, m.ID) {
			return true, nil
		}
		held = true
	}
	switch {
	case held:
		return false, fail(NotAuthorized, c.Issuer, "the issuer's document holds the key, but not for %s", c.Purpose)
	case len(d.Methods) > 0 || !isWebAddress(c.Issuer):
		return false, fail(NotBound, c.Issuer, "the issuer's document does not name this key")
	}
	return false, nil
}

// KeySetURL returns the address of the JWK set of an https issuer, "" for any other.
func KeySetURL(issuer string) string {
	if o := origin(issuer); o != "" && isWebAddress(issuer) {
		return o + "/.well-known/jwks.json"
	}
	return ""
}

// inKeySet looks for the key in the JWK set of the issuer's origin.
func (r *Resolver) inKeySet(ctx context.Context, c Claim) (bool, error) {
	at := KeySetURL(c.Issuer)
	if at == "" {
		return false, fail(InvalidDIDURL, c.Issuer, "the issuer's id is no https URL")
	}
	d, err := r.get(ctx, c.Issuer, at, fetch.AcceptKeys)
	if err != nil {
		return false, err
	}
	if origin(d.URL) != origin(at) {
		return false, fail(CrossOrigin, c.Issuer, "%s redirects to another host; an issuer's key set must come from its own", at)
	}
	for i := range d.Methods {
		m := &d.Methods[i]
		if d.Form == KeySet && key.Equal(m.Key, c.Key) && (m.Issuer == "" || m.Issuer == c.Issuer) {
			return true, nil
		}
	}
	return false, fail(NotBound, c.Issuer, "%s does not name this key", at)
}
