package registrar

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// The refresh service (Open Badges 3.0 and CLR 2.0, 1EdTechCredentialRefresh) asks nobody who they are: whoever holds a
// credential gets the version that took its place. Two things therefore have no such address:
//
//   - what a holder may show in part: the answer would be the whole of it;
//   - a record's later additions: an address names the version it was signed into, and answers with the newest version
//     that holds nothing which that one did not (store.Refreshed).

// refreshURL is where the holder of a version gets the one that took its place; empty where the institution does not
// serve it.
func (t *ticket) refreshURL(pathID string, revision int64) string {
	if !t.institution.Policy.Refresh || t.key.Suite == suiteSelective {
		return ""
	}
	return t.institution.RefreshURL(pathID, revision)
}

func refreshService(url string) *ob.Reference {
	if url == "" {
		return nil
	}
	return &ob.Reference{ID: url, Type: "1EdTechCredentialRefresh"}
}

// Refreshed reads the version that took the place of one that somebody holds; that one itself when none did. It is open to
// everybody who has its address.
func (d *Desk) Refreshed(ctx context.Context, pathID string, revision int64) (*record.Credential, error) {
	var c *record.Credential
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		c, err = tx.Refreshed(ctx, pathID, revision)
		return err
	})
	return c, record.Wrap("registrar.Refreshed", err)
}
