package fetch

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// MaxExchange bounds the answer to a request of Client: a page of credentials.
const MaxExchange = 32 << 20

// exchangeTimeout bounds one request of Client, its answer's body included.
const exchangeTimeout = time.Minute

// Client returns an HTTP client behind the same fence, for what a Fetcher cannot do: requests with a method, a body or an
// authorization. It follows no redirect, so that neither reaches another host than the caller named; it remembers nothing.
func (h *HTTP) Client() *http.Client {
	return &http.Client{
		Transport:     fenced{h},
		Timeout:       exchangeTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fenced is the transport of Client.
type fenced struct{ h *HTTP }

// RoundTrip implements http.RoundTripper.
func (f fenced) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, err := f.h.guard.parse(req.URL.String()); err != nil {
		return nil, &Error{URL: req.URL.String(), Reason: Forbidden, Err: err}
	}
	resp, err := f.h.client.Transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &bounded{resp.Body, MaxExchange}
	return resp, nil
}

// bounded is a body that ends in an error when it is larger than it may be.
type bounded struct {
	io.ReadCloser
	left int64
}

var errExchange = errors.New("fetch: the answer is larger than 32 MiB")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errExchange
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}
