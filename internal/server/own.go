package server

import (
	"context"
	"strings"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// own answers for the documents that this server publishes itself (DID documents, profiles, status lists) from the
// database: a server that asks itself over the network finds a private address, which the fence refuses, or waits for
// itself. Everything else goes to next.
type own struct {
	db   *store.DB
	base string // public address
	next fetch.Fetcher
}

var _ fetch.Fetcher = own{}

// Fetch implements fetch.Fetcher. The did:web method writes https whatever the server speaks, so both spellings of
// our own address are ours.
func (o own) Fetch(ctx context.Context, url, accept string) (*fetch.Response, error) {
	_, rest, ok := strings.Cut(url, "://")
	_, mine, _ := strings.Cut(o.base, "://")
	if !ok || rest != mine && !strings.HasPrefix(rest, mine+"/") {
		return o.next.Fetch(ctx, url, accept)
	}
	scheme, _, _ := strings.Cut(o.base, "://")
	var doc *record.Document
	err := o.db.View(ctx, func(tx *store.Tx) (err error) {
		doc, err = tx.Document(ctx, scheme+"://"+rest)
		return err
	})
	if err != nil {
		return nil, &fetch.Error{URL: url, Reason: fetch.NotFound, Err: err}
	}
	return &fetch.Response{URL: url, Body: doc.Bytes, ContentType: doc.ContentType, FetchedAt: doc.UpdatedAt}, nil
}
