package fetch

import (
	"context"
	"net/http"
	"time"
)

// HTTPOptions sets how the network may be used; the zero value is the strict one.
type HTTPOptions struct {
	Now func() time.Time // nil: time.Now
}

// HTTP fetches over https.
type HTTP struct {
	client *http.Client
	now    func() time.Time
}

// NewHTTP returns a fetcher that uses the network.
func NewHTTP(opts *HTTPOptions) *HTTP { return &HTTP{} }

var _ Fetcher = (*HTTP)(nil)

func (h *HTTP) Fetch(ctx context.Context, url, accept string) (*Response, error) {
	return nil, &Error{URL: url, Reason: Offline}
}
