// Package registrar is the registrar's desk: bring in what the institution knows, agree on it with two pairs of eyes,
// sign it, and correct it later. It is the only desk that can reach an issuing key.
package registrar

import (
	"context"
	"log/slog"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Desk is the registrar's desk over one store and one keyring.
type Desk struct {
	DB   *store.DB
	Keys *keyring.Keyring
	// Fetcher answers for documents that are not ours; nil means that nothing is fetched.
	Fetcher fetch.Fetcher
	// Now tells the time; nil means the clock.
	Now func() time.Time
	// CrashPoint is called at the boundaries of issuing; nil outside the kill tests.
	CrashPoint func(point string)
	// Log gets one line per act, without names; nil means silence.
	Log *slog.Logger

	// Mail and Letters send what is delivered; nil: nothing is sent.
	Mail    mail.Sender
	Letters *mail.Writer
	// Post queues the mail of a delivery in the transaction that makes it necessary; nil: none can be queued.
	Post func(ctx context.Context, tx *store.Tx, id record.DeliveryID, mailing int) error

	frames frameworkCache
}

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return record.Time(d.Now())
	}
	return record.Time(time.Now())
}

func (d *Desk) log() *slog.Logger {
	if d.Log != nil {
		return d.Log
	}
	return slog.New(slog.DiscardHandler)
}

// staff are the roles that see drafts and batches.
var staff = []record.Role{record.RoleRegistrar, record.RoleApprover}
