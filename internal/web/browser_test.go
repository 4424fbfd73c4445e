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
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
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
