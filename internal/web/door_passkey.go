package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// MyAccount is how a person signs in: passkeys and password, for whoever has an account.
type MyAccount struct {
	Shell
	Email    string
	Passkeys []PasskeyRow
	Campus   []CampusChoice // services whose account can be joined to this one
	Offered  bool           // passkeys can be used at this address
	Error    string
}

// PasskeyRow is one passkey in the list.
type PasskeyRow struct {
	ID, Name    string
	Since, Used render.Date
}

// everybody is whoever has an account.
var everybody = append(slices.Clone(record.Roles), record.RoleSteward)

var signInPages = []page{&MyAccount{}}

var signInRoutes = []route{
	{"POST /sign-in/passkey/begin", anyone, passkeySignInBegin, 0},
	{"POST /sign-in/passkey", anyone, passkeySignIn, 0},
	{"GET /account", everybody, myAccount, 0},
	{"POST /account/password", everybody, setPassword, 0},
	{"POST /account/passkeys/begin", everybody, passkeyBegin, 0},
	{"POST /account/passkeys", everybody, addPasskey, 0},
	{"POST /account/passkeys/{id}/remove", everybody, removePasskey, 0},
}

// stepCookie holds the secret of a sign-in under way, so that the browser that began it is the one that ends it.
func (c *call) stepCookie() string {
	if c.secure() {
		return "__Host-laurel_step"
	}
	return "laurel_step"
}

func (c *call) setStep(token string) {
	age := int(account.StepLife.Seconds())
	if token == "" {
		age = -1
	}
	http.SetCookie(c.w, &http.Cookie{Name: c.stepCookie(), Value: token, Path: "/", MaxAge: age, HttpOnly: true, Secure: c.secure(), SameSite: http.SameSiteLaxMode})
}

// step reads the secret and forgets it: whatever comes of it, it is used up.
func (c *call) step() string {
	cookie, err := c.r.Cookie(c.stepCookie())
	if err != nil {
		return ""
	}
	c.setStep("")
	return cookie.Value
}

// askBrowser hands options to the page's script.
func (c *call) askBrowser(options []byte, token string, err error) error {
	if err != nil {
		return err
	}
	c.setStep(token)
	c.w.Header().Set("Content-Type", "application/json")
	c.w.Header().Set("Cache-Control", "no-store")
	_, _ = c.w.Write(options) // the visitor has gone
	return nil
}

func passkeySignInBegin(c *call) error {
	return c.askBrowser(c.deps.Accounts.BeginPasskeySignIn(c.ctx))
}

func passkeyBegin(c *call) error { return c.askBrowser(c.deps.Accounts.BeginPasskey(c.ctx, c.actor)) }

func passkeySignIn(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	acc, err := c.deps.Accounts.SignInByPasskey(c.ctx, c.step(), []byte(c.r.PostForm.Get("answer")))
	if k := record.KindOf(err); k == record.Invalid || k == record.Forbidden || k == record.Conflict {
		c.logger.InfoContext(c.ctx, "a passkey was refused", "error", err)
		return c.showSignIn(http.StatusUnprocessableEntity, "", c.t("passkey.refused"), c.r.PostForm.Get("next"))
	}
	if err != nil {
		return err
	}
	return c.enter(acc, c.r.PostForm.Get("next"))
}

// showSignIn is the sign-in page with every way in that there is.
func (c *call) showSignIn(status int, email, problem, next string) error {
	campus, err := c.campusChoices()
	if err != nil {
		return err
	}
	p := &SignIn{Email: email, Error: problem, Next: localPath(next), Passkeys: c.deps.Accounts.PasskeysOffered(), Campus: campus}
	for i := range p.Campus {
		if p.Next != "" {
			p.Campus[i].Href += "?next=" + url.QueryEscape(p.Next)
		}
	}
	p.Title, p.NoIndex = c.t("sign-in.title"), true
	return c.show(status, p)
}

func myAccount(c *call) error { return c.showAccount(http.StatusOK, "") }

func (c *call) showAccount(status int, problem string) error {
	all, err := c.deps.Accounts.Passkeys(c.ctx, c.actor)
	if err != nil {
		return err
	}
	email, err := c.deps.Accounts.Email(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &MyAccount{Email: email, Offered: c.deps.Accounts.PasskeysOffered(), Error: problem}
	if p.Campus, err = c.campusOwn(); err != nil {
		return err
	}
	for _, k := range all {
		p.Passkeys = append(p.Passkeys, PasskeyRow{ID: string(k.ID), Name: k.Name, Since: render.Date{Time: k.CreatedAt}, Used: render.Date{Time: k.UsedAt}})
	}
	p.Title, p.NoIndex = c.t("account.title"), true
	return c.show(status, p)
}

// renewed answers a change of how somebody signs in: every session of the account is over, and this browser gets a new one.
func (c *call) renewed(err error, done string) error {
	if k := record.KindOf(err); k == record.Invalid || k == record.Conflict || k == record.Forbidden {
		return c.showAccount(http.StatusUnprocessableEntity, c.accountProblem(err))
	}
	if err != nil {
		return err
	}
	if err := c.deps.Sessions.SignIn(c.w, c.r, c.actor.Account); err != nil {
		return err
	}
	return c.go303("/account?done=" + done)
}

// accountProblem says in the reader's language what was wrong.
func (c *call) accountProblem(err error) string {
	return c.words.Or("account.problem."+record.CodeOf(err), c.t("account.problem"))
}

func setPassword(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	return c.renewed(c.deps.Accounts.SetPassword(c.ctx, c.actor, c.r.PostForm.Get("password")), "password-set")
}

func addPasskey(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	return c.renewed(c.deps.Accounts.AddPasskey(c.ctx, c.actor, c.step(), f.Get("name"), []byte(f.Get("answer"))), "passkey-added")
}

func removePasskey(c *call) error {
	return c.renewed(c.deps.Accounts.RemovePasskey(c.ctx, c.actor, record.PasskeyID(c.r.PathValue("id"))), "passkey-removed")
}
