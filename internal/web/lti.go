package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// LtiActivity is what somebody sees who opens an activity from the learning platform.
type LtiActivity struct {
	Shell
	Name, Description, Address, Course string
	Least                              int
	Teaches, Connected                 bool
}

// LtiChoose is where a teacher chooses what an activity leads to.
type LtiChoose struct {
	Shell
	Error, Token, Course string
	Names                []string
	Typed, Least         string
}

// LtiReturn carries the choice back to the platform.
type LtiReturn struct {
	Shell
	Address, JWT string
}

// LtiRefused says that a launch led nowhere, and why as far as the reader can mend it.
type LtiRefused struct {
	Shell
	Why, Detail string
}

var ltiPages = []page{&LtiActivity{}, &LtiChoose{}, &LtiReturn{}, &LtiRefused{}}

// Addresses that a platform's own pages send browsers to; what they may do hangs on a state of ours and a token of theirs.
var ltiForeign = []string{"POST " + classroom.LoginPath, "POST " + classroom.LaunchPath}

// maxLaunch admits a launch's token in a form.
const maxLaunch = 256 << 10

var ltiRoutes = []route{
	{"GET " + classroom.LoginPath, anyone, ltiLogin, 0},
	{"POST " + classroom.LoginPath, anyone, ltiLogin, 0},
	{"POST " + classroom.LaunchPath, anyone, ltiLaunch, maxLaunch},
	{"POST /lti/choose", anyone, ltiChoose, 0},
	{"GET " + classroom.KeysPath, anyone, ltiKeys, 0},
}

const ltiCookie = "laurel_lti"

// ltiBrowser is the browser's secret, made when it has none. A platform shows tools in frames, so the cookie is one that
// browsers keep there: for each platform apart from every other (Partitioned), and over https alone.
func (c *call) ltiBrowser(make bool) string {
	if cookie, err := c.r.Cookie(ltiCookie); err == nil && len(cookie.Value) >= 20 {
		return cookie.Value
	}
	if !make {
		return ""
	}
	secret := rand.Text()
	http.SetCookie(c.w, &http.Cookie{Name: ltiCookie, Value: secret, Path: "/lti/", MaxAge: 24 * 3600, HttpOnly: true, Secure: true, SameSite: http.SameSiteNoneMode, Partitioned: true})
	return secret
}

// framed lets the platform show this answer in a frame, and a form of it go to one address outside.
func (c *call) framed(origins []string, form string) {
	h := c.w.Header()
	h.Del("X-Frame-Options") // it cannot name an origin; frame-ancestors does
	policy := h.Get("Content-Security-Policy")
	if len(origins) > 0 {
		policy = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors "+strings.Join(origins, " "), 1)
	}
	if u, err := url.Parse(form); form != "" && err == nil {
		policy = strings.Replace(policy, "form-action 'self'", "form-action 'self' "+u.Scheme+"://"+u.Host, 1)
	}
	h.Set("Content-Security-Policy", policy)
}

func ltiLogin(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	to, err := c.deps.Classroom.BeginLaunch(c.ctx, c.ltiBrowser(true), c.r.Form)
	if err != nil {
		return c.ltiRefused(err)
	}
	http.Redirect(c.w, c.r, to, http.StatusFound)
	return nil
}

func ltiLaunch(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	browser := c.ltiBrowser(false)
	l, err := c.deps.Classroom.EndLaunch(c.ctx, browser, c.r.PostForm)
	if err != nil {
		return c.ltiRefused(err)
	}
	c.words = c.sets.catalogue.Match("", l.Locale, c.r.Header.Get("Accept-Language"))
	c.framed(l.Frames, "")
	if l.Choose {
		token, err := c.deps.Classroom.BeginChoice(c.ctx, browser, l)
		if err != nil {
			return err
		}
		return c.showChoice(http.StatusOK, &LtiChoose{Token: token, Course: l.Course}, l.System.Institution)
	}
	about, err := ijson.Parse(l.About.Body, nil)
	if err != nil {
		return record.Wrap("web.ltiLaunch", err)
	}
	model := ob.ReadAchievement(about.Root())
	p := &LtiActivity{Name: l.About.Name, Description: model.Description, Address: l.About.IRI, Course: l.Activity.Course, Least: l.Activity.Least, Teaches: l.Teaches, Connected: l.Activity.LineItem != ""}
	p.Title, p.NoIndex = l.About.Name, true
	return c.show(http.StatusOK, p)
}

func (c *call) showChoice(status int, p *LtiChoose, institution record.InstitutionID) error {
	all, err := c.deps.Classroom.Catalogue(c.ctx, institution)
	if err != nil {
		return err
	}
	for i := range all[:min(len(all), namesShown)] {
		p.Names = append(p.Names, all[i].Name)
	}
	p.Title, p.NoIndex = c.t("lti.choose"), true
	return c.show(status, p)
}

func ltiChoose(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	least, bad := number(f.Get("least"))
	if bad {
		least = -1 // refused by the desk in words
	}
	got, institution, err := c.deps.Classroom.Choose(c.ctx, c.ltiBrowser(false), classroom.Choice{Token: f.Get("token"), Achievement: f.Get("achievement"), Least: least})
	if got != nil && got.Again != "" {
		c.framed(got.Frames, "")
		return c.showChoice(http.StatusUnprocessableEntity, &LtiChoose{Token: got.Again, Error: c.t("lti.choose-again"), Typed: f.Get("achievement"), Least: f.Get("least")}, institution)
	}
	if err != nil {
		return c.ltiRefused(err)
	}
	c.framed(got.Frames, got.Return)
	p := &LtiReturn{Address: got.Return, JWT: got.JWT}
	p.Title, p.NoIndex = c.t("lti.return"), true
	return c.show(http.StatusOK, p)
}

func ltiKeys(c *call) error {
	b, err := c.deps.Classroom.KeySet(c.ctx)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/jwk-set+json")
	h.Set("Cache-Control", "public, max-age=300")
	_, _ = c.w.Write(b) // the platform has gone
	return nil
}

// ltiRefused tells the reader in their language what they can mend; the detail is for whoever looks after the platform.
func (c *call) ltiRefused(err error) error {
	code, kind := record.CodeOf(err), record.KindOf(err)
	if !slices.Contains(ltiCodes, code) {
		return err
	}
	c.logger.InfoContext(c.ctx, "a launch was refused", "code", code, "error", err)
	c.framed([]string{"https:"}, "") // it says nothing of anybody, and in a frame it must be readable
	p := &LtiRefused{Why: c.t("lti.problem." + strings.TrimPrefix(code, "lti.")), Detail: record.MessageOf(err)}
	p.Title, p.NoIndex = c.t("lti.refused"), true
	status := http.StatusForbidden
	for _, k := range kinds {
		if k.kind == kind {
			status = k.status
		}
	}
	return c.show(status, p)
}

var ltiCodes = []string{classroom.CodePlatform, classroom.CodeStale, classroom.CodeToken, classroom.CodeDeployment, classroom.CodeAway, classroom.CodeRole, classroom.CodeLink}
