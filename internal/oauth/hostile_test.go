package oauth_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/oauth2"

	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// The attacks on an OAuth server, by their ids in the list of attacks. Each row is tried against a running server.
var attacks = []struct {
	id, name string
	try      func(t *testing.T, w *world)
}{
	{"O01", "redirect_uri bent", bentRedirects},
	{"O02", "a code for another program, or another address to return to", stolenCode},
	{"O03", "a code twice, also fifty times at once", replayedCode},
	{"O04", "PKCE left out or weakened", weakPKCE},
	{"O05", "a refresh token twice, by another, wider, fifty at once", reusedRefresh},
	{"O06", "more scopes than allowed", widenedScopes},
	{"O07", "a token of another server", foreignToken},
	{"O08", "mix-up", mixUp},
	{"O09", "a token in the address", tokenInQuery},
	{"O10", "registrations without end or sense", openRegistration},
	{"O11", "a registration token for another program", foreignRegistration},
	{"O12", "assertions and other ways to say who one is", assertions},
	{"O13", "an answer without the learner's", skippedConsent},
	{"O14", "requests without end", endlessRequests},
	{"O15", "looking at or ending tokens of others", foreignTokens},
	{"O16", "parameters twice, in the wrong place, in JSON", pollution},
	{"O17", "a closed account", closedAccount},
	{"O18", "guessing", guessing},
	{"O19", "another scheme than the token's", otherScheme},
	{"O20", "ids and requests forged", forgedIDs},
	{"O21", "other origins", otherOrigins},
	{"O22", "the Host header", hostHeader},
}

func TestHostile(t *testing.T) {
	for _, a := range attacks {
		t.Run(a.id+" "+a.name, func(t *testing.T) { a.try(t, newWorld(t, storetest.SQLite(t))) })
	}
}

// TestHostileRaces: the rows that several nodes on one PostgreSQL could answer differently.
func TestHostileRaces(t *testing.T) {
	for _, try := range []func(*testing.T, *world){replayedCode, reusedRefresh} {
		try(t, newWorld(t, storetest.Postgres(t)))
	}
}

// asking is the query of a request for access that is right, with changes.
func asking(c client, changes ...string) string {
	q := url.Values{"response_type": {"code"}, "client_id": {c.ID}, "redirect_uri": {redirect}, "scope": {oauth.ReadCLR}, "state": {"st"},
		"code_challenge": {oauth2.S256ChallengeFromVerifier(strings.Repeat("v", 43))}, "code_challenge_method": {"S256"}}
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] == "" {
			q.Del(changes[i])
		} else {
			q.Set(changes[i], changes[i+1])
		}
	}
	return "/oauth/authorize?" + q.Encode()
}

func bentRedirects(t *testing.T, w *world) {
	c := w.register(nil)
	for _, bad := range []string{"", "https://evil.example/callback", redirect + "/", redirect + "/../x", redirect + "?x=1", redirect + "#f", "https://app.example", "https://app.example/CALLBACK",
		"https://APP.example/callback", "http://app.example/callback", "https://app.example:443/callback", "https://app.example@evil.example/callback", "https://app.example.evil.example/callback",
		"https://app.example%2Fcallback", redirect + "%00", "//app.example/callback", "javascript:alert(1)", "https://app.example/\\callback"} {
		if a := w.do("GET", asking(c, "redirect_uri", bad), ""); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
			t.Errorf("%q: %d to %q", bad, a.status, a.header.Get("Location"))
		}
	}
	if a := w.do("GET", asking(client{ID: record.NewID()}), ""); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
		t.Errorf("unknown program: %d to %q", a.status, a.header.Get("Location"))
	}
}

// exchange redeems a code as a program would, with the parts that a test bends.
func exchange(w *world, c client, code, to, verifier string) answer {
	return w.post(c, "/oauth/token", url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {to}, "code_verifier": {verifier}})
}

func stolenCode(t *testing.T, w *world) {
	c, thief := w.register(nil), w.register(nil)
	for name, try := range map[string]func(code, verifier string) answer{
		"another program": func(code, v string) answer { return exchange(w, thief, code, redirect, v) },
		"another address": func(code, v string) answer { return exchange(w, c, code, redirect+"2", v) },
		"no address":      func(code, v string) answer { return exchange(w, c, code, "", v) },
		"wrong verifier":  func(code, _ string) answer { return exchange(w, c, code, redirect, oauth2.GenerateVerifier()) },
	} {
		v := oauth2.GenerateVerifier()
		code, _ := w.allowed("amara", w.config(c, oauth.ReadCLR), v, "30")
		if a := try(code, v); a.status != http.StatusBadRequest || a.code() != "invalid_grant" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		if a := exchange(w, c, code, redirect, v); a.code() != "invalid_grant" {
			t.Errorf("%s: the code is not burned: %d %s", name, a.status, a.body)
		}
	}
}

func replayedCode(t *testing.T, w *world) {
	c, v := w.register(nil), oauth2.GenerateVerifier()
	code, _ := w.allowed("amara", w.config(c, oauth.ReadCLR), v, "30")
	first := exchange(w, c, code, redirect, v)
	token, _ := first.json(t)["access_token"].(string)
	if first.status != http.StatusOK || !w.opens(token) {
		t.Fatalf("first: %d %s", first.status, first.body)
	}
	if a := exchange(w, c, code, redirect, v); a.code() != "invalid_grant" {
		t.Errorf("replay: %d %s", a.status, a.body)
	}
	if w.opens(token) {
		t.Error("the token of a replayed code still opens")
	}
	code, _ = w.allowed("amara", w.config(c, oauth.ReadCLR), v, "30")
	if n := fifty(func() answer { return exchange(w, c, code, redirect, v) }, t); n > 1 {
		t.Errorf("of fifty at once %d succeeded", n)
	}
}

// fifty does the same fifty times at once and counts what succeeded; the others are invalid_grant.
func fifty(do func() answer, t *testing.T) int {
	t.Helper()
	answers := make([]answer, 50)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = do() })
	}
	wg.Wait()
	n := 0
	for _, a := range answers {
		switch {
		case a.status == http.StatusOK:
			n++
		case a.code() != "invalid_grant":
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	return n
}

func weakPKCE(t *testing.T, w *world) {
	c := w.register(nil)
	for name, q := range map[string]string{"none": asking(c, "code_challenge", "", "code_challenge_method", ""), "plain": asking(c, "code_challenge_method", "plain"),
		"no method": asking(c, "code_challenge_method", ""), "short": asking(c, "code_challenge", "abc"), "charset": asking(c, "code_challenge", strings.Repeat("+", 43))} {
		if got := w.do("GET", q, "").location(t).Query(); got.Get("error") != "invalid_request" || got.Get("state") != "st" {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, v := range []string{"", "short", strings.Repeat("v", 42), strings.Repeat("v", 129), strings.Repeat("é", 30)} {
		code, _ := w.allowed("amara", w.config(c, oauth.ReadCLR), v, "once") // the challenge is of this very verifier
		if a := exchange(w, c, code, redirect, v); a.status != http.StatusBadRequest || a.code() != "invalid_grant" {
			t.Errorf("verifier %q: %d %s", v, a.status, a.body)
		}
	}
}

func reusedRefresh(t *testing.T, w *world) {
	c, thief := w.register(nil), w.register(nil)
	tok := w.connect("amara", c, "30", oauth.ReadCLR)
	if a := w.refresh(thief, tok.RefreshToken); a.code() != "invalid_grant" {
		t.Errorf("another program: %d %s", a.status, a.body)
	}
	if a := w.post(c, "/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tok.RefreshToken}, "scope": {oauth.ReadCLR + " " + oauth.WriteCLR}}); a.code() != "invalid_scope" {
		t.Errorf("wider: %d %s", a.status, a.body)
	}
	if n := fifty(func() answer { return w.refresh(c, tok.RefreshToken) }, t); n != 1 {
		t.Errorf("of fifty at once %d succeeded", n)
	}
	if !w.opens(tok.AccessToken) {
		t.Error("twins of the same moment ended the consent")
	}
	tok = w.connect("amara", c, "30", oauth.ReadCLR)
	next := w.refresh(c, tok.RefreshToken).json(t)
	w.exec(`UPDATE oauth_spent SET spent_at = 1`) // long ago
	if a := w.refresh(c, tok.RefreshToken); a.code() != "invalid_grant" {
		t.Errorf("reuse: %d %s", a.status, a.body)
	}
	if w.opens(tok.AccessToken) || w.opens(next["access_token"].(string)) || w.refresh(c, next["refresh_token"].(string)).code() != "invalid_grant" {
		t.Error("something of the family lives on")
	}
	err := w.db.View(t.Context(), func(tx *store.Tx) error {
		events, err := tx.Events(t.Context(), w.actors["amara"].Institution, 0, 100)
		if err == nil && events[len(events)-1].Action != "app.reuse" {
			t.Errorf("the audit ends with %s", events[len(events)-1].Action)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func widenedScopes(t *testing.T, w *world) {
	c := w.register(map[string]any{"scope": oauth.ReadCLR})
	for name, scope := range map[string]string{"not registered": oauth.WriteCLR, "unknown": "admin", "more than registered": oauth.ReadCLR + " " + oauth.WriteCLR, "openid": "openid " + oauth.ReadCLR, "empty": " ", "none": ""} {
		if got := w.do("GET", asking(c, "scope", scope), "").location(t).Query(); got.Get("error") != "invalid_scope" {
			t.Errorf("%s: %v", name, got)
		}
	}
	v := oauth2.GenerateVerifier()
	code, back := w.allowed("amara", w.config(c, oauth.ReadCLR, oauth.ReadCLR), v, "once")
	if back.Get("scope") != oauth.ReadCLR {
		t.Errorf("twice the same scope gives %q", back.Get("scope"))
	}
	a := w.post(c, "/oauth/token", url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {v}, "scope": {oauth.WriteCLR}})
	if a.code() != "invalid_scope" {
		t.Errorf("at the token: %d %s", a.status, a.body)
	}
	if a := w.do("POST", "/oauth/register", registration(map[string]any{"scope": "admin openid"})); a.code() != "invalid_client_metadata" {
		t.Errorf("at the registration: %d %s", a.status, a.body)
	}
}

func foreignToken(t *testing.T, w *world) {
	other := newWorld(t, storetest.SQLite(t))
	tok := other.connect("amara", other.register(nil), "30", oauth.ReadCLR)
	if w.opens(tok.AccessToken) || !other.opens(tok.AccessToken) {
		t.Error("a token opens elsewhere than at its server")
	}
}

func mixUp(t *testing.T, w *world) {
	c := w.register(nil)
	_, back := w.allowed("amara", w.config(c, oauth.ReadCLR), oauth2.GenerateVerifier(), "once")
	denied := w.decide("amara", w.ask(w.url+asking(c)), "deny", "").location(t).Query()
	early := w.do("GET", asking(c, "scope", "admin"), "").location(t).Query()
	for name, q := range map[string]url.Values{"success": back, "no": denied, "early error": early} {
		if q.Get("iss") != w.url {
			t.Errorf("%s: iss is %q", name, q.Get("iss"))
		}
	}
	if denied.Get("error") != "access_denied" || denied.Get("state") != "st" || denied.Get("code") != "" {
		t.Errorf("no: %v", denied)
	}
}

func tokenInQuery(t *testing.T, w *world) {
	c := w.register(nil)
	tok := w.connect("amara", c, "30", oauth.ReadCLR)
	for _, path := range []string{"/oauth/introspect", "/oauth/revoke", "/oauth/token"} {
		a := w.post(c, path+"?token="+tok.AccessToken, url.Values{"token": {tok.AccessToken}})
		if a.code() != "invalid_request" || a.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if !w.opens(tok.AccessToken) {
		t.Error("a refused request revoked")
	}
}

func openRegistration(t *testing.T, w *world) {
	for name, changes := range map[string]map[string]any{
		"no name": {"client_name": nil}, "long name": {"client_name": strings.Repeat("x", 1000)}, "control characters": {"client_name": "a\u0000b"}, "bidi": {"client_name": "a\u202eb"},
		"script as logo": {"logo_uri": "javascript:alert(1)"}, "data as logo": {"logo_uri": "data:image/png;base64,AA"}, "no logo": {"logo_uri": nil}, "http": {"client_uri": "http://app.example/"},
		"another host": {"policy_uri": "https://other.example/"}, "user": {"tos_uri": "https://a@app.example/"}, "keys": {"jwks": map[string]any{"keys": []any{}}}, "key address": {"jwks_uri": "https://app.example/k"},
		"statement": {"software_statement": "x.y.z"}, "public": {"token_endpoint_auth_method": "none"}, "post": {"token_endpoint_auth_method": "client_secret_post"}, "password": {"grant_types": []string{"password"}},
		"implicit": {"response_types": []string{"token"}}, "text for a list": {"redirect_uris": redirect}, "no scope": {"scope": nil}, "own id": {"client_id": "me"},
		"no address": {"redirect_uris": []string{}}, "wildcard": {"redirect_uris": []string{"https://app.example/*"}}, "custom scheme": {"redirect_uris": []string{"com.app:/cb"}}, "fragment": {"redirect_uris": []string{redirect + "#x"}},
		"other host to return to": {"redirect_uris": []string{redirect, "https://evil.example/"}}, "unclean": {"redirect_uris": []string{"https://app.example:/x"}},
	} {
		a := w.do("POST", "/oauth/register", registration(changes), "Content-Type", "application/json")
		if code := a.code(); a.status != http.StatusBadRequest || code != "invalid_client_metadata" && code != "invalid_redirect_uri" && code != "invalid_software_statement" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	for name, body := range map[string]string{"not JSON": "x", "list": "[]", "twice": `{"client_name":"a","client_name":"b"}`, "nothing": ""} {
		if a := w.do("POST", "/oauth/register", body, "Content-Type", "application/json"); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := w.do("POST", "/oauth/register", registration(map[string]any{"client_name": strings.Repeat("x", 10<<20)})); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("10 MB: %d", a.status)
	}
	var limited bool
	for range 200 {
		a := w.do("POST", "/oauth/register", registration(nil), "Content-Type", "application/json")
		if limited = a.status == http.StatusTooManyRequests; limited {
			if a.header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			break
		}
	}
	if !limited {
		t.Error("two hundred registrations within the hour are not too many")
	}
}

func foreignRegistration(t *testing.T, w *world) {
	c, other := w.register(nil), w.register(nil)
	for name, header := range map[string]string{"another program's": "Bearer " + other.Token, "none": "", "client secret": "Bearer " + c.Secret, "its hash": "Bearer sha256:" + record.Sum([]byte(c.Token)), "basic": "Basic " + c.Token} {
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			if a := w.do(method, c.Management, registration(map[string]any{"client_id": c.ID}), "Authorization", header, "Content-Type", "application/json"); a.status != http.StatusUnauthorized {
				t.Errorf("%s, %s: %d %s", name, method, a.status, a.body)
			}
		}
	}
}

func assertions(t *testing.T, w *world) {
	c := w.register(nil)
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"`+c.ID+`"}`)) + "."
	form := "grant_type=refresh_token&refresh_token=x"
	for name, body := range map[string]string{"alg none": form + "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=" + none,
		"secret in the body": form + "&client_id=" + c.ID + "&client_secret=" + c.Secret, "nothing": form, "only a name": form + "&client_id=" + c.ID} {
		a := w.do("POST", "/oauth/token", body, "Content-Type", "application/x-www-form-urlencoded")
		if a.status != http.StatusUnauthorized || a.code() != "invalid_client" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	c.Secret += "x"
	if a := w.refresh(c, "x"); a.status != http.StatusUnauthorized || a.code() != "invalid_client" || a.header.Get("WWW-Authenticate") == "" {
		t.Errorf("wrong secret: %d %s", a.status, a.body)
	}
}

func skippedConsent(t *testing.T, w *world) {
	c := w.register(nil)
	if got := w.do("GET", asking(c, "prompt", "none"), "").location(t).Query(); got.Get("error") != "access_denied" {
		t.Errorf("prompt=none: %v", got)
	}
	yes := url.Values{"answer": {"allow"}, "last": {"30"}, "text": {oauth.ConsentText}}
	id := w.ask(w.url + asking(c))
	for name, try := range map[string]func() answer{
		"nobody looked": func() answer { return w.press("amara", id, yes) },
		"a stranger":    func() answer { return w.press("", id, yes) },
		"by reading":    func() answer { return w.do("GET", "/oauth/authorize/"+id+"?"+yes.Encode(), "", browserHeader, "amara") },
		"from another origin": func() answer {
			return w.do("POST", "/oauth/authorize/"+id, yes.Encode(), "Content-Type", "application/x-www-form-urlencoded", browserHeader, "amara", "Origin", "https://evil.example")
		},
	} {
		if a := try(); strings.Contains(a.header.Get("Location"), "code=") {
			t.Errorf("%s: got a code", name)
		}
	}
	if _, err := w.server.Asked(t.Context(), w.actors["amara"], id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.server.Asked(t.Context(), w.actors["luis"], id); record.KindOf(err) != record.Gone {
		t.Errorf("another learner reads the request: %v", err)
	}
	for name, try := range map[string]func() answer{
		"another learner": func() answer { return w.press("luis", id, yes) },
		"other sentences": func() answer {
			return w.press("amara", id, url.Values{"answer": {"allow"}, "last": {"30"}, "text": {"0"}})
		},
		"no time": func() answer {
			return w.press("amara", id, url.Values{"answer": {"allow"}, "text": {oauth.ConsentText}})
		},
		"another time": func() answer {
			return w.press("amara", id, url.Values{"answer": {"allow"}, "last": {"9999"}, "text": {oauth.ConsentText}})
		},
	} {
		if a := try(); strings.Contains(a.header.Get("Location"), "code=") {
			t.Errorf("%s: got a code", name)
		}
	}
	if a := w.press("amara", id, yes); a.location(t).Query().Get("code") == "" {
		t.Errorf("the learner's own answer: %d", a.status)
	}
	if a := w.press("amara", id, yes); a.status != http.StatusBadRequest {
		t.Errorf("a second answer: %d to %q", a.status, a.header.Get("Location"))
	}
}

func endlessRequests(t *testing.T, w *world) {
	c, other := w.register(nil), w.register(nil)
	w.exec(fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
		INSERT INTO oauth_requests (id_hash, client_id, body, expires_at) SELECT 'h' || i, '%s', '{}', 9000000000000000 FROM n`, c.ID))
	if got := w.do("GET", asking(c), "").location(t).Query(); got.Get("error") != "temporarily_unavailable" {
		t.Errorf("the 1,001st request: %v", got)
	}
	var n int
	if err := w.db.Writer().QueryRowContext(t.Context(), `SELECT count(*) FROM oauth_requests`).Scan(&n); err != nil || n != 1000 {
		t.Errorf("%d requests are kept, %v", n, err)
	}
	w.ask(w.url + asking(other)) // others are not hindered
}

func foreignTokens(t *testing.T, w *world) {
	c, other := w.register(nil), w.register(nil)
	tok := w.connect("amara", c, "30", oauth.ReadCLR)
	for _, token := range []string{tok.AccessToken, tok.RefreshToken, "unknown"} {
		if a := w.post(other, "/oauth/introspect", url.Values{"token": {token}}); a.status != http.StatusOK || a.json(t)["active"] != false || len(a.json(t)) != 1 {
			t.Errorf("introspection by another: %d %s", a.status, a.body)
		}
		if a := w.post(other, "/oauth/revoke", url.Values{"token": {token}}); a.status != http.StatusOK {
			t.Errorf("revocation by another: %d %s", a.status, a.body)
		}
	}
	if a := w.post(c, "/oauth/introspect", url.Values{"token": {tok.AccessToken}}); a.json(t)["active"] != true || a.json(t)["scope"] != oauth.ReadCLR {
		t.Errorf("introspection by its own program: %s", a.body)
	}
	if a := w.post(c, "/oauth/revoke", url.Values{"token": {tok.AccessToken}, "token_type_hint": {"access_token"}}); a.status != http.StatusOK || w.opens(tok.AccessToken) {
		t.Errorf("revocation by its own program: %d", a.status)
	}
}

func pollution(t *testing.T, w *world) {
	c := w.register(nil)
	for _, more := range []string{"&redirect_uri=https://evil.example/", "&client_id=x", "&scope=x", "&%zz"} {
		if a := w.do("GET", asking(c)+more, ""); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
			t.Errorf("%s: %d to %q", more, a.status, a.header.Get("Location"))
		}
	}
	if a := w.do("POST", asking(c), "client_id=x", "Content-Type", "application/x-www-form-urlencoded"); a.status != http.StatusMethodNotAllowed {
		t.Errorf("GET and POST mixed: %d", a.status)
	}
	for name, a := range map[string]answer{
		"twice": w.post(c, "/oauth/token", url.Values{"grant_type": {"refresh_token", "authorization_code"}}),
		"JSON":  w.do("POST", "/oauth/token", `{"grant_type":"refresh_token"}`, "Content-Type", "application/json"),
		"bare":  w.do("POST", "/oauth/token", ``),
		"large": w.post(c, "/oauth/token", url.Values{"grant_type": {strings.Repeat("x", 1<<20)}}),
	} {
		if a.status != http.StatusBadRequest || a.code() != "invalid_request" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := w.post(c, "/oauth/token", url.Values{"grant_type": {"password"}, "username": {"a"}, "password": {"b"}}); a.code() != "unsupported_grant_type" {
		t.Errorf("password grant: %d %s", a.status, a.body)
	}
}

func closedAccount(t *testing.T, w *world) {
	c := w.register(nil)
	tok := w.connect("amara", c, "30", oauth.ReadCLR)
	w.exec(`UPDATE accounts SET disabled = true WHERE name = 'amara'`)
	if w.opens(tok.AccessToken) {
		t.Error("the token of a closed account opens")
	}
	if a := w.refresh(c, tok.RefreshToken); a.code() != "invalid_grant" {
		t.Errorf("refresh: %d %s", a.status, a.body)
	}
	if a := w.post(c, "/oauth/introspect", url.Values{"token": {tok.AccessToken}}); a.json(t)["active"] != false {
		t.Errorf("introspection: %s", a.body)
	}
}

func guessing(t *testing.T, w *world) {
	c := w.register(nil)
	seen := map[string]bool{}
	for range 5 {
		v := oauth2.GenerateVerifier()
		code, _ := w.allowed("amara", w.config(c, oauth.ReadCLR), v, "30")
		m := exchange(w, c, code, redirect, v).json(t)
		for _, secret := range []string{code, m["access_token"].(string), m["refresh_token"].(string)} {
			if b, err := base64.RawURLEncoding.DecodeString(secret); err != nil || len(b) != 32 || seen[secret] {
				t.Errorf("%q is not 256 new random bits", secret)
			}
			seen[secret] = true
		}
	}
	for secret := range seen {
		if strings.Contains(w.dump(), secret) {
			t.Error("a secret is kept in the open")
		}
	}
}

// otherScheme: no token here is bound to a key, so none is asked for; what a token of another scheme meets is tested at
// the interfaces, which read Bearer alone.
func otherScheme(t *testing.T, w *world) {
	c := w.register(nil)
	a := w.do("GET", c.Management, "", "Authorization", "DPoP "+c.Token)
	if a.status != http.StatusUnauthorized {
		t.Errorf("DPoP: %d", a.status)
	}
	if m := w.do("GET", oauth.PathMetadata, "").json(t); m["dpop_signing_alg_values_supported"] != nil || m["tls_client_certificate_bound_access_tokens"] != nil {
		t.Errorf("the metadata promise what is not done: %v", m)
	}
}

func forgedIDs(t *testing.T, w *world) {
	c := w.register(nil)
	for _, id := range []string{"x", "'", "%27%20OR%201=1--", "..%2f..%2fetc", strings.Repeat("a", 5000), "%00"} {
		if a := w.press("amara", id, url.Values{"answer": {"allow"}}); a.status >= 500 || a.status < 400 {
			t.Errorf("request %.20q: %d", id, a.status)
		}
		if a := w.do("GET", "/oauth/register/"+id, "", "Authorization", "Bearer "+c.Token); a.status >= 500 || a.status < 400 {
			t.Errorf("program %.20q: %d", id, a.status)
		}
	}
	if err := w.server.Withdraw(t.Context(), w.actors["amara"], "' OR 1=1 --"); record.KindOf(err) != record.NotFound {
		t.Errorf("consent: %v", err)
	}
}

func otherOrigins(t *testing.T, w *world) {
	c := w.register(nil)
	tok := w.connect("amara", c, "30", oauth.ReadCLR)
	for _, path := range []string{"/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/register"} {
		a := w.do("OPTIONS", path, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
		if a.header.Get("Access-Control-Allow-Origin") != "" || a.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s answers other origins", path)
		}
	}
	if a := w.post(c, "/oauth/introspect", url.Values{"token": {tok.AccessToken}}); a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("introspection answers other origins")
	}
}

func hostHeader(t *testing.T, w *world) {
	r, err := http.NewRequestWithContext(t.Context(), "GET", w.url+oauth.PathMetadata, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example"
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b := make([]byte, 4096)
	n, _ := res.Body.Read(b) // a document of two kilobytes; what matters is checked below
	if got := string(b[:n]); !strings.Contains(got, `"issuer":"`+w.url+`"`) || strings.Contains(got, "evil") {
		t.Errorf("got %s", got)
	}
}
