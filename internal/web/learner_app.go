package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
)

// Offline is what an installed app shows without a network. It is the same for everybody and names nobody.
type Offline struct{ Shell }

var appRoutes = []route{
	{"GET /manifest.webmanifest", anyone, manifest, 0},
	{"GET /sw.js", anyone, worker, 0},
	{"GET /offline", anyone, offline, 0},
}

// icons are the product's own mark as an installed app shows it.
var icons = []struct{ file, sizes, purpose string }{{"icon-192.png", "192x192", "any"}, {"icon-512.png", "512x512", "any"}, {"icon-mask.png", "512x512", "maskable"}}

// manifest says how the learner's pages are installed (W3C Web Application Manifest).
func manifest(c *call) error {
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose"`
	}
	name := c.t("product.name")
	if i := c.institution(); i != nil {
		name = i.Name
	}
	m := struct {
		ID         string `json:"id"`
		Name       string `json:"name"`
		ShortName  string `json:"short_name"`
		Lang       string `json:"lang"`
		Dir        string `json:"dir"`
		Start      string `json:"start_url"`
		Scope      string `json:"scope"`
		Display    string `json:"display"`
		Background string `json:"background_color"`
		Theme      string `json:"theme_color"`
		Icons      []icon `json:"icons"`
	}{"/my", name, c.t("my.title"), c.words.Lang, c.words.Dir, "/my", "/", "standalone", paperColour, paperColour, nil}
	for _, i := range icons {
		path, err := c.assets.path(i.file)
		if err != nil {
			return err
		}
		m.Icons = append(m.Icons, icon{path, i.sizes, "image/png", i.purpose})
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return c.open("application/manifest+json", b)
}

// worker is the service worker: it keeps the offline page and what that needs, under a name that changes with them.
func worker(c *call) error {
	files := []string{"/offline"}
	for _, name := range []string{"laurel.css", "source-serif-4-latin-600-normal.woff2", "source-sans-3-latin-400-normal.woff2"} {
		path, err := c.assets.path(name)
		if err != nil {
			return err
		}
		files = append(files, path)
	}
	list, err := json.Marshal(files)
	if err != nil {
		return err
	}
	source, err := own.ReadFile("static/sw.js")
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	source = bytes.Replace(source, []byte("VERSION"), []byte(record.Sum(list)[:8]), 1)
	return c.open("text/javascript; charset=utf-8", bytes.Replace(source, []byte("FILES"), list, 1))
}

// open sends something that is the same for everybody, to be asked for again each time.
func (c *call) open(contentType string, b []byte) error {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-cache")
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(b) // the visitor has gone
	}
	return nil
}

// offline is asked for by the worker without a cookie; whoever opens it is a stranger to it.
func offline(c *call) error {
	c.actor = record.Actor{}
	p := &Offline{}
	p.Title, p.NoIndex = c.t("offline.title"), true
	return c.show(http.StatusOK, p)
}
