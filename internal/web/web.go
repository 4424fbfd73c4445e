// Package web is the HTML door of the house: the desks of registrar, learner and employer, the public verifier and the
// public documents, as DESIGN.md section 7 and the journeys of its users ask.
//
// The rules are:
//
//   - A page is a Go struct and a template of the same name ([Shell], pages); every template executes on its empty page
//     when the program starts.
//   - Routes stand in one table (routes.go). A handler turns a form into one desk call and its answer into a page.
//   - Nothing needs JavaScript, nothing is loaded from another host, nothing is inline: the content security policy has
//     no exception.
//   - Every sentence comes from the message files; foreign text is escaped, isolated (bdi) and never a link unless
//     render.SafeLink says so.
package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Deps is what the door opens on to. Log, Now, RequestID and SendLink may be nil.
type Deps struct {
	Accounts  *account.Desk
	Registrar *registrar.Desk
	Learner   *learner.Desk
	Employer  *employer.Desk
	OAuth     *oauth.Server
	Classroom *classroom.Desk
	Published Published
	Sessions  Sessions
	APIKeys   *api.Keys
	Hooks     *api.Hooks

	// PublicURL is the address under which people reach this server, without a trailing slash. Links are made from it
	// and never from a request's Host.
	PublicURL string
	// WalletClient is the identifier under which wallets know this server (OpenID4VP, client_id).
	WalletClient string
	// Demo lets a sign-in link work on being opened. Elsewhere a button must be pressed, because programs that read
	// mail open links.
	Demo bool
	// SendLink mails a sign-in link to an address if it has an account, and says nothing about whether it has. Nil: the
	// sign-in page asks for a password only.
	SendLink func(ctx context.Context, email string) error
	// RequestID names a request in logs and on error pages. Nil: none.
	RequestID func(*http.Request) string
	Now       func() time.Time
	Log       *slog.Logger
}

// Published reads what is public at an address of ours. *store.DB's transactions answer all of it.
type Published interface {
	// Institutions lists the institutions of this server; the first is the masthead of pages nobody is signed in to.
	Institutions(ctx context.Context) ([]*record.Institution, error)
	// Achievement reads an achievement of a catalogue by the last part of its address.
	Achievement(ctx context.Context, id record.AchievementID) (*record.Achievement, error)
	// Associations lists how an institution's achievements relate.
	Associations(ctx context.Context, institution record.InstitutionID) ([]record.Association, error)
	// Document reads a published document by its whole address: issuer profiles, status lists, DID documents.
	Document(ctx context.Context, url string) (*record.Document, error)
}

// Sessions remembers which account a browser is signed in to.
type Sessions interface {
	// Account is the account of the request's session, "" for none.
	Account(r *http.Request) record.AccountID
	// SignIn starts a session with a new identifier (against fixation) and sets its cookie.
	SignIn(w http.ResponseWriter, r *http.Request, id record.AccountID) error
	// SignOut ends the session and clears its cookie.
	SignOut(w http.ResponseWriter, r *http.Request) error
}

// Site is the door. It answers every path; mount it last.
type Site struct {
	deps   Deps
	assets *assets
	sets   *sets
	mux    http.Handler
	admits map[string][]record.Role // by a route's pattern: who may come
	logger *slog.Logger

	printing chan struct{} // holds one token for each document that is being printed
}

// New builds the door and executes every template once; an error means that a page could not be shown.
func New(d Deps) (*Site, error) {
	catalogue, err := render.NewCatalogue(own)
	if err != nil {
		return nil, err
	}
	s := &Site{deps: d, logger: d.Log, printing: make(chan struct{}, maxPrinting)}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	if s.assets, err = newAssets(); err != nil {
		return nil, err
	}
	if s.sets, err = newSets(catalogue, s.assets); err != nil {
		return nil, err
	}
	s.mux = s.routes()
	return s, nil
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// contentPolicy allows what the pages are made of and nothing else (WCAG-neutral, W06): own style, fonts, script and
// pictures; pictures that travel inside a credential; forms to ourselves.
const contentPolicy = "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		next.ServeHTTP(w, r)
	})
}

// call is one request on its way to a page.
type call struct {
	*Site
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	actor record.Actor
	words *render.Words
	route route
}

func (c *call) t(id string, pairs ...any) string { return c.words.Say(id, pairs...) }

// show fills the page's frame and sends it, whole or not at all.
func (c *call) show(status int, p page) error {
	c.frame(p.shell())
	var out bytes.Buffer
	if err := c.sets.execute(&out, c.words, p); err != nil {
		return record.Wrap("web."+nameOf(p), err)
	}
	h := c.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", c.words.Lang)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-store")
	}
	if p.shell().NoIndex {
		h.Set("X-Robots-Tag", "noindex, nofollow")
	}
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(out.Bytes()) // the visitor has gone
	}
	return nil
}

// frame fills what every page has around its content.
func (c *call) frame(sh *Shell) {
	sh.Lang, sh.Dir, sh.Path = c.words.Lang, c.words.Dir, c.r.URL.Path
	sh.Person = c.actor.Name
	sh.Staff = c.actor.Has(keepers...)
	if inst := c.institution(); inst != nil {
		sh.Institution = House{Name: inst.Name, Href: "/", Accent: inst.Profile.Accent, Test: inst.Profile.Test}
	}
	sh.Nav = c.nav()
	for _, l := range c.sets.catalogue.Languages() {
		sh.Languages = append(sh.Languages, Language{Lang: l.Lang, Name: l.Say("language.name"), Href: "?lang=" + url.QueryEscape(l.Lang), Current: l.Lang == c.words.Lang})
	}
	if len(sh.Languages) < 2 {
		sh.Languages = nil
	}
	if done := c.r.URL.Query().Get("done"); done != "" && sh.Notice == nil {
		if text := c.words.Or("done."+done, ""); text != "" {
			sh.Notice = &Notice{Kind: "ok", Text: text}
		}
	}
}

// institution is the actor's, or the server's first.
func (c *call) institution() *record.Institution {
	all, err := c.deps.Published.Institutions(c.ctx)
	if err != nil {
		c.logger.WarnContext(c.ctx, "institutions could not be read", "error", err)
		return nil
	}
	for _, i := range all {
		if i.ID == c.actor.Institution || c.actor.Institution == "" {
			return i
		}
	}
	return nil
}

// nav is the masthead's list for who is at the door.
func (c *call) nav() []Nav {
	list := []Nav{{Label: c.t("nav.verify"), Href: "/verify"}, {Label: c.t("nav.sign-in"), Href: "/sign-in"}}
	if !c.actor.Stranger() {
		list = list[:1]
	}
	switch {
	case c.actor.Has(record.RoleRegistrar, record.RoleApprover):
		list = []Nav{{c.t("nav.today"), "/desk", false}, {c.t("nav.import"), "/desk/import", false}, {c.t("nav.drafts"), "/desk/drafts", false}, {c.t("nav.issued"), "/desk/issued", false},
			{c.t("nav.people"), "/desk/people", false}, {c.t("nav.catalogue"), "/desk/catalogue", false}, {c.t("nav.office"), "/desk/office", false}, {c.t("nav.verify"), "/verify", false}}
		if !c.actor.Has(preparer...) { // who only approves brings nothing in
			list = slices.Delete(list, 1, 2)
		}
	case c.actor.Has(record.RoleLearner):
		list = []Nav{{c.t("nav.record"), "/my", false}, {c.t("nav.goals"), "/my/goals", false}, {c.t("nav.add"), "/my/add", false}, {c.t("nav.shares"), "/my/shares", false}, {c.t("nav.wallet"), "/my/wallet", false}, {c.t("nav.data"), "/my/data", false}, {c.t("nav.verify"), "/verify", false}}
	case c.actor.Has(record.RoleOperator):
		list = []Nav{{c.t("nav.office"), "/desk/office", false}, {c.t("nav.verify"), "/verify", false}}
	}
	if c.actor.Has(record.RoleSteward) {
		list = slices.Insert(list, len(list)-1, Nav{c.t("nav.houses"), "/server/institutions", false})
	}
	at, p := -1, c.r.URL.Path
	for i, n := range list {
		root := n.Href == "/desk" || n.Href == "/my"
		if (p == n.Href || !root && strings.HasPrefix(p, n.Href+"/")) && (at < 0 || len(n.Href) > len(list[at].Href)) {
			at = i
		}
	}
	if at >= 0 {
		list[at].Current = true
	}
	return list
}

// go303 sends the browser on after a form was done, so that a reload does not do it twice.
func (c *call) go303(path string) error {
	http.Redirect(c.w, c.r, path, http.StatusSeeOther)
	return nil
}

func (c *call) now() time.Time {
	if c.deps.Now != nil {
		return c.deps.Now().UTC()
	}
	return time.Now().UTC()
}

// maxPrinting bounds the documents that are printed at once: each is a browser of some 200 MB for a second.
const maxPrinting = 2

// maxForm bounds a form without files: a note of 2,000 characters and two hundred check boxes stay far below it.
const maxForm = 1 << 20

// serve turns a route's handler into an http.Handler: language, actor, access, errors.
func (s *Site) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{Site: s, w: w, r: r, ctx: r.Context(), route: rt}
		c.words = c.language()
		defer func() {
			if p := recover(); p != nil {
				s.logger.ErrorContext(c.ctx, "a page panicked", "route", rt.pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				c.trouble(record.Errorf(record.Internal, "web", ""))
			}
		}()
		limit := rt.limit
		if limit == 0 {
			limit = maxForm
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		if err := c.recognise(); err != nil {
			c.trouble(err)
			return
		}
		if !c.admit() {
			return
		}
		if err := rt.handle(c); err != nil {
			c.trouble(err)
		}
	})
}

// language is the visitor's: of the address, then of the cookie that an address set, then of the browser.
func (c *call) language() *render.Words {
	const name = "laurel_lang"
	asked := c.r.URL.Query().Get("lang")
	kept := ""
	if cookie, err := c.r.Cookie(name); err == nil {
		kept = cookie.Value
	}
	w := c.sets.catalogue.Match(asked, kept, c.r.Header.Get("Accept-Language"))
	if asked != "" && asked == w.Lang {
		http.SetCookie(c.w, &http.Cookie{Name: name, Value: w.Lang, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure()})
	}
	return w
}

func (s *Site) secure() bool { return strings.HasPrefix(s.deps.PublicURL, "https://") }

// recognise finds out who is at the door. A session whose account is gone or disabled is a stranger's.
func (c *call) recognise() error {
	id := c.deps.Sessions.Account(c.r)
	if id != "" {
		actor, err := c.deps.Accounts.Actor(c.ctx, id)
		if err != nil && record.KindOf(err) != record.NotFound {
			return err
		}
		c.actor = actor
	}
	if c.deps.RequestID != nil {
		c.actor.RequestID = c.deps.RequestID(c.r)
	}
	return nil
}

// admit answers whoever may not enter: a stranger is shown the way in, everybody else finds nothing here.
func (c *call) admit() bool {
	roles := c.route.roles
	switch {
	case len(roles) == 0 || c.actor.Has(roles...):
		return true
	case c.actor.Stranger():
		next := ""
		if c.r.Method == http.MethodGet {
			next = "?next=" + url.QueryEscape(c.r.URL.Path)
		}
		http.Redirect(c.w, c.r, "/sign-in"+next, http.StatusSeeOther)
	default:
		c.trouble(record.Errorf(record.NotFound, "web", ""))
	}
	return false
}

// trouble shows an error as a plain sentence with the status that its kind has.
func (c *call) trouble(err error) {
	kind, status := record.KindOf(err), 0
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		kind = record.TooLarge
	}
	for _, k := range kinds {
		if k.kind == kind {
			status = k.status
		}
	}
	p := &Trouble{Status: status, Head: c.t("trouble.head." + string(kind)), Text: c.t("trouble.text." + string(kind))}
	var e *record.Error
	if errors.As(err, &e) && e.Message != "" && kind != record.Internal && kind != record.NotFound {
		p.Text = sentence(c.words.Said(e.Message))
	}
	if kind == record.Internal {
		c.logger.ErrorContext(c.ctx, "a page failed", "route", c.route.pattern, "error", err)
	}
	c.fail(p)
}

// kinds turns an error's kind into a status, once for the whole door.
var kinds = []struct {
	kind   record.Kind
	status int
}{
	{record.Invalid, http.StatusUnprocessableEntity}, {record.NotFound, http.StatusNotFound}, {record.Forbidden, http.StatusForbidden},
	{record.Conflict, http.StatusConflict}, {record.Gone, http.StatusGone}, {record.TooLarge, http.StatusRequestEntityTooLarge},
	{record.Unavailable, http.StatusServiceUnavailable}, {record.Internal, http.StatusInternalServerError},
}

// fail shows a trouble page; when even that fails, plain text remains.
func (c *call) fail(p *Trouble) {
	p.Title, p.RequestID = p.Head, c.actor.RequestID
	if err := c.show(p.Status, p); err != nil {
		c.logger.ErrorContext(c.ctx, "the error page failed", "error", err)
		http.Error(c.w, p.Text, p.Status)
	}
}

// Trouble shows an error page for a status that arises outside this door, such as 429 before it.
func (s *Site) Trouble(w http.ResponseWriter, r *http.Request, status int) {
	secured(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{Site: s, w: w, r: r, ctx: r.Context()}
		c.words = c.language()
		c.fail(&Trouble{Status: status, Head: c.words.Or(fmt.Sprintf("trouble.head.%d", status), c.t("trouble.title")), Text: c.words.Or(fmt.Sprintf("trouble.text.%d", status), c.t("trouble.text.internal"))})
	})).ServeHTTP(w, r)
}

// says is what a desk's error tells the person who acts, in the page's language.
func (c *call) says(err error) string { return sentence(c.words.Said(record.MessageOf(err))) }

// sentence makes a message of a desk one: capital first, full stop last.
func sentence(s string) string {
	if s == "" {
		return s
	}
	first, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[n:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}
