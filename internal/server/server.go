package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/notary"
	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/web"
	"github.com/openlaurel/laurel/trust"
	"github.com/openlaurel/laurel/verify"
)

// Limits of the door, against clients that are slow on purpose or by accident.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 2 * time.Minute // a large file over a slow line
	writeTimeout      = 2 * time.Minute
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 32 << 10
	tellInterval      = 10 * time.Second // how long what happened may wait before its learner's mail is queued
	sweepInterval     = time.Hour
	ruleInterval      = time.Minute // how soon a rule drafts for whoever has come to fulfil it
	workInterval      = time.Second // how soon queued work begins, and how often a node looks for work that another left
)

// Server is the whole program: what Run starts and tests hold.
type Server struct {
	Config    Config
	DB        *store.DB
	Accounts  *account.Desk
	Registrar *registrar.Desk
	Learner   *learner.Desk
	Employer  *employer.Desk
	Mail      mail.Sender
	Letters   *mail.Writer
	Keys      *api.Keys
	Hooks     *api.Hooks
	OAuth     *oauth.Server
	Classroom *classroom.Desk
	Queue     *jobs.Queue
	Handler   http.Handler

	log     *slog.Logger
	metrics *metrics
	tracing *tracing

	walletDeps api.WalletDeps
	notary     *notary.Notary
}

// New opens the store and the keyring and wires the house, top to bottom. Close gives them back.
func New(ctx context.Context, c Config, log *slog.Logger) (*Server, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder %s cannot be made: %w; choose another with --data", c.Data, err)
	}
	db, err := store.Open(ctx, c.DatabaseURL())
	if err != nil {
		return nil, fmt.Errorf("the database cannot be opened: %w", err)
	}
	keys, err := keyring.Open(c.keyring())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the keys cannot be opened: %w", err), db.Close())
	}
	lists, err := trustLists(c.Trust)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	occupations, err := employer.ReadOccupations(c.Occupations)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	fetcher := fetch.NewHTTP(nil)
	own := &notary.Notary{DB: db, Keys: keys, BaseURL: c.BaseURL()}
	s := &Server{
		Config:    c,
		DB:        db,
		Accounts:  c.accounts(db, keys),
		Registrar: &registrar.Desk{DB: db, Keys: keys, Fetcher: fetcher, Log: log},
		Learner:   &learner.Desk{DB: db, Fetcher: own.Over(fetcher), Holder: &notary.Holders{DB: db, Keys: keys}, Witness: own},
		Employer:  &employer.Desk{DB: db, Fetcher: own.Over(fetcher), Issuers: lists, Notary: own, Frameworks: occupations},
		notary:    own,
		Keys:      &api.Keys{DB: db},
		log:       log,
		metrics:   newMetrics(),
	}
	if s.tracing, err = newTracing(ctx, &c); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.Mail, err = c.sender(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.Letters, err = mail.NewWriter(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.Learner.Copies = s.Registrar
	s.walletDeps = api.WalletDeps{Learner: s.Learner, Employer: s.Employer, Institutions: published{s.DB, s.Registrar}.Institutions, BaseURL: c.BaseURL(), Log: log}
	if s.walletDeps.Key, err = walletKey(ctx, db, keys); err != nil {
		return nil, errors.Join(fmt.Errorf("the key for requests to wallets cannot be opened: %w", err), db.Close())
	}
	if err := s.hosts(ctx, keys); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.Classroom = c.classroom(s.Registrar, keys, log)
	s.notices()
	s.mailLinks()
	s.deliveries()
	s.programs(keys)
	if s.Handler, err = s.routes(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// trustLists reads the operator's lists of known issuers; none gives nil, so that no list is said to have been asked.
func trustLists(names []string) (verify.IssuerLists, error) {
	var lists trust.Lists
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("the list of known issuers %s cannot be read: %w", name, err)
		}
		list, err := trust.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("the list of known issuers %s: %w", name, err)
		}
		lists = append(lists, list)
	}
	if lists == nil {
		return nil, nil
	}
	return lists, nil
}

// Close sends the last traces and gives the database back. A collector that does not answer is no reason to fail.
func (s *Server) Close() error {
	ctx, stop := context.WithTimeout(context.Background(), tracesWithin)
	defer stop()
	if err := s.tracing.stop(ctx); err != nil {
		s.log.Warn("the last traces were not sent", "error", err)
	}
	return s.DB.Close()
}

// routes is every door of the program.
func (s *Server) routes() (http.Handler, error) {
	secure := s.Config.BaseURL()[:5] == "https"
	remember := newSessions(s.DB, secure)
	pages, err := web.New(web.Deps{
		Accounts: s.Accounts, Registrar: s.Registrar, Learner: s.Learner, Employer: s.Employer, OAuth: s.OAuth, Classroom: s.Classroom,
		Published: published{s.DB, s.Registrar}, Sessions: remember, APIKeys: s.Keys, Hooks: s.Hooks, PublicURL: s.Config.BaseURL(), WalletClient: api.ClientID(s.walletDeps), Demo: s.Config.Demo, SendLink: s.sendLink,
		RequestID: func(r *http.Request) string { return r.Header.Get(RequestIDHeader) }, Log: s.log,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for pattern, handle := range s.ownRoutes() {
		mux.HandleFunc(pattern, handle)
	}
	programs := api.Deps{Employer: s.Employer, Registrar: s.Registrar, Learner: s.Learner, Keys: s.Keys, BaseURL: s.Config.BaseURL(), RequestID: func(r *http.Request) string { return r.Header.Get(RequestIDHeader) }, Log: s.log}
	if err := s.wallets(mux, func(r *http.Request) string { return r.Header.Get(RequestIDHeader) }); err != nil {
		return nil, err
	}
	own := api.New(programs)
	mux.Handle("/api/", own)
	mux.Handle("GET /openapi.json", own)
	if s.Config.Demo {
		tests, err := api.NewVCAPI(programs, s.Config.BaseURL())
		if err != nil {
			return nil, err
		}
		mux.Handle("/vc-api/", tests)
	}
	s.programDoors(mux, remember, pages.Trouble)
	mux.Handle("/", otherMethods(mux, remember.LoadAndSave(named(pages))))
	turns := newBusy(&s.Config, s.metrics, pages.Trouble)
	s.metrics.watch(turns)
	return observe(s.log, s.metrics, s.tracing, newLimits(&s.Config, pages.Trouble).limit(guarded(turns.bound(mux)))), nil
}

// guarded sets the headers that every answer has; pages and APIs replace them with what they need.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// otherMethods answers for the addresses of the program's own doors where they are asked with a method that they do not
// know, before the pages take them for addresses that are not there.
func otherMethods(mux *http.ServeMux, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allowed := web.Allowed(mux, r)
		if allowed == nil {
			pages.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		http.Error(w, "this address answers "+strings.Join(allowed, ", "), http.StatusMethodNotAllowed)
	})
}

// ownRoutes are the addresses that belong to no other door.
func (s *Server) ownRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /healthz":              func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") },
		"GET /readyz":               s.ready,
		"GET /metrics":              s.showMetrics,
		"GET /.well-known/did.json": s.didDocument,
		"GET /did.json":             s.didDocument,
		"GET /verifier/did.json":    s.notaryDocument,
	}
}

// Patterns lists every address of the program, for tests that must cover each one.
func Patterns() []string {
	return slices.Concat(slices.Sorted(maps.Keys(new(Server).ownRoutes())), web.Patterns(), api.Patterns(), oauth.Patterns())
}

// ready tells whether this node can serve: its database answers.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithTimeout(r.Context(), 2*time.Second)
	defer stop()
	if err := s.DB.Ping(ctx); err != nil {
		s.log.Warn("not ready", "error", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

// didDocument answers with the DID document published at this address (did:web).
func (s *Server) didDocument(w http.ResponseWriter, r *http.Request) {
	doc, err := published{s.DB, s.Registrar}.Document(r.Context(), s.Config.BaseURL()+r.URL.Path)
	if record.KindOf(err) == record.NotFound {
		http.Error(w, "no institution has its DID document here", http.StatusNotFound)
		return
	}
	if err != nil {
		s.log.Error("did document", "error", err)
		http.Error(w, "the DID document cannot be read just now; try again", http.StatusServiceUnavailable)
		return
	}
	h := w.Header()
	h.Set("Content-Type", doc.ContentType)
	h.Set("Cache-Control", "public, max-age=300") // keys may be retired: minutes, not days
	h.Set("Access-Control-Allow-Origin", "*")     // verifiers run in browsers too
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+doc.SHA256+`"`)
	http.ServeContent(w, r, "", doc.UpdatedAt, bytes.NewReader(doc.Bytes))
}

// work signs queued runs and, now and then, sweeps out what nobody can use any more. Every node does so.
func (s *Server) work(ctx context.Context) {
	tick := time.NewTicker(workInterval)
	defer tick.Stop()
	var swept, told, ruled time.Time
	for {
		if err := s.Registrar.Work(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("issuing", "error", err)
		}
		if err := s.Hooks.Dispatch(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("web hooks", "error", err)
		}
		if now := time.Now(); now.Sub(told) >= tellInterval {
			told = now
			if err := errors.Join(s.Learner.Tell(ctx), s.Learner.FollowHosts(ctx)); err != nil && ctx.Err() == nil {
				s.log.Error("telling learners and their hosts", "error", err)
			}
			if err := s.Classroom.PullDue(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("rosters of the classroom", "error", err)
			}
		}
		if now := time.Now(); now.Sub(ruled) >= ruleInterval {
			ruled = now
			if _, err := s.Registrar.ApplyRules(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("award rules", "error", err)
			}
			if err := s.Classroom.ReadDue(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("results of the classroom", "error", err)
			}
		}
		if now := time.Now(); now.Sub(swept) >= sweepInterval {
			swept = now
			if err := errors.Join(s.Registrar.Warn(ctx), s.Learner.TellExpiring(ctx), s.Accounts.Sweep(ctx), s.Registrar.Sweep(ctx), s.OAuth.Sweep(ctx), s.Learner.SweepWallets(ctx), s.Hooks.Sweep(ctx)); err != nil && ctx.Err() == nil {
				s.log.Error("sweeping", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Run serves until ctx ends. out gets what a person must read, errs the log.
func Run(ctx context.Context, c Config, out, errs io.Writer) error {
	log := newLogger(c, errs)
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another with --addr", c.Addr, errors.Unwrap(err))
	}
	defer listener.Close()
	if err := c.beginAgain(); err != nil {
		return err
	}
	s, err := New(ctx, c, log)
	if err != nil {
		return err
	}
	defer s.Close()
	if c.Demo {
		if err := s.demo(ctx, out); err != nil {
			return err
		}
	}
	secured, err := c.listener(listener)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nLaurel is at %s\n", c.BaseURL())
	return s.serve(ctx, secured)
}

// serve answers requests until ctx ends, and then lets those under way finish.
func (s *Server) serve(ctx context.Context, l net.Listener) error {
	hs := &http.Server{Handler: s.Handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)}
	background, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		var folder sync.WaitGroup
		if s.Config.ImportDir != "" {
			folder.Go(func() { s.watchImports(background, s.Config.ImportDir) })
		}
		folder.Go(func() { s.runQueue(background) })
		s.work(background)
		folder.Wait()
	}()
	failed := make(chan error, 1)
	go func() { failed <- hs.Serve(l) }()
	select {
	case err := <-failed:
		stop()
		<-done
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Config.Grace)
	defer cancel()
	err := hs.Shutdown(grace)
	stop()
	<-done
	if errors.Is(err, context.DeadlineExceeded) {
		return hs.Close()
	}
	return err
}

func newLogger(c Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// listener adds TLS as configured.
func (c *Config) listener(l net.Listener) (net.Listener, error) {
	var cert tls.Certificate
	var err error
	switch {
	case c.TLSCert != "":
		cert, err = tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	case c.TLS == "self-signed":
		cert, err = selfSigned(c.Addr)
	default:
		return l, nil
	}
	if err != nil {
		return nil, fmt.Errorf("TLS cannot be set up: %w", err)
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}), nil
}
