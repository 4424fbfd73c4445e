package oauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// world is a server with two learners. A browser says who is signed in by a header.
type world struct {
	t      testing.TB
	db     *store.DB
	server *oauth.Server
	url    string
	actors map[string]record.Actor
}

const browserHeader = "X-Signed-In"

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, actors: map[string]record.Actor{}}
	w.people()
	var handler http.Handler
	ts := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	t.Cleanup(ts.Close)
	w.url = ts.URL
	s, err := oauth.New(oauth.Options{DB: db, Issuer: ts.URL, SignedIn: func(r *http.Request) (record.Actor, error) {
		return w.actors[r.Header.Get(browserHeader)], nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.server, handler = s, s
	return w
}

func (w *world) people() {
	ctx := w.t.Context()
	now := record.Time(time.Now())
	i := &record.Institution{ID: record.InstitutionID(record.NewID()), Slug: "u", Name: "U", BaseURL: "https://u.example", DID: "did:web:u.example", CreatedAt: now, UpdatedAt: now}
	err := w.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddInstitution(ctx, i); err != nil {
			return err
		}
		for _, name := range []string{"amara", "luis"} {
			l := &record.Learner{ID: record.LearnerID(record.NewID()), Institution: i.ID, SourceKey: name, Name: record.Name{Display: name}, SubjectID: "urn:uuid:" + record.NewID(), RecordID: record.NewID(), CreatedAt: now, UpdatedAt: now}
			if err := tx.AddLearner(ctx, l); err != nil {
				return err
			}
			a := &record.Account{ID: record.AccountID(record.NewID()), Institution: i.ID, Email: name + "@u.example", Name: name, Roles: []record.Role{record.RoleLearner}, Learner: l.ID}
			if err := tx.AddAccount(ctx, a, a.Email, now); err != nil {
				return err
			}
			w.actors[name] = a.Actor()
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// answer is what came back over HTTP.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.body, &m); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return m
}

// code is the OAuth error of an answer.
func (a answer) code() string {
	var m struct{ Error string }
	_ = json.Unmarshal(a.body, &m) // no JSON, no code
	return m.Error
}

// location is the address that a redirect leads to.
func (a answer) location(t testing.TB) *url.URL {
	t.Helper()
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		t.Fatalf("no redirect: %d %s", a.status, a.body)
	}
	return u
}

func (w *world) do(method, path, body string, header ...string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b}
}

// client is a program as it registered itself.
type client struct {
	ID, Secret, Management, Token string
}

const redirect = "https://app.example/callback"

// registration is the metadata of a program; changes replace members, nil removes one.
func registration(changes map[string]any) string {
	m := map[string]any{"client_name": "Résumé Studio", "client_uri": "https://app.example/", "logo_uri": "https://app.example/logo.png", "tos_uri": "https://app.example/terms",
		"policy_uri": "https://app.example/privacy", "software_id": "studio", "software_version": "1", "redirect_uris": []string{redirect}, "scope": oauth.ReadCLR + " " + oauth.WriteCLR + " " + oauth.OfflineAccess}
	for k, v := range changes {
		if m[k] = v; v == nil {
			delete(m, k)
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (w *world) register(changes map[string]any) client {
	w.t.Helper()
	a := w.do("POST", "/oauth/register", registration(changes), "Content-Type", "application/json")
	if a.status != http.StatusCreated {
		w.t.Fatalf("register: %d %s", a.status, a.body)
	}
	m := a.json(w.t)
	return client{m["client_id"].(string), m["client_secret"].(string), strings.TrimPrefix(m["registration_client_uri"].(string), w.url), m["registration_access_token"].(string)}
}

// config is the program's side, by a library that knows nothing of ours.
func (w *world) config(c client, scopes ...string) *oauth2.Config {
	return &oauth2.Config{ClientID: c.ID, ClientSecret: c.Secret, RedirectURL: redirect, Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: w.url + "/oauth/authorize", TokenURL: w.url + "/oauth/token", AuthStyle: oauth2.AuthStyleInHeader}}
}

// ask starts a request for access and returns its name.
func (w *world) ask(address string) string {
	w.t.Helper()
	a := w.do("GET", strings.TrimPrefix(address, w.url), "")
	u := a.location(w.t)
	id, ok := strings.CutPrefix(u.Path, oauth.PathConsent)
	if a.status != http.StatusSeeOther || !ok {
		w.t.Fatalf("asking: %d to %s %s", a.status, u, a.body)
	}
	return id
}

// decide is the learner's answer on the consent page.
func (w *world) decide(who, request, decision, last string) answer {
	w.t.Helper()
	if _, err := w.server.Asked(w.t.Context(), w.actors[who], request); err != nil {
		w.t.Fatal(err)
	}
	return w.press(who, request, url.Values{"answer": {decision}, "last": {last}, "text": {oauth.ConsentText}})
}

func (w *world) press(who, request string, form url.Values) answer {
	w.t.Helper()
	return w.do("POST", "/oauth/authorize/"+request, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", browserHeader, who)
}

// allowed goes from the request to the code.
func (w *world) allowed(who string, cfg *oauth2.Config, verifier, last string) (code string, back url.Values) {
	w.t.Helper()
	a := w.decide(who, w.ask(cfg.AuthCodeURL("st", oauth2.S256ChallengeOption(verifier))), "allow", last)
	back = a.location(w.t).Query()
	if back.Get("code") == "" {
		w.t.Fatalf("no code: %d %s", a.status, a.header.Get("Location"))
	}
	return back.Get("code"), back
}

// connect goes all the way.
func (w *world) connect(who string, c client, last string, scopes ...string) *oauth2.Token {
	w.t.Helper()
	cfg, verifier := w.config(c, scopes...), oauth2.GenerateVerifier()
	code, _ := w.allowed(who, cfg, verifier, last)
	tok, err := cfg.Exchange(w.t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		w.t.Fatal(err)
	}
	return tok
}

// post sends a form as a program.
func (w *world) post(c client, path string, form url.Values) answer {
	w.t.Helper()
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(c.ID, c.Secret)
	return w.do("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Authorization", r.Header.Get("Authorization"))
}

func (w *world) refresh(c client, token string) answer {
	w.t.Helper()
	return w.post(c, "/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

// opens reports what an access token opens at present.
func (w *world) opens(token string) bool {
	w.t.Helper()
	_, err := w.server.Check(w.t.Context(), token)
	if err != nil && record.KindOf(err) != record.NotFound {
		w.t.Fatal(err)
	}
	return err == nil
}

// exec is what somebody with the database's shell could do.
func (w *world) exec(query string) {
	w.t.Helper()
	if _, err := w.db.Writer().ExecContext(w.t.Context(), query); err != nil {
		w.t.Fatal(err)
	}
}

// dump is everything that the database keeps of OAuth.
func (w *world) dump() string {
	w.t.Helper()
	var out strings.Builder
	for _, query := range []string{`SELECT id || name || body || secret_hash || registration_hash FROM oauth_clients`, `SELECT id_hash || body FROM oauth_requests`,
		`SELECT id || body || code_hash || refresh_hash FROM oauth_grants`, `SELECT token_hash FROM oauth_spent`, `SELECT token_hash || grant_id FROM oauth_tokens`} {
		rows, err := w.db.Writer().QueryContext(w.t.Context(), query)
		if err != nil {
			w.t.Fatal(err)
		}
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				w.t.Fatal(err)
			}
			out.WriteString(s + "\n")
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			w.t.Fatal(err)
		}
	}
	return out.String()
}

// TestIndependentClient: golang.org/x/oauth2 drives the whole life of a connection.
func TestIndependentClient(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.register(nil)
		cfg, verifier := w.config(c, oauth.ReadCLR), oauth2.GenerateVerifier()
		code, back := w.allowed("amara", cfg, verifier, "30")
		if back.Get("state") != "st" || back.Get("scope") != oauth.ReadCLR || back.Get("iss") != w.url {
			t.Errorf("the redirect says %v", back)
		}
		tok, err := cfg.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
		if err != nil {
			t.Fatal(err)
		}
		if tok.RefreshToken == "" || tok.Type() != "Bearer" || tok.Extra("scope") != oauth.ReadCLR || tok.Expiry.IsZero() {
			t.Errorf("got %+v, scope %v", tok, tok.Extra("scope"))
		}
		access, err := w.server.Check(t.Context(), tok.AccessToken)
		if err != nil {
			t.Fatal(err)
		}
		if access.Actor.Account != w.actors["amara"].Account || access.Actor.Learner != w.actors["amara"].Learner || access.ClientName != "Résumé Studio" || fmt.Sprint(access.Scopes) != "["+oauth.ReadCLR+"]" {
			t.Errorf("got %+v", access)
		}
		tok.Expiry = time.Now().Add(-time.Hour) // the library refreshes what it takes for expired
		next, err := cfg.TokenSource(t.Context(), tok).Token()
		if err != nil {
			t.Fatal(err)
		}
		if next.AccessToken == tok.AccessToken || next.RefreshToken == tok.RefreshToken || !w.opens(next.AccessToken) {
			t.Error("a refresh gives a new access token and a new refresh token")
		}
		if a := w.post(c, "/oauth/revoke", url.Values{"token": {next.RefreshToken}, "token_type_hint": {"refresh_token"}}); a.status != http.StatusOK {
			t.Errorf("revoke: %d %s", a.status, a.body)
		}
		if w.opens(next.AccessToken) || w.opens(tok.AccessToken) || w.refresh(c, next.RefreshToken).code() != "invalid_grant" {
			t.Error("after the revocation something still works")
		}
	})
}

func TestOnlyHashesAtRest(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	c := w.register(nil)
	cfg, verifier := w.config(c, oauth.ReadCLR), oauth2.GenerateVerifier()
	code, _ := w.allowed("amara", cfg, verifier, "30")
	tok, err := cfg.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	waits := w.ask(cfg.AuthCodeURL("st", oauth2.S256ChallengeOption(verifier)))
	dump := w.dump()
	if !strings.Contains(dump, c.ID) {
		t.Fatal("the dump does not hold what it should")
	}
	for name, secret := range map[string]string{"client secret": c.Secret, "registration token": c.Token, "code": code, "access token": tok.AccessToken,
		"refresh token": tok.RefreshToken, "request": waits, "verifier": verifier} {
		if len(secret) < 40 {
			t.Errorf("%s: %d characters are too few to be 256 bits", name, len(secret))
		}
		if strings.Contains(dump, secret) {
			t.Errorf("%s is in the database in the open", name)
		}
	}
}

func TestManagement(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	c := w.register(nil)
	if a := w.do("GET", c.Management, "", "Authorization", "Bearer "+c.Token); a.status != http.StatusOK || a.json(t)["client_name"] != "Résumé Studio" || a.json(t)["client_id_issued_at"] == nil {
		t.Errorf("read: %d %s", a.status, a.body)
	}
	body := registration(map[string]any{"client_id": c.ID, "client_name": "Studio Two"})
	if a := w.do("PUT", c.Management, body, "Authorization", "Bearer "+c.Token, "Content-Type", "application/json"); a.status != http.StatusOK || a.json(t)["client_name"] != "Studio Two" {
		t.Errorf("change: %d %s", a.status, a.body)
	}
	if w.connect("amara", c, "once", oauth.ReadCLR).RefreshToken != "" {
		t.Error("once gives a refresh token")
	}
	if a := w.do("DELETE", c.Management, "", "Authorization", "Bearer "+c.Token); a.status != http.StatusNoContent {
		t.Errorf("delete: %d %s", a.status, a.body)
	}
	if a := w.do("GET", c.Management, "", "Authorization", "Bearer "+c.Token); a.status != http.StatusUnauthorized {
		t.Errorf("after its deletion: %d %s", a.status, a.body)
	}
}

func TestConsentIsSeenAndWithdrawn(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	c := w.register(nil)
	tok := w.connect("amara", c, "365", oauth.ReadCLR, oauth.WriteCLR)
	apps, err := w.server.Apps(t.Context(), w.actors["amara"])
	if err != nil || len(apps) != 1 || apps[0].ClientName != "Résumé Studio" || len(apps[0].Scopes) != 2 {
		t.Fatalf("got %v, %v", apps, err)
	}
	if others, err := w.server.Apps(t.Context(), w.actors["luis"]); err != nil || len(others) != 0 {
		t.Errorf("another learner sees %v, %v", others, err)
	}
	if err := w.server.Withdraw(t.Context(), w.actors["luis"], apps[0].ID); record.KindOf(err) != record.NotFound || !w.opens(tok.AccessToken) {
		t.Errorf("another learner's withdrawal: %v", err)
	}
	if _, err := w.server.Apps(t.Context(), record.Actor{}); record.KindOf(err) != record.NotFound {
		t.Errorf("a stranger's look: %v", err)
	}
	if err := w.server.Withdraw(t.Context(), w.actors["amara"], apps[0].ID); err != nil {
		t.Fatal(err)
	}
	if w.opens(tok.AccessToken) || w.refresh(c, tok.RefreshToken).code() != "invalid_grant" {
		t.Error("a withdrawn consent still opens something")
	}
	var actions []string
	err = w.db.View(t.Context(), func(tx *store.Tx) error {
		events, err := tx.Events(t.Context(), w.actors["amara"].Institution, 0, 10)
		for _, e := range events {
			actions = append(actions, e.Action)
		}
		return err
	})
	if fmt.Sprint(actions) != "[app.allowed app.withdrawn]" {
		t.Errorf("the audit says %v, %v", actions, err)
	}
}

func TestSweep(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	used, unused := w.register(nil), w.register(nil)
	tok := w.connect("amara", used, "30", oauth.ReadCLR)
	w.exec(`UPDATE oauth_clients SET created_at = 1`)
	if err := w.server.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !w.opens(tok.AccessToken) {
		t.Error("the sweep took what is in use")
	}
	if a := w.do("GET", unused.Management, "", "Authorization", "Bearer "+unused.Token); a.status != http.StatusUnauthorized {
		t.Errorf("a program that nobody ever allowed is still there: %d", a.status)
	}
}

// BenchmarkCheck: the token check that every request of the interfaces begins with.
func BenchmarkCheck(b *testing.B) {
	w := newWorld(b, storetest.SQLite(b))
	tok := w.connect("amara", w.register(nil), "30", oauth.ReadCLR)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.server.Check(context.Background(), tok.AccessToken); err != nil {
			b.Fatal(err)
		}
	}
}
