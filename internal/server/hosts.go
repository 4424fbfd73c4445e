package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
)

// hostPolicy: one page of credentials is verified within a job's minute many times over; a host that hangs holds up to two
// of a node's workers.
var hostPolicy = jobs.Policy{Timeout: 10 * time.Minute}

// hosts opens what works with programs and other hosts: the OAuth server, the queue and the learner's way outside.
//
// A demonstration at a loopback address may reach other servers on this machine, so that two of them can be tried together.
func (s *Server) hosts(ctx context.Context, keys *keyring.Keyring) (err error) {
	if s.OAuth, err = oauth.New(oauth.Options{DB: s.DB, Issuer: s.Config.BaseURL(), Log: s.log}); err != nil {
		return fmt.Errorf("the OAuth server cannot be set up: %w", err)
	}
	if s.Queue, err = jobs.Open(ctx, s.DB, &jobs.Options{Log: s.log, Around: s.job}); err != nil {
		return err
	}
	jobs.Handle(s.Queue, learner.HostWork, hostPolicy, s.Learner.WorkHost)
	out := fetch.NewHTTP(&fetch.HTTPOptions{AllowLoopbackUnsafe: s.Config.Demo && s.Config.BaseURL()[:5] == "http:"})
	s.Learner.Outside = &learner.Outside{Client: out.Client(), Seal: keys.SealSecret, Open: keys.OpenSecret, Queue: s.Queue, PublicURL: s.Config.BaseURL()}
	return nil
}

// programDoors mounts the OAuth server and the 1EdTech interfaces.
func (s *Server) programDoors(mux *http.ServeMux, remember sessions, trouble func(http.ResponseWriter, *http.Request, int)) {
	s.OAuth.Trouble = trouble
	s.OAuth.SignedIn = func(r *http.Request) (record.Actor, error) {
		id := remember.Account(r)
		if id == "" {
			return record.Actor{}, nil
		}
		actor, err := s.Accounts.Actor(r.Context(), id)
		if record.KindOf(err) == record.NotFound {
			return record.Actor{}, nil
		}
		return actor, err
	}
	mux.Handle("/oauth/", s.OAuth)
	mux.Handle("/oauth/authorize", s.OAuth)
	mux.Handle("/oauth/authorize/", remember.LoadAndSave(s.OAuth)) // the learner's answer, by who is signed in
	mux.Handle(oauth.PathMetadata, s.OAuth)
	host := api.NewHost(api.HostDeps{Learner: s.Learner, Check: s.OAuth.Check, PublicURL: s.Config.BaseURL(), Log: s.log})
	for _, standard := range []string{"/ims/clr/", "/ims/ob/"} { // CASE is answered beside the pages of frameworks
		mux.Handle(standard, host)
	}
}

// runQueue works queued jobs until ctx ends.
func (s *Server) runQueue(ctx context.Context) {
	if err := s.Queue.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		s.log.Error("the queue stopped", "error", err)
	}
}
