package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"golang.org/x/oauth2"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/verify"
)

// leave follows a browser until it is sent to another host, and returns the address there.
func (p *person) leave(method, address string, form url.Values) *url.URL {
	p.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = p.base + address
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", p.base)
	}
	home := req.URL.Host
	c := &http.Client{Jar: p.client.Jar, CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if next.URL.Host != home {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := c.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || to.Host == "" {
		b, err := io.ReadAll(res.Body)
		p.t.Fatalf("%s %s does not leave: %d %s %v", method, address, res.StatusCode, b, err)
	}
	return to
}

var consentAction = regexp.MustCompile(`action="(/oauth/authorize/[^"]+)"`)

// consent answers the consent page that an address leads to, and returns where the browser goes.
func (p *person) consent(address, answer string) *url.URL {
	p.t.Helper()
	status, page := p.get(address)
	action := consentAction.FindStringSubmatch(page)
	if status != http.StatusOK || action == nil {
		p.t.Fatalf("no consent page: %d %s", status, page)
	}
	return p.leave(http.MethodPost, action[1], url.Values{"answer": {answer}, "last": {"30"}, "text": {oauth.ConsentText}})
}

// oauthProgram is an independent OAuth client of a demonstration.
type oauthProgram struct {
	t    *testing.T
	base string
	cfg  *oauth2.Config
	tok  *oauth2.Token
}

func connectProgram(t *testing.T, d *demoServer, p *person, scopes ...string) *oauthProgram {
	t.Helper()
	meta, err := json.Marshal(map[string]any{"client_name": "Studio", "client_uri": "https://app.example/", "logo_uri": "https://app.example/l.png", "tos_uri": "https://app.example/t", "policy_uri": "https://app.example/p",
		"software_id": "studio", "software_version": "1", "redirect_uris": []string{"https://app.example/cb"}, "scope": strings.Join(scopes, " "), "grant_types": []string{"authorization_code", "refresh_token"}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(d.base+"/oauth/register", "application/json", bytes.NewReader(meta))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var client struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	if err := json.NewDecoder(res.Body).Decode(&client); err != nil || res.StatusCode != http.StatusCreated {
		t.Fatalf("register: %d %v", res.StatusCode, err)
	}
	cfg := &oauth2.Config{ClientID: client.ID, ClientSecret: client.Secret, RedirectURL: "https://app.example/cb", Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: d.base + "/oauth/authorize", TokenURL: d.base + "/oauth/token", AuthStyle: oauth2.AuthStyleInHeader}}
	verifier := oauth2.GenerateVerifier()
	back := p.consent(cfg.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier)), "allow").Query()
	tok, err := cfg.Exchange(t.Context(), back.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatalf("%v after %v", err, back)
	}
	return &oauthProgram{t, d.base, cfg, tok}
}

// call makes a request to an interface; with a validator, request path and answer must fit the published description.
func (c *oauthProgram) call(v validator.Validator, method, address, contentType string, body []byte) (*http.Response, []byte) {
	c.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = c.base + address
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.tok != nil {
		req.Header.Set("Authorization", "Bearer "+c.tok.AccessToken)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if v != nil {
		copied := *res
		copied.Body = io.NopCloser(bytes.NewReader(b))
		if ok, errs := v.ValidateHttpResponse(req, &copied); !ok {
			for _, e := range errs {
				c.t.Errorf("%s %s: %d: %s: %s %v", method, address, res.StatusCode, e.Message, e.Reason, e.SchemaValidationErrors)
			}
		}
	}
	return res, b
}

// describedBy reads one of the standard's descriptions.
func describedBy(t *testing.T, name string) validator.Validator {
	t.Helper()
	return validating(t, vectors.Spec(t, "openapi/"+name))
}

func validating(t *testing.T, b []byte) validator.Validator {
	t.Helper()
	doc, err := libopenapi.NewDocument(b)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return v
}

var interfaces = []struct {
	path, file, kind, scope string
}{
	{"/ims/clr/v2p0", "clr_v2p0_oas.derived.json", "ClrCredential", "https://purl.imsglobal.org/spec/clr/v2p0/scope/"},
	{"/ims/ob/v3p0", "ob_v3p0_oas.json", "AchievementCredential", "https://purl.imsglobal.org/spec/ob/v3p0/scope/"},
}

func TestHostInterfaces(t *testing.T) {
	d := startDemo(t)
	p := d.signedIn(t, d.places.Learner.URL)
	for _, i := range interfaces {
		t.Run(i.kind, func(t *testing.T) {
			v := describedBy(t, i.file)
			stranger := &oauthProgram{t: t, base: d.base}
			res, b := stranger.call(v, "GET", i.path+"/discovery", "", nil)
			if res.StatusCode != http.StatusOK {
				t.Fatalf("discovery: %d %s", res.StatusCode, b)
			}
			validating(t, b) // an OpenAPI document that tools read
			all := connectProgram(t, d, p, i.scope+"credential.readonly", i.scope+"credential.upsert", i.scope+"profile.readonly", i.scope+"profile.update")
			readPages(t, all, v, i.path+"/credentials")
			refusals(t, all, v, i.path)
			readOnly := connectProgram(t, d, p, i.scope+"profile.readonly")
			for _, act := range [][2]string{{"GET", "/credentials"}, {"POST", "/credentials"}, {"PUT", "/profile"}} {
				res, b := readOnly.call(v, act[0], i.path+act[1], "application/json", []byte(`{}`))
				if res.StatusCode != http.StatusForbidden || !strings.Contains(res.Header.Get("WWW-Authenticate"), "insufficient_scope") || !strings.Contains(string(b), `"forbidden"`) {
					t.Errorf("%v without its scope: %d %s", act, res.StatusCode, b)
				}
			}
			profiles(t, all, v, i.path+"/profile")
		})
	}
}

// readPages reads everything in one page and again one by one, by the links.
func readPages(t *testing.T, c *oauthProgram, v validator.Validator, address string) {
	t.Helper()
	res, b := c.call(v, "GET", address, "", nil)
	total, err := strconv.Atoi(res.Header.Get("X-Total-Count"))
	whole := credentialsOf(t, b)
	if err != nil || res.StatusCode != http.StatusOK || total == 0 || len(whole) != total {
		t.Fatalf("%d of %q in one page: %d %s", len(whole), res.Header.Get("X-Total-Count"), res.StatusCode, b)
	}
	var single []string
	for next := c.base + address + "?limit=1"; next != ""; {
		res, b := c.call(v, "GET", next, "", nil)
		single = append(single, credentialsOf(t, b)...)
		links := res.Header.Get("Link")
		if !strings.Contains(links, `rel="first"`) || !strings.Contains(links, `rel="last"`) || strings.Contains(links, `rel="prev"`) != (len(single) > 1) {
			t.Errorf("page %d links to %s", len(single), links)
		}
		next = ""
		if m := regexp.MustCompile(`<([^>]+)>; rel="next"`).FindStringSubmatch(links); m != nil {
			next = m[1]
		}
	}
	if fmt.Sprint(single) != fmt.Sprint(whole) {
		t.Errorf("one by one %d come in another order than the %d at once", len(single), len(whole))
	}
	for query, want := range map[string]int{"?offset=100000": 0, "?since=2999-01-01T00:00:00Z": 0, "?since=2001-01-01T00:00:00": total, "?since=2001-01-01T00:00:00%2B02:00&limit=100000": total} {
		res, b := c.call(v, "GET", address+query, "", nil)
		if n := len(credentialsOf(t, b)); res.StatusCode != http.StatusOK || n != want {
			t.Errorf("%s: %d with %d, want %d", query, res.StatusCode, n, want)
		}
	}
	for _, query := range []string{"?limit=0", "?limit=-1", "?limit=x", "?limit=99999999999", "?offset=-1", "?since=yesterday", "?limit=1&limit=2", "?offset='%20OR%201=1"} {
		if res, b := c.call(v, "GET", address+query, "", nil); res.StatusCode != http.StatusBadRequest || !strings.Contains(string(b), `"invalid_query_parameter"`) {
			t.Errorf("%s: %d %s", query, res.StatusCode, b)
		}
	}
}

func credentialsOf(t *testing.T, b []byte) []string {
	t.Helper()
	var page struct {
		Credential       []json.RawMessage `json:"credential"`
		CompactJwsString []string          `json:"compactJwsString"`
	}
	if err := json.Unmarshal(b, &page); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	var out []string
	for _, c := range page.Credential {
		out = append(out, string(c))
	}
	return append(out, page.CompactJwsString...)
}

// refusals: every way to be refused has its answer.
func refusals(t *testing.T, c *oauthProgram, v validator.Validator, path string) {
	t.Helper()
	for name, tok := range map[string]*oauth2.Token{"no token": nil, "unknown": {AccessToken: "x"}, "another scheme": {AccessToken: c.tok.AccessToken + " DPoP"}} {
		res, b := (&oauthProgram{t, c.base, nil, tok}).call(v, "GET", path+"/credentials", "", nil)
		if res.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Bearer") || !strings.Contains(string(b), `"unauthorizedrequest"`) {
			t.Errorf("%s: %d %s", name, res.StatusCode, b)
		}
	}
	if res, b := c.call(nil, "GET", path+"/credentials?access_token="+c.tok.AccessToken, "", nil); res.StatusCode != http.StatusBadRequest {
		t.Errorf("token in the address: %d %s", res.StatusCode, b)
	}
	if res, b := c.call(nil, "DELETE", path+"/credentials", "", nil); res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, POST" || !strings.Contains(string(b), `"not_allowed"`) {
		t.Errorf("DELETE: %d %s", res.StatusCode, b)
	}
	if res, b := c.call(nil, "GET", path+"/nothing", "", nil); res.StatusCode != http.StatusNotFound || !strings.Contains(string(b), `"not_found"`) {
		t.Errorf("unknown endpoint: %d %s", res.StatusCode, b)
	}
	for name, bad := range map[string][2]string{"not JSON": {"application/json", "x"}, "no credential": {"application/json", "{}"}, "twice": {"application/json", `{"id":"a","id":"b"}`},
		"no token": {"text/plain", "a.b.c"}, "XML": {"application/xml", "<a/>"}, "no type": {"", "{}"}} {
		if res, b := c.call(v, "POST", path+"/credentials", bad[0], []byte(bad[1])); res.StatusCode != http.StatusBadRequest || !strings.Contains(string(b), `"invalid_data"`) {
			t.Errorf("%s: %d %s", name, res.StatusCode, b)
		}
	}
}

func profiles(t *testing.T, c *oauthProgram, v validator.Validator, address string) {
	t.Helper()
	if res, b := c.call(v, "GET", address, "", nil); res.StatusCode != http.StatusOK {
		t.Errorf("profile: %d %s", res.StatusCode, b)
	}
	mine := `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"id":"https://1edtech.org/issuers/cert","type":["Profile"],"name":"Cert"}`
	if res, b := c.call(v, "PUT", address, "application/json", []byte(mine)); res.StatusCode != http.StatusOK || string(b) != mine {
		t.Errorf("put: %d %s", res.StatusCode, b)
	}
	if _, b := c.call(v, "GET", address, "", nil); string(b) != mine {
		t.Errorf("got %s", b)
	}
	for _, bad := range []string{"x", "[]", `{"id":"x","type":["Profile"]}`, `{"id":"https://a.example","type":["Person"]}`} {
		if res, b := c.call(v, "PUT", address, "application/json", []byte(bad)); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", bad, res.StatusCode, b)
		}
	}
}

// TestUpsert: what a program sends comes back byte for byte, replaces its older version and never a newer one.
func TestUpsert(t *testing.T) {
	a, b := startDemo(t), startDemo(t)
	b.Learner.Fetcher = a.documents(t).Over(fetch.Never)
	c := connectProgram(t, b, b.signedIn(t, b.places.Learner.URL), oauth.ReadCLR, oauth.WriteCLR)
	v := describedBy(t, "clr_v2p0_oas.derived.json")
	_, before := c.call(nil, "GET", "/ims/clr/v2p0/credentials", "", nil)
	signed := recordOf(t, a)
	spaced := append([]byte(" \n"), signed...)
	if res, echo := c.call(v, "POST", "/ims/clr/v2p0/credentials", "application/json; charset=utf-8", spaced); res.StatusCode != http.StatusCreated || !bytes.Equal(echo, spaced) {
		t.Fatalf("first: %d %.300s", res.StatusCode, echo)
	}
	if res, echo := c.call(v, "POST", "/ims/clr/v2p0/credentials", "application/json", spaced); res.StatusCode != http.StatusOK || !bytes.Equal(echo, spaced) {
		t.Errorf("again: %d", res.StatusCode)
	}
	older := regexp.MustCompile(`"validFrom":"20`).ReplaceAll(signed, []byte(`"validFrom":"19`))
	if res, echo := c.call(nil, "POST", "/ims/clr/v2p0/credentials", "application/json", older); res.StatusCode != http.StatusNotModified || len(echo) != 0 {
		t.Errorf("older: %d %s", res.StatusCode, echo)
	}
	if res, echo := c.call(v, "POST", "/ims/clr/v2p0/credentials", "application/vc+ld+json", signed); res.StatusCode != http.StatusOK || !bytes.Equal(echo, signed) {
		t.Errorf("the same version in other bytes: %d", res.StatusCode)
	}
	token := bytes.TrimSpace(vectors.Sample(t, "clr-2.0/simple.jwt"))
	if res, echo := c.call(v, "POST", "/ims/clr/v2p0/credentials", "text/plain", append(token, '\n')); res.StatusCode != http.StatusCreated || !bytes.Equal(echo, token) || res.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("token: %d %.300s", res.StatusCode, echo)
	}
	_, after := c.call(nil, "GET", "/ims/clr/v2p0/credentials", "", nil)
	got := credentialsOf(t, after)
	if len(got) != len(credentialsOf(t, before))+2 || !strings.Contains(fmt.Sprint(got), string(signed)) || !strings.Contains(fmt.Sprint(got), string(token)) {
		t.Errorf("%d credentials are listed after two were added", len(got))
	}
}

// recordOf is the signed record of a demonstration's first learner.
func recordOf(t *testing.T, d *demoServer) []byte {
	t.Helper()
	status, body := d.signedIn(t, d.places.Learner.URL).get("/my/data/record.json")
	if status != http.StatusOK {
		t.Fatalf("record: %d", status)
	}
	return []byte(body)
}

// TestTwoHosts: a learner of one running server brings their records from another, and sends theirs there, with nothing but
// its address.
func TestTwoHosts(t *testing.T) {
	there, here := startDemo(t), startDemo(t)
	here.Learner.Fetcher = there.documents(t).Over(fetch.Never)
	// Two demonstrations are one university with two keys; here the university forgets its own, so that the other's is found.
	if _, err := here.DB.Writer().ExecContext(t.Context(), `DELETE FROM documents`); err != nil {
		t.Fatal(err)
	}
	mine, theirs := here.signedIn(t, here.places.Learner.URL), there.signedIn(t, there.places.Learner.URL)
	status, page := mine.post("/my/hosts", url.Values{"address": {there.base}})
	link := regexp.MustCompile(`href="(` + regexp.QuoteMeta(there.base) + `/oauth/authorize[^"]+)"`).FindStringSubmatch(page)
	if status != http.StatusOK || link == nil {
		t.Fatalf("connect: %d %s", status, page)
	}
	back := theirs.consent(html.UnescapeString(link[1]), "allow")
	if status, page := mine.get(back.String()); status != http.StatusOK {
		t.Fatalf("back: %d %s", status, page)
	}
	if status, page := mine.get(back.String()); status != http.StatusUnprocessableEntity {
		t.Errorf("the same answer again: %d %s", status, page)
	}
	waitFor(t, mine, "brought on")
	kept := keptOf(t, here)
	want := recordOf(t, there)
	if len(kept) == 0 || !bytes.Equal(kept[0].Bytes, want) || kept[0].Verdict != string(verdictAt(t, there, want)) || kept[0].Source != "pull "+there.base {
		t.Fatalf("%d were brought; first: %s from %s, %d bytes; there it is %s with %d", len(kept), kept[0].Verdict, kept[0].Source, len(kept[0].Bytes), verdictAt(t, there, want), len(want))
	}
	push := regexp.MustCompile(`/my/hosts/[^/"]+/push`).FindString(waitFor(t, mine, "brought on"))
	if status, page := mine.post(push, url.Values{}); status != http.StatusOK {
		t.Fatalf("push: %d %s", status, page)
	}
	waitFor(t, mine, "sent on")
	if sent := keptOf(t, there); len(sent) != 1 || sent[0].Kind != "ClrCredential" {
		t.Errorf("there are %d credentials at the other host", len(sent))
	}
	// There the learner stops it; here it is said.
	status, page = theirs.get("/my/apps")
	withdraw := regexp.MustCompile(`/my/apps/[^/"]+/withdraw`).FindString(page)
	if status != http.StatusOK || withdraw == "" {
		t.Fatalf("apps: %d %s", status, page)
	}
	if status, page := theirs.post(withdraw, url.Values{}); status != http.StatusOK {
		t.Fatalf("withdraw: %d %s", status, page)
	}
	if status, page := mine.post(strings.Replace(push, "/push", "/pull", 1), url.Values{}); status != http.StatusOK {
		t.Fatalf("pull: %d %s", status, page)
	}
	waitFor(t, mine, "no longer allows")
}

// verdictAt is what a server says of its own learner's record.
func verdictAt(t *testing.T, d *demoServer, b []byte) verify.Verdict {
	t.Helper()
	r := verify.Verify(t.Context(), b, &verify.Options{Fetcher: d.documents(t).Over(fetch.Never)})
	if r.Own != verify.Verified {
		t.Errorf("the record itself: %s", r.Own)
	}
	return r.Verdict
}

// waitFor looks at the page until the work says what it should.
func waitFor(t *testing.T, p *person, text string) string {
	t.Helper()
	for {
		status, page := p.get("/my/apps")
		if status != http.StatusOK || strings.Contains(page, "Did not work") {
			t.Fatalf("%d %s", status, page)
		}
		if strings.Contains(page, text) {
			return page
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the test ended first")
		case <-time.After(50 * time.Millisecond): // a look, not a deadline
		}
	}
}

// keptOf is what learners of a demonstration keep of others.
func keptOf(t *testing.T, d *demoServer) (all []*record.Held) {
	t.Helper()
	err := d.DB.View(t.Context(), func(tx *store.Tx) error {
		institutions, err := tx.Institutions(t.Context())
		if err != nil {
			return err
		}
		learners, err := tx.Learners(t.Context(), institutions[0].ID, "", "", "", 1000)
		for _, l := range learners {
			held, err := tx.HeldOfLearner(t.Context(), l.ID)
			if err != nil {
				return err
			}
			for _, h := range held {
				if strings.HasPrefix(h.Source, "pull ") || strings.HasPrefix(h.Source, "sent by ") {
					all = append(all, h)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestConnectStaysOutside: an address inside is not asked.
func TestConnectStaysOutside(t *testing.T) {
	d := startDemo(t)
	d.Learner.Outside.Client = fetch.NewHTTP(nil).Client()
	p := d.signedIn(t, d.places.Learner.URL)
	for _, address := range []string{"", "x", "ftp://a.example", "http://127.0.0.1:1", "https://127.0.0.1", "https://169.254.169.254", "https://[::1]", "https://localhost", d.base} {
		if status, page := p.post("/my/hosts", url.Values{"address": {address}}); status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d %.200s", address, status, page)
		}
	}
}
