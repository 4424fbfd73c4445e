package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/openlaurel/laurel/render"
)

// browser is Chromium for the tests that need a real one. They skip where it is missing and fail when CI is true.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium: install the package chromium")
		}
		t.Skip("SKIP: no Chromium here; install the package chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	alloc, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 15*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// storyServer serves the storybook as the door would: same headers, same files.
func storyServer(t *testing.T) (*httptest.Server, []story) {
	t.Helper()
	s := bareSite(t)
	mux := http.NewServeMux()
	all := stories()
	for _, st := range all {
		mux.HandleFunc("GET /story/"+st.name, func(w http.ResponseWriter, r *http.Request) {
			words := s.sets.catalogue.Match(st.lang)
			set, err := s.sets.set(words)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := set.ExecuteTemplate(w, nameOf(st.page), st.page); err != nil {
				t.Error(err)
			}
		})
	}
	mux.Handle("GET /static/", s.assets)
	srv := httptest.NewServer(secured(mux))
	t.Cleanup(srv.Close)
	return srv, all
}

// bareSite is a door without desks: enough for templates and files.
func bareSite(t *testing.T) *Site {
	t.Helper()
	catalogue, err := render.NewCatalogue(own)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	sets, err := newSets(catalogue, a)
	if err != nil {
		t.Fatal(err)
	}
	return &Site{assets: a, sets: sets}
}

// axeSource is axe-core, found through LAUREL_AXE or where the test script installs it.
func axeSource(t *testing.T) string {
	t.Helper()
	for _, path := range []string{os.Getenv("LAUREL_AXE"), "../../node_modules/axe-core/axe.min.js"} {
		if path == "" {
			continue
		}
		if b, err := os.ReadFile(path); err == nil {
			return string(b)
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no axe-core: run npm install --no-save axe-core@4.14.1, or set LAUREL_AXE")
	}
	t.Skip("SKIP: no axe-core; run npm install --no-save axe-core@4.14.1, or set LAUREL_AXE")
	return ""
}

// axeRun opens everything that can be opened and lists what axe finds, one line each.
const axeRun = `(async () => {
  document.querySelectorAll("details").forEach((d) => { d.open = true; });
  await document.fonts.ready;
  const r = await axe.run(document, Object.assign({resultTypes: ["violations"]}, AXE_OPTIONS));
  return r.violations.map((v) => v.id + " (" + v.impact + "): " + v.nodes.map((n) => n.target.join(" ") + " " + n.failureSummary).join(" | "));
})()`

// TestEveryPageInABrowser opens every page of the storybook on a desk and on a phone, light and dark, and asks what no
// template test can: accessible by axe's rules (WCAG 2.2 AA and best practices), nothing beyond the window's edge,
// hostile text that stays text, nothing asked of another host, nothing the content policy had to stop.
func TestEveryPageInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short")
	}
	axe := axeSource(t)
	srv, all := storyServer(t)
	ctx := browser(t)
	for _, view := range []struct {
		name   string
		width  int64
		scheme string
		axe    string // options: the dark page differs from the light one in its colours alone
	}{{"desk", 1280, "light", "{}"}, {"phone", 320, "light", "{}"}, {"dark", 1280, "dark", `{runOnly: ["color-contrast"]}`}} {
		scheme := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: view.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, scheme); err != nil {
			t.Fatal(err)
		}
		for _, st := range all {
			t.Run(view.name+"/"+st.name, func(t *testing.T) {
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(view.width, 800), chromedp.Navigate(srv.URL+"/story/"+st.name), chromedp.Evaluate[chromedp.Void](axe+";0")); err != nil {
					t.Fatal(err)
				}
				found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](strings.Replace(axeRun, "AXE_OPTIONS", view.axe, 1), chromedp.EvalAwaitPromise))
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range found {
					t.Error(f)
				}
				state, err := chromedp.Run(ctx, chromedp.Evaluate[pageState](pageStateScript))
				if err != nil {
					t.Fatal(err)
				}
				state.check(t, view.width, srv.URL)
			})
		}
	}
}

// pageState is what a page did to the window it is in.
type pageState struct {
	Width    int64    `json:"width"`
	Ran      bool     `json:"ran"`
	Loaded   []string `json:"loaded"`
	External []string `json:"external"`
}

const pageStateScript = `({
  width: document.documentElement.scrollWidth,
  ran: window.__x !== undefined,
  loaded: performance.getEntriesByType("resource").map((e) => e.name),
  external: Array.from(document.querySelectorAll("a[href]")).filter((a) => !(a.protocol === "data:" && a.hasAttribute("download"))).map((a) => a.protocol).filter((p) => !["http:", "https:", "mailto:", "openid-credential-offer:", "openid4vp:"].includes(p)),
})`

func (s pageState) check(t *testing.T, width int64, origin string) {
	t.Helper()
	if s.Width > width {
		t.Errorf("the page is %d wide in a window of %d", s.Width, width)
	}
	if s.Ran {
		t.Error("text of a credential ran as a script")
	}
	for _, u := range s.Loaded {
		if !strings.HasPrefix(u, origin+"/") {
			t.Errorf("the page asked another host: %s", u)
		}
	}
	if len(s.External) > 0 {
		t.Errorf("links with other schemes than https, http, mailto, those of wallets and files to save: %v", s.External)
	}
}

// TestPictures writes every page of the storybook as a picture into LAUREL_PICTURES, to be looked at.
func TestPictures(t *testing.T) {
	dir := os.Getenv("LAUREL_PICTURES")
	if dir == "" {
		t.Skip("SKIP: set LAUREL_PICTURES to a folder to write pictures")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	srv, all := storyServer(t)
	ctx := browser(t)
	for _, size := range []struct {
		name string
		w    int64
	}{{"desk", 1280}, {"phone", 360}} {
		for _, st := range all {
			if only := os.Getenv("LAUREL_STORY"); only != "" && !strings.Contains(","+only+",", ","+st.name+",") {
				continue
			}
			err := chromedp.Do(ctx, chromedp.EmulateViewport(size.w, 800), chromedp.Navigate(srv.URL+"/story/"+st.name), chromedp.Evaluate[chromedp.Void](os.Getenv("LAUREL_SCRIPT")+`;document.fonts.ready.then(()=>0)`))
			if err != nil {
				t.Fatal(st.name, err)
			}
			b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(st.name, err)
			}
			if err := os.WriteFile(filepath.Join(dir, st.name+"-"+size.name+".png"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
