package server

import (
	"log/slog"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/registrar"
)

// classroom opens the desk of the systems of the classroom. A demonstration at a loopback address may ask a system on this
// machine, so that one can be tried beside it.
func (c *Config) classroom(desk *registrar.Desk, keys *keyring.Keyring, log *slog.Logger) *classroom.Desk {
	loopback := c.Demo && c.BaseURL()[:5] == "http:"
	return &classroom.Desk{DB: desk.DB, Registrar: desk, Keys: keys, PublicURL: c.BaseURL(), Log: log, Client: fetch.NewHTTP(&fetch.HTTPOptions{AllowLoopbackUnsafe: loopback}).Client()}
}
