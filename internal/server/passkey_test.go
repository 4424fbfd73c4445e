package server

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
)

// signInHouse is a running server under the name localhost, which browsers treat as secure, with one institution.
type signInHouse struct {
	*Server
	t    *testing.T
	base string
	inst *record.Institution
}

func startHouse(t *testing.T) *signInHouse {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Addr: l.Addr().String(), PublicURL: "http://localhost:" + port, Data: t.TempDir(), Grace: 5 * time.Second}
	s, err := New(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	h := &signInHouse{Server: s, t: t, base: c.BaseURL()}
	h.inst = h.house("harbour", "Harbour University")
	return h
}

func (h *signInHouse) house(slug, name string) *record.Institution {
	h.t.Helper()
	i, err := h.Registrar.AddInstitution(h.t.Context(), record.System(""), record.Institution{Slug: slug, Name: name, BaseURL: h.base + "/" + slug, DID: "did:web:" + slug + ".example"})
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

func (h *signInHouse) person(n account.NewAccount) *record.Account {
	h.t.Helper()
	n.Institution = h.inst.ID
	a, err := h.Accounts.Add(h.t.Context(), record.System(h.inst.ID), n)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// browserless is a client with cookies that follows no redirect.
func (h *signInHouse) browserless() *http.Client {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// do asks and gives status, where to go on, and the page.
func (h *signInHouse) do(c *http.Client, method, path string, form url.Values) (int, string, string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Location"), string(b)
}

const testPassword = "several words in a row"

func (h *signInHouse) signIn(c *http.Client, email string) {
	h.t.Helper()
	status, to, page := h.do(c, http.MethodPost, "/sign-in", url.Values{"email": {email}, "password": {testPassword}})
	if status != http.StatusSeeOther || strings.HasPrefix(to, "/sign-in") {
		h.t.Fatalf("sign-in: %d %s\n%s", status, to, page)
	}
}

// TestPasskeyInABrowser adds a passkey with a real browser and its virtual authenticator, signs out, and comes in with it;
// an authenticator that says that nobody looked is refused.
func TestPasskeyInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: a browser takes a while; not in -short")
	}
	h := startHouse(t)
	h.person(account.NewAccount{Email: "ruth@harbour.example", Name: "Ruth Castellanos", Roles: []record.Role{record.RoleRegistrar}, Password: testPassword})
	ctx := browser(t)
	if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	added, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true, AutomaticPresenceSimulation: true, IsUserVerified: true}})
	if err != nil {
		t.Fatal(err)
	}
	where := func(want string) {
		t.Helper()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + location.search`))
		if err != nil || got != want {
			page, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
			t.Fatalf("at %q, %v; want %q\n%s", got, err, want, page)
		}
	}
	err = chromedp.Do(ctx, chromedp.Navigate(h.base+"/sign-in?next=/desk"), chromedp.SendKeys("#email", "ruth@harbour.example"), chromedp.SendKeys("#password", testPassword+"\r"), chromedp.WaitVisible(`form[action="/sign-out"]`),
		chromedp.Navigate(h.base+"/account"), chromedp.WaitVisible("#passkey-name"), chromedp.SendKeys("#passkey-name", "Test phone\r"), chromedp.WaitVisible(".notice.is-ok"))
	if err != nil {
		t.Fatal(err)
	}
	where("/account?done=passkey-added")
	err = chromedp.Do(ctx, chromedp.Click(`form[action="/sign-out"] button`), chromedp.WaitVisible(".notice.is-ok"), chromedp.Navigate(h.base+"/sign-in?next=/desk"),
		chromedp.WaitVisible(`form[data-passkey="get"] button`), chromedp.Click(`form[data-passkey="get"] button`), chromedp.WaitVisible(`form[action="/sign-out"]`))
	if err != nil {
		t.Fatal(err)
	}
	where("/desk")
	_, err = chromedp.Call(ctx, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: added.AuthenticatorID, IsUserVerified: false})
	if err != nil {
		t.Fatal(err)
	}
	err = chromedp.Do(ctx, chromedp.Click(`form[action="/sign-out"] button`), chromedp.WaitVisible(".notice.is-ok"), chromedp.Navigate(h.base+"/sign-in"),
		chromedp.WaitVisible(`form[data-passkey="get"] button`), chromedp.Click(`form[data-passkey="get"] button`), chromedp.WaitVisible(`[data-problem]`))
	if err != nil {
		t.Fatal(err)
	}
	where("/sign-in")
}

// TestSessionsOverHTTP is row W09: a session from before a change is over in every browser, and the one that changed it
// goes on under a new identifier.
func TestSessionsOverHTTP(t *testing.T) {
	h := startHouse(t)
	h.person(account.NewAccount{Email: "ruth@harbour.example", Name: "Ruth", Roles: []record.Role{record.RoleRegistrar}, Password: testPassword})
	mine, other := h.browserless(), h.browserless()
	at, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	fixed := &http.Cookie{Name: "laurel_session", Value: "chosen-by-somebody-else", Path: "/"}
	mine.Jar.SetCookies(at, []*http.Cookie{fixed})
	h.signIn(mine, "ruth@harbour.example")
	h.signIn(other, "ruth@harbour.example")
	before := mine.Jar.Cookies(at)[0].Value
	if before == fixed.Value {
		t.Error("the session has the identifier that was set before")
	}
	status, to, _ := h.do(mine, http.MethodPost, "/account/password", url.Values{"password": {"other words in a row"}})
	if status != http.StatusSeeOther || to != "/account?done=password-set" {
		t.Fatalf("%d %s", status, to)
	}
	if after := mine.Jar.Cookies(at)[0].Value; after == before {
		t.Error("the session kept its identifier")
	}
	if status, _, _ := h.do(mine, http.MethodGet, "/desk", nil); status != http.StatusOK {
		t.Errorf("the browser that changed it: %d", status)
	}
	if status, to, _ := h.do(other, http.MethodGet, "/desk", nil); status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("the other browser: %d %s", status, to)
	}
	if status, _, page := h.do(h.browserless(), http.MethodPost, "/sign-in/passkey", url.Values{"answer": {"{}"}}); status != http.StatusForbidden || !strings.Contains(page, "passkey") {
		t.Errorf("a passkey out of nothing: %d", status)
	}
}
