package did

import (
	"context"
	"strings"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/key"
)

// FindKey finds the key that the kid of a JWS header names, for a token that says it is from issuer. A kid is a DID URL,
// an https URL at the issuer's own origin, or a plain name in what the issuer publishes. A kid that lies at an address
// of somebody else is a ControllerMismatch, and nothing is fetched from there. As with Dereference, finding a key says
// nothing about whose it is: that is for Bind.
func (r *Resolver) FindKey(ctx context.Context, issuer, kid string) (*Method, *Document, error) {
	switch {
	case len(kid) > MaxID:
		return nil, nil, fail(MethodNotFound, issuer, "the kid has more than %d characters", MaxID)
	case strings.HasPrefix(kid, "did:"):
		did, _, err := splitURL(kid)
		if err != nil {
			return nil, nil, err
		}
		// did:key and did:jwk need no network, so the signature can be checked whoever the issuer is.
		if did != issuer && !strings.HasPrefix(did, "did:key:") && !strings.HasPrefix(did, "did:jwk:") {
			return nil, nil, fail(ControllerMismatch, kid, "the key belongs to %s, not to the issuer %q", did, issuer)
		}
		return r.Dereference(ctx, kid)
	case isWebAddress(kid):
		if o := originOf(issuer); o == "" || o != origin(kid) {
			return nil, nil, fail(ControllerMismatch, kid, "the key lies at another host than the issuer %q", issuer)
		}
		return r.Dereference(ctx, kid)
	}
	return r.named(ctx, issuer, kid)
}

// originOf is the origin of an issuer: of its https URL, or of the host that its did:web names.
func originOf(issuer string) string {
	if strings.HasPrefix(issuer, "did:web:") {
		issuer, _ = WebURL(issuer) // a malformed one has no origin
	}
	return origin(issuer)
}

// named looks for a plain kid in the issuer's document and then in the key set of its origin. Without a kid, the only
// key there is, is meant.
func (r *Resolver) named(ctx context.Context, issuer, kid string) (*Method, *Document, error) {
	d, err := r.Resolve(ctx, issuer)
	if err == nil {
		if m, err := pick(issuer, kid, d); m != nil || CodeOf(err) != MethodNotFound {
			return usableOr(m, d, err)
		}
	}
	at := KeySetURL(issuer)
	if at == "" {
		if err != nil {
			return nil, nil, err
		}
		return nil, d, fail(MethodNotFound, issuer, "the issuer's document has no key named %q", clip(kid))
	}
	set, setErr := r.get(ctx, issuer, at, fetch.AcceptKeys)
	if setErr != nil {
		if err != nil && CodeOf(err) != NotFound {
			return nil, nil, err
		}
		return nil, nil, setErr
	}
	if origin(set.URL) != origin(at) {
		return nil, nil, fail(CrossOrigin, issuer, "%s redirects to another host; an issuer's key set must come from its own", at)
	}
	m, err := pick(issuer, kid, set)
	return usableOr(m, set, err)
}

func usableOr(m *Method, d *Document, err error) (*Method, *Document, error) {
	if err != nil {
		return nil, d, err
	}
	return usable(m.ID, m, d)
}

// pick selects the method named kid: by its JWK's kid, its whole id, or its fragment.
func pick(issuer, kid string, d *Document) (*Method, error) {
	var found *Method
	for i := range d.Methods {
		m := &d.Methods[i]
		_, fragment, _ := strings.Cut(m.ID, "#")
		byFragment := fragment != "" && strings.TrimPrefix(kid, "#") == fragment
		if kid != "" && kid != m.KeyID && kid != m.ID && !byFragment {
			continue
		}
		if found != nil && !key.Equal(found.Key, m.Key) {
			return nil, fail(InvalidDocument, issuer, "the issuer publishes several keys that %q could mean", clip(kid))
		}
		if found == nil {
			found = m
		}
	}
	if found == nil {
		return nil, fail(MethodNotFound, issuer, "the issuer publishes no key named %q", clip(kid))
	}
	return found, nil
}

// clip keeps a stranger's text short enough for a message.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
