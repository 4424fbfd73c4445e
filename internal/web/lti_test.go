package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
)

// foreign sends a form as a browser does from a page of another site.
func (d *door) foreign(method, path string, form url.Values, cookie *http.Cookie) *http.Response {
	d.Helper()
	r := httptest.NewRequest(method, d.office.Institution.BaseURL+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://learn.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	d.site.ServeHTTP(w, r)
	return w.Result()
}

// TestLaunchAtTheDoor: a launch from another site's page comes in, in a frame of that site alone, and its choice goes back
// there and nowhere else; no other page learns to be framed.
func TestLaunchAtTheDoor(t *testing.T) {
	d := newDoor(t)
	signer, err := key.Generate("p256")
	if err != nil {
		t.Fatal(err)
	}
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		b, err := jose.MarshalKeySet(jose.PublicKey{ID: "k", Key: signer.Public()})
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(b)
	}))
	t.Cleanup(platform.Close)
	o := d.office
	desk := &classroom.Desk{DB: o.DB, Registrar: o.Desk, Keys: o.Desk.Keys, PublicURL: o.Institution.BaseURL, Now: o.Now, Client: fetch.NewHTTP(&fetch.HTTPOptions{AllowLoopbackUnsafe: true}).Client()}
	d.site.deps.Classroom = desk
	if _, err := desk.PutPlatform(t.Context(), o.Registrar, classroom.PlatformChange{Name: "P", Issuer: platform.URL, ClientID: "c", Settings: record.ClassroomSettings{AuthURL: platform.URL + "/a", TokenURL: platform.URL + "/t", KeysURL: platform.URL + "/k", Deployments: []string{"1"}}}); err != nil {
		t.Fatal(err)
	}
	begun := d.foreign("POST", "/lti/login", url.Values{"iss": {platform.URL}, "login_hint": {"u"}}, nil)
	to, err := url.Parse(begun.Header.Get("Location"))
	if err != nil || begun.StatusCode != http.StatusFound || len(begun.Cookies()) != 1 {
		t.Fatalf("login: %s %v", begun.Status, err)
	}
	cookie := begun.Cookies()[0]
	if !cookie.Secure || !cookie.HttpOnly || !cookie.Partitioned || cookie.SameSite != http.SameSiteNoneMode {
		t.Errorf("the cookie: %s", cookie)
	}
	const lti = "https://purl.imsglobal.org/spec/lti/claim/"
	token := func(nonce string) string {
		now := o.Clock.Unix()
		b, err := json.Marshal(map[string]any{"iss": platform.URL, "aud": "c", "sub": "u", "iat": now, "exp": now + 60, "nonce": nonce, lti + "version": "1.3.0", lti + "deployment_id": "1",
			lti + "message_type": "LtiDeepLinkingRequest", lti + "target_link_uri": o.Institution.BaseURL + "/lti/launch", lti + "roles": []string{"http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"},
			"https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings": map[string]any{"deep_link_return_url": platform.URL + "/back", "accept_types": []string{"ltiResourceLink"}}})
		if err != nil {
			t.Fatal(err)
		}
		signed, err := jose.Sign(signer, "ES256", map[string]any{"kid": "k"}, b)
		if err != nil {
			t.Fatal(err)
		}
		return string(signed)
	}
	answer := url.Values{"state": {to.Query().Get("state")}, "id_token": {token(to.Query().Get("nonce"))}}
	res := d.foreign("POST", "/lti/launch", answer, cookie)
	policy := res.Header.Get("Content-Security-Policy")
	if res.StatusCode != http.StatusOK || res.Header.Get("X-Frame-Options") != "" || !strings.Contains(policy, "frame-ancestors "+platform.URL) || !strings.Contains(policy, "form-action 'self';") {
		t.Fatalf("launch: %s %v", res.Status, res.Header)
	}
	secret := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(bodyOf(t, res))
	if secret == nil {
		t.Fatal("no form to choose with")
	}
	choice := url.Values{"token": {secret[1]}, "achievement": {"CO-17"}, "least": {"60"}}
	if got := d.foreign("POST", "/lti/choose", choice, cookie); got.StatusCode != http.StatusForbidden {
		t.Errorf("a choice from another site's page: %s", got.Status)
	}
	r := httptest.NewRequest("POST", o.Institution.BaseURL+"/lti/choose", strings.NewReader(choice.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(cookie)
	w := httptest.NewRecorder()
	d.site.ServeHTTP(w, r)
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, `action="`+platform.URL+`/back"`) || !strings.Contains(body, `name="JWT"`) || !strings.Contains(w.Header().Get("Content-Security-Policy"), "form-action 'self' "+platform.URL+";") {
		t.Errorf("the choice: %d %v\n%s", w.Code, w.Header(), body)
	}
	again := d.foreign("POST", "/lti/launch", answer, cookie)
	if again.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a launch again: %s", again.Status)
	}
	if other := d.foreign("GET", "/lti/keys", nil, cookie); other.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("another address may be framed: %v", other.Header)
	}
}

func bodyOf(t *testing.T, res *http.Response) string {
	t.Helper()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
