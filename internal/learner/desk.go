package learner

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Desk is the learner's desk over one store.
type Desk struct {
	DB *store.DB
	// Fetcher answers for documents that are not ours; nil means that nothing is fetched.
	Fetcher fetch.Fetcher
	// Now tells the time; nil means the clock.
	Now func() time.Time
}

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return record.Time(d.Now())
	}
	return record.Time(time.Now())
}

func soon(op string) error { return record.Errorf(record.Unavailable, op, "this act is being built") }

// MyRecord reads the actor's record and verifies it now.
func (d *Desk) MyRecord(ctx context.Context, actor record.Actor) (*MyRecord, error) {
	return nil, soon("learner.MyRecord")
}

// Fetch reads the credential with a path id, for whoever may have it: the learner, staff of the institution, or anybody
// when the institution's records are open. pathID is what follows /records/.
func (d *Desk) Fetch(ctx context.Context, actor record.Actor, pathID string) (*record.Credential, error) {
	return nil, soon("learner.Fetch")
}

// Share makes a share.
func (d *Desk) Share(ctx context.Context, actor record.Actor, req ShareRequest) (*NewShare, error) {
	return nil, soon("learner.Share")
}

// Shares lists the actor's shares.
func (d *Desk) Shares(ctx context.Context, actor record.Actor) ([]ShareView, error) {
	return nil, soon("learner.Shares")
}

// RevokeShare ends a share and deletes its bytes.
func (d *Desk) RevokeShare(ctx context.Context, actor record.Actor, id record.ShareID) error {
	return soon("learner.RevokeShare")
}

// Export gives everything to take along, as one ZIP.
func (d *Desk) Export(ctx context.Context, actor record.Actor) (*Export, error) {
	return nil, soon("learner.Export")
}
