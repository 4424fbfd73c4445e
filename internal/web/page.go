package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"slices"
	"sync"

	"github.com/openlaurel/laurel/render"
)

// A Shell is what every page has around its content. A page is a Go struct that embeds a Shell, and a template of the
// same name; its fields are all that the template can see.
type Shell struct {
	Title       string // of the window; the institution's name is added
	Lang, Dir   string
	Institution House
	Nav         []Nav
	Languages   []Language
	Person      string // who is signed in, "" for nobody
	Notice      *Notice
	Wide        bool // two panes from 1100 px; otherwise one column of 760 px
	Staff       bool // the masthead is as wide as the widest page of the desk, so that it never moves
	NoIndex     bool // personal: not for search engines, not for caches
	Path        string
	Card        *Card // what a link to the page shows where it is pasted; nil: nothing
	// Schema is what the page is about as Schema.org JSON-LD, for search engines. The template writes it as JSON, in which
	// nothing ends the element that it stands in.
	Schema json.RawMessage
}

// Card is the preview of a page in a chat or a mail (Open Graph). It names no learner.
type Card struct{ Title, Text string }

// House is the institution as the masthead shows it.
type House struct {
	Name, Href string
	Accent     string // "#0F5E63", "" for the product's own
	Test       bool   // a test space: what it issues says so
}

// Nav is one entry of the masthead.
type Nav struct {
	Label, Href string
	Current     bool
}

// Language is one entry of the language switch.
type Language struct {
	Lang, Name, Href string
	Current          bool
}

// Notice is one sentence about what was just done.
type Notice struct{ Kind, Text string } // Kind: "ok", "bad", "caution", "info"

func (s *Shell) shell() *Shell { return s }

// A page is a pointer to a struct that embeds Shell.
type page interface{ shell() *Shell }

// pages holds the zero value of every page; each is executed at start, so that a template that names a missing field or
// sentence stops the program and not a visitor.
var pages = slices.Concat(ownPages, leavePages, goalPages, collectPages, requestPages, appsPages, walletPages, publicPages, sharePages, learnerPages, deskPages, officePages, cataloguePages, frameworkPages, templatePages, importPages, privacyPages, keyPages, policyPages, statusPages, rulePages, classroomPages, ltiPages, coveragePages, programPages, deliveryPages, experiencePages, endorsePages, dashboardPages, claimPages, signInPages, operatorPages)

var (
	publicPages = []page{&Home{}, &About{}, &HowToCheck{}, &Trouble{}, &SignIn{}, &SignInSent{}, &SignInConfirm{},
		&Verify{}, &VerifyResult{}, &PublicRecord{}, &PublicAchievement{}, &PublicIssuer{}, &PublicStatus{}}
	sharePages   = []page{&SharePage{}, &SharePasscode{}, &ShareClosed{}, &CompareAsk{}, &Compared{}, &Marks{}}
	learnerPages = []page{&MyRecord{}, &MyShares{}, &EditShare{}, &NewShare{}, &SharePreview{}, &ShareMade{}, &MyData{}}
	deskPages    = []page{&Today{}, &ImportFile{}, &ImportCheck{}, &Drafts{}, &Approve{}, &RunPage{}, &Issued{}, &AwardPage{},
		&People{}, &Person{}, &PersonPreview{}, &Catalogue{}, &CataloguePage{}}
)

// sets holds one parsed set of templates per language.
type sets struct {
	catalogue *render.Catalogue
	assets    *assets
	mu        sync.Mutex
	byLang    map[string]*template.Template
}

// newSets parses the templates of the first language and executes every page once.
func newSets(c *render.Catalogue, a *assets) (*sets, error) {
	s := &sets{catalogue: c, assets: a, byLang: map[string]*template.Template{}}
	if err := s.proof("en"); err != nil {
		return nil, err
	}
	return s, nil
}

// proof executes the zero value of every page in one language.
func (s *sets) proof(lang string) error {
	t, err := s.set(s.catalogue.Match(lang))
	if err != nil {
		return err
	}
	for _, p := range pages {
		if err := t.ExecuteTemplate(io.Discard, nameOf(p), p); err != nil {
			return fmt.Errorf("web: the empty page %s does not execute: %w", nameOf(p), err)
		}
	}
	return nil
}

// set is the language's templates, parsed when first asked for.
func (s *sets) set(w *render.Words) (*template.Template, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.byLang[w.Lang]; t != nil {
		return t, nil
	}
	t, err := w.Templates()
	if err != nil {
		return nil, err
	}
	t, err = t.Funcs(template.FuncMap{"asset": s.assets.path, "accent": accentPath, "pairs": pairs,
		"list": func(items ...string) []string { return items }, "inc": func(n int) int { return n + 1 }}).ParseFS(own, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.byLang[w.Lang] = t
	return t, nil
}

// execute sets a page into out, whole or not at all.
func (s *sets) execute(out *bytes.Buffer, w *render.Words, p page) error {
	t, err := s.set(w)
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(out, nameOf(p), p)
}

// nameOf is the page's template: the name of its struct.
func nameOf(p page) string { return reflect.TypeOf(p).Elem().Name() }

// pairs hands a partial template several values by name.
func pairs(kv ...any) (map[string]any, error) {
	if len(kv)%2 != 0 {
		return nil, fmt.Errorf("web: names and values do not pair")
	}
	m := make(map[string]any, len(kv)/2)
	for i := 0; i < len(kv); i += 2 {
		name, ok := kv[i].(string)
		if !ok {
			return nil, fmt.Errorf("web: %v is not a name", kv[i])
		}
		m[name] = kv[i+1]
	}
	return m, nil
}
