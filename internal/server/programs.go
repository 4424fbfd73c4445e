package server

import (
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/keyring"
)

// programs sets up what tells programs of other people: web hooks. A demonstration at a loopback address may call this
// machine, so that a receiver can be tried beside it.
func (s *Server) programs(keys *keyring.Keyring) {
	loopback := s.Config.Demo && s.Config.BaseURL()[:5] == "http:"
	s.Hooks = &api.Hooks{DB: s.DB, Queue: s.Queue, Keys: keys, Loopback: loopback, Client: fetch.NewHTTP(&fetch.HTTPOptions{AllowLoopbackUnsafe: loopback}).Client()}
	s.Hooks.Work()
}
