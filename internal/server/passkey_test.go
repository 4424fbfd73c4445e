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
	if status, _, page := h.do(h.browserless(), http.MethodPost, "/sign-in/passkey", url.Values{"answer": {"{}"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "does not open an account") {
		t.Errorf("a passkey out of nothing: %d", status)
	}
}
