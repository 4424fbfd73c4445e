package employer

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Desk is the employer's desk over one store.
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

// Open opens a share by its token, verifies it now and logs the look. Errors carry a code: "share.unknown" (NotFound),
// "share.revoked" and "share.expired" (Gone), "share.passcode" (Forbidden: one is needed or it is wrong),
// "share.locked" (Unavailable: too many wrong ones).
func (d *Desk) Open(ctx context.Context, actor record.Actor, token, passcode string) (*Opened, error) {
	return nil, soon("employer.Open")
}

// Download gives one document of a share exactly as signed, when the learner allows it.
func (d *Desk) Download(ctx context.Context, actor record.Actor, token, passcode string, position int) (*Document, error) {
	return nil, soon("employer.Download")
}

// Verify judges what a stranger brought.
func (d *Desk) Verify(ctx context.Context, actor record.Actor, input []byte) (*Checked, error) {
	return nil, soon("employer.Verify")
}
