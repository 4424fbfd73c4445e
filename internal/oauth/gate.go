package oauth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/luikyv/go-oidc/pkg/goidc"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// routes is every endpoint.
func (s *Server) routes(library http.Handler) map[string]http.HandlerFunc {
	with := func(do func(http.ResponseWriter, *http.Request, http.Handler)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { do(w, r, library) }
	}
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Trouble(w, r, http.StatusForbidden) }))
	return map[string]http.HandlerFunc{
		"GET " + PathMetadata:                  s.metadata,
		"POST " + pathRegister:                 with(s.register),
		"PUT " + pathRegister + "/{client}":    with(s.register),
		"GET " + pathRegister + "/{client}":    with(s.manage),
		"DELETE " + pathRegister + "/{client}": with(s.manage),
		"GET " + PathAuthorize:                 with(s.authorize),
		"POST " + PathAuthorize + "/{request}": cross.Handler(with(s.answer)).ServeHTTP,
		"POST " + pathToken:                    with(s.form),
		"POST " + pathRevoke:                   with(s.form),
		"POST " + pathIntrospect:               with(s.form),
	}
}

// Patterns lists the addresses of the server, for tests that must cover each one.
func Patterns() []string {
	return slices.Sorted(maps.Keys(new(Server).routes(nil)))
}

// gate is every endpoint, each with what must hold before the library sees the request.
func (s *Server) gate(library http.Handler) http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range s.routes(library) {
		mux.HandleFunc(pattern, handle)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Pragma", "no-cache")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		mux.ServeHTTP(w, r)
	})
}

// refuse answers an error as RFC 6749, 5.2 and RFC 7591, 3.2.2 have it.
func refuse(w http.ResponseWriter, status int, code, description string) {
	b, err := json.Marshal(map[string]string{"error": code, "error_description": description})
	if err != nil {
		status, b = http.StatusInternalServerError, nil // two strings always marshal
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the program has gone
}

// twice names a parameter that a request has more than once (RFC 6749, 3.1 and 3.2), empty for none.
func twice(values url.Values) string {
	for name, v := range values {
		if len(v) > 1 {
			return name
		}
	}
	return ""
}

// form is the gate of the endpoints that programs send forms to.
func (s *Server) form(w http.ResponseWriter, r *http.Request, library http.Handler) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		refuse(w, http.StatusBadRequest, "invalid_request", "send a form: application/x-www-form-urlencoded")
		return
	}
	if r.URL.RawQuery != "" {
		refuse(w, http.StatusBadRequest, "invalid_request", "send every parameter in the body and none in the address")
		return
	}
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", "the form cannot be read or is too large")
		return
	}
	if name := twice(r.PostForm); name != "" {
		refuse(w, http.StatusBadRequest, "invalid_request", "each parameter may be sent once")
		return
	}
	if r.PostForm.Has("client_secret") || r.PostForm.Has("client_assertion") {
		refuse(w, http.StatusUnauthorized, "invalid_client", "programs show who they are by client_secret_basic")
		return
	}
	if v := r.PostForm.Get("code_verifier"); v != "" && !verifierForm.MatchString(v) {
		refuse(w, http.StatusBadRequest, "invalid_grant", "code_verifier has 43 to 128 of the characters A-Z a-z 0-9 - . _ ~")
		return
	}
	if path := r.URL.Path; path == pathRevoke || path == pathIntrospect {
		if name, _, ok := r.BasicAuth(); ok { // the library checks the secret; here only whose tokens are looked at
			r = r.WithContext(context.WithValue(r.Context(), askerKey{}, record.ClientID(name)))
		}
	}
	library.ServeHTTP(challenge{w}, r)
}

type askerKey struct{}

// askerOf is the program that asks about a token, empty where none does.
func askerOf(ctx context.Context) record.ClientID {
	id, _ := ctx.Value(askerKey{}).(record.ClientID)
	return id
}

// challenge adds what RFC 6749, 5.2 demands of an answer to a program that could not show who it is.
type challenge struct{ http.ResponseWriter }

func (c challenge) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		c.Header().Set("WWW-Authenticate", `Basic realm="oauth", charset="UTF-8"`)
	}
	c.ResponseWriter.WriteHeader(status)
}

// manage is the gate of RFC 7592: the registration token is compared by its hash.
func (s *Server) manage(w http.ResponseWriter, r *http.Request, library http.Handler) {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || token == "" {
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized, "invalid_token", "send the registration access token")
		return
	}
	r.Header.Set("Authorization", "Bearer "+hashMark+record.Sum([]byte(token)))
	library.ServeHTTP(w, r)
}

// register is the gate of registrations, new and changed.
func (s *Server) register(w http.ResponseWriter, r *http.Request, library http.Handler) {
	body, err := io.ReadAll(r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		refuse(w, http.StatusRequestEntityTooLarge, "invalid_client_metadata", "the metadata are larger than 64 KiB")
		return
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "invalid_client_metadata", "the request broke off before its end")
		return
	}
	meta, refusal := s.readMetadata(r, body)
	if refusal != nil {
		refuse(w, http.StatusBadRequest, refusal.code, refusal.text)
		return
	}
	if r.Method == http.MethodPost && s.full(r.Context()) {
		w.Header().Set("Retry-After", "3600")
		refuse(w, http.StatusTooManyRequests, "temporarily_unavailable", "too many programs registered within the hour; try again later")
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(meta))
	r.Header.Set("Content-Type", "application/json")
	if r.Method == http.MethodPost {
		r.Header.Del("Authorization") // no initial access token is asked for
		library.ServeHTTP(w, r)
		return
	}
	s.manage(w, r, library)
}

// full reports whether more programs registered within the hour than the limit, or it cannot be told.
func (s *Server) full(ctx context.Context) bool {
	var n int64
	err := s.DB.View(ctx, func(tx *store.Tx) (err error) {
		n, err = tx.CountClients(ctx, time.Now().Add(-time.Hour))
		return err
	})
	return err != nil || n >= maxRegistrations
}

// verifierForm is what a verifier may be (RFC 7636, 4.1).
var verifierForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// challengeForm is BASE64URL(SHA-256) without padding (RFC 7636, 4.2).
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// authorize is the gate of a program's request for access. Until the program and the address to return to are known to
// belong together, nothing is sent there.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request, library http.Handler) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || twice(q) != "" {
		s.Trouble(w, r, http.StatusBadRequest)
		return
	}
	c, err := s.vault.Client(r.Context(), q.Get("client_id"))
	if err != nil && !errors.Is(err, goidc.ErrNotFound) {
		s.Log.ErrorContext(r.Context(), "oauth", "error", err)
		s.Trouble(w, r, http.StatusServiceUnavailable)
		return
	}
	if err != nil || !slices.Contains(c.RedirectURIs, q.Get("redirect_uri")) {
		s.Trouble(w, r, http.StatusBadRequest)
		return
	}
	if code, text := wrongRequest(q); code != "" {
		s.sendBack(w, r, q.Get("redirect_uri"), url.Values{"error": {code}, "error_description": {text}, "state": q["state"]})
		return
	}
	library.ServeHTTP(w, r)
}

// wrongRequest names what is wrong with a request for access, in words that may stand in an address (RFC 6749, 4.1.2.1).
func wrongRequest(q url.Values) (code, text string) {
	switch scopes := distinct(q.Get("scope")); {
	case q.Get("response_type") == "":
		return "invalid_request", "response_type is missing: code"
	case q.Get("response_type") != "code":
		return "unsupported_response_type", "response_type is code and nothing else"
	case q.Has("response_mode") && q.Get("response_mode") != "query":
		return "invalid_request", "response_mode is query and nothing else"
	case q.Has("request") || q.Has("request_uri"):
		return "invalid_request", "request objects are not read here"
	case q.Get("code_challenge") == "" || q.Get("code_challenge_method") != "S256":
		return "invalid_request", "code_challenge and code_challenge_method=S256 are required"
	case !challengeForm.MatchString(q.Get("code_challenge")):
		return "invalid_request", "code_challenge is not the SHA-256 of a verifier in base64url"
	case q.Get("state") == "":
		return "invalid_request", "state is required"
	case len(scopes) == 0 || len(scopes) == 1 && scopes[0] == OfflineAccess:
		return "invalid_scope", "name at least one scope that reads or writes"
	case strings.Contains(q.Get("prompt"), "none"):
		return "access_denied", "a learner is always asked: prompt=none cannot be answered"
	}
	return "", ""
}

// sendBack sends the browser to a registered address with an answer.
func (s *Server) sendBack(w http.ResponseWriter, r *http.Request, to string, answer url.Values) {
	answer.Set("iss", s.Issuer) // RFC 9207
	u, err := url.Parse(to)
	if err != nil {
		s.Trouble(w, r, http.StatusBadRequest)
		return
	}
	q := u.Query()
	for name, v := range answer {
		if len(v) > 0 && v[0] != "" {
			q.Set(name, v[0])
		}
	}
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
}

// answer is the gate of the learner's answer.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, library http.Handler) {
	if err := r.ParseForm(); err != nil || twice(r.PostForm) != "" || r.URL.RawQuery != "" {
		s.Trouble(w, r, http.StatusBadRequest)
		return
	}
	given := new(string)
	r = r.WithContext(context.WithValue(r.Context(), grantedKey{}, given))
	library.ServeHTTP(&granting{w, given}, r)
}

type grantedKey struct{}

// granting adds the granted scopes to the address that the browser is sent to: the 1EdTech profile wants them there beside
// the code, the library does not know them there.
type granting struct {
	http.ResponseWriter
	scopes *string
}

func (g *granting) WriteHeader(status int) {
	if u, err := url.Parse(g.Header().Get("Location")); err == nil && status == http.StatusSeeOther && *g.scopes != "" {
		q := u.Query()
		if q.Has("code") {
			q.Set("scope", *g.scopes)
			u.RawQuery = q.Encode()
			g.Header().Set("Location", u.String())
		}
	}
	g.ResponseWriter.WriteHeader(status)
}

// metadata is the document of RFC 8414. Its addresses are the operator's, never the request's.
func (s *Server) metadata(w http.ResponseWriter, _ *http.Request) {
	scopes := make([]string, len(Scopes))
	for i, sc := range Scopes {
		scopes[i] = sc.ID
	}
	basic := []string{"client_secret_basic"}
	b, err := json.Marshal(map[string]any{
		"issuer": s.Issuer, "authorization_endpoint": s.Issuer + PathAuthorize, "token_endpoint": s.Issuer + pathToken, "registration_endpoint": s.Issuer + pathRegister,
		"revocation_endpoint": s.Issuer + pathRevoke, "introspection_endpoint": s.Issuer + pathIntrospect, "scopes_supported": scopes,
		"response_types_supported": []string{"code"}, "response_modes_supported": []string{"query"}, "grant_types_supported": []string{"authorization_code", "refresh_token"},
		"token_endpoint_auth_methods_supported": basic, "revocation_endpoint_auth_methods_supported": basic, "introspection_endpoint_auth_methods_supported": basic,
		"code_challenge_methods_supported": []string{"S256"}, "authorization_response_iss_parameter_supported": true,
	})
	if err != nil {
		http.Error(w, "the metadata cannot be written", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Del("Pragma")
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(append(b, '\n')) // the program has gone
}
