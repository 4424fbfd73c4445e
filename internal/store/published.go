package store

import (
	"context"
	"net/url"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/record"
)

// Published is a fetcher that answers for what this house publishes from its rows, without a network, and hands every
// other address to Next. A did:web address is asked for under https even where a demonstration serves http, so the
// scheme does not count.
type Published struct {
	DB   *DB
	Next fetch.Fetcher // nil: nothing else is fetched
}

var _ fetch.Fetcher = (*Published)(nil)

// Fetch implements fetch.Fetcher.
func (p *Published) Fetch(ctx context.Context, address, accept string) (*fetch.Response, error) {
	doc, err := p.document(ctx, address)
	if record.KindOf(err) == record.NotFound {
		if p.Next == nil {
			return fetch.Never.Fetch(ctx, address, accept)
		}
		return p.Next.Fetch(ctx, address, accept)
	}
	if err != nil {
		return nil, err
	}
	return &fetch.Response{URL: address, Body: doc.Bytes, ContentType: doc.ContentType, FetchedAt: time.Now().UTC()}, nil
}

func (p *Published) document(ctx context.Context, address string) (*record.Document, error) {
	var doc *record.Document
	err := p.DB.View(ctx, func(tx *Tx) (err error) {
		doc, err = tx.Document(ctx, address)
		if record.KindOf(err) == record.NotFound {
			u, bad := url.Parse(address)
			if bad == nil && u.Scheme == "https" {
				u.Scheme = "http"
				doc, err = tx.Document(ctx, u.String())
			}
		}
		if record.KindOf(err) == record.NotFound {
			doc, err = tx.refreshed(ctx, address)
		}
		return err
	})
	return doc, err
}
