package server

import (
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/store"
)

// accounts opens the desk of accounts. A demonstration at a loopback address may ask a sign-in service on this machine, so
// that one can be tried beside it.
func (c *Config) accounts(db *store.DB, keys *keyring.Keyring) *account.Desk {
	loopback := c.Demo && c.BaseURL()[:5] == "http:"
	return &account.Desk{DB: db, PublicURL: c.BaseURL(), Secrets: keys, Client: fetch.NewHTTP(&fetch.HTTPOptions{AllowLoopbackUnsafe: loopback}).Client()}
}
