package did

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/key"
)

// Resolver finds documents and the keys in them. The zero Resolver is offline: it resolves did:key and did:jwk, and
// everything else is Unreachable.
//
// The documents that it returns may be shared: do not change them.
type Resolver struct {
	Fetcher fetch.Fetcher // nil: fetch.Never

	mu   sync.Mutex
	memo map[string]*Document // of DIDs that are their own key: always right, and half the price of a signature
}

// maxMemo bounds the memo; a record has a handful of issuers.
const maxMemo = 256

// Resolve returns the document of a DID, or of an https identifier (a controller document or an issuer profile).
func (r *Resolver) Resolve(ctx context.Context, id string) (*Document, error) {
	if isWebAddress(id) {
		return r.resolveAddress(ctx, id)
	}
	if strings.HasPrefix(id, "did:") && strings.ContainsAny(id, "/?#") {
		if _, _, err := splitURL(id); err != nil {
			return nil, err
		}
		return nil, fail(InvalidDIDURL, id, "this is a DID URL where a DID is expected")
	}
	method, specific, err := split(id)
	if err != nil {
		return nil, err
	}
	for i := range methods {
		m := &methods[i]
		switch {
		case m.name != method:
		case m.derive != nil:
			return r.derived(id, specific, m.derive)
		default:
			return m.fetch(r, ctx, id)
		}
	}
	return nil, fail(MethodNotSupported, id, "the DID method %q is not supported; did:key, did:web and did:jwk are", method)
}

func (r *Resolver) derived(id, specific string, derive func(did, specific string) (*Document, error)) (*Document, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d, ok := r.memo[id]; ok {
		return d, nil
	}
	d, err := derive(id, specific)
	if err != nil {
		return nil, err
	}
	if r.memo == nil || len(r.memo) >= maxMemo {
		r.memo = make(map[string]*Document)
	}
	r.memo[id] = d
	return d, nil
}

// resolveAddress gets the document that an https identifier names and holds it to its id (CID 1.0, 3.3, step 7).
func (r *Resolver) resolveAddress(ctx context.Context, id string) (*Document, error) {
	at, fragment, _ := strings.Cut(id, "#")
	if fragment != "" {
		return nil, fail(InvalidDIDURL, id, "this is a URL with a fragment where an identifier is expected")
	}
	d, err := r.get(ctx, id, at, fetch.AcceptProfile)
	if err != nil {
		return nil, err
	}
	if d.ID == "" {
		d.ID = at
	}
	if d.ID != at {
		return nil, fail(Mismatch, id, "the document at %s has the id %q", at, d.ID)
	}
	return d, nil
}

// Dereference finds the verification method that a proof or a kid names: a DID URL, a bare did:key or did:jwk, or an
// https URL of a key document, controller document, profile, JWK or JWK set, with or without a fragment. Finding a key
// says nothing about whose it is: that is for Bind.
func (r *Resolver) Dereference(ctx context.Context, verificationMethod string) (*Method, *Document, error) {
	id := verificationMethod
	if isWebAddress(id) {
		return r.dereferenceAddress(ctx, id)
	}
	if !strings.HasPrefix(id, "did:") {
		if scheme, _, ok := strings.Cut(id, ":"); ok && validScheme(scheme) {
			return nil, nil, fail(MethodNotSupported, id, "a verification method is a DID URL or an https URL, not %s:", scheme)
		}
		return nil, nil, fail(InvalidDIDURL, id, "a verification method is an absolute DID URL or https URL")
	}
	did, fragment, err := splitURL(id)
	if err != nil {
		return nil, nil, err
	}
	d, err := r.Resolve(ctx, did)
	if err != nil {
		return nil, nil, err
	}
	if fragment == "" && len(d.Methods) == 1 && !d.Raw.IsValid() { // did:key and did:jwk are their own method
		return usable(id, &d.Methods[0], d)
	}
	return find(id, d)
}

func (r *Resolver) dereferenceAddress(ctx context.Context, id string) (*Method, *Document, error) {
	at, fragment, _ := strings.Cut(id, "#")
	if !validFragment(fragment) {
		return nil, nil, fail(InvalidDIDURL, id, "the fragment has a character that a URL cannot have")
	}
	d, err := r.get(ctx, id, at, fetch.AcceptProfile)
	if err != nil {
		return nil, nil, err
	}
	if d.ID == "" {
		d.ID = at
	}
	if d.Form == KeySet {
		return findInSet(id, fragment, d)
	}
	// A key document is its own method and carries the method's id; a controller document carries its own.
	if d.ID != at && (d.Form != KeyDocument || d.ID != id) {
		return nil, nil, fail(Mismatch, id, "the document at %s has the id %q", at, d.ID)
	}
	return find(id, d)
}

func find(id string, d *Document) (*Method, *Document, error) {
	if m, ok := d.Method(id); ok {
		return usable(id, m, d)
	}
	return nil, d, fail(MethodNotFound, id, "the document of %s does not hold this verification method", d.ID)
}

// findInSet selects a JWK by its kid (the whole URL or its fragment), or takes the only one.
func findInSet(id, fragment string, d *Document) (*Method, *Document, error) {
	var found *Method
	for i := range d.Methods {
		m := &d.Methods[i]
		if m.ID != id && (fragment == "" || m.ID != fragment) {
			continue
		}
		if found != nil && !key.Equal(found.Key, m.Key) {
			return nil, d, fail(InvalidDocument, id, "two different keys at %s have this kid", d.ID)
		}
		found = m
	}
	if found == nil && len(d.Methods) == 1 && fragment == "" {
		found = &d.Methods[0]
	}
	if found == nil {
		return nil, d, fail(MethodNotFound, id, "none of the %d keys at %s has this kid", len(d.Methods), d.ID)
	}
	return usable(id, found, d)
}

func usable(id string, m *Method, d *Document) (*Method, *Document, error) {
	if m.Err != nil {
		return m, d, keyError(id, m.Err)
	}
	return m, d, nil
}

// get fetches and parses one document.
func (r *Resolver) get(ctx context.Context, id, at, accept string) (*Document, error) {
	fetcher := r.Fetcher
	if fetcher == nil {
		fetcher = fetch.Never
	}
	resp, err := fetcher.Fetch(ctx, at, accept)
	if err != nil {
		var failed *fetch.Error
		if errors.As(err, &failed) && failed.Reason == fetch.NotFound {
			return nil, &Error{Code: NotFound, ID: id, Msg: "there is no document", Err: err}
		}
		return nil, &Error{Code: Unreachable, ID: id, Msg: "the document could not be fetched", Err: err}
	}
	d, err := ParseDocument(resp.Body)
	if err != nil {
		return nil, &Error{Code: InvalidDocument, ID: id, Msg: "the document at " + at + " is malformed", Err: err}
	}
	d.URL, d.FetchedAt = resp.URL, resp.FetchedAt
	return d, nil
}

// isWebAddress reports whether id is an http(s) URL; whether plain http may be used is for the fetcher to say.
func isWebAddress(id string) bool {
	return strings.HasPrefix(id, "https://") || strings.HasPrefix(id, "http://")
}

func validScheme(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") == ""
}

// origin returns scheme, host and port of a URL (RFC 6454), "" when it has none.
func origin(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return ""
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host
}
