package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

func home(c *call) error {
	p := &Home{}
	return c.show(http.StatusOK, p)
}

func about(c *call) error {
	p := &About{Marks: []render.Mark{render.Verified, render.Expired, render.Unchecked, render.Revoked, render.Suspended, render.Failed, render.Stated, render.Test}}
	p.Title = c.t("about.title")
	return c.show(http.StatusOK, p)
}

func howToCheck(c *call) error {
	p := &HowToCheck{Checks: []string{"proof", "issuer", "validity", "status", "context", "schema", "subject", "trust"}}
	p.Title = c.t("how.title")
	return c.show(http.StatusOK, p)
}

func signInForm(c *call) error {
	if !c.actor.Stranger() {
		return c.go303(c.start())
	}
	return c.showSignIn(http.StatusOK, "", "", c.r.URL.Query().Get("next"))
}

func signIn(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	email, password := strings.TrimSpace(c.r.PostForm.Get("email")), c.r.PostForm.Get("password")
	if password == "" && c.deps.SendLink != nil {
		if err := c.deps.SendLink(c.ctx, email); err != nil {
			return err
		}
		p := &SignInSent{}
		p.Title, p.NoIndex = c.t("sign-in.sent"), true
		return c.show(http.StatusOK, p)
	}
	acc, err := c.deps.Accounts.SignInByPassword(c.ctx, email, password)
	if err != nil {
		if k := record.KindOf(err); k == record.Internal || k == record.Unavailable {
			return err
		}
		return c.showSignIn(http.StatusUnprocessableEntity, email, c.t("sign-in.wrong"), c.r.PostForm.Get("next"))
	}
	return c.enter(acc, c.r.PostForm.Get("next"))
}

// enter starts the session and goes where the person wanted.
func (c *call) enter(acc *record.Account, next string) error {
	if err := c.deps.Sessions.SignIn(c.w, c.r, acc.ID); err != nil {
		return err
	}
	c.actor = acc.Actor()
	if next = localPath(next); next == "" {
		next = c.start()
	}
	return c.go303(next)
}

func signInLink(c *call) error {
	if c.deps.Demo {
		return signInConfirmed(c)
	}
	p := &SignInConfirm{Action: c.r.URL.Path}
	p.Title, p.NoIndex = c.t("sign-in.confirm"), true
	return c.show(http.StatusOK, p)
}

func signInConfirmed(c *call) error {
	acc, err := c.deps.Accounts.SignInByLink(c.ctx, c.r.PathValue("token"))
	if err != nil {
		return err
	}
	return c.enter(acc, "")
}

func signOut(c *call) error {
	if err := c.deps.Sessions.SignOut(c.w, c.r); err != nil {
		return err
	}
	c.w.Header().Set("Clear-Site-Data", `"cache", "storage"`) // nothing of a person stays in this browser, nor the worker
	return c.go303("/?done=signed-out")
}

// start is the first page of whoever is signed in.
func (c *call) start() string {
	switch {
	case c.actor.Has(record.RoleRegistrar, record.RoleApprover):
		return "/desk"
	case c.actor.Has(record.RoleLearner):
		return "/my"
	case c.actor.Has(record.RoleOperator):
		return "/desk/keys"
	case c.actor.Has(record.RoleSteward):
		return "/server/institutions"
	}
	return "/"
}

// localPath admits a path of the desks and nothing that a browser could take for another host.
func localPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || strings.ContainsAny(s, "\\\r\n\t") {
		return ""
	}
	if u.Path == "/account" || u.Path == "/server/institutions" {
		return u.Path
	}
	if u.Path != "/my" && u.Path != "/desk" && !strings.HasPrefix(u.Path, "/my/") && !strings.HasPrefix(u.Path, "/desk/") {
		return ""
	}
	return u.Path
}

// form reads a form and says plainly when it cannot.
func (c *call) form() error {
	if err := c.r.ParseForm(); err != nil {
		return c.badForm("web.form", err)
	}
	return nil
}
