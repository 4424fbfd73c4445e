package account_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// campus is an OpenID provider that lies where a test asks it to. What it gets wrong by accident no test finds: a provider
// that is somebody else's has not been tried (docs/conformance.md).
type campus struct {
	t      *testing.T
	srv    *httptest.Server
	key    *ecdsa.PrivateKey
	claims map[string]any
	codes  map[string]url.Values // code → the request that it was given for

	algorithm string // "none" and "HS256" are lies
	strangers bool   // signs with a key that it does not publish
	asked     url.Values
}

const clientSecret = "a secret between servers"

func newCampus(t *testing.T) *campus {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &campus{t: t, key: k, codes: map[string]url.Values{}, claims: map[string]any{}, algorithm: "ES256"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		c.answer(w, map[string]any{"issuer": c.srv.URL, "authorization_endpoint": c.srv.URL + "/authorize", "token_endpoint": c.srv.URL + "/token", "jwks_uri": c.srv.URL + "/jwks",
			"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"}})
	})
	mux.HandleFunc("GET /jwks", func(w http.ResponseWriter, _ *http.Request) {
		pub, err := k.PublicKey.Bytes()
		if err != nil {
			t.Error(err)
		}
		c.answer(w, map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "use": "sig", "kid": "1", "alg": "ES256", "x": b64(pub[1:33]), "y": b64(pub[33:])}}})
	})
	mux.HandleFunc("POST /token", c.token)
	c.srv = httptest.NewServer(mux)
	t.Cleanup(c.srv.Close)
	return c
}

func (c *campus) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		c.t.Error(err)
	}
}

// authorize is what happens in the browser: the person agrees, and comes back with this.
func (c *campus) authorize(address string) url.Values {
	c.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		c.t.Fatal(err)
	}
	c.asked = u.Query()
	code := rand.Text()
	c.codes[code] = c.asked
	return url.Values{"code": {code}, "state": {c.asked.Get("state")}}
}

func (c *campus) token(w http.ResponseWriter, r *http.Request) {
	asked := c.codes[r.FormValue("code")]
	delete(c.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if decoded, err := url.QueryUnescape(secret); err == nil {
		secret = decoded
	}
	if asked == nil || asked.Get("code_challenge") != b64(sum[:]) || asked.Get("code_challenge_method") != "S256" || id != "laurel" || secret != clientSecret || asked.Get("redirect_uri") != r.FormValue("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		c.answer(w, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{"iss": c.srv.URL, "aud": "laurel", "sub": "s-1", "nonce": asked.Get("nonce"), "iat": start.Unix(), "exp": start.Unix() + 3600}
	maps.Copy(claims, c.claims)
	c.answer(w, map[string]any{"access_token": "at", "token_type": "Bearer", "id_token": c.sign(claims)})
}

func (c *campus) sign(claims map[string]any) string {
	b, err := json.Marshal(claims)
	if err != nil {
		c.t.Error(err)
	}
	input := b64([]byte(`{"alg":"`+c.algorithm+`","kid":"1"}`)) + "." + b64(b)
	switch c.algorithm {
	case "none":
		return input + "."
	case "HS256":
		m := hmac.New(sha256.New, []byte(clientSecret))
		m.Write([]byte(input))
		return input + "." + b64(m.Sum(nil))
	}
	key := c.key
	if c.strangers {
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			c.t.Error(err)
		}
	}
	sum := sha256.Sum256([]byte(input))
	der, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		c.t.Error(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(fixed(c.t, der))
}

// fixed is an ECDSA signature as r‖s.
func fixed(t *testing.T, der []byte) []byte {
	t.Helper()
	at := 4
	n := int(der[3])
	r := new(big.Int).SetBytes(der[at : at+n])
	s := new(big.Int).SetBytes(der[at+n+2:])
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

// withCampus is a door whose institution trusts a provider.
func withCampus(t *testing.T, db *store.DB, settings record.CampusSettings) (*door, *campus, record.CampusServiceID) {
	t.Helper()
	d, c := newDoor(t, db), newCampus(t)
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	d.desk.PublicURL, d.desk.Secrets, d.desk.Client = "http://localhost:8080", keys, c.srv.Client()
	settings.Issuer, settings.ClientID = c.srv.URL, "laurel"
	id, err := d.desk.PutCampusService(t.Context(), d.operator(), account.ServiceChange{Kind: record.CampusOIDC, Name: "X account", Enabled: true, Settings: settings, Secret: clientSecret})
	if err != nil {
		t.Fatal(err)
	}
	return d, c, id
}

func (d *door) operator() record.Actor {
	return record.Actor{Account: "op", Institution: d.inst, Roles: []record.Role{record.RoleOperator}}
}

func (d *door) learner(key, email string) *record.Learner {
	d.t.Helper()
	l := &record.Learner{ID: record.LearnerID(record.NewID()), Institution: d.inst, SourceKey: key, Name: record.Name{Display: "Amara " + key}, Email: email,
		SubjectID: "urn:uuid:" + record.NewID(), RecordID: record.NewID(), CreatedAt: start, UpdatedAt: start}
	if err := d.desk.DB.Update(d.t.Context(), func(tx *store.Tx) error { return tx.AddLearner(d.t.Context(), l) }); err != nil {
		d.t.Fatal(err)
	}
	return l
}

// come signs somebody in by the service.
func (d *door) come(c *campus, id record.CampusServiceID, as record.Actor, claims map[string]any) (*record.Account, error) {
	d.t.Helper()
	c.claims = claims
	address, token, err := d.desk.BeginCampus(d.t.Context(), as, id, "/desk")
	if err != nil {
		d.t.Fatal(err)
	}
	a, next, err := d.desk.EndOIDC(d.t.Context(), id, token, c.authorize(address))
	if err == nil && next != "/desk" {
		d.t.Errorf("next: %q", next)
	}
	return a, err
}

func TestCampusRolesFromGroups(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d, c, id := withCampus(t, db, record.CampusSettings{JoinGroups: true, Groups: map[string]record.Role{"records": record.RoleRegistrar, "deans": record.RoleApprover}})
		ruth := map[string]any{"email": "Ruth@x.example", "email_verified": true, "name": "Ruth", "groups": []string{"records", "chess"}}
		first, err := d.come(c, id, record.Actor{}, ruth)
		if err != nil || first.Name != "Ruth" || !slices.Equal(first.Roles, []record.Role{record.RoleRegistrar}) {
			t.Fatalf("%+v, %v", first, err)
		}
		ruth["groups"], ruth["email"] = []string{"deans", "records"}, "new-name@x.example"
		again, err := d.come(c, id, record.Actor{}, ruth)
		if err != nil || again.ID != first.ID || len(again.Roles) != 2 {
			t.Fatalf("%+v, %v", again, err)
		}
		ruth["groups"] = []string{"chess"}
		_, err = d.come(c, id, record.Actor{}, ruth)
		if record.CodeOf(err) != "campus.unknown" {
			t.Fatalf("without a group: %v", err)
		}
		actor, err := d.desk.Actor(t.Context(), first.ID)
		if err != nil || len(actor.Roles) != 0 {
			t.Errorf("the roles stay: %+v, %v", actor, err)
		}
		if _, err = d.come(c, id, record.Actor{}, map[string]any{"sub": "s-2", "email": "who@x.example", "email_verified": true}); record.CodeOf(err) != "campus.unknown" {
			t.Errorf("somebody without a group: %v", err)
		}
		ruth["groups"] = "records" // one group as text
		if a, err := d.come(c, id, record.Actor{}, ruth); err != nil || len(a.Roles) != 1 {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestCampusLearners(t *testing.T) {
	d, c, id := withCampus(t, storetest.SQLite(t), record.CampusSettings{JoinEmail: true, LearnerClaim: "sis_id"})
	one, two := d.learner("S1", "amara@x.example"), d.learner("S2", "")
	d.learner("S3", "shared@x.example")
	d.learner("S4", "Shared@x.example")
	a, err := d.come(c, id, record.Actor{}, map[string]any{"sub": "1", "email": "AMARA@x.example", "email_verified": true})
	if err != nil || a.Learner != one.ID || !slices.Equal(a.Roles, []record.Role{record.RoleLearner}) {
		t.Fatalf("by address: %+v, %v", a, err)
	}
	if b, err := d.come(c, id, record.Actor{}, map[string]any{"sub": "1", "email": "moved@x.example"}); err != nil || b.ID != a.ID {
		t.Errorf("again, with another address: %+v, %v", b, err)
	}
	for name, claims := range map[string]map[string]any{
		"unverified":                   {"sub": "9", "email": "amara@x.example", "email_verified": false},
		"verified in words":            {"sub": "9", "email": "amara@x.example", "email_verified": "true"},
		"verified is missing":          {"sub": "9", "email": "amara@x.example"},
		"two at once":                  {"sub": "9", "email": "amara@x.example, x@evil.example", "email_verified": true},
		"an address of two":            {"sub": "9", "email": "shared@x.example", "email_verified": true},
		"a number of nobody":           {"sub": "9", "sis_id": "S9"},
		"a learner who has no address": {"sub": "9", "sis_id": two.SourceKey},
	} {
		if got, err := d.come(c, id, record.Actor{}, claims); record.CodeOf(err) != "campus.unknown" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	// The learner has a way in already: another person of the service does not get the account.
	if _, err := d.come(c, id, record.Actor{}, map[string]any{"sub": "9", "email": "amara@x.example", "email_verified": true}); record.CodeOf(err) != "campus.both" {
		t.Errorf("a second person with the address: %v", err)
	}
	five := d.learner("S5", "priya@x.example")
	if b, err := d.come(c, id, record.Actor{}, map[string]any{"sub": "5", "sis_id": "S5"}); err != nil || b.Learner != five.ID || b.Email != "priya@x.example" {
		t.Errorf("by the student system's key: %+v, %v", b, err)
	}
}

// TestCampusLinking is row A12: an address by itself joins no account that has a password.
func TestCampusLinking(t *testing.T) {
	d, c, id := withCampus(t, storetest.SQLite(t), record.CampusSettings{JoinEmail: true})
	a := d.add(account.NewAccount{Email: "ruth@x.example", Name: "Ruth", Roles: []record.Role{record.RoleRegistrar}, Password: "several words in a row"})
	b := d.add(account.NewAccount{Email: "tom@x.example", Name: "Tom", Roles: []record.Role{record.RoleApprover}})
	claims := map[string]any{"sub": "r", "email": "ruth@x.example", "email_verified": true}
	if _, err := d.come(c, id, record.Actor{}, claims); record.CodeOf(err) != "campus.both" {
		t.Fatalf("joined without its owner: %v", err)
	}
	if got, err := d.come(c, id, a.Actor(), claims); err != nil || got.ID != a.ID {
		t.Fatalf("joined by its owner: %v, %v", got, err)
	}
	if got, err := d.come(c, id, record.Actor{}, claims); err != nil || got.ID != a.ID || !slices.Equal(got.Roles, a.Roles) {
		t.Errorf("afterwards: %v, %v", got, err)
	}
	if _, err := d.come(c, id, b.Actor(), claims); record.CodeOf(err) != "campus.taken" {
		t.Errorf("joined to two: %v", err)
	}
	if got, err := d.come(c, id, record.Actor{}, map[string]any{"sub": "t", "email": "tom@x.example", "email_verified": true}); err != nil || got.ID != b.ID {
		t.Errorf("an account that waits for its owner: %v, %v", got, err)
	}
	if err := d.desk.SetRoles(t.Context(), record.System(d.inst), a.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := d.come(c, id, record.Actor{}, claims); record.CodeOf(err) != "campus.closed" {
		t.Errorf("a closed account: %v", err)
	}
}

// TestCampusAttacks: every lie of a provider, a browser or somebody between them is refused, and ends the step.
func TestCampusAttacks(t *testing.T) {
	d, c, id := withCampus(t, storetest.SQLite(t), record.CampusSettings{JoinGroups: true, Groups: map[string]record.Role{"records": record.RoleRegistrar}})
	good := map[string]any{"email": "ruth@x.example", "email_verified": true, "groups": []string{"records"}}
	if _, err := d.come(c, id, record.Actor{}, good); err != nil {
		t.Fatal(err)
	}
	for name, lie := range map[string]map[string]any{
		"another nonce":              {"nonce": "replayed"},
		"no nonce":                   {"nonce": ""},
		"another audience":           {"aud": "somebody"},
		"two audiences, no azp":      {"aud": []string{"laurel", "somebody"}},
		"issued to somebody":         {"aud": []string{"laurel", "somebody"}, "azp": "somebody"},
		"another issuer":             {"iss": "https://evil.example"},
		"expired":                    {"exp": start.Unix() - 1},
		"no subject":                 {"sub": ""},
		"a subject without an end":   {"sub": string(make([]byte, 600))},
		"a subject that is a number": {"sub": 7},
	} {
		claims := maps.Clone(good)
		maps.Copy(claims, lie)
		if a, err := d.come(c, id, record.Actor{}, claims); err == nil {
			t.Errorf("%s: it let %s in", name, a.Name)
		}
	}
	for _, c.algorithm = range []string{"none", "HS256"} {
		if _, err := d.come(c, id, record.Actor{}, good); err == nil {
			t.Errorf("signed by %s", c.algorithm)
		}
	}
	c.algorithm, c.strangers = "ES256", true
	if _, err := d.come(c, id, record.Actor{}, good); err == nil {
		t.Error("signed by a stranger's key")
	}
	c.strangers, c.claims = false, good
	for name, change := range map[string]func(answer url.Values, token string) (record.CampusServiceID, string){
		"another state": func(v url.Values, token string) (record.CampusServiceID, string) {
			v.Set("state", "x")
			return id, token
		},
		"no state":        func(v url.Values, token string) (record.CampusServiceID, string) { v.Del("state"); return id, token },
		"another browser": func(_ url.Values, _ string) (record.CampusServiceID, string) { return id, "" },
		"another service": func(_ url.Values, token string) (record.CampusServiceID, string) { return "other", token },
		"mixed up": func(v url.Values, token string) (record.CampusServiceID, string) {
			v.Set("iss", "https://evil.example")
			return id, token
		},
		"a code of nobody": func(v url.Values, token string) (record.CampusServiceID, string) {
			v.Set("code", "x")
			return id, token
		},
		"two codes": func(v url.Values, token string) (record.CampusServiceID, string) {
			v.Add("code", "x")
			return id, token
		},
		"the person said no": func(v url.Values, token string) (record.CampusServiceID, string) {
			v.Set("error", "access_denied")
			return id, token
		},
		"a browser's old step": func(_ url.Values, _ string) (record.CampusServiceID, string) {
			_, old, _ := d.desk.BeginCampus(t.Context(), record.Actor{}, id, "")
			return id, old
		},
	} {
		address, token, err := d.desk.BeginCampus(t.Context(), record.Actor{}, id, "")
		if err != nil {
			t.Fatal(err)
		}
		answer := c.authorize(address)
		service, browser := change(answer, token)
		if _, _, err := d.desk.EndOIDC(t.Context(), service, browser, answer); err == nil {
			t.Errorf("%s: let in", name)
		}
	}
	address, token, err := d.desk.BeginCampus(t.Context(), record.Actor{}, id, "")
	if err != nil {
		t.Fatal(err)
	}
	answer := c.authorize(address)
	if c.asked.Get("state") == token || c.asked.Get("nonce") == "" || c.asked.Get("response_type") != "code" {
		t.Errorf("what was asked: %v", c.asked)
	}
	if _, _, err := d.desk.EndOIDC(t.Context(), id, token, answer); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.desk.EndOIDC(t.Context(), id, token, answer); record.CodeOf(err) != "step.gone" {
		t.Errorf("the same answer twice: %v", err)
	}
}

// TestCampusSettings: who may set services up, and what is refused.
func TestCampusSettings(t *testing.T) {
	d, c, id := withCampus(t, storetest.SQLite(t), record.CampusSettings{})
	ctx := t.Context()
	good := account.ServiceChange{Kind: record.CampusOIDC, Name: "n", Settings: record.CampusSettings{Issuer: "https://sso.example", ClientID: "x"}}
	for name, actor := range map[string]record.Actor{"a registrar": {Account: "r", Institution: d.inst, Roles: []record.Role{record.RoleRegistrar}}, "a steward": {Account: "s", Institution: d.inst, Roles: []record.Role{record.RoleSteward}}, "a stranger": {}} {
		if _, err := d.desk.PutCampusService(ctx, actor, good); err == nil {
			t.Errorf("%s may set it up", name)
		}
	}
	elsewhere := record.Actor{Account: "e", Institution: "elsewhere", Roles: []record.Role{record.RoleOperator}}
	wantKind(t, d.desk.DropCampusService(ctx, elsewhere, id), record.NotFound)
	for name, change := range map[string]func(*account.ServiceChange){
		"no name":           func(s *account.ServiceChange) { s.Name = " " },
		"http":              func(s *account.ServiceChange) { s.Settings.Issuer = "http://sso.example" },
		"no issuer":         func(s *account.ServiceChange) { s.Settings.Issuer = "" },
		"no client":         func(s *account.ServiceChange) { s.Settings.ClientID = "" },
		"a role of nobody":  func(s *account.ServiceChange) { s.Settings.Groups = map[string]record.Role{"g": "king"} },
		"a steward's role":  func(s *account.ServiceChange) { s.Settings.Groups = map[string]record.Role{"g": record.RoleSteward} },
		"a learner's role":  func(s *account.ServiceChange) { s.Settings.Groups = map[string]record.Role{"g": record.RoleLearner} },
		"groups without":    func(s *account.ServiceChange) { s.Settings.JoinGroups = true },
		"another protocol":  func(s *account.ServiceChange) { s.Kind = "ldap" },
		"SAML, no metadata": func(s *account.ServiceChange) { s.Kind = record.CampusSAML },
	} {
		bad := good
		change(&bad)
		_, err := d.desk.PutCampusService(ctx, d.operator(), bad)
		if record.KindOf(err) != record.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	all, err := d.desk.CampusServices(ctx, d.operator())
	if err != nil || len(all) != 1 || all[0].Sealed != nil {
		t.Fatalf("%+v, %v", all, err)
	}
	moved := account.ServiceChange{ID: id, Version: all[0].Version, Name: "n", Settings: record.CampusSettings{Issuer: "https://other.example", ClientID: "x"}}
	_, err = d.desk.PutCampusService(ctx, d.operator(), moved)
	wantKind(t, err, record.Invalid)
	kept := account.ServiceChange{ID: id, Version: all[0].Version, Name: "n", Enabled: true, Settings: record.CampusSettings{Issuer: c.srv.URL, ClientID: "laurel"}}
	if _, err = d.desk.PutCampusService(ctx, d.operator(), kept); err != nil {
		t.Fatal(err)
	}
	_, err = d.desk.PutCampusService(ctx, d.operator(), kept)
	wantKind(t, err, record.Conflict) // the version was read before
	// The secret that was kept still opens the door.
	if _, err := d.come(c, id, record.Actor{}, map[string]any{"sub": "x"}); record.CodeOf(err) != "campus.unknown" {
		t.Error(err)
	}
	off := kept
	off.Version, off.Enabled = kept.Version+1, false
	if _, err = d.desk.PutCampusService(ctx, d.operator(), off); err != nil {
		t.Fatal(err)
	}
	_, _, err = d.desk.BeginCampus(ctx, record.Actor{}, id, "")
	wantKind(t, err, record.NotFound)
}
