package account

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Desk is the desk of accounts over one store.
type Desk struct {
	DB *store.DB
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

// Add makes an account.
func (d *Desk) Add(ctx context.Context, actor record.Actor, n NewAccount) (*record.Account, error) {
	return nil, soon("account.Add")
}

// NewLink makes a sign-in link for an account.
func (d *Desk) NewLink(ctx context.Context, actor record.Actor, id record.AccountID, valid time.Duration, reusable bool) (*Link, error) {
	return nil, soon("account.NewLink")
}

// SignInByLink uses a sign-in link.
func (d *Desk) SignInByLink(ctx context.Context, token string) (*record.Account, error) {
	return nil, soon("account.SignInByLink")
}

// SignInByPassword checks address and password; every failure looks alike.
func (d *Desk) SignInByPassword(ctx context.Context, email, password string) (*record.Account, error) {
	return nil, soon("account.SignInByPassword")
}

// Actor returns the actor of an account as its rights are now; a disabled account is NotFound. Doors call it on every
// request with the account id from the session.
func (d *Desk) Actor(ctx context.Context, id record.AccountID) (record.Actor, error) {
	return record.Actor{}, soon("account.Actor")
}
