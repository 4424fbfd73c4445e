// Package fetch gets a document by URL: from the network under limits, from a fixed map, or never. It holds the only
// guard against server-side request forgery; no other package of Laurel dials out on behalf of a credential.
package fetch

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Fetcher gets the document at an https URL. A nil error comes with a response whose body is complete; every error is
// an *Error. accept is one of the Accept… constants: it is sent as the Accept header, and chooses the size limit, the
// content types and the cache rule.
type Fetcher interface {
	Fetch(ctx context.Context, url string, accept string) (*Response, error)
}

// Response is a document as it was received. It may be shared between callers: do not change it.
type Response struct {
	URL         string // after redirects
	Body        []byte
	ContentType string // as sent; may be empty
	Header      http.Header
	FetchedAt   time.Time // when the bytes came over the wire, not when they came out of a cache
}

// Kind says why a document could not be had.
type Kind uint8

// The kinds of failure. Only NotFound says something about the document; all others say "could not find out".
const (
	Unreachable Kind = iota + 1 // no answer: name, connection, or a broken one
	NotFound                    // 404 or 410
	Forbidden                   // the address or URL is one that is never fetched
	TooLarge                    // more bytes than the limit
	Timeout
	Offline     // no network was allowed, and the document is not among those handed in
	Status      // another HTTP status than 200
	ContentType // not a type that such a document can have
	TLS         // the server could not prove who it is
	Budget      // more requests or bytes than one piece of work may use; for fetchers that count
)

var kindNames = [...]string{
	Unreachable: "unreachable", NotFound: "not found", Forbidden: "forbidden", TooLarge: "too large", Timeout: "timeout",
	Offline: "offline", Status: "HTTP status", ContentType: "content type", TLS: "TLS", Budget: "budget",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Error is a failed fetch. Its text never holds a byte of the remote's answer.
type Error struct {
	URL    string
	Reason Kind
	Err    error // may be nil
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("fetch: %s: %s", e.URL, e.Reason)
	}
	return fmt.Sprintf("fetch: %s: %s: %v", e.URL, e.Reason, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Never is the fetcher of offline work: every document is Offline.
var Never Fetcher = never{}

type never struct{}

func (never) Fetch(_ context.Context, url, _ string) (*Response, error) {
	return nil, &Error{URL: url, Reason: Offline}
}
