// Package oauth is the OAuth 2.0 server that the 1EdTech interfaces ask for (RFC 6749 as CLR 2.0 and Open Badges 3.0
// profile it): programs register themselves (RFC 7591, 7592), a learner says yes or no, and tokens open what was allowed.
//
// The protocol is go-oidc's (ADR 0010). What this package adds is what the library leaves open:
//
//   - A gate before it: each parameter once, in the place where it belongs; an address to return to that was registered,
//     letter by letter; metadata of programs as the standard wants them.
//   - A vault beneath it: secrets, codes and tokens are kept as SHA-256 only; a code and a refresh token work once however
//     many nodes are asked at the same moment; one that comes again ends everything that came from it.
//   - The learner's answer: given on a page of ours, by the learner who saw it, for one program, one set of scopes and one
//     time, and taken back on another page.
package oauth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/luikyv/go-oidc/pkg/goidc"
	"github.com/luikyv/go-oidc/pkg/provider"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	// accessLife is how long an access token opens anything (the standard recommends an hour).
	accessLife = time.Hour
	// codeLife is how long a code may take from the browser to the program. The standard recommends ten minutes; a
	// redirect takes seconds, and a code in a browser's history should be worth nothing.
	codeLife = 2 * time.Minute
	// requestLife is how long a learner may think about a request, sign-in included.
	requestLife = 30 * time.Minute
	// twinWindow is how long after a refresh the token before it is taken for a twin of the same moment, refused but not
	// held against the program; after it, for a copy.
	twinWindow = 10 * time.Second
	// unusedLife is how long a program may stay registered that no learner ever allowed.
	unusedLife = 7 * 24 * time.Hour
	// endedLife is how long a consent that ended is remembered, so that its tokens are known when they come again.
	endedLife = 30 * 24 * time.Hour

	// Limits of a door that everybody may knock at. A program registers once and serves all its learners.
	maxRegistrations = 120  // in an hour, of all programs together
	maxWaiting       = 1000 // requests of one program that wait for their learners
	maxBody          = 64 << 10
)

// Path of the pages and the endpoints.
const (
	PathAuthorize  = "/oauth/authorize"
	pathToken      = "/oauth/token"
	pathRegister   = "/oauth/register"
	pathRevoke     = "/oauth/revoke"
	pathIntrospect = "/oauth/introspect"
	PathMetadata   = "/.well-known/oauth-authorization-server"
	// PathConsent is the page on which a learner answers; what follows it names the request.
	PathConsent = "/my/apps/allow/"
)

// Options is what the server stands on. Log may be nil.
type Options struct {
	DB     *store.DB
	Issuer string // the public address, without a trailing slash
	// SignedIn says who is signed in to the browser of a request.
	SignedIn func(*http.Request) (record.Actor, error)
	// Trouble shows a person that a program's link does not work. Nil: a line of text.
	Trouble func(w http.ResponseWriter, r *http.Request, status int)
	Log     *slog.Logger
}

// Server is the server: an http.Handler for its endpoints, and the desk of consents for the pages.
type Server struct {
	Options
	vault *vault
	mux   http.Handler
}

// New builds the server.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Trouble == nil {
		o.Trouble = func(w http.ResponseWriter, _ *http.Request, status int) {
			http.Error(w, http.StatusText(status), status)
		}
	}
	s := &Server{Options: o, vault: &vault{o.DB, o.Log}}
	library, err := s.library()
	if err != nil {
		return nil, err
	}
	s.mux = s.gate(library)
	return s, nil
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// library sets go-oidc up: code with PKCE, refresh with rotation, opaque tokens, registration; nothing of OpenID.
func (s *Server) library() (http.Handler, error) {
	scopes := make([]goidc.Scope, len(Scopes))
	for i, sc := range Scopes {
		scopes[i] = goidc.NewScope(sc.ID)
	}
	// No ID tokens and no signed tokens are made: there is no key to publish.
	noKeys := func(context.Context) (goidc.JSONWebKeySet, error) { return goidc.JSONWebKeySet{}, nil }
	p, err := provider.New(s.Issuer, s.vault, noKeys,
		provider.WithAuthorizeEndpoint(PathAuthorize), provider.WithTokenEndpoint(pathToken), provider.WithDCREndpoint(pathRegister),
		provider.WithTokenRevocationEndpoint(pathRevoke), provider.WithTokenIntrospectionEndpoint(pathIntrospect),
		provider.WithScopes(scopes...),
		provider.WithAuthCodeGrant(s.vault, goidc.ResponseTypeCode), provider.WithAuthCodeLifetime(int(codeLife.Seconds())), provider.WithAuthCodeFunc(random),
		provider.WithPKCERequired(goidc.CodeChallengeMethodSHA256),
		provider.WithRefreshTokenGrant(s.vault), provider.WithRefreshTokenRotation(), provider.WithRefreshTokenFunc(random),
		provider.WithRefreshTokenShouldIssue(func(context.Context, *goidc.Client, *goidc.Grant) bool { return false }), // the vault does, when the code is redeemed
		provider.WithOpaqueTokens(s.vault), provider.WithOpaqueTokenFunc(func(ctx context.Context, _ *goidc.Grant) string { return random(ctx) }),
		provider.WithTokenOptions(func(_ context.Context, g *goidc.Grant, _ *goidc.Client) goidc.TokenOptions {
			return goidc.NewOpaqueTokenOptions(int(s.vault.lifeOf(g).Seconds()))
		}),
		provider.WithSecretBasicAuthn(), provider.WithDefaultAuthn(goidc.AuthnMethodSecretBasic), provider.WithClientSecretVerifier(verifySecret),
		provider.WithDCR(s.vault), provider.WithDCRRegistrationTokenFunc(random), provider.WithDCRClientID(func(context.Context) string { return record.NewID() }),
		provider.WithDCRClientHandler(complete),
		provider.WithGrantIDFunc(func(context.Context) string { return record.NewID() }),
		provider.WithAuthnSessionIDFunc(random), provider.WithAuthSessionLifetime(int(requestLife.Seconds())),
		provider.WithTokenRevocation(func(context.Context, *goidc.Client) bool { return true }), provider.WithTokenRevocationRevokeGrantOnAccessToken(),
		provider.WithTokenIntrospection(func(_ context.Context, c *goidc.Client, t goidc.TokenInfo) bool { return c.ID == t.ClientID }),
		provider.WithIssuerResponseParameter(),
		provider.WithPolicies(goidc.NewPolicy("learner", func(*http.Request, *goidc.AuthnSession, *goidc.Client) bool { return true }, s.ask)),
		provider.WithErrorRenderer(func(w http.ResponseWriter, r *http.Request, err error) error {
			status := http.StatusBadRequest
			var oe goidc.Error
			if !errors.As(err, &oe) {
				status = http.StatusInternalServerError
			}
			s.Trouble(w, r, status)
			return nil
		}),
		provider.WithErrorHandler(func(ctx context.Context, err error) { s.Log.InfoContext(ctx, "oauth refused", "reason", err.Error()) }),
		provider.WithJTIConsumer(func(context.Context, string) error { return errors.New("oauth: no assertions here") }),
	)
	if err != nil {
		return nil, err
	}
	return p.Handler(), nil
}

// random is 256 random bits as text.
func random(context.Context) string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Check returns what a presented access token opens. A token that is unknown, ended or of a closed account is NotFound.
func (s *Server) Check(ctx context.Context, token string) (access *record.Access, err error) {
	const op = "oauth.Check"
	err = s.DB.View(ctx, func(tx *store.Tx) (err error) {
		access, err = tx.Access(ctx, record.Sum([]byte(token)), time.Now())
		return err
	})
	if record.KindOf(err) == record.NotFound {
		return nil, record.Errorf(record.NotFound, op, "the access token is unknown, expired or revoked; ask for another")
	}
	return access, record.Wrap(op, err)
}

// Sweep deletes what nobody can use any more.
func (s *Server) Sweep(ctx context.Context) error {
	now := time.Now()
	return record.Wrap("oauth.Sweep", s.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.SweepOAuth(ctx, now, now.Add(-endedLife), now.Add(-unusedLife))
	}))
}

// origin is scheme and host of an address.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
