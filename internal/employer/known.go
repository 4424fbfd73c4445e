package employer

import (
	"context"
	"iter"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/trust"
)

// named are lists that can say whom they name, besides answering about one.
type named interface {
	Issuers() iter.Seq[trust.Issuer]
}

// Resembles finds, for an issuer by its id and name, the known one that a reader could take it for: of the lists that are
// consulted and of the institutions of this server. It answers with that one's name, "" for none.
func (d *Desk) Resembles(ctx context.Context) (func(id, name string) string, error) {
	var own []*record.Institution
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		own, err = tx.Institutions(ctx)
		return err
	})
	if err != nil {
		return nil, record.Wrap("employer.Resembles", err)
	}
	known := func(yield func(trust.Issuer) bool) {
		for _, i := range own {
			if !yield(trust.Issuer{ID: i.DID, Name: i.Name, URL: i.Root()}) {
				return
			}
		}
		if lists, ok := d.Issuers.(named); ok {
			lists.Issuers()(yield)
		}
	}
	return func(id, name string) string {
		found, ok := trust.Resembles(id, name, known)
		if !ok {
			return ""
		}
		return found.Name
	}, nil
}
