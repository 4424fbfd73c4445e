package classroom_test

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const (
	tool    = "http://127.0.0.1:8080"
	browser = "the secret of one browser"
	lti     = "https://purl.imsglobal.org/spec/lti/claim/"
)

// platform is a learning platform that lies where a test asks it to.
type platform struct {
	t       *testing.T
	srv     *httptest.Server
	key     crypto.Signer
	desk    *classroom.Desk
	scores  []map[string]any
	members []map[string]any
	asked   int    // results that were asked for
	token   string // of the last request, "" when none was good
	next    string // an address that the members' first page names as the next
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	k, err := key.Generate("rsa2048")
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{t: t, key: k}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		b, err := jose.MarshalKeySet(jose.PublicKey{ID: "k1", Algorithm: "RS256", Key: k.Public()})
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(b)
	})
	mux.HandleFunc("POST /token", p.tokens)
	mux.HandleFunc("GET /members", func(w http.ResponseWriter, r *http.Request) {
		p.want(r, "application/vnd.ims.lti-nrps.v2.membershipcontainer+json")
		half := (len(p.members) + 1) / 2
		page := p.members[:half]
		if r.FormValue("page") == "2" {
			page = p.members[half:]
		} else if p.next != "" {
			w.Header().Set("Link", `<`+p.next+`>; rel="next"`)
		} else {
			w.Header().Set("Link", `<`+p.srv.URL+`/members?page=1>; rel="differences", </members?page=2>; rel="next"`)
		}
		p.answer(w, map[string]any{"id": "m", "members": page})
	})
	mux.HandleFunc("GET /column/7/results", func(w http.ResponseWriter, r *http.Request) {
		p.want(r, "application/vnd.ims.lis.v2.resultcontainer+json")
		if r.FormValue("type_id") != "1" {
			t.Error("the line item's query is lost")
		}
		p.asked++
		p.answer(w, p.scores)
	})
	p.srv = httptest.NewServer(mux)
	t.Cleanup(p.srv.Close)
	return p
}

func (p *platform) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		p.t.Error(err)
	}
}

func (p *platform) want(r *http.Request, accept string) {
	p.t.Helper()
	if p.token == "" || r.Header.Get("Authorization") != "Bearer "+p.token || r.Header.Get("Accept") != accept {
		p.t.Errorf("%s: %v", r.URL, r.Header)
	}
}

// tokens gives a token for an assertion that the tool's published key signed.
func (p *platform) tokens(w http.ResponseWriter, r *http.Request) {
	claims := p.checked(r.FormValue("client_assertion"))
	if r.FormValue("grant_type") != "client_credentials" || claims.Get("iss").Text() != "laurel-client" || claims.Get("sub").Text() != "laurel-client" || claims.Get("aud").Text() != p.srv.URL+"/token" || claims.Get("jti").Text() == "" {
		p.t.Errorf("the request for a token: %v", r.Form)
	}
	p.token = "a token for " + r.FormValue("scope")
	p.answer(w, map[string]any{"access_token": p.token, "token_type": "bearer", "expires_in": 60})
}

// checked is what a token of the tool says, held to the tool's published keys.
func (p *platform) checked(token string) ijson.Value {
	p.t.Helper()
	jws, err := jose.Parse([]byte(token))
	if err != nil {
		p.t.Fatal(err)
	}
	set, err := p.desk.KeySet(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	doc, err := ijson.Parse(set, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	jwk := doc.Root().Get("keys").Index(0)
	pub, err := key.ParseJWK(jwk)
	if err != nil || jwk.Get("kid").Text() != jws.KeyID {
		p.t.Fatalf("the token's key %q is not published: %v", jws.KeyID, err)
	}
	if err := jose.Verify(jws, pub, nil); err != nil {
		p.t.Fatal(err)
	}
	claims, err := ijson.Parse(jws.Payload, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return claims.Root()
}

// school is an office with a platform beside it.
type school struct {
	*registrartest.Office
	*platform
	system record.ClassroomSystemID
}

func newSchool(t *testing.T, db *store.DB) *school {
	t.Helper()
	o, p := registrartest.New(t, db), newPlatform(t)
	p.desk = &classroom.Desk{DB: db, Registrar: o.Desk, Keys: o.Desk.Keys, PublicURL: tool, Now: o.Now,
		Client: fetch.NewHTTP(&fetch.HTTPOptions{AllowLoopbackUnsafe: true}).Client()}
	o.Import(registrartest.Sheet)
	s := &school{Office: o, platform: p}
	id, err := p.desk.PutPlatform(t.Context(), o.Registrar, s.change())
	if err != nil {
		t.Fatal(err)
	}
	s.system = id
	return s
}

func (s *school) change() classroom.PlatformChange {
	at := s.platform.srv.URL
	return classroom.PlatformChange{Name: "Campus Moodle", Issuer: at, ClientID: "laurel-client",
		Settings: record.ClassroomSettings{AuthURL: at + "/auth", TokenURL: at + "/token", KeysURL: at + "/keys", Deployments: []string{"1", " 2 ", "1"}}}
}

// begin begins a launch and returns what the tool asked of the platform.
func (s *school) begin() url.Values {
	s.platform.t.Helper()
	address, err := s.desk.BeginLaunch(s.platform.t.Context(), browser, url.Values{"iss": {s.srv.URL}, "login_hint": {"u7"}, "lti_message_hint": {"m"}, "target_link_uri": {tool + "/lti/launch"}})
	if err != nil {
		s.platform.t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, s.srv.URL+"/auth?") {
		s.platform.t.Fatalf("%s, %v", address, err)
	}
	return u.Query()
}

// claims are those of a good launch; the changes are the lie.
func (s *school) claims(asked url.Values, changes map[string]any) map[string]any {
	now := s.Clock.Unix()
	c := map[string]any{"iss": s.srv.URL, "aud": "laurel-client", "sub": "u7", "exp": now + 300, "iat": now, "nonce": asked.Get("nonce"), "name": "Tess Teacher",
		lti + "message_type": "LtiResourceLinkRequest", lti + "version": "1.3.0", lti + "deployment_id": "2", lti + "target_link_uri": tool + "/lti/launch",
		lti + "roles": []string{"http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"}, lti + "context": map[string]any{"id": "c1", "title": "DS 101, spring"},
		lti + "resource_link": map[string]any{"id": "r1", "title": "Final"}}
	for name, v := range changes {
		if v == nil {
			delete(c, name)
		} else {
			c[name] = v
		}
	}
	return c
}

func (s *school) signed(claims map[string]any) string {
	b, err := json.Marshal(claims)
	if err != nil {
		s.platform.t.Fatal(err)
	}
	token, err := jose.Sign(s.key, "RS256", map[string]any{"kid": "k1"}, b)
	if err != nil {
		s.platform.t.Fatal(err)
	}
	return string(token)
}

func (s *school) launch(changes map[string]any) (*classroom.Launch, error) {
	asked := s.begin()
	return s.desk.EndLaunch(s.platform.t.Context(), browser, url.Values{"state": {asked.Get("state")}, "id_token": {s.signed(s.claims(asked, changes))}})
}

func (s *school) linking() map[string]any {
	return map[string]any{lti + "message_type": "LtiDeepLinkingRequest", lti + "resource_link": nil,
		"https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings": map[string]any{"deep_link_return_url": s.srv.URL + "/back?x=1", "accept_types": []string{"link", "ltiResourceLink"}, "data": "keep me"}}
}

// choose makes an activity and returns the id of its link.
func (s *school) choose(achievement string, least int) string {
	t := s.platform.t
	t.Helper()
	l, err := s.launch(s.linking())
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.desk.BeginChoice(t.Context(), browser, l)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := s.desk.Choose(t.Context(), browser, classroom.Choice{Token: token, Achievement: achievement, Least: least})
	if err != nil {
		t.Fatal(err)
	}
	c := s.checked(got.JWT)
	item := c.Get("https://purl.imsglobal.org/spec/lti-dl/claim/content_items").Index(0)
	if got.Return != s.srv.URL+"/back?x=1" || c.Get("iss").Text() != "laurel-client" || c.Get("aud").Text() != s.srv.URL || c.Get("nonce").Text() == "" || c.Get(lti+"deployment_id").Text() != "2" ||
		c.Get("https://purl.imsglobal.org/spec/lti-dl/claim/data").Text() != "keep me" || c.Get(lti+"message_type").Text() != "LtiDeepLinkingResponse" ||
		item.Get("type").Text() != "ltiResourceLink" || item.Get("url").Text() != tool+"/lti/launch" || item.Get("lineItem").Get("scoreMaximum").Float() != 100 {
		t.Fatalf("the answer: %s", c.Raw())
	}
	return item.Get("custom").Get("laurel_link").Text()
}

// connect launches the activity as its teacher, so that the tool knows where the results are.
func (s *school) connect(link string) *classroom.Launch {
	s.platform.t.Helper()
	l, err := s.launch(s.activity(link))
	if err != nil {
		s.platform.t.Fatal(err)
	}
	return l
}

func (s *school) activity(link string) map[string]any {
	return map[string]any{lti + "custom": map[string]any{"laurel_link": link},
		"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint":          map[string]any{"lineitem": s.srv.URL + "/column/7?type_id=1"},
		"https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": map[string]any{"context_memberships_url": s.srv.URL + "/members"}}
}

// unsigned is a token of the algorithm "none".
func unsigned(claims map[string]any) string {
	b, _ := json.Marshal(claims) // a map of texts and numbers
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"none","kid":"k1"}`)) + "." + enc(b) + "." + enc([]byte("x"))
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
